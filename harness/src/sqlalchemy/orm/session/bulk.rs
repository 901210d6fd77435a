//! `bulk_save_objects()` and its like: rows are written from objects or dictionaries, and no object follows.
//!
//! What follows each other and is of one class and kind goes together, as the engine's inserts and updates of many rows do it.

use super::SessionObject;
use crate::python::{Bound, Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::orm::instance::require;
use crate::sqlalchemy::orm::{association, dml, mapped};
use crate::sqlalchemy::{define, lend};
use backproof_engine::load::{self, NewRows};
use backproof_engine::map::{self, MapperId, Property};
use backproof_engine::session::{self as sessions, SessionId};
use backproof_engine::sql::{Insert, Params};
use backproof_engine::state::{ObjRef, Slot, StateId};
use backproof_engine::version::Behaviour;
use backproof_engine::{Cx, Orm};
use std::rc::Rc;

/// Gives the class `Session` these methods.
pub(super) fn install(class: &Rc<Class>) {
    use define::method;
    method::<SessionObject>(
        class,
        "bulk_save_objects",
        "objects, return_defaults=, update_changed_only=, preserve_order=",
        |interp, session, _, mut bound| {
            let values = bound.take(0).unwrap_or(Value::None);
            refuse(interp, &mut bound, 1, "return_defaults")?;
            if !define::flag(interp, &mut bound, 2, true)? || !define::flag(interp, &mut bound, 3, true)? {
                return Err(Stop::unsupported("bulk_save_objects() with such arguments"));
            }
            let mut objects = Vec::new();
            for value in interp.iterate(&values)? {
                objects.push(require(interp, &value)?);
            }
            save(interp, session.id, &objects)
        },
    );
    method::<SessionObject>(
        class,
        "bulk_insert_mappings",
        "mapper, mappings, return_defaults=, render_nulls=",
        |interp, session, _, mut bound| {
            let mapper = mapper(interp, &mut bound)?;
            let sets = dml::sets(interp, &bound.take(1).unwrap_or(Value::None))?;
            refuse(interp, &mut bound, 2, "return_defaults")?;
            let nulls = define::flag(interp, &mut bound, 3, false)?;
            lend::with_cx(interp, |cx| insert(cx, session.id, mapper, sets, nulls))?;
            Ok(Value::None)
        },
    );
    method::<SessionObject>(
        class,
        "bulk_update_mappings",
        "mapper, mappings",
        |interp, session, _, mut bound| {
            let mapper = mapper(interp, &mut bound)?;
            let sets = dml::sets(interp, &bound.take(1).unwrap_or(Value::None))?;
            lend::with_cx(interp, |cx| update(cx, session.id, mapper, &sets))?;
            Ok(Value::None)
        },
    );
}

fn mapper(interp: &mut Interp, bound: &mut Bound) -> PyResult<MapperId> {
    let class = bound.take(0).unwrap_or(Value::None);
    let mapper = mapped::require_mapper(interp, &class)?;
    association::read_all(interp, mapper)?;
    Ok(mapper)
}

fn refuse(interp: &mut Interp, bound: &mut Bound, at: usize, name: &str) -> PyResult<()> {
    if define::flag(interp, bound, at, false)? {
        return Err(Stop::unsupported(format!("bulk operations with `{name}`")));
    }
    Ok(())
}

fn insert(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    sets: Vec<Params>,
    render_nulls: bool,
) -> backproof_engine::Result<()> {
    if sets.is_empty() {
        // A connection is taken all the same.
        return sessions::as_flush(cx, session, |cx| sessions::connection(cx, session)).map(drop);
    }
    // Mappers that are configured forget what was compiled before.
    if cx.orm.profile.has(Behaviour::BulkInsertsShare) {
        let registry = cx.orm.mappers.get(mapper).registry;
        map::configure_registry(cx, registry)?;
    }
    let whose = cx.orm.mappers.compiled_by(mapper);
    let insert = Insert::into(&cx.orm.mappers.get(mapper).table).tagged(&whose);
    let rows = NewRows {
        mapper,
        insert,
        sets,
        returning: Vec::new(),
        render_nulls,
        autoflush: false,
        populate_existing: false,
    };
    sessions::as_flush(cx, session, |cx| rows.run(cx, session)).map(drop)
}

/// Updates without the flush that comes before a statement.
fn update(
    cx: &mut Cx<'_>,
    session: SessionId,
    mapper: MapperId,
    sets: &[Params],
) -> backproof_engine::Result<()> {
    if sets.is_empty() {
        // A connection is taken all the same.
        return sessions::as_flush(cx, session, |cx| sessions::connection(cx, session)).map(drop);
    }
    let settings = sessions::settings_mut(cx.orm, session);
    let before = std::mem::replace(&mut settings.autoflush, false);
    let done =
        sessions::as_flush(cx, session, |cx| load::update_rows(cx, session, mapper, sets, (false, false)));
    sessions::settings_mut(cx.orm, session).autoflush = before;
    done
}

fn save(interp: &mut Interp, session: SessionId, objects: &[ObjRef]) -> PyResult<Value> {
    let kinds: Vec<(MapperId, bool)> = lend::read(interp, |orm| {
        let kind = |object: &ObjRef| {
            let state = orm.states.get(object.id());
            (state.mapper, state.key.is_some())
        };
        objects.iter().map(kind).collect()
    })?;
    let mut from = 0;
    while let Some(&(mapper, has_row)) = kinds.get(from) {
        let count = kinds[from..].iter().take_while(|kind| **kind == (mapper, has_row)).count();
        let group = &objects[from..from + count];
        let sets: Vec<Params> = lend::read(interp, |orm| {
            group.iter().filter_map(|object| columns(orm, object.id(), has_row)).collect()
        })?;
        lend::with_cx(interp, |cx| {
            if has_row {
                update(cx, session, mapper, &sets)
            } else {
                insert(cx, session, mapper, sets, false)
            }
        })?;
        from += count;
    }
    Ok(Value::None)
}

/// What is written of an object: of one with a row, its key and what has changed, if anything has.
fn columns(orm: &Orm, id: StateId, has_row: bool) -> Option<Params> {
    let state = orm.states.get(id);
    let mapper = orm.mappers.get(state.mapper);
    // A row is looked for by its version, too.
    let version = mapper.hierarchy.version.as_ref().map(|version| &version.column);
    let is_key = |key: &str| {
        let mut keys = mapper.primary_key.iter().chain(version).filter_map(|column| mapper.key_of(column));
        keys.any(|own| **own == *key)
    };
    let mut set = Params::new();
    let mut changed = false;
    for (key, slot) in &state.dict {
        let (Slot::Value(value), Some(Property::Column(_))) = (slot, mapper.properties.get(key)) else {
            continue;
        };
        let differs = state.committed.contains_key(key);
        changed |= differs;
        if !has_row || differs || is_key(key) {
            set.insert(key.clone(), value.clone());
        }
    }
    // A row that has versions gets the next one, whatever has changed.
    let counted = mapper.hierarchy.version.as_ref().is_some_and(|version| version.next.is_some());
    (!has_row || changed || counted).then_some(set)
}
