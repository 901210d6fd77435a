//! Types whose values Python converts: `JSON`, `Interval`, `Enum`, and decorated types.
//!
//! The engine calls back as it binds a parameter and as it reads a row. What Python raises as a parameter is bound, the
//! engine wraps as the library does.

use super::types::{self, TypeObject};
use super::{coercing, convert, dialects, lend, own_types};
use crate::python::builtins::method;
use crate::python::stdlib::datetime::delta::PyDelta;
use crate::python::stdlib::pickle;
use crate::python::{Args, Bound, Class, Interp, Module, PyResult, Stop, Value};
use backproof_engine::schema::{Convert, EnumType, HostType, HostTypeArgs, SqlType, TypeCheck};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use backproof_engine::{Cx, Error, ErrorKind};
use std::rc::Rc;

/// What Python raises while a parameter is bound, told to the engine by class and message.
fn binding(
    cx: &mut Cx<'_>,
    work: impl FnOnce(&mut Interp) -> PyResult<SqlValue>,
) -> backproof_engine::Result<SqlValue> {
    let mut raised = None;
    let done = lend::lend(cx, |interp| {
        work(interp).inspect_err(|stop| {
            if let Stop::Raise(exception) = stop {
                let class = interp.class_of(exception);
                let (_, text) = interp.exception_text(exception);
                raised = Some(format!("{}.{}: {text}", class.module(), class.name()));
            }
        })
    });
    match raised {
        Some(raised) => Err(Error::new(ErrorKind::StatementError, raised)),
        None => done,
    }
}

pub(super) fn bind_by(
    work: impl Fn(&mut Interp, SqlValue) -> PyResult<SqlValue> + 'static,
) -> Option<Convert> {
    let work = Rc::new(work);
    Some(Rc::new(move |cx, value| {
        let work = work.clone();
        binding(cx, move |interp| work(interp, value))
    }))
}

pub(super) fn read_by(
    work: impl Fn(&mut Interp, SqlValue) -> PyResult<SqlValue> + 'static,
) -> Option<Convert> {
    let work = Rc::new(work);
    Some(Rc::new(move |cx, value| {
        let work = work.clone();
        lend::lend(cx, move |interp| work(interp, value))
    }))
}

/// A type that is the same wherever it is named, so that equal statements stay equal.
fn shared(interp: &mut Interp, key: &'static str, make: fn() -> HostTypeArgs) -> SqlType {
    let types = &mut lend::shared(interp).types;
    types.entry(key).or_insert_with(|| SqlType::Host(HostType::new(make()))).clone()
}

/// `JSON(none_as_null=…)`.
pub(super) fn json(interp: &mut Interp, none_as_null: bool) -> SqlType {
    if none_as_null {
        shared(interp, "JSON, None as NULL", || json_args("JSON(none_as_null=True)", true))
    } else {
        shared(interp, "JSON", || json_args("JSON()", false))
    }
}

fn json_args(repr: &str, none_as_null: bool) -> HostTypeArgs {
    HostTypeArgs {
        repr: repr.into(),
        generic: SqlType::Json,
        bind: bind_by(move |interp, value| {
            if value.is_null() && none_as_null {
                return Ok(SqlValue::Null);
            }
            let value = convert::to_python(interp, &value)?;
            let text = call(interp, "dumps", value)?;
            convert::to_engine(interp, &text)
        }),
        result: read_by(|interp, value| {
            let SqlValue::Text(text) = value else { return Ok(value) };
            let made = call(interp, "loads", Value::Str(text))?;
            convert::to_engine(interp, &made)
        }),
        evaluates_none: !none_as_null,
        object: None,
        check: None,
        ..HostTypeArgs::default()
    }
}

fn call(interp: &mut Interp, function: &str, value: Value) -> PyResult<Value> {
    let json = interp.import("json")?;
    match json.dict.get(function) {
        Some(function) => interp.call(&function, Args::of(vec![value])),
        None => Err(Stop::unsupported("JSON without its module")),
    }
}

