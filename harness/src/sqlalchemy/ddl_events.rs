//! Events of the schema: who is told before and after tables are created and dropped.
//!
//! Where somebody listens, tables are created and dropped one by one, in the order that the engine gives.

use super::connection::ConnectionObject;
use super::lend::{self, with_cx};
use super::metadata::{MetaDataObject, metadata_value};
use super::schema::{TableObject, table_value};
use crate::python::{Args, Interp, PyResult, Stop, Unavailable, Value};
use backproof_engine::db::{ConnectionId, DatabaseId};
use backproof_engine::schema::{MetaData, Table};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// Tables to be created or dropped, and on whose behalf.
pub(super) struct Work<'a> {
    pub(super) tables: &'a [Table],
    pub(super) check_first: bool,
    pub(super) drop: bool,
    /// The collection that was asked, where not a single table was.
    pub(super) of: Option<&'a MetaData>,
}

/// Whose creation is listened to.
#[derive(Clone, PartialEq, Eq)]
enum Of {
    Table(Table),
    Tables,
    MetaData(MetaData),
    MetaDatas,
}

/// A listener of the schema.
#[derive(Clone)]
pub(crate) struct DdlListener {
    pub(crate) id: u64,
    of: Of,
    name: Rc<str>,
    function: Value,
}

/// Whether anybody listens.
pub(super) fn any(interp: &mut Interp) -> bool {
    lend::shared(interp).ddl_listeners.iter().any(|listener| &*listener.name != "column_reflect")
}

/// Takes in a listener, where the target is of the schema.
pub(super) fn listen(
    interp: &mut Interp,
    target: &Value,
    name: &Rc<str>,
    function: &Value,
    id: u64,
) -> PyResult<bool> {
    let of = match target {
        Value::Class(class) if &*class.module() == "sqlalchemy.sql.schema" => match &*class.name() {
            "Table" => Of::Tables,
            "MetaData" => Of::MetaDatas,
            _ => return Ok(false),
        },
        _ => {
            if let Some(object) = target.downcast::<TableObject>() {
                Of::Table(object.table.clone())
            } else if let Some(object) = target.downcast::<MetaDataObject>() {
                Of::MetaData(object.metadata.clone())
            } else {
                return Ok(false);
            }
        }
    };
    let of_columns = &**name == "column_reflect";
    if of_columns && matches!(of, Of::Table(_)) {
        return Err(Stop::unsupported("the event `column_reflect` of one table"));
    }
    if !of_columns && !matches!(&**name, "before_create" | "after_create" | "before_drop" | "after_drop") {
        return Err(Stop::unsupported(format!("the event `{name}` of a schema")));
    }
    let listener = DdlListener { id, of, name: name.clone(), function: function.clone() };
    lend::shared(interp).ddl_listeners.push(listener);
    Ok(true)
}

/// Who is told of columns that are reflected into a collection of tables.
pub(super) fn of_columns(interp: &mut Interp, metadata: &MetaData) -> Vec<Value> {
    let own = [Of::MetaDatas, Of::MetaData(metadata.clone()), Of::Tables];
    let told_alone = usize::from(!lend::has(interp, Behaviour::MetadataToldOfColumns)) * 2;
    listeners(interp, "column_reflect", &own[told_alone..])
}

/// Creates or drops tables in a connection's own transaction.
pub(super) fn emit_on_engine(interp: &mut Interp, database: DatabaseId, work: &Work<'_>) -> PyResult<Value> {
    let connection = with_cx(interp, |cx| {
        let databases = &mut cx.orm.databases;
        let connection = databases.connect(database)?;
        if databases.schema_transactions(database) {
            databases.begin(connection)?;
        }
        Ok(connection)
    })?;
    let done = emit(interp, connection, work);
    with_cx(interp, |cx| {
        let databases = &mut cx.orm.databases;
        if databases.in_transaction(connection) {
            if done.is_ok() { databases.commit(connection)? } else { databases.rollback(connection)? }
        }
        databases.close(connection)
    })?;
    done
}

