//! The tables behind dicts and sets: insertion order, Python's hashes, equality decided by the caller.
//!
//! Equality of keys can run Python code, so a lookup is in two halves: [`Map::find`] answers where plain values
//! decide, and hands out the candidates where they do not. No borrow is held while Python runs.

use super::value::Value;
use std::collections::HashMap;

struct Entry {
    hash: i64,
    key: Value,
    value: Value,
    next: Option<usize>,
}

/// An insertion-ordered hash table with Python keys.
#[derive(Default)]
pub struct Map {
    entries: Vec<Option<Entry>>,
    heads: HashMap<i64, usize>,
    live: usize,
}

/// What a lookup found without running Python code.
pub enum Found {
    At(usize),
    Absent,
    /// These have the same hash and need Python's `==`, in this order.
    Ask(Vec<(usize, Value)>),
}

impl Map {
    pub fn new() -> Map {
        Map::default()
    }

    pub fn len(&self) -> usize {
        self.live
    }

    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Where a key stands, as far as that can be told without Python code.
    pub fn find(&self, hash: i64, key: &Value) -> Found {
        let mut unsure = Vec::new();
        let mut at = self.heads.get(&hash).copied();
        while let Some(index) = at {
            let Some(Some(entry)) = self.entries.get(index) else { break };
            if entry.key.is(key) {
                return Found::At(index);
            }
            match plain_eq(&entry.key, key) {
                Some(true) => return Found::At(index),
                Some(false) => {}
                None => unsure.push((index, entry.key.clone())),
            }
            at = entry.next;
        }
        if unsure.is_empty() { Found::Absent } else { Found::Ask(unsure) }
    }

    /// The entry at a place that [`Map::find`] gave.
    pub fn at(&self, index: usize) -> Option<(&Value, &Value)> {
        let entry = self.entries.get(index)?.as_ref()?;
        Some((&entry.key, &entry.value))
    }

    /// Replaces the value at a place, giving the old one.
    pub fn replace(&mut self, index: usize, value: Value) -> Option<Value> {
        let entry = self.entries.get_mut(index)?.as_mut()?;
        Some(std::mem::replace(&mut entry.value, value))
    }

    /// Adds a key that is not there.
    pub fn push(&mut self, hash: i64, key: Value, value: Value) {
        let index = self.entries.len();
        let next = self.heads.insert(hash, index);
        self.entries.push(Some(Entry { hash, key, value, next }));
        self.live += 1;
    }

    /// Takes out the entry at a place.
    pub fn remove(&mut self, index: usize) -> Option<(Value, Value)> {
        let entry = self.entries.get_mut(index)?.take()?;
        let mut at = self.heads.get(&entry.hash).copied();
        if at == Some(index) {
            match entry.next {
                Some(next) => self.heads.insert(entry.hash, next),
                None => self.heads.remove(&entry.hash),
            };
        } else {
            while let Some(before) = at {
                let Some(Some(other)) = self.entries.get_mut(before) else { break };
                if other.next == Some(index) {
                    other.next = entry.next;
                    break;
                }
                at = other.next;
            }
        }
        self.live -= 1;
        if self.live == 0 {
            self.entries.clear();
        } else if self.entries.len() > 32 && self.live * 4 < self.entries.len() {
            self.compact();
        }
        Some((entry.key, entry.value))
    }

    fn compact(&mut self) {
        let old = std::mem::take(&mut self.entries);
        self.heads.clear();
        self.live = 0;
        for entry in old.into_iter().flatten() {
            self.push(entry.hash, entry.key, entry.value);
        }
    }

    /// Empties it, giving what was in it.
    pub fn clear(&mut self) -> Vec<Value> {
        self.take_values()
    }

    pub(crate) fn take_values(&mut self) -> Vec<Value> {
        self.heads.clear();
        self.live = 0;
        std::mem::take(&mut self.entries)
            .into_iter()
            .flatten()
            .flat_map(|entry| [entry.key, entry.value])
            .collect()
    }

