//! The `re` module on the `fancy-regex` crate, which looks around and refers back as Python does; whatever else the
//! `regex` crate does not match is unsupported.
//!
//! How far a match goes back is bounded.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use fancy_regex::{Captures, Regex, RegexBuilder};
use std::any::Any;
use std::rc::Rc;

const FLAGS: [(&str, &str, i64); 10] = [
    ("I", "IGNORECASE", 2),
    ("L", "LOCALE", 4),
    ("M", "MULTILINE", 8),
    ("S", "DOTALL", 16),
    ("U", "UNICODE", 32),
    ("X", "VERBOSE", 64),
    ("A", "ASCII", 256),
    ("T", "TEMPLATE", 1),
    ("NOFLAG", "NOFLAG", 0),
    ("DEBUG", "DEBUG", 128),
];

/// A compiled pattern.
#[derive(Clone)]
struct Pattern {
    text: Rc<str>,
    regex: Rc<Regex>,
    /// The same, to match a whole text.
    whole: Rc<Regex>,
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("re", |interp| {
        let module = Module::new("re");
        for (short, long, number) in FLAGS {
            module.dict.set(short, Value::from(number));
            module.dict.set(long, Value::from(number));
        }
        let parent = interp.builtin_class("Exception");
        let error = interp.native_class("re", "error", vec![parent])?;
        module.dict.set("error", Value::Class(error));
        add(&module, "compile", |interp, args| {
            let mut bound = Signature::new("compile", "pattern, flags=").bind(interp, args)?;
            let (pattern, flags) = (bound.take(0).unwrap_or(Value::None), bound.take(1));
            compile(interp, &pattern, flags).map(Value::object)
        });
        add(&module, "escape", |interp, args| {
            let [text] = args.exactly(interp, "escape")?;
            let text = string(interp, &text)?;
            let special = "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}";
            let escaped = text
                .chars()
                .flat_map(|letter| special.contains(letter).then_some('\\').into_iter().chain([letter]));
            Ok(Value::from(escaped.collect::<String>()))
        });
        for name in ["match", "search", "fullmatch", "findall", "finditer", "split", "sub", "subn"] {
            let call = move |interp: &mut Interp, mut args: Args| {
                if args.positional.is_empty() {
                    return Err(interp.raise(
                        "TypeError",
                        format!("{name}() missing 1 required positional argument: 'pattern'"),
                    ));
                }
                let pattern = args.positional.remove(0);
                let flags = args.take_keyword("flags").or_else(|| {
                    let place = match name {
                        "split" => 2,
                        "sub" | "subn" => 3,
                        _ => 1,
                    };
                    (args.positional.len() > place).then(|| args.positional.remove(place))
                });
                let pattern = compile(interp, &pattern, flags)?;
                run(interp, &pattern, name, args)
            };
            module.dict.set(name, Value::native(name, call));
        }
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

fn compile(interp: &mut Interp, pattern: &Value, flags: Option<Value>) -> PyResult<Pattern> {
    if let Some(pattern) = pattern.downcast::<Pattern>() {
        return Ok(pattern.clone());
    }
    let text = string(interp, pattern)?;
    let flags = match flags {
        Some(flags) => interp.index(&flags)?,
        None => 0,
    };
    interp.charge_bytes(text.len() * 256)?;
    let build = |source: &str| {
        RegexBuilder::new(source)
            .case_insensitive(flags & 2 != 0)
            .multi_line(flags & 8 != 0)
            .dot_matches_new_line(flags & 16 != 0)
            .ignore_whitespace(flags & 64 != 0)
            .unicode_mode(flags & 256 == 0)
            .delegate_size_limit(1 << 20)
            .delegate_dfa_size_limit(1 << 20)
            .max_prog_size(1 << 20)
            .backtrack_limit(BACK)
            .build()
    };
    let source = text.replace("\\Z", "\\z");
    let plain = regex::RegexBuilder::new(&source)
        .ignore_whitespace(flags & 64 != 0)
        .size_limit(1 << 20)
        .nest_limit(100)
        .build();
    if plain.is_err() && !LOOKS.iter().any(|mark| source.contains(mark)) {
        return Err(unsupported(&text));
    }
    match (build(&source), build(&format!(r"\A(?:{source})\z"))) {
        (Ok(regex), Ok(whole)) => Ok(Pattern { text, regex: Rc::new(regex), whole: Rc::new(whole) }),
        _ => Err(unsupported(&text)),
    }
}

/// What Python's expressions share with the richer crate only.
const LOOKS: [&str; 14] =
    ["(?=", "(?!", "(?<=", "(?<!", "(?P=", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"];

/// Steps back that one match may take.
const BACK: usize = 100_000;

fn unsupported(pattern: &str) -> Stop {
    Stop::unsupported(format!("the regular expression {}", crate::python::format::repr_str(pattern)))
}

/// The first match, if there is one.
fn first<'t>(
    interp: &mut Interp,
    pattern: &Pattern,
    regex: &Regex,
    text: &'t str,
) -> PyResult<Option<Captures<'t, str>>> {
    interp.charge_bytes(text.len().saturating_mul(4))?;
    regex.captures(text).map_err(|_| Stop::unsupported(too_far(pattern)))
}

/// Every match, up to so many.
fn all<'t>(
    interp: &mut Interp,
    pattern: &Pattern,
    text: &'t str,
    most: usize,
) -> PyResult<Vec<Captures<'t, str>>> {
    let mut all = Vec::new();
    for found in pattern.regex.captures_iter(text).take(most) {
        interp.charge_bytes(256)?;
        all.push(found.map_err(|_| Stop::unsupported(too_far(pattern)))?);
    }
    Ok(all)
}

