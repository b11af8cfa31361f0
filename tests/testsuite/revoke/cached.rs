//! `revoke` and the cache: a cached token is revoked and removed, or stays unchanged.

use std::fs;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::cache_files::{file, files};
use crate::support::parallel;
use crate::support::revoking::{cache, call, paths};
use crate::support::{Tool, shell};

#[test]
fn the_cached_token_is_revoked_and_removed() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    assert_eq!(call(&issuer, &cache).arg("revoke").succeeds(), "");
    assert_eq!(issuer.requests()[1].field("token").as_deref(), Some(token.trim_end()));
    assert!(files(cache.path(), ".token").is_empty());
    assert_ne!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(paths(&issuer), ["token", "revoke", "token"]);
}

/// A secret that is not needed is not fetched.
#[test]
fn without_a_cached_token_there_is_no_request() {
    let issuer = Issuer::idle();
    let cache = cache();
    let ran = cache.path().join("ran");
    let command = || {
        let call =
            Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", format!("touch {}", ran.display()));
        call.arg("revoke")
    };
    // A lock file is not a token.
    fs::write(cache.path().join(format!("{}.lock", "0".repeat(32))), "").unwrap();
    for (arguments, why) in [
        (&[][..], "no token is cached for this client, scope and client authentication"),
        (&["--all"], "no token is cached for this client"),
    ] {
        command().keeping_in(&cache.path().join("none")).args(arguments).succeeds();
        let (_, said) = command().env("CATENA_CACHE_DIR", cache.path()).args(arguments).arg("-v").succeeds_saying();
        assert!(said.contains(&format!("catena-token: nothing to revoke: {why}")), "{said}");
    }
    // Without a cache there is a warning; with --no-cache it is a usage error.
    for nowhere in [command().unset("HOME"), command().env("CATENA_NO_CACHE", "1")] {
        let (_, said) = nowhere.succeeds_saying();
        assert!(said.contains("warning: nothing revoked: there is no cache"), "{said}");
    }
    assert_eq!(command().arg("--no-cache").fails(2).error.split(':').next(), Some("no token to revoke"));
    assert!(!ran.exists() && !cache.path().join("none").exists());
}

#[test]
fn a_token_that_is_not_revoked_stays_cached() {
    let unmatching = Reply::json(400, r#"{"error":"invalid_request","error_description":"Unmatching clients"}"#);
    for (reply, code) in [503, 502, 429]
        .map(|status| (Reply::http(status, "", ""), 5))
        .into_iter()
        .chain([(unmatching, 4), (Reply::http(302, "", ""), 6)])
    {
        let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, reply], ..Setup::default() });
        let cache = cache();
        let token = call(&issuer, &cache).succeeds();
        call(&issuer, &cache).arg("revoke").fails(code);
        assert_eq!(call(&issuer, &cache).succeeds(), token, "{code}");
        call(&issuer, &cache).args(["revoke", "-"]).given(&token).fails(code);
        assert_eq!(call(&issuer, &cache).succeeds(), token, "{code}");
        assert_eq!(issuer.requests().len(), 3);
    }
}

#[test]
fn an_unreachable_service_revokes_nothing() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    let url = issuer.url();
    drop(issuer);
    let gone = || Tool::at(&url, CLIENT_ID, CLIENT_SECRET).keeping_in(cache.path()).env("CATENA_RETRIES", "0");
    gone().arg("revoke").fails(5);
    assert_eq!(gone().succeeds(), token);
}

/// The request was sent, but the response is incomplete: no call may print the token.
#[test]
fn a_token_that_may_be_revoked_is_deleted_with_a_warning() {
    let cut = Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec());
    let html = Reply::http(200, "text/html", "<html>");
    for (reply, code) in [(Reply::Close, 5), (cut, 5), (Reply::Hang, 5), (html, 7)] {
        let issuer =
            Issuer::start(Setup { replies: vec![Reply::Keycloak, reply, Reply::Keycloak], ..Setup::default() });
        let cache = cache();
        let token = call(&issuer, &cache).succeeds();
        let (status, _, said) = call(&issuer, &cache).args(["revoke", "--timeout", "500ms"]).run();
        assert_eq!(status, Some(code), "{said}");
        let warning = "warning: the cached token was deleted because it may have been revoked: if it was not, it is \
                       valid until 20";
        assert!(said.contains(warning) && said.contains("error: cannot tell whether the token was revoked"), "{said}");
        assert!(files(cache.path(), ".token").is_empty());
        assert_ne!(call(&issuer, &cache).succeeds(), token, "{code}");
    }
}

