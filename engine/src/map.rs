//! Mappers: which class stands for which table, and what its attributes are.

mod mapper;
mod relationship;

pub use mapper::{ColumnProperty, Mapper, MapperId, Mappers, Property, RegistryId};
pub use relationship::{
    Backref, Cascades, Direction, JoinArg, Lazy, PassiveDeletes, Relationship, RelationshipArgs, Resolved,
    Target,
};

/// An attribute's name.
pub type Key = std::rc::Rc<str>;
