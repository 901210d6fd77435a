//! `InstrumentedSet`: what a relationship's set has of its own.
//!
//! It does not compare mapped objects by an `__eq__` of theirs: such objects are refused. It iterates in the order
//! in which its members came, where CPython's order follows from addresses.

use super::{Change, Face, Own, argument, candidate, object_of, refuse_initiator, wrap_member};
use crate::python::{Args, BinaryOp, Interp, Iter, MapSet, PyResult, Set, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr;
use backproof_engine::map::Shape;
use backproof_engine::state::Member;
use std::rc::Rc;

pub(super) struct OfSets;

const CHANGES: [Change; 9] = [
    ("add", "value, _sa_initiator=", |interp, set, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        add(interp, set, &argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("discard", "value, _sa_initiator=", |interp, set, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        discard(interp, set, &argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("remove", "value, _sa_initiator=", |interp, set, mut bound| {
        refuse_initiator(&mut bound, 1)?;
        let value = argument(&mut bound, 0);
        if discard(interp, set, &value)? { Ok(Value::None) } else { Err(interp.key_error(&value)) }
    }),
    ("pop", "", |interp, set, _| {
        let item = lend::with_cx(interp, |cx| attr::set_pop(cx, &set.held))?;
        match item {
            Some(item) => wrap_member(interp, &item),
            None => Err(interp.key_error(&Value::from("pop from an empty set"))),
        }
    }),
    ("clear", "", |interp, set, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, &set.held))?;
        Ok(Value::None)
    }),
    ("update", "value", |interp, set, mut bound| {
        add_each(interp, set, &argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("difference_update", "value", |interp, set, mut bound| {
        discard_each(interp, set, &argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("intersection_update", "other", |interp, set, mut bound| {
        become_result(interp, set, "intersection", argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
    ("symmetric_difference_update", "other", |interp, set, mut bound| {
        become_result(interp, set, "symmetric_difference", argument(&mut bound, 0))?;
        Ok(Value::None)
    }),
];

impl Own for OfSets {
    fn name(&self, _interp: &mut Interp) -> &'static str {
        "InstrumentedSet"
    }

    fn builtin(&self) -> &'static str {
        "set"
    }

    fn changes(&self) -> &'static [Change] {
        &CHANGES
    }

    fn label(&self, _interp: &mut Interp, method: &str) -> String {
        format!("_set_decorators.<locals>.{method}.<locals>.{method}")
    }

    fn reads(&self) -> &'static [&'static str] {
        &[
            "copy",
            "union",
            "intersection",
            "difference",
            "symmetric_difference",
            "issubset",
            "issuperset",
            "isdisjoint",
        ]
    }

    fn plain(&self, set: &Face, interp: &mut Interp) -> PyResult<Value> {
        let plain = Rc::new(Set::new(MapSet::new()));
        for value in set.members(interp)? {
            refuse_own_equality(&value)?;
            interp.set_add(&plain, value)?;
        }
        Ok(Value::Set(plain))
    }

    fn beside(&self, interp: &mut Interp, other: &Value) -> PyResult<Option<Value>> {
        if let Some(set) = Face::of(other, Shape::Set) {
            return set.plain(interp).map(Some);
        }
        Ok(match other {
            Value::Set(_) | Value::FrozenSet(_) => Some(other.clone()),
            Value::Instance(instance) => match &instance.payload {
                Some(held @ (Value::Set(_) | Value::FrozenSet(_))) => Some(held.clone()),
                _ => None,
            },
            _ => None,
        })
    }

    fn operand(&self, interp: &mut Interp, op: BinaryOp, other: &Value) -> PyResult<Option<Value>> {
        match op {
            BinaryOp::Or | BinaryOp::And | BinaryOp::Sub | BinaryOp::Xor => self.beside(interp, other),
            _ => Ok(None),
        }
    }

    fn in_place(&self, set: &Face, interp: &mut Interp, op: BinaryOp, other: &Value) -> PyResult<bool> {
        if self.beside(interp, other)?.is_none() {
            return Ok(false);
        }
        match op {
            BinaryOp::Or => add_each(interp, set, other)?,
            BinaryOp::Sub => discard_each(interp, set, other)?,
            BinaryOp::And => become_result(interp, set, "intersection", other.clone())?,
            BinaryOp::Xor => become_result(interp, set, "symmetric_difference", other.clone())?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn repr(&self, set: &Face, interp: &mut Interp) -> PyResult<String> {
        if set.len() == 0 {
            return Ok("InstrumentedSet()".to_owned());
        }
        let plain = self.plain(set, interp)?;
        Ok(format!("InstrumentedSet({})", interp.repr(&plain)?))
    }

    fn contains(&self, set: &Face, interp: &mut Interp, item: &Value) -> PyResult<Option<bool>> {
        if matches!(item, Value::Set(_)) {
            return Ok(Some(false));
        }
        member(interp, set, item).map(|member| Some(member.is_some()))
    }

    fn iter(&self, set: &Face, _interp: &mut Interp) -> PyResult<Value> {
        let mut held = Some(set.held.clone());
        let (mut at, size) = (0, set.len());
        Ok(Iter::from_fn("set_iterator", move |interp| {
            let Some(inner) = &held else { return Ok(None) };
            if inner.items.borrow().len() != size {
                return Err(interp.raise("RuntimeError", "Set changed size during iteration"));
            }
            let item = inner.items.borrow().get(at).cloned();
            let Some(item) = item else {
                held = None;
                return Ok(None);
            };
            at += 1;
            let value = wrap_member(interp, &item)?;
            refuse_own_equality(&value)?;
            Ok(Some(value))
        }))
    }

    fn assigned(&self, interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
        let set = match value {
            Value::Set(set) => set.clone(),
            Value::Instance(instance) => match &instance.payload {
                Some(Value::Set(set)) => set.clone(),
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        let values = set.items.borrow().values();
        interp.charge_bytes(values.len() * 24)?;
        values.iter().try_for_each(refuse_own_equality)?;
        Ok(Some(values))
    }
}

/// The member that a value is, which must have a hash; `None` where it is none.
fn member(interp: &mut Interp, set: &Face, value: &Value) -> PyResult<Option<Member>> {
    interp.hash(value)?;
    refuse_own_equality(value)?;
    let member = if value.is_none() { None } else { object_of(value) };
    let known = (value.is_none() || member.is_some()) && set.held.items.borrow().contains(&member);
    Ok(known.then_some(member))
}

fn add(interp: &mut Interp, set: &Face, value: &Value) -> PyResult<()> {
    interp.hash(value)?;
    refuse_own_equality(value)?;
    let item = candidate(interp, value)?;
    lend::with_cx(interp, |cx| attr::set_add(cx, &set.held, item))
}

/// Whether it was there.
fn discard(interp: &mut Interp, set: &Face, value: &Value) -> PyResult<bool> {
    let Some(member) = member(interp, set, value)? else { return Ok(false) };
    lend::with_cx(interp, |cx| attr::set_discard(cx, &set.held, member))
}

fn add_each(interp: &mut Interp, set: &Face, values: &Value) -> PyResult<()> {
    let iterator = interp.iter(values)?;
    while let Some(value) = interp.next(&iterator)? {
        add(interp, set, &value)?;
    }
    Ok(())
}

fn discard_each(interp: &mut Interp, set: &Face, values: &Value) -> PyResult<()> {
    let iterator = interp.iter(values)?;
    while let Some(value) = interp.next(&iterator)? {
        discard(interp, set, &value)?;
    }
    Ok(())
}

/// Becomes what an ordinary set's method of this name makes of its members and another collection.
fn become_result(interp: &mut Interp, set: &Face, method: &str, other: Value) -> PyResult<()> {
    let own = set.plain(interp)?;
    let wanted = interp.call_method(&own, method, Args::of(vec![other]))?;
    let gone = interp.binary(BinaryOp::Sub, &own, &wanted)?;
    let added = interp.binary(BinaryOp::Sub, &wanted, &own)?;
    discard_each(interp, set, &gone)?;
    add_each(interp, set, &added)
}

/// Objects that are equal by their values would be one member where the engine sees two.
fn refuse_own_equality(value: &Value) -> PyResult<()> {
    let Value::Instance(instance) = value else { return Ok(()) };
    let own = ["__eq__", "__hash__"].into_iter().any(|name| {
        instance.class().lookup_with_owner(name).is_some_and(|(owner, _)| &*owner.module() != "builtins")
    });
    if own && object_of(value).is_some() {
        return Err(Stop::unsupported(
            "a relationship's set of objects with an `__eq__` or `__hash__` of their own",
        ));
    }
    Ok(())
}
