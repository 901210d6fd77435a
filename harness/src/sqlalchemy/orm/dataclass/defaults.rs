//! Defaults that objects show without having them: from 2.1 on, a dataclass's constructor sets none.

use super::{Field, arguments_of};
use crate::python::{Class, Interp, PyResult, Value};
use crate::sqlalchemy::lend;
use backproof_engine::map::{Key, MapperId};
use backproof_engine::state::ObjRef;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Keeps the defaults of a class's attributes, its own and those of the class that it inherits from.
pub(in crate::sqlalchemy::orm) fn keep(
    interp: &mut Interp,
    class: &Rc<Class>,
    mapper: MapperId,
    above: Option<MapperId>,
    fields: &[Field],
) {
    if super::setup_of(class).is_none() || !lend::has(interp, Behaviour::DataclassDefaultsNotSet) {
        return;
    }
    let shared = lend::shared(interp);
    let mut defaults: Vec<(Key, Value)> =
        above.and_then(|above| shared.defaults.get(&above).cloned()).unwrap_or_default();
    for field in fields.iter().filter(|field| field.annotation.is_some()) {
        let default =
            field.value.as_ref().and_then(arguments_of).and_then(|arguments| arguments.instance_default());
        if let Some(default) = default {
            defaults.retain(|(key, _)| *key != field.key);
            defaults.push((field.key.clone(), default.clone()));
        }
    }
    if !defaults.is_empty() {
        shared.defaults.insert(mapper, defaults);
    }
}

/// What an object shows for an attribute that it does not have.
pub(in crate::sqlalchemy::orm) fn default_of(
    interp: &mut Interp,
    object: &ObjRef,
    key: &Key,
) -> PyResult<Option<Value>> {
    if lend::shared(interp).defaults.is_empty() {
        return Ok(None);
    }
    let (mapper, is_there) = lend::read(interp, |orm| {
        let state = orm.states.get(object.id());
        (state.mapper, state.dict.contains_key(key))
    })?;
    if is_there {
        return Ok(None);
    }
    let defaults = lend::shared(interp).defaults.get(&mapper);
    let found = defaults.and_then(|defaults| defaults.iter().find(|(known, _)| known == key));
    Ok(found.map(|(_, value)| value.clone()))
}
