//! `completions SHELL`: the script that the sources hold, generated from `args` and held equal by a test there.

use crate::output::{self, OutputError};

/// Prints the script of `shell`, one of [`crate::args::SHELLS`].
pub fn run(shell: &str) -> Result<(), OutputError> {
    let script = match shell {
        "bash" => include_str!("../../completions/catena-token.bash"),
        "zsh" => include_str!("../../completions/_catena-token"),
        "fish" => include_str!("../../completions/catena-token.fish"),
        "elvish" => include_str!("../../completions/catena-token.elv"),
        "powershell" => include_str!("../../completions/_catena-token.ps1"),
        _ => unreachable!("clap takes no other shell"),
    };
    output::print(script)
}
