//! Objects loaded from a real database: which statements are emitted, and what comes of the identity map.
//!
//! Expectations are what the real library logged for the same classes and steps.

use backproof_engine::attr::{self, NewValue};
use backproof_engine::db::{DatabaseId, Echo};
use backproof_engine::load::{self, Entity, Item, LoaderOption, Query, Strategy, Style};
use backproof_engine::map::{
    self, Backref, Key, Lazy, Mapped, MapperId, MapperSpec, PropertySpec, RelationshipArgs, Target,
};
use backproof_engine::schema::{
    Column, ColumnArgs, ForeignKey, MetaData, SqlType, Table, TableArgs, TableItem,
};
use backproof_engine::session::{self, SessionId, SessionSettings};
use backproof_engine::sql::Expr;
use backproof_engine::state::{ObjRef, Slot};
use backproof_engine::value::Value;
use backproof_engine::version::Profile;
use backproof_engine::{Cx, Deferred, ErrorKind, NoHost, Orm};
use pretty_assertions::assert_eq;

struct World {
    orm: Orm,
    session: SessionId,
    database: DatabaseId,
    user: MapperId,
    address: MapperId,
    email: Column,
}

fn columns(text: &str, target: Option<(&str, &str)>) -> Vec<Column> {
    let mut columns = vec![
        Column::new(ColumnArgs {
            name: Some("id".into()),
            ty: SqlType::Integer,
            primary_key: true,
            ..ColumnArgs::default()
        }),
        Column::named(text, SqlType::String(None)),
    ];
    columns.extend(target.map(|(name, target)| {
        Column::new(ColumnArgs {
            name: Some(name.into()),
            ty: SqlType::Integer,
            foreign_keys: vec![ForeignKey::to(target)],
            ..ColumnArgs::default()
        })
    }));
    columns
}

impl World {
    /// `User.addresses` with a backref `user`, two users and three addresses; the session is fresh.
    fn new(profile: &str, lazy: Lazy) -> Self {
        let profile: Profile = profile.parse().unwrap();
        let mut orm = Orm::new(profile);
        let mut host = NoHost;
        let cx = &mut Cx::new(&mut orm, &mut host);
        let metadata = MetaData::new();
        let table = |name: &str, columns: Vec<Column>| {
            let items = columns.into_iter().map(TableItem::Column).collect();
            Table::new(name, &metadata, items, TableArgs::default()).unwrap()
        };
        let users = table("user", columns("name", None));
        let addresses = table("address", columns("email", Some(("user_id", "user.id"))));
        let email = addresses.column("email").unwrap();
        let registry = map::new_registry(cx);
        let mut class = |name: &str, table: &Table, args: Option<RelationshipArgs>| {
            let spec = MapperSpec {
                properties: args
                    .map(|args| (Key::from("addresses"), PropertySpec::Relationship(Box::new(args))))
                    .into_iter()
                    .collect(),
                ..MapperSpec::new(registry, name.into(), table.clone())
            };
            map::add_mapper(cx, spec).unwrap()
        };
        let args = RelationshipArgs {
            target: Some(Deferred::Now(Target::Name("Address".to_owned()))),
            backref: Some(Backref { name: "user".into(), args: Box::default() }),
            order_by: Some(Deferred::Now(vec![Expr::column(&email)])),
            lazy: Some(lazy),
            ..RelationshipArgs::default()
        };
        let user = class("User", &users, Some(args));
        let address = class("Address", &addresses, None);
        let database = cx.orm.databases.create_engine(profile, "sqlite://", Echo::On).unwrap();
        cx.orm.databases.create_all(database, &metadata.tables(), true).unwrap();
        let settings = SessionSettings { bind: Some(database), ..SessionSettings::default() };
        let session = session::create(cx.orm, settings);
        map::configure(cx).unwrap();
        for (name, emails) in [("a", &["y", "x"][..]), ("b", &["z"][..])] {
            let owner = cx.orm.states.create(user);
            attr::set(cx, owner.id(), &"name".into(), NewValue::Value(Value::text(name))).unwrap();
            let mut list = Vec::new();
            for email in emails {
                let item = cx.orm.states.create(address);
                attr::set(cx, item.id(), &"email".into(), NewValue::Value(Value::text(*email))).unwrap();
                list.push(item);
            }
            attr::set(cx, owner.id(), &"addresses".into(), NewValue::Many(list)).unwrap();
            session::add(cx, session, &owner).unwrap();
            session::flush(cx, session).unwrap();
        }
        session::commit(cx, session, None).unwrap();
        session::close(cx, session).unwrap();
        cx.orm.databases.take_log();
        World { orm, session, database, user, address, email }
    }

