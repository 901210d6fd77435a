//! The text of statements and DDL, as the real library prints them in the versions named.

use backproof_engine::schema::{
    CheckConstraint, Column, ColumnArgs, ColumnDefault, Constraint, ForeignKey, ForeignKeyTarget, MetaData,
    ReferentialActions, ServerDefault, SqlType, Table, TableArgs, TableItem, UniqueConstraint, ddl::Ddl,
};
use backproof_engine::sql::{
    Alias, Delete, Dialect, Expr, FromItem, Insert, InsertValues, LabelStyle, Op, Operand, Select, Statement,
    Update,
};
use backproof_engine::value::Value;
use backproof_engine::version::Profile;
use pretty_assertions::assert_eq;
use std::rc::Rc;

struct World {
    user: Table,
    address: Table,
    _metadata: MetaData,
}

fn key(name: &str) -> TableItem {
    TableItem::Column(Column::new(ColumnArgs {
        name: Some(name.into()),
        ty: SqlType::Integer,
        primary_key: true,
        ..ColumnArgs::default()
    }))
}

fn column(name: &str, ty: SqlType) -> TableItem {
    TableItem::Column(Column::named(name, ty))
}

fn world() -> World {
    let metadata = MetaData::new();
    let user = Table::new(
        "user",
        &metadata,
        vec![
            key("id"),
            column("name", SqlType::String(Some(30))),
            column("age", SqlType::Integer),
            column("ok", SqlType::Boolean),
        ],
        TableArgs::default(),
    )
    .unwrap();
    let foreign = Column::new(ColumnArgs {
        name: Some("user_id".into()),
        foreign_keys: vec![ForeignKey::to("user.id")],
        ..ColumnArgs::default()
    });
    let items = vec![key("id"), column("email", SqlType::String(None)), TableItem::Column(foreign)];
    let address = Table::new("address", &metadata, items, TableArgs::default()).unwrap();
    World { user, address, _metadata: metadata }
}

fn c(table: &Table, key: &str) -> Expr {
    Expr::column(&table.column(key).unwrap())
}

fn i(number: i64) -> Operand {
    Operand::Value(Value::Int(number))
}

fn s(text: &str) -> Operand {
    Operand::Value(Value::text(text))
}

fn eq(left: &Expr, right: impl Into<Operand>) -> Expr {
    left.operate(Op::Eq, right).unwrap()
}

fn shown(version: &str, dialect: Dialect, statement: impl Into<Statement>) -> String {
    let profile: Profile = version.parse().unwrap();
    statement.into().to_text(profile, dialect).unwrap()
}

fn lite(statement: impl Into<Statement>) -> String {
    shown("2.0", Dialect::Sqlite, statement)
}

#[test]
fn labels_follow_the_style_and_the_version() {
    let w = world();
    let columns = || vec![c(&w.user, "id"), c(&w.user, "id"), c(&w.address, "id")];
    let select = || Select::new(columns());
    assert_eq!(
        shown("2.0", Dialect::Default, select()),
        "SELECT \"user\".id, \"user\".id AS id__1, address.id AS id_1 \nFROM \"user\", address"
    );
    assert_eq!(
        shown("1.3", Dialect::Default, select()),
        "SELECT \"user\".id, address.id \nFROM \"user\", address"
    );
    assert_eq!(
        lite(select().labels(LabelStyle::TableColumn)),
        "SELECT user.id AS user_id, user.id AS user_id__1, address.id AS address_id \nFROM user, address"
    );
    let made = Select::new(vec![
        c(&w.user, "age").operate(Op::Add, i(1)).unwrap(),
        Expr::function("count", vec![c(&w.user, "id")]),
        Expr::function("count", vec![c(&w.address, "id")]),
        Expr::bind(Value::Int(1)),
        Expr::cast(&c(&w.user, "id"), SqlType::String(None)),
        Expr::literal_column("1", SqlType::Null),
    ]);
    assert_eq!(
        lite(made),
        "SELECT user.age + ? AS anon_1, count(user.id) AS count_1, count(address.id) AS count_2, ? AS anon_2, \
         CAST(user.id AS VARCHAR) AS id, 1 \nFROM user, address"
    );
}

