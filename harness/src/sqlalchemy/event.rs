//! `sqlalchemy.event`: `listen()`, `listens_for()`, `remove()` and `contains()`.
//!
//! What an event's name and target mean stands here, what its listeners are given in `tell`, the driver's objects in
//! `driver`. Events that are not given are unsupported; names that the library does not have are its own error.

mod driver;
mod executed;
mod names;
mod tell;

pub(super) use driver::{driver_module, raw_connection};
pub(super) use tell::init_arguments;

use super::engine::EngineObject;
use super::orm::event_targets as targets;
use super::{define, errors, lend};
use crate::python::{Args, Class, Interp, Module, PyResult, Signature, Stop, Value, fresh_identity};
use backproof_engine::db::{self, DatabaseId};
use backproof_engine::event::{Listener, Of, Stage};
use backproof_engine::version::Behaviour;
use driver::{DriverConnection, RecordObject};
use names::Family;
use std::cell::Cell;
use std::rc::Rc;

/// The class `Engine`.
pub(super) fn engine_class(interp: &mut Interp) -> Rc<Class> {
    interp.foreign_class("sqlalchemy.engine.base", "Engine")
}

/// How a listener wants to be told.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of its own")]
struct Wishes {
    raw: bool,
    retval: bool,
    named: bool,
    propagate: bool,
    insert: bool,
    once: bool,
    active_history: bool,
}

/// One registration, by what `remove()` and `contains()` name it.
pub(crate) struct Registration {
    target: u64,
    name: Rc<str>,
    function: Value,
    id: u64,
}

/// A listener of constructors, which are the evaluator's alone.
#[derive(Clone)]
pub(crate) struct InitListener {
    id: u64,
    class: Rc<Class>,
    function: Value,
    wishes: Wishes,
}

fn listen(
    interp: &mut Interp,
    target: &Value,
    identifier: &Value,
    function: &Value,
    wishes: Wishes,
) -> PyResult<()> {
    let Some(name) = identifier.as_str().cloned() else {
        return Err(Stop::unsupported("an event that is named by no string"));
    };
    let id = fresh_identity();
    let registration =
        Registration { target: target.identity(), name: name.clone(), function: function.clone(), id };
    if super::ddl_events::listen(interp, target, &name, function, id)? {
        lend::shared(interp).registrations.push(registration);
        return Ok(());
    }
    if is_pool(target) {
        // All engines have pools, and all their connections come from these.
        if &*name != "connect" || wishes.named {
            return Err(Stop::unsupported(format!("the event `{name}` of a pool")));
        }
        on_connect(interp, None, function)?;
        lend::shared(interp).registrations.push(registration);
        return Ok(());
    }
    if target.downcast::<EngineObject>().is_some_and(EngineObject::has_origin) {
        return Err(Stop::unsupported("listening to an engine with options of its own"));
    }
    match database(interp, target) {
        Some(database) => match names::family(Family::Engine, &name) {
            Some(true) if &*name == "connect" => on_connect(interp, database, function)?,
            found => {
                known(interp, found, &name, target)?;
                add(interp, &name, Of::Database(database), function, wishes, id, Stage::Configured)?;
            }
        },
        None => listen_to_orm(interp, target, &name, function, wishes, id)?,
    }
    lend::shared(interp).registrations.push(registration);
    Ok(())
}

/// Of which engine, where the target is one; of any for the class.
#[expect(clippy::option_option, reason = "of an engine, of any, or of none")]
fn database(interp: &mut Interp, target: &Value) -> Option<Option<DatabaseId>> {
    let engine = engine_class(interp);
    match target {
        Value::Class(class) if Rc::ptr_eq(class, &engine) => Some(None),
        _ => target.downcast::<EngineObject>().map(|engine| Some(engine.database)),
    }
}

fn is_pool(target: &Value) -> bool {
    matches!(target, Value::Class(class) if &*class.name() == "Pool" && class.module().starts_with("sqlalchemy.pool"))
}

/// Stops where an event is not given, or is none.
fn known(interp: &mut Interp, found: Option<bool>, name: &str, target: &Value) -> PyResult<()> {
    match found {
        Some(true) => Ok(()),
        Some(false) => Err(Stop::unsupported(format!("the event `{name}`"))),
        None => {
            let shown = interp.str(target)?;
            let message = format!("No such event '{name}' for target '{shown}'");
            Err(errors::raise_named(interp, "InvalidRequestError", message))
        }
    }
}