    fn cx<T>(&mut self, f: impl FnOnce(&mut Cx<'_>, SessionId) -> T) -> T {
        let session = self.session;
        f(&mut Cx::new(&mut self.orm, &mut NoHost), session)
    }

    /// Statements and their parameters since the last call; marks without their times.
    fn log(&mut self) -> Vec<String> {
        self.orm
            .databases
            .take_log()
            .into_iter()
            .map(|record| {
                let text = record.message;
                match text.split_once("] ") {
                    Some((mark, parameters)) if mark.starts_with('[') => {
                        format!("{} {parameters}", mark.split_whitespace().next().unwrap_or_default())
                    }
                    _ => text,
                }
            })
            .collect()
    }

    fn query(&self, mapper: MapperId) -> Query {
        Query::new(Style::Legacy, Some(self.session), vec![Entity::Mapped(Mapped::from(mapper))])
    }

    fn all(&mut self, query: &Query) -> Vec<ObjRef> {
        let rows = self.cx(|cx, session| query.run(cx, session)).unwrap();
        rows.rows
            .into_iter()
            .map(|row| match row.into_iter().next() {
                Some(Item::Object(Some(object))) => object,
                other => panic!("an object, not {other:?}"),
            })
            .collect()
    }

    fn get(&mut self, mapper: MapperId, id: i64) -> Option<ObjRef> {
        self.cx(|cx, session| load::get(cx, session, mapper, &[Value::Int(id)], &[], false)).unwrap()
    }

    fn read(&mut self, object: &ObjRef, key: &str) -> Slot {
        self.cx(|cx, _| attr::get(cx, object.id(), &key.into())).unwrap()
    }

    fn emails(&mut self, user: &ObjRef) -> Vec<String> {
        let Slot::Many(list) = self.read(user, "addresses") else { panic!("a collection") };
        let items = list.objects();
        items.iter().map(|item| self.text(item, "email")).collect()
    }

    fn text(&mut self, object: &ObjRef, key: &str) -> String {
        match self.read(object, key) {
            Slot::Value(Value::Text(text)) => text.to_string(),
            other => panic!("text, not {other:?}"),
        }
    }
}

#[test]
fn get_asks_the_identity_map_before_the_database() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let first = world.get(user, 1).unwrap();
    assert_eq!(
        world.log(),
        [
            "BEGIN (implicit)",
            "SELECT user.id AS user_id, user.name AS user_name \nFROM user \nWHERE user.id = ?",
            "[generated (1,)"
        ]
    );
    assert_eq!(world.get(user, 1), Some(first));
    assert_eq!(world.log(), [""; 0]);
    assert_eq!(world.get(user, 99), None);
    assert_eq!(world.log()[1], "[cached (99,)");
}

#[test]
fn an_object_that_nothing_holds_is_loaded_again() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    drop(world.get(user, 1));
    world.log();
    assert!(world.get(user, 1).is_some());
    assert_eq!(world.log().len(), 2);
}

