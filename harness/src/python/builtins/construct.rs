//! What calling a builtin type makes.
//!
//! Mutable containers are made empty and filled by their `__init__`, as in CPython, so that derived classes can
//! have an `__init__` of their own.

use super::convert::{self, parse_float, parse_int, plain};
use super::{constructor, in_class, method};
use crate::python::args::{Args, Signature};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::function::Property;
use crate::python::interp::Interp;
use crate::python::map::{Map, MapSet};
use crate::python::value::{Int, Range, Slice, Value};
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    constructor(interp, "int", make_int);
    constructor(interp, "float", make_float);
    constructor(interp, "bool", |interp, _, args| {
        let [value] = args.between(interp, "bool", 0)?;
        match value {
            Some(value) => interp.truth(&value).map(Value::Bool),
            None => Ok(Value::Bool(false)),
        }
    });
    constructor(interp, "str", make_str);
    constructor(interp, "bytes", make_bytes);
    constructor(interp, "list", |interp, class, _| {
        Ok(in_class(interp, class, "list", Value::list(Vec::new())))
    });
    constructor(interp, "dict", |interp, class, _| {
        Ok(in_class(interp, class, "dict", Value::dict(Map::new())))
    });
    constructor(interp, "set", |interp, class, _| {
        Ok(in_class(interp, class, "set", Value::set(MapSet::new())))
    });
    constructor(interp, "tuple", |interp, class, args| {
        let [items] = args.between(interp, "tuple", 0)?;
        let value = match items {
            Some(tuple @ Value::Tuple(_)) => tuple,
            Some(items) => Value::tuple(interp.iterate(&items)?),
            None => Value::tuple(Vec::new()),
        };
        Ok(in_class(interp, class, "tuple", value))
    });
    constructor(interp, "frozenset", |interp, class, args| {
        let [items] = args.between(interp, "frozenset", 0)?;
        let value = match items {
            Some(frozen @ Value::FrozenSet(_)) => frozen,
            Some(items) => Value::FrozenSet(super::sets::set_from(interp, &items)?),
            None => Value::FrozenSet(super::sets::set_of_values(interp, Vec::new())?),
        };
        Ok(in_class(interp, class, "frozenset", value))
    });
    constructor(interp, "range", make_range);
    constructor(interp, "slice", |interp, _, args| {
        let [first, second, third] = args.between(interp, "slice", 1)?;
        let (start, stop) = match second {
            Some(stop) => (first.unwrap_or(Value::None), stop),
            None => (Value::None, first.unwrap_or(Value::None)),
        };
        Ok(Value::Slice(Rc::new(Slice { start, stop, step: third.unwrap_or(Value::None) })))
    });
    constructor(interp, "property", |interp, _, args| {
        let mut bound = Signature::new("property", "fget=, fset=, fdel=, doc=").bind(interp, args)?;
        let mut given = |index| bound.take(index).filter(|value: &Value| !value.is_none());
        let property = Property { getter: given(0), setter: given(1), deleter: given(2), doc: given(3) };
        Ok(Value::Property(Rc::new(property)))
    });
    constructor(interp, "classmethod", |interp, _, args| {
        let [function] = args.exactly(interp, "classmethod")?;
        Ok(Value::ClassMethod(Rc::new(function)))
    });
    constructor(interp, "staticmethod", |interp, _, args| {
        let [function] = args.exactly(interp, "staticmethod")?;
        Ok(Value::StaticMethod(Rc::new(function)))
    });
    range_members(interp);
    for name in ["bytearray", "memoryview", "complex"] {
        super::refuse(interp, name, "this type is outside what backproof runs");
    }
}

