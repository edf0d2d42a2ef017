//! The `headwater` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    headwater::cli::main(std::env::args_os())
}
