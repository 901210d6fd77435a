//! What mapped attributes become in SQL: columns, and comparisons along relationships.

use super::attribute::AttributeObject;
use super::instance::object_of;
use super::{errors, mapped};
use crate::python::{Args, CompareOp, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::expr::{self, ExprObject};
use crate::sqlalchemy::lend;
use backproof_engine::load::{self, relation};
use backproof_engine::map::{self, Property};
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;

/// The expression of a column attribute; for a relationship, its join condition.
pub(super) fn attribute_expr(interp: &mut Interp, attribute: &AttributeObject) -> PyResult<Expr> {
    let (mapped, key) = (attribute.mapped, attribute.key.clone());
    lend::with_cx(interp, |cx| load::attribute_of_class(cx.orm, mapped, &key))
}

/// `attribute == other` and `!=` for a relationship.
pub(super) fn compare(
    interp: &mut Interp,
    attribute: &AttributeObject,
    op: CompareOp,
    other: &Value,
) -> PyResult<Value> {
    let negated = match op {
        CompareOp::Eq => false,
        CompareOp::Ne => true,
        _ => return Err(Stop::unsupported("ordering of a relationship attribute")),
    };
    mapped::configure_for(interp, attribute.mapped.mapper)?;
    let object = match object_of(other) {
        Some(object) => Some(object),
        None if other.is_none() => None,
        None if is_collection(interp, attribute)? => {
            let message = "Can't compare a collection to an object or collection; use contains() to test for membership.";
            return Err(errors::invalid_request(interp, message));
        }
        None => {
            return Err(Stop::unsupported(
                "comparing a relationship to something else than an instance or None",
            ));
        }
    };
    let (mapped, key) = (attribute.mapped, attribute.key.clone());
    let built = lend::with_cx(interp, |cx| relation::equals(cx, mapped, &key, object.as_ref(), negated))?;
    Ok(ExprObject::value(built))
}

fn is_collection(interp: &mut Interp, attribute: &AttributeObject) -> PyResult<bool> {
    let (mapper, key) = (attribute.mapped.mapper, attribute.key.clone());
    lend::read(interp, |orm| {
        orm.mappers.relationship(mapper, &key).is_some_and(|relationship| relationship.resolved().uselist)
    })
}

/// A method of a relationship attribute.
pub(super) fn member(
    interp: &mut Interp,
    this: &Value,
    attribute: &AttributeObject,
    name: &str,
) -> PyResult<Option<Value>> {
    let this = this.clone();
    Ok(Some(match name {
        "any" | "has" => {
            let is_any = name == "any";
            Value::native(name, move |interp, mut args| {
                let Some(attribute) = this.downcast::<AttributeObject>() else {
                    return Err(Stop::unsupported("any() or has() of something else"));
                };
                mapped::configure_for(interp, attribute.mapped.mapper)?;
                let criterion = if args.positional.is_empty() {
                    args.take_keyword("criterion")
                } else {
                    Some(args.positional.remove(0))
                };
                let mut criteria = Vec::new();
                if let Some(criterion) = criterion.filter(|criterion| !criterion.is_none()) {
                    criteria.push(expr::coerce(interp, &criterion)?);
                }
                criteria.extend(attribute.criteria.iter().cloned());
                let target = target_of(interp, attribute)?;
                for (key, value) in args.keywords {
                    let class = mapped::class_of_mapper(interp, target)?;
                    let other = interp.get_attr(&Value::Class(class), &key)?;
                    let equal = interp.compare(CompareOp::Eq, &other, &value)?;
                    criteria.push(expr::coerce(interp, &equal)?);
                }
                let (mapped, key, of_type) = (attribute.mapped, attribute.key.clone(), attribute.of_type);
                let built = lend::with_cx(interp, |cx| {
                    relation::exists(cx, mapped, &key, of_type, criteria, is_any)
                })?;
                Ok(ExprObject::value(built))
            })
        }
        "contains" => Value::native(name, move |interp, args| {
            let [other] = args.exactly(interp, "contains")?;
            let Some(attribute) = this.downcast::<AttributeObject>() else {
                return Err(Stop::unsupported("contains() of something else"));
            };
            mapped::configure_for(interp, attribute.mapped.mapper)?;
            let object = super::instance::require(interp, &other)?;
            let (mapped, key) = (attribute.mapped, attribute.key.clone());
            let (built, negation) = lend::with_cx(interp, |cx| {
                let built = relation::contains(cx, mapped, &key, &object)?;
                Ok((built, relation::not_contains(cx, mapped, &key, &object)?))
            })?;
            Ok(ExprObject::with_negation(built, negation))
        }),
        "of_type" => Value::native(name, move |interp, args| {
            let [class] = args.exactly(interp, "of_type")?;
            let Some(attribute) = this.downcast::<AttributeObject>() else {
                return Err(Stop::unsupported("of_type() of something else"));
            };
            let Some(of_type) = mapped::mapped_of(&class) else {
                return Err(errors::no_inspection(interp, &class));
            };
            mapped::configure_for(interp, attribute.mapped.mapper)?;
            let target = target_of(interp, attribute)?;
            let apart = lend::read(interp, |orm| {
                of_type.mapper != target && orm.mappers.get(of_type.mapper).hierarchy.concrete
            })?;
            if apart {
                return Err(Stop::unsupported("of_type() of a concrete class below the one that is led to"));
            }
            Ok(attribute.refined(Some(of_type), attribute.criteria.clone()))
        }),
        "and_" if !lend::has(interp, Behaviour::CriteriaOnAttributes) => return Ok(None),
        "and_" => Value::native(name, move |interp, args| {
            let Some(attribute) = this.downcast::<AttributeObject>() else {
                return Err(Stop::unsupported("and_() of something else"));
            };
            let mut criteria = attribute.criteria.clone();
            for value in &args.positional {
                criteria.push(expr::coerce(interp, value)?);
            }
            Ok(attribute.refined(attribute.of_type, criteria))
        }),
        "in_" | "notin_" | "not_in" => Value::native(name, |interp, _| {
            Err(interp.raise(
                "NotImplementedError",
                "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of foreign key values.",
            ))
        }),
        "is_" | "is_not" | "isnot" => {
            let op = if name == "is_" { CompareOp::Eq } else { CompareOp::Ne };
            Value::native(name, move |interp, args| {
                let [other] = args.exactly(interp, "is_")?;
                match this.downcast::<AttributeObject>() {
                    Some(attribute) => compare(interp, attribute, op, &other),
                    None => Err(Stop::unsupported("is_() of something else")),
                }
            })
        }
        "mapper" | "entity" => {
            mapped::configure_for(interp, attribute.mapped.mapper)?;
            let target = target_of(interp, attribute)?;
            return super::mapper::MapperObject::find(interp, target).map(Some);
        }
        _ => return Ok(None),
    }))
}

/// `with_parent(object, Class.relationship)`.
pub(crate) fn with_parent(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    if args.take_keyword("from_entity").is_some_and(|entity| !entity.is_none()) {
        return Err(Stop::unsupported("with_parent() with `from_entity`"));
    }
    let [object, property] = args.exactly(interp, "with_parent")?;
    let Some(attribute) = property.downcast::<AttributeObject>() else {
        return Err(Stop::unsupported("with_parent() along something that is no mapped attribute"));
    };
    if attribute.of_type.is_some() || !attribute.criteria.is_empty() {
        return Err(Stop::unsupported("with_parent() along a relationship with of_type() or and_()"));
    }
    mapped::configure_for(interp, attribute.mapped.mapper)?;
    let object = super::instance::require(interp, &object)?;
    let (mapped, key) = (attribute.mapped, attribute.key.clone());
    let built = lend::with_cx(interp, |cx| relation::with_parent(cx, mapped, &key, &object))?;
    Ok(ExprObject::value(built))
}

/// The mapper that a relationship leads to.
pub(super) fn target_of(interp: &mut Interp, attribute: &AttributeObject) -> PyResult<map::MapperId> {
    match attribute.property(interp)? {
        Property::Relationship(relationship) => match relationship.resolved.get() {
            Some(resolved) => Ok(resolved.target),
            None => Err(Stop::unsupported("a relationship that is not configured")),
        },
        Property::Column(_) => Err(Stop::unsupported("a column where a relationship belongs")),
    }
}

/// Columns given as attributes, columns or a list of them.
pub(super) fn columns(interp: &mut Interp, value: &Value) -> PyResult<Vec<backproof_engine::schema::Column>> {
    let values = match value {
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => interp.iterate(value)?,
        one => vec![one.clone()],
    };
    let mut columns = Vec::new();
    for value in &values {
        let Some(expr) = expr::clause(interp, value)? else {
            return Err(Stop::unsupported("something else than a column where columns belong"));
        };
        match expr.base_column() {
            Some(column) => columns.push(column.clone()),
            None => return Err(Stop::unsupported("an expression where columns belong")),
        }
    }
    Ok(columns)
}

/// Expressions given one by one or in a list.
pub(super) fn expressions(interp: &mut Interp, value: &Value) -> PyResult<Vec<Expr>> {
    match value {
        Value::List(_) | Value::Tuple(_) => {
            let values = interp.iterate(value)?;
            values.iter().map(|value| expr::coerce(interp, value)).collect()
        }
        one => Ok(vec![expr::coerce(interp, one)?]),
    }
}
