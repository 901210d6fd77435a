//! Mappers: which class stands for which table, and what its attributes are.
//!
//! Making a mapper works out its columns at once; what concerns other classes waits for [`configure`]. A
//! relationship is read by others only after that.

mod between;
mod concrete;
mod configure;
mod descriptor;
mod inheritance;
mod join;
mod mapper;
mod messages;
mod overlap;
mod relationship;
mod spec;
mod union;

pub use between::Between;
pub(crate) use between::tables_in;
pub use configure::{configure, configure_mappers, configure_registry};
pub use descriptor::{Composite, CompositeClass, CompositePart, CompositeSpec, Descriptor, Placed, Synonym};
pub use inheritance::{
    Flushing, Hierarchy, InheritanceSpec, NextVersion, PolymorphicLoad, Versioning, WithPolymorphic,
};
pub use mapper::{
    AliasedClass, ColumnProperty, Deferral, Mapped, Mapper, MapperId, Mappers, Property, RegistryId,
};
pub use messages::{mapper_text, no_primary_key, subquery_text};
pub use relationship::{
    Backref, Cascades, Direction, HostArgs, InnerJoin, JoinArg, KeyFunction, Keyer, Lazy, Maker,
    PassiveDeletes, Relationship, RelationshipArgs, Resolved, Shape, Shown, Target,
};
pub use spec::{
    MapperSpec, PolymorphicBy, PropertySpec, add_mapper, add_property, check_relationship, new_registry,
};
pub use union::{Union, place_below, polymorphic_union, read_union};

/// An attribute's name.
pub type Key = std::rc::Rc<str>;
