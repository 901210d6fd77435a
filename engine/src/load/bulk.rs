//! `query.delete()` and `query.update()`: one statement, and the session's objects follow it.
//!
//! Which objects follow is found by evaluating the criteria on what they have loaded, as the library's `evaluate`
//! does. What it cannot evaluate is unsupported, never guessed.

use super::adapt::Adapter;
use super::polymorphic::limit;
use super::query::{Entity, Query};
use crate::attr::{self, NewValue};
use crate::db::{self, Given};
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::{Key, Mapped, MapperId};
use crate::orm::Orm;
use crate::session::{self, SessionId};
use crate::sql::{Delete, Expr, ExprKind, FromItem, Op, Statement, Update};
use crate::state::{ObjRef, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::cmp::Ordering;

/// A value in memory: known, or expired and so only the database's.
enum Known {
    Value(Value),
    Expired,
}

impl Query {
    /// `query.delete()`; the number of rows. Objects of the session follow by evaluating the criteria, by `fetch`ing
    /// their keys, or (`None`) not at all.
    ///
    /// # Errors
    ///
    /// What the database says; `Unsupported` for what cannot be evaluated.
    pub fn bulk_delete(&self, cx: &mut Cx<'_>, session: SessionId, fetch: Option<bool>) -> Result<i64> {
        let mapped = self.bulk_class()?;
        let matched = self.prepare_bulk(cx, session, mapped, fetch)?;
        let mut delete = Delete::from(&cx.orm.mappers.get(mapped.mapper).table);
        delete.where_ = self.bulk_criteria(cx, mapped)?;
        let connection = session::connection_for(cx, session, mapped.mapper, true)?;
        let result = db::execute(cx, connection, &Statement::from(delete), Given::None)?;
        let ids: Vec<StateId> = matched.iter().map(ObjRef::id).collect();
        session::flushed_deleted(cx.orm, session, &ids);
        Ok(result.rowcount)
    }

    /// `query.update()`; `fetch` as for [`Query::bulk_delete`].
    ///
    /// # Errors
    ///
    /// As for [`Query::bulk_delete`].
    pub fn bulk_update(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        values: Vec<(Expr, Expr)>,
        fetch: Option<bool>,
    ) -> Result<i64> {
        let mapped = self.bulk_class()?;
        let matched = self.prepare_bulk(cx, session, mapped, fetch)?;
        let mapper = cx.orm.mappers.get(mapped.mapper);
        let mut update = Update::of(&mapper.table);
        let mut keys: Vec<(Key, Expr)> = Vec::new();
        for (column, value) in values {
            let Some(column) = column.base_column().cloned() else {
                return Err(Error::unsupported("query.update() of something that is no column"));
            };
            if !mapper.table.has_column(&column) {
                return Err(Error::unsupported("query.update() of a column in the table of a base class"));
            }
            if let Some(key) = mapper.key_of(&column) {
                keys.push((key.clone(), value.clone()));
            }
            update.values.push((column, value));
        }
        update.where_ = self.bulk_criteria(cx, mapped)?;
        let mut changes = Vec::new();
        for object in &matched {
            for (key, value) in &keys {
                let value = match evaluate(cx.orm, object.id(), mapped.mapper, value) {
                    Ok(Known::Value(value)) => Some(value),
                    Ok(Known::Expired) | Err(_) => None,
                };
                changes.push((object.clone(), key.clone(), value));
            }
        }
        let connection = session::connection_for(cx, session, mapped.mapper, true)?;
        let result = db::execute(cx, connection, &Statement::from(update), Given::None)?;
        for (object, key, value) in changes {
            if !attr::is_loaded(cx.orm, object.id(), &key) {
                continue;
            }
            match value {
                Some(value) => attr::set_committed(cx, object.id(), &key, NewValue::Value(value))?,
                None => session::expire_attributes(cx.orm, object.id(), &[key])?,
            }
        }
        Ok(result.rowcount)
    }

    /// The criteria, with what limits the rows to the class's.
    fn bulk_criteria(&self, cx: &Cx<'_>, mapped: Mapped) -> Result<Vec<Expr>> {
        let mapper = cx.orm.mappers.get(mapped.mapper);
        let mut criteria: Vec<Expr> = self.criteria.iter().map(Expr::without_entities).collect();
        if cx.orm.profile.has(Behaviour::BulkLimitedToClass) {
            criteria.extend(limit(cx.orm, mapped.mapper, &Adapter::Plain)?);
        }
        let elsewhere =
            |expr: &Expr| expr.from_items().iter().any(|item| *item != FromItem::from(&mapper.table));
        if mapper.is_joined() && criteria.iter().any(elsewhere) {
            return Err(Error::unsupported("a bulk update or delete whose criteria are in several tables"));
        }
        Ok(criteria)
    }

    fn bulk_class(&self) -> Result<Mapped> {
        let plain = self.joins.is_empty() && self.limit.is_none() && self.offset.is_none();
        match &self.entities[..] {
            [Entity::Mapped(mapped)] if mapped.alias.is_none() && plain => Ok(*mapped),
            _ => Err(Error::unsupported("a bulk update or delete of more than one mapped class")),
        }
    }

    /// Flushes, and finds the session's objects that the criteria match.
    fn prepare_bulk(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        mapped: Mapped,
        fetch: Option<bool>,
    ) -> Result<Vec<ObjRef>> {
        if fetch == Some(true) {
            return Err(Error::unsupported("synchronize_session=\"fetch\""));
        }
        if self.autoflush {
            session::autoflush(cx, session)?;
        }
        let mut matched = Vec::new();
        if fetch.is_none() {
            return Ok(matched);
        }
        for object in session::identity_objects(cx.orm, session) {
            if !cx.orm.mappers.is_a(cx.orm.states.get(object.id()).mapper, mapped.mapper) {
                continue;
            }
            let mut all = true;
            for criterion in &self.criteria {
                let holds = matches!(
                    evaluate(cx.orm, object.id(), mapped.mapper, criterion)?,
                    Known::Value(Value::Bool(true))
                );
                all &= holds;
            }
            if all {
                matched.push(object);
            }
        }
        Ok(matched)
    }
}

/// An expression's value in memory. A comparison with `NULL` is `NULL`.
fn evaluate(orm: &Orm, id: StateId, mapper: MapperId, expr: &Expr) -> Result<Known> {
    let known = |value| Ok(Known::Value(value));
    match expr.kind() {
        ExprKind::Column(column) => {
            let Some(key) = orm.mappers.get(mapper).key_of(column) else {
                return Err(unevaluated());
            };
            let state = orm.states.get(id);
            match state.dict.get(key) {
                Some(Slot::Value(value)) => known(value.clone()),
                Some(Slot::One(_) | Slot::Many(_)) => Err(unevaluated()),
                None => Ok(Known::Expired),
            }
        }
        ExprKind::Bind(bind) => bind.value.clone().map_or_else(|| Err(unevaluated()), known),
        ExprKind::Null => known(Value::Null),
        ExprKind::True => known(Value::Bool(true)),
        ExprKind::False => known(Value::Bool(false)),
        ExprKind::Grouping(inner) => evaluate(orm, id, mapper, inner),
        ExprKind::Annotated { element, .. } | ExprKind::OfEntity { element, .. } => {
            evaluate(orm, id, mapper, element)
        }
        ExprKind::List { op: op @ (Op::And | Op::Or), items } => {
            let stop = *op == Op::Or;
            let mut result = Known::Value(Value::Bool(!stop));
            for item in items {
                match evaluate(orm, id, mapper, item)? {
                    Known::Value(Value::Bool(value)) if value == stop => return known(Value::Bool(stop)),
                    Known::Value(Value::Bool(_)) => {}
                    other => result = other,
                }
            }
            Ok(result)
        }
        ExprKind::Binary { left, right, op, .. } => {
            let (left, right) = (evaluate(orm, id, mapper, left)?, evaluate(orm, id, mapper, right)?);
            let (Known::Value(left), Known::Value(right)) = (left, right) else { return Ok(Known::Expired) };
            match op {
                Op::Is => return known(Value::Bool(left == right)),
                Op::IsNot => return known(Value::Bool(left != right)),
                _ if left.is_null() || right.is_null() => return known(Value::Null),
                _ => {}
            }
            let order = compare(&left, &right);
            let holds = match op {
                Op::Eq => left == right,
                Op::Ne => left != right,
                Op::Lt => order.ok_or_else(unevaluated)? == Ordering::Less,
                Op::Le => order.ok_or_else(unevaluated)? != Ordering::Greater,
                Op::Gt => order.ok_or_else(unevaluated)? == Ordering::Greater,
                Op::Ge => order.ok_or_else(unevaluated)? != Ordering::Less,
                _ => return Err(unevaluated()),
            };
            known(Value::Bool(holds))
        }
        _ => Err(unevaluated()),
    }
}

fn unevaluated() -> Error {
    Error::unsupported("a bulk update or delete whose criteria cannot be evaluated in memory")
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
        (Value::DateTime(left), Value::DateTime(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Decimal(left), Value::Decimal(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
