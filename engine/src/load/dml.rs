//! Updates and deletes of a mapped class by criteria: one statement, and the session's objects follow it.
//!
//! Which objects follow is found by evaluating the criteria in memory, or by having the database say which rows they
//! were. What can be found in neither way is unsupported, never guessed.

use super::adapt::Adapter;
use super::evaluate::{Known, Refusal, check, evaluate, unevaluated};
use super::options::{self, LoaderOption};
use super::plan::Plan;
use super::polymorphic::{self, limit};
use super::query::{Entity, Query, Style};
use super::result::Rows;
use super::returning::{Returned, shape};
use crate::attr::{self, NewValue};
use crate::db::{self, Given};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::{self, Key, Mapped, MapperId};
use crate::orm::Orm;
use crate::schema::Column;
use crate::session::{self, SessionId};
use crate::sql::{Delete, Expr, FromItem, Select, Statement, Update};
use crate::state::{IdentityKey, ObjRef, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// How objects of a session follow a change of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronize {
    /// By evaluating the criteria, or where that cannot be, by fetching.
    #[default]
    Auto,
    Evaluate,
    /// By the keys that the database says were matched.
    Fetch,
    /// Not at all.
    Off,
}

/// An update or delete of the rows of a mapped class.
#[derive(Debug, Clone)]
pub struct Change {
    pub mapper: MapperId,
    pub criteria: Vec<Expr>,
    /// What an update sets; `None` for a delete.
    pub values: Option<Vec<(Column, Expr)>>,
    /// What the statement returns of each row.
    pub returning: Vec<Entity>,
    pub synchronize: Synchronize,
    pub autoflush: bool,
    /// Returned rows replace what objects have loaded.
    pub populate_existing: bool,
    /// Options, of which only further criteria count here.
    pub options: Vec<LoaderOption>,
}

/// What a change came to.
#[derive(Debug)]
pub struct Changed {
    pub rowcount: i64,
    /// What it returned, where it was asked to.
    pub rows: Option<Rows>,
}

/// The objects that a change is about.
enum Matched {
    /// Nobody asked.
    Unasked,
    /// These, and of some it is not known.
    Objects(Vec<ObjRef>, Vec<ObjRef>),
    /// The statement is to tell.
    ByReturning,
}

impl Query {
    /// `query.delete()` (no values) or `query.update()`; the number of rows.
    ///
    /// # Errors
    ///
    /// What the database says, or a criterion that cannot be evaluated.
    pub fn change(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        values: Option<Vec<(Column, Expr)>>,
        synchronize: Synchronize,
    ) -> Result<i64> {
        let plain = self.joins.is_empty() && self.limit.is_none() && self.offset.is_none();
        let mapper = match &self.entities[..] {
            [Entity::Mapped(mapped)] if mapped.alias.is_none() && plain => mapped.mapper,
            _ => return Err(Error::unsupported("a bulk update or delete of more than one mapped class")),
        };
        let change = Change {
            mapper,
            criteria: self.criteria.clone(),
            values,
            returning: Vec::new(),
            synchronize,
            autoflush: self.autoflush,
            populate_existing: false,
            options: self.options.clone(),
        };
        Ok(change.run(cx, session)?.rowcount)
    }
}

/// Whether a class's mapping brings tables of subclasses along.
pub fn is_loaded_joined(orm: &Orm, mapper: MapperId) -> bool {
    let with = orm.mappers.polymorphic_mappers(mapper);
    let own = &orm.mappers.get(mapper).hierarchy.tables;
    with.iter().any(|below| orm.mappers.get(*below).hierarchy.tables.iter().any(|table| !own.contains(table)))
}

