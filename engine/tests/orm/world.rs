//! A world with users and addresses, as a host would set it up.

use backproof_engine::attr::{self, Item, NewValue};
use backproof_engine::db::{DatabaseId, Echo};
use backproof_engine::map::{
    self, Backref, Cascades, Key, MapperId, MapperSpec, PropertySpec, RelationshipArgs, Target,
};
use backproof_engine::schema::{
    Column, ColumnArgs, ForeignKey, MetaData, SqlType, Table, TableArgs, TableItem,
};
use backproof_engine::session::{self, SessionId, SessionSettings};
use backproof_engine::state::{Collection, ObjRef, Slot};
use backproof_engine::value::Value;
use backproof_engine::{Cx, Deferred, Error, NoHost, Orm};
use std::rc::Rc;

/// What a relationship of the world is asked for.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) cascade: Option<Cascades>,
    pub(crate) cascade_backrefs: Option<bool>,
    pub(crate) one_way: bool,
    pub(crate) uselist: Option<bool>,
}

pub(crate) struct World {
    pub(crate) orm: Orm,
    pub(crate) host: NoHost,
    pub(crate) metadata: MetaData,
    pub(crate) user: MapperId,
    pub(crate) address: MapperId,
    pub(crate) database: Option<DatabaseId>,
}

fn column(name: &str, ty: SqlType, primary_key: bool, target: Option<&str>) -> TableItem {
    TableItem::Column(Column::new(ColumnArgs {
        name: Some(name.into()),
        ty,
        primary_key,
        foreign_keys: target.map(ForeignKey::to).into_iter().collect(),
        ..ColumnArgs::default()
    }))
}

fn table(name: &str, metadata: &MetaData, items: Vec<TableItem>) -> Table {
    Table::new(name, metadata, items, TableArgs::default()).expect("a table")
}

impl World {
    /// `User.addresses` with the backref `Address.user`.
    pub(crate) fn new(version: &str, asked: &Asked) -> Self {
        let mut orm = Orm::new(version.parse().expect("a version"));
        let mut host = NoHost;
        let metadata = MetaData::new();
        let users = table(
            "user",
            &metadata,
            vec![
                column("id", SqlType::Integer, true, None),
                column("name", SqlType::String(None), false, None),
            ],
        );
        let addresses = table(
            "address",
            &metadata,
            vec![
                column("id", SqlType::Integer, true, None),
                column("email", SqlType::String(None), false, None),
                column("user_id", SqlType::Integer, false, Some("user.id")),
            ],
        );
        let mut cx = Cx::new(&mut orm, &mut host);
        let registry = map::new_registry(&mut cx);
        let mut mapper = |name: &str, table: Table, properties: Vec<(Key, PropertySpec)>| {
            let spec = MapperSpec { properties, ..MapperSpec::new(registry, name.into(), table) };
            map::add_mapper(&mut cx, spec).expect("a mapper")
        };
        let relationship = RelationshipArgs {
            target: Some(Deferred::Now(Target::Name("Address".into()))),
            cascade: asked.cascade,
            cascade_backrefs: asked.cascade_backrefs,
            uselist: asked.uselist,
            backref: (!asked.one_way).then(|| Backref { name: "user".into(), args: Box::default() }),
            ..RelationshipArgs::default()
        };
        let user = mapper(
            "User",
            users,
            vec![("addresses".into(), PropertySpec::Relationship(Box::new(relationship)))],
        );
        let address = mapper("Address", addresses, Vec::new());
        map::configure(&mut cx).expect("mappers configure");
        World { orm, host, metadata, user, address, database: None }
    }

    pub(crate) fn cx(&mut self) -> Cx<'_> {
        Cx::new(&mut self.orm, &mut self.host)
    }

    pub(crate) fn user(&mut self, name: &str) -> ObjRef {
        let object = self.orm.states.create(self.user);
        self.set(&object, "name", NewValue::Value(Value::text(name)));
        object
    }

    pub(crate) fn address(&mut self, email: &str) -> ObjRef {
        let object = self.orm.states.create(self.address);
        self.set(&object, "email", NewValue::Value(Value::text(email)));
        object
    }

    pub(crate) fn set(&mut self, object: &ObjRef, key: &str, value: NewValue) {
        attr::set(&mut self.cx(), object.id(), &key.into(), value).expect("the attribute is set");
    }

    pub(crate) fn get(&mut self, object: &ObjRef, key: &str) -> Slot {
        attr::get(&mut self.cx(), object.id(), &key.into()).expect("the attribute is read")
    }

    pub(crate) fn list(&mut self, object: &ObjRef, key: &str) -> Rc<Collection> {
        match self.get(object, key) {
            Slot::Many(list) => list,
            other => panic!("{key} is no list: {other:?}"),
        }
    }

    pub(crate) fn items(&mut self, object: &ObjRef, key: &str) -> Vec<ObjRef> {
        self.list(object, key).objects()
    }

    pub(crate) fn one(&mut self, object: &ObjRef, key: &str) -> Option<ObjRef> {
        match self.get(object, key) {
            Slot::One(object) => object,
            other => panic!("{key} is no single object: {other:?}"),
        }
    }

    pub(crate) fn append(&mut self, object: &ObjRef, item: &ObjRef) {
        let list = self.list(object, "addresses");
        attr::append(&mut self.cx(), &list, item.clone()).expect("appended");
    }

    /// The names and e-mails of the parts of a history.
    pub(crate) fn history(&mut self, object: &ObjRef, key: &str) -> [Vec<String>; 3] {
        let history = attr::history(&mut self.cx(), object.id(), &key.into()).expect("a history");
        [history.added, history.unchanged, history.deleted].map(|items| {
            items
                .iter()
                .map(|item| match item {
                    Item::Value(value) => backproof_engine::value::repr::value(value),
                    Item::Object(None) => "None".to_owned(),
                    Item::Object(Some(object)) => self.name(object),
                })
                .collect()
        })
    }

    pub(crate) fn name(&mut self, object: &ObjRef) -> String {
        let state = self.orm.states.get(object.id());
        match state.dict.get("name").or_else(|| state.dict.get("email")) {
            Some(Slot::Value(Value::Text(text))) => text.to_string(),
            _ => "?".to_owned(),
        }
    }

    pub(crate) fn session(&mut self) -> SessionId {
        let bind = self.database;
        session::create(&mut self.orm, SessionSettings { bind, ..SessionSettings::default() })
    }

    /// An engine whose database has the world's tables.
    pub(crate) fn with_tables(mut self) -> Self {
        let profile = self.orm.profile;
        let database = self.orm.databases.create_engine(profile, "sqlite://", Echo::On).expect("an engine");
        self.database = Some(database);
        let tables = self.metadata.tables();
        self.orm.databases.create_all(database, &tables, true).expect("tables");
        self.orm.databases.take_log();
        self
    }

    /// The statements and parameters of the log since the last call.
    pub(crate) fn log(&mut self) -> Vec<String> {
        self.orm.databases.take_log().into_iter().map(|record| record.message).collect()
    }
}

pub(crate) fn message(error: &Error) -> String {
    format!("{:?}: {}", error.kind(), error.detail())
}
