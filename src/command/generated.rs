//! `completions SHELL` and `man`: texts that the sources hold, generated from `args` and held equal by a test there.

use crate::error::Error;
use crate::output;

/// Prints the script of `shell`, one of [`crate::args::SHELLS`].
pub fn completions(shell: &str) -> Result<(), Error> {
    let script = match shell {
        "bash" => include_str!("../../completions/catena-token.bash"),
        "zsh" => include_str!("../../completions/_catena-token"),
        "fish" => include_str!("../../completions/catena-token.fish"),
        "elvish" => include_str!("../../completions/catena-token.elv"),
        "powershell" => include_str!("../../completions/_catena-token.ps1"),
        _ => unreachable!("clap takes no other shell"),
    };
    Ok(output::print(script)?)
}

pub fn man() -> Result<(), Error> {
    Ok(output::print(include_str!("../../completions/catena-token.1"))?)
}
