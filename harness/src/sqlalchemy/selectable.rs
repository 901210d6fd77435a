//! What can be selected from, as Python values: aliases, subqueries, CTEs, joins and their like.
//!
//! Tables and mapped classes answer through [`from_item`] too, so that joins and `FROM` lists are written once.

pub(crate) mod collection;
mod compound;
mod members;
mod textual;
mod values;

use super::expr::{self, ExprObject};
use super::orm;
use super::schema::{self, TableObject};
use super::{errors, lend, names};
use crate::python::{Args, Class, Interp, Module, Object, PyResult, Signature, Stop, Value};
use backproof_engine::sql::{
    Alias, AliasElement, AliasKind, Body, Dialect, Expr, ExprKind, FromItem, Join, LabelStyle, Statement,
    link,
};
use backproof_engine::version::Behaviour;
use collection::CollectionObject;
use std::any::Any;
use std::rc::Rc;

pub(crate) use compound::{CompoundObject, body_member, combined, kind_of};
pub(crate) use members::{correlation, expr_member};
pub(crate) use textual::text_member;

/// An alias, subquery, CTE, join or the like.
pub(crate) struct FromObject {
    pub(crate) item: FromItem,
    kind: &'static str,
}

impl FromObject {
    /// The value of an element; a table is its own.
    pub(crate) fn value(interp: &mut Interp, item: FromItem) -> Value {
        let kind = match &item {
            FromItem::Table(table) => return schema::table_value(table),
            FromItem::Join(_) => "Join",
            FromItem::Text(_) => "TextClause",
            FromItem::Alias(alias) => match (alias.kind(), alias.innermost().kind()) {
                (AliasKind::Cte { .. }, _) | (AliasKind::Alias, AliasKind::Cte { .. }) => "CTE",
                (AliasKind::Subquery, _) if !lend::has(interp, Behaviour::SubqueriesNamed) => "Alias",
                (AliasKind::Subquery, _) => "Subquery",
                (AliasKind::Lateral, _) => "Lateral",
                (AliasKind::Values, _) => "Values",
                (AliasKind::TableValued, _) => "TableValuedAlias",
                (AliasKind::Alias, _) => "Alias",
            },
        };
        Value::object(FromObject { item, kind })
    }

    /// The value of an alias, subquery or CTE.
    pub(crate) fn alias(interp: &mut Interp, alias: &Alias) -> Value {
        FromObject::value(interp, FromItem::from(alias))
    }
}

/// A subquery's value.
pub(crate) fn subquery(interp: &mut Interp, body: Body, name: Option<&str>) -> Value {
    let alias = Alias::of_select(body, name);
    FromObject::alias(interp, &alias)
}

/// The element of a `FROM` list that a value stands for.
pub(crate) fn from_item(value: &Value) -> Option<FromItem> {
    if let Some(table) = value.downcast::<TableObject>() {
        return Some(FromItem::from(&table.table));
    }
    value.downcast::<FromObject>().map(|object| object.item.clone())
}

/// The select, or what else can stand in parentheses, that a value stands for.
pub(crate) fn body(interp: &mut Interp, value: &Value) -> PyResult<Option<Body>> {
    if let Some(compound) = value.downcast::<CompoundObject>() {
        return Ok(Some(Body::from(compound.compound.clone())));
    }
    if let Some(textual) = value.downcast::<textual::TextualObject>() {
        return Ok(Some(Body::Textual(textual.textual.clone())));
    }
    orm::body(interp, value)
}

