//! Selects put together: `union()` and its like.

use super::collection::CollectionObject;
use super::{FromObject, name_of};
use crate::python::{Args, Class, Interp, Object, PyResult, Signature, Stop, Value, fresh_identity};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::orm::builder_clauses;
use crate::sqlalchemy::{errors, lend};
use backproof_engine::load::row_count;
use backproof_engine::sql::{Alias, Body, CompoundKind, CompoundSelect, Dialect, Expr, Statement};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// Selects put together.
pub(crate) struct CompoundObject {
    pub(crate) compound: CompoundSelect,
    id: u64,
}

impl CompoundObject {
    pub(crate) fn value(compound: CompoundSelect) -> Value {
        Value::object(CompoundObject { compound, id: fresh_identity() })
    }
}

/// The way of putting selects together that a function or method is named after.
pub(crate) fn kind_of(name: &str) -> Option<CompoundKind> {
    Some(match name {
        "union" => CompoundKind::Union,
        "union_all" => CompoundKind::UnionAll,
        "intersect" => CompoundKind::Intersect,
        "intersect_all" => CompoundKind::IntersectAll,
        "except_" => CompoundKind::Except,
        "except_all" => CompoundKind::ExceptAll,
        _ => return None,
    })
}

/// One of the selects that are put together.
pub(super) fn part(interp: &mut Interp, value: &Value) -> PyResult<Body> {
    match super::body(interp, value)? {
        Some(body) => Ok(body),
        None => Err(Stop::unsupported("putting something together with a select that is no select")),
    }
}

/// `union(select, …)` and its like.
pub(crate) fn combined(interp: &mut Interp, name: &str, args: Args) -> PyResult<Value> {
    if !args.keywords.is_empty() {
        return Err(Stop::unsupported(format!("{name}() with keywords")));
    }
    let Some(kind) = kind_of(name) else { return Err(Stop::unsupported(format!("`{name}()`"))) };
    let mut bodies = Vec::with_capacity(args.positional.len());
    for value in &args.positional {
        bodies.push(part(interp, value)?);
    }
    if bodies.is_empty() {
        return Err(Stop::unsupported("putting no selects together"));
    }
    let counts: Vec<usize> = bodies.iter().map(|body| body.columns().len()).collect();
    if lend::has(interp, Behaviour::CompoundsCountedAtOnce)
        && let Some(at) = counts.iter().position(|count| *count != counts[0])
    {
        let message = format!(
            "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has {} \
             columns, select #{} has {}",
            counts[0],
            at + 1,
            counts[at]
        );
        return Err(errors::raise_named(interp, "ArgumentError", message));
    }
    Ok(CompoundObject::value(CompoundSelect::new(kind, bodies)))
}

