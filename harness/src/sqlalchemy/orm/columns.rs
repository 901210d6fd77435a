//! Columns as a class body declares them: `mapped_column()`, `column_property()`, `deferred()`, `declared_attr`.

use super::dataclass::{FieldArgs, Of};
use super::declarative::column_of;
use crate::python::{Args, BinaryOp, Class, CompareOp, Interp, Object, PyResult, Stop, UnaryOp, Value};
use crate::sqlalchemy::expr;
use crate::sqlalchemy::schema::{ColumnObject, read_column};
use backproof_engine::map::{Deferral, PropertySpec};
use backproof_engine::schema::Column;
use backproof_engine::sql::Expr;
use std::any::Any;
use std::rc::Rc;

/// `mapped_column(…)`: a column whose type, name and nullability an annotation may still decide.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one argument whether it was given")]
pub(crate) struct MappedColumnObject {
    pub(crate) column: Column,
    pub(crate) typed: bool,
    /// Other columns that are written with it.
    pub(crate) others: Vec<Column>,
    pub(crate) deferral: Deferral,
    pub(crate) active_history: bool,
    pub(crate) sort_order: i64,
    /// Where the table has the column already, that one is meant.
    pub(crate) use_existing: bool,
    /// Whether it was given `insert_default`.
    pub(crate) defaults_for_insert: bool,
    /// What it says of a dataclass's field.
    pub(crate) field: FieldArgs,
    /// What it is compared by, where a document wrote that.
    pub(crate) comparator: Option<Value>,
    /// Made by `column_property()` or its like.
    pub(super) wrapped: bool,
    /// Given by name in `properties`.
    pub(super) listed: bool,
}

impl MappedColumnObject {
    /// A column that only an annotation declares.
    pub(crate) fn bare() -> MappedColumnObject {
        MappedColumnObject {
            column: Column::new(backproof_engine::schema::ColumnArgs::default()),
            typed: false,
            others: Vec::new(),
            deferral: Deferral::default(),
            active_history: false,
            sort_order: 0,
            use_existing: false,
            defaults_for_insert: false,
            field: FieldArgs::default(),
            comparator: None,
            wrapped: false,
            listed: false,
        }
    }

    /// A column, or what was made of one, as one of `properties`, where it keeps its place.
    pub(super) fn listed(value: &Value) -> Option<Value> {
        let column = match value.downcast::<ColumnObject>() {
            Some(plain) => {
                MappedColumnObject { column: plain.column.clone(), typed: true, ..MappedColumnObject::bare() }
            }
            None => value.downcast::<MappedColumnObject>()?.clone(),
        };
        Some(Value::object(MappedColumnObject { listed: true, ..column }))
    }

    /// The property that it declares.
    pub(crate) fn spec(&self) -> PropertySpec {
        let columns = std::iter::once(&self.column).chain(&self.others).cloned().collect();
        PropertySpec::Column {
            columns,
            deferral: self.deferral.clone(),
            active_history: self.active_history,
            wrapped: self.wrapped,
            listed: self.listed,
        }
    }

    /// Whether it declares nothing beside its column.
    pub(crate) fn is_plain(&self) -> bool {
        !self.deferral.deferred && !self.active_history && self.others.is_empty() && !self.wrapped
    }

    /// An equal one for another class.
    pub(crate) fn copy(&self) -> MappedColumnObject {
        MappedColumnObject { column: self.column.copy(), ..self.clone() }
    }
}

impl Object for MappedColumnObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "MappedColumn"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.properties"
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        match name {
            "column" => Ok(Some(crate::sqlalchemy::schema::column_value(&self.column))),
            _ => expr::member(interp, this, &self.column.expr(), name),
        }
    }

    fn binary(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        expr::binary(interp, &self.column.expr(), op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        _this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        expr::compare(interp, &self.column.expr(), op, other)
    }

    fn unary(&self, interp: &mut Interp, _this: &Value, op: UnaryOp) -> PyResult<Value> {
        expr::unary(interp, &self.column.expr(), op)
    }
}

