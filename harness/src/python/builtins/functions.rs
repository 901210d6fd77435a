//! Builtin functions on single values: text, characters, identity; and those that backproof does not run.

use super::convert::{int_of, plain};
use super::{function, refuse};
use crate::python::error::{PyResult, Stop};
use crate::python::format::{format_value, to_ascii};
use crate::python::interp::Interp;
use crate::python::unavailable::Unavailable;
use crate::python::value::Value;

pub(super) fn install(interp: &mut Interp) {
    function(interp, "repr", |interp, args| {
        let [value] = args.exactly(interp, "repr")?;
        interp.repr(&value).map(Value::from)
    });
    function(interp, "ascii", |interp, args| {
        let [value] = args.exactly(interp, "ascii")?;
        Ok(Value::from(to_ascii(&interp.repr(&value)?)))
    });
    function(interp, "format", |interp, args| {
        let [value, spec] = args.between(interp, "format", 1)?;
        let spec = match spec.as_ref().map(plain) {
            None => "".into(),
            Some(Value::Str(spec)) => spec,
            Some(other) => {
                let kind = interp.type_name(&other);
                let message = format!("format() argument 2 must be str, not {kind}");
                return Err(interp.raise("TypeError", message));
            }
        };
        format_value(interp, &value.unwrap_or(Value::None), &spec).map(Value::from)
    });
    function(interp, "len", |interp, args| {
        let [value] = args.exactly(interp, "len")?;
        interp.len(&value).map(Value::size)
    });
    function(interp, "hash", |interp, args| {
        let [value] = args.exactly(interp, "hash")?;
        interp.hash(&value).map(Value::from)
    });
    function(interp, "id", |interp, args| {
        let [value] = args.exactly(interp, "id")?;
        Unavailable::refuse(&value)?;
        Ok(Value::from(interp.address_number(value.identity()) as i64))
    });
    function(interp, "callable", |interp, args| {
        let [value] = args.exactly(interp, "callable")?;
        Ok(Value::Bool(interp.is_callable(&value)))
    });
    function(interp, "chr", |interp, args| {
        let [code] = args.exactly(interp, "chr")?;
        let code = int_of(interp, &code)?;
        match code.small().and_then(|code| u32::try_from(code).ok()).filter(|code| *code < 0x11_0000) {
            Some(code) => match char::from_u32(code) {
                Some(letter) => Ok(Value::from(letter.to_string())),
                None => Err(Stop::unsupported("a surrogate in a string")),
            },
            None => Err(interp.raise("ValueError", "chr() arg not in range(0x110000)")),
        }
    });
    function(interp, "ord", |interp, args| {
        let [letter] = args.exactly(interp, "ord")?;
        ord(interp, &letter)
    });
    refuse(interp, "input", "a document has no one to ask");
    refuse(interp, "open", "documents have no files");
    refuse(interp, "eval", "code made while running is not run");
    refuse(interp, "exec", "code made while running is not run");
    refuse(interp, "compile", "code made while running is not run");
    refuse(interp, "__import__", "imports are run as statements only");
    refuse(interp, "breakpoint", "there is no debugger");
    refuse(interp, "help", "documentation of objects is not kept");
    refuse(interp, "aiter", "asynchronous iteration is not run");
    refuse(interp, "anext", "asynchronous iteration is not run");
}

fn ord(interp: &mut Interp, value: &Value) -> PyResult<Value> {
    let (length, code) = match plain(value) {
        Value::Str(text) => (text.chars().count(), text.chars().next().map(u32::from)),
        Value::Bytes(bytes) => (bytes.len(), bytes.first().map(|byte| u32::from(*byte))),
        _ => {
            let kind = interp.type_name(value);
            let message = format!("ord() expected string of length 1, but {kind} found");
            return Err(interp.raise("TypeError", message));
        }
    };
    match code {
        Some(code) if length == 1 => Ok(Value::int(code)),
        _ => {
            let message = format!("ord() expected a character, but string of length {length} found");
            Err(interp.raise("TypeError", message))
        }
    }
}
