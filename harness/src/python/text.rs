//! `repr`, `str` and truth.

use super::error::PyResult;
use super::format;
use super::interp::Interp;
use super::ops::payload;
use super::value::Value;
use std::rc::Rc;

impl Interp {
    pub fn repr(&mut self, value: &Value) -> PyResult<String> {
        self.charge(1)?;
        self.guard()?;
        Ok(match value {
            Value::None => "None".into(),
            Value::Bool(true) => "True".into(),
            Value::Bool(false) => "False".into(),
            Value::Int(int) => {
                if let super::Int::Big(big) = int {
                    let digits = big.bits() * 30103 / 100_000;
                    if digits > 4300 {
                        let message = "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit";
                        return Err(self.raise("ValueError", message));
                    }
                }
                int.to_string()
            }
            Value::Float(float) => format::repr_float(*float),
            Value::Str(text) => {
                self.charge_bytes(text.len())?;
                format::repr_str(text)
            }
            Value::Bytes(bytes) => {
                self.charge_bytes(bytes.len())?;
                format::repr_bytes(bytes)
            }
            Value::Ellipsis => "Ellipsis".into(),
            Value::NotImplemented => "NotImplemented".into(),
            Value::List(list) => {
                let items = list.items.borrow().clone();
                self.nested(value, "[...]", |interp| Ok(format!("[{}]", interp.repr_items(&items)?)))?
            }
            Value::Tuple(items) => self.nested(value, "(...)", |interp| {
                let inner = interp.repr_items(items)?;
                Ok(if items.len() == 1 { format!("({inner},)") } else { format!("({inner})") })
            })?,
            Value::Dict(dict) => {
                let items = dict.map.borrow().items();
                self.nested(value, "{...}", |interp| interp.repr_pairs(&items))?
            }
            Value::Set(set) => {
                let items = set.items.borrow().values();
                if items.is_empty() {
                    return Ok("set()".into());
                }
                self.nested(value, "set(...)", |interp| Ok(format!("{{{}}}", interp.repr_items(&items)?)))?
            }
            Value::FrozenSet(set) => {
                let items = set.items.borrow().values();
                if items.is_empty() {
                    return Ok("frozenset()".into());
                }
                self.nested(value, "frozenset(...)", |interp| {
                    Ok(format!("frozenset({{{}}})", interp.repr_items(&items)?))
                })?
            }
            Value::Range(range) if range.step == 1 => format!("range({}, {})", range.start, range.stop),
            Value::Range(range) => format!("range({}, {}, {})", range.start, range.stop, range.step),
            Value::Slice(slice) => {
                let parts = [slice.start.clone(), slice.stop.clone(), slice.step.clone()];
                format!("slice({})", self.repr_items(&parts)?)
            }
            Value::Function(function) => {
                let address = self.address_of(value.identity());
                format!("<function {} at {address}>", function.qualname.borrow())
            }
            Value::Method(method) => match &method.function {
                Value::Native(native) => {
                    let kind = self.type_name(&method.receiver);
                    let address = self.address_of(method.receiver.identity());
                    format!("<built-in method {} of {kind} object at {address}>", native.name)
                }
                function => {
                    let name = self.get_attr_opt(function, "__qualname__")?;
                    let name = name.as_ref().and_then(Value::as_str).map_or("?".into(), Rc::clone);
                    let receiver = self.repr(&method.receiver)?;
                    format!("<bound method {name} of {receiver}>")
                }
            },
            Value::Native(native) if native.binds => {
                let (owner, name) = native.qualname.split_once('.').unwrap_or(("object", &native.name));
                format!("<method '{name}' of '{owner}' objects>")
            }
            Value::Native(native) => match native.dict.get("__module__") {
                // What stands for a Python function of a library shows itself as one.
                Some(Value::Str(_)) => {
                    let address = self.address_of(value.identity());
                    format!("<function {} at {address}>", native.qualname)
                }
                _ => format!("<built-in function {}>", native.name),
            },
            Value::Class(class) => {
                if let Some(text) = self.call_special(value, "__repr__", Vec::new())? {
                    return self.expect_text(text, "__repr__");
                }
                format!("<class '{}'>", class.full_name())
            }
            Value::Module(module) if *module.name == *"__main__" => "<module '__main__' (built-in)>".into(),
            Value::Module(module) => format!("<module '{}'>", module.name),
            Value::Property(_) => self.plain_repr("property", value),
            Value::ClassMethod(inner) => format!("<classmethod({})>", self.repr(&inner.clone())?),
            Value::StaticMethod(inner) => format!("<staticmethod({})>", self.repr(&inner.clone())?),
            Value::Super(parts) => {
                let kind = match &parts.1 {
                    Value::Class(class) => class.name(),
                    other => self.type_name(&other.clone()),
                };
                format!("<super: <class '{}'>, <{kind} object>>", parts.0.name())
            }
            Value::Iter(iter) => {
                let address = self.address_of(iter.id);
                let generator =
                    iter.state.borrow_mut().as_mut().and_then(|state| Some(state.generator()?.name()));
                match generator {
                    Some(name) => format!("<generator object {name} at {address}>"),
                    None if &*iter.name == "generator" => format!("<generator object at {address}>"),
                    None => format!("<{} object at {address}>", iter.name),
                }
            }
            Value::Object(object) => {
                let text = object.repr(self, value)?;
                self.charge_bytes(text.len())?;
                text
            }
            Value::Instance(instance) => {
                if let Some(text) = self.call_special(value, "__repr__", Vec::new())? {
                    return self.expect_text(text, "__repr__");
                }
                match instance.payload.clone() {
                    Some(Value::Set(set) | Value::FrozenSet(set)) => {
                        let (name, items) = (instance.class().name(), set.items.borrow().values());
                        if items.is_empty() {
                            return Ok(format!("{name}()"));
                        }
                        self.nested(value, &format!("{name}(...)"), |interp| {
                            Ok(format!("{name}({{{}}})", interp.repr_items(&items)?))
                        })?
                    }
                    Some(held) => self.repr(&held)?,
                    None => self.default_repr(value),
                }
            }
        })
    }

