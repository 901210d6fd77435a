//! `session.query(…)`: the legacy query, which runs in its session.

use super::{builder, bundle, entity, mapped, session};
use crate::python::{
    Args, Class, Instance, Interp, Iter, Object, PyResult, Signature, Stop, Value, fresh_identity,
};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{define, errors, expr, lend, names, result, warning};
use backproof_engine::Category;
use backproof_engine::load::{self, Aliasing, Entity, Item, Query, Rows, Synchronize};
use backproof_engine::schema::{Column, SqlType};
use backproof_engine::session::SessionId;
use backproof_engine::sql::Expr;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A legacy query.
pub(crate) struct QueryObject {
    pub(crate) query: Query,
    id: u64,
}

impl QueryObject {
    pub(crate) fn value(query: Query) -> Value {
        Value::object(QueryObject { query, id: fresh_identity() })
    }

    /// A query in the place of `this`: of its class, with what a document keeps on it.
    pub(super) fn like(interp: &mut Interp, this: &Value, query: Query) -> PyResult<Value> {
        let made = QueryObject::value(query);
        let Some(instance) = this.as_instance() else { return Ok(made) };
        let copy = Instance::with_payload(instance.class(), made);
        for (name, value) in instance.store.clone().items(interp)? {
            copy.store.clone().set(interp, &name, value)?;
        }
        Ok(Value::Instance(copy))
    }

    fn session(&self) -> PyResult<SessionId> {
        self.query.session.ok_or_else(|| Stop::unsupported("a query without a session"))
    }

    fn run(&self, interp: &mut Interp) -> PyResult<Rows> {
        let session = self.session()?;
        mapped::configure_query(interp, &self.query)?;
        lend::with_cx(interp, |cx| self.query.run(cx, session))
    }

    fn row(&self, interp: &mut Interp, row: &[Item]) -> PyResult<Value> {
        let (names, scalars) = lend::with_cx(interp, |cx| self.query.shape(cx))?;
        let names: result::Names = Rc::from(bundle::names(&self.query.bundles, &names));
        entity::query_row(interp, &names, row, &self.query.bundles, scalars)
    }

    fn one(&self, interp: &mut Interp, none: bool) -> PyResult<Value> {
        let session = self.session()?;
        let row = lend::with_cx(interp, |cx| self.query.one(cx, session, none))?;
        row.map_or(Ok(Value::None), |row| self.row(interp, &row))
    }

    fn get(&self, interp: &mut Interp, ident: &Value) -> PyResult<Value> {
        let message = "The Query.get() method is considered legacy as of the 1.x series of SQLAlchemy and becomes a \
                       legacy construct in 2.0. The method is now available as Session.get() (deprecated since: 2.0)";
        warning::give_of_2_0(interp, Category::LegacyAPIWarning, message.to_owned())?;
        let Some(backproof_engine::load::Entity::Mapped(mapped)) = self.query.entities.first() else {
            return Err(Stop::unsupported("get() on a query of no mapped class"));
        };
        let session = self.session()?;
        session::get_object(
            interp,
            session,
            mapped.mapper,
            ident,
            &self.query.options,
            self.query.populate_existing,
        )
    }
}

impl Object for QueryObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Query"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.query"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp)
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        mapped::configure_query(interp, &self.query)?;
        lend::with_cx(interp, |cx| self.query.text(cx))
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(true)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let session = self.session()?;
        mapped::configure_query(interp, &self.query)?;
        let query = self.query.clone();
        let mut unread = None;
        if !lend::has(interp, Behaviour::QueriesRunOnFirstRow) {
            unread = Some(lend::with_cx(interp, |cx| query.begin(cx, session))?);
        }
        // The rows that were read together stay alive until the last of them was handed out.
        let (mut rows, mut at) = (Vec::new(), 0);
        let mut ended = false;
        Ok(Iter::from_fn("generator", move |interp| {
            if ended {
                return Ok(None);
            }
            if at == rows.len() {
                // Whatever fails here ends the iteration.
                ended = true;
                let mut begun = match unread.take() {
                    Some(unread) => unread,
                    None => lend::with_cx(interp, |cx| query.begin(cx, session))?,
                };
                let read = lend::with_cx(interp, |cx| begun.read(cx, query.yield_per))?;
                (rows, at) = (entity::query_rows(interp, &read)?, 0);
                ended = rows.is_empty();
                unread = Some(begun);
            }
            at += 1;
            Ok(rows.get(at - 1).cloned())
        }))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let Value::Slice(slice) = key else {
            let index = interp.index(key)?;
            if index < 0 {
                return if lend::has(interp, Behaviour::NegativeIndexes) {
                    let rows = self.run(interp)?;
                    let values = Value::list(entity::query_rows(interp, &rows)?);
                    interp.get_item(&values, key)
                } else {
                    Err(interp.raise(
                        "IndexError",
                        "negative indexes are not accepted by SQL index / slice operators",
                    ))
                };
            }
            let mut query = self.query.clone();
            builder::sliced(&mut query, Some(index), Some(index + 1));
            let rows = QueryObject { query, id: 0 }.run(interp)?;
            let values = Value::list(entity::query_rows(interp, &rows)?);
            return interp.get_item(&values, &Value::int(0));
        };
        let mut bound = |value: &Value| {
            if value.is_none() { Ok(None) } else { interp.index(value).map(Some) }
        };
        let (start, stop, step) = (bound(&slice.start)?, bound(&slice.stop)?, bound(&slice.step)?);
        if start.is_some_and(|start| start < 0) || stop.is_some_and(|stop| stop < 0) {
            return Err(Stop::unsupported("a slice of a query that counts from the end"));
        }
        if let (Some(start), Some(stop)) = (start, stop)
            && stop <= start
        {
            return Ok(Value::list(Vec::new()));
        }
        if self.query.limit.is_some() || self.query.offset.is_some() {
            return Err(Stop::unsupported("a slice of a query that has a limit"));
        }
        let mut query = self.query.clone();
        builder::sliced(&mut query, start, stop);
        let rows = QueryObject { query, id: 0 }.run(interp)?;
        let values = Value::list(entity::query_rows(interp, &rows)?);
        match step {
            None | Some(1) => Ok(values),
            Some(_) => {
                let step =
                    crate::python::Slice { start: Value::None, stop: Value::None, step: slice.step.clone() };
                interp.get_item(&values, &Value::Slice(Rc::new(step)))
            }
        }
    }
}

