//! A bounded evaluator for the Python that documents are written in.
//!
//! It parses with `ruff_python_parser` and walks the tree; what is outside its subset ends in
//! [`Stop::Unsupported`], never in a Python exception. It knows nothing of the relationship engine: foreign
//! values come in through [`Object`], [`ClassHook`] and [`Store`], modules through [`Interp::register_module`].

pub mod args;
pub mod builtins;
pub mod class;
pub mod error;
mod evaluate;
pub mod format;
pub mod function;
pub mod interp;
pub mod iter;
pub mod map;
pub mod module;
pub mod object;
mod protocol;
pub mod stdlib;
pub mod value;

pub use args::{Args, Bound, Signature};
pub use class::{Class, ClassHook, DictStore, Instance, Namespace, Store};
pub use error::{PyResult, Stop};
pub use function::{BoundMethod, Function, Native, NativeFn, Property};
pub use interp::{Interp, Limits, Mode};
pub use iter::{Iter, NativeIter};
pub use map::{Map, MapSet};
pub use module::{Missing, Module};
pub use object::{BinaryOp, CompareOp, Object, UnaryOp};
pub use value::{Dict, Int, List, Range, Set, Slice, Tuple, Value, fresh_identity};
