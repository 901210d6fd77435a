//! `hybrid_property` and `hybrid_method`: a Python value on instances, an expression on the class.

mod clause;

pub(crate) use clause::HybridClauseObject;

use super::{attribute::AttributeObject, operating};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{expr, names};
use clause::Own;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.ext.hybrid";

/// Decorators of a hybrid property, by the function that each gives.
const PARTS: [&str; 6] = ["getter", "setter", "deleter", "expression", "comparator", "update_expression"];

/// The functions of a hybrid property, none of which is run before it is asked for.
#[derive(Clone, Default)]
struct Parts {
    get: Option<Value>,
    set: Option<Value>,
    delete: Option<Value>,
    expression: Option<Value>,
    comparator: Option<Value>,
    update: Option<Value>,
}

impl Parts {
    fn set(&mut self, which: &str, function: Value) {
        let function = Some(unwrapped(function));
        match which {
            "getter" => self.get = function,
            "setter" => self.set = function,
            "deleter" => self.delete = function,
            "expression" => self.expression = function,
            "comparator" => self.comparator = function,
            _ => self.update = function,
        }
    }
}

/// The function behind a `classmethod`, as which a document may mark what is called with the class.
fn unwrapped(function: Value) -> Value {
    match function {
        Value::ClassMethod(inner) => (*inner).clone(),
        function => function,
    }
}

/// A hybrid property.
pub(crate) struct HybridObject {
    parts: RefCell<Parts>,
}

impl HybridObject {
    /// A hybrid of these functions.
    pub(super) fn of(get: Value, set: Option<Value>, delete: Option<Value>, expression: Value) -> Value {
        let parts = Parts { get: Some(get), set, delete, expression: Some(expression), ..Parts::default() };
        HybridObject::value(parts)
    }

    fn value(parts: Parts) -> Value {
        Value::object(HybridObject { parts: RefCell::new(parts) })
    }

    /// What the hybrid is on a class or an alias.
    pub(crate) fn on_class(&self, interp: &mut Interp, this: &Value, owner: &Value) -> PyResult<Value> {
        let parts = self.parts.borrow().clone();
        let is_comparator = parts.comparator.is_some();
        let Some(function) = parts.comparator.or(parts.expression).or(parts.get) else {
            return Err(Stop::unsupported("a hybrid property without a getter"));
        };
        let made = interp.call(&function, Args::of(vec![owner.clone()]))?;
        let Some(expr) = expr::clause(interp, &made)? else {
            if is_comparator {
                return Err(Stop::unsupported("a comparator of a hybrid property that is no expression"));
            }
            return Ok(made);
        };
        let name = self.name(interp)?;
        let own = matches!(made, Value::Instance(_)).then(|| Own { value: made.clone(), is_comparator });
        let inner = made.downcast::<AttributeObject>().is_some().then_some(made);
        let (owner, hybrid) = (owner.clone(), this.clone());
        Ok(Value::object(HybridClauseObject { expr, name, owner, inner, own, hybrid }))
    }

    fn name(&self, interp: &mut Interp) -> PyResult<Rc<str>> {
        let Some(get) = self.parts.borrow().get.clone() else { return Ok("".into()) };
        let name = interp.get_attr_opt(&get, "__name__")?;
        Ok(name.and_then(|name| name.as_str().cloned()).unwrap_or_default())
    }
}

impl Object for HybridObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "hybrid_property"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let parts = self.parts.borrow().clone();
        let function = |value: Option<Value>| Some(value.unwrap_or(Value::None));
        Ok(match name {
            "fget" => function(parts.get),
            "fset" => function(parts.set),
            "fdel" => function(parts.delete),
            "expr" => function(parts.expression),
            "__name__" => Some(Value::from(self.name(interp)?)),
            "overrides" => Some(this.clone()),
            "inplace" if names::has_member(interp, "hybrid_property", name) => {
                Some(Value::object(InPlace(this.clone())))
            }
            name if PARTS.contains(&name) => {
                let which = name.to_owned();
                Some(Value::native(name, move |interp, args| {
                    let [function] = args.exactly(interp, &which)?;
                    let mut changed = parts.clone();
                    changed.set(&which, function);
                    Ok(HybridObject::value(changed))
                }))
            }
            _ => None,
        })
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn is_data_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        let get = self.parts.borrow().get.clone();
        match (instance, get) {
            (None, _) => self.on_class(interp, this, &Value::Class(owner.clone())),
            (Some(instance), Some(get)) => interp.call(&get, Args::of(vec![instance.clone()])),
            (Some(_), None) => Err(Stop::unsupported("a hybrid property without a getter")),
        }
    }

    fn descriptor_set(
        &self,
        interp: &mut Interp,
        _this: &Value,
        instance: &Value,
        value: Value,
    ) -> PyResult<()> {
        let set = self.parts.borrow().set.clone();
        match set {
            Some(set) => interp.call(&set, Args::of(vec![instance.clone(), value])).map(|_| ()),
            None => Err(interp.raise("AttributeError", "can't set attribute")),
        }
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, instance: &Value) -> PyResult<()> {
        let delete = self.parts.borrow().delete.clone();
        match delete {
            Some(delete) => interp.call(&delete, Args::of(vec![instance.clone()])).map(|_| ()),
            None => Err(interp.raise("AttributeError", "can't delete attribute")),
        }
    }
}

