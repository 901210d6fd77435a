//! `string`, `textwrap` and `io`.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::{convert, lines_with_ends};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("string", |_| {
        let module = Module::new("string");
        let lower = "abcdefghijklmnopqrstuvwxyz";
        let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
        let space = " \t\n\r\u{b}\u{c}";
        let letters = format!("{lower}{upper}");
        for (name, text) in [
            ("ascii_lowercase", lower),
            ("ascii_uppercase", upper),
            ("ascii_letters", &letters),
            ("digits", "0123456789"),
            ("hexdigits", "0123456789abcdefABCDEF"),
            ("octdigits", "01234567"),
            ("punctuation", punctuation),
            ("whitespace", space),
            ("printable", &format!("0123456789{letters}{punctuation}{space}")),
        ] {
            module.dict.set(name, Value::from(text));
        }
        add(&module, "capwords", |interp, args| {
            let [text] = args.exactly(interp, "capwords")?;
            let text = string(interp, &text)?;
            let words = text.split(convert::is_space).filter(|word| !word.is_empty()).map(|word| {
                let mut letters = word.chars();
                let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
                first + &letters.as_str().to_lowercase()
            });
            Ok(Value::from(words.collect::<Vec<_>>().join(" ")))
        });
        Ok(Rc::new(module))
    });
    interp.register_module("textwrap", |_| {
        let module = Module::new("textwrap");
        add(&module, "dedent", |interp, args| {
            let [text] = args.exactly(interp, "dedent")?;
            let text = string(interp, &text)?;
            interp.charge_bytes(text.len())?;
            Ok(Value::from(dedent(&text)))
        });
        add(&module, "indent", |interp, args| {
            let mut bound = Signature::new("indent", "text, prefix, predicate=").bind(interp, args)?;
            let text = string(interp, &bound.take(0).unwrap_or(Value::None))?;
            let prefix = string(interp, &bound.take(1).unwrap_or(Value::None))?;
            let predicate = bound.take(2).filter(|predicate| !predicate.is_none());
            let mut out = String::new();
            for (line, end) in lines_with_ends(&text) {
                let whole = format!("{line}{end}");
                let wanted = match &predicate {
                    Some(predicate) => {
                        let answer = interp.call(predicate, Args::of(vec![Value::from(whole.as_str())]))?;
                        interp.truth(&answer)?
                    }
                    None => !line.trim_matches(convert::is_space).is_empty(),
                };
                interp.charge_bytes(whole.len() + prefix.len())?;
                if wanted {
                    out.push_str(&prefix);
                }
                out.push_str(&whole);
            }
            Ok(Value::from(out))
        });
        Ok(Rc::new(module))
    });
    interp.register_module("io", |_| {
        let module = Module::new("io");
        add(&module, "StringIO", |interp, args| {
            let mut bound = Signature::new("StringIO", "initial_value=, newline=").bind(interp, args)?;
            let text = match bound.take(0).filter(|text| !text.is_none()) {
                Some(text) => string(interp, &text)?.to_string(),
                None => String::new(),
            };
            Ok(Value::object(StringIo { text: RefCell::new(text), at: RefCell::new(0) }))
        });
        Ok(Rc::new(module))
    });
}

fn string(interp: &mut Interp, value: &Value) -> PyResult<Rc<str>> {
    match value.as_str() {
        Some(text) => Ok(text.clone()),
        None => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("expected string or bytes-like object, got '{kind}'")))
        }
    }
}

/// Takes away the white space that every line begins with.
fn dedent(text: &str) -> String {
    let is_blank = |line: &str| line.chars().all(|letter| matches!(letter, ' ' | '\t'));
    let lead = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !is_blank(line)) {
        let own = &line[..lead(line)];
        margin = Some(match margin {
            None => own,
            Some(margin) => {
                let shared =
                    margin.bytes().zip(own.bytes()).take_while(|(left, right)| left == right).count();
                &margin[..shared]
            }
        });
    }
    let margin = margin.unwrap_or("");
    let lines = text.split('\n').map(|line| if is_blank(line) { "" } else { &line[margin.len()..] });
    lines.collect::<Vec<_>>().join("\n")
}

