//! Declarative bases: what makes the classes derived from them mapped ones.

use super::registry::{Registry, RegistryObject, metadata_of};
use super::{attribute::AttributeObject, automap, concrete, dataclass, deferred_reflection, mapped, scan};
use crate::python::{Args, Class, ClassHook, Instance, Interp, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{lend, schema::ColumnObject};
use backproof_engine::attr;
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// What is done with every class derived from one base.
pub(super) struct DeclarativeHook {
    pub(super) registry: Rc<Registry>,
    /// Whether classes derived from this one are mapped as they are made.
    maps_derived: bool,
}

impl ClassHook for DeclarativeHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        _keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        if self.maps_derived
            && !is_abstract(interp, class)?
            && !automap::waits(interp, class, &self.registry)?
            && !deferred_reflection::waits(interp, class, &self.registry)?
            && !concrete::waits(interp, class)?
        {
            scan::map_class(interp, class, &self.registry)?;
            if !own_init(class) {
                class.dict.set("__init__", bare_constructor());
            }
        }
        Ok(())
    }

    fn class_set_attr(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        name: &str,
        value: Value,
    ) -> PyResult<Option<Value>> {
        match mapped::mapper_of(class) {
            Some(mapper) => {
                let left = scan::add_attribute(interp, class, mapper, &self.registry, name, value)?;
                lend::with_cx(interp, |cx| {
                    cx.orm.mappers.forget_compiled(mapper);
                    Ok(())
                })?;
                Ok(left)
            }
            None => Ok(Some(value)),
        }
    }

    fn class_del_attr(&self, _interp: &mut Interp, class: &Rc<Class>, name: &str) -> PyResult<bool> {
        let is_mapped =
            class.dict.get(name).is_some_and(|value| value.downcast::<AttributeObject>().is_some());
        if is_mapped {
            Err(Stop::unsupported("deleting a mapped attribute from its class"))
        } else {
            Ok(false)
        }
    }

    fn wraps_init(&self) -> bool {
        true
    }

    fn init_arguments(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        instance: &Value,
        args: Args,
    ) -> PyResult<Args> {
        crate::sqlalchemy::event::init_arguments(interp, class, instance, args)
    }

    fn init_failed(&self, interp: &mut Interp, instance: &Value) -> PyResult<()> {
        let Some(object) = super::instance::object_of(instance) else { return Ok(()) };
        lend::with_cx(interp, |cx| {
            cx.orm.states.keep_until_collected(object);
            cx.orm.states.keep_blamed();
            Ok(())
        })
    }

    fn new_instance(&self, interp: &mut Interp, class: &Rc<Class>) -> PyResult<Option<Rc<Instance>>> {
        let Some(mapper) = mapped::mapper_of(class) else { return Ok(None) };
        mapped::configure_for(interp, mapper)?;
        concrete::refuse_abstract(interp, mapper)?;
        let object = lend::with_cx(interp, |cx| {
            let object = cx.orm.states.create(mapper);
            attr::set_class_identity(cx, object.id())?;
            Ok(object)
        })?;
        match super::instance::instance(class.clone(), object) {
            Value::Instance(instance) => Ok(Some(instance)),
            _ => Ok(None),
        }
    }
}

fn is_abstract(interp: &mut Interp, class: &Rc<Class>) -> PyResult<bool> {
    let said = class.dict.get("__abstract__");
    said.map_or(Ok(false), |said| interp.truth(&said))
}

/// Whether a class that is being made becomes a base or a mapped class.
pub(super) fn maps(interp: &mut Interp, class: &Rc<Class>) -> PyResult<bool> {
    let Some(hook) = class.find_hook() else { return Ok(false) };
    if let Some(base) = hook.as_any().downcast_ref::<DeclarativeBaseHook>() {
        return Ok(base.is_base(class));
    }
    match hook.as_any().downcast_ref::<DeclarativeHook>() {
        Some(hook) => Ok(hook.maps_derived && !is_abstract(interp, class)?),
        None => Ok(false),
    }
}