/// The element that the right side of a join or an argument of `select_from()` stands for.
pub(crate) fn joinable(interp: &mut Interp, value: &Value) -> PyResult<FromItem> {
    if let Some(item) = from_item(value) {
        return Ok(item);
    }
    if let Some(item) = orm::mapped_item(interp, value)? {
        return Ok(item);
    }
    if let Some(text) = value.as_str() {
        let message =
            format!("Textual SQL expression '{text}' should be explicitly declared as text('{text}')");
        return Err(errors::raise_named(interp, "ArgumentError", message));
    }
    if let Some(body) = body(interp, value)? {
        let newest = !lend::has(interp, Behaviour::SelectsCoercedToFrom);
        if newest || !lend::has(interp, Behaviour::SubqueryMethods) {
            return Err(Stop::unsupported("a select in a FROM list"));
        }
        // A select in a `FROM` list becomes a subquery without a name.
        return Ok(FromItem::from(&Alias::of_select(body, None)));
    }
    if let Some(expr) = expr::clause(interp, value)?
        && let ExprKind::Text(text) = expr.kind()
    {
        return Ok(FromItem::Text(text.text.clone()));
    }
    Err(Stop::unsupported("something that is no table, subquery or join in a FROM list"))
}

/// `left JOIN right`: on a condition, or on what foreign keys give.
pub(crate) fn join(
    interp: &mut Interp,
    left: &FromItem,
    right: &FromItem,
    on: Option<&Value>,
    outer: bool,
    full: bool,
) -> PyResult<FromItem> {
    let on = match on.filter(|on| !on.is_none()) {
        Some(Value::Bool(_)) => {
            return Err(Stop::unsupported("a truth value as the condition of a join"));
        }
        Some(on) => expr::coerce(interp, on)?,
        None => {
            let profile = lend::profile(interp);
            link(left, right)
                .map_err(|reason| reason.error(profile, left, right))
                .map_err(|error| errors::raise(interp, &error))?
        }
    };
    Ok(FromItem::Join(Rc::new(Join::new(left.clone(), right.clone(), on, outer || full, full))))
}

/// `join()` and `outerjoin()` of an element.
fn join_method(item: &FromItem, name: &'static str) -> Value {
    let item = item.clone();
    Value::native(name, move |interp, args| {
        let parameters =
            if name == "join" { "right, onclause=, isouter=, full=" } else { "right, onclause=, full=" };
        let mut bound = Signature::new(&format!("FromClause.{name}"), parameters).bind(interp, args)?;
        let right = bound.take(0).unwrap_or(Value::None);
        let right = joinable(interp, &right)?;
        let on = bound.take(1);
        let mut flag = |interp: &mut Interp, at| match bound.take(at) {
            Some(value) => interp.truth(&value),
            None => Ok(false),
        };
        let (outer, full) =
            if name == "join" { (flag(interp, 2)?, flag(interp, 3)?) } else { (true, flag(interp, 2)?) };
        let joined = join(interp, &item, &right, on.as_ref(), outer, full)?;
        Ok(FromObject::value(interp, joined))
    })
}

/// An alias of an element.
fn alias_of(item: &FromItem, name: Option<&str>, kind: AliasKind) -> PyResult<Alias> {
    let element = match item {
        FromItem::Table(table) => AliasElement::Table(table.clone()),
        FromItem::Alias(alias) => AliasElement::Alias(alias.clone()),
        FromItem::Join(join) => AliasElement::Join(join.clone()),
        FromItem::Text(_) => return Err(Stop::unsupported("an alias of text")),
    };
    Ok(Alias::new(element, name, kind))
}

/// A name that may be left out.
pub(super) fn name_of(value: Option<Value>) -> Option<Rc<str>> {
    value.as_ref().and_then(Value::as_str).cloned()
}

