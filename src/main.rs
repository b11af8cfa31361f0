//! The program `catena-token`; the library of the same name has all of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    catena_token::run()
}
