//! Many processes at once: one request, one token, one refusal, and no endless wait for another process.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::cache_files::{file, files};
use crate::support::parallel::{self, command, different, tokens, until_asked};

/// Long enough for every process of a test to start before the first response.
const A_MOMENT: Duration = Duration::from_secs(1);

fn slow(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { replies, delay: A_MOMENT, ..Setup::default() })
}

fn cache() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn two_hundred_and_fifty_six_at_once_make_one_request() {
    for _ in 0..3 {
        let (issuer, cache) = (Issuer::http(), cache());
        let got = tokens(parallel::run(256, || command(&issuer, cache.path())));
        assert_eq!((different(got), issuer.requests().len()), (1, 1));
        let got = tokens(parallel::run(256, || command(&issuer, cache.path())));
        assert_eq!((different(got), issuer.connections()), (1, 1));
    }
}

#[test]
fn refreshes_that_start_together_share_one_request_or_two() {
    let (issuer, cache) = (slow(vec![Reply::Keycloak]), cache());
    tokens(parallel::run(1, || command(&issuer, cache.path())));
    let mut refresh = || {
        let mut command = command(&issuer, cache.path());
        command.arg("--refresh");
        command
    };
    let got = tokens(parallel::run(100, &mut refresh));
    assert!((1..=2).contains(&different(got)));
    assert!((2..=3).contains(&issuer.requests().len()), "{}", issuer.requests().len());
}

#[test]
fn a_refusal_is_shared_with_waiters() {
    let (issuer, cache) = (slow(vec![Reply::Keycloak]), cache());
    let wrong = || {
        let mut command = command(&issuer, cache.path());
        command.env("CATENA_CLIENT_SECRET", "not-the-secret");
        command
    };
    let outputs = parallel::run(50, wrong);
    assert!(outputs.iter().all(|output| output.status.code() == Some(4) && output.stdout.is_empty()));
    assert!(outputs.iter().all(|output| said(output) == said(&outputs[0])), "{}", said(&outputs[0]));
    assert!((1..=2).contains(&issuer.requests().len()), "{}", issuer.requests().len());
    // A later process sends its own request: the secret may have been set at the service in between.
    let asked = issuer.requests().len();
    parallel::run(1, wrong);
    assert_eq!(issuer.requests().len(), asked + 1);
}

#[test]
fn a_failure_is_not_shared_with_another_route() {
    let (issuer, cache) = (slow(vec![Reply::http(503, "text/plain", "no"), Reply::Keycloak]), cache());
    let mut first = command(&issuer, cache.path());
    let first = first.args(["--retries", "0"]).spawn().unwrap();
    until_asked(&issuer, 1);
    let got = tokens(parallel::run(8, || command(&issuer, cache.path())));
    assert_eq!(different(got), 1);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(5));
    assert_eq!(issuer.requests().len(), 2);
}

#[test]
fn a_failure_by_a_shorter_timeout_is_not_shared() {
    let (issuer, cache) = (slow(vec![Reply::Hang, Reply::Keycloak]), cache());
    let mut first = command(&issuer, cache.path());
    let first = first.args(["--timeout", "1500ms"]).spawn().unwrap();
    until_asked(&issuer, 1);
    assert_eq!(different(tokens(parallel::run(8, || command(&issuer, cache.path())))), 1);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(5));
}

#[test]
fn retry_after_holds_for_later_processes() {
    let limited = Reply::http(429, "text/plain", "slow down").header("Retry-After", "60");
    let (issuer, cache) =
        (Issuer::start(Setup { replies: vec![limited, Reply::Keycloak], ..Setup::default() }), cache());
    let first = parallel::run(1, || command(&issuer, cache.path())).remove(0);
    assert!(said(&first).contains("the server requested a delay of 1m"), "{}", said(&first));
    for output in parallel::run(20, || command(&issuer, cache.path())) {
        assert_eq!(output.status.code(), Some(5));
        assert!(
            said(&output).contains("error: cannot get a token: the server requested a delay until 20"),
            "{}",
            said(&output)
        );
        assert!(said(&output).contains("\nhint: try again in "), "{}", said(&output));
    }
    assert_eq!(issuer.requests().len(), 1);
    let without = |arguments: &'static [&'static str]| {
        let mut command = command(&issuer, cache.path());
        command.args(arguments);
        parallel::run(1, || std::mem::replace(&mut command, Command::new("true"))).remove(0)
    };
    assert_eq!(without(&["--no-cache"]).status.code(), Some(0));
    assert_eq!(without(&[]).status.code(), Some(5));
    assert_eq!(without(&["cache", "clear"]).status.code(), Some(0));
    assert_eq!(without(&[]).status.code(), Some(0));
    assert_eq!(issuer.requests().len(), 3);
}

