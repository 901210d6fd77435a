//! Keyed dictionaries: a relationship's collection as Python's dict, each change going through the engine.
//!
//! Keys are values that a column can have. An object whose key was never set is unsupported.

use super::collection::{MODULE, candidate, identity_of, wrap_member};
use super::instance::{object_of, wrap};
use crate::python::{
    Args, BinaryOp, Class, CompareOp, Interp, Iter, Map, Object, PyResult, Signature, Stop, Value,
};
use crate::sqlalchemy::{convert, define, lend};
use backproof_engine::Cx;
use backproof_engine::attr::{self, KeyedRemoval};
use backproof_engine::map::Keyer;
use backproof_engine::schema::Column;
use backproof_engine::state::{Collection, Member, ObjRef};
use backproof_engine::value::Value as SqlValue;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// `attribute_keyed_dict(…)` and its like: a collection class.
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
    Some(Keyer(Rc::new(move |cx: &mut Cx<'_>, object: &ObjRef| {
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
        if let By::Attribute(name) = &by
            && !cx.orm.states.get(object.id()).dict.contains_key(name)
        {
            let state = cx.orm.states.get(object.id());
            if cx.orm.profile.has(Behaviour::UnsetKeysRefused) && !state.expired_attributes.contains(name) {
                return Ok(None);
            }
        }
        lend::lend(cx, |interp| {
            let object = wrap(interp, object)?;
            let key = match &by {
                By::Attribute(name) => interp.get_attr(&object, name)?,
                By::Column(_) => Value::None,
                By::Function(function) => interp.call(function, Args::of(vec![object]))?,
            };
            engine_key(interp, &key).map(Some)
        })
    })))
}

fn engine_key(interp: &mut Interp, key: &Value) -> PyResult<SqlValue> {
    interp.hash(key)?;
    match key {
        Value::None | Value::Int(_) | Value::Str(_) => convert::to_engine(interp, key),
        _ => Err(Stop::unsupported(
            "a relationship's dictionary by keys that are neither strings nor integers",
        )),
    }
}

/// A relationship's collection.
pub(crate) struct DictObject {
    pub(crate) dict: Rc<Collection>,
}

impl DictObject {
    pub(crate) fn value(dict: Rc<Collection>) -> Value {
        Value::object(DictObject { dict })
    }

    /// Its entries as an ordinary dict.
    fn plain(&self, interp: &mut Interp) -> PyResult<Value> {
        interp.charge_bytes(self.dict.items.borrow().len() * 96)?;
        let keys = self.dict.keys.borrow().clone();
        let items = self.dict.items.borrow().clone();
        let plain = Value::dict(Map::new());
        for (key, item) in keys.iter().zip(&items) {
            let key = convert::to_python(interp, key)?;
            let item = wrap_member(interp, item)?;
            interp.set_item(&plain, &key, item)?;
        }
        Ok(plain)
    }

    fn find(&self, interp: &mut Interp, key: &Value) -> PyResult<Option<Member>> {
        interp.hash(key)?;
        match key {
            Value::None | Value::Int(_) | Value::Str(_) => {
                let key = engine_key(interp, key)?;
                Ok(attr::keyed_get(&self.dict, &key))
            }
            Value::Bool(_) | Value::Float(_) => Err(Stop::unsupported("looking up such a key")),
            _ => Ok(None),
        }
    }

    fn put(&self, interp: &mut Interp, key: &Value, value: &Value) -> PyResult<()> {
        let key = engine_key(interp, key)?;
        let item = candidate(interp, value)?;
        lend::with_cx(interp, |cx| attr::keyed_put(cx, &self.dict, key, item))
    }
}

fn name_of(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::KeyedDictsRenamed) { "_MKeyfuncMapped" } else { "MappedCollection" }
}

fn plain_of(interp: &mut Interp, value: &Value) -> PyResult<Option<Value>> {
    if let Some(dict) = value.downcast::<DictObject>() {
        return dict.plain(interp).map(Some);
    }
    Ok(matches!(value, Value::Dict(_)).then(|| value.clone()))
}

