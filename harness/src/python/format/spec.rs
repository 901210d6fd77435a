//! Format specifications: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
//!
//! One parser for every type; each type says what it refuses, in CPython's words.

use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::value::Int;
use num_traits::Signed;
use rustpython_literal::float;
use rustpython_literal::format::Case;

/// The widest field or longest precision that a document may ask for.
const WIDEST: usize = 1 << 24;

/// A parsed specification.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    pub(crate) fill: Option<char>,
    pub(crate) align: Option<char>,
    pub(crate) sign: Option<char>,
    pub(crate) coerce_zero: bool,
    pub(crate) alternate: bool,
    pub(crate) width: usize,
    pub(crate) grouping: Option<char>,
    pub(crate) precision: Option<usize>,
    pub(crate) kind: Option<char>,
}

impl Spec {
    /// Parses; `kind` is the name of the value's type and `default` its alignment.
    pub(crate) fn parse(interp: &mut Interp, text: &str, kind: &str, default: char) -> PyResult<Spec> {
        let letters: Vec<char> = text.chars().collect();
        let mut spec = Spec::default();
        let mut at = 0;
        let is_align = |letter: Option<&char>| matches!(letter, Some('<' | '>' | '=' | '^'));
        if is_align(letters.get(1)) {
            spec.fill = Some(letters[0]);
            spec.align = Some(letters[1]);
            at = 2;
        } else if is_align(letters.first()) {
            spec.align = Some(letters[0]);
            at = 1;
        }
        if let Some(&sign @ ('+' | '-' | ' ')) = letters.get(at) {
            spec.sign = Some(sign);
            at += 1;
        }
        if letters.get(at) == Some(&'z') {
            spec.coerce_zero = true;
            at += 1;
        }
        if letters.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if spec.fill.is_none() && letters.get(at) == Some(&'0') {
            spec.fill = Some('0');
            if spec.align.is_none() && default == '>' {
                spec.align = Some('=');
            }
            at += 1;
        }
        if let Some(width) = number(interp, &letters, &mut at)? {
            spec.width = width;
        }
        if letters.get(at) == Some(&',') {
            spec.grouping = Some(',');
            at += 1;
        }
        if letters.get(at) == Some(&'_') {
            if spec.grouping.is_some() {
                return Err(interp.raise("ValueError", "Cannot specify both ',' and '_'."));
            }
            spec.grouping = Some('_');
            at += 1;
        }
        if letters.get(at) == Some(&',') && spec.grouping.is_some() {
            let both = if spec.grouping == Some('_') { "Cannot specify both ',' and '_'." } else { "" };
            if !both.is_empty() {
                return Err(interp.raise("ValueError", both));
            }
        }
        if letters.get(at) == Some(&'.') {
            at += 1;
            spec.precision = number(interp, &letters, &mut at)?;
            if spec.precision.is_none() {
                return Err(interp.raise("ValueError", "Format specifier missing precision"));
            }
        }
        match letters.len() - at {
            0 => {}
            1 => spec.kind = Some(letters[at]),
            _ => {
                let message = format!("Invalid format specifier '{text}' for object of type '{kind}'");
                return Err(interp.raise("ValueError", message));
            }
        }
        if let Some(sep) = spec.grouping {
            let fits = match spec.kind {
                None | Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => true,
                Some('b' | 'o' | 'x' | 'X') => sep == '_',
                Some(_) => false,
            };
            if !fits {
                let letter = shown(spec.kind.unwrap_or(' '));
                return Err(interp.raise("ValueError", format!("Cannot specify '{sep}' with '{letter}'.")));
            }
        }
        Ok(spec)
    }
}

/// A run of digits, if there is one here.
fn number(interp: &mut Interp, letters: &[char], at: &mut usize) -> PyResult<Option<usize>> {
    let start = *at;
    let mut value: u64 = 0;
    while let Some(digit) = letters.get(*at).and_then(|letter| letter.to_digit(10)) {
        value = value.saturating_mul(10).saturating_add(u64::from(digit));
        *at += 1;
    }
    if *at == start {
        return Ok(None);
    }
    if value > i64::MAX as u64 {
        return Err(interp.raise("ValueError", "Too many decimal digits in format string"));
    }
    let value = usize::try_from(value).unwrap_or(usize::MAX);
    if value > WIDEST {
        return Err(crate::python::error::Stop::limit(format!("a field of {value} characters")));
    }
    interp.charge_bytes(value)?;
    Ok(Some(value))
}

