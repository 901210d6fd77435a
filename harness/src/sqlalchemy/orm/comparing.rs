//! Classes of comparators that a document writes for mapped attributes: `comparator_factory`.
//!
//! An operator of such an attribute, or a method that it does not have, is one of an instance of the class, which carries the
//! attribute as it would be without. What the class does not say is done as without it.

use super::attribute::AttributeObject;
use super::columns::{ExpressionDecl, MappedColumnObject};
use super::composite::{CompositeDecl, CompositeObject};
use super::operating;
use super::relationship::RelationshipDecl;
use crate::python::{
    Args, BinaryOp, Class, CompareOp, Instance, Interp, Property, PyResult, Stop, UnaryOp, Value,
};
use crate::sqlalchemy::lend;
use backproof_engine::map::{Key, Mapped, MapperId};
use std::rc::Rc;

/// What the library's classes are called, by the module of the property.
const CLASSES: [(&str, &str); 3] = [
    ("sqlalchemy.orm.properties", "ColumnProperty"),
    ("sqlalchemy.orm.relationships", "RelationshipProperty"),
    ("sqlalchemy.orm.descriptor_props", "CompositeProperty"),
];

/// Methods of relationship attributes that come out at the attribute itself.
const OF_RELATIONSHIPS: &[&str] = &["any", "has", "contains", "of_type", "and_", "in_"];

/// The attribute that a comparator was made for.
fn carried(this: &Value) -> PyResult<Value> {
    let held = this.as_instance().and_then(|instance| instance.payload.clone());
    held.ok_or_else(|| Stop::unsupported("a comparator of no attribute"))
}

fn receiver(args: &mut Args) -> Value {
    if args.positional.is_empty() { Value::None } else { args.positional.remove(0) }
}

/// Gives the library's classes what their instances do.
pub(super) fn define(interp: &mut Interp) {
    for (module, name) in CLASSES {
        let base = interp.foreign_class("sqlalchemy.orm.interfaces", "PropComparator");
        let class = interp.foreign_class_below(module, &format!("{name}.Comparator"), &base);
        *class.name.borrow_mut() = "Comparator".into();
        operating::give_operators(&class);
        for (method, reflected) in [("operate", false), ("reverse_operate", true)] {
            class.dict.set(
                method,
                Value::native_method(method, move |interp, args| operate(interp, args, reflected)),
            );
        }
        class.dict.set(
            "__clause_element__",
            Value::native_method("__clause_element__", |interp, mut args| {
                let held = carried(&receiver(&mut args))?;
                interp.call_method(&held, "__clause_element__", Args::none())
            }),
        );
        for attribute in ["prop", "property", "key"] {
            let get = Value::native(attribute, move |interp: &mut Interp, mut args: Args| {
                let held = carried(&receiver(&mut args))?;
                interp.get_attr(&held, attribute)
            });
            let property = Property { getter: Some(get), ..Property::default() };
            class.dict.set(attribute, Value::Property(Rc::new(property)));
        }
        if name != "ColumnProperty" {
            for (dunder, op) in COMPARISONS {
                class.dict.set(
                    dunder,
                    Value::native_method(dunder, move |interp, mut args| {
                        let held = carried(&receiver(&mut args))?;
                        interp.compare(op, &held, &receiver(&mut args))
                    }),
                );
            }
        }
        if name == "RelationshipProperty" {
            for method in OF_RELATIONSHIPS {
                class.dict.set(
                    method,
                    Value::native_method(*method, move |interp, mut args| {
                        let held = carried(&receiver(&mut args))?;
                        interp.call_method(&held, method, args)
                    }),
                );
            }
        }
        let property = interp.foreign_class(module, name);
        property.dict.set("Comparator", Value::Class(class));
    }
}

