//! `exec` in a PID namespace, as in a container: as its first process, and entered from outside.

use std::fs;
use std::path::Path;
use std::process::Command;

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use crate::support::job::Job;
use crate::support::parallel;
use crate::support::process::until_handled;
use crate::support::renewing::Manager;
use crate::support::wait::until;

/// A call in a new namespace, after the words `before`.
fn contained(issuer: &Issuer, home: &Path, before: &[&str], words: &[&str]) -> Command {
    let mut call = parallel::command(issuer, &home.join("cache"));
    call.args(words);
    let unshare = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
    let mut command = parallel::within(&[&unshare, before].concat(), &call);
    command.current_dir(home);
    command
}

/// Its session and process group come from outside and have no id inside (`nsenter`, `bwrap`).
#[test]
#[ignore = "needs unshare, and the right to"]
fn in_a_session_from_outside() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "trap 'echo HUP' HUP; trap 'echo TERM; exit 5' TERM; echo ready; while [ -d cache ]; do :; done";
    // The shell remains the first process.
    let beside = ["sh", "-c", "\"$@\" & wait $!", "sh"];
    let mut outer = Job::of(contained(&issuer, home.path(), &beside, &["exec", "--renew", "sh", "-c", script]));
    assert_eq!(outer.line(), "ready");
    let shell = inner(outer.pid());
    for signal in [Signal::SIGHUP, Signal::SIGTERM] {
        nix::sys::signal::kill(inner(shell.as_raw() as u32), signal).unwrap();
        assert_eq!(outer.line(), signal.as_str().trim_start_matches("SIG"));
    }
    let (status, rest, said) = outer.end();
    assert_eq!((status.code(), rest.as_str(), said.as_str()), (Some(5), "", ""));
}

/// PID 1 must reap orphans, and signals have no default action.
#[test]
#[ignore = "needs unshare, and the right to"]
fn as_the_first_process_of_a_container() {
    let home = tempfile::tempdir().unwrap();
    let issuer = Issuer::http();
    let script = "for i in 1 2 3; do (sh -c 'exit 0' & sh -c 'exit 0' &); done; \
        while ps -eo ppid,stat | grep -q '^ *1 Z'; do :; done; echo $PPID; exit 5";
    let output = contained(&issuer, home.path(), &[], &["exec", "--renew", "sh", "-c", script]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(5), &b"1\n"[..]), "{output:?}");

    let renew = ["renew", "--token-file", "t/t"];
    for words in [&["exec", "true"][..], &["exec", "--renew", "true"], &renew, &[], &["--no-cache"]] {
        let issuer = Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() });
        let outer = Job::of(contained(&issuer, home.path(), &[], words));
        parallel::until_asked(&issuer, 1);
        nix::sys::signal::kill(inner(outer.pid()), Signal::SIGTERM).unwrap();
        let code = if words.first() == Some(&"renew") { 0 } else { 143 };
        assert_eq!(outer.end().0.code(), Some(code), "{words:?}");
    }

    let manager = Manager::at(&home.path().join("notify"));
    let mut command = contained(&issuer, home.path(), &[], &["renew", "--no-cache", "--token-file", "t/t"]);
    let leaves_something = format!("(sleep 0.1 >/dev/null &); echo {CLIENT_SECRET}");
    command.env_remove("CATENA_CLIENT_SECRET").env("CATENA_CLIENT_SECRET_COMMAND", leaves_something);
    command.env("NOTIFY_SOCKET", &manager.name);
    let outer = Job::of(command);
    assert_eq!(manager.hears(), "READY=1");
    until(|| children(inner(outer.pid()).as_raw() as u32).is_empty());
    nix::sys::signal::kill(inner(outer.pid()), Signal::SIGTERM).unwrap();
    assert_eq!(outer.end().0.code(), Some(0));
}

/// A signal ends it while it waits for its secret.
#[test]
#[ignore = "needs unshare, and the right to"]
fn as_the_first_process_of_a_container_that_waits_for_its_secret() {
    let home = tempfile::tempdir().unwrap();
    let fifo = home.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let issuer = Issuer::idle();
    for words in [
        ["--client-secret-file", "fifo"],
        ["--client-secret-file", "-"],
        ["--client-secret-command", "exec sleep 1000"],
    ] {
        let mut command = contained(&issuer, home.path(), &[], &words);
        command.env_remove("CATENA_CLIENT_SECRET");
        let mut outer = Job::of(command);
        until(|| !children(outer.pid()).is_empty());
        until_handled(inner(outer.pid()), Signal::SIGTERM);
        nix::sys::signal::kill(inner(outer.pid()), Signal::SIGTERM).unwrap();
        assert_eq!(outer.wait().0.code(), Some(143), "{words:?}");
    }
}

fn children(pid: u32) -> String {
    let lists = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    lists.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default()).collect()
}

/// The only child of `outer`.
fn inner(outer: u32) -> Pid {
    Pid::from_raw(children(outer).trim().parse().unwrap())
}
