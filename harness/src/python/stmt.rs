//! Statements, and how control leaves them.
//!
//! The same code runs functions and generators: a statement that a `yield` suspends leaves its place in the
//! frame's `saved`, outermost last, and takes it from there when the frame is resuming.

use super::code::{Frame, Saved};
use super::error::{PyResult, Stop};
use super::expr::binary_op;
use super::interp::Interp;
use super::iter::{Resume, Yielded};
use super::value::Value;
use ruff_python_ast::{
    ElifElseClause, Expr, ExprYield, ExprYieldFrom, Stmt, StmtAssert, StmtAugAssign, StmtFor, StmtIf,
    StmtRaise, StmtWhile,
};
use ruff_text_size::Ranged;

/// How control leaves a statement.
pub(super) enum Flow {
    Normal,
    Break,
    Continue,
    Return(Value),
    /// A generator is suspended.
    Yield(Value),
}

/// What a `yield` did.
pub(super) enum Suspension {
    Out(Value),
    Resumed(Value),
}

impl Interp {
    pub(super) fn exec_block(&mut self, frame: &mut Frame, body: &[Stmt]) -> PyResult<Flow> {
        let mut index = 0;
        if frame.resuming
            && let Some(Saved::Block(place)) = frame.saved.pop()
        {
            index = place;
        }
        while let Some(stmt) = body.get(index) {
            match self.exec_stmt(frame, stmt) {
                Ok(Flow::Normal) => {}
                Ok(Flow::Yield(value)) => {
                    frame.saved.push(Saved::Block(index));
                    return Ok(Flow::Yield(value));
                }
                Ok(flow) => return Ok(flow),
                Err(stop) => {
                    self.note(frame, &stop);
                    return Err(stop);
                }
            }
            index += 1;
        }
        Ok(Flow::Normal)
    }

    pub(super) fn exec_stmt(&mut self, frame: &mut Frame, stmt: &Stmt) -> PyResult<Flow> {
        self.charge(1)?;
        self.guard()?;
        if !frame.resuming {
            frame.at = stmt.range();
        }
        self.stands_at(stmt.start());
        self.exec_any(frame, stmt).map_err(|stop| stop.at(stmt.range()))
    }

    fn exec_any(&mut self, frame: &mut Frame, stmt: &Stmt) -> PyResult<Flow> {
        match stmt {
            Stmt::Expr(expr) => {
                match &*expr.value {
                    Expr::Yield(node) => {
                        if let Suspension::Out(value) = self.exec_yield(frame, node)? {
                            return Ok(Flow::Yield(value));
                        }
                    }
                    Expr::YieldFrom(node) => {
                        if let Suspension::Out(value) = self.exec_yield_from(frame, node)? {
                            return Ok(Flow::Yield(value));
                        }
                    }
                    value => {
                        let value = self.eval(frame, value)?;
                        if frame.echoes {
                            self.echo(value)?;
                        }
                    }
                }
                Ok(Flow::Normal)
            }
            Stmt::Assign(assign) => {
                let value = match self.eval_yielding(frame, &assign.value)? {
                    Suspension::Out(value) => return Ok(Flow::Yield(value)),
                    Suspension::Resumed(value) => value,
                };
                let Some((last, others)) = assign.targets.split_last() else { return Ok(Flow::Normal) };
                for target in others {
                    self.assign(frame, target, value.clone())?;
                }
                self.assign(frame, last, value)?;
                Ok(Flow::Normal)
            }
            Stmt::AugAssign(assign) => {
                self.exec_aug_assign(frame, assign)?;
                Ok(Flow::Normal)
            }
            Stmt::AnnAssign(assign) => self.exec_ann_assign(frame, assign),
            Stmt::Return(node) => Ok(Flow::Return(match &node.value {
                Some(value) => match self.eval_yielding(frame, value)? {
                    Suspension::Out(value) => return Ok(Flow::Yield(value)),
                    Suspension::Resumed(value) => value,
                },
                None => Value::None,
            })),
            Stmt::If(node) => self.exec_if(frame, node),
            Stmt::For(node) => self.exec_for(frame, node),
            Stmt::While(node) => self.exec_while(frame, node),
            Stmt::Try(node) => self.exec_try(frame, node),
            Stmt::With(node) => self.exec_with(frame, node),
            Stmt::Raise(node) => Err(self.exec_raise(frame, node)),
            Stmt::Assert(node) => {
                self.exec_assert(frame, node)?;
                Ok(Flow::Normal)
            }
            Stmt::FunctionDef(def) => {
                self.exec_function_def(frame, def)?;
                Ok(Flow::Normal)
            }
            Stmt::ClassDef(def) => {
                self.exec_class_def(frame, def)?;
                Ok(Flow::Normal)
            }
            Stmt::Delete(node) => {
                for target in &node.targets {
                    self.delete(frame, target)?;
                }
                Ok(Flow::Normal)
            }
            Stmt::Import(node) => {
                self.exec_import(frame, node)?;
                Ok(Flow::Normal)
            }
            Stmt::ImportFrom(node) => {
                self.exec_import_from(frame, node)?;
                Ok(Flow::Normal)
            }
            Stmt::Match(node) => self.exec_match(frame, node),
            Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(Flow::Normal),
            Stmt::Break(_) => Ok(Flow::Break),
            Stmt::Continue(_) => Ok(Flow::Continue),
            Stmt::TypeAlias(node) => {
                Err(Stop::Unsupported { what: "`type` statements".into(), range: Some(node.range) })
            }
            Stmt::IpyEscapeCommand(node) => {
                Err(Stop::Unsupported { what: "IPython commands".into(), range: Some(node.range) })
            }
        }
    }

