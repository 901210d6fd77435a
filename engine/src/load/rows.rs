//! Rows to objects, through the identity map.
//!
//! An object that the session has keeps what it has: only attributes that it lacks are filled in. A new object,
//! a refreshed one and all of them under `populate_existing` are filled whole.

use super::adapt::Adapter;
use super::collected::collection_query;
use super::later::{Brought, one_by_one, subquery};
use super::options::{self, LoaderOption, Recursion, Strategy, chosen};
use super::plan::{EntityPlan, LaterLoad, Reader};
use super::query::Query;
use super::result::Item;
use crate::attr::{self, NewValue};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::map::{Key, Lazy, Mapped, MapperId, Relationship};
use crate::orm::Orm;
use crate::session::{self, SessionId};
use crate::state::{self, IdentityKey, ObjRef, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;

/// The object that a load refreshes.
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub object: ObjRef,
    /// The attributes to fill; all of them where it is `None`.
    pub only: Option<Vec<Key>>,
}

/// What an object gets from this load.
#[derive(Debug)]
struct Filling {
    object: ObjRef,
    /// The attributes to fill; all of them where it is `None`.
    keys: Option<IndexSet<Key>>,
    /// Fills what was loaded before, and drops related objects that are not loaded along.
    anew: bool,
    /// It is the object whose row is read again.
    refreshed: bool,
    is_new: bool,
}

impl Filling {
    fn fills(&self, key: &Key) -> bool {
        self.keys.as_ref().is_none_or(|keys| keys.contains(key))
    }
}

/// A relationship to load for objects once all rows are read.
#[derive(Debug)]
pub(super) struct Later {
    pub relationship: Rc<Relationship>,
    pub lazy: Lazy,
    pub of_type: Option<Mapped>,
    pub recursion: Option<Recursion>,
    pub path: super::options::Path,
    /// The steps that led to the load before this one.
    pub prior: super::options::Path,
    /// The class from which the path began.
    pub root: Option<Rc<str>>,
    /// How the object was loaded whose lazy load came before.
    pub lineage: Option<Rc<str>>,
    pub objects: Vec<ObjRef>,
    /// The objects that keep what they have, though they are asked for again.
    pub kept: IndexSet<StateId>,
    /// What the objects have is loaded anew, and so on below.
    pub populates: bool,
    /// It is part of a refresh: each object is loaded by itself, as on access.
    pub single: bool,
    /// It leads back to a class that the path has passed.
    pub returns: bool,
}

/// Objects of subclasses that get what their class has beyond the queried one by a further statement.
#[derive(Debug)]
pub(super) struct Below {
    /// The class from which the path began.
    pub root: Option<Rc<str>>,
    /// The class that was queried.
    pub base: MapperId,
    /// The class that is asked for.
    pub mapper: MapperId,
    /// It is for all objects of the class that were noted for its place.
    shared: bool,
    pub path: super::options::Path,
    pub objects: Vec<ObjRef>,
}

/// One load in progress.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub(super) struct Loading {
    session: SessionId,
    populate_existing: bool,
    /// The session forgot its objects after the query was executed: there is no place for new ones.
    pub stale: bool,
    /// Whether this is a load on access, which loads nothing more for objects that the session had.
    pub on_access: bool,
    /// The class from which paths begin.
    root: Option<Rc<str>>,
    /// The same for each place of a row.
    pub roots: Vec<Option<Rc<str>>>,
    /// How the object was loaded whose lazy load this is.
    pub lineage: Option<Rc<str>>,
    /// The steps that led to this load.
    pub prior: super::options::Path,
    /// What leads from members of a collection that is loaded on access back to their owner: left for its access.
    pub looked_up: super::options::Path,
    refresh: Option<Refresh>,
    /// Options for columns stay with the objects that they were for.
    pub keeps_columns: bool,
    options: Rc<[LoaderOption]>,
    filled: IndexMap<StateId, Filling>,
    columns_done: IndexSet<(StateId, usize)>,
    collections: IndexMap<(StateId, Key), Vec<ObjRef>>,
    scalars: IndexSet<(StateId, Key)>,
    later: IndexMap<(usize, Key), Later>,
    below: IndexMap<(usize, MapperId), Below>,
    /// Which classes were met when a statement for objects of their place was known of already.
    followed: IndexMap<(usize, MapperId), bool>,
    /// The objects of a place that statements of their classes may follow for.
    noted: IndexMap<usize, Vec<ObjRef>>,
    /// The query whose rows are read, where its loads run between them.
    pub between_rows: Option<Rc<Query>>,
    /// What loads by subquery have brought for objects of later rows.
    brought: IndexMap<(usize, Key), Brought>,
}

