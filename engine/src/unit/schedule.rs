//! From actions and their dependencies to batches in the order in which they run.

use super::order;
use super::plan::{Action, Plan};
use super::{dependency, persist, post_update, remove};
use crate::attr;
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::map::MapperId;
use crate::session::cascade;
use crate::state::{self, ObjRef, StateId};
use crate::version::Behaviour;
use indexmap::{IndexMap, IndexSet};

/// Actions of one kind that run together.
#[derive(Debug)]
pub(super) struct Batch {
    actions: Vec<Action>,
}

impl Plan {
    /// Everything to do, in order. Where objects depend on each other in a circle, what comes before it, and the error
    /// that follows.
    pub(super) fn batches(&mut self, cx: &mut Cx<'_>) -> Result<(Vec<Batch>, Option<Error>)> {
        let circular = self.circular();
        if !circular.is_empty() {
            self.break_up(cx, &circular)?;
        }
        let mut actions: Vec<Action> = self
            .actions
            .iter()
            .filter(|(action, taken_back)| !**taken_back && !circular.contains(*action))
            .map(|(action, _)| *action)
            .collect();
        actions.sort_by_cached_key(|action| self.sort_key(cx, action));
        let number: IndexMap<Action, usize> =
            actions.iter().enumerate().map(|(number, action)| (*action, number)).collect();
        let edges: Vec<(usize, usize)> = self
            .edges
            .iter()
            .filter_map(|(before, after)| Some((*number.get(before)?, *number.get(after)?)))
            .collect();
        let nodes: Vec<usize> = (0..actions.len()).collect();
        let (levels, complete) = order::levels(&nodes, &edges);
        let circle = (!complete).then(|| self.circle(cx, &actions, &edges));
        let mut batches = Vec::new();
        for level in levels {
            let mut left: Vec<Action> = level.into_iter().map(|at| actions[at]).collect();
            if circular.is_empty() {
                batches.extend(left.into_iter().map(|action| Batch { actions: vec![action] }));
                continue;
            }
            while !left.is_empty() {
                let first = kind(cx, left[0]);
                let (actions, others) = left.into_iter().partition(|other| kind(cx, *other) == first);
                left = others;
                batches.push(Batch { actions });
            }
        }
        Ok((batches, circle))
    }

    /// The error that names the actions which wait for each other.
    fn circle(&self, cx: &mut Cx<'_>, actions: &[Action], edges: &[(usize, usize)]) -> Error {
        let flags = order::circular(actions.len(), edges.iter().copied());
        let names: Vec<String> = actions
            .iter()
            .zip(flags)
            .filter(|(_, circular)| *circular)
            .map(|(action, _)| self.action_text(cx, *action))
            .collect();
        let text = format!("Circular dependency detected. ({})", names.join(", "));
        Error::new(ErrorKind::CircularDependencyError, text)
    }