/// `Interval()`: a time after the epoch.
pub(super) fn interval(interp: &mut Interp) -> SqlType {
    shared(interp, "Interval", || HostTypeArgs {
        repr: "Interval()".into(),
        generic: SqlType::Interval,
        bind: bind_by(|interp, value| {
            if value.is_null() {
                return Ok(value);
            }
            let value = convert::to_python(interp, &value)?;
            match value.downcast::<PyDelta>().and_then(|delta| convert::after_epoch(delta.0)) {
                Some(moment) => Ok(SqlValue::DateTime(moment)),
                None => Err(Stop::unsupported("an interval that is no timedelta")),
            }
        }),
        result: read_by(|interp, value| match value {
            SqlValue::DateTime(moment) => {
                let delta = Value::object(PyDelta(convert::since_epoch(moment)));
                convert::to_engine(interp, &delta)
            }
            other => Ok(other),
        }),
        evaluates_none: false,
        object: None,
        check: None,
        ..HostTypeArgs::default()
    })
}

/// `Boolean(create_constraint=…, name=…)`, where one of them is given.
pub(super) fn boolean(interp: &mut Interp, create: Option<bool>, name: Option<Rc<str>>) -> SqlType {
    let by_default = lend::has(interp, Behaviour::TypesMakeChecks);
    if name.is_none() && create.is_none_or(|create| create == by_default) {
        return SqlType::Boolean;
    }
    let mut shown = Vec::new();
    if create.is_some_and(|create| create != by_default) {
        shown.push(if by_default {
            "create_constraint=False".to_owned()
        } else {
            "create_constraint=True".to_owned()
        });
    }
    if let Some(name) = &name {
        shown.push(format!("name={}", crate::python::format::repr_str(name)));
    }
    SqlType::Host(HostType::new(HostTypeArgs {
        repr: format!("Boolean({})", shown.join(", ")).into(),
        generic: SqlType::Boolean,
        bind: None,
        result: None,
        evaluates_none: false,
        object: None,
        check: Some(if create.unwrap_or(by_default) { TypeCheck::Made { name } } else { TypeCheck::Never }),
        ..HostTypeArgs::default()
    }))
}

/// `PickleType()`: Python's own objects, as bytes.
pub(super) fn pickled(interp: &mut Interp) -> SqlType {
    shared(interp, "PickleType", || HostTypeArgs {
        repr: "PickleType()".into(),
        generic: SqlType::LargeBinary(None),
        bind: bind_by(|interp, value| {
            if value.is_null() {
                return Ok(value);
            }
            let value = convert::to_python(interp, &value)?;
            Ok(SqlValue::Bytes(pickle::dumps(interp, &value)?.into()))
        }),
        result: read_by(|interp, value| match value {
            SqlValue::Bytes(bytes) => {
                let made = pickle::loads(interp, &bytes)?;
                convert::to_engine(interp, &made)
            }
            other => Ok(other),
        }),
        evaluates_none: false,
        object: None,
        check: None,
        ..HostTypeArgs::default()
    })
}

/// A type that a map or an annotation names, as Python has it.
pub(crate) fn of_default(interp: &mut Interp, ty: SqlType) -> SqlType {
    match ty {
        SqlType::Json => json(interp, false),
        SqlType::Interval => interval(interp),
        other => other,
    }
}

pub(super) const ENUM: &str = "*enums, create_constraint=, name=, native_enum=, length=, values_callable=, \
                               validate_strings=, schema=, metadata=, inherit_schema=, quote=, omit_aliases=";

/// `Enum(…)`, of strings or of a Python enumeration.
pub(super) fn enumeration(interp: &mut Interp, bound: &mut Bound) -> PyResult<SqlType> {
    let given = std::mem::take(&mut bound.varargs);
    let create_constraint = flag(interp, bound, 0, false)?;
    let name = bound.take(1).as_ref().and_then(Value::as_str).cloned();
    let native_enum = flag(interp, bound, 2, true)?;
    let length = match bound.take(3) {
        None | Some(Value::None) => None,
        Some(value) => Some(interp.index(&value)?.try_into().unwrap_or(0)),
    };
    let values = bound.take(4).filter(|value| !value.is_none());
    let validates = flag(interp, bound, 5, false)?;
    if !native_enum && length.is_some_and(|length: u32| length == 0) {
        return Err(Stop::unsupported("an Enum of such a length"));
    }
    let class = match &given[..] {
        [Value::Class(class)] => Some(class.clone()),
        _ => None,
    };
    let Some(class) = class else {
        if values.is_some() {
            return Err(Stop::unsupported("`values_callable` of an Enum of strings"));
        }
        let mut names = Vec::new();
        for value in &given {
            match value {
                Value::Str(text) => names.push(text.clone()),
                _ => {
                    return Err(Stop::unsupported(
                        "an Enum of something else than strings or one enumeration",
                    ));
                }
            }
        }
        let members = names.iter().map(|name| (name.clone(), Value::Str(name.clone()))).collect();
        let of = EnumType { names, name, length, native_enum, create_constraint, class_name: None };
        return enum_type(interp, of, members, validates, true);
    };
    of_class(
        interp,
        &class,
        EnumType { names: Vec::new(), name, length, native_enum, create_constraint, class_name: None },
        values,
        validates,
    )
}

