//! Methods of `str` that search, cut, join and rewrite.
//!
//! Positions are in characters, as Python counts them; text is held in UTF-8.

use super::convert::{is_space, plain};
use super::methods;
use crate::python::args::{Args, Signature};
use crate::python::error::PyResult;
use crate::python::format::{Fields, format_template};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::value::Value;
use std::rc::Rc;

type Text = Rc<str>;

pub(super) fn text_of(value: &Value) -> Option<Text> {
    value.as_str().cloned()
}

pub(super) fn install(interp: &mut Interp) {
    let class = interp.builtin_class("str");
    methods(
        &class,
        text_of,
        &[
            ("capitalize", |interp, text, args| rewrite(interp, &text, args, "str.capitalize", capitalize)),
            ("casefold", |interp, text, args| rewrite(interp, &text, args, "str.casefold", casefold)),
            ("lower", |interp, text, args| rewrite(interp, &text, args, "str.lower", str::to_lowercase)),
            ("upper", |interp, text, args| rewrite(interp, &text, args, "str.upper", str::to_uppercase)),
            ("swapcase", |interp, text, args| rewrite(interp, &text, args, "str.swapcase", swapcase)),
            ("title", |interp, text, args| rewrite(interp, &text, args, "str.title", title)),
            ("center", |interp, text, args| justify(interp, &text, args, "center")),
            ("ljust", |interp, text, args| justify(interp, &text, args, "ljust")),
            ("rjust", |interp, text, args| justify(interp, &text, args, "rjust")),
            ("zfill", zfill),
            ("count", count),
            ("find", |interp, text, args| find(interp, &text, args, "find")),
            ("rfind", |interp, text, args| find(interp, &text, args, "rfind")),
            ("index", |interp, text, args| find(interp, &text, args, "index")),
            ("rindex", |interp, text, args| find(interp, &text, args, "rindex")),
            ("startswith", |interp, text, args| affix(interp, &text, args, "startswith")),
            ("endswith", |interp, text, args| affix(interp, &text, args, "endswith")),
            ("removeprefix", |interp, text, args| remove_affix(interp, &text, args, "removeprefix")),
            ("removesuffix", |interp, text, args| remove_affix(interp, &text, args, "removesuffix")),
            ("strip", |interp, text, args| strip(interp, &text, args, "strip")),
            ("lstrip", |interp, text, args| strip(interp, &text, args, "lstrip")),
            ("rstrip", |interp, text, args| strip(interp, &text, args, "rstrip")),
            ("split", |interp, text, args| split(interp, &text, args, "split")),
            ("rsplit", |interp, text, args| split(interp, &text, args, "rsplit")),
            ("splitlines", splitlines),
            ("partition", |interp, text, args| partition(interp, &text, args, "partition")),
            ("rpartition", |interp, text, args| partition(interp, &text, args, "rpartition")),
            ("replace", replace),
            ("join", join),
            ("expandtabs", expandtabs),
            ("encode", encode),
            ("format", |interp, text, args| {
                let fields = Fields::Arguments { positional: &args.positional, keywords: &args.keywords };
                format_template(interp, &text, &fields).map(Value::from)
            }),
            ("format_map", |interp, text, args| {
                let [mapping] = args.exactly(interp, "str.format_map")?;
                format_template(interp, &text, &Fields::Mapping(&mapping)).map(Value::from)
            }),
            ("translate", translate),
        ],
    );
    class.dict.set("maketrans", Value::StaticMethod(Rc::new(Value::native("maketrans", maketrans))));
}

fn rewrite(
    interp: &mut Interp,
    text: &str,
    args: Args,
    name: &str,
    how: impl Fn(&str) -> String,
) -> PyResult<Value> {
    let [] = args.exactly(interp, name)?;
    interp.charge_bytes(text.len())?;
    Ok(Value::from(how(text)))
}

fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase(),
        None => String::new(),
    }
}

fn casefold(text: &str) -> String {
    text.to_lowercase().replace('ß', "ss").replace('ς', "σ")
}

