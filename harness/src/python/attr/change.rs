//! Setting and deleting attributes: what a class writes for it, data descriptors, slots, then the place itself.
//!
//! Builtin classes and their methods cannot be changed, and say so as CPython does.

use super::super::args::Args;
use super::super::class::Class;
use super::super::error::{PyResult, Stop};
use super::super::interp::Interp;
use super::super::value::Value;
use std::rc::Rc;

impl Interp {
    pub fn set_attr(&mut self, value: &Value, name: &str, to: Value) -> PyResult<()> {
        self.charge(1)?;
        match value {
            Value::Instance(instance) => {
                let class = instance.class();
                if let Some((owner, method)) = class.lookup_with_owner("__setattr__")
                    && !self.is_builtin(&owner)
                {
                    let bound = self.bind(&method, value, &class)?;
                    self.call(&bound, Args::of(vec![Value::from(name), to]))?;
                    return Ok(());
                }
                self.set_attr_plain(value, name, to)
            }
            _ => self.set_attr_plain(value, name, to),
        }
    }

    /// The error of an attribute that `__slots__` leaves no room for: every class but `object` must have them.
    fn outside_slots(&mut self, class: &Rc<Class>, name: &str) -> Option<Stop> {
        class.lookup("__slots__")?;
        for class in class.mro() {
            if class.id == self.classes[0].id {
                continue;
            }
            let owner: Rc<str> = class.name();
            let names = match class.dict.get("__slots__")? {
                name @ Value::Str(_) => vec![name],
                Value::Tuple(names) => names.to_vec(),
                Value::List(names) => names.items.borrow().clone(),
                _ => return None,
            };
            let fits = |slot: &Value| {
                let slot = slot.as_str();
                slot.is_some_and(|slot| {
                    &**slot == "__dict__" || *super::super::scope::mangle(Some(&owner), slot) == *name
                })
            };
            if names.iter().any(fits) {
                return None;
            }
        }
        let kind = class.name();
        if class.lookup(name).is_some() {
            let message = format!("'{kind}' object attribute '{name}' is read-only");
            return Some(self.raise("AttributeError", message));
        }
        Some(self.no_attribute(&kind, name))
    }

    /// What `object.__setattr__` does.
    pub fn set_attr_plain(&mut self, value: &Value, name: &str, to: Value) -> PyResult<()> {
        match value {
            Value::Instance(instance) => {
                let class = instance.class();
                match class.lookup(name) {
                    Some(attribute @ Value::Property(_)) => {
                        let Value::Property(property) = &attribute else { return Ok(()) };
                        let Some(setter) = &property.setter else {
                            return Err(self.property_error(&class, &attribute, "setter"));
                        };
                        self.call(setter, Args::of(vec![value.clone(), to]))?;
                        return Ok(());
                    }
                    Some(attribute @ Value::Object(_)) => {
                        if let Value::Object(object) = &attribute
                            && object.is_data_descriptor()
                        {
                            return object.descriptor_set(self, &attribute, value, to);
                        }
                    }
                    Some(attribute @ Value::Instance(_)) => {
                        let args = vec![value.clone(), to.clone()];
                        if self.call_special(&attribute, "__set__", args)?.is_some() {
                            return Ok(());
                        }
                    }
                    _ => {}
                }
                if name == "__class__" {
                    if let Value::Class(class) = to {
                        instance.set_class(class);
                        return Ok(());
                    }
                    let message =
                        format!("__class__ must be set to a class, not '{}' object", self.type_name(&to));
                    return Err(self.raise("TypeError", message));
                }
                if name == "__dict__" {
                    return Err(Stop::unsupported("assigning to `__dict__`"));
                }
                if self.set_exception_attr(instance, name, &to)? {
                    return Ok(());
                }
                if &*class.name() == "object" && self.is_builtin(&class) {
                    return Err(self.no_attribute("object", name));
                }
                if let Some(stop) = self.outside_slots(&class, name) {
                    return Err(stop);
                }
                instance.store.clone().set(self, name, to)
            }
            Value::Class(class) => self.set_class_attr(class, name, to),
            Value::Module(module) => {
                module.dict.set(name, to);
                Ok(())
            }
            Value::Function(function) => {
                match (name, &to) {
                    ("__name__", Value::Str(text)) => *function.name.borrow_mut() = text.clone(),
                    ("__qualname__", Value::Str(text)) => *function.qualname.borrow_mut() = text.clone(),
                    ("__defaults__" | "__kwdefaults__" | "__code__", _) => {
                        return Err(Stop::unsupported(format!("assigning to `{name}`")));
                    }
                    _ => function.dict.set(name, to),
                }
                Ok(())
            }
            Value::Native(native) if native.dict.contains("__module__") => {
                native.dict.set(name, to);
                Ok(())
            }
            Value::Object(object) => object.set_attr(self, value, name, to),
            Value::Method(_) => Err(self.no_attribute("method", name)),
            other => {
                let class = self.class_of(other);
                let kind = class.name();
                let message = match class.lookup(name) {
                    Some(_) => format!("'{kind}' object attribute '{name}' is read-only"),
                    None => format!("'{kind}' object has no attribute '{name}'"),
                };
                Err(self.raise("AttributeError", message))
            }
        }
    }