#[test]
fn clauses_stand_on_the_librarys_lines() {
    let w = world();
    let id = c(&w.user, "id");
    let select = Select::new(vec![id.clone(), Expr::function("count", vec![c(&w.address, "id")])])
        .where_clause(eq(&id, c(&w.address, "user_id")))
        .where_clause(c(&w.user, "ok").negate());
    let select = Select {
        group_by: vec![id.clone()],
        having: vec![Expr::function("count", vec![c(&w.address, "id")]).operate(Op::Gt, i(2)).unwrap()],
        order_by: vec![c(&w.user, "name").modified(Op::Desc), id],
        ..select
    }
    .limit(5);
    assert_eq!(
        lite(select.clone()),
        "SELECT user.id, count(address.id) AS count_1 \nFROM user, address \nWHERE user.id = address.user_id AND \
         user.ok = 0 GROUP BY user.id \nHAVING count(address.id) > ? ORDER BY user.name DESC, user.id\n LIMIT ? \
         OFFSET ?"
    );
    assert!(
        shown("2.0", Dialect::Default, select)
            .ends_with("ORDER BY \"user\".name DESC, \"user\".id\n LIMIT :param_1")
    );
    let offset = Select::new(vec![c(&w.user, "id")]).offset(5);
    assert_eq!(
        shown("2.0", Dialect::Default, offset),
        "SELECT \"user\".id \nFROM \"user\"\n LIMIT -1 OFFSET :param_1"
    );
}

#[test]
fn order_by_a_label_names_it() {
    let w = world();
    let label = c(&w.user, "id").operate(Op::Add, i(1)).unwrap().label("foo");
    let select = Select::new(vec![label.clone()]).order_by(label.modified(Op::Desc));
    assert_eq!(lite(select), "SELECT user.id + ? AS foo \nFROM user ORDER BY foo DESC");
    let by_name = Select::new(vec![c(&w.user, "id")]).order_by(Expr::label_reference("id"));
    assert_eq!(lite(by_name), "SELECT user.id \nFROM user ORDER BY user.id");
    let unknown = Statement::from(Select::new(vec![c(&w.user, "id")]).order_by(Expr::label_reference("foo")));
    assert!(unknown.to_text(Profile::default(), Dialect::Default).is_err());
}

#[test]
fn aliases_and_subqueries_are_numbered_in_order_of_appearance() {
    let w = world();
    let (a, b) = (Alias::of_table(&w.address, None), Alias::of_table(&w.address, None));
    let of = |alias: &Alias, key: &str| alias.column(key).unwrap();
    let select = Select::new(vec![of(&a, "id"), of(&b, "id")]).where_clause(eq(&of(&a, "id"), i(5)));
    assert_eq!(
        shown("2.0", Dialect::Default, select.clone()),
        "SELECT address_1.id, address_2.id AS id_1 \nFROM address AS address_1, address AS address_2 \nWHERE \
         address_1.id = :id_2"
    );
    assert_eq!(
        lite(select.labels(LabelStyle::TableColumn)),
        "SELECT address_1.id AS address_1_id, address_2.id AS address_2_id \nFROM address AS address_1, address AS \
         address_2 \nWHERE address_1.id = ?"
    );
    let inner = Select::new(vec![c(&w.address, "user_id"), Expr::function("count", vec![])])
        .where_clause(eq(&c(&w.address, "id"), i(3)));
    let sub = Alias::of_select(inner, None);
    assert_eq!(
        lite(Select::new(sub.columns())),
        "SELECT anon_1.user_id, anon_1.count_1 \nFROM (SELECT address.user_id AS user_id, count(*) AS count_1 \nFROM \
         address \nWHERE address.id = ?) AS anon_1"
    );
    let cte = Alias::cte(Select::new(vec![c(&w.address, "user_id")]), Some("foo"), false);
    assert_eq!(
        lite(Select::new(cte.columns())),
        "WITH foo AS \n(SELECT address.user_id AS user_id \nFROM address)\n SELECT foo.user_id \nFROM foo"
    );
}

