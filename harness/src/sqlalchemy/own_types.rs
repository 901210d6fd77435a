//! Types that a document makes of the library's: `UserDefinedType`, classes derived from `String` and its like, other types for
//! other databases (`with_variant()`, `load_dialect_impl()`), and what they are compared by.
//!
//! Each comes down to a type that Python converts. What would change how SQLite's own conversions go is unsupported.

use super::expr::{ExprObject, clause};
use super::host_types::{bind_by, read_by};
use super::orm::{comparing, operating};
use super::types::{self, TypeObject};
use super::{coercing, convert, dialects, errors, lend};
use crate::python::builtins::method;
use crate::python::{
    Args, BinaryOp, Class, CompareOp, Instance, Interp, Module, PyResult, Signature, Stop, UnaryOp, Value,
};
use backproof_engine::schema::{HostType, HostTypeArgs, SqlType, Uncached, Wrap, ddl};
use backproof_engine::sql::{Dialect, Expr};
use backproof_engine::version::Behaviour;
use std::cell::RefCell;
use std::rc::Rc;

/// Dialects that a type may name another type for, and whose statements are printed.
const OTHERS: [Dialect; 4] = [Dialect::Postgresql, Dialect::Mysql, Dialect::Oracle, Dialect::Mssql];

/// Whether `type_descriptor()` of a dialect leaves a type's name as it is, in every release.
fn is_kept(dialect: Dialect, ty: &SqlType) -> bool {
    match dialect {
        Dialect::Oracle | Dialect::Mssql => false,
        Dialect::Mysql => true,
        _ => match ty.generic() {
            SqlType::Text(_) | SqlType::UnicodeText(_) | SqlType::Float { .. } => false,
            SqlType::String(_) | SqlType::Unicode(_) => {
                matches!(ty, SqlType::String(_) | SqlType::Sql { name: "VARCHAR", .. })
            }
            _ => true,
        },
    }
}

/// Whether the document wrote this for the class, or for one between it and the library's.
pub(super) fn writes(class: &Rc<Class>, name: &str) -> bool {
    class.lookup_with_owner(name).is_some_and(|(owner, _)| {
        let module = owner.module();
        !module.starts_with("sqlalchemy.") && &*module != "builtins"
    })
}

/// Whether the library's conversion of a type's values is none.
fn is_plain(ty: &SqlType) -> bool {
    matches!(
        ty,
        SqlType::Null
            | SqlType::Integer
            | SqlType::SmallInteger
            | SqlType::BigInteger
            | SqlType::String(_)
            | SqlType::Unicode(_)
            | SqlType::Text(_)
            | SqlType::UnicodeText(_)
    )
}

/// An instance of a class that a document derived from one of the library's types.
pub(super) fn derived(interp: &mut Interp, class: &Rc<Class>, ty: SqlType) -> PyResult<Value> {
    if writes(class, "__init__") {
        return Err(Stop::unsupported("a type derived from the library's with a constructor of its own"));
    }
    let held = Value::object(TypeObject { ty: ty.clone(), class: class.clone() });
    let made = Instance::with_payload(class.clone(), held);
    let number = |number: Option<u32>| number.map_or(Value::None, Value::int);
    let attributes = match ty.generic() {
        SqlType::String(length)
        | SqlType::Unicode(length)
        | SqlType::Text(length)
        | SqlType::UnicodeText(length)
        | SqlType::LargeBinary(length) => vec![("length", number(*length))],
        SqlType::Numeric { precision, scale, asdecimal } => vec![
            ("precision", number(*precision)),
            ("scale", number(*scale)),
            ("asdecimal", Value::Bool(*asdecimal)),
        ],
        SqlType::Float { precision, asdecimal } => {
            vec![("precision", number(*precision)), ("asdecimal", Value::Bool(*asdecimal))]
        }
        SqlType::DateTime { timezone } | SqlType::Time { timezone } => {
            vec![("timezone", Value::Bool(*timezone))]
        }
        _ => Vec::new(),
    };
    for (name, value) in attributes {
        made.store.set(interp, name, value)?;
    }
    Ok(Value::Instance(made))
}

