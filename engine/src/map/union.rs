//! Classes that are read from a union of tables, each of which has the rows of one concrete class.
//!
//! Objects are written into the tables of their own classes; the union is only read. Its columns stand for those of every
//! table in it by their names, and one of them tells the class of a row.

use super::{Key, MapperId, Mappers, WithPolymorphic};
use crate::host::Cx;
use crate::schema::SqlType;
use crate::sql::{Alias, Body, CompoundKind, CompoundSelect, Expr, FromItem, Select};
use crate::value::Value;
use indexmap::IndexMap;
use std::rc::Rc;

/// What the objects of a class and of those below it are read from.
#[derive(Debug, Clone)]
pub struct Union {
    pub alias: Alias,
    /// The name of the column that tells the class of a row.
    pub discriminator: Key,
}

impl Union {
    /// The column that tells the class of a row.
    pub fn discriminator(&self) -> Option<Expr> {
        self.alias.column(&self.discriminator)
    }
}

impl Mappers {
    /// The union that a class is read from, where it is read from one.
    pub fn union(&self, id: MapperId) -> Option<&Union> {
        self.all.get(id.0 as usize)?.hierarchy.union.as_ref()
    }

    /// Whether two classes have the same attribute: a concrete class has its own under a name of the class above it.
    pub(crate) fn shares(&self, id: MapperId, other: MapperId, key: &str) -> bool {
        match (self.relationship(id, key), self.relationship(other, key)) {
            (Some(own), Some(others)) => own.parent == others.parent,
            _ => false,
        }
    }
}

/// Has the objects of a mapped class, and of those below it, be read from a union of their tables.
pub fn read_union(cx: &mut Cx<'_>, mapper: MapperId, union: Union) {
    let mappers = &mut cx.orm.mappers;
    mappers.with_below.borrow_mut().clear();
    mappers.limits.borrow_mut().clear();
    let place = &mut mappers.get_mut(mapper).hierarchy;
    place.with_polymorphic = Some(WithPolymorphic::All);
    place.union = Some(union);
}

/// Puts a concrete class that is mapped already below one that has been mapped after it.
pub fn place_below(cx: &mut Cx<'_>, mapper: MapperId, above: MapperId) {
    let mappers = &mut cx.orm.mappers;
    mappers.with_below.borrow_mut().clear();
    mappers.limits.borrow_mut().clear();
    mappers.get_mut(mapper).inherits = Some(above);
}

/// The union of these elements' columns, each element with what tells its rows from those of the others. Columns that an
/// element lacks are `NULL`, of the type that another has.
pub fn polymorphic_union(
    parts: &[(Value, FromItem)],
    discriminator: Option<&str>,
    cast_nulls: bool,
) -> CompoundSelect {
    let mut types: IndexMap<Rc<str>, SqlType> = IndexMap::new();
    for (_, item) in parts {
        for column in item.columns() {
            if let Some(key) = column.key() {
                types.insert(key, column.ty());
            }
        }
    }
    let select = |(identity, item): &(Value, FromItem)| {
        let own = item.columns();
        let mut columns: Vec<Expr> = types
            .iter()
            .map(|(key, ty)| {
                let found = own.iter().find(|column| column.key().as_ref() == Some(key));
                found.cloned().unwrap_or_else(|| {
                    let null = if cast_nulls { Expr::cast(&Expr::null(), ty.clone()) } else { Expr::null() };
                    null.label(key)
                })
            })
            .collect();
        if let Some(name) = discriminator {
            columns.push(Expr::literal_column(&literal(identity), SqlType::Null).label(name));
        }
        let mut select = Select::new(columns);
        select.from.push(item.clone());
        Body::from(select)
    };
    CompoundSelect::new(CompoundKind::UnionAll, parts.iter().map(select).collect())
}

/// A value written out.
fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        other => crate::value::repr::value(other),
    }
}
