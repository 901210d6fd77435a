//! Methods of `str` that ask what kind of characters it has.

use super::convert::is_space;
use super::methods;
use super::text::text_of;
use crate::python::args::Args;
use crate::python::error::PyResult;
use crate::python::format::repr_str;
use crate::python::interp::Interp;
use crate::python::value::Value;

pub(super) fn install(interp: &mut Interp) {
    let class = interp.builtin_class("str");
    methods(
        &class,
        text_of,
        &[
            ("isalnum", |interp, text, args| each(interp, &text, args, "str.isalnum", char::is_alphanumeric)),
            ("isalpha", |interp, text, args| each(interp, &text, args, "str.isalpha", char::is_alphabetic)),
            ("isdecimal", |interp, text, args| each(interp, &text, args, "str.isdecimal", is_decimal)),
            ("isdigit", |interp, text, args| each(interp, &text, args, "str.isdigit", is_digit)),
            ("isnumeric", |interp, text, args| each(interp, &text, args, "str.isnumeric", char::is_numeric)),
            ("isspace", |interp, text, args| each(interp, &text, args, "str.isspace", is_space)),
            ("isascii", |interp, text, args| whole(interp, &text, args, "str.isascii", str::is_ascii)),
            ("isprintable", |interp, text, args| whole(interp, &text, args, "str.isprintable", is_printable)),
            ("isidentifier", |interp, text, args| {
                whole(interp, &text, args, "str.isidentifier", is_identifier)
            }),
            ("islower", |interp, text, args| whole(interp, &text, args, "str.islower", is_lower)),
            ("isupper", |interp, text, args| whole(interp, &text, args, "str.isupper", is_upper)),
            ("istitle", |interp, text, args| whole(interp, &text, args, "str.istitle", is_title)),
        ],
    );
}

fn whole(interp: &mut Interp, text: &str, args: Args, name: &str, test: fn(&str) -> bool) -> PyResult<Value> {
    let [] = args.exactly(interp, name)?;
    interp.charge_bytes(text.len())?;
    Ok(Value::Bool(test(text)))
}

fn each(interp: &mut Interp, text: &str, args: Args, name: &str, test: fn(char) -> bool) -> PyResult<Value> {
    let [] = args.exactly(interp, name)?;
    interp.charge_bytes(text.len())?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(test)))
}

fn is_decimal(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_digit();
    }
    thread_local! {
        static DECIMAL: Option<regex::Regex> = regex::Regex::new(r"^\p{Nd}$").ok();
    }
    let mut buffer = [0; 4];
    let text = letter.encode_utf8(&mut buffer);
    DECIMAL.with(|pattern| pattern.as_ref().is_some_and(|pattern| pattern.is_match(text)))
}

fn is_digit(letter: char) -> bool {
    matches!(letter, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '①'..='⑨') || is_decimal(letter)
}

fn is_printable(text: &str) -> bool {
    text.chars().all(|letter| {
        let mut buffer = [0; 4];
        matches!(letter, '\'' | '\\')
            || repr_str(letter.encode_utf8(&mut buffer)).chars().nth(1) == Some(letter)
    })
}

/// Whether it has the form of a Python name.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
}

fn is_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase) && !text.chars().any(char::is_uppercase)
}

fn is_upper(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn is_title(text: &str) -> bool {
    let mut inside = false;
    let mut any = false;
    for letter in text.chars() {
        let cased = letter.is_uppercase() || letter.is_lowercase();
        if letter.is_uppercase() && inside || letter.is_lowercase() && !inside {
            return false;
        }
        any |= cased;
        inside = cased;
    }
    any
}
