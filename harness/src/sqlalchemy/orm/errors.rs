//! Exceptions that are raised before the engine is asked: a value that stands for nothing mapped.

use crate::python::{Class, Interp, Stop, Unavailable, Value};
use crate::sqlalchemy::errors::raise_named;
use std::rc::Rc;

/// `module.Name` of a class, builtins included.
pub(super) fn dotted(class: &Rc<Class>) -> String {
    format!("{}.{}", class.module(), class.name())
}

/// A value that is no instance of a mapped class stands where one belongs.
pub(super) fn unmapped_instance(interp: &mut Interp, value: &Value) -> Stop {
    if let Err(stop) = Unavailable::refuse(value) {
        return stop;
    }
    let class = interp.class_of(value);
    let mut message = format!("Class '{}' is not mapped", dotted(&class));
    if let Value::Class(given) = value {
        let name = dotted(given);
        message.push_str(&format!("; was a class ({name}) supplied where an instance was required?"));
    }
    raise_named(interp, "UnmappedInstanceError", message)
}

/// A class that is not mapped stands where a mapped one belongs.
pub(super) fn unmapped_class(interp: &mut Interp, class: &Rc<Class>) -> Stop {
    raise_named(interp, "UnmappedClassError", format!("Class '{}' is not mapped", dotted(class)))
}

/// A class that is mapped later, by `DeferredReflection.prepare()` or with those below it, stands where a mapped one belongs.
pub(super) fn waiting_class(interp: &mut Interp, value: &Value) -> Option<Stop> {
    let class = value.as_class()?;
    let message = super::deferred_reflection::refusal(class).or_else(|| super::concrete::refusal(class))?;
    Some(raise_named(interp, "UnmappedClassError", message))
}

/// `inspect()` of something that cannot be inspected.
pub(super) fn no_inspection(interp: &mut Interp, value: &Value) -> Stop {
    if let Some(stop) = waiting_class(interp, value) {
        return stop;
    }
    if let Err(stop) = Unavailable::refuse(value) {
        return stop;
    }
    let class = interp.class_of(value);
    let shown = match interp.repr(&Value::Class(class)) {
        Ok(shown) => shown,
        Err(stop) => return stop,
    };
    let message = format!("No inspection system is available for object of type {shown}");
    raise_named(interp, "NoInspectionAvailable", message)
}

pub(super) fn argument_error(interp: &mut Interp, message: impl Into<String>) -> Stop {
    raise_named(interp, "ArgumentError", message)
}

pub(super) fn invalid_request(interp: &mut Interp, message: impl Into<String>) -> Stop {
    raise_named(interp, "InvalidRequestError", message)
}
