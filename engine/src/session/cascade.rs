//! Cascades along relationships, and what sessions do on attribute events.

use crate::attr::Hooks;
use crate::error::Result;
use crate::host::Cx;
use crate::map::{Key, MapperId};
use crate::state::{ObjRef, StateId};

/// What attribute events do to sessions: save-update cascade, expunging of pending orphans.
#[derive(Debug)]
pub struct SessionHooks;

impl Hooks for SessionHooks {
    fn joined(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        key: &Key,
        item: &ObjRef,
        by: &(MapperId, Key),
    ) -> Result<()> {
        let _ = (cx, owner, key, item, by);
        Ok(())
    }

    fn left(
        &self,
        cx: &mut Cx<'_>,
        owner: StateId,
        key: &Key,
        item: &ObjRef,
        by: &(MapperId, Key),
    ) -> Result<()> {
        let _ = (cx, owner, key, item, by);
        Ok(())
    }

    fn modified(&self, cx: &mut Cx<'_>, id: StateId) {
        let _ = (cx, id);
    }
}
