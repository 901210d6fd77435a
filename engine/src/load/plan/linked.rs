//! Whether a statement has the columns that loads by subquery go by from its objects to what they lead to.
//!
//! An option may leave such a column out of the rows; nothing is read then.

use super::{Builder, EntityPlan, Reader};
use crate::error::{Error, Result};
use crate::load::query::Entity;
use crate::map::{Lazy, Mapped, Relationship};
use crate::orm::Orm;
use crate::schema::Column;
use crate::sql::{Expr, ExprKind, FromItem};

impl Builder<'_> {
    /// How errors name the first such column that the statement does not have.
    pub(super) fn unlinked(&self, readers: &[Reader]) -> Result<Option<String>> {
        if self.query.only.is_some() {
            return Ok(None);
        }
        for (entity, reader) in self.query.entities.iter().zip(readers) {
            let (Entity::Mapped(mapped), Reader::Entity(plan)) = (entity, reader) else { continue };
            for (relationship, column) in links(self.orm, plan) {
                if let Some(told) = self.unlinked_root(*mapped, relationship, &column)? {
                    return Ok(Some(told));
                }
            }
        }
        Ok(None)
    }

    fn unlinked_root(
        &self,
        mapped: Mapped,
        relationship: &Relationship,
        column: &Column,
    ) -> Result<Option<String>> {
        let expr = self.query.adapter(self.orm, mapped).column(column)?;
        if self.primary.iter().any(|other| other.same(&expr)) {
            return Ok(None);
        }
        told(self.orm, &expr).map(Some).ok_or_else(|| untold(relationship))
    }

    /// Notes that the rows lack what tells the class of a joined object.
    pub(in crate::load) fn lose_joined(&mut self, expr: &Expr) -> Result<()> {
        let Some(column) = told(self.orm, expr) else {
            return Err(Error::unsupported("joined rows without what tells their class"));
        };
        self.unlinked_joined.get_or_insert(column);
        Ok(())
    }
}

/// How errors name a column of a statement; `None` where the library shows an address.
fn told(orm: &Orm, expr: &Expr) -> Option<String> {
    match expr.unannotated().kind() {
        ExprKind::Column(column) => Some(column.to_string()),
        ExprKind::AliasColumn(of) => {
            let name = FromItem::Alias(of.alias.clone()).description(orm.profile)?;
            Some(format!("{name}.{}", of.name))
        }
        _ => None,
    }
}

/// The local columns of what is loaded by subquery for objects of a plan, which all of them have.
fn links<'p>(orm: &Orm, plan: &'p EntityPlan) -> Vec<(&'p Relationship, Column)> {
    let by_subquery = plan.later.iter().filter(|later| later.lazy == Lazy::Subquery);
    let mapper = orm.mappers.get(plan.mapper);
    let mut found = Vec::new();
    for later in by_subquery.filter(|later| orm.mappers.is_a(plan.mapper, later.relationship.parent)) {
        let pairs = &later.relationship.resolved().local_remote_pairs;
        let local = pairs.iter().map(|(local, _)| local).filter(|local| mapper.key_of(local).is_some());
        found.extend(local.map(|local| (&*later.relationship, local.clone())));
    }
    found
}

/// Refuses joined objects whose rows lack such a column.
pub(super) fn refuse_joined(orm: &Orm, plan: &EntityPlan) -> Result<()> {
    for joined in &plan.joined {
        let mapper = orm.mappers.get(joined.entity.mapper);
        for (relationship, column) in links(orm, &joined.entity) {
            let read = |key| joined.entity.columns.iter().any(|(own, _)| own == key);
            if !mapper.primary_key.contains(&column) && !mapper.key_of(&column).is_some_and(read) {
                return Err(untold(relationship));
            }
        }
        refuse_joined(orm, &joined.entity)?;
    }
    Ok(())
}

fn untold(relationship: &Relationship) -> Error {
    Error::unsupported(format!(
        "the load by subquery of `{}` from rows that lack the column that it goes by",
        relationship.key
    ))
}
