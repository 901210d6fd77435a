//! `create_engine()`, engines and connections.

use super::connection::{ConnectionObject, begin_block};
use super::define;
use super::lend::{self, with_cx};
use crate::python::{Interp, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::db::{DatabaseId, Echo};
use backproof_engine::schema::{MetaData, Table};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// An engine.
pub(crate) struct EngineObject {
    pub(crate) database: DatabaseId,
    url: String,
    future: bool,
    id: u64,
}

/// Whether a value is something to execute on.
pub(super) fn is_bind(value: &Value) -> bool {
    value.downcast::<EngineObject>().is_some() || value.downcast::<ConnectionObject>().is_some()
}

impl Object for EngineObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        "Engine"
    }

    fn type_module(&self) -> &str {
        "sqlalchemy.engine.base"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (database, future) = (self.database, self.future);
        let method = if name == "scalar" { "scalar" } else { "execute" };
        Ok(Some(match name {
            "url" => Value::from(self.url.as_str()),
            "name" => Value::from("sqlite"),
            "connect" => Value::native(name, move |interp, args| {
                let [] = args.exactly(interp, "connect")?;
                super::event::open(interp, database)?;
                let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
                Ok(ConnectionObject::value(interp, connection, future))
            }),
            "begin" => Value::native(name, move |interp, args| {
                let [] = args.exactly(interp, "begin")?;
                super::event::open(interp, database)?;
                let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
                Ok(begin_block(interp, connection, future))
            }),
            "execute" | "scalar" if !future => Value::native(name, move |interp, args| {
                super::event::open(interp, database)?;
                let connection = with_cx(interp, |cx| cx.orm.databases.connect(database))?;
                let held = ConnectionObject::value(interp, connection, future);
                let executed = interp.call_method(&held, method, args);
                with_cx(interp, |cx| cx.orm.databases.close(connection))?;
                executed
            }),
            "dispose" => Value::native(name, |_, _| Ok(Value::None)),
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

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("Engine({})", self.url))
    }
}

fn echo(interp: &mut Interp, value: &Value) -> PyResult<Echo> {
    Ok(match value {
        Value::Str(text) if &**text == "debug" => Echo::Debug,
        other if interp.truth(other)? => Echo::On,
        _ => Echo::Off,
    })
}

fn create_engine(interp: &mut Interp, args: crate::python::Args) -> PyResult<Value> {
    let parameters = "url, *, echo=, future=, connect_args=, poolclass=, pool_pre_ping=, pool_size=, \
                      max_overflow=, pool_recycle=, pool_timeout=, hide_parameters=, echo_pool=, \
                      isolation_level=, encoding=, convert_unicode=, logging_name=, query_cache_size=, \
                      native_datetime=, module=";
    check_options(interp, &args)?;
    let mut bound = Signature::new("create_engine", parameters).bind(interp, args)?;
    let url = bound.take(0).unwrap_or(Value::None);
    let url = interp.str(&url)?;
    let echo = match bound.take(1) {
        Some(value) => echo(interp, &value)?,
        None => Echo::Off,
    };
    if define::given(&mut bound, 15).is_some() {
        return Err(Stop::unsupported("an engine whose log has a name (`logging_name`)"));
    }
    if let Some(file) = url.split_once(":///").map(|(_, file)| file).filter(|file| !file.is_empty()) {
        interp.files.push(file.split('?').next().unwrap_or_default().into());
    }
    let profile = lend::profile(interp);
    let asked = define::flag(interp, &mut bound, 2, false)?;
    let database = with_cx(interp, |cx| cx.orm.databases.create_engine(profile, &url, echo))?;
    let future = with_cx(interp, |cx| {
        if asked {
            cx.orm.databases.set_future(database);
        }
        Ok(!cx.orm.databases.autocommits(database))
    })?;
    Ok(Value::object(EngineObject { database, url, future, id: fresh_identity() }))
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
    "execution_options",
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
            "query_cache_size" => lend::has(interp, Behaviour::CompiledCache),
            "url" | "echo" | "connect_args" | "poolclass" | "pool_pre_ping" | "pool_size"
            | "max_overflow" | "pool_recycle" | "pool_timeout" | "echo_pool" | "logging_name"
            | "native_datetime" | "isolation_level" | "module" => true,
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
    module.dict.set("create_engine", Value::native("create_engine", create_engine));
}
