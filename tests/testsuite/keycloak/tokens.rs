//! A real Keycloak's tokens: claims, signatures, revocation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::support::Tool;
use crate::support::keycloak::Keycloak;

const GENUINE: &str = "\ngenuine        yes: signed by a key of http://127.0.0.1:";

/// A call that verifies `token` with only the issuer set.
fn verify(issuer: &str, token: &str) -> Tool {
    Tool::bare().env("CATENA_ISSUER", issuer).args(["inspect", "--verify", "-"]).given(token)
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_claims_of_its_mappers_are_shown() {
    let keycloak = Keycloak::running();
    let table = keycloak.client("acme").args(["inspect", "--verify"]).succeeds();
    for row in [
        "client         acme\n",
        "organisations  Acme Freight  0b9f5a3e-6d0c-4c7e-9a44-3f1f6e1d2c55  FLEET\n               acme\n",
        "scopes         organization\n",
        "roles          realm-management: view-realm\n",
        "type           Bearer\n",
        "algorithm      RS256\n",
        GENUINE,
    ] {
        assert!(table.contains(row), "{row}{table}");
    }
    let partner = || keycloak.other_client("partner").arg("inspect").succeeds();
    let (list, map) = (partner(), {
        keycloak.map_organizations();
        partner()
    });
    assert!(list.contains("organisations  acme\n"), "{list}");
    let line = map.lines().find_map(|line| line.strip_prefix("organisations  acme  ")).unwrap();
    assert_eq!(line.len(), "0b9f5a3e-6d0c-4c7e-9a44-3f1f6e1d2c55".len(), "{map}");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn every_algorithm_that_it_signs_with() {
    let keycloak = Keycloak::running();
    for algorithm in ["RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
        let client = format!("signed-{}", algorithm.to_lowercase());
        let table = keycloak.other_client(&client).args(["inspect", "--verify", "--scope", ""]).succeeds();
        assert!(table.contains(&format!("algorithm      {algorithm}\n")) && table.contains(GENUINE), "{table}");
    }
    for (client, error) in [
        ("signed-es512", "cannot verify the token: its algorithm 'ES512' is not supported"),
        ("signed-hs256", "the token is not genuine: its algorithm 'HS256' does not use a realm's key"),
    ] {
        let call = keycloak.other_client(client).args(["inspect", "--verify", "--scope", ""]);
        assert_eq!(call.fails(7).error, error);
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn keys_that_were_replaced_a_moment_ago() {
    let keycloak = Keycloak::running();
    // The one algorithm that no other test uses.
    let token = || keycloak.other_client("signed-rs384").args(["--scope", ""]).succeeds();
    let is_genuine = |token: &str| assert!(verify(&keycloak.other_realm(), token).succeeds().contains(GENUINE));
    let remove_old = keycloak.new_key(200);
    let old = token();
    is_genuine(&old);
    let remove_new = keycloak.new_key(300);
    let new = token();
    assert_ne!(header(&old), header(&new), "it is another key");
    is_genuine(&new);
    is_genuine(&old);
    remove_old();
    is_genuine(&new);
    let failed = verify(&keycloak.other_realm(), &old).fails(7);
    assert_eq!(failed.error, "the token is not genuine: the realm has no key with its 'kid'");
    remove_new();
}

fn header(token: &str) -> &str {
    token.split('.').next().unwrap()
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn an_altered_token_is_not_genuine() {
    let keycloak = Keycloak::running();
    let token = keycloak.client("acme").succeeds();
    let parts: Vec<&str> = token.trim_end().split('.').collect();
    let rewrite = |part: &str, from: &str, to: &str| {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert!(text.contains(from), "{text}");
        URL_SAFE_NO_PAD.encode(text.replace(from, to))
    };
    let altered = rewrite(parts[1], "\"azp\":\"acme\"", "\"azp\":\"root\"");
    let other_algorithm = |name: &str| rewrite(parts[0], "RS256", name);
    for (forged, error) in [
        (format!("{}.{altered}.{}", parts[0], parts[2]), "the token is not genuine: its signature is invalid"),
        (
            format!("{}.{}.{}", other_algorithm("RS512"), parts[1], parts[2]),
            "the token is not genuine: the key with its 'kid' is for another",
        ),
        (
            format!("{}.{}.{}", other_algorithm("PS256"), parts[1], parts[2]),
            "the token is not genuine: the key with its 'kid' is for another",
        ),
        (
            format!("{}.{}.{}", other_algorithm("HS256"), parts[1], parts[2]),
            "the token is not genuine: its algorithm 'HS256'",
        ),
        (format!("{}.{}.", other_algorithm("none"), parts[1]), "the token is not genuine: its algorithm 'none'"),
    ] {
        let failed = verify(&keycloak.realm(), &forged).fails(7).error;
        assert!(failed.starts_with(error), "{failed}");
    }
    let other = keycloak.other_client("partner").succeeds();
    let (own, foreign) = (keycloak.realm(), keycloak.other_realm());
    let failed = verify(&own, &other).fails(7).error;
    assert_eq!(failed, format!("the token is not genuine: its issuer is '{foreign}', not '{own}'"));
    let failed = verify(&own, &other).args(["--token-issuer", &foreign]).fails(7).error;
    assert_eq!(failed, "the token is not genuine: the realm has no key with its 'kid'");
}

/// Introspection confirms it, and so does a second revocation.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_token_is_revoked() {
    let keycloak = Keycloak::running();
    let cache = tempfile::tempdir().unwrap();
    let partner = || keycloak.other_client("partner").keeping_in(cache.path());
    for method in ["post", "basic"] {
        let call = || partner().args(["--client-auth", method]);
        let token = call().succeeds();
        assert!(keycloak.is_active(&token));
        let (_, said) = call().args(["revoke", "-v"]).succeeds_saying();
        assert!(
            said.contains("the cached token was revoked: an API that checks tokens offline accepts it until 20"),
            "{said}"
        );
        assert!(!keycloak.is_active(&token));
        // An offline check does not notice.
        verify(&keycloak.other_realm(), &token).succeeds();
        let (_, said) = call().args(["revoke", "-", "-v"]).given(&token).succeeds_saying();
        assert!(said.contains("the token was revoked"), "{said}");
        let new = call().succeeds();
        assert!(new != token && keycloak.is_active(&new));
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn every_other_answer_to_a_revocation() {
    let keycloak = Keycloak::running();
    let cache = tempfile::tempdir().unwrap();
    let acme = || keycloak.client("acme").keeping_in(cache.path());
    let token = acme().succeeds();
    let revoke = |token: &str| acme().args(["revoke", "-", "-v"]).given(token);
    let (_, said) = revoke("garbage").succeeds_saying();
    assert!(said.contains("the token was already invalid at this server"), "{said}");
    let other = keycloak.other_client("partner").succeeds();
    assert!(revoke(&other).run().2.contains("error: the token was not sent: its issuer is "));
    let meant = || revoke(&other).args(["--token-issuer", &keycloak.other_realm()]);
    let (_, said) = meant().succeeds_saying();
    assert!(said.contains("warning: this server does not know the token: "), "{said}");
    assert!(keycloak.is_active(&other));
    let failed = keycloak.client("short-lived").args(["revoke", "-"]).given(&token).fails(4);
    let why = " refused client 'short-lived' (HTTP 400, invalid_request): Unmatching clients";
    assert!(failed.error.starts_with("cannot revoke the token: ") && failed.error.ends_with(why), "{}", failed.error);
    let failed = acme()
        .env("CATENA_CLIENT_SECRET", "wrong-secret")
        .secret_is("wrong-secret")
        .args(["revoke", "-"])
        .given(&token)
        .fails(4);
    assert!(failed.error.contains(" refused client 'acme' (HTTP 401, unauthorized_client)"), "{}", failed.error);
    assert_eq!(acme().succeeds(), token);
    verify(&keycloak.realm(), &token).succeeds();
}
