//! The `functools` module.

use super::add;
use crate::python::args::{Args, Signature};
use crate::python::builtins::{construct_with, dict_update};
use crate::python::class::Class;
use crate::python::error::PyResult;
use crate::python::function::{BoundMethod, Native};
use crate::python::interp::Interp;
use crate::python::map::Map;
use crate::python::module::Module;
use crate::python::object::{CompareOp, Object};
use crate::python::value::{Dict, Value, fresh_identity};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(super) fn install(interp: &mut Interp) {
    let partial = interp.foreign_class("functools", "partial");
    construct_with(&partial, |interp, _, mut args| {
        if args.positional.is_empty() {
            return Err(interp.raise("TypeError", "type 'partial' takes at least one argument"));
        }
        let function = args.positional.remove(0);
        if !interp.is_callable(&function) {
            return Err(interp.raise("TypeError", "the first argument must be callable"));
        }
        Ok(match function.downcast::<Partial>() {
            Some(inner) => {
                let mut all = inner.args.clone();
                all.positional.extend(args.positional);
                for (name, value) in args.keywords {
                    all.take_keyword(&name);
                    all.keywords.push((name, value));
                }
                Value::object(Partial { function: inner.function.clone(), args: all })
            }
            None => Value::object(Partial { function, args }),
        })
    });
    let cached = interp.foreign_class("functools", "cached_property");
    construct_with(&cached, |interp, _, args| {
        let [function] = args.exactly(interp, "cached_property")?;
        Ok(Value::object(CachedProperty { function, name: RefCell::new(None) }))
    });
    interp.register_module("functools", |interp| {
        let module = Module::new("functools");
        for name in ["partial", "cached_property"] {
            module.dict.set(name, Value::Class(interp.foreign_class("functools", name)));
        }
        let names = |names: &[&str]| Value::tuple(names.iter().map(|name| Value::from(*name)).collect());
        let assigned = ["__module__", "__name__", "__qualname__", "__doc__", "__annotations__"];
        module.dict.set("WRAPPER_ASSIGNMENTS", names(&assigned));
        module.dict.set("WRAPPER_UPDATES", names(&["__dict__"]));
        functions(&module);
        Ok(Rc::new(module))
    });
}

fn functions(module: &Module) {
    add(module, "reduce", |interp, args| {
        let [function, items, initial] = args.between(interp, "reduce", 2)?;
        let function = function.unwrap_or(Value::None);
        let iterator = interp.iter(&items.unwrap_or(Value::None))?;
        let mut total = match initial {
            Some(initial) => initial,
            None => match interp.next(&iterator)? {
                Some(first) => first,
                None => {
                    let message = "reduce() of empty iterable with no initial value";
                    return Err(interp.raise("TypeError", message));
                }
            },
        };
        while let Some(item) = interp.next(&iterator)? {
            total = interp.call(&function, Args::of(vec![total, item]))?;
        }
        Ok(total)
    });
    add(module, "wraps", |interp, args| {
        let mut bound = Signature::new("wraps", "wrapped, assigned=, updated=").bind(interp, args)?;
        let wrapped = bound.take(0).unwrap_or(Value::None);
        Ok(Value::native("wraps", move |interp, args| {
            let [wrapper] = args.exactly(interp, "wraps")?;
            take_over(interp, &wrapper, &wrapped)?;
            Ok(wrapper)
        }))
    });
    add(module, "update_wrapper", |interp, args| {
        let mut bound =
            Signature::new("update_wrapper", "wrapper, wrapped, assigned=, updated=").bind(interp, args)?;
        let wrapper = bound.take(0).unwrap_or(Value::None);
        take_over(interp, &wrapper, &bound.take(1).unwrap_or(Value::None))?;
        Ok(wrapper)
    });
    add(module, "cache", |interp, args| {
        let [function] = args.exactly(interp, "cache")?;
        Ok(Cached::value(function, None))
    });
    add(module, "lru_cache", |interp, args| {
        let mut bound = Signature::new("lru_cache", "maxsize=, typed=").bind(interp, args)?;
        let size = match bound.take(0) {
            Some(Value::None) => None,
            Some(size @ Value::Int(_)) => Some(usize::try_from(interp.index(&size)?).unwrap_or(0)),
            Some(function) => return Ok(Cached::value(function, Some(128))),
            None => Some(128),
        };
        Ok(Value::native("lru_cache", move |interp, args| {
            let [function] = args.exactly(interp, "lru_cache")?;
            Ok(Cached::value(function, size))
        }))
    });
    add(module, "total_ordering", |interp, args| {
        let [class] = args.exactly(interp, "total_ordering")?;
        if let Value::Class(class) = &class {
            total_ordering(interp, class)?;
        }
        Ok(class)
    });
    add(module, "cmp_to_key", |interp, args| {
        let [compare] = args.exactly(interp, "cmp_to_key")?;
        Ok(Value::native("cmp_to_key", move |interp, args| {
            let [value] = args.exactly(interp, "K")?;
            Ok(Value::object(CompareKey { compare: compare.clone(), value }))
        }))
    });
}