/// The values of a dict that is assigned, whose keys do not count; `None` for what is not dict-like.
pub(crate) fn assigned(interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<Value>>> {
    let Value::Dict(dict) = value else { return Ok(None) };
    let items = dict.map.borrow().items();
    interp.charge_bytes(items.len() * 24)?;
    Ok(Some(items.into_iter().map(|(_, value)| value).collect()))
}

impl Object for DictObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "MappedCollection"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        class(interp).unwrap_or_else(|_| interp.foreign_class(MODULE, "MappedCollection"))
    }

    fn identity(&self) -> u64 {
        identity_of(&self.dict)
    }

    fn as_builtin(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        self.plain(interp).map(Some)
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let Some(other) = plain_of(interp, other)? else { return Ok(None) };
        let own = self.plain(interp)?;
        let result =
            if reflected { interp.binary(op, &other, &own) } else { interp.binary(op, &own, &other) };
        result.map(Some)
    }

    fn binary_in_place(
        &self,
        _interp: &mut Interp,
        _this: &Value,
        _op: BinaryOp,
        _other: &Value,
    ) -> PyResult<Option<Value>> {
        Err(Stop::unsupported("an operation in place on a relationship's dictionary"))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = plain_of(interp, other)? else { return Ok(None) };
        let own = self.plain(interp)?;
        interp.compare(op, &own, &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        let name = name_of(interp);
        Err(interp.raise("TypeError", format!("unhashable type: '{name}'")))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let own = self.plain(interp)?;
        interp.repr(&own)
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.dict.items.borrow().len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        match self.find(interp, key)? {
            Some(member) => wrap_member(interp, &member),
            None => Err(interp.key_error(key)),
        }
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        self.put(interp, key, &value)
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        if self.find(interp, key)?.is_some() {
            let own = engine_key(interp, key)?;
            lend::with_cx(interp, |cx| attr::keyed_delete(cx, &self.dict, &own))?;
            return Ok(());
        }
        Err(interp.key_error(key))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        self.find(interp, item).map(|member| Some(member.is_some()))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let own = self.plain(interp)?;
        let inner = interp.iter(&own)?;
        let (dict, size) = (self.dict.clone(), self.dict.items.borrow().len());
        let mut done = false;
        Ok(Iter::from_fn("dict_keyiterator", move |interp| {
            if done {
                return Ok(None);
            }
            if dict.items.borrow().len() != size {
                return Err(interp.raise("RuntimeError", "dictionary changed size during iteration"));
            }
            let next = interp.next(&inner)?;
            done = next.is_none();
            Ok(next)
        }))
    }
}

/// The dictionary's class, made at its first use.
pub(crate) fn class(interp: &mut Interp) -> PyResult<Rc<Class>> {
    let name = name_of(interp);
    if let Some(class) = lend::shared(interp).classes.get(name) {
        return Ok(class.clone());
    }
    let dict = interp.builtin_class("dict");
    let class = interp.native_class(MODULE, name, vec![dict])?;
    install(&class);
    lend::shared(interp).classes.insert(name, class.clone());
    Ok(class)
}

type Method = fn(&mut Interp, &DictObject, Vec<Value>) -> PyResult<Value>;