/// `io.StringIO`: text that is written and read in memory.
struct StringIo {
    text: RefCell<String>,
    /// Where reading and writing go on, in bytes.
    at: RefCell<usize>,
}

impl StringIo {
    fn write(&self, text: &str) -> PyResult<()> {
        let mut held = self.text.borrow_mut();
        let at = *self.at.borrow();
        if at != held.len() && at != 0 {
            return Err(Stop::unsupported("writing in the middle of a StringIO"));
        }
        if at == 0 && !held.is_empty() {
            if held.len() > text.len() {
                return Err(Stop::unsupported("writing over the start of a StringIO"));
            }
            held.clear();
        }
        held.push_str(text);
        *self.at.borrow_mut() = held.len();
        Ok(())
    }

    /// Reads to the end, or to the end of the line.
    fn read(&self, line: bool) -> String {
        let held = self.text.borrow();
        let mut at = self.at.borrow_mut();
        let rest = held.get(*at..).unwrap_or_default();
        let length = if line { rest.find('\n').map_or(rest.len(), |end| end + 1) } else { rest.len() };
        *at += length;
        rest[..length].to_owned()
    }
}

impl Object for StringIo {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_io.StringIO"
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if !matches!(
            name,
            "write"
                | "getvalue"
                | "read"
                | "readline"
                | "readlines"
                | "seek"
                | "tell"
                | "close"
                | "flush"
                | "writelines"
        ) {
            return Ok(None);
        }
        let (this, name) = (this.clone(), Rc::<str>::from(name));
        let body = move |interp: &mut Interp, args: Args| {
            let Some(own) = this.downcast::<StringIo>() else { return Ok(Value::None) };
            match &*name {
                "write" => {
                    let [text] = args.exactly(interp, "_io.StringIO.write")?;
                    let Some(text) = text.as_str() else {
                        let kind = interp.type_name(&text);
                        return Err(
                            interp.raise("TypeError", format!("string argument expected, got '{kind}'"))
                        );
                    };
                    interp.charge_bytes(text.len())?;
                    own.write(text)?;
                    Ok(Value::size(text.chars().count()))
                }
                "writelines" => {
                    let [lines] = args.exactly(interp, "writelines")?;
                    for line in interp.iterate(&lines)? {
                        let line = string(interp, &line)?;
                        interp.charge_bytes(line.len())?;
                        own.write(&line)?;
                    }
                    Ok(Value::None)
                }
                "getvalue" => {
                    interp.charge_bytes(own.text.borrow().len())?;
                    Ok(Value::from(own.text.borrow().as_str()))
                }
                "read" if args.positional.is_empty() => Ok(Value::from(own.read(false))),
                "readline" if args.positional.is_empty() => Ok(Value::from(own.read(true))),
                "readlines" => {
                    let rest = own.read(false);
                    Ok(Value::list(rest.split_inclusive('\n').map(Value::from).collect()))
                }
                "tell" => Ok(Value::size(own.text.borrow()[..*own.at.borrow()].chars().count())),
                "seek" => match args.positional.first().and_then(Value::as_i64) {
                    Some(0) if args.positional.len() == 1 => {
                        *own.at.borrow_mut() = 0;
                        Ok(Value::int(0))
                    }
                    _ => Err(Stop::unsupported("this position in a StringIO")),
                },
                "close" | "flush" => Ok(Value::None),
                _ => Err(Stop::unsupported(format!("StringIO.{name}() with a size"))),
            }
        };
        Ok(Some(Value::native("StringIO", body)))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let rest = self.read(false);
        Ok(Iter::from_values("StringIO", rest.split_inclusive('\n').map(Value::from).collect()))
    }

    fn enter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(this.clone()))
    }
}
