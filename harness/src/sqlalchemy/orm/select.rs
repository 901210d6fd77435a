//! `select(…)`: of mapped classes, attributes, tables and expressions alike.

use super::{builder, bundle, entity, mapped};
use crate::python::{Args, Class, Interp, Object, PyResult, Stop, Value, fresh_identity};
use crate::sqlalchemy::expr::ExprObject;
use crate::sqlalchemy::selectable::{FromObject, collection, combined};
use crate::sqlalchemy::{compiled, lend, names, selectable};
use backproof_engine::db::Given;
use backproof_engine::load::{Entity, Query, Style};
use backproof_engine::sql::{Alias, Body, Expr, FromItem, Select, Statement};
use backproof_engine::version::Behaviour;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

/// A `select()`.
pub(crate) struct SelectObject {
    pub(crate) query: Query,
    /// It was executed: to the statement cache, those made of it are others than those made anew.
    pub(crate) executed: Cell<bool>,
    compiled_within: Rc<Cell<bool>>,
    id: u64,
}

impl SelectObject {
    pub(crate) fn value(query: Query) -> Value {
        Value::object(SelectObject {
            query,
            executed: Cell::new(false),
            compiled_within: Rc::default(),
            id: fresh_identity(),
        })
    }

    /// The select as part of another statement.
    pub(crate) fn core(&self, interp: &mut Interp) -> PyResult<Select> {
        let mut select = core(interp, &self.query)?;
        if self.query.entities.iter().any(|entity| !matches!(entity, Entity::Expr(_))) {
            select.compiled_within = Some(Rc::clone(&self.compiled_within));
        }
        Ok(select)
    }
}

/// A query as part of another statement.
fn core(interp: &mut Interp, query: &Query) -> PyResult<Select> {
    if query.statement.is_some() {
        return Err(Stop::unsupported("a from_statement() inside another statement"));
    }
    mapped::configure_query(interp, query)?;
    lend::with_cx(interp, |cx| query.to_select(cx))
}

/// The statement and parameters of a select that is executed with one set of parameters.
pub(crate) fn with_params(
    interp: &mut Interp,
    value: &Value,
    params: Option<&Value>,
) -> PyResult<Option<(Statement, Given)>> {
    let (Some(select), Some(params @ Value::Dict(_))) = (value.downcast::<SelectObject>(), params) else {
        return Ok(None);
    };
    let mut query = select.query.clone();
    builder::params(interp, &mut query, Args::of(vec![params.clone()]))?;
    let statement = Statement::from(core(interp, &query)?);
    Ok(Some((statement, query.parameters.unwrap_or_default())))
}

/// Methods that 1.3's selects have as elements of a `FROM` list, which they were.
const FROM_METHODS: &[&str] = &["join", "outerjoin", "c", "columns", "select", "exported_columns"];

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
        interp.foreign_class("sqlalchemy.sql.selectable", "Select")
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if name == "compile" {
            let this = this.clone();
            return Ok(Some(Value::native(name, move |interp, args| compiled::compile(interp, &this, args))));
        }
        if name.starts_with("__") || !names::has_member(interp, "Select", name) {
            return Ok(None);
        }
        if FROM_METHODS.contains(&name) && !lend::has(interp, Behaviour::SubqueryMethods) {
            return Err(Stop::unsupported(format!("`{name}` of a select as an element of FROM")));
        }
        if builder::is_shared(name) || matches!(name, "join_from" | "outerjoin_from") {
            let (this, method) = (this.clone(), Rc::<str>::from(name));
            return Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
                let Some(object) = this.downcast::<SelectObject>() else {
                    return Err(Stop::unsupported("a select of another kind"));
                };
                one_argument(interp, &method, &args)?;
                let mut query = object.query.clone();
                query.descended |= object.executed.get();
                builder::apply(interp, &mut query, &method, args)?;
                Ok(SelectObject::value(query))
            })));
        }
        member(interp, this, self, name)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        mapped::configure_query(interp, &self.query)?;
        lend::with_cx(interp, |cx| self.query.text(cx))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}

