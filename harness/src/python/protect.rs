//! `try` and `with`: what runs whichever way control leaves.
//!
//! Only Python exceptions can be handled: an unsupported construct or a passed bound ends the step at once.

use super::args::Args;
use super::code::{Frame, Phase, Saved};
use super::error::{PyResult, Stop};
use super::interp::Interp;
use super::stmt::Flow;
use super::value::Value;
use ruff_python_ast::{ExceptHandler, ExceptHandlerExceptHandler, StmtTry, StmtWith};
use ruff_text_size::Ranged;

impl Interp {
    pub(super) fn exec_try(&mut self, frame: &mut Frame, node: &StmtTry) -> PyResult<Flow> {
        if node.is_star {
            return Err(Stop::Unsupported { what: "`except*`".into(), range: Some(node.range) });
        }
        let phase = match frame.resuming.then(|| frame.saved.pop()).flatten() {
            Some(Saved::Try(phase)) => phase,
            _ => Phase::Body,
        };
        let outcome = match phase {
            Phase::Body => match self.exec_block(frame, &node.body) {
                Ok(Flow::Normal) => self.exec_try_else(frame, node),
                Ok(Flow::Yield(value)) => {
                    frame.saved.push(Saved::Try(Phase::Body));
                    return Ok(Flow::Yield(value));
                }
                Err(Stop::Raise(exception)) => self.handle(frame, node, exception),
                other => other,
            },
            Phase::Else => self.exec_try_else(frame, node),
            Phase::Handler(index, exception) => self.exec_handler(frame, node, index, exception),
            Phase::Finally(outcome) => return self.exec_finally(frame, node, *outcome),
        };
        match outcome {
            Ok(Flow::Yield(value)) => Ok(Flow::Yield(value)),
            Err(stop @ (Stop::Unsupported { .. } | Stop::Limit { .. })) => Err(stop),
            outcome => self.exec_finally(frame, node, outcome),
        }
    }

    fn exec_try_else(&mut self, frame: &mut Frame, node: &StmtTry) -> PyResult<Flow> {
        let flow = self.exec_block(frame, &node.orelse)?;
        if matches!(flow, Flow::Yield(_)) {
            frame.saved.push(Saved::Try(Phase::Else));
        }
        Ok(flow)
    }

    fn handle(&mut self, frame: &mut Frame, node: &StmtTry, exception: Value) -> PyResult<Flow> {
        let noted = std::mem::replace(&mut frame.noted, false);
        for (index, handler) in node.handlers.iter().enumerate() {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.handling.push(exception.clone());
            let matches = self.handler_matches(frame, handler, &exception);
            self.handling.pop();
            if matches? {
                return self.exec_handler(frame, node, index, exception);
            }
        }
        frame.noted = noted;
        Err(Stop::Raise(exception))
    }

    fn handler_matches(
        &mut self,
        frame: &mut Frame,
        handler: &ExceptHandlerExceptHandler,
        exception: &Value,
    ) -> PyResult<bool> {
        let Some(kind) = &handler.type_ else { return Ok(true) };
        let kind = self.eval(frame, kind)?;
        frame.at = handler.range;
        let class = self.class_of(exception);
        let kinds = match &kind {
            Value::Tuple(kinds) => kinds.to_vec(),
            other => vec![other.clone()],
        };
        for kind in kinds {
            match &kind {
                Value::Class(wanted) if self.is_exception_class(&kind) => {
                    if class.is_subclass(wanted) {
                        return Ok(true);
                    }
                }
                _ => {
                    let message = "catching classes that do not inherit from BaseException is not allowed";
                    return Err(self.raise("TypeError", message));
                }
            }
        }
        Ok(false)
    }

    fn exec_handler(
        &mut self,
        frame: &mut Frame,
        node: &StmtTry,
        index: usize,
        exception: Value,
    ) -> PyResult<Flow> {
        let Some(ExceptHandler::ExceptHandler(handler)) = node.handlers.get(index) else {
            return Err(Stop::Raise(exception));
        };
        if let (Some(name), false) = (&handler.name, frame.resuming) {
            self.store_name(frame, name, exception.clone())?;
        }
        self.handling.push(exception.clone());
        let result = self.exec_block(frame, &handler.body);
        self.handling.pop();
        if let Ok(Flow::Yield(value)) = result {
            frame.saved.push(Saved::Try(Phase::Handler(index, exception)));
            return Ok(Flow::Yield(value));
        }
        if let Some(name) = &handler.name {
            // The name is gone even where the handler removed it itself.
            self.store_name(frame, name, Value::None)?;
            self.delete_name(frame, name)?;
        }
        result
    }

