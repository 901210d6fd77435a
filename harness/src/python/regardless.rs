//! What a source shows whatever was or was not run before it.
//!
//! Only syntax is looked at. A failure that this vouches for is the page's own, also where an earlier step was not run: in every
//! state of the world the source fails, if not with this exception then with one before it.

use ruff_python_ast::visitor::{
    Visitor, walk_except_handler, walk_expr, walk_parameter, walk_pattern, walk_stmt, walk_type_param,
};
use ruff_python_ast::{
    Alias, Comprehension, ExceptHandler, Expr, ExprContext, Identifier, Parameter, Pattern, Stmt, TypeParam,
};

/// Builtins whose result may hang on what else there is.
const AWARE: &[&str] =
    &["_", "__import__", "dir", "eval", "exec", "globals", "hash", "id", "input", "locals", "open", "vars"];

/// What binds names, or changes modules, where no statement shows it.
const UNSEEN: &[&str] = &[
    "import *",
    "sys.modules",
    "builtins",
    "__globals__",
    "f_globals",
    "import __main__",
    "importlib",
    "get_ipython",
];

/// Functions of the same kind, and statements that begin with a word.
const UNSEEN_WORDS: &[&str] = &["exec(", "eval(", "globals(", "locals(", "vars()", "setattr(", "global "];

/// Whether source may bind names of others, or change modules, in a way that its statements do not show.
pub fn binds_unseen(source: &str) -> bool {
    let word = |text: &str| {
        source.match_indices(text).any(|(at, _)| {
            !source[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '.'))
        })
    };
    UNSEEN.iter().any(|text| source.contains(text))
        || UNSEEN_WORDS.iter().any(|text| word(text))
        || source.lines().any(|line| line.trim_start().starts_with(['%', '!']))
}

/// The names whose attributes a source sets, wherever it does so.
pub fn owners_of_set_attributes(source: &str) -> Vec<String> {
    struct Owners(Vec<String>);
    impl<'a> Visitor<'a> for Owners {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if let Expr::Attribute(node) = expr
                && node.ctx != ExprContext::Load
            {
                let mut root = &*node.value;
                while let Expr::Attribute(inner) = root {
                    root = &inner.value;
                }
                if let Expr::Name(name) = root {
                    self.0.push(name.id.to_string());
                }
            }
            walk_expr(self, expr);
        }
    }
    let Ok(parsed) = ruff_python_parser::parse_module(source) else { return Vec::new() };
    let mut owners = Owners(Vec::new());
    owners.visit_body(&parsed.into_syntax().body);
    owners.0
}

/// Whether a source reads nothing but what it makes and what `is_builtin` knows.
pub fn is_closed(source: &str, is_builtin: impl Fn(&str) -> bool) -> bool {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else { return false };
    let body = parsed.into_syntax().body;
    let mut closed = Closed { is_builtin, own: Vec::new(), open: false };
    closed.visit_body(&body);
    !closed.open
}

/// Whether the source raises in every state of the world, seen that it raised this: it does not parse, or reads a name that
/// it binds nowhere, or imports what the library does not have, at a place that every run of it comes to.
pub fn raises(source: &str, kind: &str, message: &str) -> bool {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else {
        return matches!(kind, "SyntaxError" | "IndentationError");
    };
    let body = parsed.into_syntax().body;
    match kind {
        "NameError" => {
            let Some(name) = message.strip_prefix("name '").and_then(|rest| rest.split('\'').next()) else {
                return false;
            };
            let mut bound = Bound::default();
            bound.visit_body(&body);
            !bound.0.contains(&name) && body.iter().any(|stmt| reads(stmt, name))
        }
        "ImportError" | "ModuleNotFoundError" => body.iter().any(|stmt| imports(stmt, message)),
        _ => false,
    }
}

/// Whether a statement imports the name or the module of the library that the message says is not there.
fn imports(stmt: &Stmt, message: &str) -> bool {
    let of_library = |module: &str| module == "sqlalchemy" || module.starts_with("sqlalchemy.");
    let lacks = |module: &str| message == format!("No module named '{module}'");
    match stmt {
        Stmt::Import(node) => node.names.iter().any(|alias| of_library(&alias.name) && lacks(&alias.name)),
        Stmt::ImportFrom(node) => {
            let Some(module) = node.module.as_ref().filter(|module| node.level == 0 && of_library(module))
            else {
                return false;
            };
            let absent =
                |name: &str| message.starts_with(&format!("cannot import name '{name}' from '{module}'"));
            lacks(module) || node.names.iter().any(|alias| absent(&alias.name))
        }
        _ => false,
    }
}

