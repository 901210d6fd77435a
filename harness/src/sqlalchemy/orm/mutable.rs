//! `sqlalchemy.ext.mutable`: values of columns that tell of changes inside them.
//!
//! A class says what a value becomes when it is set or loaded (`coerce()`), and a value knows the objects that have it. What
//! they hold stays the document's own object; here is only what comes of a change.

mod classes;

pub(super) use classes::install;

use super::mapped;
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::types::{self, TypeObject};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::Cx;
use backproof_engine::attr;
use backproof_engine::event::{Answer, Before, Happening, Listener, Of, Stage};
use backproof_engine::map::{Descriptor, Key, MapperId};
use backproof_engine::schema::{HostType, SqlType};
use backproof_engine::state::{Slot, StateId};
use backproof_engine::value::Value as SqlValue;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// Where a value keeps the objects that have it.
const PARENTS: &str = "_sa_parents";

/// Which class the values of a type are.
#[derive(Default)]
pub(crate) struct Mutables {
    of_types: Vec<(SqlType, Rc<Class>)>,
    /// Types of this class or one below it.
    of_classes: Vec<(Rc<Class>, Rc<Class>)>,
    attached: Vec<(MapperId, Key)>,
}

/// The objects that have a value, and as what.
struct Parents(RefCell<Vec<(StateId, Key)>>);

impl Object for Parents {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "WeakKeyDictionary"
    }

    fn type_module(&self) -> &'static str {
        "weakref"
    }
}

fn parents(interp: &mut Interp, value: &Value) -> PyResult<Option<Value>> {
    let Value::Instance(instance) = value else { return Ok(None) };
    instance.store.clone().get(interp, PARENTS)
}

/// Notes that an object has a value.
fn adopt(interp: &mut Interp, value: &Value, id: StateId, key: &Key) -> PyResult<()> {
    let held = match parents(interp, value)? {
        Some(held) => held,
        None => {
            let made = Value::object(Parents(RefCell::default()));
            interp.set_attr_plain(value, PARENTS, made.clone())?;
            made
        }
    };
    if let Some(parents) = held.downcast::<Parents>() {
        let mut parents = parents.0.borrow_mut();
        if !parents.iter().any(|(known, _)| *known == id) {
            parents.push((id, key.clone()));
        }
    }
    Ok(())
}

/// Notes that an object has a value no longer.
fn release(interp: &mut Interp, value: &Value, id: StateId) -> PyResult<()> {
    if let Some(held) = parents(interp, value)?
        && let Some(parents) = held.downcast::<Parents>()
    {
        parents.0.borrow_mut().retain(|(known, _)| *known != id);
    }
    Ok(())
}

/// `changed()`: every object that has the value counts as changed.
fn changed(interp: &mut Interp, value: &Value) -> PyResult<()> {
    let Some(held) = parents(interp, value)? else { return Ok(()) };
    let Some(parents) = held.downcast::<Parents>() else { return Ok(()) };
    let known = parents.0.borrow().clone();
    for (id, key) in known {
        lend::with_cx(interp, |cx| match cx.orm.states.upgrade(id) {
            Some(_) => attr::flag_modified(cx, id, &key),
            None => Ok(()),
        })?;
    }
    Ok(())
}

/// `changed()` of a composite's object: its values are set on every object that has it.
fn composite_changed(interp: &mut Interp, value: &Value) -> PyResult<()> {
    let Some(held) = parents(interp, value)? else { return Ok(()) };
    let Some(parents) = held.downcast::<Parents>() else { return Ok(()) };
    let known = parents.0.borrow().clone();
    for (id, key) in known {
        let found = lend::read(interp, |orm| {
            let object = orm.states.upgrade(id)?;
            let mapper = orm.mappers.get(orm.states.get(id).mapper);
            match mapper.descriptor(&key) {
                Some(Descriptor::Composite(composite)) => Some((object, composite.parts.clone())),
                _ => None,
            }
        })?;
        let Some((object, parts)) = found else { continue };
        let object = super::instance::wrap(interp, &object)?;
        let values = interp.call_method(value, "__composite_values__", Args::none())?;
        for (part, value) in parts.iter().zip(interp.iterate(&values)?) {
            interp.set_attr(&object, part, value)?;
        }
    }
    Ok(())
}

