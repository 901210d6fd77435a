//! `template % argument`.
//!
//! A tuple gives one value a field, a mapping is asked by name, anything else is the one value.

use super::spec::{float_body, sign_text};
use crate::python::builtins::convert;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::value::{Int, Value};
use num_traits::Signed;

#[derive(Default)]
struct Field {
    left: bool,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

struct Source<'a> {
    values: &'a [Value],
    next: usize,
    mapping: Option<Value>,
}

impl Source<'_> {
    fn take(&mut self, interp: &mut Interp) -> PyResult<Value> {
        let value = self.values.get(self.next).cloned();
        self.next += 1;
        value.ok_or_else(|| interp.raise("TypeError", "not enough arguments for format string"))
    }
}

/// `template % argument` for a string.
pub fn percent(interp: &mut Interp, template: &str, argument: &Value) -> PyResult<String> {
    let single = [argument.clone()];
    let (values, mapping): (&[Value], Option<Value>) = match argument {
        Value::Tuple(items) => (items, None),
        Value::Instance(instance) if matches!(instance.payload, Some(Value::Tuple(_))) => {
            match &instance.payload {
                Some(Value::Tuple(items)) => (items, None),
                _ => (&single, None),
            }
        }
        Value::Dict(_) | Value::List(_) | Value::Range(_) | Value::Bytes(_) => {
            (&single, Some(argument.clone()))
        }
        Value::Instance(_) | Value::Object(_) => {
            let subscripts = has_get_item(interp, argument)?;
            (&single, subscripts.then(|| argument.clone()))
        }
        _ => (&single, None),
    };
    let mut source = Source { values, next: 0, mapping };
    let letters: Vec<char> = template.chars().collect();
    let mut out = String::with_capacity(template.len());
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        at += 1;
        if letter == '%' {
            field(interp, &letters, &mut at, &mut source, &mut out)?;
        } else {
            out.push(letter);
        }
    }
    if source.next < source.values.len() && source.mapping.is_none() {
        return Err(interp.raise("TypeError", "not all arguments converted during string formatting"));
    }
    Ok(out)
}

fn has_get_item(interp: &mut Interp, value: &Value) -> PyResult<bool> {
    if let Value::Instance(instance) = value {
        if matches!(instance.payload, Some(Value::Dict(_) | Value::List(_))) {
            return Ok(true);
        }
        if matches!(instance.payload, Some(Value::Str(_))) {
            return Ok(false);
        }
        let class = instance.class();
        return Ok(class.lookup("__getitem__").is_some());
    }
    Ok(interp.get_attr_opt(value, "__getitem__")?.is_some() || interp.get_attr_opt(value, "keys")?.is_some())
}

fn field(
    interp: &mut Interp,
    letters: &[char],
    at: &mut usize,
    source: &mut Source,
    out: &mut String,
) -> PyResult<()> {
    let mut field = Field::default();
    let mut keyed = None;
    if letters.get(*at) == Some(&'(') {
        let name = key(interp, letters, at)?;
        let Some(mapping) = source.mapping.clone() else {
            return Err(interp.raise("TypeError", "format requires a mapping"));
        };
        keyed = Some(interp.get_item(&mapping, &Value::from(name))?);
    }
    while let Some(flag) = letters.get(*at) {
        match flag {
            '-' => field.left = true,
            '+' => field.sign = Some('+'),
            ' ' => field.sign = field.sign.or(Some(' ')),
            '#' => field.alternate = true,
            '0' => field.zero = true,
            _ => break,
        }
        *at += 1;
    }
    if let Some(width) = amount(interp, letters, at, source)? {
        field.left |= width < 0;
        field.width = width.unsigned_abs() as usize;
    }
    if letters.get(*at) == Some(&'.') {
        *at += 1;
        let precision = amount(interp, letters, at, source)?.unwrap_or(0);
        field.precision = Some(precision.max(0) as usize);
    }
    while let Some('h' | 'l' | 'L') = letters.get(*at) {
        *at += 1;
    }
    let Some(&kind) = letters.get(*at) else {
        return Err(interp.raise("ValueError", "incomplete format"));
    };
    *at += 1;
    if kind == '%' {
        out.push('%');
        return Ok(());
    }
    let value = match keyed {
        Some(value) => value,
        None => source.take(interp)?,
    };
    interp.charge_bytes(field.width.saturating_add(field.precision.unwrap_or(0)))?;
    let text = match kind {
        's' => text_field(&field, interp.str(&value)?),
        'r' => text_field(&field, interp.repr(&value)?),
        'a' => text_field(&field, super::to_ascii(&interp.repr(&value)?)),
        'c' => text_field(&Field { precision: None, ..field }, letter(interp, &value)?),
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => integer(interp, &field, kind, &value)?,
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let number = convert::real(interp, &value)?;
            let body =
                float_body(number.abs(), Some(kind), field.precision, field.alternate).unwrap_or_default();
            let negative = number.is_sign_negative() && !number.is_nan();
            number_field(&field, sign_text(negative, field.sign), "", &body)
        }
        other => {
            let index = *at - 1;
            let code = u32::from(other);
            let shown = if (32..127).contains(&code) { other } else { '?' };
            let message = format!("unsupported format character '{shown}' ({code:#x}) at index {index}");
            return Err(interp.raise("ValueError", message));
        }
    };
    interp.charge_bytes(text.len())?;
    out.push_str(&text);
    Ok(())
}