/// Gives a wrapper the names and attributes of what it wraps.
fn take_over(interp: &mut Interp, wrapper: &Value, wrapped: &Value) -> PyResult<()> {
    for name in ["__module__", "__name__", "__qualname__", "__doc__"] {
        if let Some(value) = interp.get_attr_opt(wrapped, name)? {
            interp.set_attr(wrapper, name, value)?;
        }
    }
    if let Value::Function(function) = wrapped {
        for (name, value) in function.dict.items() {
            let special =
                matches!(&*name, "__module__" | "__name__" | "__qualname__" | "__doc__" | "__wrapped__");
            if !special && !name.starts_with("__") {
                interp.set_attr(wrapper, &name, value)?;
            }
        }
    }
    interp.set_attr(wrapper, "__wrapped__", wrapped.clone())
}

/// `partial(function, …)`.
struct Partial {
    function: Value,
    args: Args,
}

impl Object for Partial {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "functools.partial"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("functools", "partial")
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "func" => Some(self.function.clone()),
            "args" => Some(Value::tuple(self.args.positional.clone())),
            "keywords" => {
                let dict = Dict::new(Map::new());
                dict_update(interp, &dict, Args { positional: Vec::new(), ..self.args.clone() }, "dict")?;
                Some(Value::Dict(Rc::new(dict)))
            }
            _ => None,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let mut all = self.args.clone();
        all.positional.extend(args.positional);
        for (name, value) in args.keywords {
            all.take_keyword(&name);
            all.keywords.push((name, value));
        }
        interp.call(&self.function, all)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut parts = vec![interp.repr(&self.function)?];
        for value in &self.args.positional {
            parts.push(interp.repr(value)?);
        }
        for (name, value) in &self.args.keywords {
            parts.push(format!("{name}={}", interp.repr(value)?));
        }
        Ok(format!("functools.partial({})", parts.join(", ")))
    }
}

/// A function that remembers what it returned.
struct Cached {
    function: Value,
    size: Option<usize>,
    results: Rc<Dict>,
    hits: Cell<i64>,
    misses: Cell<i64>,
    id: u64,
}

impl Cached {
    fn value(function: Value, size: Option<usize>) -> Value {
        let results = Rc::new(Dict::new(Map::new()));
        let (hits, misses) = (Cell::new(0), Cell::new(0));
        Value::object(Cached { function, size, results, hits, misses, id: fresh_identity() })
    }
}