/// A hybrid method: called with an instance or, from the class, with the class.
pub(crate) struct HybridMethodObject {
    function: Value,
    expression: RefCell<Option<Value>>,
}

impl HybridMethodObject {
    fn value(function: Value, expression: Option<Value>) -> Value {
        Value::object(HybridMethodObject { function, expression: RefCell::new(expression) })
    }

    /// The method of an instance or, by its expression, of a class or an alias.
    pub(crate) fn bound(&self, receiver: Value, on_class: bool) -> Value {
        let expression = self.expression.borrow().clone().filter(|_| on_class);
        let function = expression.unwrap_or_else(|| self.function.clone());
        Value::native("hybrid_method", move |interp, args: Args| {
            interp.call(&function, args.prepend(receiver.clone()))
        })
    }
}

impl Object for HybridMethodObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "hybrid_method"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (function, this) = (self.function.clone(), this.clone());
        Ok(match name {
            "expression" => Some(Value::native(name, move |interp, args| {
                let [expression] = args.exactly(interp, "expression")?;
                Ok(HybridMethodObject::value(function.clone(), Some(unwrapped(expression))))
            })),
            "inplace" if names::has_member(interp, "hybrid_method", name) => {
                Some(Value::object(InPlace(this)))
            }
            _ => None,
        })
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        Ok(match instance {
            Some(instance) => self.bound(instance.clone(), false),
            None => self.bound(Value::Class(owner.clone()), true),
        })
    }
}

/// What changes a hybrid itself, where its own decorators make another.
struct InPlace(Value);

impl Object for InPlace {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_InPlace"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let known = match self.0.downcast::<HybridObject>() {
            Some(_) => PARTS.contains(&name),
            None => name == "expression",
        };
        if !known {
            return Ok(None);
        }
        let (target, which) = (self.0.clone(), name.to_owned());
        Ok(Some(Value::native(name, move |interp, args| {
            let [function] = args.exactly(interp, &which)?;
            if let Some(hybrid) = target.downcast::<HybridObject>() {
                hybrid.parts.borrow_mut().set(&which, function);
            } else if let Some(hybrid) = target.downcast::<HybridMethodObject>() {
                *hybrid.expression.borrow_mut() = Some(unwrapped(function));
            }
            Ok(target.clone())
        })))
    }
}

/// Adds what `sqlalchemy.ext.hybrid` shows.
pub(crate) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let class = interp.foreign_class(MODULE, "hybrid_property");
    crate::sqlalchemy::define::construct(&class, |interp, args| {
        let signature = Signature::new(
            "hybrid_property.__init__",
            "fget, fset=, fdel=, expr=, custom_comparator=, update_expr=",
        );
        let mut bound = signature.bind(interp, args)?;
        let mut given = |index| bound.take(index).filter(|value| !value.is_none()).map(unwrapped);
        Ok(HybridObject::value(Parts {
            get: given(0),
            set: given(1),
            delete: given(2),
            expression: given(3),
            comparator: given(4),
            update: given(5),
        }))
    });
    module.dict.set("hybrid_property", Value::Class(class));
    let class = interp.foreign_class(MODULE, "hybrid_method");
    crate::sqlalchemy::define::construct(&class, |interp, args| {
        let mut bound = Signature::new("hybrid_method.__init__", "func, expr=").bind(interp, args)?;
        let function = bound.take(0).unwrap_or(Value::None);
        let expression = bound.take(1).filter(|value| !value.is_none()).map(unwrapped);
        Ok(HybridMethodObject::value(function, expression))
    });
    module.dict.set("hybrid_method", Value::Class(class));
    let comparator = operating::hybrid_comparator(interp)?;
    module.dict.set("Comparator", Value::Class(comparator));
    Ok(())
}
