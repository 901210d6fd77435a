//! Python values: a cheap-to-clone handle each.
//!
//! Shared things carry an identity that is never used again after they die, so what is shown of it does not
//! depend on the allocator. Containers give up their parts iteratively: deep nesting cannot overflow the stack.

use super::class::{Class, Instance};
use super::function::{BoundMethod, Function, Native, Property};
use super::iter::Iter;
use super::map::{Map, MapSet};
use super::module::Module;
use super::object::Object;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

thread_local! {
    static NEXT_IDENTITY: Cell<u64> = const { Cell::new(1) };
    static NESTED_DROPS: Cell<usize> = const { Cell::new(0) };
    static PENDING_DROPS: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// An identity that nothing else has had.
pub fn fresh_identity() -> u64 {
    NEXT_IDENTITY.with(|next| {
        let identity = next.get();
        next.set(identity + 1);
        identity
    })
}

/// Drops values without recursing deeper than a fixed number of containers.
pub fn drop_values(values: Vec<Value>) {
    const DEEPEST: usize = 64;
    if values.is_empty() {
        return;
    }
    let depth = NESTED_DROPS.try_with(Cell::get).unwrap_or(0);
    if depth >= DEEPEST {
        let _ = PENDING_DROPS.try_with(|pending| pending.borrow_mut().extend(values));
        return;
    }
    let _ = NESTED_DROPS.try_with(|nested| nested.set(depth + 1));
    drop(values);
    let _ = NESTED_DROPS.try_with(|nested| nested.set(depth));
    if depth == 0 {
        while let Ok(Some(value)) = PENDING_DROPS.try_with(|pending| pending.borrow_mut().pop()) {
            let _ = NESTED_DROPS.try_with(|nested| nested.set(1));
            drop(value);
            let _ = NESTED_DROPS.try_with(|nested| nested.set(0));
        }
    }
}

/// A Python value.
#[derive(Clone)]
pub enum Value {
    None,
    Bool(bool),
    Int(Int),
    Float(f64),
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    Ellipsis,
    NotImplemented,
    Tuple(Rc<Tuple>),
    List(Rc<List>),
    Dict(Rc<Dict>),
    Set(Rc<Set>),
    FrozenSet(Rc<Set>),
    Range(Rc<Range>),
    Slice(Rc<Slice>),
    Function(Rc<Function>),
    Method(Rc<BoundMethod>),
    Native(Rc<Native>),
    Class(Rc<Class>),
    Instance(Rc<Instance>),
    Module(Rc<Module>),
    Property(Rc<Property>),
    /// `classmethod(f)`.
    ClassMethod(Rc<Value>),
    /// `staticmethod(f)`.
    StaticMethod(Rc<Value>),
    /// `super()`: the class after which lookup starts, and what it binds to.
    Super(Rc<(Rc<Class>, Value)>),
    /// Generators and every other iterator.
    Iter(Rc<Iter>),
    /// Anything that another room defines.
    Object(Rc<dyn Object>),
}

/// An integer: a machine word while it fits, unbounded otherwise.
///
/// `Big` never holds what fits in a word, so equal integers have equal representations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    Small(i64),
    Big(Rc<BigInt>),
}

impl Int {
    /// The value as a big integer.
    pub fn to_big(&self) -> BigInt {
        match self {
            Int::Small(small) => BigInt::from(*small),
            Int::Big(big) => big.as_ref().clone(),
        }
    }

    /// The value as a word, where it fits.
    pub fn small(&self) -> Option<i64> {
        match self {
            Int::Small(small) => Some(*small),
            Int::Big(_) => None,
        }
    }

    /// The nearest float, infinite where it is out of range.
    pub fn to_f64(&self) -> f64 {
        match self {
            Int::Small(small) => *small as f64,
            Int::Big(big) => big.to_f64().unwrap_or(f64::INFINITY),
        }
    }
}