fn too_far(pattern: &Pattern) -> String {
    let shown = crate::python::format::repr_str(&pattern.text);
    format!("the regular expression {shown}, which goes back more than {BACK} steps")
}

/// A method of a pattern, or the module's function of that name behind its pattern.
fn run(interp: &mut Interp, pattern: &Pattern, name: &str, args: Args) -> PyResult<Value> {
    match name {
        "sub" | "subn" => return substitute(interp, pattern, name == "subn", args),
        "split" => {
            let mut bound = Signature::new("split", "string, maxsplit=").bind(interp, args)?;
            let text = string(interp, &bound.take(0).unwrap_or(Value::None))?;
            let most = match bound.take(1) {
                Some(most) => usize::try_from(interp.index(&most)?).unwrap_or(0),
                None => 0,
            };
            return split(interp, pattern, &text, if most == 0 { usize::MAX } else { most });
        }
        _ => {}
    }
    let [text] = args.exactly(interp, name)?;
    let text = string(interp, &text)?;
    interp.charge_bytes(text.len().saturating_mul(4))?;
    match name {
        "match" | "search" | "fullmatch" => {
            let regex = if name == "fullmatch" { &pattern.whole } else { &pattern.regex };
            let found = first(interp, pattern, regex, &text)?;
            let found =
                found.filter(|found| name != "match" || found.get(0).is_some_and(|whole| whole.start() == 0));
            Ok(found.map_or(Value::None, |found| Value::object(Match::new(pattern, &text, &found))))
        }
        "findall" => {
            let mut values = Vec::new();
            for found in all(interp, pattern, &text, usize::MAX)? {
                let group = |index: usize| Value::from(found.get(index).map_or("", |group| group.as_str()));
                values.push(match found.len() {
                    1 => group(0),
                    2 => group(1),
                    count => Value::tuple((1..count).map(group).collect()),
                });
            }
            Ok(Value::list(values))
        }
        _ => {
            let found = all(interp, pattern, &text, usize::MAX)?;
            let matches = found.iter().map(|found| Value::object(Match::new(pattern, &text, found)));
            Ok(Iter::from_values("callable_iterator", matches.collect()))
        }
    }
}

fn split(interp: &mut Interp, pattern: &Pattern, text: &str, most: usize) -> PyResult<Value> {
    interp.charge_bytes(text.len().saturating_mul(4))?;
    let mut parts = Vec::new();
    let mut at = 0;
    for found in all(interp, pattern, text, most)? {
        let Some(whole) = found.get(0) else { continue };
        parts.push(Value::from(&text[at..whole.start()]));
        for group in found.iter().skip(1) {
            parts.push(group.map_or(Value::None, |group| Value::from(group.as_str())));
        }
        at = whole.end();
    }
    parts.push(Value::from(&text[at..]));
    Ok(Value::list(parts))
}

fn substitute(interp: &mut Interp, pattern: &Pattern, counted: bool, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("sub", "repl, string, count=").bind(interp, args)?;
    let with = bound.take(0).unwrap_or(Value::None);
    let text = string(interp, &bound.take(1).unwrap_or(Value::None))?;
    let most = match bound.take(2) {
        Some(most) => usize::try_from(interp.index(&most)?).unwrap_or(0),
        None => 0,
    };
    let most = if most == 0 { usize::MAX } else { most };
    interp.charge_bytes(text.len().saturating_mul(4))?;
    let mut out = String::new();
    let (mut at, mut count) = (0, 0);
    for found in all(interp, pattern, &text, most)? {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(&text[at..whole.start()]);
        match &with {
            Value::Str(template) => expand(interp, template, &found, &mut out)?,
            function => {
                let found = Value::object(Match::new(pattern, &text, &found));
                let made = interp.call(function, Args::of(vec![found]))?;
                out.push_str(&string(interp, &made)?);
            }
        }
        interp.charge_bytes(out.len() - at.min(out.len()))?;
        at = whole.end();
        count += 1;
    }
    out.push_str(&text[at..]);
    Ok(if counted { Value::tuple(vec![Value::from(out), Value::int(count)]) } else { Value::from(out) })
}

