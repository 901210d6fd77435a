//! The `json` module: reading is `serde_json`'s, writing follows Python's layout.

mod fault;

use super::add;
use crate::python::args::Signature;
use crate::python::builtins::plain;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::value::Value;
use num_bigint::BigInt;
use std::rc::Rc;

const DEEPEST: usize = 200;

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("json", |interp| {
        let module = Module::new("json");
        let parent = interp.builtin_class("ValueError");
        let error = interp.native_class("json.decoder", "JSONDecodeError", vec![parent])?;
        module.dict.set("JSONDecodeError", Value::Class(error));
        add(&module, "dumps", |interp, args| {
            let parameters = "obj, *, skipkeys=, ensure_ascii=, check_circular=, allow_nan=, cls=, indent=, separators=, default=, sort_keys=";
            let mut bound = Signature::new("dumps", parameters).bind(interp, args)?;
            if bound.take(5).is_some_and(|class| !class.is_none()) {
                return Err(Stop::unsupported("json.dumps() with an encoder class"));
            }
            let ascii = match bound.take(2) {
                Some(ascii) => interp.truth(&ascii)?,
                None => true,
            };
            let indent = match bound.take(6).filter(|indent| !indent.is_none()) {
                Some(Value::Str(text)) => Some(text.to_string()),
                Some(number) => {
                    let width = usize::try_from(interp.index(&number)?).unwrap_or(0);
                    Some(" ".repeat(width.min(1000)))
                }
                None => None,
            };
            let separators = match bound.take(7).filter(|pair| !pair.is_none()) {
                Some(pair) => {
                    let pair = interp.iterate(&pair)?;
                    let mut texts = Vec::new();
                    for part in &pair {
                        texts.push(interp.str(part)?);
                    }
                    let mut texts = texts.into_iter();
                    (texts.next().unwrap_or_default(), texts.next().unwrap_or_default())
                }
                None => ((if indent.is_some() { "," } else { ", " }).to_owned(), ": ".to_owned()),
            };
            let default = bound.take(8).filter(|default| !default.is_none());
            let sort = match bound.take(9) {
                Some(sort) => interp.truth(&sort)?,
                None => false,
            };
            let mut writer = Writer { ascii, indent, separators, default, sort, out: String::new() };
            writer.value(interp, &bound.take(0).unwrap_or(Value::None), 0)?;
            Ok(Value::from(writer.out))
        });
        add(&module, "loads", |interp, args| {
            let [text] = args.exactly(interp, "loads")?;
            let text: Rc<str> = match plain(&text) {
                Value::Str(text) => text,
                Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into(),
                other => {
                    let kind = interp.type_name(&other);
                    let message = format!("the JSON object must be str, bytes or bytearray, not {kind}");
                    return Err(interp.raise("TypeError", message));
                }
            };
            interp.charge_bytes(text.len().saturating_mul(8))?;
            match serde_json::from_str::<serde_json::Value>(&text) {
                Ok(value) => read(interp, value),
                Err(error) => Err(bad_text(interp, &text, &error)),
            }
        });
        Ok(Rc::new(module))
    });
}

/// The exception for text that is no JSON.
fn bad_text(interp: &mut Interp, text: &str, error: &serde_json::Error) -> Stop {
    let Some((words, at)) = fault::of(text) else {
        return Stop::unsupported(format!("JSON that Python reads and others do not ({error})"));
    };
    let before: Vec<char> = text.chars().take(at).collect();
    let line = before.iter().filter(|letter| **letter == '\n').count() + 1;
    let column = before.iter().rev().take_while(|letter| **letter != '\n').count() + 1;
    let message = format!("{words}: line {line} column {column} (char {at})");
    let class = match interp.import("json").map(|module| module.dict.get("JSONDecodeError")) {
        Ok(Some(Value::Class(class))) => class,
        Ok(_) => return interp.raise("ValueError", message),
        Err(stop) => return stop,
    };
    let stop = interp.raise_class(&class, vec![Value::from(message)]);
    if let Stop::Raise(exception) = &stop {
        let told = [
            ("msg", Value::from(words)),
            ("doc", Value::from(text)),
            ("pos", Value::size(at)),
            ("lineno", Value::size(line)),
            ("colno", Value::size(column)),
        ];
        for (name, value) in told {
            if let Err(stop) = interp.set_attr(exception, name, value) {
                return stop;
            }
        }
    }
    stop
}

