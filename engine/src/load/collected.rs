//! The statements that read or change the rows of one object's collection, where the object does not hold it.

use super::adapt::{Adapter, key_of, rewrite_columns, target_tables};
use super::polymorphic::with_between;
use super::query::{Entity, Query, Style};
use super::relation::bound_to;
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{Direction, Key, MapperId, Relationship};
use crate::schema::{Column, Table};
use crate::session::SessionId;
use crate::sql::{Expr, Insert, InsertValues};
use crate::state::{self, ObjRef, Slot};
use std::rc::Rc;

fn collection(cx: &mut Cx<'_>, owner: &ObjRef, key: &Key) -> Result<Rc<Relationship>> {
    crate::map::configure(cx)?;
    state::relationship(cx.orm, owner.id(), key)
        .ok_or_else(|| Error::unsupported(format!("`{key}`, which is no relationship")))
}

fn value_of(cx: &mut Cx<'_>, owner: &ObjRef, mapper: MapperId, column: &Column) -> Result<Expr> {
    let key = key_of(cx.orm, mapper, column)?;
    let value = match attr::get(cx, owner.id(), &key)? {
        Slot::Value(value) => value,
        Slot::One(_) | Slot::Many(_) => return Err(Error::unsupported(format!("`{key}` as a column"))),
    };
    Ok(Expr::bind_typed(value, column.ty()))
}

/// What limits rows of a collection's class to those of one object.
///
/// # Errors
///
/// What loading the object's keys raises.
pub fn collection_criteria(cx: &mut Cx<'_>, owner: &ObjRef, key: &Key) -> Result<Vec<Expr>> {
    let relationship = collection(cx, owner, key)?;
    let resolved = relationship.resolved();
    let parent_tables = cx.orm.mappers.get(relationship.parent).hierarchy.tables.clone();
    let target_tables = target_tables(cx.orm, resolved);
    let target_side = Adapter::of(cx.orm, resolved.entity());
    let has = |tables: &[Table], column: &Column| tables.iter().any(|table| table.has_column(column));
    let shared = parent_tables.iter().any(|table| target_tables.contains(table));
    let many_to_many = resolved.direction == Direction::ManyToMany;
    let mut criteria = vec![rewrite_columns(&resolved.primaryjoin, &mut |column, remote| {
        let local = !remote
            && has(&parent_tables, column)
            && (many_to_many || shared || !has(&target_tables, column));
        if local {
            bound_to(cx, owner, relationship.parent, column, "param")
        } else if !many_to_many && has(&target_tables, column) {
            target_side.column(column)
        } else {
            Ok(Expr::column(column))
        }
    })?];
    criteria.extend(resolved.secondaryjoin.clone());
    Ok(criteria)
}

/// The select of an object's collection; `legacy` as a `Query` makes it.
///
/// # Errors
///
/// As for [`collection_criteria`].
pub fn collection_query(cx: &mut Cx<'_>, owner: &ObjRef, key: &Key, legacy: bool) -> Result<Query> {
    let relationship = collection(cx, owner, key)?;
    let resolved = relationship.resolved();
    let style = if legacy { Style::Legacy } else { Style::Select };
    let mut query = Query::new(style, None, vec![Entity::Mapped(resolved.entity())]);
    query.criteria = collection_criteria(cx, owner, key)?;
    query.order_by.clone_from(&resolved.order_by);
    query.from_items = with_between(cx.orm, resolved);
    Ok(query)
}

/// An insert of rows that are in an object's one-to-many collection.
///
/// # Errors
///
/// `InvalidRequestError` for a collection of another kind.
pub fn collection_insert(cx: &mut Cx<'_>, owner: &ObjRef, key: &Key) -> Result<Insert> {
    let relationship = collection(cx, owner, key)?;
    let resolved = relationship.resolved();
    if resolved.direction != Direction::OneToMany {
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            "Write only bulk INSERT only supported for one-to-many collections; for many-to-many, use a separate bulk \
             INSERT along with add_all().",
        ));
    }
    let mut insert = Insert::into(&cx.orm.mappers.get(resolved.target).table);
    let mut row = Vec::new();
    for (source, own) in &resolved.synchronize_pairs {
        row.push((own.clone(), value_of(cx, owner, relationship.parent, source)?));
    }
    insert.values = InsertValues::Row(row);
    Ok(insert)
}

impl Query {
    /// The objects of a query of one class, without a flush before.
    pub(crate) fn objects_as_they_are(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Vec<ObjRef>> {
        let mut query = self.clone();
        query.autoflush = false;
        query.objects(cx, session)
    }
}