/// Creates or drops tables on a connection.
pub(super) fn emit(interp: &mut Interp, connection: ConnectionId, work: &Work<'_>) -> PyResult<Value> {
    let (tables, check_first) = (work.tables.to_vec(), work.check_first);
    let tables = with_cx(interp, |cx| {
        let databases = &mut cx.orm.databases;
        if work.drop {
            databases.to_drop(connection, &tables, check_first)
        } else {
            databases.to_create(connection, &tables, check_first)
        }
    })?;
    let (before, after) =
        if work.drop { ("before_drop", "after_drop") } else { ("before_create", "after_create") };
    if let Some(metadata) = work.of {
        tell_metadata(interp, connection, before, metadata, &tables, check_first)?;
    }
    for table in &tables {
        let checks = work.of.is_none() && check_first;
        tell_table(interp, connection, before, table, (checks, work.of.is_some()))?;
        with_cx(interp, |cx| {
            let databases = &mut cx.orm.databases;
            if work.drop {
                databases.drop_table(connection, table)
            } else {
                databases.create_table(connection, table)
            }
        })?;
        tell_table(interp, connection, after, table, (checks, work.of.is_some()))?;
    }
    if let Some(metadata) = work.of {
        tell_metadata(interp, connection, after, metadata, &tables, check_first)?;
    }
    Ok(Value::None)
}

/// What listeners are told of the check for what is there; 2.1 has an enumeration for it.
fn checked(interp: &mut Interp, check_first: bool) -> Value {
    if super::names::has(lend::profile(interp), "sqlalchemy.schema", "CheckFirst") {
        return Unavailable::value("what 2.1 tells of `checkfirst`");
    }
    Value::Bool(check_first)
}

fn tell_metadata(
    interp: &mut Interp,
    connection: ConnectionId,
    name: &str,
    metadata: &MetaData,
    tables: &[Table],
    check_first: bool,
) -> PyResult<()> {
    let own = Of::MetaData(metadata.clone());
    let listeners = listeners(interp, name, &[Of::MetaDatas, own]);
    for function in listeners {
        let keywords = vec![
            ("tables", Value::list(tables.iter().map(table_value).collect())),
            ("checkfirst", checked(interp, check_first)),
            ("_ddl_runner", Unavailable::value("what runs DDL")),
        ];
        call(interp, &function, metadata_value(metadata), connection, keywords)?;
    }
    Ok(())
}

fn tell_table(
    interp: &mut Interp,
    connection: ConnectionId,
    name: &str,
    table: &Table,
    (check_first, of_metadata): (bool, bool),
) -> PyResult<()> {
    let listeners = listeners(interp, name, &[Of::Tables, Of::Table(table.clone())]);
    for function in listeners {
        let keywords = vec![
            ("checkfirst", checked(interp, check_first)),
            ("_ddl_runner", Unavailable::value("what runs DDL")),
            ("_is_metadata_operation", Value::Bool(of_metadata)),
        ];
        call(interp, &function, table_value(table), connection, keywords)?;
    }
    Ok(())
}

fn listeners(interp: &mut Interp, name: &str, of: &[Of]) -> Vec<Value> {
    let all = &lend::shared(interp).ddl_listeners;
    // Those of the class come first.
    of.iter()
        .flat_map(|of| all.iter().filter(move |listener| listener.of == *of && *listener.name == *name))
        .map(|listener| listener.function.clone())
        .collect()
}

fn call(
    interp: &mut Interp,
    function: &Value,
    target: Value,
    connection: ConnectionId,
    keywords: Vec<(&str, Value)>,
) -> PyResult<()> {
    let held = ConnectionObject::known(interp, connection)?;
    let mut args = Args::of(vec![target, held]);
    args.keywords = keywords.into_iter().map(|(name, value)| (Rc::from(name), value)).collect();
    interp.call(function, args).map(|_| ())
}