impl Object for Cached {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "functools._lru_cache_wrapper"
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let this = this.clone();
        Ok(match name {
            "__wrapped__" => Some(self.function.clone()),
            "cache_clear" => Some(Value::native("cache_clear", move |_, _| {
                if let Some(own) = this.downcast::<Cached>() {
                    let old = own.results.map.borrow_mut().clear();
                    drop(old);
                    own.hits.set(0);
                    own.misses.set(0);
                }
                Ok(Value::None)
            })),
            "cache_info" => Some(Value::native("cache_info", |_, _| {
                Err(crate::python::error::Stop::unsupported("cache_info() of a cached function"))
            })),
            "__name__" | "__qualname__" | "__doc__" | "__module__" => {
                interp.get_attr_opt(&self.function, name)?
            }
            _ => None,
        })
    }

    fn callable(&self) -> bool {
        true
    }

    fn call(&self, interp: &mut Interp, _this: &Value, args: Args) -> PyResult<Value> {
        let mut parts = args.positional.clone();
        for (name, value) in &args.keywords {
            parts.push(Value::tuple(vec![Value::Str(name.clone()), value.clone()]));
        }
        let key = Value::tuple(parts);
        if let Some(found) = interp.dict_remove(&self.results, &key)? {
            interp.dict_set(&self.results, key, found.clone())?;
            self.hits.set(self.hits.get() + 1);
            return Ok(found);
        }
        self.misses.set(self.misses.get() + 1);
        let made = interp.call(&self.function, args)?;
        if self.size != Some(0) {
            interp.charge_bytes(64)?;
            let oldest = {
                let map = self.results.map.borrow();
                match self.size {
                    Some(size) if map.len() >= size => map.iter().next().map(|(key, _)| key.clone()),
                    _ => None,
                }
            };
            if let Some(oldest) = oldest {
                interp.dict_remove(&self.results, &oldest)?;
            }
            interp.dict_set(&self.results, key, made.clone())?;
        }
        Ok(made)
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        _interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> PyResult<Value> {
        Ok(match instance {
            Some(instance) => {
                Value::Method(Rc::new(BoundMethod { receiver: instance.clone(), function: this.clone() }))
            }
            None => this.clone(),
        })
    }
}

/// `@cached_property`: computed once, then an ordinary attribute.
struct CachedProperty {
    function: Value,
    name: RefCell<Option<Rc<str>>>,
}

impl Object for CachedProperty {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "functools.cached_property"
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> PyResult<Value> {
        let Some(instance) = instance else { return Ok(this.clone()) };
        let made = interp.call(&self.function, Args::of(vec![instance.clone()]))?;
        let name = self.name.borrow().clone();
        if let Some(name) = name {
            interp.set_attr(instance, &name, made.clone())?;
        }
        Ok(made)
    }

    fn set_name(&self, _interp: &mut Interp, _this: &Value, _owner: &Rc<Class>, name: &str) -> PyResult<()> {
        *self.name.borrow_mut() = Some(name.into());
        Ok(())
    }
}

/// A sort key whose order a function decides.
struct CompareKey {
    compare: Value,
    value: Value,
}

impl Object for CompareKey {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "functools.KeyWrapper"
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let Some(other) = other.downcast::<CompareKey>() else { return Ok(None) };
        let answer = interp.call(&self.compare, Args::of(vec![self.value.clone(), other.value.clone()]))?;
        interp.compare(op, &answer, &Value::int(0)).map(Some)
    }
}

/// Adds the comparisons that a class leaves out, from the one that it has.
fn total_ordering(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    const NAMES: [&str; 4] = ["__lt__", "__gt__", "__le__", "__ge__"];
    let root = NAMES
        .into_iter()
        .find(|name| class.lookup_with_owner(name).is_some_and(|(owner, _)| &*owner.name() != "object"));
    let Some(root) = root else {
        let message = "must define at least one ordering operation: < > <= >=";
        return Err(interp.raise("ValueError", message));
    };
    for name in NAMES {
        if name == root || class.dict.contains(name) {
            continue;
        }
        // From `a < b` and `a == b` the others follow; likewise from each of the other three.
        let body = move |interp: &mut Interp, args: Args| {
            let [left, right] = args.exactly(interp, name)?;
            let holds = match interp.call_special(&left, root, vec![right.clone()])? {
                Some(Value::NotImplemented) | None => return Ok(Value::NotImplemented),
                Some(answer) => interp.truth(&answer)?,
            };
            let equal = interp.eq(&left, &right)?;
            let strict = |name: &str| matches!(name, "__lt__" | "__gt__");
            let same_side = root.as_bytes()[2] == name.as_bytes()[2];
            let answer = match (strict(root), strict(name), same_side) {
                (true, false, true) => holds || equal,
                (true, true, false) => !holds && !equal,
                (false, true, true) => holds && !equal,
                (false, false, false) => !holds || equal,
                (true, false, false) | (false, true, false) => !holds,
                (_, _, true) => holds,
            };
            Ok(Value::Bool(answer))
        };
        class.dict.set(name, Value::Native(Rc::new(Native::method(name, body))));
    }
    Ok(())
}