/// The class of composites whose objects tell of changes, where this is one.
pub(super) fn composite_class(interp: &mut Interp, class: &Value) -> Option<Rc<Class>> {
    let base = lend::shared(interp).classes.get("MutableComposite")?.clone();
    class.as_class().filter(|class| class.is_subclass(&base)).cloned()
}

/// An object has a composite's object.
pub(super) fn composite_read(interp: &mut Interp, value: &Value, id: StateId, key: &Key) -> PyResult<()> {
    if value.is_none() { Ok(()) } else { adopt(interp, value, id, key) }
}

/// An object gets a composite's object in the place of another: what it becomes.
pub(super) fn composite_set(
    interp: &mut Interp,
    class: &Rc<Class>,
    (id, key): (StateId, &Key),
    old: Option<Value>,
    value: &Value,
) -> PyResult<Value> {
    if old.as_ref().is_some_and(|old| old.is(value)) {
        return Ok(value.clone());
    }
    let value = coerced(interp, class, key, value)?;
    composite_read(interp, &value, id, key)?;
    if let Some(old) = old {
        release(interp, &old, id)?;
    }
    Ok(value)
}

/// What a value becomes as one of the class.
fn coerced(interp: &mut Interp, class: &Rc<Class>, key: &Key, value: &Value) -> PyResult<Value> {
    if interp.class_of(value).is_subclass(class) {
        return Ok(value.clone());
    }
    let args = Args::of(vec![Value::from(key.clone()), value.clone()]);
    interp.call_method(&Value::Class(class.clone()), "coerce", args)
}

/// `as_mutable(type)`: the type, whose values are of the class from now on.
fn as_mutable(interp: &mut Interp, class: &Rc<Class>, given: &Value) -> PyResult<Value> {
    let made = match given {
        Value::Class(_) => interp.call(given, Args::none())?,
        other => other.clone(),
    };
    let Some(ty) = types::of_value(interp, &made)? else {
        return Err(Stop::unsupported("as_mutable() of something that is no type"));
    };
    let (made, ty) = match (&ty, made.downcast::<TypeObject>()) {
        (SqlType::Host(host), Some(object)) => {
            let args = host.args();
            let own = SqlType::Host(HostType::new(args.clone()));
            (Value::object(TypeObject { ty: own.clone(), class: object.class.clone() }), own)
        }
        (SqlType::Host(_), None) => (made, ty),
        _ => return Err(Stop::unsupported(format!("as_mutable() of {}", ty.repr()))),
    };
    lend::shared(interp).mutables.of_types.push((ty, class.clone()));
    Ok(made)
}

/// The class of a type's values, where it has one.
fn class_of(interp: &mut Interp, ty: &SqlType) -> Option<Rc<Class>> {
    let SqlType::Host(host) = ty else { return None };
    let object = host.args().object.as_ref().and_then(|object| convert::to_python(interp, object).ok());
    let of_object = object.map(|object| interp.class_of(&object));
    let mutables = &lend::shared(interp).mutables;
    let found = mutables.of_types.iter().find(|(known, _)| known == ty).map(|(_, class)| class.clone());
    found.or_else(|| {
        let of_object = of_object?;
        let found = mutables.of_classes.iter().find(|(known, _)| of_object.is_subclass(known));
        found.map(|(_, class)| class.clone())
    })
}

/// Listens to the attributes of mapped classes whose values are to tell of changes.
pub(super) fn attach(interp: &mut Interp) -> PyResult<()> {
    let mutables = &lend::shared(interp).mutables;
    if mutables.of_types.is_empty() && mutables.of_classes.is_empty() {
        return Ok(());
    }
    let columns: Vec<(MapperId, Key, SqlType)> = lend::read(interp, |orm| {
        let mut columns = Vec::new();
        for mapper in orm.mappers.iter() {
            for property in mapper.column_properties() {
                let ty = property.columns.first().map(backproof_engine::schema::Column::ty);
                columns.extend(ty.map(|ty| (mapper.id, property.key.clone(), ty)));
            }
        }
        columns
    })?;
    for (mapper, key, ty) in columns {
        let place = (mapper, key.clone());
        if lend::shared(interp).mutables.attached.contains(&place) {
            continue;
        }
        if let Some(class) = class_of(interp, &ty) {
            lend::shared(interp).mutables.attached.push(place);
            listen(interp, mapper, &key, &class)?;
        }
    }
    Ok(())
}

