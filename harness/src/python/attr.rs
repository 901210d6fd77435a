//! Attribute access, in Python's order: data descriptors of the type, the instance, the rest of the type.

mod change;

use super::args::Args;
use super::class::{Class, Instance};
use super::error::{PyResult, Stop};
use super::function::BoundMethod;
use super::interp::Interp;
use super::module::{Missing, Module};
use super::value::Value;
use std::rc::Rc;

/// Names and values in order, as `__dict__` has them.
pub(crate) type Attributes = Vec<(Rc<str>, Value)>;

impl Interp {
    /// `value.name`.
    pub fn get_attr(&mut self, value: &Value, name: &str) -> PyResult<Value> {
        if let Some(found) = self.find_attr(value, name)? {
            return Ok(found);
        }
        if let Value::Module(module) = value {
            return Err(self.missing_in_module(module, name));
        }
        Err(self.missing_attr(value, name))
    }

    /// `value.name`, or `None` where that raises `AttributeError`.
    pub fn get_attr_opt(&mut self, value: &Value, name: &str) -> PyResult<Option<Value>> {
        match self.find_attr(value, name) {
            Ok(Some(found)) => Ok(Some(found)),
            Ok(None) => match value {
                Value::Module(module) => match self.missing_in_module(module, name) {
                    Stop::Raise(_) => Ok(None),
                    stop => Err(stop),
                },
                _ => match self.missing_attr(value, name) {
                    Stop::Raise(_) => Ok(None),
                    stop => Err(stop),
                },
            },
            Err(stop) if self.stop_is(&stop, "AttributeError") => Ok(None),
            Err(stop) => Err(stop),
        }
    }

    /// The error of an attribute that a foreign object does not give: unsupported where the real one has it.
    pub(super) fn foreign_attribute_error(&mut self, kind: &str, name: &str) -> Stop {
        if (self.known_member)(self, kind, name) {
            return Stop::unsupported(format!("`{name}` of '{kind}'"));
        }
        self.no_attribute(kind, name)
    }

    /// The error of an attribute that was not found.
    fn missing_attr(&mut self, value: &Value, name: &str) -> Stop {
        if super::known::is_known_attribute(self, value, name) {
            let kind = self.type_name(value);
            return Stop::unsupported(format!("`{name}` of '{kind}'"));
        }
        let stop = match value {
            Value::Class(class) => {
                let message = format!("type object '{}' has no attribute '{name}'", class.name());
                self.raise("AttributeError", message)
            }
            Value::Super(_) => self.no_attribute("super", name),
            Value::Object(object) => self.foreign_attribute_error(object.type_name(), name),
            other => {
                let kind = self.type_name(other);
                self.no_attribute(&kind, name)
            }
        };
        let candidates = self.attribute_names(value);
        self.suggest(&stop, name, &candidates);
        stop
    }

    /// The names that a mistyped attribute may have meant.
    fn attribute_names(&mut self, value: &Value) -> Vec<Rc<str>> {
        let mut names: Vec<Rc<str>> = Vec::new();
        let class = match value {
            Value::Class(class) => class.clone(),
            Value::Instance(instance) => {
                if let Ok(items) = instance.store.clone().items(self) {
                    names.extend(items.into_iter().map(|(name, _)| name));
                }
                instance.class()
            }
            Value::Object(object) => {
                names.extend(object.dir(self).unwrap_or_default());
                object.class(self)
            }
            other => self.class_of(other),
        };
        for class in class.mro() {
            names.extend(class.dict.keys());
        }
        names
    }

    fn missing_in_module(&mut self, module: &Rc<Module>, name: &str) -> Stop {
        if (module.missing)(name) == Missing::Absent {
            let message = format!("module '{}' has no attribute '{name}'", module.name);
            return self.raise("AttributeError", message);
        }
        if *module.name == *"__main__" {
            return self.raise("AttributeError", format!("module '__main__' has no attribute '{name}'"));
        }
        Stop::unsupported(format!("`{name}` of module `{}`", module.name))
    }

