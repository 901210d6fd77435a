//! SQL expressions as Python values: operators, comparison and the methods of column elements.
//!
//! Whatever stands for an expression (a column, a mapped attribute, a hybrid) answers through [`clause`], so the
//! operators are written once.

mod member;

pub(crate) use member::member;

use super::{coercing, convert, errors, lend, names, operators, own_types};
use crate::python::{
    BinaryOp, CompareOp, Interp, Iter, Object, PyResult, Stop, UnaryOp, Unavailable, Value, fresh_identity,
};
use backproof_engine::schema::SqlType;
use backproof_engine::sql::{Dialect, Expr, ExprKind, Function, LabelName, Op, Operand, WindowKind};
use backproof_engine::version::Behaviour;
use std::any::Any;

/// A SQL expression.
pub(crate) struct ExprObject {
    pub(crate) expr: Expr,
    /// What `~` makes of it, where that is not its plain negation.
    negation: Option<Expr>,
    /// Whether its type's comparator has no say, as within that comparator.
    plain: bool,
    id: u64,
}

impl ExprObject {
    pub(crate) fn value(expr: Expr) -> Value {
        // A column of an alias is one object, however often it is asked for.
        let id = super::selectable::column_identity(&expr).unwrap_or_else(fresh_identity);
        Value::object(ExprObject { expr, negation: None, plain: false, id })
    }

    /// An expression that its type's comparator has no say in.
    pub(super) fn plain(expr: Expr) -> Value {
        Value::object(ExprObject { expr, negation: None, plain: true, id: fresh_identity() })
    }

    /// An expression with a negation of its own.
    pub(crate) fn with_negation(expr: Expr, negation: Option<Expr>) -> Value {
        Value::object(ExprObject { expr, negation, plain: false, id: fresh_identity() })
    }
}

/// Functions that have a class of their own, by its name.
const KNOWN_FUNCTIONS: &[&str] = &[
    "coalesce",
    "max",
    "min",
    "sum",
    "now",
    "concat",
    "char_length",
    "random",
    "count",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "sysdate",
    "user",
    "array_agg",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
    "cube",
    "rollup",
    "grouping_sets",
];

/// The class that the real library has for an expression.
fn class_name(expr: &Expr) -> &'static str {
    match expr.kind() {
        ExprKind::Column(column) if column.table().is_none() => "ColumnClause",
        ExprKind::Column(_) => "Column",
        ExprKind::Bind(_) => "BindParameter",
        ExprKind::Null => "Null",
        ExprKind::True => "True_",
        ExprKind::False => "False_",
        ExprKind::Text(_) => "TextClause",
        ExprKind::AliasColumn(column) if column.base.is_some() => "Column",
        ExprKind::AliasColumn(_) | ExprKind::Literal { .. } => "ColumnClause",
        ExprKind::Unary { op: Op::Any | Op::All, .. } => "CollectionAggregate",
        ExprKind::Unary { .. } => "UnaryExpression",
        ExprKind::Binary { .. } => "BinaryExpression",
        ExprKind::List { .. } => "BooleanClauseList",
        ExprKind::Grouping(_) if expr.as_tuple().is_some() => "Tuple",
        ExprKind::Grouping(_) => "Grouping",
        ExprKind::AsBoolean { .. } => "AsBoolean",
        ExprKind::LabelReference(_) => "_textual_label_reference",
        ExprKind::Extract { .. } => "Extract",
        ExprKind::TooDeep => "ColumnElement",
        ExprKind::Function(function) if function.compares.is_some() => "FunctionAsBinary",
        ExprKind::Function(function) => KNOWN_FUNCTIONS
            .iter()
            .find(|known| known.eq_ignore_ascii_case(&function.name))
            .copied()
            .unwrap_or("Function"),
        ExprKind::Label { .. } => "Label",
        ExprKind::Cast { .. } => "Cast",
        ExprKind::TypeCoerce { .. } => "TypeCoerce",
        ExprKind::Case(_) => "Case",
        ExprKind::Exists(_) => "Exists",
        ExprKind::ScalarSelect(_) => "ScalarSelect",
        ExprKind::SelectList(_) => "SelectStatementGrouping",
        ExprKind::Windowed(windowed) => match windowed.by {
            WindowKind::Over { .. } => "Over",
            WindowKind::Filter(_) => "FunctionFilter",
            WindowKind::WithinGroup(_) => "WithinGroup",
        },
        ExprKind::Collation(_) => "CollationClause",
        ExprKind::GroupingSince(element, _)
        | ExprKind::Annotated { element, .. }
        | ExprKind::OfEntity { element, .. } => class_name(element),
    }
}

