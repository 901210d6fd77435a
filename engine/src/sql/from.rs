//! What a select reads from: tables, aliases of tables and selects, joins.

use super::expr::{AliasColumn, Expr, ExprKind, Token};
use super::select::{CompoundSelect, LabelStyle, Select};
use crate::schema::{Column, Table};
use std::rc::Rc;

/// An element of a `FROM` list.
#[derive(Debug, Clone)]
pub enum FromItem {
    Table(Table),
    /// An alias of a table, a subquery or a CTE.
    Alias(Alias),
    Join(Rc<Join>),
    /// Text in a `FROM` list.
    Text(Rc<str>),
}

/// `left JOIN right ON onclause`.
#[derive(Debug, Clone)]
pub struct Join {
    pub left: FromItem,
    pub right: FromItem,
    pub onclause: Expr,
    pub outer: bool,
    pub full: bool,
    depth: u32,
}

impl Join {
    /// A join; sides that nest too deep are replaced by what nothing accepts.
    pub fn new(left: FromItem, right: FromItem, onclause: Expr, outer: bool, full: bool) -> Self {
        let depth = 1 + left.depth().max(right.depth());
        if depth > MAX_DEPTH {
            let too_deep = FromItem::Text(Rc::from(""));
            let onclause = Expr::new(ExprKind::TooDeep);
            return Join { left: too_deep.clone(), right: too_deep, onclause, outer, full, depth: 1 };
        }
        Join { left, right, onclause, outer, full, depth }
    }
}

/// An alias. Clones are the same alias; equality is identity.
#[derive(Debug, Clone)]
pub struct Alias(Rc<AliasInner>);

#[derive(Debug)]
struct AliasInner {
    element: AliasElement,
    /// `None` for one that is named when the statement is compiled: `user_1`, `anon_1`.
    name: Option<Rc<str>>,
    kind: AliasKind,
    token: Token,
    depth: u32,
}

/// What an alias is of.
#[derive(Debug, Clone)]
pub enum AliasElement {
    Table(Table),
    Select(Rc<Select>),
    Compound(Rc<CompoundSelect>),
    Join(Rc<Join>),
}

/// Which construct an alias is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasKind {
    Alias,
    Subquery,
    Cte { recursive: bool },
}

impl Alias {
    /// An alias of a table; without a name it is called `table_1`, counted in order of appearance.
    pub fn of_table(table: &Table, name: Option<&str>) -> Self {
        Alias::new(AliasElement::Table(table.clone()), name, AliasKind::Alias)
    }

    pub fn of_select(select: Select, name: Option<&str>) -> Self {
        Alias::new(AliasElement::Select(Rc::new(select)), name, AliasKind::Subquery)
    }

    pub fn cte(select: Select, name: Option<&str>, recursive: bool) -> Self {
        Alias::new(AliasElement::Select(Rc::new(select)), name, AliasKind::Cte { recursive })
    }

    pub fn new(element: AliasElement, name: Option<&str>, kind: AliasKind) -> Self {
        let depth = 1 + match &element {
            AliasElement::Table(_) => 0,
            AliasElement::Select(select) => select.depth(),
            AliasElement::Compound(compound) => {
                compound.selects.iter().map(|select| select.depth()).max().unwrap_or(0)
            }
            AliasElement::Join(join) => join.left.depth().max(join.right.depth()),
        };
        // What nests too deep is replaced by a column that nothing accepts.
        let (element, depth) = if depth > MAX_DEPTH {
            (AliasElement::Select(Rc::new(Select::new(vec![Expr::new(ExprKind::TooDeep)]))), 1)
        } else {
            (element, depth)
        };
        Alias(Rc::new(AliasInner { element, name: name.map(Rc::from), kind, token: Token::new(), depth }))
    }

    pub fn element(&self) -> &AliasElement {
        &self.0.element
    }

    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    pub fn kind(&self) -> AliasKind {
        self.0.kind
    }

    pub(crate) fn token(&self) -> &Token {
        &self.0.token
    }

    /// How deep selects nest in it.
    pub(crate) fn depth(&self) -> u32 {
        self.0.depth
    }

    /// The table, where it is an alias of one.
    pub fn table(&self) -> Option<&Table> {
        match &self.0.element {
            AliasElement::Table(table) => Some(table),
            AliasElement::Select(_) | AliasElement::Compound(_) | AliasElement::Join(_) => None,
        }
    }

    /// The alias's column of this key.
    pub fn column(&self, key: &str) -> Option<Expr> {
        self.columns().into_iter().find(|column| column.key().as_deref() == Some(key))
    }

