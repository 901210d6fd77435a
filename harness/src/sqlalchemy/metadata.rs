//! `MetaData` as a Python value: the tables that belong together, and their making and dropping.

use super::engine::EngineObject;
use super::lend;
use super::schema::{SCHEMA_IDENTITY, TableObject, table_value};
use crate::python::{Args, Interp, Map, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::{MetaData, Naming};
use backproof_engine::session as sessions;
use backproof_engine::version::Behaviour;
use indexmap::IndexMap;
use std::any::Any;
use std::rc::Rc;

/// A collection of tables.
pub(crate) struct MetaDataObject {
    pub(crate) metadata: MetaData,
}

pub(crate) fn metadata_value(metadata: &MetaData) -> Value {
    Value::object(MetaDataObject { metadata: metadata.clone() })
}

/// The engine that a collection of tables is bound to.
pub(super) fn bound_to(interp: &mut Interp, metadata: &MetaData) -> Option<Value> {
    let id = metadata.identity();
    lend::shared(interp).bound.iter().find(|(known, _)| *known == id).map(|(_, bind)| bind.clone())
}

/// Binds a collection of tables to an engine; to none with `None`.
fn bind_to(interp: &mut Interp, metadata: &MetaData, bind: Value) -> PyResult<()> {
    let database = match bind.downcast::<EngineObject>() {
        Some(engine) => Some(engine.database),
        None if bind.is_none() => None,
        None => return Err(Stop::unsupported("a MetaData bound to something that is no engine")),
    };
    let id = metadata.identity();
    let bound = &mut lend::shared(interp).bound;
    bound.retain(|(known, _)| *known != id);
    if database.is_some() {
        bound.push((id, bind));
    }
    lend::with_cx(interp, |cx| {
        sessions::bind_tables(cx.orm, metadata, database);
        Ok(())
    })
}

/// The arguments of schema work with its engine in the first place: the one that is given, or else the one that the tables are
/// bound to. What raises without one where metadata could have one.
pub(super) fn with_bind(
    interp: &mut Interp,
    mut args: Args,
    metadata: &MetaData,
    what: &str,
) -> PyResult<Args> {
    let is_given = !args.positional.is_empty() || args.keywords.iter().any(|(name, _)| &**name == "bind");
    if is_given || !lend::has(interp, Behaviour::BoundMetadata) {
        return Ok(args);
    }
    if let Some(bind) = bound_to(interp, metadata) {
        args.positional.insert(0, bind);
        return Ok(args);
    }
    let message = format!(
        "{what} is not bound to an Engine or Connection.  Execution can not proceed without a database to execute \
         against."
    );
    Err(super::errors::raise_named(interp, "UnboundExecutionError", message))
}

/// The repr of a `MetaData` without an engine.
pub(super) fn shown_metadata(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::MetadataShowsBind) { "MetaData(bind=None)" } else { "MetaData()" }
}

