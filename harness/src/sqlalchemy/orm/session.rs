//! `Session`: a unit of work as Python sees it.
//!
//! A session's value carries only the engine's id, so two values of one session are the same Python object.

use super::bind::{self, Bind};
use super::instance::{object_of, require, wrap, wrap_all};
use super::{entity, errors, mapped, query};
use crate::python::{Args, Class, Interp, Iter, Object, PyResult, Signature, Stop, Unavailable, Value};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{convert, define, lend, result};
use backproof_engine::db::{self, Given};
use backproof_engine::load::{self, LoaderOption, Query};
use backproof_engine::map::{Key, MapperId};
use backproof_engine::session::{self as sessions, SessionId, SessionSettings};
use backproof_engine::sql::{Expr, ExprKind, Params, Statement};
use backproof_engine::state::{ObjRef, StateId};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.orm.session";

/// A session.
pub(crate) struct SessionObject {
    pub(crate) id: SessionId,
}

/// The value of a session.
pub(crate) fn session_value(_interp: &mut Interp, id: SessionId) -> Value {
    Value::object(SessionObject { id })
}

/// The session behind a value.
pub(crate) fn require_session(interp: &mut Interp, value: &Value) -> PyResult<SessionId> {
    match define::receiver::<SessionObject>(value) {
        Some(session) => Ok(session.id),
        None => {
            let kind = interp.type_name(value);
            Err(Stop::unsupported(format!("a {kind} where a session belongs")))
        }
    }
}

/// The session that an object belongs to, or `None`.
pub(crate) fn session_of(interp: &mut Interp, id: StateId) -> PyResult<Value> {
    let session = lend::read(interp, |orm| sessions::object_session(orm, id))?;
    Ok(session.map_or(Value::None, |session| session_value(interp, session)))
}

impl Object for SessionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Session"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp)
    }

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        self.id.hash(&mut hasher);
        (hasher.finish() >> 8) | (6 << 60)
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        match name {
            "autoflush" => {
                let on = interp.truth(&value)?;
                with_settings(interp, self.id, move |settings| settings.autoflush = on)
            }
            "expire_on_commit" => {
                let on = interp.truth(&value)?;
                with_settings(interp, self.id, move |settings| settings.expire_on_commit = on)
            }
            "bind" => {
                let bind = Bind::read(interp, &value)?;
                with_settings(interp, self.id, move |settings| bind.set(settings))
            }
            _ => Err(Stop::unsupported(format!("setting `{name}` of a session"))),
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let object = require(interp, item)?;
        lend::read(interp, |orm| Some(sessions::contains(orm, self.id, object.id())))
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(true)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let mut objects = lend::read(interp, |orm| sessions::new_objects(orm, self.id))?;
        objects.extend(lend::read(interp, |orm| sessions::identity_objects(orm, self.id))?);
        Ok(Iter::from_values("list_iterator", wrap_all(interp, &objects)?))
    }

    fn enter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        lend::with_cx(interp, |cx| sessions::close(cx, self.id))?;
        Ok(false)
    }
}

fn with_settings(
    interp: &mut Interp,
    id: SessionId,
    change: impl FnOnce(&mut SessionSettings),
) -> PyResult<()> {
    lend::with_cx(interp, |cx| {
        change(sessions::settings_mut(cx.orm, id));
        Ok(())
    })
}

/// Parameters of `Session()` in this release, in their order.
fn parameters(interp: &mut Interp) -> String {
    let keywords_only = lend::has(interp, Behaviour::SessionKeywordsOnly);
    let extensions = lend::has(interp, Behaviour::SessionExtensions);
    let has_future = lend::has(interp, Behaviour::FutureFlag);
    let has_autobegin = lend::has(interp, Behaviour::SessionAutobeginFlag);
    let closes = lend::has(interp, Behaviour::SessionCloseResetsOnly);
    let parts = [
        (true, "bind="),
        (keywords_only, "*"),
        (true, "autoflush="),
        (has_future, "future="),
        (true, "expire_on_commit="),
        (extensions, "_enable_transaction_accounting="),
        (true, "autocommit=, twophase="),
        (extensions, "weak_identity_map="),
        (true, "binds="),
        (extensions, "extension="),
        (true, "enable_baked_queries=, info=, query_cls="),
        (has_autobegin, "autobegin=, join_transaction_mode="),
        (closes, "close_resets_only="),
    ];
    let known: Vec<&str> = parts.into_iter().filter_map(|(has, part)| has.then_some(part)).collect();
    known.join(", ")
}

