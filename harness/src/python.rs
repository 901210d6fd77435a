//! A bounded evaluator for the Python that documents are written in.
//!
//! It parses with `ruff_python_parser` and walks the tree; what is outside its subset ends in
//! [`Stop::Unsupported`], never in a Python exception. It knows nothing of the relationship engine: foreign
//! values come in through [`Object`], [`ClassHook`] and [`Store`], modules through [`Interp::register_module`].

mod acts;
pub mod args;
mod arith;
mod assign;
mod attr;
mod bindings;
pub mod builtins;
mod call;
mod callable_attr;
pub mod class;
mod code;
mod compare;
mod comprehension;
mod define;
mod dunders;
pub mod error;
mod evaluate;
mod exception;
mod expr;
pub mod format;
mod fstring;
pub mod function;
mod generator;
pub mod generic;
mod import;
pub mod instance_dict;
pub mod interp;
pub mod items;
pub mod iter;
pub mod iterate;
mod known;
pub mod map;
pub mod module;
mod names;
mod nested;
pub mod object;
mod ops;
mod pattern;
mod protect;
pub mod regardless;
mod run;
mod scope;
mod standing;
pub mod stdlib;
mod stmt;
mod tables;
mod text;
mod traceback;
mod types;
mod unavailable;
mod unparsed;
pub mod value;

pub use acts::{Meaning, acts, is_last_expression};
pub use args::{Args, Bound, Signature};
pub use bindings::bound_names;
pub use class::{Class, ClassHook, DictStore, Instance, Namespace, Store};
pub use error::{PyResult, Stop};
pub use function::{BoundMethod, Function, Native, NativeFn, Property};
pub use interp::{Interp, Limits, Mode};
pub use iter::{Iter, NativeIter};
pub use map::{Map, MapSet};
pub use module::{Missing, Module};
pub use nested::nested_eq;
pub use object::{BinaryOp, CompareOp, Object, UnaryOp};
pub use unavailable::Unavailable;
pub use value::{Dict, Int, List, Range, Set, Slice, Tuple, Value, fresh_identity};