/// The type that an instance of a document's class stands for, where it stands for one.
pub(super) fn of_instance(
    interp: &mut Interp,
    value: &Value,
    instance: &Rc<Instance>,
) -> PyResult<Option<SqlType>> {
    let class = instance.class();
    let held = instance.payload.as_ref().and_then(|held| held.downcast::<TypeObject>());
    let made = if let Some(held) = held {
        of_derived(interp, value, &class, &held.ty)?
    } else if is_user_defined(interp, &class)? {
        user_defined(interp, value, &class)?
    } else {
        return Ok(None);
    };
    if writes(&class, "comparator_factory") {
        lend::shared(interp).compares_by_type = true;
    }
    coercing::note(interp, &class);
    lend::shared(interp).decorated.push((value.clone(), made.clone()));
    surround(interp, value, &class, &made)?;
    Ok(Some(made))
}

/// Asks a type once what stands around its values and columns, by a parameter in their place.
pub(super) fn surround(interp: &mut Interp, value: &Value, class: &Rc<Class>, ty: &SqlType) -> PyResult<()> {
    let SqlType::Host(host) = ty else { return Ok(()) };
    for (name, place) in
        [("bind_expression", &host.args().around.bind), ("column_expression", &host.args().around.column)]
    {
        if !writes(class, name) {
            continue;
        }
        let hole = Expr::bind_named("param", true, None, ty.clone());
        let made = match interp.call_method(value, name, Args::of(vec![ExprObject::value(hole.clone())])) {
            Err(Stop::Raise(_)) => return Err(Stop::unsupported(format!("a `{name}` that raises"))),
            made => made?,
        };
        if made.is_none() {
            continue;
        }
        let Some(expr) = clause(interp, &made)? else {
            return Err(Stop::unsupported(format!("a `{name}` that gives no expression")));
        };
        if !expr.same(&hole) {
            // Told once: the type has just been made.
            let _ = place.set(Wrap { hole, expr });
        }
    }
    Ok(())
}

fn is_user_defined(interp: &mut Interp, class: &Rc<Class>) -> PyResult<bool> {
    let types = interp.import("sqlalchemy.types")?;
    Ok(matches!(types.dict.get("UserDefinedType"), Some(Value::Class(root)) if class.is_subclass(&root)))
}

fn of_derived(interp: &mut Interp, value: &Value, class: &Rc<Class>, ty: &SqlType) -> PyResult<SqlType> {
    for name in ["get_col_spec", "adapt"] {
        if writes(class, name) {
            return Err(Stop::unsupported(format!("a type derived from {} with `{name}`", ty.class_name())));
        }
    }
    let converts = writes(class, "bind_processor") || writes(class, "result_processor");
    if converts && !is_plain(ty.generic()) {
        return Err(Stop::unsupported(format!(
            "a type derived from {} with conversions of its own",
            ty.class_name()
        )));
    }
    let shown = ty.repr();
    let arguments = shown.find('(').map_or("()", |at| &shown[at..]).to_owned();
    let inner = match ty {
        SqlType::Host(host) => host.args().clone(),
        _ => HostTypeArgs::default(),
    };
    let (bind, result) = processors(value, class);
    let object = convert::to_engine(interp, value)?;
    Ok(SqlType::Host(HostType::new(HostTypeArgs {
        repr: format!("{}{arguments}", class.name()).into(),
        generic: ty.clone(),
        bind: bind.or_else(|| inner.bind.clone()),
        result: result.or_else(|| inner.result.clone()),
        object: Some(object),
        binds_as_generic: true,
        around: Rc::default(),
        ..inner
    })))
}

type Processors = (Option<backproof_engine::schema::Convert>, Option<backproof_engine::schema::Convert>);

