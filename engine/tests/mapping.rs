//! Mapped classes made in Rust alone: what configuring works out, and what queries over them print.
//!
//! Expectations are what the real library printed for the same classes.

use backproof_engine::load::{Entity, Join, JoinTarget, LoaderOption, Query, Strategy, Style};
use backproof_engine::load::{alias, attribute, relation, row_count};
use backproof_engine::map::{
    self, Backref, Between, Direction, InnerJoin, Key, Lazy, Mapped, MapperId, MapperSpec, PropertySpec,
    RegistryId, RelationshipArgs, Target,
};
use backproof_engine::schema::{
    Column, ColumnArgs, ForeignKey, MetaData, SqlType, Table, TableArgs, TableItem,
};
use backproof_engine::sql::{Dialect, Expr};
use backproof_engine::value::Value;
use backproof_engine::version::Profile;
use backproof_engine::{Cx, Deferred, Error, ErrorKind, NoHost, Orm};
use pretty_assertions::assert_eq;

struct World {
    orm: Orm,
    metadata: MetaData,
    registry: RegistryId,
}

fn primary_key() -> Column {
    Column::new(ColumnArgs {
        name: Some("id".into()),
        ty: SqlType::Integer,
        primary_key: true,
        ..ColumnArgs::default()
    })
}

fn text(name: &str) -> Column {
    Column::named(name, SqlType::String(None))
}

fn link(name: &str, target: &str) -> Column {
    Column::new(ColumnArgs {
        name: Some(name.into()),
        ty: SqlType::Integer,
        foreign_keys: vec![ForeignKey::to(target)],
        ..ColumnArgs::default()
    })
}

fn to(name: &str) -> RelationshipArgs {
    RelationshipArgs {
        target: Some(Deferred::Now(Target::Name(name.to_owned()))),
        ..RelationshipArgs::default()
    }
}

fn with_backref(name: &str, backref: &str) -> RelationshipArgs {
    RelationshipArgs { backref: Some(Backref { name: backref.into(), args: Box::default() }), ..to(name) }
}

impl World {
    fn new(profile: &str) -> Self {
        let mut orm = Orm::new(profile.parse::<Profile>().unwrap());
        let mut host = NoHost;
        let registry = map::new_registry(&mut Cx::new(&mut orm, &mut host));
        World { orm, metadata: MetaData::new(), registry }
    }

