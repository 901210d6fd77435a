//! Tables: columns in order, keys, constraints, indexes, and the order tables depend on each other in.

use super::column::{Autoincrement, Column, ServerDefault};
use super::constraint::{CheckConstraint, Constraint, Index, IndexPart, UniqueConstraint};
use super::foreign_key::{ForeignKey, ForeignKeyConstraint};
use super::metadata::MetaData;
use super::naming::{self, Named};
use crate::error::{Error, ErrorKind, Result};
use indexmap::IndexMap;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

/// A table. Clones are the same table; equality is identity.
#[derive(Clone)]
pub struct Table(pub(crate) Rc<TableInner>);

pub(crate) struct TableInner {
    pub(crate) name: Rc<str>,
    pub(crate) schema: Option<Rc<str>>,
    /// The collection it belongs to. The two hold each other until the collection is cleared.
    pub(crate) metadata: MetaData,
    pub(crate) args: TableArgs,
    pub(crate) columns: RefCell<IndexMap<Rc<str>, Column>>,
    pub(crate) primary_key: RefCell<Vec<Column>>,
    pub(crate) primary_key_name: RefCell<Option<Rc<str>>>,
    /// Constraints given to the table, before those its columns bring along.
    pub(crate) constraints: RefCell<Vec<Constraint>>,
    pub(crate) column_constraints: RefCell<Vec<Constraint>>,
    pub(crate) indexes: RefCell<Vec<Index>>,
}

/// Keyword arguments of `Table()`.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the arguments are the library's, and independent")]
pub struct TableArgs {
    pub schema: Option<Rc<str>>,
    pub extend_existing: bool,
    pub keep_existing: bool,
    pub prefixes: Vec<Rc<str>>,
    pub comment: Option<Rc<str>>,
    /// Options of databases that are only printed, by name (`mysql_engine`).
    pub dialect_options: Vec<(Rc<str>, Rc<str>)>,
    pub quote: Option<bool>,
    pub sqlite_autoincrement: bool,
    pub sqlite_with_rowid: Option<bool>,
    pub sqlite_strict: bool,
    /// A name with columns, as `table()` makes it, and no part of a schema.
    pub light: bool,
}

/// A positional argument of `Table()`.
#[derive(Debug, Clone)]
pub enum TableItem {
    Column(Column),
    Constraint(Constraint),
    Index(Index),
}

impl Table {
    /// Makes a table and adds it to `metadata`.
    ///
    /// # Errors
    ///
    /// `InvalidRequestError` where the collection has a table of this name, `ArgumentError` where a column has
    /// no name or another table, or a constraint names a column that the table does not have.
    pub fn new(name: &str, metadata: &MetaData, items: Vec<TableItem>, mut args: TableArgs) -> Result<Self> {
        args.schema = args.schema.or_else(|| metadata.schema().cloned());
        let full_name = match &args.schema {
            Some(schema) => format!("{schema}.{name}"),
            None => name.to_owned(),
        };
        if let Some(existing) = metadata.table(&full_name) {
            if args.keep_existing {
                return Ok(existing);
            }
            if args.extend_existing {
                existing.append(items)?;
                return Ok(existing);
            }
            if items.is_empty() {
                return Ok(existing);
            }
            return Err(Error::new(
                ErrorKind::InvalidRequestError,
                format!(
                    "Table '{full_name}' is already defined for this MetaData instance.  Specify \
                     'extend_existing=True' to redefine options and columns on an existing Table object."
                ),
            ));
        }
        let table = Table(Rc::new(TableInner {
            name: Rc::from(name),
            schema: args.schema.clone(),
            metadata: metadata.clone(),
            args,
            columns: RefCell::default(),
            primary_key: RefCell::default(),
            primary_key_name: RefCell::default(),
            constraints: RefCell::default(),
            column_constraints: RefCell::default(),
            indexes: RefCell::default(),
        }));
        metadata.insert(&table);
        match table.append(items) {
            Ok(()) => Ok(table),
            Err(error) => {
                metadata.remove(&table);
                Err(error)
            }
        }
    }

