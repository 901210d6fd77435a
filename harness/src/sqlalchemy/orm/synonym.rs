//! `synonym()`: another name for a mapped attribute.

use super::dataclass::{FieldArgs, Of};
use crate::python::{Args, Interp, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::define;
use backproof_engine::map::{Key, PropertySpec, Synonym};
use std::any::Any;
use std::rc::Rc;

/// `synonym(…)` as it was declared.
pub(crate) struct SynonymDecl {
    target: Key,
    descriptor: Option<Value>,
    field: FieldArgs,
}

/// What instances have in place of a synonym's target, as the engine carries it.
pub(super) struct OnInstances(pub(super) Value);

/// The attribute that a `synonym()` stands for.
pub(super) fn target_of(value: &Value) -> Option<Key> {
    value.downcast::<SynonymDecl>().map(|synonym| synonym.target.clone())
}

impl SynonymDecl {
    pub(super) fn field(&self) -> &FieldArgs {
        &self.field
    }

    pub(super) fn spec(&self) -> PropertySpec {
        let host = self.descriptor.clone().map(|value| Rc::new(OnInstances(value)) as Rc<dyn Any>);
        PropertySpec::Synonym(Synonym { target: self.target.clone(), host })
    }
}

impl Object for SynonymDecl {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Synonym"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.descriptor_props"
    }
}

/// `synonym(name, …)`.
pub(crate) fn synonym(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let field = FieldArgs::take(interp, &mut args, Of::Synonym)?;
    let parameters =
        "name, map_column=, descriptor=, comparator_factory=, doc=, info=, *, dataclass_metadata=";
    let mut bound = Signature::new("synonym", parameters).bind(interp, args)?;
    let Some(target) = bound.take(0).and_then(|name| name.as_str().cloned()) else {
        return Err(Stop::unsupported("synonym() of something that is no name"));
    };
    if define::flag(interp, &mut bound, 1, false)? {
        return Err(Stop::unsupported("synonym() with `map_column`"));
    }
    let descriptor = define::given(&mut bound, 2).filter(|value| !value.is_none());
    if define::given(&mut bound, 3).is_some_and(|value| !value.is_none()) {
        return Err(Stop::unsupported("synonym() with `comparator_factory`"));
    }
    Ok(Value::object(SynonymDecl { target, descriptor, field }))
}

/// `synonym_for(name)`: a decorator of what instances have.
pub(crate) fn synonym_for(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("synonym_for", "name, map_column=").bind(interp, args)?;
    let Some(target) = bound.take(0).and_then(|name| name.as_str().cloned()) else {
        return Err(Stop::unsupported("synonym_for() of something that is no name"));
    };
    if define::flag(interp, &mut bound, 1, false)? {
        return Err(Stop::unsupported("synonym_for() with `map_column`"));
    }
    Ok(Value::native("synonym_for", move |interp, args| {
        let [descriptor] = args.exactly(interp, "decorate")?;
        let field = FieldArgs::default();
        Ok(Value::object(SynonymDecl { target: target.clone(), descriptor: Some(descriptor), field }))
    }))
}
