//! The `dataclasses` module.
//!
//! A decorated class gets its methods as native functions; its fields are kept in `__dataclass_fields__`.

use super::{add, copy};
use crate::python::args::{Args, Signature};
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
#[expect(clippy::struct_excessive_bools, reason = "the flags of `field()`, each on its own")]
struct Field {
    name: Rc<str>,
    annotation: Value,
    default: Option<Value>,
    factory: Option<Value>,
    init: bool,
    repr: bool,
    compare: bool,
    keyword_only: bool,
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

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::Str(self.name.clone())),
            "type" => Some(self.annotation.clone()),
            "default" if self.default.is_some() => self.default.clone(),
            "default_factory" if self.factory.is_some() => self.factory.clone(),
            "init" => Some(Value::Bool(self.init)),
            "repr" => Some(Value::Bool(self.repr)),
            "compare" => Some(Value::Bool(self.compare)),
            "kw_only" => Some(Value::Bool(self.keyword_only)),
            "default" | "default_factory" | "metadata" | "hash" => {
                return Err(Stop::unsupported(format!("`{name}` of this dataclass field")));
            }
            _ => None,
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
    keyword_only: bool,
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("dataclasses", |interp| {
        let module = Module::new("dataclasses");
        let parent = interp.builtin_class("AttributeError");
        let frozen = interp.native_class("dataclasses", "FrozenInstanceError", vec![parent])?;
        module.dict.set("FrozenInstanceError", Value::Class(frozen));
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
            let (default, factory) = (bound.take(0), bound.take(1));
            if default.is_some() && factory.is_some() {
                return Err(interp.raise("ValueError", "cannot specify both default and default_factory"));
            }
            let mut flag = |index: usize, default: bool| match bound.take(index) {
                Some(value) => interp.truth(&value),
                None => Ok(default),
            };
            let (init, repr, compare, keyword_only) = (flag(2, true)?, flag(3, true)?, flag(5, true)?, flag(7, false)?);
            let (name, annotation) = ("".into(), Value::None);
            Ok(Value::object(Field { name, annotation, default, factory, init, repr, compare, keyword_only }))
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
            Some(items.into_iter().filter_map(|(_, field)| field.downcast::<Field>().cloned()).collect())
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
        if &*name == "_" && interp.repr(&annotation)?.contains("KW_ONLY") {
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
            None => Field {
                name: name.clone(),
                annotation: Value::None,
                default: given,
                factory: None,
                init: true,
                repr: true,
                compare: true,
                keyword_only: false,
            },
        };
        if let Some(default @ (Value::List(_) | Value::Dict(_) | Value::Set(_))) = &field.default {
            let kind = interp.type_name(default);
            let message = format!(
                "mutable default <class '{kind}'> for field {name} is not allowed: use default_factory"
            );
            return Err(interp.raise("ValueError", message));
        }
        field.name = name;
        field.annotation = annotation;
        field.keyword_only |= keyword_only;
        fields.push(field);
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
    if options.init {
        add_init(interp, &class, &fields)?;
    }
    if options.repr && !class.dict.contains("__repr__") {
        add_repr(&class, &fields);
    }
    if options.eq && !class.dict.contains("__eq__") {
        let own = fields.clone();
        method(&class, "__eq__", move |interp, args| {
            let [left, right] = args.exactly(interp, "__eq__")?;
            compare(interp, &own, CompareOp::Eq, &left, &right)
        });
    }
    if options.order {
        for (name, op) in [
            ("__lt__", CompareOp::Lt),
            ("__le__", CompareOp::Le),
            ("__gt__", CompareOp::Gt),
            ("__ge__", CompareOp::Ge),
        ] {
            let own = fields.clone();
            method(&class, name, move |interp, args| {
                let [left, right] = args.exactly(interp, name)?;
                compare(interp, &own, op, &left, &right)
            });
        }
    }
    let own_hash = class.dict.get("__hash__").is_some_and(|hash| !hash.is_none());
    if options.unsafe_hash || options.eq && options.frozen && !own_hash {
        let own = fields.clone();
        method(&class, "__hash__", move |interp, args| {
            let [value] = args.exactly(interp, "__hash__")?;
            let values = compared(interp, &own, &value)?;
            interp.hash(&values).map(Value::from)
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
    let names = fields.iter().filter(|field| field.init && !field.keyword_only);
    let names = names.map(|field| Value::Str(field.name.clone())).collect();
    class.dict.set("__match_args__", Value::tuple(names));
    Ok(Value::Class(class))
}

/// A field in its place: a name that a base has keeps the base's place.
fn put(fields: &mut Vec<Field>, field: Field) {
    match fields.iter_mut().find(|other| other.name == field.name) {
        Some(other) => *other = field,
        None => fields.push(field),
    }
}

fn add_init(interp: &mut Interp, class: &Rc<Class>, fields: &Rc<Vec<Field>>) -> PyResult<()> {
    let mut parameters = "self".to_owned();
    let mut optional_before = false;
    let has_default = |field: &Field| field.default.is_some() || field.factory.is_some();
    for field in fields.iter().filter(|field| field.init && !field.keyword_only) {
        if optional_before && !has_default(field) {
            let message = format!("non-default argument '{}' follows default argument", field.name);
            return Err(interp.raise("TypeError", message));
        }
        optional_before |= has_default(field);
        parameters.push_str(&format!(", {}{}", field.name, if has_default(field) { "=" } else { "" }));
    }
    let keyword_only: Vec<&Field> = fields.iter().filter(|field| field.init && field.keyword_only).collect();
    if !keyword_only.is_empty() {
        parameters.push_str(", *");
        for field in keyword_only {
            parameters.push_str(&format!(", {}{}", field.name, if has_default(field) { "=" } else { "" }));
        }
    }
    let signature = Signature::new(&format!("{}.__init__", class.qualname.borrow()), &parameters);
    let fields = fields.clone();
    method(class, "__init__", move |interp, args| {
        let mut bound = signature.bind(interp, args)?;
        let own = bound.take(0).unwrap_or(Value::None);
        let frozen = match &own {
            Value::Instance(instance) => instance.class().lookup("__setattr__").is_some_and(|found| {
                matches!(found, Value::Native(native) if native.qualname.ends_with(".__setattr__") && &*native.qualname != "object.__setattr__")
            }),
            _ => false,
        };
        for field in fields.iter() {
            let place = signature.parameters.iter().position(|parameter| parameter.name == field.name);
            let given = if field.init { place.and_then(|place| bound.take(place)) } else { None };
            let value = match (given, &field.default, &field.factory) {
                (Some(value), _, _) => value,
                (None, _, Some(factory)) => interp.call(factory, Args::none())?,
                (None, Some(default), None) => default.clone(),
                (None, None, None) => continue,
            };
            match &own {
                Value::Instance(instance) if frozen => {
                    let store = instance.store.clone();
                    store.set(interp, &field.name, value)?;
                }
                own => interp.set_attr(own, &field.name, value)?,
            }
        }
        interp.call_special(&own, "__post_init__", Vec::new())?;
        Ok(Value::None)
    });
    Ok(())
}

fn add_repr(class: &Rc<Class>, fields: &Rc<Vec<Field>>) {
    let fields = fields.clone();
    method(class, "__repr__", move |interp, args| {
        let [own] = args.exactly(interp, "__repr__")?;
        let identity = own.identity();
        if interp.showing.contains(&identity) {
            return Ok(Value::from("..."));
        }
        interp.showing.push(identity);
        let parts: PyResult<Vec<String>> = fields
            .iter()
            .filter(|field| field.repr)
            .map(|field| {
                let value = interp.get_attr(&own, &field.name)?;
                Ok(format!("{}={}", field.name, interp.repr(&value)?))
            })
            .collect();
        interp.showing.pop();
        let class = interp.class_of(&own);
        let name = class.qualname.borrow().clone();
        Ok(Value::from(format!("{name}({})", parts?.join(", "))))
    });
}

/// The compared fields of an instance as a tuple.
fn compared(interp: &mut Interp, fields: &[Field], value: &Value) -> PyResult<Value> {
    let mut items = Vec::with_capacity(fields.len());
    for field in fields.iter().filter(|field| field.compare) {
        items.push(interp.get_attr(value, &field.name)?);
    }
    Ok(Value::tuple(items))
}

fn compare(
    interp: &mut Interp,
    fields: &[Field],
    op: CompareOp,
    left: &Value,
    right: &Value,
) -> PyResult<Value> {
    if !Rc::ptr_eq(&interp.class_of(left), &interp.class_of(right)) {
        return Ok(Value::NotImplemented);
    }
    let (left, right) = (compared(interp, fields, left)?, compared(interp, fields, right)?);
    interp.compare(op, &left, &right)
}