/// Methods that every statement which can stand in parentheses has: subquery, CTE, scalar.
pub(crate) fn body_member(interp: &mut Interp, body: &Body, name: &str) -> PyResult<Option<Value>> {
    let newer = lend::has(interp, Behaviour::SubqueryMethods);
    let body = body.clone();
    Ok(Some(match name {
        "subquery" if newer => Value::native(name, move |interp, args| {
            let mut bound = Signature::new("SelectBase.subquery", "name=").bind(interp, args)?;
            let name = name_of(bound.take(0));
            Ok(super::subquery(interp, body.clone(), name.as_deref()))
        }),
        "alias" => Value::native(name, move |interp, args| {
            let mut bound = Signature::new("SelectBase.alias", "name=, flat=").bind(interp, args)?;
            let name = name_of(bound.take(0));
            Ok(super::subquery(interp, body.clone(), name.as_deref()))
        }),
        "lateral" => Value::native(name, move |interp, args| {
            let mut bound = Signature::new("SelectBase.lateral", "name=").bind(interp, args)?;
            let name = name_of(bound.take(0));
            let element = backproof_engine::sql::AliasElement::Body(body.clone());
            let alias = Alias::new(element, name.as_deref(), backproof_engine::sql::AliasKind::Lateral);
            Ok(FromObject::alias(interp, &alias))
        }),
        "cte" => Value::native(name, move |interp, args| {
            let mut bound = Signature::new("HasCTE.cte", "name=, recursive=, nesting=").bind(interp, args)?;
            let name = name_of(bound.take(0));
            let recursive = match bound.take(1) {
                Some(value) => interp.truth(&value)?,
                None => false,
            };
            if let Some(value) = bound.take(2)
                && interp.truth(&value)?
            {
                return Err(Stop::unsupported("a CTE that nests"));
            }
            Ok(FromObject::alias(interp, &Alias::cte(body.clone(), name.as_deref(), recursive)))
        }),
        "scalar_subquery" if newer => Value::native(name, move |interp, args| {
            let [] = args.exactly(interp, "scalar_subquery")?;
            Ok(ExprObject::value(Expr::scalar_select(body.clone())))
        }),
        "as_scalar" => Value::native(name, move |interp, args| {
            let [] = args.exactly(interp, "as_scalar")?;
            Ok(ExprObject::value(Expr::scalar_select(body.clone())))
        }),
        "label" => Value::native(name, move |interp, args| {
            let [name] = args.exactly(interp, "label")?;
            let scalar = Expr::scalar_select(body.clone());
            Ok(ExprObject::value(match name.as_str() {
                Some(name) => scalar.label(name),
                None => scalar.label_anonymous(),
            }))
        }),
        "exists" if newer => Value::native(name, move |interp, args| {
            let [] = args.exactly(interp, "exists")?;
            Ok(ExprObject::value(Expr::exists(body.clone())))
        }),
        "selected_columns" | "exported_columns" if !newer => return Ok(None),
        "c" | "columns" if !lend::has(interp, Behaviour::SelectsCoercedToFrom) => return Ok(None),
        "selected_columns" | "exported_columns" | "c" | "columns" => {
            let members = Alias::of_select(body.clone(), None).columns();
            let members: Vec<(Rc<str>, Expr)> = members
                .iter()
                .zip(body.columns())
                .filter_map(|(column, own)| Some((column.key()?, own.clone())))
                .collect();
            CollectionObject::value(members, "ColumnCollection")
        }
        _ => return Ok(None),
    }))
}

impl Object for CompoundObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "CompoundSelect"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("sqlalchemy.sql.selectable", "CompoundSelect")
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "compile" => {
                let this = this.clone();
                return Ok(Some(Value::native(name, move |interp, args| {
                    crate::sqlalchemy::compiled::compile(interp, &this, args)
                })));
            }
            "order_by" | "group_by" | "limit" | "offset" | "with_for_update" | "execution_options" => {}
            _ => return body_member(interp, &Body::from(self.compound.clone()), name),
        }
        let (compound, method) = (self.compound.clone(), Rc::<str>::from(name));
        Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
            let mut compound = compound.clone();
            match &*method {
                "order_by" => {
                    if let [Value::None] = args.positional.as_slice() {
                        compound.order_by.clear();
                    } else {
                        for value in &args.positional {
                            compound.order_by.extend(builder_clauses(interp, value, "order_by", false)?);
                        }
                    }
                }
                "group_by" => {
                    for value in &args.positional {
                        compound.group_by.extend(builder_clauses(interp, value, "group_by", false)?);
                    }
                }
                "limit" | "offset" => {
                    let [value] = args.exactly(interp, &method)?;
                    let count = match crate::sqlalchemy::expr::clause(interp, &value)? {
                        Some(expr) => Some(expr),
                        None if value.is_none() => None,
                        None => Some(row_count(interp.index(&value)?)),
                    };
                    if &*method == "limit" {
                        compound.limit = count;
                    } else {
                        compound.offset = count;
                    }
                }
                _ => {}
            }
            Ok(CompoundObject::value(compound))
        })))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        Statement::from(Body::from(self.compound.clone()))
            .to_text(profile, Dialect::Default)
            .map_err(|error| errors::raise(interp, &error))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}