/// Methods of selects that take one argument before 1.4.
fn one_argument(interp: &mut Interp, method: &str, args: &Args) -> PyResult<()> {
    if lend::has(interp, Behaviour::WhereTakesSeveral) {
        return Ok(());
    }
    let single = matches!(
        method,
        "where" | "having" | "select_from" | "union" | "union_all" | "intersect" | "except_" | "column"
    );
    if single && args.positional.len() > 1 {
        let given = args.positional.len() + 1;
        let message = format!("Select.{method}() takes 2 positional arguments but {given} were given");
        return Err(interp.raise("TypeError", message));
    }
    if method == "with_only_columns"
        && !matches!(args.positional.as_slice(), [Value::List(_)] if args.keywords.is_empty())
    {
        return Err(Stop::unsupported("with_only_columns() of something other than a list"));
    }
    Ok(())
}

/// What a select has that queries do not.
fn member(interp: &mut Interp, this: &Value, select: &SelectObject, name: &str) -> PyResult<Option<Value>> {
    match name {
        "union" | "union_all" | "intersect" | "intersect_all" | "except_" | "except_all" => {
            let (this, method) = (this.clone(), name.to_owned());
            Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
                one_argument(interp, &method, &args)?;
                combined(interp, &method, args.prepend(this.clone()))
            })))
        }
        "whereclause" => Ok(Some(match select.query.criteria.as_slice() {
            [] => Value::None,
            [one] => ExprObject::value(one.clone()),
            many => ExprObject::value(Expr::and(many.to_vec())),
        })),
        "froms" | "columns_clause_froms" => {
            let froms = select.core(interp)?;
            let items = froms_of(&froms, name == "froms");
            let values = items.into_iter().map(|item| FromObject::value(interp, item)).collect();
            Ok(Some(Value::list(values)))
        }
        "get_final_froms" => {
            let this = this.clone();
            Ok(Some(Value::native(name, move |interp: &mut Interp, _| {
                let Some(object) = this.downcast::<SelectObject>() else {
                    return Err(Stop::unsupported("a select of another kind"));
                };
                let core = object.core(interp)?;
                let values =
                    froms_of(&core, true).into_iter().map(|item| FromObject::value(interp, item)).collect();
                Ok(Value::list(values))
            })))
        }
        "inner_columns" => {
            let columns = select.core(interp)?.columns;
            Ok(Some(Value::list(columns.iter().map(selectable::column_value).collect())))
        }
        "selected_columns" => {
            let core = select.core(interp)?;
            let columns = core.columns.clone();
            let keys = Alias::of_select(core, None).columns();
            let members =
                keys.iter().zip(columns).filter_map(|(column, own)| Some((column.key()?, own))).collect();
            Ok(Some(collection::CollectionObject::value(members, "ColumnCollection")))
        }
        "column_descriptions" => builder::descriptions(interp, &select.query).map(Some),
        "from_statement" => {
            let query = select.query.clone();
            Ok(Some(Value::native(name, move |interp: &mut Interp, args: Args| {
                let [statement] = args.exactly(interp, "from_statement")?;
                Ok(SelectObject::value(builder::from_statement(interp, &query, &statement)?))
            })))
        }
        _ => {
            let body = Body::from(select.core(interp)?);
            selectable::body_member(interp, &body, name)
        }
    }
}

/// The elements that a select reads from.
fn froms_of(select: &Select, all: bool) -> Vec<FromItem> {
    let mut items: Vec<FromItem> = select.from.clone();
    let conditions: &[Expr] = if all { &select.where_ } else { &[] };
    for item in select.columns.iter().chain(conditions).flat_map(Expr::from_items) {
        if !items.iter().any(|known| known.leaves().contains(&item)) {
            items.push(item);
        }
    }
    items
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
        Value::Object(object) if object.type_name() == "InstrumentedAttribute" => {
            let message = "Operator 'getitem' is not supported on this expression";
            interp.raise("NotImplementedError", message)
        }
        // The library asks for the truth of it first, which an expression does not have.
        value if interp.truth(value).is_err() => {
            let message = "columns argument to select() must be a Python list or other iterable";
            super::errors::argument_error(interp, message)
        }
        _ => Stop::unsupported("select() of something other than a list"),
    }
}