impl Object for ExprObject {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        class_name(&self.expr)
    }

    fn type_module(&self) -> &'static str {
        match self.expr.kind() {
            ExprKind::Function(_) => "sqlalchemy.sql.functions",
            ExprKind::Exists(_) | ExprKind::ScalarSelect(_) => "sqlalchemy.sql.selectable",
            ExprKind::AliasColumn(column) if column.base.is_some() => "sqlalchemy.sql.schema",
            _ => "sqlalchemy.sql.elements",
        }
    }

    fn identity(&self) -> u64 {
        self.id
    }

    fn get_attr(&self, interp: &mut Interp, this: &Value, name: &str) -> PyResult<Option<Value>> {
        if !self.plain
            && let Some(found) = own_types::member(interp, this, &self.expr, name)?
        {
            return Ok(Some(found));
        }
        let found = member(interp, this, &self.expr, name)?;
        if found.is_none() {
            no_attribute(interp, class_name(&self.expr), name)?;
        }
        Ok(found)
    }

    fn binary(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: BinaryOp,
        other: &Value,
        reflected: bool,
    ) -> PyResult<Option<Value>> {
        if !self.plain
            && let Some(made) = own_types::binary(interp, this, &self.expr, op, other, reflected)?
        {
            return Ok(Some(made));
        }
        binary(interp, &self.expr, op, other, reflected)
    }

    fn compare(
        &self,
        interp: &mut Interp,
        this: &Value,
        op: CompareOp,
        other: &Value,
    ) -> PyResult<Option<Value>> {
        if !self.plain
            && let Some(made) = own_types::compare(interp, this, &self.expr, op, other)?
        {
            return Ok(Some(made));
        }
        compare(interp, &self.expr, op, other)
    }

    fn unary(&self, interp: &mut Interp, this: &Value, op: UnaryOp) -> PyResult<Value> {
        if !self.plain
            && let Some(made) = own_types::unary(interp, this, &self.expr, op)?
        {
            return Ok(made);
        }
        match (&self.negation, op) {
            (Some(negation), UnaryOp::Invert) => Ok(ExprObject::value(negation.clone())),
            _ => unary(interp, &self.expr, op),
        }
    }

    fn hash(&self, _interp: &mut Interp, _this: &Value) -> PyResult<i64> {
        Ok(self.id as i64)
    }

    fn truth(&self, interp: &mut Interp, _this: &Value) -> PyResult<bool> {
        truth(interp, &self.expr)
    }

    fn str(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        text(interp, &self.expr)
    }

    fn repr(&self, interp: &mut Interp, _this: &Value) -> PyResult<String> {
        if let Some(shown) = super::selectable::column_repr(interp, &self.expr)? {
            return Ok(shown);
        }
        let address = interp.address_of(self.id);
        let (module, name) = (self.type_module(), self.type_name());
        Ok(match self.expr.kind() {
            ExprKind::Column(column) => format!("<{module}.{name} at {address}; {}>", column.name()),
            ExprKind::AliasColumn(column) => format!("<{module}.{name} at {address}; {}>", column.name),
            ExprKind::Literal { text, .. } => format!("<{module}.{name} at {address}; {text}>"),
            ExprKind::Function(function) => {
                let own = function.name.rsplit('.').next().unwrap_or_default();
                format!("<{module}.{name} at {address}; {own}>")
            }
            ExprKind::Label { name: LabelName::Named(own), .. } => {
                format!("<{module}.{name} at {address}; {own}>")
            }
            _ => format!("<{module}.{name} object at {address}>"),
        })
    }

    fn get_item(&self, interp: &mut Interp, _this: &Value, key: &Value) -> PyResult<Value> {
        super::json::item(interp, &self.expr, key)
    }

    fn iter(&self, interp: &mut Interp, this: &Value) -> PyResult<Value> {
        let ExprKind::List { items, .. } = self.expr.kind() else {
            let name = interp.type_name(this);
            return Err(interp.raise("TypeError", format!("'{name}' object is not iterable")));
        };
        Ok(Iter::from_values("list_iterator", items.iter().cloned().map(ExprObject::value).collect()))
    }
}

