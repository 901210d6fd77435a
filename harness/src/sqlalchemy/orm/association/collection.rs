//! The collections that an association proxy shows: attributes of a relationship's members, in the shape of its collection.
//!
//! A change is made to the relationship's own collection, or to a member. What reads only is read from an ordinary list,
//! set or dictionary of the attributes as they are at that moment.

use super::{Given, MODULE};
use crate::python::{
    Args, BinaryOp, CompareOp, Dict, Interp, Map, MapSet, Object, PyResult, Set, Stop, Value,
};
use crate::sqlalchemy::orm::instance::object_of;
use backproof_engine::map::Relationship;
use backproof_engine::state::StateId;
use std::any::Any;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// The shape of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Set,
    Dict,
}

/// What `user.keywords` is.
pub(in crate::sqlalchemy::orm) struct ProxyCollection {
    given: Rc<Given>,
    owner: Value,
    along: Rc<Relationship>,
    kind: Kind,
}

type Change = fn(&ProxyCollection, &mut Interp, Args) -> PyResult<Value>;

const OF_LISTS: &[(&str, Change)] = &[
    ("append", |list, interp, args| {
        let [value] = args.exactly(interp, "append")?;
        list.add(interp, value)
    }),
    ("extend", |list, interp, args| {
        let [values] = args.exactly(interp, "extend")?;
        list.add_each(interp, &values)
    }),
    ("insert", |list, interp, args| {
        let [at, value] = args.exactly(interp, "insert")?;
        let made = list.create(interp, vec![value])?;
        list.on_own(interp, "insert", vec![at, made])
    }),
    ("pop", |list, interp, args| {
        let member = list.on_own(interp, "pop", args.positional)?;
        list.given.read(interp, &member)
    }),
    ("remove", |list, interp, args| {
        let [value] = args.exactly(interp, "remove")?;
        for (at, known) in list.values(interp)?.iter().enumerate() {
            if interp.eq(known, &value)? {
                let own = list.own(interp)?;
                interp.del_item(&own, &Value::int(at as i64))?;
                return Ok(Value::None);
            }
        }
        Err(interp.raise("ValueError", "value not in list"))
    }),
    ("clear", |list, interp, args| {
        let [] = args.exactly(interp, "clear")?;
        list.clear(interp)?;
        Ok(Value::None)
    }),
    ("reverse", |_, interp, _| Err(interp.raise("NotImplementedError", ""))),
    ("sort", |_, interp, _| Err(interp.raise("NotImplementedError", ""))),
];

const OF_SETS: &[(&str, Change)] = &[
    ("add", |set, interp, args| {
        let [value] = args.exactly(interp, "add")?;
        set.add(interp, value)
    }),
    ("discard", |set, interp, args| {
        let [value] = args.exactly(interp, "discard")?;
        set.discard(interp, &value)?;
        Ok(Value::None)
    }),
    ("remove", |set, interp, args| {
        let [value] = args.exactly(interp, "remove")?;
        if set.discard(interp, &value)? { Ok(Value::None) } else { Err(interp.key_error(&value)) }
    }),
    ("pop", |set, interp, args| {
        let [] = args.exactly(interp, "pop")?;
        let member = set.on_own(interp, "pop", Vec::new())?;
        set.given.read(interp, &member)
    }),
    ("clear", |set, interp, args| {
        let [] = args.exactly(interp, "clear")?;
        set.clear(interp)?;
        Ok(Value::None)
    }),
    ("update", |set, interp, args| {
        for values in &args.positional {
            set.add_each(interp, values)?;
        }
        Ok(Value::None)
    }),
    ("difference_update", |set, interp, args| {
        for values in &args.positional {
            for value in interp.iterate(values)? {
                set.discard(interp, &value)?;
            }
        }
        Ok(Value::None)
    }),
    ("intersection_update", |set, interp, args| set.become_result(interp, "intersection", args)),
    ("symmetric_difference_update", |set, interp, args| {
        set.become_result(interp, "symmetric_difference", args)
    }),
];