fn swapcase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_uppercase() {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(letter.to_uppercase());
        }
    }
    out
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for letter in text.chars() {
        if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(letter.to_uppercase());
        }
        inside = letter.is_alphabetic();
    }
    out
}

fn wrong_argument<T>(interp: &mut Interp, name: &str, value: &Value) -> PyResult<T> {
    let kind = interp.type_name(value);
    Err(interp.raise("TypeError", format!("{name}() argument must be str, not {kind}")))
}

/// A string argument, where CPython says `must be str, not …`.
fn text_argument(interp: &mut Interp, value: &Value) -> PyResult<Text> {
    match plain(value) {
        Value::Str(text) => Ok(text),
        _ => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("must be str, not {kind}")))
        }
    }
}

fn justify(interp: &mut Interp, text: &str, args: Args, name: &str) -> PyResult<Value> {
    let [width, fill] = args.between(interp, name, 1)?;
    let width = interp.index(&width.unwrap_or(Value::None))?;
    let fill = match fill {
        None => ' ',
        Some(fill) => {
            let given = match plain(&fill) {
                Value::Str(fill) => fill,
                other => {
                    let kind = interp.type_name(&other);
                    let message = format!("The fill character must be a unicode character, not {kind}");
                    return Err(interp.raise("TypeError", message));
                }
            };
            let mut letters = given.chars();
            match (letters.next(), letters.next()) {
                (Some(fill), None) => fill,
                _ => {
                    let message = "The fill character must be exactly one character long";
                    return Err(interp.raise("TypeError", message));
                }
            }
        }
    };
    let length = text.chars().count();
    let width = usize::try_from(width).unwrap_or(0);
    let missing = width.saturating_sub(length);
    interp.charge_bytes(missing.saturating_mul(4))?;
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2 + (missing & width & 1),
    };
    let mut out = String::with_capacity(text.len() + missing);
    out.extend(std::iter::repeat_n(fill, left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(fill, missing - left));
    Ok(Value::from(out))
}

fn zfill(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let [width] = args.exactly(interp, "str.zfill")?;
    let width = usize::try_from(interp.index(&width)?).unwrap_or(0);
    let missing = width.saturating_sub(text.chars().count());
    interp.charge_bytes(missing)?;
    let (sign, digits) = text.split_at(usize::from(text.starts_with(['+', '-'])));
    Ok(Value::from(format!("{sign}{}{digits}", "0".repeat(missing))))
}

/// Bounds of a slice in characters as byte offsets, and the first character's position; `None` where it is empty
/// because it starts beyond the end.
fn window(
    interp: &mut Interp,
    text: &str,
    start: Option<Value>,
    end: Option<Value>,
) -> PyResult<Option<(usize, usize, usize)>> {
    let length = if text.is_ascii() { text.len() } else { text.chars().count() } as i64;
    let mut bound = |value: Option<Value>, default: i64| -> PyResult<i64> {
        match value {
            None | Some(Value::None) => Ok(default),
            Some(value) => {
                let at = interp.index(&value)?;
                Ok(if at < 0 { (at + length).max(0) } else { at })
            }
        }
    };
    let start = bound(start, 0)?;
    let end = bound(end, length)?.min(length);
    if start > end {
        return Ok(None);
    }
    let byte = |at: i64| -> usize {
        if text.is_ascii() {
            at as usize
        } else {
            text.char_indices().nth(at as usize).map_or(text.len(), |(byte, _)| byte)
        }
    };
    Ok(Some((byte(start), byte(end), start as usize)))
}

fn count(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let [needle, start, end] = args.between(interp, "count", 1)?;
    let needle = text_argument(interp, &needle.unwrap_or(Value::None))?;
    interp.charge_bytes(text.len())?;
    let Some((from, to, _)) = window(interp, &text, start, end)? else {
        return Ok(Value::int(0));
    };
    let part = &text[from..to];
    Ok(Value::size(if needle.is_empty() { part.chars().count() + 1 } else { part.matches(&*needle).count() }))
}