impl From<BigInt> for Int {
    fn from(big: BigInt) -> Int {
        big.to_i64().map_or_else(|| Int::Big(Rc::new(big)), Int::Small)
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Int::Small(small) => small.fmt(f),
            Int::Big(big) => big.fmt(f),
        }
    }
}

/// A tuple's items.
pub struct Tuple {
    items: Vec<Value>,
    id: u64,
}

impl Tuple {
    pub fn new(items: Vec<Value>) -> Tuple {
        Tuple { items, id: fresh_identity() }
    }
}

impl Deref for Tuple {
    type Target = [Value];
    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        drop_values(std::mem::take(&mut self.items));
    }
}

/// A list. Never hold a borrow of `items` across a call into Python.
pub struct List {
    pub items: RefCell<Vec<Value>>,
    id: u64,
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        List { items: RefCell::new(items), id: fresh_identity() }
    }
}

impl Drop for List {
    fn drop(&mut self) {
        drop_values(std::mem::take(self.items.get_mut()));
    }
}

/// A dict. Never hold a borrow of `map` across a call into Python.
pub struct Dict {
    pub map: RefCell<Map>,
    id: u64,
}

impl Dict {
    pub fn new(map: Map) -> Dict {
        Dict { map: RefCell::new(map), id: fresh_identity() }
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        drop_values(self.map.get_mut().take_values());
    }
}

/// A set or a frozenset. Never hold a borrow of `items` across a call into Python.
pub struct Set {
    pub items: RefCell<MapSet>,
    id: u64,
}

impl Set {
    pub fn new(items: MapSet) -> Set {
        Set { items: RefCell::new(items), id: fresh_identity() }
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        drop_values(self.items.get_mut().take_values());
    }
}

/// `range(start, stop, step)`; the step is never zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

