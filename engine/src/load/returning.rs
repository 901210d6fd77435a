//! What `RETURNING` brings back, as objects and values.
//!
//! Columns stand in the order in which a `SELECT` of the same entities has them; keys that only the session wants stand
//! before them.

use super::plan::{Plan, Reader};
use super::query::{Entity, Query, Style};
use super::result::Rows;
use super::rows::Loading;
use crate::db::ExecResult;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Lazy;
use crate::schema::Column;
use crate::session::SessionId;
use crate::sql::Expr;
use crate::value::Value;
use std::rc::Rc;

/// What a statement returns, and how it is read.
#[derive(Debug, Default)]
pub(super) struct Returned {
    columns: Vec<Expr>,
    readers: Vec<Reader>,
    names: Vec<Rc<str>>,
    key: Vec<Expr>,
}

/// The columns that a `RETURNING` of these entities has.
///
/// # Errors
///
/// `Unsupported` for a class in several tables, or one that loads relationships along.
pub fn returned_columns(cx: &mut Cx<'_>, entities: &[Entity]) -> Result<Vec<Expr>> {
    Ok(Returned::plan_spliced(cx, entities)?.columns())
}

impl Returned {
    /// What these entities need.
    pub(super) fn plan(cx: &Cx<'_>, entities: &[Entity]) -> Result<Self> {
        Self::plan_as(cx, entities, false)
    }

    /// As [`Returned::plan`], where several statements can bring the columns of one class.
    pub(super) fn plan_spliced(cx: &Cx<'_>, entities: &[Entity]) -> Result<Self> {
        Self::plan_as(cx, entities, true)
    }

    fn plan_as(cx: &Cx<'_>, entities: &[Entity], spliced: bool) -> Result<Self> {
        if entities.is_empty() {
            return Ok(Returned::default());
        }
        for entity in entities {
            let Entity::Mapped(mapped) = entity else { continue };
            let mapper = cx.orm.mappers.get(mapped.mapper);
            if (mapper.is_joined() && !spliced) || mapped.alias.is_some() {
                return Err(Error::unsupported("returning() of a class in several tables, or of an alias"));
            }
            let eager =
                |lazy: Lazy| matches!(lazy, Lazy::Joined | Lazy::Selectin | Lazy::Subquery | Lazy::Immediate);
            if mapper.relationships().any(|relationship| eager(relationship.resolved().lazy)) {
                return Err(Error::unsupported("returning() of a class that loads relationships along"));
            }
        }
        let query = Query::new(Style::Select, None, entities.to_vec());
        let plan = Plan::new(cx.orm, &query, false)?;
        Ok(Returned {
            columns: plan.select.columns,
            readers: plan.readers,
            names: plan.names,
            key: Vec::new(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Has the primary key come back too, before all else.
    pub(super) fn add_key(&mut self, key: &[Column]) {
        self.key = key.iter().map(Expr::column).collect();
    }

    /// Whether all of these come back anyway.
    pub(super) fn has(&self, key: &[Column]) -> bool {
        key.iter().all(|column| self.columns.iter().any(|known| known.base_column() == Some(column)))
    }

    /// The columns of the `RETURNING` clause.
    pub(super) fn columns(&self) -> Vec<Expr> {
        let mut columns = self.key.clone();
        columns.extend(self.columns.iter().filter(|column| self.key_place(column).is_none()).cloned());
        columns
    }

    /// Where among the key's columns a column stands.
    fn key_place(&self, column: &Expr) -> Option<usize> {
        self.key.iter().position(|key| key.base_column() == column.base_column())
    }

    /// The primary key of a returned row, where it was asked for.
    pub(super) fn key(&self, row: &[Value]) -> Option<Vec<Value>> {
        if self.key.is_empty() { None } else { row.get(..self.key.len()).map(<[Value]>::to_vec) }
    }

    /// Where in a returned row each column stands.
    fn places(&self) -> Vec<usize> {
        let mut next = self.key.len();
        let place = |column| {
            self.key_place(column).unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        };
        self.columns.iter().map(place).collect()
    }

    /// Reads the rows of a result into a session.
    pub(super) fn load(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        result: &ExecResult,
        populate_existing: bool,
    ) -> Result<Rows> {
        let mut loading = Loading::new(session, populate_existing, None, &[]);
        let places = self.places();
        let mut rows = Vec::with_capacity(result.rows.len());
        for row in &result.rows {
            let row: Vec<Value> = places.iter().filter_map(|at| row.get(*at).cloned()).collect();
            rows.push(loading.row(cx, &self.readers, &row)?);
        }
        loading.finish(cx)?;
        let names = self.names.iter().zip(&self.readers).map(|(name, reader)| match reader {
            Reader::Value(at) if name.is_empty() => result
                .columns
                .get(places.get(*at).copied().unwrap_or(*at))
                .map_or_else(|| Rc::clone(name), |column| Rc::clone(&column.name)),
            _ => Rc::clone(name),
        });
        Ok(Rows {
            names: names.collect(),
            rows,
            bundles: Vec::new(),
            scalars: false,
            of_mapped: true,
            needs_unique: false,
        })
    }
}