/// The class `Query`.
pub(crate) fn class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class("sqlalchemy.orm.query", "Query");
    if !class.dict.contains("all") {
        install(interp, &class);
    }
    class
}

fn install(interp: &mut Interp, class: &Rc<Class>) {
    use define::{getter, method};
    method::<QueryObject>(class, "all", "", |interp, query, _, _| {
        let rows = query.run(interp)?;
        Ok(Value::list(entity::query_rows(interp, &rows)?))
    });
    method::<QueryObject>(class, "first", "", |interp, query, _, _| {
        let session = query.session()?;
        mapped::configure_query(interp, &query.query)?;
        let row = lend::with_cx(interp, |cx| query.query.first(cx, session))?;
        row.map_or(Ok(Value::None), |row| query.row(interp, &row))
    });
    method::<QueryObject>(class, "one", "", |interp, query, _, _| query.one(interp, false));
    method::<QueryObject>(class, "one_or_none", "", |interp, query, _, _| query.one(interp, true));
    method::<QueryObject>(class, "scalar", "", |interp, query, _, _| {
        let session = query.session()?;
        let row = lend::with_cx(interp, |cx| query.query.one(cx, session, true))?;
        match row.as_deref() {
            Some(row @ [_, ..]) => {
                let values = bundle::values(interp, &query.query.bundles, row)?;
                Ok(values.into_iter().next().unwrap_or(Value::None))
            }
            _ => Ok(Value::None),
        }
    });
    method::<QueryObject>(class, "count", "", |interp, query, _, _| {
        let session = query.session()?;
        mapped::configure_query(interp, &query.query)?;
        let count = lend::with_cx(interp, |cx| query.query.count(cx, session))?;
        Ok(Value::int(count))
    });
    method::<QueryObject>(class, "get", "ident", |interp, query, _, mut bound| {
        let ident = bound.take(0).unwrap_or(Value::None);
        query.get(interp, &ident)
    });
    method::<QueryObject>(class, "exists", "", |interp, query, _, _| {
        mapped::configure_query(interp, &query.query)?;
        let exists = lend::with_cx(interp, |cx| query.query.exists(cx))?;
        Ok(ExprObject::value(exists))
    });
    method::<QueryObject>(
        class,
        "delete",
        "synchronize_session=, delete_args=",
        |interp, query, _, mut bound| {
            let synchronize = synchronize(interp, bound.take(0))?;
            let session = query.session()?;
            mapped::configure_query(interp, &query.query)?;
            refuse_unions(interp, &query.query)?;
            let count = lend::with_cx(interp, |cx| query.query.change(cx, session, None, synchronize))?;
            Ok(Value::int(count))
        },
    );
    method::<QueryObject>(
        class,
        "update",
        "values, synchronize_session=, update_args=",
        |interp, query, _, mut bound| {
            let values = bound.take(0).unwrap_or(Value::None);
            let synchronize = synchronize(interp, bound.take(1))?;
            let session = query.session()?;
            mapped::configure_query(interp, &query.query)?;
            refuse_unions(interp, &query.query)?;
            let values = update_values(interp, query, &values)?;
            let count =
                lend::with_cx(interp, |cx| query.query.change(cx, session, Some(values), synchronize))?;
            Ok(Value::int(count))
        },
    );
    super::query_selects::install(interp, class);
    for name in builder::SHARED {
        let label = *name;
        if !names::has_member(interp, "Query", label) {
            continue;
        }
        class.dict.set(
            label,
            Value::native_method(label, move |interp: &mut Interp, mut args: Args| {
                let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let Some(object) = define::receiver::<QueryObject>(&this) else {
                    return Err(Stop::unsupported(format!("`{label}` of something that is no query")));
                };
                let mut query = object.query.clone();
                builder::apply(interp, &mut query, label, args)?;
                QueryObject::like(interp, &this, query)
            }),
        );
    }
    if names::has_member(interp, "Query", "with_polymorphic") {
        widening(class);
    }
    method::<QueryObject>(class, "with_session", "session", |interp, query, this, mut bound| {
        let session = bound.take(0).unwrap_or(Value::None);
        let mut query = query.query.clone();
        query.session = Some(session::require_session(interp, &session)?);
        QueryObject::like(interp, this, query)
    });
    method::<QueryObject>(class, "autoflush", "setting", |interp, query, this, mut bound| {
        let setting = bound.take(0).unwrap_or(Value::None);
        let mut query = query.query.clone();
        query.autoflush = interp.truth(&setting)?;
        QueryObject::like(interp, this, query)
    });
    method::<QueryObject>(class, "enable_eagerloads", "value", |interp, query, this, mut bound| {
        let value = bound.take(0).unwrap_or(Value::None);
        let mut query = query.query.clone();
        query.without_eager = !interp.truth(&value)?;
        QueryObject::like(interp, this, query)
    });
    method::<QueryObject>(class, "enable_assertions", "value", |interp, query, this, mut bound| {
        let value = bound.take(0).unwrap_or(Value::None);
        // Without them, a query takes criteria after a limit; ours does in any case.
        interp.truth(&value)?;
        QueryObject::like(interp, this, query.query.clone())
    });
    method::<QueryObject>(class, "get_execution_options", "", |interp, query, _, _| {
        builder::host_options(interp, &query.query)
    });
    method::<QueryObject>(class, "yield_per", "count", |interp, query, this, mut bound| {
        let count = bound.take(0).unwrap_or(Value::None);
        let mut query = query.query.clone();
        query.yield_per = builder::per(interp, &count)?;
        QueryObject::like(interp, this, query)
    });
    getter::<QueryObject>(class, "statement", |_, query, _| {
        let mut query = query.query.clone();
        query.style = backproof_engine::load::Style::Select;
        query.session = None;
        Ok(super::select::SelectObject::value(query))
    });
    getter::<QueryObject>(class, "session", |interp, query, _| {
        let session = query.session()?;
        Ok(session::session_value(interp, session))
    });
    getter::<QueryObject>(class, "whereclause", |_, query, _| {
        Ok(match query.query.criteria.as_slice() {
            [] => Value::None,
            [one] => ExprObject::value(one.clone()),
            many => ExprObject::value(Expr::and(many.to_vec())),
        })
    });
}

