//! The engine for a Rust program without a language of its own: a database, mapped classes and sessions by name.
//!
//! Every step here is one that a host takes, in the order of a host; nothing behaves otherwise than through [`Cx`].
//! What it does not offer is reached with [`World::cx`].

mod class;
mod host;

pub use class::Class;
pub use host::Warned;

use crate::attr::{self, NewValue};
use crate::db::{DatabaseId, Echo};
use crate::error::{Error, ErrorKind, Result};
use crate::host::Cx;
use crate::load::{self, Entity, LoaderOption, Query, Strategy, Style};
use crate::map::{self, Key, Lazy, Mapped, MapperId, RegistryId};
use crate::orm::Orm;
use crate::schema::MetaData;
use crate::session::{self, SessionId, SessionSettings};
use crate::sql::{Expr, Op};
use crate::state::{Collection, ObjRef, Slot};
use crate::value::Value;
use crate::version::Profile;
use std::rc::Rc;

/// An engine with one in-memory database and one registry of classes.
#[derive(Debug)]
pub struct World {
    pub orm: Orm,
    /// What the library warned of.
    pub host: Warned,
    pub metadata: MetaData,
    registry: RegistryId,
    database: DatabaseId,
}

impl World {
    /// An engine that behaves as a release of SQLAlchemy does, over an empty database.
    ///
    /// # Errors
    ///
    /// `OperationalError` where SQLite cannot open a database in memory.
    pub fn new(profile: Profile) -> Result<Self> {
        let mut orm = Orm::new(profile);
        let mut host = Warned::default();
        let registry = map::new_registry(&mut Cx::new(&mut orm, &mut host));
        let database = orm.databases.create_engine(profile, "sqlite://", Echo::Off)?;
        Ok(World { orm, host, metadata: MetaData::new(), registry, database })
    }

