//! The text of `SELECT`.

use super::super::expr::{Expr, ExprKind, LabelName};
use super::super::from::FromItem;
use super::super::op::Op;
use super::super::select::{Body, CompoundKind, CompoundSelect, Correlate, Select, TextualSelect};
use super::{CompiledColumn, Compiler, Dialect, Enclosing};
use crate::error::{ELSEWHERE, Error, ErrorKind, Result};
use crate::schema::SqlType;
use crate::value::Value;
use crate::version::Behaviour;
use std::fmt::Write as _;
use std::rc::Rc;

/// Where a select stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the statement: its columns are the result's.
    Top,
    /// Inside an expression.
    Inside,
    /// In a `FROM` list: every column is labelled.
    From,
    /// In a `FROM` list, where it reads from the elements before it.
    Lateral,
}

impl Place {
    fn is_from(self) -> bool {
        matches!(self, Place::From | Place::Lateral)
    }
}

impl Compiler<'_> {
    /// A select.
    pub(super) fn select(&mut self, select: &Rc<Select>, place: Place) -> Result<String> {
        if let Some(compiled) = &select.compiled_within {
            compiled.set(true);
        }
        self.nested(|compiler| compiler.select_inner(select, place))
    }

    /// A select, selects put together, or text that has columns.
    pub(super) fn body(&mut self, body: &Body, place: Place) -> Result<String> {
        match body {
            Body::Select(select) => self.select(select, place),
            Body::Compound(compound) => self.nested(|compiler| compiler.compound(compound, place)),
            Body::Textual(textual) => self.textual(textual, place),
        }
    }

    /// Text that has columns.
    pub(super) fn textual(&mut self, textual: &TextualSelect, place: Place) -> Result<String> {
        if place == Place::Top {
            self.by_name = !textual.positional;
            for column in &textual.columns {
                let name = column.key().unwrap_or_else(|| Rc::from(""));
                self.columns.push(CompiledColumn { name, ty: column.ty() });
            }
        }
        self.text_clause(&textual.text)
    }

    fn select_inner(&mut self, select: &Rc<Select>, place: Place) -> Result<String> {
        let labelled_outside = std::mem::take(&mut self.labelled);
        let resolvable_outside = std::mem::take(&mut self.resolvable);
        let froms = self.froms(select, place)?;
        let mut nearest = Vec::new();
        for from in &froms {
            add_all(&mut nearest, from);
        }
        let mut correlate = nearest.clone();
        if let Some(outer) = self.stack.last() {
            for item in &outer.correlate {
                if !correlate.contains(item) {
                    correlate.push(item.clone());
                }
            }
        }
        self.stack.push(Enclosing { correlate, nearest });
        let text = self.select_body(select, &froms, place.is_from(), place == Place::Top);
        self.stack.pop();
        self.labelled = labelled_outside;
        self.resolvable = resolvable_outside;
        text
    }

    fn select_body(
        &mut self,
        select: &Select,
        froms: &[FromItem],
        as_from: bool,
        top: bool,
    ) -> Result<String> {
        let mut text = "SELECT ".to_owned();
        for prefix in &select.prefixes {
            text.push_str(&self.expr(prefix)?);
            text.push(' ');
        }
        if select.distinct {
            text.push_str("DISTINCT ");
        }
        if self.dialect == Dialect::Mssql
            && let (Some(limit), None) = (&select.limit, &select.offset)
        {
            let ExprKind::Bind(bind) = limit.kind() else { return Err(self.unknown("this LIMIT")) };
            let name = self.anonymous_name(bind.token.address(), &bind.key);
            let _ = write!(text, "TOP __[POSTCOMPILE_{name}] ");
        }
        let wraps = std::mem::take(&mut self.wraps_columns) || top;
        let columns = self.labelled_columns(select);
        let mut texts = Vec::with_capacity(columns.len());
        for column in &columns {
            if let (ExprKind::Grouping(inner), true) = (column.expr.kind(), top)
                && matches!(inner.kind(), ExprKind::List { op: Op::Comma, .. })
                && self.has(Behaviour::TuplesNotSelected)
            {
                return Err(super::compile_error(
                    "Most backends don't support SELECTing from a tuple() object.  If this is an ORM query, consider \
                     using the Bundle object.",
                ));
            }
            let is_plain = matches!(
                column.expr.unannotated().kind(),
                ExprKind::Column(_) | ExprKind::AliasColumn(_) | ExprKind::AsBoolean { .. }
            );
            let written = column.written || (as_from && is_plain);
            let name = self.name_text(&column.name);
            let element = match column.expr.unannotated().kind() {
                ExprKind::Label { element, .. } => self.expr(element)?,
                _ => self.expr(&column.expr)?,
            };
            let wrapped = if wraps { self.around_column(&column.expr.ty(), &element)? } else { None };
            let written = written || wrapped.is_some();
            let element = wrapped.unwrap_or(element);
            texts.push(match &name {
                Some(name) if written => format!("{element} AS {}", self.ident(name, None)?),
                _ => element.clone(),
            });
            if top {
                let name = name.unwrap_or_else(|| Rc::from(element));
                self.columns.push(CompiledColumn { name, ty: column.expr.ty() });
            }
        }
        text.push_str(&texts.join(", "));
        if froms.is_empty() && self.dialect == Dialect::Oracle {
            text.push_str(" FROM DUAL");
        }
        if !froms.is_empty() {
            let froms = froms.iter().map(|from| self.element(from)).collect::<Result<Vec<_>>>()?;
            text.push_str(" \nFROM ");
            text.push_str(&froms.join(", "));
        }
        let condition = self.condition(&select.where_)?;
        if !condition.is_empty() {
            text.push_str(" \nWHERE ");
            text.push_str(&condition);
        }
        if has_reference(&select.group_by) || has_reference(&select.order_by) {
            self.resolvable = resolvable(select, froms);
        }
        if !select.group_by.is_empty() {
            text.push_str(" GROUP BY ");
            text.push_str(&self.group_by(select)?);
        }
        if !select.having.is_empty() {
            text.push_str(" \nHAVING ");
            text.push_str(&self.condition(&select.having)?);
        }
        if !select.order_by.is_empty() {
            self.labelled.clone_from(&select.columns);
            let order = self.list(&select.order_by, ", ");
            self.labelled.clear();
            text.push_str(" ORDER BY ");
            text.push_str(&order?);
        }
        text.push_str(&self.limit(select.limit.as_ref(), select.offset.as_ref())?);
        if select.for_update && !matches!(self.dialect, Dialect::Sqlite | Dialect::Mssql) {
            text.push_str(" FOR UPDATE");
        }
        for suffix in &select.suffixes {
            text.push(' ');
            text.push_str(&self.expr(suffix)?);
        }
        if !select.suffixes.is_empty() {
            text.push(' ');
        }
        Ok(text)
    }

    /// Only a name given as a string stands for a label here.
    fn group_by(&mut self, select: &Select) -> Result<String> {
        let mut texts = Vec::new();
        for expr in &select.group_by {
            let by_name = matches!(expr.kind(), ExprKind::LabelReference(_));
            if by_name {
                self.labelled.clone_from(&select.columns);
            }
            let text = self.expr(expr);
            self.labelled.clear();
            texts.push(text?);
        }
        Ok(texts.join(", "))
    }

    /// Conditions joined by `AND`.
    pub(super) fn condition(&mut self, conditions: &[Expr]) -> Result<String> {
        match conditions {
            [] => Ok(String::new()),
            conditions => {
                let condition = Expr::and(conditions.iter().cloned()).self_group(Op::AsBool);
                self.expr(&condition)
            }
        }
    }

    fn limit(&mut self, limit: Option<&Expr>, offset: Option<&Expr>) -> Result<String> {
        let mut text = String::new();
        if self.dialect.is_foreign() {
            return self.limit_of_dialect(limit, offset);
        }
        let number =
            |number: i64| Expr::bind_named("param", true, Some(Value::Int(number)), SqlType::Integer);
        match (limit, offset, self.sqlite()) {
            (None, None, _) => {}
            (Some(limit), offset, true) => {
                let limit = self.expr(limit)?;
                let none = number(0);
                let offset = self.expr(offset.unwrap_or(&none))?;
                text = format!("\n LIMIT {limit} OFFSET {offset}");
            }
            (None, Some(offset), true) => {
                let all = self.expr(&number(-1))?;
                text = format!("\n LIMIT {all} OFFSET {}", self.expr(offset)?);
            }
            (limit, offset, false) => {
                match limit {
                    Some(limit) => text = format!("\n LIMIT {}", self.expr(limit)?),
                    None => text.push_str("\n LIMIT -1"),
                }
                if let Some(offset) = offset {
                    let _ = write!(text, " OFFSET {}", self.expr(offset)?);
                }
            }
        }
        Ok(text)
    }

    /// What the select reads from: explicit elements, then those of columns and conditions, without what a join
    /// contains and without what an enclosing select provides.
    fn froms(&self, select: &Select, place: Place) -> Result<Vec<FromItem>> {
        let mut froms: Vec<FromItem> = Vec::new();
        let mut add = |item: FromItem| {
            if !froms.contains(&item) {
                froms.push(item);
            }
        };
        let explicit_first = self.has(Behaviour::ExplicitFromFirst);
        let (first, last) =
            if explicit_first { (&select.from[..], &[][..]) } else { (&[][..], &select.from[..]) };
        first.iter().cloned().for_each(&mut add);
        for expr in select.columns.iter().chain(&select.where_) {
            expr.from_items().into_iter().for_each(&mut add);
        }
        last.iter().cloned().for_each(&mut add);
        let mut hidden: Vec<FromItem> = Vec::new();
        for from in &froms {
            if let FromItem::Join(join) = from {
                add_all(&mut hidden, &join.left);
                add_all(&mut hidden, &join.right);
            }
        }
        froms.retain(|from| !hidden.contains(from));

        let (explicit, implicit): (Vec<FromItem>, &[FromItem]) =
            match (self.stack.last(), place == Place::From) {
                (None, _) => (Vec::new(), &[]),
                (Some(outer), true) => (
                    outer.correlate.iter().filter(|item| !outer.nearest.contains(item)).cloned().collect(),
                    &[],
                ),
                (Some(outer), false) => (outer.correlate.clone(), &outer.nearest),
            };
        match &select.correlate {
            Correlate::To(items) => froms.retain(|from| !(explicit.contains(from) && items.contains(from))),
            Correlate::Except(items) => froms.retain(|from| !explicit.contains(from) || items.contains(from)),
            Correlate::None => {}
            Correlate::Auto => {
                if froms.len() > 1 && !implicit.is_empty() {
                    froms.retain(|from| !implicit.contains(from));
                    if froms.is_empty() {
                        if !self.has(Behaviour::CompiledCache) {
                            return Err(Error::unsupported(
                                "a subquery that correlates with all it selects from",
                            ));
                        }
                        return Err(Error::new(
                            ErrorKind::InvalidRequestError,
                            format!(
                                "Select statement '<sqlalchemy.sql.selectable.Select object at {ELSEWHERE}>' returned \
                                 no FROM clauses due to auto-correlation; specify correlate(<tables>) to control \
                                 correlation manually."
                            ),
                        ));
                    }
                }
            }
        }
        Ok(froms)
    }

    /// Selects put together.
    pub(super) fn compound(&mut self, compound: &CompoundSelect, place: Place) -> Result<String> {
        let word = match compound.kind {
            CompoundKind::Union => " UNION ",
            CompoundKind::UnionAll => " UNION ALL ",
            CompoundKind::Intersect => " INTERSECT ",
            CompoundKind::IntersectAll => " INTERSECT ALL ",
            CompoundKind::Except if self.dialect == Dialect::Oracle => " MINUS ",
            CompoundKind::Except => " EXCEPT ",
            CompoundKind::ExceptAll => " EXCEPT ALL ",
        };
        let mut counts = compound.selects.iter().map(|body| body.columns().len());
        if let Some(first) = counts.next()
            && let Some((at, other)) = counts.enumerate().find(|(_, count)| *count != first)
        {
            return Err(super::compile_error(format!(
                "All selectables passed to CompoundSelect must have identical numbers of columns; select #1 has \
                 {first} columns, select #{} has {other}",
                at + 2
            )));
        }
        let compound_top = place == Place::Top || std::mem::take(&mut self.wraps_columns);
        let mut texts = Vec::new();
        for (position, body) in compound.selects.iter().enumerate() {
            let place = if position == 0 || place != Place::Top { place } else { Place::Inside };
            self.wraps_columns = compound_top;
            let text = self.body(body, place)?;
            self.wraps_columns = false;
            texts.push(if Self::groups_in_compound(body) { format!("({text})") } else { text });
        }
        let mut text = texts.join(word);
        if !compound.order_by.is_empty() || !compound.group_by.is_empty() {
            let columns = compound.selects.first().map(Body::columns).unwrap_or_default();
            let newer = self.has(Behaviour::CompoundsOrderedByNames);
            self.resolvable = columns
                .iter()
                .filter_map(|column| {
                    let key = column.key()?;
                    let bare = || Expr::literal_column(&key, SqlType::Null);
                    let named = if newer { column.clone() } else { bare() };
                    Some((key, named))
                })
                .collect();
            let bare = std::mem::replace(&mut self.bare_columns, newer);
            let labelled = compound.selects.first().map(|body| body.columns().to_vec()).unwrap_or_default();
            self.labelled = labelled;
            let group = self.list(&compound.group_by, ", ");
            let order = self.list(&compound.order_by, ", ");
            self.labelled.clear();
            self.resolvable.clear();
            self.bare_columns = bare;
            for (words, texts) in [(" GROUP BY ", group?), (" ORDER BY ", order?)] {
                if !texts.is_empty() {
                    text.push_str(words);
                    text.push_str(&texts);
                }
            }
        }
        text.push_str(&self.limit(compound.limit.as_ref(), compound.offset.as_ref())?);
        Ok(text)
    }

    /// Whether one of selects put together stands in parentheses of its own.
    fn groups_in_compound(body: &Body) -> bool {
        match body {
            Body::Compound(_) => true,
            Body::Select(select) => {
                !select.order_by.is_empty() || select.limit.is_some() || select.offset.is_some()
            }
            Body::Textual(_) => false,
        }
    }
}

