//! What the options of a query say to the loads of its objects that come later.

use super::super::adapt::Adapter;
use super::super::options::{self, LoaderOption, Strategy, chosen};
use super::super::plan::EntityPlan;
use super::Loading;
use crate::host::Cx;
use crate::map::{Key, Lazy, MapperId};
use crate::orm::Orm;
use crate::state::StateId;
use crate::version::Behaviour;
use std::rc::Rc;

impl Loading {
    /// Leaves with an object what its own loads are to know.
    pub(super) fn keep_options(
        &self,
        orm: &mut Orm,
        plan: &EntityPlan,
        id: StateId,
        lineage: Option<Rc<str>>,
    ) {
        // What a statement contained is nothing to later loads.
        let lasting = self.options.iter().filter(|option| option.strategy != Strategy::Contained);
        let options: Vec<LoaderOption> = lasting.filter_map(|option| option.below(&plan.path)).collect();
        let state = orm.states.get_mut(id);
        state.lineage = lineage;
        state.load_path = [&self.prior[..], &plan.path].concat();
        state.options = (!options.is_empty()).then(|| options.into());
    }

    /// An object that rows have in several places was loaded by the path of the last of them, or by the shortest.
    pub(super) fn note_path(&self, orm: &mut Orm, plan: &EntityPlan, id: StateId) {
        let path = &orm.states.get(id).load_path;
        if orm.profile.has(Behaviour::ShallowestPathKept) && self.prior.len() + plan.path.len() >= path.len()
        {
            return;
        }
        let (prior, own) = path.split_at(self.prior.len().min(path.len()));
        if prior == self.prior && own == plan.path {
            return;
        }
        let lineage = self.lineage_of(plan);
        if lineage.is_some() {
            self.keep_options(orm, plan, id, lineage);
        }
    }

    /// What the lazy loads of an object that is loaded at this place have in their statements' cache keys.
    pub(super) fn lineage_of(&self, plan: &EntityPlan) -> Option<Rc<str>> {
        let said: Vec<&LoaderOption> = self
            .options
            .iter()
            .filter(|option| {
                option.strategy != Strategy::Contained && !option.derived && !option.is_everywhere()
            })
            .filter(|option| {
                // Those below a relationship are of one piece with what was said of that.
                self.keeps_columns || option.path.len() > 1 || !option.strategy.is_of_columns()
            })
            .collect();
        match &self.lineage {
            None if said.is_empty() => None,
            None => Some(further(format!("{said:?}"), &plan.path)),
            Some(lineage) => Some(further(lineage.to_string(), &plan.path)),
        }
    }

    /// What the options say of relationships that are read on access: it holds for those that the load fills. One that
    /// fills what was there before forgets what earlier options said.
    pub(super) fn note_lazy_options(&self, cx: &mut Cx<'_>, plan: &EntityPlan, id: StateId) {
        let Some(filling) = self.filled.get(&id) else { return };
        let follows = !filling.refreshed || cx.orm.profile.has(Behaviour::ExpiredLoadsEager);
        let orm = &mut *cx.orm;
        let state = orm.states.get(id);
        let mut said = Vec::new();
        for relationship in orm.mappers.get(state.mapper).relationships() {
            if !filling.fills(&relationship.key) {
                continue;
            }
            let chosen = chosen(orm, &self.options, (&self.prior, &plan.path), relationship);
            let refined = options::refined(orm, &self.options, &plan.path, relationship, &Adapter::Plain);
            let refined = chosen.lazy == Lazy::Select && refined.is_ok_and(|refined| !refined.is_empty());
            let on_access = matches!(chosen.lazy, Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql);
            let led_back = |(mapper, key): &(MapperId, Key)| {
                plan.path.is_empty() && *mapper == relationship.parent && *key == relationship.key
            };
            let by_member = self.looked_up.iter().any(led_back);
            if by_member && !chosen.by_option && relationship.resolved().lazy == Lazy::NoLoad {
                said.push((Rc::clone(&relationship.key), Some(Lazy::Select)));
            } else if chosen.by_option
                && on_access
                && follows
                && (refined || chosen.lazy != relationship.resolved().lazy)
            {
                said.push((Rc::clone(&relationship.key), Some(chosen.lazy)));
            } else if filling.anew {
                said.push((Rc::clone(&relationship.key), None));
            }
        }
        let on_access = &mut orm.states.get_mut(id).on_access;
        for (key, lazy) in said {
            match lazy {
                Some(lazy) => on_access.insert(key, lazy),
                None => on_access.shift_remove(&key),
            };
        }
    }
}

/// How something was loaded, and by which further steps, whether these were those of one query or of loads on access.
fn further(mut lineage: String, path: &[(MapperId, Key)]) -> Rc<str> {
    for step in path {
        lineage.push_str(&format!(" {step:?}"));
    }
    lineage.into()
}
