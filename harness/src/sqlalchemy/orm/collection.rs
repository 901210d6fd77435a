//! `InstrumentedList`: a relationship's collection as Python's list, each change going through the engine.
//!
//! It holds the engine's collection, so it stays the same list while it belongs to its object, and becomes an
//! ordinary one when it is replaced.

use super::instance::{object_of, wrap};
use crate::python::{
    BinaryOp, Bound, Class, CompareOp, Interp, Iter, Object, PyResult, Slice, Stop, Unavailable, Value,
};
use crate::sqlalchemy::{define, lend};
use backproof_engine::attr::{self, Candidate};
use backproof_engine::state::{Collection, Member};
use std::any::Any;
use std::rc::Rc;

pub(super) const MODULE: &str = "sqlalchemy.orm.collections";

/// A relationship's collection.
pub(crate) struct ListObject {
    pub(crate) list: Rc<Collection>,
}

type Bounds = (Option<i64>, Option<i64>, Option<i64>);

impl ListObject {
    pub(crate) fn value(list: Rc<Collection>) -> Value {
        Value::object(ListObject { list })
    }

    /// Its members as an ordinary list.
    fn values(&self, interp: &mut Interp) -> PyResult<Vec<Value>> {
        interp.charge_bytes(self.list.items.borrow().len() * 64)?;
        let members = self.list.items.borrow().clone();
        wrap_members(interp, &members)
    }
}

/// The members of a list or of a relationship's collection; `None` for what is not list-like.
pub(crate) fn list_values(interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
    if let Some(list) = value.downcast::<ListObject>() {
        return list.values(interp).map(Some);
    }
    Ok(match value {
        Value::List(list) => Some(list.items.borrow().clone()),
        Value::Instance(instance) => match &instance.payload {
            Some(Value::List(list)) => Some(list.items.borrow().clone()),
            _ => None,
        },
        _ => None,
    })
}

/// What a value offers to a collection.
pub(crate) fn candidate(interp: &mut Interp, value: &Value) -> PyResult<Candidate> {
    Unavailable::refuse(value)?;
    if let Some(object) = object_of(value) {
        return Ok(Candidate::Object(object));
    }
    if value.is_none() {
        return Ok(Candidate::Nothing);
    }
    Ok(Candidate::Wrong(subject(interp, value).into()))
}

/// How an error about an attribute that a value lacks calls it.
pub(crate) fn subject(interp: &mut Interp, value: &Value) -> String {
    match value.as_class() {
        Some(class) => format!("type object '{}'", class.name()),
        None => format!("'{}' object", interp.type_name(value)),
    }
}

/// What values offer to a collection.
pub(crate) fn candidates(interp: &mut Interp, values: &[Value]) -> PyResult<Vec<Candidate>> {
    values.iter().map(|value| candidate(interp, value)).collect()
}

pub(super) fn wrap_member(interp: &mut Interp, member: &Member) -> PyResult<Value> {
    member.as_ref().map_or(Ok(Value::None), |object| wrap(interp, object))
}

pub(super) fn wrap_members(interp: &mut Interp, members: &[Member]) -> PyResult<Vec<Value>> {
    members.iter().map(|member| wrap_member(interp, member)).collect()
}

/// The place of the member that equals a value, as a list's `remove` looks for it.
fn equal_at(interp: &mut Interp, list: &Rc<Collection>, value: &Value) -> PyResult<Option<usize>> {
    let members = list.items.borrow().clone();
    for (at, member) in members.iter().enumerate() {
        let member = wrap_member(interp, member)?;
        if interp.eq(&member, value)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn bounds(interp: &mut Interp, slice: &Slice) -> PyResult<Bounds> {
    let mut bound = |value: &Value| {
        if value.is_none() { Ok(None) } else { interp.index(value).map(Some) }
    };
    Ok((bound(&slice.start)?, bound(&slice.stop)?, bound(&slice.step)?))
}

/// The identity of a collection's Python face: every face of one collection is one object.
pub(super) fn identity_of(collection: &Rc<Collection>) -> u64 {
    Rc::as_ptr(collection).cast::<u8>().addr() as u64 | (1 << 62)
}

impl Object for ListObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "InstrumentedList"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp).unwrap_or_else(|_| interp.foreign_class(MODULE, "InstrumentedList"))
    }

    fn identity(&self) -> u64 {
        identity_of(&self.list)
    }

    fn as_builtin(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        Ok(Some(Value::list(self.values(interp)?)))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let own = Value::list(self.values(interp)?);
        let other = match other.downcast::<ListObject>() {
            Some(list) => Value::list(list.values(interp)?),
            None => other.clone(),
        };
        let result =
            if reflected { interp.binary(op, &other, &own) } else { interp.binary(op, &own, &other) };
        result.map(Some)
    }

    fn binary_in_place(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        match op {
            BinaryOp::Add => {
                let items = interp.iterate(other)?;
                let items = candidates(interp, &items)?;
                lend::with_cx(interp, |cx| attr::extend(cx, &self.list, items))?;
                Ok(Some(this.clone()))
            }
            BinaryOp::Mul => Err(Stop::unsupported("*= on a relationship's collection")),
            _ => Ok(None),
        }
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(others) = list_values(interp, other)? else { return Ok(None) };
        let own = Value::list(self.values(interp)?);
        interp.compare(op, &own, &Value::list(others)).map(Some)
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", "unhashable type: 'InstrumentedList'"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let own = Value::list(self.values(interp)?);
        interp.repr(&own)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.list.items.borrow().len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let own = Value::list(self.values(interp)?);
        interp.get_item(&own, key)
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        if let Value::Slice(slice) = key {
            let slice = bounds(interp, slice)?;
            let items = interp.iterate(&value)?;
            let items = candidates(interp, &items)?;
            return lend::with_cx(interp, |cx| attr::set_slice(cx, &self.list, slice, items));
        }
        let index = interp.index(key)?;
        let item = candidate(interp, &value)?;
        lend::with_cx(interp, |cx| attr::set_index(cx, &self.list, index, item))
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        if let Value::Slice(slice) = key {
            let slice = bounds(interp, slice)?;
            return lend::with_cx(interp, |cx| attr::del_slice(cx, &self.list, slice));
        }
        let index = interp.index(key)?;
        lend::with_cx(interp, |cx| attr::del_index(cx, &self.list, index))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let list = self.list.clone();
        let mut at = 0;
        Ok(Iter::from_fn("list_iterator", move |interp| {
            let item = list.items.borrow().get(at).cloned();
            let Some(item) = item else {
                at = usize::MAX;
                return Ok(None);
            };
            at += 1;
            wrap_member(interp, &item).map(Some)
        }))
    }
}