    /// Keys and values in insertion order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> {
        self.entries.iter().flatten().map(|entry| (&entry.key, &entry.value))
    }

    /// Keys with their hashes and values, in insertion order.
    pub fn hashed(&self) -> impl DoubleEndedIterator<Item = (i64, &Value, &Value)> {
        self.entries.iter().flatten().map(|entry| (entry.hash, &entry.key, &entry.value))
    }

    /// Every key, cloned.
    pub fn keys(&self) -> Vec<Value> {
        self.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Every key and value, cloned.
    pub fn items(&self) -> Vec<(Value, Value)> {
        self.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The first entry at or after a place, and the place after it: for iterators that tolerate changes.
    pub fn next_from(&self, place: usize) -> Option<(usize, Value, Value)> {
        let mut place = place;
        while let Some(slot) = self.entries.get(place) {
            place += 1;
            if let Some(entry) = slot {
                return Some((place, entry.key.clone(), entry.value.clone()));
            }
        }
        None
    }

    /// The value of a string key.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        let hash = hash_str(key);
        let mut at = self.heads.get(&hash).copied();
        while let Some(index) = at {
            let entry = self.entries.get(index)?.as_ref()?;
            if matches!(&entry.key, Value::Str(text) if **text == *key) {
                return Some(entry.value.clone());
            }
            at = entry.next;
        }
        None
    }

    /// Sets the value of a string key.
    pub fn set_str(&mut self, key: &str, value: Value) {
        let hash = hash_str(key);
        let key = Value::from(key);
        match self.find(hash, &key) {
            Found::At(index) => drop(self.replace(index, value)),
            Found::Absent | Found::Ask(_) => self.push(hash, key, value),
        }
    }
}

/// The table behind sets: a [`Map`] without values.
#[derive(Default)]
pub struct MapSet(pub Map);

impl MapSet {
    pub fn new() -> MapSet {
        MapSet::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every item, in the order it is iterated in.
    ///
    /// Sets of numbers come in CPython's order, which follows from the numbers alone; others in the order of
    /// insertion, one of those that CPython's random hashes can give.
    pub fn values(&self) -> Vec<Value> {
        let numbers =
            self.0.iter().all(|(key, _)| matches!(key, Value::Bool(_) | Value::Int(_) | Value::Float(_)));
        if !numbers || self.len() < 2 {
            return self.0.keys();
        }
        let items: Vec<(i64, &Value)> = self.0.hashed().map(|(hash, key, _)| (hash, key)).collect();
        slots(&items.iter().map(|(hash, _)| *hash).collect::<Vec<_>>())
            .into_iter()
            .filter_map(|index| items.get(index).map(|(_, value)| (*value).clone()))
            .collect()
    }

    pub(crate) fn take_values(&mut self) -> Vec<Value> {
        self.0.take_values()
    }
}

/// The order in which CPython's table of a set holds entries with these hashes, added in this order.
fn slots(hashes: &[i64]) -> Vec<usize> {
    const PROBES: usize = 9;
    fn put(table: &mut [Option<usize>], hash: i64, index: usize) {
        let mask = table.len() - 1;
        let mut perturb = hash as u64;
        let mut at = hash as usize & mask;
        loop {
            let last = if at + PROBES <= mask { at + PROBES } else { at };
            if let Some(free) = (at..=last).find(|place| table[*place].is_none()) {
                table[free] = Some(index);
                return;
            }
            perturb >>= 5;
            at = at.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        }
    }
    let mut table: Vec<Option<usize>> = vec![None; 8];
    for (index, hash) in hashes.iter().enumerate() {
        put(&mut table, *hash, index);
        let used = index + 1;
        if used * 5 >= (table.len() - 1) * 3 {
            let wanted = if used > 50_000 { used * 2 } else { used * 4 };
            let mut size = 8;
            while size <= wanted {
                size *= 2;
            }
            let old = std::mem::replace(&mut table, vec![None; size]);
            for entry in old.into_iter().flatten() {
                put(&mut table, hashes[entry], entry);
            }
        }
    }
    table.into_iter().flatten().collect()
}

/// Equality where no Python code can take part; `None` where it can, or where values nest.
pub fn plain_eq(left: &Value, right: &Value) -> Option<bool> {
    use Value::{Bool, Bytes, Float, Int, None as Nothing, Str};
    fn number(value: &Value) -> Option<f64> {
        match value {
            Bool(truth) => Some(f64::from(u8::from(*truth))),
            Int(int) => int.small().filter(|small| small.unsigned_abs() < 1 << 53).map(|small| small as f64),
            Float(float) => Some(*float),
            _ => None,
        }
    }
    Some(match (left, right) {
        (Str(left), Str(right)) => left == right,
        (Int(left), Int(right)) => left == right,
        (Bytes(left), Bytes(right)) => left == right,
        (Nothing, Nothing) => true,
        (Bool(_) | Int(_) | Float(_), Bool(_) | Int(_) | Float(_)) => {
            let (left, right) = (number(left)?, number(right)?);
            left == right
        }
        (
            Str(_) | Int(_) | Bytes(_) | Nothing | Bool(_) | Float(_),
            Str(_) | Int(_) | Bytes(_) | Nothing | Bool(_) | Float(_),
        ) => false,
        _ => return None,
    })
}

/// The hash of a string, the same in every run.
pub fn hash_str(text: &str) -> i64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() as i64
}
