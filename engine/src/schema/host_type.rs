//! Types whose values the host converts: decorated types, enumerations of its own, JSON.
//!
//! The engine asks the host as a value is bound and as a row is read; DDL and operators are the generic type's. Two are
//! equal where they are one.

use super::types::SqlType;
use crate::error::Result;
use crate::host::Cx;
use crate::sql::Expr;
use crate::value::Value;
use std::cell::OnceCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Turns one value into another.
pub type Convert = Rc<dyn Fn(&mut Cx<'_>, Value) -> Result<Value>>;

/// A type whose values the host converts. Clones are the same type.
#[derive(Clone)]
pub struct HostType(Rc<HostTypeArgs>);

/// What a [`HostType`] is made of.
#[derive(Clone, Default)]
pub struct HostTypeArgs {
    /// As `repr()` shows it.
    pub repr: Rc<str>,
    /// What stands for it in DDL and beside operators.
    pub generic: SqlType,
    /// What a parameter becomes before the generic type formats it.
    pub bind: Option<Convert>,
    /// What the generic type has read becomes.
    pub result: Option<Convert>,
    /// Whether an attribute that was set to nothing is bound, and one that was never set left out of an insert.
    pub evaluates_none: bool,
    /// The host's own object, where it has one.
    pub object: Option<Value>,
    /// Whether a check comes along, where that was said.
    pub check: Option<TypeCheck>,
    /// How DDL names it, where the host says so.
    pub spec: Option<Rc<str>>,
    /// What stands for it in the databases of these dialects.
    pub variants: Vec<(Rc<str>, SqlType)>,
    /// Dialects for whose databases it is not known what stands for it.
    pub unknown_in: Vec<Rc<str>>,
    /// The name of its class, where that is not the generic type's.
    pub class_name: Option<&'static str>,
    /// Whether values beside it are bound by their own type where that is of another family, as beside the library's types.
    pub binds_as_generic: bool,
    /// Why statements with values of the type are not cached, where they are not.
    pub uncached: Option<Uncached>,
    /// What is written around values and columns of it.
    pub around: Rc<Around>,
}

/// What a type has written around its values and columns, once the host has said so.
#[derive(Debug, Default)]
pub struct Around {
    pub bind: OnceCell<Wrap>,
    pub column: OnceCell<Wrap>,
}

/// An expression with a place in it for another.
#[derive(Debug)]
pub struct Wrap {
    /// A parameter that stands for the other.
    pub hole: Expr,
    pub expr: Expr,
}

/// Why a type keeps statements out of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uncached {
    /// Its class says so.
    Asked,
    /// Its class does not say: the library warns of the class of types and of the type.
    Unsaid { kind: &'static str, shown: Rc<str> },
}

/// The check of its values that a type brings to its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeCheck {
    Never,
    Made { name: Option<Rc<str>> },
}

impl HostType {
    pub fn new(args: HostTypeArgs) -> Self {
        HostType(Rc::new(args))
    }

    pub fn args(&self) -> &HostTypeArgs {
        &self.0
    }
}

impl fmt::Debug for HostType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:p}", self.0.repr, Rc::as_ptr(&self.0))
    }
}

impl PartialEq for HostType {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for HostType {}

impl Hash for HostType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Rc::as_ptr(&self.0).addr().hash(state);
    }
}
