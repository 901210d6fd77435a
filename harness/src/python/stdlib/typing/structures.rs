//! `NamedTuple` and `TypedDict`: classes whose annotations are their fields.

use super::super::collections::namedtuple;
use crate::python::args::{Args, Signature};
use crate::python::builtins::construct_with;
use crate::python::class::{Class, ClassHook};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// The two classes, by name.
pub(super) fn classes(interp: &mut Interp) -> PyResult<[(&'static str, Rc<Class>); 2]> {
    let tuple = interp.builtin_class("tuple");
    let named = interp.native_class("typing", "NamedTuple", vec![tuple])?;
    *named.hook.borrow_mut() = Some(Rc::new(Structure { root: named.identity(), is_tuple: true }));
    construct_with(&named, |interp, _, args| functional(interp, args));
    let dict = interp.builtin_class("dict");
    let typed = interp.native_class("typing", "TypedDict", vec![dict])?;
    *typed.hook.borrow_mut() = Some(Rc::new(Structure { root: typed.identity(), is_tuple: false }));
    construct_with(&typed, |_, _, _| Err(Stop::unsupported("TypedDict() as a function")));
    Ok([("NamedTuple", named), ("TypedDict", typed)])
}

/// `NamedTuple("Name", [("field", type), …])`.
fn functional(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("NamedTuple", "typename, fields=").bind(interp, args)?;
    let name = bound.take(0).unwrap_or(Value::None);
    let mut fields = Vec::new();
    for pair in interp.iterate(&bound.take(1).unwrap_or_else(|| Value::list(Vec::new())))? {
        fields.extend(interp.iterate(&pair)?.into_iter().next());
    }
    namedtuple::make(interp, Args::of(vec![name, Value::list(fields)]))
}

/// What makes a class derived directly from one of the two what it is.
struct Structure {
    root: u64,
    is_tuple: bool,
}

impl ClassHook for Structure {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn takes_keywords(&self) -> bool {
        !self.is_tuple
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        if !class.bases.iter().any(|base| base.identity() == self.root) {
            return Ok(());
        }
        if !self.is_tuple {
            let total = keywords.into_iter().find(|(name, _)| &**name == "total");
            class.dict.set("__total__", total.map_or(Value::Bool(true), |(_, total)| total));
            construct_with(class, |interp, _, args| {
                let dict = interp.builtin_class("dict");
                interp.call(&Value::Class(dict), args)
            });
            return Ok(());
        }
        let annotations = match class.annotations() {
            Some(annotations) => interp.iterate(&annotations)?,
            None => Vec::new(),
        };
        let fields: Vec<Rc<str>> = annotations.iter().filter_map(|name| name.as_str().cloned()).collect();
        let mut defaults: Vec<Value> = Vec::new();
        for field in &fields {
            match class.dict.get(field) {
                Some(default) => defaults.push(default),
                None if defaults.is_empty() => {}
                None => {
                    let message = format!("non-default namedtuple field {field} cannot follow default field");
                    return Err(interp.raise("TypeError", message));
                }
            }
        }
        namedtuple::furnish(interp, class, fields, defaults)
    }
}
