//! `sys`, `os`, `time`, `abc`, `types` and `copy`, as far as they stay inside the world.

use super::add;
use super::clock::Clock;
use super::copy;
use crate::python::args::Args;
use crate::python::builtins::{convert, method};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::{Int, Value};
use std::any::Any;
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp, clock: &Clock) {
    interp.register_module("sys", sys);
    interp.register_module("os", |interp| {
        let module = Module::new("os");
        for (name, text) in [
            ("linesep", "\n"),
            ("sep", "/"),
            ("name", "posix"),
            ("pathsep", ":"),
            ("curdir", "."),
            ("extsep", "."),
        ] {
            module.dict.set(name, Value::from(text));
        }
        super::environ::fill(&module);
        super::files::fill(&module);
        let path = interp.import("os.path")?;
        module.dict.set("path", Value::Module(path));
        Ok(Rc::new(module))
    });
    interp.register_module("os.path", os_path);
    let clock = clock.clone();
    interp.register_module("time", move |_| {
        let module = Module::new("time");
        for name in ["time", "perf_counter", "monotonic", "process_time"] {
            let clock = clock.clone();
            module.dict.set(name, Value::native(name, move |_, _| Ok(Value::Float(clock.timestamp()))));
        }
        for name in ["time_ns", "perf_counter_ns", "monotonic_ns"] {
            let clock = clock.clone();
            let body =
                move |_: &mut Interp, _: Args| Ok(Value::from((clock.timestamp() * 1e6) as i64 * 1000));
            module.dict.set(name, Value::native(name, body));
        }
        let clock = clock.clone();
        let sleep = move |interp: &mut Interp, args: Args| {
            let [seconds] = args.exactly(interp, "sleep")?;
            let seconds = convert::real(interp, &seconds)?;
            if seconds < 0.0 {
                return Err(interp.raise("ValueError", "sleep length must be non-negative"));
            }
            clock.advance(seconds);
            Ok(Value::None)
        };
        module.dict.set("sleep", Value::native("sleep", sleep));
        Ok(Rc::new(module))
    });
    namespace(interp);
    interp.register_module("types", |interp| {
        let module = Module::new("types");
        module.dict.set("SimpleNamespace", Value::Class(interp.foreign_class("types", "SimpleNamespace")));
        for (name, class) in [
            ("FunctionType", "function"),
            ("LambdaType", "function"),
            ("MethodType", "method"),
            ("ModuleType", "module"),
            ("NoneType", "NoneType"),
            ("GeneratorType", "generator"),
            ("BuiltinFunctionType", "builtin_function_or_method"),
        ] {
            module.dict.set(name, Value::Class(interp.builtin_class(class)));
        }
        Ok(Rc::new(module))
    });
    interp.register_module("copy", |_| {
        let module = Module::new("copy");
        add(&module, "copy", |interp, args| {
            let [value] = args.exactly(interp, "copy")?;
            copy::shallow(interp, &value)
        });
        add(&module, "deepcopy", |interp, args| {
            let [value, _] = args.between(interp, "deepcopy", 1)?;
            copy::deep(interp, &value.unwrap_or(Value::None), &mut Vec::new(), 0)
        });
        Ok(Rc::new(module))
    });
}

fn sys(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new("sys");
    module.dict.set("stdout", Value::object(Stream { standard: true }));
    module.dict.set("stderr", Value::object(Stream { standard: false }));
    module.dict.set("maxsize", Value::from(i64::MAX));
    module.dict.set("byteorder", Value::from("little"));
    module.dict.set("platform", Value::from("linux"));
    module.dict.set("version", Value::from("3.11.7 (main, Jan  1 2024, 00:00:00) [GCC 12.2.0]"));
    let fields = ["major", "minor", "micro", "releaselevel", "serial"].map(Rc::from).to_vec();
    let class = super::collections::named_tuple(interp, "version_info", "sys", fields, Vec::new())?;
    class.dict.set(
        "__repr__",
        Value::native_method("__repr__", |_, _| {
            let text = "sys.version_info(major=3, minor=11, micro=7, releaselevel='final', serial=0)";
            Ok(Value::from(text))
        }),
    );
    let parts = vec![Value::int(3), Value::int(11), Value::int(7), Value::from("final"), Value::int(0)];
    let version = interp.call(&Value::Class(class), Args::of(parts))?;
    module.dict.set("version_info", version);
    module.dict.set("hexversion", Value::Int(Int::Small(0x030b_07f0)));
    add(&module, "exit", |interp, args| {
        let [code] = args.between(interp, "exit", 0)?;
        let class = interp.builtin_class("SystemExit");
        Err(interp.raise_class(&class, code.into_iter().collect()))
    });
    add(&module, "getrecursionlimit", |interp, _| Ok(Value::size(interp.limits.depth)));
    add(&module, "intern", |interp, args| {
        let [text] = args.exactly(interp, "intern")?;
        Ok(text)
    });
    Ok(Rc::new(module))
}

/// `sys.stdout`, and `sys.stderr`, whose text no document shows.
struct Stream {
    standard: bool,
}

/// What a program has put in the place of standard output, where it has.
fn replaced_stdout(interp: &Interp) -> Option<Value> {
    let stdout = interp.modules.get("sys")?.dict.get("stdout")?;
    let is_own = stdout.downcast::<Stream>().is_some_and(|stream| stream.standard);
    (!is_own).then_some(stdout)
}

