//! Queries that were sent to the database and whose rows are read when they are asked for.
//!
//! Objects are made, and what options load along with them is loaded, as rows are read: all rows at the first, or as many at a
//! time as `yield_per` says. The database's rows are all there from the beginning.

use super::follow::follow;
use super::plan::{EntityPlan, Plan, Reader};
use super::query::{Entity, Query, Style, root_name};
use super::rows::{Loading, Refresh};
use super::{Rows, stated};
use crate::db::{self, ResultColumn};
use crate::error::{Error, ErrorKind, Result};
use crate::event;
use crate::host::Cx;
use crate::map::{Key, Lazy};
use crate::session::{self, SessionId};
use crate::sql::Statement;
use crate::value::Value;
use crate::version::Behaviour;
use std::collections::VecDeque;
use std::rc::Rc;

/// A query that was executed, and its rows that were not read yet.
#[derive(Debug)]
pub struct Unread {
    query: Query,
    session: SessionId,
    /// How often the session had been emptied when the query was executed.
    emptied: usize,
    plan: Plan,
    rows: VecDeque<Vec<Value>>,
    blank: Rows,
}

impl Unread {
    /// What the rows are like; there is none in it.
    pub fn blank(&self) -> &Rows {
        &self.blank
    }

    pub fn is_read(&self) -> bool {
        self.rows.is_empty()
    }

    /// Reads the next rows, all of them where nothing is said, and loads what belongs to their objects.
    ///
    /// # Errors
    ///
    /// Those of loading; `InvalidRequestError` where the session has been emptied since.
    pub fn read(&mut self, cx: &mut Cx<'_>, most: Option<usize>) -> Result<Rows> {
        let count = most.map_or(self.rows.len(), |most| most.min(self.rows.len()));
        let rows: Vec<Vec<Value>> = self.rows.drain(..count).collect();
        let emptied = session::emptied(cx.orm, self.session) != self.emptied;
        let stale = emptied && cx.orm.profile.has(Behaviour::PartsRefusedLate);
        let (read, _) = read_rows(cx, &self.query, (self.session, stale), &self.plan, &rows, None)?;
        let mut read = Rows { rows: read, ..self.blank.clone() };
        let repeats = (most.is_some() && cx.orm.profile.has(Behaviour::PartsRepeat))
            || (self.query.repeats && !self.plan.multiplies);
        if self.query.style != Style::Select && self.query.has_mapped() && !repeats {
            read = read.unique();
        }
        Ok(read)
    }
}