    fn cx<T>(&mut self, f: impl FnOnce(&mut Cx<'_>) -> T) -> T {
        f(&mut Cx::new(&mut self.orm, &mut NoHost))
    }

    fn table(&self, name: &str, columns: Vec<Column>) -> Table {
        let items = columns.into_iter().map(TableItem::Column).collect();
        Table::new(name, &self.metadata, items, TableArgs::default()).unwrap()
    }

    fn try_class(
        &mut self,
        class: &str,
        table: &Table,
        relationships: Vec<(&str, RelationshipArgs)>,
    ) -> Result<MapperId, Error> {
        let spec = MapperSpec {
            properties: relationships
                .into_iter()
                .map(|(key, args)| (Key::from(key), PropertySpec::Relationship(Box::new(args))))
                .collect(),
            ..MapperSpec::new(self.registry, class.into(), table.clone())
        };
        self.cx(|cx| map::add_mapper(cx, spec))
    }

    fn class(
        &mut self,
        class: &str,
        table: &Table,
        relationships: Vec<(&str, RelationshipArgs)>,
    ) -> MapperId {
        self.try_class(class, table, relationships).unwrap()
    }

    fn configure(&mut self) -> Result<(), Error> {
        self.cx(map::configure_mappers)
    }

    /// `User` and `Address` with the relationship arguments given.
    fn users(
        &mut self,
        of_user: Vec<(&str, RelationshipArgs)>,
        of_address: Vec<(&str, RelationshipArgs)>,
    ) -> (MapperId, MapperId) {
        let user = self.table("user", vec![primary_key(), text("name")]);
        let address = self.table("address", vec![primary_key(), text("email"), link("user_id", "user.id")]);
        let user = self.class("User", &user, of_user);
        (user, self.class("Address", &address, of_address))
    }

    fn joins(&self, mapper: MapperId, key: &str) -> (String, Option<String>, Direction) {
        let relationship = self.orm.mappers.relationship(mapper, key).unwrap();
        let resolved = relationship.resolved();
        let text = |expr: &Expr| expr.to_text(self.orm.profile, Dialect::Default).unwrap();
        (text(&resolved.primaryjoin), resolved.secondaryjoin.as_ref().map(text), resolved.direction)
    }

    fn sql(&mut self, query: &Query) -> String {
        self.cx(|cx| query.text(cx)).unwrap()
    }
}

fn query(style: Style, mapper: MapperId) -> Query {
    Query::new(style, None, vec![Entity::Mapped(Mapped::from(mapper))])
}

#[test]
fn a_backref_is_a_property_of_the_other_class_with_the_same_join() {
    let mut world = World::new("2.0");
    let (user, address) = world.users(vec![("addresses", with_backref("Address", "user"))], vec![]);
    world.configure().unwrap();
    assert_eq!(
        world.joins(user, "addresses"),
        ("\"user\".id = address.user_id".to_owned(), None, Direction::OneToMany)
    );
    assert_eq!(
        world.joins(address, "user"),
        ("\"user\".id = address.user_id".to_owned(), None, Direction::ManyToOne)
    );
    let keys: Vec<&str> =
        world.orm.mappers.get(address).properties.keys().map(std::convert::AsRef::as_ref).collect();
    assert_eq!(keys, ["id", "email", "user_id", "user"]);
    let keys: Vec<&str> =
        world.orm.mappers.get(user).properties.keys().map(std::convert::AsRef::as_ref).collect();
    assert_eq!(keys, ["addresses", "id", "name"]);
}

#[test]
fn a_backref_over_a_secondary_swaps_the_joins() {
    let mut world = World::new("1.4");
    let post = world.table("post", vec![primary_key()]);
    let tag = world.table("tag", vec![primary_key()]);
    let both = world.table("post_tag", vec![link("post_id", "post.id"), link("tag_id", "tag.id")]);
    let args = RelationshipArgs {
        secondary: Some(Deferred::Now(Between::from(&both))),
        ..with_backref("Tag", "posts")
    };
    let post = world.class("Post", &post, vec![("tags", args)]);
    let tag = world.class("Tag", &tag, vec![]);
    world.configure().unwrap();
    let (to_post, to_tag) = ("post.id = post_tag.post_id".to_owned(), "tag.id = post_tag.tag_id".to_owned());
    assert_eq!(world.joins(post, "tags"), (to_post.clone(), Some(to_tag.clone()), Direction::ManyToMany));
    assert_eq!(world.joins(tag, "posts"), (to_tag, Some(to_post), Direction::ManyToMany));
}

#[test]
fn a_class_that_refers_to_itself_needs_a_remote_side() {
    let node = |remote: bool| {
        let mut world = World::new("2.0");
        let id = primary_key();
        let table = world.table("n", vec![id.clone(), link("pid", "n.id")]);
        let mut args = with_backref("N", "children");
        if remote {
            args.remote_side = Some(Deferred::Now(vec![id]));
        }
        let mapper = world.class("N", &table, vec![("parent", args)]);
        let result = world.configure();
        (world, mapper, result)
    };
    let (_, _, result) = node(false);
    assert_eq!(
        result.unwrap_err().detail(),
        "N.parent and back-reference N.children are both of the same direction <RelationshipDirection.ONETOMANY: \
         1>.  Did you mean to set remote_side on the many-to-one side ?"
    );
    let (world, mapper, result) = node(true);
    result.unwrap();
    assert_eq!(world.joins(mapper, "parent").2, Direction::ManyToOne);
    assert_eq!(world.joins(mapper, "children").2, Direction::OneToMany);
}

#[test]
fn a_failed_configuration_fails_every_later_use() {
    let mut world = World::new("1.4");
    world.users(vec![("addresses", to("Addres"))], vec![]);
    let first = world.configure().unwrap_err();
    assert_eq!(first.kind(), ErrorKind::InvalidRequestError);
    assert_eq!(
        first.detail(),
        "When initializing mapper mapped class User->user, expression 'Addres' failed to locate a name \
         ('Addres'). If this is a class name, consider adding this relationship() to the <class \
         '__main__.User'> class after both dependent classes have been defined."
    );
    let second = world.configure().unwrap_err();
    assert_eq!(
        second.detail(),
        format!(
            "One or more mappers failed to initialize - can't proceed with initialization of other mappers. \
             Triggering mapper: 'mapped class User->user'. Original exception was: {}",
            first.detail()
        )
    );
}

#[test]
fn what_cannot_be_joined_is_said_as_the_library_says_it() {
    let mut world = World::new("2.0");
    let user = world.table("user", vec![primary_key()]);
    let address = world.table("address", vec![primary_key()]);
    world.class("User", &user, vec![("addresses", to("Address"))]);
    world.class("Address", &address, vec![]);
    let error = world.configure().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoForeignKeysError);
    assert_eq!(
        error.detail(),
        "Could not determine join condition between parent/child tables on relationship User.addresses - there \
         are no foreign keys linking these tables.  Ensure that referencing columns are associated with a \
         ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression."
    );

