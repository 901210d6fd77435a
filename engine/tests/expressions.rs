//! The text of expressions, as the real library prints them in the versions named.

use backproof_engine::schema::{
    Column, ColumnArgs, ForeignKey, MetaData, SqlType, Table, TableArgs, TableItem,
};
use backproof_engine::sql::{Dialect, Expr, Op, Operand, Select};
use backproof_engine::value::Value;
use backproof_engine::version::{Behaviour, Profile};
use pretty_assertions::assert_eq;

struct World {
    id: Expr,
    name: Expr,
    age: Expr,
    ok: Expr,
    x: Expr,
    big: Expr,
    when: Expr,
    email: Expr,
    user_id: Expr,
    _metadata: MetaData,
}

fn column(name: &str, ty: SqlType) -> TableItem {
    TableItem::Column(Column::named(name, ty))
}

fn world() -> World {
    let metadata = MetaData::new();
    let float = SqlType::Float { precision: None, asdecimal: false };
    let user = Table::new(
        "user",
        &metadata,
        vec![
            TableItem::Column(Column::new(ColumnArgs {
                name: Some("id".into()),
                ty: SqlType::Integer,
                primary_key: true,
                ..ColumnArgs::default()
            })),
            column("name", SqlType::String(Some(30))),
            column("age", SqlType::Integer),
            column("ok", SqlType::Boolean),
            column("x", float),
            column("Big", SqlType::Text(None)),
            column("when", SqlType::DateTime { timezone: false }),
        ],
        TableArgs::default(),
    )
    .unwrap();
    let address = Table::new(
        "address",
        &metadata,
        vec![
            column("id", SqlType::Integer),
            column("email", SqlType::String(None)),
            TableItem::Column(Column::new(ColumnArgs {
                name: Some("user_id".into()),
                foreign_keys: vec![ForeignKey::to("user.id")],
                ..ColumnArgs::default()
            })),
        ],
        TableArgs::default(),
    )
    .unwrap();
    let get = |table: &Table, key: &str| Expr::column(&table.column(key).unwrap());
    World {
        id: get(&user, "id"),
        name: get(&user, "name"),
        age: get(&user, "age"),
        ok: get(&user, "ok"),
        x: get(&user, "x"),
        big: get(&user, "Big"),
        when: get(&user, "when"),
        email: get(&address, "email"),
        user_id: get(&address, "user_id"),
        _metadata: metadata,
    }
}

fn text(version: &str, expr: &Expr) -> String {
    let profile: Profile = version.parse().unwrap();
    expr.to_text(profile, Dialect::Default).unwrap()
}

/// In every version from 1.3 on.
#[track_caller]
fn always(expr: &Expr, expected: &str) {
    for version in ["1.3.24", "1.4.54", "2.0.8", "2.0.51", "2.1.9"] {
        assert_eq!(text(version, expr), expected, "{version}");
    }
}

fn s(text: &str) -> Operand {
    Operand::Value(Value::text(text))
}

fn i(number: i64) -> Operand {
    Operand::Value(Value::Int(number))
}

fn op(left: &Expr, op: Op, right: impl Into<Operand>) -> Expr {
    left.operate(op, right).unwrap()
}

fn eq(left: &Expr, right: impl Into<Operand>) -> Expr {
    op(left, Op::Eq, right)
}

#[test]
fn comparisons_bind_values_under_the_columns_name() {
    let w = world();
    always(&eq(&w.id, i(1)), "\"user\".id = :id_1");
    always(&eq(&w.id, Operand::Value(Value::Null)), "\"user\".id IS NULL");
    always(&op(&w.id, Op::Ne, Operand::Value(Value::Null)), "\"user\".id IS NOT NULL");
    always(&eq(&w.id, i(1)).negate(), "\"user\".id != :id_1");
    always(&eq(&w.big, s("x")), "\"user\".\"Big\" = :Big_1");
    always(&eq(&w.ok, Operand::Value(Value::Bool(true))), "\"user\".ok = true");
    always(&w.ok.negate(), "NOT \"user\".ok");
    always(&Expr::and([eq(&w.id, i(1)), eq(&w.id, i(2))]), "\"user\".id = :id_1 AND \"user\".id = :id_2");
    assert!(w.id.operate(Op::Lt, Operand::Value(Value::Null)).is_err());
}