/// What the document's `bind_processor()` and `result_processor()` make of values.
fn processors(value: &Value, class: &Rc<Class>) -> Processors {
    let by = |name: &'static str, more: &'static [Value]| {
        let value = value.clone();
        let known: Rc<RefCell<Option<Value>>> = Rc::default();
        move |interp: &mut Interp, given: backproof_engine::value::Value| {
            let known_now = known.borrow().clone();
            let process = match known_now {
                Some(process) => process,
                None => {
                    let args = [vec![dialects::sqlite()], more.to_vec()].concat();
                    let process = interp.call_method(&value, name, Args::of(args))?;
                    known.replace(Some(process.clone()));
                    process
                }
            };
            if process.is_none() {
                return Ok(given);
            }
            let given = convert::to_python(interp, &given)?;
            let made = interp.call(&process, Args::of(vec![given]))?;
            convert::to_engine(interp, &made)
        }
    };
    let bind = writes(class, "bind_processor").then(|| bind_by(by("bind_processor", &[]))).flatten();
    let result =
        writes(class, "result_processor").then(|| read_by(by("result_processor", &[Value::None]))).flatten();
    (bind, result)
}

/// A type below `UserDefinedType`.
fn user_defined(interp: &mut Interp, value: &Value, class: &Rc<Class>) -> PyResult<SqlType> {
    for name in ["adapt", "literal_processor"] {
        if writes(class, name) {
            return Err(Stop::unsupported(format!("a UserDefinedType with `{name}`")));
        }
    }
    if !writes(class, "get_col_spec") {
        return Err(Stop::unsupported("a UserDefinedType without `get_col_spec()`"));
    }
    let spec = interp.call_method(value, "get_col_spec", Args::none())?;
    let Some(spec) = spec.as_str().cloned() else {
        return Err(Stop::unsupported("a `get_col_spec()` that gives no string"));
    };
    let repr: Rc<str> = shown(interp, value, class)?.into();
    let uncached = uncached(interp, value, "UserDefinedType", &repr)?;
    let (bind, result) = processors(value, class);
    let object = convert::to_engine(interp, value)?;
    Ok(SqlType::Host(HostType::new(HostTypeArgs {
        repr,
        bind,
        result,
        object: Some(object),
        spec: Some(spec),
        uncached,
        ..HostTypeArgs::default()
    })))
}

/// The repr of a type with a constructor of its own: its arguments by the attributes of their names, where these are not the
/// defaults.
fn shown(interp: &mut Interp, value: &Value, class: &Rc<Class>) -> PyResult<String> {
    let mut parts = Vec::new();
    if let Some((_, Value::Function(function))) =
        class.lookup_with_owner("__init__").filter(|_| writes(class, "__init__"))
    {
        let signature = function.signature();
        if signature.varargs || signature.varkw {
            return Err(Stop::unsupported("the repr of a type whose constructor takes any arguments"));
        }
        let names: Vec<(Rc<str>, bool)> = signature
            .parameters
            .iter()
            .skip(1)
            .map(|parameter| (parameter.name.clone(), parameter.required))
            .collect();
        for (at, (name, required)) in names.into_iter().enumerate() {
            let own = interp.get_attr_opt(value, &name)?;
            if required {
                parts.push(interp.repr(&own.unwrap_or(Value::None))?);
                continue;
            }
            let default = function.default_of(at + 1).unwrap_or(Value::None);
            if let Some(own) = own
                && !interp.eq(&own, &default)?
            {
                parts.push(format!("{name}={}", interp.repr(&own)?));
            }
        }
    }
    Ok(format!("{}({})", class.name(), parts.join(", ")))
}