fn shown(letter: char) -> String {
    if letter > ' ' && letter < '\u{7f}' { letter.to_string() } else { format!("\\x{:x}", u32::from(letter)) }
}

fn unknown_code<T>(interp: &mut Interp, letter: char, kind: &str) -> PyResult<T> {
    let letter = shown(letter);
    Err(interp.raise("ValueError", format!("Unknown format code '{letter}' for object of type '{kind}'")))
}

/// Pads text that is not a number.
pub(crate) fn pad_text(text: &str, spec: &Spec, default: char) -> String {
    let missing = spec.width.saturating_sub(text.chars().count());
    let fill = spec.fill.unwrap_or(' ');
    let (left, right) = match spec.align.unwrap_or(default) {
        '>' | '=' => (missing, 0),
        '^' => (missing / 2, missing - missing / 2),
        _ => (0, missing),
    };
    let mut out = String::with_capacity(text.len() + missing * fill.len_utf8());
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, right));
    out
}

/// Groups the digits of a number and pads it: `lead` is sign and prefix, `digits` the integer part, `rest` what follows.
pub(crate) fn pad_number(lead: &str, digits: &str, rest: &str, spec: &Spec) -> String {
    let size = match spec.kind {
        Some('b' | 'o' | 'x' | 'X') => 4,
        _ => 3,
    };
    let zero_filled = spec.fill == Some('0') && spec.align == Some('=');
    let digits = match spec.grouping {
        Some(separator) if !digits.is_empty() => {
            let least = if zero_filled {
                spec.width.saturating_sub(lead.chars().count() + rest.chars().count())
            } else {
                0
            };
            group(digits, separator, size, least)
        }
        _ => digits.to_owned(),
    };
    if spec.align == Some('=') {
        let length = lead.chars().count() + digits.chars().count() + rest.chars().count();
        let fill = spec.fill.unwrap_or(' ');
        let padding: String = std::iter::repeat_n(fill, spec.width.saturating_sub(length)).collect();
        return format!("{lead}{padding}{digits}{rest}");
    }
    pad_text(&format!("{lead}{digits}{rest}"), spec, '>')
}

