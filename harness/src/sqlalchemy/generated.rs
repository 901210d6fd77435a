//! `Sequence`, `Identity` and `Computed`: where a column's values come from other than from the program.
//!
//! SQLite has no sequences and no identities: they say something where DDL is printed for another database.

use super::expr::{self, ExprObject};
use super::metadata::MetaDataObject;
use super::{lend, metadata};
use crate::python::{Args, Bound, Interp, Object, PyResult, Signature, Stop, Value};
use backproof_engine::schema::{Computed, Identity, MetaData, Numbers, Sequence};
use backproof_engine::sql::Expr;
use std::any::Any;
use std::rc::Rc;

/// A sequence.
pub(super) struct SequenceObject {
    pub(super) sequence: Rc<Sequence>,
    pub(super) metadata: Option<MetaData>,
}

/// `Identity(…)`.
pub(super) struct IdentityObject {
    pub(super) identity: Rc<Identity>,
}

/// `Computed(…)`.
pub(super) struct ComputedObject {
    pub(super) computed: Rc<Computed>,
}

const NUMBERS: &str = "start=, increment=, minvalue=, maxvalue=, nominvalue=, nomaxvalue=, cycle=";

fn number(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<i64>> {
    match value.filter(|value| !value.is_none()) {
        Some(value) => interp.index(&value).map(Some),
        None => Ok(None),
    }
}

fn flag(interp: &mut Interp, value: Option<Value>) -> PyResult<Option<bool>> {
    match value.filter(|value| !value.is_none()) {
        Some(value) => interp.truth(&value).map(Some),
        None => Ok(None),
    }
}

/// Reads what stands from `first` on, in the order of [`NUMBERS`].
fn numbers(interp: &mut Interp, bound: &mut Bound, first: usize) -> PyResult<Numbers> {
    Ok(Numbers {
        start: number(interp, bound.take(first))?,
        increment: number(interp, bound.take(first + 1))?,
        minvalue: number(interp, bound.take(first + 2))?,
        maxvalue: number(interp, bound.take(first + 3))?,
        nominvalue: flag(interp, bound.take(first + 4))?.unwrap_or(false),
        nomaxvalue: flag(interp, bound.take(first + 5))?.unwrap_or(false),
        cycle: flag(interp, bound.take(first + 6))?,
        cache: None,
        order: None,
    })
}

/// `Sequence(name, …)`.
pub(super) fn make_sequence(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters =
        format!("name, {NUMBERS}, schema=, cache=, order=, data_type=, optional=, quote=, metadata=");
    let mut bound = Signature::new("Sequence.__init__", &parameters).bind(interp, args)?;
    let Some(Value::Str(name)) = bound.take(0) else {
        return Err(Stop::unsupported("a Sequence whose name is no string"));
    };
    let mut numbers = numbers(interp, &mut bound, 1)?;
    let schema = bound.take(8).as_ref().and_then(Value::as_str).cloned();
    numbers.cache = number(interp, bound.take(9))?;
    numbers.order = flag(interp, bound.take(10))?;
    if numbers.order.is_some() || bound.take(11).is_some_and(|value| !value.is_none()) {
        return Err(Stop::unsupported("a Sequence with `order` or a type"));
    }
    if numbers.minvalue.is_some()
        && numbers.start.is_none()
        && lend::has(interp, backproof_engine::version::Behaviour::BoundMetadata)
    {
        // Between 1.4.0 and 2.0 it starts with 1.
        return Err(Stop::unsupported("a Sequence with `minvalue` and without `start` in this release"));
    }
    let optional = flag(interp, bound.take(12))?.unwrap_or(false);
    if bound.take(13).is_some_and(|value| !value.is_none()) {
        return Err(Stop::unsupported("a Sequence with `quote`"));
    }
    let metadata = bound.take(14);
    let metadata = metadata.as_ref().and_then(|value| value.downcast::<MetaDataObject>());
    let metadata = metadata.map(|object| object.metadata.clone());
    let sequence = Rc::new(Sequence { name, schema, numbers, optional });
    Ok(Value::object(SequenceObject { sequence, metadata }))
}

/// `Identity(…)`.
pub(super) fn make_identity(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let parameters = format!("always=, on_null=, {NUMBERS}, cache=, order=");
    let mut bound = Signature::new("Identity.__init__", &parameters).bind(interp, args)?;
    let always = flag(interp, bound.take(0))?.unwrap_or(false);
    if bound.take(1).is_some_and(|value| !value.is_none())
        || bound.take(10).is_some_and(|value| !value.is_none())
    {
        return Err(Stop::unsupported("an Identity with arguments for Oracle"));
    }
    let mut numbers = numbers(interp, &mut bound, 2)?;
    numbers.cache = number(interp, bound.take(9))?;
    Ok(Value::object(IdentityObject { identity: Rc::new(Identity { always, numbers }) }))
}

/// `Computed(sqltext, persisted=None)`.
pub(super) fn make_computed(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let mut bound = Signature::new("Computed.__init__", "sqltext, persisted=").bind(interp, args)?;
    let text = bound.take(0).unwrap_or(Value::None);
    let expr = match text.as_str() {
        Some(text) => Expr::text(text),
        None => expr::coerce(interp, &text)?,
    };
    let persisted = flag(interp, bound.take(1))?;
    Ok(Value::object(ComputedObject { computed: Rc::new(Computed { expr, persisted }) }))
}

fn shown_numbers(numbers: &Numbers, parts: &mut Vec<String>) {
    for (name, number) in [
        ("start", numbers.start),
        ("increment", numbers.increment),
        ("minvalue", numbers.minvalue),
        ("maxvalue", numbers.maxvalue),
    ] {
        if let Some(number) = number {
            parts.push(format!("{name}={number}"));
        }
    }
    for (name, given) in [("nominvalue", numbers.nominvalue), ("nomaxvalue", numbers.nomaxvalue)] {
        if given {
            parts.push(format!("{name}=True"));
        }
    }
    if let Some(cycle) = numbers.cycle {
        parts.push(format!("cycle={}", if cycle { "True" } else { "False" }));
    }
    if let Some(cache) = numbers.cache {
        parts.push(format!("cache={cache}"));
    }
}

fn number_member(numbers: &Numbers, name: &str) -> Option<Value> {
    let number = |number: Option<i64>| number.map_or(Value::None, Value::int);
    Some(match name {
        "start" => number(numbers.start),
        "increment" => number(numbers.increment),
        "minvalue" => number(numbers.minvalue),
        "maxvalue" => number(numbers.maxvalue),
        "cache" => number(numbers.cache),
        "cycle" => numbers.cycle.map_or(Value::None, Value::Bool),
        _ => return None,
    })
}

impl Object for SequenceObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Sequence"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn identity(&self) -> u64 {
        super::schema::SCHEMA_IDENTITY | Rc::as_ptr(&self.sequence).addr() as u64
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        let sequence = self.sequence.clone();
        Ok(match name {
            "name" => Some(Value::from(sequence.name.clone())),
            "schema" => Some(sequence.schema.clone().map_or(Value::None, Value::from)),
            "optional" => Some(Value::Bool(sequence.optional)),
            "is_sequence" => Some(Value::Bool(true)),
            "metadata" => Some(self.metadata.as_ref().map_or(Value::None, metadata::metadata_value)),
            "next_value" => return Err(Stop::unsupported("next_value() of a sequence")),
            _ => number_member(&sequence.numbers, name),
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut parts = vec![interp.repr(&Value::from(self.sequence.name.clone()))?];
        shown_numbers(&self.sequence.numbers, &mut parts);
        if let Some(schema) = &self.sequence.schema {
            parts.push(format!("schema={}", interp.repr(&Value::from(schema.clone()))?));
        }
        if self.sequence.optional {
            parts.push("optional=True".to_owned());
        }
        if self.metadata.is_some() {
            parts.push(format!("metadata={}", metadata::shown_metadata(interp)));
        }
        Ok(format!("Sequence({})", parts.join(", ")))
    }
}

impl Object for IdentityObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Identity"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "always" => Some(Value::Bool(self.identity.always)),
            _ => number_member(&self.identity.numbers, name),
        })
    }

    fn repr(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut parts = Vec::new();
        if self.identity.always {
            parts.push("always=True".to_owned());
        }
        shown_numbers(&self.identity.numbers, &mut parts);
        Ok(format!("Identity({})", parts.join(", ")))
    }
}

