//! Rows to objects, through the identity map.
//!
//! An object that the session has keeps what it has: only attributes that it lacks are filled in. A new object,
//! a refreshed one and all of them under `populate_existing` are filled whole.

mod expired;
mod noted;
mod said;

use super::adapt::Adapter;
use super::later::{Brought, one_by_one};
use super::options::{self, LoaderOption, chosen};
use super::plan::{EntityPlan, Reader};
use super::query::Query;
use super::result::Item;
use crate::attr::{self, NewValue};
use crate::error::{Error, ErrorKind, Result};
use crate::event::{self, Happening};
use crate::host::Cx;
use crate::map::{Key, Lazy, MapperId, Relationship};
use crate::orm::Orm;
use crate::session::{self, SessionId};
use crate::sql::Dialect;
use crate::state::{self, Collection, IdentityKey, ObjRef, Slot, StateId};
use crate::value::Value;
use crate::version::Behaviour;
use expired::{close, put, reopen};
use indexmap::{IndexMap, IndexSet};
pub(super) use noted::{Below, Later};
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
    /// The place where the rows had it first.
    place: usize,
}

/// A collection that joined rows bring.
#[derive(Debug, Default)]
struct Bringing {
    items: Vec<ObjRef>,
    /// What the object has of it already.
    begun: Option<Rc<Collection>>,
    /// The object was met at another place before.
    late: bool,
}

impl Filling {
    fn fills(&self, key: &Key) -> bool {
        self.keys.as_ref().is_none_or(|keys| keys.contains(key))
    }

