//! `select(…)`: of mapped classes, attributes, tables and expressions alike.

use super::{builder, entity, mapped};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::{compiled, define, errors, lend};
use backproof_engine::load::{Query, Style};
use backproof_engine::sql::{Alias, Dialect, Expr, Select, Statement};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::rc::Rc;

/// A `select()`.
pub(crate) struct SelectObject {
    pub(crate) query: Query,
    id: u64,
}

impl SelectObject {
    pub(crate) fn value(query: Query) -> Value {
        Value::object(SelectObject { query, id: fresh_identity() })
    }

    /// The select as part of another statement.
    pub(crate) fn core(&self, interp: &mut Interp) -> PyResult<Select> {
        mapped::configure_query(interp, &self.query)?;
        lend::with_cx(interp, |cx| self.query.to_select(cx))
    }
}

impl Object for SelectObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Select"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        let class = interp.foreign_class("sqlalchemy.sql.selectable", "Select");
        if !class.dict.contains("alias") {
            let has_subquery = lend::has(interp, Behaviour::SubqueryMethods);
            install(&class, has_subquery);
        }
        class
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, _interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name == "compile" {
            let this = this.clone();
            return Ok(Some(Value::native(name, move |interp, args| compiled::compile(interp, &this, args))));
        }
        if !builder::is_shared(name) && !matches!(name, "join_from" | "outerjoin_from") {
            return Ok(None);
        }
        let (this, method) = (this.clone(), Rc::<str>::from(name));
        Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
            let Some(object) = this.downcast::<SelectObject>() else {
                return Err(Stop::unsupported("a select of another kind"));
            };
            let mut query = object.query.clone();
            builder::apply(interp, &mut query, &method, args)?;
            Ok(SelectObject::value(query))
        })))
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        mapped::configure_query(interp, &self.query)?;
        lend::with_cx(interp, |cx| self.query.text(cx))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}

fn install(class: &Rc<Class>, has_subquery: bool) {
    use define::{getter, method};
    for (name, what) in
        [("subquery", 0), ("alias", 0), ("scalar_subquery", 1), ("as_scalar", 1), ("label", 2)]
    {
        if name.ends_with("subquery") && !has_subquery {
            continue;
        }
        method::<SelectObject>(class, name, "name=", move |interp, select, _, mut bound| {
            let name = bound.take(0).and_then(|name| name.as_str().cloned());
            let inner = select.core(interp)?;
            Ok(match what {
                0 => SubqueryObject::value(inner, name.as_deref()),
                1 => ExprObject::value(Expr::scalar_select(inner)),
                _ => ExprObject::value(Expr::scalar_select(inner).label(name.as_deref().unwrap_or_default())),
            })
        });
    }
    method::<SelectObject>(class, "exists", "", |interp, select, _, _| {
        let inner = select.core(interp)?;
        Ok(ExprObject::value(Expr::exists(inner)))
    });
    getter::<SelectObject>(class, "selected_columns", |interp, select, _| {
        let columns = select.core(interp)?.columns;
        Ok(Value::list(columns.into_iter().map(ExprObject::value).collect()))
    });
    getter::<SelectObject>(class, "whereclause", |_, select, _| {
        Ok(match select.query.criteria.as_slice() {
            [] => Value::None,
            [one] => ExprObject::value(one.clone()),
            many => ExprObject::value(Expr::and(many.to_vec())),
        })
    });
}

/// A select that stands in another's `FROM` list.
pub(crate) struct SubqueryObject {
    alias: Alias,
}

impl SubqueryObject {
    pub(crate) fn value(select: Select, name: Option<&str>) -> Value {
        Value::object(SubqueryObject { alias: Alias::of_select(select, name) })
    }
}

impl Object for SubqueryObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Subquery"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn get_attr(&self, interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "c" | "columns" => {
                let members = self
                    .alias
                    .columns()
                    .into_iter()
                    .filter_map(|column| Some((column.key()?, ExprObject::value(column))))
                    .collect();
                Ok(Some(super::mapper::NamesObject::value(interp, members)))
            }
            "name" => Ok(Some(self.alias.name().map_or(Value::None, Value::from))),
            _ if name.starts_with("__") => Ok(None),
            _ => Err(Stop::unsupported(format!("the attribute `{name}` of a subquery"))),
        }
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let Some(body) = self.alias.body() else {
            return Err(Stop::unsupported("printing this subquery"));
        };
        let profile = lend::profile(interp);
        let statement = Statement::from(body.clone());
        statement.to_text(profile, Dialect::Default).map_err(|error| errors::raise(interp, &error))
    }
}

/// The columns that a subquery brings to a select of it.
pub(super) fn subquery_columns(value: &Value) -> Option<Vec<Expr>> {
    value.downcast::<SubqueryObject>().map(|subquery| subquery.alias.columns())
}

/// What `select(column)` raises where it takes a list only: what iterating over the column raises.
fn no_list(interp: &mut Interp, value: &Value) -> Stop {
    match value {
        Value::Class(class) if mapped::mapper_of(class).is_some() => {
            interp.raise("TypeError", "'DeclarativeMeta' object is not iterable")
        }
        Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None => {
            let kind = interp.type_name(value);
            interp.raise("TypeError", format!("'{kind}' object is not iterable"))
        }
        Value::Object(object)
            if matches!(object.type_name(), "InstrumentedAttribute" | "Column" | "Label") =>
        {
            let message = "Operator 'getitem' is not supported on this expression";
            interp.raise("NotImplementedError", message)
        }
        _ => Stop::unsupported("select() of something other than a list"),
    }
}

/// `select(…)`; before 1.4 with a list, which 1.4 takes too.
pub(crate) fn select(interp: &mut Interp, args: Args) -> PyResult<Value> {
    let takes_list = lend::has(interp, Behaviour::SelectTakesList);
    if let Some((name, _)) = args.keywords.first() {
        if !takes_list {
            let message = "Additional keyword arguments are not accepted by this function/method.  The presence \
                           of **kw is for pep-484 typing purposes";
            return Err(super::errors::argument_error(interp, message));
        }
        return Err(Stop::unsupported(format!("select() with `{name}`")));
    }
    if let Some(list @ Value::List(_)) = args.positional.first()
        && !takes_list
    {
        return Err(entity::not_an_entity(interp, list));
    }
    if !lend::has(interp, Behaviour::SelectTakesColumns)
        && let Some(first) = args.positional.first()
        && !matches!(first, Value::List(_))
    {
        return Err(no_list(interp, first));
    }
    let (values, condition) = match args.positional.as_slice() {
        [Value::List(list)] => (list.items.borrow().clone(), None),
        [Value::List(list), condition] => (list.items.borrow().clone(), Some(condition.clone())),
        [Value::List(_), ..] => return Err(Stop::unsupported("select() with such arguments")),
        values => (values.to_vec(), None),
    };
    let entities = entity::entities(interp, &values)?;
    let mut query = Query::new(Style::Select, None, entities);
    mapped::configure_query(interp, &query)?;
    if let Some(condition) = condition {
        builder::apply(interp, &mut query, "where", Args::of(vec![condition]))?;
    }
    Ok(SelectObject::value(query))
}
