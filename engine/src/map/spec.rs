//! Making mappers, and adding properties to them later.

use super::{Key, MapperId, RegistryId, RelationshipArgs};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::schema::{Column, Table};
use crate::value::Value;
use indexmap::IndexMap;
use std::any::Any;
use std::rc::Rc;

/// A mapped class as it was declared.
#[derive(Debug)]
pub struct MapperSpec {
    pub registry: RegistryId,
    pub class_name: Key,
    pub module: Key,
    pub table: Table,
    /// Attributes in the order in which the class body gives them: columns under another name than their
    /// own, relationships. Columns of the table that are not listed are mapped under their own names.
    pub properties: Vec<(Key, PropertySpec)>,
    /// Columns that stand in for the table's primary key.
    pub primary_key: Option<Vec<Column>>,
    pub inherits: Option<MapperId>,
    pub polymorphic_on: Option<Column>,
    pub polymorphic_identity: Option<Value>,
    pub host_class: Option<Rc<dyn Any>>,
}

/// One attribute as it was declared.
#[derive(Debug, Clone)]
pub enum PropertySpec {
    Column { column: Column, deferred: bool, active_history: bool },
    Relationship(Box<RelationshipArgs>),
}

impl PropertySpec {
    /// A column, loaded with its row.
    pub fn column(column: Column) -> Self {
        PropertySpec::Column { column, deferred: false, active_history: false }
    }
}

/// A registry of classes without any.
pub fn new_registry(cx: &mut Cx<'_>) -> RegistryId {
    let registries = &mut cx.orm.mappers.registries;
    registries.push(IndexMap::new());
    RegistryId((registries.len() - 1) as u32)
}

/// Maps a class. Relationships are worked out by [`super::configure`].
pub fn add_mapper(_cx: &mut Cx<'_>, _spec: MapperSpec) -> Result<MapperId> {
    Err(Error::unsupported("mapping a class"))
}

/// Adds an attribute to a mapped class, as `User.addresses = relationship(…)` does.
pub fn add_property(_cx: &mut Cx<'_>, _mapper: MapperId, _key: Key, _property: PropertySpec) -> Result<()> {
    Err(Error::unsupported("adding a property to a mapped class"))
}
