//! `namedtuple`: a class derived from `tuple` whose items have names.

use crate::python::args::{Args, Signature};
use crate::python::builtins::{is_identifier, method, plain};
use crate::python::class::{Class, Instance};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `namedtuple(name, fields, *, rename, defaults, module)`.
pub(crate) fn make(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature = Signature::new("namedtuple", "typename, field_names, *, rename=, defaults=, module=");
    let mut bound = signature.bind(interp, args)?;
    let name = bound.take(0).unwrap_or(Value::None);
    let name = interp.str(&name)?;
    let given = bound.take(1).unwrap_or(Value::None);
    let rename = match bound.take(2) {
        Some(rename) => interp.truth(&rename)?,
        None => false,
    };
    let defaults = match bound.take(3).filter(|defaults| !defaults.is_none()) {
        Some(defaults) => interp.iterate(&defaults)?,
        None => Vec::new(),
    };
    let mut fields: Vec<Rc<str>> = match plain(&given) {
        Value::Str(text) => text.replace(',', " ").split_whitespace().map(Rc::from).collect(),
        _ => {
            let mut fields = Vec::new();
            for field in interp.iterate(&given)? {
                fields.push(interp.str(&field)?.into());
            }
            fields
        }
    };
    check_names(interp, &name, &mut fields, rename)?;
    if defaults.len() > fields.len() {
        return Err(interp.raise("TypeError", "Got more default values than field names"));
    }
    let module = interp.main.name.clone();
    interp.charge_bytes(fields.len() * 256)?;
    build(interp, &name, &module, fields, defaults).map(Value::Class)
}

fn check_names(interp: &mut Interp, name: &str, fields: &mut [Rc<str>], rename: bool) -> PyResult<()> {
    let keyword = |text: &str| {
        matches!(
            text,
            "False"
                | "None"
                | "True"
                | "and"
                | "as"
                | "assert"
                | "async"
                | "await"
                | "break"
                | "class"
                | "continue"
                | "def"
                | "del"
                | "elif"
                | "else"
                | "except"
                | "finally"
                | "for"
                | "from"
                | "global"
                | "if"
                | "import"
                | "in"
                | "is"
                | "lambda"
                | "nonlocal"
                | "not"
                | "or"
                | "pass"
                | "raise"
                | "return"
                | "try"
                | "while"
                | "with"
                | "yield"
        )
    };
    for index in 0..fields.len() {
        let field = fields[index].clone();
        let seen = fields[..index].contains(&field);
        if rename && (!is_identifier(&field) || keyword(&field) || field.starts_with('_') || seen) {
            fields[index] = format!("_{index}").into();
        }
    }
    for (index, text) in std::iter::once(name).chain(fields.iter().map(|field| &**field)).enumerate() {
        let problem = if !is_identifier(text) {
            format!("Type names and field names must be valid identifiers: '{text}'")
        } else if keyword(text) {
            format!("Type names and field names cannot be a keyword: '{text}'")
        } else if index > 0 && text.starts_with('_') && !rename {
            format!("Field names cannot start with an underscore: '{text}'")
        } else if index > 0 && fields[..index - 1].iter().any(|other| **other == *text) {
            format!("Encountered duplicate field name: '{text}'")
        } else {
            continue;
        };
        return Err(interp.raise("ValueError", problem));
    }
    Ok(())
}

fn items(value: &Value) -> Vec<Value> {
    match plain(value) {
        Value::Tuple(items) => items.to_vec(),
        _ => Vec::new(),
    }
}

fn instance(class: &Rc<Class>, items: Vec<Value>) -> Value {
    Value::Instance(Instance::with_payload(class.clone(), Value::tuple(items)))
}

/// Makes the class.
pub(crate) fn build(
    interp: &mut Interp,
    name: &str,
    module: &str,
    fields: Vec<Rc<str>>,
    defaults: Vec<Value>,
) -> PyResult<Rc<Class>> {
    let tuple = interp.builtin_class("tuple");
    let class = interp.make_class(name, module, vec![Value::Class(tuple)], Vec::new(), Vec::new())?;
    furnish(interp, &class, fields, defaults)?;
    Ok(class)
}