    fn exec_finally(&mut self, frame: &mut Frame, node: &StmtTry, outcome: PyResult<Flow>) -> PyResult<Flow> {
        if node.finalbody.is_empty() {
            return outcome;
        }
        let noted = std::mem::replace(&mut frame.noted, false);
        let pending = match &outcome {
            Err(Stop::Raise(exception)) => Some(exception.clone()),
            _ => None,
        };
        let depth = self.handling.len();
        self.handling.extend(pending);
        let result = self.exec_block(frame, &node.finalbody);
        self.handling.truncate(depth);
        match result? {
            Flow::Normal => {
                frame.noted = noted;
                outcome
            }
            Flow::Yield(value) => {
                frame.saved.push(Saved::Try(Phase::Finally(Box::new(outcome))));
                Ok(Flow::Yield(value))
            }
            flow => Ok(flow),
        }
    }

    pub(super) fn exec_with(&mut self, frame: &mut Frame, node: &StmtWith) -> PyResult<Flow> {
        if node.is_async {
            return Err(Stop::Unsupported { what: "`async with`".into(), range: Some(node.range) });
        }
        let mut managers = match frame.resuming.then(|| frame.saved.pop()).flatten() {
            Some(Saved::With(managers)) => managers,
            _ => Vec::new(),
        };
        let mut result = Ok(Flow::Normal);
        if !frame.resuming {
            result = self.enter_all(frame, node, &mut managers);
            if let Err(stop) = &result {
                self.note(frame, stop);
            }
        }
        if result.is_ok() {
            result = self.exec_block(frame, &node.body);
        }
        if let Ok(Flow::Yield(value)) = result {
            frame.saved.push(Saved::With(managers));
            return Ok(Flow::Yield(value));
        }
        if matches!(result, Err(Stop::Unsupported { .. } | Stop::Limit { .. })) {
            return result;
        }
        while let Some(manager) = managers.pop() {
            let place = node.items.get(managers.len()).map_or(node.range, |item| item.context_expr.range());
            frame.at = place;
            let exception = match &result {
                Err(Stop::Raise(exception)) => Some(exception.clone()),
                _ => None,
            };
            let depth = self.handling.len();
            self.handling.extend(exception.clone());
            let exited = self.exit_context(&manager, exception.as_ref());
            self.handling.truncate(depth);
            match exited {
                Ok(true) if exception.is_some() => {
                    frame.noted = false;
                    result = Ok(Flow::Normal);
                }
                Ok(_) => {}
                Err(stop) => {
                    let same = matches!((&stop, &exception), (Stop::Raise(new), Some(old)) if new.is(old));
                    if !same {
                        frame.noted = false;
                    }
                    self.note(frame, &stop);
                    result = Err(stop);
                }
            }
        }
        result
    }

    fn enter_all(&mut self, frame: &mut Frame, node: &StmtWith, managers: &mut Vec<Value>) -> PyResult<Flow> {
        for item in &node.items {
            let manager = self.eval(frame, &item.context_expr)?;
            frame.at = item.context_expr.range();
            let entered = self.enter_context(&manager)?;
            managers.push(manager);
            if let Some(target) = &item.optional_vars {
                self.assign(frame, target, entered)?;
            }
        }
        Ok(Flow::Normal)
    }

    /// `manager.__enter__()`.
    pub fn enter_context(&mut self, manager: &Value) -> PyResult<Value> {
        if let Value::Object(object) = manager
            && let Some(value) = object.clone().enter(self, manager)?
        {
            return Ok(value);
        }
        let class = self.class_of(manager);
        for name in ["__enter__", "__exit__"] {
            if class.lookup(name).is_none() {
                let missed = if name == "__exit__" { " (missed __exit__ method)" } else { "" };
                let kind = class.name();
                let message =
                    format!("'{kind}' object does not support the context manager protocol{missed}");
                return Err(self.raise("TypeError", message));
            }
        }
        Ok(self.call_special(manager, "__enter__", Vec::new())?.unwrap_or(Value::None))
    }

    /// `manager.__exit__(…)`: whether the exception is swallowed.
    pub fn exit_context(&mut self, manager: &Value, exception: Option<&Value>) -> PyResult<bool> {
        let has_method = self.class_of(manager).lookup("__exit__").is_some();
        if let (Value::Object(object), false) = (manager, has_method) {
            return object.clone().exit(self, manager, exception);
        }
        let args = match exception {
            Some(exception) => {
                let class = Value::Class(self.class_of(exception));
                vec![class, exception.clone(), Value::None]
            }
            None => vec![Value::None, Value::None, Value::None],
        };
        match self.call_special(manager, "__exit__", args)? {
            Some(answer) => self.truth(&answer),
            None => Ok(false),
        }
    }

    /// What `raise value` raises: an exception, or a new one of a class.
    pub(super) fn exception_from(&mut self, value: &Value) -> PyResult<Value> {
        if self.is_exception(value) {
            return Ok(value.clone());
        }
        if self.is_exception_class(value) {
            let made = self.call(value, Args::none())?;
            if self.is_exception(&made) {
                return Ok(made);
            }
        }
        Err(self.raise("TypeError", "exceptions must derive from BaseException"))
    }
}
