//! A secret from a command or a prompt: a remembered key opens the cached token without either.

use std::fs;
use std::path::Path;
use std::process::Command;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};
use rexpect::session::PtySession;

use crate::support::cache_files::files;
use crate::support::parallel::{self, different, tokens};
use crate::support::terminal::{self, PROMPT};
use crate::support::{Tool, plain_command, shell};

/// A command that records each run and prints the secret.
fn noting(cache: &Path, rest: &str) -> String {
    format!("echo run >> {}; {rest}printf %s {CLIENT_SECRET}", cache.join("runs").display())
}

fn runs(cache: &Path) -> usize {
    fs::read_to_string(cache.join("runs")).unwrap_or_default().lines().count()
}

fn call(issuer: &Issuer, cache: &Path, secret_command: &str) -> Tool {
    Tool::without_secret(issuer).keeping_in(cache).args(["--client-secret-command", secret_command])
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn a_command_runs_once_for_a_token() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let secret = noting(cache.path(), "");
    let token = call(&issuer, cache.path(), &secret).succeeds();
    let (again, said) = call(&issuer, cache.path(), &secret).arg("-v").succeeds_saying();
    assert_eq!(again, token);
    assert!(said.contains("using the cached token"), "{said}");
    assert_eq!((runs(cache.path()), issuer.requests().len()), (1, 1));
    // A new token needs the secret, and so does another command.
    call(&issuer, cache.path(), &secret).arg("--refresh").succeeds();
    assert_eq!((runs(cache.path()), issuer.requests().len()), (2, 2));
    call(&issuer, cache.path(), &format!("{secret} ")).succeeds();
    assert_eq!((runs(cache.path()), issuer.requests().len()), (3, 2));
    call(&issuer, cache.path(), &secret).succeeds();
    assert_eq!(runs(cache.path()), 3);
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn clear_forgets_the_keys() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let secret = noting(cache.path(), "");
    call(&issuer, cache.path(), &secret).succeeds();
    let list = || Tool::bare().keeping_in(cache.path()).args(["cache", "list"]);
    assert!(list().succeeds().contains(CLIENT_ID));
    // Another directory has its own keys.
    let other = tempfile::tempdir().unwrap();
    call(&issuer, other.path(), &secret).succeeds();
    Tool::bare().keeping_in(cache.path()).args(["cache", "clear"]).succeeds();
    call(&issuer, other.path(), &secret).succeeds();
    assert_eq!((runs(cache.path()), issuer.requests().len()), (2, 2));
    call(&issuer, cache.path(), &secret).succeeds();
    assert_eq!((runs(cache.path()), issuer.requests().len()), (3, 3));
}

/// However the directory's path is written, also by a link to it.
#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn clear_forgets_the_keys_by_any_path() {
    let (issuer, above) = (Issuer::http(), tempfile::tempdir().unwrap());
    let secret = noting(above.path(), "");
    let path = above.path().join("cache");
    std::os::unix::fs::symlink(&path, above.path().join("link")).unwrap();
    let written = |end: &str| format!("{}/{end}", above.path().display());
    let spellings = ["cache/", "cache//", "./cache", "/cache/.", "cache"].map(written);
    for (round, spelling) in spellings.iter().enumerate() {
        call(&issuer, &path, &secret).succeeds();
        // It finds the key, too.
        call(&issuer, Path::new(spelling), &secret).succeeds();
        assert_eq!(runs(above.path()), round + 1, "{spelling}");
        assert_eq!(keys_forgotten(spelling), 1, "{spelling}");
    }
    call(&issuer, &path, &secret).succeeds();
    let script = format!("cd {} && exec catena-token cache clear -v --cache-dir cache", above.path().display());
    let output = plain_command::command("sh").args(["-c", &script]).env("PATH", shell::path()).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("keys forgotten: 1"), "{output:?}");
    call(&issuer, &path, &secret).succeeds();
    assert_eq!(keys_forgotten(&written("link")), 1);
    call(&issuer, &above.path().join("link"), &secret).succeeds();
    assert_eq!(keys_forgotten(&written("link/")), 1);
}

fn keys_forgotten(cache: &str) -> u32 {
    let (_, said) = Tool::bare().args(["cache", "clear", "-v", "--cache-dir", cache]).succeeds_saying();
    said.trim().rsplit(' ').next().unwrap().parse().expect(&said)
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn many_at_once_run_one_command() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let secret = noting(cache.path(), "sleep 1; ");
    let outputs = parallel::run(64, || {
        let mut command = parallel::command(&issuer, cache.path());
        command.env_remove("CATENA_CLIENT_SECRET").env("CATENA_CLIENT_SECRET_COMMAND", &secret);
        command
    });
    assert_eq!((different(tokens(outputs)), runs(cache.path()), issuer.requests().len()), (1, 1, 1));
}