/// What tables, aliases, subqueries and joins have in common.
pub(crate) fn from_member(interp: &mut Interp, item: &FromItem, name: &str) -> PyResult<Option<Value>> {
    let item = item.clone();
    Ok(Some(match name {
        "alias" => {
            if matches!(item, FromItem::Join(_)) {
                return Err(Stop::unsupported("an alias of a join"));
            }
            Value::native(name, move |interp, args| {
                let mut bound = Signature::new("FromClause.alias", "name=, flat=").bind(interp, args)?;
                let name = name_of(bound.take(0));
                let alias = alias_of(&item, name.as_deref(), AliasKind::Alias)?;
                Ok(FromObject::alias(interp, &alias))
            })
        }
        "lateral" => Value::native(name, move |interp, args| {
            let mut bound = Signature::new("FromClause.lateral", "name=").bind(interp, args)?;
            let name = name_of(bound.take(0));
            if let FromItem::Alias(alias) = &item
                && let AliasElement::Values(_) = alias.element()
            {
                let name = name.as_deref().or(alias.name());
                let lateral = Alias::new(alias.element().clone(), name, AliasKind::Lateral);
                return Ok(FromObject::alias(interp, &lateral));
            }
            let alias = alias_of(&item, name.as_deref(), AliasKind::Lateral)?;
            Ok(FromObject::alias(interp, &alias))
        }),
        "join" => join_method(&item, "join"),
        "outerjoin" => join_method(&item, "outerjoin"),
        "select" => Value::native(name, move |interp, args| {
            let more = lend::has(interp, Behaviour::StatementArguments);
            if let Some((name, _)) = args.keywords.iter().find(|(name, _)| more && &**name != "whereclause") {
                return Err(Stop::unsupported(format!("select() of a table with `{name}`")));
            }
            let parameters = if more { "self, whereclause=" } else { "self" };
            let mut bound =
                Signature::new("FromClause.select", parameters).bind(interp, args.prepend(Value::None))?;
            let condition = bound.take(1).filter(|value| !value.is_none());
            orm::select::of_item(interp, &item, condition)
        }),
        "exported_columns" if names::has_member(interp, "Table", name) => {
            CollectionObject::of_item(interp, &item)
        }
        _ => return Ok(None),
    }))
}

impl Object for FromObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        self.kind
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn class(&self, interp: &mut Interp) -> Rc<Class> {
        interp.foreign_class("sqlalchemy.sql.selectable", self.kind)
    }

    fn identity(&self) -> u64 {
        let address = match &self.item {
            FromItem::Alias(alias) => alias.identity(),
            FromItem::Join(join) => Rc::as_ptr(join).addr(),
            FromItem::Table(_) | FromItem::Text(_) => std::ptr::from_ref(self).addr(),
        };
        (6 << 60) | (address as u64 & ((1 << 60) - 1))
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if matches!(name, "c" | "columns") {
            return Ok(Some(CollectionObject::of_item(interp, &self.item)));
        }
        if name == "compile" {
            let this = this.clone();
            return Ok(Some(Value::native(name, move |interp, args| {
                super::compiled::compile(interp, &this, args)
            })));
        }
        if name == "primary_key" {
            return Ok(Some(CollectionObject::key_of_item(&self.item)));
        }
        if let FromItem::Alias(alias) = &self.item
            && let Some(found) = super::table_valued::alias_member(alias, name)
        {
            return Ok(Some(found));
        }
        let found = match &self.item {
            FromItem::Alias(alias) => alias_member(interp, alias, name)?,
            FromItem::Join(join) => match name {
                "left" => Some(FromObject::value(interp, join.left.clone())),
                "right" => Some(FromObject::value(interp, join.right.clone())),
                "onclause" => Some(ExprObject::value(join.onclause.clone())),
                "foreign_keys" => return Err(Stop::unsupported("the foreign keys of a join")),
                "isouter" => Some(Value::Bool(join.outer)),
                "full" => Some(Value::Bool(join.full)),
                _ => None,
            },
            FromItem::Table(_) | FromItem::Text(_) => None,
        };
        match found {
            Some(found) => Ok(Some(found)),
            None => from_member(interp, &self.item, name),
        }
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let address = interp.address_of(self.identity());
        Ok(match &self.item {
            FromItem::Join(join) => {
                let mut side = |item: &FromItem| {
                    let name = item.description(lend::profile(interp));
                    let number = match item {
                        FromItem::Table(table) => schema::SCHEMA_IDENTITY | table.identity() as u64,
                        FromItem::Alias(alias) => (6 << 60) | alias.identity() as u64,
                        FromItem::Join(_) | FromItem::Text(_) => 0,
                    };
                    let number = interp.address_number(number);
                    name.map(|name| format!("{name}({number})"))
                };
                match (side(&join.left), side(&join.right)) {
                    (Some(left), Some(right)) => format!(
                        "<sqlalchemy.sql.selectable.Join at {address}; Join object on {left} and {right}>"
                    ),
                    _ => return Err(Stop::unsupported("the repr of a join of joins")),
                }
            }
            item => match item.description(lend::profile(interp)) {
                Some(name) => format!("<sqlalchemy.sql.selectable.{} at {address}; {name}>", self.kind),
                None => return Err(Stop::unsupported("the repr of an alias without a name")),
            },
        })
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        let profile = lend::profile(interp);
        let empty = lend::has(interp, Behaviour::CtesShownEmpty);
        let text = match &self.item {
            FromItem::Alias(alias) if empty && matches!(alias.kind(), AliasKind::Cte { .. }) => {
                Ok(String::new())
            }
            FromItem::Alias(alias) if alias.table().is_some() => {
                Ok(if alias.kind() == AliasKind::Lateral { "LATERAL " } else { "" }.to_owned())
            }
            FromItem::Alias(alias) => match alias.body() {
                Some(body) => {
                    let text = Statement::from(body.clone()).to_text(profile, Dialect::Default);
                    let lateral = alias.kind() == AliasKind::Lateral;
                    text.map(|text| if lateral { format!("LATERAL ({text})") } else { text })
                }
                None => {
                    let text = self.item.to_text(profile, Dialect::Default);
                    match (alias.element(), text) {
                        (AliasElement::Values(_), Ok(text)) => {
                            // By itself it has neither parentheses nor a name.
                            let inner = text.strip_prefix('(').and_then(|text| text.rsplit_once(") AS "));
                            Ok(inner.map_or(text.clone(), |(inner, _)| inner.to_owned()))
                        }
                        (_, text) => text,
                    }
                }
            },
            _ => self.item.to_text(profile, Dialect::Default),
        };
        text.map_err(|error| errors::raise(interp, &error))
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
    }
}