/// `with_polymorphic()`, which queries had until 2.0.
fn widening(class: &Rc<Class>) {
    define::method::<QueryObject>(
        class,
        "with_polymorphic",
        "cls_or_mappers, selectable=, polymorphic_on=",
        |interp, query, this, mut bound| {
            let classes = bound.take(0).unwrap_or(Value::None);
            for index in [1, 2] {
                if bound.take(index).is_some_and(|value| !value.is_none()) {
                    return Err(Stop::unsupported("Query.with_polymorphic() of a selectable"));
                }
            }
            let mut query = query.query.clone();
            let Some(Entity::Mapped(mapped)) = query.entities.first().filter(|_| query.entities.len() == 1)
            else {
                return Err(Stop::unsupported("Query.with_polymorphic() of several entities"));
            };
            if mapped.alias.is_some() {
                return Err(Stop::unsupported("Query.with_polymorphic() of an alias"));
            }
            let mapper = mapped.mapper;
            let these = super::aliased::subclasses(interp, &classes)?;
            let with = lend::with_cx(interp, |cx| {
                load::with_polymorphic(cx, mapper, these.as_deref(), Aliasing::None, false)
            })?;
            query.entities = vec![Entity::Mapped(with)];
            QueryObject::like(interp, this, query)
        },
    );
}

