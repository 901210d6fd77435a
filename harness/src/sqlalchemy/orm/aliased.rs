//! `aliased(User)`: a mapped class under another name in SQL.

use super::attribute::AttributeObject;
use super::{association, hybrid, mapped};
use crate::python::{Args, Class, Interp, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{lend, selectable};
use backproof_engine::load::{self, Aliasing};
use backproof_engine::map::{Mapped, MapperId};
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
            let mapper = orm.mappers.get(self.mapped.mapper);
            let property = mapper.properties.get_key_value(name).map(|(key, _)| key.clone());
            property.or_else(|| mapper.descriptors.get_key_value(name).map(|(key, _)| key.clone()))
        })?;
        if let Some(key) = found {
            let owner = if lend::has(interp, Behaviour::AliasShownAsCall) {
                format!("aliased({})", self.class.name())
            } else {
                format!("AliasedClass_{}", self.class.name())
            };
            if let Some(made) = mapped::described(interp, owner.as_str().into(), self.mapped, &key)? {
                return Ok(Some(made));
            }
            return Ok(Some(AttributeObject::of_alias(owner.into(), self.mapped, key)));
        }
        if name == "__name__" {
            return Ok(Some(Value::from(self.class.name())));
        }
        for below in polymorphic(interp, self.mapped)? {
            let class = mapped::class_of_mapper(interp, below)?;
            if *class.name() == *name {
                let mapped = Mapped { mapper: below, ..self.mapped };
                return Ok(Some(AliasedObject::value(mapped, class)));
            }
        }
        let Some(value) = self.class.lookup(name) else { return Ok(None) };
        if let Some(method) = value.downcast::<hybrid::HybridMethodObject>() {
            return Ok(Some(method.bound(this.clone(), true)));
        }
        match value.downcast::<hybrid::HybridObject>() {
            Some(hybrid) => hybrid.on_class(interp, &value, this).map(Some),
            None => match association::of_alias(interp, &value, &self.class)? {
                Some(proxy) => Ok(Some(proxy)),
                None => Err(Stop::unsupported(format!("the attribute `{name}` of an aliased class"))),
            },
        }
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        let address = interp.address_of(this.identity());
        Ok(format!("<AliasedClass at {address}; {}>", self.class.name()))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let (is_polymorphic, own) = lend::read(interp, |orm| {
            let index = self.mapped.alias.map_or(usize::MAX, |alias| alias as usize);
            load::alias_of(orm, index).map_or((false, None), |alias| (alias.polymorphic, Some(alias.mapper)))
        })?;
        if !is_polymorphic || own != Some(self.mapped.mapper) {
            return Ok(format!("aliased({})", self.class.name()));
        }
        let mut names = Vec::new();
        for below in polymorphic(interp, self.mapped)? {
            names.push(mapped::class_of_mapper(interp, below)?.name().to_string());
        }
        Ok(format!("with_polymorphic({}, [{}])", self.class.name(), names.join(", ")))
    }
}

/// `aliased(element, name=…)`.
pub(crate) fn aliased(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let signature = Signature::new("aliased", "element, alias=, name=, flat=, adapt_on_names=");
    let mut bound = signature.bind(interp, args)?;
    let element = bound.take(0).unwrap_or(Value::None);
    let of = bound.take(1).filter(|alias| !alias.is_none());
    let name = bound.take(2).and_then(|name| name.as_str().cloned());
    let is_flat = match bound.take(3) {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let by_name = match bound.take(4) {
        Some(value) => interp.truth(&value)?,
        None => false,
    };
    let aliasing = if is_flat { Aliasing::Flat } else { Aliasing::Whole };
    let Some(mapped) = mapped::mapped_of(&element) else {
        if selectable::from_item(&element).is_some() {
            // Something that is not mapped has a plain alias.
            let method = interp.get_attr(&element, "alias")?;
            return interp.call(&method, Args::of(vec![name.map_or(Value::None, Value::from)]));
        }
        return Err(match super::errors::waiting_class(interp, &element) {
            Some(stop) => stop,
            None => Stop::unsupported("aliased() of something that is no mapped class"),
        });
    };
    if let Some(of) = of {
        mapped::configure_for(interp, mapped.mapper)?;
        let class = mapped::class_of_mapper(interp, mapped.mapper)?;
        let item = selectable::joinable(interp, &of)?;
        let alias = lend::with_cx(interp, |cx| {
            load::alias_of_selectable(cx, mapped.mapper, name.as_deref(), item, by_name)
        })?;
        return Ok(AliasedObject::value(alias, class));
    }
    mapped::configure_for(interp, mapped.mapper)?;
    let class = mapped::class_of_mapper(interp, mapped.mapper)?;
    let alias = lend::with_cx(interp, |cx| Ok(load::alias_as(cx, mapped.mapper, name.as_deref(), aliasing)))?;
    Ok(AliasedObject::value(alias, class))
}

/// The subclasses that an alias selects along with its class.
fn polymorphic(interp: &mut Interp, mapped: Mapped) -> PyResult<Vec<MapperId>> {
    let Some(index) = mapped.alias else { return Ok(Vec::new()) };
    lend::read(interp, |orm| {
        let alias = load::alias_of(orm, index as usize);
        let with = alias.map(|alias| alias.with.clone()).unwrap_or_default();
        with.into_iter().filter(|below| *below != mapped.mapper).collect()
    })
}

/// The subclasses that a list of classes, or `"*"` for all, names.
pub(super) fn subclasses(interp: &mut Interp, value: &Value) -> PyResult<Option<Vec<MapperId>>> {
    if value.as_str().is_some_and(|name| &**name == "*") {
        return Ok(None);
    }
    let values = match value {
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => interp.iterate(value)?,
        one => vec![one.clone()],
    };
    let mut found = Vec::with_capacity(values.len());
    for class in &values {
        found.push(mapped::require_mapper(interp, class)?);
    }
    Ok(Some(found))
}

/// `with_polymorphic(base, classes, …)`.
pub(crate) fn with_polymorphic(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters =
        "base, classes, selectable=, flat=, polymorphic_on=, aliased=, innerjoin=, adapt_on_names=, name=";
    let mut bound = Signature::new("with_polymorphic", parameters).bind(interp, args)?;
    let base = bound.take(0).unwrap_or(Value::None);
    let classes = bound.take(1).unwrap_or(Value::None);
    for (index, name) in [(2, "selectable"), (4, "polymorphic_on"), (7, "adapt_on_names"), (8, "name")] {
        let given = bound.take(index).filter(|value| !matches!(value, Value::None | Value::Bool(false)));
        if given.is_some() {
            return Err(Stop::unsupported(format!("with_polymorphic() with `{name}`")));
        }
    }
    let mut flag = |interp: &mut Interp, index| match bound.take(index) {
        Some(value) => interp.truth(&value),
        None => Ok(false),
    };
    let (is_flat, is_aliased, inner) = (flag(interp, 3)?, flag(interp, 5)?, flag(interp, 6)?);
    let mapper = mapped::require_mapper(interp, &base)?;
    mapped::configure_for(interp, mapper)?;
    let these = subclasses(interp, &classes)?;
    let aliasing = match (is_flat, is_aliased) {
        (true, _) => Aliasing::Flat,
        (false, true) => Aliasing::Whole,
        (false, false) => Aliasing::None,
    };
    let class = mapped::class_of_mapper(interp, mapper)?;
    let alias =
        lend::with_cx(interp, |cx| load::with_polymorphic(cx, mapper, these.as_deref(), aliasing, inner))?;
    Ok(AliasedObject::value(alias, class))
}
