//! Walking and rewriting expressions.

use super::expr::Expr;
use super::from::FromItem;
use crate::schema::Column;

impl Expr {
    /// Calls `f` on this expression and all below it, outermost first, left to right.
    pub fn visit(&self, f: &mut dyn FnMut(&Expr)) {
        f(self);
    }

    /// A copy in which every expression that `f` answers for is replaced, outermost first; what is not touched
    /// is shared.
    pub fn rewrite(&self, f: &mut dyn FnMut(&Expr) -> Option<Expr>) -> Expr {
        f(self).unwrap_or_else(|| self.clone())
    }

    /// Whether both have the same structure over the same columns and equal values.
    pub fn same(&self, other: &Expr) -> bool {
        std::rc::Rc::ptr_eq(&self.0, &other.0)
    }

    /// The tables' columns in it, in order of appearance, each once.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        self.visit(&mut |expr| {
            if let super::ExprKind::Column(column) = expr.kind()
                && !columns.contains(column)
            {
                columns.push(column.clone());
            }
        });
        columns
    }

    /// The tables and aliases its columns belong to, in order of appearance, each once.
    pub fn from_items(&self) -> Vec<FromItem> {
        let mut items: Vec<FromItem> = Vec::new();
        self.visit(&mut |expr| {
            let item = match expr.kind() {
                super::ExprKind::Column(column) => column.table().map(FromItem::Table),
                super::ExprKind::AliasColumn(column) => Some(FromItem::Alias(column.alias.clone())),
                _ => None,
            };
            if let Some(item) = item
                && !items.contains(&item)
            {
                items.push(item);
            }
        });
        items
    }
}
