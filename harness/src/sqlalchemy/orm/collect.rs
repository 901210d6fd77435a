//! `gc`: what nothing holds is gone at once, but mapped objects can hold each other; `collect()` lets those go.

use crate::python::{Interp, Module, PyResult, Value};
use crate::sqlalchemy::lend;
use backproof_engine::session;
use std::rc::Rc;

/// The module `gc`, in a world that has the library.
pub(super) fn module(_: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new("gc");
    let collect = Value::native("collect", |interp, _| {
        lend::with_cx(interp, |cx| {
            session::sweep(cx.orm);
            cx.orm.states.collect_cycles();
            session::sweep(cx.orm);
            Ok(())
        })?;
        Ok(Value::int(0))
    });
    module.dict.set("collect", collect);
    for name in ["enable", "disable"] {
        module.dict.set(name, Value::native(name, |_, _| Ok(Value::None)));
    }
    module.dict.set("isenabled", Value::native("isenabled", |_, _| Ok(Value::Bool(true))));
    Ok(Rc::new(module))
}
