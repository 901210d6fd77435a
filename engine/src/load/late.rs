//! The key of an object that a criterion compares with: looked up when the statement is executed, as the object may
//! be flushed, expired or changed until then.

use super::adapt::key_of;
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Key, MapperId};
use crate::schema::Column;
use crate::state::{Slot, StateId};
use crate::value::{HostValue, Value};
use std::any::Any;
use std::rc::Rc;

/// A column of an object, as a value.
#[derive(Debug)]
struct LateValue {
    id: StateId,
    key: Key,
    /// `user.id`
    column: String,
    /// What it was when the criterion was made, for an object that no longer says.
    last: Option<Value>,
    /// What messages call the object, and whether it had a row, should it be gone by then.
    text: String,
    had_row: bool,
}

/// The value that an object has for a column when the statement is executed.
pub(super) fn value(cx: &mut Cx<'_>, id: StateId, side: MapperId, column: &Column) -> Result<Value> {
    let key = key_of(cx.orm, side, column)?;
    let last = known(cx, id, &key);
    let had_row = cx.orm.states.get(id).key.is_some();
    let text = attr::object_text(cx, id);
    Ok(Value::Host(Rc::new(LateValue { id, key, column: format!("{column:?}"), last, text, had_row })))
}

fn known(cx: &Cx<'_>, id: StateId, key: &Key) -> Option<Value> {
    match cx.orm.states.find(id)?.dict.get(key) {
        Some(Slot::Value(value)) => Some(value.clone()),
        _ => None,
    }
}

impl HostValue for LateValue {
    fn repr(&self) -> String {
        self.last.as_ref().map_or_else(|| "None".to_owned(), crate::value::repr::value)
    }

    fn type_name(&self) -> String {
        "object".to_owned()
    }

    fn same(&self, other: &dyn HostValue) -> bool {
        other
            .as_any()
            .downcast_ref::<LateValue>()
            .is_some_and(|other| (other.id, &other.key) == (self.id, &self.key))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn settle(&self, cx: &mut Cx<'_>) -> Option<Result<Value>> {
        Some(self.now(cx))
    }
}

impl LateValue {
    fn now(&self, cx: &mut Cx<'_>) -> Result<Value> {
        if let Some(value) = known(cx, self.id, &self.key) {
            return Ok(value);
        }
        let held = cx.orm.states.upgrade(self.id);
        let state = held.as_ref().map(|held| cx.orm.states.get(held.id()));
        let has_row = state.map_or(self.had_row, |state| state.key.is_some());
        if has_row && state.is_some_and(|state| state.session.is_some()) {
            return Ok(match attr::get(cx, self.id, &self.key)? {
                Slot::Value(value) => value,
                Slot::One(_) | Slot::Many(_) => Value::Null,
            });
        }
        if let Some(last) = &self.last {
            return Ok(last.clone());
        }
        let why = if has_row {
            "the object is detached and the value was expired"
        } else {
            "no value has been set for this column"
        };
        Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!("Can't resolve value for column {} on object {}; {why}", self.column, self.text),
        ))
    }
}