    /// An expression that may be a `yield` as a whole.
    pub(super) fn eval_yielding(&mut self, frame: &mut Frame, expr: &Expr) -> PyResult<Suspension> {
        match expr {
            Expr::Yield(node) => self.exec_yield(frame, node),
            Expr::YieldFrom(node) => self.exec_yield_from(frame, node),
            _ => self.eval(frame, expr).map(Suspension::Resumed),
        }
    }

    fn exec_yield(&mut self, frame: &mut Frame, node: &ExprYield) -> PyResult<Suspension> {
        if frame.resuming {
            frame.resuming = false;
            frame.at = node.range;
            return match frame.sent.take() {
                Some(Resume::Throw(exception)) => Err(Stop::Raise(exception)),
                Some(Resume::Send(value)) => Ok(Suspension::Resumed(value)),
                None => Ok(Suspension::Resumed(Value::None)),
            };
        }
        Ok(Suspension::Out(match &node.value {
            Some(value) => self.eval(frame, value)?,
            None => Value::None,
        }))
    }

    fn exec_yield_from(&mut self, frame: &mut Frame, node: &ExprYieldFrom) -> PyResult<Suspension> {
        let (iterator, input) = if frame.resuming {
            frame.resuming = false;
            frame.at = node.range;
            let Some(Saved::Iterator(iterator)) = frame.saved.pop() else {
                return Err(Stop::unsupported("this `yield from`"));
            };
            (iterator, frame.sent.take().unwrap_or(Resume::Send(Value::None)))
        } else {
            let value = self.eval(frame, &node.value)?;
            frame.at = node.range;
            (self.iter(&value)?, Resume::Send(Value::None))
        };
        let step = match &iterator {
            Value::Iter(iter) if iter.takes_input() => self.resume(iter, input)?,
            _ => match input {
                Resume::Throw(exception) => return Err(Stop::Raise(exception)),
                Resume::Send(Value::None) => Some(match self.next(&iterator)? {
                    Some(value) => Yielded::Value(value),
                    None => Yielded::Return(Value::None),
                }),
                Resume::Send(value) => {
                    let sent = super::args::Args::of(vec![value]);
                    Some(Yielded::Value(self.call_method(&iterator, "send", sent)?))
                }
            },
        };
        match step {
            Some(Yielded::Value(value)) => {
                frame.saved.push(Saved::Iterator(iterator));
                Ok(Suspension::Out(value))
            }
            Some(Yielded::Return(value)) => Ok(Suspension::Resumed(value)),
            None => Err(Stop::unsupported("this `yield from`")),
        }
    }

