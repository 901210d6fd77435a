//! Values of columns, parameters and rows.

pub mod repr;

use crate::state::StateId;
use bigdecimal::BigDecimal;
use jiff::civil::{Date, DateTime, Time};
use std::any::Any;
use std::fmt;
use std::rc::Rc;

/// A value of the host that the engine carries but does not read.
pub trait HostValue: fmt::Debug {
    /// As it appears among logged parameters.
    fn repr(&self) -> String;
    /// The type's name, for the driver's errors (`type 'list' is not supported`).
    fn type_name(&self) -> String;
    /// Whether the host holds both equal.
    fn same(&self, other: &dyn HostValue) -> bool;
    /// The number that the driver takes it for.
    fn number(&self) -> Option<i64> {
        None
    }
    /// Whether it gives bytes, as a `bytearray` does.
    fn is_buffer(&self) -> bool {
        false
    }
    /// The elements of a list or tuple.
    fn items(&self) -> Option<Vec<Value>> {
        None
    }
    /// The mapped object that it keeps, where nothing else that keeps the object goes by way of it.
    fn held(&self) -> Option<StateId> {
        None
    }
    fn as_any(&self) -> &dyn Any;
}

/// A value of a column, parameter or row.
#[derive(Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    Decimal(BigDecimal),
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    /// A UUID, as a number.
    Uuid(u128),
    /// A value only the host understands; binding it to a statement is the driver's error.
    Host(Rc<dyn HostValue>),
}

impl Value {
    pub fn text(text: impl Into<Rc<str>>) -> Self {
        Value::Text(text.into())
    }

    /// The name of its Python type.
    pub fn python_type(&self) -> String {
        match self {
            Value::Null => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Text(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Decimal(_) => "decimal.Decimal",
            Value::Date(_) => "datetime.date",
            Value::Time(_) => "datetime.time",
            Value::DateTime(_) => "datetime.datetime",
            Value::Uuid(_) => "UUID",
            Value::Host(value) => return value.type_name(),
        }
        .to_owned()
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Value::Float(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Bool(truth)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl PartialEq for Value {
    /// Python's equality: `1 == 1.0 == True`, and values of unrelated types differ.
    fn eq(&self, other: &Self) -> bool {
        use Value::{Bool, Bytes, Date, DateTime, Decimal, Float, Host, Int, Null, Text, Time, Uuid};
        match (self, other) {
            (Null, Null) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Bool(a), Int(b)) | (Int(b), Bool(a)) => i64::from(*a) == *b,
            (Float(a), Float(b)) => a == b,
            (Int(a), Float(b)) | (Float(b), Int(a)) => *a as f64 == *b,
            (Text(a), Text(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Decimal(a), Decimal(b)) => a == b,
            (Decimal(a), Int(b)) | (Int(b), Decimal(a)) => {
                let whole = BigDecimal::from(*b);
                *a == whole
            }
            (Date(a), Date(b)) => a == b,
            (Time(a), Time(b)) => a == b,
            (DateTime(a), DateTime(b)) => a == b,
            (Uuid(a), Uuid(b)) => a == b,
            (Host(a), Host(b)) => a.same(b.as_ref()),
            _ => false,
        }
    }
}
