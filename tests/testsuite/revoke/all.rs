//! `revoke --all`: every cached token of this client, and the result for each.

use catena_token_issuer::{Issuer, Reply, Setup};

use crate::support::cache_files::files;
use crate::support::revoking::{cache, call, paths};

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
    assert!(
        said.contains("3 cached tokens were revoked: an API that checks tokens offline accepts them until 20"),
        "{said}"
    );
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
    assert!(
        said.contains("the cached token was revoked") && said.contains("error: cannot revoke the token: "),
        "{said}"
    );
    assert_eq!(files(cache.path(), ".token").len(), 1);
}

/// The exit code is that of the temporary failure, because a retry may help.
#[test]
fn a_temporary_failure_outranks_a_refusal() {
    let refusal = Reply::json(400, r#"{"error":"invalid_request","error_description":"Unmatching clients"}"#);
    let replies = vec![Reply::Keycloak, Reply::Keycloak, refusal, Reply::http(503, "", "")];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).succeeds();
    call(&issuer, &cache).args(["--scope", ""]).succeeds();
    let (code, _, said) = call(&issuer, &cache).args(["revoke", "--all"]).run();
    assert_eq!(code, Some(5), "{said}");
    assert!(said.contains("warning: cannot revoke the token: ") && said.contains("HTTP 503"), "{said}");
    assert_eq!(files(cache.path(), ".token").len(), 2);
}

/// The service quotes one token in the response to another.
#[test]
fn no_token_to_be_revoked_is_printed() {
    let tokens = ["first-opaque-token-0123456789", "other-opaque-token-9876543210"];
    let answer = |token: &str| {
        Reply::json(200, &format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#))
    };
    let all = format!(r#"{{"error":"x","error_description":"you have {} {}"}}"#, tokens[0], tokens[1]);
    let replies = vec![answer(tokens[0]), answer(tokens[1]), Reply::json(400, &all)];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    call(&issuer, &cache).args(["--scope", "a"]).succeeds();
    call(&issuer, &cache).args(["--scope", "b"]).succeeds();
    let (code, _, said) = call(&issuer, &cache).args(["revoke", "--all", "-vv"]).run();
    assert_eq!(code, Some(4));
    assert!(tokens.iter().all(|token| !said.contains(token)) && said.contains("[redacted] [redacted]"), "{said}");
}

/// The number of tokens without a request is reported, and they stay cached.
#[test]
fn tokens_without_a_request_are_counted() {
    let replies = vec![Reply::Keycloak, Reply::Keycloak, Reply::Keycloak, Reply::http(503, "", "")];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let cache = cache();
    for kind in [&[][..], &["--scope", ""], &["--client-auth", "basic"]] {
        call(&issuer, &cache).args(kind).succeeds();
    }
    let (code, _, said) = call(&issuer, &cache).args(["revoke", "--all"]).run();
    assert_eq!(code, Some(5));
    assert!(said.contains("warning: no revocation request sent for some cached tokens (2)\n"), "{said}");
    assert_eq!(files(cache.path(), ".token").len(), 3);
}
