//! Rows to objects: queries over mapped classes and the loader strategies.
//!
//! Nothing here fires attribute events: loaded values are set as committed. An object that is already in the
//! identity map keeps what it has, unless that is expired or the query says `populate_existing`.

mod columns;
mod get;
mod lazy;
mod options;
mod query;
mod result;

pub use columns::{load_columns, refresh};
pub use get::get;
pub use lazy::load_relationship;
pub use options::{LoaderOption, Strategy};
pub use query::{Entity, Join, JoinTarget, OnClause, Query, Style};
pub use result::{Item, Rows};