const METHODS: [(&str, &str, Method); 7] = [
    ("set", "value", |interp, dict, values| {
        let value = values.into_iter().next().unwrap_or(Value::None);
        let item = candidate(interp, &value)?;
        lend::with_cx(interp, |cx| attr::keyed_set(cx, &dict.dict, item))?;
        Ok(Value::None)
    }),
    ("remove", "value", |interp, dict, values| {
        let value = values.into_iter().next().unwrap_or(Value::None);
        let Some(object) = object_of(&value) else {
            return Err(Stop::unsupported("removing what is no mapped object from a dictionary"));
        };
        match lend::with_cx(interp, |cx| attr::keyed_remove(cx, &dict.dict, object))? {
            KeyedRemoval::Removed => Ok(Value::None),
            KeyedRemoval::Absent(key) => {
                let key = convert::to_python(interp, &key)?;
                Err(interp.key_error(&key))
            }
        }
    }),
    ("clear", "", |interp, dict, _| {
        lend::with_cx(interp, |cx| attr::clear(cx, &dict.dict))?;
        Ok(Value::None)
    }),
    ("pop", "key, default=", |interp, dict, values| {
        let mut values = values.into_iter();
        let key = values.next().unwrap_or(Value::None);
        interp.hash(&key)?;
        let own = engine_key(interp, &key)?;
        let found = lend::with_cx(interp, |cx| attr::keyed_pop(cx, &dict.dict, Some(&own)))?;
        match (found, values.next()) {
            (Some((_, member)), _) => wrap_member(interp, &member),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(interp.key_error(&key)),
        }
    }),
    ("popitem", "", |interp, dict, _| {
        match lend::with_cx(interp, |cx| attr::keyed_pop(cx, &dict.dict, None))? {
            Some((key, member)) => {
                let key = convert::to_python(interp, &key)?;
                Ok(Value::tuple(vec![key, wrap_member(interp, &member)?]))
            }
            None => Err(interp.key_error(&Value::from("popitem(): dictionary is empty"))),
        }
    }),
    ("setdefault", "key, default=", |interp, dict, values| {
        let mut values = values.into_iter();
        let key = values.next().unwrap_or(Value::None);
        if let Some(member) = dict.find(interp, &key)? {
            return wrap_member(interp, &member);
        }
        let value = values.next().unwrap_or(Value::None);
        dict.put(interp, &key, &value)?;
        Ok(value)
    }),
    ("get", "key, default=", |interp, dict, values| {
        let mut values = values.into_iter();
        let key = values.next().unwrap_or(Value::None);
        match dict.find(interp, &key)? {
            Some(member) => wrap_member(interp, &member),
            None => Ok(values.next().unwrap_or(Value::None)),
        }
    }),
];

fn receiver<'v>(this: &'v Value, name: &str) -> PyResult<&'v DictObject> {
    define::receiver::<DictObject>(this)
        .ok_or_else(|| Stop::unsupported(format!("a dictionary's {name}() of another object")))
}

fn install(class: &Rc<Class>) {
    for (name, parameters, method) in METHODS {
        let parameters =
            if parameters.is_empty() { "self".to_owned() } else { format!("self, {parameters}") };
        let signature = Signature::new(name, &parameters);
        class.dict.set(
            name,
            Value::native_method(name, move |interp, args| {
                let mut bound = signature.bind(interp, args)?;
                let this = bound.take(0).unwrap_or(Value::None);
                let values = bound.values.into_iter().skip(1).flatten().collect();
                method(interp, receiver(&this, name)?, values)
            }),
        );
    }
    class.dict.set(
        "update",
        Value::native_method("update", |interp, mut args| {
            let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
            let dict = receiver(&this, "update")?;
            let mut items = Vec::new();
            if let Some(other) = args.positional.first() {
                let other = plain_of(interp, other)?.unwrap_or_else(|| other.clone());
                items = match interp.mapping_items(&other)? {
                    Some(items) => items,
                    None => interp.pairs(&other)?,
                };
            }
            items.extend(args.keywords.into_iter().map(|(name, value)| (Value::Str(name), value)));
            for (key, value) in items {
                let known = dict.find(interp, &key)?;
                if known.is_none_or(|known| known != object_of(&value)) {
                    dict.put(interp, &key, &value)?;
                }
            }
            Ok(Value::None)
        }),
    );
    for name in ["keys", "values", "items", "copy", "__reversed__"] {
        class.dict.set(
            name,
            Value::native_method(name, move |interp, mut args| {
                let this = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
                let own = receiver(&this, name)?.plain(interp)?;
                interp.call_method(&own, name, args)
            }),
        );
    }
}