    /// An attribute, or `None` where lookup finds nothing and `__getattr__` is not defined.
    fn find_attr(&mut self, value: &Value, name: &str) -> PyResult<Option<Value>> {
        self.charge(1)?;
        match value {
            Value::Instance(instance) => self.instance_attr(value, instance, name),
            Value::Class(class) => self.class_attr(class, name),
            Value::Module(module) => Ok(match module.read(name) {
                Some(found) => Some(found),
                None => match name {
                    "__name__" => Some(Value::Str(module.name.clone())),
                    "__class__" => Some(Value::Class(self.builtin_class("module"))),
                    "__dict__" => Some(self.namespace_copy(module.read_all())),
                    "__doc__" => Some(Value::None),
                    _ => self.submodule(&module.name, name)?,
                },
            }),
            Value::Object(object) => {
                if let Some(found) = object.get_attr(self, value, name)? {
                    return Ok(Some(found));
                }
                let class = object.class(self);
                if name == "__class__" {
                    return Ok(Some(Value::Class(class)));
                }
                self.type_attr(value, &class, name)
            }
            Value::Super(parts) => self.super_attr(&parts.0.clone(), &parts.1.clone(), name),
            Value::Function(_)
            | Value::Method(_)
            | Value::Native(_)
            | Value::Property(_)
            | Value::ClassMethod(_)
            | Value::StaticMethod(_) => {
                if let Some(found) = self.callable_attr(value, name)? {
                    return Ok(Some(found));
                }
                let class = self.class_of(value);
                self.type_attr(value, &class, name)
            }
            Value::Iter(iter) => {
                if let Some(found) = self.generator_attr(iter, name) {
                    return Ok(Some(found));
                }
                let class = self.class_of(value);
                self.type_attr(value, &class, name)
            }
            _ => {
                let class = self.class_of(value);
                match (value, name) {
                    (_, "__class__") => Ok(Some(Value::Class(class))),
                    (Value::Range(range), "start") => Ok(Some(Value::from(range.start))),
                    (Value::Range(range), "stop") => Ok(Some(Value::from(range.stop))),
                    (Value::Range(range), "step") => Ok(Some(Value::from(range.step))),
                    (Value::Slice(slice), "start") => Ok(Some(slice.start.clone())),
                    (Value::Slice(slice), "stop") => Ok(Some(slice.stop.clone())),
                    (Value::Slice(slice), "step") => Ok(Some(slice.step.clone())),
                    _ => self.type_attr(value, &class, name),
                }
            }
        }
    }

    /// What the type of a value without attributes of its own has by that name.
    fn type_attr(&mut self, value: &Value, class: &Rc<Class>, name: &str) -> PyResult<Option<Value>> {
        match class.lookup_with_owner(name) {
            Some((owner, found)) => self.bind_from(&owner, &found, value, class).map(Some),
            None => match name {
                "__class__" => Ok(Some(Value::Class(class.clone()))),
                _ => Ok(None),
            },
        }
    }

    fn instance_attr(
        &mut self,
        value: &Value,
        instance: &Rc<Instance>,
        name: &str,
    ) -> PyResult<Option<Value>> {
        let class = instance.class();
        let found = class.lookup_with_owner(name);
        if let Some((owner, attribute)) = &found
            && self.is_data_descriptor(attribute)
        {
            match self.bind_from(owner, attribute, value, &class) {
                Ok(got) => return Ok(Some(got)),
                Err(stop) => return self.ask_getattr(value, &class, name, Some(stop)),
            }
        }
        if let Some(own) = instance.store.get(self, name)? {
            return Ok(Some(own));
        }
        if let Some((owner, attribute)) = found {
            return match self.bind_from(&owner, &attribute, value, &class) {
                Ok(got) => Ok(Some(got)),
                Err(stop) => self.ask_getattr(value, &class, name, Some(stop)),
            };
        }
        match name {
            "__class__" => return Ok(Some(Value::Class(class))),
            "__dict__" => return Ok(Some(super::instance_dict::InstanceDict::value(instance.clone()))),
            _ => {}
        }
        if let Some(found) = self.exception_attr(instance, name) {
            return Ok(Some(found));
        }
        self.ask_getattr(value, &class, name, None)
    }

    /// `__getattr__`, where the class has it and the attribute was not found.
    fn ask_getattr(
        &mut self,
        value: &Value,
        class: &Rc<Class>,
        name: &str,
        stop: Option<Stop>,
    ) -> PyResult<Option<Value>> {
        let missing = match &stop {
            Some(stop) => self.stop_is(stop, "AttributeError"),
            None => true,
        };
        if missing && let Some(method) = class.lookup("__getattr__") {
            let bound = self.bind(&method, value, class)?;
            return self.call(&bound, Args::of(vec![Value::from(name)])).map(Some);
        }
        match stop {
            Some(stop) => Err(stop),
            None => Ok(None),
        }
    }