impl Change {
    /// Executes it in a session.
    ///
    /// # Errors
    ///
    /// What the database says, or a criterion that cannot be evaluated.
    pub fn run(&self, cx: &mut Cx<'_>, session: SessionId) -> Result<Changed> {
        let registry = cx.orm.mappers.get(self.mapper).registry;
        map::configure_registry(cx, registry)?;
        let place = &cx.orm.mappers.get(self.mapper).hierarchy;
        if place.joined || place.reads.is_some() || (place.union.is_some() && !self.criteria.is_empty()) {
            return Err(Error::unsupported("a bulk update or delete of a class that is mapped to no table"));
        }
        if self.autoflush {
            session::autoflush(cx, session)?;
        }
        let criteria = self.all_criteria(cx)?;
        let matched = self.matched(cx, session, &criteria)?;
        let mut returned = Returned::plan(cx, &self.returning)?;
        if let Matched::ByReturning = matched {
            let key = cx.orm.mappers.get(self.mapper).table.primary_key();
            if returned.has(&key)
                || returned.is_empty()
                || cx.orm.profile.has(Behaviour::FetchBesideReturning)
            {
                returned.add_key(&key);
            }
        }
        let changes = self.changes(cx, &matched)?;
        let plain: Vec<Expr> = criteria.iter().map(Expr::without_entities).collect();
        let table = cx.orm.mappers.get(self.mapper).table.clone();
        let followed = match (&matched, self.synchronize) {
            (Matched::Unasked, _) => "off",
            (Matched::ByReturning, _) | (_, Synchronize::Fetch) => "fetch",
            _ => "evaluate",
        };
        let tag = Some(Rc::from(format!("{followed} {:?}{}", self.mapper, shape(&self.returning))));
        let statement = match &self.values {
            Some(values) => {
                let mut update = Update::of(&table);
                update.values =
                    values.iter().map(|(column, value)| (column.clone(), value.without_entities())).collect();
                update.where_ = plain;
                update.returning = returned.columns();
                update.tag = tag;
                Statement::from(update)
            }
            None => {
                let mut delete = Delete::from(&table);
                delete.where_ = plain;
                delete.returning = returned.columns();
                delete.tag = tag;
                Statement::from(delete)
            }
        };
        let connection = session::connection_for(cx, session, self.mapper, true)?;
        if self.values.is_none()
            && cx.orm.profile.has(Behaviour::DeleteOfHierarchyRefused)
            && cx.orm.mappers.get(self.mapper).inherits.is_none()
            && is_loaded_joined(cx.orm, self.mapper)
        {
            let message = "This backend does not support multiple-table criteria within DELETE";
            return Err(Error::new(ErrorKind::NotImplementedError, message));
        }
        if let (Matched::ByReturning, Statement::Delete(delete)) = (&matched, &statement) {
            let elsewhere = |item: &FromItem| *item != FromItem::from(&table);
            if delete.where_.iter().any(|expr| expr.from_items().iter().any(elsewhere)) {
                return Err(no_returning_of_several());
            }
        }
        let result = db::execute(cx, connection, &statement, Given::Empty)?;
        let rowcount = if result.returns_rows { result.rows.len() as i64 } else { result.rowcount };
        match matched {
            Matched::Unasked => {}
            Matched::Objects(objects, unknown) => {
                self.follow(cx, session, &objects, changes)?;
                if self.values.is_none() {
                    for object in &unknown {
                        session::expire_state(cx.orm, object.id());
                    }
                }
            }
            Matched::ByReturning => {
                let mapper = cx.orm.mappers.base(self.mapper);
                let mut objects = Vec::new();
                for values in result.rows.iter().filter_map(|row| returned.key(row)) {
                    objects.extend(session::lookup(cx.orm, session, &IdentityKey { mapper, values }));
                }
                let changes = self.values_of(cx, &objects)?;
                self.follow(cx, session, &objects, changes)?;
            }
        }
        let rows = if self.returning.is_empty() {
            None
        } else {
            let populate = self.populate_existing && cx.orm.profile.has(Behaviour::ReturningPopulates);
            Some(returned.load(cx, session, &result, populate)?)
        };
        Ok(Changed { rowcount, rows })
    }

