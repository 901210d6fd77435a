//! `os.environ`, as far as a document fills it itself: nothing of the machine's environment is in it.
//!
//! A variable that the document has not set is unsupported, but those that the library itself reads, which are unset.

use crate::python::args::Args;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// `os.environ`.
struct Environ;

pub(super) fn fill(module: &Module) {
    module.dict.set("environ", Value::object(Environ));
    super::add(module, "getenv", |interp, args| {
        let [name, default] = args.between(interp, "getenv", 1)?;
        found_or(interp, &name.unwrap_or(Value::None), default)
    });
}

fn text(interp: &mut Interp, value: &Value) -> PyResult<Rc<str>> {
    match value.as_str() {
        Some(text) => Ok(text.clone()),
        None => {
            let kind = interp.type_name(value);
            Err(interp.raise("TypeError", format!("str expected, not {kind}")))
        }
    }
}

fn found(interp: &mut Interp, name: &Value) -> PyResult<Option<Value>> {
    let name = text(interp, name)?;
    match interp.environ.get(&name) {
        Some(value) => Ok(Some(Value::Str(value.clone()))),
        None if name.starts_with("SQLALCHEMY_") => Ok(None),
        None => Err(Stop::unsupported(format!("the environment's variable {name}"))),
    }
}

/// Variables that machines have set.
const USUAL: [&str; 14] = [
    "CI", "DISPLAY", "EDITOR", "HOME", "HOSTNAME", "LANG", "LOGNAME", "PATH", "PWD", "SHELL", "TERM",
    "TMPDIR", "TZ", "USER",
];

/// A variable, or what the document has for one that is not set: those of its own making are not.
fn found_or(interp: &mut Interp, name: &Value, default: Option<Value>) -> PyResult<Value> {
    let key = text(interp, name)?;
    let usual = USUAL.contains(&&*key) || key.starts_with("PYTHON") || key.starts_with("LC_");
    match default.filter(|default| !default.is_none() && !usual) {
        Some(default) => Ok(interp.environ.get(&key).cloned().map_or(default, Value::Str)),
        None => Ok(found(interp, name)?.unwrap_or(Value::None)),
    }
}

impl Object for Environ {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_Environ"
    }

    fn type_module(&self) -> &'static str {
        "os"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "get" => Some(Value::native(name, |interp, args: Args| {
                let [name, default] = args.between(interp, "get", 1)?;
                found_or(interp, &name.unwrap_or(Value::None), default)
            })),
            "setdefault" => Some(Value::native(name, |interp, args: Args| {
                let [name, value] = args.exactly(interp, "setdefault")?;
                if let Some(found) = found(interp, &name)? {
                    return Ok(found);
                }
                let (name, value) = (text(interp, &name)?, text(interp, &value)?);
                interp.environ.insert(name, value.clone());
                Ok(Value::Str(value))
            })),
            "pop" => Some(Value::native(name, |interp, args: Args| {
                let [name, default] = args.between(interp, "pop", 1)?;
                let name = name.unwrap_or(Value::None);
                let found = found(interp, &name)?;
                let key = text(interp, &name)?;
                interp.environ.shift_remove(&key);
                match found.or(default) {
                    Some(value) => Ok(value),
                    None => Err(interp.key_error(&name)),
                }
            })),
            _ if name.starts_with("__") => None,
            _ => return Err(Stop::unsupported(format!("`{name}` of the environment"))),
        })
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        match found(interp, key)? {
            Some(value) => Ok(value),
            None => Err(interp.key_error(key)),
        }
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        let (name, value) = (text(interp, key)?, text(interp, &value)?);
        interp.charge_bytes(name.len() + value.len())?;
        interp.environ.insert(name, value);
        Ok(())
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        found(interp, key)?;
        let name = text(interp, key)?;
        match interp.environ.shift_remove(&name) {
            Some(_) => Ok(()),
            None => Err(interp.key_error(key)),
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(Some(found(interp, item)?.is_some()))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Err(Stop::unsupported("the environment as a whole"))
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Err(Stop::unsupported("the environment as a whole"))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Err(Stop::unsupported("the environment as a whole"))
    }
}
