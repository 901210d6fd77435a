//! Attributes of the classes above a concrete one, which it does not have: its objects know their names, and refuse them.

use super::{Key, MapperId, Mappers};
use std::rc::Rc;

impl Mappers {
    /// The names of all attributes that an object of a class knows of. Those of the classes above a concrete one are among
    /// them, and what tells the class of a row of their unions.
    pub fn known_keys(&self, id: MapperId) -> Vec<Key> {
        let mut line = self.line(id);
        // A class that was mapped after those below it comes last.
        line.sort_by_key(|one| std::cmp::Reverse(one.0));
        if !line.iter().any(|one| self.get(*one).hierarchy.concrete && self.get(*one).inherits.is_some()) {
            return self.get(id).shown_keys();
        }
        let mut keys: Vec<Key> = Vec::new();
        let mut add = |key: Key| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        };
        for one in line.iter().rev() {
            self.get(*one).shown_keys().into_iter().for_each(&mut add);
        }
        for above in line.iter().filter(|above| **above != id).rev() {
            if let Some(union) = self.union(*above) {
                add(Rc::clone(&union.discriminator));
            }
        }
        keys
    }

    /// Of the names that its objects know of, those that a class does not have.
    pub(crate) fn left_out_keys(&self, id: MapperId) -> Vec<Key> {
        let own = self.get(id);
        if !own.hierarchy.concrete || own.inherits.is_none() {
            return Vec::new();
        }
        let mut keys = self.known_keys(id);
        keys.retain(|key| !own.properties.contains_key(key) && !own.descriptors.contains_key(key));
        keys
    }

    /// The concrete class that does not have an attribute of a class above it: the uppermost one, which says so for those
    /// below it, too.
    pub fn left_out_by(&self, id: MapperId, key: &str) -> Option<MapperId> {
        let (mut below, mut apart) = (None, None);
        for one in self.line(id) {
            if self.get(one).properties.contains_key(key) {
                return below.filter(|below| self.get(*below).hierarchy.concrete);
            }
            // Each class has a union of its own; that of the uppermost counts.
            if self.union(one).is_some_and(|union| *union.discriminator == *key) {
                apart = below.filter(|below| self.get(*below).hierarchy.concrete).or(apart);
            }
            below = Some(one);
        }
        apart
    }

    /// What tells the class of a row of the unions above a concrete class, where it is this one that does not have it.
    pub fn left_out_discriminators(&self, id: MapperId) -> Vec<Key> {
        let above = self.line(id).into_iter().skip(1);
        let keys = above.filter_map(|above| self.union(above).map(|union| Rc::clone(&union.discriminator)));
        let mut keys: Vec<Key> = keys.filter(|key| self.left_out_by(id, key) == Some(id)).collect();
        keys.dedup();
        keys
    }

    /// A class and those above it.
    fn line(&self, id: MapperId) -> Vec<MapperId> {
        std::iter::successors(Some(id), |one| self.get(*one).inherits).collect()
    }
}