impl Object for ComputedObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Computed"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.schema"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "sqltext" => Some(ExprObject::value(self.computed.expr.clone())),
            "persisted" => Some(self.computed.persisted.map_or(Value::None, Value::Bool)),
            _ => None,
        })
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let mut parts = vec![interp.repr(&ExprObject::value(self.computed.expr.clone()))?];
        if let Some(persisted) = self.computed.persisted {
            parts.push(format!("persisted={}", if persisted { "True" } else { "False" }));
        }
        Ok(format!("Computed({})", parts.join(", ")))
    }
}

/// What a column's `default`, `server_default` and their like show, where that is of this room.
pub(super) fn default_value(column: &backproof_engine::schema::Column, name: &str) -> Option<Value> {
    use backproof_engine::schema::ServerDefault;
    let of = |default: Option<ServerDefault>| match default {
        Some(ServerDefault::Computed(computed)) => Some(Value::object(ComputedObject { computed })),
        Some(ServerDefault::Identity(identity)) => Some(Value::object(IdentityObject { identity })),
        _ => None,
    };
    match name {
        "computed" | "identity" => {
            let found = of(column.server_default())
                .filter(|value| value.downcast::<ComputedObject>().is_some() == (name == "computed"));
            Some(found.unwrap_or(Value::None))
        }
        "server_default" => match column.server_default() {
            None => Some(Value::None),
            other => of(other),
        },
        "server_onupdate" => match (column.server_default(), column.server_onupdate()) {
            (computed @ Some(ServerDefault::Computed(_)), _) => of(computed),
            (_, None) => Some(Value::None),
            _ => None,
        },
        "default" => column.sequence().map(|sequence| {
            let metadata = column.table().map(|table| table.metadata().clone());
            Value::object(SequenceObject { sequence: sequence.clone(), metadata })
        }),
        _ => None,
    }
}
