//! `__dict__` of instances and classes: views that read and write the object they belong to.

use super::args::Args;
use super::class::{Class, Instance};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::object::{CompareOp, Object};
use super::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `instance.__dict__`.
pub struct InstanceDict {
    instance: Rc<Instance>,
}

impl InstanceDict {
    pub(super) fn value(instance: Rc<Instance>) -> Value {
        Value::object(InstanceDict { instance })
    }

    /// A dict with what the instance has now.
    pub fn copy(&self, interp: &mut Interp) -> PyResult<Value> {
        let items = self.instance.store.items(interp)?;
        Ok(interp.namespace_copy(items))
    }
}

fn text<'a>(interp: &mut Interp, key: &'a Value) -> PyResult<&'a str> {
    match key {
        Value::Str(text) => Ok(text),
        _ => Err(interp.key_error(key)),
    }
}

impl Object for InstanceDict {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "dict"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.builtin_class("dict")
    }

    fn as_builtin(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        self.copy(interp).map(Some)
    }

    fn identity(&self) -> u64 {
        self.instance.identity() | 1 << 61
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let this = this.clone();
        let instance = self.instance.clone();
        Ok(Some(match name {
            "update" => Value::native("update", move |interp, args| {
                let mut items = Vec::new();
                if let Some(first) = args.positional.first() {
                    items = match interp.mapping_items(first)? {
                        Some(items) => items,
                        None => interp.pairs(first)?,
                    };
                }
                items.extend(args.keywords.into_iter().map(|(name, value)| (Value::Str(name), value)));
                for (key, value) in items {
                    interp.set_item(&this, &key, value)?;
                }
                Ok(Value::None)
            }),
            "pop" => Value::native("pop", move |interp, args| {
                let [key, default] = args.between(interp, "pop", 1)?;
                let key = key.unwrap_or(Value::None);
                let name = text(interp, &key)?;
                match instance.store.get(interp, name)? {
                    Some(value) => {
                        instance.store.del(interp, name)?;
                        Ok(value)
                    }
                    None => default.ok_or_else(|| interp.key_error(&key)),
                }
            }),
            "setdefault" => Value::native("setdefault", move |interp, args| {
                let [key, default] = args.between(interp, "setdefault", 1)?;
                let key = key.unwrap_or(Value::None);
                let name = text(interp, &key)?;
                if let Some(value) = instance.store.get(interp, name)? {
                    return Ok(value);
                }
                let value = default.unwrap_or(Value::None);
                instance.store.set(interp, name, value.clone())?;
                Ok(value)
            }),
            "clear" => Value::native("clear", move |interp, _: Args| {
                for (name, _) in instance.store.items(interp)? {
                    instance.store.del(interp, &name)?;
                }
                Ok(Value::None)
            }),
            "popitem" => return Err(Stop::unsupported("`popitem` of an instance's `__dict__`")),
            "__class__" => return Ok(None),
            _ => {
                let copy = self.copy(interp)?;
                return interp.get_attr_opt(&copy, name);
            }
        }))
    }

    fn len(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.instance.store.items(interp)?.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let name = text(interp, key)?;
        match self.instance.store.get(interp, name)? {
            Some(value) => Ok(value),
            None => Err(interp.key_error(key)),
        }
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        let name = text(interp, key)?;
        self.instance.store.set(interp, name, value)
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        let name = text(interp, key)?;
        if self.instance.store.del(interp, name)? { Ok(()) } else { Err(interp.key_error(key)) }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(Some(match item {
            Value::Str(name) => self.instance.store.get(interp, name)?.is_some(),
            _ => false,
        }))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let copy = self.copy(interp)?;
        interp.iter(&copy)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let copy = self.copy(interp)?;
        let other = match other.downcast::<InstanceDict>() {
            Some(other) => other.copy(interp)?,
            None => other.clone(),
        };
        match (&other, op) {
            (Value::Dict(_), CompareOp::Eq | CompareOp::Ne) => interp.compare(op, &copy, &other).map(Some),
            _ => Ok(None),
        }
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", "unhashable type: 'dict'"))
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let items = self.instance.store.items(interp)?;
        let pairs: Vec<(Value, Value)> =
            items.into_iter().map(|(name, value)| (Value::Str(name), value)).collect();
        interp.nested(this, "{...}", |interp| interp.repr_pairs(&pairs))
    }
}

/// `Class.__dict__`, which Python shows as a `mappingproxy`.
pub struct ClassDict {
    class: Rc<Class>,
}

impl ClassDict {
    pub(super) fn value(class: Rc<Class>) -> Value {
        Value::object(ClassDict { class })
    }
}

impl Object for ClassDict {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "mappingproxy"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "keys" | "values" | "items" | "get" | "copy" => {
                let copy = interp.namespace_copy(self.class.dict.items());
                interp.get_attr_opt(&copy, name)
            }
            _ => Ok(None),
        }
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.class.dict.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let found = key.as_str().and_then(|name| self.class.dict.get(name));
        found.ok_or_else(|| interp.key_error(key))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(Some(item.as_str().is_some_and(|name| self.class.dict.contains(name))))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let keys = Value::list(self.class.dict.keys().into_iter().map(Value::Str).collect());
        interp.iter(&keys)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let items: Vec<(Value, Value)> =
            self.class.dict.items().into_iter().map(|(name, value)| (Value::Str(name), value)).collect();
        Ok(format!("mappingproxy({})", interp.repr_pairs(&items)?))
    }
}
