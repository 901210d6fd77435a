//! The `dataclasses` module.
//!
//! A decorated class gets its methods as native functions; its fields are kept in `__dataclass_fields__`.

mod made;

use super::{add, copy};
use crate::python::args::Signature;
use crate::python::builtins::method;
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::object::{CompareOp, Object};
use crate::python::value::{Dict, Value};
use std::any::Any;
use std::rc::Rc;

const FIELDS: &str = "__dataclass_fields__";

/// One field.
#[derive(Clone)]
struct Field {
    name: Rc<str>,
    annotation: Value,
    default: Option<Value>,
    factory: Option<Value>,
    init: bool,
    repr: bool,
    compare: bool,
    /// As `compare`, where it was not said.
    hash: Option<bool>,
    /// As its class, where it was not said.
    keyword_only: Option<bool>,
    metadata: Value,
    kind: Kind,
}

/// What a field is to the methods made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Field,
    /// An argument of `__init__()` that is handed on to `__post_init__()`.
    InitVar,
}

impl Field {
    /// A field of which nothing but its default is said.
    fn plain(name: &Rc<str>, default: Option<Value>) -> Field {
        Field {
            name: name.clone(),
            annotation: Value::None,
            default,
            factory: None,
            init: true,
            repr: true,
            compare: true,
            hash: None,
            keyword_only: None,
            metadata: Value::dict(Map::new()),
            kind: Kind::Field,
        }
    }

    fn is_keyword_only(&self) -> bool {
        self.keyword_only == Some(true)
    }
}

impl Object for Field {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Field"
    }

    fn type_module(&self) -> &'static str {
        "dataclasses"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::Str(self.name.clone())),
            "type" => Some(self.annotation.clone()),
            "default" => Some(self.default.clone().map_or_else(|| sentinel(interp, "MISSING"), Ok)?),
            "default_factory" => Some(self.factory.clone().map_or_else(|| sentinel(interp, "MISSING"), Ok)?),
            "init" => Some(Value::Bool(self.init)),
            "repr" => Some(Value::Bool(self.repr)),
            "compare" => Some(Value::Bool(self.compare)),
            "hash" => Some(self.hash.map_or(Value::None, Value::Bool)),
            "kw_only" => Some(Value::Bool(self.is_keyword_only())),
            "metadata" => Some(self.metadata.clone()),
            _ => None,
        })
    }
}

/// `MISSING` and `KW_ONLY`.
struct Sentinel(&'static str);

impl Object for Sentinel {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.0
    }

    fn type_module(&self) -> &'static str {
        "dataclasses"
    }
}

/// A sentinel of the module, one a world.
fn sentinel(interp: &mut Interp, name: &str) -> PyResult<Value> {
    let module = interp.import("dataclasses")?;
    module.dict.get(name).ok_or_else(|| Stop::unsupported(format!("`dataclasses` without `{name}`")))
}

/// `InitVar`, and `InitVar[…]`.
struct InitVar(Option<Value>);

impl Object for InitVar {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.0.is_some() { "InitVar" } else { "type" }
    }

    fn type_module(&self) -> &'static str {
        if self.0.is_some() { "dataclasses" } else { "builtins" }
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "type" => self.0.clone(),
            _ => None,
        })
    }

    fn get_item(&self, _interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        Ok(Value::object(InitVar(Some(key.clone()))))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(match &self.0 {
            None => "<class 'dataclasses.InitVar'>".to_owned(),
            Some(Value::Class(class)) => format!("dataclasses.InitVar[{}]", class.name()),
            Some(inner) => format!("dataclasses.InitVar[{}]", interp.repr(inner)?),
        })
    }
}

