//! Walking and rewriting expressions.

use super::expr::{Case, Expr, ExprKind, Function, LabelName};
use super::from::FromItem;
use super::select::{Body, Select};
use crate::schema::Column;
use std::rc::Rc;

impl Expr {
    /// The expressions directly below this one, left to right. A subquery's come after, in the order of its text.
    pub fn children(&self) -> Vec<Expr> {
        match self.kind() {
            ExprKind::Column(_)
            | ExprKind::AliasColumn(_)
            | ExprKind::Bind(_)
            | ExprKind::Null
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Text(_)
            | ExprKind::Literal { .. }
            | ExprKind::LabelReference(_)
            | ExprKind::Collation(_)
            | ExprKind::TooDeep => Vec::new(),
            ExprKind::Unary { operand, .. } => vec![operand.clone()],
            ExprKind::Binary { left, right, .. } => vec![left.clone(), right.clone()],
            ExprKind::List { items, .. } => items.clone(),
            ExprKind::Grouping(element)
            | ExprKind::GroupingSince(element, _)
            | ExprKind::AsBoolean { element, .. }
            | ExprKind::Extract { element, .. }
            | ExprKind::Label { element, .. }
            | ExprKind::Cast { element, .. }
            | ExprKind::TypeCoerce { element, .. }
            | ExprKind::Annotated { element, .. }
            | ExprKind::OfEntity { element, .. } => vec![element.clone()],
            ExprKind::Function(function) => function.args.clone(),
            ExprKind::Case(case) => {
                let mut children: Vec<Expr> = case.value.iter().cloned().collect();
                for (when, then) in &case.whens {
                    children.push(when.clone());
                    children.push(then.clone());
                }
                children.extend(case.otherwise.iter().cloned());
                children
            }
            ExprKind::Exists(select) | ExprKind::ScalarSelect(select) | ExprKind::SelectList(select) => {
                select.children()
            }
            ExprKind::Windowed(windowed) => windowed.children(),
        }
    }

    /// Calls `f` on this expression and all below it, outermost first, left to right; subqueries are entered.
    pub fn visit(&self, f: &mut dyn FnMut(&Expr)) {
        let mut waiting = vec![self.clone()];
        while let Some(expr) = waiting.pop() {
            f(&expr);
            let mut children = expr.children();
            children.reverse();
            waiting.append(&mut children);
        }
    }

    /// A copy in which every expression that `f` answers for is replaced, outermost first; what is not touched
    /// is shared.
    pub fn rewrite(&self, f: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
        if let Some(replacement) = f(self) {
            return replacement;
        }
        let mut changed = false;
        let mut each = |expr: &Expr| {
            let new = expr.rewrite(f);
            changed |= !Rc::ptr_eq(&new.0, &expr.0);
            new
        };
        let kind = match self.kind() {
            ExprKind::Column(_)
            | ExprKind::AliasColumn(_)
            | ExprKind::Bind(_)
            | ExprKind::Null
            | ExprKind::True
            | ExprKind::False
            | ExprKind::Text(_)
            | ExprKind::Literal { .. }
            | ExprKind::LabelReference(_)
            | ExprKind::Collation(_)
            | ExprKind::TooDeep => return self.clone(),
            ExprKind::Unary { op, operand, ty } => {
                ExprKind::Unary { op: op.clone(), operand: each(operand), ty: ty.clone() }
            }
            ExprKind::Binary { left, right, op, ty, negated, escape } => ExprKind::Binary {
                left: each(left),
                right: each(right),
                op: op.clone(),
                ty: ty.clone(),
                negated: negated.clone(),
                escape: escape.clone(),
            },
            ExprKind::List { op, items } => {
                ExprKind::List { op: op.clone(), items: items.iter().map(each).collect() }
            }
            ExprKind::Grouping(element) => ExprKind::Grouping(each(element)),
            ExprKind::GroupingSince(element, since) => ExprKind::GroupingSince(each(element), *since),
            ExprKind::AsBoolean { element, negated } => {
                ExprKind::AsBoolean { element: each(element), negated: *negated }
            }
            ExprKind::Extract { field, element } => {
                ExprKind::Extract { field: field.clone(), element: each(element) }
            }
            ExprKind::Label { name, element, ty } => {
                ExprKind::Label { name: name.clone(), element: each(element), ty: ty.clone() }
            }
            ExprKind::Cast { element, ty } => ExprKind::Cast { element: each(element), ty: ty.clone() },
            ExprKind::TypeCoerce { element, ty } => {
                ExprKind::TypeCoerce { element: each(element), ty: ty.clone() }
            }
            ExprKind::Annotated { element, foreign, remote } => {
                ExprKind::Annotated { element: each(element), foreign: *foreign, remote: *remote }
            }
            ExprKind::OfEntity { element, mapper, alias } => {
                ExprKind::OfEntity { element: each(element), mapper: *mapper, alias: *alias }
            }
            ExprKind::Function(function) => ExprKind::Function(Function {
                args: function.args.iter().map(each).collect(),
                ..function.clone()
            }),
            ExprKind::Case(case) => ExprKind::Case(Case {
                value: case.value.as_ref().map(&mut each),
                whens: case.whens.iter().map(|(when, then)| (each(when), each(then))).collect(),
                otherwise: case.otherwise.as_ref().map(&mut each),
                ty: case.ty.clone(),
            }),
            ExprKind::Exists(body) => ExprKind::Exists(body.map(&mut each)),
            ExprKind::ScalarSelect(body) => ExprKind::ScalarSelect(body.map(&mut each)),
            ExprKind::SelectList(body) => ExprKind::SelectList(body.map(&mut each)),
            ExprKind::Windowed(windowed) => ExprKind::Windowed(windowed.map(&mut each)),
        };
        if changed { Expr::new(kind) } else { self.clone() }
    }