    /// `table(name, columns…)`: a name with columns.
    ///
    /// # Errors
    ///
    /// `ArgumentError` where a column has another table.
    pub fn light(name: &str, schema: Option<&str>, columns: Vec<Column>) -> Result<Self> {
        let args = TableArgs { schema: schema.map(Rc::from), light: true, ..TableArgs::default() };
        let items = columns.into_iter().map(TableItem::Column).collect();
        Table::new(name, &MetaData::new(), items, args)
    }

    /// Whether it is only a name with columns.
    pub fn is_light(&self) -> bool {
        self.0.args.light
    }

    fn append(&self, items: Vec<TableItem>) -> Result<()> {
        for item in items {
            match item {
                TableItem::Column(column) => self.append_column(&column)?,
                TableItem::Constraint(constraint) => self.append_constraint(constraint)?,
                TableItem::Index(index) => self.append_index(index)?,
            }
        }
        Ok(())
    }

    /// Adds a column at the end, with its keys, constraints and indexes.
    pub fn append_column(&self, column: &Column) -> Result<()> {
        let name = column.name();
        if name.is_empty() {
            return Err(Error::new(
                ErrorKind::ArgumentError,
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
            ));
        }
        if let Some(other) = column.table().filter(|other| other != self) {
            return Err(Error::new(
                ErrorKind::ArgumentError,
                format!("Column object '{}' already assigned to Table '{}'", column.key(), other.name()),
            ));
        }
        *column.0.table.borrow_mut() = Rc::downgrade(&self.0);
        let replaced = self.0.columns.borrow_mut().insert(column.key(), column.clone());
        if let Some(replaced) = replaced {
            self.0.primary_key.borrow_mut().retain(|key| *key != replaced);
        }
        if column.is_primary_key() {
            self.0.primary_key.borrow_mut().push(column.clone());
        }
        self.index_of_column(column)?;
        for foreign_key in column.foreign_keys() {
            let mut constraint = ForeignKeyConstraint {
                name: foreign_key.name().map(Rc::from),
                column_keys: vec![column.key()],
                actions: foreign_key.actions().clone(),
                elements: vec![foreign_key],
            };
            constraint.name = self.name_of_key(&constraint, vec![column.clone()])?;
            let constraint = Constraint::ForeignKey(Rc::new(constraint));
            self.0.column_constraints.borrow_mut().push(constraint);
        }
        self.name_checks_of(column)
    }

    /// `index=True` makes an index, `unique=True` a constraint, both a unique index.
    fn index_of_column(&self, column: &Column) -> Result<()> {
        let columns = vec![column.clone()];
        if column.index() == Some(true) {
            let name = Named { columns: columns.clone(), ..Named::new(self, "ix", None) }.name()?;
            self.0.indexes.borrow_mut().push(Index {
                name,
                columns,
                unique: column.unique() == Some(true),
                ..Index::default()
            });
        } else if column.unique() == Some(true) {
            let name = Named { columns: columns.clone(), ..Named::new(self, "uq", None) }.name()?;
            self.0.column_constraints.borrow_mut().push(Constraint::Unique(Rc::new(UniqueConstraint {
                name,
                columns,
                column_keys: Vec::new(),
            })));
        }
        Ok(())
    }

    /// Checks given to a column are named as those of its table.
    fn name_checks_of(&self, column: &Column) -> Result<()> {
        let mut constraints = column.0.constraints.borrow_mut();
        for constraint in constraints.iter_mut() {
            if let Constraint::Check(check) = constraint {
                *constraint = Constraint::Check(self.named_check(check)?);
            }
        }
        Ok(())
    }

    fn named_check(&self, check: &Rc<CheckConstraint>) -> Result<Rc<CheckConstraint>> {
        let columns = naming::columns_of(&check.condition);
        let name = Named { columns, ..Named::new(self, "ck", check.name.as_deref()) }.name()?;
        if name == check.name || check.is_named {
            return Ok(check.clone());
        }
        Ok(Rc::new(CheckConstraint { name, condition: check.condition.clone(), is_named: true }))
    }

    /// `table_column`, with the schema before it.
    pub(crate) fn label_of(&self, column: &Column) -> String {
        format!("{}_{}", self.full_name().replace('.', "_"), column.name())
    }

