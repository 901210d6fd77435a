//! `Bundle`: several places of a row as one, and composites among what is queried, which are that too.

use super::composite::CompositeObject;
use super::hybrid::HybridClauseObject;
use super::{entity, mapper};
use crate::python::{Args, Class, Interp, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{convert, lend, result};
use backproof_engine::load::{Bundle, Entity, Item, Query, Style};
use backproof_engine::map::{Composite, Key};
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.orm.util";

/// What says that a query of one bundle gives no rows of it, but the bundle itself.
const SINGLE: &str = "single_entity";

/// What the places become.
enum Made {
    /// An instance of `Bundle`: a row with these names, or what a class derived from it says.
    Bundle {
        bundle: Value,
        names: Vec<Key>,
        inner: Vec<Bundle>,
    },
    Composite(Rc<Composite>),
}

/// Adds to a query what is asked for, with what groups the places of its rows.
pub(super) fn ask(interp: &mut Interp, query: &mut Query, values: &[Value]) -> PyResult<()> {
    let mut bundles = std::mem::take(&mut query.bundles);
    let mut entities = std::mem::take(&mut query.entities);
    let mut done = Ok(());
    for value in values {
        let at = entities.len();
        let into = (&mut entities, &mut bundles);
        done = asked(interp, into, std::slice::from_ref(value), query.style).map(|_| ());
        if done.is_err() {
            break;
        }
        if let Some(hybrid) = value.downcast::<HybridClauseObject>()
            && let Some(name) = hybrid.row_name(interp, query.style)
        {
            query.renames.push((at, name));
        }
    }
    query.entities = entities;
    query.bundles = bundles;
    if query.style != Style::Legacy && !is_of_classes(query) {
        query.renames.clear();
    }
    done
}

/// Whether anything that is selected speaks of a class, or is put together: a select of mere columns of tables calls them
/// by their own names.
fn is_of_classes(query: &Query) -> bool {
    query.entities.iter().any(|entity| match entity {
        Entity::Expr(expr) => expr.as_column().is_none(),
        Entity::Mapped(_) | Entity::Attribute(..) => true,
    })
}

/// As [`ask`]; the names of the places that were added.
fn asked(
    interp: &mut Interp,
    (entities, bundles): (&mut Vec<Entity>, &mut Vec<Bundle>),
    values: &[Value],
    style: Style,
) -> PyResult<Vec<Key>> {
    let mut names = Vec::new();
    for value in values {
        let at = entities.len();
        if let Some(composite) = value.downcast::<CompositeObject>() {
            let made = composite.composite(interp)?;
            let mapped = composite.mapped;
            entities.extend(made.parts.iter().map(|part| Entity::Attribute(mapped, part.clone())));
            let (len, name) = (made.parts.len(), composite.key.clone());
            names.push(name.clone());
            let tag = format!("composite {:?} {name}", mapped.mapper).into();
            bundles.push(Bundle { at, len, name, tag, host: Rc::new(Made::Composite(made)) });
            continue;
        }
        if !is_bundle(interp, value) {
            let added = entity::entities(interp, std::slice::from_ref(value))?;
            for entity in added {
                names.push(match &entity {
                    Entity::Attribute(_, key) => key.clone(),
                    Entity::Expr(expr) => expr.key().unwrap_or_default(),
                    Entity::Mapped(mapped) => {
                        lend::read(interp, |orm| orm.mappers.get(mapped.mapper).class_name.clone())?
                    }
                });
                entities.push(entity);
            }
            if let Some(hybrid) = value.downcast::<HybridClauseObject>()
                && let Some(name) = hybrid.bundled_name(interp, style)
            {
                names.pop();
                names.push(name);
            }
            continue;
        }
        let exprs = interp.get_attr(value, "exprs")?;
        let exprs = interp.iterate(&exprs)?;
        let name = interp.get_attr(value, "name")?;
        let Some(name) = name.as_str().cloned() else {
            return Err(Stop::unsupported("a Bundle whose name is no string"));
        };
        let mut own = Vec::new();
        let mut inner = Vec::new();
        let inner_names = asked(interp, (&mut own, &mut inner), &exprs, style)?;
        let len = own.len();
        entities.append(&mut own);
        names.push(name.clone());
        let tag = tag_of(interp, value, (&name, len), &inner)?;
        let made = Made::Bundle { bundle: value.clone(), names: inner_names, inner };
        bundles.push(Bundle { at, len, name, tag, host: Rc::new(made) });
    }
    Ok(names)
}

/// Bundles are told apart by their class, name and flag, not as objects.
fn tag_of(
    interp: &mut Interp,
    bundle: &Value,
    (name, len): (&Key, usize),
    inner: &[Bundle],
) -> PyResult<Key> {
    let class = bundle.as_instance().map_or(0, |instance| instance.class().identity());
    let mut tag = format!("bundle {class} {name} of {len}");
    if is_flagged(interp, bundle)? {
        tag.push_str(" single");
    }
    for bundle in inner {
        tag.push_str(&format!(" ({} at {})", bundle.tag, bundle.at));
    }
    Ok(tag.into())
}

/// Names with each bundle's in place of those of its parts.
pub(super) fn names(bundles: &[Bundle], flat: &[Key]) -> Vec<Key> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(name) = flat.get(at) {
        match bundles.iter().find(|bundle| bundle.at == at && bundle.len > 0) {
            Some(bundle) => {
                names.push(bundle.name.clone());
                at += bundle.len;
            }
            None => {
                names.push(name.clone());
                at += 1;
            }
        }
    }
    names
}

