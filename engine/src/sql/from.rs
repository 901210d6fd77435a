//! What a select reads from: tables, joins, and whatever has a name of its own there: aliases, subqueries, CTEs,
//! `VALUES` and functions.

use super::expr::{AliasColumn, Expr, ExprKind, Token};
use super::select::{Body, LabelStyle, Select};
use crate::schema::{Column, SqlType, Table};
use crate::version::{Behaviour, Profile};
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
    /// What tells it apart in the statement cache beside its text.
    pub tag: Option<Rc<str>>,
    depth: u32,
}

impl Join {
    /// A join; sides that nest too deep are replaced by what nothing accepts.
    pub fn new(left: FromItem, right: FromItem, onclause: Expr, outer: bool, full: bool) -> Self {
        let depth = 1 + left.depth().max(right.depth());
        if depth > MAX_DEPTH {
            let too_deep = FromItem::Text(Rc::from(""));
            let onclause = Expr::new(ExprKind::TooDeep);
            return Join {
                left: too_deep.clone(),
                right: too_deep,
                onclause,
                outer,
                full,
                tag: None,
                depth: 1,
            };
        }
        Join { left, right, onclause, outer, full, tag: None, depth }
    }

    /// The same join, which the statement cache tells from others of its text.
    pub fn tagged(&self, tag: &str) -> Self {
        Join { tag: Some(Rc::from(tag)), ..self.clone() }
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
    /// What a made-up name is made for.
    token: Token,
    /// The CTE that this one stands for with more selects in it.
    restates: Option<Alias>,
    depth: u32,
}

/// What an alias is of.
#[derive(Debug, Clone)]
pub enum AliasElement {
    Table(Table),
    Body(Body),
    Join(Rc<Join>),
    /// Another alias, subquery or CTE.
    Alias(Alias),
    Values(Rc<ValuesTable>),
    Function(Rc<FunctionTable>),
}

/// `VALUES (…), (…)` with names for its columns.
#[derive(Debug, Clone)]
pub struct ValuesTable {
    pub columns: Vec<(Rc<str>, SqlType)>,
    pub rows: Vec<Vec<Expr>>,
    /// Whether values are written out in place of parameters.
    pub literal_binds: bool,
    /// A row that has more or fewer values than there are columns, as it is shown.
    pub wrong: Option<Rc<str>>,
}

/// A function that is selected from.
#[derive(Debug, Clone)]
pub struct FunctionTable {
    pub function: Expr,
    pub columns: Vec<(Rc<str>, SqlType)>,
    /// The alias itself stands for the only column.
    pub scalar: bool,
    /// Names of columns are written after the alias: `AS anon_1(a, b)`.
    pub derived: bool,
    /// With their types.
    pub with_types: bool,
    /// The column that counts rows, where there is one.
    pub ordinality: Option<Rc<str>>,
}

impl FunctionTable {
    /// What of it the statement cache sees beside the function.
    pub(crate) fn shape(&self) -> impl std::fmt::Debug {
        (self.columns.clone(), self.scalar, self.derived, self.with_types, self.ordinality.clone())
    }
}

/// Which construct an alias is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasKind {
    Alias,
    Subquery,
    Cte { recursive: bool },
    Lateral,
    Values,
    TableValued,
}

impl Alias {
    /// An alias of a table; without a name it is called `table_1`, counted in order of appearance.
    pub fn of_table(table: &Table, name: Option<&str>) -> Self {
        Alias::new(AliasElement::Table(table.clone()), name, AliasKind::Alias)
    }

    pub fn of_select(select: impl Into<Body>, name: Option<&str>) -> Self {
        Alias::new(AliasElement::Body(select.into()), name, AliasKind::Subquery)
    }

    pub fn cte(select: impl Into<Body>, name: Option<&str>, recursive: bool) -> Self {
        Alias::new(AliasElement::Body(select.into()), name, AliasKind::Cte { recursive })
    }

    pub fn new(element: AliasElement, name: Option<&str>, kind: AliasKind) -> Self {
        Alias::made(element, name.map(Rc::from), kind, Token::new(), None)
    }