/// `Session(…)`.
pub(crate) fn create(interp: &mut Interp, args: Args) -> PyResult<Value> {
    // Python counts `self` among the arguments.
    let signature = Signature::new("Session.__init__", &format!("self, {}", parameters(interp)));
    let args = Args { positional: [vec![Value::None], args.positional].concat(), keywords: args.keywords };
    let names: Vec<Rc<str>> = signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let mut bound = signature.bind(interp, args)?;
    let mut take = |name: &str| bound.take(names.iter().position(|known| **known == *name)?);
    let mut settings = SessionSettings::default();
    if let Some(bind) = take("bind") {
        Bind::read(interp, &bind)?.set(&mut settings);
    }
    if let Some(mode) = take("join_transaction_mode").filter(|mode| !mode.is_none()) {
        settings.join = bind::join_mode(interp, &mode)?;
    }
    let future = take("future").map(|value| interp.truth(&value)).transpose()?;
    let mut flag = |interp: &mut Interp, name: &str, default: bool| match take(name) {
        Some(value) => interp.truth(&value),
        None => Ok(default),
    };
    settings.autoflush = flag(interp, "autoflush", true)?;
    settings.expire_on_commit = flag(interp, "expire_on_commit", true)?;
    settings.autobegin = flag(interp, "autobegin", true)?;
    // What every session of a release does is not this one's setting: each change of 2.0 is told for itself.
    let always = lend::has(interp, Behaviour::FutureAlways);
    settings.future = future == Some(true);
    if always && future == Some(false) {
        let message = "The 'future' parameter passed to Session() may only be set to True.";
        return Err(crate::sqlalchemy::errors::raise_named(interp, "ArgumentError", message));
    }
    if flag(interp, "autocommit", false)? {
        if !lend::has(interp, Behaviour::SessionAutocommit) {
            let message = "autocommit=True is no longer supported";
            return Err(crate::sqlalchemy::errors::raise_named(interp, "ArgumentError", message));
        }
        return Err(Stop::unsupported("Session() with `autocommit`"));
    }
    for name in ["twophase", "binds", "query_cls", "extension"] {
        if flag(interp, name, false)? {
            return Err(Stop::unsupported(format!("Session() with `{name}`")));
        }
    }
    let id = lend::with_cx(interp, |cx| Ok(sessions::create(cx.orm, settings)))?;
    Ok(session_value(interp, id))
}

/// The class `Session`.
pub(crate) fn class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class(MODULE, "Session");
    if !class.dict.contains("add") {
        define::construct(&class, create);
        install(interp, &class);
        class.dict.set(
            "object_session",
            Value::StaticMethod(std::rc::Rc::new(Value::native("object_session", |interp, args| {
                let [object] = args.exactly(interp, "object_session")?;
                let object = require(interp, &object)?;
                session_of(interp, object.id())
            }))),
        );
    }
    class
}

fn object(interp: &mut Interp, bound: &mut crate::python::Bound, index: usize) -> PyResult<ObjRef> {
    let value = bound.take(index).unwrap_or(Value::None);
    require(interp, &value)
}

/// `None`, or the attribute names of a list.
fn keys(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<Vec<Key>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let mut keys = Vec::new();
    for item in interp.iterate(&value)? {
        match item.as_str() {
            Some(name) => keys.push(name.clone()),
            None => return Err(Stop::unsupported("attribute names that are no strings")),
        }
    }
    Ok(Some(keys))
}

