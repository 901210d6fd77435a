//! `coerce_compared_value()`: the type that a document's type has values bound with, beside expressions of it.
//!
//! It is asked as an expression is made, with the operator and the value, as the library asks it; what is no plain value is
//! never asked about.

use super::expr::clause;
use super::{lend, own_types, types};
use crate::python::builtins::method;
use crate::python::{Args, Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::convert;
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Expr, Op, Operand};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// The function of `sqlalchemy.sql.operators` that stands for an operator.
fn function(interp: &mut Interp, op: &Op) -> PyResult<Value> {
    let name = match op {
        Op::Eq => "eq",
        Op::Ne => "ne",
        Op::Lt => "lt",
        Op::Le => "le",
        Op::Gt => "gt",
        Op::Ge => "ge",
        Op::Add => "add",
        Op::Sub => "sub",
        Op::Mul => "mul",
        Op::Div => "truediv",
        Op::Mod => "mod",
        Op::FloorDiv => "floordiv",
        Op::Concat => "concat_op",
        Op::Like => "like_op",
        Op::NotLike => "not_like_op",
        Op::ILike => "ilike_op",
        Op::NotILike => "not_ilike_op",
        Op::In => "in_op",
        Op::NotIn => "not_in_op",
        Op::Is => "is_",
        Op::IsNot => "is_not",
        _ => return Err(Stop::unsupported("`coerce_compared_value()` of this operator")),
    };
    let operators = interp.import("sqlalchemy.sql.operators")?;
    let found = operators.dict.get(name);
    found.ok_or_else(|| Stop::unsupported(format!("`coerce_compared_value()` with the operator `{name}`")))
}

/// The document's type of an expression, where its class says how values beside it are bound.
fn coercing(interp: &mut Interp, expr: &Expr) -> PyResult<Option<Value>> {
    if !lend::shared(interp).coerces_compared {
        return Ok(None);
    }
    let SqlType::Host(host) = expr.ty() else { return Ok(None) };
    let Some(object) = &host.args().object else { return Ok(None) };
    let object = convert::to_python(interp, object)?;
    let class = interp.class_of(&object);
    Ok(own_types::writes(&class, "coerce_compared_value").then_some(object))
}

/// The type of a value beside an expression of a document's type.
fn asked(interp: &mut Interp, object: &Value, op: &Op, value: &Value) -> PyResult<SqlType> {
    let function = function(interp, op)?;
    let args = Args::of(vec![function, value.clone()]);
    let made = interp.call_method(object, "coerce_compared_value", args)?;
    match types::of_value(interp, &made)? {
        Some(ty) => Ok(ty),
        None => Err(Stop::unsupported("a `coerce_compared_value()` that gives no type")),
    }
}

/// The other side of an operator, where the type of this side is asked how it is bound.
pub(super) fn operand(interp: &mut Interp, expr: &Expr, op: &Op, value: &Value) -> PyResult<Option<Operand>> {
    let Some(object) = coercing(interp, expr)? else { return Ok(None) };
    let is_clause = clause(interp, value)?.is_some() || super::selectable::body(interp, value)?.is_some();
    if value.is_none() || is_clause {
        return Ok(None);
    }
    let ty = asked(interp, &object, op, value)?;
    let bound = convert::to_engine(interp, value)?;
    Ok(Some(Operand::Expr(expr.bind_beside_as(bound, ty))))
}

/// As [`operand`], for the list of `in_()`: its first value is asked about; before lists were bound whole, each of them.
pub(super) fn list(interp: &mut Interp, expr: &Expr, op: &Op, values: &[Value]) -> PyResult<Option<Operand>> {
    let Some(object) = coercing(interp, expr)? else { return Ok(None) };
    let mut bound = Vec::with_capacity(values.len());
    for value in values {
        if clause(interp, value)?.is_some() {
            return Err(Stop::unsupported("expressions in a list whose type says how values are bound"));
        }
        bound.push(convert::to_engine(interp, value)?);
    }
    if lend::has(interp, Behaviour::ExpandingIn) {
        let Some(first) = values.first() else { return Ok(None) };
        let ty = asked(interp, &object, op, first)?;
        return Ok(Some(Operand::Expr(expr.bind_list_as(bound, ty))));
    }
    let mut exprs = Vec::with_capacity(bound.len());
    for (value, bound) in values.iter().zip(bound) {
        let ty = asked(interp, &object, op, value)?;
        exprs.push(expr.bind_beside_as(bound, ty));
    }
    Ok(Some(Operand::Exprs(exprs)))
}

/// Gives the class of all types the method as it is where no document writes it.
pub(super) fn install(root: &Rc<Class>) {
    method(root, "coerce_compared_value", |interp, args| {
        let [this, _, value] = args.exactly(interp, "coerce_compared_value")?;
        let Some(ty) = types::of_value(interp, &this)? else {
            return Err(Stop::unsupported("`coerce_compared_value()` of no type"));
        };
        if let SqlType::Host(host) = &ty
            && host.args().object.is_some()
            && !host.args().binds_as_generic
        {
            return Ok(this);
        }
        let value = convert::to_engine(interp, &value)?;
        let made = Expr::bound_type(&ty, &value);
        if made == ty { Ok(this) } else { types::to_value(interp, &made) }
    });
}

/// Notes that expressions may have a type whose class writes the method.
pub(super) fn note(interp: &mut Interp, class: &Rc<Class>) {
    if own_types::writes(class, "coerce_compared_value") {
        lend::shared(interp).coerces_compared = true;
    }
}

/// What an expression is compared with, however its type has it bound.
pub(super) fn beside(interp: &mut Interp, expr: &Expr, op: &Op, value: &Value) -> PyResult<Operand> {
    match operand(interp, expr, op, value)? {
        Some(operand) => Ok(operand),
        None => super::expr::operand(interp, value),
    }
}