#[test]
fn a_collection_is_loaded_when_it_is_first_read() {
    for (profile, sql) in [
        (
            "2.0",
            "SELECT address.id AS address_id, address.email AS address_email, address.user_id AS \
             address_user_id \nFROM address \nWHERE ? = address.user_id ORDER BY address.email",
        ),
        (
            "2.1",
            "SELECT address.id, address.email, address.user_id \nFROM address \nWHERE ? = address.user_id ORDER BY \
             address.email",
        ),
    ] {
        let mut world = World::new(profile, Lazy::Select);
        let (user, address) = (world.user, world.address);
        let owner = world.get(user, 1).unwrap();
        world.log();
        assert_eq!(world.emails(&owner), ["x", "y"]);
        assert_eq!(world.log(), [sql, "[generated (1,)"]);
        let other = world.get(user, 2).unwrap();
        world.log();
        assert_eq!(world.emails(&other), ["z"]);
        assert_eq!(world.log(), [sql, "[cached (2,)"]);
        let query = world.query(address);
        let found = world.all(&query);
        world.log();
        assert_eq!(world.read(&found[0], "user").one(), Some(owner));
        assert_eq!(world.log(), [""; 0], "the identity map knows the user");
    }
}

/// What a scalar relationship holds.
trait One {
    fn one(self) -> Option<ObjRef>;
}

impl One for Slot {
    fn one(self) -> Option<ObjRef> {
        match self {
            Slot::One(object) => object,
            other => panic!("an object, not {other:?}"),
        }
    }
}

#[test]
fn a_joined_collection_comes_with_its_owner() {
    let mut world = World::new("2.0", Lazy::Joined);
    let user = world.user;
    let query = world.query(user);
    let found = world.all(&query);
    assert_eq!(found.len(), 2);
    assert_eq!(
        world.log()[1],
        "SELECT user.id AS user_id, user.name AS user_name, address_1.id AS address_1_id, address_1.email AS \
         address_1_email, address_1.user_id AS address_1_user_id \nFROM user LEFT OUTER JOIN address AS address_1 ON \
         user.id = address_1.user_id ORDER BY address_1.email"
    );
    for (owner, expected) in found.iter().zip([&["x", "y"][..], &["z"][..]]) {
        assert_eq!(world.emails(owner), expected);
    }
    assert_eq!(world.log(), [""; 0]);
    let first = world.cx(|cx, session| query.first(cx, session)).unwrap();
    assert_eq!(first, Some(vec![Item::Object(Some(found[0].clone()))]));
    assert_eq!(world.log()[1], "[generated (1, 0)");
}

#[test]
fn selectin_loads_collections_with_one_more_select() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let mut query = world.query(user);
    query
        .options
        .push(LoaderOption::new(vec![(user, "addresses".into())], Strategy::Relationship(Lazy::Selectin)));
    let found = world.all(&query);
    let log = world.log();
    assert_eq!(
        log[3..],
        [
            "SELECT address.user_id AS address_user_id, address.id AS address_id, address.email AS address_email \
             \nFROM address \nWHERE address.user_id IN (?, ?) ORDER BY address.email",
            "[generated (1, 2)"
        ]
    );
    assert_eq!(world.emails(&found[0]), ["x", "y"]);
    assert_eq!(world.log(), [""; 0]);
}

#[test]
fn an_expired_object_is_loaded_when_it_is_read() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let owner = world.get(user, 1).unwrap();
    world.emails(&owner);
    world.cx(|cx, session| session::commit(cx, session, None)).unwrap();
    world.log();
    assert_eq!(world.text(&owner, "name"), "a");
    assert_eq!(
        world.log()[1..],
        [
            "SELECT user.id AS user_id, user.name AS user_name \nFROM user \nWHERE user.id = ?",
            "[generated (1,)"
        ]
    );
    world.cx(|cx, session| session::refresh(cx, session, &owner, None)).unwrap();
    assert_eq!(world.log()[0], "SELECT user.id, user.name \nFROM user \nWHERE user.id = ?");
}

