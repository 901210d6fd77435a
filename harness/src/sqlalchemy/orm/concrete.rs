//! Concrete hierarchies: `polymorphic_union()`, `ConcreteBase` and `AbstractConcreteBase`.
//!
//! A class below one of these bases is read from a union of the tables of those below it, which is made when mappers are
//! configured, of the classes that there are by then.

use super::scan::UnionBase;
use super::{declarative, mapped, scan};
use crate::python::{Args, Class, Interp, Module, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::selectable::{self, FromObject};
use crate::sqlalchemy::{convert, errors, event, lend};
use backproof_engine::map::{self, MapperId, Union};
use backproof_engine::sql::{Alias, Body, FromItem};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use std::rc::Rc;

const CONCRETE: &str = "ConcreteBase";
const ABSTRACT: &str = "AbstractConcreteBase";
const HOOK: &str = "__declare_first__";
const MODULE: &str = "sqlalchemy.ext.declarative.extensions";
const OLDER: &str = "sqlalchemy.ext.declarative.api";

/// Adds the classes to their module.
pub(super) fn install(interp: &mut Interp, module: &Module) -> PyResult<()> {
    let name = if lend::has(interp, Behaviour::CompiledCache) { MODULE } else { OLDER };
    let concrete = interp.native_class(name, CONCRETE, Vec::new())?;
    let of_abstract = interp.native_class(name, ABSTRACT, vec![concrete.clone()])?;
    concrete.dict.set(HOOK, hook(read_from_union));
    of_abstract.dict.set(HOOK, hook(map_abstract));
    module.dict.set(CONCRETE, Value::Class(concrete));
    module.dict.set(ABSTRACT, Value::Class(of_abstract));
    Ok(())
}

fn hook(run: fn(&mut Interp, &Rc<Class>) -> PyResult<()>) -> Value {
    let function = Value::native(HOOK, move |interp, args| {
        let [class] = args.exactly(interp, HOOK)?;
        match class.as_class() {
            Some(class) => run(interp, class).map(|()| Value::None),
            None => Err(Stop::unsupported("a concrete base that is no class")),
        }
    });
    Value::ClassMethod(Rc::new(function))
}

/// Whether a class derives from `AbstractConcreteBase` itself: those below it are mapped before it.
fn is_abstract(class: &Rc<Class>) -> bool {
    class
        .bases
        .iter()
        .any(|base| *base.name() == *ABSTRACT && (*base.module() == *MODULE || *base.module() == *OLDER))
}

/// Whether a class is mapped later, with those below it; if so, the next configuration maps it.
pub(super) fn waits(interp: &mut Interp, class: &Rc<Class>) -> PyResult<bool> {
    if !is_abstract(class) {
        return Ok(false);
    }
    event::call_when_configured(interp, class, HOOK, "before_configured")?;
    Ok(true)
}

/// What a class raises that is used before it is mapped, where it waits.
pub(super) fn refusal(class: &Rc<Class>) -> Option<String> {
    (is_abstract(class) && mapped::mapper_of(class).is_none()).then(|| {
        format!(
            "Class {}.{} is a subclass of AbstractConcreteBase and has a mapping pending until all subclasses are \
             defined. Call the sqlalchemy.orm.configure_mappers() function after all subclasses have been defined to \
             complete the mapping of this class.",
            class.module(),
            class.name()
        )
    })
}

/// Refuses an object of a class that says it has none of its own.
pub(super) fn refuse_abstract(interp: &mut Interp, mapper: MapperId) -> PyResult<()> {
    let text = lend::read(interp, |orm| {
        let mapper = orm.mappers.get(mapper);
        mapper.hierarchy.is_abstract.then(|| mapper.text(orm.profile))
    })?;
    match text {
        None => Ok(()),
        Some(text) => {
            let message =
                format!("Can't instantiate class for {text}; mapper is marked polymorphic_abstract=True");
            Err(errors::raise_named(interp, "InvalidRequestError", message))
        }
    }
}

/// What a class says is the name of the column that tells the class of a row.
fn discriminator(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Rc<str>> {
    match class.lookup("_concrete_discriminator_name") {
        None | Some(Value::None) => Ok("type".into()),
        Some(Value::Str(name)) => Ok(name),
        Some(other) => {
            let shown = interp.repr(&other)?;
            Err(Stop::unsupported(format!("a discriminator named {shown}")))
        }
    }
}

/// The union of the tables of these classes.
fn union_of(interp: &mut Interp, mappers: &[MapperId], discriminator: &Rc<str>) -> PyResult<Union> {
    let parts: Vec<(SqlValue, FromItem)> = lend::read(interp, |orm| {
        mappers
            .iter()
            .map(|id| {
                let mapper = orm.mappers.get(*id);
                let identity = mapper.polymorphic_identity.clone().unwrap_or(SqlValue::Null);
                (identity, FromItem::from(&mapper.table))
            })
            .collect()
    })?;
    let body = united(&parts, Some(discriminator), true)?;
    Ok(Union { alias: Alias::of_select(body, Some("pjoin")), discriminator: discriminator.clone() })
}

fn united(parts: &[(SqlValue, FromItem)], discriminator: Option<&str>, casts: bool) -> PyResult<Body> {
    if parts.is_empty() {
        return Err(Stop::unsupported("a union of no tables"));
    }
    for (at, (identity, item)) in parts.iter().enumerate() {
        if parts[..at].iter().any(|(other, _)| other == identity) {
            return Err(Stop::unsupported("a union of tables of which two have one identity"));
        }
        if item.columns().iter().any(|column| column.key().as_deref() == discriminator) {
            return Err(Stop::unsupported("a union whose discriminator has the name of a column"));
        }
    }
    Ok(Body::from(map::polymorphic_union(parts, discriminator, casts)))
}

/// `ConcreteBase`: each class of the hierarchy is read from a union of its own table and of those below it.
fn read_from_union(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    let Some(mapper) = mapped::mapper_of(class) else { return Ok(()) };
    let (known, below) = lend::read(interp, |orm| {
        (orm.mappers.union(mapper).is_some(), orm.mappers.self_and_descendants(mapper))
    })?;
    if known {
        return Ok(());
    }
    let name = discriminator(interp, class)?;
    let union = union_of(interp, &below, &name)?;
    lend::with_cx(interp, |cx| {
        map::read_union(cx, mapper, union);
        Ok(())
    })
}

/// `AbstractConcreteBase`: the class is mapped to a union of the tables of the classes below it.
fn map_abstract(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    if mapped::mapper_of(class).is_some() {
        return Ok(());
    }
    let Some(registry) = declarative::registry_of(class) else {
        return Err(Stop::unsupported("a concrete base without a declarative base"));
    };
    let mut mappers = Vec::new();
    let mut waiting = class.live_subclasses();
    while let Some(below) = waiting.pop() {
        waiting.extend(below.live_subclasses());
        mappers.extend(mapped::mapper_of(&below));
    }
    let name = discriminator(interp, class)?;
    let reads = union_of(interp, &mappers, &name)?;
    let newer = lend::has(interp, Behaviour::StrictConcreteBase);
    let strict = match class.lookup("strict_attrs") {
        Some(strict) if newer => interp.truth(&strict)?,
        _ => false,
    };
    let item = FromObject::value(interp, FromItem::from(&reads.alias));
    class.dict.set("__table__", item);
    let union = UnionBase { reads, is_abstract: newer, strict };
    scan::map_class_to(interp, class, &registry, Some(union))?;
    let Some(own) = mapped::mapper_of(class) else { return Ok(()) };
    for below in class.live_subclasses() {
        let Some(mapper) = mapped::mapper_of(&below) else { continue };
        lend::with_cx(interp, |cx| {
            if cx.orm.mappers.get(mapper).hierarchy.concrete {
                map::place_below(cx, mapper, own);
            }
            Ok(())
        })?;
    }
    mapped::instrument(interp)
}

/// `polymorphic_union(table_map, typecolname, aliasname=…, cast_nulls=…)`.
pub(super) fn polymorphic_union(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "table_map, typecolname, aliasname=, cast_nulls=";
    let mut bound = Signature::new("polymorphic_union", parameters).bind(interp, args)?;
    let tables = bound.take(0).unwrap_or(Value::None);
    let discriminator = match bound.take(1) {
        None | Some(Value::None) => None,
        Some(Value::Str(name)) => Some(name),
        Some(_) => return Err(Stop::unsupported("polymorphic_union() with a name that is no string")),
    };
    let name = match bound.take(2) {
        None => "p_union".into(),
        Some(Value::Str(name)) => name,
        Some(_) => return Err(Stop::unsupported("polymorphic_union() without a name of its own")),
    };
    let casts = match bound.take(3) {
        Some(casts) => interp.truth(&casts)?,
        None => true,
    };
    let mut parts = Vec::new();
    for identity in interp.iterate(&tables)? {
        let table = interp.get_item(&tables, &identity)?;
        let Some(item) = selectable::from_item(&table) else {
            return Err(Stop::unsupported("polymorphic_union() of something that is no table"));
        };
        parts.push((convert::to_engine(interp, &identity)?, item));
    }
    let body = united(&parts, discriminator.as_deref(), casts)?;
    Ok(selectable::subquery(interp, body, Some(&*name)))
}
