//! `revoke` and the cache: what is kept is ended and forgotten, or stays as it was.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::kept::{file, files};
use crate::support::many::{self, until_asked};
use crate::support::{Tool, shell};

fn cache() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn call(issuer: &Issuer, cache: &TempDir) -> Tool {
    Tool::asking(issuer).keeping_in(cache.path()).env("CATENA_RETRIES", "0")
}

fn paths(issuer: &Issuer) -> Vec<String> {
    issuer.requests().iter().map(|request| request.path.rsplit('/').next().unwrap().to_owned()).collect()
}

#[test]
fn the_kept_token_is_ended_and_forgotten() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    assert_eq!(call(&issuer, &cache).arg("revoke").succeeds(), "");
    assert_eq!(issuer.requests()[1].field("token").as_deref(), Some(token.trim_end()));
    assert!(files(cache.path(), ".token").is_empty() && files(cache.path(), ".revoking").is_empty());
    assert_ne!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(paths(&issuer), ["token", "revoke", "token"]);
}

/// Nobody is asked for a secret that is of no use.
#[test]
fn with_nothing_kept_nothing_is_asked() {
    let issuer = Issuer::start(Setup { may_be_idle: true, ..Setup::default() });
    let cache = cache();
    let ran = cache.path().join("ran");
    let command = || {
        let call =
            Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", format!("touch {}", ran.display()));
        call.arg("revoke")
    };
    for arguments in [&[][..], &["--all"], &["--no-cache"]] {
        command().keeping_in(&cache.path().join("none")).args(arguments).succeeds();
        let (_, said) = command().args(arguments).arg("-v").succeeds_saying();
        assert!(said.contains("no token of this client is kept: there is nothing to revoke"), "{said}");
    }
    command().unset("HOME").succeeds();
    assert!(!ran.exists() && !cache.path().join("none").exists());
}

