//! The methods that `Query` and `select()` share: each gives a changed copy.

use super::attribute::AttributeObject;
use super::{comparator, entity, errors, mapped, options};
use crate::python::{Args, CompareOp, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::schema::TableObject;
use crate::sqlalchemy::{expr, functions, lend};
use backproof_engine::load::{self, Entity, Join, JoinTarget, OnClause, Query};
use backproof_engine::map::{Mapped, Property};
use backproof_engine::sql::{Expr, FromItem};
use backproof_engine::version::Behaviour;

/// Applies a method to a query; `false` where it is none of those that are shared.
pub(super) fn apply(interp: &mut Interp, query: &mut Query, name: &str, mut args: Args) -> PyResult<bool> {
    match name {
        "filter" | "where" => query.criteria.extend(conditions(interp, &args)?),
        "having" => query.having.extend(conditions(interp, &args)?),
        "filter_by" => filter_by(interp, query, args)?,
        "order_by" => order_by(interp, query, &args)?,
        "group_by" => {
            for value in &args.positional {
                query.group_by.extend(clauses(interp, value, "group_by")?);
            }
        }
        "limit" => query.limit = row_count(interp, args, name)?,
        "offset" => query.offset = row_count(interp, args, name)?,
        "distinct" => {
            if !args.positional.is_empty() {
                return Err(Stop::unsupported("distinct() with columns"));
            }
            query.distinct = true;
        }
        "select_from" => {
            for value in &args.positional {
                match mapped::mapped_of(value) {
                    Some(mapped) => query.select_from.push(mapped),
                    None => {
                        return Err(Stop::unsupported("select_from() of something that is no mapped class"));
                    }
                }
            }
        }
        "options" => {
            let classes = queried_classes(query);
            query.options.extend(options::read(interp, &classes, &args.positional)?);
        }
        "join" | "outerjoin" => {
            let isouter = flag(interp, &mut args, "isouter")?;
            let full = flag(interp, &mut args, "full")?;
            join(interp, query, args, name == "outerjoin" || isouter, full)?;
        }
        "join_from" | "outerjoin_from" => {
            let isouter = flag(interp, &mut args, "isouter")?;
            let full = flag(interp, &mut args, "full")?;
            let left = match args.positional.first() {
                Some(value) if query.joins.is_empty() && query.select_from.is_empty() => {
                    mapped::mapped_of(value)
                }
                _ => None,
            };
            let Some(left) = left else {
                return Err(Stop::unsupported(format!(
                    "{name}() that does not begin a select's FROM with a class"
                )));
            };
            args.positional.remove(0);
            query.select_from.push(left);
            join(interp, query, args, name == "outerjoin_from" || isouter, full)?;
        }
        "add_columns" | "add_column" | "add_entity" => {
            query.entities.extend(entity::entities(interp, &args.positional)?);
        }
        "with_entities" | "with_only_columns" => {
            let values = match args.positional.as_slice() {
                [Value::List(list)] => list.items.borrow().clone(),
                values => values.to_vec(),
            };
            query.entities = entity::entities(interp, &values)?;
        }
        "populate_existing" => query.populate_existing = true,
        "execution_options" => {
            for (keyword, value) in args.keywords {
                match &*keyword {
                    "populate_existing" => query.populate_existing = interp.truth(&value)?,
                    "autoflush" => query.autoflush = interp.truth(&value)?,
                    other => return Err(Stop::unsupported(format!("the execution option `{other}`"))),
                }
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The names that [`apply`] knows.
pub(super) fn is_shared(name: &str) -> bool {
    matches!(
        name,
        "filter"
            | "where"
            | "having"
            | "filter_by"
            | "order_by"
            | "group_by"
            | "limit"
            | "offset"
            | "distinct"
            | "select_from"
            | "options"
            | "join"
            | "outerjoin"
            | "add_columns"
            | "add_column"
            | "add_entity"
            | "with_entities"
            | "with_only_columns"
            | "populate_existing"
            | "execution_options"
    )
}

/// The classes that a query is of, each once.
fn queried_classes(query: &Query) -> Vec<Mapped> {
    let mut classes = Vec::new();
    for entity in &query.entities {
        if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity
            && !classes.contains(mapped)
        {
            classes.push(*mapped);
        }
    }
    classes
}

fn flag(interp: &mut Interp, args: &mut Args, name: &str) -> PyResult<bool> {
    match args.take_keyword(name) {
        Some(value) => interp.truth(&value),
        None => Ok(false),
    }
}

fn conditions(interp: &mut Interp, args: &Args) -> PyResult<Vec<Expr>> {
    args.positional.iter().map(|value| functions::condition(interp, value)).collect()
}

/// Expressions given one by one or in a list.
fn clauses(interp: &mut Interp, value: &Value, what: &str) -> PyResult<Vec<Expr>> {
    let values = match value {
        Value::List(_) | Value::Tuple(_) => interp.iterate(value)?,
        one => vec![one.clone()],
    };
    let mut clauses = Vec::with_capacity(values.len());
    for value in &values {
        if let Some(mapped) = mapped::mapped_of(value) {
            let columns = lend::read(interp, |orm| orm.mappers.get(mapped.mapper).table.columns())?;
            clauses.extend(columns.iter().map(Expr::column));
            continue;
        }
        match expr::clause(interp, value)? {
            Some(clause) => clauses.push(clause),
            None if value.as_str().is_some() => {
                return Err(Stop::unsupported(format!("{what}() of a string")));
            }
            None => return Err(Stop::unsupported(format!("{what}() of something that is no expression"))),
        }
    }
    Ok(clauses)
}

fn order_by(interp: &mut Interp, query: &mut Query, args: &Args) -> PyResult<()> {
    if let [Value::None | Value::Bool(false)] = args.positional.as_slice() {
        query.order_by.clear();
        return Ok(());
    }
    for value in &args.positional {
        let clauses = match value.as_str() {
            Some(name) => vec![named_order(interp, query, name)?],
            None => clauses(interp, value, "order_by")?,
        };
        query.order_by.extend(clauses);
    }
    Ok(())
}

/// `order_by("name")`: a column of what is queried.
fn named_order(interp: &mut Interp, query: &Query, name: &str) -> PyResult<Expr> {
    let (name, descending) = match name.trim().split_once(char::is_whitespace) {
        Some((name, direction)) if direction.trim().eq_ignore_ascii_case("desc") => (name, true),
        Some(_) => return Err(Stop::unsupported("order_by() of such a string")),
        None => (name, false),
    };
    for entity in &query.entities {
        let mapped = match entity {
            Entity::Mapped(mapped) => *mapped,
            Entity::Attribute(mapped, key) if **key == *name => *mapped,
            Entity::Attribute(..) | Entity::Expr(_) => continue,
        };
        let column = lend::read(interp, |orm| match orm.mappers.get(mapped.mapper).properties.get(name) {
            Some(Property::Column(property)) => property.columns.first().cloned(),
            _ => None,
        })?;
        if mapped.alias.is_none()
            && let Some(column) = column
        {
            let expr = Expr::column(&column);
            return Ok(if descending { expr.modified(backproof_engine::sql::Op::Desc) } else { expr });
        }
    }
    Err(Stop::unsupported("order_by() of a string that names no queried column"))
}

fn row_count(interp: &mut Interp, args: Args, name: &str) -> PyResult<Option<Expr>> {
    let [value] = args.exactly(interp, name)?;
    if value.is_none() {
        return Ok(None);
    }
    if let Some(expr) = expr::clause(interp, &value)? {
        return Ok(Some(expr));
    }
    let number = interp.index(&value)?;
    Ok(Some(load::row_count(number)))
}

/// The class or alias that `filter_by()` speaks of: the one joined to last, or the first that is queried.
fn subject(interp: &mut Interp, query: &Query) -> PyResult<Option<Mapped>> {
    lend::with_cx(interp, |cx| Ok(query.filter_by_class(cx)))
}

fn filter_by(interp: &mut Interp, query: &mut Query, args: Args) -> PyResult<()> {
    if !args.positional.is_empty() {
        let message = format!(
            "Query.filter_by() takes 1 positional argument but {} were given",
            args.positional.len() + 1
        );
        return Err(interp.raise("TypeError", message));
    }
    let Some(mapped) = subject(interp, query)? else {
        return Err(Stop::unsupported("filter_by() on a query of no mapped class"));
    };
    let class = mapped::entity_value(interp, mapped)?;
    for (key, value) in args.keywords {
        let Some(attribute) = interp.get_attr_opt(&class, &key)? else {
            return Err(no_property(interp, mapped, &key)?);
        };
        let equal = interp.compare(CompareOp::Eq, &attribute, &value)?;
        let Some(equal) = expr::clause(interp, &equal)? else {
            return Err(no_property(interp, mapped, &key)?);
        };
        query.criteria.push(equal);
    }
    Ok(())
}

fn no_property(interp: &mut Interp, mapped: Mapped, key: &str) -> PyResult<Stop> {
    let message = if lend::has(interp, Behaviour::EntityNamespaceNamed) {
        let table = lend::read(interp, |orm| orm.mappers.get(mapped.mapper).table.name().to_owned())?;
        format!("Entity namespace for \"{table}\" has no property \"{key}\"")
    } else {
        let class = mapped::class_of_mapper(interp, mapped.mapper)?;
        let shown = interp.repr(&Value::Class(class))?;
        format!("Entity '{shown}' has no property '{key}'")
    };
    Ok(errors::invalid_request(interp, message))
}

fn join(interp: &mut Interp, query: &mut Query, mut args: Args, outer: bool, full: bool) -> PyResult<()> {
    mapped::configure_query(interp, query)?;
    let keyword = args.take_keyword("onclause");
    if let Some((name, _)) = args.keywords.first() {
        return Err(Stop::unsupported(format!("join() with `{name}`")));
    }
    let by_name = lend::has(interp, Behaviour::JoinsByName);
    let mut values = args.positional;
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
            one_join(interp, query, &value, None, outer, full)?;
        }
        return Ok(());
    }
    match values.as_slice() {
        [target] => one_join(interp, query, target, None, outer, full),
        [target, on] if on.is_none() => one_join(interp, query, target, None, outer, full),
        [target, on] => one_join(interp, query, target, Some(on), outer, full),
        _ => Err(Stop::unsupported("join() with several targets")),
    }
}

fn one_join(
    interp: &mut Interp,
    query: &mut Query,
    target: &Value,
    on: Option<&Value>,
    outer: bool,
    full: bool,
) -> PyResult<()> {
    if let Some(name) = target.as_str() {
        if !lend::has(interp, Behaviour::JoinsByName) {
            let shown = interp.repr(target)?;
            let message = format!(
                "Join target, typically a FROM expression, or ORM relationship attribute expected, got {shown}."
            );
            return Err(errors::argument_error(interp, message));
        }
        let Some(from) = subject(interp, query)? else {
            return Err(Stop::unsupported("join() by name on a query of no mapped class"));
        };
        let target = JoinTarget::Relationship { from, key: name.clone(), to: None };
        query.joins.push(Join { outer, full, ..Join::to(target) });
        return Ok(());
    }
    if let (Some(attribute), None) = (target.downcast::<AttributeObject>(), on) {
        let target = along(interp, attribute, attribute.of_type)?;
        query.joins.push(Join { outer, full, ..Join::to(target) });
        return Ok(());
    }
    let to = mapped::mapped_of(target);
    if let (Some(to), Some(attribute)) = (to, on.and_then(Value::downcast::<AttributeObject>))
        && attribute.is_relationship(interp)?
    {
        let direct = comparator::target_of(interp, attribute)? == to.mapper && to.alias.is_none();
        let target = along(interp, attribute, (!direct).then_some(to))?;
        query.joins.push(Join { outer, full, ..Join::to(target) });
        return Ok(());
    }
    let target = match (to, target.downcast::<TableObject>()) {
        (Some(to), _) => JoinTarget::Mapped(to),
        (None, Some(table)) => JoinTarget::Item(FromItem::from(&table.table)),
        (None, None) => {
            return Err(Stop::unsupported("join() to something that is neither mapped nor a table"));
        }
    };
    let on = match on {
        Some(on) => OnClause::Expr(expr::coerce(interp, on)?),
        None => OnClause::Inferred,
    };
    query.joins.push(Join { on, outer, full, ..Join::to(target) });
    Ok(())
}

fn along(interp: &mut Interp, attribute: &AttributeObject, to: Option<Mapped>) -> PyResult<JoinTarget> {
    if !attribute.is_relationship(interp)? {
        return Err(Stop::unsupported("join() along a column"));
    }
    if !attribute.criteria.is_empty() {
        return Err(Stop::unsupported("join() along a relationship with and_()"));
    }
    Ok(JoinTarget::Relationship { from: attribute.mapped, key: attribute.key.clone(), to })
}

/// A slice of a query's rows as `LIMIT` and `OFFSET`, added to those it has.
pub(super) fn sliced(query: &mut Query, start: Option<i64>, stop: Option<i64>) {
    match (start, stop) {
        (Some(start), Some(stop)) => {
            query.limit = Some(load::row_count((stop - start).max(0)));
            query.offset = (start != 0).then(|| load::row_count(start));
        }
        (None, Some(stop)) => query.limit = Some(load::row_count(stop)),
        (Some(start), None) => query.offset = (start != 0).then(|| load::row_count(start)),
        (None, None) => {}
    }
}
