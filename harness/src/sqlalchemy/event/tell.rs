//! What listeners are given, and what they give back.

use super::driver::CursorObject;
use super::executed::ExecuteObject;
use super::{InitListener, Wishes};
use crate::python::{Args, Class, Interp, Map, Object, PyResult, Stop, Value};
use crate::sqlalchemy::connection::ConnectionObject;
use crate::sqlalchemy::orm::event_targets::{self as targets, TransactionObject};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::event::{Answer, Before, Happening, Sent};
use backproof_engine::state::{ObjRef, Slot};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// Something that listeners are given and nothing is known of here.
struct Opaque {
    name: &'static str,
    module: &'static str,
    id: u64,
}

impl Opaque {
    fn value(name: &'static str, module: &'static str) -> Value {
        Value::object(Opaque { name, module, id: crate::python::fresh_identity() })
    }
}

impl Object for Opaque {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &str {
        self.name
    }

    fn type_module(&self) -> &str {
        self.module
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        Err(Stop::unsupported(format!("`{name}` of a {} that a listener is given", self.name)))
    }
}

/// Arguments with their names.
type Named = Vec<(&'static str, Value)>;

fn object(interp: &mut Interp, object: &ObjRef, raw: bool) -> PyResult<Value> {
    if raw { Ok(targets::state(object)) } else { targets::instance(interp, object) }
}

fn slot(interp: &mut Interp, slot: &Slot, raw: bool) -> PyResult<Value> {
    match slot {
        Slot::One(Some(one)) => object(interp, one, raw),
        other => targets::slot(interp, other),
    }
}

fn members(interp: &mut Interp, items: &[Option<ObjRef>]) -> PyResult<Vec<Value>> {
    items
        .iter()
        .map(|item| item.as_ref().map_or(Ok(Value::None), |item| object(interp, item, false)))
        .collect()
}

/// The arguments of an event, in their order.
fn arguments(interp: &mut Interp, name: &str, happening: &Happening, wishes: Wishes) -> PyResult<Named> {
    let raw = wishes.raw;
    Ok(match happening {
        Happening::Set { object: target, key: _, value, old, by } => {
            let target = object(interp, target, raw)?;
            let before = match old {
                Before::NoValue => targets::no_value(interp, by),
                Before::Unknown => targets::not_loaded(interp),
                Before::Is(old) => slot(interp, old, raw)?,
            };
            let by = targets::initiator(interp, by);
            match value {
                Some(value) => {
                    let value = slot(interp, value, raw)?;
                    vec![("target", target), ("value", value), ("oldvalue", before), ("initiator", by)]
                }
                None => vec![("target", target), ("value", before), ("initiator", by)],
            }
        }
        Happening::Member { object: target, item, by, .. } => {
            let (target, value) = (object(interp, target, raw)?, object(interp, item, raw)?);
            vec![("target", target), ("value", value), ("initiator", targets::initiator(interp, by))]
        }
        Happening::Bulk { object: target, items, by, .. } => {
            let target = object(interp, target, raw)?;
            let values = Value::list(members(interp, items)?);
            vec![("target", target), ("values", values), ("initiator", targets::initiator(interp, by))]
        }
        Happening::Attribute { object: target, by, .. } => {
            let told = object(interp, target, raw)?;
            match by {
                Some(by) => vec![("target", told), ("initiator", targets::initiator(interp, by))],
                None => {
                    let instance = targets::instance(interp, target)?;
                    let dict = interp.get_attr(&instance, "__dict__")?;
                    vec![("target", told), ("value", Value::None), ("dict_", dict)]
                }
            }
        }
        Happening::Instance { object: target, attributes } => {
            let target = object(interp, target, raw)?;
            let names: Option<Vec<Value>> =
                attributes.as_ref().map(|names| names.iter().map(|name| Value::from(name.clone())).collect());
            let context = Opaque::value("QueryContext", "sqlalchemy.orm.context");
            match name {
                "load" => vec![("target", target), ("context", context)],
                "refresh" => {
                    let names = match names {
                        Some(names) => {
                            let set = interp.builtin_class("set");
                            interp.call(&Value::Class(set), Args::of(vec![Value::list(names)]))?
                        }
                        None => Value::None,
                    };
                    vec![("target", target), ("context", context), ("attrs", names)]
                }
                "refresh_flush" => {
                    let context = Opaque::value("UOWTransaction", "sqlalchemy.orm.unitofwork");
                    let names = names.map_or(Value::None, Value::list);
                    vec![("target", target), ("flush_context", context), ("attrs", names)]
                }
                _ => vec![("target", target), ("attrs", names.map_or(Value::None, Value::list))],
            }
        }
        Happening::Row { mapper, connection, object: target } => {
            let mapper = targets::mapper(interp, *mapper)?;
            let connection = ConnectionObject::known(interp, *connection)?;
            vec![("mapper", mapper), ("connection", connection), ("target", object(interp, target, raw)?)]
        }
        Happening::Mappers { mapper: Some(mapper) } => {
            let class = targets::class(interp, *mapper)?;
            vec![("mapper", targets::mapper(interp, *mapper)?), ("class_", Value::Class(class))]
        }
        Happening::Mappers { mapper: None } => Vec::new(),
        Happening::Session { session, object: target } => {
            let session = targets::session(interp, *session);
            let mut args = vec![("session", session)];
            match target {
                Some(target) => args.push(("instance", targets::instance(interp, target)?)),
                None if name.contains("flush") => {
                    args.push((
                        "flush_context",
                        Opaque::value("UOWTransaction", "sqlalchemy.orm.unitofwork"),
                    ));
                    if name == "before_flush" {
                        args.push(("instances", Value::None));
                    }
                }
                None => {}
            }
            args
        }
        Happening::Begin { session, connection, chain } => vec![
            ("session", targets::session(interp, *session)),
            ("transaction", TransactionObject::value(*session, chain)),
            ("connection", ConnectionObject::known(interp, *connection)?),
        ],
        Happening::Transaction { session, chain } => {
            let place = if name == "after_soft_rollback" { "previous_transaction" } else { "transaction" };
            vec![
                ("session", targets::session(interp, *session)),
                (place, TransactionObject::value(*session, chain)),
            ]
        }
        Happening::Cursor { connection, text, sent, many } => {
            let held = lend::with_cx(interp, |cx| cx.orm.databases.held_by(*connection))?;
            let mut shown = |set: &[backproof_engine::value::Value]| -> PyResult<Value> {
                let set = set.iter().map(|value| convert::to_python(interp, value));
                Ok(Value::tuple(set.collect::<PyResult<_>>()?))
            };
            let parameters = match sent {
                Sent::One(set) => shown(set)?,
                Sent::Sets(sets) => {
                    let sets = sets.iter().map(|set| shown(set)).collect::<PyResult<_>>()?;
                    let as_list = lend::has(interp, Behaviour::ExecutemanyLoggedAsList);
                    if as_list { Value::list(sets) } else { Value::tuple(sets) }
                }
            };
            vec![
                ("conn", ConnectionObject::known(interp, *connection)?),
                ("cursor", CursorObject::value(&held)),
                ("statement", Value::Str(text.clone())),
                ("parameters", parameters),
                ("context", Opaque::value("SQLiteExecutionContext", "sqlalchemy.dialects.sqlite.base")),
                ("executemany", Value::Bool(*many)),
            ]
        }
        Happening::Execute { session, query } => {
            let state = ExecuteObject::of_query(interp, *session, query)?;
            vec![("orm_execute_state", state)]
        }
        Happening::Statement { session, statement } => {
            let state = ExecuteObject::of_statement(interp, *session, &**statement);
            vec![("orm_execute_state", state)]
        }
        Happening::Connection { connection } => vec![("conn", ConnectionObject::known(interp, *connection)?)],
    })
}

/// Calls a listener, and reads what it gives back where that counts.
pub(super) fn tell(
    interp: &mut Interp,
    name: &str,
    happening: &Happening,
    function: &Value,
    wishes: Wishes,
) -> PyResult<Answer> {
    let named = arguments(interp, name, happening, wishes)?;
    let values = named.iter().find(|(name, _)| *name == "values").map(|(_, values)| values.clone());
    let state = named.first().map(|(_, state)| state.clone());
    let mut args = Args::none();
    for (name, value) in named {
        if wishes.named {
            args.keywords.push((name.into(), value));
        } else {
            args.positional.push(value);
        }
    }
    let result = interp.call(function, args)?;
    if let Some(state) = state.as_ref().and_then(Value::downcast::<ExecuteObject>) {
        return state.answer(interp, &result);
    }
    if let (Happening::Bulk { items, .. }, Some(values)) = (happening, values) {
        let given: Vec<Option<ObjRef>> = interp.iterate(&values)?.iter().map(targets::object_of).collect();
        return Ok(if given == *items { Answer::Nothing } else { Answer::Members(given) });
    }
    if !wishes.retval {
        return Ok(Answer::Nothing);
    }
    Ok(match happening {
        Happening::Set { value: Some(Slot::Value(_)), .. } | Happening::Attribute { by: None, .. } => {
            Answer::Value(Slot::Value(convert::to_engine(interp, &result)?))
        }
        Happening::Set { value: Some(_), .. } | Happening::Member { .. } => {
            Answer::Value(Slot::One(targets::object_of(&result)))
        }
        _ => Answer::Nothing,
    })
}

/// Tells the listeners of `init`, who may change the constructor's keyword arguments.
pub(in crate::sqlalchemy) fn init_arguments(
    interp: &mut Interp,
    class: &Rc<Class>,
    instance: &Value,
    mut args: Args,
) -> PyResult<Args> {
    let listeners: Vec<InitListener> = lend::shared(interp)
        .init_listeners
        .iter()
        .filter(|listener| {
            Rc::ptr_eq(&listener.class, class)
                || (listener.wishes.propagate && class.is_subclass(&listener.class))
        })
        .cloned()
        .collect();
    if listeners.is_empty() {
        return Ok(args);
    }
    let keywords = Value::dict(Map::new());
    for (name, value) in std::mem::take(&mut args.keywords) {
        interp.set_item(&keywords, &Value::Str(name), value)?;
    }
    let positional = Value::tuple(args.positional.clone());
    for listener in listeners {
        let target = match (listener.wishes.raw, targets::object_of(instance)) {
            (true, Some(object)) => targets::state(&object),
            _ => instance.clone(),
        };
        let given = vec![target, positional.clone(), keywords.clone()];
        let args = if listener.wishes.named {
            let names = ["target", "args", "kwargs"].map(Rc::from);
            Args { positional: Vec::new(), keywords: names.into_iter().zip(given).collect() }
        } else {
            Args::of(given)
        };
        interp.call(&listener.function, args)?;
    }
    for (name, value) in interp.mapping_items(&keywords)?.unwrap_or_default() {
        if let Some(name) = name.as_str() {
            args.keywords.push((name.clone(), value));
        }
    }
    Ok(args)
}