/// What the decorator was told.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of `dataclass()`, each on its own")]
struct Options {
    init: bool,
    repr: bool,
    eq: bool,
    order: bool,
    unsafe_hash: bool,
    frozen: bool,
    matched: bool,
    keyword_only: bool,
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("dataclasses", |interp| {
        let module = Module::new("dataclasses");
        let parent = interp.builtin_class("AttributeError");
        let frozen = interp.native_class("dataclasses", "FrozenInstanceError", vec![parent])?;
        module.dict.set("FrozenInstanceError", Value::Class(frozen));
        module.dict.set("MISSING", Value::object(Sentinel("_MISSING_TYPE")));
        module.dict.set("KW_ONLY", Value::object(Sentinel("_KW_ONLY_TYPE")));
        module.dict.set("InitVar", Value::object(InitVar(None)));
        add(&module, "dataclass", |interp, args| {
            let parameters =
                "cls=, /, *, init=, repr=, eq=, order=, unsafe_hash=, frozen=, match_args=, kw_only=, slots=, weakref_slot=";
            let mut bound = Signature::new("dataclass", parameters).bind(interp, args)?;
            let mut flag = |index: usize, default: bool| match bound.take(index) {
                Some(value) => interp.truth(&value),
                None => Ok(default),
            };
            let options = Options {
                init: flag(1, true)?,
                repr: flag(2, true)?,
                eq: flag(3, true)?,
                order: flag(4, false)?,
                unsafe_hash: flag(5, false)?,
                frozen: flag(6, false)?,
                matched: flag(7, true)?,
                keyword_only: flag(8, false)?,
            };
            match bound.take(0).filter(|class| !class.is_none()) {
                Some(class) => decorate(interp, class, options),
                None => Ok(Value::native("wrap", move |interp, args| {
                    let [class] = args.exactly(interp, "wrap")?;
                    decorate(interp, class, options)
                })),
            }
        });
        add(&module, "field", |interp, args| {
            let parameters = "*, default=, default_factory=, init=, repr=, hash=, compare=, metadata=, kw_only=";
            let mut bound = Signature::new("field", parameters).bind(interp, args)?;
            let is_given = |interp: &mut Interp, value: Option<Value>| {
                let missing = interp.import("dataclasses")?.dict.get("MISSING");
                Ok(value.filter(|value| !missing.is_some_and(|missing| missing.is(value))))
            };
            let default = is_given(interp, bound.take(0))?;
            let factory = is_given(interp, bound.take(1))?;
            if default.is_some() && factory.is_some() {
                return Err(interp.raise("ValueError", "cannot specify both default and default_factory"));
            }
            let mut flag = |index: usize| match bound.take(index).filter(|value| !value.is_none()) {
                Some(value) => interp.truth(&value).map(Some),
                None => Ok(None),
            };
            let (init, repr, hash, compare) = (flag(2)?, flag(3)?, flag(4)?, flag(5)?);
            let keyword_only = flag(7)?;
            let mut field = Field {
                factory,
                init: init.unwrap_or(true),
                repr: repr.unwrap_or(true),
                hash,
                compare: compare.unwrap_or(true),
                keyword_only,
                ..Field::plain(&"".into(), default)
            };
            if let Some(metadata) = bound.take(6).filter(|metadata| !metadata.is_none()) {
                field.metadata = metadata;
            }
            Ok(Value::object(field))
        });
        add(&module, "fields", |interp, args| {
            let [value] = args.exactly(interp, "fields")?;
            let class = match &value {
                Value::Class(class) => class.clone(),
                other => interp.class_of(other),
            };
            match fields_of(&class) {
                Some(fields) => Ok(Value::tuple(fields.into_iter().map(Value::object).collect())),
                None => Err(interp.raise("TypeError", "must be called with a dataclass type or instance")),
            }
        });
        add(&module, "is_dataclass", |interp, args| {
            let [value] = args.exactly(interp, "is_dataclass")?;
            let class = match &value {
                Value::Class(class) => class.clone(),
                other => interp.class_of(other),
            };
            Ok(Value::Bool(fields_of(&class).is_some()))
        });
        add(&module, "asdict", |interp, args| {
            let mut bound = Signature::new("asdict", "obj, *, dict_factory=").bind(interp, args)?;
            if bound.take(1).is_some() {
                return Err(Stop::unsupported("asdict() with a dict_factory"));
            }
            let value = bound.take(0).unwrap_or(Value::None);
            instance_fields(interp, &value, "asdict() should be called on dataclass instances")?;
            unfold(interp, &value, true, 0)
        });
        add(&module, "astuple", |interp, args| {
            let [value] = args.exactly(interp, "astuple")?;
            instance_fields(interp, &value, "astuple() should be called on dataclass instances")?;
            unfold(interp, &value, false, 0)
        });
        add(&module, "replace", |interp, mut args| {
            let value = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
            let fields = instance_fields(interp, &value, "replace() should be called on dataclass instances")?;
            for field in fields.iter().filter(|field| field.init) {
                if !args.keywords.iter().any(|(name, _)| *name == field.name) {
                    let kept = interp.get_attr(&value, &field.name)?;
                    args.keywords.push((field.name.clone(), kept));
                }
            }
            let class = Value::Class(interp.class_of(&value));
            interp.call(&class, args)
        });
        Ok(Rc::new(module))
    });
}

/// The fields of a class, its bases' first.
fn fields_of(class: &Class) -> Option<Vec<Field>> {
    match class.lookup(FIELDS)? {
        Value::Dict(dict) => {
            let items = dict.map.borrow().items();
            let fields = items.into_iter().filter_map(|(_, field)| field.downcast::<Field>().cloned());
            Some(fields.filter(|field| field.kind == Kind::Field).collect())
        }
        _ => None,
    }
}

