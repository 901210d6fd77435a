//! Executing statements, and the log that the real library writes in the versions named.

use backproof_engine::db::{ConnectionId, Echo, ExecResult, Given, execute, execute_raw};
use backproof_engine::schema::{
    Column, ColumnArgs, ColumnDefault, ForeignKey, MetaData, SqlType, Table, TableArgs, TableItem,
};
use backproof_engine::sql::{
    Expr, Generated, Insert, InsertValues, Op, Operand, Params, Select, Statement, Text, Update,
};
use backproof_engine::value::Value;
use backproof_engine::{Cx, Error, ErrorKind, NoHost, Orm};
use pretty_assertions::assert_eq;
use std::rc::Rc;

struct World {
    orm: Orm,
    host: NoHost,
    node: Table,
    edge: Table,
    metadata: MetaData,
    connection: ConnectionId,
}

fn key(name: &str) -> ColumnArgs {
    ColumnArgs { name: Some(name.into()), ty: SqlType::Integer, primary_key: true, ..ColumnArgs::default() }
}

fn world(version: &str) -> World {
    let mut orm = Orm::new(version.parse().unwrap());
    let metadata = MetaData::new();
    let column = |args: ColumnArgs| TableItem::Column(Column::new(args));
    let node = Table::new(
        "node",
        &metadata,
        vec![
            column(key("id")),
            TableItem::Column(Column::named("name", SqlType::String(None))),
            column(ColumnArgs {
                name: Some("made".into()),
                ty: SqlType::DateTime { timezone: false },
                default: Some(ColumnDefault::Callable(Rc::new(|_| {
                    Ok(Value::DateTime(jiff::civil::date(2023, 1, 1).at(0, 0, 0, 0)))
                }))),
                ..ColumnArgs::default()
            }),
        ],
        TableArgs::default(),
    )
    .unwrap();
    let to = |name: &str| {
        column(ColumnArgs { foreign_keys: vec![ForeignKey::to("node.id")], ty: SqlType::Null, ..key(name) })
    };
    let edge =
        Table::new("edge", &metadata, vec![to("lower_id"), to("higher_id")], TableArgs::default()).unwrap();
    let profile = orm.profile;
    let database = orm.databases.create_engine(profile, "sqlite:///./file.db", Echo::On).unwrap();
    orm.databases.create_all(database, &metadata.tables(), true).unwrap();
    let connection = orm.databases.connect(database).unwrap();
    World { orm, host: NoHost, node, edge, metadata, connection }
}

impl World {
    fn run(&mut self, statement: impl Into<Statement>, given: Given) -> Result<ExecResult, Error> {
        let connection = self.connection;
        execute(&mut Cx::new(&mut self.orm, &mut self.host), connection, &statement.into(), given)
    }

    /// The log since the last call, times left out.
    fn log(&mut self) -> Vec<String> {
        self.orm
            .databases
            .take_log()
            .into_iter()
            .map(|record| {
                let mut message = record.message;
                for (before, after) in
                    [("[generated in ", "s"), ("[no key ", "s"), ("[cached since ", "s ago")]
                {
                    if let Some(rest) = message.strip_prefix(before) {
                        let at = rest.find(after).unwrap();
                        assert!(rest[..at].parse::<f64>().is_ok(), "{rest}");
                        message = format!("{before}T{}", &rest[at..]);
                    }
                }
                message
            })
            .collect()
    }
}

fn set(items: &[(&str, Value)]) -> Params {
    items.iter().map(|(name, value)| (Rc::from(*name), value.clone())).collect()
}

fn name(text: &str) -> Params {
    set(&[("name", Value::text(text))])
}

