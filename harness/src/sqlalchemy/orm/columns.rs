//! Columns as a class body declares them: `mapped_column()`, `column_property()`, `deferred()`, `declared_attr`.

use crate::python::{Args, BinaryOp, Class, CompareOp, Interp, Object, PyResult, Stop, UnaryOp, Value};
use crate::sqlalchemy::expr;
use crate::sqlalchemy::schema::{ColumnObject, read_column};
use backproof_engine::schema::Column;
use std::any::Any;
use std::rc::Rc;

/// `mapped_column(…)`: a column whose type, name and nullability an annotation may still decide.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of its own")]
pub(crate) struct MappedColumnObject {
    pub(crate) column: Column,
    pub(crate) typed: bool,
    pub(crate) deferred: bool,
    pub(crate) active_history: bool,
    pub(crate) sort_order: i64,
    /// Where the table has the column already, that one is meant.
    pub(crate) use_existing: bool,
}

impl MappedColumnObject {
    /// A column that only an annotation declares.
    pub(crate) fn bare() -> MappedColumnObject {
        MappedColumnObject {
            column: Column::new(backproof_engine::schema::ColumnArgs::default()),
            typed: false,
            deferred: false,
            active_history: false,
            sort_order: 0,
            use_existing: false,
        }
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
    let deferred = flag(interp, "deferred")?;
    let active_history = flag(interp, "active_history")?;
    let use_existing = flag(interp, "use_existing_column")?;
    let sort_order = match args.take_keyword("sort_order") {
        Some(value) => interp.index(&value)?,
        None => 0,
    };
    for name in ["deferred_group", "deferred_raiseload", "default_factory", "compare", "kw_only", "hash"] {
        if args.take_keyword(name).is_some_and(|value| !value.is_none()) {
            return Err(Stop::unsupported(format!("mapped_column() with `{name}`")));
        }
    }
    let call = read_column(interp, "mapped_column", args)?;
    let typed = call.typed;
    Ok(Value::object(MappedColumnObject {
        column: Column::new(call.args),
        typed,
        deferred,
        active_history,
        sort_order,
        use_existing,
    }))
}

/// `column_property(Column(…))` and `deferred(Column(…))`.
pub(crate) fn column_property(interp: &mut Interp, mut args: Args, deferred: bool) -> PyResult<Value> {
    let name = if deferred { "deferred" } else { "column_property" };
    let column = if args.positional.is_empty() { Value::None } else { args.positional.remove(0) };
    let mut active_history = false;
    let mut deferred = deferred;
    for (keyword, value) in args.keywords {
        match &*keyword {
            "active_history" => active_history = interp.truth(&value)?,
            "deferred" => deferred = interp.truth(&value)?,
            "doc" | "info" | "comment" => {}
            other => return Err(Stop::unsupported(format!("{name}() with `{other}`"))),
        }
    }
    let column = match (column.downcast::<ColumnObject>(), column.downcast::<MappedColumnObject>()) {
        (Some(object), _) => object.column.clone(),
        (None, Some(object)) => object.column.clone(),
        (None, None) => return Err(Stop::unsupported(format!("{name}() of an SQL expression"))),
    };
    let bare = MappedColumnObject::bare();
    Ok(Value::object(MappedColumnObject { column, typed: true, deferred, active_history, ..bare }))
}

/// `declared_attr`: a function of the class that is being mapped.
pub(crate) struct DeclaredAttrObject {
    function: Value,
}

impl DeclaredAttrObject {
    pub(crate) fn new(function: Value) -> DeclaredAttrObject {
        let function = match function {
            Value::ClassMethod(inner) => (*inner).clone(),
            other => other,
        };
        DeclaredAttrObject { function }
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