impl Object for MetaDataObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "MetaData"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        SCHEMA_IDENTITY | self.metadata.identity() as u64
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let metadata = self.metadata.clone();
        Ok(Some(match name {
            "tables" => {
                let dict = Value::dict(Map::default());
                for table in metadata.tables() {
                    interp.set_item(&dict, &Value::from(table.full_name()), table_value(&table))?;
                }
                dict
            }
            "sorted_tables" => {
                let tables = lend::with_cx(interp, |_| metadata.sorted_tables())?;
                Value::list(tables.iter().map(table_value).collect())
            }
            "bind" => match bound_to(interp, &metadata) {
                Some(bind) => bind,
                None if lend::has(interp, Behaviour::BoundMetadata) => Value::None,
                None => return Ok(None),
            },
            "is_bound" if lend::has(interp, Behaviour::BoundMetadata) => {
                Value::native(name, move |interp, _| Ok(Value::Bool(bound_to(interp, &metadata).is_some())))
            }
            "schema" => metadata.schema().map_or(Value::None, |schema| Value::from(schema.clone())),
            "naming_convention" => {
                if !metadata.has_own_naming() {
                    return Err(Stop::unsupported("the naming convention that every MetaData has"));
                }
                let dict = Value::dict(Map::default());
                for (kind, pattern) in &metadata.naming().0 {
                    interp.set_item(&dict, &Value::from(kind.clone()), Value::from(pattern.clone()))?;
                }
                dict
            }
            "create_all" | "drop_all" => {
                let drop = name == "drop_all";
                Value::native(name, move |interp, args| {
                    let args = with_bind(interp, args, &metadata, "MetaData object")?;
                    let name = if drop { "MetaData.drop_all" } else { "MetaData.create_all" };
                    let signature = Signature::new(name, "bind, tables=, checkfirst=");
                    let mut bound = signature.bind(interp, args)?;
                    let bind = bound.take(0).unwrap_or(Value::None);
                    let mut tables = metadata.tables();
                    if let Some(wanted) = bound.take(1).filter(|wanted| !wanted.is_none()) {
                        let wanted = interp.iterate(&wanted)?;
                        tables.retain(|table| {
                            wanted.iter().any(|value| {
                                value.downcast::<TableObject>().is_some_and(|object| object.table == *table)
                            })
                        });
                    }
                    let check = bound.take(2).unwrap_or(Value::Bool(true));
                    let check = interp.truth(&check)?;
                    super::engine::emit_schema(interp, &bind, &tables, check, drop, Some(&metadata))
                })
            }
            "reflect" => Value::native(name, move |interp, args| {
                let args = with_bind(interp, args, &metadata, "MetaData object")?;
                let parameters =
                    "bind, schema=, views=, only=, extend_existing=, autoload_replace=, resolve_fks=";
                let mut bound = Signature::new("MetaData.reflect", parameters).bind(interp, args)?;
                let bind = bound.take(0).unwrap_or(Value::None);
                let extends = match bound.take(4) {
                    Some(value) => interp.truth(&value)?,
                    None => false,
                };
                let replaces = match bound.take(5) {
                    Some(value) => interp.truth(&value)?,
                    None => true,
                };
                if extends && replaces {
                    return Err(Stop::unsupported("reflect() that replaces columns"));
                }
                for index in [1, 6] {
                    if bound.take(index).is_some_and(|value| !value.is_none()) {
                        return Err(Stop::unsupported("reflect() with such arguments"));
                    }
                }
                let and_views = match bound.take(2) {
                    Some(value) => interp.truth(&value)?,
                    None => false,
                };
                let only = bound.take(3).filter(|only| !only.is_none());
                if extends {
                    if and_views || only.is_some() {
                        return Err(Stop::unsupported("reflect() of some tables that extends others"));
                    }
                    super::reflected::reflect_anew(interp, &metadata, &bind)?;
                    return Ok(Value::None);
                }
                super::reflected::reflect(interp, &metadata, &bind, only.as_ref(), and_views)?;
                Ok(Value::None)
            }),
            "clear" => Value::native(name, move |interp, args| {
                let [] = args.exactly(interp, "clear")?;
                metadata.clear();
                Ok(Value::None)
            }),
            "remove" => Value::native(name, move |interp, args| {
                let [table] = args.exactly(interp, "remove")?;
                if let Some(object) = table.downcast::<TableObject>() {
                    metadata.remove(&object.table);
                }
                Ok(Value::None)
            }),
            _ => return Ok(None),
        }))
    }

    fn contains(&self, _interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        Ok(Some(match item.as_str() {
            Some(name) => self.metadata.table(name).is_some(),
            None => item
                .downcast::<TableObject>()
                .is_some_and(|object| self.metadata.table(&object.table.full_name()).is_some()),
        }))
    }

    fn set_attr(&self, interp: &mut Interp, _this: &Value, name: &str, value: Value) -> PyResult<()> {
        if name == "bind" && lend::has(interp, Behaviour::BoundMetadata) {
            return bind_to(interp, &self.metadata, value);
        }
        if name == "bind" {
            // From 2.0 on it is an attribute like any other, which means nothing.
            let id = self.metadata.identity();
            let bound = &mut lend::shared(interp).bound;
            bound.retain(|(known, _)| *known != id);
            bound.push((id, value));
            return Ok(());
        }
        Err(Stop::unsupported(format!("setting `{name}` of a MetaData")))
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        match bound_to(interp, &self.metadata) {
            Some(bind) if lend::has(interp, Behaviour::BoundMetadata) => {
                Ok(format!("MetaData(bind={})", interp.repr(&bind)?))
            }
            _ => Ok(shown_metadata(interp).to_owned()),
        }
    }
}