/// Whether every run of a statement that raises nothing before comes to read the name.
fn reads(stmt: &Stmt, name: &str) -> bool {
    let expr = |expr: &Expr| evaluates(expr, name);
    let maybe = |found: &Option<Box<Expr>>| found.as_deref().is_some_and(expr);
    match stmt {
        Stmt::Expr(node) => expr(&node.value),
        Stmt::Assign(node) => expr(&node.value) || node.targets.iter().any(expr),
        Stmt::AugAssign(node) => expr(&node.value),
        Stmt::AnnAssign(node) => maybe(&node.value),
        Stmt::Assert(node) => expr(&node.test),
        Stmt::Raise(node) => maybe(&node.exc),
        Stmt::Delete(node) => node.targets.iter().any(expr),
        Stmt::For(node) => !node.is_async && expr(&node.iter),
        Stmt::If(node) => expr(&node.test),
        Stmt::While(node) => expr(&node.test),
        Stmt::Match(node) => expr(&node.subject),
        // What a block that is entered swallows is not known.
        Stmt::With(node) => !node.is_async && node.items.first().is_some_and(|item| expr(&item.context_expr)),
        Stmt::FunctionDef(node) => {
            node.decorator_list.iter().any(|decorator| expr(&decorator.expression))
                || node.parameters.iter_non_variadic_params().any(|parameter| maybe(&parameter.default))
        }
        Stmt::ClassDef(node) => {
            node.decorator_list.iter().any(|decorator| expr(&decorator.expression))
                || node.bases().iter().any(expr)
                || node.keywords().iter().any(|keyword| expr(&keyword.value))
                || node.body.iter().any(|stmt| reads(stmt, name))
        }
        Stmt::Return(_)
        | Stmt::TypeAlias(_)
        | Stmt::Try(_)
        | Stmt::Import(_)
        | Stmt::ImportFrom(_)
        | Stmt::Global(_)
        | Stmt::Nonlocal(_)
        | Stmt::Pass(_)
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::IpyEscapeCommand(_) => false,
    }
}

/// Whether every evaluation of an expression that raises nothing before comes to read the name.
fn evaluates(whole: &Expr, name: &str) -> bool {
    let expr = |expr: &Expr| evaluates(expr, name);
    let maybe = |found: &Option<Box<Expr>>| found.as_deref().is_some_and(expr);
    match whole {
        Expr::Name(node) => node.ctx == ExprContext::Load && node.id == name,
        Expr::Attribute(node) => expr(&node.value),
        Expr::Subscript(node) => expr(&node.value) || expr(&node.slice),
        Expr::Call(node) => {
            expr(&node.func)
                || node.arguments.args.iter().any(expr)
                || node.arguments.keywords.iter().any(|keyword| expr(&keyword.value))
        }
        Expr::BinOp(node) => expr(&node.left) || expr(&node.right),
        Expr::UnaryOp(node) => expr(&node.operand),
        // Later parts may not be come to.
        Expr::BoolOp(node) => node.values.first().is_some_and(expr),
        Expr::Compare(node) => expr(&node.left) || node.comparators.first().is_some_and(expr),
        Expr::If(node) => expr(&node.test),
        Expr::Named(node) => expr(&node.value),
        Expr::Starred(node) => expr(&node.value),
        Expr::Tuple(node) => node.elts.iter().any(expr),
        Expr::List(node) => node.elts.iter().any(expr),
        Expr::Set(node) => node.elts.iter().any(expr),
        Expr::Dict(node) => {
            node.items.iter().any(|item| item.key.as_ref().is_some_and(expr) || expr(&item.value))
        }
        Expr::Slice(node) => maybe(&node.lower) || maybe(&node.upper) || maybe(&node.step),
        Expr::FString(node) => {
            let mut elements = node.value.elements();
            elements.any(|element| element.as_interpolation().is_some_and(|part| expr(&part.expression)))
        }
        Expr::ListComp(node) => node.generators.first().is_some_and(|first| expr(&first.iter)),
        Expr::SetComp(node) => node.generators.first().is_some_and(|first| expr(&first.iter)),
        Expr::DictComp(node) => node.generators.first().is_some_and(|first| expr(&first.iter)),
        Expr::Generator(node) => node.generators.first().is_some_and(|first| expr(&first.iter)),
        Expr::Lambda(_)
        | Expr::TString(_)
        | Expr::Await(_)
        | Expr::Yield(_)
        | Expr::YieldFrom(_)
        | Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_)
        | Expr::IpyEscapeCommand(_) => false,
    }
}

/// Every name that a source binds anywhere, in whatever scope.
#[derive(Default)]
struct Bound<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Bound<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(node) => self.0.push(&node.name),
            Stmt::ClassDef(node) => self.0.push(&node.name),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(node) = expr
            && node.ctx != ExprContext::Load
        {
            self.0.push(&node.id);
        }
        walk_expr(self, expr);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        self.0.push(name.split('.').next().unwrap_or(name));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.0.push(&parameter.name);
        walk_parameter(self, parameter);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(node) = handler;
        self.0.extend(node.name.as_deref());
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        self.0.extend(name.map(Identifier::as_str));
        walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        self.0.push(parameter.name());
        walk_type_param(self, parameter);
    }
}

/// Follows a source statement by statement, as far as that is easily done, for whether it reads what is not its own.
struct Closed<'a, F> {
    is_builtin: F,
    own: Vec<&'a str>,
    open: bool,
}