#[test]
fn create_all_logs_checks_and_statements() {
    let mut w = world("2.0.51");
    let create_node = "\nCREATE TABLE node (\n\tid INTEGER NOT NULL, \n\tname VARCHAR, \n\tmade DATETIME, \n\tPRIMARY KEY (id)\n)\n\n";
    let create_edge = "\nCREATE TABLE edge (\n\tlower_id INTEGER NOT NULL, \n\thigher_id INTEGER NOT NULL, \n\tPRIMARY KEY \
                       (lower_id, higher_id), \n\tFOREIGN KEY(lower_id) REFERENCES node (id), \n\tFOREIGN KEY(higher_id) \
                       REFERENCES node (id)\n)\n\n";
    let pragma = |schema: &str, table: &str| format!("PRAGMA {schema}.table_info(\"{table}\")");
    let raw = || "[raw sql] ()".to_owned();
    assert_eq!(
        w.log(),
        [
            "BEGIN (implicit)".to_owned(),
            pragma("main", "node"),
            raw(),
            pragma("temp", "node"),
            raw(),
            pragma("main", "edge"),
            raw(),
            pragma("temp", "edge"),
            raw(),
            create_node.to_owned(),
            "[no key Ts] ()".to_owned(),
            create_edge.to_owned(),
            "[no key Ts] ()".to_owned(),
            "COMMIT".to_owned(),
        ]
    );
    let mut old = world("1.3.24");
    let log = old.log();
    assert_eq!(
        log[..4],
        [
            "SELECT CAST('test plain returns' AS VARCHAR(60)) AS anon_1",
            "()",
            "SELECT CAST('test unicode returns' AS VARCHAR(60)) AS anon_1",
            "()",
        ]
    );
    assert_eq!(log[log.len() - 6..], [create_node, "()", "COMMIT", create_edge, "()", "COMMIT"]);
    let database = w.orm.databases.database_of(w.connection);
    w.orm.databases.drop_all(database, &w.metadata.tables(), true).unwrap();
    let log = w.log();
    assert_eq!(
        log[5..],
        ["\nDROP TABLE edge", "[no key Ts] ()", "\nDROP TABLE node", "[no key Ts] ()", "COMMIT"]
    );
}

#[test]
fn one_row_takes_its_key_from_the_driver() {
    for version in ["1.4.54", "2.0.8", "2.0.51", "2.1.9"] {
        let mut w = world(version);
        w.log();
        w.orm.databases.begin(w.connection).unwrap();
        let insert = Insert::into(&w.node).returning_generated(Generated::Defaults);
        for expected in 1..=2 {
            let result = w.run(insert.clone(), Given::One(name("a"))).unwrap();
            assert_eq!(result.inserted_primary_keys, [[Value::Int(expected)]]);
            assert_eq!(result.written[0].keys().map(|key| &**key).collect::<Vec<_>>(), ["name", "made"]);
        }
        w.orm.databases.commit(w.connection).unwrap();
        assert_eq!(
            w.log(),
            [
                "BEGIN (implicit)",
                "INSERT INTO node (name, made) VALUES (?, ?)",
                "[generated in Ts] ('a', '2023-01-01 00:00:00.000000')",
                "INSERT INTO node (name, made) VALUES (?, ?)",
                "[cached since Ts ago] ('a', '2023-01-01 00:00:00.000000')",
                "COMMIT",
            ]
        );
    }
}

#[test]
fn several_rows_bring_their_keys_back_as_the_version_does() {
    let sets = || Given::Many(vec![set(&[]), set(&[])]);
    let plain = |w: &World| {
        w.node.column("made").unwrap().set_default(None);
        Insert::into(&w.node).returning_generated(Generated::Defaults)
    };
    let mut w = world("2.0.8");
    let insert = plain(&w);
    w.log();
    let result = w.run(insert, sets()).unwrap();
    assert_eq!(result.inserted_primary_keys, [[Value::Int(1)], [Value::Int(2)]]);
    assert_eq!(
        w.log(),
        [
            "BEGIN (implicit)",
            "INSERT INTO node (id) VALUES (NULL), (NULL) RETURNING id",
            "[generated in Ts (insertmanyvalues)] ()",
        ]
    );
    let mut w = world("2.0.51");
    let insert = plain(&w);
    w.log();
    w.run(insert.clone(), sets()).unwrap();
    let result = w.run(insert.clone(), Given::Many(vec![name("x"), name("y")])).unwrap();
    assert_eq!(result.inserted_primary_keys, [[Value::Int(3)], [Value::Int(4)]]);
    w.run(insert.clone(), sets()).unwrap();
    assert_eq!(
        w.log(),
        [
            "BEGIN (implicit)",
            "INSERT INTO node (id) VALUES (NULL) RETURNING id",
            "[generated in Ts (insertmanyvalues) 1/2 (ordered; batch not supported)] ()",
            "INSERT INTO node (id) VALUES (NULL) RETURNING id",
            "[insertmanyvalues 2/2 (ordered; batch not supported)] ()",
            "INSERT INTO node (name) VALUES (?) RETURNING id",
            "[generated in Ts (insertmanyvalues) 1/2 (ordered; batch not supported)] ('x',)",
            "INSERT INTO node (name) VALUES (?) RETURNING id",
            "[insertmanyvalues 2/2 (ordered; batch not supported)] ('y',)",
            "INSERT INTO node (id) VALUES (NULL) RETURNING id",
            "[cached since Ts ago (insertmanyvalues) 1/2 (ordered; batch not supported)] ()",
            "INSERT INTO node (id) VALUES (NULL) RETURNING id",
            "[insertmanyvalues 2/2 (ordered; batch not supported)] ()",
        ]
    );
    let returning = Insert {
        returning: vec![Expr::column(&w.node.column("id").unwrap())],
        generated: Generated::Told,
        ..insert
    };
    w.run(returning, Given::Many(vec![name("x"), name("y")])).unwrap();
    assert_eq!(
        w.log(),
        [
            "INSERT INTO node (name) VALUES (?), (?) RETURNING id",
            "[generated in Ts (insertmanyvalues) 1/1 (unordered)] ('x', 'y')",
        ]
    );
}