/// What `str()` shows of an expression: the default dialect's text.
pub(crate) fn text(interp: &mut Interp, expr: &Expr) -> PyResult<String> {
    let profile = lend::profile(interp);
    if let ExprKind::AliasColumn(column) = expr.kind()
        && column.alias.name().is_none()
        && (column.alias.table().is_some() || !lend::has(interp, Behaviour::AnonymousNamesShown))
    {
        let described = backproof_engine::sql::FromItem::from(&column.alias).description(profile);
        return match described {
            Some(alias) => Ok(format!("{alias}.{}", column.name)),
            None => {
                let alias = super::selectable::made_up_name(interp, &column.alias);
                Ok(format!("{alias}.{}", column.name))
            }
        };
    }
    expr.to_text(profile, Dialect::Default).map_err(|error| errors::raise(interp, &error))
}

/// The truth of an expression: an (in)equality compares what its sides are, anything else has none.
pub(crate) fn truth(interp: &mut Interp, expr: &Expr) -> PyResult<bool> {
    if let ExprKind::Binary { left, right, op, .. } = expr.kind() {
        match op {
            Op::Eq => return Ok(left.same(right)),
            Op::Ne => return Ok(!left.same(right)),
            _ => {}
        }
    }
    Err(interp.raise("TypeError", "Boolean value of this clause is not defined"))
}

/// The expression that a value stands for, where it stands for one.
pub(crate) fn clause(interp: &mut Interp, value: &Value) -> PyResult<Option<Expr>> {
    Unavailable::refuse(value)?;
    if let Some(object) = value.downcast::<ExprObject>() {
        return Ok(Some(object.expr.clone()));
    }
    if let Some(object) = value.downcast::<super::schema::ColumnObject>() {
        return Ok(Some(object.column.expr()));
    }
    super::mapped_clause(interp, value)
}

/// The other side of an operator.
pub(crate) fn operand(interp: &mut Interp, value: &Value) -> PyResult<Operand> {
    if let Some(expr) = clause(interp, value)? {
        return Ok(Operand::Expr(expr));
    }
    if let Some(body) = super::selectable::body(interp, value)? {
        return Ok(Operand::Select(body));
    }
    Ok(Operand::Value(convert::to_engine(interp, value)?))
}

/// An expression, or a bound value in its place.
pub(crate) fn coerce(interp: &mut Interp, value: &Value) -> PyResult<Expr> {
    Ok(match operand(interp, value)? {
        Operand::Expr(expr) => expr,
        Operand::Value(value) if value.is_null() => Expr::null(),
        Operand::Value(value) => Expr::bind(value),
        Operand::Select(body) => Expr::scalar_select(body),
        _ => return Err(Stop::unsupported("this value in an expression")),
    })
}

