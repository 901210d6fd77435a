//! `association_proxy`: an attribute that goes through a relationship to an attribute of what it leads to.
//!
//! What a class has of a proxy is kept in the class, as the first use makes it; all else looks at the relationship anew. What a collection of such attributes is stands in
//! `collection`, what a query makes of one in `compared`.

mod collection;
mod compared;

use super::attribute::AttributeObject;
use super::dataclass::{FieldArgs, Of};
use super::{instance, mapped, mapper};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Signature, Stop, Value, fresh_identity};
use crate::sqlalchemy::{convert, define, lend};
use backproof_engine::map::{MapperId, Property, Relationship, Shape};
use backproof_engine::state::{Slot, StateId};
use backproof_engine::version::Behaviour;
use collection::{Kind, ProxyCollection};
pub(super) use compared::ProxyInstance;
use std::any::Any;
use std::rc::Rc;

pub(super) const MODULE: &str = "sqlalchemy.ext.associationproxy";

/// What `association_proxy()` was given.
pub(super) struct Given {
    /// The relationship's attribute.
    pub(super) collection: Rc<str>,
    /// The attribute of the objects that it leads to.
    pub(super) attr: Rc<str>,
    creator: Option<Value>,
    creates_on_none: bool,
    deletes_scalars: bool,
    field: FieldArgs,
    id: u64,
}

/// The descriptor that stands in a class.
pub(super) struct ProxyObject {
    pub(super) given: Rc<Given>,
}

/// The relationship that a proxy of this class goes along.
fn relationship(interp: &mut Interp, owner: &Rc<Class>, given: &Given) -> PyResult<Rc<Relationship>> {
    let Some(id) = owner.mro().iter().find_map(mapped::mapper_of) else {
        return Err(Stop::unsupported("an association proxy of a class that is not mapped"));
    };
    relationship_of(interp, id, given)
}

fn relationship_of(interp: &mut Interp, id: MapperId, given: &Given) -> PyResult<Rc<Relationship>> {
    mapped::configure_for(interp, id)?;
    let found = lend::read(interp, |orm| orm.mappers.get(id).properties.get(&given.collection).cloned())?;
    match found {
        Some(Property::Relationship(relationship)) => Ok(relationship),
        Some(Property::Column(_)) => {
            Err(Stop::unsupported("an association proxy along something that is no relationship"))
        }
        None => {
            let mapper = mapper::MapperObject::find(interp, id)?;
            let name = Value::from(given.collection.clone());
            interp.call_method(&mapper, "get_property", Args::of(vec![name]))?;
            Err(Stop::unsupported("an association proxy along something that is no relationship"))
        }
    }
}

/// The class that a relationship leads to.
pub(super) fn target(interp: &mut Interp, relationship: &Relationship) -> PyResult<Value> {
    mapped::class_of_mapper(interp, relationship.resolved().target).map(Value::Class)
}

impl Given {
    /// A new object for what is put into the proxy.
    fn create(&self, interp: &mut Interp, relationship: &Relationship, args: Vec<Value>) -> PyResult<Value> {
        let creator = match &self.creator {
            Some(creator) => creator.clone(),
            None => target(interp, relationship)?,
        };
        interp.call(&creator, Args::of(args))
    }

    /// The attribute of one object, `None` where there is no object.
    fn read(&self, interp: &mut Interp, member: &Value) -> PyResult<Value> {
        if member.is_none() { Ok(Value::None) } else { interp.get_attr(member, &self.attr) }
    }
}

impl ProxyObject {
    /// The collection that an object has of the proxy. The first use loads what it goes along, and leaves it with the object.
    fn of_object(
        &self,
        interp: &mut Interp,
        instance: &Value,
        along: Rc<Relationship>,
        kind: Kind,
    ) -> PyResult<Value> {
        let name = format!("_AssociationProxy_{}_{}", self.given.collection, self.given.id);
        if let Some(Value::Tuple(left)) = interp.get_attr_opt(instance, &name)?
            && let Some(found) = left.get(2)
            && found.downcast::<ProxyCollection>().is_some_and(|proxy| proxy.is_of(instance))
        {
            return Ok(found.clone());
        }
        interp.get_attr(instance, &self.given.collection)?;
        let Some(object) = instance::object_of(instance) else {
            return Ok(ProxyCollection::value(&self.given, instance.clone(), along, kind));
        };
        let owner = instance::wrap(interp, &object)?;
        let made = ProxyCollection::value(&self.given, owner, along, kind);
        let ids = [fresh_identity(), self.given.id].map(|id| Value::int(id.cast_signed()));
        let left = Value::tuple(ids.into_iter().chain([made.clone()]).collect());
        let left = convert::left_with_object(left);
        lend::with_cx(interp, |cx| {
            cx.orm.states.get_mut(object.id()).dict.insert(name.into(), Slot::Value(left));
            Ok(())
        })?;
        Ok(made)
    }

