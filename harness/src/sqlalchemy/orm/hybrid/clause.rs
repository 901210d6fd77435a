//! A hybrid property as its class shows it: an expression with the hybrid's name, or what a document wrote in its place.

use crate::python::{Args, BinaryOp, CompareOp, Interp, Object, PyResult, Stop, UnaryOp, Value};
use crate::sqlalchemy::expr;
use crate::sqlalchemy::orm::operating;
use crate::sqlalchemy::{lend, names};
use backproof_engine::load::Style;
use backproof_engine::sql::{Expr, ExprKind};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A hybrid property read from its class: its expression, under the hybrid's name in results.
pub(crate) struct HybridClauseObject {
    pub(crate) expr: Expr,
    pub(super) name: Rc<str>,
    pub(super) owner: Value,
    /// The mapped attribute that the hybrid stands for, where it gives one as it is.
    pub(crate) inner: Option<Value>,
    /// What a document wrote that has operators of its own: the comparator, or the value of the hybrid's expression.
    pub(super) own: Option<Own>,
    pub(super) hybrid: Value,
}

/// What a hybrid's operators come out at, where that is not its expression.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) value: Value,
    pub(super) is_comparator: bool,
}

/// Names of a hybrid that its class-level attribute has, too.
const OF_HYBRID: &[&str] =
    &["getter", "setter", "deleter", "update_expression", "overrides", "inplace", "fget", "fset", "fdel"];

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

    /// What a row calls it, where that is not what its expression is called.
    pub(in crate::sqlalchemy) fn row_name(&self, interp: &mut Interp, style: Style) -> Option<Rc<str>> {
        let by_column = style == Style::Legacy && lend::has(interp, Behaviour::HybridsNamedByColumn);
        (!(self.is_table_column() && by_column)).then(|| self.name.clone())
    }

    /// As [`Self::row_name`], within a bundle.
    pub(in crate::sqlalchemy) fn bundled_name(&self, interp: &mut Interp, style: Style) -> Option<Rc<str>> {
        let by_column = style == Style::Legacy && lend::has(interp, Behaviour::BundledHybridsNamedByColumn);
        (!(self.is_table_column() && by_column)).then(|| self.name.clone())
    }

    /// Whether it is a column as its table has it, and no attribute.
    fn is_table_column(&self) -> bool {
        self.own.is_none() && self.inner.is_none() && self.expr.as_column().is_some()
    }

    fn no_attribute(&self, interp: &mut Interp, comparator: &str, name: &str) -> PyResult<Stop> {
        let shown = self.shown(interp)?;
        Ok(interp.raise(
            "AttributeError",
            format!(
                "Neither 'hybrid_property' object nor '{comparator}' object associated with {shown} has an attribute '{name}'"
            ),
        ))
    }

    /// An attribute of what a document wrote.
    fn of_own(&self, interp: &mut Interp, own: &Own, name: &str) -> PyResult<Option<Value>> {
        let found = operating::through(interp, &own.value, name)?;
        if found.is_some() || name.starts_with("__") || names::has_member(interp, self.type_name(), name) {
            return Ok(found);
        }
        let kind = if own.is_comparator {
            interp.type_name(&own.value).to_string()
        } else {
            "ExprComparator".to_owned()
        };
        Err(self.no_attribute(interp, &kind, name)?)
    }

    /// The columns that an update sets for it, with their values.
    pub(in crate::sqlalchemy) fn updated(
        &self,
        interp: &mut Interp,
        value: &Value,
    ) -> PyResult<Vec<(Value, Value)>> {
        if let Some(inner) = &self.inner {
            return Ok(vec![(inner.clone(), value.clone())]);
        }
        if self.own.as_ref().is_some_and(|own| own.is_comparator) {
            return Err(Stop::unsupported("an update of a hybrid property with a comparator"));
        }
        let hybrid = self.hybrid.downcast::<super::HybridObject>();
        let Some(update) = hybrid.and_then(|hybrid| hybrid.parts.borrow().update.clone()) else {
            return Ok(vec![(operating::element(&self.expr), value.clone())]);
        };
        let made = interp.call(&update, Args::of(vec![self.owner.clone(), value.clone()]))?;
        let mut pairs = Vec::new();
        for pair in interp.iterate(&made)? {
            let pair = interp.iterate(&pair)?;
            let [key, value] = &pair[..] else {
                return Err(Stop::unsupported("an update expression that gives something else than pairs"));
            };
            if key.as_str().is_some() {
                return Err(Stop::unsupported("an update expression that names its columns by strings"));
            }
            pairs.push((key.clone(), value.clone()));
        }
        Ok(pairs)
    }

    /// What a query selects for it: under its own name where the expression has none.
    pub(in crate::sqlalchemy) fn selected(&self, interp: &mut Interp) -> Expr {
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
        if OF_HYBRID.contains(&name)
            && let Some(found) = interp.get_attr_opt(&self.hybrid, name)?
        {
            return Ok(Some(found));
        }
        match (name, &self.own) {
            ("comparator", Some(own)) if own.is_comparator => return Ok(Some(own.value.clone())),
            ("comparator", _) => {
                return Err(Stop::unsupported("the comparator of a hybrid property without one of its own"));
            }
            ("key" | "class_" | "expression" | "property" | "__clause_element__", _) | (_, None) => {}
            (_, Some(own)) => return self.of_own(interp, own, name),
        }
        match name {
            "key" => Ok(Some(Value::from(self.name.clone()))),
            "class_" => Ok(Some(self.owner.clone())),
            "expression" => Ok(Some(operating::element(&self.expr))),
            "__clause_element__" => {
                let element = operating::element(&self.expr);
                Ok(Some(Value::native(name, move |_, _| Ok(element.clone()))))
            }
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
                Err(self.no_attribute(interp, "ExprComparator", name)?)
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
        if let Some(own) = &self.own {
            let made = if reflected {
                interp.binary(op, other, &own.value)
            } else {
                interp.binary(op, &own.value, other)
            };
            return made.map(Some);
        }
        expr::binary(interp, &self.expr, op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if let Some(own) = &self.own {
            return interp.compare(op, &own.value, other).map(Some);
        }
        expr::compare(interp, &self.expr, op, other)
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        if let Some(own) = &self.own {
            return interp.unary(op, &own.value);
        }
        expr::unary(interp, &self.expr, op)
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        expr::truth(interp, &self.expr)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.shown(interp)
    }
}
