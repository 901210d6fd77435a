//! Evaluating one expression in names of its own.

use super::code::{Frame, Source};
use super::error::PyResult;
use super::interp::Interp;
use super::module::Module;
use super::run::{LONGEST, parse_problem};
use super::value::Value;
use super::{Stop, scope};
use ruff_python_ast::Stmt;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

impl Interp {
    /// The value of an expression whose global names are a module's.
    pub fn evaluate(&mut self, source: &str, globals: &Rc<Module>) -> PyResult<Value> {
        self.begin();
        let result = self.evaluate_source(source, globals);
        self.end();
        result
    }

    fn evaluate_source(&mut self, text: &str, globals: &Rc<Module>) -> PyResult<Value> {
        let file = "<string>";
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(Stop::limit(format!("a source of more than {LONGEST} bytes")));
        }
        let module = match ruff_python_parser::parse_module(text) {
            Ok(parsed) => parsed.into_syntax(),
            Err(error) => {
                return Err(self.syntax_error(&error.error.to_string(), error.location, text, file, 1));
            }
        };
        let [Stmt::Expr(stmt)] = module.body.as_slice() else {
            return Err(self.raise("SyntaxError", "invalid syntax"));
        };
        let scopes = match scope::resolve(&module.body) {
            Ok(scopes) => scopes,
            Err(problem) => return Err(parse_problem(self, problem, text, file, 1)),
        };
        let source = Rc::new(Source {
            file: file.into(),
            text: text.into(),
            first_line: 1,
            scopes,
            codes: RefCell::new(HashMap::new()),
            postponed: false,
            run: 0,
        });
        let mut frame = Frame::new(Interp::module_code(source), globals.clone(), &[]);
        let result = self.eval(&mut frame, &stmt.value);
        if let Err(stop) = &result {
            self.note(&mut frame, stop);
        }
        // A range of this text would mean nothing in the step's.
        result.map_err(|stop| match stop {
            Stop::Unsupported { what, .. } => Stop::unsupported(what),
            Stop::Limit { what, .. } => Stop::limit(what),
            raised @ Stop::Raise(_) => raised,
        })
    }
}