    /// What a class has of the proxy. The first use sets it as an attribute of the class, with all that follows from that.
    fn of_class(&self, interp: &mut Interp, owner: &Rc<Class>, along: &Rc<Relationship>) -> PyResult<Value> {
        let name = format!("_AssociationProxy_{}_{}_inst", self.given.collection, self.given.id);
        if let Some(found) = owner.dict.get(&name) {
            return Ok(found);
        }
        let of = Value::Class(owner.clone());
        let made = ProxyInstance::value(interp, &self.given, of.clone(), along.clone())?;
        interp.set_attr(&of, &name, made.clone())?;
        Ok(made)
    }
}

impl Object for ProxyObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "AssociationProxy"
    }

    fn type_module(&self) -> &'static str {
        MODULE
    }

    fn identity(&self) -> u64 {
        self.given.id
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "target_collection" => Some(Value::from(self.given.collection.clone())),
            "value_attr" => Some(Value::from(self.given.attr.clone())),
            "creator" => Some(self.given.creator.clone().unwrap_or(Value::None)),
            "for_class" => {
                let given = self.given.clone();
                Some(Value::native(name, move |interp, args| match args.positional.first() {
                    Some(Value::Class(class)) => {
                        let relationship = relationship(interp, class, &given)?;
                        let owner = Value::Class(class.clone());
                        ProxyInstance::value(interp, &given, owner, relationship)
                    }
                    _ => Err(Stop::unsupported("for_class() of something that is no class")),
                }))
            }
            "extension_type" => {
                let module = interp.import(MODULE)?;
                module
                    .dict
                    .get("AssociationProxyExtensionType")
                    .and_then(|kind| interp.get_attr_opt(&kind, "ASSOCIATION_PROXY").ok().flatten())
            }
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let collection = interp.repr(&Value::from(self.given.collection.clone()))?;
        let attr = interp.repr(&Value::from(self.given.attr.clone()))?;
        Ok(format!("AssociationProxy({collection}, {attr})"))
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn is_data_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        this: &Value,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        if instance.is_none() && owner.mro().iter().all(|class| mapped::mapper_of(class).is_none()) {
            return Ok(this.clone());
        }
        let along = relationship(interp, owner, &self.given)?;
        let of_class = self.of_class(interp, owner, &along)?;
        let Some(instance) = instance else { return Ok(of_class) };
        if along.resolved().uselist {
            let shape = along.args.maker.as_ref().map_or(along.shape(), |maker| maker.like.get());
            let kind = match shape {
                Shape::List => Kind::List,
                Shape::Set => Kind::Set,
                Shape::Dict => Kind::Dict,
            };
            return self.of_object(interp, instance, along, kind);
        }
        let member = interp.get_attr(instance, &self.given.collection)?;
        self.given.read(interp, &member)
    }

    fn descriptor_set(
        &self,
        interp: &mut Interp,
        _this: &Value,
        instance: &Value,
        value: Value,
    ) -> PyResult<()> {
        let owner = interp.class_of(instance);
        let along = relationship(interp, &owner, &self.given)?;
        self.of_class(interp, &owner, &along)?;
        let given = &self.given;
        if along.resolved().uselist {
            let own = self.descriptor_get(interp, &Value::None, Some(instance), &owner)?;
            let Some(own) = own.downcast::<ProxyCollection>() else { return Ok(()) };
            if value.downcast::<ProxyCollection>().is_some_and(|value| value.identity() == own.identity()) {
                return Ok(());
            }
            return own.replace(interp, &value);
        }
        let member = interp.get_attr(instance, &given.collection)?;
        if member.is_none() {
            if value.is_none() && !given.creates_on_none {
                return Ok(());
            }
            let made = given.create(interp, &along, vec![value])?;
            return interp.set_attr(instance, &given.collection, made);
        }
        let is_none = value.is_none();
        interp.set_attr(&member, &given.attr, value)?;
        if is_none && given.deletes_scalars {
            interp.set_attr(instance, &given.collection, Value::None)?;
        }
        Ok(())
    }

    fn descriptor_delete(&self, interp: &mut Interp, _this: &Value, instance: &Value) -> PyResult<()> {
        let owner = interp.class_of(instance);
        let along = relationship(interp, &owner, &self.given)?;
        self.of_class(interp, &owner, &along)?;
        if along.resolved().uselist {
            return interp.del_attr(instance, &self.given.collection);
        }
        let member = interp.get_attr(instance, &self.given.collection)?;
        interp.del_attr(&member, &self.given.attr)
    }
}