    fn set_class_attr(&mut self, class: &Rc<Class>, name: &str, to: Value) -> PyResult<()> {
        if self.is_builtin(class) {
            let message = format!("cannot set '{name}' attribute of immutable type '{}'", class.name());
            return Err(self.raise("TypeError", message));
        }
        match (name, &to) {
            ("__name__", Value::Str(text)) => {
                *class.name.borrow_mut() = text.clone();
                return Ok(());
            }
            ("__qualname__", Value::Str(text)) => {
                *class.qualname.borrow_mut() = text.clone();
                return Ok(());
            }
            ("__module__", Value::Str(text)) => *class.module.borrow_mut() = text.clone(),
            ("__bases__" | "__class__" | "__mro__", _) => {
                return Err(Stop::unsupported(format!("assigning to `{name}` of a class")));
            }
            _ => {}
        }
        let to = match class.find_hook() {
            Some(hook) => hook.class_set_attr(self, class, name, to)?,
            None => Some(to),
        };
        if let Some(to) = to {
            class.dict.set(name, to);
        }
        Ok(())
    }

    pub fn del_attr(&mut self, value: &Value, name: &str) -> PyResult<()> {
        self.charge(1)?;
        match value {
            Value::Instance(instance) => {
                let class = instance.class();
                if let Some((owner, method)) = class.lookup_with_owner("__delattr__")
                    && !self.is_builtin(&owner)
                {
                    let bound = self.bind(&method, value, &class)?;
                    self.call(&bound, Args::of(vec![Value::from(name)]))?;
                    return Ok(());
                }
                self.del_attr_plain(value, name)
            }
            _ => self.del_attr_plain(value, name),
        }
    }

    /// What `object.__delattr__` does.
    pub fn del_attr_plain(&mut self, value: &Value, name: &str) -> PyResult<()> {
        match value {
            Value::Instance(instance) => {
                let class = instance.class();
                match class.lookup(name) {
                    Some(attribute @ Value::Property(_)) => {
                        let Value::Property(property) = &attribute else { return Ok(()) };
                        let Some(deleter) = &property.deleter else {
                            return Err(self.property_error(&class, &attribute, "deleter"));
                        };
                        self.call(deleter, Args::of(vec![value.clone()]))?;
                        return Ok(());
                    }
                    Some(attribute @ Value::Object(_)) => {
                        if let Value::Object(object) = &attribute
                            && object.is_data_descriptor()
                        {
                            return object.descriptor_delete(self, &attribute, value);
                        }
                    }
                    Some(attribute @ Value::Instance(_))
                        if self.call_special(&attribute, "__delete__", vec![value.clone()])?.is_some() =>
                    {
                        return Ok(());
                    }
                    _ => {}
                }
                if instance.store.clone().del(self, name)? {
                    return Ok(());
                }
                let kind = class.name();
                let message = match class.lookup(name) {
                    Some(_) => name.to_owned(),
                    None => format!("'{kind}' object has no attribute '{name}'"),
                };
                Err(self.raise("AttributeError", message))
            }
            Value::Class(class) => {
                if let Some(hook) = class.find_hook()
                    && hook.class_del_attr(self, class, name)?
                {
                    return Ok(());
                }
                if self.is_builtin(class) {
                    let message =
                        format!("cannot delete '{name}' attribute of immutable type '{}'", class.name());
                    return Err(self.raise("TypeError", message));
                }
                match class.dict.remove(name) {
                    Some(_) => Ok(()),
                    None => {
                        let message = format!("type object '{}' has no attribute '{name}'", class.name());
                        Err(self.raise("AttributeError", message))
                    }
                }
            }
            Value::Module(module) => match module.dict.remove(name) {
                Some(_) => Ok(()),
                None => Err(self.missing_in_module(module, name)),
            },
            Value::Function(function) => match function.dict.remove(name) {
                Some(_) => Ok(()),
                None => Err(self.no_attribute("function", name)),
            },
            Value::Object(object) => object.del_attr(self, value, name),
            other => {
                let kind = self.type_name(other);
                Err(self.no_attribute(&kind, name))
            }
        }
    }
}
