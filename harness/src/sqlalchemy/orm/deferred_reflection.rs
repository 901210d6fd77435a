//! `DeferredReflection`: classes whose tables are read from a database before they are mapped, by `prepare()`.
//!
//! A class that derives from it has its table at once, with the columns that it declares; what the database has is added to it.

use super::registry::Registry;
use super::{declarative, mapped, scan};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::schema::table_value;
use crate::sqlalchemy::{errors, lend, names, reflected};
use backproof_engine::schema::{Table, TableArgs, TableItem};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

const NAME: &str = "DeferredReflection";
const MODULE: &str = "sqlalchemy.ext.declarative.extensions";
const OLDER: &str = "sqlalchemy.ext.declarative.api";
const WAITING: &str = "_sa_waiting";

type Waits = (Rc<Class>, Rc<Registry>);

/// The classes that wait for `prepare()`, in the order in which they were made.
struct Waiting(RefCell<Vec<Waits>>);

impl Object for Waiting {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "dict"
    }
}

/// Adds the class to its module.
pub(super) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let apart = names::has(lend::profile(interp), "sqlalchemy.ext.declarative", "extensions");
    let root = interp.native_class(if apart { MODULE } else { OLDER }, NAME, Vec::new())?;
    if root.dict.get(WAITING).is_none() {
        root.dict.set(WAITING, Value::object(Waiting(RefCell::default())));
        let prepare = Value::native("prepare", |interp, mut args| {
            let class = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
            match class.as_class() {
                Some(class) => prepare(interp, class, args),
                None => Err(Stop::unsupported("prepare() of something that is no class")),
            }
        });
        root.dict.set("prepare", Value::ClassMethod(Rc::new(prepare)));
    }
    module.dict.set(NAME, Value::Class(root));
    Ok(())
}

/// The class `DeferredReflection`, where a class derives from it.
fn root_of(class: &Rc<Class>) -> Option<Rc<Class>> {
    class
        .mro()
        .into_iter()
        .find(|above| *above.name() == *NAME && (*above.module() == *MODULE || *above.module() == *OLDER))
}

fn waiting_of(root: &Rc<Class>) -> Option<Value> {
    root.dict.get(WAITING).filter(|value| value.downcast::<Waiting>().is_some())
}

/// What a class raises that is used before it is mapped, where it waits.
pub(super) fn refusal(class: &Rc<Class>) -> Option<String> {
    let waiting = waiting_of(&root_of(class)?)?;
    let waits = waiting.downcast::<Waiting>()?;
    let is_one = waits.0.borrow().iter().any(|(waiting, _)| Rc::ptr_eq(waiting, class));
    is_one.then(|| {
        format!(
            "Class {}.{} is a subclass of DeferredReflection.  Mappings are not produced until the .prepare() method is \
             called on the class hierarchy.",
            class.module(),
            class.name()
        )
    })
}

/// Whether a class is mapped later; if so, it has its table now.
pub(super) fn waits(interp: &mut Interp, class: &Rc<Class>, registry: &Rc<Registry>) -> PyResult<bool> {
    let Some(root) = root_of(class) else { return Ok(false) };
    let Some(waiting) = waiting_of(&root) else { return Ok(false) };
    let Some(waits) = waiting.downcast::<Waiting>() else { return Ok(false) };
    let by_mixin = class.mro().iter().skip(1).any(|above| {
        root_of(above).is_some() && !Rc::ptr_eq(above, &root) && declarative::registry_of(above).is_none()
    });
    if by_mixin && !lend::has(interp, Behaviour::CompiledCache) {
        return Err(Stop::unsupported(
            "a class below a DeferredReflection that has no declarative base, in this release",
        ));
    }
    let own_name = class.dict.get("__tablename__");
    if let Some(Value::Str(name)) = own_name {
        for (at, source) in class.mro().iter().enumerate() {
            let of_another = at > 0 && mapped::mapper_of(source).is_none();
            let is_declared = waits.0.borrow().iter().any(|(known, _)| Rc::ptr_eq(known, source));
            if of_another
                && !is_declared
                && source.dict.items().iter().any(|(_, value)| declarative::column_of(value).is_some())
            {
                return Err(Stop::unsupported("a deferred class with columns of a mixin"));
            }
        }
        if class.dict.contains("__annotations__") {
            return Err(Stop::unsupported("a deferred class with annotations"));
        }
        if class.dict.get("__table_args__").is_some_and(|args| !args.is_none()) {
            return Err(Stop::unsupported("a deferred class with __table_args__"));
        }
        let mut items = Vec::new();
        for (key, value) in class.dict.items() {
            if let Some(column) = declarative::column_of(&value) {
                if column.name().is_empty() {
                    column.set_name(&key);
                }
                items.push(TableItem::Column(column));
            }
        }
        let table = Table::new(&name, &registry.metadata, items, TableArgs::default())
            .map_err(|error| errors::raise(interp, &error))?;
        class.dict.set("__table__", table_value(&table));
    } else if own_name.is_some() {
        return Err(Stop::unsupported("a deferred class whose table's name is worked out"));
    }
    waits.0.borrow_mut().push((class.clone(), registry.clone()));
    Ok(true)
}

/// Classes in an order in which each comes after those that it derives from: level by level.
fn in_rounds(classes: Vec<Waits>) -> Vec<Waits> {
    let mut left = classes;
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let all: Vec<Rc<Class>> = left.iter().map(|(class, _)| class.clone()).collect();
        let derives = |class: &Rc<Class>| {
            class.mro().iter().skip(1).any(|above| all.iter().any(|other| Rc::ptr_eq(other, above)))
        };
        let (later, ready): (Vec<Waits>, Vec<Waits>) =
            left.into_iter().partition(|(class, _)| derives(class));
        if ready.is_empty() {
            ordered.extend(later);
            break;
        }
        ordered.extend(ready);
        left = later;
    }
    ordered
}

fn prepare(interp: &mut Interp, base: &Rc<Class>, args: Args) -> PyResult<Value> {
    let by_bind = lend::has(interp, Behaviour::ReflectionByKind);
    let parameter = if by_bind { "bind" } else { "engine" };
    let mut bound = Signature::new("DeferredReflection.prepare", parameter).bind(interp, args)?;
    let bind = bound.take(0).unwrap_or(Value::None);
    let Some(waiting) = root_of(base).as_ref().and_then(waiting_of) else { return Ok(Value::None) };
    let Some(waits) = waiting.downcast::<Waiting>() else { return Ok(Value::None) };
    let (chosen, left): (Vec<Waits>, Vec<Waits>) = waits
        .0
        .take()
        .into_iter()
        .partition(|(class, _)| class.mro().iter().any(|above| Rc::ptr_eq(above, base)));
    waits.0.replace(left);
    let chosen = in_rounds(chosen);
    let Some((_, registry)) = chosen.first() else { return Ok(Value::None) };
    if chosen.iter().any(|(_, other)| !Rc::ptr_eq(other, registry)) {
        return Err(Stop::unsupported("prepare() of classes of several bases"));
    }
    let mut names = Vec::new();
    for (class, _) in &chosen {
        if let Some(Value::Str(name)) = class.dict.get("__tablename__") {
            names.push(name.to_string());
        }
        for (_, value) in class.dict.items() {
            if super::relationship::has_secondary(&value) {
                return Err(Stop::unsupported(
                    "a deferred class with a relationship by way of another table",
                ));
            }
        }
    }
    reflected::extend(interp, &registry.metadata, &bind, &names)?;
    for (class, registry) in &chosen {
        scan::map_class(interp, class, registry)?;
    }
    Ok(Value::None)
}
