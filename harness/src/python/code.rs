//! Sources, the code of functions, and the frames that run it.

use super::args::{Parameter, ParameterKind, Signature};
use super::class::Namespace;
use super::module::Module;
use super::scope::{self, Scope, Scopes, Symbol};
use super::value::Value;
use ruff_python_ast::{Comprehension, Expr, Parameters, Stmt};
use ruff_text_size::{TextRange, TextSize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

/// One text that was given to be run.
pub(super) struct Source {
    pub(super) file: Rc<str>,
    pub(super) text: Rc<str>,
    /// The 1-based line of the file on which the text starts.
    pub(super) first_line: usize,
    pub(super) scopes: Scopes,
    pub(super) codes: RefCell<HashMap<TextRange, Rc<Code>>>,
    /// `from __future__ import annotations`.
    pub(super) postponed: bool,
    /// Marks the run that this source belongs to.
    pub(super) run: u64,
}

impl Source {
    /// The 0-based line and column, in characters, of a place.
    pub(super) fn place(&self, at: TextSize) -> (usize, usize) {
        let before = self.text.get(..usize::from(at)).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        (line, column)
    }

    /// A line of the text, by its 0-based number.
    pub(super) fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number).unwrap_or_default()
    }
}

/// What a piece of code runs.
pub(super) enum Body {
    Block(Vec<Stmt>),
    Expression(Expr),
    /// A generator expression.
    Comprehension(Expr, Vec<Comprehension>),
    /// Run by reference, in place.
    Elsewhere,
}

/// The code of a function, a class body, a comprehension or a module.
pub(super) struct Code {
    pub(super) name: Rc<str>,
    pub(super) qualname: Rc<str>,
    pub(super) source: Rc<Source>,
    pub(super) scope: Rc<Scope>,
    pub(super) body: Body,
    pub(super) signature: Signature,
    /// Where each parameter goes, `*args` and `**kwargs` last.
    pub(super) slots: Vec<Symbol>,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<code {}>", self.qualname)
    }
}

/// Reads a function's parameters.
pub(super) fn signature(
    qualname: &Rc<str>,
    parameters: Option<&Parameters>,
    scope: &Scope,
) -> (Signature, Vec<Symbol>) {
    let mut signature =
        Signature { name: qualname.clone(), parameters: Vec::new(), varargs: false, varkw: false };
    let mut slots = Vec::new();
    let Some(parameters) = parameters else { return (signature, slots) };
    let kinds = [
        (&parameters.posonlyargs, ParameterKind::PositionalOnly),
        (&parameters.args, ParameterKind::Either),
        (&parameters.kwonlyargs, ParameterKind::KeywordOnly),
    ];
    for (list, kind) in kinds {
        for parameter in list {
            let name: Rc<str> = scope::mangle(scope.private.as_ref(), parameter.name().as_str()).into();
            slots.push(scope.symbol(&name));
            signature.parameters.push(Parameter { name, kind, required: parameter.default.is_none() });
        }
    }
    for (extra, flag) in
        [(&parameters.vararg, &mut signature.varargs), (&parameters.kwarg, &mut signature.varkw)]
    {
        if let Some(parameter) = extra {
            *flag = true;
            let name = scope::mangle(scope.private.as_ref(), parameter.name.as_str());
            slots.push(scope.symbol(&name));
        }
    }
    (signature, slots)
}

/// A variable that an inner function shares.
#[derive(Default)]
pub(super) struct Cell(pub(super) RefCell<Option<Value>>);

impl Cell {
    pub(super) fn get(&self) -> Option<Value> {
        self.0.borrow().clone()
    }

    pub(super) fn set(&self, value: Option<Value>) {
        let old = self.0.replace(value);
        drop(old);
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        if let Some(value) = self.0.get_mut().take() {
            super::value::drop_values(vec![value]);
        }
    }
}

/// Where a suspended generator stands inside one statement.
pub(super) enum Saved {
    /// The index of the statement in its block.
    Block(usize),
    /// Which branch of `if`, loop or `match`.
    Branch(usize),
    /// The iterator of a `for` or of `yield from`.
    Iterator(Value),
    /// The context managers that `with` has entered.
    With(Vec<Value>),
    Try(Phase),
}

/// Which part of a `try` statement is running.
pub(super) enum Phase {
    Body,
    Handler(usize, Value),
    Else,
    /// What happens after `finally`.
    Finally(Box<Result<super::stmt::Flow, super::error::Stop>>),
}

/// One running piece of code.
pub(super) struct Frame {
    pub(super) code: Rc<Code>,
    pub(super) locals: Vec<Option<Value>>,
    pub(super) cells: Vec<Rc<Cell>>,
    /// The names of a class body.
    pub(super) names: Option<Rc<Namespace>>,
    pub(super) globals: Rc<Module>,
    /// What is being evaluated, for tracebacks.
    pub(super) at: TextRange,
    /// Whether the exception under way already has this frame's line.
    pub(super) noted: bool,
    pub(super) saved: Vec<Saved>,
    pub(super) resuming: bool,
    /// Whether values of expression statements are shown, those inside compound statements too.
    pub(super) echoes: bool,
    pub(super) sent: Option<super::iter::Resume>,
}

impl Frame {
    pub(super) fn new(code: Rc<Code>, globals: Rc<Module>, closure: &[Rc<Cell>]) -> Frame {
        let scope = &code.scope;
        let mut cells: Vec<Rc<Cell>> = scope.cells.iter().map(|_| Rc::default()).collect();
        cells.extend(closure.iter().cloned());
        Frame {
            locals: vec![None; scope.locals.len()],
            cells,
            names: None,
            globals,
            at: TextRange::default(),
            noted: false,
            saved: Vec::new(),
            resuming: false,
            echoes: false,
            sent: None,
            code,
        }
    }

    /// Puts a value into a parameter's place.
    pub(super) fn place(&mut self, slot: Symbol, value: Value) {
        match slot {
            Symbol::Local(index) => {
                if let Some(local) = self.locals.get_mut(index) {
                    *local = Some(value);
                }
            }
            Symbol::Cell(index) => {
                if let Some(cell) = self.cells.get(index) {
                    cell.set(Some(value));
                }
            }
            Symbol::Global => {}
        }
    }

    /// The cells that an inner scope takes from this frame.
    pub(super) fn closure_for(&self, scope: &Scope) -> Vec<Rc<Cell>> {
        scope.frees.iter().map(|name| self.cell(name).unwrap_or_default()).collect()
    }

    /// The cell of a name in this frame.
    pub(super) fn cell(&self, name: &str) -> Option<Rc<Cell>> {
        let scope = &self.code.scope;
        let index = scope.cells.iter().chain(&scope.frees).position(|cell| **cell == *name)?;
        self.cells.get(index).cloned()
    }
}
