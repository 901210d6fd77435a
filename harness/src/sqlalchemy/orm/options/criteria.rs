//! `with_loader_criteria()`: further criteria of a class, a base class or an alias.
//!
//! What a callable gives is asked for each class, when the option comes to a statement.

use crate::python::{Args, Interp, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::functions::condition;
use crate::sqlalchemy::orm::mapped;
use crate::sqlalchemy::{convert, expr, lend};
use backproof_engine::load::{Criteria, LoaderOption};
use backproof_engine::map::MapperId;
use backproof_engine::sql::{Expr, ExprKind};
use std::any::Any;

/// The option as a document holds it.
struct CriteriaObject {
    entity: Value,
    criterion: Value,
    include_aliases: bool,
    propagates: bool,
}

impl Object for CriteriaObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "LoaderCriteriaOption"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.util"
    }
}

/// `with_loader_criteria(…)`.
pub(super) fn make(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature = Signature::new(
        "LoaderCriteriaOption.__init__",
        "entity_or_base, where_criteria, loader_only=, include_aliases=, propagate_to_loaders=, \
         track_closure_variables=",
    );
    let mut bound = signature.bind(interp, args)?;
    let mut flag = |interp: &mut Interp, index, default| match bound.take(index) {
        Some(value) => interp.truth(&value),
        None => Ok(default),
    };
    let (loader_only, include_aliases) = (flag(interp, 2, false)?, flag(interp, 3, false)?);
    let (propagates, _) = (flag(interp, 4, true)?, flag(interp, 5, true)?);
    if loader_only {
        return Err(Stop::unsupported("`loader_only` of with_loader_criteria()"));
    }
    let entity = bound.take(0).unwrap_or(Value::None);
    if mapped::mapped_of(&entity).is_none() && entity.as_class().is_none() {
        return Err(Stop::unsupported("with_loader_criteria() of something that is no class"));
    }
    let criterion = bound.take(1).unwrap_or(Value::None);
    Ok(Value::object(CriteriaObject { entity, criterion, include_aliases, propagates }))
}

/// The classes that a target means: itself and those below it.
fn classes(interp: &mut Interp, entity: &Value) -> PyResult<Vec<MapperId>> {
    if let Some(mapped) = mapped::mapped_of(entity) {
        return lend::read(interp, |orm| {
            let below = orm.mappers.iter().filter(|mapper| orm.mappers.is_a(mapper.id, mapped.mapper));
            below.map(|mapper| mapper.id).collect()
        });
    }
    let Some(base) = entity.as_class() else { return Ok(Vec::new()) };
    lend::read(interp, |orm| {
        let below = orm.mappers.iter().filter(|mapper| {
            let class = mapper.host_class.as_ref().and_then(mapped::class_of_host);
            class.is_some_and(|class| class.is_subclass(base))
        });
        below.map(|mapper| mapper.id).collect()
    })
}

/// The option that a value is, where it is one.
pub(super) fn option(interp: &mut Interp, value: &Value) -> PyResult<Option<LoaderOption>> {
    let Some(object) = value.downcast::<CriteriaObject>() else { return Ok(None) };
    let alias = mapped::mapped_of(&object.entity).filter(|mapped| mapped.alias.is_some());
    let given = expr::clause(interp, &object.criterion)?;
    let mut of = Vec::new();
    for mapper in classes(interp, &object.entity)? {
        mapped::configure_for(interp, mapper)?;
        let expr = match &given {
            Some(expr) => expr.clone(),
            None => {
                let class = mapped::class_of_mapper(interp, mapper)?;
                let made = interp.call(&object.criterion, Args::of(vec![Value::Class(class)]))?;
                let made = condition(interp, &made)?;
                named(interp, &object.criterion, &made)?
            }
        };
        of.push((mapper, expr));
    }
    let (include_aliases, propagates) = (object.include_aliases, object.propagates);
    let source = match &object.criterion {
        Value::Function(function) => function.code_identity(),
        _ => 0,
    };
    Ok(Some(LoaderOption::criteria(Criteria { of, include_aliases, alias, propagates, source })))
}

/// The criterion with its parameters called as the variables that a `lambda` took their values from.
fn named(interp: &mut Interp, function: &Value, expr: &Expr) -> PyResult<Expr> {
    let Value::Function(function) = function else { return Ok(expr.clone()) };
    let mut values = Vec::new();
    for (name, value) in function.outer_values() {
        if matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
            values.push((name, convert::to_engine(interp, &value)?));
        }
    }
    Ok(expr.rewrite(&mut |part| {
        let ExprKind::Bind(bind) = part.kind() else { return None };
        let value = bind.value.as_ref().filter(|_| bind.unique && bind.expanding.is_none())?;
        let (name, _) = values.iter().find(|(_, known)| known == value)?;
        Some(Expr::bind_named(name, true, Some(value.clone()), bind.ty.clone()))
    }))
}
