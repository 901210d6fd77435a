//! Callables: functions of the document, functions in Rust, and what binds them to instances.

use super::args::{Args, Signature};
use super::class::Namespace;
use super::code::{Body, Cell, Code};
use super::error::PyResult;
use super::interp::Interp;
use super::module::Module;
use super::scope::Symbol;
use super::value::{Value, drop_values, fresh_identity};
use ruff_python_ast::Expr;
use ruff_python_ast::visitor::{self, Visitor};
use std::cell::RefCell;
use std::rc::Rc;

/// A function in Rust as Python calls it.
pub type NativeFn = Rc<dyn Fn(&mut Interp, Args) -> PyResult<Value>>;

/// A callable in Rust.
pub struct Native {
    pub name: Rc<str>,
    /// How errors and `repr` name it where that differs, e.g. `list.append`.
    pub qualname: Rc<str>,
    /// Whether it becomes a method when it is found on an instance's class.
    pub binds: bool,
    pub function: NativeFn,
    /// Attributes set on it, `__doc__` and `__module__` among them.
    pub dict: Namespace,
    pub(crate) id: u64,
}

impl Native {
    /// A plain function.
    pub fn function(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut Interp, Args) -> PyResult<Value> + 'static,
    ) -> Native {
        let name = name.into();
        Native {
            qualname: name.clone(),
            name,
            binds: false,
            function: Rc::new(function),
            dict: Namespace::default(),
            id: fresh_identity(),
        }
    }

    /// A method: its first argument is what it was found on.
    pub fn method(
        name: impl Into<Rc<str>>,
        function: impl Fn(&mut Interp, Args) -> PyResult<Value> + 'static,
    ) -> Native {
        Native { binds: true, ..Native::function(name, function) }
    }
}

/// `receiver.method`, ready to be called.
pub struct BoundMethod {
    pub receiver: Value,
    pub function: Value,
}

/// `property(…)`.
#[derive(Default)]
pub struct Property {
    pub getter: Option<Value>,
    pub setter: Option<Value>,
    pub deleter: Option<Value>,
    pub doc: Option<Value>,
}

/// A function or lambda of the document.
pub struct Function {
    pub name: RefCell<Rc<str>>,
    pub qualname: RefCell<Rc<str>>,
    /// `__module__`, `__doc__`, `__annotations__`, `__wrapped__` and what else is set on it.
    pub dict: Namespace,
    pub(super) code: Rc<Code>,
    pub(super) globals: Rc<Module>,
    pub(super) closure: Vec<Rc<Cell>>,
    /// One for each parameter of the signature.
    pub(super) defaults: Vec<Option<Value>>,
    pub(super) id: u64,
}

impl Function {
    /// The same function under another qualified name.
    pub fn renamed(&self, qualname: &str) -> Rc<Function> {
        let made = Function {
            name: RefCell::new(self.name.borrow().clone()),
            qualname: RefCell::new(qualname.into()),
            dict: Namespace::default(),
            code: self.code.clone(),
            globals: self.globals.clone(),
            closure: self.closure.clone(),
            defaults: self.defaults.clone(),
            id: fresh_identity(),
        };
        for (name, value) in self.dict.items() {
            made.dict.set(&name, value);
        }
        Rc::new(made)
    }

    /// The default of the parameter at `index`.
    pub fn default_of(&self, index: usize) -> Option<Value> {
        self.defaults.get(index).cloned().flatten()
    }

    /// What the function takes.
    pub fn signature(&self) -> &Signature {
        &self.code.signature
    }

    /// Tells apart what functions were written as: those made of one `lambda` are the same.
    pub fn code_identity(&self) -> usize {
        Rc::as_ptr(&self.code).addr()
    }

    /// The names from outside that a `lambda` uses, with what they stand for.
    pub fn outer_values(&self) -> Vec<(Rc<str>, Value)> {
        let Body::Expression(body) = &self.code.body else { return Vec::new() };
        let scope = &self.code.scope;
        let mut names = Names::default();
        names.visit_expr(body);
        let mut found = Vec::new();
        for name in names.0 {
            let value = match scope.symbol(&name) {
                Symbol::Global => self.globals.dict.get(&name),
                Symbol::Cell(_) => {
                    let at = scope.frees.iter().position(|free| *free == name);
                    at.and_then(|at| self.closure.get(at)).and_then(|cell| cell.get())
                }
                Symbol::Local(_) => None,
            };
            found.extend(value.map(|value| (name, value)));
        }
        found
    }

    /// The default of the parameter at `index` of the signature.
    pub fn default(&self, index: usize) -> Option<Value> {
        self.defaults.get(index).cloned().flatten()
    }
}

/// The names in an expression.
#[derive(Default)]
struct Names(Vec<Rc<str>>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr {
            let name = Rc::from(name.id.as_str());
            if !self.0.contains(&name) {
                self.0.push(name);
            }
        }
        visitor::walk_expr(self, expr);
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        drop_values(std::mem::take(&mut self.defaults).into_iter().flatten().collect());
    }
}
