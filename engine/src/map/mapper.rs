//! One mapped class.

use super::Key;
use super::relationship::Relationship;
use crate::schema::{Column, Table};
use crate::value::Value;
use indexmap::IndexMap;
use std::any::Any;
use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapperId(pub(crate) u32);

/// A registry of classes by name, in which string arguments are looked up: one a declarative base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegistryId(pub(crate) u32);

/// A mapped class as it stands in a query: itself, or an alias of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mapped {
    pub mapper: MapperId,
    /// The number of an alias of its table.
    pub alias: Option<u32>,
}

impl From<MapperId> for Mapped {
    fn from(mapper: MapperId) -> Self {
        Mapped { mapper, alias: None }
    }
}

/// All mappers of a world, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Mappers {
    pub(crate) all: Vec<Mapper>,
    pub(crate) registries: Vec<IndexMap<Key, Vec<MapperId>>>,
    /// Whether some mapper still waits to be configured.
    pub(crate) unconfigured: bool,
}

impl Mappers {
    pub fn get(&self, id: MapperId) -> &Mapper {
        &self.all[id.0 as usize]
    }

    pub fn get_mut(&mut self, id: MapperId) -> &mut Mapper {
        &mut self.all[id.0 as usize]
    }

    pub fn iter(&self) -> impl Iterator<Item = &Mapper> {
        self.all.iter()
    }
}

/// One mapped class: its table, and its properties in the order in which the real library keeps them.
#[derive(Debug)]
pub struct Mapper {
    pub id: MapperId,
    pub registry: RegistryId,
    pub class_name: Key,
    /// The module, for messages and reprs: `__main__`.
    pub module: Key,
    pub table: Table,
    pub primary_key: Vec<Column>,
    pub properties: IndexMap<Key, Property>,
    /// The mapper of the base class, where this class inherits a mapping.
    pub inherits: Option<MapperId>,
    /// The column whose value tells the class of a row.
    pub polymorphic_on: Option<Column>,
    pub polymorphic_identity: Option<Value>,
    pub configured: bool,
    /// The host's class.
    pub host_class: Option<Rc<dyn Any>>,
}

/// One attribute of a mapped class.
#[derive(Debug, Clone)]
pub enum Property {
    Column(Rc<ColumnProperty>),
    Relationship(Rc<Relationship>),
}

/// An attribute that stands for a column.
#[derive(Debug)]
pub struct ColumnProperty {
    pub key: Key,
    /// The column, and for joined inheritance the parent's equivalents after it.
    pub columns: Vec<Column>,
    pub deferred: bool,
    pub active_history: bool,
}
