//! The `backproof` command.
fn main() {}
