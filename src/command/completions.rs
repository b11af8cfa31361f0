//! `completions SHELL`: the script that the sources hold, generated from `args` and held equal by a test there.

use crate::error::{Exit, Failure};
use crate::output;

/// Prints the script of `shell`, one of [`crate::args::SHELLS`].
pub fn run(shell: &str) -> Result<(), Failure> {
    let script = match shell {
        "bash" => include_str!("../../completions/catena-token.bash"),
        "zsh" => include_str!("../../completions/_catena-token"),
        "fish" => include_str!("../../completions/catena-token.fish"),
        "elvish" => include_str!("../../completions/catena-token.elv"),
        "powershell" => include_str!("../../completions/_catena-token.ps1"),
        _ => return Err(Failure::new(Exit::Usage, "no completion script", format!("`{shell}` is not known"))),
    };
    output::print(script)
}
