//! `hybrid_property` and `hybrid_method`: a Python value on instances, an expression on the class.

use crate::python::{
    Args, BinaryOp, Class, CompareOp, Interp, Module, Object, PyResult, Signature, Stop, UnaryOp, Value,
};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::{lend, names};
use backproof_engine::sql::{Expr, ExprKind};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A hybrid property: its functions, none of which is run before it is asked for.
#[derive(Clone, Default)]
pub(crate) struct HybridObject {
    get: Option<Value>,
    set: Option<Value>,
    delete: Option<Value>,
    expression: Option<Value>,
    comparator: Option<Value>,
}

impl HybridObject {
    /// What the hybrid is on a class or an alias.
    pub(crate) fn on_class(&self, interp: &mut Interp, owner: &Value) -> PyResult<Value> {
        if self.comparator.is_some() {
            return Err(Stop::unsupported("a hybrid property's comparator"));
        }
        let Some(function) = self.expression.as_ref().or(self.get.as_ref()) else {
            return Err(Stop::unsupported("a hybrid property without a getter"));
        };
        let made = interp.call(function, Args::of(vec![owner.clone()]))?;
        let Some(clause) = expr::clause(interp, &made)? else { return Ok(made) };
        let name = self.name(interp)?;
        let inner = made.downcast::<super::attribute::AttributeObject>().is_some().then_some(made);
        Ok(Value::object(HybridClauseObject { expr: clause, name, owner: owner.clone(), inner }))
    }

    fn name(&self, interp: &mut Interp) -> PyResult<Rc<str>> {
        let Some(get) = &self.get else { return Ok("".into()) };
        let name = interp.get_attr_opt(get, "__name__")?;
        Ok(name.and_then(|name| name.as_str().cloned()).unwrap_or_default())
    }

