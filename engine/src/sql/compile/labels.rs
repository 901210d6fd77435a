//! How a select's columns are labelled.
//!
//! Names are decided for the whole list, but what is anonymous is numbered when it is written, since labels and
//! binds share their counts.

use super::super::expr::{AliasColumn, Expr, ExprKind, LabelName};
use super::super::from::Alias;
use super::super::select::{LabelStyle, Select};
use super::Compiler;
use crate::version::Behaviour;
use std::rc::Rc;

/// A column's name in its select.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Name {
    /// Text that has no name.
    None,
    Fixed(Rc<str>),
    /// A column's name after the made-up name of its alias.
    OfAlias(AliasColumn),
    /// Made up for this identity from a stem.
    Anonymous(usize, String),
    /// Made up for this identity from a stem that begins with the made-up name of an alias.
    AnonymousOfAlias(usize, Alias, String),
}

/// A column of a select's list.
#[derive(Debug, Clone)]
pub(super) struct Labelled {
    pub(super) expr: Expr,
    pub(super) name: Name,
    /// Whether `AS name` is written even where the select is not inside another.
    pub(super) written: bool,
}

impl Compiler<'_> {
    /// The columns of a select with their labels.
    pub(super) fn labelled_columns(&self, select: &Select) -> Vec<Labelled> {
        let apart = self.has(Behaviour::DisambiguatedNames) && select.label_style != LabelStyle::None;
        let mut taken: Vec<(Name, usize)> = Vec::new();
        let mut repeats: u32 = 0;
        let mut columns = Vec::with_capacity(select.columns.len());
        for expr in &select.columns {
            let identity = identity(expr);
            let (name, written) = self.name(expr, select.label_style);
            let seen = match name {
                Name::None => None,
                _ => taken.iter().find(|(taken, _)| *taken == name).map(|(_, identity)| *identity),
            };
            match seen {
                None => {
                    taken.push((name.clone(), identity));
                    columns.push(Labelled { expr: expr.clone(), name, written });
                }
                Some(first) if first == identity => {
                    if !apart {
                        if !self.has(Behaviour::DisambiguatedNames) {
                            continue;
                        }
                        columns.push(Labelled { expr: expr.clone(), name, written });
                        continue;
                    }
                    repeats += 1;
                    // Every repeat has a name of its own.
                    let fresh = std::ptr::from_ref(select).addr().wrapping_add(repeats as usize);
                    let name = anonymous(fresh, name, "_");
                    columns.push(Labelled { expr: expr.clone(), name, written: true });
                }
                Some(_) if apart => {
                    let name = anonymous(identity, name, "");
                    columns.push(Labelled { expr: expr.clone(), name, written: true });
                }
                Some(_) => columns.push(Labelled { expr: expr.clone(), name, written }),
            }
        }
        columns
    }

    /// A column's name before names are told apart, and whether it is always written.
    fn name(&self, expr: &Expr, style: LabelStyle) -> (Name, bool) {
        let qualified = style == LabelStyle::TableColumn;
        let address = identity(expr);
        match expr.unannotated().kind() {
            ExprKind::Column(column) => match column.table_label() {
                Some(label) if qualified => (Name::Fixed(label), true),
                _ => (Name::Fixed(column.name()), false),
            },
            ExprKind::AliasColumn(column) => match (column.name.clone(), qualified) {
                (name, true) => match column.alias.name() {
                    Some(alias) => (Name::Fixed(Rc::from(format!("{alias}_{name}"))), true),
                    None => (Name::OfAlias(column.clone()), true),
                },
                (name, false) => (Name::Fixed(name), false),
            },
            ExprKind::Label { name: LabelName::Named(name), .. } => (Name::Fixed(name.clone()), true),
            ExprKind::Label { name: LabelName::Anonymous(token), element, .. } => {
                (Name::Anonymous(token.address(), stem(element)), true)
            }
            ExprKind::Text(_) | ExprKind::Literal { .. } => (Name::None, false),
            ExprKind::Bind(bind) if qualified && bind.unique && !self.has(Behaviour::DisambiguatedNames) => {
                (Name::Anonymous(bind.token.address(), bind.key.to_string()), true)
            }
            ExprKind::Unary { op, .. } if *op != super::super::Op::Not => (Name::None, false),
            ExprKind::AsBoolean { element, .. } => {
                let written = !self.has_booleans() || !self.has(Behaviour::NotUnlabelled);
                match element.as_column() {
                    Some(column) if self.has(Behaviour::DisambiguatedNames) => {
                        (Name::Fixed(column.name()), written)
                    }
                    _ => (Name::Anonymous(address, "anon".to_owned()), true),
                }
            }
            ExprKind::Function(_) => (Name::Anonymous(address, stem(expr.unannotated())), true),
            ExprKind::TypeCoerce { element, .. }
                if self.has(Behaviour::CastKeepsName)
                    && (element.base_column().is_some()
                        || matches!(element.kind(), ExprKind::Function(_))) =>
            {
                (self.name(element, style).0, true)
            }
            ExprKind::Cast { element, .. }
                if self.has(Behaviour::CastKeepsName) && element.base_column().is_some() =>
            {
                (self.name(element, style).0, true)
            }
            _ => (Name::Anonymous(address, "anon".to_owned()), true),
        }
    }

    /// A name's text.
    pub(super) fn name_text(&mut self, name: &Name) -> Option<Rc<str>> {
        match name {
            Name::None => None,
            Name::Fixed(name) => Some(name.clone()),
            Name::OfAlias(column) => {
                let alias = self.alias_name(&column.alias);
                let column = self.alias_column_name(column);
                Some(Rc::from(format!("{alias}_{column}")))
            }
            Name::Anonymous(identity, stem) => Some(self.anonymous_name(*identity, stem)),
            Name::AnonymousOfAlias(identity, alias, stem) => {
                let alias = self.alias_name(alias);
                Some(self.anonymous_name(*identity, &format!("{alias}_{stem}")))
            }
        }
    }

    /// The name that a subquery gives one of its columns.
    pub(super) fn column_name_in(&mut self, select: &Rc<Select>, column: &AliasColumn) -> Rc<str> {
        let Some(position) = column.position else { return column.name.clone() };
        let labelled = self.labelled_columns(select);
        match labelled.get(position) {
            Some(label) => {
                let name = label.name.clone();
                self.name_text(&name).unwrap_or_else(|| column.name.clone())
            }
            None => column.name.clone(),
        }
    }
}