#[test]
fn joins_hide_their_sides_and_subqueries_correlate() {
    let w = world();
    let on = eq(&c(&w.user, "id"), c(&w.address, "user_id"));
    let join = FromItem::from(&w.user).join(FromItem::from(&w.address), on.clone(), true);
    let select = Select::new(vec![c(&w.user, "name")]).from_item(join);
    assert_eq!(
        lite(select),
        "SELECT user.name \nFROM user LEFT OUTER JOIN address ON user.id = address.user_id"
    );
    let count =
        Select::new(vec![Expr::function("count", vec![c(&w.address, "id")])]).where_clause(on.clone());
    let scalar = Select::new(vec![c(&w.user, "id"), count.scalar_subquery()]);
    assert_eq!(
        lite(scalar),
        "SELECT user.id, (SELECT count(address.id) AS count_1 \nFROM address \nWHERE user.id = address.user_id) AS \
         anon_1 \nFROM user"
    );
    let exists = Expr::exists(Select::new(vec![Expr::literal_column("*", SqlType::Null)]).where_clause(on));
    let select =
        Select::new(vec![c(&w.user, "id")]).where_clause(eq(&c(&w.user, "id"), i(1))).where_clause(exists);
    assert_eq!(
        lite(select),
        "SELECT user.id \nFROM user \nWHERE user.id = ? AND (EXISTS (SELECT * \nFROM address \nWHERE user.id = \
         address.user_id))"
    );
}

#[test]
fn inserts_updates_and_deletes_read_as_in_the_library() {
    let w = world();
    let email = w.address.column("email").unwrap();
    let value = |text: &str| Expr::for_column(&email, Value::text(text));
    let insert = Insert::into(&w.address);
    assert_eq!(
        shown("2.0", Dialect::Default, insert.clone()),
        "INSERT INTO address (id, email, user_id) VALUES (:id, :email, :user_id)"
    );
    let row = Insert { values: InsertValues::Row(vec![(email.clone(), value("x"))]), ..insert.clone() };
    assert_eq!(shown("2.0", Dialect::Default, row.clone()), "INSERT INTO address (email) VALUES (:email)");
    let returning = Insert { returning: vec![c(&w.address, "id"), c(&w.address, "email")], ..row };
    assert_eq!(lite(returning.clone()), "INSERT INTO address (email) VALUES (?) RETURNING id, email");
    assert!(Statement::from(returning).to_text("1.4".parse().unwrap(), Dialect::Sqlite).is_err());
    let rows = Insert {
        values: InsertValues::Rows(vec![
            vec![(email.clone(), value("x"))],
            vec![(email.clone(), value("y"))],
        ]),
        ..insert.clone()
    };
    assert_eq!(
        shown("2.0", Dialect::Default, rows),
        "INSERT INTO address (email) VALUES (:email_m0), (:email_m1)"
    );
    let none = Insert { values: InsertValues::Row(vec![]), ..insert };
    assert_eq!(lite(none.clone()), "INSERT INTO address DEFAULT VALUES");
    assert_eq!(shown("2.0", Dialect::Default, none), "INSERT INTO address () VALUES ()");
    let longer = c(&w.address, "email").operate(Op::Add, s("x")).unwrap();
    let update = Update { values: vec![(email, longer)], ..Update::of(&w.address) }
        .where_clause(eq(&c(&w.address, "id"), i(1)));
    assert_eq!(
        shown("2.0", Dialect::Default, update),
        "UPDATE address SET email=(address.email || :email_1) WHERE address.id = :id_1"
    );
    let within =
        c(&w.address, "id").operate(Op::In, Operand::Select(Select::new(vec![c(&w.user, "id")]).into()));
    let delete = Delete::from(&w.address).where_clause(within.unwrap());
    assert_eq!(lite(delete), "DELETE FROM address WHERE address.id IN (SELECT user.id \nFROM user)");
}