    fn exec_aug_assign(&mut self, frame: &mut Frame, assign: &StmtAugAssign) -> PyResult<()> {
        let op = binary_op(assign.op);
        match &*assign.target {
            Expr::Name(name) => {
                frame.at = name.range;
                let left = self.load_name(frame, &name.id)?;
                let right = self.eval(frame, &assign.value)?;
                frame.at = assign.range;
                let value = self.binary_in_place(op, &left, &right)?;
                self.store_name(frame, &name.id, value)
            }
            Expr::Attribute(attribute) => {
                let object = self.eval(frame, &attribute.value)?;
                let private = frame.code.scope.private.clone();
                let name = super::scope::mangle(private.as_ref(), attribute.attr.as_str());
                frame.at = attribute.range;
                let left = self.get_attr(&object, &name)?;
                let right = self.eval(frame, &assign.value)?;
                frame.at = assign.range;
                let value = self.binary_in_place(op, &left, &right)?;
                drop(left);
                self.set_attr(&object, &name, value)
            }
            Expr::Subscript(subscript) => {
                let object = self.eval(frame, &subscript.value)?;
                let key = self.eval(frame, &subscript.slice)?;
                frame.at = subscript.range;
                let left = self.get_item(&object, &key)?;
                let right = self.eval(frame, &assign.value)?;
                frame.at = assign.range;
                let value = self.binary_in_place(op, &left, &right)?;
                drop(left);
                self.set_item(&object, &key, value)
            }
            other => Err(Stop::Unsupported { what: "this assignment".into(), range: Some(other.range()) }),
        }
    }

    fn exec_if(&mut self, frame: &mut Frame, node: &StmtIf) -> PyResult<Flow> {
        let branch = if frame.resuming {
            match frame.saved.pop() {
                Some(Saved::Branch(branch)) => branch,
                _ => return Err(Stop::unsupported("this generator")),
            }
        } else {
            match self.choose_branch(frame, &node.test, &node.elif_else_clauses)? {
                Some(branch) => branch,
                None => return Ok(Flow::Normal),
            }
        };
        let body = match branch.checked_sub(1) {
            None => &node.body,
            Some(clause) => match node.elif_else_clauses.get(clause) {
                Some(clause) => &clause.body,
                None => return Ok(Flow::Normal),
            },
        };
        let flow = self.exec_block(frame, body)?;
        if matches!(flow, Flow::Yield(_)) {
            frame.saved.push(Saved::Branch(branch));
        }
        Ok(flow)
    }

    fn choose_branch(
        &mut self,
        frame: &mut Frame,
        test: &Expr,
        clauses: &[ElifElseClause],
    ) -> PyResult<Option<usize>> {
        if self.test(frame, test)? {
            return Ok(Some(0));
        }
        for (index, clause) in clauses.iter().enumerate() {
            match &clause.test {
                Some(test) => {
                    if self.test(frame, test)? {
                        return Ok(Some(index + 1));
                    }
                }
                None => return Ok(Some(index + 1)),
            }
        }
        Ok(None)
    }

    /// The truth of a condition; its value is dropped before the branch runs.
    fn test(&mut self, frame: &mut Frame, test: &Expr) -> PyResult<bool> {
        let value = self.eval(frame, test)?;
        frame.at = test.range();
        self.truth(&value)
    }