/// Has the values of an attribute coerced where they are set or loaded.
fn listen(interp: &mut Interp, mapper: MapperId, key: &Key, class: &Rc<Class>) -> PyResult<()> {
    let own = Rc::new(move |_: &backproof_engine::Orm, other: MapperId| other == mapper);
    let (of_key, of_class) = (key.clone(), class.clone());
    let set = move |cx: &mut Cx<'_>, happening: &Happening| {
        let Happening::Set { object, value: Some(Slot::Value(value)), old, .. } = happening else {
            return Ok(Answer::Nothing);
        };
        let old = match old {
            Before::Is(Slot::Value(old)) => Some(old.clone()),
            _ => None,
        };
        lend::lend(cx, |interp| {
            let value = convert::to_python(interp, value)?;
            let old = old.map(|old| convert::to_python(interp, &old)).transpose()?;
            if old.as_ref().is_some_and(|old| old.is(&value)) {
                return Ok(Answer::Nothing);
            }
            let value = coerced(interp, &of_class, &of_key, &value)?;
            if !value.is_none() {
                adopt(interp, &value, object.id(), &of_key)?;
            }
            if let Some(old) = old {
                release(interp, &old, object.id())?;
            }
            Ok(Answer::Value(Slot::Value(convert::to_engine(interp, &value)?)))
        })
    };
    let (of_key, of_class) = (key.clone(), class.clone());
    let loaded = move |cx: &mut Cx<'_>, happening: &Happening| {
        let Happening::Instance { object, attributes } = happening else { return Ok(Answer::Nothing) };
        if attributes.as_ref().is_some_and(|attributes| !attributes.contains(&of_key)) {
            return Ok(Answer::Nothing);
        }
        let id = object.id();
        let found = match cx.orm.states.get(id).dict.get(&of_key) {
            Some(Slot::Value(value)) if !value.is_null() => value.clone(),
            _ => return Ok(Answer::Nothing),
        };
        let made: SqlValue = lend::lend(cx, |interp| {
            let value = convert::to_python(interp, &found)?;
            let value = coerced(interp, &of_class, &of_key, &value)?;
            adopt(interp, &value, id, &of_key)?;
            convert::to_engine(interp, &value)
        })?;
        cx.orm.states.get_mut(id).dict.insert(of_key.clone(), Slot::Value(made));
        Ok(Answer::Nothing)
    };
    let attribute = Listener {
        id: fresh_identity(),
        of: Of::Attribute(own.clone(), key.clone()),
        call: Rc::new(set),
        stage: Stage::Configured,
        active_history: false,
    };
    let call: backproof_engine::event::Call = Rc::new(loaded);
    lend::with_cx(interp, |cx| {
        cx.orm.events.listen("set", attribute, false);
        for name in ["load", "refresh", "refresh_flush"] {
            let instance = Listener {
                id: fresh_identity(),
                of: Of::Classes(own.clone()),
                call: Rc::clone(&call),
                stage: Stage::Configured,
                active_history: false,
            };
            cx.orm.events.listen(name, instance, false);
        }
        Ok(())
    })
}

/// `associate_with_attribute(attribute)`.
fn associate(interp: &mut Interp, class: &Rc<Class>, attribute: &Value) -> PyResult<()> {
    let Some(attribute) = attribute.downcast::<super::attribute::AttributeObject>() else {
        return Err(Stop::unsupported("associate_with_attribute() of something that is no attribute"));
    };
    mapped::configure_for(interp, attribute.mapped.mapper)?;
    let place = (attribute.mapped.mapper, attribute.key.clone());
    if !lend::shared(interp).mutables.attached.contains(&place) {
        lend::shared(interp).mutables.attached.push(place);
        listen(interp, attribute.mapped.mapper, &attribute.key, class)?;
    }
    Ok(())
}
