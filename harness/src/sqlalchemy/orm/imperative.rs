//! Classes that are mapped after they were made: `registry.map_imperatively()`, and `mapper()` of 1.x.
//!
//! What is given is put where a declarative class has it, and read from there: both styles make the same mapper.

use super::columns::MappedColumnObject;
use super::registry::Registry;
use super::{declarative, errors, mapped, scan};
use crate::python::{Args, Class, Interp, Map, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

/// `mapper(class, table, …)`; from 2.0 on it only says what to call instead.
pub(super) fn mapper(interp: &mut Interp, args: Args) -> PyResult<Value> {
    if !lend::has(interp, Behaviour::ImperativeMapperFunction) {
        let message = "The 'sqlalchemy.orm.mapper()' function is removed as of SQLAlchemy 2.0.  Use the \
            'sqlalchemy.orm.registry.map_imperatively()` method of the ``sqlalchemy.orm.registry`` class to perform \
            classical mapping.";
        return Err(errors::invalid_request(interp, message));
    }
    let known = lend::shared(interp).imperative.clone().and_then(|known| known.downcast::<Registry>().ok());
    let registry = match known {
        Some(registry) => registry,
        None => {
            let registry = Registry::new(interp, None)?;
            lend::shared(interp).imperative = Some(registry.clone());
            registry
        }
    };
    map(interp, &registry, "mapper", false, args)
}

/// Maps a class to a table with these properties, and gives its mapper; `constructed`: with a declarative class's constructor.
pub(super) fn map(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    name: &str,
    constructed: bool,
    args: Args,
) -> PyResult<Value> {
    let signature = Signature::new(name, "class_, local_table=, properties=, **kw");
    let mut bound = signature.bind(interp, args)?;
    let Some(Value::Class(class)) = bound.take(0) else {
        return Err(Stop::unsupported(format!("{name}() of what is no class")));
    };
    if mapped::mapper_of(&class).is_some() {
        return Err(Stop::unsupported(format!("{name}() of a class that is mapped already")));
    }
    let table = bound.take(1).filter(|table| !table.is_none());
    let properties = bound.take(2).filter(|properties| !properties.is_none());
    let mut given: Vec<(Rc<str>, Value)> = Vec::new();
    if let Some(table) = table {
        given.push(("__table__".into(), table));
    }
    if let Some(properties) = properties {
        for key in interp.iterate(&properties)? {
            let value = interp.get_item(&properties, &key)?;
            let Some(key) = key.as_str() else {
                return Err(Stop::unsupported("a property whose name is no string"));
            };
            given.push((key.clone(), MappedColumnObject::listed(&value).unwrap_or(value)));
        }
    }
    let arguments = Value::dict(Map::new());
    for (argument, value) in bound.varkw {
        if &*argument == "inherits" {
            inherits(interp, &class, &value)?;
        } else {
            interp.set_item(&arguments, &Value::from(argument), value)?;
        }
    }
    given.push(("__mapper_args__".into(), arguments));
    // As on a declarative class while it is mapped; special names are of that style alone.
    for (key, value) in &given {
        class.dict.set(key, value.clone());
    }
    declarative::attach_alone(&class, registry, constructed);
    let made = scan::map_class(interp, &class, registry);
    for (key, _) in given.iter().filter(|(key, _)| key.starts_with("__") || made.is_err()) {
        class.dict.remove(key);
    }
    class.dict.remove("__table__");
    made?;
    let id = mapped::require_mapper(interp, &Value::Class(class))?;
    super::mapper::MapperObject::find(interp, id)
}

/// The class or mapper that is inherited from must be the one that the class derives from.
fn inherits(interp: &mut Interp, class: &Rc<Class>, value: &Value) -> PyResult<()> {
    if value.is_none() {
        return Ok(());
    }
    let base = mapped::require_mapper(interp, value)?;
    if class.ancestors.iter().find_map(mapped::mapper_of) == Some(base) {
        return Ok(());
    }
    Err(Stop::unsupported("`inherits` of a class that this one does not derive from"))
}
