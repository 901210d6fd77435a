//! Statements to text.
//!
//! One pass writes text with a mark for each bind; the marks become placeholders once the order of the text is
//! known. Names of anonymous binds, aliases and labels share one count for each stem, in order of appearance.

mod around;
mod ddl;
pub(crate) mod ddl_text;
mod ddl_types;
mod dialect;
mod dml;
mod expr;
mod from;
pub(crate) mod ident;
mod labels;
mod reserved;
mod select;
pub(crate) mod types;
mod upsert;
mod window;

pub use dialect::Dialect;
pub(crate) use labels::result_names;

use self::select::Place;
use super::Statement;
use super::expr::{Bind, Expr, Late, Token};
use super::from::{Alias, FromItem};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Column, SqlType};
use crate::value::Value;
use crate::version::{Behaviour, Profile};
use indexmap::IndexMap;
use std::fmt::Write as _;
use std::rc::Rc;

/// A compiled statement.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The text as `print()` shows it: `IN` lists that are bound at execution are not written out.
    pub text: String,
    /// Binds in the order of their placeholders; for `:name` placeholders one that appears twice is listed twice.
    pub binds: Vec<CompiledBind>,
    /// Result columns: name, type, in order.
    pub columns: Vec<CompiledColumn>,
    /// Columns of an insert or update whose default is worked out for each execution, with the bind that takes it.
    pub prefetch: Vec<Column>,
    /// Columns that the database fills as the row is written, other than the key it generates.
    pub postfetch: Vec<Column>,
    /// For an insert that may be sent in batches: where its `VALUES` row lies in the pieces.
    pub values_row: Option<(usize, usize)>,
    /// Whether the columns are those of the rows by name, and not by place.
    pub by_name: bool,
    pub(crate) pieces: Vec<Piece>,
    /// Whose behaviour it was compiled with.
    pub(crate) profile: Profile,
}

/// Text between placeholders, or the place of one.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(String),
    /// Which bind.
    Bind(usize),
}

/// One bind of a compiled statement.
#[derive(Debug, Clone)]
pub struct CompiledBind {
    pub name: Rc<str>,
    pub value: Option<Value>,
    pub late: Option<Late>,
    /// The types of a row, where an `IN` has rows: its values are theirs, one after the other.
    pub tuple: Option<Rc<[SqlType]>>,
    pub expanding: Option<Vec<Value>>,
    pub ty: SqlType,
    /// Which bind of the expression tree it is; `None` for one made while compiling.
    pub(crate) token: Option<Token>,
    /// Written by an insert or update for this column's key.
    pub for_column: bool,
    /// What stands before and after each value of a list.
    pub(crate) around: Option<(Rc<str>, Rc<str>)>,
}

/// One column of a compiled statement's rows.
#[derive(Debug, Clone)]
pub struct CompiledColumn {
    pub name: Rc<str>,
    pub ty: SqlType,
}

/// Marks a bind in text that is being put together. Private characters, refused in what a document names.
const OPEN: char = '\u{F0000}';
const CLOSE: char = '\u{F0001}';
/// Marks the start and end of an insert's row.
const ROW: char = '\u{F0002}';

/// How deep statements and expressions may nest.
const MAX_DEPTH: u32 = 400;

/// How a statement will be executed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Execution<'a> {
    /// Names of the parameters; `None` for a statement that is only printed.
    pub parameters: Option<&'a [Rc<str>]>,
    /// With several sets of them.
    pub many: bool,
    /// Whether values are written out in place of parameters.
    pub literal_binds: bool,
}

