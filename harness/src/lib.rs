//! Documents in, verdicts out.

pub mod case;
pub mod check;
pub mod cli;
pub mod document;
pub mod judge;
pub mod model;
pub mod nesting;
pub mod outcome;
pub mod python;
pub mod report;
pub mod sqlalchemy;
pub mod when;
pub mod world;
