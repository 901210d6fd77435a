//! What stands between the two sides of a many-to-many relationship: a table, or several that are joined.
//!
//! Rows are written into a table alone; through a join, a relationship is read.

use crate::error::{Error, ErrorKind};
use crate::schema::{Column, Table};
use crate::sql::FromItem;
use std::rc::Rc;

/// The `secondary` of a relationship.
#[derive(Debug, Clone)]
pub struct Between {
    pub item: FromItem,
    /// How Python calls the class of the element, for errors.
    class: Rc<str>,
    /// A mapped class that was given in place of an element, as it is shown.
    pub(crate) mapped: Option<Rc<str>>,
}

impl Between {
    pub fn new(item: FromItem, class: &str) -> Self {
        Between { item, class: Rc::from(class), mapped: None }
    }

    /// A mapped class, which is refused when mappers are configured.
    pub fn class(shown: &str) -> Self {
        Between { item: FromItem::Text(Rc::from("")), class: Rc::from("type"), mapped: Some(Rc::from(shown)) }
    }

    /// The table, where it is one.
    pub fn table(&self) -> Option<&Table> {
        match &self.item {
            FromItem::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The tables in it, from left to right.
    pub fn tables(&self) -> Vec<Table> {
        tables_in(&self.item)
    }

    pub fn has_column(&self, column: &Column) -> bool {
        self.tables().iter().any(|table| table.has_column(column))
    }

    /// What the attempt to write rows into something else than a table raises.
    pub(crate) fn refuses(&self, operation: &str) -> Error {
        Error::new(
            ErrorKind::AttributeError,
            format!("'{}' object has no attribute '{operation}'", self.class),
        )
    }
}

impl From<&Table> for Between {
    fn from(table: &Table) -> Self {
        Between::new(FromItem::from(table), "Table")
    }
}

/// The tables in an element of a `FROM` list that stand there by their own names.
pub(crate) fn tables_in(item: &FromItem) -> Vec<Table> {
    let mut found: Vec<Table> = Vec::new();
    for leaf in item.leaves() {
        if let FromItem::Table(table) = leaf
            && !found.contains(&table)
        {
            found.push(table);
        }
    }
    found
}
