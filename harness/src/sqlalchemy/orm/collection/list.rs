//! `InstrumentedList`: what a relationship's list has of its own.

use super::{Change, Face, Own, argument, candidate, candidates, on_builtin, receiver, refuse_initiator};
use super::{object_of, wrap_member};
use crate::python::{BinaryOp, Class, Interp, Iter, PyResult, Slice, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr;
use backproof_engine::map::Shape;
use std::rc::Rc;

pub(super) struct OfLists;

const CHANGES: [Change; 6] = [
    ("append", "item, _sa_initiator=", |interp, list, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        let item = candidate(interp, &argument(&mut bound, 0))?;
        lend::with_cx(interp, |cx| attr::append(cx, &list.held, item))?;
        Ok(Value::None)
    }),
    ("remove", "value, _sa_initiator=", |interp, list, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        let value = argument(&mut bound, 0);
        let item = candidate(interp, &value)?;
        let at = equal_at(interp, list, &value)?;
        lend::with_cx(interp, |cx| attr::remove_equal(cx, &list.held, item, at))?;
        Ok(Value::None)
    }),
    ("insert", "index, value", |interp, list, mut bound| {
        let index = interp.index(&argument(&mut bound, 0))?;
        let item = candidate(interp, &argument(&mut bound, 1))?;
        lend::with_cx(interp, |cx| attr::insert(cx, &list.held, index, item))?;
        Ok(Value::None)
    }),
    ("pop", "index=", |interp, list, mut bound| {
        let index = bound.take(0).map(|index| interp.index(&index)).transpose()?;
        let item = lend::with_cx(interp, |cx| attr::pop(cx, &list.held, index))?;
        wrap_member(interp, &item)
    }),
    ("extend", "iterable", |interp, list, mut bound| {
        extend(interp, list, &argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("clear", "index=", |interp, list, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, &list.held))?;
        Ok(Value::None)
    }),
];

impl Own for OfLists {
    fn name(&self, _interp: &mut Interp) -> &'static str {
        "InstrumentedList"
    }

    fn builtin(&self) -> &'static str {
        "list"
    }

    fn changes(&self) -> &'static [Change] {
        &CHANGES
    }

    fn label(&self, _interp: &mut Interp, method: &str) -> String {
        format!("_list_decorators.<locals>.{method}.<locals>.{method}")
    }

    fn reads(&self) -> &'static [&'static str] {
        &["index", "count", "copy", "__reversed__"]
    }

    /// A new order is no change that the engine would tell of.
    fn install(&self, class: &Rc<Class>) {
        for name in ["sort", "reverse"] {
            class.dict.set(
                name,
                Value::native_method(name, move |interp, mut args| {
                    let this = args.positional.first().cloned().unwrap_or(Value::None);
                    let list = receiver(&this, Shape::List, name)?;
                    let plain = list.plain(interp)?;
                    args.positional[0] = plain.clone();
                    on_builtin(interp, Shape::List, name, args)?;
                    let members = interp.iterate(&plain)?;
                    attr::reorder(&list.held, members.iter().map(object_of).collect());
                    Ok(Value::None)
                }),
            );
        }
    }

    fn plain(&self, list: &Face, interp: &mut Interp) -> PyResult<Value> {
        list.members(interp).map(Value::list)
    }

    fn beside(&self, interp: &mut Interp, other: &Value) -> PyResult<Option<Value>> {
        Ok(super::assigned(interp, Shape::List, other)?.map(Value::list))
    }

    fn operand(&self, interp: &mut Interp, _op: BinaryOp, other: &Value) -> PyResult<Option<Value>> {
        match Face::of(other, Shape::List) {
            Some(other) => other.plain(interp).map(Some),
            None => Ok(Some(other.clone())),
        }
    }

    fn in_place(&self, list: &Face, interp: &mut Interp, op: BinaryOp, other: &Value) -> PyResult<bool> {
        match op {
            BinaryOp::Add => extend(interp, list, other).map(|()| true),
            BinaryOp::Mul => Err(Stop::unsupported("*= on a relationship's collection")),
            _ => Ok(false),
        }
    }

    fn get_item(&self, list: &Face, interp: &mut Interp, key: &Value) -> PyResult<Value> {
        let plain = list.plain(interp)?;
        interp.get_item(&plain, key)
    }

    fn set_item(&self, list: &Face, interp: &mut Interp, key: &Value, value: &Value) -> PyResult<()> {
        if let Value::Slice(slice) = key {
            let slice = bounds(interp, slice)?;
            let items = interp.iterate(value)?;
            let items = candidates(interp, &items)?;
            return lend::with_cx(interp, |cx| attr::set_slice(cx, &list.held, slice, items));
        }
        let index = interp.index(key)?;
        let item = candidate(interp, value)?;
        lend::with_cx(interp, |cx| attr::set_index(cx, &list.held, index, item))
    }

    fn del_item(&self, list: &Face, interp: &mut Interp, key: &Value) -> PyResult<()> {
        if let Value::Slice(slice) = key {
            let slice = bounds(interp, slice)?;
            return lend::with_cx(interp, |cx| attr::del_slice(cx, &list.held, slice));
        }
        let index = interp.index(key)?;
        lend::with_cx(interp, |cx| attr::del_index(cx, &list.held, index))
    }

    fn iter(&self, list: &Face, _interp: &mut Interp) -> PyResult<Value> {
        let list = list.held.clone();
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

    fn assigned(&self, _interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
        Ok(match value {
            Value::List(list) => Some(list.items.borrow().clone()),
            Value::Instance(instance) => match &instance.payload {
                Some(Value::List(list)) => Some(list.items.borrow().clone()),
                _ => None,
            },
            _ => None,
        })
    }
}

fn extend(interp: &mut Interp, list: &Face, values: &Value) -> PyResult<()> {
    let values = interp.iterate(values)?;
    let items = candidates(interp, &values)?;
    lend::with_cx(interp, |cx| attr::extend(cx, &list.held, items))
}

/// The place of the member that equals a value, as a list's `remove` looks for it.
fn equal_at(interp: &mut Interp, list: &Face, value: &Value) -> PyResult<Option<usize>> {
    let members = list.held.items.borrow().clone();
    for (at, member) in members.iter().enumerate() {
        let member = wrap_member(interp, member)?;
        if interp.eq(&member, value)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

type Bounds = (Option<i64>, Option<i64>, Option<i64>);

fn bounds(interp: &mut Interp, slice: &Slice) -> PyResult<Bounds> {
    let mut bound = |value: &Value| {
        if value.is_none() { Ok(None) } else { interp.index(value).map(Some) }
    };
    Ok((bound(&slice.start)?, bound(&slice.stop)?, bound(&slice.step)?))
}
