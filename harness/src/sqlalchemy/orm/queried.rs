//! `WriteOnlyCollection` and `AppenderQuery`: relationships that are written through an object and read by queries.
//!
//! Neither holds members: what is put in waits in the engine, what is read comes from the database.

use super::instance::wrap_all;
use super::query::QueryObject;
use super::select::SelectObject;
use super::{collection, dml, mapped};
use crate::python::{Args, Class, Interp, Iter, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::statement::{Kind, StatementObject};
use crate::sqlalchemy::{define, lend};
use backproof_engine::attr;
use backproof_engine::load;
use backproof_engine::map::{Key, Lazy, MapperId, Property};
use backproof_engine::session::{self, SessionId};
use backproof_engine::sql::{Delete, Update};
use backproof_engine::state::ObjRef;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// The value of a relationship that is queried, where the attribute is one.
pub(super) fn value(interp: &mut Interp, object: &ObjRef, key: &Key) -> PyResult<Option<Value>> {
    let lazy = lend::read(interp, |orm| {
        let mapper = orm.states.get(object.id()).mapper;
        match orm.mappers.get(mapper).properties.get(key) {
            Some(Property::Relationship(relationship)) => relationship.args.lazy,
            _ => None,
        }
    })?;
    match lazy {
        Some(Lazy::WriteOnly) => {
            mapped::configure(interp)?;
            Ok(Some(Value::object(WriteOnlyObject {
                owner: object.clone(),
                key: key.clone(),
                id: fresh_identity(),
            })))
        }
        Some(Lazy::Dynamic) => {
            mapped::configure(interp)?;
            let (owner, key) = (object.clone(), key.clone());
            Ok(Some(Value::object(AppenderObject { owner, key, id: fresh_identity() })))
        }
        _ => Ok(None),
    }
}

/// A `WriteOnlyCollection`.
struct WriteOnlyObject {
    owner: ObjRef,
    key: Key,
    id: u64,
}

impl Object for WriteOnlyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "WriteOnlyCollection"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.writeonly"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlalchemy.orm.writeonly", "WriteOnlyCollection");
        if !class.dict.contains("add") {
            install_changes::<WriteOnlyObject>(&class, &["add"], &["add_all"]);
            install_write_only(&class);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(true)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let message = "WriteOnly collections don't support iteration in-place; to query for collection items, use the \
                       select() method to produce a SQL statement and execute it with session.scalars().";
        Err(interp.raise("TypeError", message))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, _item: &Value) -> PyResult<Option<bool>> {
        Err(interp.raise("TypeError", "argument of type 'WriteOnlyCollection' is not iterable"))
    }
}

/// What belongs to a relationship of an object.
trait Owned: Object {
    fn owner(&self) -> &ObjRef;
    fn key(&self) -> &Key;
}

impl Owned for WriteOnlyObject {
    fn owner(&self) -> &ObjRef {
        &self.owner
    }

    fn key(&self) -> &Key {
        &self.key
    }
}

fn add(interp: &mut Interp, owned: &impl Owned, item: &Value) -> PyResult<()> {
    let item = collection::candidate(interp, item)?;
    let (owner, key) = (owned.owner().clone(), owned.key().clone());
    lend::with_cx(interp, |cx| attr::queried_add(cx, owner.id(), &key, item))
}

/// The methods that change a collection, under the names that a class has for them.
fn install_changes<T: Owned>(class: &Rc<Class>, one: &[&str], many: &[&str]) {
    use define::method;
    for name in one {
        method::<T>(class, name, "item", |interp, owned, _, mut bound| {
            let item = bound.take(0).unwrap_or(Value::None);
            add(interp, owned, &item)?;
            Ok(Value::None)
        });
    }
    for name in many {
        method::<T>(class, name, "iterator", |interp, owned, _, mut bound| {
            let items = bound.take(0).unwrap_or(Value::None);
            for item in interp.iterate(&items)? {
                add(interp, owned, &item)?;
            }
            Ok(Value::None)
        });
    }
    method::<T>(class, "remove", "item", |interp, owned, _, mut bound| {
        let item = bound.take(0).unwrap_or(Value::None);
        let item = collection::candidate(interp, &item)?;
        let (owner, key) = (owned.owner().clone(), owned.key().clone());
        lend::with_cx(interp, |cx| attr::queried_remove(cx, owner.id(), &key, item))?;
        Ok(Value::None)
    });
}

