//! A collection of tables, and the order in which they depend on each other.

use super::table::{Table, TableInner};
use crate::error::Result;
use indexmap::IndexMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A collection of tables, in the order in which they were made. Clones are the same collection.
#[derive(Debug, Clone, Default)]
pub struct MetaData(Rc<RefCell<IndexMap<Rc<str>, Table>>>);

impl MetaData {
    pub fn new() -> Self {
        MetaData::default()
    }

    /// An address-like number that tells collections apart.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Every table, in the order in which they were made.
    pub fn tables(&self) -> Vec<Table> {
        self.0.borrow().values().cloned().collect()
    }

    /// The table of this name, with its schema before it where it has one.
    pub fn table(&self, name: &str) -> Option<Table> {
        self.0.borrow().get(name).cloned()
    }

    pub(crate) fn insert(&self, table: &Table) {
        self.0.borrow_mut().insert(table.full_name(), table.clone());
    }

    pub fn remove(&self, table: &Table) {
        self.0.borrow_mut().shift_remove(&table.full_name());
    }

    /// Forgets every table. Tables hold their collection, so a world that ends calls this to free both.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Tables so that each comes after those it depends on.
    ///
    /// # Errors
    ///
    /// `NoReferencedTableError` where a foreign key names a table that is not there.
    pub fn sorted_tables(&self) -> Result<Vec<Table>> {
        Ok(super::table::sort_tables(&self.tables_by_name())?.tables)
    }

    /// Tables by name, as every sorting of the real library begins.
    pub(crate) fn tables_by_name(&self) -> Vec<Table> {
        let mut tables = self.tables();
        tables.sort_by_key(Table::full_name);
        tables
    }
}

impl PartialEq for MetaData {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for MetaData {}

impl TableInner {
    pub(crate) fn full_name(&self) -> Rc<str> {
        match &self.schema {
            Some(schema) => Rc::from(format!("{schema}.{}", self.name)),
            None => self.name.clone(),
        }
    }
}