fn flag(interp: &mut Interp, bound: &mut Bound, index: usize, default: bool) -> PyResult<bool> {
    match bound.take(index) {
        None | Some(Value::None) => Ok(default),
        Some(value) => interp.truth(&value),
    }
}

/// The type of a Python enumeration; its members are stored by name, or by what `values_callable` says.
fn of_class(
    interp: &mut Interp,
    class: &Rc<Class>,
    mut of: EnumType,
    values: Option<Value>,
    validates: bool,
) -> PyResult<SqlType> {
    let own = Value::Class(class.clone());
    let all = match interp.get_attr_opt(&own, "__members__")? {
        Some(Value::Dict(all)) => all.map.borrow().items(),
        // The class of all enumerations has none.
        None if &*class.full_name() == "enum.Enum" => Vec::new(),
        _ => return Err(Stop::unsupported("an Enum of a class that is no enumeration")),
    };
    let keeps_aliases = lend::has(interp, Behaviour::EnumKeepsAliases);
    let mut members = Vec::new();
    for (name, member) in all {
        let own_name = interp.get_attr(&member, "name")?;
        // Other names of a member are left out.
        if let (Some(name), true) = (name.as_str(), keeps_aliases || interp.eq(&name, &own_name)?) {
            members.push((name.clone(), member));
        }
    }
    if let Some(values) = values {
        let texts = interp.call(&values, Args::of(vec![own]))?;
        let texts = interp.iterate(&texts)?;
        if texts.len() != members.len() || !texts.iter().all(|text| text.as_str().is_some()) {
            return Err(Stop::unsupported("a `values_callable` that does not give a text for each member"));
        }
        for ((name, _), text) in members.iter_mut().zip(&texts) {
            if let Some(text) = text.as_str() {
                *name = text.clone();
            }
        }
    }
    of.names = members.iter().map(|(name, _)| name.clone()).collect();
    of.name = of.name.or_else(|| Some(class.name().to_lowercase().into()));
    of.class_name = Some(class.name());
    enum_type(interp, of, members, validates, false)
}

