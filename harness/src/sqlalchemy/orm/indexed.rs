//! `sqlalchemy.ext.indexable`: an attribute that is an item of another attribute's value.
//!
//! On instances it reads and writes the item, and the whole value counts as changed; on the class it is the column's item. It is a
//! hybrid in both.

use super::hybrid::HybridObject;
use super::instance::object_of;
use crate::python::{Args, Interp, Module, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr;
use std::rc::Rc;

const MODULE: &str = "sqlalchemy.ext.indexable";

/// What `index_property()` was given.
struct Given {
    attribute: Rc<str>,
    index: Value,
    default: Option<Value>,
    /// What makes a value where there is none.
    datatype: Value,
    /// Places are counted from one in SQL.
    from_one: bool,
}

impl Given {
    fn missing(&self, interp: &mut Interp) -> PyResult<Value> {
        match &self.default {
            Some(default) => Ok(default.clone()),
            None => Err(interp.raise("AttributeError", &*self.attribute)),
        }
    }

    fn read(&self, interp: &mut Interp, instance: &Value) -> PyResult<Value> {
        let held = interp.get_attr(instance, &self.attribute)?;
        if held.is_none() {
            return self.missing(interp);
        }
        match interp.get_item(&held, &self.index) {
            Err(stop) if is_absence(interp, &stop) => self.missing(interp),
            found => found,
        }
    }

    /// The value is set anew, and counts as changed.
    fn changed(&self, interp: &mut Interp, instance: &Value, held: Value) -> PyResult<()> {
        interp.set_attr(instance, &self.attribute, held)?;
        let Some(object) = object_of(instance) else { return Ok(()) };
        lend::with_cx(interp, |cx| {
            let mapper = cx.orm.states.get(object.id()).mapper;
            if cx.orm.mappers.get(mapper).properties.contains_key(&self.attribute) {
                return attr::flag_modified(cx, object.id(), &self.attribute);
            }
            Ok(())
        })
    }

    fn write(&self, interp: &mut Interp, instance: &Value, value: Value) -> PyResult<()> {
        let mut held = interp.get_attr_opt(instance, &self.attribute)?.unwrap_or(Value::None);
        if held.is_none() {
            held = interp.call(&self.datatype, Args::none())?;
            interp.set_attr(instance, &self.attribute, held.clone())?;
        }
        interp.set_item(&held, &self.index, value)?;
        self.changed(interp, instance, held)
    }

    fn delete(&self, interp: &mut Interp, instance: &Value) -> PyResult<()> {
        let held = interp.get_attr(instance, &self.attribute)?;
        if held.is_none() {
            return Err(interp.raise("AttributeError", &*self.attribute));
        }
        match interp.del_item(&held, &self.index) {
            Err(stop) if interp.stop_is(&stop, "KeyError") => {
                Err(interp.raise("AttributeError", &*self.attribute))
            }
            Err(stop) => Err(stop),
            Ok(()) => self.changed(interp, instance, held),
        }
    }

    fn expression(&self, interp: &mut Interp, model: &Value) -> PyResult<Value> {
        let column = interp.get_attr(model, &self.attribute)?;
        let index = if self.from_one {
            let place = interp.index(&self.index)?;
            Value::int(place.saturating_add(1))
        } else {
            self.index.clone()
        };
        interp.get_item(&column, &index)
    }
}

fn is_absence(interp: &mut Interp, stop: &Stop) -> bool {
    interp.stop_is(stop, "KeyError") || interp.stop_is(stop, "IndexError")
}

/// `index_property(…)`.
fn make(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = "self, attr_name, index, default=, datatype=, mutable=, onebased=";
    let mut bound =
        Signature::new("index_property.__init__", parameters).bind(interp, args.prepend(Value::None))?;
    let (attribute, index) = (bound.take(1), bound.take(2).unwrap_or(Value::None));
    let Some(attribute) = attribute.and_then(|name| name.as_str().cloned()) else {
        return Err(Stop::unsupported("index_property() of something that is no name"));
    };
    let default = bound.take(3);
    let numbered = matches!(index, Value::Int(_));
    let datatype = match bound.take(4).filter(|datatype| !datatype.is_none()) {
        Some(datatype) => datatype,
        None if numbered => {
            let length = usize::try_from(interp.index(&index)?).unwrap_or(0).saturating_add(1);
            Value::native("datatype", move |interp: &mut Interp, _| {
                interp.charge_bytes(length.saturating_mul(16))?;
                Ok(Value::list(vec![Value::None; length]))
            })
        }
        None => Value::Class(interp.builtin_class("dict")),
    };
    let mutable = bound.take(5).map_or(Ok(true), |mutable| interp.truth(&mutable))?;
    let from_one = numbered && bound.take(6).map_or(Ok(true), |from_one| interp.truth(&from_one))?;
    let given = Rc::new(Given { attribute, index, default, datatype, from_one });
    let own = given.clone();
    let get = Value::native("fget", move |interp: &mut Interp, args: Args| {
        let [instance] = args.exactly(interp, "fget")?;
        own.read(interp, &instance)
    });
    let own = given.clone();
    let set = Value::native("fset", move |interp: &mut Interp, args: Args| {
        let [instance, value] = args.exactly(interp, "fset")?;
        own.write(interp, &instance, value).map(|()| Value::None)
    });
    let own = given.clone();
    let delete = Value::native("fdel", move |interp: &mut Interp, args: Args| {
        let [instance] = args.exactly(interp, "fdel")?;
        own.delete(interp, &instance).map(|()| Value::None)
    });
    let expression = Value::native("expr", move |interp: &mut Interp, args: Args| {
        let [model] = args.exactly(interp, "expr")?;
        given.expression(interp, &model)
    });
    let (set, delete) = if mutable { (Some(set), Some(delete)) } else { (None, None) };
    Ok(HybridObject::of(get, set, delete, expression))
}

/// Adds what the module shows.
pub(super) fn install(interp: &mut Interp, module: &Module) {
    let class = interp.foreign_class(MODULE, "index_property");
    let own = class.identity();
    let build = move |interp: &mut Interp, mut args: Args| {
        let asked = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
        match asked.as_class() {
            Some(asked) if asked.identity() != own => {
                Err(Stop::unsupported("a class derived from `index_property`"))
            }
            _ => make(interp, args),
        }
    };
    *class.construct.borrow_mut() = Some(Rc::new(build));
    module.dict.set("index_property", Value::Class(class));
}
