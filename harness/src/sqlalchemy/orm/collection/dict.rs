//! Keyed dictionaries: what a relationship's dict has of its own.
//!
//! Keys are values that a column can have. An object whose key was never set is unsupported.

use super::super::keyed::engine_key;
use super::{
    Change, Face, Own, argument, candidate, object_of, on_builtin, receiver, refuse_initiator, wrap_member,
};
use crate::python::{BinaryOp, Class, Interp, Iter, Map, PyResult, Stop, Value};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::attr::{self, KeyedRemoval};
use backproof_engine::map::Shape;
use backproof_engine::state::Member;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

pub(super) struct OfDicts;

const CHANGES: [Change; 7] = [
    ("set", "value, _sa_initiator=", |interp, dict, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        let item = candidate(interp, &argument(&mut bound, 0))?;
        lend::with_cx(interp, |cx| attr::keyed_set(cx, &dict.held, item))?;
        Ok(Value::None)
    }),
    ("remove", "value, _sa_initiator=", |interp, dict, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        let Some(object) = object_of(&argument(&mut bound, 0)) else {
            return Err(Stop::unsupported("removing what is no mapped object from a dictionary"));
        };
        match lend::with_cx(interp, |cx| attr::keyed_remove(cx, &dict.held, object))? {
            KeyedRemoval::Removed => Ok(Value::None),
            KeyedRemoval::Absent(key) => {
                let key = convert::to_python(interp, &key)?;
                Err(interp.key_error(&key))
            }
        }
    }),
    ("clear", "", |interp, dict, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, &dict.held))?;
        Ok(Value::None)
    }),
    ("pop", "key, default=", |interp, dict, mut bound| {
        let key = argument(&mut bound, 0);
        interp.hash(&key)?;
        let own = engine_key(interp, &key)?;
        let found = lend::with_cx(interp, |cx| attr::keyed_pop(cx, &dict.held, Some(&own)))?;
        match (found, bound.take(1)) {
            (Some((_, member)), _) => wrap_member(interp, &member),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(interp.key_error(&key)),
        }
    }),
    ("popitem", "", |interp, dict, _| {
        match lend::with_cx(interp, |cx| attr::keyed_pop(cx, &dict.held, None))? {
            Some((key, member)) => {
                let key = convert::to_python(interp, &key)?;
                Ok(Value::tuple(vec![key, wrap_member(interp, &member)?]))
            }
            None => Err(interp.key_error(&Value::from("popitem(): dictionary is empty"))),
        }
    }),
    ("setdefault", "key, default=", |interp, dict, mut bound| {
        let key = argument(&mut bound, 0);
        if let Some(member) = find(interp, dict, &key)? {
            return wrap_member(interp, &member);
        }
        let value = argument(&mut bound, 1);
        put(interp, dict, &key, &value)?;
        Ok(value)
    }),
    ("update", "__other=, **named", |interp, dict, mut bound| {
        let mut items = Vec::new();
        if let Some(other) = bound.take(0) {
            let other = OfDicts.beside(interp, &other)?.unwrap_or(other);
            items = match interp.mapping_items(&other)? {
                Some(items) => items,
                None => interp.pairs(&other)?,
            };
        }
        items.extend(bound.varkw.into_iter().map(|(name, value)| (Value::Str(name), value)));
        for (key, value) in items {
            let known = find(interp, dict, &key)?;
            if known.is_none_or(|known| known != object_of(&value)) {
                put(interp, dict, &key, &value)?;
            }
        }
        Ok(Value::None)
    }),
];

