//! The `logging` module: loggers by name with their levels and handlers, and what the engine's own messages come to.
//!
//! What is written to standard error, or to a file, no document shows; it is written nowhere. Where a message came from in
//! the program is not told.

mod handlers;
mod records;

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use indexmap::IndexMap;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const LEVELS: [(&str, i64); 8] = [
    ("CRITICAL", 50),
    ("FATAL", 50),
    ("ERROR", 40),
    ("WARNING", 30),
    ("WARN", 30),
    ("INFO", 20),
    ("DEBUG", 10),
    ("NOTSET", 0),
];

/// What a document has said of one logger.
struct Said {
    level: Cell<i64>,
    /// A list, which the document may change itself.
    handlers: Value,
    filters: Value,
    propagate: Cell<bool>,
    disabled: Cell<bool>,
}

impl Default for Said {
    fn default() -> Self {
        Said {
            level: Cell::new(0),
            handlers: Value::list(Vec::new()),
            filters: Value::list(Vec::new()),
            propagate: Cell::new(true),
            disabled: Cell::new(false),
        }
    }
}

/// The loggers of a world.
struct Logs {
    by_name: RefCell<IndexMap<Rc<str>, Rc<Said>>>,
    /// Messages up to this level are dropped.
    disabled: Cell<i64>,
    names: RefCell<Vec<(i64, Rc<str>)>>,
}

impl Logs {
    fn said(&self, name: &str) -> Rc<Said> {
        self.by_name.borrow_mut().entry(name.into()).or_default().clone()
    }

    fn known(&self, name: &str) -> Option<Rc<Said>> {
        self.by_name.borrow().get(name).cloned()
    }

    /// The level in force for a logger: its own or its nearest ancestor's.
    fn effective(&self, name: &str) -> i64 {
        chain(name)
            .filter_map(|name| self.known(name))
            .map(|said| said.level.get())
            .find(|level| *level > 0)
            .unwrap_or(30)
    }

    /// Every handler that a logger's messages come to, nearest first.
    fn handlers(&self, interp: &mut Interp, name: &str) -> PyResult<Vec<Value>> {
        let mut found = Vec::new();
        for said in chain(name).filter_map(|name| self.known(name)) {
            found.extend(interp.iterate(&said.handlers)?);
            if !said.propagate.get() {
                break;
            }
        }
        Ok(found)
    }

    fn level_name(&self, level: i64) -> Rc<str> {
        let own =
            self.names.borrow().iter().rev().find(|(known, _)| *known == level).map(|(_, name)| name.clone());
        own.unwrap_or_else(|| match LEVELS.iter().find(|(_, known)| *known == level) {
            Some((name, _)) => Rc::from(*name),
            None => format!("Level {level}").into(),
        })
    }
}

/// A logger's name and those of its ancestors; the root's is empty.
fn chain(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| match name.rfind('.') {
        Some(dot) => Some(&name[..dot]),
        None if name.is_empty() => None,
        None => Some(""),
    })
}

fn logs(interp: &Interp) -> Option<Rc<Logs>> {
    let root = interp.modules.get("logging")?.dict.get("root")?;
    root.downcast::<Logger>().map(|root| root.logs.clone())
}

/// The level in force for a logger, as the document has set it; `WARNING` (30) otherwise.
pub(crate) fn level(interp: &Interp, logger: &str) -> i64 {
    logs(interp).map_or(30, |logs| logs.effective(logger))
}

/// Whether a reader sees what a logger is told by its level alone: who has no handlers for it, or one that writes to standard
/// error.
///
/// # Errors
///
/// What a document's handler raises where it is asked.
pub(crate) fn is_seen(interp: &mut Interp, logger: &str) -> PyResult<bool> {
    let Some(logs) = logs(interp) else { return Ok(true) };
    let all = logs.handlers(interp, logger)?;
    for handler in &all {
        if handlers::writes_to_stderr(interp, handler)? {
            return Ok(true);
        }
    }
    Ok(all.is_empty())
}

/// Hands a message that is not the document's own to the handlers that a document gave.
///
/// # Errors
///
/// What a handler raises.
pub(crate) fn deliver(interp: &mut Interp, logger: &str, level: i64, message: &str) -> PyResult<()> {
    let Some(logs) = logs(interp) else { return Ok(()) };
    let all = logs.handlers(interp, logger)?;
    if all.is_empty() || level <= logs.disabled.get() {
        return Ok(());
    }
    let record = records::make(interp, logger, level, Value::from(message), Vec::new(), Value::None)?;
    hand_on(interp, &all, level, &record)
}

