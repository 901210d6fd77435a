//! A relationship as it was asked for, and as it was worked out.

use super::{Between, Key, Mapped, MapperId};
use crate::attr::HostCollection;
use crate::error::Result;
use crate::host::{Callback, Cx, Deferred};
use crate::schema::Column;
use crate::sql::Expr;
use crate::state::ObjRef;
use crate::value::Value;
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

/// Which side holds the foreign key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    OneToMany,
    ManyToOne,
    ManyToMany,
}

/// When and how related objects are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lazy {
    #[default]
    Select,
    Joined,
    Selectin,
    Subquery,
    Immediate,
    Raise,
    RaiseOnSql,
    NoLoad,
    Dynamic,
    WriteOnly,
}

/// Which join a joined load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InnerJoin {
    /// An outer join: what has nothing related is found all the same.
    #[default]
    Outer,
    /// An inner join; on the right side of an outer one that it stands below.
    Nested,
    /// An inner join; an outer one where it stands below an outer one.
    Unnested,
}

/// Which operations pass along a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of its own")]
pub struct Cascades {
    pub save_update: bool,
    pub merge: bool,
    pub expunge: bool,
    pub refresh_expire: bool,
    pub delete: bool,
    pub delete_orphan: bool,
}

/// What a relationship points at.
#[derive(Debug, Clone)]
pub enum Target {
    /// A class's name, looked up in the registry when mappers are configured.
    Name(String),
    Mapper(MapperId),
    /// A class as an alias reads it.
    Alias(Mapped),
}

/// A join condition, as an expression or worked out late from a string or callable.
pub type JoinArg = Deferred<Expr>;

/// A `backref`: the name of the attribute on the other side, and arguments for it alone.
#[derive(Debug, Clone)]
pub struct Backref {
    pub name: Key,
    pub args: Box<RelationshipArgs>,
}

/// Arguments of `relationship()`. `None` is "not given".
#[derive(Debug, Clone, Default)]
pub struct RelationshipArgs {
    /// Never `None` but in a backref's arguments.
    pub target: Option<Deferred<Target>>,
    pub secondary: Option<Deferred<Between>>,
    pub primaryjoin: Option<JoinArg>,
    pub secondaryjoin: Option<JoinArg>,
    pub foreign_keys: Option<Deferred<Vec<Column>>>,
    pub remote_side: Option<Deferred<Vec<Column>>>,
    pub order_by: Option<Deferred<Vec<Expr>>>,
    pub uselist: Option<bool>,
    /// Lists where it is not said.
    pub collection: Option<Shape>,
    /// What makes collections, where a host's program wrote their class.
    pub maker: Option<Maker>,
    /// What a dictionary's keys are.
    pub keyed: Option<Keyer>,
    pub lazy: Option<Lazy>,
    /// A loader strategy that there is none of, as errors show it.
    pub unknown_lazy: Option<String>,
    pub cascade: Option<Cascades>,
    pub cascade_backrefs: Option<bool>,
    pub backref: Option<Backref>,
    pub back_populates: Option<Key>,
    pub viewonly: Option<bool>,
    pub passive_deletes: Option<PassiveDeletes>,
    pub passive_updates: Option<bool>,
    pub post_update: bool,
    pub single_parent: bool,
    pub join_depth: Option<u32>,
    pub innerjoin: Option<InnerJoin>,
    pub active_history: bool,
    pub sync_backref: Option<bool>,
    pub enable_typechecks: Option<bool>,
    pub overlaps: Option<String>,
    /// What the host was given besides, for it to give back.
    pub host: HostArgs,
}

/// Arguments that mean nothing to the engine.
#[derive(Clone, Default)]
pub struct HostArgs(pub Option<Rc<dyn Any>>);

impl fmt::Debug for HostArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "<given>" } else { "None" })
    }
}

impl RelationshipArgs {
    /// Whether the relationship is loaded only, never written.
    pub fn is_viewonly(&self) -> bool {
        self.viewonly == Some(true)
    }
}

/// What a relationship's collection is to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    List,
    /// Each object once. The engine keeps the order in which they came; a host's program cannot rely on it.
    Set,
    /// Objects by key, in the order in which the keys came.
    Dict,
}

/// Makes collections of a class that a host's program wrote.
#[derive(Clone)]
pub struct Maker {
    /// Looks at the class when mappers are configured.
    pub prepare: Callback<()>,
    pub make: Callback<Rc<dyn HostCollection>>,
    /// What the collections are like; settled when mappers are configured.
    pub like: Rc<Cell<Shape>>,
    /// Whether their class makes members of what is assigned; settled with `like`.
    pub converts: Rc<Cell<bool>>,
    /// One that was made already for what is being assigned.
    pub ready: Rc<RefCell<Option<Rc<dyn HostCollection>>>>,
}

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Maker")
    }
}