#[test]
fn create_table_has_the_librarys_lines_in_its_order() {
    let metadata = MetaData::new();
    Table::new("a", &metadata, vec![key("id")], TableArgs::default()).unwrap();
    let referring = |name: &str, unique: bool| {
        TableItem::Column(Column::new(ColumnArgs {
            name: Some(name.into()),
            ty: SqlType::Integer,
            unique: unique.then_some(true),
            foreign_keys: vec![ForeignKey::new(
                ForeignKeyTarget::Name("a.id".into()),
                None,
                ReferentialActions { ondelete: Some("CASCADE".into()), ..ReferentialActions::default() },
            )],
            ..ColumnArgs::default()
        }))
    };
    let flag = Column::new(ColumnArgs {
        name: Some("b".into()),
        ty: SqlType::Boolean,
        nullable: Some(false),
        server_default: Some(ServerDefault::Literal("1".into())),
        default: Some(ColumnDefault::Value(Value::Bool(true))),
        ..ColumnArgs::default()
    });
    let now = Column::new(ColumnArgs {
        name: Some("when".into()),
        ty: SqlType::DateTime { timezone: false },
        server_default: Some(ServerDefault::Sql(Expr::function("now", vec![]))),
        ..ColumnArgs::default()
    });
    let table = Table::new(
        "t",
        &metadata,
        vec![
            referring("x", true),
            referring("y", false),
            key("pk"),
            TableItem::Column(flag),
            TableItem::Column(now),
            TableItem::Constraint(Constraint::Unique(Rc::new(UniqueConstraint {
                name: Some("uq".into()),
                columns: vec![],
                column_keys: vec!["x".into(), "y".into()],
            }))),
            TableItem::Constraint(Constraint::Check(Rc::new(CheckConstraint {
                name: None,
                condition: Expr::text("x > 5"),
                is_named: false,
            }))),
        ],
        TableArgs::default(),
    )
    .unwrap();
    let tail = "\tPRIMARY KEY (pk), \n\tCONSTRAINT uq UNIQUE (x, y), \n\tCHECK (x > 5), \n\tUNIQUE (x), \n\tFOREIGN KEY(x) \
                REFERENCES a (id) ON DELETE CASCADE, \n\tFOREIGN KEY(y) REFERENCES a (id) ON DELETE CASCADE";
    let head = "\nCREATE TABLE t (\n\tx INTEGER, \n\ty INTEGER, \n\tpk INTEGER NOT NULL, \n\tb BOOLEAN DEFAULT '1' NOT \
                NULL, \n\t\"when\" DATETIME DEFAULT ";
    let text = |version: &str| {
        let create = Ddl::CreateTable { table: table.clone(), if_not_exists: false };
        create.text(version.parse().unwrap(), Dialect::Sqlite).unwrap()
    };
    assert_eq!(text("2.0"), format!("{head}CURRENT_TIMESTAMP, \n{tail}\n)\n\n"));
    assert_eq!(text("1.4"), format!("{head}(CURRENT_TIMESTAMP), \n{tail}\n)\n\n"));
    assert_eq!(text("1.3"), format!("{head}(CURRENT_TIMESTAMP), \n{tail}, \n\tCHECK (b IN (0, 1))\n)\n\n"));
}

#[test]
fn tables_sort_by_dependency_and_cycles_do_not_stop_them() {
    let metadata = MetaData::new();
    let make = |name: &str, target: Option<&str>| {
        let mut items = vec![key("id")];
        if let Some(target) = target {
            items.push(TableItem::Column(Column::new(ColumnArgs {
                name: Some("other".into()),
                foreign_keys: vec![ForeignKey::to(target)],
                ..ColumnArgs::default()
            })));
        }
        Table::new(name, &metadata, items, TableArgs::default()).unwrap()
    };
    make("t", Some("y.id"));
    make("y", Some("x.id"));
    make("x", Some("y.id"));
    make("a", None);
    make("own", Some("own.id"));
    let names: Vec<String> =
        metadata.sorted_tables().unwrap().iter().map(|table| table.name().to_owned()).collect();
    assert_eq!(names, ["a", "own", "x", "y", "t"]);
    make("lost", Some("nope.id"));
    let error = metadata.sorted_tables().unwrap_err();
    assert_eq!(
        error.detail(),
        "Foreign key associated with column 'lost.other' could not find table 'nope' with which to generate a \
         foreign key to target column 'id'"
    );
}

#[test]
fn a_second_table_of_one_name_is_refused() {
    let w = world();
    let error = Table::new("user", w.user.metadata(), vec![key("id")], TableArgs::default()).unwrap_err();
    assert_eq!(
        error.detail(),
        "Table 'user' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine \
         options and columns on an existing Table object."
    );
}