/// `operate(op, …)` of a comparator that does not say otherwise.
pub(in crate::sqlalchemy) fn operate(
    interp: &mut Interp,
    mut args: Args,
    reflected: bool,
) -> PyResult<Value> {
    let this = receiver(&mut args);
    let op = receiver(&mut args);
    let own = interp.call_method(&this, "__clause_element__", Args::none())?;
    let at = if reflected { args.positional.len().min(1) } else { 0 };
    args.positional.insert(at, own);
    interp.call(&op, args)
}

const COMPARISONS: [(&str, CompareOp); 6] = [
    ("__eq__", CompareOp::Eq),
    ("__ne__", CompareOp::Ne),
    ("__lt__", CompareOp::Lt),
    ("__le__", CompareOp::Le),
    ("__gt__", CompareOp::Gt),
    ("__ge__", CompareOp::Ge),
];

/// What a property is compared by, where it was declared with a class for that.
pub(super) fn declared(value: &Value) -> Option<Value> {
    if let Some(column) = value.downcast::<MappedColumnObject>() {
        return column.comparator.clone();
    }
    if let Some(expression) = value.downcast::<ExpressionDecl>() {
        return expression.comparator.clone();
    }
    if let Some(composite) = value.downcast::<CompositeDecl>() {
        return composite.comparator.clone();
    }
    value.downcast::<RelationshipDecl>().and_then(RelationshipDecl::comparator)
}

/// What an attribute is compared by from now on.
pub(super) fn note(interp: &mut Interp, mapper: MapperId, key: &Key, class: &Value) -> PyResult<()> {
    let Some(class) = class.as_class() else {
        return Err(Stop::unsupported("a `comparator_factory` that is no class"));
    };
    if written(class, "__clause_element__") || written(class, "__init__") {
        return Err(Stop::unsupported("a comparator with a constructor or an element of its own"));
    }
    lend::shared(interp).comparators.insert((mapper, key.clone()), class.clone());
    Ok(())
}

/// Whether the document wrote this method for the class.
fn written(class: &Rc<Class>, name: &str) -> bool {
    class.lookup_with_owner(name).is_some_and(|(owner, _)| {
        let module = owner.module();
        !module.starts_with("sqlalchemy.") && &*module != "builtins"
    })
}

/// The class of an attribute's comparators, where a document wrote it.
fn class_for(interp: &mut Interp, mapped: Mapped, key: &Key) -> PyResult<Option<Rc<Class>>> {
    if lend::shared(interp).comparators.is_empty() {
        return Ok(None);
    }
    let owner = lend::read(interp, |orm| orm.mappers.owner(mapped.mapper, key))?;
    let comparators = &lend::shared(interp).comparators;
    let found = comparators.get(&(mapped.mapper, key.clone()));
    Ok(found.or_else(|| comparators.get(&(owner, key.clone()))).cloned())
}

/// What the class of an attribute's comparators is called.
pub(super) fn name(interp: &mut Interp, of: &impl Compared) -> PyResult<Rc<str>> {
    let (mapped, key) = of.place();
    Ok(class_for(interp, mapped, &key)?.map_or_else(|| "Comparator".into(), |class| class.name()))
}

/// The comparator of an attribute whose class was written by the document and says something of `name`.
fn comparator_for(
    interp: &mut Interp,
    mapped: Mapped,
    key: &Key,
    names: &[&str],
    bare: impl FnOnce() -> Value,
) -> PyResult<Option<Value>> {
    let Some(class) = class_for(interp, mapped, key)? else { return Ok(None) };
    if !names.iter().any(|name| written(&class, name)) {
        return Ok(None);
    }
    Ok(Some(Value::Instance(Instance::with_payload(class, bare()))))
}

/// Something that a document's comparator may speak for.
pub(super) trait Compared {
    fn place(&self) -> (Mapped, Key);
    /// The same attribute without its comparator.
    fn bare(&self) -> Value;
}

impl Compared for AttributeObject {
    fn place(&self) -> (Mapped, Key) {
        (self.mapped, self.key.clone())
    }

    fn bare(&self) -> Value {
        self.without_comparator()
    }
}