/// What a method without arguments does to the session.
type Plain = fn(&mut backproof_engine::Cx<'_>, SessionId) -> backproof_engine::Result<()>;

/// Objects of a session.
type Objects = fn(&backproof_engine::Orm, SessionId) -> Vec<ObjRef>;

fn install(interp: &mut Interp, class: &Rc<Class>) {
    use define::{getter, method};
    method::<SessionObject>(class, "add", "instance, _warn=", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::add(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "add_all", "instances", |interp, session, _, mut bound| {
        let values = bound.take(0).unwrap_or(Value::None);
        for value in interp.iterate(&values)? {
            let object = require(interp, &value)?;
            lend::with_cx(interp, |cx| sessions::add(cx, session.id, &object))?;
        }
        Ok(Value::None)
    });
    method::<SessionObject>(class, "delete", "instance", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::delete(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "expunge", "instance", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::expunge(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "merge", "instance, load=, options=", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        let load = define::flag(interp, &mut bound, 1, true)?;
        let merged = lend::with_cx(interp, |cx| sessions::merge(cx, session.id, &object, load))?;
        wrap(interp, &merged)
    });
    method::<SessionObject>(
        class,
        "expire",
        "instance, attribute_names=",
        |interp, session, _, mut bound| {
            let object = object(interp, &mut bound, 0)?;
            let keys = keys(interp, bound.take(1))?;
            lend::with_cx(interp, |cx| sessions::expire(cx, session.id, &object, keys.as_deref()))?;
            Ok(Value::None)
        },
    );
    method::<SessionObject>(
        class,
        "refresh",
        "instance, attribute_names=, with_for_update=",
        |interp, session, _, mut bound| {
            let object = object(interp, &mut bound, 0)?;
            let keys = keys(interp, bound.take(1))?;
            lend::with_cx(interp, |cx| sessions::refresh(cx, session.id, &object, keys.as_deref()))?;
            Ok(Value::None)
        },
    );
    method::<SessionObject>(
        class,
        "is_modified",
        "instance, include_collections=",
        |interp, session, _, mut bound| {
            let object = object(interp, &mut bound, 0)?;
            let collections = define::flag(interp, &mut bound, 1, true)?;
            let modified =
                lend::with_cx(interp, |cx| sessions::is_modified(cx, session.id, &object, collections))?;
            Ok(Value::Bool(modified))
        },
    );
    method::<SessionObject>(class, "in_transaction", "", |interp, session, _, _| {
        Ok(Value::Bool(lend::read(interp, |orm| sessions::in_transaction(orm, session.id))?))
    });
    let plain: [(&str, Plain); 6] = [
        ("commit", |cx, id| sessions::commit(cx, id, None)),
        ("rollback", |cx, id| sessions::rollback(cx, id, None)),
        ("close", sessions::close),
        ("expire_all", sessions::expire_all),
        ("expunge_all", sessions::expunge_all),
        ("reset", sessions::close),
    ];
    for (name, work) in plain {
        method::<SessionObject>(class, name, "", move |interp, session, _, _| {
            lend::with_cx(interp, |cx| work(cx, session.id))?;
            Ok(Value::None)
        });
    }
    method::<SessionObject>(class, "flush", "objects=", |interp, session, _, mut bound| {
        if bound.take(0).is_some_and(|objects| !objects.is_none()) {
            return Err(Stop::unsupported("flush() of some objects only"));
        }
        lend::with_cx(interp, |cx| sessions::flush(cx, session.id))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "begin", "subtransactions=, nested=", |interp, session, _, mut bound| {
        if define::flag(interp, &mut bound, 0, false)? {
            return Err(Stop::unsupported("subtransactions"));
        }
        let nested = define::flag(interp, &mut bound, 1, false)?;
        if !nested && !lend::has(interp, Behaviour::SessionAutobegin) {
            let message =
                "A transaction is already begun.  Use subtransactions=True to allow subtransactions.";
            return Err(crate::sqlalchemy::errors::raise_named(interp, "InvalidRequestError", message));
        }
        let begin = if nested { sessions::begin_nested } else { sessions::begin };
        let serial = lend::with_cx(interp, |cx| begin(cx, session.id))?;
        Ok(Value::object(TransactionObject { session: session.id, serial }))
    });
    method::<SessionObject>(class, "begin_nested", "", |interp, session, _, _| {
        let serial = lend::with_cx(interp, |cx| sessions::begin_nested(cx, session.id))?;
        Ok(Value::object(TransactionObject { session: session.id, serial }))
    });
    method::<SessionObject>(class, "query", "*entities, **kwargs", |interp, session, _, bound| {
        query::make(interp, Some(session.id), &bound.varargs)
    });
    method::<SessionObject>(class, "execute", EXECUTE, |interp, session, _, mut bound| {
        execute(interp, session.id, &mut bound)
    });
    method::<SessionObject>(class, "scalar", EXECUTE, |interp, session, _, mut bound| {
        let executed = execute(interp, session.id, &mut bound)?;
        interp.call_method(&executed, "scalar", Args::none())
    });
    if lend::has(interp, Behaviour::SessionScalars) {
        method::<SessionObject>(class, "scalars", EXECUTE, |interp, session, _, mut bound| {
            let executed = execute(interp, session.id, &mut bound)?;
            interp.call_method(&executed, "scalars", Args::none())
        });
    }
    if lend::has(interp, Behaviour::SessionGet) {
        method::<SessionObject>(class, "get", GET, |interp, session, _, mut bound| {
            get(interp, session.id, &mut bound)
        });
    }
    if lend::has(interp, Behaviour::SessionGetOne) {
        method::<SessionObject>(class, "get_one", GET, |interp, session, _, mut bound| {
            let found = get(interp, session.id, &mut bound)?;
            if found.is_none() {
                return Err(crate::sqlalchemy::errors::raise_named(
                    interp,
                    "NoResultFound",
                    "No row was found when one was required",
                ));
            }
            Ok(found)
        });
    }
    bind::install(class);
    getters(class);
    getter::<SessionObject>(class, "no_autoflush", |_, session, _| {
        Ok(Value::object(NoAutoflushObject { session: session.id, before: std::cell::Cell::new(true) }))
    });
}

fn getters(class: &Rc<Class>) {
    use define::getter;
    let sets: [(&str, Objects); 3] = [
        ("new", sessions::new_objects),
        ("dirty", sessions::dirty_objects),
        ("deleted", sessions::deleted_objects),
    ];
    for (name, read) in sets {
        getter::<SessionObject>(class, name, move |interp, session, _| {
            let objects = lend::read(interp, |orm| read(orm, session.id))?;
            Ok(Value::object(ObjectSet { objects, kind: "IdentitySet" }))
        });
    }
    getter::<SessionObject>(class, "identity_map", |interp, session, _| {
        let objects = lend::read(interp, |orm| sessions::identity_objects(orm, session.id))?;
        Ok(Value::object(ObjectSet { objects, kind: "WeakInstanceDict" }))
    });
    getter::<SessionObject>(class, "is_active", |interp, session, _| {
        Ok(Value::Bool(lend::read(interp, |orm| sessions::is_active(orm, session.id))?))
    });
    getter::<SessionObject>(class, "autoflush", |interp, session, _| {
        lend::with_cx(interp, |cx| Ok(Value::Bool(sessions::settings_mut(cx.orm, session.id).autoflush)))
    });
    getter::<SessionObject>(class, "expire_on_commit", |interp, session, _| {
        lend::with_cx(interp, |cx| {
            Ok(Value::Bool(sessions::settings_mut(cx.orm, session.id).expire_on_commit))
        })
    });
}

const GET: &str = "entity, ident, *, options=, populate_existing=, with_for_update=, identity_token=, \
                   execution_options=, bind_arguments=";

fn get(interp: &mut Interp, session: SessionId, bound: &mut crate::python::Bound) -> PyResult<Value> {
    let entity = bound.take(0).unwrap_or(Value::None);
    let ident = bound.take(1).unwrap_or(Value::None);
    let mapper = mapped::require_mapper(interp, &entity)?;
    mapped::configure_for(interp, mapper)?;
    let options = match define::given(bound, 2) {
        Some(options) => {
            let values = interp.iterate(&options)?;
            super::options::read(&values)?
        }
        None => Vec::new(),
    };
    let populate_existing = define::flag(interp, bound, 3, false)?;
    get_object(interp, session, mapper, &ident, &options, populate_existing)
}

/// The object of a primary key: a value, a tuple of values, or a dict of attributes.
pub(super) fn get_object(
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

const EXECUTE: &str =
    "statement, params=, *, execution_options=, bind_arguments=, _parent_execute_state=, _add_event=";

fn execute(interp: &mut Interp, session: SessionId, bound: &mut crate::python::Bound) -> PyResult<Value> {
    let statement = bound.take(0).unwrap_or(Value::None);
    let params = define::given(bound, 1);
    let options = define::given(bound, 2);
    if let Some(select) = statement.downcast::<super::select::SelectObject>() {
        if params.is_some() {
            return Err(Stop::unsupported("a select() executed with parameters"));
        }
        let mut query: Query = select.query.clone();
        if let Some(options) = options {
            for name in interp.iterate(&options)? {
                let value = interp.get_item(&options, &name)?;
                match name.as_str().map(|name| &**name) {
                    Some("populate_existing") => query.populate_existing = interp.truth(&value)?,
                    Some("autoflush") => query.autoflush = interp.truth(&value)?,
                    _ => return Err(Stop::unsupported("these execution options")),
                }
            }
        }
        mapped::configure_query(interp, &query)?;
        let rows = lend::with_cx(interp, |cx| query.run(cx, session))?;
        return entity::select_result(interp, &rows);
    }
    if let Some(object) = statement.downcast::<crate::sqlalchemy::statement::StatementObject>()
        && let Some(executed) =
            super::dml::execute(interp, session, object, params.as_ref(), options.as_ref())?
    {
        return Ok(executed);
    }
    let statement = core_statement(interp, &statement, true)?;
    let given = given(interp, params)?;
    let executed = lend::with_cx(interp, |cx| {
        let connection = sessions::connection(cx, session)?;
        db::execute(cx, connection, &statement, given)
    })?;
    result::of_execution(interp, executed)
}

/// A statement of tables, or SQL given as text.
pub(crate) fn core_statement(interp: &mut Interp, value: &Value, session: bool) -> PyResult<Statement> {
    Unavailable::refuse(value)?;
    if let Some(statement) = value.downcast::<crate::sqlalchemy::statement::StatementObject>() {
        return Ok(statement.statement());
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

/// `session.begin()`, `session.begin_nested()`.
struct TransactionObject {
    session: SessionId,
    serial: usize,
}

impl Object for TransactionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "SessionTransaction"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (session, serial) = (self.session, self.serial);
        Ok(match name {
            "commit" => Some(Value::native(name, move |interp, _| {
                lend::with_cx(interp, |cx| sessions::commit(cx, session, Some(serial)))?;
                Ok(Value::None)
            })),
            "rollback" => Some(Value::native(name, move |interp, _| {
                lend::with_cx(interp, |cx| sessions::rollback(cx, session, Some(serial)))?;
                Ok(Value::None)
            })),
            "session" => Some(session_value(interp, session)),
            _ => None,
        })
    }

    fn enter(&self, interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        lend::with_cx(interp, |cx| {
            sessions::enter(cx.orm, self.session, self.serial);
            Ok(())
        })?;
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let raised = exception.is_some();
        lend::with_cx(interp, |cx| sessions::exit(cx, self.session, self.serial, raised))?;
        Ok(false)
    }
}

/// `session.no_autoflush`.
struct NoAutoflushObject {
    session: SessionId,
    before: std::cell::Cell<bool>,
}

impl Object for NoAutoflushObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GeneratorContextManager"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        let before = &self.before;
        with_settings(interp, self.session, |settings| {
            before.set(settings.autoflush);
            settings.autoflush = false;
        })?;
        Ok(Some(session_value(interp, self.session)))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        let before = self.before.get();
        with_settings(interp, self.session, |settings| settings.autoflush = before)?;
        Ok(false)
    }
}

/// Objects of a session: `session.new` and its like.
struct ObjectSet {
    objects: Vec<ObjRef>,
    kind: &'static str,
}

impl Object for ObjectSet {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        if self.kind == "IdentitySet" { "sqlalchemy.util._collections" } else { "sqlalchemy.orm.identity" }
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if self.kind == "IdentitySet" || name.starts_with("__") {
            return Ok(None);
        }
        let values = wrap_all(interp, &self.objects)?;
        match name {
            "values" | "all_states" => {
                Ok(Some(Value::native(name, move |_, _| Ok(Value::list(values.clone())))))
            }
            _ => Err(Stop::unsupported(format!("the attribute `{name}` of an identity map"))),
        }
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.kind != "IdentitySet" {
            let address = interp.address_of(this.identity());
            return Ok(format!("<{}.{} object at {address}>", self.type_module(), self.kind));
        }
        let values = Value::list(wrap_all(interp, &self.objects)?);
        Ok(format!("IdentitySet({})", interp.repr(&values)?))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.objects.len()))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        if self.kind != "IdentitySet" {
            return Err(Stop::unsupported("looking for a key in an identity map"));
        }
        let wanted = object_of(item);
        Ok(Some(wanted.is_some_and(|wanted| self.objects.contains(&wanted))))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        if self.kind != "IdentitySet" {
            return Err(Stop::unsupported("iterating over an identity map"));
        }
        Ok(Iter::from_values("list_iterator", wrap_all(interp, &self.objects)?))
    }
}
