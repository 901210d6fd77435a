//! Mapped classes that are dataclasses: `MappedAsDataclass`, `@registry.mapped_as_dataclass` and what becomes of a class there.
//!
//! Fields and methods are made by the `dataclasses` module, or by what a document gives in its place; here is
//! only what it is told. What the class's attributes are is settled before it runs.

mod arguments;
mod defaults;
mod existing;

use super::annotation::{Hint, MappedObject};
use super::association::is_proxy;
use super::declarative::{maps, registry_of};
use super::registry::{Registry, RegistryObject};
use super::{columns, composite, mapped, relationship, scan, synonym};
use crate::python::{Args, Class, Interp, Map, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{define, errors, lend, warning};
use backproof_engine::map::Key;
use backproof_engine::version::Behaviour;
use backproof_engine::{Category, Warning};
use std::rc::Rc;

pub(crate) use arguments::{FieldArgs, Of};
pub(super) use defaults::{default_of, keep};
pub(super) use existing::{described, properties};

/// What the class says of its dataclass, inherited by those derived from it.
const SETUP: &str = "_sa_apply_dc_transforms";

/// Class keywords, which `dataclass()` takes too but for the last.
const CLASS_ARGUMENTS: &str =
    "init=, repr=, eq=, order=, unsafe_hash=, match_args=, kw_only=, dataclass_callable=";

/// A name of a class body or mixin that is annotated or has arguments for a field, in the order in which they are read.
pub(super) struct Field {
    pub(super) key: Key,
    /// As it stands in the source; only what has one becomes a field.
    pub(super) annotation: Option<Value>,
    pub(super) hint: Option<Hint>,
    pub(super) value: Option<Value>,
    /// Where it was declared.
    pub(super) source: Rc<Class>,
}

/// What a mapping construct was told of its field; `None` where it is none.
pub(super) fn arguments_of(value: &Value) -> Option<&FieldArgs> {
    if let Some(column) = value.downcast::<columns::MappedColumnObject>() {
        return Some(&column.field);
    }
    if let Some(property) = value.downcast::<columns::ExpressionDecl>() {
        return Some(property.field());
    }
    if let Some(relationship) = value.downcast::<relationship::RelationshipDecl>() {
        return Some(relationship.field());
    }
    if let Some(synonym) = value.downcast::<synonym::SynonymDecl>() {
        return Some(synonym.field());
    }
    if let Some(composite) = value.downcast::<composite::CompositeDecl>() {
        return Some(composite.field());
    }
    super::association::field_of(value)
}

/// Keywords that were given, by name.
fn given_keywords(signature: &Signature, values: Vec<Option<Value>>) -> Vec<(Rc<str>, Value)> {
    let names = signature.parameters.iter().map(|parameter| parameter.name.clone());
    names.zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Notes on a class what its dataclass is to be; what is not said stays as the class that it derives from has it.
fn note(interp: &mut Interp, class: &Rc<Class>, given: Vec<(Rc<str>, Value)>) -> PyResult<()> {
    let inherited = setup_of(class).unwrap_or_default();
    let setup = Value::dict(Map::new());
    for (name, value) in inherited.into_iter().chain(given) {
        interp.set_item(&setup, &Value::Str(name), value)?;
    }
    class.dict.set(SETUP, setup);
    Ok(())
}

/// What the class or one that it derives from says of its dataclass.
pub(super) fn setup_of(class: &Rc<Class>) -> Option<Vec<(Rc<str>, Value)>> {
    match class.lookup(SETUP)? {
        Value::Dict(dict) => Some(scan::string_keys(&dict)),
        _ => None,
    }
}

/// The class `MappedAsDataclass`.
pub(super) fn mixin_class(interp: &mut Interp) -> PyResult<Value> {
    let class = interp.native_class("sqlalchemy.orm.decl_api", "MappedAsDataclass", Vec::new())?;
    let own = Rc::downgrade(&class);
    let hook = Value::native_method("__init_subclass__", move |interp, mut args| {
        let Some(Value::Class(made)) = (!args.positional.is_empty()).then(|| args.positional.remove(0))
        else {
            return Err(Stop::unsupported("__init_subclass__() without its class"));
        };
        let Some(own) = own.upgrade() else { return Ok(Value::None) };
        let on_hands = lend::has(interp, Behaviour::DataclassKeywordsHandedOn);
        let parameters =
            if on_hands { format!("*, {CLASS_ARGUMENTS}, **kw") } else { format!("*, {CLASS_ARGUMENTS}") };
        let signature = Signature::new("MappedAsDataclass.__init_subclass__", &parameters);
        let bound = signature.bind(interp, args)?;
        let given = given_keywords(&signature, bound.values);
        note(interp, &made, given)?;
        hand_on(interp, &made, &own, bound.varkw)?;
        if maps(interp, &made)? { Ok(()) } else { apply_unmapped(interp, &made) }?;
        Ok(Value::None)
    });
    class.dict.set("__init_subclass__", Value::ClassMethod(Rc::new(hook)));
    Ok(Value::Class(class))
}

/// Calls the next `__init_subclass__()` after the mixin's.
fn hand_on(
    interp: &mut Interp,
    class: &Rc<Class>,
    own: &Rc<Class>,
    keywords: Vec<(Rc<str>, Value)>,
) -> PyResult<()> {
    let mut after = class.ancestors.iter().skip_while(|base| base.identity() != own.identity()).skip(1);
    let next = after.find_map(|base| {
        let found = base.dict.get("__init_subclass__")?;
        (&*base.name() != "object").then_some(found)
    });
    if let Some(method) = next {
        let method = match method {
            Value::ClassMethod(inner) => (*inner).clone(),
            other => other,
        };
        let args = Args { positional: vec![Value::Class(class.clone())], keywords };
        return interp.call(&method, args).map(drop);
    }
    if keywords.is_empty() {
        return Ok(());
    }
    // Nobody takes them, which is found out when the class is mapped.
    if maps(interp, class)?
        && let Some(registry) = registry_of(class)
    {
        scan::map_class(interp, class, &registry)?;
    }
    let message = format!("{}.__init_subclass__() takes no keyword arguments", class.name());
    Err(interp.raise("TypeError", message))
}

/// Makes a dataclass of a class that is not mapped itself: a base, a mixin.
pub(super) fn apply_unmapped(interp: &mut Interp, class: &Rc<Class>) -> PyResult<()> {
    match setup_of(class) {
        Some(setup) if lend::has(interp, Behaviour::DataclassMixinsMade) => unmapped(interp, class, setup),
        _ => Ok(()),
    }
}

fn unmapped(interp: &mut Interp, class: &Rc<Class>, setup: Vec<(Rc<str>, Value)>) -> PyResult<()> {
    let reads = lend::has(interp, Behaviour::DataclassMixinFieldsRead);
    let mut annotations = Vec::new();
    let mut declared = Vec::new();
    for (key, annotation) in scan::annotations(interp, class)? {
        if let Some(value) = class.dict.get(&key)
            && reads
            && let Some(arguments) = arguments_of(&value)
        {
            let field = arguments.plain_field(interp, &key)?;
            class.dict.set(&key, field);
            declared.push((key.clone(), value));
        }
        annotations.push((key, if reads { annotation } else { bare(&annotation) }));
    }
    run(interp, class, setup, annotations)?;
    for (key, value) in declared {
        class.dict.set(&key, value);
    }
    Ok(())
}

/// What stands inside `Mapped[…]`.
fn bare(annotation: &Value) -> Value {
    match (annotation, annotation.downcast::<MappedObject>()) {
        (_, Some(mapped)) => mapped.inner.clone().unwrap_or_else(|| annotation.clone()),
        (Value::Str(text), _) => {
            let inner = text.trim().strip_prefix("Mapped[").and_then(|text| text.strip_suffix(']'));
            inner.map_or_else(|| annotation.clone(), Value::from)
        }
        _ => annotation.clone(),
    }
}

/// Makes a dataclass of a class that is being mapped, where it is to be one; its fields are those of its mixins, too.
pub(super) fn apply(interp: &mut Interp, class: &Rc<Class>, fields: &[Field]) -> PyResult<()> {
    let Some(setup) = setup_of(class) else { return refuse_arguments(interp, class, fields) };
    if class.dict.contains("__dataclass_fields__") {
        let shown = interp.repr(&Value::Class(class.clone()))?;
        let message = format!(
            "Class {shown} is already a dataclass; ensure that base classes / decorator styles of establishing \
             dataclasses are not being mixed. This can happen if a class that inherits from 'MappedAsDataclass', even \
             indirectly, is been mapped with '@registry.mapped_as_dataclass'"
        );
        return Err(super::errors::invalid_request(interp, message));
    }
    refuse_plain_mixins(interp, class, fields)?;
    let wraps = lend::has(interp, Behaviour::DataclassMixinFieldsRead);
    let mut annotations = Vec::new();
    let mut proxies = Vec::new();
    for field in fields {
        let Some(annotation) = &field.annotation else { continue };
        if let Some(value) = &field.value {
            let made = match arguments_of(value) {
                Some(arguments) => arguments.mapped_field(interp, class, field, fields)?,
                None => value.clone(),
            };
            class.dict.set(&field.key, made);
            if is_proxy(value) {
                proxies.push((field.key.clone(), value.clone()));
            }
        }
        let annotation = if wraps { annotation.clone() } else { bare(annotation) };
        annotations.push((field.key.clone(), annotation));
    }
    run(interp, class, setup, annotations)?;
    for (key, proxy) in proxies {
        class.dict.set(&key, proxy);
    }
    Ok(())
}

/// Arguments that speak of a field mean nothing where the class is no dataclass of the library's making.
fn refuse_arguments(interp: &mut Interp, class: &Rc<Class>, fields: &[Field]) -> PyResult<()> {
    let counts_all = lend::has(interp, Behaviour::DataclassArgumentsCounted);
    for field in fields {
        let Some(names) = field.value.as_ref().and_then(arguments_of).and_then(|args| args.named(counts_all))
        else {
            continue;
        };
        let shown = interp.repr(&Value::Class(class.clone()))?;
        let message = format!(
            "Attribute '{}' on class {shown} includes dataclasses argument(s): {names} but class does not specify \
             SQLAlchemy native dataclass configuration.",
            field.key
        );
        return Err(super::errors::argument_error(interp, message));
    }
    Ok(())
}

/// Attributes of classes that are no dataclasses are warned of, and refused later on.
fn refuse_plain_mixins(interp: &mut Interp, class: &Rc<Class>, fields: &[Field]) -> PyResult<()> {
    if !lend::has(interp, Behaviour::DataclassPlainMixinsTold) {
        return Ok(());
    }
    let mut origins: Vec<(Rc<Class>, Vec<String>)> = Vec::new();
    for field in fields.iter().filter(|field| field.annotation.is_some()) {
        let source = &field.source;
        if Rc::ptr_eq(source, class) || source.dict.contains("__dataclass_fields__") {
            continue;
        }
        let shown = format!("'{}'", field.key);
        match origins.iter_mut().find(|(known, _)| Rc::ptr_eq(known, source)) {
            Some((_, keys)) => keys.push(shown),
            None => origins.push((source.clone(), vec![shown])),
        }
    }
    let refused = lend::has(interp, Behaviour::DataclassPlainMixinsRefused);
    for (source, keys) in origins {
        let shown = interp.repr(&Value::Class(class.clone()))?;
        let from = interp.repr(&Value::Class(source))?;
        let keys = keys.join(", ");
        let start = format!(
            "When transforming {shown} to a dataclass, attribute(s) {keys} originates from superclass {from}, which is \
             not a dataclass."
        );
        let advice = "When declaring SQLAlchemy Declarative Dataclasses, ensure that all mixin classes and other \
             superclasses which include attributes are also a subclass of MappedAsDataclass";
        if refused {
            let message = format!("{start}  {advice} or make use of the @unmapped_dataclass decorator.");
            return Err(errors::raise_with_code(interp, "InvalidRequestError", message, "dcmx"));
        }
        let message = format!(
            "{start}  This usage is deprecated and will raise an error in SQLAlchemy 2.1.  {advice}."
        );
        let category = Category::SADeprecationWarning;
        warning::give(interp, &Warning { category, message, code: Some("dcmx") })?;
    }
    Ok(())
}

/// Runs `dataclass()` on a class that has these annotations for as long as it runs.
fn run(
    interp: &mut Interp,
    class: &Rc<Class>,
    mut setup: Vec<(Rc<str>, Value)>,
    annotations: Vec<(Key, Value)>,
) -> PyResult<()> {
    let at = setup.iter().position(|(name, _)| &**name == "dataclass_callable");
    let callable = match at.map(|at| setup.remove(at).1) {
        Some(callable) => callable,
        None => arguments::function(interp, "dataclass")?,
    };
    let mut shown = Map::new();
    for (key, annotation) in annotations {
        shown.set_str(&key, annotation);
    }
    let own = class.dict.get("__annotations__");
    class.dict.set("__annotations__", Value::dict(shown));
    let args = Args { positional: vec![Value::Class(class.clone())], keywords: setup };
    let made = interp.call(&callable, args);
    match own {
        Some(own) => class.dict.set("__annotations__", own),
        None => drop(class.dict.remove("__annotations__")),
    }
    let Err(stop) = made else { return Ok(()) };
    let Stop::Raise(cause) = &stop else { return Err(stop) };
    if !interp.stop_is(&stop, "TypeError") && !interp.stop_is(&stop, "ValueError") {
        return Err(stop);
    }
    let reason = interp.repr(cause)?;
    let message = format!(
        "Python dataclasses error encountered when creating dataclass for '{}': {reason}. Please refer to Python \
         dataclasses documentation for additional information.",
        class.name()
    );
    let raised = errors::raise_with_code(interp, "InvalidRequestError", message, "dcte");
    Err(match raised {
        Stop::Raise(exception) => interp.raise_from(exception, Some(cause.clone())),
        other => other,
    })
}

/// Maps a class as a dataclass of this registry.
fn map(
    interp: &mut Interp,
    registry: &Rc<Registry>,
    class: &Value,
    given: Vec<(Rc<str>, Value)>,
) -> PyResult<Value> {
    let Value::Class(made) = class else {
        return Err(Stop::unsupported("mapping what is no class as a dataclass"));
    };
    if mapped::mapper_of(made).is_some() {
        return Err(Stop::unsupported("mapped_as_dataclass() of a class that is mapped already"));
    }
    note(interp, made, given)?;
    super::declarative::attach_dataclass(made, registry);
    scan::map_class(interp, made, registry)?;
    super::declarative::construct_alone(made);
    Ok(class.clone())
}

/// `registry.mapped_as_dataclass`, with or without arguments.
pub(super) fn of_registry(registry: &Rc<Registry>) -> Value {
    let registry = registry.clone();
    Value::native("mapped_as_dataclass", move |interp, args| {
        let parameters = format!("cls=, /, *, {CLASS_ARGUMENTS}");
        let signature = Signature::new("registry.mapped_as_dataclass", &parameters);
        let mut bound = signature.bind(interp, args)?;
        let class = define::given(&mut bound, 0);
        let given = given_keywords(&signature, bound.values);
        match class {
            Some(class) => map(interp, &registry, &class, given),
            None => Ok(decorator(registry.clone(), given)),
        }
    })
}

fn decorator(registry: Rc<Registry>, given: Vec<(Rc<str>, Value)>) -> Value {
    Value::native("decorate", move |interp, args| {
        let [class] = args.exactly(interp, "decorate")?;
        map(interp, &registry, &class, given.clone())
    })
}

/// `mapped_as_dataclass(registry, …)`.
pub(super) fn mapped_as_dataclass(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = format!("registry, /, *, {CLASS_ARGUMENTS}");
    let signature = Signature::new("mapped_as_dataclass", &parameters);
    let mut bound = signature.bind(interp, args)?;
    let given = bound.take(0).unwrap_or(Value::None);
    let registry = match &given {
        Value::Class(class) => registry_of(class),
        other => other.downcast::<RegistryObject>().map(|registry| registry.0.clone()),
    };
    let Some(registry) = registry else {
        return Err(Stop::unsupported("mapped_as_dataclass() without a registry"));
    };
    Ok(decorator(registry, given_keywords(&signature, bound.values)))
}

/// `unmapped_dataclass`, with or without arguments.
pub(super) fn unmapped_dataclass(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = format!("cls=, /, *, {CLASS_ARGUMENTS}");
    let signature = Signature::new("unmapped_dataclass", &parameters);
    let mut bound = signature.bind(interp, args)?;
    let class = define::given(&mut bound, 0);
    let given = given_keywords(&signature, bound.values);
    let make = move |interp: &mut Interp, class: Value| match &class {
        Value::Class(made) => unmapped(interp, made, given.clone()).map(|()| class),
        _ => Err(Stop::unsupported("unmapped_dataclass() of what is no class")),
    };
    match class {
        Some(class) => make(interp, class),
        None => Ok(Value::native("decorate", move |interp, args| {
            let [class] = args.exactly(interp, "decorate")?;
            make(interp, class)
        })),
    }
}
