//! Which Python class stands for which mapper, and the attributes that a mapping puts on a class.

use super::attribute::AttributeObject;
use super::composite::CompositeObject;
use super::errors;
use super::mapper::MapperObject;
use crate::python::{Class, Interp, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::load::{Entity, Query};
use backproof_engine::map::{self, Descriptor, Key, Mapped, Mapper, MapperId};
use std::any::Any;
use std::rc::Rc;

/// The mapper of a class that is itself mapped.
pub(crate) fn mapper_of(class: &Rc<Class>) -> Option<MapperId> {
    class.dict.get("__mapper__")?.downcast::<MapperObject>().map(|mapper| mapper.id)
}

/// The class of a mapper.
pub(crate) fn class_of_mapper(interp: &mut Interp, mapper: MapperId) -> PyResult<Rc<Class>> {
    let class: Option<Rc<dyn Any>> = lend::read(interp, |orm| orm.mappers.get(mapper).host_class.clone())?;
    class
        .and_then(|class| class.downcast::<Class>().ok())
        .ok_or_else(|| Stop::unsupported("a mapper without its class"))
}

/// The class as the engine keeps it with its mapper.
pub(crate) fn host_class(class: &Rc<Class>) -> Rc<dyn Any> {
    class.clone()
}

/// The class that the engine keeps with a mapper.
pub(crate) fn class_of_host(class: &Rc<dyn Any>) -> Option<Rc<Class>> {
    class.clone().downcast::<Class>().ok()
}

/// What a value stands for in a query: a mapped class or an alias of one.
pub(crate) fn mapped_of(value: &Value) -> Option<Mapped> {
    if let Value::Class(class) = value {
        return mapper_of(class).map(Mapped::from);
    }
    if let Some(mapper) = value.downcast::<MapperObject>() {
        return Some(mapper.id.into());
    }
    if let Some(name) = value.downcast::<super::registry::ClassNameObject>() {
        return mapper_of(&name.class).map(Mapped::from);
    }
    value.downcast::<super::aliased::AliasedObject>().map(|alias| alias.mapped)
}

/// The mapper of a class, an alias or a mapper.
pub(crate) fn require_mapper(interp: &mut Interp, value: &Value) -> PyResult<MapperId> {
    if let Some(mapped) = mapped_of(value) {
        return Ok(mapped.mapper);
    }
    match value {
        Value::Class(class) => Err(errors::unmapped_class(interp, class)),
        other => Err(errors::no_inspection(interp, other)),
    }
}

/// Configures the mappers of one class's registry, and puts on classes what configuring made: backrefs.
pub(crate) fn configure_for(interp: &mut Interp, mapper: MapperId) -> PyResult<()> {
    lend::with_cx(interp, |cx| {
        let registry = cx.orm.mappers.get(mapper).registry;
        map::configure_registry(cx, registry)
    })?;
    instrument(interp)
}

/// Configures what a query reads.
pub(crate) fn configure_query(interp: &mut Interp, query: &Query) -> PyResult<()> {
    for entity in &query.entities {
        if let Entity::Mapped(mapped) | Entity::Attribute(mapped, _) = entity {
            configure_for(interp, mapped.mapper)?;
        }
    }
    for mapped in &query.select_from {
        configure_for(interp, mapped.mapper)?;
    }
    Ok(())
}

/// Configures all mappers that wait for it.
pub(crate) fn configure(interp: &mut Interp) -> PyResult<()> {
    lend::with_cx(interp, map::configure_mappers)?;
    instrument(interp)
}

/// Takes every mapping away again: classes are plain ones afterwards, and their tables stay.
pub(super) fn clear(interp: &mut Interp) -> PyResult<()> {
    let classes: Vec<Option<Rc<dyn Any>>> =
        lend::read(interp, |orm| orm.mappers.iter().map(|mapper| mapper.host_class.clone()).collect())?;
    for class in classes.into_iter().flatten().filter_map(|class| class.downcast::<Class>().ok()) {
        for (name, value) in class.dict.items() {
            if &*name == "__mapper__" || value.downcast::<AttributeObject>().is_some() {
                class.dict.remove(&name);
            }
        }
    }
    lend::with_cx(interp, |cx| {
        cx.orm.mappers.clear();
        Ok(())
    })?;
    lend::shared(interp).defaults.clear();
    Ok(())
}

/// Puts an attribute on each mapped class for each property that has none there yet.
pub(crate) fn instrument(interp: &mut Interp) -> PyResult<()> {
    let known = lend::shared(interp).instrumented;
    let total = lend::read(interp, |orm| {
        let unions = orm.mappers.iter().filter(|mapper| mapper.hierarchy.union.is_some()).count();
        let own = orm.mappers.iter().map(|mapper| mapper.properties.len() + mapper.descriptors.len());
        unions + own.sum::<usize>()
    })?;
    if known == total {
        return tell_instrumented(interp);
    }
    let wanted: Vec<(MapperId, Vec<Key>)> = lend::read(interp, |orm| {
        let refused = |id| orm.mappers.left_out_discriminators(id);
        let keys = |mapper: &Mapper| [mapper.shown_keys(), refused(mapper.id)].concat();
        orm.mappers.iter().map(|mapper| (mapper.id, keys(mapper))).collect()
    })?;
    for (mapper, keys) in wanted {
        let class = class_of_mapper(interp, mapper)?;
        for key in keys {
            let there = class.dict.get(&key).is_some_and(|value| {
                value.downcast::<AttributeObject>().is_some_and(|attribute| attribute.mapped.mapper == mapper)
            });
            if there {
                continue;
            }
            if let Some(made) = described(interp, class.name(), mapper.into(), &key)? {
                class.dict.set(&key, made);
            } else {
                class.dict.set(&key, AttributeObject::value(&class, mapper.into(), key.clone()));
            }
        }
    }
    lend::shared(interp).instrumented = total;
    super::mutable::attach(interp)?;
    tell_instrumented(interp)
}

/// The attributes of configured classes, each after the one that it has made on another class.
pub(crate) fn configured_attributes(interp: &mut Interp) -> PyResult<Vec<(MapperId, Key)>> {
    lend::read(interp, |orm| {
        let mut found: Vec<(MapperId, Key)> = Vec::new();
        for mapper in orm.mappers.iter().filter(|mapper| mapper.configured) {
            for (key, property) in &mapper.properties {
                if let map::Property::Relationship(relationship) = property
                    && let (Some(backref), Some(resolved)) =
                        (&relationship.args.backref, relationship.resolved.get())
                {
                    let made = (resolved.target, backref.name.clone());
                    if !found.contains(&made) {
                        found.push(made);
                    }
                }
                let own = (mapper.id, key.clone());
                let hidden = matches!(property, map::Property::Column(property) if property.hidden);
                if !hidden && !found.contains(&own) {
                    found.push(own);
                }
            }
        }
        found
    })
}

/// Tells who listens to `attribute_instrument` of what configuring has finished.
fn tell_instrumented(interp: &mut Interp) -> PyResult<()> {
    if lend::shared(interp).instrument_listeners.is_empty() {
        return Ok(());
    }
    for (mapper, key) in configured_attributes(interp)? {
        if !lend::shared(interp).instrument_told.insert((mapper, key.clone())) {
            continue;
        }
        let class = class_of_mapper(interp, mapper)?;
        let attribute = interp.get_attr(&Value::Class(class.clone()), &key)?;
        crate::sqlalchemy::event::tell_instrumented(interp, &class, &key, &attribute)?;
    }
    Ok(())
}

/// The synonym or composite of this name on a class or an alias; `None` where the attribute has a value of its own.
pub(crate) fn described(
    interp: &mut Interp,
    owner: Rc<str>,
    mapped: Mapped,
    key: &Key,
) -> PyResult<Option<Value>> {
    let found = lend::read(interp, |orm| orm.mappers.get(mapped.mapper).descriptor(key).cloned())?;
    Ok(match found {
        None => None,
        Some(Descriptor::Composite(_)) => Some(CompositeObject::value(owner, mapped, key.clone())),
        Some(Descriptor::Synonym(_)) => match AttributeObject::synonym(interp, owner, mapped, key.clone())? {
            None => return Err(Stop::unsupported("a synonym of something that is no mapped attribute")),
            made => made,
        },
    })
}

/// The class or alias that stands for a mapped class of a query.
pub(crate) fn entity_value(interp: &mut Interp, mapped: Mapped) -> PyResult<Value> {
    let class = class_of_mapper(interp, mapped.mapper)?;
    Ok(match mapped.alias {
        None => Value::Class(class),
        Some(_) => super::aliased::AliasedObject::value(mapped, class),
    })
}