/// What an alias, subquery or CTE has beside what every element has.
fn alias_member(interp: &mut Interp, alias: &Alias, name: &str) -> PyResult<Option<Value>> {
    let is_cte = matches!(alias.kind(), AliasKind::Cte { .. });
    Ok(Some(match name {
        "name" => match alias.name() {
            Some(name) => Value::from(name),
            None => return Err(Stop::unsupported("the name of an alias that has none")),
        },
        "description" => match FromItem::from(alias).description(lend::profile(interp)) {
            Some(name) => Value::from(name),
            None => return Ok(None),
        },
        "element" | "original" => match alias.element() {
            AliasElement::Table(table) => schema::table_value(table),
            AliasElement::Alias(inner) => FromObject::alias(interp, inner),
            AliasElement::Body(body) => body_value(body)?,
            _ => return Ok(None),
        },
        "data" if matches!(alias.element(), AliasElement::Values(_)) => values::data_method(alias),
        "scalar_values" if matches!(alias.element(), AliasElement::Values(_)) => {
            return Err(Stop::unsupported("scalar_values() of values()"));
        }
        "cte" if matches!(alias.element(), AliasElement::Values(_)) => {
            return Err(Stop::unsupported("a CTE of values()"));
        }
        "union" | "union_all" if is_cte => {
            let (alias, kind) = (alias.clone(), compound::kind_of(name));
            Value::native(name, move |interp, args| {
                let mut bodies: Vec<Body> = alias.body().cloned().into_iter().collect();
                for value in &args.positional {
                    bodies.push(compound::part(interp, value)?);
                }
                let Some(kind) = kind else {
                    return Err(Stop::unsupported("this way to put selects together"));
                };
                let compound = backproof_engine::sql::CompoundSelect::new(kind, bodies);
                Ok(FromObject::alias(interp, &alias.restated(compound)))
            })
        }
        _ => return Ok(None),
    }))
}

/// The value of what stands in parentheses, as a statement.
fn body_value(body: &Body) -> PyResult<Value> {
    match body {
        Body::Select(select) => orm::select::of_core(select),
        Body::Compound(compound) => Ok(CompoundObject::value((**compound).clone())),
        Body::Textual(textual) => Ok(textual::TextualObject::value(textual.clone())),
    }
}