/// Whether some of these name a column by a string.
fn has_reference(exprs: &[Expr]) -> bool {
    exprs.iter().any(|expr| {
        let mut found = false;
        expr.visit(&mut |part| found |= matches!(part.kind(), ExprKind::LabelReference(_)));
        found
    })
}

/// What a string can name in `ORDER BY` and `GROUP BY`: labels and columns by their labels, then the columns of what is
/// selected from by their keys.
fn resolvable(select: &Select, froms: &[FromItem]) -> Vec<(Rc<str>, Expr)> {
    let mut names: Vec<(Rc<str>, Expr)> = Vec::new();
    for column in &select.columns {
        let name = match column.unannotated().kind() {
            ExprKind::Label { name: LabelName::Named(name), .. } => Some(name.clone()),
            ExprKind::Column(inner) => Some(inner.table_label().unwrap_or_else(|| inner.key())),
            ExprKind::AliasColumn(inner) => {
                inner.alias.name().map(|alias| Rc::from(format!("{alias}_{}", inner.name)))
            }
            _ => None,
        };
        if let Some(name) = name {
            names.push((name, column.clone()));
        }
    }
    let own = names.len();
    for column in froms.iter().flat_map(FromItem::columns) {
        let Some(key) = column.key() else { continue };
        if names[..own].iter().any(|(known, _)| *known == key) {
            continue;
        }
        // The last one of a name counts.
        names.retain({
            let mut at = 0;
            let key = key.clone();
            move |(known, _)| {
                at += 1;
                at <= own || *known != key
            }
        });
        names.push((key, column));
    }
    names
}

/// An element and everything a join of it contains.
fn add_all(items: &mut Vec<FromItem>, from: &FromItem) {
    if !items.contains(from) {
        items.push(from.clone());
    }
    if let FromItem::Join(join) = from {
        add_all(items, &join.left);
        add_all(items, &join.right);
    }
}