fn make_int(interp: &mut Interp, class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("int", "x=, /, base=").bind(interp, args)?;
    let value = bound.take(0);
    let base = bound.take(1);
    let made = match (value, base) {
        (None, None) => Int::Small(0),
        (None, Some(_)) => return Err(interp.raise("TypeError", "int() missing string argument")),
        (Some(value), Some(base)) => {
            let base = interp.index(&base)?;
            match plain(&value) {
                Value::Str(text) => parse_int(interp, &text, base, &value)?,
                Value::Bytes(bytes) => parse_int(interp, &String::from_utf8_lossy(&bytes), base, &value)?,
                _ => {
                    let message = "int() can't convert non-string with explicit base";
                    return Err(interp.raise("TypeError", message));
                }
            }
        }
        (Some(value), None) => to_int(interp, &value)?,
    };
    Ok(in_class(interp, class, "int", Value::Int(made)))
}

fn to_int(interp: &mut Interp, value: &Value) -> PyResult<Int> {
    match value {
        Value::Int(int) => return Ok(int.clone()),
        Value::Bool(truth) => return Ok(Int::Small(i64::from(*truth))),
        Value::Float(_) => return convert::float_to_int(interp, value),
        Value::Str(text) => return parse_int(interp, text, 10, value),
        Value::Bytes(bytes) => return parse_int(interp, &String::from_utf8_lossy(bytes), 10, value),
        Value::Instance(_) | Value::Object(_) => {
            if let Some(int) = convert::special_int(interp, value, true)? {
                return Ok(int);
            }
            if let Value::Str(text) = plain(value) {
                return parse_int(interp, &text, 10, value);
            }
        }
        _ => {}
    }
    let kind = interp.type_name(value);
    let message =
        format!("int() argument must be a string, a bytes-like object or a real number, not '{kind}'");
    Err(interp.raise("TypeError", message))
}

fn make_float(interp: &mut Interp, class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let [value] = args.between(interp, "float", 0)?;
    let number = match value {
        None => 0.0,
        Some(value) => match plain(&value) {
            Value::Str(text) => match parse_float(&text) {
                Some(number) => number,
                None => {
                    let shown = interp.repr(&value)?;
                    let message = format!("could not convert string to float: {shown}");
                    return Err(interp.raise("ValueError", message));
                }
            },
            _ => match convert::real_opt(interp, &value)? {
                Some(number) => number,
                None => {
                    let kind = interp.type_name(&value);
                    let message = format!("float() argument must be a string or a real number, not '{kind}'");
                    return Err(interp.raise("TypeError", message));
                }
            },
        },
    };
    Ok(in_class(interp, class, "float", Value::Float(number)))
}

fn make_str(interp: &mut Interp, class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("str", "object=, encoding=, errors=").bind(interp, args)?;
    let (value, encoding, errors) = (bound.take(0), bound.take(1), bound.take(2));
    let text = match value {
        None => Value::from(""),
        Some(value) if encoding.is_none() && errors.is_none() => match value {
            Value::Str(_) => value,
            other => Value::from(interp.str(&other)?),
        },
        Some(value) => match plain(&value) {
            Value::Bytes(bytes) => super::bytes::decode_with(interp, &bytes, encoding, errors)?,
            Value::Str(_) => return Err(interp.raise("TypeError", "decoding str is not supported")),
            _ => {
                let kind = interp.type_name(&value);
                let message = format!("decoding to str: need a bytes-like object, {kind} found");
                return Err(interp.raise("TypeError", message));
            }
        },
    };
    Ok(in_class(interp, class, "str", text))
}

fn make_bytes(interp: &mut Interp, class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("bytes", "source=, encoding=, errors=").bind(interp, args)?;
    let (value, encoding, errors) = (bound.take(0), bound.take(1), bound.take(2));
    let made = match value.as_ref().map(plain) {
        None => Value::Bytes(Vec::new().into()),
        Some(Value::Str(text)) => {
            let Some(encoding) = encoding.and_then(|value| value.as_str().cloned()) else {
                return Err(interp.raise("TypeError", "string argument without an encoding"));
            };
            let errors = errors.and_then(|value| value.as_str().cloned()).unwrap_or_else(|| "strict".into());
            super::bytes::encode(interp, &text, &encoding, &errors)?
        }
        Some(bytes @ Value::Bytes(_)) => bytes,
        Some(size @ (Value::Int(_) | Value::Bool(_))) => match usize::try_from(interp.index(&size)?) {
            Ok(size) => {
                interp.charge_bytes(size)?;
                Value::Bytes(vec![0; size].into())
            }
            Err(_) => return Err(interp.raise("ValueError", "negative count")),
        },
        Some(items) => {
            let mut bytes = Vec::new();
            for item in interp.iterate(&items)? {
                match u8::try_from(interp.index(&item)?) {
                    Ok(byte) => bytes.push(byte),
                    Err(_) => return Err(interp.raise("ValueError", "bytes must be in range(0, 256)")),
                }
            }
            Value::Bytes(bytes.into())
        }
    };
    Ok(in_class(interp, class, "bytes", made))
}

