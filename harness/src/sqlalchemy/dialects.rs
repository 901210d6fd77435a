//! `sqlalchemy.dialects`: the other databases' dialects, for which statements are printed, and the inserts that say what to do
//! about a row that is there already.

use super::expr::{ExprObject, clause, coerce, operand};
use super::functions::condition;
use super::schema::TableObject;
use super::statement::{Kind, StatementObject};
use super::{absent, lend, names, orm, types};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::schema::{Column, SqlType, Table};
use backproof_engine::sql::{Alias, Dialect, Expr, Insert, OnConflict, OnConflictTarget, Operand};
use std::any::Any;
use std::rc::Rc;

/// A dialect: `postgresql.dialect()`, `engine.dialect`.
pub(crate) struct DialectObject {
    pub(crate) dialect: Dialect,
    id: u64,
}

/// The dialect that is executed.
pub(super) fn sqlite() -> Value {
    // Engines are not told apart by their dialects.
    Value::object(DialectObject { dialect: Dialect::Sqlite, id: 6 << 59 })
}

/// An object of a dialect.
pub(super) fn of_dialect(dialect: Dialect) -> Value {
    Value::object(DialectObject { dialect, id: fresh_identity() })
}

/// The class and module of a dialect's object, where its name does not depend on the release.
fn class_of(dialect: Dialect) -> (&'static str, &'static str) {
    match dialect {
        Dialect::Default => ("DefaultDialect", "sqlalchemy.engine.default"),
        Dialect::Sqlite => ("SQLiteDialect_pysqlite", "sqlalchemy.dialects.sqlite.pysqlite"),
        Dialect::Postgresql => ("PGDialect", "sqlalchemy.dialects.postgresql.base"),
        Dialect::Mysql => ("MySQLDialect_mysqldb", "sqlalchemy.dialects.mysql.mysqldb"),
        Dialect::Oracle => ("OracleDialect_cx_oracle", "sqlalchemy.dialects.oracle.cx_oracle"),
        Dialect::Mssql => ("MSDialect_pyodbc", "sqlalchemy.dialects.mssql.pyodbc"),
    }
}

impl Object for DialectObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        class_of(self.dialect).0
    }

    fn type_module(&self) -> &'static str {
        class_of(self.dialect).1
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "name" => Ok(Some(Value::from(self.dialect.name()))),
            "type_descriptor" => Ok(Some(Value::native(name, |interp, args| {
                let [ty] = args.exactly(interp, "type_descriptor")?;
                if let Value::Class(_) = &ty { interp.call(&ty, Args::none()) } else { Ok(ty) }
            }))),
            "driver" if self.dialect == Dialect::Sqlite => Ok(Some(Value::from("pysqlite"))),
            _ => Err(Stop::unsupported(format!("`{name}` of a dialect"))),
        }
    }
}

/// The dialect that `compile()` was given.
pub(super) fn of_value(value: &Value) -> PyResult<Dialect> {
    match value.downcast::<DialectObject>() {
        Some(object) => Ok(object.dialect),
        None => Err(Stop::unsupported("compile() for this dialect")),
    }
}

/// The columns that the other side of a conflict has: `excluded`, `inserted`.
fn proposed(table: &Table, name: &str) -> Alias {
    Alias::of_table(table, Some(name))
}

/// The methods of the inserts of a dialect.
pub(super) fn insert_member(insert: &Insert, of_class: bool, this: &Value, name: &str) -> Option<Value> {
    let conflicts = matches!(insert.dialect, Dialect::Sqlite | Dialect::Postgresql);
    let duplicates = insert.dialect == Dialect::Mysql;
    match name {
        "excluded" if conflicts => {
            Some(Value::object(ProposedObject { alias: proposed(&insert.table, name) }))
        }
        "inserted" if duplicates => {
            Some(Value::object(ProposedObject { alias: proposed(&insert.table, name) }))
        }
        "on_conflict_do_nothing" | "on_conflict_do_update" if conflicts => {
            let (this, update) = (this.clone(), name.ends_with("update"));
            Some(Value::native(name, move |interp, args| on_conflict(interp, &this, update, args)))
        }
        "on_duplicate_key_update" if duplicates && !of_class => {
            let this = this.clone();
            Some(Value::native(name, move |interp, args| on_duplicate_key(interp, &this, args)))
        }
        _ => None,
    }
}

/// `statement.excluded`.
struct ProposedObject {
    alias: Alias,
}

impl Object for ProposedObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ReadOnlyColumnCollection"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.base"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match self.alias.column(name) {
            Some(column) => Ok(Some(ExprObject::value(column))),
            None => Err(Stop::unsupported(format!("`{name}` of the columns of a row that is there already"))),
        }
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        match key.as_str().and_then(|name| self.alias.column(name)) {
            Some(column) => Ok(ExprObject::value(column)),
            None => Err(interp.key_error(key)),
        }
    }
}