    /// This CTE with more in it, of the same name; what reads from this one reads from the other.
    pub fn restated(&self, body: impl Into<Body>) -> Self {
        Alias::made(
            AliasElement::Body(body.into()),
            self.0.name.clone(),
            self.0.kind,
            self.0.token.clone(),
            Some(self.clone()),
        )
    }

    fn made(
        element: AliasElement,
        name: Option<Rc<str>>,
        kind: AliasKind,
        token: Token,
        restates: Option<Alias>,
    ) -> Self {
        let depth = 1 + match &element {
            AliasElement::Table(_) => 0,
            AliasElement::Body(body) => body.depth(),
            AliasElement::Join(join) => join.left.depth().max(join.right.depth()),
            AliasElement::Alias(alias) => alias.depth(),
            AliasElement::Values(values) => values.rows.iter().flatten().map(Expr::depth).max().unwrap_or(0),
            AliasElement::Function(function) => function.function.depth(),
        };
        // What nests too deep is replaced by a column that nothing accepts.
        let (element, depth) = if depth > MAX_DEPTH {
            let select = Select::new(vec![Expr::new(ExprKind::TooDeep)]);
            (AliasElement::Body(select.into()), 1)
        } else {
            (element, depth)
        };
        Alias(Rc::new(AliasInner { element, name, kind, token, restates, depth }))
    }

    pub fn element(&self) -> &AliasElement {
        &self.0.element
    }

    /// What is below any number of aliases of aliases.
    pub fn innermost(&self) -> &Alias {
        let mut alias = self;
        while let AliasElement::Alias(inner) = alias.element() {
            alias = inner;
        }
        alias
    }