    /// The criteria, with what limits the rows to the class's.
    fn all_criteria(&self, cx: &Cx<'_>) -> Result<Vec<Expr>> {
        let mut criteria = self.criteria.clone();
        let class = Mapped::from(self.mapper);
        criteria.extend(options::criteria(cx.orm, &self.options, class, &Adapter::Plain, false)?);
        if cx.orm.profile.has(Behaviour::BulkLimitedToClass) {
            criteria.extend(limit(cx.orm, self.mapper, &Adapter::Plain)?);
        }
        Ok(criteria)
    }

    fn matched(&self, cx: &mut Cx<'_>, session: SessionId, criteria: &[Expr]) -> Result<Matched> {
        let synchronize = match self.synchronize {
            Synchronize::Off => return Ok(Matched::Unasked),
            Synchronize::Fetch => Synchronize::Fetch,
            asked => match criteria.iter().find_map(|expr| check(cx, self.mapper, expr).err()) {
                None => Synchronize::Evaluate,
                Some(Refusal::Ours) => return Err(unevaluated()),
                Some(Refusal::Raised(error)) => return Err(error),
                Some(_) if asked == Synchronize::Auto => Synchronize::Fetch,
                Some(Refusal::Untold) => {
                    return Err(Error::unsupported(
                        "what the library says of criteria that cannot be evaluated",
                    ));
                }
                Some(Refusal::Told(why)) => {
                    let option = if cx.orm.profile.has(Behaviour::UpdateOptionNamed) {
                        "execution option"
                    } else {
                        "parameter"
                    };
                    let message = format!(
                        "Could not evaluate current criteria in Python: \"{why}\". Specify 'fetch' or False for the \
                         synchronize_session {option}."
                    );
                    return Err(Error::new(ErrorKind::InvalidRequestError, message));
                }
            },
        };
        if synchronize == Synchronize::Fetch {
            if cx.orm.profile.has(Behaviour::Returning) {
                return Ok(Matched::ByReturning);
            }
            return self.selected(cx, session, criteria);
        }
        let whole = match criteria {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(Expr::and(several.to_vec())),
        };
        let (mut objects, mut unknown) = (Vec::new(), Vec::new());
        for object in session::identity_objects(cx.orm, session) {
            let state = cx.orm.states.get(object.id());
            if !cx.orm.mappers.is_a(state.mapper, self.mapper) || state.expired {
                continue;
            }
            let holds = match &whole {
                Some(whole) => evaluate(cx, &object, self.mapper, whole)?,
                None => Known::Value(Value::Bool(true)),
            };
            match holds {
                Known::Value(Value::Bool(true)) => objects.push(object),
                Known::Value(Value::Int(number)) if number != 0 => objects.push(object),
                Known::Value(_) => {}
                Known::Expired if self.values.is_some() => objects.push(object),
                Known::Expired => unknown.push(object),
            }
        }
        Ok(Matched::Objects(objects, unknown))
    }

    /// The objects of the rows that a select by the same criteria finds.
    fn selected(&self, cx: &mut Cx<'_>, session: SessionId, criteria: &[Expr]) -> Result<Matched> {
        let key = cx.orm.mappers.get(self.mapper).table.primary_key();
        let statement = if cx.orm.profile.has(Behaviour::StatementsSynchronize) {
            let mapper = cx.orm.mappers.get(self.mapper);
            let several = mapper.is_joined() || is_loaded_joined(cx.orm, self.mapper);
            let whole = several && cx.orm.profile.has(Behaviour::FetchSelectsWholeClass);
            let key = if whole { mapper.primary_key.clone() } else { key };
            let mut select = Select::new(key.iter().map(Expr::column).collect());
            if whole {
                select.from.push(polymorphic::selectable(cx.orm, self.mapper));
            }
            select.where_ = criteria.iter().map(Expr::without_entities).collect();
            select
        } else {
            let mapped = Mapped::from(self.mapper);
            let keys =
                key.iter().filter_map(|column| cx.orm.mappers.get(self.mapper).key_of(column).cloned());
            let entities = keys.map(|key| Entity::Attribute(mapped, key)).collect();
            let mut query = Query::new(Style::Legacy, None, entities);
            query.criteria.clone_from(&self.criteria);
            Plan::new(cx.orm, &query, false)?.select
        };
        let connection = session::connection_for(cx, session, self.mapper, true)?;
        let result = db::execute(cx, connection, &Statement::from(statement), Given::Empty)?;
        let mapper = cx.orm.mappers.base(self.mapper);
        let objects = result
            .rows
            .into_iter()
            .filter_map(|values| session::lookup(cx.orm, session, &IdentityKey { mapper, values }))
            .collect();
        Ok(Matched::Objects(objects, Vec::new()))
    }

