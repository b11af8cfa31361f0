//! One token for machines with a store between them.

use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup};
use tempfile::TempDir;

use crate::support::parallel::{self, different, tokens};
use crate::support::store::{Conduct, Store};
use crate::support::{Tool, shell};

/// A call on a machine of its own.
fn machine(issuer: &Issuer, store: &Store) -> Tool {
    Tool::asking(issuer).env("CATENA_CACHE", store.url())
}

/// A slow service, so that all start before the first response.
fn slow() -> Issuer {
    Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() })
}

/// `count` calls at once, each on a machine of its own.
fn crowd(count: usize, issuer: &Issuer, store: &Store, words: &[&str]) -> Vec<String> {
    let homes: Vec<TempDir> = (0..count).map(|_| tempfile::tempdir().unwrap()).collect();
    let mut homes = homes.iter();
    tokens(parallel::run(count, || {
        let mut command = parallel::command(issuer, homes.next().unwrap().path());
        command.env("CATENA_CACHE", store.url()).args(words);
        command
    }))
}

#[test]
fn the_second_machine_makes_no_request() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let token = machine(&issuer, &store).succeeds();
    assert_eq!(machine(&issuer, &store).succeeds(), token);
    assert_eq!(issuer.requests().len(), 1);
    let (again, said) = machine(&issuer, &store).arg("-v").succeeds_saying();
    assert_eq!(again, token);
    assert!(said.contains(&format!("using the token in the shared cache at {}, valid for", store.address)), "{said}");
    assert!(said.contains("cached the token, encrypted, in"), "{said}");
    // A look, the claim, and the result: three writes.
    assert_eq!(store.commands()[..9].join(" "), "PTTL PTTL MGET SET PTTL PTTL MGET SET DEL");
}

#[test]
fn a_local_hit_opens_no_connection_to_the_store() {
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let call = || machine(&issuer, &store).keeping_in(cache.path());
    let token = call().succeeds();
    let connections = store.state().connections;
    store.state().conduct = Conduct::Close;
    assert_eq!(call().succeeds(), token);
    assert_eq!(store.state().connections, connections);
}

#[test]
#[ignore = "needs strace"]
fn a_local_hit_opens_no_socket() {
    shell::assert_installed("strace");
    let (issuer, store, cache) = (Issuer::http(), Store::start(), tempfile::tempdir().unwrap());
    let mut call = parallel::command(&issuer, cache.path());
    call.env("CATENA_CACHE", store.url());
    let trace = tempfile::NamedTempFile::new().unwrap();
    let words = ["strace", "-f", "-e", "trace=%network", "-o", trace.path().to_str().unwrap()];
    let traced = || {
        tokens(parallel::run(1, || parallel::within(&words, &call)));
        std::fs::read_to_string(trace.path()).unwrap()
    };
    assert!(traced().contains("socket("));
    let hit = traced();
    assert!(!hit.contains("socket("), "{hit}");
}

#[test]
fn many_machines_at_once_make_one_request() {
    let (issuer, store) = (slow(), Store::start());
    assert_eq!(different(crowd(50, &issuer, &store, &[])), 1);
    assert_eq!(issuer.requests().len(), 1);
}

#[test]
fn broken_connections_cost_no_request() {
    let (issuer, store) = (slow(), Store::behaving(Conduct::Resets));
    assert_eq!(different(crowd(30, &issuer, &store, &[])), 1);
    assert_eq!(issuer.requests().len(), 1);
}

#[test]
fn refresh_takes_only_a_token_that_was_requested_later() {
    let (issuer, store) = (slow(), Store::start());
    let old = machine(&issuer, &store).succeeds();
    let got = crowd(20, &issuer, &store, &["--refresh"]);
    assert!(!got.contains(&old));
    assert!((2..=4).contains(&issuer.requests().len()), "{}", issuer.requests().len());
}

#[test]
fn without_a_directory_the_store_alone_serves() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let call = || machine(&issuer, &store).unset("HOME");
    let token = call().succeeds();
    assert_eq!(call().succeeds(), token);
    assert_eq!(issuer.requests().len(), 1);
    // A directory that cannot be made (readOnlyRootFilesystem) is no reason for a warning either.
    let call = || machine(&issuer, &store).env("CATENA_CACHE_DIR", "/proc/none");
    assert_eq!(call().succeeds(), token);
    store.clear();
    assert_ne!(call().succeeds(), token);
}

