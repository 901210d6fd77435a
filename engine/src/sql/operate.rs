//! Building expressions with operators.
//!
//! Grouping is decided here, by precedence, once; compiling prints the groupings it finds.

use super::expr::{Bind, Expr, ExprKind, LabelName};
use super::infer;
use super::op::Op;
use super::select::Body;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::SqlType;
use crate::value::Value;
use crate::version::Behaviour;
use std::rc::Rc;

/// The other side of an operator.
#[derive(Debug, Clone)]
pub enum Operand {
    Value(Value),
    Expr(Expr),
    /// The values of an `IN`.
    Values(Vec<Value>),
    /// Expressions in parentheses, as an `IN` of expressions has.
    Exprs(Vec<Expr>),
    Select(Body),
}

impl Operand {
    /// A `LIMIT` or `OFFSET` as the library binds it.
    pub(crate) fn row_count(count: i64) -> Expr {
        Expr::bind_named("param", true, Some(Value::Int(count)), SqlType::Integer)
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Operand::Value(value)
    }
}

impl From<Expr> for Operand {
    fn from(expr: Expr) -> Self {
        Operand::Expr(expr)
    }
}

impl From<&Expr> for Operand {
    fn from(expr: &Expr) -> Self {
        Operand::Expr(expr.clone())
    }
}

/// The refusal of `None` and truth values by most comparisons.
fn only_equality() -> Error {
    Error::new(
        ErrorKind::ArgumentError,
        "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be \
         used with None/True/False",
    )
}

impl Expr {
    /// `self op other`, as Python's operator or method of that name builds it.
    ///
    /// # Errors
    ///
    /// `ArgumentError` and its like where the library refuses the operand.
    pub fn operate(&self, op: Op, other: impl Into<Operand>) -> Result<Expr> {
        self.operate_escape(op, other, None)
    }

    /// `other op self`, for a value on the left: `1 + column`.
    pub fn reverse_operate(&self, op: Op, other: impl Into<Operand>) -> Result<Expr> {
        let left = self.coerce(&op, other.into())?;
        if let Op::And | Op::Or = op {
            return Ok(Expr::boolean_list(&op, [left, self.clone()]));
        }
        let (op, ty) = infer::result(&op, &left.ty(), &self.ty());
        Ok(Expr::binary(left, self.clone(), op, ty, None))
    }

    /// `self == other`, which is `IS NULL` for `None`.
    pub fn equals(&self, other: impl Into<Operand>) -> Result<Expr> {
        self.operate(Op::Eq, other)
    }

    /// `LIKE` and its like with `ESCAPE`.
    pub fn operate_escape(&self, op: Op, other: impl Into<Operand>, escape: Option<&str>) -> Result<Expr> {
        let other = other.into();
        if matches!(op, Op::In | Op::NotIn) {
            return self.in_list(op, other);
        }
        if let ExprKind::Unary { op: Op::Any | Op::All, .. } = self.kind() {
            return self.compare_with_all(&op, other);
        }
        if op.is_comparison() && !matches!(op, Op::Custom { .. }) {
            return self.compare(op, other, escape);
        }
        let right = self.coerce(&op, other)?;
        if let Op::And | Op::Or = op {
            return Ok(Expr::boolean_list(&op, [self.clone(), right]));
        }
        let (op, ty) = infer::result(&op, &self.ty(), &right.ty());
        Ok(Expr::binary(self.clone(), right, op, ty, None))
    }

