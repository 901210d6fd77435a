//! Rows to objects: queries over mapped classes and the loader strategies.
//!
//! Nothing here fires attribute events: loaded values are set as committed. An object that is already in the
//! identity map keeps what it has, unless that is expired or the query says `populate_existing`.

mod adapt;
mod bulk;
mod classes;
mod collected;
mod columns;
mod concerns;
mod conflict;
mod dml;
mod evaluate;
mod follow;
mod from;
mod get;
mod later;
mod lazy;
mod options;
mod plan;
mod polymorphic;
mod query;
pub mod relation;
mod result;
mod returning;
mod rows;
mod stated;
mod unread;
mod within;

pub use adapt::{alias_name, alias_of, attribute, attribute_of_class, selectable};
pub use bulk::{Inserted, NewRows, insert_into_joined, update_rows};
pub use collected::{collection_criteria, collection_insert, collection_query};
pub(crate) use columns::load_deferred;
pub(crate) use columns::load_only;
pub use columns::{load_columns, refresh};
pub use concerns::body_concerns_classes;
pub use dml::{Change, Changed, Synchronize, is_loaded_joined};
pub(crate) use follow::Waiting;
pub use get::get;
pub use lazy::{
    load_relationship, load_relationship_anyway, load_relationship_merging, load_replaced, raises,
};
pub use options::{AdHoc, Criteria, Head, LoaderOption, Recursion, Strategy};
pub(crate) use options::{ColumnLoad, load_of};
pub use polymorphic::{Aliasing, alias, alias_as, alias_of_selectable, with_polymorphic};
pub use query::{Entity, Join, JoinLeft, JoinTarget, OnClause, Purpose, Query, Style, row_count};
pub use result::{Bundle, Item, Rows};
pub use returning::returned_columns;
pub use unread::Unread;
pub use within::Within;