/// Compiles a statement.
///
/// # Errors
///
/// `CompileError` for what the library does not write; `Unsupported` for what this engine does not.
pub fn compile(
    profile: Profile,
    dialect: Dialect,
    statement: &Statement,
    execution: Execution<'_>,
) -> Result<Compiled> {
    let mut compiler = Compiler::new(profile, dialect, execution.parameters);
    compiler.many = execution.many;
    compiler.literal_binds = execution.literal_binds;
    compiler.values_given = matches!(statement, Statement::Insert(insert)
        if !matches!(insert.values, super::InsertValues::FromParameters));
    let text = match statement {
        Statement::Select(select) => compiler.select(select, Place::Top)?,
        Statement::Compound(compound) => compiler.compound(compound, Place::Top)?,
        Statement::Textual(textual) => compiler.textual(textual, Place::Top)?,
        Statement::Insert(insert) => compiler.insert(insert)?,
        Statement::Update(update) => compiler.update(update)?,
        Statement::Delete(delete) => compiler.delete(delete)?,
        Statement::Text(text) => compiler.text_clause(text)?,
        Statement::Ddl(text) => text.to_string(),
    };
    let text = compiler.with_ctes(text);
    compiler.finish(&text)
}

/// Where one select stands in others: what an inner one may correlate to.
#[derive(Debug, Clone, Default)]
pub(super) struct Enclosing {
    pub(super) correlate: Vec<FromItem>,
    pub(super) nearest: Vec<FromItem>,
}