impl Loading {
    pub(super) fn new(
        session: SessionId,
        populate_existing: bool,
        refresh: Option<Refresh>,
        options: &[LoaderOption],
    ) -> Self {
        Loading {
            session,
            populate_existing,
            stale: false,
            on_access: false,
            root: None,
            roots: Vec::new(),
            lineage: None,
            prior: Vec::new(),
            looked_up: Vec::new(),
            refresh,
            keeps_columns: false,
            options: options.into(),
            filled: IndexMap::new(),
            columns_done: IndexSet::new(),
            collections: IndexMap::new(),
            scalars: IndexSet::new(),
            later: IndexMap::new(),
            below: IndexMap::new(),
            followed: IndexMap::new(),
            noted: IndexMap::new(),
            between_rows: None,
            brought: IndexMap::new(),
        }
    }

    /// Reads one row.
    pub(super) fn row(&mut self, cx: &mut Cx<'_>, readers: &[Reader], row: &[Value]) -> Result<Vec<Item>> {
        let mut items = Vec::with_capacity(readers.len());
        for (place, reader) in readers.iter().enumerate() {
            items.push(match reader {
                Reader::Value(at) => Item::Value(value(row, *at)?),
                Reader::Entity(plan) => {
                    self.root = self.roots.get(place).cloned().flatten();
                    Item::Object(self.entity(cx, plan, row, true)?)
                }
            });
        }
        Ok(items)
    }

    fn entity(
        &mut self,
        cx: &mut Cx<'_>,
        plan: &EntityPlan,
        row: &[Value],
        root: bool,
    ) -> Result<Option<ObjRef>> {
        let Some(object) = self.identify(cx, plan, row, root)? else { return Ok(None) };
        let id = object.id();
        let first = self.columns_done.insert((id, plan.id));
        let mut at_once = Vec::new();
        if first {
            self.fill_columns(cx, plan, row, id)?;
            self.compose(cx, id)?;
            at_once = self.note_later(cx, plan, &object)?;
            self.note_below(cx, plan, &object);
        }
        let class = cx.orm.states.get(id).mapper;
        for joined in &plan.joined {
            if !cx.orm.mappers.is_a(class, joined.parent) {
                continue;
            }
            let child = self.entity(cx, &joined.entity, row, false)?;
            if !self.filled.get(&id).is_some_and(|filling| filling.fills(&joined.key)) {
                continue;
            }
            let place = (id, Rc::clone(&joined.key));
            if joined.uselist {
                let items = self.collections.entry(place).or_default();
                if let Some(child) = child
                    && !items.contains(&child)
                {
                    items.push(child);
                }
            } else if self.scalars.insert(place) {
                attr::set_committed(cx, id, &joined.key, NewValue::One(child))?;
            }
        }
        for load in &at_once {
            one_by_one(cx, self.session, load)?;
        }
        if first {
            self.tell(cx, &object);
        }
        Ok(Some(object))
    }

    /// Notes for who listens that an object has been loaded or refreshed.
    fn tell(&self, cx: &mut Cx<'_>, object: &ObjRef) {
        let Some(filling) = self.filled.get(&object.id()) else { return };
        let session = self.session;
        if filling.is_new {
            event::note(cx.orm, "load", |_| {
                Some(Happening::Instance { object: object.clone(), attributes: None })
            });
            event::note_object(cx.orm, "loaded_as_persistent", session, object.id());
        } else if filling.anew || filling.keys.as_ref().is_some_and(|keys| !keys.is_empty()) {
            event::note(cx.orm, "refresh", |_| {
                let attributes = filling.keys.as_ref().map(|keys| keys.iter().cloned().collect());
                Some(Happening::Instance { object: object.clone(), attributes })
            });
        }
    }

