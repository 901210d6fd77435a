//! The `logging` module: levels are kept, so that an engine can ask whether its log is wanted; nothing is printed.
//!
//! What Python's loggers write goes to standard error, which no document shows.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use indexmap::IndexMap;
use std::any::Any;
use std::cell::RefCell;
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

/// The levels that a document has set.
#[derive(Default)]
struct Levels {
    by_name: RefCell<IndexMap<Rc<str>, i64>>,
}

impl Levels {
    /// The level in force for a logger: its own or its nearest ancestor's.
    fn effective(&self, name: &str) -> i64 {
        let levels = self.by_name.borrow();
        let mut name = name;
        loop {
            if let Some(level) = levels.get(name).filter(|level| **level > 0) {
                return *level;
            }
            match name.rfind('.') {
                Some(dot) => name = &name[..dot],
                None if name.is_empty() => return 30,
                None => name = "",
            }
        }
    }
}

/// The level in force for a logger, as the document has set it; `WARNING` (30) otherwise.
pub(crate) fn level(interp: &Interp, logger: &str) -> i64 {
    let module = interp.modules.get("logging");
    let root = module.and_then(|module| module.dict.get("root"));
    root.and_then(|root| root.downcast::<Logger>().map(|root| root.levels.effective(logger))).unwrap_or(30)
}

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("logging", |_| {
        let module = Module::new("logging");
        for (name, level) in LEVELS {
            module.dict.set(name, Value::from(level));
        }
        let levels = Rc::new(Levels::default());
        let root = Value::object(Logger { name: "".into(), levels: levels.clone() });
        module.dict.set("root", root);
        let shared = levels.clone();
        module.dict.set(
            "getLogger",
            Value::native("getLogger", move |interp, args| {
                let mut bound = Signature::new("getLogger", "name=").bind(interp, args)?;
                let name = bound.take(0).and_then(|name| name.as_str().cloned()).unwrap_or_else(|| "".into());
                Ok(Value::object(Logger { name, levels: shared.clone() }))
            }),
        );
        module.dict.set(
            "basicConfig",
            Value::native("basicConfig", move |interp, mut args| {
                if let Some(stream) = args.take_keyword("stream")
                    && interp
                        .get_attr_opt(&stream, "name")?
                        .is_some_and(|name| name.as_str().is_some_and(|name| &**name == "<stdout>"))
                {
                    return Err(Stop::unsupported("logging to standard output"));
                }
                if let Some(level) = args.take_keyword("level") {
                    let level = level_of(interp, &level)?;
                    levels.by_name.borrow_mut().insert("".into(), level);
                    interp.log_levels_changed = true;
                }
                Ok(Value::None)
            }),
        );
        for name in [
            "debug",
            "info",
            "warning",
            "error",
            "critical",
            "exception",
            "log",
            "disable",
            "captureWarnings",
        ] {
            module.dict.set(name, Value::native(name, |_, _| Ok(Value::None)));
        }
        add(&module, "getLevelName", |interp, args| {
            let [level] = args.exactly(interp, "getLevelName")?;
            let named = |name: &str| LEVELS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level);
            let numbered =
                |number: i64| LEVELS.iter().find(|(_, level)| *level == number).map(|(name, _)| *name);
            Ok(match level.as_str() {
                Some(name) => named(name).map_or_else(|| Value::from(format!("Level {name}")), Value::from),
                None => match numbered(interp.index(&level)?) {
                    Some(name) => Value::from(name),
                    None => Value::from(format!("Level {}", interp.str(&level)?)),
                },
            })
        });
        add(&module, "NullHandler", |_, _| Ok(Value::object(Handler)));
        add(&module, "StreamHandler", |interp, args| {
            if args.positional.is_empty() {
                return Ok(Value::object(Handler));
            }
            let name = interp.get_attr_opt(&args.positional[0], "name")?;
            if name.is_some_and(|name| name.as_str().is_some_and(|name| &**name == "<stderr>")) {
                return Ok(Value::object(Handler));
            }
            Err(Stop::unsupported("logging to a stream of the document's own"))
        });
        add(&module, "Formatter", |_, _| Ok(Value::object(Handler)));
        Ok(Rc::new(module))
    });
}

fn level_of(interp: &mut Interp, value: &Value) -> PyResult<i64> {
    if let Some(name) = value.as_str() {
        return match LEVELS.iter().find(|(level, _)| **level == **name) {
            Some((_, level)) => Ok(*level),
            None => Err(interp.raise("ValueError", format!("Unknown level: '{name}'"))),
        };
    }
    interp.index(value)
}

/// What a logger's method does.
type Body = dyn Fn(&mut Interp, Args) -> PyResult<Value>;

/// `getLogger(name)`.
struct Logger {
    name: Rc<str>,
    levels: Rc<Levels>,
}

impl Object for Logger {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Logger"
    }

    fn type_module(&self) -> &'static str {
        "logging"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (levels, own) = (self.levels.clone(), self.name.clone());
        let native = |body: Box<Body>| {
            Some(Value::native(name, move |interp: &mut Interp, args: Args| body(interp, args)))
        };
        Ok(match name {
            "name" => Some(Value::from(if self.name.is_empty() { "root" } else { &self.name })),
            "level" => Some(Value::from(self.levels.by_name.borrow().get(&self.name).copied().unwrap_or(0))),
            "handlers" => Some(Value::list(Vec::new())),
            "setLevel" => native(Box::new(move |interp, args| {
                let [level] = args.exactly(interp, "setLevel")?;
                let level = level_of(interp, &level)?;
                levels.by_name.borrow_mut().insert(own.clone(), level);
                interp.log_levels_changed = true;
                Ok(Value::None)
            })),
            "getEffectiveLevel" => native(Box::new(move |_, _| Ok(Value::from(levels.effective(&own))))),
            "isEnabledFor" => native(Box::new(move |interp, args| {
                let [level] = args.exactly(interp, "isEnabledFor")?;
                Ok(Value::Bool(interp.index(&level)? >= levels.effective(&own)))
            })),
            "getChild" => native(Box::new(move |interp, args| {
                let [suffix] = args.exactly(interp, "getChild")?;
                let suffix = interp.str(&suffix)?;
                let name = if own.is_empty() { suffix } else { format!("{own}.{suffix}") };
                Ok(Value::object(Logger { name: name.into(), levels: levels.clone() }))
            })),
            "debug" | "info" | "warning" | "warn" | "error" | "critical" | "exception" | "log"
            | "addHandler" | "removeHandler" => native(Box::new(|_, _| Ok(Value::None))),
            _ => None,
        })
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, _value: Value) -> PyResult<()> {
        match name {
            "propagate" | "disabled" => Ok(()),
            _ => Err(interp.no_attribute("Logger", name)),
        }
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let level = self.levels.effective(&self.name);
        let shown = LEVELS.iter().find(|(_, number)| *number == level).map_or("NOTSET", |(name, _)| name);
        Ok(if self.name.is_empty() {
            format!("<RootLogger root ({shown})>")
        } else {
            format!("<Logger {} ({shown})>", self.name)
        })
    }
}

/// A handler or formatter, which has nothing to do.
struct Handler;

impl Object for Handler {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "StreamHandler"
    }

    fn type_module(&self) -> &'static str {
        "logging"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(matches!(name, "setLevel" | "setFormatter" | "flush" | "close")
            .then(|| Value::native(name, |_, _| Ok(Value::None))))
    }
}
