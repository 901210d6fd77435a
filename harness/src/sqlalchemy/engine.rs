//! `create_engine()`, engines and connections.

use super::connection::{ConnectionObject, begin_block};
use super::define;
use super::execution_options::{self, ImmutableDict};
use super::lend::{self, with_cx};
use crate::python::{Args, Interp, Map, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::db::{ConnectionId, DatabaseId, Echo, Pool};
use backproof_engine::schema::{MetaData, Table};
use backproof_engine::version::Behaviour;
use backproof_engine::{Cx, Error};
use std::any::Any;

/// An engine.
pub(crate) struct EngineObject {
    pub(crate) database: DatabaseId,
    /// Its URL's object.
    url: Value,
    future: bool,
    /// The engine that it is with other options.
    origin: Option<Value>,
    /// The class of its pool.
    pool: &'static str,
    id: u64,
}

/// Whether a value is something to execute on.
pub(super) fn is_bind(value: &Value) -> bool {
    value.downcast::<EngineObject>().is_some() || value.downcast::<ConnectionObject>().is_some()
}

impl EngineObject {
    /// Whether it is another engine with other options.
    pub(super) fn has_origin(&self) -> bool {
        self.origin.is_some()
    }

    /// A connection of the engine.
    fn connect(&self, interp: &mut Interp) -> PyResult<ConnectionId> {
        let database = self.database;
        super::event::open(interp, database)?;
        let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
        lend::shared(interp).connection_options.remove(&connection);
        Ok(connection)
    }

    /// `engine.execution_options(…)`: the engine with other options.
    fn with_options(&self, interp: &mut Interp, this: &Value, args: Args) -> PyResult<Value> {
        let given = execution_options::dict_of(interp, args)?;
        let settings = execution_options::read(interp, &given)?;
        let own = self.database;
        let database =
            with_cx(interp, |cx| cx.orm.databases.with_options(own, |options| settings.apply(options)))?;
        let all = options_of(interp, own)?;
        interp.call_method(&all, "update", Args::of(vec![given]))?;
        lend::shared(interp).engine_options.insert(database, all);
        let origin = Some(this.clone());
        let (url, future) = (self.url.clone(), self.future);
        let pool = self.pool;
        let made = Value::object(EngineObject { database, url, future, origin, pool, id: fresh_identity() });
        lend::shared(interp).engines.insert(database, made.clone());
        Ok(made)
    }

    /// `engine.update_execution_options(…)`.
    fn update_options(&self, interp: &mut Interp, args: Args) -> PyResult<Value> {
        let given = execution_options::dict_of(interp, args)?;
        let settings = execution_options::read(interp, &given)?;
        let database = self.database;
        with_cx(interp, |cx| {
            cx.orm.databases.set_options(database, |options| settings.apply(options));
            Ok(())
        })?;
        let all = options_of(interp, database)?;
        interp.call_method(&all, "update", Args::of(vec![given]))?;
        lend::shared(interp).engine_options.insert(database, all);
        Ok(Value::None)
    }
}

/// A new dictionary of an engine's execution options.
pub(super) fn options_of(interp: &mut Interp, database: DatabaseId) -> PyResult<Value> {
    match lend::shared(interp).engine_options.get(&database).cloned() {
        Some(options) => execution_options::copied(interp, &options),
        None => Ok(Value::dict(Map::new())),
    }
}

/// The engine of a number.
pub(super) fn known(interp: &mut Interp, database: DatabaseId) -> Value {
    lend::shared(interp).engines.get(&database).cloned().unwrap_or(Value::None)
}

/// The engine that a value is, with that of which it is a version where there is one.
fn origin(engine: &Value) -> Value {
    match engine.downcast::<EngineObject>().and_then(|engine| engine.origin.clone()) {
        Some(of) => origin(&of),
        None => engine.clone(),
    }
}

impl Object for EngineObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        if self.origin.is_some() { "OptionEngine" } else { "Engine" }
    }

    fn type_module(&self) -> &str {
        "sqlalchemy.engine.base"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (database, future) = (self.database, self.future);
        let method = if name == "scalar" { "scalar" } else { "execute" };
        if matches!(name, "get_execution_options" | "hide_parameters" | "raw_connection")
            && !super::names::has_member(interp, "Engine", name)
        {
            return Ok(None);
        }
        let on_this = |work: fn(&EngineObject, &mut Interp, &Value, Args) -> PyResult<Value>| {
            let this = this.clone();
            Value::native(name, move |interp, args| match this.downcast::<EngineObject>() {
                Some(engine) => work(engine, interp, &this, args),
                None => Ok(Value::None),
            })
        };
        Ok(Some(match name {
            "url" => self.url.clone(),
            "name" => Value::from("sqlite"),
            "driver" => Value::from("pysqlite"),
            "dialect" => super::dialects::sqlite(),
            "echo" => {
                let echo = lend::read(interp, |orm| orm.databases.asked_echo(database))?;
                match echo {
                    Echo::Debug => Value::from("debug"),
                    Echo::On => Value::Bool(true),
                    Echo::Off => return Err(Stop::unsupported("the `echo` of an engine that does not echo")),
                }
            }
            "logging_name" => {
                let named = lend::read(interp, |orm| orm.databases.options(database).logging_name.clone())?;
                match named {
                    Some(name) => Value::Str(name),
                    None => return Err(Stop::unsupported("the `logging_name` of an engine without one")),
                }
            }
            "hide_parameters" => {
                Value::Bool(lend::read(interp, |orm| orm.databases.options(database).hides_parameters)?)
            }
            "get_execution_options" => on_this(|engine, interp, _, args| {
                let [] = args.exactly(interp, "get_execution_options")?;
                options_of(interp, engine.database).map(ImmutableDict::value)
            }),
            "execution_options" => on_this(EngineObject::with_options),
            "update_execution_options" => {
                on_this(|engine, interp, _, args| engine.update_options(interp, args))
            }
            "pool" => {
                let of = origin(this);
                let id = of.identity() ^ (1 << 59);
                Value::object(PoolObject { id, class: self.pool })
            }
            "raw_connection" => on_this(|engine, interp, _, args| {
                let [] = args.exactly(interp, "raw_connection")?;
                let connection = engine.connect(interp)?;
                super::event::raw_connection(interp, connection, true)
            }),
            "connect" => on_this(|engine, interp, _, args| {
                let [] = args.exactly(interp, "connect")?;
                let connection = engine.connect(interp)?;
                Ok(ConnectionObject::value(interp, connection, engine.future))
            }),
            "begin" => on_this(|engine, interp, _, args| {
                let [] = args.exactly(interp, "begin")?;
                let connection = engine.connect(interp)?;
                Ok(begin_block(interp, connection, engine.future))
            }),
            "execute" | "scalar" if !future => Value::native(name, move |interp, args| {
                super::event::open(interp, database)?;
                let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
                let held = ConnectionObject::value(interp, connection, future);
                let executed = interp.call_method(&held, method, args);
                with_cx(interp, |cx| cx.orm.databases.close(connection))?;
                executed
            }),
            "dispose" => Value::native(name, move |interp, _| {
                with_cx(interp, |cx| {
                    cx.orm.databases.dispose(database);
                    Ok(Value::None)
                })
            }),
            _ => return Ok(None),
        }))
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        if name != "echo" {
            return Err(Stop::unsupported(format!("setting `{name}` of an engine")));
        }
        let (database, echo) = (self.database, echo(interp, &value)?);
        with_cx(interp, |cx| {
            cx.orm.databases.set_echo(database, echo);
            Ok(())
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("Engine({})", interp.repr(&self.url)?))
    }
}

