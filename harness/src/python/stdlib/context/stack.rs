//! `contextlib.ExitStack`: managers and callbacks that end, last first, where a `with` does.

use crate::python::args::Args;
use crate::python::error::{PyResult, Stop};
use crate::python::interp::Interp;
use crate::python::object::Object;
use crate::python::value::Value;
use std::any::Any;
use std::cell::RefCell;

/// What is to be done at the end.
enum Ending {
    Manager(Value),
    Callback(Value, Args),
}

/// `ExitStack()`.
#[derive(Default)]
pub(super) struct ExitStack {
    endings: RefCell<Vec<Ending>>,
}

impl ExitStack {
    /// Whether the exception was swallowed.
    fn unwind(&self, interp: &mut Interp, exception: Option<&Value>) -> PyResult<bool> {
        let mut pending = exception.cloned();
        while let Some(ending) = { self.endings.borrow_mut().pop() } {
            let ended = match ending {
                Ending::Manager(manager) => interp.exit_context(&manager, pending.as_ref()),
                Ending::Callback(function, args) => interp.call(&function, args).map(|_| false),
            };
            match ended {
                Ok(true) => pending = None,
                Ok(false) => {}
                Err(Stop::Raise(raised)) => pending = Some(raised),
                Err(stop) => return Err(stop),
            }
        }
        match (pending, exception) {
            (None, given) => Ok(given.is_some()),
            (Some(left), Some(given)) if left.is(given) => Ok(false),
            (Some(left), _) => Err(Stop::Raise(left)),
        }
    }
}

impl Object for ExitStack {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ExitStack"
    }

    fn type_module(&self) -> &'static str {
        "contextlib"
    }

    fn enter(&self, _interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(Some(this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, exception: Option<&Value>) -> PyResult<bool> {
        self.unwind(interp, exception)
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let body: fn(&ExitStack, &mut Interp, Args) -> PyResult<Value> = match name {
            "enter_context" => |stack, interp, args| {
                let [manager] = args.exactly(interp, "enter_context")?;
                let entered = interp.enter_context(&manager)?;
                stack.endings.borrow_mut().push(Ending::Manager(manager));
                Ok(entered)
            },
            "callback" => |stack, interp, mut args| {
                if args.positional.is_empty() {
                    let message = "ExitStack.callback() missing 1 required positional argument: 'callback'";
                    return Err(interp.raise("TypeError", message));
                }
                let function = args.positional.remove(0);
                stack.endings.borrow_mut().push(Ending::Callback(function.clone(), args));
                Ok(function)
            },
            "pop_all" => {
                |stack, _, _| Ok(Value::object(ExitStack { endings: RefCell::new(stack.endings.take()) }))
            }
            "close" => |stack, interp, _| stack.unwind(interp, None).map(|_| Value::None),
            "push" => |_, _, _| Err(Stop::unsupported("ExitStack.push()")),
            _ => return Ok(None),
        };
        let this = this.clone();
        Ok(Some(Value::native(name, move |interp, args| match this.downcast::<ExitStack>() {
            Some(stack) => body(stack, interp, args),
            None => Ok(Value::None),
        })))
    }
}
