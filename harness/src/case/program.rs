//! What a listing is as a program: whether it makes a declarative base, and how a fragment is completed.
//!
//! A fragment repeats a class of an earlier listing and leaves the rest out. It is completed from that listing's
//! text, statement by statement; whether the result holds together is for the world to say.

use crate::nesting::too_deep;
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_python_parser::parse_module;
use ruff_text_size::{Ranged, TextRange};
use std::collections::BTreeSet;

/// An earlier listing that makes a base, with the listings that went on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// 1-based line of the listing on its page.
    pub line: usize,
    /// Index of the page.
    pub page: usize,
    pub code: String,
    classes: BTreeSet<String>,
}

impl Program {
    pub fn new(page: usize, line: usize, code: &str) -> Self {
        Program { line, page, code: code.to_owned(), classes: class_names(code) }
    }

    /// Adds a listing that goes on with it.
    pub fn go_on(&mut self, code: &str) {
        self.code.push_str(code);
        self.classes.extend(class_names(code));
    }

    /// Whether it defines one of these classes.
    pub fn defines_one_of(&self, names: &BTreeSet<String>) -> bool {
        !self.classes.is_disjoint(names)
    }
}

fn suite(code: &str) -> Vec<Stmt> {
    if too_deep(code).is_some() {
        return Vec::new();
    }
    parse_module(code).map(|parsed| parsed.into_suite().to_vec()).unwrap_or_default()
}

/// The 1-based line on which `code` stops being Python, if it does.
pub fn syntax_error_line(code: &str) -> Option<usize> {
    if too_deep(code).is_some() {
        return None;
    }
    let error = parse_module(code).err()?;
    let before = code.get(..error.location.start().to_usize())?;
    Some(1 + before.matches('\n').count())
}

/// The last name of a dotted expression, or of what it calls.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        Expr::Call(call) => last_name(&call.func),
        _ => None,
    }
}

fn makes_base_statement(statement: &Stmt) -> bool {
    let called = |value: &Expr| {
        matches!(value, Expr::Call(_))
            && matches!(
                last_name(value),
                Some("declarative_base" | "automap_base" | "generate_base" | "registry")
            )
    };
    match statement {
        Stmt::Assign(assign) => called(&assign.value),
        Stmt::AnnAssign(assign) => assign.value.as_deref().is_some_and(called),
        Stmt::ClassDef(class) => {
            let bases = class.arguments.as_deref().map(|arguments| &*arguments.args).unwrap_or_default();
            bases.iter().any(|base| {
                called(base) || matches!(last_name(base), Some("DeclarativeBase" | "DeclarativeBaseNoMeta"))
            }) || class.decorator_list.iter().any(|decorator| {
                matches!(last_name(&decorator.expression), Some("as_declarative" | "as_declarative_base"))
            })
        }
        _ => false,
    }
}

/// Whether a listing makes a declarative base.
pub fn makes_base(code: &str) -> bool {
    suite(code).iter().any(makes_base_statement)
}

fn classes(suite: &[Stmt]) -> impl Iterator<Item = &StmtClassDef> {
    suite.iter().filter_map(|statement| match statement {
        Stmt::ClassDef(class) => Some(class),
        _ => None,
    })
}

/// The classes that a source defines.
pub fn class_names(code: &str) -> BTreeSet<String> {
    if !code.contains("class ") {
        return BTreeSet::new();
    }
    classes(&suite(code)).map(|class| class.name.to_string()).collect()
}

fn slice(code: &str, range: TextRange) -> &str {
    code.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
}

/// Whether a comment says that something is left out.
fn is_elision(comment: &str) -> bool {
    let body = comment.trim_start_matches('#').trim();
    body == "..." || body == "…" || body.starts_with("... ") || (body.starts_with('<') && body.ends_with('>'))
}

/// Whether a class says that it leaves members out.
fn elides(code: &str, class: &StmtClassDef) -> bool {
    let dots = class.body.iter().any(|statement| match statement {
        Stmt::Expr(expression) => matches!(*expression.value, Expr::EllipsisLiteral(_)),
        _ => false,
    });
    // Comments at the end of a body lie after its last statement.
    let tail = code.get(class.end().to_usize()..).unwrap_or("");
    let after = tail.lines().skip(1).take_while(|line| line.starts_with([' ', '\t']));
    let marked = slice(code, class.range()).lines().chain(after).any(|line| {
        let line = line.trim();
        line.starts_with('#') && is_elision(line)
    });
    dots || marked
}