fn find(interp: &mut Interp, text: &str, args: Args, name: &str) -> PyResult<Value> {
    let [needle, start, end] = args.between(interp, name, 1)?;
    let needle = text_argument(interp, &needle.unwrap_or(Value::None))?;
    interp.charge_bytes(text.len())?;
    let found = window(interp, text, start, end)?.and_then(|(from, to, first)| {
        let part = &text[from..to];
        let at = if name.starts_with('r') { part.rfind(&*needle) } else { part.find(&*needle) }?;
        Some(first + part[..at].chars().count())
    });
    match found {
        Some(at) => Ok(Value::size(at)),
        None if name.ends_with("index") => Err(interp.raise("ValueError", "substring not found")),
        None => Ok(Value::int(-1)),
    }
}

fn affix(interp: &mut Interp, text: &str, args: Args, name: &str) -> PyResult<Value> {
    let [wanted, start, end] = args.between(interp, name, 1)?;
    let wanted = wanted.unwrap_or(Value::None);
    let choices = match plain(&wanted) {
        Value::Str(one) => vec![one],
        Value::Tuple(items) => {
            let mut choices = Vec::new();
            for item in items.iter() {
                let Value::Str(one) = plain(item) else {
                    let kind = interp.type_name(item);
                    let message = format!("tuple for {name} must only contain str, not {kind}");
                    return Err(interp.raise("TypeError", message));
                };
                choices.push(one);
            }
            choices
        }
        _ => {
            let kind = interp.type_name(&wanted);
            let message = format!("{name} first arg must be str or a tuple of str, not {kind}");
            return Err(interp.raise("TypeError", message));
        }
    };
    let Some((from, to, _)) = window(interp, text, start, end)? else {
        return Ok(Value::Bool(false));
    };
    let part = &text[from..to];
    Ok(Value::Bool(choices.iter().any(|choice| {
        if name == "startswith" { part.starts_with(&**choice) } else { part.ends_with(&**choice) }
    })))
}

fn remove_affix(interp: &mut Interp, text: &Text, args: Args, name: &str) -> PyResult<Value> {
    let [wanted] = args.exactly(interp, &format!("str.{name}"))?;
    let Value::Str(wanted) = plain(&wanted) else { return wrong_argument(interp, name, &wanted) };
    let cut = if name == "removeprefix" { text.strip_prefix(&*wanted) } else { text.strip_suffix(&*wanted) };
    Ok(cut.map_or_else(|| Value::Str(text.clone()), Value::from))
}

fn strip(interp: &mut Interp, text: &str, args: Args, name: &str) -> PyResult<Value> {
    let [letters] = args.between(interp, name, 0)?;
    let letters = match letters {
        None | Some(Value::None) => None,
        Some(value) => match plain(&value) {
            Value::Str(letters) => Some(letters),
            _ => return Err(interp.raise("TypeError", format!("{name} arg must be None or str"))),
        },
    };
    interp.charge_bytes(text.len())?;
    let matches =
        |letter: char| letters.as_ref().map_or_else(|| is_space(letter), |set| set.contains(letter));
    let mut rest = text;
    if name != "rstrip" {
        rest = rest.trim_start_matches(matches);
    }
    if name != "lstrip" {
        rest = rest.trim_end_matches(matches);
    }
    Ok(Value::from(rest))
}

