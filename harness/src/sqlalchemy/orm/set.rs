//! `InstrumentedSet`: a relationship's collection as Python's set, each change going through the engine.
//!
//! It does not compare mapped objects by an `__eq__` of theirs: such objects are refused. It iterates in the order
//! in which its members came, where CPython's order follows from addresses.

use super::collection::{MODULE, candidate, identity_of, wrap_member, wrap_members};
use super::instance::object_of;
use crate::python::{
    Args, BinaryOp, Class, CompareOp, Interp, Iter, MapSet, Object, PyResult, Set, Signature, Stop, Value,
};
use crate::sqlalchemy::{define, lend};
use backproof_engine::attr;
use backproof_engine::state::{Collection, Member};
use std::any::Any;
use std::rc::Rc;

/// A relationship's collection.
pub(crate) struct SetObject {
    pub(crate) set: Rc<Collection>,
}

impl SetObject {
    pub(crate) fn value(set: Rc<Collection>) -> Value {
        Value::object(SetObject { set })
    }

    fn values(&self, interp: &mut Interp) -> PyResult<Vec<Value>> {
        interp.charge_bytes(self.set.items.borrow().len() * 64)?;
        let members = self.set.items.borrow().clone();
        let values = wrap_members(interp, &members)?;
        values.iter().try_for_each(refuse_own_equality)?;
        Ok(values)
    }

    /// Its members as an ordinary set.
    fn plain(&self, interp: &mut Interp) -> PyResult<Value> {
        let values = self.values(interp)?;
        let set = Rc::new(Set::new(MapSet::new()));
        for value in values {
            interp.set_add(&set, value)?;
        }
        Ok(Value::Set(set))
    }

    /// The member that a value is, which must have a hash; `None` where it is none.
    fn member(&self, interp: &mut Interp, value: &Value) -> PyResult<Option<Member>> {
        interp.hash(value)?;
        refuse_own_equality(value)?;
        let member = if value.is_none() { None } else { object_of(value) };
        let known = (value.is_none() || member.is_some()) && self.set.items.borrow().contains(&member);
        Ok(known.then_some(member))
    }

    fn add(&self, interp: &mut Interp, value: &Value) -> PyResult<()> {
        interp.hash(value)?;
        refuse_own_equality(value)?;
        let item = candidate(interp, value)?;
        lend::with_cx(interp, |cx| attr::set_add(cx, &self.set, item))
    }

    /// Whether it was there.
    fn discard(&self, interp: &mut Interp, value: &Value) -> PyResult<bool> {
        let Some(member) = self.member(interp, value)? else { return Ok(false) };
        lend::with_cx(interp, |cx| attr::set_discard(cx, &self.set, member))
    }

    fn add_each(&self, interp: &mut Interp, values: &Value) -> PyResult<()> {
        let iterator = interp.iter(values)?;
        while let Some(value) = interp.next(&iterator)? {
            self.add(interp, &value)?;
        }
        Ok(())
    }

    fn discard_each(&self, interp: &mut Interp, values: &Value) -> PyResult<()> {
        let iterator = interp.iter(values)?;
        while let Some(value) = interp.next(&iterator)? {
            self.discard(interp, &value)?;
        }
        Ok(())
    }