/// Writes a replacement: `\1`, `\g<name>` and the common escapes.
fn expand(interp: &mut Interp, template: &str, found: &Captures<'_, str>, out: &mut String) -> PyResult<()> {
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') | None => out.push('\\'),
            Some('g') if letters.peek() == Some(&'<') => {
                letters.next();
                let name: String = letters.by_ref().take_while(|letter| *letter != '>').collect();
                let group = match name.parse::<usize>() {
                    Ok(index) => found.get(index),
                    Err(_) => found.name(&name),
                };
                out.push_str(group.map_or("", |group| group.as_str()));
            }
            Some(digit) if digit.is_ascii_digit() => {
                let mut index = digit.to_digit(10).unwrap_or(0) as usize;
                if let Some(next) = letters.peek().and_then(|letter| letter.to_digit(10)) {
                    index = index * 10 + next as usize;
                    letters.next();
                }
                if index >= found.len() {
                    let _ = interp;
                    return Err(Stop::unsupported("a reference to a group that the pattern does not have"));
                }
                out.push_str(found.get(index).map_or("", |group| group.as_str()));
            }
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Ok(())
}

impl Object for Pattern {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "re.Pattern"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let pattern = self.clone();
        Ok(match name {
            "pattern" => Some(Value::Str(self.text.clone())),
            "groups" => Some(Value::size(self.regex.captures_len() - 1)),
            "match" | "search" | "fullmatch" | "findall" | "finditer" | "split" | "sub" | "subn" => {
                let name: Rc<str> = name.into();
                Some(Value::native(name.clone(), move |interp, args| run(interp, &pattern, &name, args)))
            }
            _ => None,
        })
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("re.compile({})", crate::python::format::repr_str(&self.text)))
    }
}

/// What a pattern found.
struct Match {
    text: Rc<str>,
    /// Groups as byte ranges; the first is the whole.
    groups: Vec<Option<(usize, usize)>>,
    names: Vec<(Rc<str>, usize)>,
    pattern: Pattern,
}

impl Match {
    fn new(pattern: &Pattern, text: &Rc<str>, found: &Captures<'_, str>) -> Match {
        let groups = found.iter().map(|group| group.map(|group| (group.start(), group.end()))).collect();
        let names = pattern.regex.capture_names().enumerate();
        let names = names.filter_map(|(index, name)| name.map(|name| (name.into(), index))).collect();
        Match { text: text.clone(), groups, names, pattern: pattern.clone() }
    }

    fn group(&self, index: usize) -> Value {
        match self.groups.get(index).copied().flatten() {
            Some((start, end)) => Value::from(&self.text[start..end]),
            None => Value::None,
        }
    }

    fn index(&self, interp: &mut Interp, key: &Value) -> PyResult<usize> {
        let found = match key.as_str() {
            Some(name) => self.names.iter().find(|(known, _)| known == name).map(|(_, index)| *index),
            None => usize::try_from(interp.index(key)?).ok().filter(|index| *index < self.groups.len()),
        };
        found.ok_or_else(|| interp.raise("IndexError", "no such group"))
    }

    /// A byte offset in characters.
    fn characters(&self, byte: usize) -> Value {
        Value::size(self.text[..byte].chars().count())
    }
}

impl Object for Match {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "re.Match"
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "string" => return Ok(Some(Value::Str(self.text.clone()))),
            "re" => return Ok(Some(Value::object(self.pattern.clone()))),
            "group" | "groups" | "groupdict" | "start" | "end" | "span" => {}
            _ => return Ok(None),
        }
        let (this, name) = (this.clone(), Rc::<str>::from(name));
        let body = move |interp: &mut Interp, args: Args| {
            let Some(own) = this.downcast::<Match>() else { return Ok(Value::None) };
            match &*name {
                "group" if args.positional.len() > 1 => {
                    let mut all = Vec::new();
                    for key in &args.positional {
                        all.push(own.group(own.index(interp, key)?));
                    }
                    Ok(Value::tuple(all))
                }
                "groups" => {
                    let default = args.positional.first().cloned().unwrap_or(Value::None);
                    let all = (1..own.groups.len()).map(|index| match own.group(index) {
                        Value::None => default.clone(),
                        group => group,
                    });
                    Ok(Value::tuple(all.collect()))
                }
                "groupdict" => {
                    let mut map = Map::new();
                    for (name, index) in &own.names {
                        map.set_str(name, own.group(*index));
                    }
                    Ok(Value::dict(map))
                }
                _ => {
                    let index = match args.positional.first() {
                        Some(key) => own.index(interp, key)?,
                        None => 0,
                    };
                    if &*name == "group" {
                        return Ok(own.group(index));
                    }
                    let range = own.groups.get(index).copied().flatten();
                    let (start, end) = match range {
                        Some((start, end)) => (own.characters(start), own.characters(end)),
                        None => (Value::int(-1), Value::int(-1)),
                    };
                    Ok(match &*name {
                        "start" => start,
                        "end" => end,
                        _ => Value::tuple(vec![start, end]),
                    })
                }
            }
        };
        Ok(Some(Value::native("Match", body)))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let index = self.index(interp, key)?;
        Ok(self.group(index))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let (start, end) = self.groups.first().copied().flatten().unwrap_or((0, 0));
        let (start, end) = (self.characters(start), self.characters(end));
        let span = interp.repr(&Value::tuple(vec![start, end]))?;
        let text = interp.repr(&self.group(0))?;
        Ok(format!("<re.Match object; span={span}, match={text}>"))
    }
}
