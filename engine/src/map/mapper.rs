//! One mapped class.

use super::Key;
use super::descriptor::Placed;
use super::inheritance::Hierarchy;
use super::messages;
use super::relationship::Relationship;
use crate::error::Error;
use crate::schema::{Column, Table};
use crate::sql::{Alias, Expr, ExprKind, FromItem};
use crate::value::Value;
use crate::version::Profile;
use indexmap::IndexMap;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapperId(pub(crate) u32);

impl MapperId {
    /// Whichever class stands there, in the path of a loader option.
    pub const ANY: MapperId = MapperId(u32::MAX);
}

/// A registry of classes by name, in which string arguments are looked up: one a declarative base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RegistryId(pub(crate) u32);

/// A mapped class as it stands in a query: itself, or another occurrence of what it selects from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mapped {
    pub mapper: MapperId,
    /// The number of an alias, made by [`crate::load::alias`] and the like. A subclass that the alias selects from
    /// along with its class has the same one.
    pub alias: Option<u32>,
}

/// Another occurrence of what a mapped class selects from: `aliased(Class)`, `with_polymorphic(Class, …)`.
#[derive(Debug, Clone)]
pub struct AliasedClass {
    pub mapper: MapperId,
    pub name: Option<Rc<str>>,
    pub item: FromItem,
    /// The aliases that stand for the class's tables; none where the tables stand for themselves.
    pub tables: Rc<[Alias]>,
    /// The subclasses whose columns come along.
    pub with: Vec<MapperId>,
    /// Made by `with_polymorphic()`.
    pub polymorphic: bool,
    /// Columns of what it is read from stand for attributes by their names, too.
    pub by_name: bool,
    /// The tables of subclasses are joined to it by outer joins, as `with_polymorphic()` does.
    pub outer: bool,
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
    /// What configured relationships write, in the order in which they were configured.
    pub(super) written: Vec<super::overlap::Written>,
    /// Aliases of mapped classes, in the order in which they were made.
    pub(crate) aliases: Vec<AliasedClass>,
    /// What classes select from whose mapping brings subclasses along, as far as it was asked for.
    pub(crate) with_below: RefCell<Vec<(MapperId, FromItem)>>,
    /// What limits the rows of a shared table to those of a class, as far as it was asked for.
    pub(crate) limits: RefCell<Vec<(MapperId, Expr)>>,
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

    /// The relationship of this name, where the mapper has one.
    pub fn relationship(&self, mapper: MapperId, key: &str) -> Option<Rc<Relationship>> {
        match self.get(mapper).properties.get(key) {
            Some(Property::Relationship(relationship)) => Some(Rc::clone(relationship)),
            Some(Property::Column(_)) | None => None,
        }
    }

    /// Whether the class name of the registry is taken, and by whom.
    pub fn named(&self, registry: RegistryId, name: &str) -> &[MapperId] {
        self.registries[registry.0 as usize].get(name).map_or(&[], Vec::as_slice)
    }

    /// A class or its mapping has changed: what flushes of its hierarchy have compiled is forgotten.
    pub fn forget_compiled(&mut self, id: MapperId) {
        let base = self.base(id);
        self.get_mut(base).compiled_anew += 1;
    }

    /// What tells the statements that flushes of a hierarchy compile from those of others, and from those that were forgotten.
    pub fn compiled_by(&self, id: MapperId) -> String {
        let base = self.base(id);
        format!("flush {} {}", base.0, self.get(base).compiled_anew)
    }

    /// Those that stand for their classes still.
    pub fn iter(&self) -> impl Iterator<Item = &Mapper> {
        self.all.iter().filter(|mapper| !mapper.cleared)
    }