    fn changes(&self, cx: &mut Cx<'_>, matched: &Matched) -> Result<Vec<(ObjRef, Key, Option<Value>)>> {
        match matched {
            Matched::Objects(objects, _) => self.values_of(cx, objects),
            Matched::Unasked | Matched::ByReturning => Ok(Vec::new()),
        }
    }

    /// What objects have after an update; `None` where only the database knows.
    fn values_of(&self, cx: &mut Cx<'_>, objects: &[ObjRef]) -> Result<Vec<(ObjRef, Key, Option<Value>)>> {
        let mut changes = Vec::new();
        let Some(values) = &self.values else { return Ok(changes) };
        for object in objects {
            for (column, value) in values {
                let Some(key) = cx.orm.mappers.get(self.mapper).key_of(column).cloned() else { continue };
                if !attr::is_loaded(cx.orm, object.id(), &key) {
                    continue;
                }
                let fetched = self.synchronize == Synchronize::Fetch;
                let value = match check(cx, self.mapper, value) {
                    // The oldest releases leave what was fetched to be loaded.
                    Ok(()) if fetched && !cx.orm.profile.has(Behaviour::FetchedValuesEvaluated) => None,
                    Ok(()) => match evaluate(cx, object, self.mapper, value)? {
                        Known::Value(value) => Some(value),
                        Known::Expired => None,
                    },
                    Err(Refusal::Ours) => return Err(unevaluated()),
                    Err(Refusal::Raised(error)) => return Err(error),
                    Err(_) => None,
                };
                changes.push((object.clone(), key, value));
            }
        }
        Ok(changes)
    }

    /// Has the session's objects follow.
    fn follow(
        &self,
        cx: &mut Cx<'_>,
        session: SessionId,
        objects: &[ObjRef],
        changes: Vec<(ObjRef, Key, Option<Value>)>,
    ) -> Result<()> {
        if self.values.is_none() {
            let ids: Vec<StateId> = objects.iter().map(ObjRef::id).collect();
            session::flushed_deleted(cx.orm, session, &ids);
            return Ok(());
        }
        // The oldest releases have what was fetched expire, and no more.
        let commits =
            self.synchronize != Synchronize::Fetch || cx.orm.profile.has(Behaviour::StatementsSynchronize);
        for object in objects {
            session::note_flushed(cx.orm, session, object.id());
            if commits {
                cx.orm.states.get_mut(object.id()).expired = false;
            }
        }
        for (object, key, value) in changes {
            match value {
                Some(value) => attr::set_committed(cx, object.id(), &key, NewValue::Value(value))?,
                None => session::expire_attributes(cx.orm, object.id(), &[key])?,
            }
        }
        Ok(())
    }
}

fn no_returning_of_several() -> Error {
    let message = "Dialect \"sqlite\" does not support RETURNING with DELETE..USING; for synchronize_session='fetch', please \
                   add the additional execution option 'is_delete_using=True' to the statement to indicate that a separate \
                   SELECT should be used for this backend.";
    Error::new(ErrorKind::CompileError, message)
}