    pub fn append_constraint(&self, constraint: Constraint) -> Result<()> {
        match constraint {
            Constraint::PrimaryKey { name, columns, column_keys } => {
                let columns = self.resolve(columns, &column_keys, "PrimaryKeyConstraint")?;
                for column in &columns {
                    column.set_primary_key(true);
                }
                *self.0.primary_key.borrow_mut() = columns;
                *self.0.primary_key_name.borrow_mut() = name;
            }
            Constraint::ForeignKey(constraint) => {
                let columns = self.resolve(Vec::new(), &constraint.column_keys, "ForeignKeyConstraint")?;
                for (column, element) in columns.iter().zip(&constraint.elements) {
                    column.add_foreign_key(element.clone());
                }
                let name = self.name_of_key(&constraint, columns)?;
                let constraint = if name == constraint.name {
                    constraint
                } else {
                    Rc::new(ForeignKeyConstraint { name, ..(*constraint).clone() })
                };
                self.0.constraints.borrow_mut().push(Constraint::ForeignKey(constraint));
            }
            Constraint::Unique(constraint) => {
                let columns =
                    self.resolve(constraint.columns.clone(), &constraint.column_keys, "UniqueConstraint")?;
                let given = constraint.name.as_deref();
                let name = Named { columns: columns.clone(), ..Named::new(self, "uq", given) }.name()?;
                self.0.constraints.borrow_mut().push(Constraint::Unique(Rc::new(UniqueConstraint {
                    name,
                    columns,
                    column_keys: Vec::new(),
                })));
            }
            Constraint::Check(constraint) => {
                let constraint = self.named_check(&constraint)?;
                self.0.constraints.borrow_mut().push(Constraint::Check(constraint));
            }
        }
        Ok(())
    }

    pub fn append_index(&self, index: Index) -> Result<()> {
        let mut columns = self.resolve(index.columns.clone(), &index.column_keys, "Index")?;
        let mut parts = Vec::with_capacity(index.parts.len());
        for part in &index.parts {
            let part = match part {
                IndexPart::Key(key) => {
                    let found = self.resolve(Vec::new(), std::slice::from_ref(key), "Index")?;
                    found.into_iter().next().map_or_else(|| part.clone(), IndexPart::Column)
                }
                other => other.clone(),
            };
            let named = match &part {
                IndexPart::Column(column) => vec![column.clone()],
                IndexPart::Expr(expr) => naming::columns_of(expr),
                IndexPart::Key(_) => Vec::new(),
            };
            for column in named {
                if !columns.contains(&column) {
                    columns.push(column);
                }
            }
            parts.push(part);
        }
        let named = Named { columns: columns.clone(), ..Named::new(self, "ix", index.name.as_deref()) };
        let name = named.name()?;
        self.0.indexes.borrow_mut().push(Index { name, columns, column_keys: Vec::new(), parts, ..index });
        Ok(())
    }

