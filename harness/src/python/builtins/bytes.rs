//! Methods of `bytes`, and the encodings between it and `str`.

use super::convert::plain;
use super::methods;
use crate::python::args::Signature;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::value::Value;
use std::rc::Rc;

type Octets = Rc<[u8]>;

fn bytes_of(value: &Value) -> Option<Octets> {
    if let Value::Bytes(bytes) = value { Some(bytes.clone()) } else { None }
}

pub(super) fn install(interp: &mut Interp) {
    let class = interp.builtin_class("bytes");
    methods(
        &class,
        bytes_of,
        &[
            ("decode", |interp, bytes, args| {
                let mut bound = Signature::new("decode", "encoding=, errors=").bind(interp, args)?;
                let encoding = bound.take(0);
                let errors = bound.take(1);
                decode_with(interp, &bytes, encoding, errors)
            }),
            ("hex", |interp, bytes, args| {
                let [] = args.exactly(interp, "bytes.hex")?;
                interp.charge_bytes(bytes.len() * 2)?;
                let mut text = String::with_capacity(bytes.len() * 2);
                for byte in bytes.iter() {
                    text.push_str(&format!("{byte:02x}"));
                }
                Ok(Value::from(text))
            }),
            ("startswith", |interp, bytes, args| {
                let [prefix] = args.exactly(interp, "bytes.startswith")?;
                let prefix = other(interp, &prefix)?;
                Ok(Value::Bool(bytes.starts_with(&prefix)))
            }),
            ("endswith", |interp, bytes, args| {
                let [suffix] = args.exactly(interp, "bytes.endswith")?;
                let suffix = other(interp, &suffix)?;
                Ok(Value::Bool(bytes.ends_with(&suffix)))
            }),
            ("find", |interp, bytes, args| {
                let [needle] = args.exactly(interp, "bytes.find")?;
                let needle = other(interp, &needle)?;
                interp.charge_bytes(bytes.len().saturating_mul(needle.len().max(1)))?;
                let at = position(&bytes, &needle);
                Ok(at.map_or(Value::int(-1), Value::size))
            }),
            ("join", |interp, bytes, args| {
                let [items] = args.exactly(interp, "bytes.join")?;
                let mut out = Vec::new();
                for (index, item) in interp.iterate(&items)?.iter().enumerate() {
                    let Value::Bytes(part) = plain(item) else {
                        let kind = interp.type_name(item);
                        let message =
                            format!("sequence item {index}: expected a bytes-like object, {kind} found");
                        return Err(interp.raise("TypeError", message));
                    };
                    interp.charge_bytes(part.len() + bytes.len())?;
                    if index > 0 {
                        out.extend_from_slice(&bytes);
                    }
                    out.extend_from_slice(&part);
                }
                Ok(Value::Bytes(out.into()))
            }),
            ("upper", |_, bytes, _| Ok(Value::Bytes(bytes.to_ascii_uppercase().into()))),
            ("lower", |_, bytes, _| Ok(Value::Bytes(bytes.to_ascii_lowercase().into()))),
            ("strip", |_, bytes, _| Ok(Value::Bytes(bytes.trim_ascii().into()))),
        ],
    );
    let from_hex = Value::native("fromhex", |interp, args| {
        let Some(text) = args.positional.last().and_then(|value| value.as_str().cloned()) else {
            return Err(interp.raise("TypeError", "fromhex() argument must be str"));
        };
        let digits: Vec<char> = text.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
        let mut out = Vec::with_capacity(digits.len() / 2);
        for (index, pair) in digits.chunks(2).enumerate() {
            let value = pair.iter().try_fold(0, |sum, digit| Some(sum * 16 + digit.to_digit(16)?));
            match value {
                Some(value) if pair.len() == 2 => out.push(value as u8),
                _ => {
                    let at = index * 2 + pair.iter().take_while(|digit| digit.is_ascii_hexdigit()).count();
                    let message = format!("non-hexadecimal number found in fromhex() arg at position {at}");
                    return Err(interp.raise("ValueError", message));
                }
            }
        }
        Ok(Value::Bytes(out.into()))
    });
    class.dict.set("fromhex", Value::StaticMethod(Rc::new(from_hex)));
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn other(interp: &mut Interp, value: &Value) -> PyResult<Octets> {
    match plain(value) {
        Value::Bytes(bytes) => Ok(bytes),
        _ => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("a bytes-like object is required, not '{kind}'")))
        }
    }
}

/// A codec that documents name.
enum Codec {
    Utf8,
    Ascii,
    Latin1,
}

fn codec(interp: &mut Interp, name: &str) -> PyResult<Codec> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "u8" => Ok(Codec::Utf8),
        "ascii" | "us-ascii" | "646" => Ok(Codec::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Ok(Codec::Latin1),
        "utf-16" | "utf-32" | "utf-8-sig" | "cp1252" | "utf-16-le" | "utf-16-be" => {
            Err(Stop::unsupported(format!("the encoding {name}")))
        }
        _ => Err(interp.raise("LookupError", format!("unknown encoding: {name}"))),
    }
}

/// `str.encode`.
pub(super) fn encode(interp: &mut Interp, text: &str, encoding: &str, errors: &str) -> PyResult<Value> {
    interp.charge_bytes(text.len())?;
    let (most, name) = match codec(interp, encoding)? {
        Codec::Utf8 => return Ok(Value::Bytes(text.as_bytes().into())),
        Codec::Ascii => (0x7f, "ascii"),
        Codec::Latin1 => (0xff, "latin-1"),
    };
    let mut out = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let code = u32::from(letter);
        match errors {
            _ if code <= most => out.push(code as u8),
            "ignore" => {}
            "replace" => out.push(b'?'),
            "strict" => return Err(Stop::unsupported(format!("the UnicodeEncodeError of the {name} codec"))),
            other => return Err(Stop::unsupported(format!("the error handler {other}"))),
        }
    }
    Ok(Value::Bytes(out.into()))
}

/// `bytes.decode` and `str(bytes, encoding, errors)`.
pub(super) fn decode_with(
    interp: &mut Interp,
    bytes: &[u8],
    encoding: Option<Value>,
    errors: Option<Value>,
) -> PyResult<Value> {
    let name = encoding.and_then(|value| value.as_str().cloned()).unwrap_or_else(|| "utf-8".into());
    let errors = errors.and_then(|value| value.as_str().cloned()).unwrap_or_else(|| "strict".into());
    interp.charge_bytes(bytes.len())?;
    let text = match codec(interp, &name)? {
        Codec::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Codec::Ascii if !bytes.is_ascii() => None,
        Codec::Ascii | Codec::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
    };
    match (text, &*errors) {
        (Some(text), _) => Ok(Value::from(text)),
        (None, "replace") => Ok(Value::from(String::from_utf8_lossy(bytes).into_owned())),
        (None, _) => Err(Stop::unsupported(format!("the UnicodeDecodeError of the {name} codec"))),
    }
}