/// `synchronize_session`: how objects of the session follow a bulk change.
pub(super) fn synchronize(interp: &mut Interp, value: Option<Value>) -> PyResult<Synchronize> {
    let has_auto = lend::has(interp, Behaviour::SynchronizeAuto);
    match value {
        None if has_auto => Ok(Synchronize::Auto),
        None => Ok(Synchronize::Evaluate),
        Some(Value::Bool(false)) => Ok(Synchronize::Off),
        Some(Value::None) => Err(Stop::unsupported("None as `synchronize_session`")),
        Some(Value::Str(name)) if has_auto && &*name == "auto" => Ok(Synchronize::Auto),
        Some(Value::Str(name)) if &*name == "evaluate" => Ok(Synchronize::Evaluate),
        Some(Value::Str(name)) if &*name == "fetch" => Ok(Synchronize::Fetch),
        Some(_) => {
            let auto = if has_auto { "'auto', " } else { "" };
            let message =
                format!("Valid strategies for session synchronization are {auto}'evaluate', 'fetch', False");
            Err(errors::raise_named(interp, "ArgumentError", message))
        }
    }
}

/// Refuses to change the rows of what a query reads from, where that is a union.
fn refuse_unions(interp: &mut Interp, query: &Query) -> PyResult<()> {
    match &query.entities[..] {
        [Entity::Mapped(mapped)] if mapped.alias.is_none() => {
            super::dml::refuse_union(interp, mapped.mapper, "")
        }
        _ => Ok(()),
    }
}

/// Columns and their new values, as `update()` takes them.
fn update_values(interp: &mut Interp, query: &QueryObject, values: &Value) -> PyResult<Vec<(Column, Expr)>> {
    let Some(backproof_engine::load::Entity::Mapped(mapped)) = query.query.entities.first() else {
        return Err(Stop::unsupported("update() on a query of no mapped class"));
    };
    let class = mapped::entity_value(interp, *mapped)?;
    let mut pairs = Vec::new();
    let mut given = Vec::new();
    for key in interp.iterate(values)? {
        let value = interp.get_item(values, &key)?;
        given.push((key, value));
    }
    let (_, of_class) = super::dml::of_mapper(interp, mapped.mapper)?;
    for (key, value) in super::dml::spread(interp, &of_class, given)? {
        let column = match key.as_str() {
            Some(name) => match interp.get_attr_opt(&class, name)? {
                Some(attribute) => Some(attribute),
                None if lend::has(interp, Behaviour::BulkByParameters) => None,
                None => return Err(no_property(interp, &class, name)?),
            },
            None => Some(key.clone()),
        };
        let column = match (column, key.as_str()) {
            (None, name) => Column::named(name.map_or("", |name| name), SqlType::Null),
            (Some(column), _) => {
                let column = expr::coerce(interp, &column)?;
                let Some(column) = column.base_column().cloned() else {
                    return Err(Stop::unsupported("query.update() of something that is no column"));
                };
                column
            }
        };
        let value = match expr::operand(interp, &value)? {
            backproof_engine::sql::Operand::Value(value) => Expr::bind_typed(value, column.ty()),
            _ => expr::coerce(interp, &value)?,
        };
        pairs.push((column, value));
    }
    Ok(pairs)
}

/// What releases before 2.0 say of a name in `query.update()` that is no attribute.
fn no_property(interp: &mut Interp, class: &Value, name: &str) -> PyResult<Stop> {
    if lend::has(interp, Behaviour::UpdateNamesExpressions) {
        return Ok(super::errors::invalid_request(interp, format!("Invalid expression type: '{name}'")));
    }
    let class = interp.repr(class)?;
    Ok(super::errors::invalid_request(interp, format!("Entity '{class}' has no property '{name}'")))
}

/// `Query(entities, session=…)`.
pub(crate) fn construct(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let args = args.prepend(Value::None);
    let mut bound = Signature::new("Query.__init__", "self, entities, session=").bind(interp, args)?;
    bound.values.remove(0);
    let given = bound.take(0).unwrap_or(Value::None);
    let values = match &given {
        Value::List(_) | Value::Tuple(_) => interp.iterate(&given)?,
        one => vec![one.clone()],
    };
    let session = match define::given(&mut bound, 1) {
        Some(session) => Some(session::require_session(interp, &session)?),
        None => None,
    };
    plain(interp, session, &values)
}

/// A query of these entities in a session, of the class that the session has for its queries.
pub(super) fn make(interp: &mut Interp, session: Option<SessionId>, values: &[Value]) -> PyResult<Value> {
    let class = session.and_then(|session| lend::shared(interp).query_classes.get(&session).cloned());
    if let (Some(session), Some(class)) = (session, class) {
        let entities = Value::tuple(values.to_vec());
        let session = session::session_value(interp, session);
        return interp.call(&class, Args::of(vec![entities, session]));
    }
    plain(interp, session, values)
}

fn plain(interp: &mut Interp, session: Option<SessionId>, values: &[Value]) -> PyResult<Value> {
    let mut query = Query::new(backproof_engine::load::Style::Legacy, session, Vec::new());
    bundle::ask(interp, &mut query, values)?;
    mapped::configure_query(interp, &query)?;
    Ok(QueryObject::value(query))
}