const OF_DICTS: &[(&str, Change)] = &[
    ("get", |dict, interp, args| {
        let [key, default] = args.between(interp, "get", 1)?;
        // A dictionary of a document's class may make what it lacks.
        match dict.get_item(interp, &Value::None, &key.unwrap_or(Value::None)) {
            Err(stop) if interp.stop_is(&stop, "KeyError") => Ok(default.unwrap_or(Value::None)),
            found => found,
        }
    }),
    ("pop", |dict, interp, args| {
        let member = dict.on_own(interp, "pop", args.positional)?;
        dict.given.read(interp, &member)
    }),
    ("popitem", |dict, interp, args| {
        let [] = args.exactly(interp, "popitem")?;
        let pair = dict.on_own(interp, "popitem", Vec::new())?;
        let key = interp.get_item(&pair, &Value::int(0))?;
        let member = interp.get_item(&pair, &Value::int(1))?;
        Ok(Value::tuple(vec![key, dict.given.read(interp, &member)?]))
    }),
    ("setdefault", |dict, interp, args| {
        let mut values = args.positional.into_iter();
        let (key, value) = (values.next().unwrap_or(Value::None), values.next().unwrap_or(Value::None));
        let own = dict.own(interp)?;
        if interp.contains(&own, &key)? {
            let member = interp.get_item(&own, &key)?;
            return dict.given.read(interp, &member);
        }
        dict.put(interp, key, value.clone())?;
        Ok(value)
    }),
    ("clear", |dict, interp, args| {
        let [] = args.exactly(interp, "clear")?;
        dict.clear(interp)?;
        Ok(Value::None)
    }),
    ("update", |dict, interp, args| {
        let added = Value::Dict(Rc::new(Dict::new(Map::new())));
        interp.call_method(&added, "update", args)?;
        dict.put_each(interp, &added)
    }),
];

/// Methods that change nothing: they are those of an ordinary collection.
const READS: &[&str] = &[
    "count",
    "index",
    "copy",
    "union",
    "difference",
    "intersection",
    "symmetric_difference",
    "issubset",
    "issuperset",
    "keys",
    "values",
    "items",
];

impl ProxyCollection {
    pub(super) fn value(given: &Rc<Given>, owner: Value, along: Rc<Relationship>, kind: Kind) -> Value {
        Value::object(ProxyCollection { given: given.clone(), owner, along, kind })
    }

    /// The relationship's own collection.
    /// Whether it is the collection of this object.
    pub(super) fn is_of(&self, instance: &Value) -> bool {
        self.owner.is(instance)
    }

    /// The object that it is of, where nothing else holds what it holds it by.
    pub(super) fn owner_alone(&self) -> Option<StateId> {
        let Value::Instance(owner) = &self.owner else { return None };
        let object = object_of(&self.owner)?;
        (Rc::strong_count(owner) == 1).then(|| object.id())
    }

    fn own(&self, interp: &mut Interp) -> PyResult<Value> {
        interp.get_attr(&self.owner, &self.given.collection)
    }

    fn on_own(&self, interp: &mut Interp, method: &str, args: Vec<Value>) -> PyResult<Value> {
        let own = self.own(interp)?;
        interp.call_method(&own, method, Args::of(args))
    }

    fn create(&self, interp: &mut Interp, args: Vec<Value>) -> PyResult<Value> {
        self.given.create(interp, &self.along, args)
    }

    /// The attribute of each member of a list or set.
    fn values(&self, interp: &mut Interp) -> PyResult<Vec<Value>> {
        let own = self.own(interp)?;
        let members = interp.iterate(&own)?;
        members.iter().map(|member| self.given.read(interp, member)).collect()
    }

    /// The attributes as an ordinary collection.
    fn plain(&self, interp: &mut Interp) -> PyResult<Value> {
        match self.kind {
            Kind::List => self.values(interp).map(Value::list),
            Kind::Set => {
                let set = Rc::new(Set::new(MapSet::new()));
                for value in self.values(interp)? {
                    interp.set_add(&set, value)?;
                }
                Ok(Value::Set(set))
            }
            Kind::Dict => {
                let own = self.own(interp)?;
                let plain = Value::Dict(Rc::new(Dict::new(Map::new())));
                for key in interp.iterate(&own)? {
                    let member = interp.get_item(&own, &key)?;
                    let value = self.given.read(interp, &member)?;
                    interp.set_item(&plain, &key, value)?;
                }
                Ok(plain)
            }
        }
    }

