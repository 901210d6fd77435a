//! The methods that `Query` and `select()` share: each gives a changed copy.

mod join;

use super::{bundle, errors, mapped, options};
use crate::python::{Args, CompareOp, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::{convert, expr, functions, lend, selectable};
use backproof_engine::db::Given;
use backproof_engine::load::{self, Entity, Query, Style};
use backproof_engine::map::Mapped;
use backproof_engine::sql::{Bind, Expr, ExprKind, LabelStyle, Params, Statement};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

pub(super) use join::function as join_function;

/// Applies a method to a query; `false` where it is none of those that are shared.
pub(super) fn apply(interp: &mut Interp, query: &mut Query, name: &str, args: Args) -> PyResult<bool> {
    match name {
        "filter" | "where" => query.criteria.extend(conditions(interp, &args)?),
        "having" => query.having.extend(conditions(interp, &args)?),
        "filter_by" => filter_by(interp, query, args)?,
        "order_by" => order_by(interp, query, &args)?,
        "group_by" => {
            let lists = takes_lists(interp, query);
            for value in &args.positional {
                query.group_by.extend(clauses(interp, value, "group_by", lists)?);
            }
        }
        "limit" => query.limit = row_count(interp, args, name)?,
        "offset" => query.offset = row_count(interp, args, name)?,
        "distinct" => {
            if !args.positional.is_empty() && !lend::has(interp, Behaviour::SelectTakesColumns) {
                return Err(Stop::unsupported("distinct() with columns"));
            }
            query.distinct = true;
        }
        "select_from" => {
            for value in &args.positional {
                match mapped::mapped_of(value) {
                    Some(mapped) => query.add_class(mapped),
                    None => query.from_items.push(selectable::joinable(interp, value)?),
                }
            }
        }
        "correlate" | "correlate_except" => {
            query.correlate =
                selectable::correlation(interp, &args, name == "correlate_except", &query.correlate)?;
        }
        "with_for_update" => query.for_update = true,
        "prefix_with" | "suffix_with" => {
            for value in &args.positional {
                let expr = match value.as_str() {
                    Some(text) => Expr::text(text),
                    None => expr::coerce(interp, value)?,
                };
                if name == "prefix_with" {
                    query.prefixes.push(expr);
                } else {
                    query.suffixes.push(expr);
                }
            }
        }
        "slice" => {
            let [start, stop] = args.exactly(interp, "slice")?;
            let mut bound = |value: &Value| {
                if value.is_none() { Ok(None) } else { interp.index(value).map(Some) }
            };
            let (start, stop) = (bound(&start)?, bound(&stop)?);
            sliced(query, start, stop);
        }
        "apply_labels" | "with_labels" => query.labels = Some(LabelStyle::TableColumn),
        "set_label_style" => {
            let [style] = args.exactly(interp, name)?;
            query.labels = Some(selectable::label_style(&style)?);
        }
        "params" => params(interp, query, args)?,
        "options" => {
            let classes = queried_classes(query);
            query.options.extend(options::read(interp, &classes, &args.positional)?);
            if lend::has(interp, Behaviour::OptionsCheckedAtOnce) {
                lend::with_cx(interp, |cx| query.check_options(cx.orm))?;
            }
        }
        "join" | "outerjoin" | "join_from" | "outerjoin_from" => join::apply(interp, query, name, args)?,
        "add_columns" | "add_column" | "add_entity" | "column" => {
            bundle::ask(interp, query, &args.positional)?;
        }
        "with_entities" | "with_only_columns" => {
            let mut args = args;
            if flag(interp, &mut args, "maintain_column_froms")? {
                let select = query.clone();
                query.from_items = lend::with_cx(interp, |cx| Ok(select.to_select(cx)?.columns))?
                    .iter()
                    .flat_map(Expr::from_items)
                    .fold(std::mem::take(&mut query.from_items), |mut items, item| {
                        if !items.contains(&item) {
                            items.push(item);
                        }
                        items
                    });
            }
            let listed = lend::has(interp, Behaviour::SelectTakesList);
            let values = match args.positional.as_slice() {
                [Value::List(list)] if listed => list.items.borrow().clone(),
                [Value::List(_)] if name == "with_only_columns" => {
                    let message = "The \"entities\" argument to Select.with_only_columns(), when referring to a \
                                   sequence of items, is now passed as a series of positional elements, rather \
                                   than as a list. ";
                    return Err(errors::argument_error(interp, message));
                }
                values => values.to_vec(),
            };
            query.entities.clear();
            query.bundles.clear();
            query.renames.clear();
            bundle::ask(interp, query, &values)?;
        }
        "populate_existing" => query.populate_existing = true,
        "execution_options" => {
            for (keyword, value) in args.keywords {
                execution_option(interp, query, &keyword, &value)?;
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// How many rows `yield_per` reads at a time.
pub(super) fn per(interp: &mut Interp, value: &Value) -> PyResult<Option<usize>> {
    if value.is_none() {
        return Ok(None);
    }
    let per = interp.index(value)?;
    Ok(usize::try_from(per).ok().filter(|per| *per > 0))
}

/// Execution options that mean something to the library.
const LIBRARY_OPTIONS: &[&str] = &[
    "autocommit",
    "compiled_cache",
    "dml_strategy",
    "identity_token",
    "insertmanyvalues_page_size",
    "is_delete_using",
    "is_update_from",
    "isolation_level",
    "logging_token",
    "no_parameters",
    "preserve_rowcount",
    "render_nulls",
    "schema_translate_map",
    "synchronize_session",
];

/// One execution option; what the library does not know is the document's, for those who listen to executions.
pub(super) fn execution_option(
    interp: &mut Interp,
    query: &mut Query,
    name: &Rc<str>,
    value: &Value,
) -> PyResult<()> {
    match &**name {
        "populate_existing" => query.populate_existing = interp.truth(value)?,
        "autoflush" => query.autoflush = interp.truth(value)?,
        "yield_per" if query.style == Style::Select => query.yield_per = per(interp, value)?,
        "yield_per" if lend::has(interp, Behaviour::QueriesRunOnFirstRow) => {
            return Err(Stop::unsupported("`yield_per` among the execution options of a Query"));
        }
        "yield_per" | "stream_results" | "max_row_buffer" => {}
        other if LIBRARY_OPTIONS.contains(&other) => {
            return Err(Stop::unsupported(format!("the execution option `{other}`")));
        }
        _ => {
            query.host_options.retain(|(known, _)| known != name);
            query.host_options.push((name.clone(), convert::carried(interp, value)?));
        }
    }
    Ok(())
}

/// The names of [`apply`] that queries have.
pub(super) const SHARED: &[&str] = &[
    "filter",
    "where",
    "having",
    "filter_by",
    "order_by",
    "group_by",
    "limit",
    "offset",
    "distinct",
    "select_from",
    "options",
    "join",
    "outerjoin",
    "add_columns",
    "add_column",
    "add_entity",
    "with_entities",
    "with_only_columns",
    "populate_existing",
    "execution_options",
    "correlate",
    "correlate_except",
    "with_for_update",
    "prefix_with",
    "suffix_with",
    "slice",
    "apply_labels",
    "with_labels",
    "params",
    "set_label_style",
    "column",
];

/// The names that [`apply`] knows.
pub(super) fn is_shared(name: &str) -> bool {
    SHARED.contains(&name)
}

/// The execution options that a query was given and that mean nothing to the library.
pub(super) fn host_options(interp: &mut Interp, query: &Query) -> PyResult<Value> {
    let dict = Value::dict(crate::python::Map::new());
    for (name, value) in &query.host_options {
        let value = convert::to_python(interp, &backproof_engine::value::Value::Host(value.clone()))?;
        interp.set_item(&dict, &Value::from(name.clone()), value)?;
    }
    Ok(dict)
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

/// Expressions given one by one or in a list; a string names a label or column.
pub(crate) fn clauses(interp: &mut Interp, value: &Value, what: &str, lists: bool) -> PyResult<Vec<Expr>> {
    let values = match value {
        Value::List(_) | Value::Tuple(_) if lists => interp.iterate(value)?,
        one => vec![one.clone()],
    };
    let mut clauses = Vec::with_capacity(values.len());
    for value in &values {
        if let Some(mapped) = mapped::mapped_of(value) {
            let columns = lend::read(interp, |orm| orm.mappers.get(mapped.mapper).table.columns())?;
            clauses.extend(columns.iter().map(Expr::column));
            continue;
        }
        if let Some(item) = selectable::from_item(value) {
            clauses.extend(item.columns());
            continue;
        }
        if let Some(body) = selectable::body(interp, value)? {
            clauses.push(Expr::scalar_select(body));
            continue;
        }
        match expr::clause(interp, value)? {
            Some(clause) => clauses.push(clause),
            None => match value.as_str() {
                Some(name) => clauses.push(Expr::label_reference(name)),
                None if lend::has(interp, Behaviour::WhereRoleNamed) => {
                    let shown = interp.repr(value)?;
                    let role = if what == "order_by" { "ORDER BY" } else { "GROUP BY" };
                    return Err(errors::argument_error(
                        interp,
                        format!("{role} expression expected, got {shown}."),
                    ));
                }
                None => {
                    return Err(Stop::unsupported(format!("{what}() of something that is no expression")));
                }
            },
        }
    }
    Ok(clauses)
}

/// Whether lists of expressions are taken.
fn takes_lists(interp: &mut Interp, query: &Query) -> bool {
    query.style == Style::Legacy && lend::has(interp, Behaviour::JoinsByName)
}

fn order_by(interp: &mut Interp, query: &mut Query, args: &Args) -> PyResult<()> {
    let lists = takes_lists(interp, query);
    if let [Value::None | Value::Bool(false)] = args.positional.as_slice() {
        query.order_by.clear();
        return Ok(());
    }
    for value in &args.positional {
        query.order_by.extend(clauses(interp, value, "order_by", lists)?);
    }
    Ok(())
}

/// A condition with the values of an `IN` whose parameter has this name.
fn with_values(expr: &Expr, name: &str, values: &[backproof_engine::value::Value]) -> Expr {
    expr.rewrite(&mut |part| match part.kind() {
        ExprKind::Bind(bind) if bind.expanding.is_some() && *bind.key == *name => {
            let bind = Bind { expanding: Some(values.to_vec()), ..bind.clone() };
            Some(Expr::of(ExprKind::Bind(bind)))
        }
        _ => None,
    })
}

/// `params(…)`: values for named parameters.
pub(super) fn params(interp: &mut Interp, query: &mut Query, args: Args) -> PyResult<()> {
    let mut given = match query.parameters.take() {
        Some(Given::One(params)) => params,
        _ => Params::new(),
    };
    let mut pairs: Vec<(Rc<str>, Value)> = args.keywords;
    for value in &args.positional {
        for key in interp.iterate(value)? {
            let Some(name) = key.as_str().cloned() else {
                return Err(Stop::unsupported("params() with keys that are no names"));
            };
            pairs.push((name, interp.get_item(value, &key)?));
        }
    }
    for (name, value) in pairs {
        if matches!(value, Value::List(_) | Value::Tuple(_)) {
            let mut values = Vec::new();
            for item in interp.iterate(&value)? {
                values.push(convert::to_engine(interp, &item)?);
            }
            query.criteria = query.criteria.iter().map(|expr| with_values(expr, &name, &values)).collect();
            continue;
        }
        given.insert(name, convert::to_engine(interp, &value)?);
    }
    query.parameters = Some(Given::One(given));
    Ok(())
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

/// `column_descriptions`: a dict for each thing that is queried.
pub(super) fn descriptions(interp: &mut Interp, query: &Query) -> PyResult<Value> {
    let of_classes = query.style == Style::Legacy
        || query.entities.iter().any(|entity| !matches!(entity, Entity::Expr(_)));
    let names = if of_classes {
        Vec::new()
    } else {
        mapped::configure_query(interp, query)?;
        lend::with_cx(interp, |cx| query.to_select(cx))?.result_names()
    };
    let mut described = Vec::with_capacity(query.entities.len());
    for entity in &query.entities {
        let (name, ty, aliased, expr, of) = match entity {
            Entity::Mapped(mapped) | Entity::Attribute(mapped, _) => {
                let own = mapped::entity_value(interp, *mapped)?;
                let class = mapped::class_of_mapper(interp, mapped.mapper)?;
                let is_aliased = mapped.alias.is_some();
                match entity {
                    Entity::Attribute(_, key) => {
                        let expr = interp.get_attr(&own, key)?;
                        let ty = interp.get_attr(&expr, "type")?;
                        (Value::from(key.clone()), ty, is_aliased, expr, own)
                    }
                    _ => {
                        let alias = lend::read(interp, |orm| load::alias_name(orm, *mapped))?;
                        let name = alias.map_or_else(|| Value::from(class.name()), Value::from);
                        (name, Value::Class(class), is_aliased, own.clone(), own)
                    }
                }
            }
            Entity::Expr(expr) => {
                let value = selectable::column_value(expr);
                let ty = interp.get_attr(&value, "type")?;
                let Some(name) = names.get(described.len()).cloned().or_else(|| expr.key()) else {
                    return Err(Stop::unsupported("the description of an expression without a name"));
                };
                (Value::from(name), ty, false, value, Value::None)
            }
        };
        let dict = Value::dict(crate::python::Map::new());
        interp.set_item(&dict, &Value::from("name"), name)?;
        interp.set_item(&dict, &Value::from("type"), ty)?;
        if of_classes {
            interp.set_item(&dict, &Value::from("aliased"), Value::Bool(aliased))?;
        }
        interp.set_item(&dict, &Value::from("expr"), expr)?;
        if of_classes {
            interp.set_item(&dict, &Value::from("entity"), of)?;
        }
        described.push(dict);
    }
    Ok(Value::list(described))
}

/// The query with a statement whose rows are read as its entities.
pub(super) fn from_statement(interp: &mut Interp, query: &Query, value: &Value) -> PyResult<Query> {
    let statement = match selectable::body(interp, value)? {
        Some(body) => Statement::from(body),
        None => match value {
            Value::Str(_) => return Err(Stop::unsupported("from_statement() of a string")),
            _ => super::session::core_statement(interp, value, true)?,
        },
    };
    let mut query = query.clone();
    query.statement = Some(Rc::new(statement));
    Ok(query)
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
