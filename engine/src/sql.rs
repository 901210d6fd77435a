//! SQL expressions and statements, and their text.
//!
//! Expressions are immutable trees that share structure; grouping is decided when an expression is built, names of
//! anonymous binds and aliases when it is compiled.

mod assigned;
pub mod compile;
mod dml;
mod expr;
mod from;
mod infer;
pub mod key;
mod link;
mod op;
mod operate;
mod select;
mod traverse;
mod window;

pub use assigned::Assigned;
pub use compile::{Compiled, CompiledBind, CompiledColumn, Dialect, Execution};
pub use dml::{Delete, Generated, Insert, InsertValues, OnConflict, OnConflictTarget, Update};
pub use expr::{AliasColumn, Bind, Case, Expr, ExprKind, Function, LabelName, Late, Text, Token};
pub use from::{Alias, AliasElement, AliasKind, FromItem, FunctionTable, Join, ValuesTable};
pub use link::{NoLink, can_link, link};
pub use op::Op;
pub use operate::Operand;
pub use select::{Body, CompoundKind, CompoundSelect, Correlate, LabelStyle, Select, TextualSelect};
pub use window::{Frame, FrameEnd, WindowKind, Windowed};

use crate::error::Result;
use crate::value::Value;
use crate::version::Profile;
use indexmap::IndexMap;
use std::rc::Rc;

/// One set of parameters of an execution, by name, in the order in which they were given.
pub type Params = IndexMap<Rc<str>, Value>;

/// Anything that can be executed.
#[derive(Debug, Clone)]
pub enum Statement {
    Select(Rc<Select>),
    Compound(Rc<CompoundSelect>),
    Insert(Rc<Insert>),
    Update(Rc<Update>),
    Delete(Rc<Delete>),
    Text(Rc<Text>),
    /// Text that is known to give some columns.
    Textual(Rc<TextualSelect>),
    /// A statement of the schema, by its finished text.
    Ddl(Rc<str>),
}

impl Statement {
    /// The text that `print(statement)` shows.
    pub fn to_text(&self, profile: Profile, dialect: Dialect) -> Result<String> {
        Ok(compile::compile(profile, dialect, self, compile::Execution::default())?.text)
    }
}

impl From<Select> for Statement {
    fn from(select: Select) -> Self {
        Statement::Select(Rc::new(select))
    }
}

impl From<Body> for Statement {
    fn from(body: Body) -> Self {
        match body {
            Body::Select(select) => Statement::Select(select),
            Body::Compound(compound) => Statement::Compound(compound),
            Body::Textual(textual) => Statement::Textual(textual),
        }
    }
}

impl From<Insert> for Statement {
    fn from(insert: Insert) -> Self {
        Statement::Insert(Rc::new(insert))
    }
}

impl From<Update> for Statement {
    fn from(update: Update) -> Self {
        Statement::Update(Rc::new(update))
    }
}

impl From<Delete> for Statement {
    fn from(delete: Delete) -> Self {
        Statement::Delete(Rc::new(delete))
    }
}

impl From<Text> for Statement {
    fn from(text: Text) -> Self {
        Statement::Text(Rc::new(text))
    }
}
