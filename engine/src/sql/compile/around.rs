//! What a host's type has written around its values and columns (`bind_expression()`, `column_expression()`).
//!
//! An expression of the type's own stands around the text of the other; its other parameters are the statement's.

use super::super::expr::ExprKind;
use super::{Compiler, OPEN};
use crate::error::{Error, Result};
use crate::schema::{SqlType, Wrap};
use std::rc::Rc;

/// Stands for the parameter within what is written around each value of a list.
const VALUE: &str = "\u{F0003}";

impl Compiler<'_> {
    /// A parameter's text with what its type has written around it.
    pub(super) fn around_bind(&mut self, ty: &SqlType, text: String) -> Result<String> {
        let SqlType::Host(host) = ty else { return Ok(text) };
        match host.args().around.bind.get() {
            Some(wrap) => self.around(wrap, text),
            None => Ok(text),
        }
    }

    /// A selected column's text with what its type has written around it, where it has something.
    pub(super) fn around_column(&mut self, ty: &SqlType, text: &str) -> Result<Option<String>> {
        let SqlType::Host(host) = ty else { return Ok(None) };
        match host.args().around.column.get() {
            Some(wrap) => self.around(wrap, text.to_owned()).map(Some),
            None => Ok(None),
        }
    }

    /// What stands before and after each value of a list.
    pub(super) fn around_values(&mut self, ty: &SqlType) -> Result<Option<(Rc<str>, Rc<str>)>> {
        let text = self.around_bind(ty, VALUE.to_owned())?;
        let Some((before, after)) = text.split_once(VALUE) else {
            return Err(Error::unsupported("a type whose `bind_expression()` leaves the value out"));
        };
        if before.contains(OPEN) || after.contains([OPEN, '\u{F0003}']) {
            return Err(Error::unsupported(
                "a list of a type whose `bind_expression()` has parameters of its own",
            ));
        }
        Ok((!before.is_empty() || !after.is_empty()).then(|| (Rc::from(before), Rc::from(after))))
    }

    fn around(&mut self, wrap: &Wrap, text: String) -> Result<String> {
        let ExprKind::Bind(hole) = wrap.hole.kind() else { return Ok(text) };
        let outer = self.hole.replace((hole.token.clone(), text));
        let made = self.expr(&wrap.expr);
        self.hole = outer;
        made
    }
}
