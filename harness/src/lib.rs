//! Documents in, verdicts out.

pub mod model;
pub mod outcome;
pub mod python;
pub mod world;
