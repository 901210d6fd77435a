//! What `Mapped[…]` annotations say: a column's type and nullability, or a relationship's target.
//!
//! A name that does not exist yet, quoted or postponed, is kept as text: it can be a class that follows.

use super::columns::MappedColumnObject;
use super::mapped::mapper_of;
use crate::python::{Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::map::Lazy;
use backproof_engine::schema::SqlType;
use backproof_engine::version::{Behaviour, Profile};
use std::any::Any;

/// `Mapped`, and what subscripting it gives.
pub(crate) struct MappedObject {
    pub(crate) inner: Option<Value>,
    name: &'static str,
}

impl MappedObject {
    pub(crate) fn root(name: &'static str) -> Value {
        Value::object(MappedObject { inner: None, name })
    }
}

impl Object for MappedObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.inner.is_some() { "_GenericAlias" } else { "type" }
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match (name, &self.inner) {
            ("__name__", _) => Some(Value::from(self.name)),
            ("__args__", Some(inner)) => Some(Value::tuple(vec![inner.clone()])),
            _ => None,
        })
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        Ok(Value::object(MappedObject { inner: Some(key.clone()), name: self.name }))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(match &self.inner {
            None => format!("<class 'sqlalchemy.orm.base.{}'>", self.name),
            Some(Value::Class(class)) => format!("sqlalchemy.orm.base.{}[{}]", self.name, class.full_name()),
            Some(inner) => format!("sqlalchemy.orm.base.{}[{}]", self.name, interp.repr(inner)?),
        })
    }
}

/// What stands inside of `Mapped[…]`.
#[derive(Clone)]
pub(super) struct Hint {
    /// A type, or a name that is not bound (yet).
    pub(super) inner: Inner,
    pub(super) optional: bool,
    /// It stands in a list, set or the like.
    pub(super) collection: Option<String>,
    /// The `Annotated[…]` or generic that it was, which can have a type of its own.
    pub(super) annotated: Option<Value>,
    /// A `mapped_column()` that `Annotated[…]` brings.
    pub(super) template: Option<Value>,
    /// The loader that the annotation says, where a document queries the collection.
    pub(super) lazy: Option<Lazy>,
}

#[derive(Clone)]
pub(super) enum Inner {
    Value(Value),
    Name(String),
}

impl Hint {
    /// As an annotation of this name has it.
    fn queried_as(self, name: &str) -> Hint {
        let lazy = match name {
            "WriteOnlyMapped" => Some(Lazy::WriteOnly),
            "DynamicMapped" => Some(Lazy::Dynamic),
            _ => return self,
        };
        let collection = self.collection.clone().or_else(|| Some("list".to_owned()));
        Hint { collection, lazy, ..self }
    }

    fn of(inner: Inner) -> Hint {
        Hint { inner, optional: false, collection: None, annotated: None, template: None, lazy: None }
    }
}

/// The hint of an annotation, where it is a `Mapped[…]`.
pub(super) fn read(interp: &mut Interp, annotation: &Value) -> PyResult<Option<Hint>> {
    // Before 2.0 they are for type checkers alone.
    if !lend::has(interp, Behaviour::AnnotatedDeclarative) {
        return Ok(None);
    }
    if let Some(text) = annotation.as_str() {
        return read_text(interp, text);
    }
    let Some(mapped) = annotation.downcast::<MappedObject>() else { return Ok(None) };
    let hint = mapped.inner.as_ref().map(|inner| read_value(interp, inner, 0)).transpose()?;
    Ok(hint.map(|hint| hint.queried_as(mapped.name)))
}

/// A postponed annotation.
fn read_text(interp: &mut Interp, text: &str) -> PyResult<Option<Hint>> {
    let Some((head, inner)) = subscript(text.trim()) else { return Ok(None) };
    let name = head.rsplit('.').next().unwrap_or(head);
    if !matches!(name, "Mapped" | "WriteOnlyMapped" | "DynamicMapped") {
        return Ok(None);
    }
    Ok(Some(text_hint(interp, inner, 0)?.queried_as(name)))
}

/// `head[inner]`.
fn subscript(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_suffix(']')?;
    let (head, inner) = inner.split_once('[')?;
    Some((head.trim(), inner.trim()))
}

