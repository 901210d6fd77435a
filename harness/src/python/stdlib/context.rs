//! The `contextlib` module.

mod stack;

use super::add;
use crate::python::args::Args;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::module::Module;
use crate::python::object::Object;
use crate::python::value::Value;
use stack::ExitStack;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    interp.register_module("contextlib", |_| {
        let module = Module::new("contextlib");
        add(&module, "contextmanager", |interp, args| {
            let [function] = args.exactly(interp, "contextmanager")?;
            let name = interp.get_attr_opt(&function, "__name__")?.and_then(|name| name.as_str().cloned());
            let name = name.unwrap_or_else(|| "contextmanager".into());
            Ok(Value::native_method(name, move |interp, args| {
                let generator = interp.call(&function, args.clone())?;
                Ok(Value::object(GeneratorContext { generator, function: function.clone(), args }))
            }))
        });
        add(&module, "ExitStack", |interp, args| {
            let [] = args.exactly(interp, "ExitStack")?;
            Ok(Value::object(ExitStack::default()))
        });
        add(&module, "suppress", |_, args| Ok(Value::object(Suppress { classes: args.positional })));
        add(&module, "redirect_stdout", |interp, args| {
            let [target] = args.exactly(interp, "redirect_stdout")?;
            Ok(Value::object(Redirect { target, before: RefCell::default() }))
        });
        add(&module, "nullcontext", |interp, args| {
            let [value] = args.between(interp, "nullcontext", 0)?;
            Ok(Value::object(Plain { value: value.unwrap_or(Value::None), closes: false }))
        });
        add(&module, "closing", |interp, args| {
            let [value] = args.exactly(interp, "closing")?;
            Ok(Value::object(Plain { value, closes: true }))
        });
        Ok(Rc::new(module))
    });
}

/// What a function decorated with `@contextmanager` gives.
struct GeneratorContext {
    generator: Value,
    /// What makes another one: as a decorator, every call has its own.
    function: Value,
    args: Args,
}

impl Object for GeneratorContext {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "_GeneratorContextManager"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let [wrapped] = args.exactly(interp, "__call__")?;
        let (function, given, inner) = (self.function.clone(), self.args.clone(), wrapped.clone());
        let name = interp.get_attr_opt(&wrapped, "__name__")?.and_then(|name| name.as_str().cloned());
        let name = name.unwrap_or_else(|| "inner".into());
        Ok(Value::native_method(name, move |interp, args| {
            let generator = interp.call(&function, given.clone())?;
            let context = GeneratorContext { generator, function: function.clone(), args: given.clone() };
            let manager = Value::object(context);
            interp.enter_context(&manager)?;
            let result = interp.call(&inner, args);
            let exception = match &result {
                Err(Stop::Raise(exception)) => Some(exception.clone()),
                Err(_) => return result,
                Ok(_) => None,
            };
            let swallowed = interp.exit_context(&manager, exception.as_ref())?;
            if swallowed && exception.is_some() { Ok(Value::None) } else { result }
        }))
    }

    fn enter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        match interp.next(&self.generator)? {
            Some(value) => Ok(Some(value)),
            None => Err(interp.raise("RuntimeError", "generator didn't yield")),
        }
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let Some(exception) = exception else {
            return match interp.next(&self.generator)? {
                None => Ok(false),
                Some(_) => Err(interp.raise("RuntimeError", "generator didn't stop")),
            };
        };
        match interp.call_method(&self.generator, "throw", Args::of(vec![exception.clone()])) {
            Ok(_) => Err(interp.raise("RuntimeError", "generator didn't stop after throw()")),
            Err(Stop::Raise(raised)) if raised.is(exception) => Ok(false),
            Err(stop) if interp.stop_is(&stop, "StopIteration") => Ok(true),
            Err(stop) => Err(stop),
        }
    }
}

/// `suppress(…)`.
struct Suppress {
    classes: Vec<Value>,
}

impl Object for Suppress {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "suppress"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(Value::None))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        match exception {
            Some(exception) => {
                let classes = Value::tuple(self.classes.clone());
                crate::python::builtins::is_instance(interp, exception, &classes)
            }
            None => Ok(false),
        }
    }
}

/// `nullcontext(value)` and `closing(value)`.
struct Plain {
    value: Value,
    closes: bool,
}

impl Object for Plain {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.closes { "closing" } else { "nullcontext" }
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(self.value.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        if self.closes {
            interp.call_method(&self.value, "close", Args::none())?;
        }
        Ok(false)
    }
}

/// `redirect_stdout(target)`: puts another stream in the place of standard output.
struct Redirect {
    target: Value,
    /// What stood there before, by the blocks that are open.
    before: RefCell<Vec<Value>>,
}

impl Object for Redirect {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "redirect_stdout"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<Value>> {
        let sys = interp.import("sys")?;
        self.before.borrow_mut().extend(sys.dict.get("stdout"));
        sys.dict.set("stdout", self.target.clone());
        Ok(Some(self.target.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        let before = self.before.borrow_mut().pop();
        if let Some(before) = before {
            interp.import("sys")?.dict.set("stdout", before);
        }
        Ok(false)
    }
}
