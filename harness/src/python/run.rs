//! Running a source: parsing it, resolving its names, executing it in `__main__`.

use super::code::{Frame, Source};
use super::error::{PyResult, Stop};
use super::interp::{Interp, Mode};
use super::scope::{self, Problem};
use super::stdlib::future;
use super::stmt::Flow;
use super::unparsed;
use super::value::Value;
use ruff_python_ast::Stmt;
use ruff_text_size::{TextRange, TextSize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Longest source that is run, in bytes.
pub(super) const LONGEST: usize = 256 << 10;

impl Interp {
    /// Runs source in `__main__`. `file` and the 1-based `line` of its first line are what tracebacks show.
    ///
    /// A failed run leaves the world usable.
    pub fn exec(&mut self, source: &str, mode: Mode, file: &str, line: usize) -> Result<(), Stop> {
        self.begin();
        self.run += 1;
        self.unshown = false;
        self.reached = TextSize::default();
        let result = self.exec_source(source, mode, file, line);
        self.end();
        result
    }

    fn exec_source(&mut self, text: &str, mode: Mode, file: &str, line: usize) -> PyResult<()> {
        if text.len() > LONGEST {
            return Err(Stop::limit(format!("a source of more than {LONGEST} bytes")));
        }
        let parsed = match ruff_python_parser::parse_module(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                return Err(self.syntax_error(&error.error.to_string(), error.location, text, file, line));
            }
        };
        let module = parsed.into_syntax();
        let scopes = match scope::resolve(&module.body) {
            Ok(scopes) => scopes,
            Err(problem) => return Err(parse_problem(self, problem, text, file, line)),
        };
        let source = Rc::new(Source {
            file: file.into(),
            text: text.into(),
            first_line: line,
            scopes,
            codes: RefCell::new(HashMap::new()),
            postponed: postpones_annotations(&module.body) || self.keeps_annotations(),
            run: self.run,
        });
        let code = Interp::module_code(source);
        let mut frame = Frame::new(code, self.main.clone(), &[]);
        let result = self.standing(&mut frame, |interp, frame| match mode {
            Mode::Program => interp.exec_block(frame, &module.body).map(|_| ()),
            Mode::Prompt => interp.exec_prompt(frame, &module.body),
            Mode::Cell => match module.body.split_last() {
                // A semicolon at its end keeps a cell silent.
                Some((last, before)) if last.is_expr_stmt() && !text.trim_end().ends_with(';') => {
                    match interp.exec_block(frame, before)? {
                        Flow::Normal => interp.exec_prompt(frame, std::slice::from_ref(last)),
                        _ => Ok(()),
                    }
                }
                _ => interp.exec_block(frame, &module.body).map(|_| ()),
            },
        });
        self.reached = frame.at.start();
        result
    }

    /// Whether an earlier source of this world asked for annotations as text, which is in force for the rest.
    fn keeps_annotations(&self) -> bool {
        let known = self.main.dict.get(future::ANNOTATIONS);
        known.is_some_and(|value| future::is_feature(&value, future::ANNOTATIONS))
    }

    fn exec_prompt(&mut self, frame: &mut Frame, body: &[Stmt]) -> PyResult<()> {
        frame.echoes = true;
        self.exec_block(frame, body).map(|_: Flow| ())
    }

    /// Shows a value as the prompt does, and binds `_` to it.
    pub(super) fn echo(&mut self, value: Value) -> PyResult<()> {
        if value.is_none() {
            return Ok(());
        }
        // As CPython does, the old value goes before the new one is shown.
        self.builtins.dict.set("_", Value::None);
        self.unshown = true;
        let mut text = self.repr(&value)?;
        self.unshown = false;
        text.push('\n');
        self.print(&text)?;
        self.builtins.dict.set("_", value);
        Ok(())
    }

    /// The exception of a source that does not parse; the words are the parser's, the kind is Python's.
    pub(super) fn syntax_error(
        &mut self,
        message: &str,
        range: TextRange,
        text: &str,
        file: &str,
        line: usize,
    ) -> Stop {
        let words = unparsed::words(message, text, usize::from(range.start()));
        let (message, start) = match &words {
            Some((words, start)) => (words.as_str(), *start),
            None => (message, usize::from(range.start())),
        };
        let before = text.get(..start).unwrap_or_default();
        let number = before.matches('\n').count();
        let kind = if message.to_lowercase().contains("indent") { "IndentationError" } else { "SyntaxError" };
        let stop = self.raise(kind, message.to_owned());
        if let Stop::Raise(exception) = &stop {
            let items = [
                ("msg", Value::from(message)),
                ("filename", Value::from(file)),
                ("lineno", Value::size(line + number)),
                ("offset", Value::size(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)),
                ("text", Value::from(text.lines().nth(number).unwrap_or_default())),
            ];
            for (name, value) in items {
                if let Value::Instance(instance) = exception {
                    let _ = instance.store.clone().set(self, name, value);
                }
            }
        }
        stop
    }
}

/// What stops a source whose names cannot be resolved.
pub(super) fn parse_problem(
    interp: &mut Interp,
    problem: Problem,
    text: &str,
    file: &str,
    line: usize,
) -> Stop {
    match problem {
        Problem::Syntax(message, range) => interp.syntax_error(&message, range, text, file, line),
        Problem::TooDeep(range) => {
            Stop::Limit { what: "nesting too deep to be run".into(), range: Some(range) }
        }
    }
}

fn postpones_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::ImportFrom(import) => {
            import.module.as_ref().is_some_and(|module| module.as_str() == "__future__")
                && import.names.iter().any(|alias| alias.name.as_str() == "annotations")
        }
        _ => false,
    })
}