/// `mapped_column(…)`.
pub(crate) fn mapped_column(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let mut flag = |interp: &mut Interp, name: &str| match args.take_keyword(name) {
        Some(value) => interp.truth(&value),
        None => Ok(false),
    };
    let mut deferral = Deferral { deferred: flag(interp, "deferred")?, ..Deferral::default() };
    deferral.raises = flag(interp, "deferred_raiseload")?;
    let active_history = flag(interp, "active_history")?;
    let use_existing = flag(interp, "use_existing_column")?;
    let sort_order = match args.take_keyword("sort_order") {
        Some(value) => interp.index(&value)?,
        None => 0,
    };
    deferral.group = args.take_keyword("deferred_group").and_then(|group| group.as_str().cloned());
    deferral.deferred |= deferral.group.is_some();
    let field = FieldArgs::take(interp, &mut args, Of::MappedColumn)?;
    let defaults_for_insert = args.keywords.iter().any(|(name, _)| &**name == "insert_default");
    let call = read_column(interp, "mapped_column", args)?;
    let typed = call.typed;
    Ok(Value::object(MappedColumnObject {
        column: Column::new(call.args),
        typed,
        others: Vec::new(),
        deferral,
        active_history,
        sort_order,
        use_existing,
        defaults_for_insert,
        field,
        comparator: None,
        wrapped: false,
        listed: false,
    }))
}

/// `column_property(…)` and `deferred(…)`, of columns or of an SQL expression.
pub(crate) fn column_property(interp: &mut Interp, mut args: Args, deferred: bool) -> PyResult<Value> {
    let name = if deferred { "deferred" } else { "column_property" };
    let field = if deferred {
        FieldArgs::take(interp, &mut args, Of::Column)?
    } else {
        FieldArgs::take_read_only(interp, &mut args, name)?
    };
    let mut active_history = false;
    let mut comparator = None;
    let mut deferral = Deferral { deferred, ..Deferral::default() };
    for (keyword, value) in args.keywords {
        match &*keyword {
            "active_history" => active_history = interp.truth(&value)?,
            "deferred" => deferral.deferred = interp.truth(&value)?,
            "raiseload" => deferral.raises = interp.truth(&value)?,
            "group" => deferral.group = value.as_str().cloned(),
            "doc" | "info" | "comment" => {}
            "comparator_factory" => comparator = Some(value).filter(|class| !class.is_none()),
            "expire_on_flush" if interp.truth(&value)? => {}
            other => return Err(Stop::unsupported(format!("{name}() with `{other}`"))),
        }
    }
    let mut columns = args.positional.iter().filter_map(column_of);
    if let Some(column) = columns.next() {
        let others: Vec<Column> = columns.collect();
        if others.len() + 1 != args.positional.len() {
            return Err(Stop::unsupported(format!("{name}() of columns and expressions")));
        }
        let bare = MappedColumnObject::bare();
        let made = MappedColumnObject {
            column,
            typed: true,
            others,
            deferral,
            active_history,
            field,
            comparator,
            wrapped: true,
            listed: false,
            ..bare
        };
        return Ok(Value::object(made));
    }
    let [value] = args.positional.as_slice() else {
        return Err(Stop::unsupported(format!("{name}() of several expressions")));
    };
    let expr = expression_of(interp, value, name)?;
    Ok(Value::object(ExpressionDecl { expr, deferral, ad_hoc: false, field, comparator }))
}

/// The expression of `column_property()`; before 2.0 a select without `as_scalar()` stands for its value, too.
fn expression_of(interp: &mut Interp, value: &Value, name: &str) -> PyResult<Expr> {
    if let Some(expr) = expr::clause(interp, value)? {
        return Ok(expr);
    }
    if let Some(body) = crate::sqlalchemy::selectable::body(interp, value)? {
        return Ok(Expr::scalar_select(body));
    }
    Err(Stop::unsupported(format!("{name}() of this value")))
}

