//! `OrderedDict` and `defaultdict`.

use super::{class, held, like};
use crate::python::args::{Args, Signature};
use crate::python::builtins::{dict_update, method};
use crate::python::interp::Interp;
use crate::python::value::Value;

pub(super) fn install(interp: &mut Interp) {
    ordered(interp);
    default(interp);
}

fn ordered(interp: &mut Interp) {
    let this = class(interp, "OrderedDict");
    method(&this, "__repr__", |interp, args| {
        let [own] = args.exactly(interp, "OrderedDict.__repr__")?;
        let items = held(&own)?.map.borrow().items();
        let name = interp.class_of(&own).name();
        if items.is_empty() {
            return Ok(Value::from(format!("{name}()")));
        }
        let pairs = items.into_iter().map(|(key, entry)| Value::tuple(vec![key, entry])).collect();
        Ok(Value::from(format!("{name}({})", interp.repr(&Value::list(pairs))?)))
    });
    method(&this, "move_to_end", |interp, args| {
        let mut bound = Signature::new("move_to_end", "self, key, last=").bind(interp, args)?;
        let dict = held(&bound.take(0).unwrap_or(Value::None))?;
        let key = bound.take(1).unwrap_or(Value::None);
        let last = match bound.take(2) {
            Some(last) => interp.truth(&last)?,
            None => true,
        };
        let Some(entry) = interp.dict_remove(&dict, &key)? else { return Err(interp.key_error(&key)) };
        if last {
            interp.dict_set(&dict, key, entry)?;
        } else {
            let rest = dict.map.borrow().items();
            interp.charge_bytes(rest.len() * 48)?;
            let old = dict.map.borrow_mut().clear();
            drop(old);
            interp.dict_set(&dict, key, entry)?;
            for (key, entry) in rest {
                interp.dict_set(&dict, key, entry)?;
            }
        }
        Ok(Value::None)
    });
    method(&this, "popitem", |interp, args| {
        let mut bound = Signature::new("popitem", "self, last=").bind(interp, args)?;
        let dict = held(&bound.take(0).unwrap_or(Value::None))?;
        let last = match bound.take(1) {
            Some(last) => interp.truth(&last)?,
            None => true,
        };
        let items = dict.map.borrow().items();
        let picked = if last { items.last() } else { items.first() };
        let Some((key, entry)) = picked.cloned() else {
            let class = interp.builtin_class("KeyError");
            return Err(interp.raise_class(&class, vec![Value::from("dictionary is empty")]));
        };
        interp.dict_remove(&dict, &key)?;
        Ok(Value::tuple(vec![key, entry]))
    });
    method(&this, "__eq__", |interp, args| {
        let [own, other] = args.exactly(interp, "OrderedDict.__eq__")?;
        let this = class(interp, "OrderedDict");
        let left = Value::Dict(held(&own)?);
        let right @ Value::Dict(_) = crate::python::builtins::plain(&other) else {
            return Ok(Value::NotImplemented);
        };
        if !interp.eq(&left, &right)? {
            return Ok(Value::Bool(false));
        }
        if !interp.is_instance(&other, &this) {
            return Ok(Value::Bool(true));
        }
        let (left, right) = (interp.iterate(&left)?, interp.iterate(&right)?);
        interp.eq(&Value::list(left), &Value::list(right)).map(Value::Bool)
    });
    copying(&this);
}

fn default(interp: &mut Interp) {
    let this = class(interp, "defaultdict");
    method(&this, "__init__", |interp, mut args| {
        let own = args.positional.first().cloned().unwrap_or(Value::None);
        let factory = if args.positional.len() > 1 { args.positional.remove(1) } else { Value::None };
        if !factory.is_none() && !interp.is_callable(&factory) {
            return Err(interp.raise("TypeError", "first argument must be callable or None"));
        }
        if let Value::Instance(instance) = &own {
            instance.store.set(interp, "default_factory", factory)?;
        }
        args.positional.remove(0);
        let dict = held(&own)?;
        dict_update(interp, &dict, args, "defaultdict")?;
        Ok(Value::None)
    });
    method(&this, "__missing__", |interp, args| {
        let [own, key] = args.exactly(interp, "defaultdict.__missing__")?;
        let factory = interp.get_attr(&own, "default_factory")?;
        if factory.is_none() {
            return Err(interp.key_error(&key));
        }
        let made = interp.call(&factory, Args::none())?;
        let dict = held(&own)?;
        interp.dict_set(&dict, key, made.clone())?;
        Ok(made)
    });
    method(&this, "__repr__", |interp, args| {
        let [own] = args.exactly(interp, "defaultdict.__repr__")?;
        let factory = interp.get_attr(&own, "default_factory")?;
        let name = interp.class_of(&own).name();
        let (factory, dict) = (interp.repr(&factory)?, Value::Dict(held(&own)?));
        Ok(Value::from(format!("{name}({factory}, {})", interp.repr(&dict)?)))
    });
    copying(&this);
}

/// `copy()` gives the same class, with the same factory.
fn copying(this: &std::rc::Rc<crate::python::class::Class>) {
    method(this, "copy", |interp, args| {
        let [own] = args.exactly(interp, "copy")?;
        let items = held(&own)?.map.borrow().items();
        interp.charge_bytes(items.len() * 48)?;
        let made = like(interp, &own, items)?;
        if let (Value::Instance(from), Value::Instance(to)) = (&own, &made)
            && let Some(factory) = from.store.get(interp, "default_factory")?
        {
            to.store.set(interp, "default_factory", factory)?;
        }
        Ok(made)
    });
}