    let mut world = World::new("2.0");
    let user = world.table("user", vec![primary_key()]);
    let address = world.table("address", vec![primary_key(), link("a", "user.id"), link("b", "user.id")]);
    world.class("User", &user, vec![("addresses", to("Address"))]);
    world.class("Address", &address, vec![]);
    assert_eq!(world.configure().unwrap_err().kind(), ErrorKind::AmbiguousForeignKeysError);
}

#[test]
fn back_populates_must_name_a_relationship() {
    for (profile, expected) in [
        ("1.4", "Mapper 'mapped class Address->address' has no property 'user'"),
        (
            "2.0",
            "Mapper 'Mapper[Address(address)]' has no property 'user'.  If this property was indicated from other \
             mappers or configure events, ensure registry.configure() has been called.",
        ),
    ] {
        let mut world = World::new(profile);
        let args = RelationshipArgs { back_populates: Some("user".into()), ..to("Address") };
        world.users(vec![("addresses", args)], vec![]);
        assert_eq!(world.configure().unwrap_err().detail(), expected);
    }
}

#[test]
fn a_table_without_a_key_cannot_be_mapped() {
    let mut world = World::new("1.3");
    let user = world.table("user", vec![text("name")]);
    let error = world.try_class("User", &user, vec![]).unwrap_err();
    assert_eq!(
        error.detail(),
        "Mapper mapped class User->user could not assemble any primary key columns for mapped table 'user'"
    );
}

#[test]
fn labels_follow_the_kind_of_query() {
    let mut world = World::new("2.0");
    let (user, _) = world.users(vec![], vec![]);
    assert_eq!(
        world.sql(&query(Style::Legacy, user)),
        "SELECT \"user\".id AS user_id, \"user\".name AS user_name \nFROM \"user\""
    );
    assert_eq!(world.sql(&query(Style::Select, user)), "SELECT \"user\".id, \"user\".name \nFROM \"user\"");
}

#[test]
fn a_join_follows_its_relationship_or_the_foreign_keys() {
    let mut world = World::new("2.0");
    let (user, address) = world.users(vec![("addresses", to("Address"))], vec![]);
    world.configure().unwrap();
    let expected =
        "SELECT \"user\".id, \"user\".name \nFROM \"user\" JOIN address ON \"user\".id = address.user_id";
    let mut along = query(Style::Select, user);
    let target = JoinTarget::Relationship { from: user.into(), key: "addresses".into(), to: None };
    along.joins.push(Join::to(target));
    assert_eq!(world.sql(&along), expected);
    let mut inferred = query(Style::Select, user);
    let target = JoinTarget::Mapped(address.into());
    inferred.joins.push(Join::to(target));
    assert_eq!(world.sql(&inferred), expected);
}

