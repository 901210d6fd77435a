//! F-strings: evaluation of their parts; formatting itself is in `format`.

use super::code::Frame;
use super::error::PyResult;
use super::format;
use super::interp::Interp;
use super::value::Value;
use ruff_python_ast::{
    ConversionFlag, ExprFString, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};
use ruff_text_size::Ranged;

impl Interp {
    pub(super) fn eval_fstring(&mut self, frame: &mut Frame, fstring: &ExprFString) -> PyResult<Value> {
        let mut text = String::new();
        for part in &fstring.value {
            match part {
                FStringPart::Literal(literal) => text.push_str(&literal.value),
                FStringPart::FString(inner) => self.fstring_elements(frame, &inner.elements, &mut text)?,
            }
            self.charge_bytes(text.len())?;
        }
        Ok(Value::from(text))
    }

    fn fstring_elements(
        &mut self,
        frame: &mut Frame,
        elements: &InterpolatedStringElements,
        text: &mut String,
    ) -> PyResult<()> {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                InterpolatedStringElement::Interpolation(interpolation) => {
                    self.fstring_value(frame, interpolation, text)?;
                }
            }
        }
        Ok(())
    }

    fn fstring_value(
        &mut self,
        frame: &mut Frame,
        element: &InterpolatedElement,
        text: &mut String,
    ) -> PyResult<()> {
        let value = self.eval(frame, &element.expression)?;
        frame.at = element.expression.range();
        if let Some(debug) = &element.debug_text {
            text.push_str(debug.as_str());
        }
        let bare = element.debug_text.is_some() && element.format_spec.is_none();
        let value = match element.conversion {
            ConversionFlag::None if bare => Value::from(self.repr(&value)?),
            ConversionFlag::None => value,
            ConversionFlag::Str => Value::from(self.str(&value)?),
            ConversionFlag::Repr => Value::from(self.repr(&value)?),
            ConversionFlag::Ascii => Value::from(ascii(&self.repr(&value)?)),
        };
        let mut spec = String::new();
        if let Some(format_spec) = &element.format_spec {
            self.fstring_elements(frame, &format_spec.elements, &mut spec)?;
        }
        text.push_str(&format::format_value(self, &value, &spec)?);
        Ok(())
    }
}

/// A repr with everything outside ASCII escaped, as `ascii()` gives it.
pub(super) fn ascii(repr: &str) -> String {
    let mut text = String::with_capacity(repr.len());
    for c in repr.chars() {
        match u32::from(c) {
            code if code < 0x80 => text.push(c),
            code if code < 0x100 => text.push_str(&format!("\\x{code:02x}")),
            code if code < 0x1_0000 => text.push_str(&format!("\\u{code:04x}")),
            code => text.push_str(&format!("\\U{code:08x}")),
        }
    }
    text
}
