//! `Session`: a unit of work as Python sees it.
//!
//! A session's value carries only the engine's id, so two values of one session are the same Python object.

mod bulk;
mod create;
mod execute;
mod identity;
mod methods;
mod objects;
mod transaction;

pub(super) use create::{announce, create};
pub(super) use execute::get_object;
pub(crate) use execute::{core_statement, given};
pub(crate) use transaction::TransactionObject;

use super::bind::Bind;
use super::instance::{require, wrap_all};
use crate::python::{Class, Interp, Iter, Object, PyResult, Stop, Value};
use crate::sqlalchemy::{define, lend};
use backproof_engine::session::{self as sessions, SessionId, SessionSettings};
use backproof_engine::state::{ObjRef, StateId};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.orm.session";

/// A session.
pub(crate) struct SessionObject {
    pub(crate) id: SessionId,
}

/// The value of a session.
pub(crate) fn session_value(_interp: &mut Interp, id: SessionId) -> Value {
    Value::object(SessionObject { id })
}

/// The session behind a value.
pub(crate) fn require_session(interp: &mut Interp, value: &Value) -> PyResult<SessionId> {
    match define::receiver::<SessionObject>(value) {
        Some(session) => Ok(session.id),
        None => {
            let kind = interp.type_name(value);
            Err(Stop::unsupported(format!("a {kind} where a session belongs")))
        }
    }
}

/// The session that an object belongs to, or `None`.
pub(crate) fn session_of(interp: &mut Interp, id: StateId) -> PyResult<Value> {
    let session = lend::read(interp, |orm| sessions::object_session(orm, id))?;
    Ok(session.map_or(Value::None, |session| session_value(interp, session)))
}

impl Object for SessionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Session"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp)
    }

    fn identity(&self) -> u64 {
        use std::hash::{Hash, Hasher};
        let mut hasher = std::hash::DefaultHasher::new();
        self.id.hash(&mut hasher);
        (hasher.finish() >> 8) | (6 << 60)
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        match name {
            "autoflush" => {
                let on = interp.truth(&value)?;
                with_settings(interp, self.id, move |settings| settings.autoflush = on)
            }
            "expire_on_commit" => {
                let on = interp.truth(&value)?;
                with_settings(interp, self.id, move |settings| settings.expire_on_commit = on)
            }
            "bind" => {
                let bind = Bind::read(interp, &value)?;
                with_settings(interp, self.id, move |settings| bind.set(settings))
            }
            _ => Err(Stop::unsupported(format!("setting `{name}` of a session"))),
        }
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        let object = require(interp, item)?;
        lend::read(interp, |orm| Some(sessions::contains(orm, self.id, object.id())))
    }

    fn truth(&self, _interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Ok(true)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let mut objects = lend::read(interp, |orm| sessions::new_objects(orm, self.id))?;
        objects.extend(identity_objects(interp, self.id)?);
        Ok(Iter::from_values("list_iterator", wrap_all(interp, &objects)?))
    }

    fn enter(&self, interp: &mut Interp, this: &Value) -> PyResult<Option<Value>> {
        Ok(lend::has(interp, Behaviour::SessionIsContextManager).then(|| this.clone()))
    }

    fn exit(&self, interp: &mut Interp, _this: &Value, _exception: Option<&Value>) -> PyResult<bool> {
        lend::with_cx(interp, |cx| sessions::close(cx, self.id))?;
        Ok(false)
    }
}

/// The objects of a session's identity map that something still holds.
fn identity_objects(interp: &mut Interp, id: SessionId) -> PyResult<Vec<ObjRef>> {
    lend::with_cx(interp, |cx| {
        sessions::sweep(cx.orm);
        Ok(sessions::identity_objects(cx.orm, id))
    })
}

fn with_settings(
    interp: &mut Interp,
    id: SessionId,
    change: impl FnOnce(&mut SessionSettings),
) -> PyResult<()> {
    lend::with_cx(interp, |cx| {
        change(sessions::settings_mut(cx.orm, id));
        Ok(())
    })
}

/// The class `Session`.
pub(crate) fn class(interp: &mut Interp) -> Rc<Class> {
    let class = interp.foreign_class(MODULE, "Session");
    if !class.dict.contains("add") {
        define::construct(&class, |interp, args| {
            let session = create(interp, args)?;
            announce(interp)?;
            Ok(session)
        });
        methods::install(interp, &class);
        bulk::install(&class);
        class.dict.set(
            "object_session",
            Value::StaticMethod(std::rc::Rc::new(Value::native("object_session", |interp, args| {
                let [object] = args.exactly(interp, "object_session")?;
                let object = require(interp, &object)?;
                session_of(interp, object.id())
            }))),
        );
    }
    class
}