/// One compilation.
#[expect(clippy::struct_excessive_bools, reason = "independent circumstances of what is written")]
pub(super) struct Compiler<'a> {
    pub(super) profile: Profile,
    pub(super) dialect: Dialect,
    /// Names of the parameters that will be given.
    pub(super) parameters: Option<&'a [Rc<str>]>,
    pub(super) many: bool,
    /// Whether the statement has `values()`, even empty ones.
    pub(super) values_given: bool,
    pub(super) binds: Vec<CompiledBind>,
    counters: IndexMap<String, u32>,
    /// Names given to anonymous things, by identity and stem.
    anonymous: IndexMap<(usize, String), Rc<str>>,
    pub(super) stack: Vec<Enclosing>,
    /// Columns and labels of the select whose `ORDER BY` is written.
    pub(super) labelled: Vec<Expr>,
    /// What a string can name in the `ORDER BY` or `GROUP BY` that is written.
    pub(super) resolvable: Vec<(Rc<str>, Expr)>,
    pub(super) columns: Vec<CompiledColumn>,
    pub(super) by_name: bool,
    pub(super) prefetch: Vec<Column>,
    pub(super) postfetch: Vec<Column>,
    /// Common table expressions met, with their text.
    pub(super) ctes: Vec<(Alias, String)>,
    /// Whether columns are written without their table, as in SQLite's `RETURNING`.
    pub(super) bare_columns: bool,
    /// Whether values are written out, as DDL needs.
    pub(super) literal_binds: bool,
    depth: u32,
    /// What stands for this parameter in the expression that a type has around another.
    hole: Option<(Token, String)>,
    /// The next select is one of those whose columns are the result's.
    pub(super) wraps_columns: bool,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(profile: Profile, dialect: Dialect, parameters: Option<&'a [Rc<str>]>) -> Self {
        Compiler {
            profile,
            dialect,
            parameters,
            many: false,
            values_given: false,
            binds: Vec::new(),
            counters: IndexMap::new(),
            anonymous: IndexMap::new(),
            stack: Vec::new(),
            labelled: Vec::new(),
            resolvable: Vec::new(),
            columns: Vec::new(),
            by_name: false,
            prefetch: Vec::new(),
            postfetch: Vec::new(),
            ctes: Vec::new(),
            bare_columns: false,
            literal_binds: false,
            depth: 0,
            hole: None,
            wraps_columns: false,
        }
    }

    pub(super) fn has(&self, behaviour: Behaviour) -> bool {
        self.profile.has(behaviour)
    }

    pub(super) fn sqlite(&self) -> bool {
        self.dialect == Dialect::Sqlite
    }

    /// Whether `true` stands alone as a condition.
    pub(super) fn has_booleans(&self) -> bool {
        matches!(self.dialect, Dialect::Default | Dialect::Postgresql)
    }

    /// Counts nesting, so that a document cannot exhaust the stack.
    pub(super) fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::unsupported("an SQL expression nested more than 400 deep"));
        }
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// The name of something anonymous: its stem and a number, the same for the same identity.
    pub(super) fn anonymous_name(&mut self, identity: usize, stem: &str) -> Rc<str> {
        let key = (identity, stem.to_owned());
        if let Some(name) = self.anonymous.get(&key) {
            return name.clone();
        }
        let count = self.counters.entry(stem.to_owned()).or_insert(0);
        *count += 1;
        let name: Rc<str> = Rc::from(format!("{stem}_{count}"));
        self.anonymous.insert(key, name.clone());
        name
    }

    /// A placeholder for a bind of the tree.
    pub(super) fn bind(&mut self, bind: &Bind) -> Result<String> {
        if let Some((hole, text)) = &self.hole
            && *hole == bind.token
        {
            return Ok(text.clone());
        }
        let text = self.bare_bind(bind)?;
        if bind.expanding.is_some() { Ok(text) } else { self.around_bind(&bind.ty, text) }
    }

    fn bare_bind(&mut self, bind: &Bind) -> Result<String> {
        if self.literal_binds {
            self.only_known("values written out")?;
            if let Some(values) = &bind.expanding {
                let texts: Vec<String> = values.iter().map(literal).collect();
                let texts = match &bind.tuple {
                    Some(types) => texts
                        .chunks(types.len().max(1))
                        .map(|row| format!("({})", row.join(", ")))
                        .collect::<Vec<_>>(),
                    None => texts,
                };
                return Ok(format!("({})", texts.join(", ")));
            }
            if let Some(value) = &bind.value {
                return Ok(literal(value));
            }
        }
        let name = if bind.unique {
            self.anonymous_name(bind.token.address(), &sanitize(&bind.key))
        } else {
            bind.key.clone()
        };
        let around = if bind.expanding.is_some() { self.around_values(&bind.ty)? } else { None };
        self.place(CompiledBind {
            around,
            name,
            value: bind.value.clone(),
            late: bind.late.clone(),
            tuple: bind.tuple.clone(),
            expanding: bind.expanding.clone(),
            ty: bind.ty.clone(),
            token: Some(bind.token.clone()),
            for_column: false,
        })
    }

    /// A placeholder for a bind.
    pub(super) fn place(&mut self, bind: CompiledBind) -> Result<String> {
        let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if self.dialect != Dialect::Mysql && !bind.name.chars().all(plain) {
            self.only_known("a parameter of such a name")?;
        }
        let cast = if bind.expanding.is_none() { self.after_placeholder(&bind.ty)? } else { "" };
        self.binds.push(bind);
        Ok(format!("{OPEN}{}{CLOSE}{cast}", self.binds.len() - 1))
    }

    /// An identifier, quoted where the dialect needs it.
    pub(super) fn ident(&self, name: &str, quote: Option<bool>) -> Result<String> {
        check_text(name)?;
        Ok(ident::quote(self.dialect, name, quote))
    }

    /// Puts common table expressions before the statement.
    fn with_ctes(&mut self, text: String) -> String {
        if self.ctes.is_empty() {
            return text;
        }
        let recursive = self
            .ctes
            .iter()
            .any(|(alias, _)| matches!(alias.kind(), super::AliasKind::Cte { recursive: true }));
        let ctes: Vec<&str> = self.ctes.iter().map(|(_, text)| text.as_str()).collect();
        format!("WITH {}{}\n {text}", if recursive { "RECURSIVE " } else { "" }, ctes.join(", \n"))
    }

    /// Splits the text at its marks.
    fn finish(self, text: &str) -> Result<Compiled> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut row = Vec::new();
        while let Some(at) = rest.find([OPEN, ROW]) {
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].to_owned()));
            }
            if rest[at..].starts_with(ROW) {
                row.push(pieces.len());
                rest = &rest[at + ROW.len_utf8()..];
                continue;
            }
            let inner = &rest[at + OPEN.len_utf8()..];
            let parsed = inner.split_once(CLOSE).and_then(|(number, after)| {
                let number: usize = number.parse().ok()?;
                Some((number, after))
            });
            let Some((number, after)) = parsed else {
                return Err(Error::unsupported("private characters in SQL"));
            };
            pieces.push(Piece::Bind(number));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        // Binds in the order of the text.
        let mut binds = Vec::new();
        for piece in &mut pieces {
            if let Piece::Bind(number) = piece {
                let bind = self
                    .binds
                    .get(*number)
                    .cloned()
                    .ok_or_else(|| Error::unsupported("private characters in SQL"))?;
                binds.push(bind);
                *number = binds.len() - 1;
            }
        }
        let mut compiled = Compiled {
            text: String::new(),
            binds,
            columns: self.columns,
            by_name: self.by_name,
            prefetch: self.prefetch,
            postfetch: self.postfetch,
            values_row: match row[..] {
                [start, end] => Some((start, end)),
                _ => None,
            },
            pieces,
            profile: self.profile,
        };
        compiled.text = compiled.render(self.dialect);
        Ok(compiled)
    }
}

