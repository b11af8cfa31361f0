//! Clients without a secret, at an issuer that is no Keycloak.

use std::collections::BTreeMap;

use catena_token_issuer::{Authority, Certificate, Clients, Document, Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{claims, received};
use crate::support::revoking::{cache, paths};

/// The server that answers for the document and the keys learns nothing of the client.
#[test]
fn a_certificate_goes_only_to_the_endpoints_that_need_it() {
    let (authority, cache) = (Authority::new(), cache());
    let own = authority.client("acme");
    let clients = Some(Clients { authority, is_required: false });
    let (document, certificate) = (Some(Document::complete()), Some(Certificate::Good));
    let issuer = Issuer::start(Setup { document, certificate, clients, ..Setup::default() });
    let call = || Tool::without_secret(&issuer).keeping_in(cache.path()).certified(&own);
    call().succeeds();
    call().args(["inspect", "--verify"]).succeeds();
    call().arg("revoke").succeeds();
    let seen: BTreeMap<String, bool> =
        issuer.requests().into_iter().map(|request| (request.path, request.certificate.is_some())).collect();
    let expected =
        [(Document::OPENID, false), ("/oauth2/keys", false), ("/oauth2/revoke", true), ("/oauth2/token", true)];
    assert_eq!(seen, expected.map(|(path, is_shown)| (path.to_owned(), is_shown)).into());
}

/// Another issuer compares the audience with its own name, which may end with a slash.
#[test]
fn an_assertion_is_for_the_issuer_as_it_is_typed_or_for_its_name_in_tokens() {
    let key = Signer::new("ES256", "own");
    let pem = key.pem();
    let (document, client_key) = (Some(Document::complete()), Some(key));
    let issuer = Issuer::start(Setup { document, client_key, ..Setup::default() });
    let call = || Tool::without_secret(&issuer).key_file(&pem);
    for (options, audience) in [
        (vec![], issuer.url()),
        (vec!["--assertion-audience", "api"], "api".to_owned()),
        (vec!["--issuer", &format!("{}/", issuer.url())], format!("{}/", issuer.url())),
    ] {
        let before = issuer.requests().len();
        let _ = call().args(&options).arg("--no-cache").run();
        assert_eq!(paths(&issuer)[before..], ["openid-configuration", "token"]);
        assert_eq!(claims(received(&issuer).last().unwrap())["aud"], audience, "{options:?}");
    }
}

/// The document is for `--token-issuer`, and so is an assertion.
#[test]
fn the_name_in_tokens_is_what_the_document_must_have() {
    const NAME: &str = "https://issuer.example.test";
    let key = Signer::new("ES256", "own");
    let pem = key.pem();
    let document = Some(Document::complete().with("\"ORIGIN/tenant\"", &format!("\"{NAME}\"")));
    let issuer = Issuer::start(Setup { document, client_key: Some(key), ..Setup::default() });
    let call = || Tool::without_secret(&issuer).key_file(&pem).arg("--no-cache");
    let failed = call().fails(6);
    assert!(failed.error.contains(NAME), "{failed:?}");
    let _ = call().args(["--token-issuer", NAME]).run();
    assert_eq!(claims(&received(&issuer)[0])["aud"], NAME);
}

/// Its endpoints are looked up once, and each attempt has an assertion of its own.
#[test]
fn a_retry_authenticates_anew_at_the_same_endpoint() {
    let key = Signer::new("ES256", "own");
    let pem = key.pem();
    let replies = vec![Reply::Keycloak, Reply::json(503, "{}"), Reply::Keycloak];
    let setup = Setup { document: Some(Document::complete()), client_key: Some(key), replies, ..Setup::default() };
    let issuer = Issuer::start(setup);
    Tool::without_secret(&issuer).key_file(&pem).succeeds();
    assert_eq!(paths(&issuer), ["openid-configuration", "token", "token"]);
    let sent = received(&issuer);
    assert_ne!(claims(&sent[0])["jti"], claims(&sent[1])["jti"]);
}