fn text_hint(interp: &mut Interp, text: &str, depth: usize) -> PyResult<Hint> {
    if depth > 8 {
        return Err(Stop::unsupported("an annotation nested so deeply"));
    }
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote))
            && !inner.contains(quote)
        {
            return text_hint(interp, inner, depth + 1);
        }
    }
    let parts = split_top(text, '|');
    if parts.len() > 1 {
        return union_of_texts(interp, &parts, depth);
    }
    if let Some((head, inner)) = subscript(text) {
        return match head.rsplit('.').next().unwrap_or(head) {
            "Optional" => Ok(Hint { optional: true, ..text_hint(interp, inner, depth + 1)? }),
            "Union" => union_of_texts(interp, &split_top(inner, ','), depth),
            "List" | "list" | "Sequence" | "Collection" => {
                Ok(Hint { collection: Some("list".to_owned()), ..text_hint(interp, inner, depth + 1)? })
            }
            "Set" | "set" => {
                Ok(Hint { collection: Some("set".to_owned()), ..text_hint(interp, inner, depth + 1)? })
            }
            "Dict" | "dict" => {
                let parts = split_top(inner, ',');
                let last = parts.last().copied().unwrap_or(inner);
                Ok(Hint { collection: Some("dict".to_owned()), ..text_hint(interp, last, depth + 1)? })
            }
            _ => Err(Stop::unsupported(format!("the annotation {text}"))),
        };
    }
    let is_name = text.chars().all(|c| c == '_' || c == '.' || c.is_alphanumeric());
    if !is_name {
        return Err(Stop::unsupported(format!("the annotation {text}")));
    }
    match look_up(interp, text)? {
        // A quoted class is looked up in the registry when mappers are configured: an older class of the same
        // name may be bound now.
        Some(Value::Class(class)) if mapper_of(&class).is_some() => {
            Ok(Hint::of(Inner::Name(text.to_owned())))
        }
        Some(value) => read_value(interp, &value, depth + 1),
        None => Ok(Hint::of(Inner::Name(text.to_owned()))),
    }
}

fn union_of_texts(interp: &mut Interp, parts: &[&str], depth: usize) -> PyResult<Hint> {
    let is_none = |part: &&str| part.trim() == "None";
    let optional = parts.iter().any(is_none);
    let rest: Vec<&&str> = parts.iter().filter(|part| !is_none(part)).collect();
    match rest.as_slice() {
        [one] => {
            let hint = text_hint(interp, one, depth + 1)?;
            Ok(Hint { optional: hint.optional || optional, ..hint })
        }
        several => {
            let mut types = Vec::with_capacity(several.len());
            for part in several {
                let hint = text_hint(interp, part, depth + 1)?;
                match hint.inner {
                    Inner::Value(one) if hint.collection.is_none() && hint.annotated.is_none() => {
                        types.push(one);
                    }
                    _ => return Err(Stop::unsupported("an annotation of several types")),
                }
            }
            Ok(Hint { optional, ..Hint::of(Inner::Value(union_of(interp, types)?)) })
        }
    }
}

