//! What a flush will write: the objects that take part, and the actions that follow from them.
//!
//! Registering an object of a mapper for the first time brings in the mapper's relationships; each of them
//! may register more objects, until nothing is added.

use super::dependency::{self, Processor};
use crate::attr::History;
use crate::error::Result;
use crate::host::Cx;
use crate::map::{Key, MapperId, Relationship};
use crate::orm::Orm;
use crate::schema::Column;
use crate::session::{self, SessionId, cascade};
use crate::state::{ObjRef, StateId};
use crate::warning::Warning;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;

/// How an object takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fate {
    delete: bool,
    /// It is looked at, but nothing of its own is written.
    listed: bool,
}

/// How an object comes into the plan.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    pub(super) delete: bool,
    pub(super) listed: bool,
    pub(super) cancel_delete: bool,
    /// The operation along a relationship that brings it in, for the warning where it is not in the session.
    pub(super) along: Option<(&'static str, &'a Relationship)>,
}

/// Something to do. Numbers of processors are those in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// Insert and update all objects of a hierarchy, by its base mapper.
    SaveAll(MapperId),
    DeleteAll(MapperId),
    /// A relationship's work for all parents, saved or (`true`) deleted.
    ProcessAll(usize, bool),
    Save(StateId),
    Delete(StateId),
    Process(usize, bool, StateId),
    /// Update the rows of a hierarchy that `post_update` relationships asked for, of objects that are saved or
    /// (`true`) about to be deleted.
    PostUpdate(MapperId, bool),
}

/// The plan of one flush.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) session: SessionId,
    fates: IndexMap<StateId, Fate>,
    /// Keeps the objects alive until the flush is over.
    objects: IndexMap<StateId, ObjRef>,
    by_mapper: IndexMap<MapperId, IndexSet<StateId>>,
    pub(super) processors: Vec<Processor>,
    known: IndexMap<(MapperId, Key), usize>,
    known_keys: IndexSet<(MapperId, Key)>,
    /// Actions that have been asked for; `true` where it was taken back.
    pub(super) actions: IndexMap<Action, bool>,
    pub(super) edges: IndexSet<(Action, Action)>,
    /// Association rows that one side of a many-to-many has dealt with, by the names of both sides.
    pub(super) associated: IndexMap<Vec<Key>, IndexSet<(StateId, StateId)>>,
    /// Foreign keys that a parent's changed primary key was copied into.
    pub(super) cascaded: IndexSet<(StateId, Key)>,
    /// What the flush has found of relationships. It does not look again.
    pub(super) histories: IndexMap<(StateId, Key), History>,
    /// The objects that are being inserted and updated.
    pub(super) writing: Vec<StateId>,
    /// Objects whose rows are updated once more, and the columns that are, by base mapper.
    pub(super) post_updates: IndexMap<MapperId, PostUpdates>,
}

/// What `post_update` relationships asked for in one hierarchy.
#[derive(Debug, Default)]
pub(super) struct PostUpdates {
    pub(super) states: IndexSet<StateId>,
    pub(super) columns: Vec<Column>,
}