impl Query {
    /// Sends the query to the database, after a flush where the session does so. Its rows are still to be read.
    ///
    /// # Errors
    ///
    /// Those of the flush, the statement and its execution; `InvalidRequestError` where rows cannot be read in parts.
    pub fn begin(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Unread> {
        session::sweep(cx.orm);
        self.configure(cx)?;
        let told = self.announced(cx, session)?;
        told.as_ref().unwrap_or(self).send(cx, session)
    }

    /// Sends the query to the database.
    fn send(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Unread> {
        let (plan, columns, rows) = self.execute(cx, session)?;
        if self.yield_per.is_some() && cx.orm.profile.has(Behaviour::PartsRefusedLate) {
            self.check_parts(cx, &plan)?;
        }
        let names = names(&plan, &columns);
        let legacy = self.style != Style::Select;
        let of_mapped = self.entities.iter().any(|entity| !matches!(entity, Entity::Expr(_)));
        let blank = Rows {
            names,
            rows: Vec::new(),
            bundles: self.bundles.clone(),
            of_mapped,
            scalars: legacy && self.is_single(),
            needs_unique: plan.multiplies && !legacy,
            unhashable: if of_mapped { plan.unhashable.iter().copied().collect() } else { Rc::from([]) },
        };
        let emptied = session::emptied(cx.orm, session);
        Ok(Unread { query: self.clone(), session, emptied, plan, rows: rows.into(), blank })
    }

    /// Runs the query in a session: flushes first, where the session does so.
    pub fn run(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Rows> {
        let mut unread = self.begin(cx, session)?;
        let mut rows = unread.read(cx, self.yield_per)?;
        while !unread.is_read() {
            rows.rows.append(&mut unread.read(cx, self.yield_per)?.rows);
        }
        Ok(rows)
    }

    /// Runs the query without a flush to refresh an object; the answer says whether the rows had it.
    pub(super) fn run_refreshing(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        refresh: Refresh,
    ) -> Result<bool> {
        let (plan, _, rows) = self.execute(cx, session)?;
        read_rows(cx, self, (session, false), &plan, &rows, Some(refresh)).map(|(_, met)| met)
    }

    fn execute(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
    ) -> Result<(Plan, Vec<ResultColumn>, Vec<Vec<Value>>)> {
        // Before 1.4 the statement is made before the transaction begins.
        let begins = cx.orm.profile.has(Behaviour::PartsRefusedLate);
        let mut connection = begins.then(|| self.connection(cx, session)).transpose()?;
        let mut connected = |cx: &mut Cx<'_>| match connection.take() {
            Some(connection) => Ok(connection),
            None => self.connection(cx, session),
        };
        let (plan, result) = match &self.statement {
            Some(statement) => {
                let statement = &self.tagged(statement);
                let connection = connected(cx)?;
                let result = db::execute_cached(cx, connection, statement, self.given(), !self.uncached)?;
                (stated::plan_of_statement(cx.orm, self, statement, &result.columns)?, result)
            }
            None => {
                super::conflict::check(cx.orm, self)?;
                let mut plan = Plan::new(cx.orm, self, !self.without_eager)?;
                if self.yield_per.is_some() && !begins {
                    self.check_parts(cx, &plan)?;
                }
                plan.note_unhashable();
                let statement = Statement::from(std::mem::take(&mut plan.select));
                let connection = connected(cx)?;
                let result = db::execute_cached(cx, connection, &statement, self.given(), !self.uncached)?;
                (plan, result)
            }
        };
        if let Some(message) = &plan.refused {
            return Err(Error::new(ErrorKind::InvalidRequestError, message.as_str()));
        }
        if let Some(column) = &plan.lost
            && (cx.orm.profile.has(Behaviour::LostKeyToldAtOnce) || !result.rows.is_empty())
        {
            return Err(stated::absent(cx.orm, &column.to_string()));
        }
        if let Some(column) = &plan.unlinked
            && (cx.orm.profile.has(Behaviour::LostLinkToldAtOnce) || !result.rows.is_empty())
        {
            return Err(stated::absent(cx.orm, column));
        }
        Ok((plan, result.columns, result.rows))
    }

    /// Refuses loads that need all rows at once, where rows are read in parts.
    fn check_parts(&self, cx: &Cx<'_>, plan: &Plan) -> Result<()> {
        let by_subquery = plan.readers.iter().any(|reader| match reader {
            Reader::Entity(plan) => asks_subquery(plan),
            Reader::Value(_) => false,
        });
        if !plan.multiplies && !by_subquery {
            return Ok(());
        }
        let text = if cx.orm.profile.has(Behaviour::PartsRefusedLate) {
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against collections or subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects.".to_owned()
        } else {
            let kind = if plan.multiplies { "joined collection" } else { "subquery" };
            format!(
                "The yield_per Query option is currently not compatible with {kind} eager loading.  Please specify lazyload('*') or query.enable_eagerloads(False) in order to proceed with query.yield_per()."
            )
        };
        Err(Error::new(ErrorKind::InvalidRequestError, text))
    }

    fn has_mapped(&self) -> bool {
        self.entities.iter().any(|entity| matches!(entity, Entity::Mapped(_)))
    }
}

fn asks_subquery(plan: &EntityPlan) -> bool {
    plan.later.iter().any(|later| later.lazy == Lazy::Subquery)
        || plan.joined.iter().any(|joined| asks_subquery(&joined.entity))
}

/// The names of a row's places; an expression without one has that of its column.
fn names(plan: &Plan, columns: &[ResultColumn]) -> Vec<Key> {
    let name = |(name, reader): (&Key, &Reader)| match reader {
        Reader::Value(at) if name.is_empty() => {
            columns.get(*at).map_or_else(|| Rc::clone(name), |column| Rc::clone(&column.name))
        }
        _ => Rc::clone(name),
    };
    plan.names.iter().zip(&plan.readers).map(name).collect()
}

/// Makes objects of rows, and loads what belongs to them; the flag says whether the rows had the object that is refreshed.
fn read_rows(
    cx: &mut Cx<'_>,
    query: &Query,
    (session, stale): (SessionId, bool),
    plan: &Plan,
    raw: &[Vec<Value>],
    refresh: Option<Refresh>,
) -> Result<(Vec<Vec<super::Item>>, bool)> {
    let refreshed = refresh.as_ref().map(|refresh| refresh.object.id());
    let kept = query.kept_options.unwrap_or(query.options.len()).min(query.options.len());
    let mut loading = Loading::new(session, query.populate_existing, refresh, &query.options[..kept]);
    loading.stale = stale;
    loading.on_access = query.on_access;
    loading.keeps_columns = cx.orm.profile.has(Behaviour::RefreshDefers);
    loading.lineage.clone_from(&query.lineage);
    loading.prior.clone_from(&query.prior);
    loading.looked_up =
        query.options[kept..].iter().filter_map(|option| option.path.last().cloned()).collect();
    if !cx.orm.profile.has(Behaviour::ImmediateInOrder) {
        loading.between_rows = Some(Rc::new(query.clone()));
    }
    let roots = query.entities.iter().map(|entity| query.root.clone().or_else(|| root_name(cx, entity)));
    loading.roots = roots.collect();
    let mut rows = Vec::with_capacity(raw.len());
    for row in raw {
        rows.push(loading.row(cx, &plan.readers, row)?);
        event::deliver(cx)?;
    }
    let met = refreshed.is_some_and(|id| loading.met(id));
    let left = loading.finish(cx)?;
    follow(cx, session, left, query)?;
    Ok((rows, met))
}
