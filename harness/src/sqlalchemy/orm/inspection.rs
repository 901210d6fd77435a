//! `inspect()`: what the engine knows of an object, as Python sees it.

use super::instance::{object_of, slot_value, wrap};
use super::mapper::{MapperObject, NamesObject};
use super::{errors, mapped, session};
use crate::python::{Args, Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::attr::{self, History, Item};
use backproof_engine::map::Key;
use backproof_engine::session::{self as sessions, ObjectState};
use backproof_engine::state::ObjRef;
use backproof_engine::version::Behaviour;
use std::any::Any;

/// `inspect(object)`.
pub(crate) struct InstanceStateObject {
    object: ObjRef,
}

impl InstanceStateObject {
    pub(crate) fn value(object: ObjRef) -> Value {
        Value::object(InstanceStateObject { object })
    }
}

impl Object for InstanceStateObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "InstanceState"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.state"
    }

    fn identity(&self) -> u64 {
        lend::object_identity(self.object.id()) | (1 << 60)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let id = self.object.id();
        let state = lend::read(interp, |orm| sessions::object_state(orm, id))?;
        Ok(Some(match name {
            "transient" => Value::Bool(state == ObjectState::Transient),
            "pending" => Value::Bool(state == ObjectState::Pending),
            "persistent" => Value::Bool(state == ObjectState::Persistent),
            "deleted" => Value::Bool(state == ObjectState::Deleted),
            "detached" => Value::Bool(state == ObjectState::Detached),
            "was_deleted" => Value::Bool(lend::read(interp, |orm| sessions::was_deleted(orm, id))?),
            "object" => wrap(interp, &self.object)?,
            "class_" => {
                let mapper = lend::read(interp, |orm| orm.states.get(id).mapper)?;
                Value::Class(mapped::class_of_mapper(interp, mapper)?)
            }
            "mapper" => {
                let mapper = lend::read(interp, |orm| orm.states.get(id).mapper)?;
                MapperObject::find(interp, mapper)?
            }
            "has_identity" => Value::Bool(lend::read(interp, |orm| orm.states.get(id).key.is_some())?),
            "expired" => Value::Bool(lend::read(interp, |orm| orm.states.get(id).expired)?),
            "modified" => Value::Bool(lend::read(interp, |orm| orm.states.get(id).modified)?),
            "identity" | "identity_key" | "key" => {
                let Some(key) = lend::read(interp, |orm| orm.states.get(id).key.clone())? else {
                    return Ok(Some(Value::None));
                };
                let mut values = Vec::new();
                for value in &key.values {
                    values.push(convert::to_python(interp, value)?);
                }
                let identity = Value::tuple(values);
                if name == "identity" {
                    identity
                } else {
                    let class = mapped::class_of_mapper(interp, key.mapper)?;
                    Value::tuple(vec![Value::Class(class), identity, Value::None])
                }
            }
            "session" => session::session_of(interp, id)?,
            "dict" => {
                let instance = wrap(interp, &self.object)?;
                interp.get_attr(&instance, "__dict__")?
            }
            "unmodified" => {
                let keys: Vec<Key> = lend::read(interp, |orm| {
                    let state = orm.states.get(id);
                    let mut keys = orm.mappers.known_keys(state.mapper);
                    keys.retain(|key| !state.committed.contains_key(key));
                    keys
                })?;
                string_set(interp, keys)?
            }
            "unloaded" | "unloaded_expirable" => {
                let keys: Vec<Key> = lend::read(interp, |orm| {
                    let state = orm.states.get(id);
                    let mut keys = orm.mappers.known_keys(state.mapper);
                    keys.retain(|key| !state.dict.contains_key(key) && !state.committed.contains_key(key));
                    keys
                })?;
                string_set(interp, keys)?
            }
            "expired_attributes" => {
                let keys: Vec<Key> = lend::read(interp, |orm| {
                    let state = orm.states.get(id);
                    // A composite that was made anew is current.
                    let made = |key: &&Key| {
                        state.dict.contains_key(*key)
                            && orm.mappers.get(state.mapper).descriptors.contains_key(*key)
                    };
                    let apart = state.expired_apart.iter().filter(|key| !made(key));
                    let mut keys: Vec<Key> = state.expired_attributes.iter().chain(apart).cloned().collect();
                    if !orm.profile.has(Behaviour::ExpiredLoadsEager) {
                        keys.retain(|key| orm.mappers.relationship(state.mapper, key).is_none());
                    }
                    keys
                })?;
                string_set(interp, keys)?
            }
            "attrs" => {
                let keys: Vec<Key> =
                    lend::read(interp, |orm| orm.mappers.known_keys(orm.states.get(id).mapper))?;
                let members = keys
                    .into_iter()
                    .map(|key| {
                        let state = AttributeStateObject { object: self.object.clone(), key: key.clone() };
                        (key, Value::object(state))
                    })
                    .collect();
                NamesObject::value(interp, members)
            }
            "is_instance" => Value::Bool(true),
            _ if name.starts_with("__") => return Ok(None),
            _ => return Err(Stop::unsupported(format!("the attribute `{name}` of an object's state"))),
        }))
    }
}

fn string_set(interp: &mut Interp, keys: Vec<Key>) -> PyResult<Value> {
    let set = std::rc::Rc::new(crate::python::Set::new(crate::python::MapSet::new()));
    for key in keys {
        interp.set_add(&set, Value::from(key))?;
    }
    Ok(Value::Set(set))
}

/// `inspect(object).attrs.name`.
struct AttributeStateObject {
    object: ObjRef,
    key: Key,
}

