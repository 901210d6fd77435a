//! Entities that are read from a subquery (`from_self()`, `union()`), and what tells statements apart that entities are read from.

use super::adapt::Adapter;
use super::query::{Entity, Query, Style};
use crate::error::Result;
use crate::host::Cx;
use crate::orm::Orm;
use crate::sql::{
    Alias, Body, CompoundKind, CompoundSelect, Expr, ExprKind, FromItem, LabelStyle, Select, Statement,
    TextualSelect,
};
use std::fmt::Write as _;
use std::rc::Rc;

/// A subquery, and which of its columns stands for what.
#[derive(Debug, Clone)]
pub struct Within {
    pub alias: Alias,
    pub(super) selected: Rc<[Expr]>,
    pub(super) columns: Rc<[Expr]>,
    /// The subquery that is inside this one, where the entities were read from one already.
    inner: Option<Rc<Within>>,
    /// Its rows are those of queries, which have limited them to their classes.
    pub(super) limited: bool,
}

impl Within {
    /// A subquery of these selects, whose columns stand for those of the first.
    fn of_body(body: Body, inner: Option<Rc<Within>>) -> Self {
        let selected: Rc<[Expr]> = body.columns().iter().map(|column| unlabelled(column).clone()).collect();
        let alias = Alias::of_select(body, None);
        let columns = alias.columns().into();
        Within { alias, selected, columns, inner, limited: true }
    }

    /// A selectable whose columns stand for the tables' columns that they come from.
    pub fn of_alias(alias: &Alias) -> Self {
        let columns = alias.columns();
        let (selected, columns): (Vec<Expr>, Vec<Expr>) = columns
            .into_iter()
            .filter_map(|column| Some((Expr::column(column.base_column()?), column)))
            .unzip();
        let (selected, columns) = (selected.into(), columns.into());
        Within { alias: alias.clone(), selected, columns, inner: None, limited: false }
    }

    pub(super) fn adapter(&self, inner: Adapter) -> Adapter {
        let inner = match &self.inner {
            Some(within) => within.adapter(inner),
            None => inner,
        };
        Adapter::Wrapped {
            inner: Box::new(inner),
            selected: Rc::clone(&self.selected),
            columns: Rc::clone(&self.columns),
        }
    }

    /// An expression with what the subquery selects written as its columns.
    pub(super) fn adapt(&self, expr: &Expr) -> Expr {
        let expr = match &self.inner {
            Some(within) => within.adapt(expr),
            None => expr.clone(),
        };
        expr.rewrite(&mut |part| {
            let part = unlabelled(part);
            let at = self.selected.iter().position(|known| known.same(part))?;
            self.columns.get(at).cloned()
        })
    }
}

pub(super) fn unlabelled(expr: &Expr) -> &Expr {
    match expr.unannotated().kind() {
        ExprKind::Label { element, .. } => element,
        _ => expr.unannotated(),
    }
}

impl Query {
    /// The query as one of selects that are put together.
    fn in_compound(&self, cx: &mut Cx<'_>) -> Result<Body> {
        let mut select: Select = self.select_without_eager(cx)?;
        if self.style == Style::Legacy {
            select.label_style = LabelStyle::TableColumn;
        }
        Ok(select.into())
    }

    /// The same entities read from this query as a subquery (`from_self()`).
    ///
    /// # Errors
    ///
    /// As for [`Query::select`].
    pub fn from_self(&self, cx: &mut Cx<'_>) -> Result<Query> {
        let body = self.in_compound(cx)?;
        Ok(self.within_body(body))
    }

    /// The same entities read from this query put together with others.
    ///
    /// # Errors
    ///
    /// As for [`Query::select`].
    pub fn combined(&self, cx: &mut Cx<'_>, kind: CompoundKind, others: &[Query]) -> Result<Query> {
        let mut bodies = vec![self.in_compound(cx)?];
        for other in others {
            bodies.push(other.in_compound(cx)?);
        }
        Ok(self.within_body(CompoundSelect::new(kind, bodies).into()))
    }

    fn within_body(&self, body: Body) -> Query {
        let mut query = Query::new(self.style, self.session, self.entities.clone());
        query.options.clone_from(&self.options);
        query.autoflush = self.autoflush;
        query.populate_existing = self.populate_existing;
        query.within = Some(Rc::new(Within::of_body(body, self.within.clone())));
        query
    }

    /// A statement as the cache tells it apart by the entities that are read from it.
    pub(super) fn tagged(&self, statement: &Statement) -> Statement {
        let mut tag = String::from("from statement");
        for entity in &self.entities {
            tag.push_str(match entity {
                Entity::Mapped(_) => " class",
                Entity::Attribute(..) => " attribute",
                Entity::Expr(_) => " expression",
            });
        }
        if !self.options.is_empty() {
            let _ = write!(tag, " {:?}", self.options);
        }
        let tag = Some(Rc::from(tag));
        match statement {
            Statement::Select(select) => Select { tag, ..(**select).clone() }.into(),
            Statement::Textual(textual) => {
                Statement::Textual(Rc::new(TextualSelect { tag, ..(**textual).clone() }))
            }
            Statement::Text(text) => {
                let (text, columns) = ((**text).clone(), Vec::new());
                Statement::Textual(Rc::new(TextualSelect { text, columns, positional: false, tag }))
            }
            other => other.clone(),
        }
    }

    /// How a queried class is written in the statement.
    pub(super) fn adapter(&self, orm: &Orm, mapped: crate::map::Mapped) -> Adapter {
        let own = Adapter::of(orm, mapped);
        match &self.within {
            Some(within) => within.adapter(own),
            None => own,
        }
    }

    /// An expression as the statement has it.
    pub(super) fn adapted(&self, expr: &Expr) -> Expr {
        match &self.within {
            Some(within) => within.adapt(expr),
            None => expr.clone(),
        }
    }
}

/// The element that a query reads all of its entities from.
pub(super) fn source(query: &Query) -> Option<FromItem> {
    query.within.as_ref().map(|within| FromItem::from(&within.alias))
}
