//! A terminal: a shell on a new pty.

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};
use rexpect::session::{PtySession, spawn_command};

use super::{plain_command, shell};

/// Ends the wait for an event that never comes.
const LIMIT_MS: Option<u64> = Some(30_000);

pub const PROMPT: &str = "Client secret of 'acme': ";

/// A shell with every setting except the secret that runs `script`.
pub fn run(issuer: &Issuer, script: &str) -> PtySession {
    run_as("dumb", issuer, script)
}

/// The same on a terminal of another kind.
pub fn run_as(kind: &str, issuer: &Issuer, script: &str) -> PtySession {
    let mut command = plain_command::command("sh");
    // The test's own pty starts without echo; a user's terminal has it.
    command.args(["-c", &format!("stty echo; {script}")]).env("PATH", shell::path()).env("TERM", kind);
    command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
    spawn_command(command, LIMIT_MS).unwrap()
}

/// Types a line with the secret at the prompt: it is accepted, and not echoed. Returns the output up to `code=0`.
pub fn enter(terminal: &mut PtySession, typed: &str) -> String {
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_line(typed).unwrap();
    let shown = terminal.exp_string("code=0").unwrap();
    assert!(!shown.contains(CLIENT_SECRET), "the terminal echoed the secret: {shown}");
    shown
}
