//! `aliased(User)`: a mapped class under another name in SQL.

use super::attribute::AttributeObject;
use super::{hybrid, mapped};
use crate::python::{Args, Class, Interp, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::load::{self, Aliasing};
use backproof_engine::map::Mapped;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// An alias of a mapped class.
pub(crate) struct AliasedObject {
    pub(crate) mapped: Mapped,
    class: Rc<Class>,
}

impl AliasedObject {
    pub(crate) fn value(mapped: Mapped, class: Rc<Class>) -> Value {
        Value::object(AliasedObject { mapped, class })
    }
}

impl Object for AliasedObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "AliasedClass"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.util"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        let found = lend::read(interp, |orm| {
            orm.mappers.get(self.mapped.mapper).properties.get_key_value(name).map(|(key, _)| key.clone())
        })?;
        if let Some(key) = found {
            let owner = if lend::has(interp, Behaviour::AliasShownAsCall) {
                format!("aliased({})", self.class.name())
            } else {
                format!("AliasedClass_{}", self.class.name())
            };
            return Ok(Some(AttributeObject::of_alias(owner.into(), self.mapped, key)));
        }
        if name == "__name__" {
            return Ok(Some(Value::from(self.class.name())));
        }
        let Some(value) = self.class.lookup(name) else { return Ok(None) };
        match value.downcast::<hybrid::HybridObject>() {
            Some(hybrid) => hybrid.on_class(interp, this).map(Some),
            None => Err(Stop::unsupported(format!("the attribute `{name}` of an aliased class"))),
        }
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let address = interp.address_of(this.identity());
        Ok(format!("<AliasedClass at {address}; {}>", self.class.name()))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("aliased({})", self.class.name()))
    }
}

/// `aliased(element, name=…)`.
pub(crate) fn aliased(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature = Signature::new("aliased", "element, alias=, name=, flat=, adapt_on_names=");
    let mut bound = signature.bind(interp, args)?;
    let element = bound.take(0).unwrap_or(Value::None);
    if bound.take(1).is_some_and(|alias| !alias.is_none()) {
        return Err(Stop::unsupported("aliased() of a selectable"));
    }
    let name = bound.take(2).and_then(|name| name.as_str().cloned());
    let is_flat = match bound.take(3) {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let aliasing = if is_flat { Aliasing::Flat } else { Aliasing::Whole };
    let Some(mapped) = mapped::mapped_of(&element) else {
        return Err(Stop::unsupported("aliased() of something that is no mapped class"));
    };
    mapped::configure_for(interp, mapped.mapper)?;
    let class = mapped::class_of_mapper(interp, mapped.mapper)?;
    let alias = lend::with_cx(interp, |cx| Ok(load::alias_as(cx, mapped.mapper, name.as_deref(), aliasing)))?;
    Ok(AliasedObject::value(alias, class))
}
