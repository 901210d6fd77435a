//! What the ORM half gives to events: which classes, attributes and sessions a target means, and its values.

use super::attribute::AttributeObject;
use super::custom::InitiatorObject;
use super::inspection::InstanceStateObject;
use super::mapper::MapperObject;
use super::session::SessionObject;
pub(crate) use super::session::TransactionObject;
use super::{instance as instances, mapped, sessionmaker, symbols};
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr::Initiator;
use backproof_engine::event::{OfClasses as Classes, OfSessions, Stage};
use backproof_engine::map::{Key, MapperId, Property};
use backproof_engine::session::SessionId;
use backproof_engine::state::{ObjRef, Slot};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

pub(crate) use super::instance::object_of;

fn of_mapper(mapper: MapperId, propagate: bool) -> Classes {
    Rc::new(move |orm, other| other == mapper || (propagate && orm.mappers.is_a(other, mapper)))
}

/// The sessions that a target means: one, a factory's, or all.
pub(crate) fn sessions(interp: &mut Interp, target: &Value) -> PyResult<Option<OfSessions>> {
    if let Value::Class(class) = target {
        let all = super::session::class(interp);
        let factories = sessionmaker::class(interp);
        if Rc::ptr_eq(class, &all) || Rc::ptr_eq(class, &factories) {
            return Ok(Some(Rc::new(|_, _| true)));
        }
        if class.is_subclass(&all) {
            return Err(Stop::unsupported("listening to a subclass of Session"));
        }
        return Ok(None);
    }
    if let Some(session) = crate::sqlalchemy::define::receiver::<SessionObject>(target) {
        let own = session.id;
        return Ok(Some(Rc::new(move |_, id| id == own)));
    }
    Ok(sessionmaker::made(target)
        .map(|made| -> OfSessions { Rc::new(move |_, id| made.borrow().contains(&id)) }))
}

/// The attribute that a target is, and when one who begins to listen to it now is told.
pub(crate) fn attribute(
    interp: &mut Interp,
    target: &Value,
    propagate: bool,
) -> PyResult<Option<(Classes, Key, Stage)>> {
    let Some(attribute) = target.downcast::<AttributeObject>() else { return Ok(None) };
    let mapper = attribute.mapped.mapper;
    let configured = match attribute.property(interp)? {
        Property::Relationship(relationship) => relationship.resolved.get().is_some(),
        Property::Column(_) => lend::read(interp, |orm| orm.mappers.get(mapper).configured)?,
    };
    let stage = if configured { Stage::Configured } else { Stage::Declared };
    Ok(Some((of_mapper(mapper, propagate), attribute.key.clone(), stage)))
}

/// The classes that a target means, and the class itself where it is one.
pub(crate) fn classes(
    interp: &mut Interp,
    target: &Value,
    propagate: bool,
) -> PyResult<Option<(Classes, Option<Rc<Class>>)>> {
    if let Some(mapper) = target.downcast::<MapperObject>() {
        let class = mapped::class_of_mapper(interp, mapper.id)?;
        return Ok(Some((of_mapper(mapper.id, propagate), Some(class))));
    }
    let all: Classes = Rc::new(|_, _| true);
    match target {
        Value::Native(native) if &*native.name == "mapper" => Ok(Some((all, None))),
        Value::Class(class) if &*class.name() == "Mapper" && class.module().starts_with("sqlalchemy.") => {
            Ok(Some((all, None)))
        }
        Value::Class(class) => {
            if let Some(mapper) = mapped::mapper_of(class) {
                return Ok(Some((of_mapper(mapper, propagate), Some(class.clone()))));
            }
            // The library has its own classes; a base that it makes is a document's.
            if class.module().starts_with("sqlalchemy.") && class.find_hook().is_none() {
                return Ok(None);
            }
            // It waits for the class to be mapped.
            let above = class.clone();
            let below: Classes = Rc::new(move |orm, mapper| {
                let class = orm.mappers.get(mapper).host_class.as_ref().and_then(mapped::class_of_host);
                class.is_some_and(|class| {
                    if propagate { class.is_subclass(&above) } else { Rc::ptr_eq(&class, &above) }
                })
            });
            Ok(Some((below, Some(class.clone()))))
        }
        _ => Ok(None),
    }
}

pub(crate) fn instance(interp: &mut Interp, object: &ObjRef) -> PyResult<Value> {
    instances::wrap(interp, object)
}

pub(crate) fn state(object: &ObjRef) -> Value {
    InstanceStateObject::value(object.clone())
}

pub(crate) fn slot(interp: &mut Interp, slot: &Slot) -> PyResult<Value> {
    instances::slot_value(interp, slot)
}

pub(crate) fn mapper(interp: &mut Interp, mapper: MapperId) -> PyResult<Value> {
    MapperObject::find(interp, mapper)
}

pub(crate) fn class(interp: &mut Interp, mapper: MapperId) -> PyResult<Rc<Class>> {
    mapped::class_of_mapper(interp, mapper)
}

pub(crate) fn session(interp: &mut Interp, id: SessionId) -> Value {
    super::session::session_value(interp, id)
}

/// What set off a change.
pub(crate) fn initiator(interp: &mut Interp, by: &Initiator) -> Value {
    let name = if lend::has(interp, Behaviour::EventTokensNamed) {
        "AttributeEventToken"
    } else if lend::has(interp, Behaviour::AttributeEventsNamed) {
        "AttributeEvent"
    } else {
        "Event"
    };
    InitiatorObject::value(by.clone(), name)
}

/// What stands for a value that was never there: of a relationship, 1.3 has another one.
pub(crate) fn no_value(interp: &mut Interp, by: &Initiator) -> Value {
    let column = lend::read(interp, |orm| by.is_of_column(orm)).unwrap_or(true);
    let never = !column && lend::has(interp, Behaviour::NeverSet);
    symbols::value(interp, if never { "NEVER_SET" } else { "NO_VALUE" })
}

/// What stands for a value that is not loaded.
pub(crate) fn not_loaded(interp: &mut Interp) -> Value {
    symbols::value(interp, "PASSIVE_NO_RESULT")
}