fn split(interp: &mut Interp, text: &str, args: Args, name: &str) -> PyResult<Value> {
    let signature = Signature::new(name, "sep=, maxsplit=");
    let mut bound = signature.bind(interp, args)?;
    let separator = bound.take(0).filter(|value| !value.is_none());
    let most = match bound.take(1) {
        Some(value) => usize::try_from(interp.index(&value)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    interp.charge_bytes(text.len().saturating_mul(4))?;
    let from_right = name == "rsplit";
    let parts = match separator {
        None => split_space(text, most, from_right),
        Some(separator) => {
            let separator = text_argument(interp, &separator)?;
            if separator.is_empty() {
                return Err(interp.raise("ValueError", "empty separator"));
            }
            let limit = most.saturating_add(1);
            if from_right {
                let mut parts: Vec<&str> = text.rsplitn(limit, &*separator).collect();
                parts.reverse();
                parts
            } else {
                text.splitn(limit, &*separator).collect()
            }
        }
    };
    interp.charge_bytes(parts.len() * 32)?;
    Ok(Value::list(parts.into_iter().map(Value::from).collect()))
}

fn split_space(text: &str, most: usize, from_right: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        rest = if from_right { rest.trim_end_matches(is_space) } else { rest.trim_start_matches(is_space) };
        if rest.is_empty() {
            break;
        }
        let cut = if from_right { rest.rfind(is_space) } else { rest.find(is_space) };
        match cut {
            Some(at) if parts.len() < most => {
                let width = rest[at..].chars().next().map_or(1, char::len_utf8);
                let (left, right) = (&rest[..at], &rest[at + width..]);
                parts.push(if from_right { right } else { left });
                rest = if from_right { left } else { right };
            }
            _ => {
                parts.push(rest);
                break;
            }
        }
    }
    if from_right {
        parts.reverse();
    }
    parts
}

/// Lines with their ends, cut where `str.splitlines` cuts.
pub(crate) fn lines_with_ends(text: &str) -> Vec<(&str, &str)> {
    let is_end = |letter: char| {
        matches!(
            letter,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((at, letter)) = rest.char_indices().find(|(_, letter)| is_end(*letter)) else {
            lines.push((rest, ""));
            break;
        };
        let width = if rest[at..].starts_with("\r\n") { 2 } else { letter.len_utf8() };
        lines.push((&rest[..at], &rest[at..at + width]));
        rest = &rest[at + width..];
    }
    lines
}

fn splitlines(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("splitlines", "keepends=").bind(interp, args)?;
    let keep = match bound.take(0) {
        Some(keep) => interp.truth(&keep)?,
        None => false,
    };
    interp.charge_bytes(text.len().saturating_mul(4))?;
    let lines = lines_with_ends(&text).into_iter();
    let parts =
        lines.map(|(line, end)| if keep { Value::from(format!("{line}{end}")) } else { Value::from(line) });
    Ok(Value::list(parts.collect()))
}

fn partition(interp: &mut Interp, text: &Text, args: Args, name: &str) -> PyResult<Value> {
    let [separator] = args.exactly(interp, &format!("str.{name}"))?;
    let separator = text_argument(interp, &separator)?;
    if separator.is_empty() {
        return Err(interp.raise("ValueError", "empty separator"));
    }
    let whole = Value::Str(text.clone());
    let empty = || Value::from("");
    let (found, rest) = if name == "partition" {
        (text.split_once(&*separator), vec![whole, empty(), empty()])
    } else {
        (text.rsplit_once(&*separator), vec![empty(), empty(), whole])
    };
    Ok(Value::tuple(match found {
        Some((left, right)) => vec![Value::from(left), Value::Str(separator.clone()), Value::from(right)],
        None => rest,
    }))
}

fn replace(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let [old, new, most] = args.between(interp, "replace", 2)?;
    let mut argument = |value: Option<Value>, place: usize| -> PyResult<Text> {
        let value = value.unwrap_or(Value::None);
        match plain(&value) {
            Value::Str(text) => Ok(text),
            _ => {
                let kind = interp.type_name(&value);
                Err(interp.raise("TypeError", format!("replace() argument {place} must be str, not {kind}")))
            }
        }
    };
    let (old, new) = (argument(old, 1)?, argument(new, 2)?);
    let most = match most {
        Some(most) => usize::try_from(interp.index(&most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let hits = if old.is_empty() { text.chars().count() + 1 } else { text.matches(&*old).count() }.min(most);
    interp.charge_bytes(text.len().saturating_add(hits.saturating_mul(new.len())))?;
    Ok(Value::from(text.replacen(&*old, &new, hits)))
}

fn join(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let [items] = args.exactly(interp, "str.join")?;
    let items = match interp.iterate(&items) {
        Ok(items) => items,
        Err(stop) => {
            let iterable = !matches!(items, Value::None | Value::Int(_) | Value::Float(_) | Value::Bool(_));
            return Err(if iterable { stop } else { interp.raise("TypeError", "can only join an iterable") });
        }
    };
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        let Value::Str(part) = plain(item) else {
            let kind = interp.type_name(item);
            let message = format!("sequence item {index}: expected str instance, {kind} found");
            return Err(interp.raise("TypeError", message));
        };
        interp.charge_bytes(text.len() + part.len())?;
        if index > 0 {
            out.push_str(&text);
        }
        out.push_str(&part);
    }
    Ok(Value::from(out))
}

fn expandtabs(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("expandtabs", "tabsize=").bind(interp, args)?;
    let size = match bound.take(0) {
        Some(size) => usize::try_from(interp.index(&size)?).unwrap_or(0),
        None => 8,
    };
    let tabs = text.matches('\t').count();
    interp.charge_bytes(text.len().saturating_add(tabs.saturating_mul(size)))?;
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for letter in text.chars() {
        match letter {
            '\t' if size > 0 => {
                let width = size - column % size;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(letter);
                column = 0;
            }
            _ => {
                out.push(letter);
                column += 1;
            }
        }
    }
    Ok(Value::from(out))
}

fn encode(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("encode", "encoding=, errors=").bind(interp, args)?;
    let encoding = match bound.take(0) {
        Some(value) => text_argument(interp, &value)?,
        None => "utf-8".into(),
    };
    let errors = match bound.take(1) {
        Some(value) => text_argument(interp, &value)?,
        None => "strict".into(),
    };
    super::bytes::encode(interp, &text, &encoding, &errors)
}

fn maketrans(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [from, to, gone] = args.between(interp, "maketrans", 1)?;
    let mut map = Vec::new();
    let code = |letter: char| Value::int(u32::from(letter));
    match (from.as_ref().map(plain), to.as_ref().map(plain)) {
        (Some(Value::Dict(dict)), None) => {
            let items = dict.map.borrow().items();
            for (key, value) in items {
                let key = match plain(&key) {
                    Value::Str(text) if text.chars().count() == 1 => {
                        text.chars().next().map_or(Value::None, code)
                    }
                    Value::Str(_) => {
                        let message = "string keys in translate table must be of length 1";
                        return Err(interp.raise("ValueError", message));
                    }
                    other => other,
                };
                map.push((key, value));
            }
        }
        (Some(Value::Str(from)), Some(Value::Str(to))) => {
            if from.chars().count() != to.chars().count() {
                let message = "the first two maketrans arguments must have equal length";
                return Err(interp.raise("ValueError", message));
            }
            map.extend(from.chars().zip(to.chars()).map(|(from, to)| (code(from), code(to))));
            if let Some(Value::Str(gone)) = gone.as_ref().map(plain) {
                map.extend(gone.chars().map(|letter| (code(letter), Value::None)));
            }
        }
        _ => {
            let message = "if you give only one argument to maketrans it must be a dict";
            return Err(interp.raise("TypeError", message));
        }
    }
    let dict = Value::dict(Map::new());
    if let Value::Dict(target) = &dict {
        for (key, value) in map {
            interp.dict_set(target, key, value)?;
        }
    }
    Ok(dict)
}

fn translate(interp: &mut Interp, text: Text, args: Args) -> PyResult<Value> {
    let [table] = args.exactly(interp, "str.translate")?;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        interp.charge(1)?;
        let found = match interp.get_item(&table, &Value::int(u32::from(letter))) {
            Ok(found) => Some(found),
            Err(stop) if interp.stop_is(&stop, "LookupError") => None,
            Err(stop) => return Err(stop),
        };
        match found.as_ref().map(plain) {
            None => out.push(letter),
            Some(Value::None) => {}
            Some(Value::Str(text)) => {
                interp.charge_bytes(text.len())?;
                out.push_str(&text);
            }
            Some(other) => {
                match other.as_i64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32) {
                    Some(letter) => out.push(letter),
                    None => {
                        let message = "character mapping must return integer, None or str";
                        return Err(interp.raise("TypeError", message));
                    }
                }
            }
        }
    }
    Ok(Value::from(out))
}
