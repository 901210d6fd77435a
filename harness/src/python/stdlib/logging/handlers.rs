//! Handlers and filters: classes that a document can derive from.

use super::{level_of, logs_of};
use crate::python::args::{Args, Signature};
use crate::python::class::Class;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::value::Value;
use std::rc::Rc;

type Body = fn(&mut Interp, Vec<Value>) -> PyResult<Value>;

/// Adds a method whose arguments are bound by these parameters; those that are not given are `None`.
pub(super) fn method(class: &Rc<Class>, name: &'static str, parameters: &str, body: Body) {
    let parameters = if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
    let signature = Signature::new(&format!("{}.{name}", class.name()), &parameters);
    class.dict.set(
        name,
        Value::native_method(name, move |interp, args| {
            let bound = signature.bind(interp, args)?;
            body(interp, bound.values.into_iter().map(|value| value.unwrap_or(Value::None)).collect())
        }),
    );
}

/// Puts a handler or a filter into a list, once.
pub(super) fn put(interp: &mut Interp, list: &Value, args: Args) -> PyResult<Value> {
    let [item] = args.exactly(interp, "addHandler")?;
    if !interp.iterate(list)?.iter().any(|known| known.is(&item)) {
        interp.call_method(list, "append", Args::of(vec![item]))?;
    }
    Ok(Value::None)
}

/// Takes a handler or a filter out of a list, where it is there.
pub(super) fn take(interp: &mut Interp, list: &Value, args: Args) -> PyResult<Value> {
    let [item] = args.exactly(interp, "removeHandler")?;
    if let Some(at) = interp.iterate(list)?.iter().position(|known| known.is(&item)) {
        interp.del_item(list, &Value::int(at as i64))?;
    }
    Ok(Value::None)
}

