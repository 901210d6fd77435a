//! What is declared elsewhere than in a class's body: in the fields of a dataclass that a document made itself, under
//! `__sa_dataclass_metadata_key__`, and among the mapper's arguments.

use crate::python::{Args, Class, Interp, PyResult, Value};
use backproof_engine::map::Key;
use std::rc::Rc;

/// What a field's metadata says of it.
pub(in crate::sqlalchemy::orm) struct Told {
    value: Value,
    /// Whether it is made anew for each class.
    pub(in crate::sqlalchemy::orm) is_callable: bool,
}

impl Told {
    pub(in crate::sqlalchemy::orm) fn evaluate(&self, interp: &mut Interp) -> PyResult<Value> {
        if self.is_callable { interp.call(&self.value, Args::none()) } else { Ok(self.value.clone()) }
    }
}

/// What `__mapper_args__` of a class's own body names as properties.
pub(in crate::sqlalchemy::orm) fn properties(
    interp: &mut Interp,
    class: &Rc<Class>,
) -> PyResult<Vec<(Key, Told)>> {
    let Some(arguments @ Value::Dict(_)) = class.dict.get("__mapper_args__") else { return Ok(Vec::new()) };
    let given = interp.mapping_items(&arguments)?.unwrap_or_default();
    let given = given.into_iter().find(|(name, _)| name.as_str().is_some_and(|name| &**name == "properties"));
    let Some((_, given)) = given else { return Ok(Vec::new()) };
    let items = interp.mapping_items(&given)?.unwrap_or_default();
    let told = items
        .into_iter()
        .filter_map(|(name, value)| Some((name.as_str()?.clone(), Told { value, is_callable: false })));
    Ok(told.collect())
}

/// The mapped fields of a class's own dataclass.
pub(in crate::sqlalchemy::orm) fn described(
    interp: &mut Interp,
    class: &Rc<Class>,
) -> PyResult<Vec<(Key, Told)>> {
    let (Some(marker), Some(fields)) =
        (class.lookup("__sa_dataclass_metadata_key__"), class.dict.get("__dataclass_fields__"))
    else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (name, field) in interp.mapping_items(&fields)?.unwrap_or_default() {
        let metadata = interp.get_attr(&field, "metadata")?;
        let told = interp.call_method(&metadata, "get", Args::of(vec![marker.clone()]))?;
        if let (Some(name), false) = (name.as_str(), told.is_none()) {
            let is_callable = matches!(told, Value::Function(_) | Value::Native(_));
            found.push((name.clone(), Told { value: told, is_callable }));
        }
    }
    Ok(found)
}
