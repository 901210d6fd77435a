//! A collection of tables, and the order in which they depend on each other.

use super::naming::Naming;
use super::table::{Table, TableInner};
use crate::error::Result;
use indexmap::IndexMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A collection of tables, in the order in which they were made. Clones are the same collection.
#[derive(Debug, Clone, Default)]
pub struct MetaData(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    tables: RefCell<IndexMap<Rc<str>, Table>>,
    naming: Option<Naming>,
    schema: Option<Rc<str>>,
}

impl MetaData {
    pub fn new() -> Self {
        MetaData::default()
    }

    /// A collection with conventions of its own for names, and a schema for tables that name none.
    pub fn with(naming: Option<Naming>, schema: Option<Rc<str>>) -> Self {
        MetaData(Rc::new(Inner { naming, schema, ..Inner::default() }))
    }

    /// How constraints and indexes without a name are named.
    pub fn naming(&self) -> Naming {
        self.0.naming.clone().unwrap_or_default()
    }

    /// Whether it has conventions of its own.
    pub fn has_own_naming(&self) -> bool {
        self.0.naming.is_some()
    }

    /// The schema of tables that name none.
    pub fn schema(&self) -> Option<&Rc<str>> {
        self.0.schema.as_ref()
    }

    /// An address-like number that tells collections apart.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// Every table, in the order in which they were made.
    pub fn tables(&self) -> Vec<Table> {
        self.0.tables.borrow().values().cloned().collect()
    }

    /// The table of this name, with its schema before it where it has one.
    pub fn table(&self, name: &str) -> Option<Table> {
        self.0.tables.borrow().get(name).cloned()
    }

    /// The table that a foreign key means by this name: one without a schema is of the collection's.
    pub(crate) fn referred(&self, name: &str) -> Option<Table> {
        match self.schema().filter(|_| !name.contains('.')) {
            Some(schema) => self.table(&format!("{schema}.{name}")),
            None => self.table(name),
        }
    }

    pub(crate) fn insert(&self, table: &Table) {
        self.0.tables.borrow_mut().insert(table.full_name(), table.clone());
    }

    pub fn remove(&self, table: &Table) {
        self.0.tables.borrow_mut().shift_remove(&table.full_name());
    }

    /// Forgets every table. Tables hold their collection, so a world that ends calls this to free both.
    pub fn clear(&self) {
        self.0.tables.borrow_mut().clear();
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