/// The type that an enumeration's class means where nothing else is said.
pub(crate) fn of_annotation(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<SqlType>> {
    let module = interp.import("enum")?;
    let Some(Value::Class(base)) = module.dict.get("Enum") else { return Ok(None) };
    if !class.is_subclass(&base) || !lend::has(interp, Behaviour::AnnotatedDeclarative) {
        return Ok(None);
    }
    if let Some(known) = lend::shared(interp).enums.iter().find(|(known, _)| Rc::ptr_eq(known, class)) {
        return Ok(Some(known.1.clone()));
    }
    let of = EnumType {
        names: Vec::new(),
        name: None,
        length: None,
        native_enum: true,
        create_constraint: false,
        class_name: None,
    };
    let ty = of_class(interp, class, of, None, false)?;
    lend::shared(interp).enums.push((class.clone(), ty.clone()));
    Ok(Some(ty))
}

/// What a type that stands for a base class becomes for a class derived from it: an `Enum` is made of the class.
pub(crate) fn for_class(interp: &mut Interp, ty: &SqlType, class: &Rc<Class>) -> PyResult<SqlType> {
    let SqlType::Enum(of) = ty.generic() else { return Ok(ty.clone()) };
    let name = of.name.clone().filter(|name| &**name != "enum");
    let of = EnumType {
        names: Vec::new(),
        name,
        length: of.length,
        native_enum: of.native_enum,
        create_constraint: of.create_constraint,
        class_name: None,
    };
    of_class(interp, class, of, None, false)
}

fn enum_type(
    interp: &mut Interp,
    mut of: EnumType,
    members: Vec<(Rc<str>, Value)>,
    validates: bool,
    of_strings: bool,
) -> PyResult<SqlType> {
    if of.native_enum && !lend::has(interp, Behaviour::EnumLengthOfNative) {
        of.length = None;
    }
    let longest = of.names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    if let Some(length) = of.length.filter(|length| (*length as usize) < longest) {
        let message = format!(
            "When provided, length must be larger or equal than the length of the longest enum value. {length} < \
             {longest}"
        );
        return Err(interp.raise("ValueError", message));
    }
    let mut more = Vec::new();
    if lend::has(interp, Behaviour::EnumShownInFull) {
        if of.create_constraint {
            more.push("create_constraint=True".to_owned());
        }
        more.extend(
            of.length.filter(|length| *length as usize != longest).map(|length| format!("length={length}")),
        );
    }
    let generic = SqlType::Enum(Rc::new(of));
    let mut repr = generic.repr();
    for part in more {
        repr.truncate(repr.len() - 1);
        let comma = if repr.ends_with('(') { "" } else { ", " };
        repr.push_str(&format!("{comma}{part})"));
    }
    let members = Rc::new(members);
    let (for_bind, for_result, names) = (members.clone(), members, generic.clone());
    let names_of_result = generic.clone();
    Ok(SqlType::Host(HostType::new(HostTypeArgs {
        repr: repr.into(),
        generic,
        bind: bind_by(move |interp, value| {
            if value.is_null() {
                return Ok(value);
            }
            let value = convert::to_python(interp, &value)?;
            for (name, member) in for_bind.iter() {
                let same = if of_strings { interp.eq(&value, member)? } else { value.is(member) };
                if same || value.as_str().is_some_and(|text| **text == **name) {
                    return Ok(SqlValue::Text(name.clone()));
                }
            }
            match &value {
                Value::Str(text) if !validates => Ok(SqlValue::Text(text.clone())),
                other => Err(unknown(interp, other, &names)?),
            }
        }),
        result: read_by(move |interp, value| {
            if value.is_null() {
                return Ok(value);
            }
            let value = convert::to_python(interp, &value)?;
            let found =
                for_result.iter().find(|(name, _)| value.as_str().is_some_and(|text| **text == **name));
            match found {
                Some((_, member)) => convert::to_engine(interp, &member.clone()),
                None => Err(unknown(interp, &value, &names_of_result)?),
            }
        }),
        evaluates_none: false,
        object: None,
        check: None,
        ..HostTypeArgs::default()
    })))
}

/// The refusal of a value that an enumeration does not have.
fn unknown(interp: &mut Interp, value: &Value, ty: &SqlType) -> PyResult<Stop> {
    let SqlType::Enum(of) = ty else { return Ok(Stop::unsupported("a value of no enumeration")) };
    let text = interp.str(value)?;
    let short = |name: &Rc<str>| {
        if name.chars().count() > 11 {
            name.chars().take(11).collect::<String>() + ".."
        } else {
            name.to_string()
        }
    };
    let shown: Vec<String> = of.names.iter().map(short).collect();
    let shown = match &shown[..] {
        [a, b, c, _, .., last] if shown.len() > 4 => format!("{a}, {b}, {c}, ..., {last}"),
        all => all.join(", "),
    };
    let name = of.name.as_deref().unwrap_or("None");
    let message =
        format!("'{text}' is not among the defined enum values. Enum name: {name}. Possible values: {shown}");
    Ok(interp.raise("LookupError", message))
}

/// Adds `TypeDecorator`.
pub(super) fn install(interp: &mut Interp, module: &Module, root: &Rc<Class>) -> PyResult<()> {
    let class = interp.native_class("sqlalchemy.sql.type_api", "TypeDecorator", vec![root.clone()])?;
    method(&class, "__init__", |interp, mut args| {
        if args.positional.is_empty() {
            return Err(Stop::unsupported("a TypeDecorator without itself"));
        }
        let this = args.positional.remove(0);
        let made = match interp.get_attr_opt(&this, "impl")? {
            Some(class @ Value::Class(_)) => interp.call(&class, args)?,
            Some(instance) => instance,
            None => {
                let message = "TypeDecorator implementations require a class-level variable 'impl' which refers to the \
                               class of type being decorated";
                return Err(interp.raise("AssertionError", message));
            }
        };
        interp.set_attr(&this, "impl", made)?;
        Ok(Value::None)
    });
    method(&class, "__repr__", |interp, args| {
        let [this] = args.exactly(interp, "__repr__")?;
        match types::of_value(interp, &this)? {
            Some(ty) => Ok(Value::from(ty.repr())),
            None => Err(Stop::unsupported("the repr of a TypeDecorator of no type")),
        }
    });
    module.dict.set("TypeDecorator", Value::Class(class));
    Ok(())
}

/// The type that an instance of a class below `TypeDecorator` is.
pub(super) fn decorated(interp: &mut Interp, value: &Value) -> PyResult<Option<SqlType>> {
    let Value::Instance(instance) = value else { return Ok(None) };
    let types = interp.import("sqlalchemy.types")?;
    let Some(Value::Class(root)) = types.dict.get("TypeDecorator") else { return Ok(None) };
    if let Some(known) = lend::shared(interp).decorated.iter().find(|(known, _)| known.is(value)) {
        return Ok(Some(known.1.clone()));
    }
    if !instance.class().is_subclass(&root) {
        return own_types::of_instance(interp, value, instance);
    }
    for name in ["bind_processor", "result_processor"] {
        if own_types::writes(&instance.class(), name) {
            return Err(Stop::unsupported(format!("a TypeDecorator with `{name}`")));
        }
    }
    let inner = interp.get_attr(value, "impl")?;
    let Some(inner) = types::of_value(interp, &inner)? else {
        return Err(Stop::unsupported("a TypeDecorator of no type"));
    };
    let inner = match own_types::loaded_impl(interp, value, instance, &inner)? {
        Some(loaded) => loaded,
        None => inner,
    };
    let shown = inner.repr();
    let arguments = shown.find('(').map_or("()", |at| &shown[at..]).to_owned();
    let inner_args = match &inner {
        SqlType::Host(host) => Some(host.clone()),
        _ => None,
    };
    let inner_bind = inner_args.as_ref().and_then(|host| host.args().bind.clone());
    let inner_result = inner_args.as_ref().and_then(|host| host.args().result.clone());
    let bind = hook(interp, value, "process_bind_param")?;
    let result = hook(interp, value, "process_result_value")?;
    let object = convert::to_engine(interp, value)?;
    let repr: Rc<str> = format!("{}{arguments}", instance.class().name()).into();
    let uncached = own_types::uncached(interp, value, "TypeDecorator", &repr)?;
    let ty = SqlType::Host(HostType::new(HostTypeArgs {
        repr,
        uncached,
        evaluates_none: inner.evaluates_none(),
        generic: inner,
        bind: both(bind.and_then(|hook| bind_by(hook)), inner_bind),
        result: both(inner_result, result.and_then(|hook| read_by(hook))),
        object: Some(object),
        check: None,
        ..HostTypeArgs::default()
    }));
    coercing::note(interp, &instance.class());
    lend::shared(interp).decorated.push((value.clone(), ty.clone()));
    own_types::surround(interp, value, &instance.class(), &ty)?;
    Ok(Some(ty))
}

/// One conversion after the other.
fn both(first: Option<Convert>, second: Option<Convert>) -> Option<Convert> {
    match (first, second) {
        (Some(first), Some(second)) => Some(Rc::new(move |cx, value| {
            let value = first(cx, value)?;
            second(cx, value)
        })),
        (one, other) => one.or(other),
    }
}

type Hook = Box<dyn Fn(&mut Interp, SqlValue) -> PyResult<SqlValue>>;

/// `process_bind_param(value, dialect)` or its like, where the class has one.
fn hook(interp: &mut Interp, decorator: &Value, name: &str) -> PyResult<Option<Hook>> {
    if interp.get_attr_opt(decorator, name)?.is_none() {
        return Ok(None);
    }
    let (decorator, name) = (decorator.clone(), name.to_owned());
    Ok(Some(Box::new(move |interp: &mut Interp, value: SqlValue| {
        let value = convert::to_python(interp, &value)?;
        let hook = interp.get_attr(&decorator, &name)?;
        let made = interp.call(&hook, Args::of(vec![value, dialects::sqlite()]))?;
        convert::to_engine(interp, &made)
    })))
}

/// The Python value of a type that Python converts.
pub(super) fn to_value(interp: &mut Interp, host: &HostType, class: Rc<Class>) -> PyResult<Value> {
    match &host.args().object {
        Some(object) => convert::to_python(interp, object),
        None => Ok(Value::object(TypeObject { ty: SqlType::Host(host.clone()), class })),
    }
}