    /// The object of a row: the session's, or a new one.
    fn identify(
        &mut self,
        cx: &mut Cx<'_>,
        plan: &EntityPlan,
        row: &[Value],
        root: bool,
    ) -> Result<Option<ObjRef>> {
        if root
            && plan.primary_key.is_empty()
            && let Some(refresh) = &self.refresh
        {
            let object = refresh.object.clone();
            self.begin(cx, plan, &object, true, false);
            return Ok(Some(object));
        }
        let values: Vec<Value> = plan.primary_key.iter().map(|at| value(row, *at)).collect::<Result<_>>()?;
        if values.iter().all(Value::is_null) {
            return Ok(None);
        }
        let key = IdentityKey { mapper: cx.orm.mappers.identity_base(plan.mapper), values };
        let refreshed = self.refresh.as_ref().map(|refresh| refresh.object.clone()).filter(|object| {
            cx.orm.states.find(object.id()).is_some_and(|state| state.key.as_ref() == Some(&key))
        });
        let found = refreshed.clone().or_else(|| session::lookup(cx.orm, self.session, &key));
        if let Some(object) = found {
            if self.refresh.is_none() {
                class_of(cx, plan, row, &key)?;
            }
            self.begin(cx, plan, &object, refreshed.is_some() && root, false);
            return Ok(Some(object));
        }
        let mapper = class_of(cx, plan, row, &key)?;
        let object = cx.orm.states.create(mapper);
        if self.stale {
            let text = attr::object_text(cx, object.id());
            let message = format!(
                "Object {text} cannot be converted to 'persistent' state, as this identity map is no longer valid.  Has the owning Session been closed?"
            );
            return Err(Error::new(ErrorKind::InvalidRequestError, message).with_code("lkrp"));
        }
        session::register_loaded(cx, self.session, &object, key)?;
        self.begin(cx, plan, &object, false, true);
        Ok(Some(object))
    }

    /// Decides, the first time an object is met, what it gets.
    fn begin(&mut self, cx: &mut Cx<'_>, plan: &EntityPlan, object: &ObjRef, refreshed: bool, is_new: bool) {
        let id = object.id();
        if self.filled.contains_key(&id) {
            return;
        }
        let state = cx.orm.states.get(id);
        let keys = if refreshed {
            self.refresh
                .as_ref()
                .and_then(|refresh| refresh.only.as_ref())
                .map(|only| only.iter().cloned().collect())
        } else if is_new || self.populate_existing {
            None
        } else {
            let properties = &cx.orm.mappers.get(state.mapper).properties;
            Some(
                properties
                    .keys()
                    .filter(|key| !state.dict.contains_key(*key) && !state.committed.contains_key(*key))
                    .cloned()
                    .collect(),
            )
        };
        let anew = refreshed || (self.populate_existing && !is_new);
        self.filled.insert(id, Filling { object: object.clone(), keys, anew, refreshed, is_new });
        let lineage = self.lineage_of(plan);
        let whole = refreshed && self.refresh.as_ref().is_some_and(|refresh| refresh.only.is_none());
        if is_new || ((self.populate_existing || whole) && lineage.is_some()) {
            // What a statement contained is nothing to later loads.
            let lasting = self.options.iter().filter(|option| option.strategy != Strategy::Contained);
            let options: Vec<LoaderOption> = lasting.filter_map(|option| option.below(&plan.path)).collect();
            let state = cx.orm.states.get_mut(id);
            state.lineage = lineage;
            state.load_path = [&self.prior[..], &plan.path].concat();
            state.options = (!options.is_empty()).then(|| options.into());
        }
        self.note_lazy_options(cx, plan, id);
    }

