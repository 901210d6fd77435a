//! Tables, columns, types, keys.

use crate::host::Callback;
use crate::value::Value;
use indexmap::IndexMap;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

/// The type of a column or expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SqlType {
    /// No type known (`NullType`).
    #[default]
    Null,
    Integer,
    String(Option<u32>),
    Text(Option<u32>),
    DateTime,
    Date,
    Time,
    Boolean,
    Float,
    Numeric(Option<u32>, Option<u32>),
    LargeBinary,
}

/// A default that is computed when a row is written.
#[derive(Clone)]
pub enum ColumnDefault {
    Value(Value),
    /// A callable of the host, called for each row.
    Callable(Callback<Value>),
    /// Rendered into the statement.
    Sql(crate::sql::Expr),
}

impl std::fmt::Debug for ColumnDefault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ColumnDefault::Value(value) => value.fmt(f),
            ColumnDefault::Callable(_) => f.write_str("<callable>"),
            ColumnDefault::Sql(expr) => expr.fmt(f),
        }
    }
}

/// A collection of tables, in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub struct MetaData(Rc<RefCell<IndexMap<Rc<str>, Table>>>);

impl MetaData {
    pub fn tables(&self) -> Vec<Table> {
        self.0.borrow().values().cloned().collect()
    }

    pub fn table(&self, name: &str) -> Option<Table> {
        self.0.borrow().get(name).cloned()
    }
}

/// A table. Clones are the same table; equality is identity.
#[derive(Debug, Clone)]
pub struct Table(pub(crate) Rc<TableInner>);

#[derive(Debug)]
pub(crate) struct TableInner {
    pub(crate) name: Rc<str>,
    pub(crate) columns: RefCell<Vec<Column>>,
}

/// A column, which may not have a name or table yet. Clones are the same column; equality is identity.
#[derive(Clone)]
pub struct Column(pub(crate) Rc<ColumnInner>);

pub(crate) struct ColumnInner {
    pub(crate) name: RefCell<Rc<str>>,
    pub(crate) ty: RefCell<SqlType>,
    pub(crate) primary_key: Cell<bool>,
    pub(crate) table: RefCell<Weak<TableInner>>,
}

impl Table {
    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn columns(&self) -> Vec<Column> {
        self.0.columns.borrow().clone()
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Table {}

impl Column {
    pub fn name(&self) -> Rc<str> {
        self.0.name.borrow().clone()
    }

    pub fn ty(&self) -> SqlType {
        self.0.ty.borrow().clone()
    }

    pub fn is_primary_key(&self) -> bool {
        self.0.primary_key.get()
    }

    pub fn table(&self) -> Option<Table> {
        self.0.table.borrow().upgrade().map(Table)
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Column {}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.table() {
            Some(table) => write!(f, "{}.{}", table.name(), self.name()),
            None => write!(f, "{}", self.name()),
        }
    }
}
