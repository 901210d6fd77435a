//! The functions of `sqlalchemy.orm.attributes` that change an object by hand.

use super::attribute::AttributeObject;
use super::inspection::InstanceStateObject;
use super::instance::require;
use crate::python::{Args, Interp, Module, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr::{self, Candidate, NewValue};
use backproof_engine::state::ObjRef;

/// An object, and the name of one of its attributes.
fn named(interp: &mut Interp, object: &Value, name: &Value) -> PyResult<(ObjRef, std::rc::Rc<str>)> {
    let object = require(interp, object)?;
    match name.as_str() {
        Some(name) => Ok((object, name.clone())),
        None => Err(Stop::unsupported("an attribute that is named by no string")),
    }
}

/// Gives an attribute a value as if it had been loaded.
fn set_committed_value(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [instance, name, value] = args.exactly(interp, "set_committed_value")?;
    let (object, key) = named(interp, &instance, &name)?;
    let class = interp.class_of(&instance);
    let attribute = interp.get_attr(&Value::Class(class), &key)?;
    let Some(attribute) = attribute.downcast::<AttributeObject>() else {
        return Err(Stop::unsupported("set_committed_value() of what is no mapped attribute"));
    };
    let value = match attribute.new_value(interp, &value)? {
        NewValue::Members(members) => {
            let mut objects = Vec::new();
            for member in members {
                match member {
                    Candidate::Object(object) => objects.push(object),
                    Candidate::Nothing | Candidate::Wrong(_) => {
                        return Err(Stop::unsupported("set_committed_value() of no mapped objects"));
                    }
                }
            }
            NewValue::Many(objects)
        }
        other => other,
    };
    lend::with_cx(interp, |cx| attr::set_committed(cx, object.id(), &key, value))?;
    Ok(Value::None)
}

/// The functions of `sqlalchemy.orm.attributes` that change an object.
pub(super) fn fill(module: &Module) {
    let put = |name: &'static str, body: fn(&mut Interp, Args) -> PyResult<Value>| {
        module.dict.set(name, Value::native(name, body));
    };
    put("set_committed_value", set_committed_value);
    put("flag_modified", |interp, args| {
        let [object, name] = args.exactly(interp, "flag_modified")?;
        let (object, key) = named(interp, &object, &name)?;
        lend::with_cx(interp, |cx| attr::flag_modified(cx, object.id(), &key))?;
        Ok(Value::None)
    });
    put("flag_dirty", |interp, args| {
        let [object] = args.exactly(interp, "flag_dirty")?;
        let object = require(interp, &object)?;
        lend::with_cx(interp, |cx| attr::flag_dirty(cx, object.id()))?;
        Ok(Value::None)
    });
    put("set_attribute", |interp, args| {
        let [object, name, value] = args.exactly(interp, "set_attribute")?;
        let (_, key) = named(interp, &object, &name)?;
        interp.set_attr(&object, &key, value)?;
        Ok(Value::None)
    });
    put("get_attribute", |interp, args| {
        let [object, name] = args.exactly(interp, "get_attribute")?;
        let (_, key) = named(interp, &object, &name)?;
        interp.get_attr(&object, &key)
    });
    put("del_attribute", |interp, args| {
        let [object, name] = args.exactly(interp, "del_attribute")?;
        let (_, key) = named(interp, &object, &name)?;
        interp.del_attr(&object, &key)?;
        Ok(Value::None)
    });
    put("instance_state", |interp, args| {
        let [object] = args.exactly(interp, "instance_state")?;
        let object = require(interp, &object)?;
        Ok(InstanceStateObject::value(object))
    });
}