/// The class whose objects a relationship leads to.
fn target(interp: &mut Interp, owned: &impl Owned) -> PyResult<MapperId> {
    let found = lend::read(interp, |orm| {
        let mapper = orm.states.get(owned.owner().id()).mapper;
        orm.mappers.relationship(mapper, owned.key()).map(|relationship| relationship.resolved().target)
    })?;
    found.ok_or_else(|| Stop::unsupported("a collection whose relationship is gone"))
}

fn install_write_only(class: &Rc<Class>) {
    use define::method;
    method::<WriteOnlyObject>(class, "select", "", |interp, owned, _, _| {
        let query = lend::with_cx(interp, |cx| load::collection_query(cx, &owned.owner, &owned.key, false))?;
        Ok(SelectObject::value(query))
    });
    method::<WriteOnlyObject>(class, "insert", "", |interp, owned, _, _| {
        let (_, of_class) = {
            let to = target(interp, owned)?;
            dml::of_mapper(interp, to)?
        };
        let insert = lend::with_cx(interp, |cx| load::collection_insert(cx, &owned.owner, &owned.key))?;
        Ok(StatementObject::made(Kind::Insert(insert), Some(of_class)))
    });
    for is_update in [true, false] {
        let name = if is_update { "update" } else { "delete" };
        method::<WriteOnlyObject>(class, name, "", move |interp, owned, _, _| {
            let to = target(interp, owned)?;
            let (table, of_class) = dml::of_mapper(interp, to)?;
            let criteria =
                lend::with_cx(interp, |cx| load::collection_criteria(cx, &owned.owner, &owned.key))?;
            let mut kind =
                if is_update { Kind::Update(Update::of(&table)) } else { Kind::Delete(Delete::from(&table)) };
            kind.add_criteria(criteria);
            Ok(StatementObject::made(kind, Some(of_class)))
        });
    }
}

/// An `AppenderQuery`.
struct AppenderObject {
    owner: ObjRef,
    key: Key,
    id: u64,
}

impl Owned for AppenderObject {
    fn owner(&self) -> &ObjRef {
        &self.owner
    }

    fn key(&self) -> &Key {
        &self.key
    }
}

impl AppenderObject {
    /// The session of its object, and whether that has a row. A session that flushes by itself does so before it tells,
    /// and not as a query would.
    fn session(&self, interp: &mut Interp) -> PyResult<(Option<SessionId>, bool)> {
        let id = self.owner.id();
        lend::with_cx(interp, |cx| {
            let session = session::object_session(cx.orm, id);
            if let Some(session) = session
                && session::settings(cx.orm, session).autoflush
                && session::contains(cx.orm, session, id)
            {
                session::flush(cx, session)?;
            }
            Ok((session, session.is_some() && cx.orm.states.get(id).key.is_some()))
        })
    }

    /// The query that it stands for, where its object has a row and is in a session.
    fn query(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        if !self.session(interp)?.1 {
            return Ok(None);
        }
        self.any_query(interp).map(Some)
    }

    /// The query, without a session where the object has none.
    fn any_query(&self, interp: &mut Interp) -> PyResult<Value> {
        let session = lend::read(interp, |orm| session::object_session(orm, self.owner.id()))?;
        let mut query = lend::with_cx(interp, |cx| load::collection_query(cx, &self.owner, &self.key, true))?;
        query.session = session;
        Ok(QueryObject::value(query))
    }

    /// Whether a method asks for the session, and so has it flush, before it does what the query's does.
    fn asks_session(interp: &mut Interp, name: &str) -> bool {
        let early = !lend::has(interp, Behaviour::DynamicFirstNeedsSession);
        match name {
            "all" | "count" | "one" | "one_or_none" | "scalar" => true,
            "first" | "get" => early,
            "update" | "delete" => !early,
            _ => false,
        }
    }

    /// The methods of what waits to be written, which stand for the query's where there is none.
    fn of_waiting(&self, interp: &mut Interp, name: &str) -> PyResult<Value> {
        let waiting = Value::list(self.waiting(interp)?);
        Ok(match name {
            "count" => Value::native(name, move |interp, _| {
                let count = interp.iterate(&waiting)?.len();
                Ok(Value::size(count))
            }),
            "all" => Value::native(name, move |interp, _| Ok(Value::list(interp.iterate(&waiting)?))),
            "first" => Value::native(name, move |interp, _| {
                Ok(interp.iterate(&waiting)?.into_iter().next().unwrap_or(Value::None))
            }),
            _ => {
                return Err(Stop::unsupported(format!("{name}() of a dynamic collection without a session")));
            }
        })
    }

