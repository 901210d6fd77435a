//! The text of expressions.

use super::super::expr::{AliasColumn, Bind, Case, Expr, ExprKind, Function, LabelName, Text};
use super::super::from::AliasElement;
use super::super::op::Op;
use super::super::select::{Body, LabelStyle, Select};
use super::select::Place;
use super::{CompiledBind, Compiler, Dialect, compile_error, ident, types};
use crate::error::{Error, Result};
use crate::schema::{Affinity, Column, SqlType};
use crate::value::Value;
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

impl Compiler<'_> {
    /// An expression's text.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<String> {
        self.nested(|compiler| compiler.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &Expr) -> Result<String> {
        Ok(match expr.kind() {
            ExprKind::Column(column) => self.column(column)?,
            ExprKind::AliasColumn(column) => self.alias_column(column)?,
            ExprKind::Bind(bind) => match &bind.expanding {
                Some(values) => self.in_values(bind, values)?,
                None => self.bind(bind)?,
            },
            ExprKind::Null => "NULL".to_owned(),
            ExprKind::True | ExprKind::False => {
                let is_true = matches!(expr.kind(), ExprKind::True);
                match (self.dialect, is_true) {
                    (Dialect::Sqlite | Dialect::Oracle | Dialect::Mssql, true) => "1",
                    (Dialect::Sqlite | Dialect::Oracle | Dialect::Mssql, false) => "0",
                    (_, true) => "true",
                    (_, false) => "false",
                }
                .to_owned()
            }
            ExprKind::Text(text) => self.text_clause(text)?,
            ExprKind::Literal { text, .. } => {
                super::check_text(text)?;
                if self.has(Behaviour::PercentDoubled) || self.dialect.doubles_percent() {
                    text.replace('%', "%%")
                } else {
                    text.to_string()
                }
            }
            ExprKind::Unary { op, operand, .. } => self.unary(op, operand)?,
            ExprKind::Binary { left, right, op: Op::JsonItem | Op::JsonPath, ty, .. } => {
                self.json_item(left, right, ty)?
            }
            ExprKind::Binary { left, right, op, escape, .. } => {
                self.binary(left, right, op, escape.as_deref())?
            }
            ExprKind::List { op, items } => {
                let separator = op.infix().unwrap_or(", ");
                self.list(items, separator)?
            }
            ExprKind::Grouping(element) => format!("({})", self.expr(element)?),
            ExprKind::GroupingSince(element, behaviour) => {
                let text = self.expr(element)?;
                if self.has(*behaviour) { format!("({text})") } else { text }
            }
            ExprKind::AsBoolean { element, negated } => self.as_boolean(element, *negated)?,
            ExprKind::Function(function) => self.function(function)?,
            ExprKind::Label { element, name, .. } => {
                let selected = self.labelled.iter().find(|label| match (label.kind(), name) {
                    (ExprKind::Label { .. }, LabelName::Anonymous(_)) => label.same(expr),
                    _ => is_label(label, expr),
                });
                let name = selected.and_then(|label| match label.kind() {
                    ExprKind::Label { name, .. } => Some(name.clone()),
                    _ => None,
                });
                if let Some(name) = name {
                    let name = match name {
                        LabelName::Named(name) => name,
                        LabelName::Anonymous(token) => {
                            self.anonymous_name(token.address(), &super::labels::stem(element))
                        }
                    };
                    self.ident(&name, None)?
                } else {
                    self.expr(element)?
                }
            }
            ExprKind::LabelReference(name) => self.label_reference(name)?,
            ExprKind::Collation(name) => self.ident(name, None)?,
            ExprKind::TooDeep => {
                return Err(Error::unsupported("an SQL expression nested more than 250 deep"));
            }
            ExprKind::Cast { element, ty } => {
                let element = self.expr(element)?;
                format!("CAST({element} AS {})", self.cast_type(ty)?)
            }
            ExprKind::Extract { field, element } => self.extract(field, element)?,
            ExprKind::Case(case) => self.case(case)?,
            ExprKind::Exists(body) => format!("EXISTS ({})", self.body(body, Place::Inside)?),
            ExprKind::ScalarSelect(body) | ExprKind::SelectList(body) => {
                let labelled = std::mem::take(&mut self.labelled);
                // No name of a list's column is ever read.
                let bare = match (expr.kind(), body) {
                    (ExprKind::SelectList(_), Body::Select(select))
                        if select.columns.len() > 1 && select.label_style == LabelStyle::Disambiguate =>
                    {
                        let select = Select { label_style: LabelStyle::None, ..Select::clone(select) };
                        Some(Body::Select(Rc::new(select)))
                    }
                    _ => None,
                };
                let text = self.body(bare.as_ref().unwrap_or(body), Place::Inside);
                self.labelled = labelled;
                format!("({})", text?)
            }
            ExprKind::Windowed(windowed) => self.windowed(windowed)?,
            ExprKind::TypeCoerce { element, .. }
            | ExprKind::Annotated { element, .. }
            | ExprKind::OfEntity { element, .. } => self.expr(element)?,
        })
    }

    /// Expressions with a separator; those without text are left out.
    pub(super) fn list(&mut self, items: &[Expr], separator: &str) -> Result<String> {
        let texts = items.iter().map(|item| self.expr(item)).collect::<Result<Vec<_>>>()?;
        Ok(texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(separator))
    }

    pub(super) fn column(&mut self, column: &Column) -> Result<String> {
        let name = self.ident(&column.name(), column.0.quote.get())?;
        match column.table() {
            Some(table) if !self.bare_columns => Ok(format!("{}.{name}", self.table_name(&table)?)),
            _ => Ok(name),
        }
    }

    fn alias_column(&mut self, column: &AliasColumn) -> Result<String> {
        let name = self.alias_column_name(column);
        let selected = column.position.zip(column.alias.body());
        let selected = selected.and_then(|(position, body)| body.columns().get(position));
        let name = match selected.map(Expr::kind) {
            Some(ExprKind::Literal { .. }) => {
                super::check_text(&name)?;
                name.to_string()
            }
            _ => self.ident(&name, None)?,
        };
        let unnamed =
            column.alias.name().is_none() && matches!(column.alias.element(), AliasElement::Values(_));
        if self.bare_columns || unnamed {
            return Ok(name);
        }
        let alias = self.alias_name(&column.alias);
        let alias = self.ident(&alias, None)?;
        if let AliasElement::Function(function) = column.alias.element()
            && function.scalar
        {
            return Ok(if self.dialect == Dialect::Oracle { format!("{alias}.COLUMN_VALUE") } else { alias });
        }
        Ok(format!("{alias}.{name}"))
    }

    /// What a column of an alias is called there.
    pub(super) fn alias_column_name(&mut self, column: &AliasColumn) -> Rc<str> {
        match column.alias.body().and_then(Body::first_select) {
            Some(select) => {
                let select = select.clone();
                self.column_name_in(&select, column)
            }
            None => column.name.clone(),
        }
    }

    /// The values of an `IN`, bound now or once the statement is executed.
    fn in_values(&mut self, bind: &Bind, values: &[Value]) -> Result<String> {
        let has_null = values.iter().any(Value::is_null);
        let later =
            self.has(Behaviour::ExpandingIn) && (!has_null || self.has(Behaviour::ExpandingInWithNull));
        if later {
            return self.bind(bind);
        }
        let items = values
            .iter()
            .map(|value| {
                if value.is_null() {
                    Ok("NULL".to_owned())
                } else {
                    self.bind(&Bind {
                        token: super::super::expr::Token::new(),
                        value: Some(value.clone()),
                        expanding: None,
                        ..bind.clone()
                    })
                }
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(format!("({})", items.join(", ")))
    }

    /// Text with `:name` parameters.
    pub(super) fn text_clause(&mut self, text: &Text) -> Result<String> {
        super::check_text(&text.text)?;
        let source: Vec<char> = text.text.chars().collect();
        let mut out = String::new();
        let mut at = 0;
        while at < source.len() {
            let character = source[at];
            let next = source.get(at + 1).copied();
            let previous = at.checked_sub(1).map(|before| source[before]);
            if character == '\\' && next == Some(':') {
                out.push(':');
                at += 2;
                continue;
            }
            let starts_name = next.is_some_and(|next| next.is_alphanumeric() || next == '_');
            let free = previous.is_none_or(|before| {
                !(before == ':' || before.is_alphanumeric() || before == '_' || before == '\\')
            });
            if character == ':' && starts_name && free {
                let name: String = source[at + 1..]
                    .iter()
                    .take_while(|character| character.is_alphanumeric() || **character == '_')
                    .collect();
                let after = at + 1 + name.chars().count();
                if source.get(after) == Some(&':') {
                    out.extend(&source[at..after]);
                    at = after;
                    continue;
                }
                let value = text
                    .values
                    .borrow()
                    .iter()
                    .find(|(key, _)| **key == *name)
                    .map(|(_, value)| value.clone());
                let ty = value.as_ref().map(super::super::infer::type_of).unwrap_or_default();
                let place = self.place(CompiledBind {
                    around: None,
                    name: Rc::from(name),
                    value,
                    late: None,
                    tuple: None,
                    expanding: None,
                    ty,
                    token: None,
                    for_column: false,
                })?;
                out.push_str(&place);
                at = after;
                continue;
            }
            if character == '%' {
                out.push_str(self.percent());
            } else {
                out.push(character);
            }
            at += 1;
        }
        Ok(out)
    }

    fn unary(&mut self, op: &Op, operand: &Expr) -> Result<String> {
        if let (Op::Not, ExprKind::GroupingSince(element, Behaviour::AnyNegatedWhole)) = (op, operand.kind())
            && !self.has(Behaviour::AnyNegatedWhole)
        {
            return self.expr(&element.by_negated_operator());
        }
        let text = self.expr(operand)?;
        Ok(match op {
            Op::Not => format!("NOT {text}"),
            Op::Neg => format!("-{text}"),
            Op::BitNot => format!("~{text}"),
            Op::Distinct => format!("DISTINCT {text}"),
            Op::Desc => format!("{text} DESC"),
            Op::Asc => format!("{text} ASC"),
            Op::NullsFirst => format!("{text} NULLS FIRST"),
            Op::NullsLast => format!("{text} NULLS LAST"),
            Op::Any | Op::All => {
                let word = if *op == Op::Any { "ANY" } else { "ALL" };
                match operand.kind() {
                    ExprKind::ScalarSelect(_) | ExprKind::Grouping(_) => format!("{word} {text}"),
                    _ => format!("{word} ({text})"),
                }
            }
            Op::Exists => format!("EXISTS {text}"),
            _ => return Err(Error::unsupported(format!("the SQL operator {op:?} with one operand"))),
        })
    }

    fn as_boolean(&mut self, element: &Expr, negated: bool) -> Result<String> {
        let text = self.expr(element)?;
        if self.dialect == Dialect::Oracle {
            return Err(self.unknown("a truth value as a condition"));
        }
        Ok(match (!self.has_booleans(), negated) {
            (true, false) => format!("{text} = 1"),
            (true, true) => format!("{text} = 0"),
            (false, false) => text,
            (false, true) => format!("NOT {text}"),
        })
    }

    fn binary(&mut self, left: &Expr, right: &Expr, op: &Op, escape: Option<&str>) -> Result<String> {
        // `x IN ()` of the versions that write lists out.
        if let (Op::In | Op::NotIn, ExprKind::Bind(bind)) = (op, right.kind())
            && let Some([]) = bind.expanding.as_deref()
            && !self.has(Behaviour::ExpandingIn)
        {
            return Ok(if *op == Op::In { "1 != 1" } else { "1 = 1" }.to_owned());
        }
        if let Some(text) = self.binary_of_dialect(left, right, op)? {
            return Ok(text);
        }
        if let Some(text) = self.like(left, right, op, escape)? {
            return Ok(text);
        }
        if matches!(op, Op::Div | Op::FloorDiv) {
            return self.division(left, right, op);
        }
        let left_text = self.expr(left)?;
        let right_text = self.expr(right)?;
        let text = match op {
            Op::Custom { text, .. } => {
                super::check_text(text)?;
                format!("{left_text} {} {right_text}", text.replace('%', self.percent()))
            }
            Op::RegexpReplace if self.sqlite() => {
                return Err(compile_error("sqlite dialect does not support regular expression replacements"));
            }
            Op::RegexpReplace => format!("<regexp replace>({left_text}, {right_text})"),
            Op::GetItem if !self.sqlite() => {
                format!("{left_text}[{right_text}]")
            }
            Op::BetweenSymmetric | Op::NotBetweenSymmetric => {
                format!("{left_text}{}{right_text}", op.infix().unwrap_or_default())
            }
            Op::RegexpMatch if self.sqlite() => format!("{left_text} REGEXP {right_text}"),
            Op::NotRegexpMatch if self.sqlite() => format!("{left_text} NOT REGEXP {right_text}"),
            Op::RegexpMatch => format!("{left_text} <regexp> {right_text}"),
            Op::NotRegexpMatch => format!("{left_text} <not regexp> {right_text}"),
            Op::BitXor if self.sqlite() && self.has(Behaviour::BitwiseXorSpelledOut) => {
                let (left, right) = (self.expr(left)?, self.expr(right)?);
                format!("({left_text} | {right_text} - {left} & {right})")
            }
            Op::NotMatch => format!("NOT {left_text} MATCH {right_text}"),
            Op::IsDistinctFrom if self.sqlite() => format!("{left_text} IS NOT {right_text}"),
            Op::IsNotDistinctFrom if self.sqlite() => format!("{left_text} IS {right_text}"),
            Op::NotIn if self.has(Behaviour::NotInGrouped) => format!("({left_text} NOT IN {right_text})"),
            _ => match op.infix() {
                Some(infix) => format!("{left_text}{infix}{right_text}"),
                None => return Err(Error::unsupported(format!("the SQL operator {op:?}"))),
            },
        };
        Ok(text)
    }

    /// A part of a JSON value.
    fn json_item(&mut self, left: &Expr, right: &Expr, ty: &SqlType) -> Result<String> {
        let is_json = *ty.generic() == SqlType::Json;
        let (left, right) = (self.expr(left)?, self.expr(right)?);
        Ok(match self.dialect {
            Dialect::Default => format!("{left}[{right}]"),
            Dialect::Sqlite if is_json => format!("JSON_QUOTE(JSON_EXTRACT({left}, {right}))"),
            Dialect::Sqlite if self.has(Behaviour::JsonPartsCast) => {
                format!("CAST(JSON_EXTRACT({left}, {right}) AS {})", types::name(ty)?)
            }
            Dialect::Sqlite => format!("JSON_EXTRACT({left}, {right})"),
            Dialect::Mysql if is_json => format!("JSON_EXTRACT({left}, {right})"),
            _ => return Err(self.unknown("a part of a JSON value")),
        })
    }

    /// `LIKE` and what is made of it.
    fn like(&mut self, left: &Expr, right: &Expr, op: &Op, escape: Option<&str>) -> Result<Option<String>> {
        let (before, after, negated, lower) = match op {
            Op::Like => (false, false, false, false),
            Op::NotLike => (false, false, true, false),
            Op::ILike => (false, false, false, true),
            Op::NotILike => (false, false, true, true),
            Op::StartsWith => (false, true, false, false),
            Op::NotStartsWith => (false, true, true, false),
            Op::EndsWith => (true, false, false, false),
            Op::NotEndsWith => (true, false, true, false),
            Op::Contains => (true, true, false, false),
            Op::NotContains => (true, true, true, false),
            Op::IStartsWith => (false, true, false, true),
            Op::NotIStartsWith => (false, true, true, true),
            Op::IEndsWith => (true, false, false, true),
            Op::NotIEndsWith => (true, false, true, true),
            Op::IContains => (true, true, false, true),
            Op::NotIContains => (true, true, true, true),
            _ => return Ok(None),
        };
        let mut left = self.expr(left)?;
        let mut right = self.expr(right)?;
        let ilike = lower && self.dialect == Dialect::Postgresql;
        if lower && !ilike {
            left = format!("lower({left})");
            right = format!("lower({right})");
        }
        if before || after {
            right = self.wildcards(before, &right, after)?;
        }
        let not = match (negated, ilike) {
            (true, true) => "NOT I",
            (true, false) => "NOT ",
            (false, true) => "I",
            (false, false) => "",
        };
        let escape =
            escape.map(|escape| format!(" ESCAPE '{}'", escape.replace('\'', "''"))).unwrap_or_default();
        super::check_text(&escape)?;
        Ok(Some(format!("{left} {not}LIKE {right}{escape}")))
    }

    fn division(&mut self, left: &Expr, right: &Expr, op: &Op) -> Result<String> {
        let right_ty = right.ty();
        let left_text = self.expr(left)?;
        let right_text = self.expr(right)?;
        if *op == Op::FloorDiv {
            let of_float = self.has(Behaviour::FloorOfFloats) && left.ty().affinity() != Affinity::Integer;
            return Ok(if right_ty.affinity() == Affinity::Integer && !of_float {
                format!("{left_text} / {right_text}")
            } else {
                format!("FLOOR({left_text} / {right_text})")
            });
        }
        if !self.has(Behaviour::TrueDivision) {
            return Ok(format!("{left_text} / {right_text}"));
        }
        if self.sqlite() {
            return Ok(format!("{left_text} / ({right_text} + 0.0)"));
        }
        let numeric = SqlType::Numeric { precision: None, scale: None, asdecimal: true };
        let ty = match right_ty.generic() {
            SqlType::Float { .. }
                if self.has(Behaviour::FloatIsDouble)
                    && matches!(right.kind(), ExprKind::Bind(_))
                    && left.ty().affinity() != Affinity::Numeric =>
            {
                SqlType::Double
            }
            ty if ty.affinity() == Affinity::Numeric => right_ty.clone(),
            _ => numeric,
        };
        Ok(format!("{left_text} / CAST({right_text} AS {})", types::name(&ty)?))
    }

    fn function(&mut self, function: &Function) -> Result<String> {
        super::check_text(&function.name)?;
        let lower = function.name.to_lowercase();
        let named = self.function_of_dialect(&lower, function.bare)?;
        if let Some(name) = named.filter(|_| function.args.is_empty()) {
            return Ok(name.to_owned());
        }
        if function.bare && function.args.is_empty() {
            let is_cased = lower == "sysdate";
            return Ok(if is_cased { function.name.to_string() } else { function.name.to_uppercase() });
        }
        let name =
            match self.function_name(&lower) {
                Some(name) => name.to_owned(),
                None => function
                    .name
                    .split('.')
                    .map(|part| {
                        if ident::has_illegal_characters(part) {
                            ident::always(part)
                        } else {
                            part.to_owned()
                        }
                    })
                    .collect::<Vec<_>>()
                    .join("."),
            };
        if function.star {
            return Ok(format!("{name}(*)"));
        }
        Ok(format!("{name}({})", self.list(&function.args, ", ")?))
    }

    fn extract(&mut self, field: &str, element: &Expr) -> Result<String> {
        super::check_text(field)?;
        let element = self.expr(element)?;
        match self.dialect {
            Dialect::Sqlite => {}
            Dialect::Mssql => return Ok(format!("DATEPART({field}, {element})")),
            _ => return Ok(format!("EXTRACT({field} FROM {element})")),
        }
        let format = match field {
            "month" => "%m",
            "day" => "%d",
            "year" => "%Y",
            "second" => "%S",
            "hour" => "%H",
            "doy" => "%j",
            "minute" => "%M",
            "epoch" => "%s",
            "dow" => "%w",
            "week" => "%W",
            _ => return Err(compile_error(format!("{field} is not a valid extract argument."))),
        };
        Ok(format!("CAST(STRFTIME('{format}', {element}) AS INTEGER)"))
    }

    fn case(&mut self, case: &Case) -> Result<String> {
        let mut text = "CASE ".to_owned();
        if let Some(value) = &case.value {
            text.push_str(&self.expr(value)?);
            text.push(' ');
        }
        for (when, then) in &case.whens {
            let when = self.expr(when)?;
            let then = self.expr(then)?;
            let _ = write!(text, "WHEN {when} THEN {then} ");
        }
        if let Some(otherwise) = &case.otherwise {
            let _ = write!(text, "ELSE {} ", self.expr(otherwise)?);
        }
        text.push_str("END");
        Ok(text)
    }

    /// A name given as a string to `ORDER BY`: a label by its name, a column in full.
    fn label_reference(&mut self, name: &str) -> Result<String> {
        let found = self.resolvable.iter().find(|(known, _)| **known == *name).map(|(_, expr)| expr.clone());
        match found {
            Some(expr) => self.expr(&expr),
            None if self.has(Behaviour::TextCoerced) || self.stack.is_empty() => {
                super::check_text(name)?;
                Ok(name.to_owned())
            }
            None => Err(compile_error(format!(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression \
                 '{name}' should be explicitly declared as text('{name}')"
            ))),
        }
    }
}

/// Whether a label of a select's list is meant: itself, or one of its name over the same column.
fn is_label(label: &Expr, expr: &Expr) -> bool {
    if Rc::ptr_eq(&label.0, &expr.0) {
        return true;
    }
    match (label.kind(), expr.kind()) {
        (
            ExprKind::Label { name: LabelName::Named(name), element, .. },
            ExprKind::Label { name: LabelName::Named(other), element: other_element, .. },
        ) => {
            name == other
                && matches!(element.unannotated().kind(), ExprKind::Column(_) | ExprKind::AliasColumn(_))
                && element.same(other_element)
        }
        _ => false,
    }
}
