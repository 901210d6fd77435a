//! A relationship engine that behaves as SQLAlchemy's does, over SQLite.
#![doc = include_str!("../README.md")]

pub mod attr;
pub mod db;
pub mod error;
pub mod event;
pub mod host;
pub mod load;
pub mod map;
pub mod orm;
pub mod schema;
pub mod session;
pub mod sql;
pub mod state;
pub mod unit;
pub mod value;
pub mod version;
pub mod warning;
pub mod world;

pub use error::{Error, ErrorKind, Result};
pub use host::{Callback, Cx, Deferred, Host, NoHost};
pub use orm::Orm;
pub use warning::{Category, Warning};
pub use world::World;