    /// `clear_mappers()`: no class is mapped any longer, and no name stands for one.
    pub fn clear(&mut self) {
        self.unconfigured = false;
        self.registries.iter_mut().for_each(IndexMap::clear);
        for mapper in &mut self.all {
            mapper.cleared = true;
            mapper.configured = true;
            mapper.failed = None;
        }
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
    /// Attributes that have no value of their own.
    pub descriptors: IndexMap<Key, Placed>,
    /// The mapper of the base class, where this class inherits a mapping.
    pub inherits: Option<MapperId>,
    /// The column whose value tells the class of a row, the base's where the class names none.
    pub polymorphic_on: Option<Column>,
    /// The attribute whose expression tells the class of a row, where no column does.
    pub polymorphic_by: Option<Key>,
    pub polymorphic_identity: Option<Value>,
    pub hierarchy: Hierarchy,
    /// How often the statements that flushes of its hierarchy have compiled were forgotten; of a base alone.
    pub(crate) compiled_anew: u32,
    pub configured: bool,
    /// Its class is mapped no longer.
    pub(crate) cleared: bool,
    /// Why configuring failed: later uses say so.
    pub(crate) failed: Option<Error>,
    /// The host's class.
    pub host_class: Option<Rc<dyn Any>>,
}

impl Mapper {
    /// As messages call it: `Mapper[User(user)]`.
    pub fn text(&self, profile: Profile) -> String {
        if self.hierarchy.joined {
            return messages::mapper_text(
                profile,
                &self.class_name,
                &messages::join_text(&self.hierarchy.selectable),
            );
        }
        if let Some(reads) = &self.hierarchy.reads {
            let name = messages::subquery_text(profile, reads);
            return messages::mapper_text(profile, &self.class_name, &name);
        }
        messages::mapper_text(profile, &self.class_name, self.table.name())
    }

    /// The attribute that stands for a column.
    pub fn key_of(&self, column: &Column) -> Option<&Key> {
        self.column_properties()
            .find(|property| property.columns.contains(column))
            .map(|property| &property.key)
    }

    /// The column that an attribute stands for.
    pub fn column_of(&self, key: &str) -> Option<&Column> {
        match self.properties.get(key) {
            Some(Property::Column(property)) => property.columns.first(),
            Some(Property::Relationship(_)) | None => None,
        }
    }

    /// What a row's value tells the class of: a column, or an expression without its label.
    pub fn discriminator(&self) -> Option<Expr> {
        if let Some(column) = &self.polymorphic_on {
            return Some(Expr::column(column));
        }
        let labelled = self.discriminating()?.expr.as_ref()?;
        Some(match labelled.kind() {
            ExprKind::Label { element, .. } => element.clone(),
            _ => labelled.clone(),
        })
    }

    /// The attribute whose expression tells the class of a row.
    pub fn discriminating(&self) -> Option<&Rc<ColumnProperty>> {
        match self.properties.get(self.polymorphic_by.as_ref()?) {
            Some(Property::Column(property)) => Some(property),
            Some(Property::Relationship(_)) | None => None,
        }
    }

    /// Attributes that stand for columns, in order.
    pub fn column_properties(&self) -> impl Iterator<Item = &Rc<ColumnProperty>> {
        self.properties.values().filter_map(|property| match property {
            Property::Column(property) => Some(property),
            Property::Relationship(_) => None,
        })
    }

    /// Relationships, in order.
    pub fn relationships(&self) -> impl Iterator<Item = &Rc<Relationship>> {
        self.properties.values().filter_map(|property| match property {
            Property::Relationship(relationship) => Some(relationship),
            Property::Column(_) => None,
        })
    }
}

/// One attribute of a mapped class.
#[derive(Debug, Clone)]
pub enum Property {
    Column(Rc<ColumnProperty>),
    Relationship(Rc<Relationship>),
}

/// An attribute that stands for a column, or for an SQL expression.
#[derive(Debug, Clone)]
pub struct ColumnProperty {
    pub key: Key,
    /// The column, and for joined inheritance the parent's equivalents after it; none where it is an expression.
    pub columns: Vec<Column>,
    /// What is selected for it, under a label, where it stands for no column. It is never written.
    pub expr: Option<Expr>,
    pub deferral: Deferral,
    /// A query says what it stands for (`query_expression()`); `expr` is what it is elsewhere.
    pub ad_hoc: bool,
    /// Selected to tell the classes of rows alone: objects have no such attribute.
    pub hidden: bool,
    pub active_history: bool,
}

impl ColumnProperty {
    /// A property of one column, loaded with its row.
    pub fn plain(key: &Key, column: &Column) -> Self {
        ColumnProperty {
            key: key.clone(),
            columns: vec![column.clone()],
            expr: None,
            deferral: Deferral::default(),
            ad_hoc: false,
            hidden: false,
            active_history: false,
        }
    }
}

/// Whether a column attribute is left for its first access, as its mapping says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deferral {
    pub deferred: bool,
    /// The access to one of a group loads all of it.
    pub group: Option<Key>,
    /// The access raises.
    pub raises: bool,
}
