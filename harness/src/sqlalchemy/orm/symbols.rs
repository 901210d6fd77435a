//! What stands for an attribute's value where there is none: `NO_VALUE` and its like.

use crate::python::{Interp, Object, PyResult, Value};
use crate::sqlalchemy::lend;
use backproof_engine::version::Behaviour;
use std::any::Any;

/// The symbols, with the numbers that they have where they are an enumeration's.
const SYMBOLS: [(&str, u8); 6] = [
    ("PASSIVE_NO_RESULT", 0),
    ("ATTR_WAS_SET", 2),
    ("ATTR_EMPTY", 3),
    ("NO_VALUE", 4),
    ("NEVER_SET", 4),
    ("DONT_SET", 5),
];

/// A symbol.
struct SymbolObject {
    name: &'static str,
    number: u8,
    listed: bool,
}

/// The symbol of a name.
pub(crate) fn value(interp: &mut Interp, name: &str) -> Value {
    let listed = lend::has(interp, Behaviour::MarkersAreEnums);
    match SYMBOLS.iter().find(|(known, _)| *known == name) {
        // From 2.0 on, `NEVER_SET` is another name of `NO_VALUE`.
        Some((name, number)) => {
            let name = if listed && *name == "NEVER_SET" { "NO_VALUE" } else { name };
            Value::object(SymbolObject { name, number: *number, listed })
        }
        None => Value::None,
    }
}

/// Whether setting an attribute to this leaves it alone.
pub(super) fn leaves_alone(value: &Value) -> bool {
    value.downcast::<SymbolObject>().is_some_and(|symbol| symbol.name == "DONT_SET")
}

impl Object for SymbolObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.listed { "LoaderCallableStatus" } else { "symbol" }
    }

    fn type_module(&self) -> &'static str {
        if self.listed { "sqlalchemy.orm.base" } else { "sqlalchemy.util.langhelpers" }
    }

    fn identity(&self) -> u64 {
        (11 << 56) | (u64::from(self.number) << 8) | self.name.len() as u64
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::from(self.name)),
            "value" if self.listed => Some(Value::int(i64::from(self.number))),
            _ => None,
        })
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(if self.listed {
            format!("<LoaderCallableStatus.{}: {}>", self.name, self.number)
        } else {
            format!("symbol('{}')", self.name)
        })
    }

    fn str(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.listed { Ok(format!("LoaderCallableStatus.{}", self.name)) } else { self.repr(interp, this) }
    }
}