#[test]
fn no_cache_is_for_both_tiers() {
    let (issuer, store) = (Issuer::http(), Store::start());
    machine(&issuer, &store).arg("--no-cache").succeeds();
    assert_eq!(store.state().connections, 0);
}

#[test]
fn a_short_secret_and_an_assertion_are_not_shared() {
    let secret = "fifteen-bytes-x";
    let (issuer, store) = (Issuer::start(Setup { secret: secret.into(), ..Setup::default() }), Store::start());
    let call = || machine(&issuer, &store).env("CATENA_CLIENT_SECRET", secret).secret_is(secret);
    let (_, said) = call().succeeds_saying();
    assert!(said.contains("warning: the shared cache is not used: the secret has 15 bytes"), "{said}");
    assert_eq!((said.lines().count(), store.state().connections), (1, 0));
    let issuer =
        Issuer::replying(Reply::json(200, r#"{"access_token":"opaque","token_type":"Bearer","expires_in":300}"#));
    let claims = format!(r#"{{"iss":"https://ci","sub":"acme","aud":"{}","exp":9999999999}}"#, issuer.url());
    let assertion = issuer.signer().sign(&claims);
    let call = Tool::without_secret(&issuer).env("CATENA_CACHE", store.url()).secret_is(&assertion);
    call.env("CATENA_CLIENT_ASSERTION", &assertion).succeeds();
    assert_eq!(store.state().connections, 0);
}

#[test]
fn the_store_holds_nothing_that_can_be_read() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let token = machine(&issuer, &store).succeeds();
    let content = store.content();
    let has = |text: &str| content.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has("catena-token:1:{") && has("}:token"));
    for hidden in [token.trim(), catena_token_issuer::CLIENT_SECRET, "acme", "organization", "localhost", "realms"] {
        assert!(!has(hidden), "{hidden}");
    }
}

#[test]
fn what_an_operator_changes_is_a_miss() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let mut last = machine(&issuer, &store).succeeds();
    let (name, value, left) = store.value(":token").unwrap();
    let mut flipped = value.clone();
    flipped[value.len() / 2] ^= 1;
    let half = &value[..value.len() / 2];
    for (what, changed, left) in [
        ("a bit", &flipped[..], left),
        ("half of it", half, left),
        ("garbage", b"garbage", left),
        ("empty", b"", left),
        ("no end", &value, None),
    ] {
        store.set(&name, changed, left);
        let token = machine(&issuer, &store).succeeds();
        assert_ne!(token, last, "{what}");
        last = token;
    }
    // Another key's value does not open under this name.
    store.clear();
    machine(&issuer, &store).args(["--scope", ""]).succeeds();
    let (_, other, left) = store.value(":token").unwrap();
    store.set(&name, &other, left);
    let asked = issuer.requests().len();
    machine(&issuer, &store).succeeds();
    assert_eq!(issuer.requests().len(), asked + 1);
}

#[test]
fn a_lease_that_never_ends_is_taken_over() {
    let (issuer, store) = (Issuer::http(), Store::start());
    machine(&issuer, &store).succeeds();
    let (name, ..) = store.value(":token").unwrap();
    let lease = String::from_utf8(name).unwrap().replace(":token", ":lease");
    store.clear();
    store.set(lease.as_bytes(), b"persisted", None);
    machine(&issuer, &store).succeeds();
    assert_eq!(issuer.requests().len(), 2);
    // A shorter patience ends with a warning.
    store.clear();
    store.set(lease.as_bytes(), b"persisted", None);
    let (_, said) = machine(&issuer, &store).args(["--timeout", "2s"]).succeeds_saying();
    assert!(said.contains("another machine has been requesting this token for too long"), "{said}");
}

#[test]
fn a_token_without_a_lifetime_releases_those_who_wait() {
    let delay = Duration::from_millis(500);
    let issuer = Issuer::start(Setup { expires_in: "", replies: vec![Reply::Keycloak], delay, ..Setup::default() });
    let store = Store::start();
    assert_eq!(crowd(10, &issuer, &store, &[]).len(), 10);
    assert!(store.value(":token").is_none());
}