/// Uses the proxies of a class where rows are given by the names of its attributes, as releases do that look at each name of it.
pub(in crate::sqlalchemy) fn read_all(interp: &mut Interp, mapper: MapperId) -> PyResult<()> {
    if !lend::has(interp, Behaviour::ParameterSetsReadProxies) {
        return Ok(());
    }
    let owner = mapped::class_of_mapper(interp, mapper)?;
    let found: Vec<Value> = owner
        .mro()
        .iter()
        .flat_map(|class| class.dict.items())
        .map(|(_, value)| value)
        .filter(is_proxy)
        .collect();
    for value in found {
        let Some(proxy) = value.downcast::<ProxyObject>() else { continue };
        let along = relationship(interp, &owner, &proxy.given)?;
        proxy.of_class(interp, &owner, &along)?;
    }
    Ok(())
}

/// What the proxy is on an alias: the library makes it one of the class, not of the alias.
pub(super) fn of_alias(interp: &mut Interp, value: &Value, class: &Rc<Class>) -> PyResult<Option<Value>> {
    let Some(proxy) = value.downcast::<ProxyObject>() else { return Ok(None) };
    let along = relationship(interp, class, &proxy.given)?;
    ProxyInstance::value(interp, &proxy.given, Value::Class(class.clone()), along).map(Some)
}

/// Whether a value of a class's dict is such a descriptor.
pub(super) fn is_proxy(value: &Value) -> bool {
    value.downcast::<ProxyObject>().is_some()
}

/// The object that a value keeps which a proxy has left with it, where nothing else knows of the value.
pub(in crate::sqlalchemy) fn kept_by(value: &Value) -> Option<StateId> {
    let Value::Tuple(left) = value else { return None };
    let Value::Object(proxy) = left.get(2)? else { return None };
    if Rc::strong_count(left) > 1 || Rc::strong_count(proxy) > 1 {
        return None;
    }
    proxy.as_any().downcast_ref::<ProxyCollection>()?.owner_alone()
}

/// What a proxy says of a dataclass's field.
pub(super) fn field_of(value: &Value) -> Option<&FieldArgs> {
    value.downcast::<ProxyObject>().map(|proxy| &proxy.given.field)
}

/// The attribute that a proxy's relationship is on its class or alias.
fn local(value: &Value) -> PyResult<&AttributeObject> {
    value
        .downcast::<AttributeObject>()
        .ok_or_else(|| Stop::unsupported("an association proxy along something that is no mapped attribute"))
}

/// `association_proxy(…)`.
fn make(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let field = FieldArgs::take(interp, &mut args, Of::Proxy)?;
    let parameters = "target_collection, attr, creator=, getset_factory=, proxy_factory=, proxy_bulk_set=, info=, \
                      cascade_scalar_deletes=, create_on_none_assignment=, dataclass_metadata=";
    let mut bound = Signature::new("association_proxy", parameters).bind(interp, args)?;
    let mut text = |at: usize| bound.take(at).and_then(|value| value.as_str().cloned());
    let (Some(collection), Some(attr)) = (text(0), text(1)) else {
        return Err(Stop::unsupported("association_proxy() of something other than names"));
    };
    let creator = define::given(&mut bound, 2).filter(|creator| !creator.is_none());
    for (at, name) in [(3, "getset_factory"), (4, "proxy_factory"), (5, "proxy_bulk_set")] {
        if define::given(&mut bound, at).is_some_and(|value| !value.is_none()) {
            return Err(Stop::unsupported(format!("association_proxy() with `{name}`")));
        }
    }
    let deletes_scalars = define::flag(interp, &mut bound, 7, false)?;
    let creates_on_none = define::flag(interp, &mut bound, 8, false)?;
    let id = fresh_identity();
    let given = Given { collection, attr, creator, creates_on_none, deletes_scalars, field, id };
    Ok(Value::object(ProxyObject { given: Rc::new(given) }))
}

/// Adds what `sqlalchemy.ext.associationproxy` shows.
pub(crate) fn install(interp: &mut Interp, module: &Module) {
    module.dict.set("association_proxy", Value::native("association_proxy", make));
    let class = interp.foreign_class(MODULE, "AssociationProxy");
    define::construct(&class, make);
    let subscript = Value::native("__class_getitem__", |interp: &mut Interp, _| {
        Ok(Value::Class(interp.foreign_class(MODULE, "AssociationProxy")))
    });
    class.dict.set("__class_getitem__", Value::StaticMethod(Rc::new(subscript)));
    module.dict.set("AssociationProxy", Value::Class(class));
    for name in ["_AssociationList", "_AssociationSet", "_AssociationDict"] {
        module.dict.set(name, Value::Class(interp.foreign_class(MODULE, name)));
    }
}