fn hand_on(interp: &mut Interp, handlers: &[Value], level: i64, record: &Value) -> PyResult<()> {
    for handler in handlers {
        let least = interp.get_attr(handler, "level")?;
        if interp.index(&least)? <= level {
            interp.call_method(handler, "handle", Args::of(vec![record.clone()]))?;
        }
    }
    Ok(())
}

/// A message of the document's own.
fn log(interp: &mut Interp, name: &str, level: i64, mut args: Args) -> PyResult<Value> {
    let Some(logs) = logs(interp) else { return Ok(Value::None) };
    let is_disabled = logs.known(name).is_some_and(|said| said.disabled.get());
    if is_disabled || level <= logs.disabled.get() || level < logs.effective(name) {
        return Ok(Value::None);
    }
    if args.positional.is_empty() {
        let message = "Logger._log() missing 1 required positional argument: 'msg'";
        return Err(interp.raise("TypeError", message));
    }
    let message = args.positional.remove(0);
    let failed = args.take_keyword("exc_info").unwrap_or(Value::None);
    let failed = records::exception(interp, &failed)?;
    let record = records::make(interp, name, level, message, args.positional, failed)?;
    if let Some(extra) =
        args.keywords.iter().find(|(name, _)| &**name == "extra").map(|(_, extra)| extra.clone())
    {
        for (name, value) in interp.mapping_items(&extra)?.unwrap_or_default() {
            if let Some(name) = name.as_str() {
                interp.set_attr(&record, name, value)?;
            }
        }
    }
    if let Some(said) = logs.known(name)
        && !handlers::passes(interp, &said.filters, &record)?
    {
        return Ok(Value::None);
    }
    let all = logs.handlers(interp, name)?;
    hand_on(interp, &all, level, &record)?;
    Ok(Value::None)
}

fn level_of(interp: &mut Interp, value: &Value) -> PyResult<i64> {
    if let Some(name) = value.as_str() {
        let own = logs(interp).and_then(|logs| {
            logs.names.borrow().iter().rev().find(|(_, known)| known == name).map(|(level, _)| *level)
        });
        let known = LEVELS.iter().find(|(level, _)| **level == **name).map(|(_, level)| *level);
        return match own.or(known) {
            Some(level) => Ok(level),
            None => Err(interp.raise("ValueError", format!("Unknown level: '{name}'"))),
        };
    }
    interp.index(value)
}

/// Methods that log, and at which level.
const MESSAGES: [(&str, i64); 7] = [
    ("debug", 10),
    ("info", 20),
    ("warning", 30),
    ("warn", 30),
    ("error", 40),
    ("critical", 50),
    ("exception", 40),
];

