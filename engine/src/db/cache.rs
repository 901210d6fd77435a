//! The compiled cache of one engine.

use crate::sql::key::CacheKey;
use crate::sql::{Bind, Compiled};
use indexmap::IndexMap;
use std::rc::Rc;

/// A compiled statement with the time it was made at.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) compiled: Compiled,
    /// Binds of the statement it was made from; a later statement's stand in the same places.
    pub(super) binds: Vec<Bind>,
    /// On the world's clock.
    pub(super) made: i64,
}

/// Statements kept once the cache is pruned, as in the real library.
const CAPACITY: usize = 500;

/// Compiled statements by structure.
#[derive(Debug, Default)]
pub(super) struct Cache {
    entries: IndexMap<CacheKey, (Rc<Entry>, u64)>,
    uses: u64,
}

impl Cache {
    pub(super) fn get(&mut self, key: &CacheKey) -> Option<Rc<Entry>> {
        self.uses += 1;
        let (entry, used) = self.entries.get_mut(key)?;
        *used = self.uses;
        Some(entry.clone())
    }

    pub(super) fn insert(&mut self, key: CacheKey, entry: Rc<Entry>) {
        self.uses += 1;
        self.entries.insert(key, (entry, self.uses));
        if self.entries.len() > CAPACITY + CAPACITY / 2 {
            let mut uses: Vec<u64> = self.entries.values().map(|(_, used)| *used).collect();
            uses.sort_unstable_by(|a, b| b.cmp(a));
            let oldest = uses[CAPACITY - 1];
            self.entries.retain(|_, (_, used)| *used >= oldest);
        }
    }
}
