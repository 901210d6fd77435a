//! Collections whose class a document wrote: which of its methods put in, take out and iterate, and the engine's
//! view of an instance.
//!
//! Members are kept by the instance alone; the engine mirrors them. `wrap` makes the methods tell of changes.

mod decorators;
mod keyfunc;
mod ordered;
mod wrap;

pub(super) use decorators::collection;
pub(super) use keyfunc::class as keyfunc_class;
pub(super) use ordered::install as install_ordered;

use super::instance::{object_of, wrap as face};
use super::keyed::KeyedBy;
use super::{collection::Face, errors};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value};
use crate::sqlalchemy::lend;
use backproof_engine::attr::{Cause, HostCollection, Initiator};
use backproof_engine::map::{Maker, Shape};
use backproof_engine::state::{Collection, Member, ObjRef};
use backproof_engine::{Cx, Error};
use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::rc::{Rc, Weak};

/// Where an instance keeps the engine's collection that it belongs to.
const ADAPTER: &str = "_sa_adapter";

/// What is known of a class of collections.
#[derive(Debug)]
pub(super) struct Kind {
    appender: Rc<str>,
    remover: Rc<str>,
    iterator: Rc<str>,
    /// Makes members of what is assigned.
    converter: Option<Rc<str>>,
    shape: Shape,
}

/// Keeps a [`Kind`] on its class.
struct KindObject(Rc<Kind>);

impl Object for KindObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "dict"
    }
}

/// The adapter of an instance.
struct AdapterObject {
    list: Weak<Collection>,
}

impl Object for AdapterObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "CollectionAdapter"
    }

    fn type_module(&self) -> &'static str {
        super::collection::MODULE
    }
}

/// What set off a change, as the library's methods pass it on.
pub(super) struct InitiatorObject {
    by: Initiator,
    name: &'static str,
}

impl InitiatorObject {
    pub(super) fn value(by: Initiator, name: &'static str) -> Value {
        Value::object(InitiatorObject { by, name })
    }
}

impl Object for InitiatorObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.name
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.attributes"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "key").then(|| Value::from(self.by.key().clone())))
    }
}

/// The engine's collection that an instance belongs to.
fn list_of(interp: &mut Interp, this: &Value) -> PyResult<Option<Rc<Collection>>> {
    let Value::Instance(instance) = this else { return Ok(None) };
    let adapter = instance.store.clone().get(interp, ADAPTER)?;
    Ok(adapter.as_ref().and_then(Value::downcast::<AdapterObject>).and_then(|adapter| adapter.list.upgrade()))
}

/// The collection that a value is, where it is an object's.
pub(super) fn list_behind(interp: &mut Interp, value: &Value) -> PyResult<Option<Rc<Collection>>> {
    list_of(interp, value)
}

/// What `_sa_initiator` says.
fn cause(value: Option<&Value>) -> Cause {
    match value {
        None | Some(Value::None) => Cause::Own,
        Some(Value::Bool(false)) => Cause::Nothing,
        Some(value) => match value.downcast::<InitiatorObject>() {
            Some(initiator) => Cause::By(initiator.by.clone()),
            None => Cause::Own,
        },
    }
}

fn initiator(cause: Cause) -> Option<Value> {
    match cause {
        Cause::Own => None,
        Cause::Nothing => Some(Value::Bool(false)),
        Cause::By(by) => Some(InitiatorObject::value(by, "AttributeEventToken")),
    }
}

/// An instance of a document's class of collections.
struct Hosted {
    value: Value,
    kind: Rc<Kind>,
}

impl fmt::Debug for Hosted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<hosted {:?}>", self.kind)
    }
}

impl Hosted {
    fn change(&self, cx: &mut Cx<'_>, name: &Rc<str>, item: &ObjRef, cause: Cause) -> Result<(), Error> {
        lend::lend(cx, |interp| {
            let item = face(interp, item)?;
            let mut args = Args::of(vec![item]);
            args.keywords.extend(initiator(cause).map(|initiator| ("_sa_initiator".into(), initiator)));
            interp.call_method(&self.value, name, args).map(drop)
        })
    }
}