/// A query of these values.
fn query_of(interp: &mut Interp, values: &[Value]) -> PyResult<Query> {
    let mut query = Query::new(Style::Select, None, Vec::new());
    bundle::ask(interp, &mut query, values)?;
    for value in values {
        // A join is selected from as it stands.
        if let Some(item @ FromItem::Join(_)) = selectable::from_item(value) {
            query.from_items.push(item);
        }
    }
    mapped::configure_query(interp, &query)?;
    Ok(query)
}

/// A select of these values, as part of another statement.
pub(crate) fn core_of(interp: &mut Interp, values: &[Value]) -> PyResult<Select> {
    let query = query_of(interp, values)?;
    core(interp, &query)
}

/// `item.select()`.
pub(crate) fn of_item(interp: &mut Interp, item: &FromItem, condition: Option<Value>) -> PyResult<Value> {
    let entities = item.columns_in(lend::profile(interp)).into_iter().map(Entity::Expr).collect();
    let mut query = Query::new(Style::Select, None, entities);
    query.from_items = vec![item.clone()];
    if let Some(condition) = condition {
        builder::apply(interp, &mut query, "where", Args::of(vec![condition]))?;
    }
    Ok(SelectObject::value(query))
}

/// `expr.select()`.
pub(crate) fn of_expr(interp: &mut Interp, expr: &Expr, condition: Option<Value>) -> PyResult<Value> {
    let mut query = Query::new(Style::Select, None, vec![Entity::Expr(expr.clone())]);
    if let Some(condition) = condition {
        builder::apply(interp, &mut query, "where", Args::of(vec![condition]))?;
    }
    Ok(SelectObject::value(query))
}

/// The value of a select that is inside something; only a plain one has a value.
pub(crate) fn of_core(select: &Select) -> PyResult<Value> {
    let mut query =
        Query::new(Style::Select, None, select.columns.iter().cloned().map(Entity::Expr).collect());
    query.from_items.clone_from(&select.from);
    query.criteria.clone_from(&select.where_);
    query.group_by.clone_from(&select.group_by);
    query.having.clone_from(&select.having);
    query.order_by.clone_from(&select.order_by);
    query.limit.clone_from(&select.limit);
    query.offset.clone_from(&select.offset);
    query.distinct = select.distinct;
    query.correlate = select.correlate.clone();
    query.labels = Some(select.label_style);
    Ok(SelectObject::value(query))
}

/// `select(…)`; before 1.4 with a list, which 1.4 takes too.
pub(crate) fn select(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let takes_list = lend::has(interp, Behaviour::SelectTakesList);
    let older = if takes_list { std::mem::take(&mut args.keywords) } else { Vec::new() };
    if !args.keywords.is_empty() {
        let message = "Additional keyword arguments are not accepted by this function/method.  The presence \
                       of **kw is for pep-484 typing purposes";
        return Err(super::errors::argument_error(interp, message));
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
    let mut query = query_of(interp, &values)?;
    if let Some(condition) = condition {
        builder::apply(interp, &mut query, "where", Args::of(vec![condition]))?;
    }
    for (keyword, value) in older {
        if value.is_none() {
            continue;
        }
        let method = match &*keyword {
            "whereclause" => "where",
            "from_obj" => "select_from",
            "distinct" | "group_by" | "having" | "order_by" | "limit" | "offset" => &*keyword,
            other => return Err(Stop::unsupported(format!("select() with `{other}`"))),
        };
        let args = match (&value, method) {
            (Value::Bool(false), "distinct") => continue,
            (Value::Bool(true), "distinct") => Vec::new(),
            (Value::List(list), _) => list.items.borrow().clone(),
            _ => vec![value],
        };
        builder::apply(interp, &mut query, method, Args::of(args))?;
    }
    Ok(SelectObject::value(query))
}
