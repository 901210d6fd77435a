//! `sqlalchemy.future`: what 1.4 gave of 2.0 beforehand, and what 2.x still has under these names.
//!
//! In 1.4 its `select()` takes no list, and its engines are those of 2.0.

use super::{absent, lend, names, orm};
use crate::python::{Interp, Module, PyResult, Stop, Value};
use std::rc::Rc;

pub(super) fn module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    const NAME: &str = "sqlalchemy.future";
    let profile = lend::profile(interp);
    if !names::has(profile, NAME, "select") {
        return Err(interp.raise("ModuleNotFoundError", format!("No module named '{NAME}'")));
    }
    let all = interp.import("sqlalchemy")?;
    let module = orm::module(interp, NAME);
    let early = !names::has(profile, "sqlalchemy", "Engine");
    for name in ["select", "create_engine"] {
        let Some(made) = all.dict.get(name) else { continue };
        let value = if early {
            Value::native(name, move |interp, mut args| {
                if name == "select" && matches!(args.positional.first(), Some(Value::List(_))) {
                    return Err(Stop::unsupported("`select()` of `sqlalchemy.future` with a list"));
                }
                if name == "create_engine" {
                    args.keywords.push(("future".into(), Value::Bool(true)));
                }
                interp.call(&made, args)
            })
        } else {
            made
        };
        module.dict.set(name, value);
    }
    if let Some(engine) = all.dict.get("Engine").filter(|_| !early) {
        module.dict.set("Engine", engine);
    }
    absent::complete(interp, &module);
    Ok(Rc::new(module))
}