    /// `<module.Class object at 0x…>`, as `object.__repr__` gives it.
    pub fn default_repr(&mut self, value: &Value) -> String {
        let class = self.class_of(value);
        self.plain_repr(&class.full_name(), value)
    }

    fn plain_repr(&mut self, kind: &str, value: &Value) -> String {
        let address = self.address_of(value.identity());
        format!("<{kind} object at {address}>")
    }

    fn expect_text(&mut self, value: Value, method: &str) -> PyResult<String> {
        match &value {
            Value::Str(text) => Ok(text.to_string()),
            other => match payload(other) {
                Some(Value::Str(text)) => Ok(text.to_string()),
                _ => {
                    let kind = self.type_name(other);
                    Err(self.raise("TypeError", format!("{method} returned non-string (type {kind})")))
                }
            },
        }
    }

    /// Shows a container, and `again` for one that is being shown already.
    pub fn nested(
        &mut self,
        value: &Value,
        again: &str,
        show: impl FnOnce(&mut Interp) -> PyResult<String>,
    ) -> PyResult<String> {
        let identity = value.identity();
        if self.showing.contains(&identity) {
            return Ok(again.into());
        }
        self.showing.push(identity);
        let result = show(self);
        self.showing.pop();
        result
    }

    /// Reprs joined by commas.
    pub fn repr_items(&mut self, items: &[Value]) -> PyResult<String> {
        let mut text = String::new();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            let part = self.repr(item)?;
            self.charge_bytes(part.len())?;
            text.push_str(&part);
        }
        Ok(text)
    }

    /// A dict's repr.
    pub fn repr_pairs(&mut self, items: &[(Value, Value)]) -> PyResult<String> {
        let mut text = String::from("{");
        for (index, (key, value)) in items.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(&self.repr(key)?);
            text.push_str(": ");
            let part = self.repr(value)?;
            self.charge_bytes(part.len())?;
            text.push_str(&part);
        }
        text.push('}');
        Ok(text)
    }

    pub fn str(&mut self, value: &Value) -> PyResult<String> {
        match value {
            Value::Str(text) => {
                self.charge_bytes(text.len())?;
                Ok(text.to_string())
            }
            Value::Object(object) => {
                let text = object.str(self, value)?;
                self.charge_bytes(text.len())?;
                Ok(text)
            }
            Value::Instance(instance) => {
                if let Some(text) = self.call_special(value, "__str__", Vec::new())? {
                    return self.expect_text(text, "__str__");
                }
                if self.special(value, "__repr__")?.is_some() {
                    return self.repr(value);
                }
                match instance.payload.clone() {
                    None | Some(Value::Set(_) | Value::FrozenSet(_)) => self.repr(value),
                    Some(held) => self.str(&held),
                }
            }
            Value::Class(_) => match self.call_special(value, "__str__", Vec::new())? {
                Some(text) => self.expect_text(text, "__str__"),
                None => self.repr(value),
            },
            other => self.repr(other),
        }
    }

    pub fn truth(&mut self, value: &Value) -> PyResult<bool> {
        Ok(match value {
            Value::None => false,
            Value::Bool(truth) => *truth,
            Value::Int(int) => int.small() != Some(0),
            Value::Float(float) => *float != 0.0,
            Value::Str(text) => !text.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::List(list) => !list.items.borrow().is_empty(),
            Value::Tuple(items) => !items.is_empty(),
            Value::Dict(dict) => !dict.map.borrow().is_empty(),
            Value::Set(set) | Value::FrozenSet(set) => !set.items.borrow().is_empty(),
            Value::Range(range) => !range.is_empty(),
            Value::Object(object) => match self.special(value, "__bool__")? {
                Some(method) => self.asked_truth(&method)?,
                None => object.truth(self, value)?,
            },
            Value::Instance(_) | Value::Class(_) => {
                if let Some(method) = self.special(value, "__bool__")? {
                    return self.asked_truth(&method);
                }
                if self.special(value, "__len__")?.is_some() {
                    return Ok(self.len(value)? > 0);
                }
                match payload(value) {
                    Some(held) => self.truth(&held)?,
                    None => true,
                }
            }
            _ => true,
        })
    }

    fn asked_truth(&mut self, method: &Value) -> PyResult<bool> {
        match self.call(method, super::Args::none())? {
            Value::Bool(truth) => Ok(truth),
            other => {
                let kind = self.type_name(&other);
                Err(self.raise("TypeError", format!("__bool__ should return bool, returned {kind}")))
            }
        }
    }
}
