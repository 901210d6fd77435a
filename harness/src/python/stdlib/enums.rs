//! The `enum` module: `Enum`, `IntEnum`, `StrEnum`, mixed-in types, `auto` and `unique`.
//!
//! A member is the one instance for its value; names that share a value share the member.

use super::add;
use crate::python::args::Args;
use crate::python::builtins::{construct_with, method, plain};
use crate::python::class::{Class, ClassHook, Instance};
use crate::python::error::{PyResult, Stop};
use crate::python::function::Property;
use crate::python::interp::Interp;
use crate::python::iter::Iter;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::object::{BinaryOp, Object};
use crate::python::value::{Dict, Value};
use std::any::Any;
use std::rc::Rc;

const MEMBERS: &str = "_member_map_";

/// `auto()`.
struct Auto;

impl Object for Auto {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "auto"
    }

    fn type_module(&self) -> &'static str {
        "enum"
    }
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("enum", |interp| {
        let module = Module::new("enum");
        let kind = interp.builtin_class("type");
        let meta = interp.native_class("enum", "EnumType", vec![kind])?;
        meta_methods(&meta);
        let base = interp.foreign_class("enum", "Enum");
        *base.metaclass.borrow_mut() = Some(meta.clone());
        *base.hook.borrow_mut() = Some(Rc::new(EnumHook));
        base_methods(&base);
        construct_with(&base, find);
        module.dict.set("EnumType", Value::Class(meta.clone()));
        module.dict.set("EnumMeta", Value::Class(meta.clone()));
        for (name, mixin) in [("IntEnum", "int"), ("StrEnum", "str")] {
            let mixin = interp.builtin_class(mixin);
            let class = interp.native_class("enum", name, vec![mixin, base.clone()])?;
            *class.metaclass.borrow_mut() = Some(meta.clone());
            construct_with(&class, find);
            method(&class, "__str__", |interp, args| {
                let [own] = args.exactly(interp, "__str__")?;
                interp.str(&plain(&own)).map(Value::from)
            });
            let base_repr = base.dict.get("__repr__").unwrap_or(Value::None);
            class.dict.set("__repr__", base_repr);
            module.dict.set(name, Value::Class(class));
        }
        module.dict.set("Enum", Value::Class(base));
        add(&module, "auto", |_, _| Ok(Value::object(Auto)));
        add(&module, "unique", |interp, args| {
            let [class] = args.exactly(interp, "unique")?;
            if let Value::Class(class) = &class {
                check_unique(interp, class)?;
            }
            Ok(class)
        });
        Ok(Rc::new(module))
    });
}

fn check_unique(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    let mut doubles = Vec::new();
    for (name, member) in members(class).map.borrow().items() {
        let own = interp.get_attr(&member, "name")?;
        let (name, own) = (interp.str(&name)?, interp.str(&own)?);
        if name != own {
            doubles.push(format!("{name} -> {own}"));
        }
    }
    if doubles.is_empty() {
        return Ok(());
    }
    let message = format!("duplicate values found in <enum '{}'>: {}", class.name(), doubles.join(", "));
    Err(interp.raise("ValueError", message))
}

/// The members of a class by name, aliases included.
fn members(class: &Class) -> Rc<Dict> {
    match class.dict.get(MEMBERS) {
        Some(Value::Dict(dict)) => dict,
        _ => Rc::new(Dict::new(Map::new())),
    }
}

/// The members of a class, each once, in the order of definition.
fn distinct(class: &Class) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for (_, member) in members(class).map.borrow().items() {
        if !found.iter().any(|other| other.is(&member)) {
            found.push(member);
        }
    }
    found
}

/// The member with a value: what calling the class does.
fn find(interp: &mut Interp, class: &Rc<Class>, args: Args) -> PyResult<Value> {
    let [wanted] = args.exactly(interp, &class.name())?;
    for member in distinct(class) {
        if member.is(&wanted) {
            return Ok(member);
        }
        let value = interp.get_attr(&member, "_value_")?;
        if interp.eq(&value, &wanted)? {
            return Ok(member);
        }
    }
    let shown = interp.repr(&wanted)?;
    Err(interp.raise("ValueError", format!("{shown} is not a valid {}", class.qualname.borrow())))
}

fn meta_methods(meta: &Rc<Class>) {
    fn class_in(args: &Args) -> PyResult<Rc<Class>> {
        match args.positional.first() {
            Some(Value::Class(class)) => Ok(class.clone()),
            _ => Err(Stop::unsupported("this use of an enum's class")),
        }
    }
    method(meta, "__iter__", |_, args| Ok(Iter::from_values("generator", distinct(&*class_in(&args)?))));
    method(meta, "__reversed__", |_, args| {
        let mut all = distinct(&*class_in(&args)?);
        all.reverse();
        Ok(Iter::from_values("generator", all))
    });
    method(meta, "__len__", |_, args| Ok(Value::size(distinct(&*class_in(&args)?).len())));
    method(meta, "__getitem__", |interp, args| {
        let class = class_in(&args)?;
        let name = args.positional.get(1).cloned().unwrap_or(Value::None);
        match interp.dict_get(&members(&class), &name)? {
            Some(member) => Ok(member),
            None => Err(interp.key_error(&name)),
        }
    });
    method(meta, "__contains__", |interp, args| {
        let class = class_in(&args)?;
        let item = args.positional.get(1).cloned().unwrap_or(Value::None);
        if !matches!(item, Value::Instance(_)) {
            let kind = interp.type_name(&item);
            let message = format!("unsupported operand type(s) for 'in': '{kind}' and 'EnumType'");
            return Err(interp.raise("TypeError", message));
        }
        Ok(Value::Bool(distinct(&class).iter().any(|member| member.is(&item))))
    });
    method(meta, "__repr__", |_, args| {
        let class = class_in(&args)?;
        Ok(Value::from(format!("<enum '{}'>", class.name())))
    });
}

