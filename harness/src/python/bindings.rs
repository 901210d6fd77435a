//! Which names a source binds where it stands, statement by statement; nothing is run.

use indexmap::IndexSet;
use ruff_python_ast::{Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextSize};

/// Names that statements ending after `from` bind in their own scope, each once, in the order of the source.
///
/// A source that does not parse binds nothing.
pub fn bound_names(source: &str, from: TextSize) -> IndexSet<String> {
    let mut names = IndexSet::new();
    if let Ok(parsed) = ruff_python_parser::parse_module(source) {
        block(&parsed.into_syntax().body, from, &mut names);
    }
    names
}

fn block(body: &[Stmt], from: TextSize, names: &mut IndexSet<String>) {
    for stmt in body.iter().filter(|stmt| stmt.end() > from) {
        statement(stmt, from, names);
    }
}

fn statement(stmt: &Stmt, from: TextSize, names: &mut IndexSet<String>) {
    match stmt {
        Stmt::FunctionDef(node) => add(&node.name, names),
        Stmt::ClassDef(node) => add(&node.name, names),
        Stmt::Assign(node) => node.targets.iter().for_each(|target| targets(target, names)),
        Stmt::AugAssign(node) => targets(&node.target, names),
        Stmt::AnnAssign(node) => targets(&node.target, names),
        Stmt::TypeAlias(node) => targets(&node.name, names),
        Stmt::For(node) => {
            targets(&node.target, names);
            block(&node.body, from, names);
            block(&node.orelse, from, names);
        }
        Stmt::While(node) => {
            block(&node.body, from, names);
            block(&node.orelse, from, names);
        }
        Stmt::If(node) => {
            block(&node.body, from, names);
            for clause in &node.elif_else_clauses {
                block(&clause.body, from, names);
            }
        }
        Stmt::With(node) => {
            for item in &node.items {
                if let Some(target) = &item.optional_vars {
                    targets(target, names);
                }
            }
            block(&node.body, from, names);
        }
        Stmt::Match(node) => {
            for case in &node.cases {
                pattern(&case.pattern, names);
                block(&case.body, from, names);
            }
        }
        Stmt::Try(node) => {
            block(&node.body, from, names);
            for handler in &node.handlers {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                block(&handler.body, from, names);
            }
            block(&node.orelse, from, names);
            block(&node.finalbody, from, names);
        }
        Stmt::Import(node) => {
            for alias in &node.names {
                let name = alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str());
                add(name.split('.').next().unwrap_or(name), names);
            }
        }
        Stmt::ImportFrom(node) => {
            for alias in &node.names {
                add(alias.asname.as_ref().unwrap_or(&alias.name), names);
            }
        }
        Stmt::Return(_)
        | Stmt::Delete(_)
        | Stmt::Raise(_)
        | Stmt::Assert(_)
        | Stmt::Global(_)
        | Stmt::Nonlocal(_)
        | Stmt::Expr(_)
        | Stmt::Pass(_)
        | Stmt::Break(_)
        | Stmt::Continue(_)
        | Stmt::IpyEscapeCommand(_) => {}
    }
}

/// The names among what is assigned to.
fn targets(target: &Expr, names: &mut IndexSet<String>) {
    match target {
        Expr::Name(name) => add(&name.id, names),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| targets(item, names)),
        Expr::List(list) => list.elts.iter().for_each(|item| targets(item, names)),
        Expr::Starred(starred) => targets(&starred.value, names),
        _ => {}
    }
}

fn pattern(of: &Pattern, names: &mut IndexSet<String>) {
    match of {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchSequence(node) => node.patterns.iter().for_each(|item| pattern(item, names)),
        Pattern::MatchMapping(node) => {
            node.patterns.iter().for_each(|item| pattern(item, names));
            node.rest.iter().for_each(|rest| add(rest, names));
        }
        Pattern::MatchClass(node) => {
            node.arguments.patterns.iter().for_each(|item| pattern(item, names));
            node.arguments.keywords.iter().for_each(|keyword| pattern(&keyword.pattern, names));
        }
        Pattern::MatchStar(node) => node.name.iter().for_each(|name| add(name, names)),
        Pattern::MatchAs(node) => {
            node.pattern.iter().for_each(|item| pattern(item, names));
            node.name.iter().for_each(|name| add(name, names));
        }
        Pattern::MatchOr(node) => node.patterns.iter().for_each(|item| pattern(item, names)),
    }
}

fn add(name: &str, names: &mut IndexSet<String>) {
    names.insert(name.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_bound_after_a_place_are_found_in_order_and_once() {
        let source = "import a.b\nfrom c import d as e\nx, (y, *z) = 1, (2, 3)\nwith f() as g:\n    x = h = 1\ndef i(): j = 1\n";
        let names = |from: u32| Vec::from_iter(bound_names(source, TextSize::from(from)));
        assert_eq!(names(0), ["a", "e", "x", "y", "z", "g", "h", "i"]);
        let place = u32::try_from(source.find("with").unwrap_or(0)).unwrap_or(0);
        assert_eq!(names(place), ["g", "x", "h", "i"]);
    }

    #[test]
    fn a_source_that_does_not_parse_binds_nothing() {
        assert!(bound_names("x = = 1\n", TextSize::from(0)).is_empty());
    }
}
