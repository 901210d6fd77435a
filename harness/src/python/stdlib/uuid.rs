//! The `uuid` module: numbers of 128 bits, read and shown as CPython does.
//!
//! Random ones come from the world's own sequence, the same in every run: a page that shows one shows another.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::construct_with;
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::{CompareOp, Object};
use crate::python::value::Value;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

/// A `uuid.UUID`.
pub(crate) struct PyUuid(pub(crate) u128);

pub(super) fn install(interp: &mut Interp) {
    construct_with(&class(interp), construct);
    interp.register_module("uuid", |interp| {
        let module = Module::new("uuid");
        module.dict.set("UUID", Value::Class(class(interp)));
        for (name, number) in [
            ("NAMESPACE_DNS", 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8_u128),
            ("NAMESPACE_URL", 0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8),
            ("NAMESPACE_OID", 0x6ba7_b812_9dad_11d1_80b4_00c0_4fd4_30c8),
            ("NAMESPACE_X500", 0x6ba7_b814_9dad_11d1_80b4_00c0_4fd4_30c8),
        ] {
            module.dict.set(name, Value::object(PyUuid(number)));
        }
        let state = Rc::new(Cell::new(0_u64));
        let random = move |interp: &mut Interp, args: Args| {
            let [] = args.exactly(interp, "uuid4")?;
            let drawn = (u128::from(next(&state)) << 64) | u128::from(next(&state));
            Ok(Value::object(PyUuid(versioned(drawn, 4))))
        };
        module.dict.set("uuid4", Value::native("uuid4", random));
        add(&module, "uuid1", |_, _| Err(Stop::unsupported("uuid1(): documents have no network interface")));
        Ok(Rc::new(module))
    });
}

fn class(interp: &mut Interp) -> Rc<Class> {
    interp.foreign_class("uuid", "UUID")
}

/// The next number of a sequence that is spread evenly (`SplitMix64`).
fn next(state: &Cell<u64>) -> u64 {
    state.set(state.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
    let mixed = state.get();
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The number with its variant and version set, as RFC 4122 has them.
fn versioned(number: u128, version: u8) -> u128 {
    let number = number & !(0xc000_u128 << 48) | (0x8000_u128 << 48);
    number & !(0xf000_u128 << 64) | (u128::from(version) << 76)
}

fn construct(interp: &mut Interp, _class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let mut bound =
        Signature::new("UUID.__init__", "hex=, bytes=, bytes_le=, fields=, int=, version=, *, is_safe=")
            .bind(interp, args)?;
    let mut take = |index| bound.take(index).filter(|value: &Value| !value.is_none());
    let (hex, bytes, number, version) = (take(0), take(1), take(4), take(5));
    if take(2).is_some() || take(3).is_some() {
        return Err(Stop::unsupported("UUID() of fields, or of bytes in another order"));
    }
    let number = match (hex, bytes, number) {
        (Some(hex), None, None) => from_hex(interp, &hex)?,
        (None, Some(Value::Bytes(bytes)), None) => match <[u8; 16]>::try_from(&*bytes) {
            Ok(bytes) => u128::from_be_bytes(bytes),
            Err(_) => return Err(interp.raise("ValueError", "bytes is not a 16-char string")),
        },
        (None, None, Some(Value::Int(number))) => match number.to_big().to_u128() {
            Some(number) => number,
            None => return Err(interp.raise("ValueError", "int is out of range (need a 128-bit value)")),
        },
        (None, None, None) => {
            let message = "one of the hex, bytes, bytes_le, fields, or int arguments must be given";
            return Err(interp.raise("TypeError", message));
        }
        _ => return Err(Stop::unsupported("UUID() with these arguments")),
    };
    let number = match version {
        None => number,
        Some(version) => match u8::try_from(interp.index(&version)?) {
            Ok(version @ 1..=5) => versioned(number, version),
            _ => return Err(interp.raise("ValueError", "illegal version number")),
        },
    };
    Ok(Value::object(PyUuid(number)))
}

fn from_hex(interp: &mut Interp, value: &Value) -> PyResult<u128> {
    let Some(text) = value.as_str() else {
        let kind = interp.type_name(value);
        return Err(interp.raise("AttributeError", format!("'{kind}' object has no attribute 'replace'")));
    };
    let bare = text.replace("urn:", "").replace("uuid:", "");
    let bare = bare.trim_matches(['{', '}']).replace('-', "");
    if bare.chars().count() != 32 {
        return Err(interp.raise("ValueError", "badly formed hexadecimal UUID string"));
    }
    match u128::from_str_radix(&bare, 16) {
        Ok(number) if !bare.starts_with('+') => Ok(number),
        _ => {
            let shown = crate::python::format::repr_str(&bare);
            Err(interp.raise("ValueError", format!("invalid literal for int() with base 16: {shown}")))
        }
    }
}

impl PyUuid {
    fn text(&self) -> String {
        let hex = format!("{:032x}", self.0);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Given only where the variant is the standard's.
    fn given_version(&self) -> Option<u8> {
        ((self.0 >> 62) & 3 == 2).then_some(((self.0 >> 76) & 15) as u8)
    }
}

impl Object for PyUuid {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "UUID"
    }

    fn type_module(&self) -> &'static str {
        "uuid"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "hex" => Value::from(format!("{:032x}", self.0)),
            "int" => Value::big(BigInt::from(self.0)),
            "bytes" => Value::Bytes(self.0.to_be_bytes().to_vec().into()),
            "urn" => Value::from(format!("urn:uuid:{}", self.text())),
            "version" => self.given_version().map_or(Value::None, Value::int),
            "fields" | "bytes_le" | "variant" | "time" | "node" | "clock_seq" => {
                return Err(Stop::unsupported(format!("the attribute `{name}` of a UUID")));
            }
            _ => return Ok(None),
        }))
    }

    fn compare(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(PyUuid(other)) = other.downcast::<PyUuid>() else { return Ok(None) };
        let (own, other) = (self.0, *other);
        Ok(Some(Value::Bool(match op {
            CompareOp::Eq => own == other,
            CompareOp::Ne => own != other,
            CompareOp::Lt => own < other,
            CompareOp::Le => own <= other,
            CompareOp::Gt => own > other,
            CompareOp::Ge => own >= other,
        })))
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok((self.0 ^ (self.0 >> 64)) as i64)
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("UUID('{}')", self.text()))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(self.text())
    }
}