    /// The alias's column that stands for a table's column.
    pub fn column_for(&self, column: &Column) -> Option<Expr> {
        match &self.0.element {
            AliasElement::Table(table) => table.has_column(column).then(|| self.of_column(column)),
            AliasElement::Select(_) | AliasElement::Compound(_) | AliasElement::Join(_) => {
                self.columns().into_iter().find(|own| own.base_column() == Some(column))
            }
        }
    }

    fn of_column(&self, column: &Column) -> Expr {
        Expr::new(ExprKind::AliasColumn(AliasColumn {
            alias: self.clone(),
            name: column.name(),
            key: column.key(),
            ty: column.ty(),
            position: None,
            base: Some(column.clone()),
        }))
    }

    /// All columns, in order.
    pub fn columns(&self) -> Vec<Expr> {
        match &self.0.element {
            AliasElement::Table(table) => {
                table.columns().iter().map(|column| self.of_column(column)).collect()
            }
            AliasElement::Select(select) => self.of_select_columns(select),
            AliasElement::Compound(compound) => {
                compound.selects.first().map(|select| self.of_select_columns(select)).unwrap_or_default()
            }
            AliasElement::Join(join) => FromItem::Join(join.clone())
                .columns()
                .into_iter()
                .map(|column| {
                    let key = column.key().unwrap_or_else(|| Rc::from(""));
                    let name = match column.base_column().and_then(Column::table) {
                        Some(table) => Rc::from(format!("{}_{key}", table.name())),
                        None => key,
                    };
                    Expr::new(ExprKind::AliasColumn(AliasColumn {
                        alias: self.clone(),
                        key: name.clone(),
                        name,
                        ty: column.ty(),
                        position: None,
                        base: column.base_column().cloned(),
                    }))
                })
                .collect(),
        }
    }

    fn of_select_columns(&self, select: &Select) -> Vec<Expr> {
        select
            .result_names()
            .into_iter()
            .zip(&select.columns)
            .enumerate()
            .map(|(position, (name, column))| {
                Expr::new(ExprKind::AliasColumn(AliasColumn {
                    alias: self.clone(),
                    key: column.key().filter(|_| select.label_style != LabelStyle::TableColumn).map_or_else(
                        || name.clone(),
                        |key| {
                            if *column.base_column().map_or_else(|| name.clone(), Column::name) == *name {
                                key
                            } else {
                                name.clone()
                            }
                        },
                    ),
                    name,
                    ty: column.ty(),
                    position: Some(position),
                    base: column.base_column().cloned(),
                }))
            })
            .collect()
    }
}

impl PartialEq for Alias {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Alias {}

/// How deep subqueries may nest.
const MAX_DEPTH: u32 = 100;

impl Select {
    /// How deep it nests, columns and conditions included.
    pub(crate) fn depth(&self) -> u32 {
        let below = self.children().iter().map(Expr::depth).max().unwrap_or(0);
        below.max(self.depth_of_from())
    }
}

impl FromItem {
    /// How deep subqueries and joins nest in it.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            FromItem::Alias(alias) => alias.depth(),
            FromItem::Join(join) => join.depth,
            FromItem::Table(_) | FromItem::Text(_) => 0,
        }
    }

    /// All columns, in order.
    pub fn columns(&self) -> Vec<Expr> {
        match self {
            FromItem::Table(table) => table.columns().iter().map(Expr::from).collect(),
            FromItem::Alias(alias) => alias.columns(),
            FromItem::Join(join) => {
                let mut columns = join.left.columns();
                columns.extend(join.right.columns());
                columns
            }
            FromItem::Text(_) => Vec::new(),
        }
    }

    /// A join to the right of this, with a condition.
    pub fn join(&self, right: FromItem, onclause: Expr, outer: bool) -> FromItem {
        FromItem::Join(Rc::new(Join::new(self.clone(), right, onclause, outer, false)))
    }

    /// The tables and aliases in it, from left to right; a join is its sides.
    pub fn leaves(&self) -> Vec<FromItem> {
        match self {
            FromItem::Join(join) => {
                let mut leaves = join.left.leaves();
                leaves.extend(join.right.leaves());
                leaves
            }
            other => vec![other.clone()],
        }
    }
}

impl PartialEq for FromItem {
    /// Identity; a join is the same as itself alone.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (FromItem::Table(a), FromItem::Table(b)) => a == b,
            (FromItem::Alias(a), FromItem::Alias(b)) => a == b,
            (FromItem::Join(a), FromItem::Join(b)) => Rc::ptr_eq(a, b),
            (FromItem::Text(a), FromItem::Text(b)) => a == b,
            _ => false,
        }
    }
}

impl From<&Table> for FromItem {
    fn from(table: &Table) -> Self {
        FromItem::Table(table.clone())
    }
}

impl From<&Alias> for FromItem {
    fn from(alias: &Alias) -> Self {
        FromItem::Alias(alias.clone())
    }
}