/// Whether every filter lets a record through.
pub(super) fn passes(interp: &mut Interp, filters: &Value, record: &Value) -> PyResult<bool> {
    for filter in interp.iterate(filters)? {
        let args = Args::of(vec![record.clone()]);
        let answer = match interp.get_attr_opt(&filter, "filter")? {
            Some(method) => interp.call(&method, args)?,
            None => interp.call(&filter, args)?,
        };
        if !interp.truth(&answer)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a handler writes where no document shows it.
pub(super) fn writes_to_stderr(interp: &mut Interp, handler: &Value) -> PyResult<bool> {
    let Some(stream) = interp.get_attr_opt(handler, "stream")? else { return Ok(false) };
    let name = interp.get_attr_opt(&stream, "name")?;
    Ok(name.is_some_and(|name| name.as_str().is_some_and(|name| &**name == "<stderr>")))
}

fn begin(interp: &mut Interp, this: &Value, level: &Value) -> PyResult<()> {
    let level = if level.is_none() { 0 } else { level_of(interp, level)? };
    let attributes = [
        ("filters", Value::list(Vec::new())),
        ("_name", Value::None),
        ("level", Value::from(level)),
        ("formatter", Value::None),
        ("lock", Value::None),
    ];
    for (name, value) in attributes {
        interp.set_attr(this, name, value)?;
    }
    Ok(())
}

/// `<StreamHandler <stdout> (NOTSET)>`.
fn shown(interp: &mut Interp, this: &Value) -> PyResult<Value> {
    let level = interp.get_attr(this, "level")?;
    let level = interp.index(&level)?;
    let level = logs_of(interp).map_or_else(|| Rc::from("NOTSET"), |logs| logs.level_name(level));
    let class = interp.class_of(this).name();
    let stream = match interp.get_attr_opt(this, "stream")? {
        Some(stream) => interp.get_attr_opt(&stream, "name")?,
        None => interp.get_attr_opt(this, "baseFilename")?,
    };
    Ok(Value::from(match stream.as_ref().and_then(Value::as_str) {
        Some(name) => format!("<{class} {name} ({level})>"),
        None => format!("<{class} ({level})>"),
    }))
}

fn base(interp: &mut Interp) -> PyResult<Rc<Class>> {
    let class = interp.native_class("logging", "Handler", Vec::new())?;
    method(&class, "__init__", "level=", |interp, values| {
        begin(interp, &values[0], &values[1])?;
        Ok(Value::None)
    });
    method(&class, "setLevel", "level", |interp, values| {
        let level = level_of(interp, &values[1])?;
        interp.set_attr(&values[0], "level", Value::from(level))?;
        Ok(Value::None)
    });
    method(&class, "setFormatter", "fmt", |interp, values| {
        interp.set_attr(&values[0], "formatter", values[1].clone())?;
        Ok(Value::None)
    });
    method(&class, "addFilter", "filter", |interp, values| {
        let filters = interp.get_attr(&values[0], "filters")?;
        put(interp, &filters, Args::of(vec![values[1].clone()]))
    });
    method(&class, "removeFilter", "filter", |interp, values| {
        let filters = interp.get_attr(&values[0], "filters")?;
        take(interp, &filters, Args::of(vec![values[1].clone()]))
    });
    method(&class, "filter", "record", |interp, values| {
        let filters = interp.get_attr(&values[0], "filters")?;
        Ok(Value::Bool(passes(interp, &filters, &values[1])?))
    });
    method(&class, "handle", "record", |interp, values| {
        let record = || Args::of(vec![values[1].clone()]);
        let passed = interp.call_method(&values[0], "filter", record())?;
        if interp.truth(&passed)? {
            interp.call_method(&values[0], "emit", record())?;
        }
        Ok(passed)
    });
    method(&class, "format", "record", |interp, values| {
        let mut formatter = interp.get_attr(&values[0], "formatter")?;
        if formatter.is_none() {
            let module = interp.import("logging")?;
            let Some(class) = module.dict.get("Formatter") else { return Ok(Value::None) };
            formatter = interp.call(&class, Args::none())?;
        }
        interp.call_method(&formatter, "format", Args::of(vec![values[1].clone()]))
    });
    method(&class, "emit", "record", |interp, _| {
        Err(interp.raise("NotImplementedError", "emit must be implemented by Handler subclasses"))
    });
    method(&class, "handleError", "record", |_, _| Ok(Value::None));
    for name in ["flush", "close", "acquire", "release", "createLock"] {
        method(&class, name, "", |_, _| Ok(Value::None));
    }
    method(&class, "__repr__", "", |interp, values| shown(interp, &values[0]));
    Ok(class)
}

/// Adds the classes to the module.
pub(super) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let handler = base(interp)?;
    let stream = interp.native_class("logging", "StreamHandler", vec![handler.clone()])?;
    stream.dict.set("terminator", Value::from("\n"));
    method(&stream, "__init__", "stream=", |interp, values| {
        begin(interp, &values[0], &Value::None)?;
        let stream = if values[1].is_none() {
            let system = interp.import("sys")?;
            system.dict.get("stderr").unwrap_or(Value::None)
        } else {
            values[1].clone()
        };
        interp.set_attr(&values[0], "stream", stream)?;
        Ok(Value::None)
    });
    method(&stream, "setStream", "stream", |interp, values| {
        let before = interp.get_attr(&values[0], "stream")?;
        interp.set_attr(&values[0], "stream", values[1].clone())?;
        Ok(before)
    });
    method(&stream, "emit", "record", |interp, values| {
        let text = interp.call_method(&values[0], "format", Args::of(vec![values[1].clone()]))?;
        let end = interp.get_attr(&values[0], "terminator")?;
        let text = format!("{}{}", interp.str(&text)?, interp.str(&end)?);
        let stream = interp.get_attr(&values[0], "stream")?;
        interp.call_method(&stream, "write", Args::of(vec![Value::from(text)]))?;
        interp.call_method(&values[0], "flush", Args::none())
    });
    let file = interp.native_class("logging", "FileHandler", vec![stream.clone()])?;
    method(&file, "__init__", "filename, mode=, encoding=, delay=, errors=", |interp, values| {
        begin(interp, &values[0], &Value::None)?;
        interp.set_attr(&values[0], "baseFilename", values[1].clone())?;
        Ok(Value::None)
    });
    method(&file, "emit", "record", |interp, values| {
        // What it would have written can fail to be made.
        interp.call_method(&values[0], "format", Args::of(vec![values[1].clone()]))?;
        Ok(Value::None)
    });
    let null = interp.native_class("logging", "NullHandler", vec![handler.clone()])?;
    for name in ["emit", "handle"] {
        method(&null, name, "record", |_, _| Ok(Value::None));
    }
    let filter = interp.native_class("logging", "Filter", Vec::new())?;
    method(&filter, "__init__", "name=", |interp, values| {
        let name = if values[1].is_none() { Value::from("") } else { values[1].clone() };
        interp.set_attr(&values[0], "name", name)?;
        Ok(Value::None)
    });
    method(&filter, "filter", "record", |interp, values| {
        let (own, of) = (interp.get_attr(&values[0], "name")?, interp.get_attr(&values[1], "name")?);
        let (Some(own), Some(of)) = (own.as_str(), of.as_str()) else {
            return Err(Stop::unsupported("a filter by something that is no name"));
        };
        let below = of.strip_prefix(&**own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        Ok(Value::Bool(own.is_empty() || below))
    });
    for class in [handler, stream, file, null, filter] {
        module.dict.set(&class.name(), Value::Class(class.clone()));
    }
    Ok(())
}
