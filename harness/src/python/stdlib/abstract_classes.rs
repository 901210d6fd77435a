//! The `abc` module.

use super::add;
use crate::python::builtins::plain;
use crate::python::class::{Class, ClassHook};
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::map::MapSet;
use crate::python::module::Module;
use crate::python::value::{Set, Value};
use std::any::Any;
use std::rc::Rc;

/// Notes which methods keep a new class from having instances.
struct AbstractHook;

impl ClassHook for AbstractHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        _keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        let mut names: Vec<Rc<str>> = class.dict.keys();
        for base in &class.ancestors {
            if let Some(Value::FrozenSet(inherited)) =
                base.dict.get("__abstractmethods__").as_ref().map(plain)
            {
                let inherited = inherited.items.borrow().values();
                names.extend(inherited.iter().filter_map(Value::as_str).cloned());
            }
        }
        let left = Rc::new(Set::new(MapSet::new()));
        for name in names {
            let Some(found) = class.lookup(&name) else { continue };
            let marked = match &found {
                Value::Function(_) | Value::Property(_) | Value::ClassMethod(_) | Value::StaticMethod(_) => {
                    interp.get_attr_opt(&found, "__isabstractmethod__")?
                }
                _ => None,
            };
            if matches!(marked, Some(Value::Bool(true))) {
                interp.set_add(&left, Value::Str(name))?;
            }
        }
        class.dict.set("__abstractmethods__", Value::FrozenSet(left));
        Ok(())
    }
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("abc", |interp| {
        let module = Module::new("abc");
        let hook: Rc<dyn ClassHook> = Rc::new(AbstractHook);
        let kind = interp.builtin_class("type");
        let meta = interp.native_class("abc", "ABCMeta", vec![kind])?;
        *meta.hook.borrow_mut() = Some(hook.clone());
        let base = interp.foreign_class("abc", "ABC");
        *base.hook.borrow_mut() = Some(hook);
        *base.metaclass.borrow_mut() = Some(meta.clone());
        module.dict.set("ABCMeta", Value::Class(meta));
        module.dict.set("ABC", Value::Class(base));
        add(&module, "abstractmethod", |interp, args| {
            let [function] = args.exactly(interp, "abstractmethod")?;
            interp.set_attr(&function, "__isabstractmethod__", Value::Bool(true))?;
            Ok(function)
        });
        Ok(Rc::new(module))
    });
}