fn instance_fields(interp: &mut Interp, value: &Value, message: &str) -> PyResult<Vec<Field>> {
    match value {
        Value::Instance(instance) => fields_of(&instance.class()),
        _ => None,
    }
    .ok_or_else(|| interp.raise("TypeError", message))
}

/// A value with its dataclasses as dicts or tuples, and copies of all else.
fn unfold(interp: &mut Interp, value: &Value, dicts: bool, depth: usize) -> PyResult<Value> {
    if depth > 200 {
        return Err(Stop::limit("dataclasses nested more than 200 deep"));
    }
    interp.charge_bytes(64)?;
    match value {
        Value::Instance(instance) => {
            let Some(fields) = fields_of(&instance.class()) else {
                return copy::deep(interp, value, &mut Vec::new(), depth);
            };
            let mut map = Map::new();
            let mut items = Vec::new();
            for field in fields {
                let own = interp.get_attr(value, &field.name)?;
                let own = unfold(interp, &own, dicts, depth + 1)?;
                if dicts {
                    map.set_str(&field.name, own);
                } else {
                    items.push(own);
                }
            }
            Ok(if dicts { Value::dict(map) } else { Value::tuple(items) })
        }
        Value::List(list) => {
            let mut items = list.items.borrow().clone();
            for item in &mut items {
                *item = unfold(interp, item, dicts, depth + 1)?;
            }
            Ok(Value::list(items))
        }
        Value::Tuple(tuple) => {
            let mut items = tuple.to_vec();
            for item in &mut items {
                *item = unfold(interp, item, dicts, depth + 1)?;
            }
            Ok(Value::tuple(items))
        }
        Value::Dict(dict) => {
            let items = dict.map.borrow().items();
            let made = Rc::new(Dict::new(Map::new()));
            for (key, entry) in items {
                let entry = unfold(interp, &entry, dicts, depth + 1)?;
                interp.dict_set(&made, key, entry)?;
            }
            Ok(Value::Dict(made))
        }
        other => copy::deep(interp, other, &mut Vec::new(), depth),
    }
}

/// Whether an annotation says `ClassVar`.
fn is_class_variable(interp: &mut Interp, annotation: &Value) -> PyResult<bool> {
    let text = match annotation {
        Value::Str(text) => text.to_string(),
        Value::Object(object) if object.type_module() == "typing" => interp.repr(annotation)?,
        _ => return Ok(false),
    };
    Ok(text.trim_start_matches("typing.").starts_with("ClassVar"))
}

/// Whether an annotation says `InitVar`.
fn is_init_variable(annotation: &Value) -> bool {
    match annotation {
        Value::Str(text) => text.trim_start_matches("dataclasses.").starts_with("InitVar"),
        other => other.downcast::<InitVar>().is_some(),
    }
}

/// Whether an annotation says `KW_ONLY`: what follows is given by name.
fn is_keyword_mark(annotation: &Value) -> bool {
    match annotation {
        Value::Str(text) => matches!(&**text, "KW_ONLY" | "dataclasses.KW_ONLY"),
        other => other.downcast::<Sentinel>().is_some_and(|sentinel| sentinel.0 == "_KW_ONLY_TYPE"),
    }
}

/// Reads the fields of the class's own body.
fn own_fields(interp: &mut Interp, class: &Rc<Class>, options: Options) -> PyResult<Vec<Field>> {
    let mut fields = Vec::new();
    let Some(Value::Dict(annotations)) = class.annotations() else { return Ok(fields) };
    let annotations = annotations.map.borrow().items();
    let mut keyword_only = options.keyword_only;
    for (name, annotation) in annotations {
        let Some(name) = name.as_str().cloned() else { continue };
        if is_class_variable(interp, &annotation)? {
            continue;
        }
        if is_keyword_mark(&annotation) {
            keyword_only = true;
            continue;
        }
        let given = class.dict.get(&name);
        let mut field = match given.as_ref().and_then(|given| given.downcast::<Field>()) {
            Some(field) => {
                match &field.default {
                    Some(default) => class.dict.set(&name, default.clone()),
                    None => drop(class.dict.remove(&name)),
                }
                field.clone()
            }
            None => Field::plain(&name, given),
        };
        field.kind = if is_init_variable(&annotation) { Kind::InitVar } else { Kind::Field };
        if let Some(default) = &field.default {
            let class = interp.class_of(default);
            if class.lookup("__hash__").is_some_and(|hash| hash.is_none())
                || matches!(default, Value::List(_) | Value::Dict(_) | Value::Set(_))
            {
                let kind = interp.repr(&Value::Class(class))?;
                let message =
                    format!("mutable default {kind} for field {name} is not allowed: use default_factory");
                return Err(interp.raise("ValueError", message));
            }
        }
        field.name = name;
        field.annotation = annotation;
        field.keyword_only = Some(field.keyword_only.unwrap_or(keyword_only));
        fields.push(field);
    }
    for (name, value) in class.dict.items() {
        if value.downcast::<Field>().is_some() && !fields.iter().any(|field| field.name == name) {
            let message = format!("'{name}' is a field but has no type annotation");
            return Err(interp.raise("TypeError", message));
        }
    }
    Ok(fields)
}