impl Own for OfDicts {
    fn name(&self, interp: &mut Interp) -> &'static str {
        if lend::has(interp, Behaviour::KeyedDictsRenamed) { "_MKeyfuncMapped" } else { "MappedCollection" }
    }

    fn builtin(&self) -> &'static str {
        "dict"
    }

    fn changes(&self) -> &'static [Change] {
        &CHANGES
    }

    fn label(&self, interp: &mut Interp, method: &str) -> String {
        match method {
            "set" | "remove" if lend::has(interp, Behaviour::KeyedDictsRenamed) => {
                format!("KeyFuncDict.{method}")
            }
            "set" | "remove" => format!("MappedCollection.{method}"),
            _ => format!("_dict_decorators.<locals>.{method}.<locals>.{method}"),
        }
    }

    fn reads(&self) -> &'static [&'static str] {
        &["keys", "values", "items", "copy", "__reversed__"]
    }

    /// One look needs no dictionary of all.
    fn install(&self, class: &Rc<Class>) {
        class.dict.set(
            "get",
            Value::native_method("get", |interp, args| {
                let [this, key, default @ ..] = &*args.positional else {
                    return on_builtin(interp, Shape::Dict, "get", args);
                };
                if default.len() > 1 || !args.keywords.is_empty() {
                    return on_builtin(interp, Shape::Dict, "get", args);
                }
                match find(interp, receiver(this, Shape::Dict, "get")?, key)? {
                    Some(member) => wrap_member(interp, &member),
                    None => Ok(default.first().cloned().unwrap_or(Value::None)),
                }
            }),
        );
    }

    fn plain(&self, dict: &Face, interp: &mut Interp) -> PyResult<Value> {
        let keys = dict.held.keys.borrow().clone();
        interp.charge_bytes(keys.len() * 32)?;
        let members = dict.members(interp)?;
        let plain = Value::dict(Map::new());
        for (key, member) in keys.iter().zip(members) {
            let key = convert::to_python(interp, key)?;
            interp.set_item(&plain, &key, member)?;
        }
        Ok(plain)
    }

    fn beside(&self, interp: &mut Interp, other: &Value) -> PyResult<Option<Value>> {
        match Face::of(other, Shape::Dict) {
            Some(dict) => dict.plain(interp).map(Some),
            None => Ok(matches!(other, Value::Dict(_)).then(|| other.clone())),
        }
    }

    fn in_place(&self, _dict: &Face, _interp: &mut Interp, _op: BinaryOp, _other: &Value) -> PyResult<bool> {
        Err(Stop::unsupported("an operation in place on a relationship's dictionary"))
    }

    fn get_item(&self, dict: &Face, interp: &mut Interp, key: &Value) -> PyResult<Value> {
        match find(interp, dict, key)? {
            Some(member) => wrap_member(interp, &member),
            None => Err(interp.key_error(key)),
        }
    }

    fn set_item(&self, dict: &Face, interp: &mut Interp, key: &Value, value: &Value) -> PyResult<()> {
        put(interp, dict, key, value)
    }

    fn del_item(&self, dict: &Face, interp: &mut Interp, key: &Value) -> PyResult<()> {
        if find(interp, dict, key)?.is_none() {
            return Err(interp.key_error(key));
        }
        let own = engine_key(interp, key)?;
        lend::with_cx(interp, |cx| attr::keyed_delete(cx, &dict.held, &own))?;
        Ok(())
    }

    fn contains(&self, dict: &Face, interp: &mut Interp, item: &Value) -> PyResult<Option<bool>> {
        find(interp, dict, item).map(|member| Some(member.is_some()))
    }

    fn iter(&self, dict: &Face, interp: &mut Interp) -> PyResult<Value> {
        let plain = dict.plain(interp)?;
        let inner = interp.iter(&plain)?;
        let (held, size) = (dict.held.clone(), dict.len());
        let mut done = false;
        Ok(Iter::from_fn("dict_keyiterator", move |interp| {
            if done {
                return Ok(None);
            }
            if held.items.borrow().len() != size {
                return Err(interp.raise("RuntimeError", "dictionary changed size during iteration"));
            }
            let next = interp.next(&inner)?;
            done = next.is_none();
            Ok(next)
        }))
    }

    /// The values of a dict: its keys do not count.
    fn assigned(&self, interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
        let Value::Dict(dict) = value else { return Ok(None) };
        let items = dict.map.borrow().items();
        interp.charge_bytes(items.len() * 24)?;
        Ok(Some(items.into_iter().map(|(_, value)| value).collect()))
    }
}

fn find(interp: &mut Interp, dict: &Face, key: &Value) -> PyResult<Option<Member>> {
    interp.hash(key)?;
    match key {
        Value::Bool(_) | Value::Float(_) => Err(Stop::unsupported("looking up such a key")),
        _ => {
            let key = engine_key(interp, key)?;
            Ok(attr::keyed_get(&dict.held, &key))
        }
    }
}

fn put(interp: &mut Interp, dict: &Face, key: &Value, value: &Value) -> PyResult<()> {
    let key = engine_key(interp, key)?;
    let item = candidate(interp, value)?;
    lend::with_cx(interp, |cx| attr::keyed_put(cx, &dict.held, key, item))
}
