//! `SELECT`, and selects put together with `UNION` and its like.

use super::expr::Expr;
use super::from::FromItem;
use super::operate::Operand;
use std::rc::Rc;

/// How columns are labelled in a select's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LabelStyle {
    /// Bare names; a name met twice is labelled `name_1`.
    #[default]
    Disambiguate,
    /// Bare names only.
    None,
    /// `table_column`, as `Query` of 1.x and 2.0 does.
    TableColumn,
}

/// From which enclosing selects a subquery takes its `FROM`.
#[derive(Debug, Clone, Default)]
pub enum Correlate {
    /// Whatever an enclosing select has, unless nothing would be left.
    #[default]
    Auto,
    None,
    /// These only.
    To(Vec<FromItem>),
    Except(Vec<FromItem>),
}

/// A `SELECT`. Every list is in the order of its text.
#[derive(Debug, Clone, Default)]
pub struct Select {
    pub columns: Vec<Expr>,
    pub label_style: LabelStyle,
    /// Explicit `FROM` elements, before those that columns and conditions bring along.
    pub from: Vec<FromItem>,
    /// Conditions joined by `AND`.
    pub where_: Vec<Expr>,
    pub group_by: Vec<Expr>,
    pub having: Vec<Expr>,
    pub order_by: Vec<Expr>,
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
    pub distinct: bool,
    pub correlate: Correlate,
    pub for_update: bool,
    pub prefixes: Vec<Expr>,
    /// Tells apart, in the statement cache, selects of equal text that different loaders make.
    pub tag: Option<Rc<str>>,
}

impl Select {
    pub fn new(columns: Vec<Expr>) -> Self {
        Select { columns, ..Select::default() }
    }

    pub fn from_item(mut self, from: impl Into<FromItem>) -> Self {
        self.from.push(from.into());
        self
    }

    pub fn where_clause(mut self, condition: Expr) -> Self {
        self.where_.push(condition);
        self
    }

    pub fn order_by(mut self, expr: Expr) -> Self {
        self.order_by.push(expr);
        self
    }

    /// `LIMIT` with a value bound under `param_1`.
    pub fn limit(mut self, limit: i64) -> Self {
        self.limit = Some(Operand::row_count(limit));
        self
    }

    pub fn offset(mut self, offset: i64) -> Self {
        self.offset = Some(Operand::row_count(offset));
        self
    }

    pub fn labels(mut self, style: LabelStyle) -> Self {
        self.label_style = style;
        self
    }

    /// The names of its columns as a query around it sees them.
    pub fn result_names(&self) -> Vec<Rc<str>> {
        super::compile::result_names(self)
    }

    pub fn scalar_subquery(self) -> Expr {
        Expr::scalar_select(self)
    }
}

/// How selects are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompoundKind {
    Union,
    UnionAll,
    Intersect,
    Except,
}

/// Selects put together.
#[derive(Debug, Clone)]
pub struct CompoundSelect {
    pub kind: CompoundKind,
    pub selects: Vec<Rc<Select>>,
    pub order_by: Vec<Expr>,
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
}
