//! Operators that come out at a method: the classes of comparators, whose `operate(op, …)` a document writes, and the
//! functions of `sqlalchemy.sql.operators` that it is handed.
//!
//! Nothing here makes an expression: a function calls the method or the operator that it stands for.

use crate::python::{Args, Class, Interp, Module, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::{lend, schema};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Operators of the language, as `operator` has them.
const LANGUAGE: [(&str, &str); 17] = [
    ("__eq__", "eq"),
    ("__ne__", "ne"),
    ("__lt__", "lt"),
    ("__le__", "le"),
    ("__gt__", "gt"),
    ("__ge__", "ge"),
    ("__add__", "add"),
    ("__sub__", "sub"),
    ("__mul__", "mul"),
    ("__truediv__", "truediv"),
    ("__mod__", "mod"),
    ("__floordiv__", "floordiv"),
    ("__and__", "and_"),
    ("__or__", "or_"),
    ("__invert__", "inv"),
    ("__neg__", "neg"),
    ("__getitem__", "getitem"),
];

/// The same from the right side.
const REFLECTED: [(&str, &str); 6] = [
    ("__radd__", "add"),
    ("__rsub__", "sub"),
    ("__rmul__", "mul"),
    ("__rtruediv__", "truediv"),
    ("__rmod__", "mod"),
    ("__rfloordiv__", "floordiv"),
];

/// Methods, the functions that stand for them, and what they take.
const METHODS: [(&str, &str, &str); 26] = [
    ("like", "like_op", "other, escape=None"),
    ("ilike", "ilike_op", "other, escape=None"),
    ("not_like", "not_like_op", "other, escape=None"),
    ("notlike", "not_like_op", "other, escape=None"),
    ("not_ilike", "not_ilike_op", "other, escape=None"),
    ("notilike", "not_ilike_op", "other, escape=None"),
    ("startswith", "startswith_op", "other"),
    ("endswith", "endswith_op", "other"),
    ("contains", "contains_op", "other"),
    ("in_", "in_op", "other"),
    ("not_in", "not_in_op", "other"),
    ("notin_", "not_in_op", "other"),
    ("is_", "is_", "other"),
    ("is_not", "is_not", "other"),
    ("isnot", "is_not", "other"),
    ("concat", "concat_op", "other"),
    ("match", "match_op", "other"),
    ("collate", "collate", "other"),
    ("asc", "asc_op", ""),
    ("desc", "desc_op", ""),
    ("nulls_first", "nulls_first_op", ""),
    ("nulls_last", "nulls_last_op", ""),
    ("distinct", "distinct_op", ""),
    ("is_distinct_from", "is_distinct_from", "other"),
    ("is_not_distinct_from", "is_not_distinct_from", "other"),
    ("regexp_match", "regexp_match_op", "other"),
];

fn language(interp: &mut Interp, name: &str) -> PyResult<Value> {
    let found = interp.import("operator")?.dict.get(name);
    found.ok_or_else(|| Stop::unsupported(format!("the operator `{name}`")))
}

/// The module `sqlalchemy.sql.operators`.
pub(in crate::sqlalchemy) fn module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = super::module(interp, "sqlalchemy.sql.operators");
    for (_, name) in LANGUAGE {
        if let Some(function) = interp.import("operator")?.dict.get(name) {
            module.dict.set(name, function);
        }
    }
    for (method, name, _) in METHODS {
        let function = Value::native(shown(interp, name), move |interp, mut args| {
            let this = receiver(&mut args)?;
            if searches(method) {
                return searched(interp, &this, method, args);
            }
            interp.call_method(&this, method, args)
        });
        module.dict.set(name, function.clone());
        module.dict.set(old_name(name), function);
    }
    module.dict.set(
        "between_op",
        Value::native("between_op", |interp, mut args| {
            let this = receiver(&mut args)?;
            interp.call_method(&this, "between", args)
        }),
    );
    Ok(Rc::new(module))
}

/// Hands an operator to the receiver's `operate()`.
fn operate(interp: &mut Interp, this: &Value, function: Value, args: Args) -> PyResult<Value> {
    let mut args = args;
    args.positional.insert(0, function);
    interp.call_method(this, "operate", args)
}