/// `has_inherited_table(class)`: whether a class above it has a table.
pub(super) fn has_inherited_table(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let [class] = args.exactly(interp, "has_inherited_table")?;
    let Value::Class(class) = &class else {
        return Err(Stop::unsupported("has_inherited_table() of what is no class"));
    };
    for above in class.mro().iter().skip(1) {
        let table = interp.get_attr_opt(&Value::Class(above.clone()), "__table__")?;
        if table.is_some_and(|table| !table.is_none()) {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// The registry of the base that a class derives from, or its own.
pub(super) fn registry_of(class: &Rc<Class>) -> Option<Rc<Registry>> {
    class.mro().iter().find_map(|class| {
        let hook = class.hook.borrow().clone()?;
        hook.as_any().downcast_ref::<DeclarativeHook>().map(|hook| hook.registry.clone())
    })
}

/// Makes a class, and with it those derived from it, a declarative base.
pub(super) fn attach(class: &Rc<Class>, registry: &Rc<Registry>) {
    *class.hook.borrow_mut() =
        Some(Rc::new(DeclarativeHook { registry: registry.clone(), maps_derived: true }));
}

/// The constructor of a class that has none and is not given the declarative one: it takes nothing.
fn bare_constructor() -> Value {
    let signature = Signature::new("__init__", "self");
    Value::native_method("__init__", move |interp, args| {
        signature.bind(interp, args)?;
        Ok(Value::None)
    })
}

/// Lets a class be mapped that derives from no declarative base, with the constructor of those that do or a bare one.
pub(super) fn attach_alone(class: &Rc<Class>, registry: &Rc<Registry>, constructed: bool) {
    *class.hook.borrow_mut() =
        Some(Rc::new(DeclarativeHook { registry: registry.clone(), maps_derived: false }));
    if !own_init(class) {
        let made = if constructed { default_constructor() } else { bare_constructor() };
        class.dict.set("__init__", made);
    }
}

/// Lets a class be mapped as a dataclass, whose constructor is made with it.
pub(super) fn attach_dataclass(class: &Rc<Class>, registry: &Rc<Registry>) {
    *class.hook.borrow_mut() =
        Some(Rc::new(DeclarativeHook { registry: registry.clone(), maps_derived: false }));
}

/// Gives a class that has no constructor the one of declarative classes.
pub(super) fn construct_alone(class: &Rc<Class>) {
    if !own_init(class) {
        class.dict.set("__init__", default_constructor());
    }
}

/// What `declarative_base()` takes beside its metadata.
#[derive(Default)]
pub(super) struct BaseArgs {
    cls: Option<Value>,
    name: Option<Rc<str>>,
    constructor: Option<Value>,
}

impl BaseArgs {
    /// A base made of this class, under its name.
    pub(super) fn of(class: Value) -> Self {
        let name = class.as_class().map(|class| class.name());
        BaseArgs { cls: Some(class), name, constructor: None }
    }
}

/// The constructor that mapped classes have by default: keywords that are attributes of the class.
pub(super) fn default_constructor() -> Value {
    let signature = Signature::new("__init__", "self, **kwargs");
    Value::native_method("__init__", move |interp, args| {
        let mut bound = signature.bind(interp, args)?;
        let this = bound.take(0).unwrap_or(Value::None);
        let class = interp.class_of(&this);
        for (name, value) in bound.varkw {
            if interp.get_attr_opt(&Value::Class(class.clone()), &name)?.is_none() {
                let message = format!("'{name}' is an invalid keyword argument for {}", class.name());
                return Err(interp.raise("TypeError", message));
            }
            interp.set_attr(&this, &name, value)?;
        }
        Ok(Value::None)
    })
}

/// A new declarative base over a registry.
pub(super) fn make_base(interp: &mut Interp, registry: &Rc<Registry>, args: BaseArgs) -> PyResult<Value> {
    let module = base_module(interp);
    let bases = match args.cls {
        None => Vec::new(),
        Some(Value::Tuple(bases)) => bases.to_vec(),
        Some(base) => vec![base],
    };
    let name = args.name.unwrap_or_else(|| "Base".into());
    let class = interp.make_class(&name, module, bases, Vec::new(), Vec::new())?;
    let meta = metaclass(interp, module, "DeclarativeMeta")?;
    *class.metaclass.borrow_mut() = Some(meta);
    furnish(interp, &class, registry);
    match args.constructor {
        Some(Value::None) => {}
        Some(constructor) => class.dict.set("__init__", constructor),
        None => class.dict.set("__init__", default_constructor()),
    }
    Ok(Value::Class(class))
}

/// The class of declarative classes, made once a world; it only names them.
fn metaclass(interp: &mut Interp, module: &str, name: &'static str) -> PyResult<Rc<Class>> {
    if let Some(class) = lend::shared(interp).classes.get(name) {
        return Ok(class.clone());
    }
    let root = interp.builtin_class("type");
    let class = interp.native_class(module, name, vec![root])?;
    lend::shared(interp).classes.insert(name, class.clone());
    Ok(class)
}

/// `DeclarativeMeta`, for documents that make a base with it and a registry of their own.
pub(super) fn declarative_meta(interp: &mut Interp) -> PyResult<Value> {
    let module = base_module(interp);
    let class = metaclass(interp, module, "DeclarativeMeta")?;
    *class.hook.borrow_mut() = Some(Rc::new(MetaHook));
    Ok(Value::Class(class))
}

fn base_module(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::DeclarativeInOrm) {
        "sqlalchemy.orm.decl_api"
    } else {
        "sqlalchemy.ext.declarative.api"
    }
}

/// What is done with a class that names `DeclarativeMeta` as its metaclass: it is a base over its `registry`.
struct MetaHook;

impl ClassHook for MetaHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        let root = interp.builtin_class("type");
        if class.is_subclass(&root) {
            return Ok(());
        }
        let given = class.lookup("registry");
        let Some(registry) = given.and_then(|value| value.downcast::<RegistryObject>().map(|r| r.0.clone()))
        else {
            return Err(Stop::unsupported("a class by `DeclarativeMeta` without a registry"));
        };
        attach(class, &registry);
        lend::shared(interp).has_base = true;
        let hook = class.find_hook();
        hook.map_or(Ok(()), |hook| hook.class_created(interp, class, keywords))
    }
}

