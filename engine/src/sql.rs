//! SQL expressions and statements, and their text.

use std::rc::Rc;

/// An SQL expression. Clones are cheap and share structure.
#[derive(Debug, Clone)]
pub struct Expr(Rc<ExprKind>);

/// What an expression is.
#[derive(Debug)]
pub enum ExprKind {
    Column(crate::schema::Column),
}

impl Expr {
    pub fn column(column: &crate::schema::Column) -> Self {
        Expr(Rc::new(ExprKind::Column(column.clone())))
    }

    pub fn kind(&self) -> &ExprKind {
        &self.0
    }
}
