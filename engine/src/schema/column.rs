//! Columns: identity first, then name, key, type and table as they become known.

use super::constraint::Constraint;
use super::foreign_key::ForeignKey;
use super::generated::{Computed, Identity, Sequence};
use super::table::{Table, TableInner};
use super::types::SqlType;
use crate::host::Callback;
use crate::sql::Expr;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

/// A default that is computed when a row is written.
#[derive(Clone)]
pub enum ColumnDefault {
    Value(Value),
    /// A callable of the host, called for each row.
    Callable(Callback<Value>),
    /// Rendered into the statement.
    Sql(Expr),
}

impl fmt::Debug for ColumnDefault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ColumnDefault::Value(value) => value.fmt(f),
            ColumnDefault::Callable(_) => f.write_str("<callable>"),
            ColumnDefault::Sql(expr) => expr.fmt(f),
        }
    }
}

/// A default that the database applies.
#[derive(Debug, Clone)]
pub enum ServerDefault {
    /// A string literal.
    Literal(Rc<str>),
    Sql(Expr),
    /// `FetchedValue()`: no DDL, but a value appears.
    Fetched,
    /// Worked out by the database.
    Computed(Rc<Computed>),
    /// Numbered by the database, where it knows that.
    Identity(Rc<Identity>),
}

/// Whether an integer primary key fills itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Autoincrement {
    #[default]
    Auto,
    Yes,
    No,
    IgnoreForeignKey,
}

/// Arguments of `Column()`.
#[derive(Debug, Clone, Default)]
pub struct ColumnArgs {
    pub name: Option<Rc<str>>,
    pub key: Option<Rc<str>>,
    pub ty: SqlType,
    pub primary_key: bool,
    pub nullable: Option<bool>,
    pub unique: Option<bool>,
    pub index: Option<bool>,
    pub default: Option<ColumnDefault>,
    pub onupdate: Option<ColumnDefault>,
    pub server_default: Option<ServerDefault>,
    pub server_onupdate: Option<ServerDefault>,
    pub autoincrement: Autoincrement,
    pub foreign_keys: Vec<ForeignKey>,
    /// The sequence that numbers rows, where the database has such.
    pub sequence: Option<Rc<Sequence>>,
    /// Constraints given to the column, such as a check.
    pub constraints: Vec<Constraint>,
    pub comment: Option<Rc<str>>,
    pub doc: Option<Rc<str>>,
    pub quote: Option<bool>,
    /// A name only, as `column()` makes it.
    pub light: bool,
}

/// A column, which may not have a name or table yet. Clones are the same column; equality is identity.
#[derive(Clone)]
pub struct Column(pub(crate) Rc<ColumnInner>);

pub(crate) struct ColumnInner {
    pub(crate) name: RefCell<Rc<str>>,
    pub(crate) key: RefCell<Rc<str>>,
    pub(crate) ty: RefCell<SqlType>,
    pub(crate) primary_key: Cell<bool>,
    pub(crate) nullable: Cell<bool>,
    pub(crate) nullable_given: Cell<bool>,
    pub(crate) unique: Cell<Option<bool>>,
    pub(crate) index: Cell<Option<bool>>,
    pub(crate) default: RefCell<Option<ColumnDefault>>,
    pub(crate) onupdate: RefCell<Option<ColumnDefault>>,
    pub(crate) server_default: RefCell<Option<ServerDefault>>,
    pub(crate) server_onupdate: RefCell<Option<ServerDefault>>,
    pub(crate) autoincrement: Cell<Autoincrement>,
    pub(crate) foreign_keys: RefCell<Vec<ForeignKey>>,
    pub(crate) sequence: Option<Rc<Sequence>>,
    pub(crate) constraints: RefCell<Vec<Constraint>>,
    pub(crate) comment: RefCell<Option<Rc<str>>>,
    pub(crate) doc: RefCell<Option<Rc<str>>>,
    pub(crate) quote: Cell<Option<bool>>,
    pub(crate) light: bool,
    pub(crate) table: RefCell<Weak<TableInner>>,
}

