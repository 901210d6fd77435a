//! Collections of columns by key, as `subquery.c` and `select.selected_columns` are.
//!
//! A table's own columns have a collection in `schema`; this one holds any expressions.

use super::column_value;
use crate::python::{Interp, Iter, Object, PyResult, Signature, Stop, Value};
use crate::sqlalchemy::{expr, lend};
use backproof_engine::sql::{Expr, ExprKind, FromItem};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A collection of columns.
pub(crate) struct CollectionObject {
    members: Rc<[(Rc<str>, Expr)]>,
    kind: &'static str,
}

/// The class of collections that cannot be changed, as the release calls it.
pub(crate) fn read_only(interp: &mut Interp) -> &'static str {
    if lend::has(interp, Behaviour::ReadOnlyProperties) {
        "ReadOnlyColumnCollection"
    } else {
        "ImmutableColumnCollection"
    }
}

/// How `str()` shows a collection.
pub(crate) fn shown(interp: &mut Interp, kind: &str, columns: &[Value]) -> PyResult<String> {
    let mut texts = Vec::with_capacity(columns.len());
    for column in columns {
        texts.push(interp.str(column)?);
    }
    if !lend::has(interp, Behaviour::ColumnsShownAsList) {
        return Ok(format!("{kind}({})", texts.join(", ")));
    }
    let texts = texts.into_iter().map(Value::from).collect();
    interp.repr(&Value::list(texts))
}

impl CollectionObject {
    pub(crate) fn value(members: Vec<(Rc<str>, Expr)>, kind: &'static str) -> Value {
        Value::object(CollectionObject { members: members.into(), kind })
    }

    /// The columns of a `FROM` element.
    pub(crate) fn of_item(interp: &mut Interp, item: &FromItem) -> Value {
        let kind = read_only(interp);
        let in_join = matches!(item, FromItem::Join(_));
        let mut members: Vec<(Rc<str>, Expr)> = Vec::new();
        for column in item.columns_in(lend::profile(interp)) {
            let Some(key) = column.key() else { continue };
            let key = match table_name(&column) {
                Some(table) if in_join => Rc::from(format!("{table}_{key}")),
                _ => key,
            };
            members.push((key, column));
        }
        CollectionObject::value(members, kind)
    }

    /// The columns of a `FROM` element that are keys of their tables.
    pub(crate) fn key_of_item(item: &FromItem) -> Value {
        let members = item.columns().into_iter().filter(|column| {
            column.base_column().is_some_and(backproof_engine::schema::Column::is_primary_key)
        });
        let members = members.filter_map(|column| Some((column.key()?, column))).collect();
        CollectionObject::value(members, "ColumnSet")
    }

    fn find(&self, key: &str) -> Option<Value> {
        self.members.iter().find(|(known, _)| **known == *key).map(|(_, column)| column_value(column))
    }

    fn values(&self) -> Vec<Value> {
        self.members.iter().map(|(_, column)| column_value(column)).collect()
    }
}

/// The name of what a column belongs to.
fn table_name(column: &Expr) -> Option<Rc<str>> {
    match column.kind() {
        ExprKind::Column(column) => column.table().map(|table| Rc::from(table.name())),
        ExprKind::AliasColumn(column) => column.alias.name().map(Rc::from),
        _ => None,
    }
}

impl Object for CollectionObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.base"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        if let Some(column) = self.find(name) {
            return Ok(Some(column));
        }
        let members = self.members.clone();
        Ok(Some(match name {
            "keys" => Value::native(name, move |interp, _| {
                let unnamed = |key: &str| key.starts_with("_no_label");
                if !lend::has(interp, Behaviour::SubqueryMethods)
                    && members.iter().any(|(key, _)| unnamed(key))
                {
                    return Err(Stop::unsupported("the keys of columns that have no name"));
                }
                Ok(Value::list(members.iter().map(|(key, _)| Value::from(key.clone())).collect()))
            }),
            "values" => Value::native(name, move |_, _| {
                Ok(Value::list(members.iter().map(|(_, column)| column_value(column)).collect()))
            }),
            "items" => Value::native(name, move |_, _| {
                let pairs = members
                    .iter()
                    .map(|(key, column)| Value::tuple(vec![Value::from(key.clone()), column_value(column)]));
                Ok(Value::list(pairs.collect()))
            }),
            "get" => Value::native(name, move |interp, args| {
                let mut bound = Signature::new("get", "key, default=").bind(interp, args)?;
                let key = bound.take(0).unwrap_or(Value::None);
                let found = key.as_str().and_then(|key| {
                    members.iter().find(|(known, _)| known == key).map(|(_, column)| column_value(column))
                });
                Ok(found.or_else(|| bound.take(1)).unwrap_or(Value::None))
            }),
            "contains_column" => Value::native(name, move |interp, args| {
                let [column] = args.exactly(interp, "contains_column")?;
                let wanted = expr::clause(interp, &column)?;
                let found = wanted.is_some_and(|wanted| members.iter().any(|(_, own)| own.same(&wanted)));
                Ok(Value::Bool(found))
            }),
            _ => return Ok(None),
        }))
    }

    fn str(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.kind == "ColumnSet" {
            return self.repr(interp, this);
        }
        shown(interp, self.kind, &self.values())
    }

    fn repr(&self, interp: &mut Interp, this: &Value) -> PyResult<String> {
        if self.kind == "ColumnSet" {
            let values = Value::list(self.values());
            return Ok(format!("ColumnSet({})", interp.repr(&values)?));
        }
        let address = interp.address_of(this.identity());
        Ok(format!("<sqlalchemy.sql.base.{} object at {address}>", self.kind))
    }

    fn len(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Option<usize>> {
        Ok(Some(self.members.len()))
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        let found = match key {
            Value::Str(name) => self.find(name),
            Value::Int(_) => {
                let at = usize::try_from(interp.index(key)?).unwrap_or(usize::MAX);
                self.members.get(at).map(|(_, column)| column_value(column))
            }
            _ => return Err(Stop::unsupported("several columns of a collection at once")),
        };
        found.ok_or_else(|| interp.key_error(key))
    }

    fn contains(&self, interp: &mut Interp, _this: &Value, item: &Value) -> PyResult<Option<bool>> {
        match item.as_str() {
            Some(name) => Ok(Some(self.find(name).is_some())),
            None => Err(crate::sqlalchemy::errors::raise_named(
                interp,
                "ArgumentError",
                "__contains__ requires a string argument",
            )),
        }
    }

    fn iter(&self, _interp: &mut Interp, _this: &Value) -> PyResult<Value> {
        Ok(Iter::from_values("list_iterator", self.values()))
    }
}