fn group(digits: &str, separator: char, size: usize, least: usize) -> String {
    let mut count = digits.len();
    while count + (count - 1) / size < least {
        count += 1;
    }
    let padded = format!("{digits:0>count$}");
    let mut out = String::with_capacity(count + count / size);
    for (index, digit) in padded.chars().enumerate() {
        if index > 0 && (count - index).is_multiple_of(size) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

pub(super) fn format_str(interp: &mut Interp, text: &str, spec: &str) -> PyResult<String> {
    let spec = Spec::parse(interp, spec, "str", '<')?;
    let refused = match &spec {
        Spec { kind: Some(letter), .. } if *letter != 's' => return unknown_code(interp, *letter, "str"),
        Spec { sign: Some(' '), .. } => "Space not allowed in string format specifier",
        Spec { sign: Some(_), .. } => "Sign not allowed in string format specifier",
        Spec { coerce_zero: true, .. } => "Negative zero coercion (z) not allowed in string format specifier",
        Spec { alternate: true, .. } => "Alternate form (#) not allowed in string format specifier",
        Spec { grouping: Some(_), .. } => "Cannot specify ',' with 's'.",
        Spec { align: Some('='), .. } => "'=' alignment not allowed in string format specifier",
        _ => "",
    };
    if !refused.is_empty() {
        return Err(interp.raise("ValueError", refused));
    }
    let cut: String;
    let text = match spec.precision {
        Some(precision) => {
            cut = text.chars().take(precision).collect();
            &cut
        }
        None => text,
    };
    Ok(pad_text(text, &spec, '<'))
}

/// The sign that a number shows.
pub(crate) fn sign_text(negative: bool, sign: Option<char>) -> &'static str {
    match sign {
        _ if negative => "-",
        Some('+') => "+",
        Some(' ') => " ",
        _ => "",
    }
}

pub(super) fn format_int(interp: &mut Interp, int: &Int, text: &str) -> PyResult<String> {
    let spec = Spec::parse(interp, text, "int", '>')?;
    let (radix, prefix) = match spec.kind {
        None | Some('d' | 'n' | 'c') => (10, ""),
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            let number = int.to_f64();
            if number.is_infinite() {
                return Err(interp.raise("OverflowError", "int too large to convert to float"));
            }
            return float_with(interp, number, &spec, "int");
        }
        Some(letter) => return unknown_code(interp, letter, "int"),
    };
    if spec.precision.is_some() {
        return Err(interp.raise("ValueError", "Precision not allowed in integer format specifier"));
    }
    if spec.coerce_zero {
        let message = "Negative zero coercion (z) not allowed in integer format specifier";
        return Err(interp.raise("ValueError", message));
    }
    if spec.kind == Some('c') {
        if spec.sign.is_some() {
            return Err(interp.raise("ValueError", "Sign not allowed with integer format specifier 'c'"));
        }
        if spec.alternate {
            let message = "Alternate form (#) not allowed with integer format specifier 'c'";
            return Err(interp.raise("ValueError", message));
        }
        let code = int.small().filter(|code| (0..0x11_0000).contains(code));
        let Some(code) = code else {
            return Err(interp.raise("OverflowError", "%c arg not in range(0x110000)"));
        };
        let letter = u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
        return Ok(pad_text(&letter.to_string(), &spec, '>'));
    }
    if let Int::Big(big) = int {
        interp.charge_bytes(big.bits() as usize)?;
    }
    let big = int.to_big();
    let negative = big.is_negative();
    let mut digits = big.abs().to_str_radix(radix);
    if spec.kind == Some('X') {
        digits.make_ascii_uppercase();
    }
    let lead = format!("{}{}", sign_text(negative, spec.sign), if spec.alternate { prefix } else { "" });
    Ok(pad_number(&lead, &digits, "", &spec))
}

pub(super) fn format_float(interp: &mut Interp, number: f64, text: &str) -> PyResult<String> {
    let spec = Spec::parse(interp, text, "float", '>')?;
    float_with(interp, number, &spec, "float")
}

fn float_with(interp: &mut Interp, number: f64, spec: &Spec, kind: &str) -> PyResult<String> {
    let Some(mut body) = float_body(number.abs(), spec.kind, spec.precision, spec.alternate) else {
        return unknown_code(interp, spec.kind.unwrap_or(' '), kind);
    };
    if spec.kind == Some('%') {
        body.push('%');
    }
    let mut negative = number.is_sign_negative() && !number.is_nan();
    if spec.coerce_zero && negative && !body.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        negative = false;
    }
    let split = body.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(body.len());
    let (digits, rest) = body.split_at(split);
    Ok(pad_number(sign_text(negative, spec.sign), digits, rest, spec))
}

/// The digits of a number that is not negative; `None` for an unknown type letter.
pub(super) fn float_body(
    number: f64,
    kind: Option<char>,
    precision: Option<usize>,
    alternate: bool,
) -> Option<String> {
    let case = if matches!(kind, Some('E' | 'F' | 'G')) { Case::Upper } else { Case::Lower };
    let six = precision.unwrap_or(6);
    Some(match kind {
        Some('e' | 'E') => float::format_exponent(six, number, case, alternate),
        Some('f' | 'F') => float::format_fixed(six, number, case, alternate),
        Some('%') => float::format_fixed(six, number * 100.0, case, alternate),
        Some('g' | 'G' | 'n') => float::format_general(six.max(1), number, case, alternate, false),
        None => match precision {
            None => super::repr_float(number),
            Some(precision) => {
                let mut text = float::format_general(precision.max(1), number, case, alternate, true);
                if number.is_finite() && !text.contains(['.', 'e']) {
                    text.push_str(".0");
                }
                text
            }
        },
        Some(_) => return None,
    })
}