/// A parenthesised name, whose parentheses may nest.
fn key(interp: &mut Interp, letters: &[char], at: &mut usize) -> PyResult<String> {
    *at += 1;
    let start = *at;
    let mut depth = 1;
    while let Some(letter) = letters.get(*at) {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        *at += 1;
        if depth == 0 {
            return Ok(letters[start..*at - 1].iter().collect());
        }
    }
    Err(interp.raise("ValueError", "incomplete format key"))
}

/// A width or precision: digits, or `*` for one of the values.
fn amount(
    interp: &mut Interp,
    letters: &[char],
    at: &mut usize,
    source: &mut Source,
) -> PyResult<Option<i64>> {
    const WIDEST: i64 = 1 << 24;
    let mut amount = None;
    if letters.get(*at) == Some(&'*') {
        *at += 1;
        let value = source.take(interp)?;
        let Some(number) = value.as_i64() else {
            return Err(interp.raise("TypeError", "* wants int"));
        };
        amount = Some(number);
    } else {
        while let Some(digit) = letters.get(*at).and_then(|letter| letter.to_digit(10)) {
            amount = Some(amount.unwrap_or(0_i64).saturating_mul(10).saturating_add(i64::from(digit)));
            *at += 1;
        }
    }
    if amount.is_some_and(|number| !(-WIDEST..=WIDEST).contains(&number)) {
        return Err(Stop::limit("a field of many million characters"));
    }
    Ok(amount)
}

fn text_field(field: &Field, text: String) -> String {
    let text = match field.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text,
    };
    let missing = field.width.saturating_sub(text.chars().count());
    let padding = " ".repeat(missing);
    if field.left { text + &padding } else { padding + &text }
}

fn letter(interp: &mut Interp, value: &Value) -> PyResult<String> {
    match value {
        Value::Str(text) if text.chars().count() == 1 => Ok(text.to_string()),
        Value::Int(_) | Value::Bool(_) => {
            let code =
                value.as_i64().and_then(|code| u32::try_from(code).ok()).filter(|code| *code < 0x11_0000);
            match code {
                Some(code) => Ok(char::from_u32(code).unwrap_or('\u{fffd}').to_string()),
                None => Err(interp.raise("OverflowError", "%c arg not in range(0x110000)")),
            }
        }
        _ => Err(interp.raise("TypeError", "%c requires int or char")),
    }
}

fn integer(interp: &mut Interp, field: &Field, kind: char, value: &Value) -> PyResult<String> {
    let decimal = matches!(kind, 'd' | 'i' | 'u');
    let whole = match value {
        Value::Int(int) => Some(int.clone()),
        Value::Bool(truth) => Some(Int::Small(i64::from(*truth))),
        Value::Float(_) if decimal => Some(convert::float_to_int(interp, value)?),
        Value::Instance(_) | Value::Object(_) => convert::special_int(interp, value, decimal)?,
        _ => None,
    };
    let Some(whole) = whole else {
        let kind_name = interp.type_name(value);
        let wants = if decimal { "a real number" } else { "an integer" };
        return Err(
            interp.raise("TypeError", format!("%{kind} format: {wants} is required, not {kind_name}"))
        );
    };
    if let Int::Big(big) = &whole {
        interp.charge_bytes(big.bits() as usize)?;
    }
    let big = whole.to_big();
    let (radix, prefix) = match kind {
        'o' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = big.abs().to_str_radix(radix);
    if kind == 'X' {
        digits.make_ascii_uppercase();
    }
    if let Some(precision) = field.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = if field.alternate { prefix } else { "" };
    Ok(number_field(field, sign_text(big.is_negative(), field.sign), prefix, &digits))
}

fn number_field(field: &Field, sign: &str, prefix: &str, digits: &str) -> String {
    let length = sign.len() + prefix.len() + digits.len();
    let missing = field.width.saturating_sub(length);
    if field.left {
        format!("{sign}{prefix}{digits}{}", " ".repeat(missing))
    } else if field.zero {
        format!("{sign}{prefix}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{prefix}{digits}", " ".repeat(missing))
    }
}
