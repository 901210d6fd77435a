//! A relationship's collection as Python sees it: what its list, its set and its dictionary have in common.
//!
//! A face holds the engine's collection, so it stays the same object while that belongs to its owner, and becomes an ordinary
//! collection when it is replaced. Reading goes through a builtin one made for the moment, each change through the engine.

mod dict;
mod list;
mod set;

use super::instance::{object_of, wrap};
use crate::python::{
    Args, BinaryOp, Bound, Class, CompareOp, Interp, Object, PyResult, Signature, Stop, Unavailable, Value,
};
use crate::sqlalchemy::{define, lend};
use backproof_engine::attr::Candidate;
use backproof_engine::map::Shape;
use backproof_engine::state::{Collection, Member};
use std::any::Any;
use std::rc::Rc;

pub(super) const MODULE: &str = "sqlalchemy.orm.collections";

/// A relationship's collection.
pub(crate) struct Face {
    pub(super) held: Rc<Collection>,
    name: &'static str,
}

/// A method that changes a collection: its name, its parameters without `self`, what it does.
type Change = (&'static str, &'static str, fn(&mut Interp, &Face, Bound) -> PyResult<Value>);

/// What the collections of one shape have of their own.
trait Own {
    /// The name of its class.
    fn name(&self, interp: &mut Interp) -> &'static str;

    /// The builtin class that its class derives from.
    fn builtin(&self) -> &'static str;

    fn changes(&self) -> &'static [Change];

    /// How an error about its arguments names a method that changes it.
    fn label(&self, interp: &mut Interp, method: &str) -> String;

    /// Methods that change nothing: they are those of the builtin class.
    fn reads(&self) -> &'static [&'static str];

    /// Adds what reads and changes of the usual kinds do not say.
    fn install(&self, _class: &Rc<Class>) {}

    /// The members as a builtin collection.
    fn plain(&self, face: &Face, interp: &mut Interp) -> PyResult<Value>;

    /// What compares with such a collection, as a builtin one; `None` for what does not.
    fn beside(&self, interp: &mut Interp, other: &Value) -> PyResult<Option<Value>>;

    /// What an operator takes beside such a collection; `None` where it is not for them.
    fn operand(&self, interp: &mut Interp, _op: BinaryOp, other: &Value) -> PyResult<Option<Value>> {
        self.beside(interp, other)
    }

    /// `face op= other`, and whether it is done.
    fn in_place(&self, face: &Face, interp: &mut Interp, op: BinaryOp, other: &Value) -> PyResult<bool>;

    fn repr(&self, face: &Face, interp: &mut Interp) -> PyResult<String> {
        let plain = self.plain(face, interp)?;
        interp.repr(&plain)
    }

    fn get_item(&self, face: &Face, interp: &mut Interp, _key: &Value) -> PyResult<Value> {
        Err(interp.lacks_items(face.name, "is not subscriptable"))
    }

    fn set_item(&self, face: &Face, interp: &mut Interp, _key: &Value, _value: &Value) -> PyResult<()> {
        Err(interp.lacks_items(face.name, "does not support item assignment"))
    }

    fn del_item(&self, face: &Face, interp: &mut Interp, _key: &Value) -> PyResult<()> {
        Err(interp.lacks_items(face.name, "doesn't support item deletion"))
    }

    fn contains(&self, _face: &Face, _interp: &mut Interp, _item: &Value) -> PyResult<Option<bool>> {
        Ok(None)
    }

    fn iter(&self, face: &Face, interp: &mut Interp) -> PyResult<Value>;

    /// What is assigned to a collection of this shape: the members of what is like it.
    fn assigned(&self, interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>>;
}

fn own(shape: Shape) -> &'static dyn Own {
    match shape {
        Shape::List => &list::OfLists,
        Shape::Set => &set::OfSets,
        Shape::Dict => &dict::OfDicts,
    }
}

impl Face {
    pub(crate) fn value(interp: &mut Interp, held: Rc<Collection>) -> Value {
        let name = own(held.shape).name(interp);
        Value::object(Face { held, name })
    }

    /// The face of a collection of this shape that a value is.
    pub(crate) fn of(value: &Value, shape: Shape) -> Option<&Face> {
        define::receiver::<Face>(value).filter(|face| face.held.shape == shape)
    }

    fn own(&self) -> &'static dyn Own {
        own(self.held.shape)
    }

    fn plain(&self, interp: &mut Interp) -> PyResult<Value> {
        self.own().plain(self, interp)
    }

    fn len(&self) -> usize {
        self.held.items.borrow().len()
    }

    fn members(&self, interp: &mut Interp) -> PyResult<Vec<Value>> {
        interp.charge_bytes(self.len() * 64)?;
        let members = self.held.items.borrow().clone();
        members.iter().map(|member| wrap_member(interp, member)).collect()
    }
}

