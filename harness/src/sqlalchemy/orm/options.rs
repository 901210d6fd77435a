//! Loader options: `joinedload(User.addresses)` and its like.

use super::attribute::AttributeObject;
use super::{comparator, errors, mapped};
use crate::python::{Args, Interp, Module, Object, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::load::{self, Aliasing, LoaderOption, Strategy};
use backproof_engine::map::{Key, Lazy, Mapped, MapperId, Property};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// One option, and the path that a further step continues.
pub(crate) struct OptionObject {
    pub(crate) options: Vec<LoaderOption>,
    path: Vec<(MapperId, Key)>,
}

impl Object for OptionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Load"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.strategy_options"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let (options, path) = (self.options.clone(), self.path.clone());
        if name == "selectin_polymorphic" {
            return Ok(Some(Value::native(name, move |interp, args| {
                let [classes] = args.exactly(interp, "Load.selectin_polymorphic")?;
                below(interp, &options, &path, &classes)
            })));
        }
        if name == "options" {
            return Ok(Some(Value::native(name, move |_, args| {
                let mut options = options.clone();
                for option in read(&args.positional)? {
                    let path = path.iter().chain(&option.path).cloned().collect();
                    options.push(LoaderOption { path, ..option });
                }
                Ok(Value::object(OptionObject { options, path: path.clone() }))
            })));
        }
        if name == "load_only" {
            return Ok(Some(Value::native(name, move |interp, args| {
                load_only(interp, &options, &path, args)
            })));
        }
        let Some(strategy) = strategy(name) else { return Ok(None) };
        Ok(Some(Value::native(name, move |interp, args| option(interp, strategy, &options, &path, args))))
    }
}

/// Names of options, and what they ask for.
const STRATEGIES: &[(&str, Option<Lazy>)] = &[
    ("joinedload", Some(Lazy::Joined)),
    ("selectinload", Some(Lazy::Selectin)),
    ("subqueryload", Some(Lazy::Subquery)),
    ("immediateload", Some(Lazy::Immediate)),
    ("lazyload", Some(Lazy::Select)),
    ("noload", Some(Lazy::NoLoad)),
    ("raiseload", Some(Lazy::Raise)),
    ("contains_eager", None),
    ("defaultload", None),
    ("defer", None),
    ("undefer", None),
];

fn strategy(name: &str) -> Option<&'static str> {
    STRATEGIES.iter().find(|(known, _)| *known == name).map(|(known, _)| *known)
}

