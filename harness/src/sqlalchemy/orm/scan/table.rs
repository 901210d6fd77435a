//! What a class is kept in: a table that it names or makes, the one of the class above it, a join, a subquery.

use super::{Declared, Member, special, string_keys};
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::items::{ItemObject, table_item};
use crate::sqlalchemy::orm::columns::MappedColumnObject;
use crate::sqlalchemy::orm::registry::Registry;
use crate::sqlalchemy::orm::{errors, hierarchy};
use crate::sqlalchemy::schema::{self, TableObject};
use crate::sqlalchemy::{lend, selectable};
use backproof_engine::map::{self, MapperId};
use backproof_engine::schema::{Column, Table, TableItem};
use backproof_engine::sql::{Alias, AliasKind, FromItem};
use std::rc::Rc;

/// The join or subquery that a class is mapped to.
pub(super) fn read_from(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<FromItem>> {
    let given = special(interp, class, "__table__")?;
    let item = given.as_ref().and_then(selectable::from_item);
    Ok(item.filter(|item| matches!(item, FromItem::Join(_) | FromItem::Alias(_))))
}

/// The table whose rows a subquery shows: the one whose key it has.
fn table_below(interp: &mut Interp, class: &Rc<Class>, alias: &Alias) -> PyResult<Table> {
    if alias.body().is_none() || !matches!(alias.kind(), AliasKind::Subquery | AliasKind::Alias) {
        return Err(Stop::unsupported("a class mapped to an alias of something else than a select"));
    }
    let columns = alias.columns();
    let bases: Vec<Column> = columns.iter().filter_map(|column| column.base_column().cloned()).collect();
    let mut tables: Vec<Table> = Vec::new();
    for table in bases.iter().filter(|base| base.is_primary_key()).filter_map(Column::table) {
        if !tables.contains(&table) {
            tables.push(table);
        }
    }
    match &tables[..] {
        [] => {
            let profile = lend::profile(interp);
            let name = map::subquery_text(profile, alias);
            let text = map::mapper_text(profile, &class.name(), &name);
            Err(crate::sqlalchemy::errors::raise(interp, &map::no_primary_key(&text, &name)))
        }
        [table]
            if table
                .primary_key()
                .iter()
                .all(|key| bases.iter().filter(|base| *base == key).count() == 1) =>
        {
            Ok(table.clone())
        }
        _ => Err(Stop::unsupported("a class mapped to a subquery with the keys of several tables")),
    }
}

/// The class's table: its own, a new one, or the one of the class that it inherits from.
pub(super) fn table(
    interp: &mut Interp,
    class: &Rc<Class>,
    registry: &Rc<Registry>,
    inherits: Option<MapperId>,
    members: &mut [Member],
) -> PyResult<(Table, bool)> {
    if let Some(given) = special(interp, class, "__table__")? {
        return match given.downcast::<TableObject>() {
            Some(object) => Ok((object.table.clone(), false)),
            None => match read_from(interp, class)?.filter(|_| inherits.is_none()) {
                Some(FromItem::Alias(alias)) => Ok((table_below(interp, class, &alias)?, false)),
                Some(item) => match item.leaves().into_iter().next() {
                    Some(FromItem::Table(first)) => Ok((first, false)),
                    _ => Err(Stop::unsupported("a class mapped to a join of something else than tables")),
                },
                None => Err(Stop::unsupported("a __table__ that is no table")),
            },
        };
    }
    let name = special(interp, class, "__tablename__")?;
    let Some(Value::Str(name)) = name else {
        let Some(inherits) = inherits else {
            let shown = interp.repr(&Value::Class(class.clone()))?;
            return Err(errors::invalid_request(
                interp,
                format!(
                    "Class {shown} does not have a __table__ or __tablename__ specified and does not inherit from an existing table-mapped class."
                ),
            ));
        };
        if special(interp, class, "__table_args__")?.is_some_and(|args| !args.is_none()) {
            let message = "Can't place __table_args__ on an inherited class with no table.";
            return Err(errors::argument_error(interp, message));
        }
        let table = lend::read(interp, |orm| orm.mappers.get(inherits).table.clone())?;
        hierarchy::share_table(interp, class, &table, members)?;
        return Ok((table, false));
    };
    let mut columns: Vec<(&Member, &MappedColumnObject)> = members
        .iter()
        .filter_map(|member| match &member.spec {
            Declared::Column(column) => Some((member, column)),
            Declared::Property(..) | Declared::Relationship(..) => None,
        })
        .collect();
    columns.sort_by_key(|(member, _)| member.order);
    let mut items: Vec<TableItem> =
        columns.into_iter().map(|(_, column)| TableItem::Column(column.column.clone())).collect();
    let mut keywords = Vec::new();
    let mut given = Vec::new();
    match special(interp, class, "__table_args__")? {
        None | Some(Value::None) => {}
        Some(Value::Dict(dict)) => keywords = string_keys(&dict),
        Some(Value::Tuple(values)) => {
            for value in values.iter() {
                match value {
                    Value::Dict(dict) => keywords = string_keys(dict),
                    other => {
                        items.push(table_item(interp, other)?);
                        given.push(other.clone());
                    }
                }
            }
        }
        Some(_) => {
            return Err(errors::argument_error(
                interp,
                "__table_args__ value must be a tuple, dict, or None",
            ));
        }
    }
    let args = schema::table_args(interp, keywords)?;
    let table = Table::new(&name, &registry.metadata, items, args)
        .map_err(|error| crate::sqlalchemy::errors::raise(interp, &error))?;
    ItemObject::attach(&table, &given);
    Ok((table, true))
}
