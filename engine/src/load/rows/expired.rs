//! Objects that had expired, while their rows are read: what has come of a row makes them current only when it is done.
//!
//! Loads that a row sets off may ask for its object, and then read its row again.

use super::super::plan::EntityPlan;
use super::Loading;
use crate::attr::{self, NewValue};
use crate::error::Result;
use crate::host::Cx;
use crate::map::Key;
use crate::orm::Orm;
use crate::state::StateId;
use indexmap::IndexSet;
use std::rc::Rc;

impl Loading {
    /// What of an object had expired before its row is read, where loads run while that is read.
    pub(super) fn hold_expired(&self, orm: &Orm, plan: &EntityPlan, id: StateId) -> Option<IndexSet<Key>> {
        self.between_rows.as_ref()?;
        let state = orm.states.get(id);
        let first = self.filled.get(&id).is_some_and(|filling| filling.place == plan.id && !filling.is_new);
        (first && state.expired && !state.being_read).then(|| state.expired_attributes.clone())
    }
}

/// Puts in what a row has: that alone does not make an expired object a current one. What had expired is done with once the
/// object was met: what comes to it later from another place of the rows (`late`) counts as expired still.
pub(super) fn put(cx: &mut Cx<'_>, id: StateId, key: &Key, value: NewValue, late: bool) -> Result<()> {
    let state = cx.orm.states.get(id);
    let stays = late && state.expired_attributes.contains(key);
    let held = state.being_read.then(|| (state.expired, state.expired_attributes.clone()));
    attr::set_committed(cx, id, key, value)?;
    if stays {
        cx.orm.states.get_mut(id).expired_attributes.insert(Rc::clone(key));
    }
    if let Some((expired, attributes)) = held {
        let state = cx.orm.states.get_mut(id);
        (state.expired, state.expired_attributes) = (expired, attributes);
    }
    Ok(())
}

/// Leaves an object that a row has filled expired until that row is done; what then stays so comes back.
pub(super) fn reopen(orm: &mut Orm, id: StateId, held: IndexSet<Key>) -> IndexSet<Key> {
    let state = orm.states.get_mut(id);
    state.being_read = true;
    state.expired = true;
    std::mem::replace(&mut state.expired_attributes, held)
}

/// The row of an object that had expired is done; where nothing failed, `filled` says what it has filled.
pub(super) fn close(orm: &mut Orm, id: StateId, left: &IndexSet<Key>, filled: Option<&dyn Fn(&Key) -> bool>) {
    let state = orm.states.get_mut(id);
    state.being_read = false;
    if let Some(filled) = filled {
        let dict = &state.dict;
        state.expired = false;
        state.expired_attributes.retain(|key| left.contains(key) && !(dict.contains_key(key) && filled(key)));
    }
}