/// An engine's pool, of which nothing is known but whose it is, and its class.
struct PoolObject {
    id: u64,
    class: &'static str,
}

impl Object for PoolObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.class
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.pool.impl"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Err(Stop::unsupported(format!("`{name}` of an engine's pool")))
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Err(Stop::unsupported("the repr of an engine's pool"))
    }
}

fn echo(interp: &mut Interp, value: &Value) -> PyResult<Echo> {
    Ok(match value {
        Value::Str(text) if &**text == "debug" => Echo::Debug,
        other if interp.truth(other)? => Echo::On,
        _ => Echo::Off,
    })
}

fn create_engine(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let old = !super::names::has(lend::profile(interp), "sqlalchemy", "create_mock_engine");
    if old && args.keywords.iter().any(|(name, value)| &**name == "strategy" && value.as_str().is_some()) {
        let strategy = args.take_keyword("strategy");
        let (url, executor) = (args.positional.first().cloned(), args.take_keyword("executor"));
        return match (strategy.as_ref().and_then(Value::as_str), url, executor) {
            (Some(strategy), Some(url), Some(executor))
                if &**strategy == "mock" && args.keywords.is_empty() =>
            {
                super::mock::of_url(interp, &url, executor)
            }
            _ => Err(Stop::unsupported("create_engine() with `strategy`")),
        };
    }
    let parameters = "url, *, echo=, future=, connect_args=, poolclass=, pool_pre_ping=, pool_size=, \
                      max_overflow=, pool_recycle=, pool_timeout=, hide_parameters=, echo_pool=, \
                      isolation_level=, encoding=, convert_unicode=, logging_name=, query_cache_size=, \
                      native_datetime=, module=, execution_options=";
    check_options(interp, &args)?;
    let mut bound = Signature::new("create_engine", parameters).bind(interp, args)?;
    let url = bound.take(0).unwrap_or(Value::None);
    if url.is_none() {
        return Err(Stop::unsupported("an engine without a URL"));
    }
    let url = super::url::make(interp, &url)?;
    let text = super::url::whole(interp, &url);
    let echo = match bound.take(1) {
        Some(value) => echo(interp, &value)?,
        None => Echo::Off,
    };
    if let Some(file) = text.split_once(":///").map(|(_, file)| file).filter(|file| !file.is_empty()) {
        interp.files.push(file.split('?').next().unwrap_or_default().into());
    }
    let hides_parameters = define::flag(interp, &mut bound, 10, false)?;
    let default_isolation = match define::given(&mut bound, 12) {
        Some(level) => Some(execution_options::isolation(interp, &level)?),
        None => None,
    };
    let logging_name = match define::given(&mut bound, 15) {
        Some(name) => Some(std::rc::Rc::from(interp.str(&name)?)),
        None => None,
    };
    let execution = define::given(&mut bound, 19);
    let settings = match &execution {
        Some(given) => execution_options::read(interp, given)?,
        None => execution_options::Settings::default(),
    };
    let profile = lend::profile(interp);
    let asked = define::flag(interp, &mut bound, 2, false)?;
    let named = define::given(&mut bound, 4);
    let (database, pool) = with_cx(interp, |cx| {
        let database = cx.orm.databases.create_engine(profile, &text, echo)?;
        Ok((database, pool(cx, database, named.as_ref())?))
    })?;
    let future = with_cx(interp, |cx| {
        if asked {
            cx.orm.databases.set_future(database);
        }
        cx.orm.databases.set_options(database, |options| {
            settings.apply(options);
            options.hides_parameters = hides_parameters;
            options.default_isolation = default_isolation;
            options.logging_name = logging_name;
        });
        Ok(!cx.orm.databases.autocommits(database))
    })?;
    if let Some(given) = execution {
        let own = execution_options::copied(interp, &given)?;
        lend::shared(interp).engine_options.insert(database, own);
    }
    let id = fresh_identity();
    let made = Value::object(EngineObject { database, url, future, origin: None, pool, id });
    lend::shared(interp).engines.insert(database, made.clone());
    Ok(made)
}