impl Compiled {
    /// The text with lists not written out.
    fn render(&self, dialect: Dialect) -> String {
        let later = if self.profile.has(Behaviour::PostcompileUnderlined) {
            "__[POSTCOMPILE_"
        } else {
            "[POSTCOMPILE_"
        };
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Bind(number) => {
                    let bind = &self.binds[*number];
                    // Writing to a string cannot fail.
                    let _ = match (&bind.expanding, dialect) {
                        (Some(_), _) => match &bind.around {
                            Some((before, after)) => {
                                write!(text, "({later}{}~~{before}~~REPL~~{after}~~])", bind.name)
                            }
                            None => write!(text, "({later}{}])", bind.name),
                        },
                        (None, dialect) => write!(text, "{}", dialect.placeholder(&bind.name)),
                    };
                }
            }
        }
        text
    }
}

impl FromItem {
    /// The text that `print(…)` shows of an element of a `FROM` list.
    pub fn to_text(&self, profile: Profile, dialect: Dialect) -> Result<String> {
        let mut compiler = Compiler::new(profile, dialect, None);
        let text = compiler.element(self)?;
        Ok(compiler.finish(&text)?.text)
    }
}

impl Expr {
    /// The text that `print(expression)` shows.
    pub fn to_text(&self, profile: Profile, dialect: Dialect) -> Result<String> {
        Ok(self.compiled(profile, dialect, false)?.text)
    }

    /// The expression compiled by itself, with values written out if `literal_binds`.
    pub fn compiled(&self, profile: Profile, dialect: Dialect, literal_binds: bool) -> Result<Compiled> {
        let mut compiler = Compiler::new(profile, dialect, None);
        compiler.literal_binds = literal_binds;
        let text = compiler.expr(self)?;
        compiler.finish(&text)
    }
}

/// A value written into SQL.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(value) => if *value { "1" } else { "0" }.to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => crate::value::repr::value(other),
    }
}

/// Refuses the characters that mark binds.
pub(super) fn check_text(text: &str) -> Result<()> {
    if text.contains([OPEN, CLOSE, ROW]) {
        return Err(Error::unsupported("private characters in SQL"));
    }
    Ok(())
}

/// A stem for a bind's name.
fn sanitize(key: &str) -> String {
    let mut clean = String::with_capacity(key.len());
    let mut replaced = false;
    for character in key.chars() {
        let bad = matches!(character, '%' | '(' | ')' | ' ' | '$' | OPEN | CLOSE | ROW);
        if !bad {
            clean.push(character);
        } else if !replaced {
            clean.push('_');
        }
        replaced = bad;
    }
    clean
}

pub(super) fn compile_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::CompileError, message)
}
