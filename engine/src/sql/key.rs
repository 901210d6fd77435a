//! Structural cache keys: equal for statements that compile to the same text with the same binds in the same
//! places. Values of binds are left out, their types and positions are in; what is anonymous is numbered.

use super::Statement;
use super::dml::{Generated, InsertValues, OnConflict, OnConflictTarget};
use super::expr::{Bind, Expr, ExprKind, LabelName, Token};
use super::from::{Alias, AliasElement, FromItem};
use super::select::{Body, CompoundSelect, Correlate, Select, TextualSelect};
use crate::schema::{Column, SqlType, Table, Uncached};
use std::fmt::Write as _;
use std::rc::Rc;

/// A cache key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CacheKey(Rc<str>);

/// A statement's key, and its binds in the order in which the key met them.
#[derive(Debug, Clone)]
pub struct Keyed {
    pub key: CacheKey,
    pub binds: Vec<Bind>,
    /// Types of values in it that keep it out of the cache.
    pub uncached: Vec<Uncached>,
}

/// The key of a statement executed with parameters of these names; `None` for one that is never cached.
pub fn cache_key(statement: &Statement, parameters: &[Rc<str>], many: bool) -> Option<Keyed> {
    let mut writer = Writer::default();
    match statement {
        Statement::Ddl(_) => return None,
        Statement::Insert(insert) => {
            writer.word("insert");
            writer.table(&insert.table);
            match &insert.values {
                InsertValues::Rows(_) => return None,
                InsertValues::FromParameters => writer.word("from"),
                InsertValues::Row(row) => {
                    writer.word("row");
                    writer.assignments(row);
                }
                InsertValues::Select(columns, select) => {
                    writer.word("select");
                    for column in columns {
                        writer.column(column);
                    }
                    writer.select(select);
                }
            }
            writer.word(match insert.generated {
                Generated::Told => "",
                Generated::Defaults => "defaults",
                Generated::KeyAndDefaults => "defaults key",
                Generated::Key => "key",
            });
            writer.exprs(&insert.returning);
            writer.text(insert.tag.as_deref().unwrap_or_default());
            for prefix in &insert.prefixes {
                writer.text(prefix);
            }
            if let Some(conflict) = &insert.conflict {
                writer.conflict(conflict);
            }
        }
        Statement::Update(update) => {
            writer.word(if update.return_defaults { "update defaults" } else { "update" });
            writer.table(&update.table);
            writer.assignments(&update.values);
            writer.word(if update.ordered { "ordered" } else { "" });
            for prefix in &update.prefixes {
                writer.text(prefix);
            }
            writer.exprs(&update.where_);
            writer.exprs(&update.returning);
            writer.text(update.tag.as_deref().unwrap_or_default());
        }
        Statement::Delete(delete) => {
            writer.word("delete");
            writer.table(&delete.table);
            writer.exprs(&delete.where_);
            writer.exprs(&delete.returning);
            writer.text(delete.tag.as_deref().unwrap_or_default());
        }
        Statement::Select(select) => writer.select(select),
        Statement::Compound(compound) => writer.compound(compound),
        Statement::Textual(textual) => writer.textual(textual),
        Statement::Text(text) => {
            writer.word("text");
            writer.text(&text.text);
            for (name, value) in text.values.borrow().iter() {
                writer.text(name);
                writer.text(&crate::value::repr::value(value));
            }
        }
    }
    writer.word("parameters");
    for name in parameters {
        writer.text(name);
    }
    writer.word(if many { "many" } else { "one" });
    Some(Keyed { key: CacheKey(Rc::from(writer.out)), binds: writer.binds, uncached: writer.uncached })
}

#[derive(Default)]
struct Writer {
    out: String,
    binds: Vec<Bind>,
    aliases: Vec<Alias>,
    labels: Vec<Token>,
    uncached: Vec<Uncached>,
}

impl Writer {
    fn word(&mut self, word: &str) {
        self.out.push_str(word);
        self.out.push('|');
    }

    /// Text of any content, told apart by its length.
    fn text(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{}:{text}|", text.len());
    }

    fn ty(&mut self, ty: &SqlType) {
        let _ = write!(self.out, "{ty:?}|");
        self.note(ty);
    }

    /// Remembers a type that keeps the statement out of the cache.
    fn note(&mut self, ty: &SqlType) {
        if let SqlType::Host(host) = ty {
            self.uncached.extend(host.args().uncached.clone());
        }
    }

    fn number(&mut self, number: usize) {
        let _ = write!(self.out, "{number}|");
    }

    fn table(&mut self, table: &Table) {
        self.text(&table.full_name());
        self.number(table.identity());
    }

    fn column(&mut self, column: &Column) {
        self.text(&column.to_string());
        self.number(column.identity());
    }