/// The class of an engine's pool, which the engine then works like; `named` is the one that the document asks for.
fn pool(cx: &mut Cx<'_>, database: DatabaseId, named: Option<&Value>) -> Result<&'static str, Error> {
    const POOLS: [(&str, Pool); 4] = [
        ("StaticPool", Pool::Shared),
        ("SingletonThreadPool", Pool::Shared),
        ("QueuePool", Pool::Queue),
        ("NullPool", Pool::Nothing),
    ];
    let databases = &mut cx.orm.databases;
    let own = databases.pool(database);
    let usual = if own == Pool::Shared {
        "SingletonThreadPool"
    } else if own == Pool::Queue {
        "QueuePool"
    } else {
        "NullPool"
    };
    let Some(named) = named.filter(|named| !named.is_none()) else { return Ok(usual) };
    let class = match named {
        Value::Class(class) => POOLS.into_iter().find(|(name, _)| **class.name.borrow() == **name),
        _ => None,
    };
    let Some((name, pool)) = class else {
        return Err(Error::unsupported("create_engine() with this `poolclass`"));
    };
    if own == Pool::Shared && pool != Pool::Shared {
        return Err(Error::unsupported(format!(
            "a `{name}` of databases in memory, of which each connection has its own"
        )));
    }
    databases.set_pool(database, pool);
    Ok(name)
}

/// Options that the library has in some release, and this room does not read.
const OTHER_OPTIONS: &[&str] = &[
    "assert_unicode",
    "creator",
    "creator_wrapper",
    "do_connect",
    "empty_in_strategy",
    "enable_from_linting",
    "events",
    "executor",
    "implicit_returning",
    "insertmanyvalues_page_size",
    "json_deserializer",
    "json_serializer",
    "label_length",
    "listeners",
    "max_identifier_length",
    "paramstyle",
    "plugins",
    "pool",
    "pool_events",
    "pool_logging_name",
    "pool_reset_on_return",
    "pool_use_lifo",
    "skip_autocommit_rollback",
    "strategy",
    "supports_native_boolean",
    "use_insertmanyvalues",
    "_initialize",
    "_json_serializer",
];

/// Refuses the options of `create_engine()` that this release refuses, as it does.
fn check_options(interp: &mut Interp, args: &crate::python::Args) -> PyResult<()> {
    let mut invalid = Vec::new();
    for (name, value) in &args.keywords {
        let known = match &**name {
            "future" => {
                if lend::has(interp, Behaviour::EnginesFutureOnly) && !matches!(value, Value::Bool(true)) {
                    let message = "The 'future' parameter passed to create_engine() may only be set to True.";
                    return Err(super::errors::raise_named(interp, "ArgumentError", message));
                }
                lend::has(interp, Behaviour::FutureFlag)
            }
            "encoding" | "convert_unicode" | "case_sensitive" => {
                lend::has(interp, Behaviour::EngineUnicodeOptions)
            }
            "hide_parameters" => lend::has(interp, Behaviour::HideParameters),
            "query_cache_size" => lend::has(interp, Behaviour::CacheSizeTaken),
            "url" | "echo" | "connect_args" | "poolclass" | "pool_pre_ping" | "pool_size"
            | "max_overflow" | "pool_recycle" | "pool_timeout" | "echo_pool" | "logging_name"
            | "native_datetime" | "isolation_level" | "module" | "execution_options" => true,
            other if OTHER_OPTIONS.contains(&other) => {
                return Err(Stop::unsupported(format!("create_engine() with `{other}`")));
            }
            _ => false,
        };
        if !known {
            invalid.push(format!("'{name}'"));
        }
    }
    let Some(url) = args.positional.first().filter(|_| !invalid.is_empty()) else { return Ok(()) };
    let url = interp.str(url)?;
    let pool = match url.strip_prefix("sqlite://") {
        Some("" | "/" | "/:memory:") => "SingletonThreadPool",
        Some(_) if lend::has(interp, Behaviour::FilesArePooled) => "QueuePool",
        Some(_) => "NullPool",
        None => return Err(Stop::unsupported("options of an engine that is not SQLite's")),
    };
    let message = format!(
        "Invalid argument(s) {} sent to create_engine(), using configuration SQLiteDialect_pysqlite/{pool}/Engine.  \
         Please check that the keyword arguments are appropriate for this combination of components.",
        invalid.join(",")
    );
    Err(interp.raise("TypeError", message))
}

/// Creates or drops tables, given in the order in which they were made.
pub(super) fn emit_schema(
    interp: &mut Interp,
    bind: &Value,
    tables: &[Table],
    check_first: bool,
    drop: bool,
    of: Option<&MetaData>,
) -> PyResult<Value> {
    if let Some(mock) = bind.downcast::<super::mock::MockObject>() {
        if super::ddl_events::any(interp) {
            return Err(Stop::unsupported("a mock engine where somebody listens to what creates tables"));
        }
        return mock.emit(interp, tables, drop);
    }
    let work = super::ddl_events::Work { tables, check_first, drop, of };
    if let Some(engine) = bind.downcast::<EngineObject>() {
        let database = engine.database;
        super::event::open(interp, database)?;
        if super::ddl_events::any(interp) {
            return super::ddl_events::emit_on_engine(interp, database, &work);
        }
        with_cx(interp, |cx| {
            let databases = &mut cx.orm.databases;
            if drop {
                databases.drop_all(database, tables, check_first)
            } else {
                databases.create_all(database, tables, check_first)
            }
        })?;
    } else if let Some(held) = bind.downcast::<ConnectionObject>() {
        if super::ddl_events::any(interp) {
            return super::ddl_events::emit(interp, held.connection, &work);
        }
        let connection = held.connection;
        with_cx(interp, |cx| {
            let databases = &mut cx.orm.databases;
            if drop {
                databases.drop_all_on(connection, tables, check_first)
            } else {
                databases.create_all_on(connection, tables, check_first)
            }
        })?;
    } else {
        return Err(Stop::unsupported("creating tables on something that is no engine"));
    }
    Ok(Value::None)
}

/// Adds `create_engine`.
pub(crate) fn install(module: &Module) {
    module.dict.set("create_mock_engine", Value::native("create_mock_engine", super::mock::create));
    module.dict.set("create_engine", Value::native("create_engine", create_engine));
}
