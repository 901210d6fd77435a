//! What stands in parentheses: `SELECT`, selects put together with `UNION` and its like, and text that has columns.

use super::expr::{Expr, Text};
use super::from::FromItem;
use super::operate::Operand;
use std::cell::Cell;
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
    pub suffixes: Vec<Expr>,
    /// Tells apart, in the statement cache, selects of equal text that different loaders make.
    pub tag: Option<Rc<str>>,
    /// Whether it was compiled inside another statement: to the statement cache it is another one from then on. Only of
    /// selects of mapped classes.
    pub compiled_within: Option<Rc<Cell<bool>>>,
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
    IntersectAll,
    Except,
    ExceptAll,
}

/// Selects put together.
#[derive(Debug, Clone)]
pub struct CompoundSelect {
    pub kind: CompoundKind,
    pub selects: Vec<Body>,
    pub group_by: Vec<Expr>,
    pub order_by: Vec<Expr>,
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
}

impl CompoundSelect {
    pub fn new(kind: CompoundKind, selects: Vec<Body>) -> Self {
        CompoundSelect {
            kind,
            selects,
            group_by: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
        }
    }
}

/// `text(…).columns(…)`: text that is known to give these columns.
#[derive(Debug, Clone)]
pub struct TextualSelect {
    pub text: Text,
    pub columns: Vec<Expr>,
    /// Whether the columns are those of the rows in order, rather than by name.
    pub positional: bool,
    /// As for [`Select::tag`].
    pub tag: Option<Rc<str>>,
}

/// What can stand in parentheses.
#[derive(Debug, Clone)]
pub enum Body {
    Select(Rc<Select>),
    Compound(Rc<CompoundSelect>),
    Textual(Rc<TextualSelect>),
}

impl Body {
    /// The select itself, or the first of those that were put together; text has none.
    pub fn first_select(&self) -> Option<&Rc<Select>> {
        match self {
            Body::Select(select) => Some(select),
            Body::Compound(compound) => compound.selects.first().and_then(Body::first_select),
            Body::Textual(_) => None,
        }
    }

    /// Its columns: of selects put together, those of the first.
    pub fn columns(&self) -> &[Expr] {
        match self {
            Body::Select(select) => &select.columns,
            Body::Compound(compound) => compound.selects.first().map_or(&[], Body::columns),
            Body::Textual(textual) => &textual.columns,
        }
    }

    /// How deep it nests.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Body::Select(select) => select.depth(),
            Body::Compound(compound) => 1 + compound.selects.iter().map(Body::depth).max().unwrap_or(0),
            Body::Textual(_) => 1,
        }
    }

    /// How deep subqueries in its `FROM` nest.
    pub(crate) fn depth_of_from(&self) -> u32 {
        match self {
            Body::Select(select) => select.depth_of_from(),
            Body::Compound(_) => self.depth(),
            Body::Textual(_) => 1,
        }
    }

    /// Its expressions in the order of its text.
    pub fn children(&self) -> Vec<Expr> {
        match self {
            Body::Select(select) => select.children(),
            Body::Compound(compound) => {
                let mut children: Vec<Expr> = compound.selects.iter().flat_map(Body::children).collect();
                children.extend(compound.order_by.iter().cloned());
                children
            }
            Body::Textual(textual) => textual.columns.clone(),
        }
    }

    /// A copy with each expression of its own passed through `f`.
    pub fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Body {
        match self {
            Body::Select(select) => Body::Select(Rc::new(select.map(f))),
            Body::Compound(compound) => {
                let mut copy = (**compound).clone();
                copy.selects = compound.selects.iter().map(|body| body.map(f)).collect();
                copy.order_by = compound.order_by.iter().map(f).collect();
                Body::Compound(Rc::new(copy))
            }
            Body::Textual(_) => self.clone(),
        }
    }

    /// The names of its columns as a query around it sees them.
    pub fn result_names(&self) -> Vec<Rc<str>> {
        match self {
            Body::Select(select) => select.result_names(),
            Body::Compound(compound) => compound.selects.first().map(Body::result_names).unwrap_or_default(),
            Body::Textual(textual) => {
                textual.columns.iter().map(|column| column.key().unwrap_or_else(|| Rc::from(""))).collect()
            }
        }
    }
}

impl From<Select> for Body {
    fn from(select: Select) -> Self {
        Body::Select(Rc::new(select))
    }
}

impl From<Rc<Select>> for Body {
    fn from(select: Rc<Select>) -> Self {
        Body::Select(select)
    }
}

impl From<CompoundSelect> for Body {
    fn from(compound: CompoundSelect) -> Self {
        Body::Compound(Rc::new(compound))
    }
}