    fn exec_while(&mut self, frame: &mut Frame, node: &StmtWhile) -> PyResult<Flow> {
        let mut in_else = false;
        if frame.resuming
            && let Some(Saved::Branch(branch)) = frame.saved.pop()
        {
            in_else = branch == 1;
        }
        loop {
            if in_else {
                break;
            }
            self.charge(1)?;
            if !frame.resuming && !self.test(frame, &node.test)? {
                break;
            }
            match self.exec_block(frame, &node.body)? {
                Flow::Normal | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Normal),
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Yield(value) => {
                    frame.saved.push(Saved::Branch(0));
                    return Ok(Flow::Yield(value));
                }
            }
        }
        self.exec_else(frame, &node.orelse)
    }

    fn exec_else(&mut self, frame: &mut Frame, body: &[Stmt]) -> PyResult<Flow> {
        let flow = self.exec_block(frame, body)?;
        if matches!(flow, Flow::Yield(_)) {
            frame.saved.push(Saved::Branch(1));
        }
        Ok(flow)
    }

    fn exec_for(&mut self, frame: &mut Frame, node: &StmtFor) -> PyResult<Flow> {
        if node.is_async {
            return Err(Stop::Unsupported { what: "`async for`".into(), range: Some(node.range) });
        }
        let iterator = if frame.resuming {
            match frame.saved.pop() {
                Some(Saved::Iterator(iterator)) => iterator,
                Some(Saved::Branch(_)) => return self.exec_else(frame, &node.orelse),
                _ => return Err(Stop::unsupported("this generator")),
            }
        } else {
            let iterable = self.eval(frame, &node.iter)?;
            frame.at = node.range;
            self.iter(&iterable)?
        };
        loop {
            self.charge(1)?;
            if !frame.resuming {
                frame.at = node.range;
                let Some(item) = self.next(&iterator)? else { break };
                self.assign(frame, &node.target, item)?;
            }
            match self.exec_block(frame, &node.body)? {
                Flow::Normal | Flow::Continue => {}
                Flow::Break => return Ok(Flow::Normal),
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Yield(value) => {
                    frame.saved.push(Saved::Iterator(iterator));
                    return Ok(Flow::Yield(value));
                }
            }
        }
        drop(iterator);
        self.exec_else(frame, &node.orelse)
    }

    fn exec_raise(&mut self, frame: &mut Frame, node: &StmtRaise) -> Stop {
        match self.raised(frame, node) {
            Ok(stop) | Err(stop) => stop,
        }
    }

    fn raised(&mut self, frame: &mut Frame, node: &StmtRaise) -> PyResult<Stop> {
        let Some(exc) = &node.exc else {
            return Ok(match self.handling.last().cloned() {
                Some(exception) => {
                    frame.noted = true;
                    Stop::Raise(exception)
                }
                None => self.raise("RuntimeError", "No active exception to reraise"),
            });
        };
        let value = self.eval(frame, exc)?;
        frame.at = node.range;
        let exception = self.exception_from(&value)?;
        if let Some(cause) = &node.cause {
            let cause = self.eval(frame, cause)?;
            frame.at = node.range;
            let cause = match cause {
                Value::None => None,
                other if self.is_exception_class(&other) || self.is_exception(&other) => {
                    Some(self.exception_from(&other)?)
                }
                _ => return Err(self.raise("TypeError", "exception causes must derive from BaseException")),
            };
            self.set_cause(&exception, cause);
        }
        self.set_context(&exception);
        Ok(Stop::Raise(exception))
    }

    fn exec_assert(&mut self, frame: &mut Frame, node: &StmtAssert) -> PyResult<()> {
        if self.test(frame, &node.test)? {
            return Ok(());
        }
        let args = match &node.msg {
            Some(message) => vec![self.eval(frame, message)?],
            None => Vec::new(),
        };
        frame.at = node.test.range();
        let class = self.builtin_class("AssertionError");
        Err(self.raise_class(&class, args))
    }

    /// Adds this frame's line to the traceback of an exception that passes through it, once.
    pub(super) fn note(&mut self, frame: &mut Frame, stop: &Stop) {
        if let Stop::Raise(exception) = stop
            && !frame.noted
        {
            frame.noted = true;
            self.add_traceback(exception, &frame.code.clone(), frame.at);
        }
    }
}
