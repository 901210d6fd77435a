//! Execution options of engines and connections: what they set, and the mapping that shows them.

use super::{errors, lend};
use crate::python::{Args, CompareOp, Interp, Map, Object, PyResult, Stop, Value};
use backproof_engine::db::{Isolation, Options};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A dictionary that cannot be changed (`immutabledict`).
pub(super) struct ImmutableDict {
    dict: Value,
}

impl ImmutableDict {
    pub(super) fn value(dict: Value) -> Value {
        Value::object(ImmutableDict { dict })
    }
}

impl Object for ImmutableDict {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "immutabledict"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.util._collections"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "get" | "keys" | "values" | "items" => interp.get_attr(&self.dict, name).map(Some),
            "union" => {
                let dict = self.dict.clone();
                Ok(Some(Value::native("union", move |interp, args| {
                    let all = copied(interp, &dict)?;
                    interp.call_method(&all, "update", args)?;
                    Ok(ImmutableDict::value(all))
                })))
            }
            _ if name.starts_with("__") => Ok(None),
            _ => Err(Stop::unsupported(format!("`{name}` of an immutabledict"))),
        }
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        let other =
            other.downcast::<ImmutableDict>().map_or_else(|| other.clone(), |other| other.dict.clone());
        Ok(match op {
            CompareOp::Eq => Some(Value::Bool(interp.eq(&self.dict, &other)?)),
            CompareOp::Ne => Some(Value::Bool(!interp.eq(&self.dict, &other)?)),
            _ => None,
        })
    }

    fn hash(&self, interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Err(interp.raise("TypeError", "unhashable type: 'immutabledict'"))
    }

    fn len(&self, interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(interp.iterate(&self.dict)?.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        interp.get_item(&self.dict, key)
    }

    fn set_item(&self, _interp: &mut Interp, _this: &Value, _key: &Value, _value: Value) -> PyResult<()> {
        Err(Stop::unsupported("changing an immutabledict"))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        interp.contains(&self.dict, item).map(Some)
    }

    fn iter(&self, interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        interp.iter(&self.dict)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("immutabledict({})", interp.repr(&self.dict)?))
    }
}

/// A dictionary with the items of another.
pub(super) fn copied(interp: &mut Interp, dict: &Value) -> PyResult<Value> {
    let copy = Value::dict(Map::new());
    interp.call_method(&copy, "update", Args::of(vec![dict.clone()]))?;
    Ok(copy)
}

/// What execution options set; the rest are the document's own.
#[derive(Default)]
#[expect(clippy::option_option, reason = "a token that is given as None takes away the one before")]
pub(super) struct Settings {
    pub(super) isolation: Option<Isolation>,
    pub(super) token: Option<Option<Rc<str>>>,
}

impl Settings {
    /// Gives an engine what its connections begin with.
    pub(super) fn apply(self, options: &mut Options) {
        if self.isolation.is_some() {
            options.isolation = self.isolation;
        }
        if let Some(token) = self.token {
            options.token = token;
        }
    }
}

/// Options that change what is executed or how, and are not read here.
const OTHERS: &[&str] = &[
    "autocommit",
    "compiled_cache",
    "insertmanyvalues_page_size",
    "max_row_buffer",
    "no_parameters",
    "preserve_rowcount",
    "schema_translate_map",
    "stream_results",
    "use_insertmanyvalues_wo_returning",
    "yield_per",
];

/// A level by its name.
pub(super) fn isolation(interp: &mut Interp, level: &Value) -> PyResult<Isolation> {
    let Some(name) = level.as_str() else {
        return Err(Stop::unsupported("an isolation level that is no string"));
    };
    let upper = lend::has(interp, Behaviour::IsolationLevelsAnyCase);
    let name = if upper { name.to_uppercase() } else { name.to_string() }.replace('_', " ");
    Ok(match name.as_str() {
        "AUTOCOMMIT" => Isolation::Autocommit,
        "READ UNCOMMITTED" => Isolation::ReadUncommitted,
        "SERIALIZABLE" => Isolation::Serializable,
        _ if upper => {
            let shown = interp.repr(&Value::from(name.as_str()))?;
            let message = format!(
                "Invalid value {shown} for isolation_level. Valid isolation levels for 'sqlite' are READ UNCOMMITTED, \
                 SERIALIZABLE, AUTOCOMMIT"
            );
            return Err(errors::raise_named(interp, "ArgumentError", message));
        }
        _ => return Err(Stop::unsupported("the error of an unknown isolation level before 2.0")),
    })
}

/// Reads options that an engine or a connection is given.
pub(super) fn read(interp: &mut Interp, options: &Value) -> PyResult<Settings> {
    let mut settings = Settings::default();
    for name in interp.iterate(options)? {
        let value = interp.get_item(options, &name)?;
        let Some(name) = name.as_str() else { continue };
        match &**name {
            "isolation_level" => settings.isolation = Some(isolation(interp, &value)?),
            "logging_token" => {
                let token = if value.is_none() { None } else { Some(Rc::from(interp.str(&value)?)) };
                settings.token = Some(token);
            }
            other if OTHERS.contains(&other) => {
                return Err(Stop::unsupported(format!("the execution option `{other}`")));
            }
            _ => {}
        }
    }
    Ok(settings)
}

/// Keywords as a dictionary.
pub(super) fn dict_of(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let dict = Value::dict(Map::new());
    if let [given] = args.positional.as_slice() {
        interp.call_method(&dict, "update", Args::of(vec![given.clone()]))?;
    }
    for (name, value) in args.keywords {
        interp.set_item(&dict, &Value::Str(name), value)?;
    }
    Ok(dict)
}