/// What is assigned to a collection of this shape; `None` for what is not like one.
pub(crate) fn assigned(interp: &mut Interp, shape: Shape, value: &Value) -> PyResult<Option<Vec<Value>>> {
    match Face::of(value, shape) {
        Some(face) => face.members(interp).map(Some),
        None => own(shape).assigned(interp, value),
    }
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

fn wrap_member(interp: &mut Interp, member: &Member) -> PyResult<Value> {
    member.as_ref().map_or(Ok(Value::None), |object| wrap(interp, object))
}

impl Object for Face {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.name
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp, self.held.shape).unwrap_or_else(|_| interp.foreign_class(MODULE, self.name))
    }

    /// Every face of one collection is one object.
    fn identity(&self) -> u64 {
        Rc::as_ptr(&self.held).cast::<u8>().addr() as u64 | (1 << 62)
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
        let Some(other) = self.own().operand(interp, op, other)? else { return Ok(None) };
        let own = self.plain(interp)?;
        let (left, right) = if reflected { (&other, &own) } else { (&own, &other) };
        interp.binary(op, left, right).map(Some)
    }

    fn binary_in_place(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        Ok(self.own().in_place(self, interp, op, other)?.then(|| this.clone()))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = self.own().beside(interp, other)? else { return Ok(None) };
        let own = self.plain(interp)?;
        interp.compare(op, &own, &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, this: &Value) -> PyResult<i64> {
        Err(interp.unhashable(this))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.own().repr(self, interp)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        self.own().get_item(self, interp, key)
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        self.own().set_item(self, interp, key, &value)
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        self.own().del_item(self, interp, key)
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        self.own().contains(self, interp, item)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        self.own().iter(self, interp)
    }
}

/// The class of the collections of a shape, made at its first use.
pub(crate) fn class(interp: &mut Interp, shape: Shape) -> PyResult<Rc<Class>> {
    let own = own(shape);
    let name = own.name(interp);
    if let Some(class) = lend::shared(interp).classes.get(name) {
        return Ok(class.clone());
    }
    let builtin = interp.builtin_class(own.builtin());
    let class = interp.native_class(MODULE, name, vec![builtin])?;
    for change in own.changes() {
        let label = own.label(interp, change.0);
        install_change(&class, shape, &label, *change);
    }
    for name in own.reads() {
        install_read(&class, shape, name);
    }
    own.install(&class);
    lend::shared(interp).classes.insert(name, class.clone());
    Ok(class)
}

fn install_change(class: &Rc<Class>, shape: Shape, label: &str, (name, parameters, body): Change) {
    let parameters = if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
    let signature = Signature::new(label, &parameters);
    class.dict.set(
        name,
        Value::native_method(name, move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let this = bound.values.remove(0).unwrap_or(Value::None);
            body(interp, receiver(&this, shape, name)?, bound)
        }),
    );
}

fn install_read(class: &Rc<Class>, shape: Shape, name: &'static str) {
    class
        .dict
        .set(name, Value::native_method(name, move |interp, args| on_builtin(interp, shape, name, args)));
}

/// Calls the builtin class's method, a collection's on a builtin one with its members.
fn on_builtin(interp: &mut Interp, shape: Shape, name: &str, mut args: Args) -> PyResult<Value> {
    if let Some(this) = args.positional.first_mut()
        && let Some(face) = Face::of(this, shape)
    {
        let plain = face.plain(interp)?;
        *this = plain;
    }
    let builtin = interp.builtin_class(own(shape).builtin());
    let method = interp.get_attr(&Value::Class(builtin), name)?;
    interp.call(&method, args)
}

/// The collection of this shape that a method was called on.
fn receiver<'v>(this: &'v Value, shape: Shape, method: &str) -> PyResult<&'v Face> {
    Face::of(this, shape)
        .ok_or_else(|| Stop::unsupported(format!("a collection's `{method}` called with another object")))
}

/// The argument at `index`, `None` where it was not given.
fn argument(bound: &mut Bound, index: usize) -> Value {
    bound.take(index).unwrap_or(Value::None)
}

/// Refuses who began a change, which is for the library's own calls.
fn refuse_initiator(bound: &mut Bound, index: usize) -> PyResult<()> {
    match bound.take(index) {
        Some(given) if !given.is_none() => Err(Stop::unsupported("`_sa_initiator` of a collection's method")),
        _ => Ok(()),
    }
}
