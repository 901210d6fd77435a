//! `attribute_keyed_dict(…)` and its like: how the keys of a relationship's dictionary are found.
//!
//! Keys are values that a column can have. What such a dictionary does is told in `collection/dict.rs`.

use super::instance::wrap;
use crate::python::{Args, Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::{convert, lend};
use backproof_engine::Cx;
use backproof_engine::map::{KeyFunction, Keyer};
use backproof_engine::schema::Column;
use backproof_engine::state::ObjRef;
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// How a message of 2.x names such a class.
pub(super) const CLASS: &str =
    "<class 'sqlalchemy.orm.mapped_collection._mapped_collection_cls.<locals>._MKeyfuncMapped'>";

/// A collection class.
pub(crate) struct KeyedBy {
    by: By,
}

#[derive(Clone)]
enum By {
    Attribute(Rc<str>),
    Function(Value),
    Column(Column),
}

impl Object for KeyedBy {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "function"
    }
}

/// The functions that make such collection classes, under all their names.
pub(crate) fn makers() -> Vec<(&'static str, Value)> {
    let mut found = Vec::new();
    for name in ["attribute_keyed_dict", "attribute_mapped_collection"] {
        found.push((
            name,
            Value::native(name, move |interp, args| match args.exactly(interp, name)? {
                [Value::Str(attribute)] => Ok(Value::object(KeyedBy { by: By::Attribute(attribute) })),
                [_] => Err(Stop::unsupported(format!("{name}() of no string"))),
            }),
        ));
    }
    for name in ["column_keyed_dict", "column_mapped_collection"] {
        found.push((
            name,
            Value::native(name, move |interp, args| {
                let [column] = args.exactly(interp, name)?;
                match super::declarative::column_of(&column) {
                    Some(column) => Ok(Value::object(KeyedBy { by: By::Column(column) })),
                    None => Err(Stop::unsupported(format!("{name}() of something that is no column"))),
                }
            }),
        ));
    }
    for name in ["keyfunc_mapping", "mapped_collection"] {
        found.push((
            name,
            Value::native(name, move |interp, args| {
                let [function] = args.exactly(interp, name)?;
                Ok(Value::object(KeyedBy { by: By::Function(function) }))
            }),
        ));
    }
    found
}

/// How the engine finds the keys of such a collection.
pub(crate) fn keyer(value: &Value) -> Option<Keyer> {
    let by = value.downcast::<KeyedBy>()?.by.clone();
    let key: KeyFunction = Rc::new(move |cx: &mut Cx<'_>, object: &ObjRef| {
        let by = match &by {
            By::Column(column) => {
                let mapper = cx.orm.mappers.get(cx.orm.states.get(object.id()).mapper);
                match mapper.key_of(column) {
                    Some(key) => By::Attribute(key.clone()),
                    None => {
                        return Err(backproof_engine::Error::unsupported(
                            "keys by a column that is not mapped",
                        ));
                    }
                }
            }
            by => by.clone(),
        };
        let key = lend::lend(cx, |interp| {
            let object = wrap(interp, object)?;
            let key = match &by {
                By::Attribute(name) => interp.get_attr(&object, name)?,
                By::Column(_) => Value::None,
                By::Function(function) => interp.call(function, Args::of(vec![object]))?,
            };
            engine_key(interp, &key)
        })?;
        // What was never set reads as nothing, and is no key.
        if let By::Attribute(name) = &by
            && key.is_null()
            && cx.orm.profile.has(Behaviour::UnsetKeysRefused)
            && !cx.orm.states.get(object.id()).dict.contains_key(name)
        {
            return Ok(None);
        }
        Ok(Some(key))
    });
    Some(Keyer { key, shown: Rc::new(shown) })
}

/// Two members and a key, as a message shows them.
fn shown(
    cx: &mut Cx<'_>,
    members: [Option<&ObjRef>; 2],
    key: &SqlValue,
) -> backproof_engine::Result<(String, String, String)> {
    lend::lend(cx, |interp| {
        let mut text = |member: Option<&ObjRef>| match member {
            Some(object) => {
                let object = wrap(interp, object)?;
                interp.str(&object)
            }
            None => Ok("None".into()),
        };
        let (given, held) = (text(members[0])?, text(members[1])?);
        let key = convert::to_python(interp, key)?;
        let key = interp.str(&key)?;
        Ok((given, held, key))
    })
}

/// The engine's value of a key. Keys that Python holds equal are one.
pub(super) fn engine_key(interp: &mut Interp, key: &Value) -> PyResult<SqlValue> {
    interp.hash(key)?;
    if let Value::Bool(_) | Value::Float(_) = key {
        return Err(Stop::unsupported("a relationship's dictionary by keys that may equal whole numbers"));
    }
    match convert::to_engine(interp, key)? {
        SqlValue::Host(_) => {
            let known = lend::shared(interp).keys.clone();
            if interp.contains(&known, key)? {
                let first = interp.get_item(&known, key)?;
                return convert::to_engine(interp, &first);
            }
            interp.set_item(&known, key, key.clone())?;
            convert::to_engine(interp, key)
        }
        made => Ok(made),
    }
}
