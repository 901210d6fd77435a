//! Whether source that was not run could have done more than bind names.
//!
//! Only syntax is looked at, and what its names stand for. Reading an attribute does not count, though it can load; calls do,
//! but for those of builtins that only look at what they are given, and those that only make a statement or an expression.

use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{CmpOp, Comprehension, Expr, ExprCall, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextSize};

/// Builtins that change nothing by themselves.
const LOOKING: &[&str] =
    &["print", "len", "repr", "str", "type", "isinstance", "issubclass", "hasattr", "id", "callable", "vars"];

/// Whether the statements of `source` that end after `from` could have changed what others see.
pub fn acts(source: &str, from: TextSize, meaning: &dyn Meaning) -> bool {
    let Ok(parsed) = ruff_python_parser::parse_module(source) else { return false };
    let mut found = Found { from, meaning, acts: false };
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

/// What is known of the values that a source's names have.
pub trait Meaning {
    /// Whether `a.b.c` is of a library whose values can be read without changing anything.
    fn is_of_library(&self, path: &[&str]) -> bool;

    /// Whether a call of `a.b.c` makes an expression, a statement or an option of such a library, and does nothing else.
    fn only_makes(&self, path: &[&str]) -> bool;

    /// Whether a method of this name of such a library's values makes another one of them, and does nothing else.
    fn only_refines(&self, method: &str) -> bool;

    /// Whether iterating over a name's value runs nothing.
    fn is_plain(&self, name: &str) -> bool;
}

struct Found<'s> {
    from: TextSize,
    meaning: &'s dyn Meaning,
    acts: bool,
}

impl Found<'_> {
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

    /// Unpacking and iterating run a query.
    fn iterated(&mut self, expr: &Expr) {
        let is_plain = match expr {
            Expr::Name(name) => self.meaning.is_plain(&name.id),
            Expr::Attribute(_) => path(expr).is_some_and(|path| !self.meaning.is_of_library(&path)),
            Expr::Tuple(_)
            | Expr::List(_)
            | Expr::Set(_)
            | Expr::Dict(_)
            | Expr::StringLiteral(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_) => true,
            _ => false,
        };
        self.acts |= !is_plain;
    }

    fn call(&mut self, call: &ExprCall) {
        if let Expr::Name(name) = &*call.func
            && LOOKING.contains(&name.id.as_str())
        {
            return;
        }
        self.acts |= !self.makes(call);
    }

    /// Whether a call only makes a value of the library; what it is given is looked at for itself.
    fn makes(&self, call: &ExprCall) -> bool {
        if path(&call.func).is_some_and(|path| self.meaning.only_makes(&path)) {
            return true;
        }
        let Expr::Attribute(method) = &*call.func else { return false };
        self.meaning.only_refines(&method.attr) && self.is_made(&method.value)
    }

    /// Whether a value is the library's: by its name, or made by a call that does nothing else.
    fn is_made(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Call(call) => self.makes(call),
            Expr::Attribute(node) if path(expr).is_none() => self.is_made(&node.value),
            _ => path(expr).is_some_and(|path| self.meaning.is_of_library(&path)),
        }
    }
}

/// `a.b.c` as its names.
fn path(expr: &Expr) -> Option<Vec<&str>> {
    match expr {
        Expr::Name(name) => Some(vec![name.id.as_str()]),
        Expr::Attribute(node) => {
            let mut path = path(&node.value)?;
            path.push(node.attr.as_str());
            Some(path)
        }
        _ => None,
    }
}

impl<'a> Visitor<'a> for Found<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        if self.acts || stmt.end() <= self.from {
            return;
        }
        match stmt {
            Stmt::ClassDef(_) | Stmt::Delete(_) | Stmt::AugAssign(_) | Stmt::With(_) => self.acts = true,
            Stmt::FunctionDef(node) => self.acts |= !node.decorator_list.is_empty(),
            Stmt::Assign(node) => {
                node.targets.iter().for_each(|target| self.target(target));
                if node.targets.iter().any(|target| !target.is_name_expr()) {
                    self.iterated(&node.value);
                }
            }
            Stmt::AnnAssign(node) => self.target(&node.target),
            Stmt::For(node) => self.iterated(&node.iter),
            _ => {}
        }
        if !matches!(stmt, Stmt::FunctionDef(_)) {
            walk_stmt(self, stmt);
        }
    }

    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.iterated(&comprehension.iter);
        walk_comprehension(self, comprehension);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.acts = true,
            Expr::Call(call) => self.call(call),
            Expr::Starred(starred) if starred.ctx == ExprContext::Load => self.iterated(&starred.value),
            Expr::Subscript(node) => self.acts |= matches!(*node.value, Expr::Call(_)),
            Expr::Compare(node) if node.ops.iter().any(|op| matches!(op, CmpOp::In | CmpOp::NotIn)) => {
                node.comparators.iter().for_each(|within| self.iterated(within));
            }
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

    /// `select` and `User` are the library's, `query` is one of its values, `names` a list.
    struct Known;

    impl Meaning for Known {
        fn is_of_library(&self, path: &[&str]) -> bool {
            matches!(path, ["User", "name"] | ["query", ..] | ["session"])
        }

        fn only_makes(&self, path: &[&str]) -> bool {
            matches!(path, ["select"])
        }

        fn only_refines(&self, method: &str) -> bool {
            matches!(method, "where" | "in_" | "compile" | "query")
        }

        fn is_plain(&self, name: &str) -> bool {
            name == "names"
        }
    }

    fn whole(source: &str) -> bool {
        acts(source, TextSize::from(0), &Known)
    }

    #[test]
    fn binding_names_and_looking_are_no_acts() {
        for source in [
            "import a.b\n",
            "x = y.z[0]\n",
            "def f(a=1):\n    g()\n",
            "print(a, len(b.c))\n",
            "lambda: f()\n",
            "for name in names: print(name)\n",
            "a, b = names\n",
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
    fn making_a_statement_is_no_act_and_running_one_is() {
        for source in [
            "print(select(User).where(User.name.in_(names)).compile())\n",
            "s = select(User.name).where(User.name == 'a')\n",
            "print(session.query(User).where(User.id > 1))\n",
        ] {
            assert!(!whole(source), "{source}");
        }
        for source in [
            "session.query(User).all()\n",
            "select(f()).where(User.id)\n",
            "select(User).where(f())\n",
            "cart.where(1)\n",
            "for user in query: pass\n",
            "[user for user in query]\n",
            "first, second = query\n",
            "f'{[*query]}'\n",
            "user in query\n",
            "session.query(User)[0]\n",
            "for user in session.query(User): pass\n",
        ] {
            assert!(whole(source), "{source}");
        }
    }

    #[test]
    fn what_ran_before_does_not_count() {
        let source = "f()\nx = 1\n";
        assert!(!acts(source, TextSize::from(4), &Known));
    }
}
