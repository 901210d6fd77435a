//! What a world has mapped and stored, as plain data for reports and snapshots.

use super::{convert, lend, orm};
use crate::model::{ClassModel, Model, RelationshipModel, Rows, TableModel};
use crate::python::Interp;
use backproof_engine::map::{Direction, Mapper, Property};
use backproof_engine::schema::MetaData;
use backproof_engine::schema::ddl::Ddl;
use backproof_engine::sql::Dialect;

/// Tables and classes, with relationships as configuring worked them out.
pub(crate) fn model(interp: &mut Interp) -> Model {
    // A mapping that does not hold together is shown as far as it goes.
    drop(orm::configure(interp));
    let profile = lend::profile(interp);
    let read = lend::read(interp, |orm| {
        let mut collections: Vec<MetaData> = Vec::new();
        for mapper in orm.mappers.iter() {
            let metadata = mapper.table.metadata();
            if !collections.contains(metadata) {
                collections.push(metadata.clone());
            }
        }
        let tables = collections
            .iter()
            .flat_map(MetaData::tables)
            .map(|table| TableModel {
                name: table.full_name().to_string(),
                create: Ddl::CreateTable { table: table.clone(), if_not_exists: false }
                    .text(profile, Dialect::Sqlite)
                    .map(|text| text.trim().to_owned())
                    .unwrap_or_default(),
            })
            .collect();
        let classes = orm
            .mappers
            .iter()
            .map(|mapper| ClassModel {
                name: mapper.class_name.to_string(),
                table: mapper.table.full_name().to_string(),
                relationships: relationships(orm, mapper),
            })
            .collect();
        Model { tables, classes }
    });
    read.unwrap_or_default()
}

fn relationships(orm: &backproof_engine::Orm, mapper: &Mapper) -> Vec<RelationshipModel> {
    let relationships = mapper.properties.values().filter_map(|property| match property {
        Property::Relationship(relationship) => Some(relationship),
        Property::Column(_) => None,
    });
    relationships
        .filter_map(|relationship| {
            let resolved = relationship.resolved.get()?;
            let back_populates = relationship.back_populates.borrow().clone();
            let written = resolved.written.as_ref().unwrap_or(&resolved.primaryjoin);
            let mut join = written.to_text(orm.profile, Dialect::Default).ok()?;
            if let Some(second) = &resolved.secondaryjoin {
                join.push_str(" / ");
                join.push_str(&second.to_text(orm.profile, Dialect::Default).ok()?);
            }
            Some(RelationshipModel {
                name: relationship.key.to_string(),
                target: orm.mappers.get(resolved.target).class_name.to_string(),
                direction: match resolved.direction {
                    Direction::OneToMany => "ONETOMANY",
                    Direction::ManyToOne => "MANYTOONE",
                    Direction::ManyToMany => "MANYTOMANY",
                }
                .to_owned(),
                uselist: resolved.uselist,
                back_populates: back_populates.map(|key| key.to_string()),
                from_backref: relationship.from_backref,
                join,
            })
        })
        .collect()
}

/// The rows of every table that exists.
pub(crate) fn rows(interp: &mut Interp) -> Vec<Rows> {
    let read = lend::read(interp, |orm| {
        let mut collections: Vec<MetaData> = Vec::new();
        for mapper in orm.mappers.iter() {
            let metadata = mapper.table.metadata();
            if !collections.contains(metadata) {
                collections.push(metadata.clone());
            }
        }
        let tables = collections.iter().flat_map(MetaData::tables);
        tables.filter_map(|table| Some((orm.databases.table_rows(&table)?, table))).collect::<Vec<_>>()
    });
    let mut all = Vec::new();
    for (rows, table) in read.unwrap_or_default() {
        let mut shown = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut values = Vec::with_capacity(row.len());
            for value in row {
                let text = convert::to_python(interp, value).and_then(|value| interp.repr(&value));
                values.push(text.unwrap_or_else(|_| "?".to_owned()));
            }
            shown.push(values);
        }
        let columns = table.columns().iter().map(|column| column.name().to_string()).collect();
        all.push(Rows { table: table.full_name().to_string(), columns, rows: shown });
    }
    all
}
