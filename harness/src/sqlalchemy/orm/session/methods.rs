//! The methods and attributes of the class `Session`.
//!
//! Each binds Python's arguments and calls the engine; statements are run in `execute`.

use super::SessionObject;
use super::execute::{EXECUTE, GET, execute, get};
use super::identity::IdentityMapObject;
use super::objects::{NoAutoflushObject, ObjectSet};
use super::transaction::TransactionObject;
use crate::python::{Args, Bound, Class, Interp, Map, Object, PyResult, Stop, Value};
use crate::sqlalchemy::orm::instance::{object_of, require, wrap};
use crate::sqlalchemy::orm::{bind, query};
use crate::sqlalchemy::{define, lend, names, warning};
use backproof_engine::map::Key;
use backproof_engine::session::{self as sessions, SessionId};
use backproof_engine::state::ObjRef;
use backproof_engine::version::Behaviour;
use backproof_engine::{Category, Warning};
use std::rc::Rc;

fn object(interp: &mut Interp, bound: &mut Bound, index: usize) -> PyResult<ObjRef> {
    let value = bound.take(index).unwrap_or(Value::None);
    require(interp, &value)
}

/// `None`, or the attribute names of a list.
fn keys(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<Vec<Key>>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let mut keys = Vec::new();
    for item in interp.iterate(&value)? {
        match item.as_str() {
            Some(name) => keys.push(name.clone()),
            None => return Err(Stop::unsupported("attribute names that are no strings")),
        }
    }
    Ok(Some(keys))
}