    fn class_attr(&mut self, class: &Rc<Class>, name: &str) -> PyResult<Option<Value>> {
        if let Some(hook) = class.find_hook()
            && let Some(found) = hook.class_get_attr(self, class, name)?
        {
            return Ok(Some(found));
        }
        if let Some(found) = self.type_own_attr(class, name)? {
            return Ok(Some(found));
        }
        if let Some(found) = class.lookup(name) {
            return self.descriptor_get(&found, None, class).map(Some);
        }
        if let Some(metaclass) = class.metaclass.borrow().clone()
            && let Some(found) = metaclass.lookup(name)
        {
            return self.bind(&found, &Value::Class(class.clone()), &metaclass).map(Some);
        }
        let this = Value::Class(class.clone());
        Ok(match name {
            "__annotations__" => Some(self.annotations_of(&class.dict)),
            "mro" => {
                let order = class_values(class.mro());
                Some(Value::native("mro", move |_, _| Ok(Value::list(order.clone()))))
            }
            "__subclasses__" => {
                let class = class.clone();
                Some(Value::native("__subclasses__", move |_, _| {
                    Ok(Value::list(class_values(class.live_subclasses())))
                }))
            }
            "__call__" => Some(Value::native("__call__", move |interp, args| interp.call(&this, args))),
            _ => None,
        })
    }

    /// What `type` itself says of a class.
    fn type_own_attr(&mut self, class: &Rc<Class>, name: &str) -> PyResult<Option<Value>> {
        Ok(Some(match name {
            "__name__" => Value::Str(class.name()),
            "__qualname__" => Value::Str(class.qualname.borrow().clone()),
            "__module__" => Value::Str(class.module()),
            "__bases__" => Value::tuple(class_values(class.bases.clone())),
            "__base__" => class.bases.first().map_or(Value::None, |base| Value::Class(base.clone())),
            "__mro__" => Value::tuple(class_values(class.mro())),
            "__class__" => {
                let metaclass = class.metaclass.borrow().clone();
                Value::Class(metaclass.unwrap_or_else(|| self.builtin_class("type")))
            }
            "__dict__" => super::instance_dict::ClassDict::value(class.clone()),
            "__annotations__" if class.dict.contains("__annotations__") => return Ok(class.dict.get(name)),
            "__annotations__" => self.annotations_of(&class.dict),
            "__doc__" => match class.dict.get("__doc__") {
                Some(doc) => self.descriptor_get(&doc, None, class)?,
                None if self.is_builtin(class) => {
                    return Err(Stop::unsupported("docstrings of builtin types"));
                }
                None => Value::None,
            },
            _ => return Ok(None),
        }))
    }

    fn super_attr(&mut self, after: &Rc<Class>, receiver: &Value, name: &str) -> PyResult<Option<Value>> {
        let kind = match receiver {
            Value::Class(class) => class.clone(),
            other => self.class_of(other),
        };
        let order = kind.mro();
        let start = order.iter().position(|class| class.id == after.id).map_or(order.len(), |at| at + 1);
        for owner in &order[start.min(order.len())..] {
            if let Some(found) = owner.dict.get(name) {
                return match receiver {
                    Value::Class(class) => self.descriptor_get(&found, None, &class.clone()).map(Some),
                    _ => self.bind_from(owner, &found, receiver, &kind).map(Some),
                };
            }
        }
        match name {
            "__class__" => Ok(Some(Value::Class(self.builtin_class("super")))),
            _ => Ok(None),
        }
    }

    /// `super()` without arguments.
    pub(super) fn zero_argument_super(&mut self, frame: &super::code::Frame) -> PyResult<Value> {
        let class = frame.cell("__class__").and_then(|cell| cell.get());
        let Some(Value::Class(class)) = class else {
            return Err(self.raise("RuntimeError", "super(): no arguments"));
        };
        let receiver = match frame.code.slots.first() {
            Some(super::scope::Symbol::Local(index)) => frame.locals.get(*index).cloned().flatten(),
            Some(super::scope::Symbol::Cell(index)) => frame.cells.get(*index).and_then(|cell| cell.get()),
            _ => None,
        };
        match receiver {
            Some(receiver) => self.make_super(&class, receiver),
            None => Err(self.raise("RuntimeError", "super(): no arguments")),
        }
    }

    pub(super) fn make_super(&mut self, class: &Rc<Class>, receiver: Value) -> PyResult<Value> {
        let fits = match &receiver {
            Value::Class(other) if other.is_subclass(class) => true,
            other => self.class_of(other).is_subclass(class),
        };
        if !fits {
            return Err(
                self.raise("TypeError", "super(type, obj): obj must be an instance or subtype of type")
            );
        }
        Ok(Value::Super(Rc::new((class.clone(), receiver))))
    }

    /// Whether an attribute of a class goes before what the instance has.
    pub(super) fn is_data_descriptor(&mut self, attribute: &Value) -> bool {
        match attribute {
            Value::Property(_) => true,
            Value::Object(object) => object.is_data_descriptor(),
            Value::Instance(instance) => {
                let class = instance.class();
                class.lookup("__set__").is_some() || class.lookup("__delete__").is_some()
            }
            _ => false,
        }
    }