#[test]
fn startswith_has_parentheses_beside_and() {
    let w = world();
    let starts = op(&w.email, Op::StartsWith, s("x"));
    always(
        &Expr::and([eq(&w.id, &w.user_id), starts.clone()]),
        "\"user\".id = address.user_id AND (address.email LIKE :email_1 || '%')",
    );
    always(&starts.negate(), "address.email NOT LIKE :email_1 || '%'");
    always(&op(&w.name, Op::Contains, s("x")), "\"user\".name LIKE '%' || :name_1 || '%'");
    always(&op(&w.name, Op::ILike, s("x")), "lower(\"user\".name) LIKE lower(:name_1)");
    let escaped = w.name.operate_escape(Op::Like, s("%x"), Some("/")).unwrap();
    always(&escaped, "\"user\".name LIKE :name_1 ESCAPE '/'");
}

#[test]
fn plus_between_strings_is_concatenation() {
    let w = world();
    let joined = op(&w.name, Op::Add, s("x"));
    always(&joined, "\"user\".name || :name_1");
    always(&op(&joined, Op::Add, s("y")), "\"user\".name || :name_1 || :param_1");
    always(&w.name.reverse_operate(Op::Add, s("x")).unwrap(), ":name_1 || \"user\".name");
    let compared = eq(&joined, s("y"));
    assert_eq!(text("2.0.8", &compared), "\"user\".name || :name_1 = :param_1");
    assert_eq!(text("2.0.51", &compared), "(\"user\".name || :name_1) = :param_1");
}

#[test]
fn arithmetic_is_grouped_by_precedence() {
    let w = world();
    let sum = op(&w.age, Op::Add, i(1));
    always(&op(&sum, Op::Mul, i(2)), "(\"user\".age + :age_1) * :param_1");
    always(&op(&w.age, Op::Sub, op(&w.age, Op::Sub, i(1))), "\"user\".age - (\"user\".age - :age_1)");
    always(&sum.negative(), "-(\"user\".age + :age_1)");
    assert_eq!(text("1.4", &sum.negate()), "NOT \"user\".age + :age_1");
    assert_eq!(text("2.0", &sum.negate()), "NOT (\"user\".age + :age_1)");
    let divided = op(&w.age, Op::Div, i(2));
    assert_eq!(text("1.4", &divided), "\"user\".age / :age_1");
    assert_eq!(text("2.0", &divided), "\"user\".age / CAST(:age_1 AS NUMERIC)");
    assert_eq!(text("2.0", &op(&w.age, Op::Div, &w.x)), "\"user\".age / CAST(\"user\".x AS FLOAT)");
}

#[test]
fn and_and_or_flatten_collapse_and_group() {
    let w = world();
    let (a, b, c) = (eq(&w.id, i(1)), eq(&w.id, i(2)), op(&w.age, Op::Gt, i(3)));
    always(
        &Expr::and([Expr::or([a.clone(), b.clone()]), c.clone()]),
        "(\"user\".id = :id_1 OR \"user\".id = :id_2) AND \"user\".age > :age_1",
    );
    always(
        &Expr::or([Expr::and([a.clone(), b.clone()]), c.clone()]),
        "\"user\".id = :id_1 AND \"user\".id = :id_2 OR \"user\".age > :age_1",
    );
    always(
        &Expr::and([a.clone(), b.clone()]).negate().negate(),
        "NOT (NOT (\"user\".id = :id_1 AND \"user\".id = :id_2))",
    );
    always(&Expr::and([Expr::true_(), a.clone()]), "\"user\".id = :id_1");
    always(&Expr::and([Expr::false_(), a.clone()]), "false");
    always(&Expr::or([Expr::true_(), a]), "true");
    always(&Expr::and([]), "");
    always(&eq(&b, &c), "(\"user\".id = :id_1) = (\"user\".age > :age_1)");
}

#[test]
fn in_lists_are_written_as_the_version_does() {
    let w = world();
    let within = op(&w.id, Op::In, Operand::Values(vec![Value::Int(1), Value::Int(2)]));
    assert_eq!(text("1.3", &within), "\"user\".id IN (:id_1, :id_2)");
    assert_eq!(text("2.0", &within), "\"user\".id IN (__[POSTCOMPILE_id_1])");
    assert_eq!(text("1.3", &within.negate()), "\"user\".id NOT IN (:id_1, :id_2)");
    assert_eq!(text("1.4", &within.negate()), "(\"user\".id NOT IN (__[POSTCOMPILE_id_1]))");
    let empty = op(&w.id, Op::In, Operand::Values(vec![]));
    assert_eq!(text("1.3", &empty), "1 != 1");
    assert_eq!(text("1.3", &empty.negate()), "1 = 1");
    let null = op(&w.id, Op::In, Operand::Values(vec![Value::Int(1), Value::Null]));
    assert_eq!(text("2.0.8", &null), "\"user\".id IN (:id_1, NULL)");
    assert_eq!(text("2.0.51", &null), "\"user\".id IN (__[POSTCOMPILE_id_1])");
    let columns = op(&w.id, Op::In, Operand::Exprs(vec![w.age.clone(), w.user_id.clone()]));
    always(&columns, "\"user\".id IN (\"user\".age, address.user_id)");
}