/// The class `InstrumentedList`, made at its first use.
pub(crate) fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("InstrumentedList") {
        return Ok(class.clone());
    }
    let list = interp.builtin_class("list");
    let class = interp.native_class(MODULE, "InstrumentedList", vec![list])?;
    install(&class);
    lend::shared(interp).classes.insert("InstrumentedList", class.clone());
    Ok(class)
}

fn install(class: &Rc<Class>) {
    change(class, "append", "item", |interp, list, bound| {
        let item = argument(interp, bound)?;
        lend::with_cx(interp, |cx| attr::append(cx, list, item))?;
        Ok(Value::None)
    });
    change(class, "remove", "value", |interp, list, bound| {
        let value = bound.take(0).unwrap_or(Value::None);
        let item = candidate(interp, &value)?;
        let at = equal_at(interp, list, &value)?;
        lend::with_cx(interp, |cx| attr::remove_equal(cx, list, item, at))?;
        Ok(Value::None)
    });
    change(class, "insert", "index, value", |interp, list, bound| {
        let index = bound.take(0).unwrap_or(Value::None);
        let index = interp.index(&index)?;
        let value = bound.take(1).unwrap_or(Value::None);
        let item = candidate(interp, &value)?;
        lend::with_cx(interp, |cx| attr::insert(cx, list, index, item))?;
        Ok(Value::None)
    });
    change(class, "pop", "index=", |interp, list, bound| {
        let index = bound.take(0).map(|index| interp.index(&index)).transpose()?;
        let item = lend::with_cx(interp, |cx| attr::pop(cx, list, index))?;
        wrap_member(interp, &item)
    });
    change(class, "extend", "iterable", |interp, list, bound| {
        let values = bound.take(0).unwrap_or(Value::None);
        let values = interp.iterate(&values)?;
        let items = candidates(interp, &values)?;
        lend::with_cx(interp, |cx| attr::extend(cx, list, items))?;
        Ok(Value::None)
    });
    change(class, "clear", "", |interp, list, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, list))?;
        Ok(Value::None)
    });
    change(class, "reverse", "", |_, list, _| {
        let mut items = list.items.borrow().clone();
        items.reverse();
        attr::reorder(list, items);
        Ok(Value::None)
    });
    change(class, "sort", "*, key=, reverse=", |interp, list, bound| {
        let items = list.items.borrow().clone();
        let own = Value::list(wrap_members(interp, &items)?);
        let mut args = crate::python::Args::none();
        for (index, name) in ["key", "reverse"].into_iter().enumerate() {
            if let Some(value) = bound.take(index) {
                args.keywords.push((name.into(), value));
            }
        }
        interp.call_method(&own, "sort", args)?;
        let sorted = interp.iterate(&own)?;
        let sorted = sorted.iter().map(object_of).collect();
        attr::reorder(list, sorted);
        Ok(Value::None)
    });
    for name in ["index", "count", "copy", "__reversed__"] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, mut args| {
                let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let own = list_values(interp, &this)?.unwrap_or_default();
                interp.call_method(&Value::list(own), name, args)
            }),
        );
    }
}

fn argument(interp: &mut Interp, bound: &mut Bound) -> PyResult<Candidate> {
    let value = bound.take(0).unwrap_or(Value::None);
    candidate(interp, &value)
}

/// A method that changes the list.
fn change(
    class: &Rc<Class>,
    name: &str,
    parameters: &str,
    body: impl Fn(&mut Interp, &Rc<Collection>, &mut Bound) -> PyResult<Value> + 'static,
) {
    define::method::<ListObject>(class, name, parameters, move |interp, object, _this, mut bound| {
        body(interp, &object.list, &mut bound)
    });
}