impl Object for AttributeStateObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "AttributeState"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.state"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let id = self.object.id();
        Ok(Some(match name {
            "key" => Value::from(self.key.clone()),
            "value" => {
                let slot = lend::with_cx(interp, |cx| attr::get(cx, id, &self.key))?;
                slot_value(interp, &slot)?
            }
            "loaded_value" => {
                let slot = lend::read(interp, |orm| orm.states.get(id).dict.get(&self.key).cloned())?;
                match slot {
                    Some(slot) => slot_value(interp, &slot)?,
                    None => super::symbols::value(interp, "NO_VALUE"),
                }
            }
            "history" => {
                let history = lend::with_cx(interp, |cx| attr::history(cx, id, &self.key))?;
                HistoryObject::value(interp, &history)?
            }
            "load_history" => {
                let key = self.key.clone();
                let object = self.object.clone();
                Value::native(name, move |interp, _| {
                    let history = lend::with_cx(interp, |cx| attr::load_history(cx, object.id(), &key))?;
                    HistoryObject::value(interp, &history)
                })
            }
            "state" => InstanceStateObject::value(self.object.clone()),
            _ => return Ok(None),
        }))
    }
}

/// The added, unchanged and deleted values of an attribute: a named tuple.
pub(crate) struct HistoryObject {
    parts: [Value; 3],
}

const PARTS: [&str; 3] = ["added", "unchanged", "deleted"];

impl HistoryObject {
    pub(crate) fn value(interp: &mut Interp, history: &History) -> PyResult<Value> {
        if history.blank && lend::has(interp, Behaviour::BlankHistoryIsNone) {
            return Ok(Value::object(HistoryObject { parts: [Value::None, Value::None, Value::None] }));
        }
        let mut part = |items: &[Item], is_list: bool| -> PyResult<Value> {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(match item {
                    Item::Value(value) => convert::to_python(interp, value)?,
                    Item::Object(Some(object)) => wrap(interp, object)?,
                    Item::Object(None) => Value::None,
                });
            }
            Ok(if is_list || !values.is_empty() { Value::list(values) } else { Value::tuple(values) })
        };
        let [added, unchanged, deleted] = history.lists;
        let parts = [
            part(&history.added, added)?,
            part(&history.unchanged, unchanged)?,
            part(&history.deleted, deleted)?,
        ];
        Ok(Value::object(HistoryObject { parts }))
    }
}

impl Object for HistoryObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "History"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.attributes"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let Some(index) = PARTS.iter().position(|part| *part == name) {
            return Ok(Some(self.parts[index].clone()));
        }
        let chosen: &[usize] = match name {
            "sum" => &[0, 1, 2],
            "non_deleted" => &[0, 1],
            "non_added" => &[1, 2],
            "has_changes" => {
                let changed = interp.truth(&self.parts[0])? || interp.truth(&self.parts[2])?;
                return Ok(Some(Value::native(name, move |_, _| Ok(Value::Bool(changed)))));
            }
            "empty" => {
                let mut any = false;
                for part in &self.parts {
                    any = any || interp.truth(part)?;
                }
                return Ok(Some(Value::native(name, move |_, _| Ok(Value::Bool(!any)))));
            }
            _ => return Ok(None),
        };
        let mut values = Vec::new();
        for &index in chosen {
            if !self.parts[index].is_none() {
                values.extend(interp.iterate(&self.parts[index])?);
            }
        }
        Ok(Some(Value::native(name, move |_, _| Ok(Value::list(values.clone())))))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: crate::python::CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let other = match other.downcast::<HistoryObject>() {
            Some(history) => Value::tuple(history.parts.to_vec()),
            None if matches!(other, Value::Tuple(_)) => other.clone(),
            None => return Ok(None),
        };
        interp.compare(op, &Value::tuple(self.parts.to_vec()), &other).map(Some)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut shown = Vec::new();
        for (name, part) in PARTS.iter().zip(&self.parts) {
            shown.push(format!("{name}={}", interp.repr(part)?));
        }
        Ok(format!("History({})", shown.join(", ")))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(3))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        let empty = Value::tuple(Vec::new());
        for part in &self.parts {
            if !interp.eq(part, &empty)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        interp.get_item(&Value::tuple(self.parts.to_vec()), key)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        interp.iter(&Value::tuple(self.parts.to_vec()))
    }
}

/// `attributes.get_history(obj, key)`.
pub(crate) fn get_history(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [object, key] = args.exactly(interp, "get_history")?;
    let object = super::instance::require(interp, &object)?;
    let Some(key) = key.as_str().cloned() else {
        return Err(Stop::unsupported("get_history() of something that is no attribute's name"));
    };
    let known = lend::read(interp, |orm| {
        orm.mappers.get(orm.states.get(object.id()).mapper).properties.contains_key(&*key)
    })?;
    if !known {
        return Err(Stop::unsupported("get_history() of an attribute that is not mapped"));
    }
    let history = lend::with_cx(interp, |cx| attr::full_history(cx, object.id(), &key))?;
    HistoryObject::value(interp, &history)
}

/// `inspect(value)`, for what this room can inspect; engines are another's matter.
pub(crate) fn inspect(interp: &mut Interp, value: &Value) -> PyResult<Value> {
    if let Some(object) = object_of(value) {
        return Ok(InstanceStateObject::value(object));
    }
    if let Some(mapped) = mapped::mapped_of(value) {
        mapped::configure_for(interp, mapped.mapper)?;
        return match mapped.alias {
            None => MapperObject::find(interp, mapped.mapper),
            Some(_) => Ok(value.clone()),
        };
    }
    match value {
        Value::Object(_) => Err(Stop::unsupported("inspect() of this value")),
        _ => Err(errors::no_inspection(interp, value)),
    }
}
