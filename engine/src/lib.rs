//! A relationship engine that behaves as SQLAlchemy's does, over SQLite.

pub mod version;