/// The operands of `in_()`.
fn collection(interp: &mut Interp, beside: &Expr, op: &Op, value: &Value) -> PyResult<Operand> {
    if let Some(body) = super::selectable::body(interp, value)? {
        return Ok(Operand::Select(body));
    }
    if let Some(item) = super::selectable::from_item(value) {
        if let (backproof_engine::sql::FromItem::Alias(alias), false) =
            (&item, !lend::has(interp, Behaviour::AliasesInUnwrapped))
            && let Some(body) = alias.body()
        {
            return Ok(Operand::Select(body.clone()));
        }
        // A subquery as the right side of `IN` is selected from.
        let mut select = backproof_engine::sql::Select::new(item.columns());
        select.from = vec![item];
        return Ok(Operand::Select(select.into()));
    }
    if let Some(expr) = clause(interp, value)? {
        match expr.kind() {
            ExprKind::ScalarSelect(_) | ExprKind::Text(_) => return Ok(Operand::Expr(expr)),
            ExprKind::Bind(bind) if bind.expanding.is_some() => return Ok(Operand::Expr(expr)),
            ExprKind::Bind(bind) if lend::has(interp, Behaviour::ExpandingIn) => {
                return Ok(Operand::Expr(super::selectable::expanding(bind)));
            }
            _ => {}
        }
    }
    let is_clause = clause(interp, value)?.is_some();
    let is_plain =
        matches!(value, Value::Str(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::None);
    if (is_plain || is_clause) && lend::has(interp, Behaviour::InListChecked) {
        let shown = interp.repr(value)?;
        let message =
            format!("IN expression list, SELECT construct, or bound parameter object expected, got {shown}.");
        return Err(errors::raise_named(interp, "ArgumentError", message));
    }
    if is_clause {
        return Err(Stop::unsupported("in_() of an expression"));
    }
    if matches!(value, Value::Object(object) if matches!(object.type_name(), "Query" | "Subquery" | "Alias"))
    {
        return Err(Stop::unsupported("in_() of a query"));
    }
    let items = interp.iterate(value)?;
    if let Some(list) = coercing::list(interp, beside, op, &items)? {
        return Ok(list);
    }
    let mut values = Vec::with_capacity(items.len());
    let mut exprs = Vec::with_capacity(items.len());
    for item in &items {
        match operand(interp, item)? {
            Operand::Value(value) => {
                exprs.push(beside.bind_beside(value.clone()));
                values.push(value);
            }
            Operand::Expr(expr) => exprs.push(expr),
            _ => return Err(Stop::unsupported("this value in in_()")),
        }
    }
    Ok(if values.len() == items.len() { Operand::Values(values) } else { Operand::Exprs(exprs) })
}

pub(super) fn built(interp: &mut Interp, result: backproof_engine::Result<Expr>) -> PyResult<Value> {
    result.map(ExprObject::value).map_err(|error| {
        // The methods that this message names have had their names since 1.4.
        let is_old = error.detail().starts_with("Only '='") && !operators::known(interp, "is_not");
        if is_old {
            let message = error.detail().replace("is_not", "isnot");
            return errors::raise_named(interp, "ArgumentError", message);
        }
        errors::raise(interp, &error)
    })
}

/// What a name that an expression does not have raises, where the library's classes are known to lack it.
pub(super) fn no_attribute(interp: &mut Interp, class: &str, name: &str) -> PyResult<()> {
    let is_column = names::has_member(interp, class, "comparator");
    if !is_column || name.starts_with('_') || names::has_member(interp, class, name) {
        return Ok(());
    }
    if class == "TextClause" {
        return Err(interp.no_attribute(class, name));
    }
    let message = format!("Neither '{class}' object nor 'Comparator' object has an attribute '{name}'");
    Err(interp.raise("AttributeError", message))
}

/// `expr op other`.
pub(crate) fn binary(
    interp: &mut Interp,
    expr: &Expr,
    op: BinaryOp,
    other: &Value,
    reflected: bool,
) -> PyResult<Option<Value>> {
    let op = match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::Div => Op::Div,
        BinaryOp::FloorDiv => Op::FloorDiv,
        BinaryOp::Mod => Op::Mod,
        BinaryOp::And => Op::And,
        BinaryOp::Or => Op::Or,
        BinaryOp::LShift => Op::ShiftLeft,
        BinaryOp::RShift => Op::ShiftRight,
        BinaryOp::MatMul if lend::has(interp, Behaviour::ColumnsHavePowers) => {
            return Err(not_supported(interp, "matmul"));
        }
        BinaryOp::Pow if lend::has(interp, Behaviour::ColumnsHavePowers) => {
            return power(interp, expr, other, reflected).map(Some);
        }
        BinaryOp::Pow | BinaryOp::MatMul | BinaryOp::Xor => return Ok(None),
    };
    if op == Op::FloorDiv && !lend::has(interp, Behaviour::TrueDivision) {
        return Ok(None);
    }
    if let Op::ShiftLeft | Op::ShiftRight = op {
        let name = if op == Op::ShiftLeft { "lshift" } else { "rshift" };
        return Err(not_supported(interp, name));
    }
    let other = coercing::beside(interp, expr, &op, other)?;
    if let (Op::And | Op::Or, Operand::Value(_)) = (&op, &other) {
        return Err(Stop::unsupported("`&` or `|` between an expression and a plain value"));
    }
    // A whole number divided by one stayed whole.
    let stays_whole = op == Op::Div && !lend::has(interp, Behaviour::TrueDivision);
    let result = if reflected { expr.reverse_operate(op, other) } else { expr.operate(op, other) };
    let result = result.map(|made| match made.kind() {
        ExprKind::Binary { left, right, .. }
            if stays_whole && left.ty().is_integer() && right.ty().is_integer() =>
        {
            made.with_type(SqlType::Integer)
        }
        _ => made,
    });
    built(interp, result).map(Some)
}