    fn with(&self, change: impl FnOnce(&mut HybridObject)) -> Value {
        let mut changed = self.clone();
        change(&mut changed);
        Value::object(changed)
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
        "sqlalchemy.ext.hybrid"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let function = |value: &Option<Value>| Some(value.clone().unwrap_or(Value::None));
        Ok(match name {
            "fget" => function(&self.get),
            "fset" => function(&self.set),
            "fdel" => function(&self.delete),
            "expr" => function(&self.expression),
            "__name__" => Some(Value::from(self.name(interp)?)),
            "inplace" | "overrides" => Some(this.clone()),
            "getter" | "setter" | "deleter" | "expression" | "comparator" => {
                let (hybrid, which) = (self.clone(), name.to_owned());
                Some(Value::native(name, move |interp, args| {
                    let [function] = args.exactly(interp, &which)?;
                    Ok(hybrid.with(|hybrid| match which.as_str() {
                        "getter" => hybrid.get = Some(function),
                        "setter" => hybrid.set = Some(function),
                        "deleter" => hybrid.delete = Some(function),
                        "expression" => hybrid.expression = Some(function),
                        _ => hybrid.comparator = Some(function),
                    }))
                }))
            }
            "update_expression" => return Err(Stop::unsupported("hybrid_property.update_expression")),
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
        _this: &Value,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        match (instance, &self.get) {
            (None, _) => self.on_class(interp, &Value::Class(owner.clone())),
            (Some(instance), Some(get)) => interp.call(get, Args::of(vec![instance.clone()])),
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
        match &self.set {
            Some(set) => interp.call(set, Args::of(vec![instance.clone(), value])).map(|_| ()),
            None => Err(interp.raise("AttributeError", "can't set attribute")),
        }
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, instance: &Value) -> PyResult<()> {
        match &self.delete {
            Some(delete) => interp.call(delete, Args::of(vec![instance.clone()])).map(|_| ()),
            None => Err(interp.raise("AttributeError", "can't delete attribute")),
        }
    }
}

/// A hybrid property read from its class: its expression, under the hybrid's name in results.
pub(crate) struct HybridClauseObject {
    pub(crate) expr: Expr,
    pub(crate) name: Rc<str>,
    owner: Value,
    /// The mapped attribute that the hybrid stands for, where it gives one as it is.
    pub(crate) inner: Option<Value>,
}

impl HybridClauseObject {
    /// `User.full`, as messages name it.
    fn shown(&self, interp: &mut Interp) -> PyResult<String> {
        let owner = match &self.owner {
            Value::Class(class) => class.name().to_string(),
            alias if lend::has(interp, Behaviour::AliasShownAsCall) => interp.str(alias)?,
            alias => match interp.get_attr_opt(alias, "__name__")? {
                Some(name) => format!("AliasedClass_{}", name.as_str().cloned().unwrap_or_default()),
                None => String::new(),
            },
        };
        Ok(format!("{owner}.{}", self.name))
    }

    /// What a query selects for it: under its own name where the expression has none.
    pub(super) fn selected(&self, interp: &mut Interp) -> Expr {
        let is_function = matches!(self.expr.kind(), ExprKind::Function(_));
        let is_named = !lend::has(interp, Behaviour::FunctionHybridsUnnamed);
        if self.expr.key().is_none() || (is_function && is_named) {
            return self.expr.label(&self.name);
        }
        self.expr.clone()
    }
}

impl Object for HybridClauseObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "create_proxied_attribute.<locals>.Proxy"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.attributes"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "key" => Ok(Some(Value::from(self.name.clone()))),
            "class_" => Ok(Some(self.owner.clone())),
            "expression" => Ok(Some(ExprObject::value(self.expr.clone()))),
            "property" if self.inner.is_some() => {
                let inner = self.inner.clone().unwrap_or(Value::None);
                interp.get_attr(&inner, name).map(Some)
            }
            _ => {
                let found = expr::member(interp, this, &self.expr, name)?;
                if found.is_some()
                    || name.starts_with("__")
                    || names::has_member(interp, self.type_name(), name)
                {
                    return Ok(found);
                }
                let shown = self.shown(interp)?;
                Err(interp.raise(
                    "AttributeError",
                    format!(
                        "Neither 'hybrid_property' object nor 'ExprComparator' object associated with {shown} has an attribute '{name}'"
                    ),
                ))
            }
        }
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        expr::binary(interp, &self.expr, op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        expr::compare(interp, &self.expr, op, other)
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        expr::unary(interp, &self.expr, op)
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        expr::truth(interp, &self.expr)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.shown(interp)
    }
}

/// A hybrid method: called with an instance or, from the class, with the class.
struct HybridMethodObject {
    function: Value,
    expression: Option<Value>,
}

impl Object for HybridMethodObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "hybrid_method"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.ext.hybrid"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name != "expression" {
            return Ok(None);
        }
        let function = self.function.clone();
        Ok(Some(Value::native(name, move |interp, args| {
            let [expression] = args.exactly(interp, "expression")?;
            Ok(Value::object(HybridMethodObject { function: function.clone(), expression: Some(expression) }))
        })))
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
        let (function, receiver) = match (instance, &self.expression) {
            (Some(instance), _) => (self.function.clone(), instance.clone()),
            (None, Some(expression)) => (expression.clone(), Value::Class(owner.clone())),
            (None, None) => (self.function.clone(), Value::Class(owner.clone())),
        };
        Ok(Value::native("hybrid_method", move |interp, args: Args| {
            interp.call(&function, args.prepend(receiver.clone()))
        }))
    }
}

/// Adds what `sqlalchemy.ext.hybrid` shows.
pub(crate) fn install(interp: &mut Interp, module: &Module) {
    let class = interp.foreign_class("sqlalchemy.ext.hybrid", "hybrid_property");
    crate::sqlalchemy::define::construct(&class, |interp, args| {
        let signature = Signature::new(
            "hybrid_property.__init__",
            "fget, fset=, fdel=, expr=, custom_comparator=, update_expr=",
        );
        let mut bound = signature.bind(interp, args)?;
        Ok(Value::object(HybridObject {
            get: bound.take(0),
            set: bound.take(1),
            delete: bound.take(2),
            expression: bound.take(3),
            comparator: bound.take(4),
        }))
    });
    module.dict.set("hybrid_property", Value::Class(class));
    let class = interp.foreign_class("sqlalchemy.ext.hybrid", "hybrid_method");
    crate::sqlalchemy::define::construct(&class, |interp, args| {
        let mut bound = Signature::new("hybrid_method.__init__", "func, expr=").bind(interp, args)?;
        let function = bound.take(0).unwrap_or(Value::None);
        Ok(Value::object(HybridMethodObject { function, expression: bound.take(1) }))
    });
    module.dict.set("hybrid_method", Value::Class(class));
}