/// Why statements with values of the type are not cached, where they are not.
pub(super) fn uncached(
    interp: &mut Interp,
    value: &Value,
    kind: &'static str,
    shown: &Rc<str>,
) -> PyResult<Option<Uncached>> {
    let said = interp.get_attr_opt(value, "cache_ok")?.filter(|said| !said.is_none());
    if !lend::has(interp, Behaviour::UncachedTypesTold) {
        return Ok(None);
    }
    Ok(match said {
        Some(said) if interp.truth(&said)? => None,
        Some(_) => Some(Uncached::Asked),
        None => Some(Uncached::Unsaid { kind, shown: shown.clone() }),
    })
}

/// What `load_dialect_impl()` of a decorated type gives for the database that is executed on; those of other databases with it.
pub(super) fn loaded_impl(
    interp: &mut Interp,
    value: &Value,
    instance: &Rc<Instance>,
    inner: &SqlType,
) -> PyResult<Option<SqlType>> {
    if writes(&instance.class(), "comparator_factory") {
        lend::shared(interp).compares_by_type = true;
    }
    if !writes(&instance.class(), "load_dialect_impl") {
        return Ok(None);
    }
    let loaded = |interp: &mut Interp, dialect: Dialect| {
        let made =
            interp.call_method(value, "load_dialect_impl", Args::of(vec![dialects::of_dialect(dialect)]))?;
        types::of_value(interp, &made)?
            .ok_or_else(|| Stop::unsupported("a `load_dialect_impl()` that gives no type"))
    };
    let own = loaded(interp, Dialect::Sqlite)?;
    let mut variants = vec![(Rc::from(Dialect::Default.name()), loaded(interp, Dialect::Default)?)];
    let mut unknown_in = Vec::new();
    for dialect in OTHERS {
        let name: Rc<str> = Rc::from(dialect.name());
        match loaded(interp, dialect) {
            Ok(ty) if is_kept(dialect, &ty) => variants.push((name, ty)),
            Ok(_) | Err(Stop::Unsupported { .. }) => unknown_in.push(name),
            Err(other) => return Err(other),
        }
    }
    let args = match &own {
        SqlType::Host(host) => host.args().clone(),
        _ => HostTypeArgs::default(),
    };
    let generic = if own.affinity() == inner.affinity() { own.clone() } else { return Err(unlike(&own)) };
    let repr = inner.repr().into();
    Ok(Some(SqlType::Host(HostType::new(HostTypeArgs { repr, generic, variants, unknown_in, ..args }))))
}

fn unlike(ty: &SqlType) -> Stop {
    Stop::unsupported(format!("{} for SQLite in place of a type of another kind", ty.repr()))
}

