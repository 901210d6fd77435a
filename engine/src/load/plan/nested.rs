//! Inner joins of joined loads below outer ones: they stand in parentheses on the right side of the outer join.
//!
//! Where one goes is found in the joins made so far, from the right, by the class that its relationship is of. As in the
//! library, that may be another occurrence of the class than the one that leads there; its condition speaks of the one found.

use super::{Builder, ToJoin};
use crate::error::{Error, ErrorKind, Result};
use crate::load::adapt::Adapter;
use crate::map::{Mapped, MapperId};
use crate::sql::FromItem;
use crate::version::Behaviour;

/// What was joined as one: an inner join may be put to its right.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub(super) item: FromItem,
    /// The class whose relationships lead on from here.
    pub(super) mapper: MapperId,
    pub(super) adapter: Adapter,
    /// What the loads of an entity are joined to.
    is_root: bool,
}

/// No class among the joins has the relationship.
pub(super) fn nowhere() -> Error {
    Error::new(ErrorKind::AssertionError, "assertion failed attempting to produce joined eager loads")
}

/// What stands at the very left.
fn leftmost(item: &FromItem) -> &FromItem {
    match item {
        FromItem::Join(join) => leftmost(&join.left),
        other => other,
    }
}

impl Builder<'_> {
    /// Notes what the loads of an entity are joined to.
    pub(super) fn begin_joins(&mut self, root: Mapped, from: &FromItem, adapter: &Adapter, join: &ToJoin) {
        let alias = root.alias.and_then(|alias| self.orm.mappers.aliases.get(alias as usize));
        self.root_is_outer = alias.is_some_and(|alias| alias.outer);
        if !self.units.iter().any(|unit| unit.item == *from) {
            let (item, mapper, adapter) = (from.clone(), join.relationship.parent, adapter.clone());
            self.units.push(Unit { item, mapper, adapter, is_root: true });
        }
    }

    pub(super) fn know(&mut self, item: &FromItem, mapper: MapperId, adapter: &Adapter) {
        self.units.push(Unit { item: item.clone(), mapper, adapter: adapter.clone(), is_root: false });
    }

    /// Where a relationship of `mapper` is joined: the first from the right of that class or of one above it.
    pub(super) fn sought(&self, from: &FromItem, mapper: MapperId) -> Option<&Unit> {
        if let Some(unit) = self.units.iter().find(|unit| unit.item == *from) {
            let takes = !unit.is_root || self.orm.profile.has(Behaviour::InnerJoinsAtRoot);
            return (takes && self.orm.mappers.is_a(mapper, unit.mapper)).then_some(unit);
        }
        match from {
            FromItem::Join(join) => {
                self.sought(&join.right, mapper).or_else(|| self.sought(&join.left, mapper))
            }
            FromItem::Table(_) | FromItem::Alias(_) | FromItem::Text(_) => None,
        }
    }

    /// The joins with `made` in the place of one unit. Inner joins in a row need no parentheses.
    pub(super) fn spliced(
        &self,
        from: &FromItem,
        unit: &FromItem,
        made: &FromItem,
    ) -> Result<Option<FromItem>> {
        if from == unit {
            return Ok(Some(made.clone()));
        }
        let FromItem::Join(join) = from else { return Ok(None) };
        if self.units.iter().any(|unit| unit.item == *from) {
            return Ok(None);
        }
        let Some(right) = self.spliced(&join.right, unit, made)? else {
            let left = self.spliced(&join.left, unit, made)?;
            return Ok(left.map(|left| left.join(join.right.clone(), join.onclause.clone(), join.outer)));
        };
        match &right {
            FromItem::Join(inner) if !join.outer && !inner.outer => {
                if leftmost(&right) != &join.right {
                    return Err(Error::new(ErrorKind::AssertionError, ""));
                }
                let left = join.left.join(inner.left.clone(), join.onclause.clone(), false);
                Ok(Some(left.join(inner.right.clone(), inner.onclause.clone(), false)))
            }
            _ => Ok(Some(join.left.join(right, join.onclause.clone(), join.outer))),
        }
    }
}