/// The name that a statement of a class body gives.
fn member(statement: &Stmt) -> Option<&str> {
    match statement {
        Stmt::Assign(assign) => match assign.targets.as_slice() {
            [Expr::Name(name)] => Some(name.id.as_str()),
            _ => None,
        },
        Stmt::AnnAssign(assign) => match &*assign.target {
            Expr::Name(name) => Some(name.id.as_str()),
            _ => None,
        },
        Stmt::FunctionDef(function) => Some(function.name.as_str()),
        Stmt::ClassDef(class) => Some(class.name.as_str()),
        _ => None,
    }
}

fn maps_itself(class: &StmtClassDef) -> bool {
    class.body.iter().any(|statement| matches!(member(statement), Some("__tablename__" | "__table__")))
}

/// Whether a statement only defines something, so that taking it over shows nothing.
fn defines(statement: &Stmt) -> bool {
    matches!(
        statement,
        Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::ClassDef(_)
            | Stmt::FunctionDef(_)
            | Stmt::Assign(_)
            | Stmt::AnnAssign(_)
            | Stmt::TypeAlias(_)
            | Stmt::If(_)
            | Stmt::Try(_)
    )
}

/// The statement's text with its first line's indentation, so that it can stand in a body.
fn text_of(code: &str, statement: &Stmt) -> String {
    let start = statement.start().to_usize();
    let line_start = code[..start].rfind('\n').map_or(0, |at| at + 1);
    let margin = &code[line_start..start];
    let margin = if margin.trim().is_empty() { margin } else { "" };
    format!("{margin}{}\n", slice(code, statement.range()))
}

/// A class with the earlier one's members, and its own in place of those that it shows.
fn merged(code: &str, class: &StmtClassDef, base_code: &str, base: &StmtClassDef) -> String {
    let body_start = class.body.first().map_or(class.end(), Ranged::start).to_usize();
    let header = code.get(class.start().to_usize()..body_start).unwrap_or("");
    // Up to the colon that opens the body; comments after it are left behind.
    let header: String =
        header.lines().take_while(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n");
    let mut text = format!("{}\n", header.trim_end());
    let margin = |code: &str, statement: &Stmt| {
        let start = statement.start().to_usize();
        let line_start = code[..start].rfind('\n').map_or(0, |at| at + 1);
        code[line_start..start].to_owned()
    };
    let own_margin = base.body.first().map_or_else(|| "    ".to_owned(), |first| margin(base_code, first));
    let own_margin =
        if own_margin.trim().is_empty() && !own_margin.is_empty() { own_margin } else { "    ".to_owned() };
    let shown: Vec<&Stmt> = class
        .body
        .iter()
        .filter(|statement| {
            !matches!(statement, Stmt::Expr(expression) if matches!(*expression.value, Expr::EllipsisLiteral(_)))
        })
        .collect();
    let mut put = |code: &str, statement: &Stmt| {
        let body = text_of(code, statement);
        let old = margin(code, statement);
        for (index, line) in body.lines().enumerate() {
            let line =
                line.strip_prefix(old.as_str()).unwrap_or(if index == 0 { line.trim_start() } else { line });
            text.push_str(&own_margin);
            text.push_str(line);
            text.push('\n');
        }
    };
    let mut used = vec![false; shown.len()];
    for statement in &base.body {
        let name = member(statement);
        // Of a name given twice (a property and its setter), the page's statements take the first one's place.
        let replaced = name.is_some() && shown.iter().any(|own| member(own) == name);
        if !replaced {
            put(base_code, statement);
            continue;
        }
        for (own, used) in shown.iter().zip(&mut used) {
            if member(own) == name && !*used {
                *used = true;
                put(code, own);
            }
        }
    }
    for (own, used) in shown.iter().zip(&used) {
        if !used {
            put(code, own);
        }
    }
    text
}

/// `fragment` made whole with what `program` defines, or nothing where they share no class.
pub fn complete(fragment: &str, program: &str) -> Option<String> {
    let own = suite(fragment);
    let base = suite(program);
    let names: BTreeSet<&str> = classes(&own).map(|class| class.name.as_str()).collect();
    if !classes(&base).any(|class| names.contains(class.name.as_str())) {
        return None;
    }
    let last_class = base.iter().rposition(|statement| matches!(statement, Stmt::ClassDef(_)))?;
    let mut code = String::new();
    // Imports come first: a completed class may need them.
    for statement in &own {
        if matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)) && !is_future(statement) {
            code.push_str(&text_of(fragment, statement));
        }
    }
    for statement in &base[..=last_class] {
        if is_future(statement) {
            code.insert_str(0, &text_of(program, statement));
            continue;
        }
        if !defines(statement) {
            continue;
        }
        let repeated = match statement {
            Stmt::ClassDef(earlier) => {
                classes(&own).find(|class| class.name.id == earlier.name.id).map(|class| (class, earlier))
            }
            _ => None,
        };
        match repeated {
            Some((class, earlier))
                if elides(fragment, class) || (maps_itself(earlier) && !maps_itself(class)) =>
            {
                code.push_str(&merged(fragment, class, program, earlier));
            }
            Some((class, _)) => {
                code.push_str(slice(fragment, class.range()));
                code.push('\n');
            }
            None => code.push_str(&text_of(program, statement)),
        }
    }
    for statement in &own {
        let taken = match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => true,
            Stmt::ClassDef(class) => classes(&base).any(|earlier| earlier.name.id == class.name.id),
            _ => false,
        };
        if !taken {
            code.push_str(&text_of(fragment, statement));
        }
    }
    Some(code)
}