/// What a made-up name begins with.
pub(super) fn stem(element: &Expr) -> String {
    match element.kind() {
        ExprKind::Function(function) => function.name.rsplit('.').next().unwrap_or_default().to_owned(),
        _ => "anon".to_owned(),
    }
}

/// A made-up name for what has this name already.
fn anonymous(identity: usize, name: Name, suffix: &str) -> Name {
    match name {
        Name::Fixed(name) => Name::Anonymous(identity, format!("{name}{suffix}")),
        Name::OfAlias(column) => {
            Name::AnonymousOfAlias(identity, column.alias, format!("{}{suffix}", column.name))
        }
        Name::Anonymous(_, stem) => Name::Anonymous(identity, stem),
        Name::AnonymousOfAlias(_, alias, stem) => Name::AnonymousOfAlias(identity, alias, stem),
        Name::None => Name::None,
    }
}

/// What makes a column of a list itself: a table's column wherever it is mentioned, another expression as an object.
fn identity(expr: &Expr) -> usize {
    match expr.unannotated().kind() {
        ExprKind::Column(column) => column.identity(),
        ExprKind::AliasColumn(column) => {
            let base =
                column.base.as_ref().map_or_else(|| column.name.len(), crate::schema::Column::identity);
            column.alias.token().address().wrapping_mul(31).wrapping_add(base)
        }
        _ => Rc::as_ptr(&expr.unannotated().0).addr(),
    }
}

/// Names of a select's columns as a query around it sees them, as far as they are known before compiling.
pub(crate) fn result_names(select: &Select) -> Vec<Rc<str>> {
    let profile = crate::version::Profile::default();
    let mut compiler = Compiler::new(profile, super::Dialect::Default, None);
    compiler
        .labelled_columns(select)
        .into_iter()
        .map(|label| match (compiler.name_text(&label.name), label.expr.unannotated().kind()) {
            (Some(name), _) => name,
            (None, ExprKind::Literal { text, .. }) => text.clone(),
            (None, _) => Rc::from("anon_1"),
        })
        .collect()
}
