//! Which names of the library a page's sources use: what they import and then name, the arguments that they give by name,
//! and the methods of sessions, queries, statements and results.
//!
//! Read from the source alone. A variable is a session by its name, a query by how it was made.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_python_parser::parse_module;
use std::collections::{BTreeSet, HashMap};

/// One name of the library, or an argument of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    /// A module, or the class of a method.
    pub(super) owner: String,
    pub(super) name: String,
    pub(super) argument: Option<String>,
}

impl Use {
    pub(super) fn shown(&self) -> String {
        match &self.argument {
            Some(argument) => format!("{}({argument}=)", self.name),
            None => self.name.clone(),
        }
    }
}

/// What each of a page's sources uses; a later one knows what earlier ones bound.
pub(super) fn uses(sources: &[&str]) -> Vec<BTreeSet<Use>> {
    let mut reader = Reader::default();
    sources
        .iter()
        .map(|source| {
            if let Ok(parsed) = parse_module(source) {
                for statement in parsed.suite() {
                    reader.visit_stmt(statement);
                }
            }
            std::mem::take(&mut reader.found)
        })
        .collect()
}

#[derive(Default)]
struct Reader {
    /// Names bound to something of the library: where it comes from.
    bound: HashMap<String, String>,
    /// Variables that hold an object of a class of the library.
    held: HashMap<String, &'static str>,
    found: BTreeSet<Use>,
}

const LIBRARY: &str = "sqlalchemy";

impl Reader {
    fn of_library(module: &str) -> bool {
        module == LIBRARY || module.starts_with("sqlalchemy.")
    }

    fn note(&mut self, dotted: &str, argument: Option<&str>) {
        if let Some((owner, name)) = dotted.rsplit_once('.') {
            let argument = argument.map(str::to_owned);
            self.found.insert(Use { owner: owner.to_owned(), name: name.to_owned(), argument });
        }
    }

    /// The dotted name that an expression stands for.
    fn dotted(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Name(name) => self.bound.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) => {
                let owner = self.dotted(&attribute.value)?;
                let last = owner.rsplit('.').next().unwrap_or_default();
                let module = last.starts_with(|c: char| c.is_ascii_lowercase());
                module.then(|| format!("{owner}.{}", attribute.attr))
            }
            _ => None,
        }
    }

    /// The class of the library whose object an expression gives, as far as its form tells.
    fn class(&self, expr: &Expr) -> Option<&'static str> {
        match expr {
            Expr::Name(name) => {
                let session = name.id == "session" || name.id.ends_with("_session");
                session.then_some("Session").or_else(|| self.held.get(name.id.as_str()).copied())
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(attribute) => {
                    match (self.class(&attribute.value)?, attribute.attr.as_str()) {
                        ("Session", "query") => Some("Query"),
                        ("Session", "execute") => Some("Result"),
                        ("Session" | "Result", "scalars") => Some("ScalarResult"),
                        (class @ ("Query" | "Select"), _) => Some(class),
                        ("Result" | "ScalarResult", "unique") => self.class(&attribute.value),
                        _ => None,
                    }
                }
                func => match self.dotted(func)?.rsplit('.').next()? {
                    "select" => Some("Select"),
                    "Session" => Some("Session"),
                    _ => None,
                },
            },
            _ => None,
        }
    }

    fn call(&mut self, call: &ExprCall) {
        let arguments: Vec<&str> = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| keyword.arg.as_ref())
            .map(ruff_python_ast::Identifier::as_str)
            .collect();
        if let Expr::Attribute(attribute) = &*call.func
            && let Some(class) = self.class(&attribute.value)
        {
            let dotted = format!("{class}.{}", attribute.attr);
            self.note(&dotted, None);
        }
        let Some(dotted) = self.dotted(&call.func) else { return };
        // What `update()` and its like are given by name are a document's own columns and entries.
        if dotted.starts_with("sqlalchemy.func.") {
            return;
        }
        for argument in arguments {
            self.note(&dotted, Some(argument));
        }
    }
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    if Self::of_library(name) {
                        let local = alias.asname.as_ref().map_or(LIBRARY, |local| local.as_str());
                        let dotted = if alias.asname.is_some() { name } else { LIBRARY };
                        self.bound.insert(local.to_owned(), dotted.to_owned());
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                if let Some(module) = import.module.as_ref().filter(|module| Self::of_library(module)) {
                    for alias in &import.names {
                        let dotted = format!("{module}.{}", alias.name);
                        self.note(&dotted, None);
                        let local = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.bound.insert(local.to_string(), dotted);
                    }
                }
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(name)] = assign.targets.as_slice() {
                    match self.class(&assign.value) {
                        Some(class) => self.held.insert(name.id.to_string(), class),
                        None => self.held.remove(name.id.as_str()),
                    };
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Name(_) | Expr::Attribute(_) => {
                if let Some(dotted) = self.dotted(expr) {
                    self.note(&dotted, None);
                }
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