impl Range {
    /// How many numbers it has.
    pub fn len(&self) -> u64 {
        let (start, stop, step) = (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let span = if step > 0 { stop - start } else { start - stop };
        if span <= 0 { 0 } else { u64::try_from((span - 1) / step.abs() + 1).unwrap_or(u64::MAX) }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number at `index`, which must be below [`Range::len`].
    pub fn get(&self, index: u64) -> i64 {
        self.start.wrapping_add(self.step.wrapping_mul(index as i64))
    }
}

/// `slice(start, stop, step)`.
#[derive(Clone, Debug)]
pub struct Slice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Value {
    pub fn str(text: impl Into<Rc<str>>) -> Value {
        Value::Str(text.into())
    }

    pub fn int(number: impl Into<i64>) -> Value {
        Value::Int(Int::Small(number.into()))
    }

    /// A length or an index as a Python integer.
    pub fn size(number: usize) -> Value {
        Value::Int(Int::Small(number as i64))
    }

    pub fn big(number: BigInt) -> Value {
        Value::Int(number.into())
    }

    pub fn bool(truth: bool) -> Value {
        Value::Bool(truth)
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(Tuple::new(items)))
    }

    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(List::new(items)))
    }

    pub fn dict(map: Map) -> Value {
        Value::Dict(Rc::new(Dict::new(map)))
    }

    pub fn set(items: MapSet) -> Value {
        Value::Set(Rc::new(Set::new(items)))
    }

    pub fn object(object: impl Object) -> Value {
        Value::Object(Rc::new(object))
    }

    /// A function in Rust that Python can call; it does not bind to instances.
    pub fn native(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut super::Interp, super::Args) -> PyResultValue + 'static,
    ) -> Value {
        Value::Native(Rc::new(Native::function(name, function)))
    }

    /// A function in Rust that binds to instances when it stands in a class.
    pub fn native_method(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut super::Interp, super::Args) -> PyResultValue + 'static,
    ) -> Value {
        Value::Native(Rc::new(Native::method(name, function)))
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    pub fn as_str(&self) -> Option<&Rc<str>> {
        if let Value::Str(text) = self { Some(text) } else { None }
    }

    /// The value as a word if it is an `int` or `bool` that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(int) => int.small(),
            Value::Bool(truth) => Some(i64::from(*truth)),
            _ => None,
        }
    }

    pub fn as_class(&self) -> Option<&Rc<Class>> {
        if let Value::Class(class) = self { Some(class) } else { None }
    }

    pub fn as_instance(&self) -> Option<&Rc<Instance>> {
        if let Value::Instance(instance) = self { Some(instance) } else { None }
    }

    /// The foreign object of type `T`, if this is one.
    pub fn downcast<T: Object>(&self) -> Option<&T> {
        if let Value::Object(object) = self { object.as_any().downcast_ref::<T>() } else { None }
    }

    /// What `is` and `id()` compare. Plain values that have no identity of their own give a hash of their content.
    pub fn identity(&self) -> u64 {
        fn content(kind: u64, bits: u64) -> u64 {
            (1 << 63) | (kind << 56) | (bits & ((1 << 56) - 1))
        }
        match self {
            Value::None => content(0, 0),
            Value::Bool(truth) => content(1, u64::from(*truth)),
            Value::Int(Int::Small(small)) => content(2, *small as u64),
            Value::Int(Int::Big(big)) => content(3, Rc::as_ptr(big).addr() as u64),
            Value::Float(float) => content(4, float.to_bits()),
            Value::Str(text) => content(5, text.as_ptr().addr() as u64),
            Value::Bytes(bytes) => content(6, bytes.as_ptr().addr() as u64),
            Value::Ellipsis => content(7, 0),
            Value::NotImplemented => content(8, 0),
            Value::Tuple(tuple) => tuple.id,
            Value::List(list) => list.id,
            Value::Dict(dict) => dict.id,
            Value::Set(set) | Value::FrozenSet(set) => set.id,
            Value::Range(range) => content(9, Rc::as_ptr(range).addr() as u64),
            Value::Slice(slice) => content(10, Rc::as_ptr(slice).addr() as u64),
            Value::Function(function) => function.id,
            Value::Method(method) => content(11, Rc::as_ptr(method).addr() as u64),
            Value::Native(native) => native.id,
            Value::Class(class) => class.id,
            Value::Instance(instance) => instance.identity(),
            Value::Module(module) => module.id,
            Value::Property(property) => content(12, Rc::as_ptr(property).addr() as u64),
            Value::ClassMethod(inner) | Value::StaticMethod(inner) => {
                content(13, Rc::as_ptr(inner).addr() as u64)
            }
            Value::Super(parts) => content(14, Rc::as_ptr(parts).addr() as u64),
            Value::Iter(iter) => iter.id,
            Value::Object(object) => object.identity(),
        }
    }

    /// Python's `is`.
    pub fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Int(left), Value::Int(right)) => left == right,
            (Value::Str(left), Value::Str(right)) => {
                Rc::ptr_eq(left, right)
                    || left == right && left.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
            }
            (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
            (Value::Tuple(left), Value::Tuple(right)) => {
                Rc::ptr_eq(left, right) || left.is_empty() && right.is_empty()
            }
            _ => self.identity() == other.identity(),
        }
    }
}

/// The result of a native function.
pub type PyResultValue = super::error::PyResult<Value>;

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("None"),
            Value::Bool(truth) => truth.fmt(f),
            Value::Int(int) => int.fmt(f),
            Value::Float(float) => float.fmt(f),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::Class(class) => write!(f, "<class {}>", class.name.borrow()),
            Value::Instance(instance) => write!(f, "<{} object>", instance.class().name.borrow()),
            Value::Tuple(items) => f.debug_list().entries(items.iter()).finish(),
            other => write!(f, "<value {:x}>", other.identity()),
        }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(Int::Small(number))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text.into())
    }
}

impl From<Rc<str>> for Value {
    fn from(text: Rc<str>) -> Value {
        Value::Str(text)
    }
}
