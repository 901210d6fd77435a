//! What an object's mapper says of it: its identity, and which attribute stands for a column.

use super::{IdentityKey, StateId};
use crate::map::{Key, MapperId, Property, Relationship};
use crate::orm::Orm;
use crate::schema::Column;
use crate::state::Slot;
use crate::value::Value;
use std::rc::Rc;

/// The mapper at the root of an inheritance hierarchy.
pub fn base_mapper(orm: &Orm, mapper: MapperId) -> MapperId {
    orm.mappers.base(mapper)
}

/// Whether a mapper is `other` or inherits from it.
pub fn is_a(orm: &Orm, mapper: MapperId, other: MapperId) -> bool {
    orm.mappers.is_a(mapper, other)
}

/// The attribute that stands for a column.
pub fn column_key(orm: &Orm, mapper: MapperId, column: &Column) -> Option<Key> {
    let class = orm.mappers.get(mapper);
    let own = class.properties.iter().find_map(|(key, property)| match property {
        Property::Column(property) if property.columns.contains(column) => Some(key.clone()),
        _ => None,
    });
    // A concrete class has the columns of the one above it by their names.
    let above = class.inherits.filter(|_| own.is_none() && class.hierarchy.concrete);
    own.or_else(|| column_key(orm, above?, column).filter(|key| class.column_of(key).is_some()))
}

/// A relationship of an object's class.
pub fn relationship(orm: &Orm, id: StateId, key: &str) -> Option<Rc<Relationship>> {
    match orm.mappers.get(orm.states.get(id).mapper).properties.get(key) {
        Some(Property::Relationship(relationship)) => Some(Rc::clone(relationship)),
        _ => None,
    }
}

/// The identity that an object's current primary key gives it.
pub fn identity_key(orm: &Orm, id: StateId) -> IdentityKey {
    let state = orm.states.get(id);
    let values = orm
        .mappers
        .get(state.mapper)
        .primary_key
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let key = column_key(orm, state.mapper, column);
            match key.and_then(|key| state.dict.get(&key)) {
                Some(Slot::Value(value)) => value.clone(),
                // An expired object is still that of its row.
                _ => state.key.as_ref().and_then(|key| key.values.get(at).cloned()).unwrap_or(Value::Null),
            }
        })
        .collect();
    IdentityKey { mapper: orm.mappers.identity_base(state.mapper), values }
}

/// An identity as messages show it: `(<class '__main__.User'>, (1,), None)`.
pub fn identity_text(orm: &Orm, key: &IdentityKey) -> String {
    let mapper = orm.mappers.get(key.mapper);
    let values: Vec<String> = key.values.iter().map(crate::value::repr::value).collect();
    let tuple = if let [only] = values.as_slice() {
        format!("({only},)")
    } else {
        format!("({})", values.join(", "))
    };
    format!("(<class '{}.{}'>, {tuple}, None)", mapper.module, mapper.class_name)
}
