//! Foreign keys, whose targets given as `"table.column"` are looked up when they are first needed.

use super::column::{Column, ColumnInner};
use super::metadata::MetaData;
use super::table::Table;
use crate::error::{Error, ErrorKind, Result};
use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

/// What a foreign key refers to.
#[derive(Debug, Clone)]
pub enum ForeignKeyTarget {
    /// `table.column`, `schema.table.column` or, in a constraint or mapping, `table` alone.
    Name(Rc<str>),
    Column(Column),
}

/// What the database does to the row when its target changes, when it looks, and how tables are sorted by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferentialActions {
    pub ondelete: Option<Rc<str>>,
    pub onupdate: Option<Rc<str>>,
    pub deferrable: Option<bool>,
    pub initially: Option<Rc<str>>,
    /// Whether tables are sorted without regard to the key, as where it is added once both exist.
    pub use_alter: bool,
}

/// One column's foreign key. Clones are the same key.
#[derive(Clone)]
pub struct ForeignKey(Rc<Inner>);

struct Inner {
    target: ForeignKeyTarget,
    name: Option<Rc<str>>,
    actions: ReferentialActions,
    parent: RefCell<Weak<ColumnInner>>,
    resolved: OnceCell<Column>,
}

impl ForeignKey {
    pub fn new(target: ForeignKeyTarget, name: Option<&str>, actions: ReferentialActions) -> Self {
        ForeignKey(Rc::new(Inner {
            target,
            name: name.map(Rc::from),
            actions,
            parent: RefCell::new(Weak::new()),
            resolved: OnceCell::new(),
        }))
    }

    /// A key to `table.column`.
    pub fn to(target: &str) -> Self {
        ForeignKey::new(ForeignKeyTarget::Name(Rc::from(target)), None, ReferentialActions::default())
    }

    /// An equal key without a column.
    pub fn copy(&self) -> Self {
        ForeignKey::new(self.0.target.clone(), self.0.name.as_deref(), self.0.actions.clone())
    }

    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Whether it was given a column, and no name.
    pub fn is_to_column(&self) -> bool {
        matches!(self.0.target, ForeignKeyTarget::Column(_))
    }

    pub fn actions(&self) -> &ReferentialActions {
        &self.0.actions
    }

    /// The column that has the key, once it is on one.
    pub fn parent(&self) -> Option<Column> {
        self.0.parent.borrow().upgrade().map(Column)
    }

    pub(crate) fn set_parent(&self, column: &Column) {
        *self.0.parent.borrow_mut() = Rc::downgrade(&column.0);
    }

    /// `table.column` as written, or of the column given.
    pub fn target_fullname(&self) -> String {
        match &self.0.target {
            ForeignKeyTarget::Name(name) => name.to_string(),
            ForeignKeyTarget::Column(column) => column.to_string(),
        }
    }

    /// The name of the table referred to, which need not exist yet; `None` for a column without a table.
    pub fn target_table_name(&self) -> Option<String> {
        match &self.0.target {
            ForeignKeyTarget::Name(name) => {
                Some(name.rsplit_once('.').map_or_else(|| name.to_string(), |(table, _)| table.to_owned()))
            }
            ForeignKeyTarget::Column(column) => column.table().map(|table| table.full_name().to_string()),
        }
    }

    /// The column referred to.
    ///
    /// # Errors
    ///
    /// `NoReferencedTableError`, `NoReferencedColumnError` where the name does not resolve (yet).
    pub fn column(&self) -> Result<Column> {
        if let Some(column) = self.0.resolved.get() {
            return Ok(column.clone());
        }
        let column = match &self.0.target {
            ForeignKeyTarget::Column(column) => column.clone(),
            ForeignKeyTarget::Name(name) => self.look_up(name)?,
        };
        Ok(self.0.resolved.get_or_init(|| column).clone())
    }

    fn look_up(&self, name: &str) -> Result<Column> {
        let Some(parent) = self.parent() else {
            return Err(Error::new(
                ErrorKind::InvalidRequestError,
                "This ForeignKey object does not yet have a parent Column associated with it.",
            ));
        };
        let Some(table) = parent.table() else {
            return Err(Error::new(
                ErrorKind::InvalidRequestError,
                format!(
                    "This ForeignKey's parent column is not yet associated with a Table. \
                     (ForeignKey('{name}') on Column('{}'))",
                    parent.name()
                ),
            ));
        };
        let (table_name, column_name) = match name.rsplit_once('.') {
            Some((table_name, column_name)) => (table_name, Some(column_name)),
            None => (name, None),
        };
        let Some(target) = table.metadata().referred(table_name) else {
            return Err(no_referenced_table(&parent, table_name, column_name.unwrap_or(&parent.key())));
        };
        let key = column_name.map_or_else(|| parent.key(), Rc::from);
        target.column(&key).ok_or_else(|| {
            Error::new(
                ErrorKind::NoReferencedColumnError,
                format!(
                    "Could not initialize target column for ForeignKey '{name}' on table '{}': \
                     table '{}' has no column named '{key}'",
                    table.name(),
                    target.name(),
                ),
            )
        })
    }

    /// Whether the key refers to a column of `table`, resolved or by name.
    pub fn references_table(&self, table: &Table) -> bool {
        self.column().is_ok_and(|column| column.table().as_ref() == Some(table))
    }
}

fn no_referenced_table(parent: &Column, table: &str, column: &str) -> Error {
    Error::new(
        ErrorKind::NoReferencedTableError,
        format!(
            "Foreign key associated with column '{parent}' could not find table '{table}' \
             with which to generate a foreign key to target column '{column}'"
        ),
    )
}

impl PartialEq for ForeignKey {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ForeignKey('{}')", self.target_fullname())
    }
}

/// A foreign key of one or several columns, as the table declares it. A single column's key has one too.
#[derive(Debug, Clone)]
pub struct ForeignKeyConstraint {
    pub name: Option<Rc<str>>,
    /// Names of local columns while the table does not have them.
    pub column_keys: Vec<Rc<str>>,
    /// One a column, in step with `column_keys`.
    pub elements: Vec<ForeignKey>,
    pub actions: ReferentialActions,
}

impl ForeignKeyConstraint {
    /// A constraint over local columns, by key, to as many targets.
    pub fn new(
        columns: &[&str],
        targets: Vec<ForeignKeyTarget>,
        name: Option<&str>,
        actions: ReferentialActions,
    ) -> Self {
        ForeignKeyConstraint {
            name: name.map(Rc::from),
            column_keys: columns.iter().map(|key| Rc::from(*key)).collect(),
            elements: targets
                .into_iter()
                .map(|target| ForeignKey::new(target, name, actions.clone()))
                .collect(),
            actions,
        }
    }

    /// The local columns, once the table has them.
    pub fn columns(&self) -> Vec<Column> {
        self.elements.iter().filter_map(ForeignKey::parent).collect()
    }

    /// The table referred to.
    pub fn referred_table(&self) -> Result<Option<Table>> {
        match self.elements.first() {
            Some(element) => Ok(element.column()?.table()),
            None => Ok(None),
        }
    }
}

impl ForeignKey {
    /// A key like this one whose lookups would be made in `metadata`; used to sort tables before they resolve.
    pub(crate) fn target_table(&self, metadata: &MetaData) -> Option<Table> {
        match &self.0.target {
            ForeignKeyTarget::Column(column) => column.table(),
            ForeignKeyTarget::Name(_) => metadata.referred(&self.target_table_name()?),
        }
    }

    pub fn use_alter(&self) -> bool {
        self.0.actions.use_alter
    }
}
