//! A class as a Rust program declares it: its table's columns and its relationships, in order.

use super::World;
use crate::error::Result;
use crate::host::Deferred;
use crate::map::{self, Key, MapperId, MapperSpec, PropertySpec, RelationshipArgs, Target};
use crate::schema::{Column, ColumnArgs, ForeignKey, SqlType, Table, TableArgs, TableItem};

/// A class that is being declared; [`Class::map`] maps it.
#[derive(Debug)]
#[must_use = "a class is mapped by `map()`"]
pub struct Class<'a> {
    world: &'a mut World,
    name: Key,
    table: String,
    columns: Vec<Column>,
    relationships: Vec<(Key, PropertySpec)>,
}

impl<'a> Class<'a> {
    pub(super) fn new(world: &'a mut World, name: &str, table: &str) -> Self {
        Class {
            world,
            name: name.into(),
            table: table.to_owned(),
            columns: Vec::new(),
            relationships: Vec::new(),
        }
    }

    /// `Column(Integer, primary_key=True)`.
    pub fn key(self, name: &str) -> Self {
        self.with(Column::new(ColumnArgs { primary_key: true, ..args(name, SqlType::Integer) }))
    }

    /// `Column(type)`.
    pub fn column(self, name: &str, ty: SqlType) -> Self {
        self.with(Column::new(args(name, ty)))
    }

    /// `Column(ForeignKey("table.column"))`.
    pub fn foreign_key(self, name: &str, target: &str) -> Self {
        let foreign_keys = vec![ForeignKey::to(target)];
        self.with(Column::new(ColumnArgs { foreign_keys, ..args(name, SqlType::Integer) }))
    }

    /// A column with arguments of its own.
    pub fn with(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// `relationship("Target", back_populates="…")`; the target may be mapped later.
    pub fn relationship(self, key: &str, target: &str, back_populates: &str) -> Self {
        let back_populates = Some(back_populates.into());
        self.relationship_with(
            key,
            target,
            RelationshipArgs { back_populates, ..RelationshipArgs::default() },
        )
    }

    /// A relationship with arguments of its own.
    pub fn relationship_with(mut self, key: &str, target: &str, args: RelationshipArgs) -> Self {
        let target = Some(Deferred::Now(Target::Name(target.to_owned())));
        let args = RelationshipArgs { target, ..args };
        self.relationships.push((key.into(), PropertySpec::Relationship(Box::new(args))));
        self
    }

    /// Makes the table and maps the class to it.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where the table is there already; `ArgumentError` where it has no primary key.
    pub fn map(self) -> Result<MapperId> {
        let items = self.columns.into_iter().map(TableItem::Column).collect();
        let table = Table::new(&self.table, &self.world.metadata, items, TableArgs::default())?;
        let registry = self.world.registry;
        let spec =
            MapperSpec { properties: self.relationships, ..MapperSpec::new(registry, self.name, table) };
        map::add_mapper(&mut self.world.cx(), spec)
    }
}

fn args(name: &str, ty: SqlType) -> ColumnArgs {
    ColumnArgs { name: Some(name.into()), ty, ..ColumnArgs::default() }
}
