//! What the Python parser says about a piece of a page: whether it is a program, and where it stops being one.
//!
//! Only syntax is asked for; nothing is run. Source that nests too deeply is no program.

use crate::nesting::too_deep;
use regex::Regex;
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_module, parse_unchecked};
use ruff_text_size::Ranged;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Whether `code` parses as a module.
pub(super) fn parses(code: &str) -> bool {
    too_deep(code).is_none() && parse_module(code).is_ok()
}

static PRINT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^([ \t]*)print ((?:>>|["']|[0-9]|[A-Za-z_]\w*(?:[.(\[,]| [%+]|[ \t]*$)))"#).ok()
});

/// The code with each of Python 2's `print` statements as an assignment of the same length.
pub(super) fn with_prints_assigned(code: &str) -> Cow<'_, str> {
    match PRINT.as_ref() {
        Some(print) => print.replace_all(code, "${1}prin= ${2}"),
        None => Cow::Borrowed(code),
    }
}

/// Whether more lines could belong to `code`: it does not parse yet, or it ends in a block.
pub(super) fn is_open(code: &str) -> bool {
    if too_deep(code).is_some() {
        return true;
    }
    parse_module(code).map_or(true, |parsed| parsed.suite().last().is_some_and(is_block))
}

/// Whether a statement has a body of its own.
fn is_block(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::FunctionDef(_)
            | Stmt::ClassDef(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::If(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_)
    )
}

/// Whether `code` parses and does something: a bare word or number is Python too, but no program.
pub(super) fn is_program(code: &str) -> bool {
    if too_deep(code).is_some() {
        return false;
    }
    parse_module(code).is_ok_and(|parsed| parsed.suite().iter().any(|statement| !is_weak(statement)))
}

/// Whether `code` ends in an expression whose value a notebook would show: calls of `print()` show themselves.
pub(super) fn ends_in_value(code: &str) -> bool {
    if too_deep(code).is_some() {
        return false;
    }
    let Ok(parsed) = parse_module(code) else { return false };
    match parsed.suite().last() {
        Some(Stmt::Expr(statement)) => !is_print(&statement.value),
        _ => false,
    }
}

fn is_print(expression: &Expr) -> bool {
    match expression {
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Name(name) if name.id == "print" || name.id == "pprint")
        }
        _ => false,
    }
}

/// Where values begin that stand after the code of a program and are written out: what it shows, and no code.
///
/// Nothing where the program does not end in something that shows.
pub(super) fn trailing_values(code: &str) -> Option<usize> {
    if too_deep(code).is_some() {
        return None;
    }
    let parsed = parse_module(code).ok()?;
    let suite = parsed.suite();
    let values = suite.iter().rev().take_while(|statement| is_written_out(statement, code)).count();
    let first = suite.len() - values;
    let before = suite.get(first.checked_sub(1)?)?;
    let shows = match before {
        Stmt::Expr(_) => true,
        statement => code[statement.range()].contains("print("),
    };
    (values > 0 && shows).then(|| suite[first].start().to_usize())
}

/// Whether a statement is a value written out, as no program has one.
fn is_written_out(statement: &Stmt, code: &str) -> bool {
    fn constant(expression: &Expr) -> bool {
        match expression {
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_) => true,
            Expr::Tuple(tuple) => tuple.elts.iter().all(constant),
            Expr::List(list) => list.elts.iter().all(constant),
            Expr::Dict(dict) => {
                dict.items.iter().all(|item| item.key.as_ref().is_some_and(constant) && constant(&item.value))
            }
            _ => false,
        }
    }
    let text = &code[statement.range()];
    match statement {
        Stmt::Expr(expression) => {
            constant(&expression.value) && !text.starts_with("\"\"\"") && !text.starts_with("'''")
        }
        _ => false,
    }
}

/// Where `code` first stops being Python, as a byte offset.
pub(super) fn first_error(code: &str) -> Option<usize> {
    if too_deep(code).is_some() {
        return Some(0);
    }
    let parsed = parse_unchecked(code, ParseOptions::from(Mode::Module));
    parsed.errors().iter().map(|error| error.location.start().to_usize().min(code.len())).min()
}

/// Where the last statement ends that is not just words which happen to parse, as a byte offset.
pub(super) fn end_of_last_strong_statement(code: &str) -> Option<usize> {
    let parsed = parse_module(code).ok()?;
    let suite = parsed.suite();
    let words = suite.iter().position(|statement| is_heading(statement, code)).unwrap_or(suite.len());
    suite[..words]
        .iter()
        .rev()
        .find(|statement| !is_weak(statement))
        .map(|statement| statement.end().to_usize())
}

/// Whether the last statement of `code` only binds names: it imports or defines.
pub(super) fn ends_by_binding(code: &str) -> bool {
    let Ok(parsed) = parse_module(code) else { return false };
    parsed.suite().last().is_some_and(|statement| {
        matches!(statement, Stmt::ClassDef(_) | Stmt::FunctionDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_))
    })
}

/// Whether a statement is a heading whose words happen to parse: `Many-to-Many`.
fn is_heading(statement: &Stmt, code: &str) -> bool {
    fn words(expression: &Expr) -> bool {
        match expression {
            Expr::Name(_) => true,
            Expr::BinOp(operation) => words(&operation.left) && words(&operation.right),
            _ => false,
        }
    }
    let start = statement.start().to_usize();
    let begins = code[start..].starts_with(char::is_uppercase) && !code[..start].ends_with([' ', ';']);
    begins && matches!(statement, Stmt::Expr(expression) if words(&expression.value))
}

/// A statement that prose can look like.
fn is_weak(statement: &Stmt) -> bool {
    match statement {
        Stmt::Expr(expression) => {
            !matches!(*expression.value, Expr::Call(_) | Expr::Await(_) | Expr::Yield(_))
        }
        Stmt::AnnAssign(assign) => {
            assign.value.is_none() && !matches!(*assign.annotation, Expr::Subscript(_))
        }
        _ => false,
    }
}
