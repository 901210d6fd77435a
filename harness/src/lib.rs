//! Documents in, verdicts out.

pub mod document;
pub mod model;
pub mod nesting;
pub mod outcome;
pub mod python;
pub mod sqlalchemy;
pub mod world;