#[test]
fn a_row_that_is_gone_is_told_from_one_that_never_was() {
    let mut world = World::new("2.0", Lazy::Select);
    let (user, address) = (world.user, world.address);
    let owner = world.get(user, 1).unwrap();
    let query = world.query(address);
    let addresses = world.all(&query);
    world.cx(|cx, session| {
        session::expire_all(cx, session).unwrap();
        let connection = session::connection(cx, session).unwrap();
        backproof_engine::db::execute_raw(
            cx,
            connection,
            "DELETE FROM user WHERE id = 1",
            &backproof_engine::db::Raw::One(Vec::new()),
        )
        .unwrap();
    });
    let error = world.cx(|cx, _| attr::get(cx, owner.id(), &"name".into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ObjectDeletedError);
    world.log();
    assert_eq!(world.read(&addresses[0], "user").one(), None);
}

#[test]
fn a_detached_object_loads_nothing() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let owner = world.get(user, 1).unwrap();
    world.cx(|cx, session| session::expunge(cx, session, &owner)).unwrap();
    let error = world.cx(|cx, _| attr::get(cx, owner.id(), &"addresses".into())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DetachedInstanceError);
    assert!(
        error.detail().ends_with(
            "is not bound to a Session; lazy load operation of attribute 'addresses' cannot proceed"
        )
    );
}

#[test]
fn count_wraps_the_query() {
    let mut world = World::new("2.0", Lazy::Joined);
    let user = world.user;
    let query = world.query(user);
    let count = world.cx(|cx, session| query.count(cx, session)).unwrap();
    assert_eq!(count, 2);
    assert_eq!(
        world.log()[1],
        "SELECT count(*) AS count_1 \nFROM (SELECT user.id AS user_id, user.name AS user_name \nFROM user) AS anon_1"
    );
}

#[test]
fn one_says_how_many_rows_there_were() {
    for (profile, expected) in [
        ("1.3", "Multiple rows were found for one()"),
        ("2.0", "Multiple rows were found when exactly one was required"),
    ] {
        let mut world = World::new(profile, Lazy::Select);
        let user = world.user;
        let query = world.query(user);
        let error = world.cx(|cx, session| query.one(cx, session, false)).unwrap_err();
        assert_eq!((error.kind(), error.detail()), (ErrorKind::MultipleResultsFound, expected));
    }
}

#[test]
fn what_is_loaded_keeps_changes_that_are_not_flushed() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let owner = world.get(user, 1).unwrap();
    world
        .cx(|cx, _| attr::set(cx, owner.id(), &"name".into(), NewValue::Value(Value::text("changed"))))
        .unwrap();
    let mut query = world.query(user);
    query.autoflush = false;
    let found = world.all(&query);
    assert_eq!(world.text(&found[0], "name"), "changed");
    query.populate_existing = true;
    world.all(&query);
    assert_eq!(world.text(&owner, "name"), "a");
}

#[test]
fn subqueries_load_collections_of_what_the_query_found() {
    let mut world = World::new("2.0", Lazy::Subquery);
    let user = world.user;
    let query = world.query(user);
    let found = world.all(&query);
    assert_eq!(
        world.log()[3],
        "SELECT address.id AS address_id, address.email AS address_email, address.user_id AS address_user_id, \
         anon_1.user_id AS anon_1_user_id \nFROM (SELECT user.id AS user_id \nFROM user) AS anon_1 JOIN address ON \
         anon_1.user_id = address.user_id ORDER BY address.email"
    );
    assert_eq!(world.emails(&found[0]), ["x", "y"]);
    assert_eq!(world.email.name().as_ref(), "email");
    assert_eq!(world.orm.databases.echo(world.database), Echo::On);
}

#[test]
fn objects_that_hold_only_each_other_go_when_they_are_collected() {
    let mut world = World::new("2.0", Lazy::Select);
    let user = world.user;
    let owner = world.get(user, 1).unwrap();
    let Slot::Many(list) = world.read(&owner, "addresses") else { panic!("a collection") };
    let items = list.objects();
    assert_eq!(world.read(&items[0], "user").one(), Some(owner.clone()));
    drop(list);
    let first = items[0].clone();
    drop(items);
    drop(owner);
    let held = |world: &mut World| {
        world.cx(|cx, session| {
            session::sweep(cx.orm);
            cx.orm.states.collect_cycles();
            session::sweep(cx.orm);
            session::identity_objects(cx.orm, session).len()
        })
    };
    assert_eq!(held(&mut world), 3, "an address that a variable holds keeps its user");
    drop(first);
    assert_eq!(held(&mut world), 0);
}
