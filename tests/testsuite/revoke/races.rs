//! Concurrent `revoke`s and calls: each reports the truth, and no newer token is lost.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::parallel::{self, until_asked};
use crate::support::revoking::{cache, call, paths};
use crate::support::shell;

/// An issuer whose responses take a second.
fn slow() -> Issuer {
    Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() })
}

/// A process with these arguments that has sent its request.
fn asking(issuer: &Issuer, cache: &Path, arguments: &[&str]) -> Child {
    let mut command = parallel::command(issuer, cache);
    let asked = issuer.requests().len();
    let child = command.args(arguments).spawn().unwrap();
    until_asked(issuer, asked + 1);
    child
}

fn kill(mut child: Child) {
    parallel::signal(&child, Signal::SIGKILL);
    child.wait().unwrap();
}

fn assert_silent_success(output: &Output) {
    assert!(output.status.success() && output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}");
}

/// The tokens in the revocation requests.
fn revoked(issuer: &Issuer) -> Vec<String> {
    issuer.requests().iter().filter_map(|request| request.field("token")).map(|token| format!("{token}\n")).collect()
}

#[test]
fn a_new_token_waits_for_the_revocation_and_stays() {
    let (issuer, cache) = (slow(), cache());
    let token = call(&issuer, &cache).succeeds();
    let revoking = asking(&issuer, cache.path(), &["revoke"]);
    let refresh = || {
        let mut command = parallel::command(&issuer, cache.path());
        command.arg("--refresh");
        command
    };
    let got = parallel::tokens(parallel::run(8, refresh));
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert_eq!((paths(&issuer), issuer.most_at_once()), (vec!["token".into(), "revoke".into(), "token".into()], 1));
    assert_eq!((parallel::different(got.clone()), revoked(&issuer)), (1, vec![token]));
    assert_eq!(call(&issuer, &cache).succeeds(), got[0]);
}

#[test]
fn of_two_at_once_one_revokes_and_the_other_finds_nothing() {
    let (issuer, cache) = (slow(), cache());
    call(&issuer, &cache).succeeds();
    let revoking = asking(&issuer, cache.path(), &["revoke", "-v"]);
    let (_, said) = call(&issuer, &cache).args(["revoke", "-v"]).succeeds_saying();
    assert!(said.ends_with("scope and client authentication\n"), "{said}");
    let output = revoking.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("the cached token was revoked"), "{said}");
    assert_eq!(paths(&issuer), ["token", "revoke"]);
}

#[test]
fn the_next_revoke_finishes_for_a_killed_one() {
    let replies = vec![Reply::Keycloak, Reply::Hang, Reply::Keycloak];
    let (issuer, cache) = (Issuer::start(Setup { replies, ..Setup::default() }), cache());
    let token = call(&issuer, &cache).succeeds();
    kill(asking(&issuer, cache.path(), &["revoke"]));
    call(&issuer, &cache).arg("revoke").succeeds();
    assert_eq!(revoked(&issuer), [token.clone(), token.clone()]);
    assert_ne!(call(&issuer, &cache).succeeds(), token);
}

/// `revoke` revokes the token that is cached when it gets the lock.
#[test]
fn a_token_that_comes_first_is_the_one_that_is_revoked() {
    let (issuer, cache) = (slow(), cache());
    call(&issuer, &cache).succeeds();
    let refreshing = asking(&issuer, cache.path(), &["--refresh"]);
    call(&issuer, &cache).arg("revoke").succeeds();
    let new = String::from_utf8(refreshing.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(revoked(&issuer), [new]);
}

#[test]
fn a_process_that_hangs_with_the_lock_does_not_block() {
    let replies = vec![Reply::Keycloak, Reply::Hang, Reply::Keycloak];
    let (issuer, cache) = (Issuer::start(Setup { replies, ..Setup::default() }), cache());
    let token = call(&issuer, &cache).succeeds();
    let hanging = asking(&issuer, cache.path(), &["--refresh"]);
    let id = hanging.id();
    let (_, said) = call(&issuer, &cache).args(["revoke", "--timeout", "3s"]).succeeds_saying();
    kill(hanging);
    let warning = format!("catena-token: warning: process {id} has held the lock of this token for too long");
    assert!(said.starts_with(&warning) && said.lines().count() == 1, "{said}");
    assert_eq!(revoked(&issuer), [token]);
}

/// The deletion of a given token's copy takes a second, in which a newer token could replace it.
#[test]
#[ignore = "needs strace"]
fn a_given_token_does_not_take_a_newer_one_with_it() {
    shell::assert_installed("strace");
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    let mut revoke = parallel::command(&issuer, cache.path());
    revoke.args(["revoke", "-"]);
    let inject = "inject=unlink,unlinkat:delay_enter=1000000";
    let mut revoke = parallel::within(&["strace", "-f", "-o", "/dev/null", "-e", inject], &revoke);
    let mut revoking = revoke.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    revoking.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    until_asked(&issuer, 2);
    let new = call(&issuer, &cache).arg("--refresh").succeeds();
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert_eq!(call(&issuer, &cache).succeeds(), new);
    assert_eq!(revoked(&issuer), [token]);
}