fn decorate(interp: &mut Interp, class: Value, options: Options) -> PyResult<Value> {
    let Value::Class(class) = class else {
        return Err(Stop::unsupported("dataclass() of this value"));
    };
    let mut fields: Vec<Field> = Vec::new();
    for base in class.ancestors.iter().rev() {
        if let Some(Value::Dict(dict)) = base.dict.get(FIELDS) {
            let items = dict.map.borrow().items();
            for (_, field) in items {
                if let Some(field) = field.downcast::<Field>() {
                    put(&mut fields, field.clone());
                }
            }
        }
    }
    for field in own_fields(interp, &class, options)? {
        put(&mut fields, field);
    }
    let mut map = Map::new();
    for field in &fields {
        map.set_str(&field.name, Value::object(field.clone()));
    }
    class.dict.set(FIELDS, Value::dict(map));
    let fields = Rc::new(fields);
    let own_hash = class.dict.get("__hash__").is_some_and(|hash| !hash.is_none());
    if options.order && !options.eq {
        return Err(interp.raise("ValueError", "eq must be true if order is true"));
    }
    if options.init {
        made::add_init(interp, &class, &fields)?;
    }
    if options.repr && !class.dict.contains("__repr__") {
        made::add_repr(&class, &fields);
    }
    if options.eq && !class.dict.contains("__eq__") {
        let own = fields.clone();
        method(&class, "__eq__", move |interp, args| {
            let [left, right] = args.exactly(interp, "__eq__")?;
            made::compare(interp, &own, CompareOp::Eq, &left, &right)
        });
    }
    if options.order {
        for (name, op) in [
            ("__lt__", CompareOp::Lt),
            ("__le__", CompareOp::Le),
            ("__gt__", CompareOp::Gt),
            ("__ge__", CompareOp::Ge),
        ] {
            if class.dict.contains(name) {
                let message = format!(
                    "Cannot overwrite attribute {name} in class {}. Consider using functools.total_ordering",
                    class.name()
                );
                return Err(interp.raise("TypeError", message));
            }
            let own = fields.clone();
            method(&class, name, move |interp, args| {
                let [left, right] = args.exactly(interp, name)?;
                made::compare(interp, &own, op, &left, &right)
            });
        }
    }
    if options.unsafe_hash && own_hash {
        let message = format!("Cannot overwrite attribute __hash__ in class {}", class.name());
        return Err(interp.raise("TypeError", message));
    }
    if options.unsafe_hash || options.eq && options.frozen && !own_hash {
        let own = fields.clone();
        method(&class, "__hash__", move |interp, args| {
            let [value] = args.exactly(interp, "__hash__")?;
            made::hash(interp, &own, &value)
        });
    } else if options.eq && !own_hash {
        class.dict.set("__hash__", Value::None);
    }
    if options.frozen {
        for (name, verb) in [("__setattr__", "assign to"), ("__delattr__", "delete")] {
            method(&class, name, move |interp, args| {
                let field = args.positional.get(1).cloned().unwrap_or(Value::None);
                let field = interp.str(&field)?;
                let module = interp.import("dataclasses")?;
                let message = format!("cannot {verb} field '{field}'");
                match module.dict.get("FrozenInstanceError") {
                    Some(Value::Class(error)) => Err(interp.raise_class(&error, vec![Value::from(message)])),
                    _ => Err(interp.raise("AttributeError", message)),
                }
            });
        }
    }
    if options.matched && !class.dict.contains("__match_args__") {
        let names = fields.iter().filter(|field| field.init && !field.is_keyword_only());
        let names = names.map(|field| Value::Str(field.name.clone())).collect();
        class.dict.set("__match_args__", Value::tuple(names));
    }
    Ok(Value::Class(class))
}

/// A field in its place: a name that a base has keeps the base's place.
fn put(fields: &mut Vec<Field>, field: Field) {
    match fields.iter_mut().find(|other| other.name == field.name) {
        Some(other) => *other = field,
        None => fields.push(field),
    }
}
