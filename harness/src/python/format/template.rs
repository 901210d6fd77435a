//! `str.format` and `str.format_map`: replacement fields, their paths, conversions and nested specifications.

use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::Value;
use std::rc::Rc;

/// Where named fields are looked up.
pub(crate) enum Fields<'a> {
    Arguments { positional: &'a [Value], keywords: &'a [(Rc<str>, Value)] },
    Mapping(&'a Value),
}

/// How fields without a number are counted.
#[derive(Default)]
enum Numbering {
    #[default]
    Open,
    Automatic(usize),
    Manual,
}

/// Fills a template.
pub(crate) fn format_template(interp: &mut Interp, template: &str, fields: &Fields) -> PyResult<String> {
    let letters: Vec<char> = template.chars().collect();
    fill(interp, &letters, fields, &mut Numbering::default(), 2)
}

fn bad<T>(interp: &mut Interp, message: impl Into<String>) -> PyResult<T> {
    Err(interp.raise("ValueError", message))
}

fn fill(
    interp: &mut Interp,
    letters: &[char],
    fields: &Fields,
    numbering: &mut Numbering,
    depth: usize,
) -> PyResult<String> {
    if depth == 0 {
        return bad(interp, "Max string recursion exceeded");
    }
    let mut out = String::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        at += 1;
        if letter != '{' && letter != '}' {
            out.push(letter);
        } else if letters.get(at) == Some(&letter) {
            at += 1;
            out.push(letter);
        } else if letter == '}' {
            return bad(interp, "Single '}' encountered in format string");
        } else if at == letters.len() {
            return bad(interp, "Single '{' encountered in format string");
        } else {
            let field = Field::read(interp, letters, &mut at)?;
            let value = look_up(interp, field.name, fields, numbering)?;
            let value = match field.conversion {
                None => value,
                Some('s') => Value::from(interp.str(&value)?),
                Some('r') => Value::from(interp.repr(&value)?),
                Some('a') => Value::from(super::to_ascii(&interp.repr(&value)?)),
                Some(other) => {
                    let code = u32::from(other);
                    let shown =
                        if code > 32 && code < 127 { other.to_string() } else { format!("\\x{code:x}") };
                    return bad(interp, format!("Unknown conversion specifier {shown}"));
                }
            };
            let spec = if field.spec.contains(&'{') {
                fill(interp, field.spec, fields, numbering, depth - 1)?
            } else {
                field.spec.iter().collect()
            };
            let text = super::format_value(interp, &value, &spec)?;
            interp.charge_bytes(text.len())?;
            out.push_str(&text);
        }
    }
    Ok(out)
}

struct Field<'a> {
    name: &'a [char],
    conversion: Option<char>,
    spec: &'a [char],
}

impl<'a> Field<'a> {
    /// Reads a field from after its `{` to after its `}`.
    fn read(interp: &mut Interp, letters: &'a [char], at: &mut usize) -> PyResult<Field<'a>> {
        let start = *at;
        let mut in_brackets = false;
        let end = loop {
            let Some(&letter) = letters.get(*at) else {
                return bad(interp, "expected '}' before end of string");
            };
            *at += 1;
            match letter {
                '[' => in_brackets = true,
                ']' => in_brackets = false,
                _ if in_brackets => {}
                '{' => return bad(interp, "unexpected '{' in field name"),
                '}' | ':' | '!' => break letter,
                _ => {}
            }
        };
        let name = &letters[start..*at - 1];
        let mut field = Field { name, conversion: None, spec: &[] };
        if end == '}' {
            return Ok(field);
        }
        if end == '!' {
            let Some(&conversion) = letters.get(*at) else {
                return bad(interp, "end of string while looking for conversion specifier");
            };
            *at += 1;
            field.conversion = Some(conversion);
            if let Some(&after) = letters.get(*at) {
                *at += 1;
                match after {
                    '}' => return Ok(field),
                    ':' => {}
                    _ => return bad(interp, "expected ':' after conversion specifier"),
                }
            }
        }
        let start = *at;
        let mut depth = 1;
        while let Some(letter) = letters.get(*at) {
            *at += 1;
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = &letters[start..*at - 1];
                return Ok(field);
            }
        }
        bad(interp, "unmatched '{' in format spec")
    }
}

fn look_up(
    interp: &mut Interp,
    name: &[char],
    fields: &Fields,
    numbering: &mut Numbering,
) -> PyResult<Value> {
    let first_end = name.iter().position(|letter| matches!(letter, '.' | '[')).unwrap_or(name.len());
    let first: String = name[..first_end].iter().collect();
    let mut value = first_value(interp, &first, fields, numbering)?;
    let mut at = first_end;
    while let Some(&letter) = name.get(at) {
        at += 1;
        let start = at;
        if letter == '.' {
            while name.get(at).is_some_and(|letter| !matches!(letter, '.' | '[')) {
                at += 1;
            }
            let attribute: String = name[start..at].iter().collect();
            if attribute.is_empty() {
                return bad(interp, "Empty attribute in format string");
            }
            value = interp.get_attr(&value, &attribute)?;
        } else if letter == '[' {
            while name.get(at).is_some_and(|letter| *letter != ']') {
                at += 1;
            }
            if at == name.len() {
                return bad(interp, "Missing ']' in format string");
            }
            let key: String = name[start..at].iter().collect();
            at += 1;
            if key.is_empty() {
                return bad(interp, "Empty attribute in format string");
            }
            let key = match key.parse::<i64>() {
                Ok(index) if key.bytes().all(|byte| byte.is_ascii_digit()) => Value::from(index),
                _ => Value::from(key),
            };
            value = interp.get_item(&value, &key)?;
        } else {
            return bad(interp, "Only '.' or '[' may follow ']' in format field specifier");
        }
    }
    Ok(value)
}

fn first_value(
    interp: &mut Interp,
    first: &str,
    fields: &Fields,
    numbering: &mut Numbering,
) -> PyResult<Value> {
    let index = if first.is_empty() {
        match numbering {
            Numbering::Manual => {
                let message = "cannot switch from manual field specification to automatic field numbering";
                return bad(interp, message);
            }
            Numbering::Open => {
                *numbering = Numbering::Automatic(1);
                Some(0)
            }
            Numbering::Automatic(next) => {
                *next += 1;
                Some(*next - 1)
            }
        }
    } else if first.bytes().all(|byte| byte.is_ascii_digit()) {
        if matches!(numbering, Numbering::Automatic(_)) {
            let message = "cannot switch from automatic field numbering to manual field specification";
            return bad(interp, message);
        }
        *numbering = Numbering::Manual;
        match first.parse::<usize>() {
            Ok(index) => Some(index),
            Err(_) => return bad(interp, "Too many decimal digits in format string"),
        }
    } else {
        None
    };
    match (index, fields) {
        (Some(index), Fields::Arguments { positional, .. }) => match positional.get(index) {
            Some(value) => Ok(value.clone()),
            None => {
                let message = format!("Replacement index {index} out of range for positional args tuple");
                Err(interp.raise("IndexError", message))
            }
        },
        (Some(_), Fields::Mapping(_)) => bad(interp, "Format string contains positional fields"),
        (None, Fields::Arguments { keywords, .. }) => {
            match keywords.iter().find(|(keyword, _)| **keyword == *first) {
                Some((_, value)) => Ok(value.clone()),
                None => Err(interp.key_error(&Value::from(first))),
            }
        }
        (None, Fields::Mapping(mapping)) => interp.get_item(mapping, &Value::from(first)),
    }
}