#[test]
fn executemany_logs_every_set_and_long_lists_in_part() {
    let pairs = |from: i64, to: i64| {
        let sets = (from..to).map(|n| set(&[("lower_id", Value::Int(n)), ("higher_id", Value::Int(n))]));
        Given::Many(sets.collect())
    };
    let mut w = world("2.0.51");
    w.log();
    w.run(Insert::into(&w.edge.clone()), pairs(0, 2)).unwrap();
    w.run(Insert::into(&w.edge.clone()), pairs(2, 22)).unwrap();
    assert_eq!(
        w.log()[1..],
        [
            "INSERT INTO edge (lower_id, higher_id) VALUES (?, ?)",
            "[generated in Ts] [(0, 0), (1, 1)]",
            "INSERT INTO edge (lower_id, higher_id) VALUES (?, ?)",
            "[cached since Ts ago] [(2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9)  ... displaying 10 of 20 \
         total bound parameter sets ...  (20, 20), (21, 21)]",
        ]
    );
    let mut w = world("1.4.54");
    w.log();
    w.run(Insert::into(&w.edge.clone()), pairs(0, 2)).unwrap();
    assert_eq!(
        w.log(),
        [
            "INSERT INTO edge (lower_id, higher_id) VALUES (?, ?)",
            "[generated in Ts] ((0, 0), (1, 1))",
            "COMMIT",
        ]
    );
}

#[test]
fn equal_structure_is_cached_whatever_its_values() {
    let mut w = world("2.0.51");
    w.log();
    let id = Expr::column(&w.node.column("id").unwrap());
    let within = |values: &[i64]| {
        let values = values.iter().map(|number| Value::Int(*number)).collect();
        Select::new(vec![id.clone()]).where_clause(id.operate(Op::In, Operand::Values(values)).unwrap())
    };
    w.run(within(&[1, 2]), Given::None).unwrap();
    w.run(within(&[1, 2, 3]), Given::None).unwrap();
    w.run(within(&[]), Given::None).unwrap();
    let equal = |number: i64| {
        Select::new(vec![id.clone()]).where_clause(id.equals(Operand::Value(Value::Int(number))).unwrap())
    };
    w.run(equal(5), Given::None).unwrap();
    w.run(equal(6), Given::None).unwrap();
    let select = "SELECT node.id \nFROM node \nWHERE node.id ";
    assert_eq!(
        w.log()[1..],
        [
            format!("{select}IN (?, ?)"),
            "[generated in Ts] (1, 2)".to_owned(),
            format!("{select}IN (?, ?, ?)"),
            "[cached since Ts ago] (1, 2, 3)".to_owned(),
            format!("{select}IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)"),
            "[cached since Ts ago] ()".to_owned(),
            format!("{select}= ?"),
            "[generated in Ts] (5,)".to_owned(),
            format!("{select}= ?"),
            "[cached since Ts ago] (6,)".to_owned(),
        ]
    );
}

#[test]
fn values_come_back_as_their_columns_types() {
    let mut w = world("2.0.51");
    w.run(Insert::into(&w.node.clone()), Given::One(name("a"))).unwrap();
    let columns = w.node.columns().iter().map(Expr::from).collect();
    let result = w.run(Select::new(columns), Given::None).unwrap();
    let made = jiff::civil::date(2023, 1, 1).at(0, 0, 0, 0);
    assert_eq!(result.rows, [[Value::Int(1), Value::text("a"), Value::DateTime(made)]]);
    assert_eq!(result.columns.iter().map(|column| &*column.name).collect::<Vec<_>>(), ["id", "name", "made"]);
}