/// What `set_` writes: values by column or key, or the columns of `excluded` themselves.
fn set_of(interp: &mut Interp, table: &Table, value: &Value) -> PyResult<Vec<(Column, Expr)>> {
    let Value::Dict(dict) = value else {
        return Err(Stop::unsupported("a `set_` that is no dictionary"));
    };
    let entries = dict.map.borrow().items();
    if entries.is_empty() {
        return Err(interp.raise("ValueError", "set parameter dictionary must not be empty"));
    }
    let mut set = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        set.push(assignment(interp, table, &key, &value)?);
    }
    Ok(set)
}

fn assignment(interp: &mut Interp, table: &Table, key: &Value, value: &Value) -> PyResult<(Column, Expr)> {
    let column = match key.as_str() {
        Some(name) => table.column(name),
        None => clause(interp, key)?.as_ref().and_then(Expr::base_column).cloned(),
    };
    let Some(column) = column.filter(|column| table.has_column(column)) else {
        return Err(Stop::unsupported("a `set_` of something that is no column of the table"));
    };
    let expr = match operand(interp, value)? {
        Operand::Value(value) => Expr::bind_typed(value, column.ty()),
        _ => coerce(interp, value)?,
    };
    Ok((column, expr))
}

/// The name in a constraint that is given as one.
fn on_conflict(interp: &mut Interp, this: &Value, update: bool, args: Args) -> PyResult<Value> {
    let Some(statement) = this.downcast::<StatementObject>() else {
        return Err(Stop::unsupported("ON CONFLICT of something that is no insert"));
    };
    let Kind::Insert(insert) = &statement.kind else {
        return Err(Stop::unsupported("ON CONFLICT of something that is no insert"));
    };
    let (mut insert, of_class) = (insert.clone(), statement.of_class.clone());
    if insert.conflict.is_some() {
        return Err(Stop::unsupported("a second ON CONFLICT of an insert"));
    }
    let parameters = "constraint=, index_elements=, index_where=, set_=, where=";
    let name = if update { "on_conflict_do_update" } else { "on_conflict_do_nothing" };
    let sqlite = insert.dialect == Dialect::Sqlite;
    let parameters = if sqlite { &parameters["constraint=, ".len()..] } else { parameters };
    let mut bound = Signature::new(name, parameters).bind(interp, args)?;
    let first = usize::from(!sqlite);
    let constraint = if sqlite { None } else { bound.take(0).filter(|value| !value.is_none()) };
    let elements = bound.take(first).filter(|value| !value.is_none());
    let condition_of_index = bound.take(first + 1).filter(|value| !value.is_none());
    let set = bound.take(first + 2).filter(|value| !value.is_none());
    let condition_of_row = bound.take(first + 3).filter(|value| !value.is_none());
    let target = match (constraint, elements) {
        (Some(constraint), None) => match constraint.as_str() {
            Some(name) => OnConflictTarget::Constraint(name.clone()),
            None => return Err(Stop::unsupported("ON CONFLICT of a constraint that is not named by text")),
        },
        (None, Some(elements)) => {
            let mut columns = Vec::new();
            for element in interp.iterate(&elements)? {
                columns.push(match element.as_str() {
                    Some(name) => Column::named(name, SqlType::Null).expr(),
                    None => coerce(interp, &element)?,
                });
            }
            let condition = match condition_of_index {
                Some(value) => Some(condition(interp, &value)?),
                None => None,
            };
            if let Some(condition) = &condition {
                let mut binds = false;
                condition.visit(&mut |expr| {
                    binds |= matches!(expr.kind(), backproof_engine::sql::ExprKind::Bind(_));
                });
                if binds {
                    return Err(Stop::unsupported("an `index_where` with values"));
                }
            }
            OnConflictTarget::Columns(columns, condition)
        }
        (None, None) => OnConflictTarget::Any,
        (Some(_), Some(_)) => {
            let message = "'constraint' and 'index_elements' are mutually exclusive";
            return Err(interp.raise("ValueError", message));
        }
    };
    let set = match set {
        Some(set) if update => Some(set_of(interp, &insert.table, &set)?),
        None if update => {
            return Err(Stop::unsupported("on_conflict_do_update() without `set_`"));
        }
        _ => None,
    };
    let condition = match condition_of_row {
        Some(value) => Some(condition(interp, &value)?),
        None => None,
    };
    insert.conflict =
        Some(Rc::new(OnConflict { target, set, condition, duplicate_key: false, ordered: false }));
    Ok(StatementObject::made(Kind::Insert(insert), of_class))
}