/// Puts on a base what a base has, and hooks into the classes derived from it.
fn furnish(interp: &mut Interp, class: &Rc<Class>, registry: &Rc<Registry>) {
    class.dict.set("metadata", registry.metadata_value());
    if lend::has(interp, Behaviour::DeclarativeInOrm) {
        class.dict.set("registry", RegistryObject::value(registry));
    }
    attach(class, registry);
    lend::shared(interp).has_base = true;
}

/// `declarative_base(…)`.
pub(crate) fn declarative_base(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = if lend::has(interp, Behaviour::DeclarativeBaseKeywordsOnly) {
        "*, metadata=, mapper=, cls=, name=, constructor=, class_registry=, metaclass=, type_annotation_map="
    } else {
        "bind=, metadata=, mapper=, cls=, name=, constructor=, class_registry=, metaclass="
    };
    let signature = Signature::new("declarative_base", parameters);
    let names: Vec<Rc<str>> = signature.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    let mut bound = signature.bind(interp, args)?;
    let mut take = |name: &str| {
        let at = names.iter().position(|known| **known == *name)?;
        bound.take(at)
    };
    for name in ["mapper", "class_registry", "metaclass"] {
        if take(name).is_some_and(|value| !value.is_none()) {
            return Err(Stop::unsupported(format!("declarative_base() with `{name}`")));
        }
    }
    let metadata = take("metadata").filter(|value| !value.is_none());
    let bind = take("bind").filter(|value| !value.is_none());
    let types = take("type_annotation_map").filter(|value| !value.is_none());
    let args = BaseArgs {
        cls: take("cls"),
        name: take("name").and_then(|name| name.as_str().cloned()),
        constructor: take("constructor"),
    };
    let registry = Registry::new(interp, metadata.as_ref().and_then(metadata_of))?;
    if let Some(types) = types {
        registry.set_types(interp, &types)?;
    }
    if let Some(bind) = bind {
        interp.set_attr(&registry.metadata_value(), "bind", bind)?;
    }
    make_base(interp, &registry, args)
}

