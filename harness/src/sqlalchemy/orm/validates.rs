//! `validates()`: functions of a class that its attributes are passed through as they are set.
//!
//! A validator is a listener of its attribute that comes before cascades and the other side of a relationship, and after those that
//! listened before the class was configured.

use super::{errors, event_targets as targets, instance};
use crate::python::{Args, Class, Interp, Module, PyResult, Signature, Stop, Value, fresh_identity};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::Orm;
use backproof_engine::attr::Initiator;
use backproof_engine::event::{Answer, Call, Happening, Listener, Of, Stage};
use backproof_engine::map::{Key, MapperId};
use backproof_engine::state::{Member, ObjRef, Slot};
use backproof_engine::version::Behaviour;
use std::rc::Rc;

const NAMES: &str = "__sa_validators__";
const OPTIONS: &str = "__sa_validation_opts__";

/// `validates(*names, include_removes=…, include_backrefs=…)`.
fn validates(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let removes = match args.take_keyword("include_removes") {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let backrefs = match args.take_keyword("include_backrefs") {
        Some(value) => interp.truth(&value)?,
        None => !lend::has(interp, Behaviour::ValidatorsSkipBackrefs),
    };
    let names = Signature::new("validates", "*names").bind(interp, args)?.varargs;
    Ok(Value::native("wrap", move |interp: &mut Interp, args: Args| {
        let [function] = args.exactly(interp, "wrap")?;
        interp.set_attr(&function, NAMES, Value::tuple(names.clone()))?;
        let options = Value::tuple(vec![Value::Bool(removes), Value::Bool(backrefs)]);
        interp.set_attr(&function, OPTIONS, options)?;
        Ok(function)
    }))
}

/// A function and when it is called.
#[derive(Clone)]
struct Validator {
    function: Value,
    key: Key,
    removes: bool,
    backrefs: bool,
}

/// The functions of a class and of what it derives from, each name as the class has it.
pub(super) fn functions(class: &Rc<Class>) -> Vec<Value> {
    let (mut seen, mut found): (Vec<Rc<str>>, Vec<Value>) = (Vec::new(), Vec::new());
    for (name, value) in class.mro().iter().flat_map(|source| source.dict.items()) {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if matches!(value, Value::Function(_)) {
            found.push(value);
        }
    }
    found
}

/// Has the validators of a class that was just mapped told of what happens to its attributes.
pub(super) fn install(interp: &mut Interp, class: &Rc<Class>, mapper: MapperId) -> PyResult<()> {
    let mut found: Vec<Validator> = Vec::new();
    for value in functions(class) {
        let Some(names) = interp.get_attr_opt(&value, NAMES)? else { continue };
        let options = interp.get_attr(&value, OPTIONS)?;
        let options = interp.iterate(&options)?;
        let flag = |at: usize| options.get(at).is_some_and(|flag| matches!(flag, Value::Bool(true)));
        let (removes, backrefs) = (flag(0), flag(1));
        for key in interp.iterate(&names)? {
            let Some(key) = key.as_str().cloned() else {
                return Err(Stop::unsupported("validates() of something that is no name"));
            };
            if found.iter().any(|known| known.key == key) {
                let this = super::mapper::MapperObject::find(interp, mapper)?;
                let shown = interp.str(&this)?;
                let message = format!(
                    "A validation function for mapped attribute '{key}' on mapper {shown} already exists."
                );
                return Err(errors::invalid_request(interp, message));
            }
            found.push(Validator { function: value.clone(), key, removes, backrefs });
        }
    }
    for validator in found {
        for event in ["set", "append", "bulk_replace", "remove"] {
            if event != "remove" || validator.removes {
                listen(interp, mapper, event, &validator)?;
            }
        }
    }
    Ok(())
}

fn listen(interp: &mut Interp, mapper: MapperId, event: &'static str, validator: &Validator) -> PyResult<()> {
    let own = validator.key.clone();
    // Only the class that has the attribute has a say, and its subclasses with it.
    let classes = Rc::new(move |orm: &Orm, other: MapperId| {
        orm.mappers.is_a(other, mapper) && orm.mappers.owner(other, &own) == mapper
    });
    let validator = validator.clone();
    let key = validator.key.clone();
    let call: Call = Rc::new(move |cx, happening| {
        let (Happening::Set { by, .. } | Happening::Member { by, .. } | Happening::Bulk { by, .. }) =
            happening
        else {
            return Ok(Answer::Nothing);
        };
        let from_elsewhere = comes_from_elsewhere(cx.orm, mapper, &validator.key, by);
        if (from_elsewhere && !validator.backrefs) || (event == "append" && by.is_bulk()) {
            return Ok(Answer::Nothing);
        }
        lend::lend(cx, |interp| validated(interp, event, happening, &validator))
    });
    let id = fresh_identity();
    let listener = Listener {
        id,
        of: Of::Attribute(classes, key),
        call,
        stage: Stage::Validating,
        active_history: false,
    };
    lend::with_cx(interp, |cx| {
        cx.orm.events.listen(event, listener, false);
        Ok(())
    })
}

/// Whether the other side of a relationship began the change.
fn comes_from_elsewhere(orm: &Orm, mapper: MapperId, key: &Key, by: &Initiator) -> bool {
    !by.is_of_column(orm) && !by.began_at(orm.mappers.owner(mapper, key), key)
}

impl Validator {
    fn call(&self, interp: &mut Interp, object: &ObjRef, value: Value, is_remove: bool) -> PyResult<Value> {
        let object = instance::wrap(interp, object)?;
        let mut args = vec![object, Value::from(self.key.clone()), value];
        if self.removes {
            args.push(Value::Bool(is_remove));
        }
        interp.call(&self.function, Args::of(args))
    }

    fn member(&self, interp: &mut Interp, object: &ObjRef, item: &Member) -> PyResult<Member> {
        let value = match item {
            Some(item) => instance::wrap(interp, item)?,
            None => Value::None,
        };
        let made = self.call(interp, object, value, false)?;
        let member = targets::object_of(&made);
        if member.is_none() && !made.is_none() {
            return Err(Stop::unsupported("a validator that gives something else than a mapped object"));
        }
        Ok(member)
    }
}

fn validated(
    interp: &mut Interp,
    event: &str,
    happening: &Happening,
    validator: &Validator,
) -> PyResult<Answer> {
    match happening {
        Happening::Set { object, value: Some(Slot::Value(value)), .. } if event == "set" => {
            let value = convert::to_python(interp, value)?;
            let made = validator.call(interp, object, value, false)?;
            Ok(Answer::Value(Slot::Value(convert::to_engine(interp, &made)?)))
        }
        Happening::Set { object, value: Some(Slot::One(value)), .. } if event == "set" => {
            Ok(Answer::Value(Slot::One(validator.member(interp, object, value)?)))
        }
        Happening::Set { object, old, .. } => {
            let old = match old {
                backproof_engine::event::Before::Is(slot) => instance::slot_value(interp, slot)?,
                _ => Value::None,
            };
            validator.call(interp, object, old, true)?;
            Ok(Answer::Nothing)
        }
        Happening::Member { object, item, .. } if event == "append" => {
            Ok(Answer::Value(Slot::One(validator.member(interp, object, &Some(item.clone()))?)))
        }
        Happening::Member { object, item, .. } => {
            let item = instance::wrap(interp, item)?;
            validator.call(interp, object, item, true)?;
            Ok(Answer::Nothing)
        }
        Happening::Bulk { object, items, .. } => {
            let mut members = Vec::with_capacity(items.len());
            for item in items {
                members.push(validator.member(interp, object, item)?);
            }
            Ok(Answer::Members(members))
        }
        _ => Ok(Answer::Nothing),
    }
}

/// Adds `validates`.
pub(super) fn add(module: &Module) {
    module.dict.set("validates", Value::native("validates", validates));
}
