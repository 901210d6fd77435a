//! Joins of `Query` and `select()`: to classes, along relationships, to tables and subqueries.

use super::super::attribute::AttributeObject;
use super::super::{comparator, errors, mapped};
use super::{flag, subject};
use crate::python::{Args, Interp, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{define, expr, lend, selectable};
use backproof_engine::load::{self, Join, JoinLeft, JoinTarget, OnClause, Query, Style};
use backproof_engine::map::Mapped;
use backproof_engine::sql::FromItem;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// `join()`, `outerjoin()`, `join_from()`, `outerjoin_from()`.
pub(super) fn apply(interp: &mut Interp, query: &mut Query, name: &str, mut args: Args) -> PyResult<()> {
    let outer = flag(interp, &mut args, "isouter")? || name.starts_with("outer");
    let full = flag(interp, &mut args, "full")?;
    let mut left = None;
    if name.ends_with("_from") {
        if args.positional.is_empty() {
            return Err(Stop::unsupported(format!("{name}() of nothing")));
        }
        let value = args.positional.remove(0);
        left = Some(match mapped::mapped_of(&value) {
            Some(mapped) => {
                mapped::configure_for(interp, mapped.mapper)?;
                JoinLeft::Mapped(mapped)
            }
            None => JoinLeft::Item(selectable::joinable(interp, &value)?),
        });
    }
    mapped::configure_query(interp, query)?;
    let given = Given { left, outer, full };
    let keyword = args.take_keyword("onclause");
    let target = args.take_keyword("target");
    if let Some((name, _)) = args.keywords.first() {
        return Err(Stop::unsupported(format!("join() with `{name}`")));
    }
    let by_name = lend::has(interp, Behaviour::JoinsByName);
    let mut values = args.positional;
    values.extend(target);
    values.extend(keyword);
    if let ([Value::Tuple(pair)], true) = (values.as_slice(), by_name) {
        values = pair.to_vec();
    }
    let is_chain = by_name
        && values.len() > 1
        && values
            .iter()
            .all(|value| value.downcast::<AttributeObject>().is_some() || value.as_str().is_some());
    if is_chain {
        for value in values {
            one_join(interp, query, &value, None, &given)?;
        }
        return Ok(());
    }
    match values.as_slice() {
        [target] => one_join(interp, query, target, None, &given),
        [target, on] if on.is_none() => one_join(interp, query, target, None, &given),
        [target, on] => one_join(interp, query, target, Some(on), &given),
        _ => Err(Stop::unsupported("join() with several targets")),
    }
}

/// `join(left, right, onclause=None, isouter=False, full=False)` of the ORM: a join that stands by itself.
pub(crate) fn function(interp: &mut Interp, args: Args, outer: bool) -> PyResult<Value> {
    let name = if outer { "outerjoin" } else { "join" };
    let parameters = if outer {
        "left, right, onclause=, full=, join_to_left="
    } else {
        "left, right, onclause=, isouter=, full=, join_to_left="
    };
    let mut bound = Signature::new(name, parameters).bind(interp, args)?;
    let (left, right) = (bound.take(0).unwrap_or(Value::None), bound.take(1).unwrap_or(Value::None));
    let on = bound.take(2).filter(|on| !on.is_none());
    let is_outer = outer || define::flag(interp, &mut bound, 3, false)?;
    let full = define::flag(interp, &mut bound, if outer { 3 } else { 4 }, false)?;
    let mut query = Query::new(Style::Select, None, Vec::new());
    match mapped::mapped_of(&left) {
        Some(mapped) => query.add_class(mapped),
        None => query.from_items.push(selectable::joinable(interp, &left)?),
    }
    mapped::configure_query(interp, &query)?;
    if let Some(name) = on.as_ref().and_then(Value::as_str) {
        return Err(Stop::unsupported(format!("join() along `{name}` by name")));
    }
    let given = Given { left: None, outer: is_outer, full };
    one_join(interp, &mut query, &right, on.as_ref(), &given)?;
    let mut item = lend::with_cx(interp, |cx| query.element(cx.orm))?;
    if let FromItem::Join(join) = &item {
        let along =
            matches!(query.joins.first().map(|join| &join.target), Some(JoinTarget::Relationship { .. }));
        item = FromItem::Join(Rc::new(join.tagged(if along { "along" } else { "orm" })));
    }
    Ok(selectable::FromObject::value(interp, item))
}

/// What a join was given beside its target.
struct Given {
    left: Option<JoinLeft>,
    outer: bool,
    full: bool,
}

impl Given {
    fn join(&self, target: JoinTarget) -> Join {
        Join { left: self.left.clone(), outer: self.outer, full: self.full, ..Join::to(target) }
    }
}

fn no_target(interp: &mut Interp, target: &Value) -> PyResult<Stop> {
    let shown = interp.repr(target)?;
    let message = format!(
        "Join target, typically a FROM expression, or ORM relationship attribute expected, got {shown}."
    );
    Ok(errors::argument_error(interp, message))
}

fn one_join(
    interp: &mut Interp,
    query: &mut Query,
    target: &Value,
    on: Option<&Value>,
    given: &Given,
) -> PyResult<()> {
    let by_name = lend::has(interp, Behaviour::JoinsByName);
    if let Some(name) = target.as_str() {
        if !by_name {
            return Err(no_target(interp, target)?);
        }
        let Some(from) = subject(interp, query)? else {
            return Err(Stop::unsupported("join() by name on a query of no mapped class"));
        };
        let target = JoinTarget::Relationship { from, key: name.clone(), to: None };
        query.joins.push(given.join(target));
        return Ok(());
    }
    if let (Some(attribute), None) = (target.downcast::<AttributeObject>(), on) {
        let made = along(interp, attribute, attribute.of_type, given)?;
        query.joins.push(made);
        return Ok(());
    }
    let to = mapped::mapped_of(target);
    if let (Some(to), Some(name)) = (to, on.and_then(Value::as_str))
        && by_name
    {
        let Some(from) = subject(interp, query)? else {
            return Err(Stop::unsupported("join() by name on a query of no mapped class"));
        };
        let target = JoinTarget::Relationship { from, key: name.clone(), to: Some(to) };
        query.joins.push(given.join(target));
        return Ok(());
    }
    if let (Some(to), Some(attribute)) = (to, on.and_then(Value::downcast::<AttributeObject>))
        && attribute.is_relationship(interp)?
    {
        let direct = comparator::target_of(interp, attribute)? == to.mapper && to.alias.is_none();
        let made = along(interp, attribute, (!direct).then_some(to), given)?;
        query.joins.push(made);
        return Ok(());
    }
    if let (Some(item @ FromItem::Alias(_)), Some(attribute)) =
        (selectable::from_item(target), on.and_then(Value::downcast::<AttributeObject>))
        && attribute.is_relationship(interp)?
    {
        let class = comparator::target_of(interp, attribute)?;
        let to = lend::with_cx(interp, |cx| load::alias_of_selectable(cx, class, None, item, false))?;
        let made = along(interp, attribute, Some(to), given)?;
        query.joins.push(made);
        return Ok(());
    }
    let on = match on {
        Some(on) => OnClause::Expr(expr::coerce(interp, on)?),
        None => OnClause::Inferred,
    };
    let made = match to {
        Some(to) => {
            mapped::configure_for(interp, to.mapper)?;
            Join { on, shown: shown_mapped(interp, to)?, ..given.join(JoinTarget::Mapped(to)) }
        }
        None => {
            if matches!(target, Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None) && !by_name {
                return Err(no_target(interp, target)?);
            }
            let item = selectable::joinable(interp, target)?;
            let shown = match selectable::from_item(target) {
                Some(_) => match interp.repr(target) {
                    Ok(shown) => Some(Rc::from(shown)),
                    Err(_) => None,
                },
                None => None,
            };
            Join { on, shown, ..given.join(JoinTarget::Item(item)) }
        }
    };
    query.joins.push(made);
    Ok(())
}

/// How errors show a class that is joined to.
fn shown_mapped(interp: &mut Interp, to: Mapped) -> PyResult<Option<Rc<str>>> {
    if to.alias.is_some() {
        return Ok(None);
    }
    if !lend::has(interp, Behaviour::JoinsNameMappers) {
        let class = mapped::class_of_mapper(interp, to.mapper)?;
        return Ok(interp.repr(&Value::Class(class)).ok().map(Rc::from));
    }
    let mapper = super::super::mapper::MapperObject::find(interp, to.mapper)?;
    Ok(interp.repr(&mapper).ok().map(Rc::from))
}

/// A join along a relationship, to its class or the given one.
fn along(
    interp: &mut Interp,
    attribute: &AttributeObject,
    to: Option<Mapped>,
    given: &Given,
) -> PyResult<Join> {
    if !attribute.is_relationship(interp)? {
        let shown = attribute.shown();
        let message = format!("Join target {shown} does not refer to a mapped entity");
        return Err(errors::argument_error(interp, message));
    }
    let from = match &given.left {
        Some(JoinLeft::Mapped(left)) if left.mapper == attribute.mapped.mapper => *left,
        _ => attribute.mapped,
    };
    let target = JoinTarget::Relationship { from, key: attribute.key.clone(), to };
    Ok(Join { criteria: attribute.criteria.clone(), left: None, ..given.join(target) })
}
