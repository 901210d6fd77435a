//! What rows of subclasses bring beside what their base class has.
//!
//! A column that the statement does not select is left expired in a new object, so that its first access loads it.

use super::adapt::Adapter;
use super::plan::{Builder, EntityPlan, ToJoin};
use crate::error::Result;
use crate::map::{Key, MapperId, Property};
use crate::schema::Column;
use std::rc::Rc;

/// What objects of a subclass get from a row.
#[derive(Debug)]
pub(super) struct ClassPlan {
    pub mapper: MapperId,
    pub columns: Vec<(Key, usize)>,
    /// Attributes that are not in the row.
    pub expired: Vec<Key>,
}

impl Builder<'_> {
    /// Selects what these subclasses have, and says for all subclasses what of a row is theirs. `joins` takes the
    /// joined loads of their relationships; without it, relationships are left out.
    pub(super) fn add_classes(
        &mut self,
        plan: &mut EntityPlan,
        with: &[MapperId],
        adapter: &Adapter,
        mut joins: Option<&mut Vec<ToJoin>>,
        in_join: bool,
    ) -> Result<()> {
        let orm = self.orm;
        let below: Vec<MapperId> = orm.mappers.self_and_descendants(plan.mapper).split_off(1);
        if below.is_empty() {
            return Ok(());
        }
        let own = &orm.mappers.get(plan.mapper).properties;
        let base = plan.mapper;
        for mapper in with.iter().filter(|mapper| **mapper != base) {
            for (key, property) in &orm.mappers.get(*mapper).properties {
                match property {
                    Property::Column(property) => {
                        if !self.skips(&plan.path, *mapper, key, property.deferred) {
                            for column in &property.columns {
                                self.put(adapter, column, in_join)?;
                            }
                        }
                    }
                    Property::Relationship(relationship) => {
                        if relationship.parent == *mapper
                            && !own.contains_key(key)
                            && let Some(joins) = joins.as_deref_mut()
                        {
                            self.choose(plan, relationship, joins)?;
                        }
                    }
                }
            }
        }
        if self.query.only.is_none()
            && let Some(column) = &orm.mappers.get(plan.mapper).polymorphic_on
        {
            plan.discriminator = Some(self.put(adapter, column, in_join)?);
        }
        for mapper in below {
            let mut class = ClassPlan { mapper, columns: Vec::new(), expired: Vec::new() };
            for property in orm.mappers.get(mapper).column_properties() {
                let key = &property.key;
                if own.contains_key(key) || self.skips(&plan.path, mapper, key, property.deferred) {
                    continue;
                }
                match property.columns.iter().find_map(|column| self.place_of(adapter, column, in_join)) {
                    Some(at) => class.columns.push((Rc::clone(key), at)),
                    None => class.expired.push(Rc::clone(key)),
                }
            }
            plan.classes.push(class);
        }
        Ok(())
    }

    fn put(&mut self, adapter: &Adapter, column: &Column, in_join: bool) -> Result<usize> {
        let expr = adapter.column(column)?;
        Ok(if in_join { self.place_joined(expr) } else { self.place(expr) })
    }

    /// Where a column is selected already.
    fn place_of(&self, adapter: &Adapter, column: &Column, in_join: bool) -> Option<usize> {
        let expr = adapter.column(column).ok()?;
        let position = |exprs: &[crate::sql::Expr]| exprs.iter().position(|other| other.same(&expr));
        if in_join {
            position(&self.secondary).map(|at| self.primary.len() + at)
        } else {
            position(&self.primary)
        }
    }
}
