//! What is logged, and how it is written: `LogRecord` and `Formatter`.

use super::handlers::method;
use super::logs_of;
use crate::python::args::Args;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::BinaryOp;
use crate::python::unavailable::Unavailable;
use crate::python::value::Value;

/// What a record says of where and in what it was made, which is not told here.
const WHERE: [&str; 9] = [
    "pathname",
    "filename",
    "module",
    "lineno",
    "funcName",
    "thread",
    "process",
    "relativeCreated",
    "taskName",
];

/// `exception()` is `error()` of the exception that is being handled.
pub(super) fn with_failure(name: &str, args: &mut Args) {
    if name == "exception" && !args.keywords.iter().any(|(known, _)| &**known == "exc_info") {
        args.keywords.push(("exc_info".into(), Value::Bool(true)));
    }
}

/// The exception that `exc_info` means.
pub(super) fn exception(interp: &mut Interp, given: &Value) -> PyResult<Value> {
    match given {
        Value::Tuple(parts) => Ok(parts.get(1).cloned().unwrap_or(Value::None)),
        Value::Instance(_) => Ok(given.clone()),
        other if interp.truth(other)? => Ok(interp.handling.last().cloned().unwrap_or(Value::None)),
        _ => Ok(Value::None),
    }
}

/// A record.
pub(super) fn make(
    interp: &mut Interp,
    logger: &str,
    level: i64,
    message: Value,
    args: Vec<Value>,
    failed: Value,
) -> PyResult<Value> {
    let module = interp.import("logging")?;
    let Some(class) = module.dict.get("LogRecord") else { return Ok(Value::None) };
    let name = if logger.is_empty() { "root" } else { logger };
    let failed = if failed.is_none() {
        Value::None
    } else {
        let class = Value::Class(interp.class_of(&failed));
        Value::tuple(vec![class, failed, Value::None])
    };
    let values = vec![
        Value::from(name),
        Value::from(level),
        Value::from(""),
        Value::int(0),
        message,
        Value::tuple(args),
        failed,
    ];
    interp.call(&class, Args::of(values))
}

/// `record.getMessage()`.
fn message(interp: &mut Interp, record: &Value) -> PyResult<Value> {
    let (text, args) = (interp.get_attr(record, "msg")?, interp.get_attr(record, "args")?);
    let text = Value::from(interp.str(&text)?);
    if interp.truth(&args)? { interp.binary(BinaryOp::Mod, &text, &args) } else { Ok(text) }
}