    /// The session did not have it, or what it has is overwritten.
    fn is_whole(&self) -> bool {
        self.is_new || self.anew
    }
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
    collections: IndexMap<(StateId, Key), Bringing>,
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
        let again = self.filled.get(&id).is_some_and(|filling| filling.place != plan.id);
        let mut at_once = Vec::new();
        let mut held = None;
        if first {
            held = self.hold_expired(cx.orm, plan, id);
            self.fill_columns(cx, plan, row, id)?;
            held = held.map(|held| reopen(cx.orm, id, held));
            self.compose(cx, id)?;
            at_once = self.note_later(cx, plan, &object, row)?;
            self.note_below(cx, plan, &object);
        }
        let done = self
            .related(cx, plan, row, id)
            .and_then(|()| at_once.iter().try_for_each(|load| one_by_one(cx, self.session, load)));
        if let Some(left) = held {
            let filled = |key: &Key| self.filled.get(&id).is_some_and(|filling| filling.fills(key));
            close(cx.orm, id, &left, done.is_ok().then_some(&filled));
        }
        done?;
        if first && !again {
            self.tell(cx, &object);
        }
        Ok(Some(object))
    }

    /// Whether an object wants an attribute of a place: one that is filled whole keeps what the place at which it was met
    /// first gave it.
    fn wants(&self, orm: &Orm, again: bool, id: StateId, key: &Key) -> bool {
        let whole = self.filled.get(&id).is_some_and(Filling::is_whole);
        !(again && whole && orm.states.get(id).dict.contains_key(key))
    }

    /// Reads what joined loads bring for an object.
    fn related(&mut self, cx: &mut Cx<'_>, plan: &EntityPlan, row: &[Value], id: StateId) -> Result<()> {
        let late = self.filled.get(&id).is_some_and(|filling| filling.place != plan.id);
        let class = cx.orm.states.get(id).mapper;
        for joined in &plan.joined {
            if joined.entity.keyless
                || !cx.orm.mappers.is_a(class, joined.parent)
                || !cx.orm.mappers.shares(class, joined.parent, &joined.key)
            {
                continue;
            }
            let fills = self.filled.get(&id).is_some_and(|filling| filling.fills(&joined.key));
            // A load on access passes by what its objects have.
            if !fills && self.on_access {
                continue;
            }
            let place = (id, Rc::clone(&joined.key));
            if fills && joined.uselist && !self.collections.contains_key(&place) {
                let begun = attr::begin_loaded(cx.orm, id, &joined.key);
                self.collections.insert(place.clone(), Bringing { items: Vec::new(), begun, late });
            }
            let child = self.entity(cx, &joined.entity, row, false)?;
            if !fills {
                continue;
            }
            if !joined.uselist {
                if self.scalars.insert(place) && self.wants(cx.orm, late, id, &joined.key) {
                    put(cx, id, &joined.key, NewValue::One(child), late)?;
                }
            } else if let (Some(bringing), Some(child)) = (self.collections.get_mut(&place), child)
                && !bringing.items.contains(&child)
            {
                if let Some(begun) = &bringing.begun {
                    begun.items.borrow_mut().push(Some(child.clone()));
                }
                bringing.items.push(child);
            }
        }
        Ok(())
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
        let whole = cx.orm.mappers.get(plan.mapper).hierarchy.whole_keys;
        if values.iter().all(Value::is_null) || (whole && values.iter().any(Value::is_null)) {
            return Ok(None);
        }
        let mut key = IdentityKey { mapper: cx.orm.mappers.identity_base(plan.mapper), values };
        if cx.orm.mappers.union(plan.mapper).is_some() && !(root && self.refresh.is_some()) {
            // Rows of concrete classes have keys of their own.
            let class = class_of(cx, plan, row, &key)?;
            key.mapper = cx.orm.mappers.identity_base(class);
        }
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
        if let Some(filling) = self.filled.get(&id) {
            if filling.is_new || (filling.anew && !filling.refreshed) {
                self.note_path(cx.orm, plan, id);
            }
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
        self.filled
            .insert(id, Filling { object: object.clone(), keys, anew, refreshed, is_new, place: plan.id });
        let lineage = self.lineage_of(plan);
        if is_new || (self.populate_existing && lineage.is_some()) {
            self.keep_options(cx.orm, plan, id, lineage);
        }
        self.note_lazy_options(cx, plan, id);
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
        let again = filling.place != plan.id;
        let class = cx.orm.states.get(id).mapper;
        // A concrete class has none of the attributes of the class above it.
        let apart = class != plan.mapper && cx.orm.mappers.union(plan.mapper).is_some();
        let shared = plan.columns.iter().filter(|_| !apart);
        let class = plan.classes.iter().find(|plan| plan.mapper == class);
        for (key, at) in shared.chain(class.iter().flat_map(|class| &class.columns)) {
            if filling.fills(key) && self.wants(cx.orm, again, id, key) {
                let value = NewValue::Value(value(row, *at)?);
                if again { put(cx, id, key, value, true)? } else { attr::set_committed(cx, id, key, value)? }
            }
        }
        if again {
            return Ok(());
        }
        if let Some(class) = class {
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
            // What waits for a list to be loaded is overwritten, too; that of lists that are never held is not seen here.
            let mapper = cx.orm.mappers.get(state.mapper);
            state
                .pending
                .retain(|key, _| mapper.relationships().any(|one| one.key == *key && one.is_queried()));
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
                // No strategy reads what is queried: that it has changed is said of it still.
                let marked = relationship.is_queried() && !filling.refreshed;
                (Rc::clone(&relationship.key), by_itself || stays, stays_expired, marked)
            })
            .collect();
        let state = orm.states.get_mut(id);
        for (key, stays, stays_expired, marked) in filled {
            state.committed.shift_remove(&key);
            if stays {
                continue;
            }
            if !marked && let Some(Slot::Many(list)) = state.dict.shift_remove(&key) {
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

    /// Gives objects the collections that the rows brought; what is left to load comes back.
    pub(super) fn finish(self, cx: &mut Cx<'_>) -> Result<(Vec<Later>, Vec<Below>)> {
        for ((id, key), bringing) in self.collections {
            let Some(begun) = bringing.begun else {
                let items = NewValue::Many(bringing.items);
                if bringing.late {
                    put(cx, id, &key, items, true)?;
                } else {
                    attr::set_committed(cx, id, &key, items)?;
                }
                continue;
            };
            // A load in between may have left another one.
            let state = cx.orm.states.get_mut(id);
            if matches!(state.dict.get(&key), Some(Slot::Many(list)) if Rc::ptr_eq(list, &begun)) {
                state.committed.shift_remove(&key);
                if !bringing.late {
                    state.expired_attributes.shift_remove(&key);
                }
                state.expired = false;
            }
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
    let column = match mappers.union(plan.mapper) {
        Some(union) => {
            format!("{}.{}", union.alias.name().unwrap_or_default(), union.discriminator)
        }
        None => {
            let told = mappers.get(plan.mapper).discriminator();
            let text = told.map(|expr| match expr.as_column() {
                Some(column) => Ok(column.to_string()),
                None => expr.to_text(cx.orm.profile, Dialect::Default),
            });
            text.transpose()?.unwrap_or_default()
        }
    };
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