fn listen_to_orm(
    interp: &mut Interp,
    target: &Value,
    name: &Rc<str>,
    function: &Value,
    wishes: Wishes,
    id: u64,
) -> PyResult<()> {
    if let Some(sessions) = targets::sessions(interp, target)? {
        let old = &**name == "do_orm_execute" && !lend::has(interp, Behaviour::OrmExecuteEvent);
        known(interp, names::family(Family::Session, name).filter(|_| !old), name, target)?;
        return add(interp, name, Of::Sessions(sessions), function, wishes, id, Stage::Configured);
    }
    if let Some((classes, key, stage)) = targets::attribute(interp, target, wishes.propagate)? {
        known(interp, names::family(Family::Attribute, name), name, target)?;
        return add(interp, name, Of::Attribute(classes, key), function, wishes, id, stage);
    }
    let Some((classes, class)) = targets::classes(interp, target, wishes.propagate)? else {
        let kind = interp.type_name(target);
        return Err(Stop::unsupported(format!("listening to events of a {kind}")));
    };
    let found = names::family(Family::Instance, name).or_else(|| names::family(Family::Mapper, name));
    known(interp, found, name, target)?;
    if &**name == "attribute_instrument" {
        let Value::Class(class) = target else {
            return Err(Stop::unsupported("the event `attribute_instrument` of what is no class"));
        };
        let (class, function) = (class.clone(), function.clone());
        let there = super::orm::configured_attributes(interp)?;
        lend::shared(interp).instrument_told.extend(there);
        lend::shared(interp).instrument_listeners.push(InitListener { id, class, function, wishes });
        return Ok(());
    }
    if &**name == "init" {
        let Some(class) = class else { return Err(Stop::unsupported("the event `init` of every class")) };
        let function = function.clone();
        lend::shared(interp).init_listeners.push(InitListener { id, class, function, wishes });
        return Ok(());
    }
    add(interp, name, Of::Classes(classes), function, wishes, id, Stage::Configured)
}

fn add(
    interp: &mut Interp,
    name: &Rc<str>,
    of: Of,
    function: &Value,
    wishes: Wishes,
    id: u64,
    stage: Stage,
) -> PyResult<()> {
    let (function, label, done) = (function.clone(), name.clone(), Cell::new(false));
    let call = move |cx: &mut backproof_engine::Cx<'_>, happening: &backproof_engine::event::Happening| {
        if wishes.once && done.replace(true) {
            return Ok(backproof_engine::event::Answer::Nothing);
        }
        lend::lend(cx, |interp| tell::tell(interp, &label, happening, &function, wishes))
    };
    let listener = Listener { id, of, call: Rc::new(call), stage, active_history: wishes.active_history };
    lend::with_cx(interp, |cx| {
        cx.orm.events.listen(name, listener, wishes.insert);
        Ok(())
    })
}

/// Has a method of a class called before or after mappers are configured, as often as they are.
pub(crate) fn call_when_configured(
    interp: &mut Interp,
    class: &Rc<Class>,
    method: &'static str,
    event: &str,
) -> PyResult<()> {
    let target = Value::Class(class.clone());
    let call = move |interp: &mut Interp, _: Args| interp.call_method(&target, method, Args::default());
    let function = Value::native(method, call);
    let every = Of::Classes(Rc::new(|_, _| true));
    add(interp, &Rc::from(event), every, &function, Wishes::default(), fresh_identity(), Stage::Configured)
}

fn on_connect(interp: &mut Interp, database: Option<DatabaseId>, function: &Value) -> PyResult<()> {
    let function = function.clone();
    let call = move |cx: &mut backproof_engine::Cx<'_>, database: DatabaseId| {
        let function = function.clone();
        let held = cx.orm.databases.held(database)?;
        lend::lend(cx, move |interp| {
            let connection = Value::object(DriverConnection { held, id: fresh_identity() });
            let record = Value::object(RecordObject { id: fresh_identity() });
            interp.call(&function, Args::of(vec![connection, record])).map(|_| ())
        })
    };
    lend::with_cx(interp, |cx| {
        cx.orm.databases.on_connect(database, Rc::new(call));
        Ok(())
    })
}

const WISHES: &str = "raw=, retval=, named=, propagate=, insert=, once=, active_history=";