/// A column of a `FROM` element as a value.
pub(crate) fn column_value(expr: &Expr) -> Value {
    match expr.kind() {
        ExprKind::Column(column) => schema::column_value(column),
        _ => ExprObject::value(expr.clone()),
    }
}

/// What the places of a statement's rows are of.
pub(crate) fn places(statement: &Statement) -> Vec<super::result::Place> {
    let columns = match statement {
        Statement::Select(select) => select.columns.clone(),
        Statement::Compound(compound) => {
            compound.selects.first().map(|body| body.columns().to_vec()).unwrap_or_default()
        }
        Statement::Textual(textual) => textual.columns.clone(),
        Statement::Insert(insert) => insert.returning.clone(),
        Statement::Update(update) => update.returning.clone(),
        Statement::Delete(delete) => delete.returning.clone(),
        _ => Vec::new(),
    };
    columns.into_iter().map(super::result::Place::Expr).collect()
}

/// What a column of an alias is known by.
pub(crate) fn column_identity(expr: &Expr) -> Option<u64> {
    use std::hash::{Hash, Hasher};
    let ExprKind::AliasColumn(column) = expr.kind() else { return None };
    let mut hasher = std::hash::DefaultHasher::new();
    (column.alias.identity(), &*column.name, column.position).hash(&mut hasher);
    Some((hasher.finish() >> 4) | (7 << 60))
}

/// How an alias without a name shows before 1.4: by its address.
pub(crate) fn made_up_name(interp: &mut Interp, alias: &Alias) -> String {
    let number = interp.address_number((6 << 60) | (alias.identity() as u64 & ((1 << 60) - 1)));
    let stem = alias.table().map_or("anon", backproof_engine::schema::Table::name);
    format!("%({number} {stem})s")
}

/// How a column of an alias shows that stands for a table's column.
pub(crate) fn column_repr(interp: &mut Interp, expr: &Expr) -> PyResult<Option<String>> {
    let ExprKind::AliasColumn(column) = expr.kind() else { return Ok(None) };
    let Some(base) = column.base.as_ref().filter(|base| base.table().is_some_and(|table| !table.is_light()))
    else {
        return Ok(None);
    };
    let Some(table) = FromItem::from(&column.alias).description(lend::profile(interp)) else {
        return Err(Stop::unsupported("the repr of a column of an alias without a name"));
    };
    let mut parts = vec![interp.repr(&Value::from(column.name.clone()))?, column.ty.repr()];
    for key in base.foreign_keys() {
        let target = interp.repr(&Value::from(key.target_fullname()))?;
        parts.push(format!("ForeignKey({target})"));
    }
    parts.push(format!("table=<{table}>"));
    if base.is_primary_key() {
        parts.push("primary_key=True".to_owned());
    }
    if !base.nullable() {
        parts.push("nullable=False".to_owned());
    }
    Ok(Some(format!("Column({})", parts.join(", "))))
}

/// Whether a column is one of a table's class, or only a name; `None` for what is no column.
pub(crate) fn is_plain_column(expr: &Expr) -> Option<bool> {
    match expr.kind() {
        ExprKind::Column(column) => Some(!column.is_light()),
        ExprKind::AliasColumn(column) => Some(column.base.is_some()),
        ExprKind::Literal { .. } => Some(false),
        _ => None,
    }
}

/// A parameter whose value will be the values of an `IN`.
pub(crate) fn expanding(bind: &backproof_engine::sql::Bind) -> Expr {
    let bind = backproof_engine::sql::Bind { expanding: Some(Vec::new()), ..bind.clone() };
    Expr::of(ExprKind::Bind(bind))
}

/// One of the constants for `set_label_style()`.
struct LabelStyleObject {
    style: LabelStyle,
    name: &'static str,
}

impl Object for LabelStyleObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "SelectLabelStyle"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.sql.selectable"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "name").then(|| Value::from(self.name)))
    }

    fn str(&self, _interp: &mut Interp, _this: &Value) -> PyResult<String> {
        Ok(format!("SelectLabelStyle.{}", self.name))
    }
}

