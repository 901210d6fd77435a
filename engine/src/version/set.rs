//! Sets of behaviours: a bit for each.

use super::Behaviour;

/// How many numbers hold the bits.
const WORDS: usize = 6;

/// A set of behaviours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Set([u64; WORDS]);

impl Set {
    pub(super) const EMPTY: Set = Set([0; WORDS]);

    const fn place(behaviour: Behaviour) -> (usize, u64) {
        const { assert!(Behaviour::ALL.len() <= WORDS * 64, "each behaviour has a bit of its own") };
        let number = behaviour as usize;
        (number / 64, 1 << (number % 64))
    }

    pub(super) const fn has(self, behaviour: Behaviour) -> bool {
        let (word, bit) = Self::place(behaviour);
        self.0[word] & bit != 0
    }

    pub(super) const fn with(mut self, behaviour: Behaviour) -> Self {
        let (word, bit) = Self::place(behaviour);
        self.0[word] |= bit;
        self
    }

    /// With the behaviour where it was without, and without it where it was with.
    pub(super) const fn turned(mut self, behaviour: Behaviour) -> Self {
        let (word, bit) = Self::place(behaviour);
        self.0[word] ^= bit;
        self
    }

    /// What is in either.
    pub(super) fn or(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }
}
