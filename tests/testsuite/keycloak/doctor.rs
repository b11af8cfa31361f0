//! `doctor` and a real Keycloak: every state of a client and of a realm.

use catena_token_issuer::Authority;

use crate::support::Tool;
use crate::support::doctor::{examine, fails_at, warns_at};
use crate::support::keycloak::{Keycloak, REFUSED, secret_of};
use crate::support::workload::with_certificate;

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_good_client_over_https() {
    let keycloak = Keycloak::running();
    let issuer = format!("{}/realms/catena", keycloak.https);
    let report = examine(Tool::at(&issuer, "acme", &secret_of("acme")).args(["--ca-cert", &keycloak.ca]));
    assert_eq!((report.code, report.steps_of("failed").len(), report.steps_of("skipped").len()), (0, 0, 0), "{report}");
    assert_eq!(report.seen("discovery")["issuer"], issuer);
    // Keycloak sends no `Date`.
    assert_eq!((report.status("clock"), &report.seen("clock")["by"]), ("ok", &"the token's 'iat'".into()));
    assert_eq!(report.seen("answer")["client"], "acme");
    assert!(report.seen("answer")["organisations"][0].as_str().unwrap().starts_with("Acme Freight"), "{report}");
    let unknown = || {
        let tool = Tool::at(&issuer, "acme", &secret_of("acme"));
        let other = tool.file("other.pem", Authority::new().pem());
        tool.arg("--ca-cert").arg(other)
    };
    let report = fails_at(unknown, "tls", "that is not in the CA bundle: 'Keycloak test authority'", "CATENA_CA_CERT");
    assert_eq!(report.code, 6);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_state_of_a_client_fails_at_the_request() {
    let keycloak = Keycloak::running();
    for (client, what, hint) in REFUSED {
        let report = fails_at(|| keycloak.client(client), "request", what, hint);
        assert_eq!((report.code, report.status("discovery")), (4, "ok"), "{client}: {report}");
    }
    let wrong = || Tool::at(&keycloak.realm(), "acme", "not-the-secret-of-acme");
    fails_at(wrong, "request", "HTTP 401, unauthorized_client", "check --issuer, --client-id and the client secret");
    let nonsense = || keycloak.client("acme").args(["--scope", "organization nonsense"]);
    fails_at(nonsense, "request", "Invalid scopes: organization nonsense", "--scope");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_state_of_a_realm_fails_at_the_request() {
    let keycloak = Keycloak::running();
    // Without a realm it is an issuer of any kind, which has no discovery document.
    let url = format!("{}/nothing/here", keycloak.http);
    fails_at(|| Tool::at(&url, "acme", &secret_of("acme")), "discovery", "HTTP 404", "/realms/NAME");
    for (path, discovery, hint) in
        [("/realms/nowhere", "warning", "the URL of a realm"), ("/realms/closed", "ok", "the realm is disabled")]
    {
        let url = format!("{}{path}", keycloak.http);
        let report = fails_at(|| Tool::at(&url, "acme", &secret_of("acme")), "request", " refused client 'acme'", hint);
        assert_eq!((report.code, report.status("discovery")), (4, discovery), "{path}: {report}");
    }
}

/// The scope is granted without the claim: the service account is a member of no organisation.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_service_account_without_an_organisation() {
    let keycloak = Keycloak::running();
    let report = warns_at(keycloak.client("odd-secret"), "answer", "names no organisation", "--scope 'organization:*'");
    assert_eq!(report.seen("answer")["granted_scope"], "organization");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_cached_token_is_reported_and_unchanged() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let tool = || keycloak.client("acme").keeping_in(cache.path());
    let token = tool().succeeds();
    let report = examine(tool());
    assert_eq!((report.code, &report.seen("cache")["next_call"]["hit"]), (0, &true.into()), "{report}");
    assert_eq!(tool().succeeds(), token);
}

/// A key that is registered as a certificate has an id that Keycloak computes.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_id_of_a_registered_certificate() {
    let keycloak = Keycloak::running();
    for name in ["rsa", "p384", "ed25519"] {
        let client = format!("identified-{name}");
        keycloak.register(&client, "client-jwt", &with_certificate(&keycloak.key(name)));
        let call = || keycloak.nameless().env("CATENA_CLIENT_ID", &client).key_file(&keycloak.key_text(name));
        let report = examine(call());
        assert_eq!(report.code, 0, "{report}");
        let id = report.seen("credential")["key_id_of_keycloak"].as_str().unwrap().to_owned();
        call().args(["--signing-key-id", &id]).succeeds();
    }
}
