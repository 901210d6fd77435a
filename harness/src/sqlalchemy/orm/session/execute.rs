//! What a session runs: `get()`, `execute()`, and the parameters and statements of tables that go to the database.
//!
//! Rows and objects are the engine's; how a statement was built is not known here.

use crate::python::{Bound, Interp, PyResult, Stop, Unavailable, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::orm::instance::wrap;
use crate::sqlalchemy::orm::{builder, dml, entity, errors, mapped, options, select};
use crate::sqlalchemy::{convert, define, lend, result, statement};
use backproof_engine::db::{self, Given};
use backproof_engine::load::{self, LoaderOption, Query};
use backproof_engine::map::{Key, MapperId};
use backproof_engine::session::{self as sessions, SessionId};
use backproof_engine::sql::{Body, Expr, ExprKind, Params, Statement};
use backproof_engine::version::{Behaviour, Profile};
use std::rc::Rc;

pub(super) const GET: &str = "entity, ident, *, options=, populate_existing=, with_for_update=, identity_token=, \
                   execution_options=, bind_arguments=";

pub(super) fn get(interp: &mut Interp, session: SessionId, bound: &mut Bound) -> PyResult<Value> {
    let entity = bound.take(0).unwrap_or(Value::None);
    let ident = bound.take(1).unwrap_or(Value::None);
    let mapper = mapped::require_mapper(interp, &entity)?;
    mapped::configure_for(interp, mapper)?;
    let options = match define::given(bound, 2) {
        Some(options) => {
            let values = interp.iterate(&options)?;
            options::read(interp, &[mapper.into()], &values)?
        }
        None => Vec::new(),
    };
    let populate_existing = define::flag(interp, bound, 3, false)?;
    get_object(interp, session, mapper, &ident, &options, populate_existing)
}

/// The object of a primary key: a value, a tuple of values, or a dict of attributes.
pub(crate) fn get_object(
    interp: &mut Interp,
    session: SessionId,
    mapper: MapperId,
    ident: &Value,
    options: &[LoaderOption],
    populate_existing: bool,
) -> PyResult<Value> {
    let values = match ident {
        Value::Tuple(values) => values.to_vec(),
        Value::List(list) => list.items.borrow().clone(),
        Value::Dict(_) => {
            let keys: Vec<Option<Key>> = lend::read(interp, |orm| {
                let mapper = orm.mappers.get(mapper);
                mapper.primary_key.iter().map(|column| mapper.key_of(column).cloned()).collect()
            })?;
            let mut values = Vec::new();
            for key in keys.into_iter().flatten() {
                values.push(interp.get_item(ident, &Value::from(key))?);
            }
            values
        }
        one => vec![one.clone()],
    };
    let mut key = Vec::with_capacity(values.len());
    for value in &values {
        key.push(convert::to_engine(interp, value)?);
    }
    let found = lend::with_cx(interp, |cx| load::get(cx, session, mapper, &key, options, populate_existing))?;
    found.map_or(Ok(Value::None), |object| wrap(interp, &object))
}

pub(super) const EXECUTE: &str =
    "statement, params=, *, execution_options=, bind_arguments=, _parent_execute_state=, _add_event=";

pub(super) fn execute(interp: &mut Interp, session: SessionId, bound: &mut Bound) -> PyResult<Value> {
    let statement = bound.take(0).unwrap_or(Value::None);
    let params = define::given(bound, 1);
    let options = define::given(bound, 2);
    if let Some(select) = statement.downcast::<select::SelectObject>() {
        let mut query: Query = select.query.clone();
        match params {
            Some(params @ Value::Dict(_)) => {
                builder::params(interp, &mut query, crate::python::Args::of(vec![params]))?;
            }
            Some(_) => return Err(Stop::unsupported("a select() executed with several sets of parameters")),
            None => {}
        }
        if let Some(options) = options {
            for name in interp.iterate(&options)? {
                let value = interp.get_item(&options, &name)?;
                let Some(name) = name.as_str() else {
                    return Err(Stop::unsupported("execution options whose names are no strings"));
                };
                builder::execution_option(interp, &mut query, name, &value)?;
            }
        }
        mapped::configure_query(interp, &query)?;
        select.executed.set(true);
        query.autoflush &=
            lend::read(interp, |orm| flushes_before(orm.profile, query.concerns_classes(orm.profile)))?;
        let unread = lend::with_cx(interp, |cx| query.begin(cx, session))?;
        let made = entity::unread_result(interp, unread, query.yield_per)?;
        result::set_places(&made, entity::places(interp, &query)?);
        return Ok(made);
    }
    let statement = executing(interp, session, statement)?;
    if let Some(object) = statement.downcast::<statement::StatementObject>()
        && let Some(executed) = dml::execute(interp, session, object, params.as_ref(), options.as_ref())?
    {
        return Ok(executed);
    }
    let statement = core_statement(interp, &statement, true)?;
    let given = given(interp, params)?;
    let executed = lend::with_cx(interp, |cx| {
        let of_classes = matches!(&statement, Statement::Compound(all) if load::body_concerns_classes(&Body::Compound(Rc::clone(all))))
            && cx.orm.profile.has(Behaviour::CriteriaConcernClasses);
        if flushes_before(cx.orm.profile, of_classes) {
            sessions::autoflush(cx, session)?;
        }
        let connection = sessions::connection(cx, session)?;
        db::execute(cx, connection, &statement, given)
    })?;
    let made = result::of_execution(interp, executed)?;
    result::set_places(&made, crate::sqlalchemy::selectable::places(&statement));
    Ok(made)
}

/// Whether a session flushes before it executes a statement: one of mapped classes, or any.
fn flushes_before(profile: Profile, of_classes: bool) -> bool {
    (of_classes && profile.has(Behaviour::ExecutedSelectsAutoflush))
        || profile.has(Behaviour::CoreStatementsAutoflush)
}

/// The statement as those leave it who listen to what sessions execute.
fn executing(interp: &mut Interp, session: SessionId, statement: Value) -> PyResult<Value> {
    let carried = convert::carried(interp, &statement)?;
    let changed = lend::with_cx(interp, |cx| backproof_engine::event::executing(cx, session, carried))?;
    Ok(changed.and_then(|changed| convert::held(&*changed)).unwrap_or(statement))
}

/// A statement of tables, or SQL given as text.
pub(crate) fn core_statement(interp: &mut Interp, value: &Value, session: bool) -> PyResult<Statement> {
    Unavailable::refuse(value)?;
    if let Some(statement) = value.downcast::<statement::StatementObject>() {
        return Ok(statement.statement());
    }
    if let Some(body) = crate::sqlalchemy::selectable::body(interp, value)? {
        return Ok(Statement::from(body));
    }
    if let Some(text) = crate::sqlalchemy::ddl::statement(interp, value)? {
        return Ok(Statement::Ddl(text.into()));
    }
    if let Some(object) = value.downcast::<ExprObject>()
        && let ExprKind::Function(_) = object.expr.kind()
    {
        return Ok(Statement::from(backproof_engine::sql::Select::new(vec![object.expr.clone()])));
    }
    if let Some(object) = value.downcast::<ExprObject>()
        && let ExprKind::Text(text) = object.expr.kind()
    {
        return Ok(Statement::Text(Rc::new(text.clone())));
    }
    if let Some(text) = value.as_str() {
        let shown = interp.repr(value)?;
        if !lend::has(interp, Behaviour::StringsExecuted) {
            if !session {
                let message = format!("Not an executable object: {shown}");
                return Err(crate::sqlalchemy::errors::raise_named(
                    interp,
                    "ObjectNotExecutableError",
                    message,
                ));
            }
            let message =
                format!("Textual SQL expression {shown} should be explicitly declared as text({shown})");
            return Err(errors::argument_error(interp, message));
        }
        return match Expr::text(text).kind() {
            ExprKind::Text(text) => Ok(Statement::Text(Rc::new(text.clone()))),
            _ => Err(Stop::unsupported("executing a string")),
        };
    }
    let kind = interp.type_name(value);
    Err(Stop::unsupported(format!("executing a {kind}")))
}

/// Parameters: a dict, or a list of dicts.
pub(crate) fn given(interp: &mut Interp, params: Option<Value>) -> PyResult<Given> {
    let Some(params) = params else { return Ok(Given::None) };
    match &params {
        Value::Dict(_) => Ok(Given::One(one_set(interp, &params)?)),
        Value::List(_) | Value::Tuple(_) => {
            let mut sets = Vec::new();
            for set in interp.iterate(&params)? {
                sets.push(one_set(interp, &set)?);
            }
            Ok(if sets.is_empty() { Given::None } else { Given::Many(sets) })
        }
        _ => Err(Stop::unsupported("parameters that are no dict")),
    }
}

fn one_set(interp: &mut Interp, value: &Value) -> PyResult<Params> {
    let Value::Dict(dict) = value else { return Err(Stop::unsupported("parameters by position")) };
    let items = dict.map.borrow().items();
    let mut params = Params::new();
    for (name, value) in items {
        let Some(name) = name.as_str() else { return Err(Stop::unsupported("parameters by position")) };
        params.insert(name.clone(), convert::to_engine(interp, &value)?);
    }
    Ok(params)
}
