//! The broken form of a value: what does not fit its line goes to one line an item.
//!
//! `allowance` is the room that closing brackets need after the last item.

use super::Style;
use super::safe::{enter, recursion, safe_repr, shown_as, sorted_items};
use crate::python::builtins::lines_with_ends;
use crate::python::error::{PyResult, Stop};
use crate::python::format::{repr_bytes, repr_str};
use crate::python::interp::Interp;
use crate::python::value::Value;

/// How deep values may nest.
const DEEPEST: usize = 200;

struct Layout<'a> {
    style: &'a Style,
    out: String,
    outer: Vec<u64>,
}

/// Where a value is laid out.
#[derive(Clone, Copy)]
struct Place {
    indent: usize,
    allowance: usize,
    level: usize,
}

/// The text of a value, without a line end.
pub(super) fn lay_out(interp: &mut Interp, style: &Style, value: &Value) -> PyResult<String> {
    let mut layout = Layout { style, out: String::new(), outer: Vec::new() };
    layout.value(interp, value, Place { indent: 0, allowance: 0, level: 0 })?;
    Ok(layout.out)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

impl Layout<'_> {
    fn value(&mut self, interp: &mut Interp, value: &Value, place: Place) -> PyResult<()> {
        if place.level > DEEPEST {
            return Err(Stop::limit("values nested more than 200 deep in pprint"));
        }
        if self.outer.contains(&value.identity()) {
            self.out.push_str(&recursion(interp, value)?);
            return Ok(());
        }
        let text = self.one_line(interp, value, place.level)?;
        interp.charge_bytes(text.len() + place.indent)?;
        let room = self.style.width - (place.indent + place.allowance) as i64;
        if length(&text) as i64 <= room {
            self.out.push_str(&text);
            return Ok(());
        }
        if !enter(value, &mut self.outer) {
            self.out.push_str(&text);
            return Ok(());
        }
        self.broken(interp, value, &text, Place { level: place.level + 1, ..place })?;
        self.outer.pop();
        Ok(())
    }

    fn one_line(&mut self, interp: &mut Interp, value: &Value, level: usize) -> PyResult<String> {
        let mut outer = self.outer.clone();
        safe_repr(interp, self.style, value, &mut outer, level)
    }

    fn broken(&mut self, interp: &mut Interp, value: &Value, text: &str, place: Place) -> PyResult<()> {
        let wider = |by: usize| Place { allowance: place.allowance + by, ..place };
        match &shown_as(interp, value)? {
            Value::Dict(dict) => {
                let items = dict.map.borrow().items();
                let items = if self.style.sort_dicts { sorted_items(interp, items)? } else { items };
                self.dict(interp, items, place)
            }
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.out.push('[');
                self.items(interp, &items, wider(1))?;
                self.out.push(']');
                Ok(())
            }
            Value::Tuple(tuple) => {
                let close = if tuple.len() == 1 { ",)" } else { ")" };
                self.out.push('(');
                self.items(interp, tuple, wider(close.len()))?;
                self.out.push_str(close);
                Ok(())
            }
            Value::Set(set) | Value::FrozenSet(set) => {
                let items = set.items.borrow().values();
                if items.is_empty() {
                    self.out.push_str(text);
                    return Ok(());
                }
                let is_set = matches!(value, Value::Set(_));
                let name = interp.class_of(value).name();
                let (open, close) = if is_set { ("{".to_owned(), "}") } else { (format!("{name}({{"), "})") };
                let shift = if is_set { 0 } else { name.len() + 1 };
                let pairs = items.into_iter().map(|item| (item, Value::None)).collect();
                let items: Vec<Value> =
                    sorted_items(interp, pairs)?.into_iter().map(|(item, _)| item).collect();
                self.out.push_str(&open);
                let place = wider(close.len());
                self.items(interp, &items, Place { indent: place.indent + shift, ..place })?;
                self.out.push_str(close);
                Ok(())
            }
            Value::Str(text) => {
                self.string(text, place);
                Ok(())
            }
            Value::Bytes(bytes) => {
                self.bytes(bytes, place);
                Ok(())
            }
            _ => self.named(interp, value, text, place),
        }
    }

    /// Containers of `collections` and namespaces, which write their class's name first.
    fn named(&mut self, interp: &mut Interp, value: &Value, text: &str, place: Place) -> PyResult<()> {
        let class = interp.class_of(value);
        let name = class.name();
        let known = class.lookup_with_owner("__repr__").map(|(owner, _)| owner.full_name());
        let payload = value.as_instance().and_then(|instance| instance.payload.clone());
        let inner = |shift: usize, allowance: usize| Place {
            indent: place.indent + shift,
            allowance: place.allowance + allowance,
            level: place.level,
        };
        let own = class.full_name();
        let known = known.filter(|_| own != "collections.deque").unwrap_or(own);
        match (known.as_str(), payload) {
            ("collections.OrderedDict", Some(Value::Dict(dict))) => {
                let items = dict.map.borrow().items();
                let pairs = items.into_iter().map(|(key, entry)| Value::tuple(vec![key, entry])).collect();
                self.out.push_str(&format!("{name}("));
                self.value(interp, &Value::list(pairs), inner(name.len() + 1, 1))?;
                self.out.push(')');
                Ok(())
            }
            ("collections.defaultdict", Some(Value::Dict(dict))) => {
                let factory = interp.get_attr(value, "default_factory")?;
                let factory = interp.repr(&factory)?;
                let place = inner(name.len() + 1, 1);
                self.out.push_str(&format!("{name}({factory},\n{}", " ".repeat(place.indent)));
                let items = dict.map.borrow().items();
                let items = if self.style.sort_dicts { sorted_items(interp, items)? } else { items };
                self.dict(interp, items, place)?;
                self.out.push(')');
                Ok(())
            }
            ("collections.Counter", Some(Value::Dict(_))) => {
                let pairs = interp.call_method(value, "most_common", crate::python::Args::none())?;
                let mut items = Vec::new();
                for pair in interp.iterate(&pairs)? {
                    let mut pair = interp.iterate(&pair)?.into_iter();
                    items.push((pair.next().unwrap_or(Value::None), pair.next().unwrap_or(Value::None)));
                }
                self.out.push_str(&format!("{name}({{"));
                self.pad();
                self.entries(interp, items, inner(name.len() + 1, 2))?;
                self.out.push_str("})");
                Ok(())
            }
            ("collections.deque", _) => {
                let items = interp.iterate(value)?;
                let most = interp.get_attr(value, "maxlen")?;
                self.out.push_str(&format!("{name}(["));
                self.items(interp, &items, inner(name.len() + 1, 2))?;
                if most.is_none() {
                    self.out.push_str("])");
                } else {
                    let shown = interp.repr(&most)?;
                    let padding = " ".repeat(place.indent + name.len() + 1);
                    self.out.push_str(&format!("],\n{padding}maxlen={shown})"));
                }
                Ok(())
            }
            ("types.SimpleNamespace", _) => {
                let fields = interp.attributes(value)?.unwrap_or_default();
                let name = if &*name == "SimpleNamespace" { "namespace".into() } else { name };
                let place = inner(name.len() + 1, 1);
                self.out.push_str(&format!("{name}("));
                let last = fields.len().saturating_sub(1);
                for (index, (field, entry)) in fields.iter().enumerate() {
                    self.out.push_str(&format!("{field}="));
                    let allowance = if index == last { place.allowance } else { 1 };
                    let at = Place { indent: place.indent + field.len() + 1, allowance, level: place.level };
                    self.value(interp, entry, at)?;
                    if index != last {
                        self.out.push_str(&format!(",\n{}", " ".repeat(place.indent)));
                    }
                }
                self.out.push(')');
                Ok(())
            }
            _ => {
                self.out.push_str(text);
                Ok(())
            }
        }
    }

    /// The rest of the indentation that stands behind an opening bracket.
    fn pad(&mut self) {
        if self.style.indent > 1 {
            self.out.push_str(&" ".repeat(self.style.indent - 1));
        }
    }

    fn dict(&mut self, interp: &mut Interp, items: Vec<(Value, Value)>, place: Place) -> PyResult<()> {
        self.out.push('{');
        self.pad();
        if !items.is_empty() {
            self.entries(interp, items, Place { allowance: place.allowance + 1, ..place })?;
        }
        self.out.push('}');
        Ok(())
    }

    fn entries(&mut self, interp: &mut Interp, items: Vec<(Value, Value)>, place: Place) -> PyResult<()> {
        let indent = place.indent + self.style.indent;
        let last = items.len().saturating_sub(1);
        for (index, (key, entry)) in items.into_iter().enumerate() {
            let key = self.one_line(interp, &key, place.level)?;
            self.out.push_str(&key);
            self.out.push_str(": ");
            let allowance = if index == last { place.allowance } else { 1 };
            let at = Place { indent: indent + length(&key) + 2, allowance, level: place.level };
            self.value(interp, &entry, at)?;
            if index != last {
                self.out.push_str(&format!(",\n{}", " ".repeat(indent)));
            }
        }
        Ok(())
    }

    fn items(&mut self, interp: &mut Interp, items: &[Value], place: Place) -> PyResult<()> {
        let indent = place.indent + self.style.indent;
        self.pad();
        let next_line = format!(",\n{}", " ".repeat(indent));
        let full = self.style.width - indent as i64 + 1;
        let mut room = full;
        let mut most = full;
        let mut delimiter = "";
        for (index, item) in items.iter().enumerate() {
            let is_last = index + 1 == items.len();
            if is_last {
                most -= place.allowance as i64;
                room -= place.allowance as i64;
            }
            if self.style.compact {
                let text = self.one_line(interp, item, place.level)?;
                let needed = length(&text) as i64 + 2;
                if room < needed {
                    room = most;
                    if !delimiter.is_empty() {
                        delimiter = &next_line;
                    }
                }
                if room >= needed {
                    room -= needed;
                    self.out.push_str(delimiter);
                    delimiter = ", ";
                    self.out.push_str(&text);
                    continue;
                }
            }
            self.out.push_str(delimiter);
            delimiter = &next_line;
            let allowance = if is_last { place.allowance } else { 1 };
            self.value(interp, item, Place { indent, allowance, level: place.level })?;
        }
        Ok(())
    }

    fn string(&mut self, text: &str, place: Place) {
        let top = usize::from(place.level == 1);
        let (indent, allowance) = (place.indent + top, (place.allowance + top) as i64);
        let room = self.style.width - indent as i64;
        let lines = lines_with_ends(text);
        let mut chunks = Vec::new();
        for (index, (line, end)) in lines.iter().enumerate() {
            let whole = format!("{line}{end}");
            let is_last_line = index + 1 == lines.len();
            let shown = repr_str(&whole);
            if length(&shown) as i64 <= room - if is_last_line { allowance } else { 0 } {
                chunks.push(shown);
                continue;
            }
            let words = words_with_spaces(&whole);
            let mut current = String::new();
            for (place, word) in words.iter().enumerate() {
                let candidate = format!("{current}{word}");
                let is_last = is_last_line && place + 1 == words.len();
                let room = room - if is_last { allowance } else { 0 };
                if length(&repr_str(&candidate)) as i64 > room {
                    if !current.is_empty() {
                        chunks.push(repr_str(&current));
                    }
                    (*word).clone_into(&mut current);
                } else {
                    current = candidate;
                }
            }
            if !current.is_empty() {
                chunks.push(repr_str(&current));
            }
        }
        self.chunks(&chunks, indent, top == 1 && chunks.len() > 1);
    }

    fn bytes(&mut self, bytes: &[u8], place: Place) {
        if bytes.len() <= 4 {
            self.out.push_str(&repr_bytes(bytes));
            return;
        }
        let top = usize::from(place.level == 1);
        let (indent, allowance) = (place.indent + top, (place.allowance + top) as i64);
        let mut room = self.style.width - indent as i64;
        let last = bytes.len() / 4 * 4;
        let mut chunks = Vec::new();
        let mut current: Vec<u8> = Vec::new();
        for (index, part) in bytes.chunks(4).enumerate() {
            if index * 4 == last {
                room -= allowance;
            }
            let candidate = [&current, part].concat();
            if repr_bytes(&candidate).len() as i64 > room {
                if !current.is_empty() {
                    chunks.push(repr_bytes(&current));
                }
                current = part.to_vec();
            } else {
                current = candidate;
            }
        }
        if !current.is_empty() {
            chunks.push(repr_bytes(&current));
        }
        self.chunks(&chunks, indent, top == 1);
    }

    fn chunks(&mut self, chunks: &[String], indent: usize, parentheses: bool) {
        if parentheses {
            self.out.push('(');
        }
        self.out.push_str(&chunks.join(&format!("\n{}", " ".repeat(indent))));
        if parentheses {
            self.out.push(')');
        }
    }
}

/// Words, each with the white space behind it.
fn words_with_spaces(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut in_space = false;
    for (at, letter) in text.char_indices() {
        let space = letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter);
        if in_space && !space {
            words.push(&text[start..at]);
            start = at;
        }
        in_space = space;
    }
    words.push(&text[start..]);
    words
}