    fn assignments(&mut self, row: &[(Column, Expr)]) {
        self.number(row.len());
        for (column, expr) in row {
            self.column(column);
            let noted = self.uncached.len();
            self.expr(expr);
            // A value is bound by its column's type only as the statement is compiled.
            if matches!(expr.kind(), ExprKind::Bind(_)) {
                self.uncached.truncate(noted);
            }
        }
    }

    fn conflict(&mut self, conflict: &OnConflict) {
        self.word("conflict");
        match &conflict.target {
            OnConflictTarget::Any => self.word("any"),
            OnConflictTarget::Constraint(name) => self.text(name),
            OnConflictTarget::Columns(elements, condition) => {
                self.exprs(elements);
                self.maybe(condition.as_ref());
            }
        }
        match &conflict.set {
            Some(set) => self.assignments(set),
            None => self.word("nothing"),
        }
        self.maybe(conflict.condition.as_ref());
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        self.number(exprs.len());
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn maybe(&mut self, expr: Option<&Expr>) {
        match expr {
            Some(expr) => self.expr(expr),
            None => self.word("-"),
        }
    }

    fn alias(&mut self, alias: &Alias) {
        if let Some(position) = self.aliases.iter().position(|known| known == alias) {
            self.word("alias");
            self.number(position);
            return;
        }
        self.aliases.push(alias.clone());
        self.word("new alias");
        let _ = write!(self.out, "{:?}|", alias.kind());
        match alias.name() {
            Some(name) => self.text(name),
            None => self.word("-"),
        }
        match alias.element() {
            AliasElement::Table(table) => self.table(table),
            AliasElement::Body(body) => self.body(body),
            AliasElement::Join(join) => self.from(&FromItem::Join(join.clone())),
            AliasElement::Alias(inner) => self.alias(inner),
            AliasElement::Values(values) => {
                let _ = write!(self.out, "values {}|", values.literal_binds);
                self.number(values.rows.len());
                for (name, ty) in &values.columns {
                    self.text(name);
                    let _ = write!(self.out, "{ty:?}|");
                }
                for row in &values.rows {
                    self.exprs(row);
                }
            }
            AliasElement::Function(function) => {
                let _ = write!(self.out, "{:?}|", function.shape());
                self.expr(&function.function);
            }
        }
    }

    fn from(&mut self, from: &FromItem) {
        match from {
            FromItem::Table(table) => self.table(table),
            FromItem::Alias(alias) => self.alias(alias),
            FromItem::Join(join) => {
                self.word(match (join.full, join.outer) {
                    (true, _) => "full join",
                    (false, true) => "outer join",
                    (false, false) => "join",
                });
                self.text(join.tag.as_deref().unwrap_or_default());
                self.from(&join.left);
                self.from(&join.right);
                self.expr(&join.onclause);
            }
            FromItem::Text(text) => self.text(text),
        }
    }

    fn froms(&mut self, froms: &[FromItem]) {
        self.number(froms.len());
        for from in froms {
            self.from(from);
        }
    }

    fn compound(&mut self, compound: &CompoundSelect) {
        let _ = write!(self.out, "{:?}|", compound.kind);
        self.number(compound.selects.len());
        for body in &compound.selects {
            self.body(body);
        }
        self.exprs(&compound.group_by);
        self.exprs(&compound.order_by);
        self.maybe(compound.limit.as_ref());
        self.maybe(compound.offset.as_ref());
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Select(select) => self.select(select),
            Body::Compound(compound) => self.compound(compound),
            Body::Textual(textual) => self.textual(textual),
        }
    }

    fn textual(&mut self, textual: &TextualSelect) {
        self.word("textual");
        self.text(textual.tag.as_deref().unwrap_or_default());
        self.text(&textual.text.text);
        for (name, value) in textual.text.values.borrow().iter() {
            self.text(name);
            self.text(&crate::value::repr::value(value));
        }
        self.exprs(&textual.columns);
        self.word(if textual.positional { "positional" } else { "" });
    }

    fn select(&mut self, select: &Select) {
        self.word("select");
        if let Some(tag) = &select.tag {
            self.text(tag);
        }
        if select.compiled_within.as_ref().is_some_and(|compiled| compiled.get()) {
            self.word("compiled");
        }
        self.exprs(&select.prefixes);
        self.exprs(&select.suffixes);
        self.word(if select.distinct { "distinct" } else { "" });
        let _ = write!(self.out, "{:?}|{}|", select.label_style, select.for_update);
        self.exprs(&select.columns);
        self.froms(&select.from);
        self.exprs(&select.where_);
        self.exprs(&select.group_by);
        self.exprs(&select.having);
        self.exprs(&select.order_by);
        self.maybe(select.limit.as_ref());
        self.maybe(select.offset.as_ref());
        match &select.correlate {
            Correlate::Auto => self.word("auto"),
            Correlate::None => self.word("none"),
            Correlate::To(items) => {
                self.word("to");
                self.froms(items);
            }
            Correlate::Except(items) => {
                self.word("except");
                self.froms(items);
            }
        }
    }