fn read(interp: &mut Interp, value: serde_json::Value) -> PyResult<Value> {
    interp.charge(1)?;
    Ok(match value {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(truth) => Value::Bool(truth),
        serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(small), _) => Value::from(small),
            (None, Some(large)) => Value::big(BigInt::from(large)),
            (None, None) => {
                let text = number.to_string();
                if !text.contains(['.', 'e', 'E']) {
                    return Err(Stop::unsupported("a JSON integer of more than 64 bits"));
                }
                Value::Float(number.as_f64().unwrap_or(f64::NAN))
            }
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(read(interp, item)?);
            }
            Value::list(values)
        }
        serde_json::Value::Object(entries) => {
            let mut map = Map::new();
            for (key, entry) in entries {
                map.set_str(&key, read(interp, entry)?);
            }
            Value::dict(map)
        }
    })
}

struct Writer {
    ascii: bool,
    indent: Option<String>,
    separators: (String, String),
    default: Option<Value>,
    sort: bool,
    out: String,
}

impl Writer {
    fn line(&mut self, depth: usize) {
        if let Some(indent) = &self.indent {
            self.out.push('\n');
            self.out.push_str(&indent.repeat(depth));
        }
    }

    fn text(&mut self, text: &str) {
        let quoted = serde_json::Value::from(text).to_string();
        if !self.ascii {
            self.out.push_str(&quoted);
            return;
        }
        for letter in quoted.chars() {
            if letter.is_ascii() {
                self.out.push(letter);
            } else {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    self.out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }

    fn key(interp: &mut Interp, key: &Value) -> PyResult<String> {
        Ok(match plain(key) {
            Value::Str(text) => text.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::None => "null".to_owned(),
            number @ (Value::Int(_) | Value::Float(_)) => interp.repr(&number)?,
            _ => {
                let kind = interp.type_name(key);
                let message = format!("keys must be str, int, float, bool or None, not {kind}");
                return Err(interp.raise("TypeError", message));
            }
        })
    }

    fn value(&mut self, interp: &mut Interp, value: &Value, depth: usize) -> PyResult<()> {
        if depth > DEEPEST {
            return Err(Stop::limit("values nested more than 200 deep in json.dumps()"));
        }
        interp.charge_bytes(32)?;
        match plain(value) {
            Value::None => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if truth { "true" } else { "false" }),
            Value::Str(text) => {
                interp.charge_bytes(text.len())?;
                self.text(&text);
            }
            number @ Value::Int(_) => {
                let text = interp.repr(&number)?;
                self.out.push_str(&text);
            }
            Value::Float(number) => {
                let text = match number {
                    number if number.is_nan() => "NaN".to_owned(),
                    f64::INFINITY => "Infinity".to_owned(),
                    f64::NEG_INFINITY => "-Infinity".to_owned(),
                    number => crate::python::format::repr_float(number),
                };
                self.out.push_str(&text);
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.array(interp, &items, depth)?;
            }
            Value::Tuple(tuple) => self.array(interp, &tuple, depth)?,
            Value::Dict(dict) => {
                let items = dict.map.borrow().items();
                self.object(interp, items, depth)?;
            }
            _ => match self.default.clone() {
                Some(default) => {
                    let made = interp.call(&default, crate::python::Args::of(vec![value.clone()]))?;
                    self.value(interp, &made, depth + 1)?;
                }
                None => {
                    let kind = interp.class_of(value).name();
                    let message = format!("Object of type {kind} is not JSON serializable");
                    return Err(interp.raise("TypeError", message));
                }
            },
        }
        Ok(())
    }

    fn array(&mut self, interp: &mut Interp, items: &[Value], depth: usize) -> PyResult<()> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push_str(&self.separators.0.clone());
            }
            self.line(depth + 1);
            self.value(interp, item, depth + 1)?;
        }
        self.line(depth);
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, interp: &mut Interp, items: Vec<(Value, Value)>, depth: usize) -> PyResult<()> {
        if items.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        let mut entries = Vec::with_capacity(items.len());
        for (key, entry) in items {
            entries.push((Writer::key(interp, &key)?, entry));
        }
        if self.sort {
            entries.sort_by(|left, right| left.0.cmp(&right.0));
        }
        self.out.push('{');
        for (index, (key, entry)) in entries.iter().enumerate() {
            if index > 0 {
                self.out.push_str(&self.separators.0.clone());
            }
            self.line(depth + 1);
            self.text(key);
            self.out.push_str(&self.separators.1.clone());
            self.value(interp, entry, depth + 1)?;
        }
        self.line(depth);
        self.out.push('}');
        Ok(())
    }
}
