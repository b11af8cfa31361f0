//! Refusals and waits that hold for other machines.

use std::time::Duration;

use catena_token_issuer::{Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::renewing::{Manager, Renewing};
use crate::support::store::Store;

fn machine(issuer: &Issuer, store: &Store) -> Tool {
    Tool::asking(issuer).env("CATENA_CACHE", store.url())
}

#[test]
fn a_refused_secret_is_sent_once() {
    let (issuer, store) = (Issuer::http(), Store::start());
    let wrong = || machine(&issuer, &store).env("CATENA_CLIENT_SECRET", "not-the-secret-at-all");
    assert!(!wrong().fails(4).error.contains("another machine"));
    let failed = wrong().fails(4);
    assert!(failed.error.contains("the response to another machine, "), "{failed:?}");
    assert!(failed.error.contains("; --refresh asks again)"), "{failed:?}");
    assert!(failed.hint.contains("check --issuer, --client-id and the client secret"), "{failed:?}");
    assert_eq!(issuer.requests().len(), 1);
    wrong().arg("--refresh").fails(4);
    wrong().arg("--no-cache").fails(4);
    assert_eq!(issuer.requests().len(), 3);
    // Another secret has keys of its own.
    machine(&issuer, &store).succeeds();
}

/// An assertion depends on the machine's settings and clock.
#[test]
fn a_refused_signing_key_stops_no_other_machine() {
    let refused = Reply::json(401, r#"{"error":"invalid_client"}"#);
    let (key, replies) = (Signer::new("ES256", "own"), vec![refused, Reply::Keycloak]);
    let pem = key.pem();
    let setup = Setup { client_key: Some(key), replies, ..Setup::default() };
    let (issuer, store) = (Issuer::start(setup), Store::start());
    let machine = || machine(&issuer, &store).env("CATENA_CLIENT_SECRET", "").key_file(&pem);
    machine().fails(4);
    machine().succeeds();
}

#[test]
fn a_renewal_asks_again_after_a_refusal() {
    let refused = Reply::json(401, r#"{"error":"invalid_client"}"#);
    let replies = vec![Reply::Keycloak, refused, Reply::Keycloak];
    let issuer = Issuer::start(Setup { expires_in: "6", replies, ..Setup::default() });
    let (store, directory) = (Store::start(), tempfile::tempdir().unwrap());
    let manager = Manager::at(&directory.path().join("notify"));
    let renewing = Renewing::ready(&issuer, &manager, &["--cache", &store.url()]);
    let first = renewing.token();
    renewing.until_another(&first);
    renewing.end();
}

#[test]
fn a_gateway_that_refuses_one_machine_stops_no_other() {
    let replies = vec![Reply::http(403, "text/html", "<title>blocked</title>"), Reply::Keycloak];
    let (issuer, store) = (Issuer::start(Setup { replies, ..Setup::default() }), Store::start());
    machine(&issuer, &store).fails(4);
    machine(&issuer, &store).succeeds();
}

#[test]
fn retry_after_holds_for_the_fleet_for_a_minute_at_most() {
    let limited = Reply::http(429, "text/plain", "slow down").header("Retry-After", "3600");
    let (issuer, store) = (Issuer::start(Setup { replies: vec![limited], ..Setup::default() }), Store::start());
    machine(&issuer, &store).fails(5);
    let failed = machine(&issuer, &store).fails(5);
    assert!(failed.error.contains("the server requested a delay until 20"), "{failed:?}");
    assert_eq!(issuer.requests().len(), 1);
    let (.., left) = store.value(":outcome").unwrap();
    assert!(left.unwrap() <= Duration::from_secs(60), "{left:?}");
}

#[test]
fn after_a_wait_one_machine_asks() {
    let limited = Reply::http(429, "text/plain", "slow down").header("Retry-After", "1");
    let replies = vec![limited, Reply::Keycloak];
    let (issuer, store) = (Issuer::start(Setup { replies, ..Setup::default() }), Store::start());
    let token = machine(&issuer, &store).succeeds();
    assert_eq!(machine(&issuer, &store).succeeds(), token);
    assert_eq!(issuer.requests().len(), 2);
    assert!(store.value(":outcome").is_none(), "a token ends it");
}