/// `type.with_variant(other, 'mysql', …)`.
fn with_variant(interp: &mut Interp, this: &Value, mut args: Args) -> PyResult<Value> {
    let Some(ty) = types::of_value(interp, this)? else {
        return Err(Stop::unsupported("with_variant() of no type"));
    };
    let several = lend::has(interp, Behaviour::VariantsKeepClass);
    let parameters = if several { "self, type_, *dialect_names" } else { "self, type_, dialect_name" };
    args.positional.insert(0, this.clone());
    let mut bound = Signature::new("TypeEngine.with_variant", parameters).bind(interp, args)?;
    let other = bound.take(1).unwrap_or(Value::None);
    let names = if several { bound.varargs } else { bound.take(2).into_iter().collect() };
    if names.is_empty() {
        return Err(errors::raise_named(interp, "ArgumentError", "At least one dialect name is required"));
    }
    let Some(other) = types::of_value(interp, &other)? else {
        return Err(Stop::unsupported("with_variant() with what is no type"));
    };
    let mut made = match &ty {
        SqlType::Host(host) => host.args().clone(),
        _ => HostTypeArgs { repr: ty.repr().into(), binds_as_generic: true, ..HostTypeArgs::default() },
    };
    let is_variant = !made.variants.is_empty();
    if !is_variant {
        made.generic = ty.clone();
    }
    for name in names {
        let Some(name) = name.as_str().cloned() else {
            return Err(Stop::unsupported("a dialect that is named by no string"));
        };
        if made.variants.iter().any(|(known, _)| *known == name) {
            let shown = if several { ty.repr() } else { "Variant".to_owned() };
            let quoted = interp.repr(&Value::Str(name))?;
            let message = format!("Dialect {quoted} is already present in the mapping for this {shown}");
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
        let same = std::mem::discriminant(other.generic()) == std::mem::discriminant(ty.generic());
        if &*name == "sqlite" && !same && !(is_plain(other.generic()) && is_plain(ty.generic())) {
            return Err(unlike(&other));
        }
        made.variants.push((name, other.clone()));
    }
    if !several && !is_variant {
        let shown = ty.repr();
        let arguments = shown.find('(').map_or("()", |at| &shown[at..]);
        made.repr = format!("Variant{arguments}").into();
        made.class_name = Some("Variant");
        made.object = None;
    }
    let made = SqlType::Host(HostType::new(made));
    types::to_value(interp, &made)
}

/// The text of a type in a dialect's DDL.
pub(super) fn compile(interp: &mut Interp, ty: &SqlType, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("compile", "dialect=").bind(interp, args)?;
    let dialect = match bound.take(0).filter(|dialect| !dialect.is_none()) {
        Some(dialect) => dialects::of_value(&dialect)?,
        None => Dialect::Default,
    };
    let text = ddl::type_text(lend::profile(interp), dialect, ty);
    text.map(Value::from).map_err(|error| errors::raise(interp, &error))
}

fn receiver(interp: &mut Interp, args: &mut Args) -> PyResult<(Value, SqlType)> {
    let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
    match types::of_value(interp, &this)? {
        Some(ty) => Ok((this, ty)),
        None => Err(Stop::unsupported("a method of a type that is none")),
    }
}

/// Adds `UserDefinedType`, and gives the class of all types what documents' types inherit.
pub(super) fn install(interp: &mut Interp, module: &Module, root: &Rc<Class>) -> PyResult<()> {
    method(root, "with_variant", |interp, mut args| {
        let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
        with_variant(interp, &this, args)
    });
    method(root, "compile", |interp, mut args| {
        let (_, ty) = receiver(interp, &mut args)?;
        compile(interp, &ty, args)
    });
    method(root, "__repr__", |interp, mut args| {
        let (_, ty) = receiver(interp, &mut args)?;
        Ok(Value::from(ty.repr()))
    });
    method(root, "__str__", |interp, mut args| {
        let (_, ty) = receiver(interp, &mut args)?;
        Ok(Value::from(ty.text()))
    });
    for name in ["bind_processor", "result_processor", "literal_processor"] {
        method(root, name, move |interp, mut args| {
            let (_, ty) = receiver(interp, &mut args)?;
            let plain =
                is_plain(ty.generic()) || matches!(&ty, SqlType::Host(host) if host.args().spec.is_some());
            if plain {
                Ok(Value::None)
            } else {
                Err(Stop::unsupported(format!("`{name}` of a {}", ty.class_name())))
            }
        });
    }
    coercing::install(root);
    let comparator = comparator_class(interp);
    root.dict.set("Comparator", Value::Class(comparator.clone()));
    root.dict.set("comparator_factory", Value::Class(comparator));
    let class = interp.native_class("sqlalchemy.sql.type_api", "UserDefinedType", vec![root.clone()])?;
    module.dict.set("UserDefinedType", Value::Class(class));
    Ok(())
}

/// The class of what columns are compared by, which types name as `Comparator`.
fn comparator_class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class("sqlalchemy.sql.type_api", "TypeEngine.Comparator");
    if class.dict.contains("operate") {
        return class;
    }
    *class.name.borrow_mut() = "Comparator".into();
    operating::give_operators(&class);
    for (name, reflected) in [("operate", false), ("reverse_operate", true)] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| comparing::operate(interp, args, reflected)),
        );
    }
    class.dict.set(
        "__clause_element__",
        Value::native_method("__clause_element__", |_, args| {
            let this = args.positional.first().and_then(Value::as_instance);
            this.and_then(|this| this.payload.clone())
                .ok_or_else(|| Stop::unsupported("a comparator of no expression"))
        }),
    );
    for name in ["op", "bool_op"] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, mut args| {
                let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let own = interp.call_method(&this, "__clause_element__", Args::none())?;
                interp.call_method(&own, name, args)
            }),
        );
    }
    class
}