#[test]
fn after_a_short_wait_one_process_sends_a_request() {
    let limited = Reply::http(503, "text/plain", "starting").header("Retry-After", "1");
    let (issuer, cache) =
        (Issuer::start(Setup { replies: vec![limited, Reply::Keycloak], ..Setup::default() }), cache());
    let got = tokens(parallel::run(30, || command(&issuer, cache.path())));
    assert_eq!((different(got), issuer.requests().len()), (1, 2));
}

/// Nothing can be shared, and a process waits in vain at most once.
#[test]
fn tokens_without_a_lifetime_are_not_requested_in_sequence() {
    let setup = Setup { delay: A_MOMENT, expires_in: "", ..Setup::default() };
    let (issuer, cache) = (Issuer::start(setup), cache());
    let got = tokens(parallel::run(8, || command(&issuer, cache.path())));
    assert_eq!((different(got), issuer.requests().len()), (8, 8));
    assert!(issuer.most_at_once() > 1, "8 in a row");
    assert!(files(cache.path(), ".token").is_empty());
}

#[test]
fn an_unreachable_min_ttl_is_one_request() {
    let (issuer, cache) = (slow(vec![Reply::Keycloak]), cache());
    let outputs = parallel::run(30, || {
        let mut command = command(&issuer, cache.path());
        command.args(["--min-ttl", "1h"]);
        command
    });
    assert!(outputs.iter().all(|output| output.status.code() == Some(7)));
    assert!((1..=2).contains(&issuer.requests().len()), "{}", issuer.requests().len());
}

#[test]
fn a_killed_lock_holder_blocks_no_waiter() {
    let (issuer, cache) =
        (Issuer::start(Setup { replies: vec![Reply::Hang, Reply::Keycloak], ..Setup::default() }), cache());
    let mut leader = command(&issuer, cache.path()).spawn().unwrap();
    until_asked(&issuer, 1);
    let waiting = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| parallel::run(8, || command(&issuer, cache.path())));
        parallel::signal(&leader, Signal::SIGKILL);
        waiting.join().unwrap()
    });
    leader.wait().unwrap();
    assert_eq!((different(tokens(waiting)), issuer.requests().len()), (1, 2));
}