    fn bind(&mut self, bind: &Bind) {
        if let Some(position) = self.binds.iter().position(|known| known.token == bind.token) {
            self.word("bind");
            self.number(position);
            return;
        }
        self.word("new bind");
        self.text(&bind.key);
        self.ty(&bind.ty);
        let _ = write!(self.out, "{}|{}|", bind.unique, bind.value.is_none() && bind.late.is_none());
        if let Some(values) = &bind.expanding {
            self.word("expanding");
            if let Some(types) = &bind.tuple {
                let _ = write!(self.out, "{types:?}|");
            }
            // Versions that write out a list with a null need its shape.
            if values.iter().any(crate::value::Value::is_null) {
                for value in values {
                    self.word(if value.is_null() { "null" } else { "value" });
                }
            }
        }
        self.binds.push(bind.clone());
    }

    fn expr(&mut self, expr: &Expr) {
        match expr.kind() {
            ExprKind::Column(column) => self.column(column),
            ExprKind::AliasColumn(column) => {
                self.word("column");
                self.alias(&column.alias);
                self.text(&column.name);
            }
            ExprKind::Bind(bind) => self.bind(bind),
            ExprKind::Null => self.word("null"),
            ExprKind::True => self.word("true"),
            ExprKind::False => self.word("false"),
            ExprKind::TooDeep => self.word("too deep"),
            ExprKind::Text(text) => {
                self.word("text");
                self.text(&text.text);
                for (name, value) in text.values.borrow().iter() {
                    self.text(name);
                    self.text(&crate::value::repr::value(value));
                }
            }
            ExprKind::Literal { text, ty } => {
                self.word("literal");
                self.text(text);
                let _ = write!(self.out, "{ty:?}|");
            }
            ExprKind::Unary { op, operand, .. } => {
                let _ = write!(self.out, "{op:?}|");
                self.expr(operand);
            }
            ExprKind::Binary { left, right, op, escape, .. } => {
                let _ = write!(self.out, "{op:?}|{escape:?}|");
                self.expr(left);
                self.expr(right);
            }
            ExprKind::List { op, items } => {
                let _ = write!(self.out, "{op:?}|");
                self.exprs(items);
            }
            ExprKind::Grouping(element) => {
                self.word("group");
                self.expr(element);
            }
            ExprKind::GroupingSince(element, _) => {
                self.word("maybe group");
                self.expr(element);
            }
            ExprKind::AsBoolean { element, negated } => {
                let _ = write!(self.out, "boolean {negated}|");
                self.expr(element);
            }
            ExprKind::LabelReference(name) => {
                self.word("reference");
                self.text(name);
            }
            ExprKind::Collation(name) => {
                self.word("collation");
                self.text(name);
            }
            ExprKind::Extract { field, element } => {
                self.word("extract");
                self.text(field);
                self.expr(element);
            }
            ExprKind::Function(function) => {
                self.word("function");
                self.text(&function.name);
                self.ty(&function.ty);
                let _ = write!(self.out, "{}|", function.star);
                self.exprs(&function.args);
            }
            ExprKind::Label { name, element, .. } => {
                self.note(&element.ty());
                match name {
                    LabelName::Named(name) => {
                        self.word("label");
                        self.text(name);
                    }
                    LabelName::Anonymous(token) => {
                        self.word("anonymous label");
                        let position = self.labels.iter().position(|known| known == token);
                        let position = position.unwrap_or_else(|| {
                            self.labels.push(token.clone());
                            self.labels.len() - 1
                        });
                        self.number(position);
                    }
                }
                self.expr(element);
            }
            ExprKind::Cast { element, ty } => {
                self.word("cast");
                self.ty(ty);
                self.expr(element);
            }
            ExprKind::Case(case) => {
                self.word("case");
                self.maybe(case.value.as_ref());
                self.number(case.whens.len());
                for (when, then) in &case.whens {
                    self.expr(when);
                    self.expr(then);
                }
                self.maybe(case.otherwise.as_ref());
            }
            ExprKind::Exists(body) => {
                self.word("exists");
                self.body(body);
            }
            ExprKind::ScalarSelect(body) => {
                self.word("scalar");
                self.body(body);
            }
            ExprKind::SelectList(body) => {
                self.word("list");
                self.body(body);
            }
            ExprKind::TypeCoerce { element, ty } => {
                self.word("coerce");
                self.ty(ty);
                self.expr(element);
            }
            ExprKind::Windowed(windowed) => {
                self.text(&windowed.shape());
                self.exprs(&windowed.children());
            }
            ExprKind::Annotated { element, .. } | ExprKind::OfEntity { element, .. } => self.expr(element),
        }
    }
}