/// Reads what a listener wishes from the last arguments of a call.
fn wishes(interp: &mut Interp, bound: &mut crate::python::Bound, first: usize) -> PyResult<Wishes> {
    let mut flag = |at: usize| define::flag(interp, bound, first + at, false);
    Ok(Wishes {
        raw: flag(0)?,
        retval: flag(1)?,
        named: flag(2)?,
        propagate: flag(3)?,
        insert: flag(4)?,
        once: flag(5)?,
        active_history: flag(6)?,
    })
}

/// Tells who listens to `attribute_instrument` of an attribute that a mapping has just put on a class.
pub(super) fn tell_instrumented(
    interp: &mut Interp,
    class: &Rc<Class>,
    key: &Rc<str>,
    attribute: &Value,
) -> PyResult<()> {
    let listeners = &lend::shared(interp).instrument_listeners;
    let told = listeners.iter().filter(|listener| class.is_subclass(&listener.class));
    let functions: Vec<Value> = told.map(|listener| listener.function.clone()).collect();
    for function in functions {
        let args = vec![Value::Class(class.clone()), Value::Str(key.clone()), attribute.clone()];
        interp.call(&function, Args::of(args))?;
    }
    Ok(())
}

/// The place of a registration.
fn registered(interp: &mut Interp, target: &Value, name: &Value, function: &Value) -> Option<usize> {
    let target = target.identity();
    let name = name.as_str()?.clone();
    lend::shared(interp)
        .registrations
        .iter()
        .position(|known| known.target == target && known.name == name && known.function.is(function))
}

/// The module `sqlalchemy.event`.
pub(super) fn module(interp: &mut Interp) -> PyResult<Rc<Module>> {
    let module = super::orm::module(interp, "sqlalchemy.event");
    let signature = Signature::new("listen", &format!("target, identifier, fn, {WISHES}"));
    module.dict.set(
        "listen",
        Value::native("listen", move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let mut take = |at: usize| bound.take(at).unwrap_or(Value::None);
            let (target, identifier, function) = (take(0), take(1), take(2));
            let wishes = wishes(interp, &mut bound, 3)?;
            listen(interp, &target, &identifier, &function, wishes)?;
            Ok(Value::None)
        }),
    );
    let signature = Signature::new("listens_for", &format!("target, identifier, {WISHES}"));
    module.dict.set(
        "listens_for",
        Value::native("listens_for", move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let mut take = |at: usize| bound.take(at).unwrap_or(Value::None);
            let (target, identifier) = (take(0), take(1));
            let wishes = wishes(interp, &mut bound, 2)?;
            Ok(Value::native("decorate", move |interp, args| {
                let [function] = args.exactly(interp, "decorate")?;
                listen(interp, &target, &identifier, &function, wishes)?;
                Ok(function)
            }))
        }),
    );
    module.dict.set(
        "contains",
        Value::native("contains", |interp, args| {
            let [target, name, function] = args.exactly(interp, "contains")?;
            Ok(Value::Bool(registered(interp, &target, &name, &function).is_some()))
        }),
    );
    module.dict.set(
        "remove",
        Value::native("remove", |interp, args| {
            let [target, name, function] = args.exactly(interp, "remove")?;
            let Some(at) = registered(interp, &target, &name, &function) else {
                let (target, function) = (interp.str(&target)?, interp.str(&function)?);
                let name = interp.repr(&name)?;
                let message = format!("No listeners found for event {target} / {name} / {function} ");
                return Err(errors::raise_named(interp, "InvalidRequestError", message));
            };
            if name.as_str().is_some_and(|name| &**name == "connect") {
                return Err(Stop::unsupported("removing a listener of `connect`"));
            }
            let registration = lend::shared(interp).registrations.remove(at);
            lend::shared(interp).init_listeners.retain(|listener| listener.id != registration.id);
            lend::shared(interp).instrument_listeners.retain(|listener| listener.id != registration.id);
            lend::shared(interp).ddl_listeners.retain(|listener| listener.id != registration.id);
            lend::with_cx(interp, |cx| {
                cx.orm.events.forget(registration.id);
                Ok(())
            })?;
            Ok(Value::None)
        }),
    );
    super::absent::complete(interp, &module);
    Ok(Rc::new(module))
}

/// Opens an engine's database, so that who listens is told before anything is executed.
pub(super) fn open(interp: &mut Interp, database: DatabaseId) -> PyResult<()> {
    lend::with_cx(interp, |cx| db::open(cx, database))
}