/// Bounded by the waiter's own timeout, and by the holder's.
#[test]
fn a_stopped_lock_holder_is_not_waited_for_forever() {
    for (holders, own) in [("60s", "3s"), ("1s", "60s")] {
        let replies = vec![Reply::Hang, Reply::Keycloak];
        let (issuer, cache) = (Issuer::start(Setup { replies, ..Setup::default() }), cache());
        let mut leader = command(&issuer, cache.path()).args(["--timeout", holders]).spawn().unwrap();
        until_asked(&issuer, 1);
        parallel::signal(&leader, Signal::SIGSTOP);
        let output = command(&issuer, cache.path()).args(["--timeout", own]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let warning =
            format!("catena-token: warning: process {} has held the lock of this token for too long", leader.id());
        assert!(said(&output).starts_with(&warning) && said(&output).lines().count() == 1, "{}", said(&output));
        // Its token is cached, although it had no lock.
        assert_eq!(command(&issuer, cache.path()).output().unwrap().stdout, output.stdout);
        parallel::signal(&leader, Signal::SIGKILL);
        leader.wait().unwrap();
    }
}

#[test]
fn different_bindings_do_not_wait_for_each_other() {
    let (issuer, cache) =
        (Issuer::start(Setup { replies: vec![Reply::Hang, Reply::Keycloak], ..Setup::default() }), cache());
    let mut leader = command(&issuer, cache.path()).args(["--scope", ""]).spawn().unwrap();
    until_asked(&issuer, 1);
    tokens(vec![command(&issuer, cache.path()).output().unwrap()]);
    parallel::signal(&leader, Signal::SIGKILL);
    leader.wait().unwrap();
}

/// `rm -rf ~/.cache`: a waiter then gets the lock of a deleted file, while another process holds a new one.
#[test]
fn a_removed_lock_file_is_not_a_lock() {
    let (issuer, cache) = (slow(vec![Reply::Hang, Reply::Keycloak]), cache());
    let directory = cache.path().join("cache");
    let mut hanging = command(&issuer, &directory).spawn().unwrap();
    until_asked(&issuer, 1);
    let mut waiting = command(&issuer, &directory).arg("-v").spawn().unwrap();
    let mut lines = BufReader::new(waiting.stderr.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().ends_with("waiting for it") {}
    fs::remove_dir_all(&directory).unwrap();
    let asking = command(&issuer, &directory).spawn().unwrap();
    until_asked(&issuer, 2);
    parallel::signal(&hanging, Signal::SIGKILL);
    hanging.wait().unwrap();
    let token = tokens(vec![asking.wait_with_output().unwrap()]).remove(0);
    assert_eq!(waiting.wait_with_output().unwrap().stdout, token.as_bytes());
    assert_eq!(issuer.requests().len(), 2);
}

/// Each response takes longer than its token lives: waiters use it at once or send requests in parallel.
#[test]
fn tokens_that_expire_on_arrival_are_not_requested_in_sequence() {
    for expires_in in ["1.2", "0.5"] {
        let setup = Setup { delay: A_MOMENT, expires_in, ..Setup::default() };
        let (issuer, cache) = (Issuer::start(setup), cache());
        tokens(parallel::run(8, || command(&issuer, cache.path())));
        assert!(issuer.requests().len() <= 2 || issuer.most_at_once() > 1, "{} in a row", issuer.requests().len());
    }
}

/// A directory blocks the entry's name, which is discovered only when the token is stored.
#[test]
fn tokens_that_cannot_be_stored_are_not_requested_in_sequence() {
    let (issuer, cache) = (slow(vec![Reply::Keycloak]), cache());
    tokens(parallel::run(1, || command(&issuer, cache.path())));
    let entry = file(cache.path(), ".token");
    fs::remove_file(&entry).unwrap();
    fs::create_dir(&entry).unwrap();
    let outputs = parallel::run(8, || command(&issuer, cache.path()));
    assert!(outputs.iter().all(|output| output.status.code() == Some(0) && said(output).lines().count() == 1));
    assert!(issuer.most_at_once() > 1, "{} in a row", issuer.requests().len());
}

#[test]
fn the_next_token_removes_a_shared_failure() {
    let replies = vec![Reply::http(503, "text/plain", "no"), Reply::Keycloak];
    let (issuer, cache) = (Issuer::start(Setup { replies, ..Setup::default() }), cache());
    let outcomes = || files(cache.path(), ".outcome").len();
    let failed = command(&issuer, cache.path()).args(["--retries", "0"]).output().unwrap();
    assert_eq!((failed.status.code(), outcomes()), (Some(5), 1));
    tokens(vec![command(&issuer, cache.path()).output().unwrap()]);
    assert_eq!(outcomes(), 0);
}

/// Whenever a writer is killed, the next call prints a whole token.
#[test]
fn a_writer_can_be_killed_at_any_moment() {
    let (issuer, cache) = (Issuer::http(), cache());
    for round in 0..100_u32 {
        let mut command = command(&issuer, cache.path());
        let mut child = command.arg("--refresh").spawn().unwrap();
        // From the start of the process to after its exit, in steps.
        for _ in 0..round * 2_000 {
            std::hint::spin_loop();
        }
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id() as i32), Signal::SIGKILL);
        child.wait().unwrap();
        assert_whole(&command_output(&issuer, cache.path()));
    }
}

fn command_output(issuer: &Issuer, cache: &Path) -> Output {
    command(issuer, cache).output().unwrap()
}

fn assert_whole(output: &Output) {
    assert_eq!((output.status.code(), said(output).as_str()), (Some(0), ""));
    let token = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(token.starts_with("eyJ") && token.trim_end().split('.').count() == 3 && token.ends_with('\n'), "{token}");
}

#[test]
fn readers_see_whole_tokens_while_others_write() {
    let (issuer, cache) = (Issuer::http(), cache());
    for _ in 0..10 {
        let mut is_writer = false;
        let outputs = parallel::run(40, || {
            is_writer = !is_writer;
            let mut command = command(&issuer, cache.path());
            command.args(is_writer.then_some("--refresh"));
            command
        });
        outputs.iter().for_each(assert_whole);
    }
}