    /// What the functions of the other rooms run in.
    pub fn cx(&mut self) -> Cx<'_> {
        Cx::new(&mut self.orm, &mut self.host)
    }

    /// A class to be mapped to a table: give it columns and relationships, then [`Class::map`] it.
    pub fn class(&mut self, name: &str, table: &str) -> Class<'_> {
        Class::new(self, name, table)
    }

    /// Configures the mapped classes and makes their tables.
    ///
    /// # Errors
    ///
    /// What is wrong with a relationship, as the library tells of it when mappers are configured.
    pub fn create_all(&mut self) -> Result<()> {
        map::configure(&mut self.cx())?;
        let tables = self.metadata.sorted_tables()?;
        self.orm.databases.create_all(self.database, &tables, true)
    }

    /// A session on the database.
    pub fn session(&mut self) -> SessionId {
        let settings = SessionSettings { bind: Some(self.database), ..SessionSettings::default() };
        session::create(&mut self.orm, settings)
    }

    /// A new object, transient: `Class(key=value, …)`.
    ///
    /// # Errors
    ///
    /// `TypeError` where the class has no such attribute.
    pub fn object<V: Into<NewValue>>(
        &mut self,
        class: MapperId,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Result<ObjRef> {
        let object = self.orm.states.create(class);
        for (key, value) in values {
            let mapper = self.orm.mappers.get(class);
            if !mapper.properties.contains_key(key) {
                let name = &mapper.class_name;
                let detail = format!("'{key}' is an invalid keyword argument for {name}");
                return Err(Error::new(ErrorKind::TypeError, detail));
            }
            self.set(&object, key, value)?;
        }
        Ok(object)
    }

    /// `object.key = value`; a backref is in step at once.
    ///
    /// # Errors
    ///
    /// `AttributeError` or `TypeError` where the attribute cannot hold the value.
    pub fn set(&mut self, object: &ObjRef, key: &str, value: impl Into<NewValue>) -> Result<()> {
        attr::set(&mut self.cx(), object.id(), &key.into(), value.into())
    }

    /// `object.key` of a column; loaded where it has expired.
    ///
    /// # Errors
    ///
    /// `AttributeError` where the class has no such column; what loading raises.
    pub fn value(&mut self, object: &ObjRef, key: &str) -> Result<Value> {
        match self.get(object, key)? {
            Slot::Value(value) => Ok(value),
            Slot::One(_) | Slot::Many(_) => Err(other_kind(key, "a relationship")),
        }
    }

    /// `object.key` of a relationship to one object; loaded where it is missing.
    ///
    /// # Errors
    ///
    /// `AttributeError` where the class has no such relationship; what loading raises.
    pub fn one(&mut self, object: &ObjRef, key: &str) -> Result<Option<ObjRef>> {
        match self.get(object, key)? {
            Slot::One(one) => Ok(one),
            Slot::Value(_) => Err(other_kind(key, "a column")),
            Slot::Many(_) => Err(other_kind(key, "a relationship to many")),
        }
    }

    /// The objects of `object.key`, a relationship to many; loaded where they are missing.
    ///
    /// # Errors
    ///
    /// `AttributeError` where the class has no such relationship; what loading raises.
    pub fn many(&mut self, object: &ObjRef, key: &str) -> Result<Vec<ObjRef>> {
        Ok(self.collection(object, key)?.objects())
    }

    /// `object.key.append(item)`.
    ///
    /// # Errors
    ///
    /// As [`World::many`].
    pub fn append(&mut self, object: &ObjRef, key: &str, item: &ObjRef) -> Result<()> {
        let list = self.collection(object, key)?;
        attr::append(&mut self.cx(), &list, item.clone())
    }

    /// `object.key.remove(item)`.
    ///
    /// # Errors
    ///
    /// `ValueError` where it is not there; as [`World::many`].
    pub fn remove(&mut self, object: &ObjRef, key: &str, item: &ObjRef) -> Result<()> {
        let list = self.collection(object, key)?;
        attr::remove(&mut self.cx(), &list, item.clone())
    }

    fn get(&mut self, object: &ObjRef, key: &str) -> Result<Slot> {
        attr::get(&mut self.cx(), object.id(), &key.into())
    }

    fn collection(&mut self, object: &ObjRef, key: &str) -> Result<Rc<Collection>> {
        match self.get(object, key)? {
            Slot::Many(list) => Ok(list),
            Slot::Value(_) => Err(other_kind(key, "a column")),
            Slot::One(_) => Err(other_kind(key, "a relationship to one")),
        }
    }

    /// `session.add(object)`, with what its cascades reach.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where it is in another session.
    pub fn add(&mut self, session: SessionId, object: &ObjRef) -> Result<()> {
        session::add(&mut self.cx(), session, object)
    }

    /// `session.delete(object)`.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where it has no row.
    pub fn delete(&mut self, session: SessionId, object: &ObjRef) -> Result<()> {
        session::delete(&mut self.cx(), session, object)
    }

    /// `session.flush()`.
    ///
    /// # Errors
    ///
    /// What the unit of work or the database says; the session is usable after [`World::rollback`].
    pub fn flush(&mut self, session: SessionId) -> Result<()> {
        session::flush(&mut self.cx(), session)
    }

    /// `session.commit()`.
    ///
    /// # Errors
    ///
    /// As [`World::flush`].
    pub fn commit(&mut self, session: SessionId) -> Result<()> {
        session::commit(&mut self.cx(), session, None)
    }

    /// `session.rollback()`.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn rollback(&mut self, session: SessionId) -> Result<()> {
        session::rollback(&mut self.cx(), session, None)
    }

    /// `session.close()`: its objects are detached.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub fn close(&mut self, session: SessionId) -> Result<()> {
        session::close(&mut self.cx(), session)
    }

    /// `session.get(Class, key)`: from the identity map, else by a statement.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where the class's key has several columns.
    pub fn find(
        &mut self,
        session: SessionId,
        class: MapperId,
        key: impl Into<Value>,
    ) -> Result<Option<ObjRef>> {
        load::get(&mut self.cx(), session, class, &[key.into()], &[], false)
    }

    /// `Class.key`, to compare with in a query.
    ///
    /// # Errors
    ///
    /// `AttributeError` where the class has no such column.
    pub fn attribute(&mut self, class: MapperId, key: &str) -> Result<Expr> {
        map::configure(&mut self.cx())?;
        load::attribute(&self.orm, Mapped::from(class), key)
    }

    /// `Class.key == value`.
    ///
    /// # Errors
    ///
    /// As [`World::attribute`].
    pub fn equals(&mut self, class: MapperId, key: &str, value: impl Into<Value>) -> Result<Expr> {
        self.attribute(class, key)?.operate(Op::Eq, value.into())
    }

    /// `select(Class)`, to be given criteria, order, limit and options.
    pub fn select(&self, class: MapperId) -> Query {
        Query::new(Style::Select, None, vec![Entity::Mapped(Mapped::from(class))])
    }

    /// The option that loads a relationship in this way: `joinedload(Class.key)` and its like.
    pub fn eagerly(&self, class: MapperId, key: &str, lazy: Lazy) -> LoaderOption {
        LoaderOption::new(vec![(class, Key::from(key))], Strategy::Relationship(lazy))
    }

    /// `session.scalars(query).unique().all()`: the objects, each once.
    ///
    /// # Errors
    ///
    /// What the autoflush or the database says.
    pub fn all(&mut self, session: SessionId, query: &Query) -> Result<Vec<ObjRef>> {
        let rows = query.run(&mut self.cx(), session)?.unique();
        let first = |row: Vec<load::Item>| match row.into_iter().next() {
            Some(load::Item::Object(object)) => object,
            Some(load::Item::Value(_)) | None => None,
        };
        Ok(rows.rows.into_iter().filter_map(first).collect())
    }

    /// What `echo=True` would have logged since the last call: statements, their parameters, BEGIN and COMMIT.
    pub fn take_log(&mut self) -> Vec<String> {
        self.orm.databases.take_log().into_iter().map(|record| record.message).collect()
    }

    /// The statements alone of [`World::take_log`], each on one line.
    pub fn take_statements(&mut self) -> Vec<String> {
        let statement = |message: &String| !message.starts_with(['[', '(']);
        let log = self.take_log().into_iter().filter(statement);
        log.map(|message| message.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }
}

fn other_kind(key: &str, kind: &str) -> Error {
    Error::new(ErrorKind::AttributeError, format!("'{key}' is {kind}"))
}
