//! Command lines of users, in their shells.

use std::process::Output;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use super::plain_command;

/// Runs `script` by `shell -c`, with the tool on the PATH and the issuer's settings in the environment.
pub fn run(shell: &str, script: &str, issuer: &Issuer) -> Output {
    let mut command = plain_command::command(shell);
    command.arg("-c").arg(script).env("PATH", path()).env("HOME", "/nonexistent");
    command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
    command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    command.output().unwrap_or_else(|error| panic!("{shell} cannot be run: {error}"))
}

/// The same, for a script that must succeed; returns its stdout.
pub fn succeeds(shell: &str, script: &str, issuer: &Issuer) -> String {
    let output = run(shell, script, issuer);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {:?} {stderr}", output.status);
    assert_eq!(stderr, "", "{script}");
    String::from_utf8(output.stdout).unwrap()
}

/// The tool's directory, then the system's.
pub fn path() -> String {
    let tool = std::path::Path::new(env!("CARGO_BIN_EXE_catena-token"));
    format!("{}:/usr/local/bin:/usr/bin:/bin", tool.parent().unwrap().display())
}

/// Fails if a program that the test needs is missing.
pub fn assert_installed(program: &str) {
    let found = path().split(':').any(|directory| std::path::Path::new(directory).join(program).exists());
    assert!(found, "{program} is not installed");
}
