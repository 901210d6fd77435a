//! Generator functions: a frame that is suspended at a `yield` and resumed there.
//!
//! Suspending unwinds the statements that are running, each leaving its place in the frame; resuming descends
//! through the same statements again. No thread and no second stack is needed.

use super::args::Args;
use super::code::{Body, Code, Frame};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::iter::{Generator, Iter, NativeIter, Resume, Yielded};
use super::stmt::Flow;
use super::value::Value;
use std::rc::Rc;

/// A generator; the frame is gone once it ended.
pub(super) struct FunctionGenerator {
    code: Rc<Code>,
    frame: Option<Frame>,
    started: bool,
}

impl FunctionGenerator {
    pub(super) fn start(frame: Frame) -> Value {
        let code = frame.code.clone();
        Value::Iter(Rc::new(Iter::new(FunctionGenerator { code, frame: Some(frame), started: false })))
    }
}

impl NativeIter for FunctionGenerator {
    fn type_name(&self) -> &str {
        "generator"
    }

    fn next(&mut self, interp: &mut Interp) -> PyResult<Option<Value>> {
        match self.resume(interp, Resume::Send(Value::None))? {
            Yielded::Value(value) => Ok(Some(value)),
            Yielded::Return(_) => Ok(None),
        }
    }

    fn generator(&mut self) -> Option<&mut dyn Generator> {
        Some(self)
    }
}

impl Generator for FunctionGenerator {
    fn resume(&mut self, interp: &mut Interp, input: Resume) -> PyResult<Yielded> {
        let Some(frame) = &mut self.frame else {
            return match input {
                Resume::Send(_) => Ok(Yielded::Return(Value::None)),
                Resume::Throw(exception) => Err(Stop::Raise(exception)),
            };
        };
        frame.noted = false;
        if self.started {
            frame.resuming = true;
            frame.sent = Some(input);
        } else {
            match input {
                Resume::Send(Value::None) => self.started = true,
                Resume::Send(_) => {
                    return Err(
                        interp.raise("TypeError", "can't send non-None value to a just-started generator")
                    );
                }
                Resume::Throw(exception) => {
                    self.frame = None;
                    return Err(Stop::Raise(exception));
                }
            }
        }
        let Body::Block(body) = &self.code.body else {
            return Err(Stop::unsupported("this generator"));
        };
        interp.enter_call()?;
        let handling = interp.handling.len();
        let result = interp.standing(frame, |interp, frame| interp.exec_block(frame, body));
        interp.handling.truncate(handling);
        interp.leave_call();
        match result {
            Ok(Flow::Yield(value)) => Ok(Yielded::Value(value)),
            Ok(Flow::Return(value)) => {
                self.frame = None;
                Ok(Yielded::Return(value))
            }
            Ok(Flow::Normal | Flow::Break | Flow::Continue) => {
                self.frame = None;
                Ok(Yielded::Return(Value::None))
            }
            Err(stop) => {
                self.frame = None;
                if interp.stop_is(&stop, "StopIteration") {
                    let error = interp.raise("RuntimeError", "generator raised StopIteration");
                    if let (Stop::Raise(error), Stop::Raise(cause)) = (&error, &stop) {
                        interp.set_cause(error, Some(cause.clone()));
                    }
                    return Err(error);
                }
                Err(interp.leaving(&self.code, stop))
            }
        }
    }

    fn name(&self) -> Rc<str> {
        self.code.qualname.clone()
    }
}

impl Interp {
    /// Resumes a generator value; `None` where the iterator is no generator.
    pub(super) fn resume(&mut self, iter: &Rc<Iter>, input: Resume) -> PyResult<Option<Yielded>> {
        let Some(mut state) = iter.state.borrow_mut().take() else {
            return Err(self.raise("ValueError", "generator already executing"));
        };
        let result = match state.generator() {
            Some(generator) => generator.resume(self, input).map(Some),
            None => Ok(None),
        };
        *iter.state.borrow_mut() = Some(state);
        result
    }

    /// A generator's own attributes.
    pub(super) fn generator_attr(&mut self, iter: &Rc<Iter>, name: &str) -> Option<Value> {
        if &*iter.name != "generator" {
            return None;
        }
        let iter = iter.clone();
        Some(match name {
            "send" => Value::native("send", move |interp, args| {
                let [value] = args.exactly(interp, "generator.send")?;
                interp.resume_as_python(&iter, Resume::Send(value))
            }),
            "throw" => Value::native("throw", move |interp, args| {
                let Some(exception) = args.positional.into_iter().next() else {
                    return Err(interp.raise("TypeError", "throw expected at least 1 argument, got 0"));
                };
                let exception = interp.exception_from(&exception)?;
                interp.resume_as_python(&iter, Resume::Throw(exception))
            }),
            "close" => Value::native("close", move |interp, _args: Args| {
                interp.close_generator(&iter)?;
                Ok(Value::None)
            }),
            "__name__" | "__qualname__" => {
                let state =
                    iter.state.borrow_mut().as_mut().and_then(|state| Some(state.generator()?.name()));
                let full = state?;
                match name {
                    "__name__" => Value::from(full.rsplit('.').next().unwrap_or_default()),
                    _ => Value::Str(full),
                }
            }
            _ => return None,
        })
    }

    /// `next(generator)`, whose end carries what the generator returned; `None` where the iterator is no generator.
    pub(super) fn next_of_generator(&mut self, iter: &Rc<Iter>) -> Option<PyResult<Value>> {
        let suspends = iter.state.borrow_mut().as_mut().is_some_and(|state| state.generator().is_some());
        if !suspends {
            return None;
        }
        Some(
            self.charge(1)
                .and_then(|()| self.guard())
                .and_then(|()| self.resume_as_python(iter, Resume::Send(Value::None))),
        )
    }

    fn resume_as_python(&mut self, iter: &Rc<Iter>, input: Resume) -> PyResult<Value> {
        match self.resume(iter, input)? {
            Some(Yielded::Value(value)) => Ok(value),
            Some(Yielded::Return(value)) => {
                let class = self.builtin_class("StopIteration");
                let args = if value.is_none() { Vec::new() } else { vec![value] };
                Err(self.raise_class(&class, args))
            }
            None => Err(Stop::unsupported("this generator")),
        }
    }

    /// `generator.close()`.
    pub(super) fn close_generator(&mut self, iter: &Rc<Iter>) -> PyResult<()> {
        let class = self.builtin_class("GeneratorExit");
        let Stop::Raise(exit) = self.raise_class(&class, Vec::new()) else { return Ok(()) };
        match self.resume(iter, Resume::Throw(exit)) {
            Ok(Some(Yielded::Value(_))) => Err(self.raise("RuntimeError", "generator ignored GeneratorExit")),
            Ok(_) => Ok(()),
            Err(stop) if self.stop_is(&stop, "GeneratorExit") || self.stop_is(&stop, "StopIteration") => {
                Ok(())
            }
            Err(stop) => Err(stop),
        }
    }
}