    /// Whether both have the same structure over the same columns and equal values.
    pub fn same(&self, other: &Expr) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
            || (same_node(self, other) && same_all(&self.children(), &other.children()))
    }

    /// The tables' columns in it, in order of appearance, each once. Columns of aliases are not.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        self.visit(&mut |expr| {
            if let ExprKind::Column(column) = expr.kind()
                && !columns.contains(column)
            {
                columns.push(column.clone());
            }
        });
        columns
    }

    /// The tables and aliases its columns belong to, in order of appearance, each once. A subquery's are its own.
    pub fn from_items(&self) -> Vec<FromItem> {
        let mut items: Vec<FromItem> = Vec::new();
        let mut waiting = vec![self.clone()];
        while let Some(expr) = waiting.pop() {
            let item = match expr.kind() {
                ExprKind::Column(column) => column.table().map(FromItem::Table),
                ExprKind::AliasColumn(column) => Some(FromItem::Alias(column.alias.clone())),
                ExprKind::Exists(_) | ExprKind::ScalarSelect(_) | ExprKind::SelectList(_) => continue,
                _ => None,
            };
            if let Some(item) = item
                && !items.contains(&item)
            {
                items.push(item);
            }
            let mut children = expr.children();
            children.reverse();
            waiting.append(&mut children);
        }
        items
    }
}