    /// What the lazy loads of an object that is loaded at this place have in their statements' cache keys.
    fn lineage_of(&self, plan: &EntityPlan) -> Option<Rc<str>> {
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
            None => Some(format!("{said:?} {:?}", plan.path).into()),
            Some(lineage) => Some(format!("{lineage} {:?}", plan.path).into()),
        }
    }

    /// What the options say of relationships that are read on access: it holds for those that the load fills. One that
    /// fills what was there before forgets what earlier options said.
    fn note_lazy_options(&self, cx: &mut Cx<'_>, plan: &EntityPlan, id: StateId) {
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

    /// Makes the composites of an object that was filled.
    fn compose(&self, cx: &mut Cx<'_>, id: StateId) -> Result<()> {
        let Some(filling) = self.filled.get(&id) else { return Ok(()) };
        if !(filling.is_new || filling.anew) {
            return Ok(());
        }
        let keys: Option<Vec<Key>> = filling.keys.as_ref().map(|keys| keys.iter().cloned().collect());
        attr::compose(cx, id, keys.as_deref())
    }

    fn fill_columns(&mut self, cx: &mut Cx<'_>, plan: &EntityPlan, row: &[Value], id: StateId) -> Result<()> {
        let Some(filling) = self.filled.get(&id) else { return Ok(()) };
        for (key, at) in &plan.columns {
            if filling.fills(key) {
                attr::set_committed(cx, id, key, NewValue::Value(value(row, *at)?))?;
            }
        }
        let class = cx.orm.states.get(id).mapper;
        if let Some(class) = plan.classes.iter().find(|plan| plan.mapper == class) {
            for (key, at) in &class.columns {
                if filling.fills(key) {
                    attr::set_committed(cx, id, key, NewValue::Value(value(row, *at)?))?;
                }
            }
            for key in class.expired.iter().filter(|key| filling.fills(key)) {
                let state = cx.orm.states.get_mut(id);
                state.dict.shift_remove(key);
                state.expired_attributes.insert(Rc::clone(key));
            }
        }
        if filling.is_new || filling.anew || filling.keys.as_ref().is_some_and(|keys| !keys.is_empty()) {
            cx.orm.states.get_mut(id).expired = false;
        }
        if !filling.anew {
            return Ok(());
        }
        self.forget_related(cx.orm, plan, filling, id);
        let state = cx.orm.states.get_mut(id);
        if filling.keys.is_none() {
            state.committed.clear();
            crate::session::unmodified(cx.orm, id);
        }
        Ok(())
    }

    /// An object that is filled anew forgets related objects, so that the next access loads them. What is loaded by a
    /// strategy of its own stays until that replaces it.
    fn forget_related(&self, orm: &mut Orm, plan: &EntityPlan, filling: &Filling, id: StateId) {
        let stay_expired = orm.profile.has(Behaviour::ExpiredLoadsEager);
        let state = orm.states.get(id);
        let filled: Vec<_> = orm
            .mappers
            .get(state.mapper)
            .relationships()
            .filter(|relationship| filling.fills(&relationship.key))
            .map(|relationship| {
                let chosen = chosen(orm, &self.options, (&self.prior, &plan.path), relationship);
                let later = |lazy| matches!(lazy, Lazy::Selectin | Lazy::Subquery | Lazy::Immediate);
                let by_itself = later(chosen.lazy) || chosen.cut.is_some_and(later);
                // An option that has a scalar relationship read on access otherwise than its class does leaves there what
                // is there.
                let on_access = state.on_access.contains_key(&relationship.key)
                    && !self.reads_as_class(orm, plan, relationship, chosen.lazy);
                let stays = if on_access {
                    !relationship.resolved().uselist
                } else {
                    // What a flush before the load of expired attributes has found stays there.
                    filling.refreshed && stay_expired
                };
                let stays_expired = filling.refreshed || (on_access && relationship.resolved().uselist);
                (Rc::clone(&relationship.key), by_itself || stays, stays_expired)
            })
            .collect();
        let state = orm.states.get_mut(id);
        for (key, stays, stays_expired) in filled {
            state.committed.shift_remove(&key);
            if stays {
                continue;
            }
            if let Some(Slot::Many(list)) = state.dict.shift_remove(&key) {
                list.owner.set(None);
            }
            state.pending.shift_remove(&key);
            if !stays_expired {
                state.expired_attributes.shift_remove(&key);
            }
        }
    }

    /// Whether an option has a relationship read on access as its class does, which has it loaded with its objects.
    fn reads_as_class(
        &self,
        orm: &Orm,
        plan: &EntityPlan,
        relationship: &Relationship,
        chosen: Lazy,
    ) -> bool {
        let eager = matches!(
            relationship.resolved().lazy,
            Lazy::Joined | Lazy::Selectin | Lazy::Subquery | Lazy::Immediate
        );
        let refined = || options::refined(orm, &self.options, &plan.path, relationship, &Adapter::Plain);
        chosen == Lazy::Select && eager && refined().is_ok_and(|refined| refined.is_empty())
    }

    /// Notes what is to be loaded for an object; what its row sets off at once comes back.
    fn note_later(&mut self, cx: &mut Cx<'_>, plan: &EntityPlan, object: &ObjRef) -> Result<Vec<Later>> {
        let mut at_once = Vec::new();
        let Some(filling) = self.filled.get(&object.id()) else { return Ok(at_once) };
        let known = !filling.is_new && !filling.anew;
        let keys = filling.keys.clone();
        let fills = |key: &Key| keys.as_ref().is_none_or(|keys| keys.contains(key));
        let single = self.refresh.is_some() && cx.orm.profile.has(Behaviour::RefreshLoadsSingly);
        let class = cx.orm.states.get(object.id()).mapper;
        // A row sets off the subqueries for what its object lacks before those for what it has.
        let goes_last = |later: &LaterLoad| later.lazy == Lazy::Subquery && !fills(&later.relationship.key);
        let (last, first): (Vec<_>, Vec<_>) = plan.later.iter().partition(|later| goes_last(later));
        for later in first.into_iter().chain(last) {
            if !cx.orm.mappers.is_a(class, later.relationship.parent) {
                continue;
            }
            let fills = fills(&later.relationship.key);
            if later.lazy == Lazy::NoLoad {
                if fills && later.relationship.is_queried() {
                    // It is emptied by way of its members, though none of them is kept.
                    let query = collection_query(cx, object, &later.relationship.key, true)?;
                    query.run(cx, self.session)?;
                } else if fills {
                    let empty = if later.relationship.resolved().uselist {
                        NewValue::Many(Vec::new())
                    } else {
                        NewValue::One(None)
                    };
                    attr::set_committed(cx, object.id(), &later.relationship.key, empty)?;
                }
                continue;
            }
            // A load on access goes on from an object that the session had only with what reading the rows sets off.
            let goes_on = match later.lazy {
                Lazy::Immediate => !cx.orm.profile.has(Behaviour::ImmediateInOrder),
                lazy => lazy == Lazy::Subquery,
            };
            if known && self.on_access && !goes_on {
                continue;
            }
            // After a query, these ask for every object of the rows, and give to those that lack it.
            let after_query = known && !single && !self.on_access;
            let asks_again = after_query
                && match later.lazy {
                    Lazy::Immediate => cx.orm.profile.has(Behaviour::ImmediateInOrder),
                    lazy => matches!(lazy, Lazy::Selectin | Lazy::Subquery),
                };
            if !(fills || asks_again) {
                continue;
            }
            let place = (plan.id, Rc::clone(&later.relationship.key));
            let mut load = self.later_of(plan, later, single);
            if let Some(query) = self.between_rows.clone() {
                if single || later.lazy == Lazy::Immediate {
                    load.objects.push(object.clone());
                    at_once.push(load);
                    continue;
                }
                if later.lazy == Lazy::Subquery {
                    if !self.brought.contains_key(&place) {
                        let brought = subquery(cx, self.session, &load, &query)?;
                        self.brought.insert(place.clone(), brought);
                    }
                    if let (true, Some(brought)) = (fills, self.brought.get(&place)) {
                        brought.give(cx, &load, object)?;
                    }
                    continue;
                }
            }
            let entry = self.later.entry(place).or_insert(load);
            entry.objects.push(object.clone());
            // Changes that wait for a list to be loaded are no reason not to load it.
            let awaited = entry.lazy == Lazy::Selectin
                && cx.orm.states.get(object.id()).pending.contains_key(&entry.relationship.key);
            if !fills && !awaited {
                entry.kept.insert(object.id());
            }
        }
        Ok(at_once)
    }

    /// A load of a relationship for objects that this plan reads.
    fn later_of(&self, plan: &EntityPlan, later: &LaterLoad, single: bool) -> Later {
        Later {
            relationship: Rc::clone(&later.relationship),
            lazy: later.lazy,
            of_type: later.of_type,
            recursion: later.recursion,
            path: plan.path.clone(),
            prior: self.prior.clone(),
            root: self.root.clone(),
            lineage: self.lineage.clone(),
            objects: Vec::new(),
            kept: IndexSet::new(),
            populates: self.populate_existing,
            single,
            returns: later.returns,
        }
    }

    /// Notes a subclass's object for the further statements of its class, which ask for it whatever it has; but a load on
    /// access asks for new objects alone.
    fn note_below(&mut self, cx: &Cx<'_>, plan: &EntityPlan, object: &ObjRef) {
        let state = cx.orm.states.get(object.id());
        let Some(class) = plan.classes.iter().find(|class| class.mapper == state.mapper) else { return };
        let shared = class.selectin.shared;
        for mapper in &class.selectin.mappers {
            self.below.entry((plan.id, *mapper)).or_insert_with(|| Below {
                root: Some(Rc::from(format!("{:?} {:?}", plan.mapper, self.root))),
                base: plan.mapper,
                mapper: *mapper,
                shared,
                path: plan.path.clone(),
                objects: Vec::new(),
            });
        }
        let fresh = |filling: &Filling| filling.is_new || filling.anew;
        if self.on_access && !self.filled.get(&object.id()).is_some_and(fresh) {
            return;
        }
        if shared {
            let any = self.below.keys().any(|(place, _)| *place == plan.id)
                || plan.later.iter().any(|later| later.lazy == Lazy::Selectin);
            if *self.followed.entry((plan.id, class.mapper)).or_insert(any) {
                self.noted.entry(plan.id).or_default().push(object.clone());
            }
            return;
        }
        for mapper in &class.selectin.mappers {
            if let Some(entry) = self.below.get_mut(&(plan.id, *mapper)) {
                entry.objects.push(object.clone());
            }
        }
    }

    /// Gives objects the collections that the rows brought; what is left to load comes back.
    pub(super) fn finish(self, cx: &mut Cx<'_>) -> Result<(Vec<Later>, Vec<Below>)> {
        for ((id, key), items) in self.collections {
            attr::set_committed(cx, id, &key, NewValue::Many(items))?;
        }
        drop(self.filled);
        let mut below = Vec::with_capacity(self.below.len());
        for ((place, mapper), mut load) in self.below {
            if load.shared
                && let Some(noted) = self.noted.get(&place)
            {
                let is_of =
                    |object: &&ObjRef| cx.orm.mappers.is_a(cx.orm.states.get(object.id()).mapper, mapper);
                load.objects = noted.iter().filter(is_of).cloned().collect();
            }
            if !load.objects.is_empty() {
                below.push(load);
            }
        }
        Ok((self.later.into_values().collect(), below))
    }

    /// Whether the rows had the object.
    pub(super) fn met(&self, id: StateId) -> bool {
        self.filled.get(&id).is_some_and(|filling| filling.object.id() == id)
    }
}