fn receiver(args: &mut Args) -> PyResult<Value> {
    if args.positional.is_empty() {
        return Err(Stop::unsupported("an operator of nothing"));
    }
    Ok(args.positional.remove(0))
}

/// Gives a class the operators of column elements, each of which comes out at `operate()` or `reverse_operate()`.
pub(in crate::sqlalchemy) fn give_operators(class: &Rc<Class>) {
    for (dunder, name) in LANGUAGE {
        class.dict.set(
            dunder,
            Value::native_method(dunder, move |interp, mut args| {
                let this = receiver(&mut args)?;
                let function = language(interp, name)?;
                operate(interp, &this, function, args)
            }),
        );
    }
    for (dunder, name) in REFLECTED {
        class.dict.set(
            dunder,
            Value::native_method(dunder, move |interp, mut args| {
                let this = receiver(&mut args)?;
                args.positional.insert(0, language(interp, name)?);
                interp.call_method(&this, "reverse_operate", args)
            }),
        );
    }
    for (method, name, parameters) in METHODS {
        let escaped = parameters.contains("escape");
        let parameters = parameters.replace("=None", "=");
        let parameters =
            if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
        let signature = Signature::new(&format!("ColumnOperators.{method}"), &parameters);
        class.dict.set(
            method,
            Value::native_method(method, move |interp, mut args| {
                let function = function(interp, name)?;
                if searches(method) {
                    return search(interp, method, function, args);
                }
                let escape = if escaped { Some(args.take_keyword("escape")) } else { None };
                let bound = signature.bind(interp, args)?;
                let mut given = bound.values.into_iter();
                let this = given.next().flatten().unwrap_or(Value::None);
                let mut args = Args::of(given.flatten().collect());
                if let Some(escape) = escape {
                    args.keywords.push(("escape".into(), escape.unwrap_or(Value::None)));
                }
                operate(interp, &this, function, args)
            }),
        );
    }
    class.dict.set(
        "between",
        Value::native_method("between", |interp, args| {
            let signature = Signature::new("ColumnOperators.between", "self, cleft, cright, symmetric=");
            let mut bound = signature.bind(interp, args)?;
            let mut given = |index| bound.take(index).unwrap_or(Value::None);
            let (this, low, high) = (given(0), given(1), given(2));
            let symmetric = bound.take(3).unwrap_or(Value::Bool(false));
            let mut args = Args::of(vec![low, high]);
            args.keywords.push(("symmetric".into(), symmetric));
            let function = function(interp, "between_op")?;
            operate(interp, &this, function, args)
        }),
    );
    for name in ["operate", "reverse_operate"] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| {
                let shown = match args.positional.get(1) {
                    Some(Value::Native(function)) if is_method(&function.name) => {
                        let address = interp.repr(&Value::object(Nowhere))?;
                        let address = address.rsplit(' ').next().unwrap_or_default().to_owned();
                        format!("<function {} at {address}", function.name)
                    }
                    Some(function) => interp.str(function)?,
                    None => String::new(),
                };
                Err(interp.raise("NotImplementedError", shown))
            }),
        );
    }
}

/// Something with an address.
struct Nowhere;

impl crate::python::Object for Nowhere {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "function"
    }
}

/// `startswith()` and its like, whose keyword arguments are passed on as the release does.
fn search(interp: &mut Interp, method: &str, function: Value, mut args: Args) -> PyResult<Value> {
    let this = receiver(&mut args)?;
    if method != "contains" && lend::has(interp, Behaviour::SearchKeywordsNamed) {
        let escape = args.take_keyword("escape").unwrap_or(Value::None);
        let auto = args.take_keyword("autoescape").unwrap_or(Value::Bool(false));
        args.keywords.push(("escape".into(), escape));
        args.keywords.push(("autoescape".into(), auto));
    }
    operate(interp, &this, function, args)
}

/// What the functions of these methods call: the method, with what it is to escape by.
fn searched(interp: &mut Interp, this: &Value, method: &str, mut args: Args) -> PyResult<Value> {
    if let Some(auto) = args.take_keyword("autoescape")
        && interp.truth(&auto)?
    {
        return Err(Stop::unsupported("`autoescape` of an operator that a document writes"));
    }
    let escape = args.take_keyword("escape").unwrap_or(Value::None);
    args.keywords.push(("escape".into(), escape));
    interp.call_method(this, method, args)
}

