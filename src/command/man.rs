//! `man`: the man page that the sources hold, generated from `args` and held equal by a test there.

use crate::error::Failure;
use crate::output;

pub fn run() -> Result<(), Failure> {
    output::print(include_str!("../../completions/catena-token.1"))
}