/// `@as_declarative(…)`: the class below it becomes a declarative base, under its own name.
pub(crate) fn as_declarative(_interp: &mut Interp, args: Args) -> PyResult<Value> {
    Ok(Value::native("decorate", move |interp, given| {
        let [class] = given.exactly(interp, "decorate")?;
        let name = class.as_class().map(|class| class.name());
        let mut args = args.clone();
        args.keywords.push(("cls".into(), class));
        args.keywords.extend(name.map(|name| ("name".into(), Value::from(name))));
        declarative_base(interp, args)
    }))
}

/// `registry(…)`.
pub(crate) fn registry(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters =
        "*, metadata=, class_registry=, type_annotation_map=, constructor=, lazyload_map=, impl=";
    let mut bound = Signature::new("registry.__init__", parameters).bind(interp, args)?;
    let metadata = bound.take(0).filter(|value| !value.is_none());
    let registry = Registry::new(interp, metadata.as_ref().and_then(metadata_of))?;
    if let Some(types) = bound.take(2).filter(|value| !value.is_none()) {
        registry.set_types(interp, &types)?;
    }
    lend::shared(interp).has_base = true;
    Ok(RegistryObject::value(&registry))
}

/// What is done with the classes that derive from `DeclarativeBase`: each direct one is a base.
struct DeclarativeBaseHook {
    root: u64,
}

impl DeclarativeBaseHook {
    /// Whether the class derives from `DeclarativeBase` itself.
    fn is_base(&self, class: &Class) -> bool {
        class.bases.iter().any(|base| base.identity() == self.root)
    }
}

impl ClassHook for DeclarativeBaseHook {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn class_created(
        &self,
        interp: &mut Interp,
        class: &Rc<Class>,
        _keywords: Vec<(Rc<str>, Value)>,
    ) -> PyResult<()> {
        if !self.is_base(class) {
            return Ok(());
        }
        let given = class
            .lookup("registry")
            .and_then(|value| value.downcast::<RegistryObject>().map(|r| r.0.clone()));
        let registry = match given {
            Some(registry) => registry,
            None => {
                let metadata = class.lookup("metadata").as_ref().and_then(metadata_of);
                Registry::new(interp, metadata)?
            }
        };
        if let Some(types) = class.lookup("type_annotation_map") {
            registry.set_types(interp, &types)?;
        }
        furnish(interp, class, &registry);
        if class.lookup("__init__").is_none() || !own_init(class) {
            class.dict.set("__init__", default_constructor());
        }
        dataclass::apply_unmapped(interp, class)
    }
}

/// Whether the class or a mixin of it defines `__init__`; `object`'s own does not count.
fn own_init(class: &Rc<Class>) -> bool {
    class.mro().iter().any(|class| &*class.name() != "object" && class.dict.contains("__init__"))
}

/// The class `DeclarativeBase` of 2.x.
pub(crate) fn declarative_base_class(interp: &mut Interp) -> PyResult<Value> {
    let class = interp.native_class("sqlalchemy.orm.decl_api", "DeclarativeBase", Vec::new())?;
    let meta = metaclass(interp, "sqlalchemy.orm.decl_api", "DeclarativeAttributeIntercept")?;
    *class.metaclass.borrow_mut() = Some(meta);
    *class.hook.borrow_mut() = Some(Rc::new(DeclarativeBaseHook { root: class.identity() }));
    Ok(Value::Class(class))
}

/// The column behind a value that stands in a class body.
pub(super) fn column_of(value: &Value) -> Option<backproof_engine::schema::Column> {
    if let Some(object) = value.downcast::<ColumnObject>() {
        return Some(object.column.clone());
    }
    value.downcast::<super::columns::MappedColumnObject>().map(|object| object.column.clone())
}
