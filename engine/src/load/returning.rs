//! What `RETURNING` brings back, as objects and values.
//!
//! Columns stand in the order in which a `SELECT` of the same entities has them; keys that only the session wants stand
//! before them.

use super::follow::follow;
use super::plan::{LaterLoad, Plan, Reader};
use super::query::{Entity, Query, ROOT_CLASS, Style};
use super::result::Rows;
use super::rows::{Later, Loading};
use crate::db::ExecResult;
use crate::error::{Error, Result};
use crate::host::Cx;
use crate::map::Lazy;
use crate::schema::Column;
use crate::session::SessionId;
use crate::sql::Expr;
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// What a statement returns, and how it is read.
#[derive(Debug, Default)]
pub(super) struct Returned {
    columns: Vec<Expr>,
    readers: Vec<Reader>,
    names: Vec<Rc<str>>,
    key: Vec<Expr>,
    /// A query of the same.
    query: Option<Query>,
    /// A collection would be loaded by a join.
    multiplies: bool,
}

/// The columns that a `RETURNING` of these entities has.
///
/// # Errors
///
/// `Unsupported` for a class in several tables.
pub fn returned_columns(cx: &mut Cx<'_>, entities: &[Entity]) -> Result<Vec<Expr>> {
    // Read by no session, deferred columns stand there like all others.
    Ok(Returned::plan_as(cx, entities, true, true)?.columns())
}

/// What tells statements apart that return the same columns as other entities.
pub(super) fn shape(entities: &[Entity]) -> String {
    let one = |entity: &Entity| match entity {
        Entity::Mapped(mapped) => format!(" {mapped:?}"),
        Entity::Attribute(mapped, key) => format!(" {mapped:?} {key}"),
        Entity::Expr(_) => " _".to_owned(),
    };
    entities.iter().map(one).collect()
}

impl Returned {
    /// What these entities need.
    pub(super) fn plan(cx: &Cx<'_>, entities: &[Entity]) -> Result<Self> {
        Self::plan_as(cx, entities, false, false)
    }

    /// As [`Returned::plan`], where several statements can bring the columns of one class.
    pub(super) fn plan_spliced(cx: &Cx<'_>, entities: &[Entity]) -> Result<Self> {
        Self::plan_as(cx, entities, true, cx.orm.profile.has(Behaviour::BulkReturnsDeferred))
    }

    fn plan_as(cx: &Cx<'_>, entities: &[Entity], spliced: bool, returns_deferred: bool) -> Result<Self> {
        if entities.is_empty() {
            return Ok(Returned::default());
        }
        for entity in entities {
            let Entity::Mapped(mapped) = entity else { continue };
            let mapper = cx.orm.mappers.get(mapped.mapper);
            if (mapper.is_joined() && !spliced) || mapped.alias.is_some() {
                return Err(Error::unsupported("returning() of a class in several tables, or of an alias"));
            }
        }
        let query = Query::new(Style::Select, None, entities.to_vec());
        let mut plan = if returns_deferred {
            Plan::new(cx.orm, &query, false)?
        } else {
            Plan::returning(cx.orm, &query)?
        };
        let mut multiplies = false;
        for reader in &mut plan.readers {
            let Reader::Entity(entity) = reader else { continue };
            if returns_deferred {
                // They come back, and are not read.
                let mapper = cx.orm.mappers.get(entity.mapper);
                entity.columns.retain(|(key, _)| {
                    !mapper.column_properties().any(|found| found.key == *key && found.deferral.deferred)
                });
            }
            for relationship in cx.orm.mappers.get(entity.mapper).relationships() {
                let lazy = relationship.resolved().lazy;
                // What a query would join is left for its access, and what it would ask for again, too.
                multiplies |= lazy == Lazy::Joined && relationship.resolved().uselist;
                if matches!(lazy, Lazy::Selectin | Lazy::Immediate | Lazy::NoLoad) {
                    let relationship = Rc::clone(relationship);
                    entity.later.push(LaterLoad {
                        relationship,
                        lazy,
                        of_type: None,
                        recursion: None,
                        returns: false,
                    });
                }
            }
        }
        Ok(Returned {
            columns: plan.select.columns,
            readers: plan.readers,
            names: plan.names,
            key: Vec::new(),
            query: Some(query),
            multiplies,
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

    /// Reads the rows of a result into a session, and loads what goes along with them.
    pub(super) fn load(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        result: &ExecResult,
        populate_existing: bool,
    ) -> Result<Rows> {
        let (rows, later) = self.read(cx, session, result, populate_existing)?;
        self.load_along(cx, session, later)?;
        Ok(rows)
    }

    /// Loads what goes along with rows that were read.
    pub(super) fn load_along(&self, cx: &mut Cx<'_>, session: SessionId, found: Vec<Later>) -> Result<()> {
        let Some(query) = &self.query else { return Ok(()) };
        let mut later: Vec<Later> = Vec::new();
        for load in found {
            match later.iter_mut().find(|known| Rc::ptr_eq(&known.relationship, &load.relationship)) {
                Some(known) => {
                    known.objects.extend(load.objects);
                    known.kept.extend(load.kept);
                }
                None => later.push(load),
            }
        }
        follow(cx, session, (later, Vec::new()), query)
    }

    /// Reads the rows of a result into a session; what is to be loaded along with them comes back.
    pub(super) fn read(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        result: &ExecResult,
        populate_existing: bool,
    ) -> Result<(Rows, Vec<Later>)> {
        let mut loading = Loading::new(session, populate_existing, None, &[]);
        loading.roots = vec![Some(Rc::from(ROOT_CLASS)); self.readers.len()];
        let places = self.places();
        let mut rows = Vec::with_capacity(result.rows.len());
        for row in &result.rows {
            let row: Vec<Value> = places.iter().filter_map(|at| row.get(*at).cloned()).collect();
            rows.push(loading.row(cx, &self.readers, &row)?);
        }
        let (later, _) = loading.finish(cx)?;
        let names = self.names.iter().zip(&self.readers).map(|(name, reader)| match reader {
            Reader::Value(at) if name.is_empty() => result
                .columns
                .get(places.get(*at).copied().unwrap_or(*at))
                .map_or_else(|| Rc::clone(name), |column| Rc::clone(&column.name)),
            _ => Rc::clone(name),
        });
        let rows = Rows {
            names: names.collect(),
            rows,
            bundles: Vec::new(),
            scalars: false,
            of_mapped: true,
            needs_unique: self.multiplies,
            unhashable: Rc::from([]),
        };
        Ok((rows, later))
    }
}