#[test]
fn whatever_the_service_does_not_end_stays_kept() {
    let unmatching = Reply::json(400, r#"{"error":"invalid_request","error_description":"Unmatching clients"}"#);
    for (reply, code) in [
        (Reply::http(503, "", ""), 5),
        (Reply::Close, 5),
        (unmatching, 4),
        (Reply::http(200, "text/html", "<html>"), 7),
        (Reply::http(302, "", ""), 6),
    ] {
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
fn a_token_that_is_given_is_forgotten_wherever_it_is_kept() {
    let (issuer, cache) = (Issuer::http(), cache());
    let other_scope = || call(&issuer, &cache).args(["--scope", ""]);
    let (token, other) = (call(&issuer, &cache).succeeds(), other_scope().succeeds());
    // Asked for another scope than the token's, so that it is not the one that this call would print.
    call(&issuer, &cache).args(["--scope", "", "revoke", "-"]).given(&token).succeeds();
    assert_eq!(other_scope().succeeds(), other);
    assert_ne!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(paths(&issuer), ["token", "token", "revoke", "token"]);
}

#[test]
fn all_are_those_of_this_client() {
    let (issuer, cache) = (Issuer::http(), cache());
    let another = Issuer::http();
    let kinds = [&[][..], &["--scope", ""], &["--client-auth", "basic"]];
    for kind in kinds {
        call(&issuer, &cache).args(kind).succeeds();
    }
    let foreign = call(&another, &cache).succeeds();
    let (_, said) = call(&issuer, &cache).args(["revoke", "--all", "-v"]).succeeds_saying();
    assert!(said.contains("3 tokens were revoked: an API that checks tokens offline accepts them until 20"), "{said}");
    assert_eq!(paths(&issuer), ["token", "token", "token", "revoke", "revoke", "revoke"]);
    assert_eq!(call(&another, &cache).succeeds(), foreign);
    assert_eq!(another.requests().len(), 1);
    assert_eq!(files(cache.path(), ".token").len(), 1);
}

#[test]
fn a_refusal_of_one_does_not_spare_the_others() {
    let refusal = Reply::json(400, r#"{"error":"invalid_request","error_description":"Unmatching clients"}"#);
    let replies = vec![Reply::Keycloak, Reply::Keycloak, refusal, Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    call(&issuer, &cache).args(["--scope", ""]).succeeds();
    let (code, _, said) = call(&issuer, &cache).args(["revoke", "--all", "-v"]).run();
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("the token was revoked") && said.contains("error: not revoked: "), "{said}");
    assert_eq!(files(cache.path(), ".token").len(), 1);
}

#[test]
fn a_token_of_another_secret_is_named_and_stays() {
    let (issuer, cache) = (Issuer::http(), cache());
    let token = call(&issuer, &cache).succeeds();
    let other = "another-secret-of-that-client";
    let (_, said) =
        call(&issuer, &cache).env("CATENA_CLIENT_SECRET", other).secret_is(other).arg("revoke").succeeds_saying();
    let warning = "warning: a token of this client is kept that this secret does not open: it was not ended\n";
    assert_eq!(said, format!("catena-token: {warning}"));
    assert_eq!(call(&issuer, &cache).succeeds(), token);
    assert_eq!(issuer.requests().len(), 1);
}

/// A process that revokes and has asked an issuer whose answers take a second.
fn revoking(issuer: &Issuer, cache: &Path) -> std::process::Child {
    let mut command = many::command(issuer, cache);
    let asked = issuer.requests().len();
    let child = command.arg("revoke").spawn().unwrap();
    until_asked(issuer, asked + 1);
    child
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
    let mut killed = revoking(&issuer, cache.path());
    many::signal(&killed, Signal::SIGKILL);
    killed.wait().unwrap();
    let new = call(&issuer, &cache).succeeds();
    assert_ne!(new, token);
    let (_, said) = call(&issuer, &cache).args(["revoke", "-v"]).succeeds_saying();
    assert!(said.contains("2 tokens were revoked"), "{said}");
    let ended: Vec<String> = issuer.requests()[3..].iter().map(|request| request.field("token").unwrap()).collect();
    assert!(ended.contains(&token.trim_end().to_owned()) && ended.contains(&new.trim_end().to_owned()));
    assert!(files(cache.path(), ".revoking").is_empty() && files(cache.path(), ".token").is_empty());
}

#[test]
fn clear_takes_what_a_killed_one_left() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, Reply::Hang], ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    let mut killed = revoking(&issuer, cache.path());
    many::signal(&killed, Signal::SIGKILL);
    killed.wait().unwrap();
    Tool::bare().keeping_in(cache.path()).args(["cache", "clear"]).succeeds();
    assert!(files(cache.path(), ".revoking").is_empty());
}

/// What is handed on to those who wait is a copy, too.
#[test]
fn a_token_without_a_lifetime_is_forgotten_where_it_is_handed_on() {
    let issuer = Issuer::start(Setup { expires_in: "", ..Setup::default() });
    let cache = cache();
    let token = call(&issuer, &cache).succeeds();
    assert_eq!(files(cache.path(), ".outcome").len(), 1);
    call(&issuer, &cache).args(["revoke", "-"]).given(&token).succeeds();
    assert!(files(cache.path(), ".outcome").is_empty());
}

/// Root may write everywhere: the test needs another user.
#[test]
#[ignore = "needs root and setpriv"]
fn a_directory_that_cannot_be_written_to_is_a_warning() {
    shell::assert_installed("setpriv");
    let (issuer, cache) = (Issuer::http(), cache());
    std::os::unix::fs::chown(cache.path(), Some(65_534), Some(65_534)).unwrap();
    let as_nobody = |words: &[&str]| {
        let mut call = many::command(&issuer, cache.path());
        call.args(words);
        many::within(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], &call).output().unwrap()
    };
    assert!(as_nobody(&[]).status.success());
    let mode = |mode| fs::set_permissions(cache.path(), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o500);
    let output = as_nobody(&["revoke"]);
    mode(0o700);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("warning: the kept token is ended and cannot be removed"),
        "{said}"
    );
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
    // Even if somebody had a copy of the file, nothing opens it but the secret; and the other one's key is still there.
    fs::write(&path, sealed).unwrap();
    let listed = list();
    assert_eq!((listed.matches(CLIENT_ID).count(), listed.matches("sealed").count()), (1, 1), "{listed}");
}