impl Plan {
    pub(super) fn new(session: SessionId) -> Self {
        Plan {
            session,
            fates: IndexMap::new(),
            objects: IndexMap::new(),
            by_mapper: IndexMap::new(),
            processors: Vec::new(),
            known: IndexMap::new(),
            known_keys: IndexSet::new(),
            actions: IndexMap::new(),
            edges: IndexSet::new(),
            associated: IndexMap::new(),
            cascaded: IndexSet::new(),
            histories: IndexMap::new(),
            writing: Vec::new(),
            post_updates: IndexMap::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fates.is_empty()
    }

    pub(super) fn states(&self) -> impl Iterator<Item = StateId> {
        self.fates.keys().copied()
    }

    /// What an error of the flush holds: the objects that relationships were found to lead to, and, for what they hold in
    /// turn, the new ones that were being written.
    pub(super) fn held(&self, orm: &Orm) -> Vec<ObjRef> {
        let related =
            self.histories.values().flat_map(|found| [&found.added, &found.unchanged, &found.deleted]);
        let new = self.writing.iter().filter(|id| orm.states.get(**id).key.is_none());
        let new = new.filter_map(|id| self.objects.get(id));
        new.chain(related.flat_map(|items| History::objects(items))).cloned().collect()
    }

    pub(super) fn is_deleted(&self, id: StateId) -> bool {
        self.fates.get(&id).is_some_and(|fate| fate.delete)
    }

    pub(super) fn takes_part(&self, id: StateId) -> bool {
        self.fates.contains_key(&id)
    }

    /// The object is written no more: another of its identity takes its row over.
    pub(super) fn only_list(&mut self, id: StateId) {
        if let Some(fate) = self.fates.get_mut(&id) {
            fate.listed = true;
        }
    }

    /// Brings an object in; whether it takes part.
    pub(super) fn register(&mut self, cx: &mut Cx<'_>, object: &ObjRef, entry: &Entry<'_>) -> Result<bool> {
        let id = object.id();
        if !session::contains(cx.orm, self.session, id) {
            if let Some((operation, relationship)) = entry.along
                && !session::was_deleted(cx.orm, id)
            {
                warn_absent(cx, id, operation, relationship)?;
            }
            return Ok(false);
        }
        if let Some(fate) = self.fates.get_mut(&id) {
            if !entry.listed && (entry.delete || entry.cancel_delete) {
                *fate = Fate { delete: entry.delete, listed: false };
            }
            return Ok(true);
        }
        let mapper = cx.orm.states.get(id).mapper;
        if !self.by_mapper.contains_key(&mapper) {
            self.bring_in(cx, mapper);
        }
        self.by_mapper.entry(mapper).or_default().insert(id);
        self.fates.insert(id, Fate { delete: entry.delete, listed: entry.listed });
        self.objects.insert(id, object.clone());
        Ok(true)
    }

    /// A mapper's first object: its saves come before its deletes, its relationships take part.
    fn bring_in(&mut self, cx: &Cx<'_>, mapper: MapperId) {
        let base = crate::state::base_mapper(cx.orm, mapper);
        self.edge(Action::SaveAll(base), Action::DeleteAll(base));
        for relationship in dependency::followed(cx.orm, mapper) {
            if self.known_keys.insert((relationship.parent, relationship.key.clone())) {
                self.processors.push(Processor::of_keys(relationship));
            }
        }
        for property in cx.orm.mappers.get(mapper).properties.values() {
            let crate::map::Property::Relationship(relationship) = property else { continue };
            let token = (relationship.parent, relationship.key.clone());
            if relationship.args.is_viewonly() || self.known.contains_key(&token) {
                continue;
            }
            self.known.insert(token, self.processors.len());
            self.processors.push(Processor::new(Rc::clone(relationship)));
        }
    }

    /// Asks for an update of an object's foreign key columns after all rows are there.
    pub(super) fn post_update(&mut self, cx: &Cx<'_>, id: StateId, pairs: &[(Column, Column)]) {
        let base = crate::state::base_mapper(cx.orm, cx.orm.states.get(id).mapper);
        let asked = self.post_updates.entry(base).or_default();
        asked.states.insert(id);
        for (_, column) in pairs {
            if !asked.columns.contains(column) {
                asked.columns.push(column.clone());
            }
        }
    }

    /// Asks for an action.
    pub(super) fn want(&mut self, action: Action) {
        self.actions.entry(action).or_insert(false);
    }

    pub(super) fn edge(&mut self, before: Action, after: Action) {
        self.want(before);
        self.want(after);
        self.edges.insert((before, after));
    }

    /// Whether a mapper's objects take part.
    pub(super) fn has_mapper(&self, mapper: MapperId) -> bool {
        self.by_mapper.contains_key(&mapper)
    }

    /// The objects of a mapper's hierarchy that are written, saved or (`delete`) deleted: class by class, level by level.
    pub(super) fn of_mapper(&self, cx: &Cx<'_>, mapper: MapperId, delete: bool) -> Vec<StateId> {
        let classes = cx.orm.mappers.self_and_descendants(mapper);
        classes
            .iter()
            .filter_map(|class| self.by_mapper.get(class))
            .flatten()
            .filter(|id| self.fates.get(*id) == Some(&Fate { delete, listed: false }))
            .copied()
            .collect()
    }

    /// Lets every relationship look at its parents, until none brings in more.
    pub(super) fn prepare(&mut self, cx: &mut Cx<'_>) -> Result<()> {
        loop {
            let mut changed = false;
            let mut at = 0;
            while at < self.processors.len() {
                changed |= self.prepare_one(cx, at)?;
                at += 1;
            }
            if !changed {
                return Ok(());
            }
        }
    }

    fn prepare_one(&mut self, cx: &mut Cx<'_>, at: usize) -> Result<bool> {
        let parent = self.processors[at].looks_at();
        let seen = &self.processors[at].seen;
        let fresh = |states: Vec<StateId>| -> Vec<StateId> {
            states.into_iter().filter(|id| !seen.contains(id)).collect()
        };
        let deletes = fresh(self.of_mapper(cx, parent, true));
        let saves = fresh(self.of_mapper(cx, parent, false));
        if deletes.is_empty() && saves.is_empty() {
            return Ok(false);
        }
        if self.processors[at].of_keys {
            let relationship = Rc::clone(&self.processors[at].relationship);
            self.processors[at].seen.extend(deletes.iter().chain(&saves));
            if dependency::presort_keys(cx, self, &relationship, &saves)? {
                let base = crate::state::base_mapper(cx.orm, relationship.parent);
                self.edge(Action::SaveAll(base), Action::ProcessAll(at, false));
            }
            return Ok(true);
        }
        if !deletes.is_empty() {
            dependency::presort_deletes(cx, self, at, &deletes)?;
            self.processors[at].seen.extend(&deletes);
        }
        if !saves.is_empty() {
            dependency::presort_saves(cx, self, at, &saves)?;
            self.processors[at].seen.extend(&saves);
        }
        if !self.processors[at].scheduled
            && (dependency::has_changes(cx, self, at, &deletes, true)?
                || dependency::has_changes(cx, self, at, &saves, false)?)
        {
            dependency::schedule(cx, self, at);
            self.processors[at].scheduled = true;
        }
        Ok(true)
    }

    /// Registers what a deleted object's delete cascade reaches.
    pub(super) fn register_deleted(
        &mut self,
        cx: &mut Cx<'_>,
        object: &ObjRef,
        along: Option<(&'static str, &Relationship)>,
    ) -> Result<()> {
        self.register(cx, object, &Entry { delete: true, along, ..Entry::default() })?;
        for reached in cascade::reached(cx, cascade::Operation::Delete, object.id(), &|_, _| false)? {
            self.register(cx, &reached, &Entry { delete: true, ..Entry::default() })?;
        }
        Ok(())
    }
}

fn warn_absent(cx: &mut Cx<'_>, id: StateId, operation: &str, relationship: &Relationship) -> Result<()> {
    let class = cx.orm.mappers.get(cx.orm.states.get(id).mapper).class_name.clone();
    let parent = cx.orm.mappers.get(relationship.parent).class_name.clone();
    let attribute = format!("{parent}.{}", relationship.key);
    cx.warn(Warning::not_in_session(&class, operation, &attribute, "will not proceed"))
}