impl Compared for CompositeObject {
    fn place(&self) -> (Mapped, Key) {
        (self.mapped, self.key.clone())
    }

    fn bare(&self) -> Value {
        self.without_comparator()
    }
}

/// The method of a comparison.
pub(in crate::sqlalchemy) fn dunder_of(op: CompareOp) -> &'static str {
    COMPARISONS.iter().find(|(_, known)| *known == op).map_or("__eq__", |(dunder, _)| dunder)
}

/// What an operator's methods are named after, where columns have it.
pub(in crate::sqlalchemy) fn name_of(op: BinaryOp) -> Option<&'static str> {
    Some(match op {
        BinaryOp::Add => "add",
        BinaryOp::Sub => "sub",
        BinaryOp::Mul => "mul",
        BinaryOp::Div => "truediv",
        BinaryOp::FloorDiv => "floordiv",
        BinaryOp::Mod => "mod",
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::MatMul | BinaryOp::Pow | BinaryOp::LShift | BinaryOp::RShift | BinaryOp::Xor => {
            return None;
        }
    })
}

/// A comparison by the document's comparator, where it has one for that.
pub(super) fn compare(
    interp: &mut Interp,
    of: &impl Compared,
    op: CompareOp,
    other: &Value,
) -> PyResult<Option<Value>> {
    let dunder = dunder_of(op);
    call(interp, of, dunder, "operate", vec![other.clone()])
}

/// An operator by the document's comparator, where it has one for that.
pub(super) fn binary(
    interp: &mut Interp,
    of: &impl Compared,
    op: BinaryOp,
    other: &Value,
    reflected: bool,
) -> PyResult<Option<Value>> {
    let Some(plain) = name_of(op) else { return Ok(None) };
    let (dunder, general) = if reflected {
        (format!("__r{plain}__"), "reverse_operate")
    } else {
        (format!("__{plain}__"), "operate")
    };
    call(interp, of, &dunder, general, vec![other.clone()])
}

/// `-` and `~` by the document's comparator.
pub(super) fn unary(interp: &mut Interp, of: &impl Compared, op: UnaryOp) -> PyResult<Option<Value>> {
    let dunder = match op {
        UnaryOp::Neg => "__neg__",
        UnaryOp::Invert => "__invert__",
        UnaryOp::Pos => return Ok(None),
    };
    call(interp, of, dunder, "operate", Vec::new())
}

fn call(
    interp: &mut Interp,
    of: &impl Compared,
    dunder: &str,
    general: &str,
    args: Vec<Value>,
) -> PyResult<Option<Value>> {
    let (mapped, key) = of.place();
    match comparator_for(interp, mapped, &key, &[dunder, general], || of.bare())? {
        Some(comparator) => interp.call_method(&comparator, dunder, Args::of(args)).map(Some),
        None => Ok(None),
    }
}

/// Operators that are called by their names.
pub(in crate::sqlalchemy) const NAMED: &[&str] = &[
    "like",
    "ilike",
    "not_like",
    "notlike",
    "not_ilike",
    "notilike",
    "startswith",
    "endswith",
    "contains",
    "in_",
    "not_in",
    "notin_",
    "is_",
    "is_not",
    "isnot",
    "concat",
    "match",
    "between",
    "asc",
    "desc",
];

/// An attribute of the document's comparator, where its class says something of it.
pub(super) fn member(interp: &mut Interp, of: &impl Compared, name: &str) -> PyResult<Option<Value>> {
    if name.starts_with("__") || matches!(name, "prop" | "property" | "key") {
        return Ok(None);
    }
    let (mapped, key) = of.place();
    let names: &[&str] = if NAMED.contains(&name) { &[name, "operate"] } else { &[name] };
    match comparator_for(interp, mapped, &key, names, || of.bare())? {
        Some(comparator) => interp.get_attr_opt(&comparator, name),
        None => Ok(None),
    }
}