/// `basicConfig(…)`: the root gets a handler, where it has none.
fn basic_config(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let Some(logs) = logs(interp) else { return Ok(Value::None) };
    let root = logs.said("");
    let mut given = |name: &str| args.take_keyword(name).filter(|value| !value.is_none());
    let force = given("force").map_or(Ok(false), |force| interp.truth(&force))?;
    if force {
        interp.call_method(&root.handlers, "clear", Args::none())?;
    }
    if !interp.iterate(&root.handlers)?.is_empty() {
        return Ok(Value::None);
    }
    let (stream, file, listed) = (given("stream"), given("filename"), given("handlers"));
    let (format, dates, style) = (given("format"), given("datefmt"), given("style"));
    let level = given("level");
    let module = interp.import("logging")?;
    let make = |interp: &mut Interp, name: &str, args: Args| match module.dict.get(name) {
        Some(class) => interp.call(&class, args),
        None => Err(Stop::unsupported(format!("`{name}` of `logging`"))),
    };
    let handlers = match (listed, file) {
        (Some(listed), _) => interp.iterate(&listed)?,
        (None, Some(file)) => vec![make(interp, "FileHandler", Args::of(vec![file]))?],
        (None, None) => vec![make(interp, "StreamHandler", Args::of(stream.into_iter().collect()))?],
    };
    let format = match (format, style.is_some()) {
        (Some(format), _) => format,
        (None, true) => return Err(Stop::unsupported("basicConfig() with `style` and no `format`")),
        (None, false) => Value::from("%(levelname)s:%(name)s:%(message)s"),
    };
    let style = style.unwrap_or_else(|| Value::from("%"));
    let args = Args::of(vec![format, dates.unwrap_or(Value::None), style]);
    let formatter = make(interp, "Formatter", args)?;
    for handler in handlers {
        if interp.get_attr(&handler, "formatter")?.is_none() {
            interp.call_method(&handler, "setFormatter", Args::of(vec![formatter.clone()]))?;
        }
        interp.call_method(&root.handlers, "append", Args::of(vec![handler]))?;
    }
    if let Some(level) = level {
        root.level.set(level_of(interp, &level)?);
        interp.log_levels_changed = true;
    }
    Ok(Value::None)
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("logging", |interp| {
        let module = Module::new("logging");
        for (name, level) in LEVELS {
            module.dict.set(name, Value::from(level));
        }
        let logs =
            Rc::new(Logs { by_name: RefCell::default(), disabled: Cell::new(0), names: RefCell::default() });
        logs.said("").level.set(30);
        let root = Value::object(Logger { name: "".into(), logs: logs.clone() });
        module.dict.set("root", root);
        module.dict.set("Logger", Value::Class(interp.foreign_class("logging", "Logger")));
        module.dict.set("raiseExceptions", Value::Bool(true));
        module.dict.set(
            "getLogger",
            Value::native("getLogger", move |interp, args| {
                let mut bound = Signature::new("getLogger", "name=").bind(interp, args)?;
                let name = bound.take(0).and_then(|name| name.as_str().cloned()).unwrap_or_else(|| "".into());
                let name = if &*name == "root" { "".into() } else { name };
                logs.said(&name);
                Ok(Value::object(Logger { name, logs: logs.clone() }))
            }),
        );
        module.dict.set("basicConfig", Value::native("basicConfig", basic_config));
        for (name, level) in MESSAGES {
            module.dict.set(
                name,
                Value::native(name, move |interp, mut args| {
                    basic_config(interp, Args::none())?;
                    records::with_failure(name, &mut args);
                    log(interp, "", level, args)
                }),
            );
        }
        add(&module, "log", |interp, mut args| {
            basic_config(interp, Args::none())?;
            let level = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
            let level = level_of(interp, &level)?;
            log(interp, "", level, args)
        });
        for name in ["captureWarnings", "shutdown"] {
            module.dict.set(name, Value::native(name, |_, _| Ok(Value::None)));
        }
        add(&module, "disable", |interp, args| {
            let mut bound = Signature::new("disable", "level=").bind(interp, args)?;
            let level = bound.take(0).unwrap_or(Value::int(50));
            let level = level_of(interp, &level)?;
            if let Some(logs) = logs_of(interp) {
                logs.disabled.set(level);
            }
            Ok(Value::None)
        });
        add(&module, "addLevelName", |interp, args| {
            let [level, name] = args.exactly(interp, "addLevelName")?;
            let (level, name) = (interp.index(&level)?, interp.str(&name)?);
            if let Some(logs) = logs_of(interp) {
                logs.names.borrow_mut().push((level, name.into()));
            }
            Ok(Value::None)
        });
        add(&module, "getLevelName", |interp, args| {
            let [level] = args.exactly(interp, "getLevelName")?;
            if let Some(name) = level.as_str() {
                let known = LEVELS.iter().find(|(known, _)| **known == **name).map(|(_, level)| *level);
                return Ok(known.map_or_else(|| Value::from(format!("Level {name}")), Value::from));
            }
            let number = interp.index(&level)?;
            Ok(logs_of(interp).map_or(Value::None, |logs| Value::from(logs.level_name(number))))
        });
        handlers::install(interp, &module)?;
        records::install(interp, &module)?;
        Ok(Rc::new(module))
    });
}

/// As [`logs`], where a closure of that name is in the way.
fn logs_of(interp: &Interp) -> Option<Rc<Logs>> {
    logs(interp)
}

/// `getLogger(name)`.
struct Logger {
    name: Rc<str>,
    logs: Rc<Logs>,
}

impl Logger {
    fn other(&self, name: &str) -> Value {
        Value::object(Logger { name: name.into(), logs: self.logs.clone() })
    }
}

