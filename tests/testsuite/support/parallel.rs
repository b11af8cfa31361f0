//! Calls of the tool that run at the same time.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use super::plain_command;
use super::wait::until;

/// A call with `issuer` and the cache directory `cache`, for the test to change and start.
pub fn command(issuer: &Issuer, cache: &Path) -> Command {
    let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
    command.env("PATH", "/usr/bin:/bin").env("CATENA_CACHE_DIR", cache).env("CATENA_ISSUER", issuer.url());
    command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The same call, started by another program: `words` are that program and its arguments before ours.
pub fn within(words: &[&str], call: &Command) -> Command {
    let mut command = plain_command::command(words[0]);
    command.args(&words[1..]).arg(call.get_program()).args(call.get_args());
    command.envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A call of another user with the cache directory `cache`, which must be that user's.
pub fn by_nobody(issuer: &Issuer, cache: &Path, words: &[&str]) -> Output {
    let mut call = command(issuer, cache);
    call.args(words);
    within(&plain_command::AS_NOBODY, &call).output().unwrap()
}

/// Starts `count` calls and waits for all.
pub fn run(count: usize, mut command: impl FnMut() -> Command) -> Vec<Output> {
    let children: Vec<Child> = (0..count).map(|_| command().spawn().unwrap()).collect();
    children.into_iter().map(|child| child.wait_with_output().unwrap()).collect()
}

/// The tokens of calls, which must all have succeeded with an empty stderr.
pub fn tokens(outputs: Vec<Output>) -> Vec<String> {
    let token = |output: Output| {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""));
        String::from_utf8(output.stdout).unwrap()
    };
    outputs.into_iter().map(token).collect()
}

/// The number of different tokens.
pub fn different(mut tokens: Vec<String>) -> usize {
    tokens.sort();
    tokens.dedup();
    tokens.len()
}

/// Waits until `count` requests have arrived.
pub fn until_asked(issuer: &Issuer, count: usize) {
    until(|| issuer.requests().len() >= count);
}

pub fn signal(child: &Child, signal: nix::sys::signal::Signal) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).unwrap();
}