fn base_methods(base: &Rc<Class>) {
    for (name, store) in [("name", "_name_"), ("value", "_value_")] {
        let getter = Value::native_method(name, move |interp: &mut Interp, args: Args| {
            let [own] = args.exactly(interp, name)?;
            interp.get_attr(&own, store)
        });
        let property = Property { getter: Some(getter), ..Property::default() };
        base.dict.set(name, Value::Property(Rc::new(property)));
    }
    method(base, "__repr__", |interp, args| {
        let [own] = args.exactly(interp, "Enum.__repr__")?;
        let (name, value) = (interp.get_attr(&own, "_name_")?, interp.get_attr(&own, "_value_")?);
        let (class, name) = (interp.class_of(&own).name(), interp.str(&name)?);
        Ok(Value::from(format!("<{class}.{name}: {}>", interp.repr(&value)?)))
    });
    method(base, "__str__", |interp, args| {
        let [own] = args.exactly(interp, "Enum.__str__")?;
        let name = interp.get_attr(&own, "_name_")?;
        Ok(Value::from(format!("{}.{}", interp.class_of(&own).name(), interp.str(&name)?)))
    });
    method(base, "__format__", |interp, args| {
        let [own, spec] = args.exactly(interp, "Enum.__format__")?;
        let text = Value::from(interp.str(&own)?);
        let spec = interp.str(&spec)?;
        crate::python::format::format_value(interp, &text, &spec).map(Value::from)
    });
    method(base, "__hash__", |interp, args| {
        let [own] = args.exactly(interp, "Enum.__hash__")?;
        let name = match &own {
            Value::Instance(instance) if instance.payload.is_some() => plain(&own),
            _ => interp.get_attr(&own, "_name_")?,
        };
        interp.hash(&name).map(Value::from)
    });
}

/// Turns the names of a class's body into members.
struct EnumHook;

impl ClassHook for EnumHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        _keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        if let Some(base) = class.bases.iter().find(|base| !members(base).map.borrow().is_empty()) {
            let message = format!("<enum '{}'> cannot extend <enum '{}'>", class.name(), base.name());
            return Err(interp.raise("TypeError", message));
        }
        construct_with(class, find);
        let mixin = class
            .ancestors
            .iter()
            .map(|base| base.name())
            .find(|name| matches!(&**name, "str" | "int" | "float" | "bytes" | "tuple"));
        let lower_names = class.ancestors.iter().any(|base| &*base.name() == "StrEnum");
        if class.dict.contains("__new__") {
            return Err(Stop::unsupported("an enum with `__new__`"));
        }
        let map = Rc::new(Dict::new(Map::new()));
        class.dict.set(MEMBERS, Value::Dict(map.clone()));
        let mut last = Value::int(0);
        let mut made: Vec<(Value, Value)> = Vec::new();
        for (name, value) in class.dict.items() {
            let is_member = !name.starts_with('_')
                && !matches!(
                    value,
                    Value::Function(_)
                        | Value::Property(_)
                        | Value::ClassMethod(_)
                        | Value::StaticMethod(_)
                        | Value::Native(_)
                )
                && !matches!(&value, Value::Object(object) if object.is_descriptor());
            if !is_member {
                continue;
            }
            let value = match value.downcast::<Auto>() {
                Some(_) if lower_names => Value::from(name.to_lowercase()),
                Some(_) => interp.binary(BinaryOp::Add, &last, &Value::int(1))?,
                None => value,
            };
            if matches!(value, Value::Int(_)) {
                last = value.clone();
            }
            let mut member = None;
            for (other, known) in &made {
                if interp.eq(other, &value)? {
                    member = Some(known.clone());
                }
            }
            let member = match member {
                Some(member) => member,
                None => {
                    let member = new_member(interp, class, mixin.as_deref(), &name, &value)?;
                    made.push((value, member.clone()));
                    member
                }
            };
            class.dict.set(&name, member.clone());
            interp.dict_set(&map, Value::Str(name), member)?;
        }
        class.dict.set("__members__", Value::Dict(map));
        Ok(())
    }
}

fn new_member(
    interp: &mut Interp,
    class: &Rc<Class>,
    mixin: Option<&str>,
    name: &Rc<str>,
    value: &Value,
) -> PyResult<Value> {
    let instance = match mixin {
        Some(mixin) => {
            let builtin = interp.builtin_class(mixin);
            let payload = interp.call(&Value::Class(builtin), Args::of(vec![value.clone()]))?;
            Instance::with_payload(class.clone(), payload)
        }
        None => Instance::plain(class.clone()),
    };
    let member = Value::Instance(instance.clone());
    instance.store.set(interp, "_value_", value.clone())?;
    instance.store.set(interp, "_name_", Value::Str(name.clone()))?;
    if matches!(class.lookup("__init__"), Some(Value::Function(_))) {
        let args = match value {
            Value::Tuple(items) => items.to_vec(),
            one => vec![one.clone()],
        };
        interp.call_method(&member, "__init__", Args::of(args))?;
    }
    Ok(member)
}