#[test]
fn percent_signs_of_patterns_were_doubled_before_1_2() {
    let w = world();
    let contains = op(&w.name, Op::Contains, s("x"));
    assert_eq!(text("1.2", &contains), "\"user\".name LIKE '%' || :name_1 || '%'");
    let older = Profile::default().flipped(Behaviour::PercentDoubled);
    let printed = contains.to_text(older, Dialect::Default).unwrap();
    assert_eq!(printed, "\"user\".name LIKE '%%' || :name_1 || '%%'");
}

#[test]
fn between_functions_case_and_casts_read_as_in_the_library() {
    let w = world();
    let between = w.age.between(i(1), i(2)).unwrap();
    always(&between, "\"user\".age BETWEEN :age_1 AND :age_2");
    always(&between.negate(), "\"user\".age NOT BETWEEN :age_1 AND :age_2");
    let lower = Expr::call("lower", vec![Operand::Expr(w.name.clone())]);
    always(&eq(&lower, s("x")), "lower(\"user\".name) = :lower_1");
    always(&op(&lower, Op::Add, s("x")), "lower(\"user\".name) || :lower_1");
    always(&Expr::call("pkg.foo", vec![i(1)]), "pkg.foo(:foo_1)");
    always(&Expr::function("count", vec![]), "count(*)");
    always(&Expr::function("count", vec![w.id.modified(Op::Distinct)]), "count(DISTINCT \"user\".id)");
    always(&Expr::function("current_timestamp", vec![]), "CURRENT_TIMESTAMP");
    always(&op(&w.when, Op::Gt, Expr::function("now", vec![])), "\"user\".\"when\" > now()");
    let case = Expr::case(
        None,
        vec![(eq(&w.id, i(1)), Expr::bind(Value::text("x")))],
        Some(Expr::bind(Value::text("y"))),
    );
    always(&case, "CASE WHEN (\"user\".id = :id_1) THEN :param_1 ELSE :param_2 END");
    always(
        &op(&Expr::cast(&w.id, SqlType::String(None)), Op::Add, s("x")),
        "CAST(\"user\".id AS VARCHAR) || :param_1",
    );
    always(&op(&w.age, Op::Add, i(1)).modified(Op::Desc), "\"user\".age + :age_1 DESC");
    let label = op(&w.id, Op::Add, i(1)).label("foo");
    always(&op(&label, Op::Mul, i(2)), "(\"user\".id + :id_1) * :param_1");
    always(
        &op(&w.id, Op::Custom { text: "&".into(), precedence: 0, is_comparison: false }, i(1)),
        "\"user\".id & :id_1",
    );
    always(&Expr::text("a=:b and c=1"), "a=:b and c=1");
}

#[test]
fn exists_correlates_only_inside_a_select() {
    let w = world();
    let exists = || {
        Expr::exists(
            Select::new(vec![Expr::literal_column("*", SqlType::Null)]).where_clause(eq(&w.id, &w.user_id)),
        )
    };
    always(
        &exists().negate(),
        "NOT (EXISTS (SELECT * \nFROM \"user\", address \nWHERE \"user\".id = address.user_id))",
    );
}

#[test]
fn a_nameless_column_prints_its_name_once_it_has_one() {
    let w = world();
    let column = Column::new(ColumnArgs { ty: SqlType::Integer, ..ColumnArgs::default() });
    let condition = eq(&column.expr(), &w.id);
    column.set_name("lower_id");
    always(&condition, "lower_id = \"user\".id");
}

#[test]
fn an_expression_that_nests_without_end_is_refused_and_not_a_crash() {
    let w = world();
    let mut expr = w.age.clone();
    for _ in 0..100_000 {
        expr = op(&expr, Op::Sub, &w.age).negative();
    }
    let refused = expr.to_text(Profile::default(), Dialect::Default).unwrap_err();
    assert_eq!(refused.kind(), backproof_engine::ErrorKind::Unsupported);
}

#[test]
fn rewriting_replaces_columns_and_shares_the_rest() {
    let w = world();
    let condition = Expr::and([eq(&w.id, &w.user_id), eq(&w.name, s("x"))]);
    let id = w.id.as_column().cloned();
    let rewritten = condition.rewrite(&mut |expr| {
        (expr.as_column() == id.as_ref()).then(|| Expr::bind_typed(Value::Int(5), SqlType::Integer))
    });
    always(&rewritten, ":param_1 = address.user_id AND \"user\".name = :name_1");
    assert!(condition.same(&Expr::and([eq(&w.id, &w.user_id), eq(&w.name, s("x"))])));
    assert!(!condition.same(&rewritten));
}