/// `expr ** other`: a call of `pow()`, where both are whole numbers.
fn power(interp: &mut Interp, expr: &Expr, other: &Value, reflected: bool) -> PyResult<Value> {
    let whole = |ty: &SqlType| ty.is_null() || ty.is_integer();
    let other = operand(interp, other)?;
    let made = match &other {
        Operand::Expr(other) if !reflected && whole(&other.ty()) && whole(&expr.ty()) => true,
        Operand::Value(backproof_engine::value::Value::Int(_)) => !reflected && whole(&expr.ty()),
        _ => false,
    };
    if !made {
        return Err(Stop::unsupported("`**` of an expression of no whole numbers"));
    }
    let ty = if expr.ty().is_null() { SqlType::Integer } else { expr.ty() };
    let call = Expr::call("pow", vec![Operand::Expr(expr.clone()), other]);
    Ok(ExprObject::value(match call.kind() {
        ExprKind::Function(function) => Expr::of(ExprKind::Function(Function { ty, ..function.clone() })),
        _ => call,
    }))
}

/// What an operator that the type of an expression does not have raises.
pub(super) fn not_supported(interp: &mut Interp, name: &str) -> Stop {
    interp.raise("NotImplementedError", format!("Operator '{name}' is not supported on this expression"))
}

/// `expr op other` as a rich comparison.
pub(crate) fn compare(
    interp: &mut Interp,
    expr: &Expr,
    op: CompareOp,
    other: &Value,
) -> PyResult<Option<Value>> {
    let op = match op {
        CompareOp::Eq => Op::Eq,
        CompareOp::Ne => Op::Ne,
        CompareOp::Lt => Op::Lt,
        CompareOp::Le => Op::Le,
        CompareOp::Gt => Op::Gt,
        CompareOp::Ge => Op::Ge,
    };
    let other = match operators::tuple_operand(interp, expr, other)? {
        Some(other) => other,
        None => coercing::beside(interp, expr, &op, other)?,
    };
    let column = super::selectable::is_plain_column;
    // Python asks the right side first where its class derives from that of the left one.
    if let Operand::Expr(other) = &other
        && column(expr) == Some(false)
        && column(other) == Some(true)
    {
        let op = match op {
            Op::Lt => Op::Gt,
            Op::Le => Op::Ge,
            Op::Gt => Op::Lt,
            Op::Ge => Op::Le,
            op => op,
        };
        return built(interp, other.operate(op, Operand::Expr(expr.clone()))).map(Some);
    }
    built(interp, expr.operate(op, other)).map(Some)
}

pub(crate) fn unary(interp: &mut Interp, expr: &Expr, op: UnaryOp) -> PyResult<Value> {
    match op {
        UnaryOp::Neg => Ok(ExprObject::value(expr.negative())),
        UnaryOp::Invert => Ok(ExprObject::value(expr.negate())),
        UnaryOp::Pos => {
            let class = class_name(expr);
            Err(interp.raise("TypeError", format!("bad operand type for unary +: '{class}'")))
        }
    }
}