fn option(
    interp: &mut Interp,
    name: &'static str,
    before: &[LoaderOption],
    path: &[(MapperId, Key)],
    mut args: Args,
) -> PyResult<Value> {
    for value in &args.positional {
        if let Some(attribute) = value.downcast::<AttributeObject>() {
            mapped::configure_for(interp, attribute.mapped.mapper)?;
        }
    }
    let inner = match args.take_keyword("innerjoin") {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let sql_only = match args.take_keyword("sql_only") {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    if !args.keywords.is_empty() {
        return Err(Stop::unsupported(format!("{name}() with `{}`", args.keywords[0].0)));
    }
    let mut options = before.to_vec();
    let mut path = path.to_vec();
    for value in &args.positional {
        let (mapper, key) = step(interp, &path, value)?;
        path.push((mapper, key));
        let lazy = STRATEGIES.iter().find(|(known, _)| *known == name).and_then(|(_, lazy)| *lazy);
        let strategy = match (name, lazy) {
            ("defer", _) => Strategy::Defer,
            ("undefer", _) => Strategy::Undefer,
            ("defaultload", _) => Strategy::Default,
            ("contains_eager", _) => Strategy::Contained,
            ("joinedload", _) if inner => Strategy::JoinedInner,
            ("raiseload", _) if sql_only => Strategy::Relationship(Lazy::RaiseOnSql),
            (_, Some(lazy)) => Strategy::Relationship(lazy),
            _ => continue,
        };
        let of_type = of_type(interp, value)?;
        options.push(LoaderOption { path: path.clone(), strategy, of_type });
    }
    Ok(Value::object(OptionObject { options, path }))
}

/// Adds to a path that of the class there these columns alone are loaded.
fn load_only(
    interp: &mut Interp,
    before: &[LoaderOption],
    path: &[(MapperId, Key)],
    args: Args,
) -> PyResult<Value> {
    if let Some((name, _)) = args.keywords.first() {
        return Err(Stop::unsupported(format!("load_only() with `{name}`")));
    }
    let mut kept = Vec::new();
    for value in &args.positional {
        if let Some(attribute) = value.downcast::<AttributeObject>() {
            mapped::configure_for(interp, attribute.mapped.mapper)?;
        }
        let (mapper, key) = step(interp, path, value)?;
        if lend::read(interp, |orm| orm.mappers.get(mapper).column_of(&key).is_none())? {
            return Err(Stop::unsupported(format!("load_only() of `{key}`, which is no column")));
        }
        kept.push((mapper, key));
    }
    let mut options = before.to_vec();
    let mut add = |last: (MapperId, Key), strategy: Strategy| {
        let path = path.iter().cloned().chain([last]).collect();
        options.push(LoaderOption::new(path, strategy));
    };
    let mut classes: Vec<MapperId> = Vec::new();
    for (mapper, _) in &kept {
        if !classes.contains(mapper) {
            classes.push(*mapper);
            add((*mapper, Key::from("")), Strategy::DeferRest);
        }
    }
    for last in kept {
        add(last, Strategy::Undefer);
    }
    Ok(Value::object(OptionObject { options, path: path.to_vec() }))
}

/// What a relationship's objects are loaded as, where its step says so: the base class with the subclass that is named.
fn of_type(interp: &mut Interp, value: &Value) -> PyResult<Option<Mapped>> {
    let Some(attribute) = value.downcast::<AttributeObject>() else { return Ok(None) };
    let Some(to) = attribute.of_type else { return Ok(None) };
    if to.alias.is_some() {
        return Ok(Some(to));
    }
    if comparator::target_of(interp, attribute)? == to.mapper {
        return Ok(None);
    }
    lend::with_cx(interp, |cx| {
        let base = cx.orm.mappers.base(to.mapper);
        load::with_polymorphic(cx, base, Some(&[to.mapper]), Aliasing::Whole, false).map(Some)
    })
}

/// Adds to a path that these subclasses are loaded by statements of their own.
fn below(
    interp: &mut Interp,
    options: &[LoaderOption],
    path: &[(MapperId, Key)],
    classes: &Value,
) -> PyResult<Value> {
    let Some(classes) = super::aliased::subclasses(interp, classes)? else {
        return Err(Stop::unsupported("selectin_polymorphic() of \"*\""));
    };
    let mut options = options.to_vec();
    for mapper in classes {
        let path = path.iter().cloned().chain([(mapper, Key::from(""))]).collect();
        options.push(LoaderOption::new(path, Strategy::SelectinPolymorphic));
    }
    Ok(Value::object(OptionObject { options, path: path.to_vec() }))
}

/// `selectin_polymorphic(base, classes)`.
pub(crate) fn selectin_polymorphic(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [base, classes] = args.exactly(interp, "selectin_polymorphic")?;
    let mapper = mapped::require_mapper(interp, &base)?;
    mapped::configure_for(interp, mapper)?;
    below(interp, &[], &[], &classes)
}

/// One step of a path: an attribute, or before 2.0 its name.
fn step(interp: &mut Interp, path: &[(MapperId, Key)], value: &Value) -> PyResult<(MapperId, Key)> {
    if let Some(attribute) = value.downcast::<AttributeObject>() {
        if !attribute.criteria.is_empty() {
            return Err(Stop::unsupported("a loader option with and_()"));
        }
        let (mapper, key) = (attribute.mapped.mapper, attribute.key.clone());
        return Ok((lend::read(interp, |orm| orm.mappers.owner(mapper, &key))?, key));
    }
    let (Some(name), Some((mapper, key))) = (value.as_str(), path.last()) else {
        if value.as_str().is_some_and(|name| &**name == "*") {
            return Err(Stop::unsupported("a loader option for `*`"));
        }
        if value.as_str().is_some() && !lend::has(interp, Behaviour::OptionsByName) {
            return Err(errors::argument_error(
                interp,
                "Strings are not accepted for attribute names in loader options; please use class-bound attributes directly.",
            ));
        }
        return Err(Stop::unsupported("a loader option for something that is no mapped attribute"));
    };
    let property = lend::read(interp, |orm| orm.mappers.get(*mapper).properties.get(key).cloned())?;
    match property {
        Some(Property::Relationship(relationship)) if relationship.resolved.get().is_some() => {
            Ok((relationship.resolved().target, name.clone()))
        }
        _ => Err(Stop::unsupported("a loader option for something that is no mapped attribute")),
    }
}

/// The options behind the arguments of `options()`.
pub(super) fn read(values: &[Value]) -> PyResult<Vec<LoaderOption>> {
    let mut options = Vec::new();
    for value in values {
        match value.downcast::<OptionObject>() {
            Some(object) => options.extend(object.options.iter().cloned()),
            None => return Err(Stop::unsupported("an option of another kind")),
        }
    }
    Ok(options)
}

/// Adds the loader options.
pub(crate) fn install(module: &Module) {
    for &(name, _) in STRATEGIES {
        module.dict.set(name, Value::native(name, move |interp, args| option(interp, name, &[], &[], args)));
    }
    let head = |interp: &mut Interp, args: Args| load_only(interp, &[], &[], args);
    module.dict.set("load_only", Value::native("load_only", head));
}