impl Column {
    pub fn new(args: ColumnArgs) -> Self {
        let name = args.name.unwrap_or_else(|| Rc::from(""));
        let key = args.key.unwrap_or_else(|| name.clone());
        let column = Column(Rc::new(ColumnInner {
            name: RefCell::new(name),
            key: RefCell::new(key),
            ty: RefCell::new(args.ty),
            primary_key: Cell::new(args.primary_key),
            nullable: Cell::new(args.nullable.unwrap_or(!args.primary_key)),
            nullable_given: Cell::new(args.nullable.is_some()),
            unique: Cell::new(args.unique),
            index: Cell::new(args.index),
            default: RefCell::new(args.default),
            onupdate: RefCell::new(args.onupdate),
            server_default: RefCell::new(args.server_default),
            server_onupdate: RefCell::new(args.server_onupdate),
            autoincrement: Cell::new(args.autoincrement),
            foreign_keys: RefCell::new(Vec::new()),
            sequence: args.sequence,
            constraints: RefCell::new(args.constraints),
            comment: RefCell::new(args.comment),
            doc: RefCell::new(args.doc),
            quote: Cell::new(args.quote),
            light: args.light,
            table: RefCell::new(Weak::new()),
        }));
        for foreign_key in args.foreign_keys {
            column.add_foreign_key(foreign_key);
        }
        column
    }

    /// A column of this name and type, with nothing else given.
    pub fn named(name: &str, ty: SqlType) -> Self {
        Column::new(ColumnArgs { name: Some(Rc::from(name)), ty, ..ColumnArgs::default() })
    }

    /// `column(name)`: a name and a type that a statement speaks of.
    pub fn light(name: &str, ty: SqlType) -> Self {
        Column::new(ColumnArgs { name: Some(Rc::from(name)), ty, light: true, ..ColumnArgs::default() })
    }

    /// Whether it is a name only.
    pub fn is_light(&self) -> bool {
        self.0.light
    }

    /// An equal column without a table, as a mixin's columns are made for each class.
    pub fn copy(&self) -> Self {
        let inner = &self.0;
        let name = self.name();
        Column::new(ColumnArgs {
            name: (!name.is_empty()).then_some(name),
            key: (!self.key().is_empty()).then(|| self.key()),
            ty: self.ty(),
            primary_key: inner.primary_key.get(),
            nullable: inner.nullable_given.get().then(|| inner.nullable.get()),
            unique: inner.unique.get(),
            index: inner.index.get(),
            default: inner.default.borrow().clone(),
            onupdate: inner.onupdate.borrow().clone(),
            server_default: inner.server_default.borrow().clone(),
            server_onupdate: inner.server_onupdate.borrow().clone(),
            autoincrement: inner.autoincrement.get(),
            foreign_keys: inner.foreign_keys.borrow().iter().map(ForeignKey::copy).collect(),
            sequence: inner.sequence.clone(),
            constraints: inner.constraints.borrow().clone(),
            comment: inner.comment.borrow().clone(),
            doc: inner.doc.borrow().clone(),
            quote: inner.quote.get(),
            light: inner.light,
        })
    }

    /// Takes from another column what was not said of this one, as a column is completed by one of its annotation.
    ///
    /// The type is left alone.
    pub fn complete_from(&self, other: &Column) {
        let (own, other) = (&self.0, &other.0);
        if other.primary_key.get() {
            self.set_primary_key(true);
        }
        if !own.nullable_given.get() && other.nullable_given.get() {
            own.nullable.set(other.nullable.get());
            own.nullable_given.set(true);
        }
        if own.foreign_keys.borrow().is_empty() {
            let copies: Vec<ForeignKey> = other.foreign_keys.borrow().iter().map(ForeignKey::copy).collect();
            for copy in copies {
                self.add_foreign_key(copy);
            }
        }
        own.unique.set(own.unique.get().or(other.unique.get()));
        own.index.set(own.index.get().or(other.index.get()));
        if own.autoincrement.get() == Autoincrement::Auto {
            own.autoincrement.set(other.autoincrement.get());
        }
        take(&own.default, &other.default);
        take(&own.onupdate, &other.onupdate);
        take(&own.server_default, &other.server_default);
        take(&own.server_onupdate, &other.server_onupdate);
        take(&own.comment, &other.comment);
        take(&own.doc, &other.doc);
        own.constraints.borrow_mut().extend(other.constraints.borrow().iter().cloned());
    }

    /// The name in SQL; empty while it has none.
    pub fn name(&self) -> Rc<str> {
        self.0.name.borrow().clone()
    }

    /// The name under which the table's collection keeps it.
    pub fn key(&self) -> Rc<str> {
        self.0.key.borrow().clone()
    }

    /// Gives a nameless column its name, and its key where it has none of its own.
    pub fn set_name(&self, name: &str) {
        if self.0.key.borrow().is_empty() {
            *self.0.key.borrow_mut() = Rc::from(name);
        }
        *self.0.name.borrow_mut() = Rc::from(name);
    }

    pub fn set_key(&self, key: &str) {
        *self.0.key.borrow_mut() = Rc::from(key);
    }

    /// The type; a column without one takes the type of what its foreign key refers to, where that is known.
    pub fn ty(&self) -> SqlType {
        let own = self.0.ty.borrow().clone();
        if own.is_null() { self.referred_type(8).unwrap_or_default() } else { own }
    }