    fn resolve(&self, columns: Vec<Column>, keys: &[Rc<str>], what: &str) -> Result<Vec<Column>> {
        if keys.is_empty() {
            return Ok(columns);
        }
        keys.iter()
            .map(|key| {
                self.column(key).ok_or_else(|| {
                    Error::new(
                        ErrorKind::ConstraintColumnNotFoundError,
                        format!(
                            "Can't create {what} on table '{}': no column named '{key}' is present.",
                            self.name()
                        ),
                    )
                })
            })
            .collect()
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    pub fn schema(&self) -> Option<&str> {
        self.0.schema.as_deref()
    }

    /// The name, with the schema before it where it has one; the collection's key.
    pub fn full_name(&self) -> Rc<str> {
        self.0.full_name()
    }

    pub fn metadata(&self) -> &MetaData {
        &self.0.metadata
    }

    pub fn args(&self) -> &TableArgs {
        &self.0.args
    }

    /// Columns in the order in which they were given.
    pub fn columns(&self) -> Vec<Column> {
        self.0.columns.borrow().values().cloned().collect()
    }

    /// The column of this key, as `table.c[key]`.
    pub fn column(&self, key: &str) -> Option<Column> {
        self.0.columns.borrow().get(key).cloned()
    }

    pub fn has_column(&self, column: &Column) -> bool {
        column.table().as_ref() == Some(self)
    }

    pub fn primary_key(&self) -> Vec<Column> {
        self.0.primary_key.borrow().clone()
    }

    pub fn primary_key_name(&self) -> Option<Rc<str>> {
        let given = self.0.primary_key_name.borrow().clone();
        let columns = self.primary_key();
        // What cannot be named keeps what it was given.
        Named { columns, ..Named::new(self, "pk", given.as_deref()) }.name().unwrap_or(given)
    }

    /// Constraints other than the primary key, in the order in which they were made: those given to the table,
    /// then those its columns bring along.
    pub fn constraints(&self) -> Vec<Constraint> {
        let mut constraints = self.0.constraints.borrow().clone();
        constraints.extend(self.0.column_constraints.borrow().iter().cloned());
        constraints
    }

    pub fn indexes(&self) -> Vec<Index> {
        self.0.indexes.borrow().clone()
    }

    /// Foreign keys of every column, in column order.
    pub fn foreign_keys(&self) -> Vec<ForeignKey> {
        self.columns().iter().flat_map(Column::foreign_keys).collect()
    }

    /// The column that the database fills when an insert leaves it out: an integer that is the whole primary
    /// key, is no foreign key and has no default; or one that asked for it.
    pub fn autoincrement_column(&self) -> Option<Column> {
        let key = self.0.primary_key.borrow();
        let fits = |column: &Column, implicit: bool| {
            column.ty().is_integer()
                && (!implicit || column.foreign_keys().is_empty())
                && (!implicit || matches!(column.server_default(), None | Some(ServerDefault::Identity(_))))
                && (!implicit || column.default().is_none())
        };
        if let [column] = key.as_slice() {
            return match column.autoincrement() {
                Autoincrement::Yes => Some(column.clone()),
                Autoincrement::Auto => fits(column, true).then(|| column.clone()),
                Autoincrement::IgnoreForeignKey => column.ty().is_integer().then(|| column.clone()),
                Autoincrement::No => None,
            };
        }
        key.iter().find(|column| column.autoincrement() == Autoincrement::Yes).cloned()
    }

    /// A table like this one in another collection: columns, keys, constraints and indexes are made anew.
    ///
    /// # Errors
    ///
    /// `Unsupported` where something of it holds columns that cannot be named.
    pub fn copy_to(&self, metadata: &MetaData, name: Option<&str>, schema: Option<Rc<str>>) -> Result<Table> {
        let keys_of = |columns: &[Column]| columns.iter().map(Column::key).collect::<Vec<Rc<str>>>();
        if schema.is_some() && !self.foreign_keys().is_empty() {
            return Err(Error::unsupported("copying a table with foreign keys into another schema"));
        }
        let mut items = Vec::new();
        for column in self.columns() {
            if column.foreign_keys().iter().any(ForeignKey::is_to_column) {
                return Err(Error::unsupported("copying a table with a foreign key to a column itself"));
            }
            items.push(TableItem::Column(column.copy()));
        }
        if let Some(name) = self.0.primary_key_name.borrow().clone() {
            let column_keys = keys_of(&self.primary_key());
            let key = Constraint::PrimaryKey { name: Some(name), columns: Vec::new(), column_keys };
            items.push(TableItem::Constraint(key));
        }
        let mut own = Vec::new();
        for constraint in self.0.constraints.borrow().iter() {
            own.push(match constraint {
                Constraint::PrimaryKey { .. } => continue,
                Constraint::ForeignKey(_) => {
                    return Err(Error::unsupported("copying a table with a foreign key of its own"));
                }
                Constraint::Unique(unique) => Constraint::Unique(Rc::new(UniqueConstraint {
                    name: unique.name.clone(),
                    columns: Vec::new(),
                    column_keys: keys_of(&unique.columns),
                })),
                Constraint::Check(check) if naming::columns_of(&check.condition).is_empty() => {
                    Constraint::Check(check.clone())
                }
                Constraint::Check(_) => {
                    return Err(Error::unsupported("copying a table with a check of its columns"));
                }
            });
        }
        for index in self.indexes() {
            let of_column = matches!(index.columns.as_slice(), [column] if column.index() == Some(true));
            if !index.parts.is_empty() || !index.conditions.is_empty() {
                return Err(Error::unsupported("copying a table with an index on expressions"));
            }
            if !of_column {
                let column_keys = keys_of(&index.columns);
                items.push(TableItem::Index(Index { columns: Vec::new(), column_keys, ..index }));
            }
        }
        let args = TableArgs {
            schema: schema.or_else(|| self.0.schema.clone()),
            extend_existing: false,
            keep_existing: false,
            ..self.args().clone()
        };
        let copy = Table::new(name.unwrap_or(self.name()), metadata, items, args)?;
        for constraint in own {
            copy.append_constraint(constraint)?;
        }
        // Those of its columns come first, foreign keys after the others.
        let own = copy.0.constraints.take();
        let mut of_columns = copy.0.column_constraints.borrow_mut();
        of_columns.sort_by_key(|constraint| matches!(constraint, Constraint::ForeignKey(_)));
        of_columns.extend(own);
        drop(of_columns);
        Ok(copy)
    }

    /// An address-like number that tells tables apart.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Table {}

impl std::hash::Hash for Table {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({})", self.full_name())
    }
}

/// As `str()` shows it.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full_name())
    }
}

