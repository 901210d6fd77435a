//! The `pprint` module: values on one line where they fit, broken as CPython breaks them where they do not.

mod layout;
mod safe;

use crate::python::args::{Args, Signature};
use crate::python::builtins::construct_with;
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::module::{Missing, Module};
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::rc::Rc;

/// How a printer lays values out.
#[derive(Debug, Clone)]
struct Style {
    indent: usize,
    width: i64,
    depth: Option<usize>,
    compact: bool,
    sort_dicts: bool,
    underscores: bool,
}

const OPTIONS: &str = "indent=, width=, depth=";

/// Reads the options that every function of the module takes; `sorts` is the default of `sort_dicts`.
fn options(
    interp: &mut Interp,
    name: &str,
    first: &str,
    args: Args,
    sorts: bool,
) -> PyResult<(Option<Value>, Option<Value>, Style)> {
    let parameters = format!("{first}{OPTIONS}, stream=, *, compact=, sort_dicts=, underscore_numbers=");
    let parameters = if name == "pprint" || name == "pp" {
        format!("{first}stream=, {OPTIONS}, *, compact=, sort_dicts=, underscore_numbers=")
    } else {
        parameters
    };
    let signature = Signature::new(name, &parameters);
    let mut bound = signature.bind(interp, args)?;
    let place = |wanted: &str| signature.parameters.iter().position(|parameter| *parameter.name == *wanted);
    let mut take =
        |wanted: &str| place(wanted).and_then(|index| bound.take(index)).filter(|value| !value.is_none());
    let object = take("object");
    let stream = take("stream");
    let (indent, width, depth) = (take("indent"), take("width"), take("depth"));
    let (compact, sort_dicts, underscores) =
        (take("compact"), take("sort_dicts"), take("underscore_numbers"));
    let number = |interp: &mut Interp, value: Option<Value>, default: i64| match value {
        Some(value) => interp.index(&value),
        None => Ok(default),
    };
    let flag = |interp: &mut Interp, value: Option<Value>, default: bool| match value {
        Some(value) => interp.truth(&value),
        None => Ok(default),
    };
    let indent = number(interp, indent, 1)?;
    let width = number(interp, width, 80)?;
    let depth = number(interp, depth, i64::MAX)?;
    if indent < 0 {
        return Err(interp.raise("ValueError", "indent must be >= 0"));
    }
    if depth <= 0 {
        return Err(interp.raise("ValueError", "depth must be > 0"));
    }
    if width == 0 {
        return Err(interp.raise("ValueError", "width must be != 0"));
    }
    let style = Style {
        indent: indent.min(1000) as usize,
        width: width.clamp(-1000, 1 << 24),
        depth: (depth < i64::MAX).then_some(depth as usize),
        compact: flag(interp, compact, false)?,
        sort_dicts: flag(interp, sort_dicts, sorts)?,
        underscores: flag(interp, underscores, false)?,
    };
    Ok((object, stream, style))
}

/// The value to show, which may be `None` itself.
fn shown_object(args: &Args) -> Value {
    let named = args.keywords.iter().find(|(name, _)| &**name == "object").map(|(_, value)| value.clone());
    args.positional.first().cloned().or(named).unwrap_or(Value::None)
}

fn write(interp: &mut Interp, stream: Option<&Value>, text: String) -> PyResult<()> {
    match stream {
        None => interp.print(&text),
        Some(stream) => {
            interp.call_method(stream, "write", Args::of(vec![Value::from(text)]))?;
            Ok(())
        }
    }
}

fn print_with(interp: &mut Interp, name: &str, args: Args, sorts: bool) -> PyResult<Value> {
    let object = shown_object(&args);
    let (_, stream, style) = options(interp, name, "object, ", args, sorts)?;
    let text = layout::lay_out(interp, &style, &object)?;
    write(interp, stream.as_ref(), text + "\n")?;
    Ok(Value::None)
}

pub(super) fn install(interp: &mut Interp) {
    let printer = interp.foreign_class("pprint", "PrettyPrinter");
    construct_with(&printer, |interp, _, args| {
        let (_, stream, style) = options(interp, "PrettyPrinter.__init__", "", args, true)?;
        Ok(Value::object(Printer { style, stream }))
    });
    interp.register_module("pprint", |interp| {
        let module = Module::new("pprint").with_missing(|name| {
            if matches!(name, "isreadable" | "isrecursive") { Missing::Unsupported } else { Missing::Absent }
        });
        let add = |name: &'static str, body: fn(&mut Interp, Args) -> PyResult<Value>| {
            module.dict.set(name, Value::native(name, body));
        };
        add("pprint", |interp, args| print_with(interp, "pprint", args, true));
        add("pp", |interp, args| print_with(interp, "pp", args, false));
        add("pformat", |interp, args| {
            let object = shown_object(&args);
            let (_, _, style) = options(interp, "pformat", "object, ", args, true)?;
            layout::lay_out(interp, &style, &object).map(Value::from)
        });
        add("saferepr", |interp, args| {
            let [object] = args.exactly(interp, "saferepr")?;
            let style = Style {
                indent: 1,
                width: 80,
                depth: None,
                compact: false,
                sort_dicts: true,
                underscores: false,
            };
            safe::safe_repr(interp, &style, &object, &mut Vec::new(), 0).map(Value::from)
        });
        module.dict.set("PrettyPrinter", Value::Class(interp.foreign_class("pprint", "PrettyPrinter")));
        Ok(Rc::new(module))
    });
}

/// `PrettyPrinter(…)`.
struct Printer {
    style: Style,
    stream: Option<Value>,
}

impl Object for Printer {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "PrettyPrinter"
    }

    fn type_module(&self) -> &'static str {
        "pprint"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("pprint", "PrettyPrinter")
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (style, stream) = (self.style.clone(), self.stream.clone());
        Ok(match name {
            "pprint" => Some(Value::native("pprint", move |interp, args| {
                let [object] = args.exactly(interp, "pprint")?;
                let text = layout::lay_out(interp, &style, &object)?;
                write(interp, stream.as_ref(), text + "\n")?;
                Ok(Value::None)
            })),
            "pformat" => Some(Value::native("pformat", move |interp, args| {
                let [object] = args.exactly(interp, "pformat")?;
                layout::lay_out(interp, &style, &object).map(Value::from)
            })),
            _ => None,
        })
    }
}
