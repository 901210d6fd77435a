//! A session's identity map as a mapping of keys to objects.
//!
//! It shows the session as it is when it is asked, and is never written through.

use super::identity_objects;
use crate::python::{Args, Interp, Iter, Map, Object, PyResult, Stop, Value};
use crate::sqlalchemy::orm::inspection::InstanceStateObject;
use crate::sqlalchemy::orm::instance::wrap;
use crate::sqlalchemy::{lend, names};
use backproof_engine::session::SessionId;
use backproof_engine::state::ObjRef;
use std::any::Any;

/// `session.identity_map`.
pub(super) struct IdentityMapObject {
    pub(super) session: SessionId,
    pub(super) identity: u64,
}

impl IdentityMapObject {
    fn objects(&self, interp: &mut Interp) -> PyResult<Vec<ObjRef>> {
        identity_objects(interp, self.session)
    }

    /// Each key with its object.
    fn items(&self, interp: &mut Interp) -> PyResult<Vec<(Value, Value)>> {
        let mut items = Vec::new();
        for object in self.objects(interp)? {
            let state = InstanceStateObject::value(object.clone());
            items.push((interp.get_attr(&state, "key")?, wrap(interp, &object)?));
        }
        Ok(items)
    }

    fn dict(&self, interp: &mut Interp) -> PyResult<Value> {
        let dict = Value::dict(Map::new());
        for (key, value) in self.items(interp)? {
            interp.set_item(&dict, &key, value)?;
        }
        Ok(dict)
    }
}

impl Object for IdentityMapObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "WeakInstanceDict"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.identity"
    }

    fn identity(&self) -> u64 {
        self.identity
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        let this = this.clone();
        let dict = move |interp: &mut Interp| match this.downcast::<IdentityMapObject>() {
            Some(map) => map.dict(interp),
            None => Err(Stop::unsupported("an identity map of no session")),
        };
        Ok(Some(match name {
            "keys" => Value::native(name, move |interp, args| {
                let [] = args.exactly(interp, "keys")?;
                let dict = dict(interp)?;
                interp.call_method(&dict, "keys", Args::none())
            }),
            "values" | "items" => {
                let label: std::rc::Rc<str> = name.into();
                Value::native(name, move |interp, args| {
                    let [] = args.exactly(interp, &label)?;
                    let dict = dict(interp)?;
                    let view = interp.call_method(&dict, &label, Args::none())?;
                    Ok(Value::list(interp.iterate(&view)?))
                })
            }
            "get" | "has_key" => {
                let method = if name == "get" { "get" } else { "__contains__" };
                Value::native(name, move |interp, args| {
                    let dict = dict(interp)?;
                    interp.call_method(&dict, method, args)
                })
            }
            "all_states" => {
                let states = self.objects(interp)?.into_iter().map(InstanceStateObject::value).collect();
                let states = Value::list(states);
                Value::native(name, move |_, _| Ok(states.clone()))
            }
            "contains_state" => {
                let states = self.objects(interp)?.into_iter().map(InstanceStateObject::value);
                let states: Vec<u64> = states.map(|state| Value::identity(&state)).collect();
                Value::native(name, move |interp, args| {
                    let [state] = args.exactly(interp, "contains_state")?;
                    Ok(Value::Bool(states.contains(&state.identity())))
                })
            }
            "check_modified" => {
                let objects = self.objects(interp)?;
                let modified = lend::read(interp, |orm| {
                    objects.iter().any(|object| orm.states.get(object.id()).modified)
                })?;
                Value::native(name, move |_, _| Ok(Value::Bool(modified)))
            }
            _ if !names::has_member(interp, "WeakInstanceDict", name) => return Ok(None),
            _ => return Err(Stop::unsupported(format!("the attribute `{name}` of an identity map"))),
        }))
    }

    fn len(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.objects(interp)?.len()))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let dict = self.dict(interp)?;
        let found = interp.call_method(&dict, "__contains__", Args::of(vec![item.clone()]))?;
        interp.truth(&found).map(Some)
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let dict = self.dict(interp)?;
        interp.get_item(&dict, key)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let keys = self.items(interp)?.into_iter().map(|(key, _)| key).collect();
        Ok(Iter::from_values("dict_keyiterator", keys))
    }
}