const STYLES: &[(&str, LabelStyle)] = &[
    ("LABEL_STYLE_TABLENAME_PLUS_COL", LabelStyle::TableColumn),
    ("LABEL_STYLE_DISAMBIGUATE_ONLY", LabelStyle::Disambiguate),
    ("LABEL_STYLE_DEFAULT", LabelStyle::Disambiguate),
    ("LABEL_STYLE_NONE", LabelStyle::None),
];

/// The argument of `set_label_style()`.
pub(crate) fn label_style(value: &Value) -> PyResult<LabelStyle> {
    match value.downcast::<LabelStyleObject>() {
        Some(object) => Ok(object.style),
        None => Err(Stop::unsupported("set_label_style() with something else than a label style")),
    }
}

/// A function of the module.
type Function = fn(&mut Interp, Args) -> PyResult<Value>;

const FUNCTIONS: &[(&str, Function)] = &[
    ("union", |interp, args| combined(interp, "union", args)),
    ("union_all", |interp, args| combined(interp, "union_all", args)),
    ("intersect", |interp, args| combined(interp, "intersect", args)),
    ("intersect_all", |interp, args| combined(interp, "intersect_all", args)),
    ("except_", |interp, args| combined(interp, "except_", args)),
    ("except_all", |interp, args| combined(interp, "except_all", args)),
    ("exists", members::exists),
    ("values", values::values),
    ("table", values::table),
    ("type_coerce", members::type_coerce),
    ("join", |interp, args| join_function(interp, args, false)),
    ("outerjoin", |interp, args| join_function(interp, args, true)),
    ("alias", |interp, args| method_function(interp, args, "alias")),
    ("lateral", |interp, args| method_function(interp, args, "lateral")),
    ("subquery", |interp, args| method_function(interp, args, "subquery")),
    ("cte", |interp, args| method_function(interp, args, "cte")),
];

/// `alias(selectable, …)` and its like: the method of the first argument.
fn method_function(interp: &mut Interp, mut args: Args, name: &str) -> PyResult<Value> {
    if args.positional.is_empty() {
        return Err(Stop::unsupported(format!("{name}() of nothing")));
    }
    let of = args.positional.remove(0);
    let method = interp.get_attr(&of, name)?;
    interp.call(&method, args)
}

/// `join(left, right, onclause=None, isouter=False, full=False)`.
fn join_function(interp: &mut Interp, args: Args, outer: bool) -> PyResult<Value> {
    let parameters =
        if outer { "left, right, onclause=, full=" } else { "left, right, onclause=, isouter=, full=" };
    let mut bound =
        Signature::new(if outer { "outerjoin" } else { "join" }, parameters).bind(interp, args)?;
    let (left, right) = (bound.take(0).unwrap_or(Value::None), bound.take(1).unwrap_or(Value::None));
    let on = bound.take(2);
    let mut flag = |interp: &mut Interp, at| match bound.take(at) {
        Some(value) => interp.truth(&value),
        None => Ok(false),
    };
    let (outer, full) = if outer { (true, flag(interp, 3)?) } else { (flag(interp, 3)?, flag(interp, 4)?) };
    let (left, right) = (joinable(interp, &left)?, joinable(interp, &right)?);
    let joined = join(interp, &left, &right, on.as_ref(), outer, full)?;
    Ok(FromObject::value(interp, joined))
}

/// Adds what `sqlalchemy` shows of selectables.
pub(crate) fn install(interp: &mut Interp, module: &Module) {
    for &(name, function) in FUNCTIONS {
        module.dict.set(name, Value::native(name, function));
    }
    for name in ["Alias", "Subquery", "CTE", "Join", "Lateral", "CompoundSelect", "Select", "TableClause"] {
        let class = interp.foreign_class("sqlalchemy.sql.selectable", name);
        module.dict.set(name, Value::Class(class));
    }
    for &(name, style) in STYLES {
        module.dict.set(name, Value::object(LabelStyleObject { style, name }));
    }
    values::install(interp, module);
}
