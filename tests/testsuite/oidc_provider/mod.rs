//! The tool with node-oidc-provider, a certified OpenID provider: discovery, and what it does unlike Keycloak.

use crate::support::doctor::examine;
use crate::support::oidc_provider::{ACME, ODD, OidcProvider, RESOURCE};

#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn a_token_comes_by_either_way_of_authentication() {
    let provider = OidcProvider::running();
    for method in ["post", "basic"] {
        for tool in [provider.client(ACME), provider.client(ODD), provider.secure_client(ACME)] {
            let token = tool.args(["--client-auth", method, "--no-cache"]).succeeds();
            // Without a resource, its tokens are opaque.
            assert!(token.trim_end().len() > 40 && !token.contains('.'), "{token}");
        }
    }
}

#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn a_resource_makes_the_token_a_jwt_for_it() {
    let provider = OidcProvider::running();
    let table = provider.for_resource().args(["inspect", "--verify", "--audience", RESOURCE]).succeeds();
    for row in [
        "client         acme\n",
        "scopes         organization\n",
        &format!("audience       {RESOURCE}\n"),
        "algorithm      ES256\n",
        &format!("genuine        yes: signed by a key of {}, and valid now\n", provider.http),
    ] {
        assert!(table.contains(row), "{row}{table}");
    }
    let failed = provider.for_resource().args(["inspect", "--verify", "--audience", "another"]).fails(7);
    assert!(failed.error.contains("audience"), "{}", failed.error);
}

/// It has no answer for a token that it does not know, and refuses to revoke a JWT.
#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn an_opaque_token_is_revoked() {
    let provider = OidcProvider::running();
    let cache = tempfile::tempdir().unwrap();
    let call = || provider.client(ACME).keeping_in(cache.path());
    let first = call().succeeds();
    assert_eq!(call().succeeds(), first);
    let (_, said) = call().args(["revoke", "-v"]).succeeds_saying();
    assert!(said.contains("the cached token was revoked"), "{said}");
    assert_ne!(call().succeeds(), first);
    call().args(["revoke", "-"]).given(first.trim_end()).succeeds();
    let jwt = provider.for_resource().arg("--no-cache").succeeds();
    let failed = call().args(["revoke", "-"]).given(jwt.trim_end()).fails(4);
    assert!(failed.error.contains("HTTP 400, unsupported_token_type"), "{}", failed.error);
}

/// It drops a scope that it does not know, and says so by leaving it out.
#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn an_unknown_scope_is_dropped() {
    let provider = OidcProvider::running();
    let json = provider.client(ACME).args(["--json", "--no-cache", "--scope", "nope fleet:read"]).succeeds();
    assert!(json.contains(r#""scope":"fleet:read""#), "{json}");
    let json = provider.client(ACME).args(["--json", "--no-cache", "--scope", "nope"]).succeeds();
    assert!(!json.contains("scope"), "{json}");
}

#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn its_refusals_have_their_hints() {
    let provider = OidcProvider::running();
    let failed = provider.client((ACME.0, "another-secret-of-acme")).arg("--no-cache").fails(4);
    assert!(failed.error.contains("HTTP 401, invalid_client): client authentication failed"), "{}", failed.error);
    assert!(failed.hint.contains("the issuer lists client_secret_basic, "), "{}", failed.hint);
    let failed = provider.client(ACME).args(["--no-cache", "--param", "resource=https://unknown.example.com"]).fails(4);
    assert!(failed.error.contains("HTTP 400, invalid_target"), "{}", failed.error);
    assert!(failed.hint.contains("--param resource"), "{}", failed.hint);
    // It has no document at the place of another issuer, and none for one.
    let tool = provider.client(ACME).env("CATENA_ISSUER", format!("{}/tenant", provider.http));
    let failed = tool.arg("--no-cache").fails(4);
    assert!(failed.hint.contains("--token-url"), "{}", failed.hint);
    // localhost and 127.0.0.1 are two issuers.
    let other = provider.http.replace("localhost", "127.0.0.1");
    let failed = provider.client(ACME).env("CATENA_ISSUER", other).arg("--no-cache").fails(6);
    assert!(failed.error.contains(&format!("it is for the issuer '{}'", provider.http)), "{}", failed.error);
}

#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn doctor_finds_nothing_wrong() {
    let provider = OidcProvider::running();
    let report = examine(provider.secure_client(ACME));
    assert_eq!((report.code, report.steps_of("warning").len()), (0, 0), "{report}");
    let seen = &report.step("discovery")["seen"];
    assert_eq!(seen["token_endpoint"], format!("{}/token", provider.https), "{report}");
}

#[test]
#[ignore = "needs the provider of tests/oidc-provider/run"]
fn a_given_token_url_gets_a_token_from_it() {
    let provider = OidcProvider::running();
    let tool = provider.client(ACME).unset("CATENA_ISSUER").args(["--token-url", &format!("{}/token", provider.http)]);
    assert!(tool.arg("--no-cache").succeeds().len() > 40);
}