impl Object for Logger {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.name.is_empty() { "RootLogger" } else { "Logger" }
    }

    fn type_module(&self) -> &'static str {
        "logging"
    }

    fn class(&self, interp: &mut Interp) -> Rc<crate::python::Class> {
        let class = interp.foreign_class("logging", "Logger");
        if self.name.is_empty() { interp.foreign_class_below("logging", "RootLogger", &class) } else { class }
    }

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        self.name.hash(&mut hasher);
        (hasher.finish() >> 8) | (15 << 58)
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (logs, own, said) = (self.logs.clone(), self.name.clone(), self.logs.said(&self.name));
        if let Some((name, level)) = MESSAGES.iter().find(|(known, _)| *known == name) {
            return Ok(Some(Value::native(*name, move |interp: &mut Interp, mut args: Args| {
                records::with_failure(name, &mut args);
                log(interp, &own, *level, args)
            })));
        }
        Ok(Some(match name {
            "name" => Value::from(if self.name.is_empty() { "root" } else { &self.name }),
            "level" => Value::from(said.level.get()),
            "handlers" => said.handlers.clone(),
            "filters" => said.filters.clone(),
            "propagate" => Value::Bool(said.propagate.get()),
            "disabled" => Value::Bool(said.disabled.get()),
            "root" => self.other(""),
            "parent" => {
                let known =
                    chain(&self.name).skip(1).find(|name| name.is_empty() || logs.known(name).is_some());
                known.map_or(Value::None, |name| self.other(name))
            }
            "setLevel" => Value::native(name, move |interp: &mut Interp, args: Args| {
                let [level] = args.exactly(interp, "setLevel")?;
                said.level.set(level_of(interp, &level)?);
                interp.log_levels_changed = true;
                Ok(Value::None)
            }),
            "getEffectiveLevel" => Value::native(name, move |_, _| Ok(Value::from(logs.effective(&own)))),
            "isEnabledFor" => Value::native(name, move |interp: &mut Interp, args: Args| {
                let [level] = args.exactly(interp, "isEnabledFor")?;
                let level = interp.index(&level)?;
                let enabled = !said.disabled.get() && level > logs.disabled.get();
                Ok(Value::Bool(enabled && level >= logs.effective(&own)))
            }),
            "hasHandlers" => Value::native(name, move |interp: &mut Interp, _| {
                Ok(Value::Bool(!logs.handlers(interp, &own)?.is_empty()))
            }),
            "getChild" => {
                let this = Logger { name: own.clone(), logs };
                Value::native(name, move |interp: &mut Interp, args: Args| {
                    let [suffix] = args.exactly(interp, "getChild")?;
                    let suffix = interp.str(&suffix)?;
                    let name = if own.is_empty() { suffix } else { format!("{own}.{suffix}") };
                    this.logs.said(&name);
                    Ok(this.other(&name))
                })
            }
            "log" => Value::native(name, move |interp: &mut Interp, mut args: Args| {
                let level = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let level = level_of(interp, &level)?;
                log(interp, &own, level, args)
            }),
            "addHandler" | "addFilter" => {
                let list = if name == "addHandler" { said.handlers.clone() } else { said.filters.clone() };
                Value::native(name, move |interp: &mut Interp, args: Args| handlers::put(interp, &list, args))
            }
            "removeHandler" | "removeFilter" => {
                let list = if name == "removeHandler" { said.handlers.clone() } else { said.filters.clone() };
                Value::native(name, move |interp: &mut Interp, args: Args| {
                    handlers::take(interp, &list, args)
                })
            }
            _ => return Ok(None),
        }))
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        let said = self.logs.said(&self.name);
        match name {
            "propagate" => said.propagate.set(interp.truth(&value)?),
            "disabled" => said.disabled.set(interp.truth(&value)?),
            "level" => {
                said.level.set(interp.index(&value)?);
                interp.log_levels_changed = true;
            }
            "handlers" => {
                interp.call_method(&said.handlers, "clear", Args::none())?;
                interp.call_method(&said.handlers, "extend", Args::of(vec![value]))?;
            }
            _ => return Err(Stop::unsupported(format!("setting `{name}` of a logger"))),
        }
        Ok(())
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let shown = self.logs.level_name(self.logs.effective(&self.name));
        Ok(if self.name.is_empty() {
            format!("<RootLogger root ({shown})>")
        } else {
            format!("<Logger {} ({shown})>", self.name)
        })
    }
}
