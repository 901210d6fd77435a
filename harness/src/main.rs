//! The `backproof` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    backproof::cli::main()
}