impl HostCollection for Hosted {
    fn shape(&self) -> Shape {
        self.kind.shape
    }

    fn adopt(&self, cx: &mut Cx<'_>, collection: &Rc<Collection>) -> Result<(), Error> {
        let adapter = Value::object(AdapterObject { list: Rc::downgrade(collection) });
        lend::lend(cx, |interp| interp.set_attr(&self.value, ADAPTER, adapter))
    }

    fn put(&self, cx: &mut Cx<'_>, item: &ObjRef, cause: Cause) -> Result<(), Error> {
        self.change(cx, &self.kind.appender, item, cause)
    }

    fn take(&self, cx: &mut Cx<'_>, item: &ObjRef, cause: Cause) -> Result<(), Error> {
        self.change(cx, &self.kind.remover, item, cause)
    }

    fn members(&self, cx: &mut Cx<'_>) -> Result<Vec<Member>, Error> {
        lend::lend(cx, |interp| {
            let values = iterated(interp, &self.value, &self.kind)?;
            Ok(values.iter().map(object_of).collect())
        })
    }

    fn looped_over(&self, cx: &mut Cx<'_>) -> Result<Vec<Member>, Error> {
        lend::lend(cx, |interp| Ok(interp.iterate(&self.value)?.iter().map(object_of).collect()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn iterated(interp: &mut Interp, value: &Value, kind: &Kind) -> PyResult<Vec<Value>> {
    if &*kind.iterator == "__iter__" {
        return interp.iterate(value);
    }
    let iterable = interp.call_method(value, &kind.iterator, Args::none())?;
    interp.iterate(&iterable)
}

/// The instance that stands for a collection of a document's class.
pub(super) fn value_of(list: &Collection) -> Option<Value> {
    Some(list.host.as_ref()?.as_any().downcast_ref::<Hosted>()?.value.clone())
}

/// What a value offers to a collection of a document's class: members, where the value is like it.
pub(super) fn assigned(
    interp: &mut Interp,
    value: &Value,
    shape: Option<Shape>,
) -> PyResult<Option<Vec<Value>>> {
    if let Value::Instance(instance) = value
        && let Some(kind) = kind_of(&instance.class())
    {
        let same = shape.is_none_or(|shape| kind.shape == shape);
        return if same { iterated(interp, value, &kind).map(Some) } else { Ok(None) };
    }
    // Its members may have an `__eq__` of their own, which the engine's sets do not take.
    if shape == Some(Shape::Set) {
        let own = matches!(value, Value::Set(_)) || Face::of(value, Shape::Set).is_some();
        return if own { interp.iterate(value).map(Some) } else { Ok(None) };
    }
    super::collection::assigned(interp, shape.unwrap_or(Shape::List), value)
}

/// What a class's converter makes of a value that is assigned; `None` where the class has none.
pub(super) fn converted(interp: &mut Interp, maker: &Maker, value: &Value) -> PyResult<Option<Vec<Value>>> {
    maker.ready.take();
    let host = lend::with_cx(interp, |cx| (maker.make)(cx))?;
    let Some(hosted) = host.as_any().downcast_ref::<Hosted>() else { return Ok(None) };
    let Some(converter) = &hosted.kind.converter else { return Ok(None) };
    if list_of(interp, value)?.is_some() {
        return Err(Stop::unsupported("assigning a collection whose class has a converter"));
    }
    let made = interp.call_method(&hosted.value, converter, Args::of(vec![value.clone()]))?;
    let members = interp.iterate(&made)?;
    *maker.ready.borrow_mut() = Some(Rc::clone(&host));
    Ok(Some(members))
}

fn kind_of(class: &Rc<Class>) -> Option<Rc<Kind>> {
    class.dict.get("_sa_kind")?.downcast::<KindObject>().map(|kind| kind.0.clone())
}

/// How collections of a class are made, or of what a callable gives.
pub(super) fn maker(value: &Value) -> Option<Maker> {
    if !matches!(value, Value::Class(_) | Value::Function(_) | Value::Native(_)) {
        return None;
    }
    let (factory, prepared) = (value.clone(), value.clone());
    let like = Rc::new(Cell::new(Shape::List));
    let settled = like.clone();
    let converts = Rc::new(Cell::new(false));
    let settled_converts = converts.clone();
    Some(Maker {
        prepare: Rc::new(move |cx| {
            lend::lend(cx, |interp| {
                let class = match &prepared {
                    Value::Class(class) => class.clone(),
                    other => {
                        let made = interp.call(other, Args::none())?;
                        interp.class_of(&made)
                    }
                };
                let kind = kind(interp, &class)?;
                settled.set(kind.shape);
                settled_converts.set(kind.converter.is_some());
                Ok(())
            })
        }),
        like,
        converts,
        ready: Rc::default(),
        make: Rc::new(move |cx| {
            lend::lend(cx, |interp| {
                let value = interp.call(&factory, Args::none())?;
                let class = interp.class_of(&value);
                let kind = kind(interp, &class)?;
                Ok(Rc::new(Hosted { value, kind }) as Rc<dyn HostCollection>)
            })
        }),
    })
}

/// Which builtin collection a class is like.
fn emulated(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<Shape>> {
    let shapes = [("list", Shape::List), ("set", Shape::Set), ("dict", Shape::Dict)];
    if let Some(told) = class.lookup("__emulates__") {
        let Value::Class(told) = told else { return Ok(None) };
        for (name, shape) in shapes {
            let builtin = interp.builtin_class(name);
            if told.is_subclass(&builtin) {
                return Ok(Some(shape));
            }
        }
        return Ok(None);
    }
    for (name, shape) in shapes {
        let builtin = interp.builtin_class(name);
        if class.is_subclass(&builtin) {
            return Ok(Some(shape));
        }
    }
    let likes = [("append", Shape::List), ("add", Shape::Set), ("set", Shape::Dict)];
    Ok(likes.into_iter().find(|(name, _)| class.lookup(name).is_some()).map(|(_, shape)| shape))
}

/// The builtin class that a collection's class, or what gives keyed dictionaries, is like.
pub(super) fn builtin_like(interp: &mut Interp, value: &Value) -> PyResult<Option<Value>> {
    let shape = match value {
        Value::Class(class) => emulated(interp, class)?,
        value if value.downcast::<KeyedBy>().is_some() => Some(Shape::Dict),
        _ => None,
    };
    let name = match shape {
        Some(Shape::List) => "list",
        Some(Shape::Set) => "set",
        Some(Shape::Dict) => "dict",
        None => return Ok(None),
    };
    Ok(Some(Value::Class(interp.builtin_class(name))))
}

/// Looks at a class once, and makes its methods tell of changes.
fn kind(interp: &mut Interp, class: &Rc<Class>) -> PyResult<Rc<Kind>> {
    if let Some(kind) = kind_of(class) {
        return Ok(kind);
    }
    if interp.is_builtin(class) {
        return Err(errors::argument_error(
            interp,
            "Can not instrument a built-in type. Use a subclass, even a trivial one.",
        ));
    }
    let shape = emulated(interp, class)?;
    let roles = wrap::instrument(interp, class, shape)?;
    let name = class.name();
    let need = |interp: &mut Interp, role: &Option<Rc<str>>, what: &str| match role {
        Some(found) if class.lookup(found).is_some() => Ok(found.clone()),
        _ => Err(errors::argument_error(
            interp,
            format!("Type {name} must elect {what} method to be a collection class"),
        )),
    };
    let appender = need(interp, &roles.appender, "an appender")?;
    let remover = need(interp, &roles.remover, "a remover")?;
    let iterator = need(interp, &roles.iterator, "an iterator")?;
    let converter = roles.converter;
    let kind = Rc::new(Kind { appender, remover, iterator, converter, shape: shape.unwrap_or(Shape::List) });
    class.dict.set("_sa_kind", Value::object(KindObject(kind.clone())));
    Ok(kind)
}

/// A class that needs more than this gives.
fn beyond(what: &str) -> Stop {
    Stop::unsupported(format!("{what} of a class of collections"))
}