#[test]
fn a_given_token_is_removed_from_every_cache_entry() {
    let (issuer, cache) = (Issuer::http(), cache());
    let other_scope = || call(&issuer, &cache).args(["--scope", ""]);
    let (token, other) = (call(&issuer, &cache).succeeds(), other_scope().succeeds());
    // With another scope than the token's, so that this call would not print it.
    call(&issuer, &cache).env("CATENA_SCOPE", "another").args(["revoke", "-"]).given(&token).succeeds();
    assert_eq!(other_scope().succeeds(), other);
    assert_ne!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(paths(&issuer), ["token", "token", "revoke", "token"]);
}

/// The issuer issues the same token twice.
#[test]
fn a_token_that_is_cached_twice_is_revoked_once() {
    let token = || Reply::json(200, r#"{"access_token":"the-same-token","token_type":"Bearer","expires_in":300}"#);
    let replies = vec![token(), token(), Reply::http(200, "", ""), token()];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    for scope in ["a", "b"] {
        call(&issuer, &cache).args(["--scope", scope]).succeeds();
    }
    let (_, said) = call(&issuer, &cache).args(["revoke", "-", "-v"]).stdin("the-same-token").succeeds_saying();
    assert!(said.contains("the token was revoked"), "{said}");
    assert_eq!(paths(&issuer), ["token", "token", "revoke"]);
    assert!(files(cache.path(), ".token").is_empty());
}

#[test]
fn a_token_of_another_secret_is_reported_and_stays() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    let other = "another-secret-of-that-client";
    let (_, said) =
        call(&issuer, &cache).env("CATENA_CLIENT_SECRET", other).secret_is(other).arg("revoke").succeeds_saying();
    let warning = "nothing revoked: the cached tokens are encrypted with another secret (1)";
    assert_eq!(said, format!("catena-token: warning: {warning}\n"));
    let all = call(&issuer, &cache).env("CATENA_CLIENT_SECRET", other).secret_is(other).args(["revoke", "--all"]);
    let (_, said) = all.succeeds_saying();
    assert!(said.ends_with("nothing revoked: the cached tokens are encrypted with another secret (1)\n"), "{said}");
    assert_eq!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(issuer.requests().len(), 1);
}

