//! `man`: the man page that the sources hold, generated from `args` and held equal by a test there.

use crate::output::{self, OutputError};

pub fn run() -> Result<(), OutputError> {
    output::print(include_str!("../../completions/catena-token.1"))
}
