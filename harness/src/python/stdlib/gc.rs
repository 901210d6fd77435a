//! `gc`: collecting is nothing to do here, where what nothing holds is gone at once.

use super::add;
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::value::Value;
use std::rc::Rc;

/// Registers the module.
pub(super) fn install(interp: &mut Interp) {
    interp.register_module("gc", |_| {
        let module = Module::new("gc");
        add(&module, "collect", |_, _| Ok(Value::int(0)));
        add(&module, "enable", |_, _| Ok(Value::None));
        add(&module, "disable", |_, _| Ok(Value::None));
        add(&module, "isenabled", |_, _| Ok(Value::Bool(true)));
        Ok(Rc::new(module))
    });
}
