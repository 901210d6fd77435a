//! Dicts and sets with Python's equality: the half of their tables that can run Python code.

use super::error::PyResult;
use super::interp::Interp;
use super::map::{Found, Map, MapSet};
use super::object::BinaryOp;
use super::value::{Dict, Set, Value};
use std::cell::RefCell;
use std::rc::Rc;

impl Interp {
    /// Where a key stands in a table; Python's `==` decides between keys of equal hash.
    fn locate<T>(
        &mut self,
        table: &RefCell<T>,
        map: fn(&T) -> &Map,
        hash: i64,
        key: &Value,
    ) -> PyResult<Option<usize>> {
        self.charge(1)?;
        let found = map(&table.borrow()).find(hash, key);
        match found {
            Found::At(index) => Ok(Some(index)),
            Found::Absent => Ok(None),
            Found::Ask(candidates) => {
                for (index, candidate) in candidates {
                    if self.eq(&candidate, key)? {
                        return Ok(Some(index));
                    }
                }
                Ok(None)
            }
        }
    }

    pub fn dict_get(&mut self, dict: &Dict, key: &Value) -> PyResult<Option<Value>> {
        let hash = self.hash(key)?;
        let Some(index) = self.locate(&dict.map, |map| map, hash, key)? else { return Ok(None) };
        Ok(dict.map.borrow().at(index).map(|(_, value)| value.clone()))
    }

    pub fn dict_set(&mut self, dict: &Dict, key: Value, value: Value) -> PyResult<()> {
        let hash = self.hash(&key)?;
        self.charge_bytes(64)?;
        match self.locate(&dict.map, |map| map, hash, &key)? {
            Some(index) => {
                let old = dict.map.borrow_mut().replace(index, value);
                drop(old);
            }
            None => dict.map.borrow_mut().push(hash, key, value),
        }
        Ok(())
    }

    /// Takes a key out, giving its value.
    pub fn dict_remove(&mut self, dict: &Dict, key: &Value) -> PyResult<Option<Value>> {
        let hash = self.hash(key)?;
        let Some(index) = self.locate(&dict.map, |map| map, hash, key)? else { return Ok(None) };
        let removed = dict.map.borrow_mut().remove(index);
        Ok(removed.map(|(_, value)| value))
    }

    pub fn set_contains(&mut self, set: &Set, item: &Value) -> PyResult<bool> {
        let hash = self.hash(item)?;
        Ok(self.locate(&set.items, |items| &items.0, hash, item)?.is_some())
    }

    /// Whether it was added: it was not there.
    pub fn set_add(&mut self, set: &Set, item: Value) -> PyResult<bool> {
        let hash = self.hash(&item)?;
        if self.locate(&set.items, |items| &items.0, hash, &item)?.is_some() {
            return Ok(false);
        }
        self.charge_bytes(48)?;
        set.items.borrow_mut().0.push(hash, item, Value::None);
        Ok(true)
    }

    /// Whether it was there.
    pub fn set_remove(&mut self, set: &Set, item: &Value) -> PyResult<bool> {
        let hash = self.hash(item)?;
        let Some(index) = self.locate(&set.items, |items| &items.0, hash, item)? else { return Ok(false) };
        let removed = set.items.borrow_mut().0.remove(index);
        Ok(removed.is_some())
    }

    /// `a | b`, `a & b`, `a - b` or `a ^ b`.
    pub fn set_operation(&mut self, op: BinaryOp, a: &Rc<Set>, b: &Rc<Set>) -> PyResult<Set> {
        let result = Set::new(MapSet::new());
        let (first, second) = (a.items.borrow().values(), b.items.borrow().values());
        self.charge_bytes((first.len() + second.len()) * 24)?;
        let (keeps_common, keeps_first) = match op {
            BinaryOp::And => (true, false),
            BinaryOp::Or => (true, true),
            _ => (false, true),
        };
        for item in first {
            let common = self.set_contains(b, &item)?;
            if common && keeps_common || !common && keeps_first {
                self.set_add(&result, item)?;
            }
        }
        if matches!(op, BinaryOp::Or | BinaryOp::Xor) {
            for item in second {
                if op == BinaryOp::Or || !self.set_contains(a, &item)? {
                    self.set_add(&result, item)?;
                }
            }
        }
        Ok(result)
    }

    /// The dict that a value is, or that an instance of a class derived from `dict` holds.
    pub fn as_dict(&mut self, value: &Value) -> Option<Rc<Dict>> {
        match value {
            Value::Dict(dict) => Some(dict.clone()),
            Value::Instance(instance) => match &instance.payload {
                Some(Value::Dict(dict)) => Some(dict.clone()),
                _ => None,
            },
            _ => None,
        }
    }
}