fn on_duplicate_key(interp: &mut Interp, this: &Value, args: Args) -> PyResult<Value> {
    let Some(Kind::Insert(mut insert)) = this.downcast::<StatementObject>().map(|object| object.kind.clone())
    else {
        return Err(Stop::unsupported("ON DUPLICATE KEY UPDATE of something that is no insert"));
    };
    let (mut set, mut ordered) = (Vec::new(), false);
    for value in &args.positional {
        match value {
            Value::Dict(_) => set.extend(set_of(interp, &insert.table, value)?),
            Value::List(_) => {
                ordered = true;
                for pair in interp.iterate(value)? {
                    let pair = interp.iterate(&pair)?;
                    let [key, value] = &pair[..] else {
                        return Err(Stop::unsupported(
                            "on_duplicate_key_update() of something that is no pair",
                        ));
                    };
                    set.push(assignment(interp, &insert.table, key, value)?);
                }
            }
            _ => return Err(Stop::unsupported("on_duplicate_key_update() of this")),
        }
    }
    for (key, value) in &args.keywords {
        set.push(assignment(interp, &insert.table, &Value::from(key.clone()), value)?);
    }
    insert.conflict = Some(Rc::new(OnConflict {
        target: OnConflictTarget::Any,
        set: Some(set),
        condition: None,
        duplicate_key: true,
        ordered,
    }));
    Ok(StatementObject::made(Kind::Insert(insert), None))
}

/// `insert()` of a dialect.
fn insert_of(dialect: Dialect) -> Value {
    Value::native("insert", move |interp, args| {
        let [table] = args.exactly(interp, "insert")?;
        let (table, of_class) = match table.downcast::<TableObject>() {
            Some(object) => (object.table.clone(), None),
            None => match orm::dml::of(interp, &table)? {
                Some((table, of_class)) => (table, Some(of_class)),
                None => return Err(Stop::unsupported("insert() of something that is no table")),
            },
        };
        let insert = Insert { dialect, ..Insert::into(&table) };
        Ok(StatementObject::made(Kind::Insert(insert), of_class))
    })
}

fn dialect_class(interp: &mut Interp, dialect: Dialect) -> PyResult<Rc<Class>> {
    let (name, module) = class_of(dialect);
    let class = interp.native_class(module, name, Vec::new())?;
    *class.construct.borrow_mut() = Some(Rc::new(move |interp: &mut Interp, mut args: Args| {
        args.positional.remove(0);
        if !args.positional.is_empty() || !args.keywords.is_empty() {
            return Err(Stop::unsupported("a dialect with arguments"));
        }
        let _ = interp;
        Ok(Value::object(DialectObject { dialect, id: fresh_identity() }))
    }));
    Ok(class)
}

/// Types that every dialect shows as `sqlalchemy` does.
const SHARED: &[&str] = &[
    "BIGINT",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "FLOAT",
    "INTEGER",
    "JSON",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "VARCHAR",
];

fn dialect_module(interp: &mut Interp, name: &'static str, dialect: Dialect) -> PyResult<Rc<Module>> {
    let module = orm::module(interp, name);
    let class = dialect_class(interp, dialect)?;
    module.dict.set("dialect", Value::Class(class));
    let has_upserts = names::offers(lend::profile(interp), name, "insert");
    if has_upserts && matches!(dialect, Dialect::Sqlite | Dialect::Postgresql | Dialect::Mysql) {
        module.dict.set("insert", insert_of(dialect));
    }
    // SQLite's own types of dates and JSON are classes of their own.
    if dialect == Dialect::Sqlite {
        let known = types::module(interp)?;
        for name in SHARED.iter().filter(|name| !matches!(**name, "DATE" | "DATETIME" | "TIME" | "JSON")) {
            if let Some(class) = known.dict.get(name) {
                module.dict.set(name, class);
            }
        }
    }
    absent::complete(interp, &module);
    Ok(Rc::new(module))
}

/// Makes the modules importable.
pub(super) fn register(interp: &mut Interp) {
    const MODULES: &[(&str, &str, Dialect)] = &[
        ("sqlite", "sqlalchemy.dialects.sqlite", Dialect::Sqlite),
        ("postgresql", "sqlalchemy.dialects.postgresql", Dialect::Postgresql),
        ("mysql", "sqlalchemy.dialects.mysql", Dialect::Mysql),
        ("oracle", "sqlalchemy.dialects.oracle", Dialect::Oracle),
        ("mssql", "sqlalchemy.dialects.mssql", Dialect::Mssql),
    ];
    for &(_, path, dialect) in MODULES {
        interp.register_module(path, move |interp| dialect_module(interp, path, dialect));
    }
    interp.register_module("sqlalchemy.dialects", |interp| {
        let module = Module::new("sqlalchemy.dialects");
        for &(name, path, _) in MODULES {
            let inner = interp.import(path)?;
            module.dict.set(name, Value::Module(inner));
        }
        Ok(Rc::new(module))
    });
}