fn is_future(statement: &Stmt) -> bool {
    matches!(statement, Stmt::ImportFrom(import) if import.module.as_ref().is_some_and(|module| module.as_str() == "__future__"))
}

#[cfg(test)]
mod tests {
    use super::{Program, class_names, complete, makes_base};

    const FULL: &str = "from sqlalchemy.orm import relationship\nBase = declarative_base()\n\nclass Shop(Base):\n    __tablename__ = 'shop'\n    id = Column(Integer, primary_key=True)\n    carts = relationship('Cart')\n\n    def size(self):\n        return len(self.carts)\n\nclass Cart(Base):\n    __tablename__ = 'cart'\n\nprint(Shop)\n";

    #[test]
    fn a_base_is_made_by_a_call_or_by_a_class() {
        assert!(makes_base("Base = declarative_base()\n"));
        assert!(makes_base("Base = orm.declarative_base()\n"));
        assert!(makes_base("class Base(DeclarativeBase):\n    pass\n"));
        assert!(!makes_base("from sqlalchemy.orm import DeclarativeBase\nclass A(Base): pass\n"));
    }

    #[test]
    fn an_elided_class_keeps_the_members_that_it_does_not_show() {
        let fragment = "class Shop(Base):\n    # ...\n    carts = relationship('Cart', uselist=False)\n";
        let code = complete(fragment, FULL).unwrap_or_default();
        assert_eq!(
            code,
            "from sqlalchemy.orm import relationship\nBase = declarative_base()\nclass Shop(Base):\n    __tablename__ = 'shop'\n    id = Column(Integer, primary_key=True)\n    carts = relationship('Cart', uselist=False)\n    def size(self):\n        return len(self.carts)\nclass Cart(Base):\n    __tablename__ = 'cart'\n"
        );
    }

    #[test]
    fn a_whole_class_replaces_and_imports_are_added() {
        let fragment = "# <other imports>\nfrom x import backref\nclass Shop(Base):\n    __tablename__ = 'shop'\n    only = 1\n";
        let code = complete(fragment, FULL).unwrap_or_default();
        assert!(code.starts_with("from x import backref\n"));
        assert!(code.contains("only = 1") && !code.contains("primary_key") && !code.contains("print"));
    }

    #[test]
    fn another_class_is_no_fragment() {
        let full = Program::new(0, 1, FULL);
        assert!(full.defines_one_of(&class_names("class Cart(Base):\n    pass\n")));
        assert!(!full.defines_one_of(&class_names("class Till(Base):\n    pass\n")));
        assert_eq!(complete("class Till(Base):\n    pass\n", FULL), None);
    }
}