fn searches(method: &str) -> bool {
    matches!(method, "startswith" | "endswith" | "contains")
}

/// What the operators of 1.3 are called.
fn old_name(name: &'static str) -> &'static str {
    match name {
        "not_like_op" => "notlike_op",
        "not_ilike_op" => "notilike_op",
        "not_in_op" => "notin_op",
        "is_not" => "isnot",
        "is_not_distinct_from" => "isnot_distinct_from",
        "nulls_first_op" => "nullsfirst_op",
        "nulls_last_op" => "nullslast_op",
        name => name,
    }
}

/// What an operator's function calls itself.
fn shown(interp: &mut Interp, name: &'static str) -> &'static str {
    if lend::has(interp, Behaviour::OperatorsRenamed) { name } else { old_name(name) }
}

fn is_method(name: &str) -> bool {
    name == "between_op" || METHODS.iter().any(|(_, op, _)| *op == name || old_name(op) == name)
}

fn function(interp: &mut Interp, name: &str) -> PyResult<Value> {
    let found = interp.import("sqlalchemy.sql.operators")?.dict.get(name);
    found.ok_or_else(|| Stop::unsupported(format!("the operator `{name}`")))
}

/// What a method of a class-level hybrid does whose operators come out at `receiver`.
pub(super) fn through(interp: &mut Interp, receiver: &Value, method: &str) -> PyResult<Option<Value>> {
    if !searches(method) {
        return interp.get_attr_opt(receiver, method);
    }
    let Some((_, name, _)) = METHODS.iter().find(|(known, ..)| *known == method) else { return Ok(None) };
    let (function, receiver) = (function(interp, name)?, receiver.clone());
    Ok(Some(Value::native(*name, move |interp, args| interp.call(&function, args.prepend(receiver.clone())))))
}

/// `hybrid.Comparator`, made at its first use.
pub(super) fn hybrid_comparator(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("hybrid.Comparator") {
        return Ok(class.clone());
    }
    let base = interp.foreign_class("sqlalchemy.orm.interfaces", "PropComparator");
    let class = interp.native_class("sqlalchemy.ext.hybrid", "Comparator", vec![base])?;
    give_operators(&class);
    let signature = Signature::new("Comparator.__init__", "self, expression");
    class.dict.set(
        "__init__",
        Value::native_method("__init__", move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let this = bound.take(0).unwrap_or(Value::None);
            interp.set_attr(&this, "expression", bound.take(1).unwrap_or(Value::None))?;
            Ok(Value::None)
        }),
    );
    class.dict.set(
        "__clause_element__",
        Value::native_method("__clause_element__", |interp, args| {
            let [this] = args.exactly(interp, "Comparator.__clause_element__")?;
            let held = interp.get_attr(&this, "expression")?;
            match expr::clause(interp, &held)? {
                Some(expr) => Ok(element(&expr)),
                None => Ok(held),
            }
        }),
    );
    class.dict.set(
        "adapt_to_entity",
        Value::native_method("adapt_to_entity", |interp, args| {
            let [this, _] = args.exactly(interp, "Comparator.adapt_to_entity")?;
            Ok(this)
        }),
    );
    let property = Value::native("property", |interp, args| {
        let [this] = args.exactly(interp, "Comparator.property")?;
        let held = interp.get_attr(&this, "expression")?;
        if held.downcast::<super::attribute::AttributeObject>().is_none() {
            return Err(Stop::unsupported("the property of a comparator of an expression"));
        }
        interp.get_attr(&held, "property")
    });
    class.dict.set(
        "property",
        Value::Property(Rc::new(crate::python::Property {
            getter: Some(property),
            ..crate::python::Property::default()
        })),
    );
    lend::shared(interp).classes.insert("hybrid.Comparator", class.clone());
    Ok(class)
}

/// An expression as the library hands it out: a column as itself.
pub(super) fn element(expr: &backproof_engine::sql::Expr) -> Value {
    match expr.as_column() {
        Some(column) => schema::column_value(column),
        None => ExprObject::value(expr.clone()),
    }
}