/// Gives a class derived from `tuple` its fields, and what comes with them; methods that it has stay.
pub(crate) fn furnish(
    interp: &mut Interp,
    class: &Rc<Class>,
    fields: Vec<Rc<str>>,
    defaults: Vec<Value>,
) -> PyResult<()> {
    let name = class.name();
    let names: Vec<Value> = fields.iter().cloned().map(Value::Str).collect();
    class.dict.set("_fields", Value::tuple(names.clone()));
    class.dict.set("__match_args__", Value::tuple(names));
    class.dict.set("__slots__", Value::tuple(Vec::new()));
    let first_default = fields.len() - defaults.len();
    let mut parameters = "_cls".to_owned();
    for (index, field) in fields.iter().enumerate() {
        parameters.push_str(&format!(", {field}{}", if index < first_default { "" } else { "=" }));
    }
    let signature = Signature::new(&format!("{name}.__new__"), &parameters);
    let fallback = defaults.clone();
    *class.construct.borrow_mut() = Some(Rc::new(move |interp: &mut Interp, args: Args| {
        let mut bound = signature.bind(interp, args)?;
        let Some(Value::Class(class)) = bound.take(0) else {
            return Err(interp.raise("TypeError", "a class is required"));
        };
        let count = signature.parameters.len() - 1;
        let values = (0..count)
            .map(|index| {
                let default =
                    || index.checked_sub(first_default).and_then(|place| fallback.get(place).cloned());
                bound.take(index + 1).or_else(default).unwrap_or(Value::None)
            })
            .collect();
        Ok(instance(&class, values))
    }));
    for (index, field) in fields.iter().enumerate() {
        class.dict.set(field, Value::object(ItemGetter { index }));
    }
    let map = Value::dict(Map::new());
    if let Value::Dict(dict) = &map {
        for (field, default) in fields[first_default..].iter().zip(defaults) {
            interp.dict_set(dict, Value::Str(field.clone()), default)?;
        }
    }
    class.dict.set("_field_defaults", map);
    let own = ["__repr__", "_asdict", "_replace", "_make"].map(|name| (name, class.dict.get(name)));
    add_methods(class, Rc::new(fields));
    for (name, value) in own {
        if let Some(value) = value {
            class.dict.set(name, value);
        }
    }
    Ok(())
}

fn add_methods(class: &Rc<Class>, fields: Rc<Vec<Rc<str>>>) {
    let names = fields.clone();
    method(class, "__repr__", move |interp, args| {
        let [own] = args.exactly(interp, "__repr__")?;
        let mut parts = Vec::new();
        for (field, item) in names.iter().zip(items(&own)) {
            parts.push(format!("{field}={}", interp.repr(&item)?));
        }
        let name = interp.class_of(&own).name();
        Ok(Value::from(format!("{name}({})", parts.join(", "))))
    });
    let names = fields.clone();
    method(class, "_asdict", move |interp, args| {
        let [own] = args.exactly(interp, "_asdict")?;
        let mut map = Map::new();
        for (field, item) in names.iter().zip(items(&own)) {
            map.set_str(field, item);
        }
        Ok(Value::dict(map))
    });
    let names = fields;
    method(class, "_replace", move |interp, mut args| {
        if args.positional.len() != 1 {
            return Err(interp.raise("TypeError", "_replace() takes 1 positional argument"));
        }
        let own = args.positional.remove(0);
        let mut values = items(&own);
        for (field, slot) in names.iter().zip(&mut values) {
            if let Some(value) = args.take_keyword(field) {
                *slot = value;
            }
        }
        if !args.keywords.is_empty() {
            let unknown = args.keywords.iter().map(|(name, _)| Value::Str(name.clone())).collect();
            let shown = interp.repr(&Value::list(unknown))?;
            return Err(interp.raise("ValueError", format!("Got unexpected field names: {shown}")));
        }
        let class = interp.class_of(&own);
        Ok(instance(&class, values))
    });
    let from_items = Value::native("_make", |interp, args| {
        let [class, values] = args.exactly(interp, "_make")?;
        let values = interp.iterate(&values)?;
        interp.call(&class, Args::of(values))
    });
    class.dict.set("_make", Value::ClassMethod(Rc::new(from_items)));
}

/// What a field's name stands for in the class.
struct ItemGetter {
    index: usize,
}

impl Object for ItemGetter {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_tuplegetter"
    }

    fn type_module(&self) -> &'static str {
        "_collections"
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn is_data_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        _interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> PyResult<Value> {
        Ok(match instance {
            Some(instance) => items(instance).get(self.index).cloned().unwrap_or(Value::None),
            None => this.clone(),
        })
    }

    fn descriptor_set(
        &self,
        interp: &mut Interp,
        _this: &Value,
        _instance: &Value,
        _value: Value,
    ) -> PyResult<()> {
        Err(interp.raise("AttributeError", "can't set attribute"))
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, _instance: &Value) -> PyResult<()> {
        Err(interp.raise("AttributeError", "can't delete attribute"))
    }
}