    /// A comparison with `ANY (…)` or `ALL (…)`, which stands on the right whichever side it was given on.
    fn compare_with_all(&self, op: &Op, other: Operand) -> Result<Expr> {
        if !matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge) {
            let message = "Only comparison operators may be used with ANY/ALL";
            return Err(Error::new(ErrorKind::ArgumentError, message));
        }
        let left = self.coerce(op, other)?;
        Ok(Expr::binary(left, self.clone(), op.reflected(), SqlType::Boolean, None))
    }

    /// The same operation, of another type.
    pub fn with_type(&self, ty: SqlType) -> Expr {
        match self.kind() {
            ExprKind::Binary { left, right, op, negated, escape, .. } => Expr::new(ExprKind::Binary {
                left: left.clone(),
                right: right.clone(),
                op: op.clone(),
                ty,
                negated: negated.clone(),
                escape: escape.clone(),
            }),
            _ => self.clone(),
        }
    }

    /// The same operation by the operator that negates it.
    pub(super) fn by_negated_operator(&self) -> Expr {
        match self.kind() {
            ExprKind::Binary { left, right, op, ty, negated: Some(negated), escape } => {
                Expr::new(ExprKind::Binary {
                    left: left.clone(),
                    right: right.clone(),
                    op: negated.clone(),
                    ty: ty.clone(),
                    negated: Some(op.clone()),
                    escape: escape.clone(),
                })
            }
            _ => self.clone(),
        }
    }

    /// A part of a JSON value: by key, by place, or by the way there.
    pub fn json_item(&self, key: Value, is_path: bool) -> Expr {
        let bind = Expr::new(ExprKind::Bind(self.named_bind(Some(key), SqlType::JsonPath)));
        let op = if is_path { Op::JsonPath } else { Op::JsonItem };
        Expr::binary(self.clone(), bind, op, self.ty(), None)
    }

    /// `any_(self)`, `all_(self)`.
    pub fn any_or_all(&self, op: Op) -> Expr {
        Expr::new(ExprKind::Unary { op, operand: self.clone(), ty: self.ty() })
    }

    /// `tuple_(…)`.
    pub fn tuple(items: Vec<Expr>) -> Expr {
        let items = items.into_iter().map(|item| item.self_group(Op::Comma)).collect();
        Expr::new(ExprKind::Grouping(Expr::new(ExprKind::List { op: Op::Comma, items })))
    }

    /// The expressions of a tuple.
    pub fn as_tuple(&self) -> Option<&[Expr]> {
        let inner = match self.kind() {
            ExprKind::Grouping(inner) => inner,
            _ => self,
        };
        match inner.kind() {
            ExprKind::List { op: Op::Comma, items } => Some(items),
            _ => None,
        }
    }

    /// `tuple_(…).in_([(…), …])`: rows of values, one after the other.
    pub fn tuple_in(&self, op: Op, values: Vec<Value>) -> Expr {
        let items = self.as_tuple().unwrap_or_default();
        let types: Rc<[SqlType]> = items
            .iter()
            .enumerate()
            .map(|(at, item)| match (item.ty(), values.get(at)) {
                (SqlType::Null, Some(value)) => infer::type_of(value),
                (ty, _) => ty,
            })
            .collect();
        let bind = self.named_bind(None, SqlType::Null);
        let right = Expr::new(ExprKind::Bind(Bind { expanding: Some(values), tuple: Some(types), ..bind }));
        Expr::binary(self.clone(), right, op, SqlType::Boolean, None)
    }

    /// `regexp_replace(pattern, replacement)`.
    pub fn regexp_replace(&self, pattern: Operand, replacement: Operand) -> Result<Expr> {
        let items = vec![
            self.coerce(&Op::RegexpReplace, pattern)?.self_group(Op::Comma),
            self.coerce(&Op::RegexpReplace, replacement)?.self_group(Op::Comma),
        ];
        Ok(Expr::new(ExprKind::Binary {
            left: self.self_group(Op::RegexpReplace),
            right: Expr::new(ExprKind::List { op: Op::Comma, items }),
            op: Op::RegexpReplace,
            ty: self.ty(),
            negated: None,
            escape: None,
        }))
    }

    /// A comparison; `None` and truth values are constants, never binds.
    fn compare(&self, op: Op, other: Operand, escape: Option<&str>) -> Result<Expr> {
        let constant = match &other {
            Operand::Value(Value::Null) => Some(Expr::null()),
            Operand::Value(Value::Bool(true)) => Some(Expr::true_()),
            Operand::Value(Value::Bool(false)) => Some(Expr::false_()),
            Operand::Expr(expr)
                if matches!(expr.kind(), ExprKind::Null | ExprKind::True | ExprKind::False) =>
            {
                Some(expr.clone())
            }
            _ => None,
        };
        let Some(constant) = constant else {
            let right = self.coerce(&op, other)?;
            return Ok(Expr::binary(self.clone(), right, op, SqlType::Boolean, escape));
        };
        let is_truth = !matches!(constant.kind(), ExprKind::Null);
        let op = match op {
            Op::IsDistinctFrom | Op::IsNotDistinctFrom => op,
            Op::Eq | Op::Ne if is_truth => op,
            Op::Eq | Op::Is => Op::Is,
            Op::Ne | Op::IsNot => Op::IsNot,
            _ => return Err(only_equality()),
        };
        Ok(Expr::binary(self.clone(), constant, op, SqlType::Boolean, None))
    }

    /// `(a, b) IN (VALUES (?, ?), …)`: rows of values, one after the other.
    pub(crate) fn any_row(columns: &[Expr], values: Vec<Value>) -> Expr {
        let Some(first) = columns.first() else { return Expr::new(ExprKind::False) };
        let types: Rc<[SqlType]> = columns.iter().map(Expr::ty).collect();
        let left = Expr::new(ExprKind::Grouping(Expr::new(ExprKind::List {
            op: Op::Comma,
            items: columns.to_vec(),
        })));
        let right = Expr::new(ExprKind::Bind(Bind {
            expanding: Some(values),
            tuple: Some(types),
            ..first.named_bind(None, first.ty())
        }));
        Expr::binary(left, right, Op::In, SqlType::Boolean, None)
    }

    fn in_list(&self, op: Op, other: Operand) -> Result<Expr> {
        let right = match other {
            Operand::Select(body) => Expr::new(ExprKind::SelectList(body)),
            Operand::Expr(expr) => match expr.kind() {
                ExprKind::ScalarSelect(body) => Expr::new(ExprKind::SelectList(body.clone())),
                _ => expr,
            },
            Operand::Exprs(items) => {
                let items = items.into_iter().map(|item| item.self_group(Op::Comma)).collect();
                Expr::new(ExprKind::Grouping(Expr::new(ExprKind::List { op: Op::Comma, items })))
            }
            Operand::Values(values) => {
                let first = values.iter().find(|value| !value.is_null()).cloned().unwrap_or(Value::Null);
                let ty = infer::bind_type(&self.ty(), &first);
                Expr::new(ExprKind::Bind(Bind { expanding: Some(values), ..self.named_bind(None, ty) }))
            }
            Operand::Value(value) => {
                return Err(Error::new(
                    ErrorKind::ArgumentError,
                    format!(
                        "IN expression list, SELECT construct, or bound parameter object expected, got {}.",
                        crate::value::repr::value(&value)
                    ),
                ));
            }
        };
        Ok(Expr::binary(self.clone(), right, op, SqlType::Boolean, None))
    }

    fn binary(left: Expr, right: Expr, op: Op, ty: SqlType, escape: Option<&str>) -> Expr {
        let negated = op.negated();
        let ty = if matches!(op, Op::RegexpMatch | Op::NotRegexpMatch) { SqlType::Null } else { ty };
        Expr::new(ExprKind::Binary {
            left: left.self_group(op.clone()),
            right: right.self_group(op.clone()),
            op,
            ty,
            negated,
            escape: escape.map(Rc::from),
        })
    }

    /// An operand as an expression: a bare value is bound under this expression's name.
    fn coerce(&self, _op: &Op, other: Operand) -> Result<Expr> {
        Ok(match other {
            Operand::Expr(expr) => match expr.kind() {
                // A parameter without a type of its own takes this expression's.
                ExprKind::Bind(bind) if bind.ty.is_null() => {
                    Expr::new(ExprKind::Bind(Bind { ty: self.ty(), ..bind.clone() }))
                }
                _ => expr,
            },
            Operand::Select(body) => Expr::new(ExprKind::ScalarSelect(body)),
            Operand::Value(Value::Null) => Expr::null(),
            Operand::Value(value) => {
                let ty = infer::bind_type(&self.ty(), &value);
                Expr::new(ExprKind::Bind(self.named_bind(Some(value), ty)))
            }
            Operand::Values(_) | Operand::Exprs(_) => {
                return Err(Error::new(
                    ErrorKind::ArgumentError,
                    "SQL expression element or literal value expected, got a list.",
                ));
            }
        })
    }

    /// A value bound beside this expression: under its name, and of its type where that suits.
    pub fn bind_beside(&self, value: Value) -> Expr {
        let ty = infer::bind_type(&self.ty(), &value);
        Expr::new(ExprKind::Bind(self.named_bind(Some(value), ty)))
    }

    /// A value bound beside this expression under its name, of this type.
    pub fn bind_beside_as(&self, value: Value, ty: SqlType) -> Expr {
        Expr::new(ExprKind::Bind(self.named_bind(Some(value), ty)))
    }

    /// The values of an `IN` bound beside this expression under its name, of this type.
    pub fn bind_list_as(&self, values: Vec<Value>, ty: SqlType) -> Expr {
        Expr::new(ExprKind::Bind(Bind { expanding: Some(values), ..self.named_bind(None, ty) }))
    }

    /// The type of a value that is bound beside an expression of a type.
    pub fn bound_type(beside: &SqlType, value: &Value) -> SqlType {
        infer::bind_type(beside, value)
    }

    /// A bind named after this expression.
    fn named_bind(&self, value: Option<Value>, ty: SqlType) -> Bind {
        let key: Rc<str> = match self.unannotated().kind() {
            // A column of a class body has no name yet.
            ExprKind::Column(column) if !column.key().is_empty() => column.key(),
            ExprKind::AliasColumn(column) => column.name.clone(),
            ExprKind::Function(function) if function.compares.is_none() => {
                Rc::from(function.name.rsplit('.').next().unwrap_or(&function.name))
            }
            ExprKind::Literal { text, .. } => text.clone(),
            _ => Rc::from("param"),
        };
        Bind {
            key,
            unique: true,
            token: super::expr::Token::new(),
            value,
            late: None,
            tuple: None,
            expanding: None,
            ty,
            literal_execute: false,
        }
    }

    /// `between(low, high)`.
    pub fn between(&self, low: impl Into<Operand>, high: impl Into<Operand>) -> Result<Expr> {
        self.between_by(Op::Between, low, high)
    }

    /// `BETWEEN`, or `BETWEEN SYMMETRIC`.
    pub fn between_by(&self, op: Op, low: impl Into<Operand>, high: impl Into<Operand>) -> Result<Expr> {
        let items = [low.into(), high.into()]
            .into_iter()
            .map(|bound| self.coerce(&Op::Between, bound))
            .collect::<Result<Vec<_>>>()?;
        Ok(Expr::new(ExprKind::Binary {
            left: self.self_group(Op::Between),
            right: Expr::new(ExprKind::List { op: Op::And, items }),
            negated: op.negated(),
            op,
            ty: SqlType::Null,
            escape: None,
        }))
    }

    /// `~self`, `not_(self)`.
    pub fn negate(&self) -> Expr {
        match self.kind() {
            ExprKind::True => Expr::false_(),
            ExprKind::False => Expr::true_(),
            ExprKind::Label { element, .. } if matches!(element.kind(), ExprKind::Binary { .. }) => {
                element.negate()
            }
            ExprKind::Binary { right, .. }
                if matches!(right.kind(), ExprKind::Unary { op: Op::Any | Op::All, .. }) =>
            {
                let operand = Expr::new(ExprKind::GroupingSince(self.clone(), Behaviour::AnyNegatedWhole));
                Expr::new(ExprKind::Unary { op: Op::Not, operand, ty: SqlType::Boolean })
            }
            ExprKind::Binary { negated, .. } => {
                if negated.is_some() {
                    self.by_negated_operator()
                } else {
                    let operand = self.self_group(Op::Not);
                    let operand = match (operand.kind(), self.kind()) {
                        (_, ExprKind::Binary { op: Op::Custom { is_comparison: true, .. }, .. }) => {
                            Expr::new(ExprKind::GroupingSince(self.clone(), Behaviour::CustomNegatedWhole))
                        }
                        (ExprKind::Grouping(_), _) => operand,
                        _ => Expr::new(ExprKind::GroupingSince(operand, Behaviour::NotGroupsOperand)),
                    };
                    let is_boolean = *self.ty().generic() == SqlType::Boolean;
                    let ty = if is_boolean { SqlType::Boolean } else { SqlType::Null };
                    Expr::new(ExprKind::Unary { op: Op::Not, operand, ty })
                }
            }
            ExprKind::AsBoolean { element, .. } if matches!(element.kind(), ExprKind::True) => Expr::false_(),
            ExprKind::AsBoolean { element, .. } if matches!(element.kind(), ExprKind::False) => Expr::true_(),
            ExprKind::AsBoolean { element, negated } => {
                Expr::new(ExprKind::AsBoolean { element: element.clone(), negated: !negated })
            }
            ExprKind::Column(_)
            | ExprKind::AliasColumn(_)
            | ExprKind::Annotated { .. }
            | ExprKind::OfEntity { .. }
            | ExprKind::Function(_)
            | ExprKind::Bind(_)
            | ExprKind::Cast { .. }
            | ExprKind::Label { .. }
            | ExprKind::ScalarSelect(_)
            | ExprKind::Case(_)
                if *self.ty().generic() == SqlType::Boolean =>
            {
                Expr::new(ExprKind::AsBoolean { element: self.clone(), negated: true })
            }
            kind => Expr::new(ExprKind::Unary {
                op: Op::Not,
                operand: self.self_group(Op::Not),
                ty: if matches!(kind, ExprKind::Exists(_)) { SqlType::Boolean } else { SqlType::Null },
            }),
        }
    }

    /// `-self`.
    pub fn negative(&self) -> Expr {
        self.modified(Op::Neg)
    }

    /// `desc()`, `asc()`, `distinct()`, `nullslast()`…
    pub fn modified(&self, op: Op) -> Expr {
        let ty = match op {
            Op::Desc | Op::Asc | Op::NullsFirst | Op::NullsLast => SqlType::Null,
            _ => self.ty(),
        };
        Expr::new(ExprKind::Unary { operand: self.self_group(op.clone()), op, ty })
    }

    /// `collate(self, name)`.
    pub fn collate(&self, name: &str) -> Expr {
        let collation = Expr::new(ExprKind::Collation(Rc::from(name)));
        Expr::binary(self.clone(), collation, Op::Collate, self.ty(), None)
    }

    /// `and_(…)`: constants collapse, nested ones are flattened, one alone is itself.
    pub fn and(items: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::boolean_list(&Op::And, items)
    }

    /// `or_(…)`.
    pub fn or(items: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::boolean_list(&Op::Or, items)
    }

    fn boolean_list(op: &Op, items: impl IntoIterator<Item = Expr>) -> Expr {
        let mut kept: Vec<Expr> = Vec::new();
        let mut neutral = None;
        for item in items {
            let (is_neutral, decides) = match item.kind() {
                ExprKind::True => (*op == Op::And, *op == Op::Or),
                ExprKind::False => (*op == Op::Or, *op == Op::And),
                _ => (false, false),
            };
            // What is left of a list is a condition of its own, and folded no more.
            if decides {
                return item.self_group(Op::AsBool);
            }
            if is_neutral {
                neutral = Some(item);
            } else {
                kept.push(item);
            }
        }
        match (kept.len(), neutral) {
            (0, Some(neutral)) => neutral.self_group(Op::AsBool),
            (1, _) => kept.remove(0).self_group(Op::AsBool),
            _ => {
                let mut flat = Vec::with_capacity(kept.len());
                for item in kept {
                    match item.kind() {
                        ExprKind::List { op: inner, items } if inner == op => {
                            flat.extend(items.iter().cloned());
                        }
                        _ => flat.push(item.self_group(op.clone())),
                    }
                }
                Expr::new(ExprKind::List { op: op.clone(), items: flat })
            }
        }
    }

    /// The expression, in parentheses where `against` binds as tightly.
    pub fn self_group(&self, against: Op) -> Expr {
        let group = |needed: bool| {
            if needed { Expr::new(ExprKind::Grouping(self.clone())) } else { self.clone() }
        };
        match self.kind() {
            ExprKind::Binary { op: Op::Concat, .. }
                if against != Op::Concat && against.precedence_of_operands() == 5 =>
            {
                Expr::new(ExprKind::GroupingSince(self.clone(), Behaviour::ConcatGroupsInComparison))
            }
            // What only orders is never grouped.
            ExprKind::Unary { op: Op::Desc | Op::Asc | Op::NullsFirst | Op::NullsLast, .. } => self.clone(),
            ExprKind::Binary { op, .. } | ExprKind::Unary { op, .. } => group(op.needs_group(&against)),
            ExprKind::AsBoolean { negated, .. } => {
                let op = if *negated { Op::IsFalse } else { Op::IsTrue };
                group(op.needs_group(&against))
            }
            ExprKind::Exists(_) => group(Op::Exists.needs_group(&against)),
            ExprKind::List { op, items } if matches!(op, Op::And | Op::Or) => {
                group(!items.is_empty() && op.needs_group(&against))
            }
            ExprKind::List { op: Op::Comma, .. } => group(true),
            ExprKind::Label { name, element, ty } => {
                let inner = element.self_group(against);
                if Rc::ptr_eq(&inner.0, &element.0) {
                    self.clone()
                } else {
                    let name = match name {
                        LabelName::Named(name) => LabelName::Named(name.clone()),
                        LabelName::Anonymous(token) => LabelName::Anonymous(token.clone()),
                    };
                    Expr::new(ExprKind::Label { name, element: inner, ty: ty.clone() })
                }
            }
            ExprKind::Text(_) => group(matches!(against, Op::In | Op::NotIn)),
            ExprKind::Column(_)
            | ExprKind::AliasColumn(_)
            | ExprKind::Annotated { .. }
            | ExprKind::OfEntity { .. }
            | ExprKind::Function(_)
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Cast { .. }
                if matches!(against, Op::And | Op::Or | Op::AsBool)
                    && *self.ty().generic() == SqlType::Boolean =>
            {
                Expr::new(ExprKind::AsBoolean { element: self.clone(), negated: false })
            }
            _ => self.clone(),
        }
    }
}
