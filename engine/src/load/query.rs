//! A query over mapped classes: the legacy `Query` and the `select()` of mapped classes are one value.
//!
//! A query changes nothing until it is run; building one clones it.

use super::{Item, LoaderOption, Rows};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Key, Mapped};
use crate::session::SessionId;
use crate::sql::Expr;

/// Whose rules a query follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// `session.query(…)`.
    Legacy,
    /// `select(…)`.
    Select,
}

/// One thing that a query returns.
#[derive(Debug, Clone)]
pub enum Entity {
    Mapped(Mapped),
    /// A column attribute of a mapped class.
    Attribute(Mapped, Key),
    /// Any expression, under a label or not.
    Expr(Expr),
}

/// What is joined to.
#[derive(Debug, Clone)]
pub enum JoinTarget {
    /// Along a relationship attribute, to its class or to the given alias of it (`of_type`, or the target of
    /// `join(alias, User.addresses)`).
    Relationship {
        from: Mapped,
        key: Key,
        to: Option<Mapped>,
    },
    Mapped(Mapped),
    Table(crate::schema::Table),
}

/// How the rows of a join are matched.
#[derive(Debug, Clone, Default)]
pub enum OnClause {
    /// From the relationship, or else from foreign keys.
    #[default]
    Inferred,
    Expr(Expr),
}

#[derive(Debug, Clone)]
pub struct Join {
    pub target: JoinTarget,
    pub on: OnClause,
    pub outer: bool,
    pub full: bool,
}

/// A query over mapped classes and expressions.
#[derive(Debug, Clone)]
pub struct Query {
    pub style: Style,
    /// The session that a legacy query runs in.
    pub session: Option<SessionId>,
    pub entities: Vec<Entity>,
    pub select_from: Vec<Mapped>,
    pub joins: Vec<Join>,
    pub criteria: Vec<Expr>,
    pub group_by: Vec<Expr>,
    pub having: Vec<Expr>,
    pub order_by: Vec<Expr>,
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
    pub distinct: bool,
    pub options: Vec<LoaderOption>,
    pub populate_existing: bool,
    pub autoflush: bool,
}

impl Query {
    pub fn new(style: Style, session: Option<SessionId>, entities: Vec<Entity>) -> Self {
        Query {
            style,
            session,
            entities,
            select_from: Vec::new(),
            joins: Vec::new(),
            criteria: Vec::new(),
            group_by: Vec::new(),
            having: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            distinct: false,
            options: Vec::new(),
            populate_existing: false,
            autoflush: true,
        }
    }

    /// `filter_by(key=value)`: the attribute of the class last joined to, or first queried.
    pub fn filter_by_expr(&self, _cx: &mut Cx<'_>, _key: &Key) -> Result<Expr> {
        Err(Error::unsupported("filter_by()"))
    }

    /// The statement's text, as `print(query)` shows it.
    pub fn text(&self, _cx: &mut Cx<'_>) -> Result<String> {
        Err(Error::unsupported("printing a query"))
    }

    /// Runs the query in a session: flushes first, where the session does so.
    pub fn run(&self, _cx: &mut Cx<'_>, _session: SessionId) -> Result<Rows> {
        Err(Error::unsupported("running a query"))
    }

    /// `query.first()`.
    pub fn first(&self, _cx: &mut Cx<'_>, _session: SessionId) -> Result<Option<Vec<Item>>> {
        Err(Error::unsupported("query.first()"))
    }

    /// `query.one()`; with `none`, `query.one_or_none()`.
    pub fn one(&self, _cx: &mut Cx<'_>, _session: SessionId, _none: bool) -> Result<Option<Vec<Item>>> {
        Err(Error::unsupported("query.one()"))
    }

    /// `query.count()`.
    pub fn count(&self, _cx: &mut Cx<'_>, _session: SessionId) -> Result<i64> {
        Err(Error::unsupported("query.count()"))
    }
}