fn make_range(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let [first, second, third] = args.between(interp, "range", 1)?;
    let mut bound = |value: Option<Value>| -> PyResult<Option<i64>> {
        match value {
            None => Ok(None),
            Some(Value::Int(int)) if int.small().is_none() => {
                Err(Stop::unsupported("a range beyond 64 bits"))
            }
            Some(value) => interp.index(&value).map(Some),
        }
    };
    let (first, second, third) = (bound(first)?, bound(second)?, bound(third)?);
    let (start, stop) = match second {
        Some(stop) => (first.unwrap_or(0), stop),
        None => (0, first.unwrap_or(0)),
    };
    match third {
        Some(0) => Err(interp.raise("ValueError", "range() arg 3 must not be zero")),
        step => Ok(Value::Range(Rc::new(Range { start, stop, step: step.unwrap_or(1) }))),
    }
}

/// A read-only attribute of a builtin type.
pub(super) fn attribute(class: &Rc<Class>, name: &'static str, read: fn(&Value) -> Option<Value>) {
    let getter = Value::native_method(name, move |interp: &mut Interp, args: Args| {
        let [own] = args.exactly(interp, name)?;
        match read(&plain(&own)) {
            Some(value) => Ok(value),
            None => {
                let kind = interp.type_name(&own);
                Err(interp.no_attribute(&kind, name))
            }
        }
    });
    let property = Property { getter: Some(getter), ..Property::default() };
    class.dict.set(name, Value::Property(Rc::new(property)));
}

fn range_of(value: &Value) -> Option<&Range> {
    if let Value::Range(range) = value { Some(range) } else { None }
}

fn slice_of(value: &Value) -> Option<&Slice> {
    if let Value::Slice(slice) = value { Some(slice) } else { None }
}

fn range_members(interp: &mut Interp) {
    let range = interp.builtin_class("range");
    attribute(&range, "start", |value| range_of(value).map(|range| Value::from(range.start)));
    attribute(&range, "stop", |value| range_of(value).map(|range| Value::from(range.stop)));
    attribute(&range, "step", |value| range_of(value).map(|range| Value::from(range.step)));
    for name in ["index", "count"] {
        method(&range, name, move |interp, args| {
            let [range, wanted] = args.exactly(interp, name)?;
            let found = match (&range, wanted.as_i64()) {
                (Value::Range(range), Some(number)) => {
                    let gap = i128::from(number) - i128::from(range.start);
                    let step = i128::from(range.step);
                    let place = gap / step;
                    (gap % step == 0 && place >= 0 && place < i128::from(range.len())).then_some(place as i64)
                }
                _ => None,
            };
            match found {
                _ if name == "count" => Ok(Value::int(i64::from(found.is_some()))),
                Some(place) => Ok(Value::from(place)),
                None => {
                    let shown = interp.repr(&wanted)?;
                    Err(interp.raise("ValueError", format!("{shown} is not in range")))
                }
            }
        });
    }
    let slice = interp.builtin_class("slice");
    attribute(&slice, "start", |value| slice_of(value).map(|slice| slice.start.clone()));
    attribute(&slice, "stop", |value| slice_of(value).map(|slice| slice.stop.clone()));
    attribute(&slice, "step", |value| slice_of(value).map(|slice| slice.step.clone()));
}