    /// The select, or what else is in parentheses, that it is of.
    pub fn body(&self) -> Option<&Body> {
        match self.innermost().element() {
            AliasElement::Body(body) => Some(body),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    pub fn kind(&self) -> AliasKind {
        self.0.kind
    }

    /// The CTE that this one was made of by adding selects.
    pub(crate) fn restates(&self) -> Option<&Alias> {
        self.0.restates.as_ref()
    }

    pub(crate) fn token(&self) -> &Token {
        &self.0.token
    }

    /// A number that tells aliases apart.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }

    /// How deep selects nest in it.
    pub(crate) fn depth(&self) -> u32 {
        self.0.depth
    }

    /// The table, where it is an alias of one.
    pub fn table(&self) -> Option<&Table> {
        match self.innermost().element() {
            AliasElement::Table(table) => Some(table),
            _ => None,
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
            _ => self.columns().into_iter().find(|own| own.base_column() == Some(column)),
        }
    }

    fn own(
        &self,
        name: Rc<str>,
        key: Rc<str>,
        ty: SqlType,
        position: Option<usize>,
        base: Option<Column>,
    ) -> Expr {
        Expr::new(ExprKind::AliasColumn(AliasColumn { alias: self.clone(), name, key, ty, position, base }))
    }

    fn of_column(&self, column: &Column) -> Expr {
        self.own(column.name(), column.key(), column.ty(), None, Some(column.clone()))
    }

    /// All columns, in order.
    pub fn columns(&self) -> Vec<Expr> {
        match &self.0.element {
            AliasElement::Table(table) => {
                table.columns().iter().map(|column| self.of_column(column)).collect()
            }
            AliasElement::Body(body) => self.of_body(body),
            AliasElement::Alias(inner) => inner
                .columns()
                .into_iter()
                .filter_map(|column| match column.kind() {
                    ExprKind::AliasColumn(column) => Some(self.own(
                        column.name.clone(),
                        column.key.clone(),
                        column.ty.clone(),
                        column.position,
                        column.base.clone(),
                    )),
                    _ => None,
                })
                .collect(),
            AliasElement::Values(values) => values
                .columns
                .iter()
                .map(|(name, ty)| self.own(name.clone(), name.clone(), ty.clone(), None, None))
                .collect(),
            AliasElement::Function(function) => function
                .columns
                .iter()
                .map(|(name, ty)| self.own(name.clone(), name.clone(), ty.clone(), None, None))
                .collect(),
            AliasElement::Join(join) => FromItem::Join(join.clone())
                .columns()
                .into_iter()
                .map(|column| {
                    let key = column.key().unwrap_or_else(|| Rc::from(""));
                    let name = match column.base_column() {
                        Some(base) if base.key() == base.name() => base.table_label().unwrap_or(key),
                        Some(base) => match base.table() {
                            Some(table) => Rc::from(format!("{}_{key}", table.name())),
                            None => key,
                        },
                        None => key,
                    };
                    self.own(name.clone(), name, column.ty(), None, column.base_column().cloned())
                })
                .collect(),
        }
    }

    fn of_body(&self, body: &Body) -> Vec<Expr> {
        let qualified =
            body.first_select().is_some_and(|select| select.label_style == LabelStyle::TableColumn);
        let mut taken: Vec<Rc<str>> = Vec::new();
        body.result_names()
            .into_iter()
            .zip(body.columns())
            .enumerate()
            .filter(|(_, (_, column))| !matches!(column.unannotated().kind(), ExprKind::Text(_)))
            .map(|(position, (name, column))| {
                let key = if qualified { name.clone() } else { key_in(column, &name, &mut taken) };
                self.own(name, key, column.ty(), Some(position), stands_for(column))
            })
            .collect()
    }
}

/// The key under which a subquery has one of its select's columns.
fn key_in(column: &Expr, name: &Rc<str>, taken: &mut Vec<Rc<str>>) -> Rc<str> {
    let stem = match column.unannotated().kind() {
        ExprKind::Column(_) | ExprKind::AliasColumn(_) => {
            let own_name = match column.unannotated().kind() {
                ExprKind::AliasColumn(column) => column.name.clone(),
                _ => column.base_column().map_or_else(|| name.clone(), Column::name),
            };
            if own_name == *name { column.key().unwrap_or_else(|| name.clone()) } else { name.clone() }
        }
        ExprKind::Cast { element, .. } | ExprKind::TypeCoerce { element, .. } => {
            element.key().unwrap_or_else(|| Rc::from("_no_label"))
        }
        ExprKind::Literal { text, .. } => text.clone(),
        _ => column.key().unwrap_or_else(|| Rc::from("_no_label")),
    };
    let count = taken.iter().filter(|known| **known == stem).count();
    taken.push(stem.clone());
    if count == 0 { stem } else { Rc::from(format!("{stem}_{count}")) }
}

/// The table's column that an expression of a select's list is, under a label or not.
fn stands_for(expr: &Expr) -> Option<Column> {
    match expr.unannotated().kind() {
        ExprKind::Label { element, .. } | ExprKind::TypeCoerce { element, .. } => stands_for(element),
        _ => expr.base_column().cloned(),
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

    /// All columns, as a release has them: before 1.4, of two columns of one key there is one.
    pub fn columns_in(&self, profile: Profile) -> Vec<Expr> {
        let columns = self.columns();
        if profile.has(Behaviour::DisambiguatedNames) {
            return columns;
        }
        let shadowed = |column: &Expr| match column.kind() {
            ExprKind::AliasColumn(column) => column
                .position
                .zip(column.alias.body())
                .and_then(|(position, body)| body.columns().get(position)?.key())
                .is_some_and(|key| *column.key == *format!("{key}_1")),
            _ => false,
        };
        columns.into_iter().filter(|column| !shadowed(column)).collect()
    }

    /// How errors name it; `None` where the library shows an address.
    pub fn description(&self, profile: Profile) -> Option<String> {
        match self {
            FromItem::Table(table) => Some(table.full_name().to_string()),
            FromItem::Alias(alias) => match (alias.name(), alias.table()) {
                (Some(name), _) => Some(name.to_owned()),
                _ if !profile.has(Behaviour::AnonymousNamesShown) => None,
                (None, Some(table)) if profile.has(Behaviour::AnonymousAliasDescribed) => {
                    Some(format!("Anonymous alias of {}", table.full_name()))
                }
                (None, _) => Some("anon_1".to_owned()),
            },
            FromItem::Join(_) | FromItem::Text(_) => None,
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
