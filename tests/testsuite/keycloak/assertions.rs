//! A real Keycloak, and clients that authenticate by a token of an identity provider.

use std::fs;

use catena_token_issuer::Signer;
use serde_json::json;

use crate::support::Tool;
use crate::support::assertion::{CI, Claims, JOB, client_of};
use crate::support::clock::now;
use crate::support::keycloak::Keycloak;
use crate::support::workload::{CLUSTER, POD, Pages, federated, jwk};

fn with(keycloak: &Keycloak, claims: &Claims) -> Tool {
    keycloak.nameless().assertion_file(&keycloak.signed(claims))
}

/// The one test for another version of Keycloak: what they disagree on is not sent.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_same_call_for_every_version() {
    let keycloak = Keycloak::running();
    for options in [&[][..], &["--client-id", "job"], &["--client-id", JOB]] {
        let token = with(&keycloak, &keycloak.assertion(CI, JOB)).args(options).succeeds();
        assert_eq!(client_of(&token), "job");
        let token = with(&keycloak, &keycloak.assertion(CLUSTER, POD)).args(options).succeeds();
        assert_eq!(client_of(&token), "pod");
    }
    let signed = keycloak.nameless().env("CATENA_CLIENT_ID", "signed").key_file(&keycloak.key_text("p256"));
    assert_eq!(client_of(&signed.succeeds()), "signed");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_single_use_assertion_serves_every_call_from_the_cache() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let jwt = keycloak.signed(&keycloak.assertion(CI, JOB));
    let call = || keycloak.nameless().keeping_in(cache.path()).assertion_file(&jwt);
    let token = call().succeeds();
    let (again, said) = call().arg("-v").succeeds_saying();
    assert_eq!(again, token);
    assert!(said.contains("using the cached token"), "{said}");
    for words in [&["--refresh"][..], &["revoke"]] {
        let failed = call().args(words).fails(4);
        assert!(failed.error.contains("Token reuse detected"), "{failed:?}");
        assert!(failed.hint.contains("used before"), "{failed:?}");
    }
    assert_eq!(call().succeeds(), token);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_reusable_assertion_refreshes_and_revokes() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    // As a cluster issues them, older than a provider allows by default.
    let claims = keycloak.assertion(CLUSTER, POD).with("iat", now() - 900).with("exp", now() + 2700);
    let jwt = keycloak.signed(&claims);
    let call = || keycloak.nameless().keeping_in(cache.path()).assertion_file(&jwt);
    let token = call().succeeds();
    let fresh = call().arg("--refresh").succeeds();
    assert_ne!(fresh, token);
    call().arg("revoke").succeeds();
    assert_ne!(call().succeeds(), fresh);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_refusal_has_its_hint() {
    let keycloak = Keycloak::running();
    let config = json!({"issuer": "https://off.example.test", "supportsClientAssertions": "true", "useJwksUrl": "false",
        "publicKeySignatureVerifier": format!(r#"{{"keys":[{}]}}"#, jwk(&keycloak.provider_key()))});
    keycloak.provide("off", "oidc", &config);
    keycloak.federate("off", "off", JOB);
    with(&keycloak, &keycloak.assertion("https://off.example.test", JOB)).succeeds();
    keycloak.disable_provider("off");
    let subject = |name| federated("ci", name);
    keycloak.register_as("off-client", "federated-jwt", &subject("off"), &json!({"enabled": false}));
    let no_account = json!({"serviceAccountsEnabled": false});
    keycloak.register_as("no-account", "federated-jwt", &subject("no-account"), &no_account);
    let (job, now) = (|| keycloak.assertion(CI, JOB), now());
    let another = vec![keycloak.workload(), "https://api.example.test".to_owned()];
    for (claims, error, hint) in [
        (job().with("iat", now - 90).with("exp", now - 60), "Token is not active", "expired"),
        (job().with("iat", now - 720), "Token was issued too far in the past", "fedClientAssertionMaxExp"),
        (job().with("iat", now + 600).with("exp", now + 900), "Token was issued in the future", "allowedClockSkew"),
        (job().with("aud", another), "Multiple audiences not allowed", "https://api.example.test"),
        (job().without("jti"), "Token jti claim is required", ""),
        (job().with("sub", "nobody"), "HTTP 401, invalid_client", "nobody"),
        (keycloak.assertion("https://none.example.test", JOB), "HTTP 401, invalid_client", "https://none.example.test"),
        (keycloak.assertion("https://off.example.test", JOB), "HTTP 401, invalid_client", "https://off.example.test"),
        (job().with("sub", "off"), "HTTP 401, invalid_client", CI),
        (job().with("sub", "no-account"), "HTTP 401, unauthorized_client", "service account"),
    ] {
        let failed = with(&keycloak, &claims).fails(4);
        assert!(failed.error.contains(error) && failed.hint.contains(hint), "{error}: {failed:?}");
    }
    let failed = with(&keycloak, &job()).args(["--scope", "nonsense"]).fails(4);
    assert!(failed.error.contains("HTTP 400, invalid_scope") && failed.hint.contains("--scope"), "{failed:?}");
    let other = keycloak.nameless().assertion_file(&job().signed_by(&Signer::new("RS256", "issuer")));
    assert!(other.fails(4).error.contains("HTTP 401, invalid_client"));
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_pod_of_kubernetes() {
    let (keycloak, cluster) = (Keycloak::running(), Pages::start());
    let key = Signer::new("RS256", "cluster");
    cluster.serve_keys(&[&key]);
    let url = &cluster.url;
    cluster.serve("/.well-known/openid-configuration", &format!(r#"{{"issuer":"{url}","jwks_uri":"{url}/jwks"}}"#));
    keycloak.provide("kubernetes", "kubernetes", &json!({"issuer": url}));
    keycloak.federate("kubernetes", "kubernetes", POD);
    let cache = tempfile::tempdir().unwrap();
    let projected = Claims::new(url, POD, "").with("aud", vec![keycloak.workload()]).with("exp", now() + 3600);
    let jwt = projected.signed_by(&key);
    let call = || keycloak.nameless().keeping_in(cache.path()).assertion_file(&jwt);
    let token = call().succeeds();
    assert_eq!(client_of(&token), "kubernetes");
    assert_ne!(call().arg("--refresh").succeeds(), token);
    call().arg("revoke").succeeds();
    // The token that every pod has is for the cluster itself.
    let audience = "https://kubernetes.default.svc.cluster.local";
    let default = projected.with("aud", vec![audience]).signed_by(&key);
    let failed = keycloak.nameless().assertion_file(&default).fails(3);
    assert!(format!("{failed:?}").contains(audience), "{failed:?}");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_workload_of_spiffe() {
    let (keycloak, spire) = (Keycloak::running(), Pages::start());
    let key = Signer::new("RS256", "spire");
    let bundle = jwk(&key).replace(r#""use":"sig""#, r#""use":"jwt-svid""#);
    spire.serve("/bundle", &format!(r#"{{"keys":[{bundle}]}}"#));
    let config = json!({"trustDomain": "spiffe://lab.example", "bundleEndpoint": format!("{}/bundle", spire.url)});
    keycloak.provide("spire", "spiffe", &config);
    keycloak.federate("svid", "spire", "spiffe://lab.example/sync");
    let svid = || {
        let claims = Claims::new("", "spiffe://lab.example/sync", &keycloak.workload()).without("iss");
        keycloak.nameless().assertion_file(&claims.without("jti").signed_by(&key))
    };
    assert_eq!(client_of(&svid().succeeds()), "svid");
    let failed = svid().args(["--client-assertion-type", "jwt-bearer"]).fails(4);
    assert!(failed.error.contains("HTTP 401, invalid_client"), "{failed:?}");
}

/// A file with one line break at its end, as an editor leaves it.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_line_break_at_the_end_is_not_sent() {
    let keycloak = Keycloak::running();
    let directory = tempfile::tempdir().unwrap();
    for end in ["\n", "\r\n"] {
        let jwt = keycloak.signed(&keycloak.assertion(CI, JOB));
        let path = directory.path().join("assertion");
        fs::write(&path, format!("{jwt}{end}")).unwrap();
        keycloak.nameless().hiding(&jwt).arg("--client-assertion-file").arg(path).succeeds();
    }
}