/// The class that a row says its object is of.
fn class_of(cx: &Cx<'_>, plan: &EntityPlan, row: &[Value], key: &IdentityKey) -> Result<MapperId> {
    let Some(at) = plan.discriminator else { return Ok(plan.mapper) };
    let identity = value(row, at)?;
    let mappers = &cx.orm.mappers;
    let column =
        mappers.get(plan.mapper).polymorphic_on.as_ref().map(ToString::to_string).unwrap_or_default();
    if identity.is_null() {
        if !cx.orm.profile.has(Behaviour::RowOfOtherClassRefused) {
            return Ok(plan.mapper);
        }
        return Err(Error::new(
            ErrorKind::InvalidRequestError,
            format!(
                "Row with identity key {} can't be loaded into an object; the polymorphic discriminator column '{column}' is NULL",
                state::identity_text(cx.orm, key),
            ),
        ));
    }

    let found = mappers.polymorphic_map(plan.mapper).into_iter().find(|(known, _)| *known == identity);
    let Some((_, mapper)) = found else {
        let shown = crate::value::repr::value(&identity);
        return Err(Error::new(
            ErrorKind::AssertionError,
            format!("No such polymorphic_identity {shown} is defined"),
        ));
    };
    if mappers.is_a(mapper, plan.mapper) || !cx.orm.profile.has(Behaviour::RowOfOtherClassRefused) {
        return Ok(mapper);
    }
    Err(Error::new(
        ErrorKind::InvalidRequestError,
        format!(
            "Row with identity key {} can't be loaded into an object; the polymorphic discriminator column '{column}' refers to {}, which is not a sub-mapper of the requested {}",
            state::identity_text(cx.orm, key),
            mappers.get(mapper).text(cx.orm.profile),
            mappers.get(plan.mapper).text(cx.orm.profile),
        ),
    ))
}

fn value(row: &[Value], at: usize) -> Result<Value> {
    row.get(at)
        .cloned()
        .ok_or_else(|| Error::unsupported("a statement with fewer columns than it was read for"))
}