impl<'a, F: Fn(&str) -> bool> Closed<'a, F> {
    fn comprehension(&mut self, expr: &'a Expr, generators: &'a [Comprehension]) {
        let known = self.own.len();
        for generator in generators {
            self.visit_expr(&generator.iter);
            self.visit_expr(&generator.target);
            generator.ifs.iter().for_each(|test| self.visit_expr(test));
        }
        match expr {
            Expr::ListComp(node) => self.visit_expr(&node.elt),
            Expr::SetComp(node) => self.visit_expr(&node.elt),
            Expr::Generator(node) => self.visit_expr(&node.elt),
            Expr::DictComp(node) => {
                node.key.iter().for_each(|key| self.visit_expr(key));
                self.visit_expr(&node.value);
            }
            _ => self.open = true,
        }
        self.own.truncate(known);
    }
}

impl<'a, F: Fn(&str) -> bool> Visitor<'a> for Closed<'a, F> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Expr(node) => self.visit_expr(&node.value),
            Stmt::Assign(node) => {
                self.visit_expr(&node.value);
                node.targets.iter().for_each(|target| self.visit_expr(target));
            }
            _ => self.open = true,
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(node) if node.ctx == ExprContext::Load => {
                let name = node.id.as_str();
                let known = self.own.contains(&name) || (!AWARE.contains(&name) && (self.is_builtin)(name));
                self.open |= !known;
            }
            Expr::Name(node) => self.own.push(&node.id),
            Expr::ListComp(node) => self.comprehension(expr, &node.generators),
            Expr::SetComp(node) => self.comprehension(expr, &node.generators),
            Expr::DictComp(node) => self.comprehension(expr, &node.generators),
            Expr::Generator(node) => self.comprehension(expr, &node.generators),
            Expr::Lambda(_) | Expr::Named(_) => self.open = true,
            _ => walk_expr(self, expr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_error(source: &str) -> bool {
        raises(source, "NameError", "name 'x' is not defined")
    }

    #[test]
    fn a_name_that_every_run_reads_is_missed_by_every_run() {
        for source in [
            "x\n",
            "f(1, a=x.y[0])\n",
            "class A(x): pass\n",
            "class A:\n    b = x()\n",
            "for i in x: pass\n",
            "g()\nprint(f'{x}')\n",
            "def f(a=x): pass\n",
        ] {
            assert!(name_error(source), "{source}");
        }
    }

    #[test]
    fn a_name_that_some_run_may_not_read_is_no_sure_failure() {
        for source in [
            "if a: x\n",
            "a and x\n",
            "1 < a < x\n",
            "[x for i in a]\n",
            "lambda: x\n",
            "def f(): x\n",
            "with a: x\n",
            "try: x\nexcept NameError: pass\n",
            "if a: x = 1\nprint(x)\n",
            "for x in a: pass\nx\n",
        ] {
            assert!(!name_error(source), "{source}");
        }
    }

    #[test]
    fn what_does_not_parse_never_runs() {
        assert!(raises("x = = 1\n", "SyntaxError", "invalid syntax"));
        assert!(!raises("raise SyntaxError\n", "SyntaxError", ""));
    }

    #[test]
    fn an_import_of_what_the_library_lacks_fails_at_any_time() {
        let message = "cannot import name 'selct' from 'sqlalchemy' (/site-packages/sqlalchemy/__init__.py)";
        assert!(raises("from sqlalchemy import select, selct\n", "ImportError", message));
        assert!(!raises("from shop import selct\n", "ImportError", message));
        let message = "No module named 'sqlalchemy.nowhere'";
        assert!(raises("import sqlalchemy.nowhere as sn\n", "ModuleNotFoundError", message));
        assert!(!raises(
            "try:\n    import sqlalchemy.nowhere\nexcept OSError: pass\n",
            "ModuleNotFoundError",
            message
        ));
    }

    #[test]
    fn source_is_closed_that_reads_builtins_and_its_own_names_alone() {
        let closed =
            |source: &str| is_closed(source, |name| matches!(name, "len" | "range" | "print" | "id"));
        for source in ["1 + 1\n", "a = [i for i in range(3)]\nlen(a)\n", "print('a'.upper())\n"] {
            assert!(closed(source), "{source}");
        }
        for source in [
            "a\n",
            "[i for i in range(3)], i\n",
            "def f(): a = 1\n",
            "import json\n",
            "id(1)\n",
            "a = a\n",
            "a[0] = 1\n",
        ] {
            assert!(!closed(source), "{source}");
        }
    }

    #[test]
    fn names_may_be_bound_unseen() {
        for source in
            ["from a import *\n", "  global x\n", "x = exec('y = 1')\n", "%run a.py\n", "import builtins\n"]
        {
            assert!(binds_unseen(source), "{source}");
        }
        for source in ["session.exec(query)\n", "session.execute(s)\n", "vars(user)\n", "a % b\n"] {
            assert!(!binds_unseen(source), "{source}");
        }
        assert_eq!(owners_of_set_attributes("a.b.c = 1\nd.e += 1\nf.g\n"), ["a", "d"]);
    }
}