    /// The methods that make another query, which has to have a session.
    fn without_session(&self, name: &str) -> Option<Value> {
        let makes = matches!(
            name,
            "first"
                | "filter"
                | "filter_by"
                | "where"
                | "order_by"
                | "limit"
                | "offset"
                | "slice"
                | "join"
                | "outerjoin"
                | "options"
                | "distinct"
                | "group_by"
                | "having"
                | "execution_options"
                | "populate_existing"
                | "autoflush"
                | "enable_eagerloads"
                | "params"
                | "select_from"
                | "add_columns"
                | "with_for_update"
                | "with_session"
                | "reset_joinpoint"
        );
        makes.then(|| {
            let (owner, key) = (self.owner.clone(), self.key.clone());
            Value::native(name, move |interp, _| {
                lend::with_cx(interp, |cx| Err(attr::detached_collection(cx, owner.id(), &key)))
            })
        })
    }

    /// The members that wait to be written.
    fn waiting(&self, interp: &mut Interp) -> PyResult<Vec<Value>> {
        let objects = lend::read(interp, |orm| attr::queried_added(orm, self.owner.id(), &self.key))?;
        wrap_all(interp, &objects)
    }
}

impl Object for AppenderObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "AppenderQuery"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.dynamic"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlalchemy.orm.dynamic", "AppenderQuery");
        if !class.dict.contains("append") {
            install_changes::<AppenderObject>(&class, &["append", "add"], &["extend", "add_all"]);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(true)
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let own = matches!(name, "append" | "add" | "extend" | "add_all" | "remove");
        if own || name.starts_with("__") {
            return Ok(None);
        }
        let asks = Self::asks_session(interp, name);
        if asks && !matches!(name, "update" | "delete" | "get") {
            let this = Self { owner: self.owner.clone(), key: self.key.clone(), id: self.id };
            let called = Rc::<str>::from(name);
            return Ok(Some(Value::native(name, move |interp, args| {
                let method = match this.query(interp)? {
                    Some(query) => interp.get_attr(&query, &called)?,
                    None => this.of_waiting(interp, &called)?,
                };
                interp.call(&method, args)
            })));
        }
        if asks || name == "session" {
            let stored = self.session(interp)?.1;
            if name == "session" && !stored {
                return Ok(Some(Value::None));
            }
        }
        let session = lend::read(interp, |orm| session::object_session(orm, self.owner.id()))?;
        if session.is_none()
            && let Some(method) = self.without_session(name)
        {
            return Ok(Some(method));
        }
        let query = self.any_query(interp)?;
        interp.get_attr_opt(&query, name)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        self.session(interp)?;
        let query = self.any_query(interp)?;
        interp.str(&query)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        match self.query(interp)? {
            Some(query) => interp.iter(&query),
            None => Ok(Iter::from_values("list_iterator", self.waiting(interp)?)),
        }
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        match self.query(interp)? {
            Some(query) => interp.get_item(&query, key),
            None => {
                let waiting = Value::list(self.waiting(interp)?);
                interp.get_item(&waiting, key)
            }
        }
    }
}

/// Whether a value is a collection that is queried, which an assignment may give back to its attribute.
pub(super) fn is_collection(value: &Value) -> bool {
    value.downcast::<WriteOnlyObject>().is_some() || value.downcast::<AppenderObject>().is_some()
}

/// Has the session of an object flush before its dynamic collection is set, since what is there is looked up for that.
pub(super) fn before_set(interp: &mut Interp, object: &ObjRef, key: &Key) -> PyResult<()> {
    let id = object.id();
    let reads = lend::read(interp, |orm| {
        let state = orm.states.get(id);
        let relationship = orm.mappers.relationship(state.mapper, key);
        state.key.is_some() && relationship.is_some_and(|one| one.args.lazy == Some(Lazy::Dynamic))
    })?;
    if reads {
        let (owner, key) = (object.clone(), key.clone());
        AppenderObject { owner, key, id: 0 }.session(interp)?;
    }
    Ok(())
}

/// The members of an iterable that an attribute is set to.
pub(super) fn members(interp: &mut Interp, value: &Value) -> PyResult<Vec<attr::Candidate>> {
    if is_collection(value) {
        return Err(Stop::unsupported("setting a collection that is queried to such a one"));
    }
    let values = interp.iterate(value)?;
    collection::candidates(interp, &values)
}

/// `dynamic_loader(…)`: a relationship with `lazy="dynamic"`.
pub(super) fn dynamic_loader(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    if args.take_keyword("lazy").is_some() {
        return Err(Stop::unsupported("dynamic_loader() with `lazy`"));
    }
    args.keywords.push(("lazy".into(), Value::from("dynamic")));
    super::relationship::relationship(interp, args)
}
