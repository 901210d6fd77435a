//! Python's plain values as a pickle, and back: what a `PickleType` column stores.
//!
//! A stream that CPython could read, without the memo and the frames that it would write. Objects of other classes are
//! unsupported.

use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::value::Value;
use num_bigint::BigInt;

const DEEPEST: usize = 100;

/// A value as bytes.
pub(crate) fn dumps(interp: &mut Interp, value: &Value) -> PyResult<Vec<u8>> {
    let mut out = vec![0x80, 5];
    write(interp, value, &mut out, 0)?;
    out.push(b'.');
    Ok(out)
}

fn write(interp: &mut Interp, value: &Value, out: &mut Vec<u8>, depth: usize) -> PyResult<()> {
    if depth > DEEPEST {
        return Err(Stop::unsupported("pickling what is nested deeper than 100 levels"));
    }
    match value {
        Value::None => out.push(b'N'),
        Value::Bool(true) => out.push(0x88),
        Value::Bool(false) => out.push(0x89),
        Value::Int(number) => {
            let bytes = number.to_big().to_signed_bytes_le();
            let Ok(length) = u8::try_from(bytes.len()) else {
                return Err(Stop::unsupported("pickling a number of so many digits"));
            };
            out.extend([0x8a, length]);
            out.extend(bytes);
        }
        Value::Float(number) => {
            out.push(b'G');
            out.extend(number.to_be_bytes());
        }
        Value::Str(text) => {
            out.push(b'X');
            sized(text.as_bytes(), out)?;
        }
        Value::Bytes(bytes) => {
            out.push(b'B');
            sized(bytes, out)?;
        }
        Value::Tuple(_) | Value::FrozenSet(_) => {
            out.push(b'(');
            for item in interp.iterate(value)? {
                write(interp, &item, out, depth + 1)?;
            }
            out.push(if matches!(value, Value::Tuple(_)) { b't' } else { 0x91 });
        }
        Value::List(_) | Value::Set(_) => {
            let (empty, end) = if matches!(value, Value::List(_)) { (b']', b'e') } else { (0x8f, 0x90) };
            out.extend([empty, b'(']);
            for item in interp.iterate(value)? {
                write(interp, &item, out, depth + 1)?;
            }
            out.push(end);
        }
        Value::Dict(dict) => {
            out.extend([b'}', b'(']);
            let items = dict.map.borrow().items();
            for (key, item) in items {
                write(interp, &key, out, depth + 1)?;
                write(interp, &item, out, depth + 1)?;
            }
            out.push(b'u');
        }
        other => {
            let kind = interp.type_name(other);
            return Err(Stop::unsupported(format!("pickling an object of type {kind}")));
        }
    }
    Ok(())
}

fn sized(bytes: &[u8], out: &mut Vec<u8>) -> PyResult<()> {
    let Ok(length) = u32::try_from(bytes.len()) else {
        return Err(Stop::unsupported("pickling a text of so many bytes"));
    };
    out.extend(length.to_le_bytes());
    out.extend(bytes);
    Ok(())
}

/// What is read, and where reading stands.
struct Reader<'a> {
    rest: &'a [u8],
    stack: Vec<Value>,
    marks: Vec<usize>,
}

/// The value that bytes of [`dumps`] stand for.
pub(crate) fn loads(interp: &mut Interp, bytes: &[u8]) -> PyResult<Value> {
    let mut reader = Reader { rest: bytes, stack: Vec::new(), marks: Vec::new() };
    while let Some(operation) = reader.take(1).and_then(|bytes| bytes.first().copied()) {
        if operation == b'.' {
            break;
        }
        if reader.step(interp, operation)?.is_none() {
            return Err(foreign());
        }
    }
    reader.stack.pop().ok_or_else(foreign)
}

fn foreign() -> Stop {
    Stop::unsupported("reading a pickle that was made elsewhere")
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
        self.take(usize::try_from(length).ok()?)
    }

    fn marked(&mut self) -> Option<Vec<Value>> {
        let from = self.marks.pop()?;
        (from <= self.stack.len()).then(|| self.stack.split_off(from))
    }

    fn step(&mut self, interp: &mut Interp, operation: u8) -> PyResult<Option<()>> {
        let made = match operation {
            0x80 => return Ok(self.take(1).map(|_| ())),
            b'(' => {
                self.marks.push(self.stack.len());
                return Ok(Some(()));
            }
            b'e' | 0x90 | b'u' => {
                let (Some(items), Some(into)) = (self.marked(), self.stack.pop()) else { return Ok(None) };
                let filled = match operation {
                    b'e' => Value::list(items),
                    b'u' => {
                        for pair in items.chunks_exact(2) {
                            interp.set_item(&into, &pair[0], pair[1].clone())?;
                        }
                        into
                    }
                    _ => of_class(interp, "set", items)?,
                };
                self.stack.push(filled);
                return Ok(Some(()));
            }
            // A list or a set is made as its members end.
            b'N' | b']' | 0x8f => Some(Value::None),
            0x88 => Some(Value::Bool(true)),
            0x89 => Some(Value::Bool(false)),
            0x8a => {
                let length = self.take(1).and_then(|bytes| bytes.first().copied());
                let bytes = length.and_then(|length| self.take(usize::from(length)));
                bytes.map(|bytes| Value::big(BigInt::from_signed_bytes_le(bytes)))
            }
            b'G' => {
                let bytes = self.take(8).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
                bytes.map(|bytes| Value::Float(f64::from_be_bytes(bytes)))
            }
            b'X' => self.sized().and_then(|bytes| std::str::from_utf8(bytes).ok()).map(Value::from),
            b'B' => self.sized().map(|bytes| Value::Bytes(bytes.into())),
            b'}' => Some(Value::dict(Map::default())),
            b't' => self.marked().map(Value::tuple),
            0x91 => match self.marked() {
                Some(items) => Some(of_class(interp, "frozenset", items)?),
                None => None,
            },
            _ => None,
        };
        Ok(made.map(|made| self.stack.push(made)))
    }
}

fn of_class(interp: &mut Interp, name: &'static str, items: Vec<Value>) -> PyResult<Value> {
    let class = interp.builtin_class(name);
    interp.call(&Value::Class(class), crate::python::Args::of(vec![Value::list(items)]))
}