/// Tables in dependency order.
#[derive(Debug)]
pub(crate) struct Sorted {
    pub(crate) tables: Vec<Table>,
    /// Whether foreign keys were left out to break a cycle.
    pub(crate) cyclic: bool,
}

/// Tables in the order in which they can be created.
///
/// # Errors
///
/// `Unsupported` where they refer to one another in a circle.
pub fn in_order(tables: &[Table]) -> Result<Vec<Table>> {
    let sorted = sort_tables(tables)?;
    if sorted.cyclic {
        return Err(Error::unsupported(
            "tables that refer to one another, for an engine that executes nothing",
        ));
    }
    Ok(sorted.tables)
}

/// Sorts so that each table comes after those its foreign keys refer to. Foreign keys within a cycle are left out.
///
/// # Errors
///
/// `NoReferencedTableError` where a foreign key names a table that is not there.
pub(crate) fn sort_tables(tables: &[Table]) -> Result<Sorted> {
    let mut needs: Vec<Vec<usize>> = Vec::with_capacity(tables.len());
    for table in tables {
        let mut needed = Vec::new();
        for key in table.foreign_keys() {
            if key.use_alter() {
                continue;
            }
            let target = match key.target_table(table.metadata()) {
                Some(target) => Some(target),
                None => key.column()?.table(),
            };
            let position = target.and_then(|target| tables.iter().position(|other| *other == target));
            if let Some(position) = position.filter(|position| tables[*position] != *table) {
                needed.push(position);
            }
        }
        needs.push(needed);
    }
    if let Some(order) = in_layers(&needs) {
        return Ok(Sorted {
            tables: order.into_iter().map(|at| tables[at].clone()).collect(),
            cyclic: false,
        });
    }
    let reachable: Vec<Vec<bool>> = (0..tables.len()).map(|from| reachable(&needs, from)).collect();
    let cut: Vec<Vec<usize>> = needs
        .iter()
        .enumerate()
        .map(|(from, needed)| needed.iter().copied().filter(|to| !reachable[*to][from]).collect())
        .collect();
    let order = in_layers(&cut).unwrap_or_else(|| (0..tables.len()).collect());
    Ok(Sorted { tables: order.into_iter().map(|at| tables[at].clone()).collect(), cyclic: true })
}

/// Layer by layer, what needs only earlier layers; `None` where a cycle is left.
fn in_layers(needs: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut done = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    while order.len() < needs.len() {
        let layer: Vec<usize> =
            (0..needs.len()).filter(|at| !done[*at] && needs[*at].iter().all(|need| done[*need])).collect();
        if layer.is_empty() {
            return None;
        }
        for at in layer {
            done[at] = true;
            order.push(at);
        }
    }
    Some(order)
}

fn reachable(needs: &[Vec<usize>], from: usize) -> Vec<bool> {
    let mut seen = vec![false; needs.len()];
    let mut waiting = needs[from].clone();
    while let Some(at) = waiting.pop() {
        if !std::mem::replace(&mut seen[at], true) {
            waiting.extend(&needs[at]);
        }
    }
    seen
}