/// The first command fails; the waiters run theirs in parallel, not one after another.
#[test]
fn commands_of_waiters_run_in_parallel() {
    let (issuer, cache) = (Issuer::idle(), tempfile::tempdir().unwrap());
    let log = cache.path().join("runs");
    let secret = format!("echo run >> {0}; sleep 1; echo end >> {0}; exit 1", log.display());
    let outputs = parallel::run(4, || {
        let mut command = parallel::command(&issuer, cache.path());
        command.env_remove("CATENA_CLIENT_SECRET").env("CATENA_CLIENT_SECRET_COMMAND", &secret);
        command
    });
    assert!(outputs.iter().all(|output| output.status.code() == Some(3)));
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("run").count(), 4);
    assert!(log.contains("run\nrun\n"), "{log}");
}

/// A daemon that the command leaves behind does not hold the lock, and is not waited for.
#[test]
fn a_daemon_left_behind_does_not_block() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let pid = cache.path().join("pid");
    let secret = format!("sleep 60 2>/dev/null & echo $! > {}; printf %s {CLIENT_SECRET}", pid.display());
    let token = call(&issuer, cache.path(), &secret).succeeds();
    let other = Tool::asking(&issuer).keeping_in(cache.path()).arg("-v");
    let (again, said) = other.arg("--refresh").succeeds_saying();
    assert!(!said.contains("waiting for it"), "{said}");
    assert_ne!(again, token);
    assert!(Command::new("kill").arg(fs::read_to_string(pid).unwrap().trim()).status().unwrap().success());
}

/// A script on a terminal, up to the prompt for the secret.
fn asked(issuer: &Issuer, cache: &Path, script: &str) -> PtySession {
    let script = format!("export CATENA_CACHE_DIR={}; {script}", cache.display());
    let mut terminal = terminal::run(issuer, &script);
    terminal.exp_string(PROMPT).unwrap();
    terminal
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn a_person_is_prompted_once_per_token() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "catena-token >/dev/null && catena-token -v >/dev/null; echo \"code=$?\"";
    let mut terminal = asked(&issuer, cache.path(), script);
    terminal.send_line(CLIENT_SECRET).unwrap();
    let shown = terminal.exp_string("code=0").unwrap();
    assert!(shown.contains("using the cached token") && !shown.contains("Client secret"), "{shown}");
    assert_eq!(issuer.requests().len(), 1);
}

/// An unanswered prompt in another window holds no lock.
#[test]
fn no_call_waits_for_a_person() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let mut terminal = asked(&issuer, cache.path(), "catena-token; echo \"code=$?\"");
    let (_, said) = Tool::asking(&issuer).keeping_in(cache.path()).arg("-v").succeeds_saying();
    assert!(!said.contains("waiting for it"), "{said}");
    // The prompted call finds the token that was cached meanwhile.
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.exp_string("code=0").unwrap();
    assert_eq!(issuer.requests().len(), 1);
}

#[test]
fn the_refusal_of_a_mistyped_secret_is_not_shared() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let mut terminal = asked(&issuer, cache.path(), "catena-token; echo \"code=$?\"");
    terminal.send_line("not-the-secret").unwrap();
    terminal.exp_string("code=4").unwrap();
    assert_eq!(files(cache.path(), ""), files(cache.path(), ".lock"));
}

/// In its own session keyring, as in a systemd unit, a process still finds the key in the user's keyring.
#[test]
#[ignore = "needs keyctl and the kernel's keyring"]
fn a_process_in_another_session_finds_the_key() {
    shell::assert_installed("keyctl");
    let before = keys();
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let secret = noting(cache.path(), "");
    for _ in 0..3 {
        let mut command = plain_command::command("keyctl");
        command.args(["session", "-", env!("CARGO_BIN_EXE_catena-token")]).env("PATH", "/usr/bin:/bin");
        command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
        command.env("CATENA_CLIENT_SECRET_COMMAND", &secret).env("CATENA_CACHE_DIR", cache.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((runs(cache.path()), issuer.requests().len()), (1, 1));
    // Another test may be creating a key at this moment, which is not complete yet.
    let new: Vec<String> = keys().into_iter().filter(|key| !before.contains(key)).collect();
    assert!(new.iter().any(|key| key.contains(" 3f0b0000 ") && !key.contains(" perm ")), "{new:?}");
}

/// The remembered keys in the kernel's list, with their timeouts and permissions.
fn keys() -> Vec<String> {
    let list = fs::read_to_string("/proc/keys").unwrap();
    let ours = list.lines().filter(|line| line.contains("catena-token:"));
    ours.map(str::to_owned).collect()
}