    fn referred_type(&self, depth: u8) -> Option<SqlType> {
        let depth = depth.checked_sub(1)?;
        let foreign_key = self.0.foreign_keys.borrow().first().cloned()?;
        let referred = foreign_key.column().ok()?;
        let ty = referred.0.ty.borrow().clone();
        if ty.is_null() { referred.referred_type(depth) } else { Some(ty) }
    }

    pub fn set_ty(&self, ty: SqlType) {
        *self.0.ty.borrow_mut() = ty;
    }

    pub fn is_primary_key(&self) -> bool {
        self.0.primary_key.get()
    }

    pub fn set_primary_key(&self, primary_key: bool) {
        self.0.primary_key.set(primary_key);
        if primary_key && !self.0.nullable_given.get() {
            self.0.nullable.set(false);
        }
    }

    pub fn nullable(&self) -> bool {
        self.0.nullable.get()
    }

    /// Whether `nullable` was an argument, so that an annotation must not decide it.
    pub fn nullable_given(&self) -> bool {
        self.0.nullable_given.get()
    }

    pub fn set_nullable(&self, nullable: bool) {
        self.0.nullable.set(nullable);
    }

    pub fn unique(&self) -> Option<bool> {
        self.0.unique.get()
    }

    pub fn index(&self) -> Option<bool> {
        self.0.index.get()
    }

    pub fn default(&self) -> Option<ColumnDefault> {
        self.0.default.borrow().clone()
    }

    pub fn set_default(&self, default: Option<ColumnDefault>) {
        *self.0.default.borrow_mut() = default;
    }

    pub fn onupdate(&self) -> Option<ColumnDefault> {
        self.0.onupdate.borrow().clone()
    }

    /// The sequence that numbers rows, which SQLite ignores.
    pub fn sequence(&self) -> Option<&Rc<Sequence>> {
        self.0.sequence.as_ref()
    }

    pub fn server_default(&self) -> Option<ServerDefault> {
        self.0.server_default.borrow().clone()
    }

    pub fn server_onupdate(&self) -> Option<ServerDefault> {
        self.0.server_onupdate.borrow().clone()
    }

    pub fn autoincrement(&self) -> Autoincrement {
        self.0.autoincrement.get()
    }

    pub fn comment(&self) -> Option<Rc<str>> {
        self.0.comment.borrow().clone()
    }

    pub fn doc(&self) -> Option<Rc<str>> {
        self.0.doc.borrow().clone()
    }

    /// Foreign keys of this column alone, in the order in which they were given.
    pub fn foreign_keys(&self) -> Vec<ForeignKey> {
        self.0.foreign_keys.borrow().clone()
    }

    pub(crate) fn add_foreign_key(&self, foreign_key: ForeignKey) {
        foreign_key.set_parent(self);
        self.0.foreign_keys.borrow_mut().push(foreign_key);
    }

    /// The label that tells it from other tables' columns: the table's name and its own, and a number where the table has
    /// a column of that key itself.
    pub fn table_label(&self) -> Option<Rc<str>> {
        let table = self.table()?;
        let label = format!("{}_{}", table.full_name().replace('.', "_"), self.name());
        let numbered = (1..).map(|number| format!("{label}_{number}"));
        let mut free =
            std::iter::once(label.clone()).chain(numbered).filter(|label| table.column(label).is_none());
        free.next().map(Rc::from)
    }

    pub fn table(&self) -> Option<Table> {
        self.0.table.borrow().upgrade().map(Table)
    }

    /// Whether a foreign key of this column resolves to `other`. One that cannot be resolved does not.
    pub fn references(&self, other: &Column) -> bool {
        self.0.foreign_keys.borrow().iter().any(|key| key.column().is_ok_and(|column| column == *other))
    }

    /// The column as an expression, as the class body's `lower_id == Node.node_id` uses it.
    pub fn expr(&self) -> Expr {
        Expr::column(self)
    }

    /// An address-like number that tells columns apart.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

/// Fills what has no value.
fn take<T: Clone>(own: &RefCell<Option<T>>, other: &RefCell<Option<T>>) {
    if own.borrow().is_none() {
        let found = other.borrow().clone();
        *own.borrow_mut() = found;
    }
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Column {}

impl std::hash::Hash for Column {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_string())
    }
}

/// As `str()` shows it: `user.id`, or the bare name while it has no table.
impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let name = if name.is_empty() { "(no name)" } else { &name };
        match self.table() {
            Some(table) => write!(f, "{}.{name}", table.full_name()),
            None => f.write_str(name),
        }
    }
}