/// Root may write everywhere: the test needs another user.
#[test]
#[ignore = "needs root and setpriv"]
fn an_entry_that_cannot_be_removed_is_an_error() {
    shell::assert_installed("setpriv");
    let (issuer, cache) = (Issuer::http(), cache());
    std::os::unix::fs::chown(cache.path(), Some(65_534), Some(65_534)).unwrap();
    let as_nobody = |words: &[&str]| parallel::by_nobody(&issuer, cache.path(), words);
    assert!(as_nobody(&[]).status.success());
    let mode = |mode| fs::set_permissions(cache.path(), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o500);
    let output = as_nobody(&["revoke"]);
    mode(0o700);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let error = "error: cannot remove the cached token: permission denied";
    assert!(said.contains(error), "{said}");
    assert_eq!(paths(&issuer), ["token", "revoke"]);
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn the_remembered_key_is_forgotten_with_its_token() {
    let (issuer, cache) = (Issuer::http(), cache());
    let secret = format!("printf %s {CLIENT_SECRET}");
    let call = || Tool::without_secret(&issuer).keeping_in(cache.path()).env("CATENA_CLIENT_SECRET_COMMAND", &secret);
    let list = || Tool::bare().keeping_in(cache.path()).args(["cache", "list"]).succeeds();
    call().succeeds();
    let path = file(cache.path(), ".token");
    let sealed = fs::read(&path).unwrap();
    call().args(["--scope", ""]).succeeds();
    assert_eq!(list().matches(CLIENT_ID).count(), 2);
    call().arg("revoke").succeeds();
    // A copy of the file could be opened by the secret alone; the other token's key is still remembered.
    fs::write(&path, sealed).unwrap();
    let listed = list();
    assert_eq!((listed.matches(CLIENT_ID).count(), listed.matches("encrypted").count()), (1, 1), "{listed}");
}

/// `Retry-After`, a wait, and another failure.
#[test]
fn after_a_wait_the_token_is_still_there() {
    let wait = Reply::http(503, "", "").header("Retry-After", "1");
    let replies = vec![Reply::Keycloak, wait, Reply::http(503, "", "")];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    call(&issuer, &cache).env("CATENA_RETRIES", "1").arg("revoke").fails(5);
    assert_eq!(call(&issuer, &cache).succeeds(), token);
}

/// The first request may have revoked it, whatever the response to the second.
#[test]
fn an_unknown_outcome_outlasts_the_next_try() {
    let replies = vec![Reply::Keycloak, Reply::Close, Reply::http(503, "", ""), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    let (code, _, said) = call(&issuer, &cache).env("CATENA_RETRIES", "1").arg("revoke").run();
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("error: cannot tell whether the token was revoked after 2 attempts: "), "{said}");
    assert_ne!(call(&issuer, &cache).succeeds(), token);
}

/// Settings that only matter for a new token are not checked.
#[test]
fn an_unused_scope_is_not_checked() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    let wrong = || call(&issuer, &cache).env("CATENA_SCOPE", "not\"a\"scope");
    wrong().args(["revoke", "-"]).given(&token).succeeds();
    wrong().args(["revoke", "--all"]).succeeds();
    wrong().arg("revoke").fails(2);
}

/// A file that does not open may have any head.
#[test]
fn a_damaged_file_is_one_that_does_not_open() {
    let (issuer, cache) = (Issuer::http(), cache());
    call(&issuer, &cache).succeeds();
    let path = file(cache.path(), ".token");
    let good = fs::read(&path).unwrap();
    for at in [40, 42, 47, 60] {
        let mut damaged = good.clone();
        // Some of these bytes are random and may already be 0xff.
        damaged[at] = if good[at] == 0xff { 0xfe } else { 0xff };
        fs::write(&path, damaged).unwrap();
        let (_, said) = call(&issuer, &cache).arg("revoke").succeeds_saying();
        assert!(said.contains("warning: nothing revoked"), "{said}");
        call(&issuer, &cache).args(["revoke", "--all"]).succeeds_saying();
    }
    assert_eq!(issuer.requests().len(), 1);
}

/// The service revokes nothing here, so the token stays cached, and every `revoke` must find it.
#[test]
fn every_concurrent_revoke_finds_the_token() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::http(503, "", "")], ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    for _ in 0..8 {
        let revoke = || {
            let mut command = parallel::command(&issuer, cache.path());
            command.args(["revoke", "--retries", "0"]);
            command
        };
        for output in parallel::run(8, revoke) {
            assert_eq!(output.status.code(), Some(5), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(issuer.requests().len(), 65);
    let list = Tool::bare().keeping_in(cache.path()).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    assert_eq!(list.args(["cache", "list"]).succeeds().lines().count(), 2);
}

#[test]
#[ignore = "needs the kernel's keyring, which a container may forbid"]
fn the_key_of_a_newer_token_stays() {
    let replies = vec![Reply::Keycloak, Reply::Close, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    let runs = cache.path().join("runs");
    let secret = format!("echo run >> {}; printf %s {CLIENT_SECRET}", runs.display());
    let call = || {
        let call = Tool::without_secret(&issuer).keeping_in(cache.path()).env("CATENA_RETRIES", "0");
        call.env("CATENA_CLIENT_SECRET_COMMAND", &secret)
    };
    let left = call().succeeds();
    assert_eq!(call().arg("revoke").run().0, Some(5));
    let newer = call().succeeds();
    call().args(["revoke", "-"]).given(&left).succeeds();
    let before = fs::read_to_string(&runs).unwrap();
    assert_eq!(call().succeeds(), newer);
    assert_eq!(fs::read_to_string(&runs).unwrap(), before, "the secret was not asked for");
}