#[test]
fn a_limit_beside_a_joined_collection_goes_into_a_subquery() {
    let mut world = World::new("2.0");
    let player =
        |world: &World| world.table("player", vec![primary_key(), text("name"), link("team_id", "team.id")]);
    let team = world.table("team", vec![primary_key(), text("name")]);
    let player = player(&world);
    let name = team.column("name").unwrap();
    let args = RelationshipArgs { lazy: Some(Lazy::Joined), ..with_backref("Player", "team") };
    let team = world.class("Team", &team, vec![("players", args)]);
    world.class("Player", &player, vec![]);
    let mut found = query(Style::Legacy, team);
    assert_eq!(
        world.sql(&found),
        "SELECT team.id AS team_id, team.name AS team_name, player_1.id AS player_1_id, player_1.name AS \
         player_1_name, player_1.team_id AS player_1_team_id \nFROM team LEFT OUTER JOIN player AS player_1 ON \
         team.id = player_1.team_id"
    );
    found.order_by.push(Expr::column(&name));
    found.limit = Some(row_count(2));
    assert_eq!(
        world.sql(&found),
        "SELECT anon_1.team_id AS anon_1_team_id, anon_1.team_name AS anon_1_team_name, player_1.id AS \
         player_1_id, player_1.name AS player_1_name, player_1.team_id AS player_1_team_id \nFROM (SELECT team.id \
         AS team_id, team.name AS team_name \nFROM team ORDER BY team.name\n LIMIT :param_1) AS anon_1 LEFT OUTER \
         JOIN player AS player_1 ON anon_1.team_id = player_1.team_id ORDER BY anon_1.team_name"
    );
    found.style = Style::Select;
    found.order_by.clear();
    assert_eq!(
        world.sql(&found),
        "SELECT anon_1.id, anon_1.name, player_1.id AS id_1, player_1.name AS name_1, player_1.team_id \nFROM \
         (SELECT team.id AS id, team.name AS name \nFROM team\n LIMIT :param_1) AS anon_1 LEFT OUTER JOIN player AS \
         player_1 ON anon_1.id = player_1.team_id"
    );
}

#[test]
fn options_choose_a_strategy_along_a_path() {
    let mut world = World::new("2.0");
    let (user, address) = world.users(vec![("addresses", with_backref("Address", "user"))], vec![]);
    world.configure().unwrap();
    let mut found = query(Style::Legacy, address);
    found.options.push(LoaderOption::new(
        vec![(address, "user".into())],
        Strategy::Joined { inner: InnerJoin::Nested },
    ));
    assert_eq!(
        world.sql(&found),
        "SELECT address.id AS address_id, address.email AS address_email, address.user_id AS address_user_id, \
         user_1.id AS user_1_id, user_1.name AS user_1_name \nFROM address JOIN \"user\" AS user_1 ON user_1.id = \
         address.user_id"
    );
    found.options.push(LoaderOption::new(
        vec![(address, "user".into()), (user, "addresses".into())],
        Strategy::Relationship(Lazy::Joined),
    ));
    assert!(
        world.sql(&found).contains("LEFT OUTER JOIN address AS address_1 ON user_1.id = address_1.user_id")
    );
}

#[test]
fn relationships_compare_in_conditions() {
    let mut world = World::new("2.0");
    let (user, address) = world.users(vec![("addresses", with_backref("Address", "user"))], vec![]);
    world.configure().unwrap();
    let profile = world.orm.profile;
    let email = attribute(&world.orm, address.into(), "email").unwrap();
    let criterion = email.equals(Value::text("x")).unwrap();
    let any =
        world.cx(|cx| relation::exists(cx, user.into(), "addresses", None, vec![criterion], true)).unwrap();
    let mut found = query(Style::Select, user);
    found.criteria.push(any);
    assert_eq!(
        world.sql(&found),
        "SELECT \"user\".id, \"user\".name \nFROM \"user\" \nWHERE EXISTS (SELECT 1 \nFROM address \nWHERE \
         \"user\".id = address.user_id AND address.email = :email_1)"
    );
    let none = world.cx(|cx| relation::equals(cx, address.into(), "user", None, false)).unwrap();
    assert_eq!(none.to_text(profile, Dialect::Default).unwrap(), "address.user_id IS NULL");
    let error =
        world.cx(|cx| relation::exists(cx, user.into(), "addresses", None, vec![], false)).unwrap_err();
    assert_eq!(error.detail(), "'has()' not implemented for collections. Use any().");
}

#[test]
fn an_alias_is_a_second_occurrence_of_its_class() {
    let mut world = World::new("2.0");
    let (user, _) = world.users(vec![], vec![]);
    let other = world.cx(|cx| alias(cx, user, None));
    let condition = {
        let left = attribute(&world.orm, user.into(), "id").unwrap();
        let right = attribute(&world.orm, other, "id").unwrap();
        left.operate(backproof_engine::sql::Op::Lt, right).unwrap()
    };
    let mut found = query(Style::Legacy, user);
    found.entities.push(Entity::Mapped(other));
    found.criteria.push(condition);
    assert_eq!(
        world.sql(&found),
        "SELECT \"user\".id AS user_id, \"user\".name AS user_name, user_1.id AS user_1_id, user_1.name AS \
         user_1_name \nFROM \"user\", \"user\" AS user_1 \nWHERE \"user\".id < user_1.id"
    );
}