#[test]
fn failures_are_wrapped_with_statement_and_parameters() {
    let mut w = world("2.0.51");
    let pair = set(&[("lower_id", Value::Int(1)), ("higher_id", Value::Int(2))]);
    let edge = w.edge.clone();
    w.run(Insert::into(&edge), Given::One(pair.clone())).unwrap();
    let error = w.run(Insert::into(&edge), Given::One(pair)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IntegrityError);
    assert_eq!(error.code(), Some("gkpj"));
    assert_eq!(
        error.detail(),
        "(sqlite3.IntegrityError) UNIQUE constraint failed: edge.lower_id, edge.higher_id\n[SQL: INSERT INTO edge \
         (lower_id, higher_id) VALUES (?, ?)]\n[parameters: (1, 2)]"
    );
    let text = |sql: &str| Text { text: sql.into(), ..Text::default() };
    let error = w.run(text("selec 1"), Given::None).unwrap_err();
    assert_eq!(error.detail(), "(sqlite3.OperationalError) near \"selec\": syntax error\n[SQL: selec 1]");
    let error = w.run(text("select 1 where 1=:x"), Given::None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StatementError);
    assert_eq!(
        error.detail(),
        "(sqlalchemy.exc.InvalidRequestError) A value is required for bind parameter 'x'\n[SQL: select 1 where 1=?]"
    );
    let wrong = set(&[("name", Value::text("x")), ("made", Value::text("2020"))]);
    let error = w.run(Insert::into(&w.node.clone()), Given::One(wrong)).unwrap_err();
    assert_eq!(
        error.detail(),
        "(builtins.TypeError) SQLite DateTime type only accepts Python datetime and date objects as input.\n[SQL: \
         INSERT INTO node (name, made) VALUES (?, ?)]\n[parameters: [{'name': 'x', 'made': '2020'}]]"
    );
}

#[test]
fn updates_write_the_parameters_that_are_columns() {
    let mut w = world("2.0.51");
    w.run(Insert::into(&w.node.clone()), Given::One(name("a"))).unwrap();
    w.log();
    let id = Expr::column(&w.node.column("id").unwrap());
    let update =
        Update::of(&w.node).where_clause(id.equals(Expr::param("node_id", SqlType::Integer)).unwrap());
    let result =
        w.run(update, Given::One(set(&[("name", Value::text("b")), ("node_id", Value::Int(1))]))).unwrap();
    assert_eq!(result.rowcount, 1);
    assert_eq!(w.log(), ["UPDATE node SET name=? WHERE node.id = ?", "[generated in Ts] ('b', 1)"]);
}

#[test]
fn savepoints_undo_what_came_after_them() {
    let mut w = world("2.0.51");
    let insert = Insert { values: InsertValues::FromParameters, ..Insert::into(&w.node) };
    w.log();
    w.run(insert.clone(), Given::One(name("kept"))).unwrap();
    let savepoint = w.orm.databases.savepoint(w.connection).unwrap();
    w.run(insert, Given::One(name("undone"))).unwrap();
    w.orm.databases.rollback_to_savepoint(w.connection, savepoint).unwrap();
    let select = Select::new(vec![Expr::column(&w.node.column("name").unwrap())]);
    let result = w.run(select, Given::None).unwrap();
    assert_eq!(result.rows, [[Value::text("kept")]]);
    let log = w.log();
    assert_eq!(log[3..5], ["SAVEPOINT sa_savepoint_1", "[no key Ts] ()"]);
    assert_eq!(log[7..9], ["ROLLBACK TO SAVEPOINT sa_savepoint_1", "[no key Ts] ()"]);
}

#[test]
fn nothing_leaves_memory_and_nothing_runs_for_ever() {
    let mut w = world("2.0.51");
    let connection = w.connection;
    let mut raw = |sql: &str| {
        execute_raw(
            &mut Cx::new(&mut w.orm, &mut w.host),
            connection,
            sql,
            &backproof_engine::db::Raw::One(Vec::new()),
        )
        .unwrap_err()
        .kind()
    };
    assert_eq!(raw("ATTACH DATABASE 'other.db' AS other"), ErrorKind::Unsupported);
    assert_eq!(raw("VACUUM INTO 'copy.db'"), ErrorKind::Unsupported);
    assert_eq!(raw("PRAGMA temp_store_directory = '/'"), ErrorKind::Unsupported);
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    assert_eq!(raw(endless), ErrorKind::Unsupported);
}
