//! What a discovery document names is where the requests go, and is cached with the token.

use catena_token_issuer::{Certificate, Document, Issuer, Reply, Setup};

use crate::support::Tool;
use crate::support::revoking::{cache, call, paths};
use crate::support::verifying::{claims, is_genuine, yes};

const DOCUMENT: &str = "openid-configuration";

#[test]
fn each_new_token_asks_for_the_document_and_a_hit_does_not() {
    let (issuer, cache) = (Issuer::with(Document::complete()), cache());
    let call = || call(&issuer, &cache);
    let first = call().succeeds();
    assert_eq!(call().succeeds(), first);
    assert_eq!(paths(&issuer), [DOCUMENT, "token"]);
    assert_ne!(call().arg("--refresh").succeeds(), first);
    assert_eq!(paths(&issuer), [DOCUMENT, "token", DOCUMENT, "token"]);
}

/// Nothing is requested for what was discovered with the cached token.
#[test]
fn a_cached_token_is_verified_and_revoked_where_its_document_said() {
    let (issuer, cache) = (Issuer::with(Document::complete()), cache());
    let call = || call(&issuer, &cache);
    call().succeeds();
    let table = call().args(["inspect", "--verify"]).succeeds();
    assert_eq!(table.lines().last(), Some(yes(&issuer).as_str()));
    call().arg("revoke").succeeds();
    assert_eq!(paths(&issuer), [DOCUMENT, "token", "keys", "revoke"]);
}

#[test]
fn a_given_token_is_verified_and_revoked_by_the_document() {
    let (issuer, cache) = (Issuer::with(Document::complete()), cache());
    is_genuine(&issuer, &issuer.signer().sign(&claims(&issuer)));
    let token = call(&issuer, &cache).arg("--no-cache").succeeds();
    call(&issuer, &cache).args(["revoke", "-"]).given(token.trim_end()).succeeds();
    assert_eq!(paths(&issuer), [DOCUMENT, "keys", DOCUMENT, "token", DOCUMENT, "revoke"]);
}

#[test]
fn the_document_of_rfc_8414_is_the_second_place() {
    let issuer = Issuer::with(Document::at(Document::OAUTH));
    assert!(Tool::asking(&issuer).arg("--no-cache").succeeds().starts_with("eyJ"));
    let asked: Vec<String> = issuer.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(asked, [Document::OPENID, Document::OAUTH, "/oauth2/token"]);
}

/// `-v` says so, because the secret goes there.
#[test]
fn an_endpoint_may_be_on_another_host() {
    let other = Issuer::start(Setup { document: Some(Document::complete()), ..Setup::default() });
    let document = Document::complete().with("ORIGIN/oauth2/token", &format!("{}/oauth2/token", other.origin()));
    let issuer = Issuer::with(document);
    let (token, said) = Tool::asking(&issuer).args(["--no-cache", "-v"]).succeeds_saying();
    let line =
        format!("discovered the token endpoint {}/oauth2/token (on another host than the issuer)\n", other.origin());
    assert!(token.starts_with("eyJ") && said.contains(&line), "{said}");
    let (_, said) = Tool::asking(&other).args(["--no-cache", "-v"]).succeeds_saying();
    assert!(said.contains("discovered the token endpoint ") && !said.contains("another host"), "{said}");
    assert_eq!((issuer.requests().len(), other.requests().len()), (1, 3));
}

/// The names of tokens in a document are no tokens, which would be redacted.
#[test]
fn a_document_is_shown_as_it_is() {
    let methods = "[\"client_secret_basic\",\"client_secret_post\"]";
    let document = Document::complete().with(methods, "[\"id_token\",\"client_secret_jwt\"]");
    let issuer = Issuer::with(document);
    let failed = Tool::asking(&issuer).arg("--no-cache").env("CATENA_CLIENT_SECRET", "wrong-one").fails(4);
    assert!(failed.hint.contains("the issuer lists id_token, client_secret_jwt;"), "{}", failed.hint);
}

/// The CA bundle is read for it, although the issuer needs none.
#[test]
fn a_local_issuer_may_name_an_https_endpoint() {
    let other = Issuer::start(Setup {
        document: Some(Document::complete()),
        certificate: Some(Certificate::Good),
        ..Setup::default()
    });
    let document = Document::complete().with("ORIGIN/oauth2/token", &format!("{}/oauth2/token", other.origin()));
    let issuer = Issuer::with(document);
    let tool = Tool::asking(&issuer);
    let bundle = tool.file("ca.pem", other.trusted_pem());
    assert!(tool.env("CATENA_CA_CERT", bundle).arg("--no-cache").succeeds().starts_with("eyJ"));
}

/// The request that failed is told by its message, and it counts like any other.
#[test]
fn a_document_that_does_not_come_is_a_temporary_failure() {
    let replies = vec![Reply::json(503, "{}"), Reply::json(503, "{}"), Reply::Keycloak];
    let issuer = Issuer::start(Setup { document: Some(Document::complete()), replies, ..Setup::default() });
    let failed = Tool::asking(&issuer).args(["--no-cache", "--retries", "1"]).fails(5);
    assert!(failed.error.starts_with("cannot discover the issuer's endpoints after 2 attempts: "), "{}", failed.error);
    // A document that came leaves all retries to the token.
    let replies = vec![Reply::Keycloak, Reply::json(503, "{}"), Reply::Keycloak];
    let issuer = Issuer::start(Setup { document: Some(Document::complete()), replies, ..Setup::default() });
    assert!(Tool::asking(&issuer).args(["--no-cache", "--retries", "1"]).succeeds().starts_with("eyJ"));
}

#[test]
fn what_the_document_does_not_name_cannot_be_used() {
    let document = Document::complete().with("revocation_endpoint", "x").with("jwks_uri", "y");
    let (issuer, cache) = (Issuer::with(document), cache());
    let call = || call(&issuer, &cache);
    call().succeeds();
    let failed = call().arg("revoke").fails(7);
    assert_eq!(failed.error, "cannot revoke the token: the issuer's discovery document has no 'revocation_endpoint'");
    let failed = call().args(["inspect", "--verify"]).fails(7);
    assert_eq!(failed.error, "cannot verify the token: the issuer's discovery document has no 'jwks_uri'");
    assert_eq!(paths(&issuer), [DOCUMENT, "token"]);
}