/// What a method without arguments does to the session.
type Plain = fn(&mut backproof_engine::Cx<'_>, SessionId) -> backproof_engine::Result<()>;

/// Objects of a session.
type Objects = fn(&backproof_engine::Orm, SessionId) -> Vec<ObjRef>;

/// Gives the class its methods.
pub(super) fn install(interp: &mut Interp, class: &Rc<Class>) {
    use define::{getter, method};
    method::<SessionObject>(class, "add", "instance, _warn=", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::add(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "add_all", "instances", |interp, session, _, mut bound| {
        let values = bound.take(0).unwrap_or(Value::None);
        for value in interp.iterate(&values)? {
            let object = require(interp, &value)?;
            lend::with_cx(interp, |cx| sessions::add(cx, session.id, &object))?;
        }
        Ok(Value::None)
    });
    method::<SessionObject>(class, "delete", "instance", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::delete(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "expunge", "instance", |interp, session, _, mut bound| {
        let object = object(interp, &mut bound, 0)?;
        lend::with_cx(interp, |cx| sessions::expunge(cx, session.id, &object))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "merge", "instance, load=, options=", |interp, session, _, mut bound| {
        let load = define::flag(interp, &mut bound, 1, true)?;
        let value = bound.take(0).unwrap_or(Value::None);
        if load && object_of(&value).is_none() {
            // The session is flushed before what is merged is looked at.
            lend::with_cx(interp, |cx| sessions::autoflush(cx, session.id))?;
        }
        let object = require(interp, &value)?;
        let merged = lend::with_cx(interp, |cx| sessions::merge(cx, session.id, &object, load))?;
        wrap(interp, &merged)
    });
    method::<SessionObject>(
        class,
        "expire",
        "instance, attribute_names=",
        |interp, session, _, mut bound| {
            let object = object(interp, &mut bound, 0)?;
            let keys = keys(interp, bound.take(1))?;
            lend::with_cx(interp, |cx| sessions::expire(cx, session.id, &object, keys.as_deref()))?;
            Ok(Value::None)
        },
    );
    method::<SessionObject>(
        class,
        "refresh",
        "instance, attribute_names=, with_for_update=",
        |interp, session, _, mut bound| {
            let object = object(interp, &mut bound, 0)?;
            let keys = keys(interp, bound.take(1))?;
            lend::with_cx(interp, |cx| sessions::refresh(cx, session.id, &object, keys.as_deref()))?;
            Ok(Value::None)
        },
    );
    method::<SessionObject>(
        class,
        "is_modified",
        if lend::has(interp, Behaviour::IsModifiedPassive) {
            "instance, include_collections=, passive="
        } else {
            "instance, include_collections="
        },
        |interp, session, _, mut bound| {
            if bound.values.len() > 2
                && bound.take(2).is_some()
                && lend::has(interp, Behaviour::IsModifiedPassiveTold)
            {
                let message = "The Session.is_modified.passive flag is deprecated and will be removed in a future \
                               release.  The flag is no longer used and is ignored.";
                let category = Category::SADeprecationWarning;
                warning::give(interp, &Warning { category, message: message.into(), code: None })?;
            }
            let object = object(interp, &mut bound, 0)?;
            let collections = define::flag(interp, &mut bound, 1, true)?;
            let modified =
                lend::with_cx(interp, |cx| sessions::is_modified(cx, session.id, &object, collections))?;
            Ok(Value::Bool(modified))
        },
    );
    method::<SessionObject>(class, "in_transaction", "", |interp, session, _, _| {
        Ok(Value::Bool(lend::read(interp, |orm| sessions::in_transaction(orm, session.id))?))
    });
    for (name, nested) in [("get_transaction", false), ("get_nested_transaction", true)] {
        if !names::has_member(interp, "Session", name) {
            continue;
        }
        method::<SessionObject>(class, name, "", move |interp, session, _, _| {
            let open = lend::read(interp, |orm| sessions::open_transactions(orm, session.id))?;
            let at = open
                .as_ref()
                .and_then(|open| if nested { open.iter().rposition(|(_, nested)| *nested) } else { Some(0) });
            Ok(match (open, at) {
                (Some(open), Some(at)) => TransactionObject::value(session.id, &open[..=at].into()),
                _ => Value::None,
            })
        });
    }
    if names::has_member(interp, "Session", "in_nested_transaction") {
        method::<SessionObject>(class, "in_nested_transaction", "", |interp, session, _, _| {
            let open = lend::read(interp, |orm| sessions::open_transactions(orm, session.id))?;
            Ok(Value::Bool(open.is_some_and(|open| open.iter().any(|(_, nested)| *nested))))
        });
    }
    let plain: [(&str, Plain); 6] = [
        ("commit", |cx, id| sessions::commit(cx, id, None)),
        ("rollback", |cx, id| sessions::rollback(cx, id, None)),
        ("close", sessions::close),
        ("expire_all", sessions::expire_all),
        ("expunge_all", sessions::expunge_all),
        ("reset", sessions::close),
    ];
    for (name, work) in plain {
        method::<SessionObject>(class, name, "", move |interp, session, _, _| {
            lend::with_cx(interp, |cx| work(cx, session.id))?;
            Ok(Value::None)
        });
    }
    method::<SessionObject>(class, "flush", "objects=", |interp, session, _, mut bound| {
        if bound.take(0).is_some_and(|objects| !objects.is_none()) {
            return Err(Stop::unsupported("flush() of some objects only"));
        }
        lend::with_cx(interp, |cx| sessions::flush(cx, session.id))?;
        Ok(Value::None)
    });
    method::<SessionObject>(class, "begin", "subtransactions=, nested=", |interp, session, _, mut bound| {
        if define::flag(interp, &mut bound, 0, false)? {
            return Err(Stop::unsupported("subtransactions"));
        }
        let nested = define::flag(interp, &mut bound, 1, false)?;
        if !nested && !lend::has(interp, Behaviour::SessionAutobegin) {
            let message =
                "A transaction is already begun.  Use subtransactions=True to allow subtransactions.";
            return Err(crate::sqlalchemy::errors::raise_named(interp, "InvalidRequestError", message));
        }
        let begin = if nested { sessions::begin_nested } else { sessions::begin };
        let serial = lend::with_cx(interp, |cx| begin(cx, session.id))?;
        TransactionObject::open(interp, session.id, serial)
    });
    method::<SessionObject>(class, "begin_nested", "", |interp, session, _, _| {
        let serial = lend::with_cx(interp, |cx| sessions::begin_nested(cx, session.id))?;
        TransactionObject::open(interp, session.id, serial)
    });
    method::<SessionObject>(class, "query", "*entities, **kwargs", |interp, session, _, bound| {
        query::make(interp, Some(session.id), &bound.varargs)
    });
    method::<SessionObject>(class, "execute", EXECUTE, |interp, session, _, mut bound| {
        execute(interp, session.id, &mut bound)
    });
    method::<SessionObject>(class, "scalar", EXECUTE, |interp, session, _, mut bound| {
        let executed = execute(interp, session.id, &mut bound)?;
        interp.call_method(&executed, "scalar", Args::none())
    });
    if lend::has(interp, Behaviour::SessionScalars) {
        method::<SessionObject>(class, "scalars", EXECUTE, |interp, session, _, mut bound| {
            let executed = execute(interp, session.id, &mut bound)?;
            interp.call_method(&executed, "scalars", Args::none())
        });
    }
    if lend::has(interp, Behaviour::SessionGet) {
        method::<SessionObject>(class, "get", GET, |interp, session, _, mut bound| {
            get(interp, session.id, &mut bound)
        });
    }
    if lend::has(interp, Behaviour::SessionGetOne) {
        method::<SessionObject>(class, "get_one", GET, |interp, session, _, mut bound| {
            let found = get(interp, session.id, &mut bound)?;
            if found.is_none() {
                return Err(crate::sqlalchemy::errors::raise_named(
                    interp,
                    "NoResultFound",
                    "No row was found when one was required",
                ));
            }
            Ok(found)
        });
    }
    bind::install(class);
    getters(class);
    getter::<SessionObject>(class, "no_autoflush", |_, session, _| {
        Ok(Value::object(NoAutoflushObject { session: session.id, before: std::cell::Cell::new(true) }))
    });
}

fn getters(class: &Rc<Class>) {
    use define::getter;
    let sets: [(&str, Objects); 3] = [
        ("new", sessions::new_objects),
        ("dirty", sessions::dirty_objects),
        ("deleted", sessions::deleted_objects),
    ];
    for (name, read) in sets {
        getter::<SessionObject>(class, name, move |interp, session, _| {
            let objects = lend::read(interp, |orm| read(orm, session.id))?;
            Ok(Value::object(ObjectSet { objects }))
        });
    }
    getter::<SessionObject>(class, "identity_map", |_, session, _| {
        let identity = Object::identity(session) ^ (1 << 59);
        Ok(Value::object(IdentityMapObject { session: session.id, identity }))
    });
    getter::<SessionObject>(class, "info", |interp, session, _| {
        if let Some(info) = lend::shared(interp).session_info.get(&session.id) {
            return Ok(info.clone());
        }
        let info = Value::dict(Map::new());
        lend::shared(interp).session_info.insert(session.id, info.clone());
        Ok(info)
    });
    getter::<SessionObject>(class, "is_active", |interp, session, _| {
        Ok(Value::Bool(lend::read(interp, |orm| sessions::is_active(orm, session.id))?))
    });
    getter::<SessionObject>(class, "autoflush", |interp, session, _| {
        lend::with_cx(interp, |cx| Ok(Value::Bool(sessions::settings_mut(cx.orm, session.id).autoflush)))
    });
    getter::<SessionObject>(class, "expire_on_commit", |interp, session, _| {
        lend::with_cx(interp, |cx| {
            Ok(Value::Bool(sessions::settings_mut(cx.orm, session.id).expire_on_commit))
        })
    });
}
