//! Whether a query is one of mapped classes, or of tables alone.
//!
//! Knows nothing of what follows from it: sessions flush before they execute the former.

use super::query::{Entity, JoinTarget, Query};
use crate::sql::{AliasElement, Body, Expr, ExprKind, FromItem};
use crate::version::{Behaviour, Profile};

impl Query {
    /// Whether what it selects, or selects from, is of mapped classes; in the releases that look there, also what it compares or is
    /// ordered by.
    pub fn concerns_classes(&self, profile: Profile) -> bool {
        let later = profile.has(Behaviour::CriteriaConcernClasses);
        let names = |expr: &Expr| match expr.unannotated().kind() {
            ExprKind::Exists(_) => false,
            ExprKind::ScalarSelect(body) => later && body_concerns_classes(body),
            _ => !expr.entities().is_empty(),
        };
        let entity = |entity: &Entity| match entity {
            Entity::Mapped(_) | Entity::Attribute(..) => true,
            Entity::Expr(expr) => names(expr) || expr.from_items().iter().any(selects_classes),
        };
        let clauses = [&self.criteria, &self.group_by, &self.having, &self.order_by];
        self.entities.iter().any(entity)
            || self.within.is_some()
            || !self.select_from.is_empty()
            || self.from_items.iter().any(selects_classes)
            || self.joins.iter().any(|join| !matches!(join.target, JoinTarget::Item(_)))
            || (later && clauses.into_iter().flatten().any(names))
    }
}

/// Whether an element of a `FROM` list is a select of mapped classes.
fn selects_classes(item: &FromItem) -> bool {
    match item {
        FromItem::Alias(alias) => match alias.element() {
            AliasElement::Body(body) => body_concerns_classes(body),
            AliasElement::Alias(inner) => selects_classes(&FromItem::Alias(inner.clone())),
            _ => false,
        },
        FromItem::Join(join) => selects_classes(&join.left) || selects_classes(&join.right),
        FromItem::Table(_) | FromItem::Text(_) => false,
    }
}

/// Whether a select is one of mapped classes, or the first of those that were put together.
pub fn body_concerns_classes(body: &Body) -> bool {
    body.first_select().is_some_and(|select| select.compiled_within.is_some())
}