    /// What a class's attribute becomes when it is reached through an instance.
    pub(super) fn bind(&mut self, attribute: &Value, receiver: &Value, class: &Rc<Class>) -> PyResult<Value> {
        self.descriptor_get(attribute, Some(receiver), class)
    }

    /// As [`Interp::bind`]; methods of builtin types get what the instance of a derived class holds.
    pub(super) fn bind_from(
        &mut self,
        owner: &Rc<Class>,
        attribute: &Value,
        receiver: &Value,
        class: &Rc<Class>,
    ) -> PyResult<Value> {
        if let (Value::Native(_), Value::Instance(instance)) = (attribute, receiver)
            && let Some(payload) = &instance.payload
            && &*owner.name() != "object"
            && self.is_builtin(owner)
        {
            return self.descriptor_get(attribute, Some(&payload.clone()), class);
        }
        self.descriptor_get(attribute, Some(receiver), class)
    }

    /// `attribute.__get__(instance, class)`.
    pub(super) fn descriptor_get(
        &mut self,
        attribute: &Value,
        instance: Option<&Value>,
        class: &Rc<Class>,
    ) -> PyResult<Value> {
        let method = |function: &Value, receiver: Value| {
            Value::Method(Rc::new(BoundMethod { receiver, function: function.clone() }))
        };
        match attribute {
            Value::Function(_) => Ok(match instance {
                Some(receiver) => method(attribute, receiver.clone()),
                None => attribute.clone(),
            }),
            Value::Native(native) => Ok(match instance {
                Some(receiver) if native.binds => method(attribute, receiver.clone()),
                _ => attribute.clone(),
            }),
            Value::ClassMethod(inner) => {
                let receiver = match instance {
                    Some(Value::Class(other))
                        if other.metaclass.borrow().as_ref().is_some_and(|m| m.id == class.id) =>
                    {
                        Value::Class(other.clone())
                    }
                    _ => Value::Class(class.clone()),
                };
                match &**inner {
                    function @ (Value::Function(_) | Value::Native(_)) => Ok(method(function, receiver)),
                    other => {
                        // A descriptor below classmethod is asked with the class, as 3.11 still does.
                        let got = self.descriptor_get(other, Some(&receiver), class)?;
                        if got.is(other) && self.is_callable(&got) {
                            return Ok(method(other, receiver));
                        }
                        Ok(got)
                    }
                }
            }
            Value::StaticMethod(inner) => Ok((**inner).clone()),
            Value::Property(property) => match (instance, &property.getter) {
                (None, _) => Ok(attribute.clone()),
                (Some(receiver), Some(getter)) => self.call(getter, Args::of(vec![receiver.clone()])),
                (Some(_), None) => Err(self.property_error(class, attribute, "getter")),
            },
            Value::Object(object) if object.is_descriptor() => {
                object.descriptor_get(self, attribute, instance, class)
            }
            Value::Instance(descriptor) => {
                let kind = descriptor.class();
                let Some(getter) = kind.lookup("__get__") else { return Ok(attribute.clone()) };
                let bound = self.bind(&getter, attribute, &kind)?;
                let receiver = instance.cloned().unwrap_or(Value::None);
                self.call(&bound, Args::of(vec![receiver, Value::Class(class.clone())]))
            }
            _ => Ok(attribute.clone()),
        }
    }

    fn property_error(&mut self, class: &Rc<Class>, property: &Value, lacks: &str) -> Stop {
        let name = class.mro().iter().find_map(|owner| {
            owner.dict.items().into_iter().find(|(_, value)| value.is(property)).map(|(name, _)| name)
        });
        let message = match name {
            Some(name) => format!("property '{name}' of '{}' object has no {lacks}", class.qualname.borrow()),
            None => format!("property of '{}' object has no {lacks}", class.qualname.borrow()),
        };
        self.raise("AttributeError", message)
    }

    /// The attributes set on an instance, a class or a module in order, as `__dict__` has them.
    pub(crate) fn attributes(&mut self, value: &Value) -> PyResult<Option<Attributes>> {
        Ok(match value {
            Value::Instance(instance) => Some(instance.store.clone().items(self)?),
            Value::Class(class) => Some(class.dict.items()),
            Value::Module(module) => Some(module.read_all()),
            Value::Function(function) => Some(function.dict.items()),
            _ => None,
        })
    }
}

/// Classes as values.
pub(super) fn class_values(classes: Vec<Rc<Class>>) -> Vec<Value> {
    classes.into_iter().map(Value::Class).collect()
}
