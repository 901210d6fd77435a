//! Instances of mapped classes: windows on the engine's states.
//!
//! An instance is made anew each time one is handed to Python, and nothing here keeps one: what lives is the
//! engine's object, and it lives only while a variable, a relationship or a session holds it.

use super::collection::Face;
use super::inspection::InstanceStateObject;
use super::{custom, mapped};
use crate::python::{Class, Instance, Interp, PyResult, Stop, Store, Value};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::state::{ObjRef, Slot};
use std::any::Any;
use std::rc::Rc;

/// Where an instance keeps its attributes: in the engine.
pub(crate) struct StateStore {
    pub(crate) object: ObjRef,
}

impl Store for StateStore {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get(&self, interp: &mut Interp, name: &str) -> PyResult<Option<Value>> {
        if name == "_sa_instance_state" {
            return Ok(Some(InstanceStateObject::value(self.object.clone())));
        }
        let slot = lend::read(interp, |orm| orm.states.get(self.object.id()).dict.get(name).cloned())?;
        slot.map(|slot| slot_value(interp, &slot)).transpose()
    }

    fn set(&self, interp: &mut Interp, name: &str, value: Value) -> PyResult<()> {
        if name == "_sa_instance_state" {
            return Err(Stop::unsupported("setting _sa_instance_state"));
        }
        let value = Slot::Value(convert::to_engine(interp, &value)?);
        let old = lend::with_cx(interp, |cx| {
            Ok(cx.orm.states.get_mut(self.object.id()).dict.insert(name.into(), value))
        })?;
        drop(old);
        Ok(())
    }

    fn del(&self, interp: &mut Interp, name: &str) -> PyResult<bool> {
        let old =
            lend::with_cx(interp, |cx| Ok(cx.orm.states.get_mut(self.object.id()).dict.shift_remove(name)))?;
        Ok(old.is_some())
    }

    fn items(&self, interp: &mut Interp) -> PyResult<Vec<(Rc<str>, Value)>> {
        let slots = lend::read(interp, |orm| orm.states.get(self.object.id()).dict.clone())?;
        let mut items = Vec::with_capacity(slots.len() + 1);
        items.push((Rc::from("_sa_instance_state"), InstanceStateObject::value(self.object.clone())));
        for (name, slot) in &slots {
            items.push((name.clone(), slot_value(interp, slot)?));
        }
        Ok(items)
    }

    fn identity(&self) -> u64 {
        lend::object_identity(self.object.id())
    }
}

/// An attribute's value as Python sees it.
pub(crate) fn slot_value(interp: &mut Interp, slot: &Slot) -> PyResult<Value> {
    match slot {
        Slot::Value(value) => convert::to_python(interp, value),
        Slot::One(None) => Ok(Value::None),
        Slot::One(Some(object)) => wrap(interp, object),
        Slot::Many(list) if list.host.is_some() => {
            custom::value_of(list).ok_or_else(|| Stop::unsupported("a collection without its host"))
        }
        Slot::Many(list) => Ok(Face::value(interp, list.clone())),
    }
}

/// The instance that stands for an object.
pub(crate) fn wrap(interp: &mut Interp, object: &ObjRef) -> PyResult<Value> {
    let mapper = lend::read(interp, |orm| orm.states.get(object.id()).mapper)?;
    let class = mapped::class_of_mapper(interp, mapper)?;
    Ok(instance(class, object.clone()))
}

/// An instance of this class that stands for an object.
pub(crate) fn instance(class: Rc<Class>, object: ObjRef) -> Value {
    Value::Instance(Instance::new(class, Rc::new(StateStore { object })))
}

/// Instances that stand for objects, in order.
pub(crate) fn wrap_all(interp: &mut Interp, objects: &[ObjRef]) -> PyResult<Vec<Value>> {
    objects.iter().map(|object| wrap(interp, object)).collect()
}

/// The object that an instance of a mapped class stands for.
pub(crate) fn object_of(value: &Value) -> Option<ObjRef> {
    let store = value.as_instance()?.store.as_any().downcast_ref::<StateStore>()?;
    Some(store.object.clone())
}

/// A number that tells the mapped object behind a value from all others.
pub(crate) fn mapped_identity(value: &Value) -> Option<Value> {
    object_of(value).map(|_| Value::from(value.identity().to_string()))
}

/// The object behind a value, or the error of the real library for a value that has none.
pub(crate) fn require(interp: &mut Interp, value: &Value) -> PyResult<ObjRef> {
    match object_of(value) {
        Some(object) => Ok(object),
        None => Err(super::errors::unmapped_instance(interp, value)),
    }
}