/// `MetaData(…)`.
pub(super) fn make(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let takes_bind = lend::has(interp, Behaviour::BoundMetadata);
    let parameters = if takes_bind {
        "self, bind=, reflect=, schema=, quote_schema=, naming_convention=, info="
    } else {
        "self, schema=, quote_schema=, naming_convention=, info="
    };
    let args = Args { positional: [vec![Value::None], args.positional].concat(), keywords: args.keywords };
    let bound = Signature::new("MetaData.__init__", parameters).bind(interp, args)?;
    let first = bound.values.get(1).and_then(Option::as_ref).filter(|value| !value.is_none());
    if let Some(first) = first
        && !takes_bind
        && first.as_str().is_none()
    {
        let class = interp.class_of(first);
        let shown = interp.repr(&Value::Class(class))?;
        let message = format!("expected schema argument to be a string, got {shown}.");
        return Err(super::errors::raise_named(interp, "ArgumentError", message));
    }
    let place = |name: &str| {
        parameters
            .split(", ")
            .position(|parameter| parameter.trim_end_matches('=') == name)
            .unwrap_or_default()
    };
    let value = |name: &str| {
        bound.values.get(place(name)).and_then(Option::as_ref).filter(|value| !value.is_none()).cloned()
    };
    for name in ["reflect", "quote_schema", "info"] {
        if parameters.contains(&format!("{name}=")) && value(name).is_some() {
            return Err(Stop::unsupported(format!("a MetaData with `{name}`")));
        }
    }
    let schema = value("schema").as_ref().and_then(Value::as_str).cloned();
    let naming = match value("naming_convention") {
        Some(convention) => Some(naming(interp, &convention)?),
        None => None,
    };
    let metadata = MetaData::with(naming.filter(|naming| !naming.0.is_empty()), schema);
    if takes_bind && let Some(bind) = value("bind") {
        bind_to(interp, &metadata, bind)?;
    }
    Ok(metadata_value(&metadata))
}

/// A dictionary of patterns by what they name: `{"pk": "pk_%(table_name)s"}`.
fn naming(interp: &mut Interp, convention: &Value) -> PyResult<Naming> {
    const KINDS: [(&str, &str); 5] = [
        ("PrimaryKeyConstraint", "pk"),
        ("ForeignKeyConstraint", "fk"),
        ("UniqueConstraint", "uq"),
        ("CheckConstraint", "ck"),
        ("Index", "ix"),
    ];
    let Value::Dict(dict) = convention else {
        return Err(Stop::unsupported("a naming convention that is no dictionary"));
    };
    let entries = dict.map.borrow().items();
    let mut patterns = Naming(IndexMap::new());
    for (key, pattern) in entries {
        let kind = match &key {
            Value::Str(kind) => kind.clone(),
            Value::Class(class) => {
                let name = class.name();
                match KINDS.iter().find(|(known, _)| **known == *name) {
                    Some((_, kind)) => Rc::from(*kind),
                    None => return Err(Stop::unsupported(format!("a naming convention for {name}"))),
                }
            }
            other => {
                let kind = interp.type_name(other);
                return Err(Stop::unsupported(format!("a naming convention with a key of type {kind}")));
            }
        };
        let Some(pattern) = pattern.as_str() else {
            return Err(Stop::unsupported("a naming convention with a token of its own"));
        };
        patterns.0.insert(kind, pattern.clone());
    }
    Ok(patterns)
}