    /// `append()` of a list, `add()` of a set.
    fn add(&self, interp: &mut Interp, value: Value) -> PyResult<Value> {
        if self.kind == Kind::Set {
            for known in self.values(interp)? {
                if interp.eq(&known, &value)? {
                    return Ok(Value::None);
                }
            }
        }
        let made = self.create(interp, vec![value])?;
        let method = if self.kind == Kind::Set { "add" } else { "append" };
        self.on_own(interp, method, vec![made])?;
        Ok(Value::None)
    }

    fn add_each(&self, interp: &mut Interp, values: &Value) -> PyResult<Value> {
        for value in interp.iterate(values)? {
            self.add(interp, value)?;
        }
        Ok(Value::None)
    }

    /// Takes a value out of a set; whether it was there.
    fn discard(&self, interp: &mut Interp, value: &Value) -> PyResult<bool> {
        let own = self.own(interp)?;
        for member in interp.iterate(&own)? {
            let known = self.given.read(interp, &member)?;
            if interp.eq(&known, value)? {
                self.on_own(interp, "discard", vec![member])?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn clear(&self, interp: &mut Interp) -> PyResult<()> {
        if self.kind != Kind::List {
            return self.on_own(interp, "clear", Vec::new()).map(|_| ());
        }
        let own = self.own(interp)?;
        let size = interp.iterate(&own)?.len();
        for at in (0..size).rev() {
            interp.del_item(&own, &Value::int(at as i64))?;
        }
        Ok(())
    }

    /// Becomes what an ordinary set's method makes of it.
    fn become_result(&self, interp: &mut Interp, method: &str, args: Args) -> PyResult<Value> {
        let plain = self.plain(interp)?;
        let wanted = interp.call_method(&plain, method, args)?;
        let gone = interp.binary(BinaryOp::Sub, &plain, &wanted)?;
        let added = interp.binary(BinaryOp::Sub, &wanted, &plain)?;
        for value in interp.iterate(&gone)? {
            self.discard(interp, &value)?;
        }
        self.add_each(interp, &added)
    }

    /// `d[key] = value`: an object that is there gets the value, or else a new one is put there.
    fn put(&self, interp: &mut Interp, key: Value, value: Value) -> PyResult<()> {
        let own = self.own(interp)?;
        if interp.contains(&own, &key)? {
            let member = interp.get_item(&own, &key)?;
            return interp.set_attr(&member, &self.given.attr, value);
        }
        let made = self.create(interp, vec![key.clone(), value])?;
        interp.set_item(&own, &key, made)
    }

    fn put_each(&self, interp: &mut Interp, values: &Value) -> PyResult<Value> {
        for key in interp.iterate(values)? {
            let value = interp.get_item(values, &key)?;
            self.put(interp, key, value)?;
        }
        Ok(Value::None)
    }

    /// `user.keywords = values`.
    pub(super) fn replace(&self, interp: &mut Interp, values: &Value) -> PyResult<()> {
        if self.kind == Kind::List {
            self.clear(interp)?;
            return self.add_each(interp, values).map(|_| ());
        }
        let wanted = if values.is_none() { Vec::new() } else { interp.iterate(values)? };
        let before = self.plain(interp)?;
        if self.kind == Kind::Set {
            for value in &wanted {
                self.add(interp, value.clone())?;
            }
        } else if !values.is_none() {
            self.put_each(interp, values)?;
        }
        for known in interp.iterate(&before)? {
            let mut kept = false;
            for value in &wanted {
                kept |= interp.eq(&known, value)?;
            }
            if kept {
                continue;
            }
            if self.kind == Kind::Set {
                self.discard(interp, &known)?;
            } else {
                let own = self.own(interp)?;
                interp.del_item(&own, &known)?;
            }
        }
        Ok(())
    }

    /// The other side of an operator.
    fn operand(interp: &mut Interp, other: &Value) -> PyResult<Value> {
        match other.downcast::<ProxyCollection>() {
            Some(other) => other.plain(interp),
            None => Ok(other.clone()),
        }
    }
}

impl Object for ProxyCollection {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::List => "_AssociationList",
            Kind::Set => "_AssociationSet",
            Kind::Dict => "_AssociationDict",
        }
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn identity(&self) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        (self.owner.identity(), self.given.id).hash(&mut hasher);
        (hasher.finish() >> 8) | (11 << 58)
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let changes = match self.kind {
            Kind::List => OF_LISTS,
            Kind::Set => OF_SETS,
            Kind::Dict => OF_DICTS,
        };
        let this = this.clone();
        if let Some((name, change)) = changes.iter().find(|(known, _)| *known == name) {
            return Ok(Some(Value::native(*name, move |interp, args| {
                match this.downcast::<ProxyCollection>() {
                    Some(collection) => change(collection, interp, args),
                    None => Err(Stop::unsupported("a method of another collection")),
                }
            })));
        }
        let Some(name) = READS.iter().find(|known| **known == name) else { return Ok(None) };
        Ok(Some(Value::native(*name, move |interp, args| {
            let plain = ProxyCollection::operand(interp, &this)?;
            interp.call_method(&plain, name, args)
        })))
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        let own = self.plain(interp)?;
        let other = ProxyCollection::operand(interp, other)?;
        let (left, right) = if reflected { (&other, &own) } else { (&own, &other) };
        interp.binary(op, left, right).map(Some)
    }

    fn binary_in_place(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let args = Args::of(vec![ProxyCollection::operand(interp, other)?]);
        match (self.kind, op) {
            (Kind::List, BinaryOp::Add) | (Kind::Set, BinaryOp::Or) => {
                self.add_each(interp, &args.positional[0])?;
            }
            (Kind::Set, BinaryOp::Sub) => {
                for value in interp.iterate(&args.positional[0])? {
                    self.discard(interp, &value)?;
                }
            }
            (Kind::Set, BinaryOp::And) => drop(self.become_result(interp, "intersection", args)?),
            (Kind::Set, BinaryOp::Xor) => drop(self.become_result(interp, "symmetric_difference", args)?),
            (Kind::List, BinaryOp::Mul) => {
                return Err(Stop::unsupported("`*=` of an association proxy's list"));
            }
            _ => return Ok(None),
        }
        Ok(Some(this.clone()))
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let own = self.plain(interp)?;
        let other = ProxyCollection::operand(interp, other)?;
        interp.compare(op, &own, &other).map(Some)
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", format!("{} objects are unhashable", self.type_name())))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let plain = self.plain(interp)?;
        interp.repr(&plain)
    }

    fn len(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        let own = self.own(interp)?;
        Ok(Some(interp.iterate(&own)?.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        if self.kind == Kind::Set {
            return Err(interp.raise("TypeError", "'_AssociationSet' object is not subscriptable"));
        }
        let own = self.own(interp)?;
        let found = interp.get_item(&own, key)?;
        if self.kind == Kind::Dict || !matches!(key, Value::Slice(_)) {
            return self.given.read(interp, &found);
        }
        let members = interp.iterate(&found)?;
        let values: PyResult<Vec<Value>> =
            members.iter().map(|member| self.given.read(interp, member)).collect();
        values.map(Value::list)
    }

    fn set_item(&self, interp: &mut Interp, _this: &Value, key: &Value, value: Value) -> PyResult<()> {
        match self.kind {
            Kind::Dict => self.put(interp, key.clone(), value),
            Kind::Set => {
                let message = "'_AssociationSet' object does not support item assignment";
                Err(interp.raise("TypeError", message))
            }
            Kind::List if !matches!(key, Value::Int(_) | Value::Bool(_)) => {
                Err(Stop::unsupported("assigning to a slice of an association proxy's list"))
            }
            Kind::List => {
                let own = self.own(interp)?;
                let member = interp.get_item(&own, key)?;
                interp.set_attr(&member, &self.given.attr, value)
            }
        }
    }

    fn del_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<()> {
        let own = self.own(interp)?;
        interp.del_item(&own, key)
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        if self.kind == Kind::Dict {
            let own = self.own(interp)?;
            return interp.contains(&own, item).map(Some);
        }
        for known in self.values(interp)? {
            if interp.eq(&known, item)? {
                return Ok(Some(true));
            }
        }
        Ok(Some(false))
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        let plain = self.plain(interp)?;
        interp.iter(&plain)
    }
}