/// The comparator of an expression whose type has one that a document wrote and that says something of one of these names.
fn comparator(interp: &mut Interp, this: &Value, expr: &Expr, names: &[&str]) -> PyResult<Option<Value>> {
    if !lend::shared(interp).compares_by_type {
        return Ok(None);
    }
    let ty = expr.ty();
    let SqlType::Host(host) = &ty else { return Ok(None) };
    let Some(object) = &host.args().object else { return Ok(None) };
    let object = convert::to_python(interp, object)?;
    let Some(Value::Class(class)) = interp.get_attr_opt(&object, "comparator_factory")? else {
        return Ok(None);
    };
    if writes(&class, "__init__") || writes(&class, "__clause_element__") {
        return Err(Stop::unsupported("a comparator with a constructor or an element of its own"));
    }
    if !names.iter().any(|name| writes(&class, name)) {
        return Ok(None);
    }
    let made = Instance::with_payload(class, ExprObject::plain(expr.clone()));
    made.store.set(interp, "expr", this.clone())?;
    made.store.set(interp, "type", object)?;
    Ok(Some(Value::Instance(made)))
}

/// `this op other` by the comparator of the expression's type.
pub(crate) fn binary(
    interp: &mut Interp,
    this: &Value,
    expr: &Expr,
    op: BinaryOp,
    other: &Value,
    reflected: bool,
) -> PyResult<Option<Value>> {
    let Some(plain) = comparing::name_of(op) else { return Ok(None) };
    let (dunder, general) = if reflected {
        (format!("__r{plain}__"), "reverse_operate")
    } else {
        (format!("__{plain}__"), "operate")
    };
    match comparator(interp, this, expr, &[&dunder, general])? {
        Some(made) => interp.call_method(&made, &dunder, Args::of(vec![other.clone()])).map(Some),
        None => Ok(None),
    }
}

/// `this == other` and its like by the comparator of the expression's type.
pub(crate) fn compare(
    interp: &mut Interp,
    this: &Value,
    expr: &Expr,
    op: CompareOp,
    other: &Value,
) -> PyResult<Option<Value>> {
    let dunder = comparing::dunder_of(op);
    match comparator(interp, this, expr, &[dunder, "operate"])? {
        Some(made) => interp.call_method(&made, dunder, Args::of(vec![other.clone()])).map(Some),
        None => Ok(None),
    }
}

/// `-this` and `~this` by the comparator of the expression's type.
pub(crate) fn unary(interp: &mut Interp, this: &Value, expr: &Expr, op: UnaryOp) -> PyResult<Option<Value>> {
    let dunder = match op {
        UnaryOp::Neg => "__neg__",
        UnaryOp::Invert => "__invert__",
        UnaryOp::Pos => return Ok(None),
    };
    match comparator(interp, this, expr, &[dunder, "operate"])? {
        Some(made) => interp.call_method(&made, dunder, Args::none()).map(Some),
        None => Ok(None),
    }
}

/// An attribute of the comparator of the expression's type, where its class says something of it.
pub(crate) fn member(interp: &mut Interp, this: &Value, expr: &Expr, name: &str) -> PyResult<Option<Value>> {
    if name.starts_with("__") || matches!(name, "type" | "expr" | "expression") {
        return Ok(None);
    }
    let names: &[&str] = if comparing::NAMED.contains(&name) { &[name, "operate"] } else { &[name] };
    match comparator(interp, this, expr, names)? {
        Some(made) => interp.get_attr_opt(&made, name),
        None => Ok(None),
    }
}