/// Splits at a separator outside of brackets and quotes.
fn split_top(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut nested, mut quote) = (Vec::new(), 0, 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => nested += 1,
            (None, ']') => nested -= 1,
            (None, c) if c == separator && nested == 0 => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            (Some(_) | None, _) => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A dotted name of the program, where it is bound.
fn look_up(interp: &mut Interp, dotted: &str) -> PyResult<Option<Value>> {
    let mut names = dotted.split('.');
    let Some(first) = names.next() else { return Ok(None) };
    let found = interp.globals().get(first).or_else(|| interp.builtins.dict.get(first));
    let Some(mut value) = found else { return Ok(None) };
    for name in names {
        match interp.get_attr_opt(&value, name)? {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

fn read_value(interp: &mut Interp, value: &Value, depth: usize) -> PyResult<Hint> {
    if depth > 8 {
        return Err(Stop::unsupported("an annotation nested so deeply"));
    }
    if let Some(text) = value.as_str() {
        let hint = text_hint(interp, text, depth + 1)?;
        if hint.collection.as_deref() == Some("set") {
            return Err(Stop::unsupported(format!("the annotation {text} in quotes")));
        }
        return Ok(hint);
    }
    if let Some(forward) = interp.get_attr_opt(value, "__forward_arg__")? {
        return read_value(interp, &forward, depth + 1);
    }
    if matches!(value, Value::Class(_)) {
        return Ok(Hint::of(Inner::Value(value.clone())));
    }
    if let Some(metadata) = interp.get_attr_opt(value, "__metadata__")? {
        let origin = interp.get_attr(value, "__origin__")?;
        let mut hint = read_value(interp, &origin, depth + 1)?;
        hint.annotated = Some(value.clone());
        for item in interp.iterate(&metadata)? {
            if item.downcast::<MappedColumnObject>().is_some() {
                hint.template = Some(item);
            }
        }
        return Ok(hint);
    }
    let Some(args) = interp.get_attr_opt(value, "__args__")? else {
        return Ok(Hint::of(Inner::Value(value.clone())));
    };
    if is_literal(interp, value)? {
        return Ok(Hint::of(Inner::Value(value.clone())));
    }
    let args = interp.iterate(&args)?;
    let mut rest = Vec::new();
    let mut optional = false;
    for arg in args {
        let is_none = arg.is_none() || arg.as_class().is_some_and(|class| &*class.name() == "NoneType");
        if is_none {
            optional = true;
        } else {
            rest.push(arg);
        }
    }
    let origin = interp.get_attr_opt(value, "__origin__")?;
    if let Some(Value::Class(origin)) = &origin {
        let name = origin.name().to_string();
        if matches!(&*name, "list" | "set" | "dict" | "tuple" | "Sequence" | "Collection" | "frozenset") {
            let Some(last) = rest.pop() else {
                return Err(Stop::unsupported("an annotation without its types"));
            };
            let kind = if matches!(&*name, "Sequence" | "Collection") { "list".to_owned() } else { name };
            let annotated = Some(value.clone());
            return Ok(Hint { collection: Some(kind), annotated, ..read_value(interp, &last, depth + 1)? });
        }
    }
    match rest.as_slice() {
        [one] if optional => Ok(Hint { optional: true, ..read_value(interp, one, depth + 1)? }),
        [_, _, ..] if is_union(interp, value)? => {
            let inner = if optional { union_of(interp, rest)? } else { value.clone() };
            Ok(Hint { optional, ..Hint::of(Inner::Value(inner)) })
        }
        _ => {
            let shown = interp.repr(value)?;
            Err(Stop::unsupported(format!("the annotation {shown}")))
        }
    }
}

/// Whether a type is one of several: `Union[…]`, `a | b`.
pub(super) fn is_union(interp: &mut Interp, value: &Value) -> PyResult<bool> {
    if interp.type_name(value).as_ref() == "UnionType" {
        return Ok(true);
    }
    let origin = interp.get_attr_opt(value, "__origin__")?;
    origin.map_or(Ok(false), |origin| Ok(interp.repr(&origin)? == "typing.Union"))
}

/// `Union[…]` of these types.
fn union_of(interp: &mut Interp, types: Vec<Value>) -> PyResult<Value> {
    let typing = interp.import("typing")?;
    let Some(union) = typing.dict.get("Union") else {
        return Err(Stop::unsupported("a union without `typing`"));
    };
    interp.get_item(&union, &Value::tuple(types))
}

/// The types of a key of `type_annotation_map`: the key itself; of a union, it without `None`, and those in it.
pub(super) fn key_types(interp: &mut Interp, key: &Value) -> PyResult<(Value, Vec<Value>)> {
    if !is_union(interp, key)? {
        return Ok((key.clone(), Vec::new()));
    }
    let args = interp.get_attr(key, "__args__")?;
    let mut types = Vec::new();
    for arg in interp.iterate(&args)? {
        let is_none = arg.is_none() || arg.as_class().is_some_and(|class| &*class.name() == "NoneType");
        if !is_none {
            types.push(arg);
        }
    }
    match &types[..] {
        [one] => Ok((one.clone(), Vec::new())),
        _ => Ok((union_of(interp, types.clone())?, types)),
    }
}

/// Whether a type is `Literal[…]`.
pub(super) fn is_literal(interp: &mut Interp, value: &Value) -> PyResult<bool> {
    Ok(matches!(value, Value::Object(_)) && interp.repr(value)?.starts_with("typing.Literal["))
}

/// The SQL type that a Python type means without a map of one's own.
pub(super) fn default_type(value: &Value, profile: Profile) -> Option<SqlType> {
    let class = value.as_class()?;
    Some(match class.full_name().as_str() {
        "int" => SqlType::Integer,
        "str" => SqlType::String(None),
        "bool" => SqlType::Boolean,
        "float" if profile.has(Behaviour::FloatIsDouble) => SqlType::Double,
        "float" => SqlType::Float { precision: None, asdecimal: false },
        "bytes" => SqlType::LargeBinary(None),
        "datetime.datetime" => SqlType::DateTime { timezone: false },
        "datetime.date" => SqlType::Date,
        "datetime.time" => SqlType::Time { timezone: false },
        "datetime.timedelta" => SqlType::Interval,
        "decimal.Decimal" => SqlType::Numeric { precision: None, scale: None, asdecimal: true },
        "uuid.UUID" => SqlType::Uuid { as_uuid: true },
        _ => return None,
    })
}
