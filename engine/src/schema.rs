//! Tables, columns, types, keys.
//!
//! Everything here has identity: a clone is the same table or column. A column may exist before it has a name
//! or a table, as in a class body, and expressions that hold it see its name once it has one.

mod column;
mod constraint;
pub mod ddl;
mod foreign_key;
mod generated;
mod host_type;
mod metadata;
pub(crate) mod naming;
mod table;
mod types;

pub use column::{Autoincrement, Column, ColumnArgs, ColumnDefault, ServerDefault};
pub use constraint::{CheckConstraint, Constraint, Index, IndexPart, UniqueConstraint};
pub use foreign_key::{ForeignKey, ForeignKeyConstraint, ForeignKeyTarget, ReferentialActions};
pub use generated::{Computed, Identity, Numbers, Sequence};
pub use host_type::{Around, Convert, HostType, HostTypeArgs, TypeCheck, Uncached, Wrap};
pub use metadata::MetaData;
pub use naming::Naming;
pub use table::in_order;
pub(crate) use table::sort_tables;
pub use table::{Table, TableArgs, TableItem};
pub use types::{Affinity, ArrayType, EnumType, SqlType};