impl Interp {
    /// Writes to `sys.stdout`, which a program may have replaced.
    pub(crate) fn print(&mut self, text: &str) -> PyResult<()> {
        match replaced_stdout(self) {
            None => self.write_stdout(text),
            Some(stream) => self.call_method(&stream, "write", Args::of(vec![Value::from(text)])).map(drop),
        }
    }
}

impl Object for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_io.TextIOWrapper"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let standard = self.standard;
        Ok(match name {
            "write" => Some(Value::native("write", move |interp, args| {
                let [text] = args.exactly(interp, "TextIOWrapper.write")?;
                let Some(text) = text.as_str().cloned() else {
                    let kind = interp.type_name(&text);
                    return Err(
                        interp.raise("TypeError", format!("write() argument must be str, not {kind}"))
                    );
                };
                if standard {
                    interp.write_stdout(&text)?;
                }
                Ok(Value::size(text.chars().count()))
            })),
            "writelines" => Some(Value::native("writelines", move |interp, args| {
                let [lines] = args.exactly(interp, "TextIOWrapper.writelines")?;
                for line in interp.iterate(&lines)? {
                    let line = interp.str(&line)?;
                    if standard {
                        interp.write_stdout(&line)?;
                    }
                }
                Ok(Value::None)
            })),
            "flush" => Some(Value::native("flush", |_, _| Ok(Value::None))),
            "isatty" => Some(Value::native("isatty", |_, _| Ok(Value::Bool(false)))),
            "encoding" => Some(Value::from("utf-8")),
            "name" => Some(Value::from(if standard { "<stdout>" } else { "<stderr>" })),
            _ => None,
        })
    }
}

pub(super) fn text(interp: &mut Interp, value: &Value) -> PyResult<Rc<str>> {
    match value.as_str() {
        Some(text) => Ok(text.clone()),
        None => {
            let kind = interp.type_name(value);
            let message = format!("expected str, bytes or os.PathLike object, not {kind}");
            Err(interp.raise("TypeError", message))
        }
    }
}

/// The functions of `os.path` that look at text alone.
fn os_path(_: &mut Interp) -> PyResult<Rc<Module>> {
    let module = Module::new("os.path");
    module.dict.set("sep", Value::from("/"));
    super::files::fill_path(&module);
    add(&module, "join", |interp, args| {
        let mut path = String::new();
        for (index, part) in args.positional.iter().enumerate() {
            let part = text(interp, part)?;
            if index == 0 || part.starts_with('/') {
                path = part.to_string();
            } else {
                if !path.is_empty() && !path.ends_with('/') {
                    path.push('/');
                }
                path.push_str(&part);
            }
            interp.charge_bytes(path.len())?;
        }
        Ok(Value::from(path))
    });
    add(&module, "split", |interp, args| {
        let [path] = args.exactly(interp, "split")?;
        let path = text(interp, &path)?;
        let (head, tail) = split(&path);
        Ok(Value::tuple(vec![Value::from(head), Value::from(tail)]))
    });
    add(&module, "basename", |interp, args| {
        let [path] = args.exactly(interp, "basename")?;
        let path = text(interp, &path)?;
        Ok(Value::from(split(&path).1))
    });
    add(&module, "dirname", |interp, args| {
        let [path] = args.exactly(interp, "dirname")?;
        let path = text(interp, &path)?;
        Ok(Value::from(split(&path).0))
    });
    add(&module, "isabs", |interp, args| {
        let [path] = args.exactly(interp, "isabs")?;
        Ok(Value::Bool(text(interp, &path)?.starts_with('/')))
    });
    add(&module, "splitext", |interp, args| {
        let [path] = args.exactly(interp, "splitext")?;
        let path = text(interp, &path)?;
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let first = path[name..].find(|letter| letter != '.').map_or(path.len(), |at| name + at);
        let dot = path[first..].rfind('.').map_or(path.len(), |at| first + at);
        Ok(Value::tuple(vec![Value::from(&path[..dot]), Value::from(&path[dot..])]))
    });
    Ok(Rc::new(module))
}

/// What stands before and behind the last slash.
fn split(path: &str) -> (&str, &str) {
    let at = path.rfind('/').map_or(0, |slash| slash + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// `types.SimpleNamespace`.
fn namespace(interp: &mut Interp) {
    let class: Rc<Class> = interp.foreign_class("types", "SimpleNamespace");
    method(&class, "__init__", |interp, mut args| {
        if args.positional.len() != 1 {
            return Err(interp.raise("TypeError", "no positional arguments expected"));
        }
        let own = args.positional.remove(0);
        for (name, value) in args.keywords {
            interp.set_attr(&own, &name, value)?;
        }
        Ok(Value::None)
    });
    method(&class, "__repr__", |interp, args| {
        let [own] = args.exactly(interp, "SimpleNamespace.__repr__")?;
        let mut parts = Vec::new();
        for (name, value) in interp.attributes(&own)?.unwrap_or_default() {
            parts.push(format!("{name}={}", interp.repr(&value)?));
        }
        let name = interp.class_of(&own).name();
        let name = if &*name == "SimpleNamespace" { "namespace".into() } else { name };
        Ok(Value::from(format!("{name}({})", parts.join(", "))))
    });
    method(&class, "__eq__", |interp, args| {
        let [own, other] = args.exactly(interp, "SimpleNamespace.__eq__")?;
        let class = interp.foreign_class("types", "SimpleNamespace");
        if !interp.is_instance(&other, &class) {
            return Ok(Value::NotImplemented);
        }
        let (left, right) = (interp.get_attr(&own, "__dict__")?, interp.get_attr(&other, "__dict__")?);
        interp.eq(&left, &right).map(Value::Bool)
    });
}