    /// `SaveUpdateState(<User at 0x7f…>)`, as messages name an action.
    fn action_text(&self, cx: &mut Cx<'_>, action: Action) -> String {
        let mapper = |cx: &Cx<'_>, mapper| {
            let mapper: &crate::map::Mapper = cx.orm.mappers.get(mapper);
            format!("Mapper[{}({})]", mapper.class_name, mapper.table.name())
        };
        let python = |delete: bool| if delete { "True" } else { "False" };
        let private = if cx.orm.profile.has(Behaviour::FlushActionsPrivate) { "_" } else { "" };
        let processor = |cx: &Cx<'_>, at: usize| {
            let relationship = &self.processors[at].relationship;
            let kind = match relationship.resolved().direction {
                crate::map::Direction::OneToMany => "OneToManyDP",
                crate::map::Direction::ManyToOne => "ManyToOneDP",
                crate::map::Direction::ManyToMany => "ManyToManyDP",
            };
            format!(
                "{private}{kind}({}.{})",
                cx.orm.mappers.get(relationship.parent).class_name,
                relationship.key
            )
        };
        match action {
            Action::Save(id) => format!("{private}SaveUpdateState({})", super::text(cx, id)),
            Action::Delete(id) => format!("{private}DeleteState({})", super::text(cx, id)),
            Action::SaveAll(base) => format!("{private}SaveUpdateAll({})", mapper(cx, base)),
            Action::DeleteAll(base) => format!("{private}DeleteAll({})", mapper(cx, base)),
            Action::Process(at, delete, id) => {
                let (processor, state) = (processor(cx, at), super::text(cx, id));
                format!("{private}ProcessState({processor}, {state}, delete={})", python(delete))
            }
            Action::ProcessAll(at, delete) => {
                format!("{private}ProcessAll({}, delete={})", processor(cx, at), python(delete))
            }
            Action::PostUpdate(base, delete) => {
                format!("{private}PostUpdateAll({}, delete={})", mapper(cx, base), python(delete))
            }
        }
    }

    /// The actions that depend on themselves.
    fn circular(&self) -> IndexSet<Action> {
        let number = |action| self.actions.get_index_of(action);
        let edges = self.edges.iter().filter_map(|(before, after)| Some((number(before)?, number(after)?)));
        let flags = order::circular(self.actions.len(), edges);
        self.actions.keys().zip(flags).filter(|(_, circular)| *circular).map(|(action, _)| *action).collect()
    }

    /// Replaces circular actions of mappers by those of their objects.
    fn break_up(&mut self, cx: &mut Cx<'_>, circular: &IndexSet<Action>) -> Result<()> {
        let mut parts: IndexMap<Action, Vec<Action>> = IndexMap::new();
        for action in circular {
            let made = match *action {
                Action::SaveAll(mapper) => self.single(cx, circular, mapper, false)?,
                Action::DeleteAll(mapper) => self.single(cx, circular, mapper, true)?,
                // Relationships of a circular mapper are broken up with its saves and deletes.
                _ => Vec::new(),
            };
            parts.insert(*action, made);
        }
        for (before, after) in self.edges.clone() {
            let taken_back = |action| self.actions.get(&action).copied().unwrap_or(false);
            if taken_back(before)
                || taken_back(after)
                || (circular.contains(&before) && circular.contains(&after))
            {
                self.edges.shift_remove(&(before, after));
            } else if let Some(parts) = parts.get(&before) {
                self.edges.shift_remove(&(before, after));
                self.edges.extend(parts.iter().map(|part| (*part, after)));
            } else if let Some(parts) = parts.get(&after) {
                self.edges.shift_remove(&(before, after));
                self.edges.extend(parts.iter().map(|part| (before, *part)));
            }
        }
        Ok(())
    }

    /// The actions of a hierarchy's single objects, with what they and their relationships depend on.
    fn single(
        &mut self,
        cx: &mut Cx<'_>,
        circular: &IndexSet<Action>,
        mapper: MapperId,
        delete: bool,
    ) -> Result<Vec<Action>> {
        let mut made = Vec::new();
        for id in self.of_mapper(cx, mapper, delete) {
            let action = if delete { Action::Delete(id) } else { Action::Save(id) };
            if delete {
                self.edge(Action::SaveAll(mapper), action);
            } else {
                self.edge(action, Action::DeleteAll(mapper));
            }
            made.push(action);
        }
        for at in 0..self.processors.len() {
            let parent = self.processors[at].relationship.parent;
            if self.processors[at].scheduled && state::base_mapper(cx.orm, parent) == mapper {
                self.single_processes(cx, circular, at, delete)?;
            }
        }
        Ok(made)
    }

    /// A relationship's work, parent by parent.
    fn single_processes(
        &mut self,
        cx: &mut Cx<'_>,
        circular: &IndexSet<Action>,
        at: usize,
        delete: bool,
    ) -> Result<()> {
        let relationship = std::rc::Rc::clone(&self.processors[at].relationship);
        let child_base = state::base_mapper(cx.orm, relationship.resolved().target);
        let parent_base = state::base_mapper(cx.orm, relationship.parent);
        self.actions.insert(Action::ProcessAll(at, delete), true);
        let child_saves = Action::SaveAll(child_base);
        let children_apart = circular.contains(&child_saves);
        let parent_all = if delete { Action::DeleteAll(parent_base) } else { Action::SaveAll(parent_base) };
        let parents_apart = circular.contains(&parent_all);
        for id in self.of_mapper(cx, relationship.parent, delete) {
            let loads = delete && relationship.args.passive_deletes.is_none();
            if loads && !relationship.resolved().uselist && !attr::was_removed(cx.orm, id, &relationship.key)
            {
                attr::get_passive(cx, id, &relationship.key, attr::Passive::Load)?;
            }
            let related = if relationship.is_queried() {
                let found = attr::queried_members(cx, id, &relationship, loads)?;
                found.into_iter().map(Some).collect()
            } else {
                cascade::all_pending(cx.orm, id, &relationship.key, delete)
            };
            if related.is_empty() {
                continue;
            }
            let process = Action::Process(at, delete, id);
            let parent = match (parents_apart, delete) {
                (false, _) => parent_all,
                (true, true) => Action::Delete(id),
                (true, false) => Action::Save(id),
            };
            let children: Vec<(Option<Action>, bool)> = if children_apart {
                related
                    .iter()
                    .map(|child| {
                        let Some(child) = child.as_ref().map(ObjRef::id) else { return (None, false) };
                        if !self.takes_part(child) {
                            (None, false)
                        } else if self.is_deleted(child) {
                            (Some(Action::Delete(child)), true)
                        } else {
                            (Some(Action::Save(child)), false)
                        }
                    })
                    .collect()
            } else {
                vec![(Some(child_saves), false), (Some(Action::DeleteAll(child_base)), true)]
            };
            for (child, child_deleted) in children {
                let link = dependency::Link { process, parent, child, delete, child_deleted };
                dependency::link(cx, self, at, &link);
            }
        }
        Ok(())
    }

    /// The names that actions are sorted by.
    fn sort_key(&self, cx: &Cx<'_>, action: &Action) -> (&'static str, String, bool) {
        let mapper = |id| {
            let mapper: &crate::map::Mapper = cx.orm.mappers.get(id);
            format!("{}.{}", mapper.module, mapper.class_name)
        };
        let object = |id| mapper(cx.orm.states.get(id).mapper);
        let processor = |at: usize| {
            let relationship = &self.processors[at].relationship;
            format!("{}_{}", mapper(relationship.parent), relationship.key)
        };
        match *action {
            Action::SaveAll(id) => ("SaveUpdateAll", mapper(id), false),
            Action::DeleteAll(id) => ("DeleteAll", mapper(id), false),
            Action::ProcessAll(at, delete) => ("ProcessAll", processor(at), delete),
            Action::Save(id) => ("ProcessState", object(id), false),
            Action::Delete(id) => ("DeleteState", object(id), false),
            Action::Process(at, delete, _) => ("ProcessState", processor(at), delete),
            Action::PostUpdate(id, delete) => ("PostUpdateAll", mapper(id), delete),
        }
    }

    /// Runs one batch.
    pub(super) fn run(&mut self, cx: &mut Cx<'_>, batch: &Batch) -> Result<()> {
        let Some(first) = batch.actions.first() else { return Ok(()) };
        let states: Vec<StateId> = batch
            .actions
            .iter()
            .filter_map(|action| match *action {
                Action::Save(id) | Action::Delete(id) | Action::Process(_, _, id) => Some(id),
                _ => None,
            })
            .collect();
        match *first {
            Action::SaveAll(mapper) => {
                let states = self.of_mapper(cx, mapper, false);
                persist::save(cx, self, mapper, &states)
            }
            Action::DeleteAll(mapper) => {
                let states = self.of_mapper(cx, mapper, true);
                remove::delete(cx, self, mapper, &states)
            }
            Action::ProcessAll(at, delete) => {
                let states = self.of_mapper(cx, self.processors[at].looks_at(), delete);
                dependency::process(cx, self, at, &states, delete)
            }
            Action::Save(id) => {
                let base = state::base_mapper(cx.orm, cx.orm.states.get(id).mapper);
                persist::save(cx, self, base, &states)
            }
            Action::Delete(id) => {
                let base = state::base_mapper(cx.orm, cx.orm.states.get(id).mapper);
                // A flush may have taken an object back from deletion since it was planned.
                let states: Vec<StateId> = states.into_iter().filter(|id| self.is_deleted(*id)).collect();
                remove::delete(cx, self, base, &states)
            }
            Action::Process(at, delete, _) => dependency::process(cx, self, at, &states, delete),
            Action::PostUpdate(mapper, delete) => post_update::update(cx, self, mapper, delete),
        }
    }
}

/// What has to be equal for actions to run together.
fn kind(cx: &Cx<'_>, action: Action) -> (u8, Option<MapperId>, Option<usize>) {
    let base = |id| Some(state::base_mapper(cx.orm, cx.orm.states.get(id).mapper));
    match action {
        Action::SaveAll(id) => (0, Some(id), None),
        Action::DeleteAll(id) => (1, Some(id), None),
        Action::ProcessAll(at, delete) => (2 + u8::from(delete), None, Some(at)),
        Action::Save(id) => (4, base(id), None),
        Action::Delete(id) => (5, base(id), None),
        Action::Process(at, delete, _) => (6 + u8::from(delete), None, Some(at)),
        Action::PostUpdate(id, delete) => (8 + u8::from(delete), Some(id), None),
    }
}