/// `query_expression(…)`.
pub(crate) fn query_expression(interp: &mut Interp, mut args: Args) -> PyResult<Value> {
    let field = FieldArgs::take_for_query(interp, &mut args)?;
    let mut default = Value::None;
    for (at, value) in args.positional.iter().enumerate() {
        match at {
            0 => default = value.clone(),
            _ => return Err(Stop::unsupported("query_expression() with several arguments")),
        }
    }
    for (keyword, value) in args.keywords {
        match &*keyword {
            "default_expr" => default = value,
            "expire_on_flush" | "info" | "doc" => {}
            other => return Err(Stop::unsupported(format!("query_expression() with `{other}`"))),
        }
    }
    let expr = if default.is_none() { Expr::null() } else { expr::coerce(interp, &default)? };
    let deferral = Deferral::default();
    Ok(Value::object(ExpressionDecl { expr, deferral, ad_hoc: true, field, comparator: None }))
}

/// `column_property()` of an SQL expression, or `query_expression()`.
pub(crate) struct ExpressionDecl {
    expr: Expr,
    deferral: Deferral,
    ad_hoc: bool,
    field: FieldArgs,
    /// What it is compared by, where a document wrote that.
    pub(crate) comparator: Option<Value>,
}

impl ExpressionDecl {
    pub(crate) fn spec(&self) -> PropertySpec {
        let (expr, deferral, ad_hoc) = (self.expr.clone(), self.deferral.clone(), self.ad_hoc);
        PropertySpec::Expression { expr, deferral, ad_hoc }
    }

    pub(crate) fn expr(&self) -> &Expr {
        &self.expr
    }

    pub(crate) fn field(&self) -> &FieldArgs {
        &self.field
    }
}

impl Object for ExpressionDecl {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "MappedSQLExpression"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.properties"
    }

    fn get_attr(&self, _interp: &mut Interp, _this: &Value, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "expression" => Some(expr::ExprObject::value(self.expr.clone())),
            _ => None,
        })
    }
}

/// `declared_attr`: a function of the class that is being mapped.
pub(crate) struct DeclaredAttrObject {
    function: Value,
    /// Whether each class of a hierarchy has its own.
    pub(crate) cascades: bool,
}

impl DeclaredAttrObject {
    pub(crate) fn new(function: Value) -> DeclaredAttrObject {
        let function = match function {
            Value::ClassMethod(inner) => (*inner).clone(),
            other => other,
        };
        DeclaredAttrObject { function, cascades: false }
    }

    /// What its function says that it gives.
    pub(crate) fn returns(&self, interp: &mut Interp) -> PyResult<Option<Value>> {
        let Value::Function(function) = &self.function else { return Ok(None) };
        match function.dict.get("__annotations__") {
            Some(Value::Dict(annotations)) => {
                let annotations = Value::Dict(annotations);
                let found = interp.mapping_items(&annotations)?.unwrap_or_default();
                let found =
                    found.into_iter().find(|(name, _)| name.as_str().is_some_and(|name| &**name == "return"));
                Ok(found.map(|(_, annotation)| annotation))
            }
            _ => Ok(None),
        }
    }

    /// What it stands for on a class.
    pub(crate) fn evaluate(&self, interp: &mut Interp, class: &Rc<Class>) -> PyResult<Value> {
        interp.call(&self.function, Args::of(vec![Value::Class(class.clone())]))
    }
}

impl Object for DeclaredAttrObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "declared_attr"
    }

    fn type_module(&self) -> &'static str {
        "sqlalchemy.orm.decl_api"
    }

    fn is_descriptor(&self) -> bool {
        true
    }

    fn descriptor_get(
        &self,
        interp: &mut Interp,
        _this: &Value,
        _instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> PyResult<Value> {
        self.evaluate(interp, owner)
    }
}