/// Finds the key that an object has in a dictionary.
#[derive(Clone)]
pub struct Keyer {
    pub key: KeyFunction,
    /// What a message shows of two members and a key.
    pub shown: Shown,
}

/// A host's function to the texts of two members and a key.
pub type Shown = Rc<dyn Fn(&mut Cx<'_>, [Option<&ObjRef>; 2], &Value) -> Result<(String, String, String)>>;

/// A host's function from an object to its key; `None` where what it goes by was never set.
pub type KeyFunction = Rc<dyn Fn(&mut Cx<'_>, &ObjRef) -> Result<Option<Value>>>;

impl fmt::Debug for Keyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyer")
    }
}

/// Whether deletes are left to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassiveDeletes {
    Yes,
    All,
}

/// A relationship of one mapper.
#[derive(Debug)]
pub struct Relationship {
    pub key: Key,
    pub parent: MapperId,
    pub args: RelationshipArgs,
    /// Made by a `backref` on the other side.
    pub from_backref: bool,
    /// Whether configuring it has begun.
    pub(crate) started: Cell<bool>,
    /// Set once, when mappers are configured.
    pub resolved: OnceCell<Resolved>,
    /// Attributes on the other side that are kept in step with this one, with the mapper they belong to.
    pub reverse: RefCell<Vec<(MapperId, Key)>>,
    pub back_populates: RefCell<Option<Key>>,
    /// Whether the other side follows changes of this one; settled when mappers are configured.
    pub syncs: Cell<bool>,
    /// Whether a backref that was asked for has been made.
    pub backref_made: Cell<bool>,
}

/// What configuring worked out.
#[derive(Debug)]
pub struct Resolved {
    pub target: MapperId,
    /// The number of the alias that the class is read from, where the relationship leads to one.
    pub alias: Option<u32>,
    /// The join as it was written, where it names columns of such an alias; elsewhere they are the class's.
    pub written: Option<Expr>,
    pub direction: Direction,
    pub uselist: bool,
    pub secondary: Option<Between>,
    /// As `print(prop.primaryjoin)` shows it.
    pub primaryjoin: Expr,
    pub secondaryjoin: Option<Expr>,
    /// `(source, destination)`: for one-to-many the parent's column and the child's foreign key; for
    /// many-to-one the target's column and the parent's foreign key; for many-to-many the parent's column
    /// and the secondary's.
    pub synchronize_pairs: Vec<(Column, Column)>,
    /// For many-to-many: the target's column and the secondary's.
    pub secondary_synchronize_pairs: Vec<(Column, Column)>,
    /// `(local, remote)` columns of the join.
    pub local_remote_pairs: Vec<(Column, Column)>,
    pub remote_side: Vec<Column>,
    pub order_by: Vec<Expr>,
    pub cascade: Cascades,
    pub lazy: Lazy,
    /// The lazy load is a primary-key lookup that the identity map can answer.
    pub use_get: bool,
}

impl Resolved {
    /// What it leads to, as a query has it.
    pub fn entity(&self) -> Mapped {
        Mapped { mapper: self.target, alias: self.alias }
    }
}

impl Relationship {
    /// What its collection is, where it has one.
    pub fn shape(&self) -> Shape {
        self.args.collection.unwrap_or(Shape::List)
    }

    /// Whether an object never holds the collection: a document queries it.
    pub fn is_queried(&self) -> bool {
        self.resolved.get().is_some_and(|resolved| matches!(resolved.lazy, Lazy::Dynamic | Lazy::WriteOnly))
    }

    pub(crate) fn new(key: Key, parent: MapperId, args: RelationshipArgs, from_backref: bool) -> Self {
        let back_populates = args.back_populates.clone();
        Relationship {
            key,
            parent,
            args,
            from_backref,
            started: Cell::new(false),
            resolved: OnceCell::new(),
            reverse: RefCell::default(),
            back_populates: RefCell::new(back_populates),
            syncs: Cell::new(true),
            backref_made: Cell::new(false),
        }
    }

    /// What configuring worked out.
    ///
    /// # Panics
    ///
    /// Where mappers are not configured; every way in configures them first.
    pub fn resolved(&self) -> &Resolved {
        self.resolved.get().expect("mappers are configured before a relationship is used")
    }
}
