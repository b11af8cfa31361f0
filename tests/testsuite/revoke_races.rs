//! Processes that revoke beside others: nobody prints what is being ended, and what one leaves another one ends.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup};
use nix::sys::signal::Signal;

use crate::support::Tool;
use crate::support::kept::{file, files};
use crate::support::many::{self, until_asked};
use crate::support::revoking::{cache, call, paths};

/// A process that revokes and has asked an issuer whose answers take a second.
fn revoking(issuer: &Issuer, cache: &Path) -> std::process::Child {
    let mut command = many::command(issuer, cache);
    let asked = issuer.requests().len();
    let child = command.arg("revoke").spawn().unwrap();
    until_asked(issuer, asked + 1);
    child
}

/// One that asked, and is killed before the answer.
fn kill_while_revoking(issuer: &Issuer, cache: &Path) {
    let mut killed = revoking(issuer, cache);
    many::signal(&killed, Signal::SIGKILL);
    killed.wait().unwrap();
}

fn assert_silent_success(output: &Output) {
    assert!(output.status.success() && output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn nobody_finds_a_token_that_is_being_ended() {
    let issuer = Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    let revoking = revoking(&issuer, cache.path());
    assert!(files(cache.path(), ".token").is_empty());
    assert_eq!(files(cache.path(), ".revoking").len(), 1);
    // The lock is held: who wants a token meanwhile asks for it afterwards, all of them once.
    let got = many::tokens(many::run(8, || many::command(&issuer, cache.path())));
    assert!(many::different(got.clone()) == 1 && got[0] != token);
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert_eq!((paths(&issuer), issuer.most_at_once()), (vec!["token".into(), "revoke".into(), "token".into()], 1));
    assert_eq!(call(&issuer, &cache).succeeds(), got[0]);
    assert!(files(cache.path(), ".revoking").is_empty());
}

#[test]
fn one_that_was_killed_leaves_no_token_to_be_found_and_one_to_be_ended() {
    let replies = vec![Reply::Keycloak, Reply::Hang, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    kill_while_revoking(&issuer, cache.path());
    let new = call(&issuer, &cache).succeeds();
    assert_ne!(new, token);
    let (_, said) = call(&issuer, &cache).args(["revoke", "-v"]).succeeds_saying();
    assert!(said.contains("2 kept tokens were revoked"), "{said}");
    let ended: Vec<String> = issuer.requests()[3..].iter().map(|request| request.field("token").unwrap()).collect();
    assert!(ended.contains(&token.trim_end().to_owned()) && ended.contains(&new.trim_end().to_owned()));
    assert!(files(cache.path(), ".revoking").is_empty() && files(cache.path(), ".token").is_empty());
}

/// Two revoke at once, and the first one's request is never answered: whichever of them ends it, no call prints it.
#[test]
fn one_who_revokes_does_not_undo_what_another_does() {
    for second in [Reply::http(200, "", ""), Reply::http(503, "", "")] {
        let replies = vec![Reply::Keycloak, Reply::Hang, second, Reply::Keycloak];
        let issuer = Issuer::start(Setup { replies, ..Setup::default() });
        let cache = cache();
        let token = call(&issuer, &cache).succeeds();
        let mut first = many::command(&issuer, cache.path());
        let first = first.args(["revoke", "--timeout", "6s", "--retries", "0"]).spawn().unwrap();
        until_asked(&issuer, 2);
        // It gives up waiting for the lock before the first one's time is over.
        let (_, _, said) = call(&issuer, &cache).args(["revoke", "--timeout", "3s"]).run();
        assert!(said.contains("warning: another process has been asking for this token for too long"), "{said}");
        let first = first.wait_with_output().unwrap();
        assert_eq!(first.status.code(), Some(5));
        assert_ne!(call(&issuer, &cache).succeeds(), token);
    }
}

#[test]
fn a_given_token_does_not_take_the_place_of_one_that_was_left() {
    let replies = vec![Reply::Keycloak, Reply::Hang, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let left = call(&issuer, &cache).succeeds();
    kill_while_revoking(&issuer, cache.path());
    let new = call(&issuer, &cache).succeeds();
    call(&issuer, &cache).args(["revoke", "-"]).given(&new).succeeds();
    call(&issuer, &cache).arg("revoke").succeeds();
    let last = issuer.requests().last().unwrap().field("token");
    assert_eq!(last.as_deref(), Some(left.trim_end()));
}

/// The one that was kept when it was typed is meant, also when another one has taken its place.
#[test]
fn a_token_that_is_replaced_meanwhile_is_ended_too() {
    let issuer = Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    let refreshing = many::command(&issuer, cache.path()).arg("--refresh").spawn().unwrap();
    until_asked(&issuer, 2);
    let (_, said) = call(&issuer, &cache).args(["revoke", "-v"]).succeeds_saying();
    assert!(said.contains("2 kept tokens were revoked"), "{said}");
    let new = String::from_utf8(refreshing.wait_with_output().unwrap().stdout).unwrap();
    let ended: Vec<String> = issuer.requests()[2..].iter().filter_map(|request| request.field("token")).collect();
    assert!(ended.contains(&token.trim_end().to_owned()) && ended.contains(&new.trim_end().to_owned()));
}

/// Nobody waits for one who waits for the service.
#[test]
fn who_is_asked_to_wait_holds_nobody_up() {
    let wait = Reply::http(503, "", "").header("Retry-After", "5");
    let replies = vec![Reply::Keycloak, wait, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    let revoking = revoking(&issuer, cache.path());
    let kept = call(&issuer, &cache).succeeds();
    assert_ne!(kept, token);
    assert_eq!(paths(&issuer), ["token", "revoke", "token"], "it did not wait for the other one's second request");
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert_eq!(call(&issuer, &cache).succeeds(), kept);
    assert_eq!(paths(&issuer), ["token", "revoke", "token", "revoke"]);
}

#[test]
fn clear_takes_what_a_killed_one_left() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::Hang], ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    kill_while_revoking(&issuer, cache.path());
    Tool::bare().keeping_in(cache.path()).args(["cache", "clear"]).succeeds();
    assert!(files(cache.path(), ".revoking").is_empty());
}

/// Whoever asks for a token while this one waits for the service keeps what it gets.
#[test]
fn a_token_that_comes_meanwhile_stays() {
    let wait = Reply::http(503, "", "").header("Retry-After", "5");
    let replies = vec![Reply::Keycloak, Reply::Close, Reply::Keycloak, wait, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    call(&issuer, &cache).arg("revoke").fails(5);
    call(&issuer, &cache).succeeds();
    // Two are to be ended: one that was left, and the kept one.
    let revoking = revoking(&issuer, cache.path());
    let new = call(&issuer, &cache).arg("--refresh").succeeds();
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert_eq!(call(&issuer, &cache).succeeds(), new);
    let ended: Vec<String> = issuer.requests()[3..].iter().filter_map(|request| request.field("token")).collect();
    assert!(!ended.contains(&new.trim_end().to_owned()) && files(cache.path(), ".revoking").is_empty());
}

/// Without the lock: whoever has it may be about to put another one there.
#[test]
fn nothing_is_put_back_without_the_lock() {
    let wait = Reply::http(503, "", "").header("Retry-After", "1");
    let replies = vec![Reply::Keycloak, wait, Reply::Hang, Reply::http(503, "", "")];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    let mut command = many::command(&issuer, cache.path());
    let revoking = command.args(["revoke", "--timeout", "6s", "--retries", "1"]).spawn().unwrap();
    until_asked(&issuer, 2);
    let mut fetching = many::command(&issuer, cache.path()).spawn().unwrap();
    until_asked(&issuer, 3);
    let output = revoking.wait_with_output().unwrap();
    many::signal(&fetching, Signal::SIGKILL);
    fetching.wait().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(5) && said.contains("error: not revoked after 2 tries: "), "{said}");
    assert!(files(cache.path(), ".token").is_empty() && files(cache.path(), ".revoking").len() == 1);
}

/// As a process does it that set it aside before.
#[test]
fn a_copy_that_is_put_back_meanwhile_goes_too() {
    let issuer = Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    let kept = file(cache.path(), ".token");
    let revoking = revoking(&issuer, cache.path());
    std::fs::copy(file(cache.path(), ".revoking"), &kept).unwrap();
    assert_silent_success(&revoking.wait_with_output().unwrap());
    assert!(!kept.exists() && files(cache.path(), ".revoking").is_empty());
}