    /// Becomes what an ordinary set's method of this name makes of its members and another collection.
    fn become_result(&self, interp: &mut Interp, method: &str, other: Value) -> PyResult<()> {
        let own = self.plain(interp)?;
        let wanted = interp.call_method(&own, method, Args::of(vec![other]))?;
        let gone = interp.binary(BinaryOp::Sub, &own, &wanted)?;
        let added = interp.binary(BinaryOp::Sub, &wanted, &own)?;
        self.discard_each(interp, &gone)?;
        self.add_each(interp, &added)
    }
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

/// The values of an ordinary set or one derived from it, which can be assigned; `None` for what is not set-like.
pub(crate) fn assigned(interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
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

/// What stands beside a set in an operation; `None` for what is no set.
fn operand(interp: &mut Interp, value: &Value) -> PyResult<Option<Value>> {
    if let Some(set) = value.downcast::<SetObject>() {
        return set.plain(interp).map(Some);
    }
    Ok(match value {
        Value::Set(_) | Value::FrozenSet(_) => Some(value.clone()),
        Value::Instance(instance) => match &instance.payload {
            Some(held @ (Value::Set(_) | Value::FrozenSet(_))) => Some(held.clone()),
            _ => None,
        },
        _ => None,
    })
}

impl Object for SetObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "InstrumentedSet"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp).unwrap_or_else(|_| interp.foreign_class(MODULE, "InstrumentedSet"))
    }

    fn identity(&self) -> u64 {
        identity_of(&self.set)
    }

    fn as_builtin(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        self.plain(interp).map(Some)
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let Some(other) = operand(interp, other)? else { return Ok(None) };
        if !matches!(op, BinaryOp::Or | BinaryOp::And | BinaryOp::Sub | BinaryOp::Xor) {
            return Ok(None);
        }
        let own = self.plain(interp)?;
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
        if operand(interp, other)?.is_none() {
            return Ok(None);
        }
        match op {
            BinaryOp::Or => self.add_each(interp, other)?,
            BinaryOp::Sub => self.discard_each(interp, other)?,
            BinaryOp::And => self.become_result(interp, "intersection", other.clone())?,
            BinaryOp::Xor => self.become_result(interp, "symmetric_difference", other.clone())?,
            _ => return Ok(None),
        }
        Ok(Some(this.clone()))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = operand(interp, other)? else { return Ok(None) };
        let own = self.plain(interp)?;
        interp.compare(op, &own, &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", "unhashable type: 'InstrumentedSet'"))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if self.set.items.borrow().is_empty() {
            return Ok("InstrumentedSet()".to_owned());
        }
        let own = self.plain(interp)?;
        Ok(format!("InstrumentedSet({})", interp.repr(&own)?))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.set.items.borrow().len()))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        if matches!(item, Value::Set(_)) {
            return Ok(Some(false));
        }
        self.member(interp, item).map(|member| Some(member.is_some()))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let mut set = Some(self.set.clone());
        let (mut at, size) = (0, self.set.items.borrow().len());
        Ok(Iter::from_fn("set_iterator", move |interp| {
            let Some(inner) = &set else { return Ok(None) };
            if inner.items.borrow().len() != size {
                return Err(interp.raise("RuntimeError", "Set changed size during iteration"));
            }
            let item = inner.items.borrow().get(at).cloned();
            let Some(item) = item else {
                set = None;
                return Ok(None);
            };
            at += 1;
            let value = wrap_member(interp, &item)?;
            refuse_own_equality(&value)?;
            Ok(Some(value))
        }))
    }
}

/// The class `InstrumentedSet`, made at its first use.
pub(crate) fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("InstrumentedSet") {
        return Ok(class.clone());
    }
    let set = interp.builtin_class("set");
    let class = interp.native_class(MODULE, "InstrumentedSet", vec![set])?;
    install(&class);
    lend::shared(interp).classes.insert("InstrumentedSet", class.clone());
    Ok(class)
}

type Change = fn(&mut Interp, &SetObject, Value) -> PyResult<Value>;

const CHANGES: [(&str, &str, Change); 9] = [
    ("add", "value", |interp, set, value| {
        set.add(interp, &value)?;
        Ok(Value::None)
    }),
    ("discard", "value", |interp, set, value| {
        set.discard(interp, &value)?;
        Ok(Value::None)
    }),
    ("remove", "value", |interp, set, value| {
        if set.discard(interp, &value)? { Ok(Value::None) } else { Err(interp.key_error(&value)) }
    }),
    ("pop", "", |interp, set, _| {
        let item = lend::with_cx(interp, |cx| attr::set_pop(cx, &set.set))?;
        match item {
            Some(item) => wrap_member(interp, &item),
            None => Err(interp.key_error(&Value::from("pop from an empty set"))),
        }
    }),
    ("clear", "", |interp, set, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, &set.set))?;
        Ok(Value::None)
    }),
    ("update", "value", |interp, set, value| {
        set.add_each(interp, &value)?;
        Ok(Value::None)
    }),
    ("difference_update", "value", |interp, set, value| {
        set.discard_each(interp, &value)?;
        Ok(Value::None)
    }),
    ("intersection_update", "other", |interp, set, other| {
        set.become_result(interp, "intersection", other)?;
        Ok(Value::None)
    }),
    ("symmetric_difference_update", "other", |interp, set, other| {
        set.become_result(interp, "symmetric_difference", other)?;
        Ok(Value::None)
    }),
];

fn install(class: &Rc<Class>) {
    for (name, parameter, change) in CHANGES {
        let label = format!("_set_decorators.<locals>.{name}.<locals>.{name}");
        let parameters = if parameter.is_empty() { "self".to_owned() } else { format!("self, {parameter}") };
        let signature = Signature::new(&label, &parameters);
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| {
                let mut bound = signature.bind(interp, args)?;
                let this = bound.take(0).unwrap_or(Value::None);
                let value = bound.values.get_mut(1).and_then(Option::take).unwrap_or(Value::None);
                match define::receiver::<SetObject>(&this) {
                    Some(set) => change(interp, set, value),
                    None => Err(Stop::unsupported(format!("InstrumentedSet.{name} of another object"))),
                }
            }),
        );
    }
    for name in [
        "copy",
        "union",
        "intersection",
        "difference",
        "symmetric_difference",
        "issubset",
        "issuperset",
        "isdisjoint",
    ] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, mut args| {
                let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let Some(own) = operand(interp, &this)? else {
                    return Err(Stop::unsupported(format!("InstrumentedSet.{name} of another object")));
                };
                interp.call_method(&own, name, args)
            }),
        );
    }
}
