//! Whether source that was not run could have done more than bind names.
//!
//! Only syntax is looked at. Reading an attribute does not count, though it can load; calls do, but for those of
//! builtins that only look at what they are given.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

/// Builtins that change nothing by themselves.
const LOOKING: &[&str] =
    &["print", "len", "repr", "str", "type", "isinstance", "issubclass", "hasattr", "id", "callable", "vars"];

/// Whether the statements of `source` that end after `from` could have changed what others see.
pub fn acts(source: &str, from: TextSize) -> bool {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else { return false };
    let mut found = Found { from, acts: false };
    found.visit_body(&parsed.into_syntax().body);
    found.acts
}

/// Whether the place `at` is in an expression that ends `source`: a prompt shows it when all else is done.
pub fn is_last_expression(source: &str, at: TextSize) -> bool {
    ruff_python_parser::parse_module(source).is_ok_and(|parsed| {
        let last = parsed.into_syntax().body.pop();
        last.is_some_and(|last| matches!(last, Stmt::Expr(_)) && last.range().contains_inclusive(at))
    })
}

struct Found {
    from: TextSize,
    acts: bool,
}

impl Found {
    /// Assigning to anything but a name changes an object.
    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(_) => {}
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| self.target(item)),
            Expr::List(list) => list.elts.iter().for_each(|item| self.target(item)),
            Expr::Starred(starred) => self.target(&starred.value),
            _ => self.acts = true,
        }
    }
}

impl<'a> Visitor<'a> for Found {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.acts || stmt.end() <= self.from {
            return;
        }
        match stmt {
            Stmt::ClassDef(_) | Stmt::Delete(_) | Stmt::AugAssign(_) | Stmt::With(_) => self.acts = true,
            Stmt::FunctionDef(node) => self.acts |= !node.decorator_list.is_empty(),
            Stmt::Assign(node) => node.targets.iter().for_each(|target| self.target(target)),
            Stmt::AnnAssign(node) => self.target(&node.target),
            _ => {}
        }
        if !matches!(stmt, Stmt::FunctionDef(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.acts = true,
            Expr::Call(call) => match &*call.func {
                Expr::Name(name) if LOOKING.contains(&name.id.as_str()) => {}
                _ => self.acts = true,
            },
            _ => {}
        }
        if !self.acts {
            walk_expr(self, expr);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(source: &str) -> bool {
        acts(source, TextSize::from(0))
    }

    #[test]
    fn binding_names_and_looking_are_no_acts() {
        for source in [
            "import a.b\n",
            "x = y.z[0]\n",
            "def f(a=1):\n    g()\n",
            "print(a, len(b.c))\n",
            "lambda: f()\n",
        ] {
            assert!(!whole(source), "{source}");
        }
    }

    #[test]
    fn calls_classes_and_changed_objects_are_acts() {
        for source in [
            "x = f()\n",
            "class A: pass\n",
            "a.b = 1\n",
            "a[0], b = 1, 2\n",
            "x += y\n",
            "@f\ndef g(): pass\n",
        ] {
            assert!(whole(source), "{source}");
        }
    }

    #[test]
    fn what_ran_before_does_not_count() {
        let source = "f()\nx = 1\n";
        assert!(!acts(source, TextSize::from(4)));
    }
}