/// Whether two expressions are alike, apart from what is below them.
fn same_node(a: &Expr, b: &Expr) -> bool {
    match (a.kind(), b.kind()) {
        (ExprKind::Column(a), ExprKind::Column(b)) => a == b,
        (ExprKind::AliasColumn(a), ExprKind::AliasColumn(b)) => {
            a.alias == b.alias && a.name == b.name && a.position == b.position
        }
        (ExprKind::Bind(a), ExprKind::Bind(b)) => {
            a.value == b.value && a.expanding == b.expanding && (a.unique || b.unique || a.key == b.key)
        }
        (ExprKind::Null, ExprKind::Null)
        | (ExprKind::True, ExprKind::True)
        | (ExprKind::False, ExprKind::False)
        | (ExprKind::Grouping(_), ExprKind::Grouping(_))
        | (ExprKind::GroupingSince(..), ExprKind::GroupingSince(..)) => true,
        (ExprKind::Windowed(a), ExprKind::Windowed(b)) => a.alike(b),
        (ExprKind::Text(a), ExprKind::Text(b)) => a.text == b.text,
        (ExprKind::Collation(a), ExprKind::Collation(b))
        | (ExprKind::Literal { text: a, .. }, ExprKind::Literal { text: b, .. })
        | (ExprKind::LabelReference(a), ExprKind::LabelReference(b))
        | (ExprKind::Extract { field: a, .. }, ExprKind::Extract { field: b, .. }) => a == b,
        (ExprKind::Unary { op: a, .. }, ExprKind::Unary { op: b, .. })
        | (ExprKind::List { op: a, .. }, ExprKind::List { op: b, .. })
        | (ExprKind::Binary { op: a, .. }, ExprKind::Binary { op: b, .. }) => a == b,
        (ExprKind::AsBoolean { negated: a, .. }, ExprKind::AsBoolean { negated: b, .. }) => a == b,
        (ExprKind::Label { name: a, .. }, ExprKind::Label { name: b, .. }) => match (a, b) {
            (LabelName::Named(a), LabelName::Named(b)) => a == b,
            (LabelName::Anonymous(_), LabelName::Anonymous(_)) => true,
            _ => false,
        },
        (ExprKind::Cast { ty: a, .. }, ExprKind::Cast { ty: b, .. })
        | (ExprKind::TypeCoerce { ty: a, .. }, ExprKind::TypeCoerce { ty: b, .. }) => a == b,
        (
            ExprKind::Annotated { foreign: a, remote: b, .. },
            ExprKind::Annotated { foreign: c, remote: d, .. },
        ) => a == c && b == d,
        (ExprKind::OfEntity { mapper: a, alias: b, .. }, ExprKind::OfEntity { mapper: c, alias: d, .. }) => {
            a == c && b == d
        }
        (ExprKind::Function(a), ExprKind::Function(b)) => a.name == b.name,
        (ExprKind::Case(a), ExprKind::Case(b)) => {
            a.whens.len() == b.whens.len() && a.value.is_some() == b.value.is_some()
        }
        (ExprKind::Exists(a), ExprKind::Exists(b))
        | (ExprKind::ScalarSelect(a), ExprKind::ScalarSelect(b))
        | (ExprKind::SelectList(a), ExprKind::SelectList(b)) => match (a, b) {
            (Body::Select(a), Body::Select(b)) => {
                a.columns.len() == b.columns.len()
                    && a.where_.len() == b.where_.len()
                    && a.from.len() == b.from.len()
            }
            (Body::Compound(a), Body::Compound(b)) => a.kind == b.kind && a.selects.len() == b.selects.len(),
            _ => false,
        },
        _ => false,
    }
}

fn same_all(a: &[Expr], b: &[Expr]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

impl Select {
    /// How deep subqueries in its `FROM` nest.
    pub(crate) fn depth_of_from(&self) -> u32 {
        self.from.iter().map(FromItem::depth).max().unwrap_or(0)
    }

    /// Its expressions in the order of its text.
    pub fn children(&self) -> Vec<Expr> {
        let mut children = self.columns.clone();
        for from in &self.from {
            add_conditions(from, &mut children);
        }
        children.extend(self.where_.iter().cloned());
        children.extend(self.group_by.iter().cloned());
        children.extend(self.having.iter().cloned());
        children.extend(self.order_by.iter().cloned());
        children.extend(self.limit.iter().cloned());
        children.extend(self.offset.iter().cloned());
        children
    }

    /// A copy with each expression of its own passed through `f`; what stands in `from` stays.
    pub fn map(&self, f: &mut dyn FnMut(&Expr) -> Expr) -> Select {
        let mut each = |items: &[Expr]| -> Vec<Expr> { items.iter().map(&mut *f).collect() };
        let mut select = self.clone();
        select.columns = each(&self.columns);
        select.where_ = each(&self.where_);
        select.group_by = each(&self.group_by);
        select.having = each(&self.having);
        select.order_by = each(&self.order_by);
        select
    }
}

/// The conditions of joins, left to right.
fn add_conditions(from: &FromItem, children: &mut Vec<Expr>) {
    if let FromItem::Join(join) = from {
        add_conditions(&join.left, children);
        add_conditions(&join.right, children);
        children.push(join.onclause.clone());
    }
}