/// Adds the classes to the module.
pub(super) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let record = interp.native_class("logging", "LogRecord", Vec::new())?;
    let parameters = "name, level, pathname, lineno, msg, args, exc_info, func=, sinfo=";
    method(&record, "__init__", parameters, |interp, values| {
        let this = &values[0];
        let level = interp.index(&values[2])?;
        let mut args = values[6].clone();
        // One dictionary is what the message's names are looked up in.
        if let Value::Tuple(given) = &args
            && let [one @ Value::Dict(_)] = &given[..]
            && interp.truth(one)?
        {
            args = one.clone();
        }
        let name = logs_of(interp).map_or(Value::None, |logs| Value::from(logs.level_name(level)));
        let created = interp.clock.timestamp();
        let attributes = [
            ("name", values[1].clone()),
            ("msg", values[5].clone()),
            ("args", args),
            ("levelname", name),
            ("levelno", Value::from(level)),
            ("exc_info", values[7].clone()),
            ("exc_text", Value::None),
            ("stack_info", values[9].clone()),
            ("created", Value::Float(created)),
            ("msecs", Value::Float((created * 1e3).rem_euclid(1e3).floor())),
            ("threadName", Value::from("MainThread")),
            ("processName", Value::from("MainProcess")),
        ];
        for (name, value) in attributes {
            interp.set_attr(this, name, value)?;
        }
        for name in WHERE {
            let reason = format!("`{name}` of a log record");
            interp.set_attr(this, name, Unavailable::value(reason))?;
        }
        Ok(Value::None)
    });
    method(&record, "getMessage", "", |interp, values| message(interp, &values[0]));
    method(&record, "__repr__", "", |_, _| Err(Stop::unsupported("the `repr` of a log record")));
    let formatter = interp.native_class("logging", "Formatter", Vec::new())?;
    method(&formatter, "__init__", "fmt=, datefmt=, style=, validate=, *, defaults=", |interp, values| {
        let style = values[3].as_str().map_or_else(|| "%".to_owned(), ToString::to_string);
        if !matches!(style.as_str(), "%" | "{") {
            return Err(Stop::unsupported("the style of a formatter"));
        }
        let plain = if style == "%" { "%(message)s" } else { "{message}" };
        let format = if values[1].is_none() { Value::from(plain) } else { values[1].clone() };
        for (name, value) in [("_fmt", format), ("datefmt", values[2].clone()), ("_form", Value::from(style))]
        {
            interp.set_attr(&values[0], name, value)?;
        }
        Ok(Value::None)
    });
    formatter.dict.set("default_time_format", Value::from("%Y-%m-%d %H:%M:%S"));
    method(&formatter, "usesTime", "", |interp, values| Ok(Value::Bool(uses_time(interp, &values[0])?)));
    method(&formatter, "formatTime", "record, datefmt=", |interp, values| {
        format_time(interp, &values[0], &values[1], &values[2])
    });
    method(&formatter, "formatMessage", "record", |interp, values| {
        let (format, style) = (interp.get_attr(&values[0], "_fmt")?, interp.get_attr(&values[0], "_form")?);
        let names = interp.get_attr(&values[1], "__dict__")?;
        let dict = interp.builtin_class("dict");
        let names = interp.call(&Value::Class(dict), Args::of(vec![names]))?;
        if style.as_str().is_some_and(|style| &**style == "{") {
            return interp.call_method(&format, "format_map", Args::of(vec![names]));
        }
        interp.binary(BinaryOp::Mod, &format, &names)
    });
    method(&formatter, "formatException", "ei", |interp, values| {
        let failed = interp.get_item(&values[1], &Value::int(1))?;
        Ok(Value::from(interp.traceback(&failed).trim_end_matches('\n')))
    });
    method(&formatter, "format", "record", |interp, values| {
        let (this, record) = (&values[0], &values[1]);
        let text = interp.call_method(record, "getMessage", Args::none())?;
        interp.set_attr(record, "message", text)?;
        let timed = interp.call_method(this, "usesTime", Args::none())?;
        if interp.truth(&timed)? {
            let format = interp.get_attr(this, "datefmt")?;
            let time = interp.call_method(this, "formatTime", Args::of(vec![record.clone(), format]))?;
            interp.set_attr(record, "asctime", time)?;
        }
        let text = interp.call_method(this, "formatMessage", Args::of(vec![record.clone()]))?;
        let failed = interp.get_attr(record, "exc_info")?;
        if failed.is_none() {
            return Ok(text);
        }
        let traceback = interp.call_method(this, "formatException", Args::of(vec![failed]))?;
        Ok(Value::from(format!("{}\n{}", interp.str(&text)?, interp.str(&traceback)?)))
    });
    for class in [record, formatter] {
        module.dict.set(&class.name(), Value::Class(class.clone()));
    }
    Ok(())
}

fn uses_time(interp: &mut Interp, formatter: &Value) -> PyResult<bool> {
    let format = interp.get_attr(formatter, "_fmt")?;
    Ok(format.as_str().is_some_and(|format| format.contains("%(asctime)") || format.contains("{asctime")))
}

fn format_time(interp: &mut Interp, this: &Value, record: &Value, format: &Value) -> PyResult<Value> {
    let created = interp.get_attr(record, "created")?;
    let module = interp.import("datetime")?;
    let Some(class) = module.dict.get("datetime") else { return Ok(Value::None) };
    let moment = interp.call_method(&class, "fromtimestamp", Args::of(vec![created]))?;
    if !format.is_none() {
        return interp.call_method(&moment, "strftime", Args::of(vec![format.clone()]));
    }
    let plain = interp.get_attr(this, "default_time_format")?;
    let text = interp.call_method(&moment, "strftime", Args::of(vec![plain]))?;
    let part = interp.get_attr(record, "msecs")?;
    let part = match part {
        Value::Float(part) => part as i64,
        other => interp.index(&other)?,
    };
    Ok(Value::from(format!("{},{part:03}", interp.str(&text)?)))
}