/// The places of a row as Python sees them.
pub(super) fn values(interp: &mut Interp, bundles: &[Bundle], row: &[Item]) -> PyResult<Vec<Value>> {
    let mut values = Vec::with_capacity(row.len());
    let mut at = 0;
    while let Some(place) = row.get(at) {
        match bundles.iter().find(|bundle| bundle.at == at && bundle.len > 0) {
            Some(bundle) => {
                let parts = row.get(at..at + bundle.len).unwrap_or_default();
                values.push(make(interp, bundle, parts)?);
                at += bundle.len;
            }
            None => {
                values.push(entity::item(interp, place)?);
                at += 1;
            }
        }
    }
    Ok(values)
}

fn make(interp: &mut Interp, bundle: &Bundle, parts: &[Item]) -> PyResult<Value> {
    match bundle.host.downcast_ref::<Made>() {
        Some(Made::Composite(composite)) => {
            let mut values = Vec::with_capacity(parts.len());
            for part in parts {
                match part {
                    Item::Value(value) => values.push(value.clone()),
                    Item::Object(_) => return Err(Stop::unsupported("a composite of a mapped object")),
                }
            }
            let made = lend::with_cx(interp, |cx| composite.class.make(cx, values))?;
            convert::to_python(interp, &made)
        }
        Some(Made::Bundle { bundle, names, inner }) => {
            let values = values(interp, inner, parts)?;
            let kind = interp.class_of(bundle);
            let own = kind.lookup_with_owner("create_row_processor");
            if own.is_none_or(|(owner, _)| &*owner.module() == MODULE) {
                let names: result::Names = Rc::from(names.clone());
                return Ok(result::row(interp, &names, values));
            }
            let labels = Value::list(names.iter().cloned().map(Value::from).collect());
            let processors = (0..values.len())
                .map(|at| {
                    Value::native("proc", move |interp: &mut Interp, args: Args| {
                        let row = args.positional.first().cloned().unwrap_or(Value::None);
                        interp.get_item(&row, &Value::int(at as i64))
                    })
                })
                .collect();
            let args = Args::of(vec![Value::None, Value::list(processors), labels]);
            let processor = interp.call_method(bundle, "create_row_processor", args)?;
            interp.call(&processor, Args::of(vec![Value::tuple(values)]))
        }
        None => Err(Stop::unsupported("a bundle of another host")),
    }
}

/// Whether the rows of a query are one bundle each, which stands for itself.
pub(super) fn is_single(interp: &mut Interp, bundles: &[Bundle], width: usize) -> PyResult<bool> {
    let [only] = bundles else { return Ok(false) };
    let Some(Made::Bundle { bundle, .. }) = only.host.downcast_ref::<Made>() else { return Ok(false) };
    if only.at != 0 || only.len != width {
        return Ok(false);
    }
    is_flagged(interp, bundle)
}

fn is_flagged(interp: &mut Interp, bundle: &Value) -> PyResult<bool> {
    match interp.get_attr_opt(bundle, SINGLE)? {
        Some(single) => interp.truth(&single),
        None => Ok(false),
    }
}

/// Whether a value is an instance of `Bundle`.
fn is_bundle(interp: &mut Interp, value: &Value) -> bool {
    let Some(instance) = value.as_instance() else { return false };
    let Some(class) = lend::shared(interp).classes.get("Bundle").cloned() else { return false };
    instance.class().mro().iter().any(|above| above.identity() == class.identity())
}

/// The class `Bundle`, made at its first use.
pub(super) fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get("Bundle") {
        return Ok(class.clone());
    }
    let class = interp.native_class(MODULE, "Bundle", Vec::new())?;
    let signature = Signature::new("Bundle.__init__", "self, name, *exprs, single_entity=");
    class.dict.set(
        "__init__",
        Value::native_method("__init__", move |interp, args| {
            let mut bound = signature.bind(interp, args)?;
            let this = bound.take(0).unwrap_or(Value::None);
            let name = bound.take(1).unwrap_or(Value::None);
            let single = bound.values.last_mut().and_then(Option::take);
            let single = single.map_or(Ok(false), |single| interp.truth(&single))?;
            let exprs = bound.varargs;
            let mut members: Vec<(Rc<str>, Value)> = Vec::new();
            for expr in &exprs {
                let key = match interp.get_attr_opt(expr, "key")? {
                    Some(key) if key.as_str().is_some() => Some(key),
                    _ => interp.get_attr_opt(expr, "name")?,
                };
                if let Some(key) = key.as_ref().and_then(Value::as_str) {
                    members.push((key.clone(), expr.clone()));
                }
            }
            let columns = mapper::NamesObject::value(interp, members);
            if single {
                interp.set_attr(&this, SINGLE, Value::Bool(true))?;
            }
            interp.set_attr(&this, "name", name)?;
            interp.set_attr(&this, "exprs", Value::list(exprs))?;
            interp.set_attr(&this, "c", columns.clone())?;
            interp.set_attr(&this, "columns", columns)?;
            Ok(Value::None)
        }),
    );
    lend::shared(interp).classes.insert("Bundle", class.clone());
    Ok(class)
}
