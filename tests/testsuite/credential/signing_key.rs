//! A key that signs the client's own assertion.

use catena_token_issuer::{Authority, CLIENT_ID, Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{claims, header, received};
use crate::support::clock::now;
use crate::support::parallel::{self, different, tokens};

/// An issuer that knows a new key, and the key's PEM text.
fn known(algorithm: &'static str, replies: Vec<Reply>) -> (Issuer, String) {
    let key = Signer::new(algorithm, "own");
    let pem = key.pem();
    (Issuer::start(Setup { client_key: Some(key), replies, ..Setup::default() }), pem)
}

fn answering(algorithm: &'static str) -> (Issuer, String) {
    known(algorithm, vec![Reply::Keycloak])
}

fn text(jwt: &str, claim: &str) -> String {
    claims(jwt)[claim].as_str().unwrap().to_owned()
}

#[test]
fn each_kind_of_key_signs_with_its_algorithm() {
    for algorithm in ["RS256", "ES256", "ES384", "EdDSA"] {
        let (issuer, pem) = answering(algorithm);
        Tool::without_secret(&issuer).key_file(&pem).succeeds();
        let sent = received(&issuer).remove(0);
        let header = header(&sent);
        assert_eq!((&header["alg"], header.get("kid")), (&algorithm.into(), None), "{header}");
    }
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512"] {
        let (issuer, pem) = answering(algorithm);
        Tool::without_secret(&issuer).key_file(&pem).args(["--signing-alg", algorithm]).succeeds();
        Tool::without_secret(&issuer).key_file(&pem).env("CATENA_SIGNING_ALG", algorithm).succeeds();
    }
}

#[test]
fn the_assertion_is_what_each_keycloak_accepts() {
    let (issuer, pem) = answering("ES256");
    let before = now();
    Tool::without_secret(&issuer).key_file(&pem).succeeds();
    let after = now();
    let request = issuer.requests().remove(0);
    let expected = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(request.field("client_assertion_type").as_deref(), Some(expected));
    assert!(request.field("client_id").is_none_or(|id| id == CLIENT_ID));
    let claims = claims(&received(&issuer)[0]);
    assert_eq!((&claims["iss"], &claims["sub"]), (&CLIENT_ID.into(), &CLIENT_ID.into()), "{claims}");
    assert_eq!(claims["aud"], issuer.url(), "{claims}");
    assert!(claims["jti"].as_str().unwrap().len() >= 22, "{claims}");
    // Neither a clock that is 30 s fast nor one that is 45 s slow hurts.
    let (issued, expires) = (claims["iat"].as_u64().unwrap(), claims["exp"].as_u64().unwrap());
    assert!((before..=after).contains(&(issued + 15)) && expires == issued + 75, "{claims}");
}

#[test]
fn the_key_id_is_sent_if_it_is_given() {
    let (issuer, pem) = answering("ES256");
    Tool::without_secret(&issuer).key_file(&pem).args(["--signing-key-id", "own"]).succeeds();
    assert_eq!(header(&received(&issuer)[0])["kid"], "own");
    let other = Tool::without_secret(&issuer).key_file(&pem).env("CATENA_SIGNING_KEY_ID", "other");
    assert!(other.fails(4).hint.contains("--signing-key-id"));
}

#[test]
fn the_audience_is_the_name_of_the_realm() {
    let (issuer, pem) = answering("ES256");
    let name = "https://auth.example.test/realms/catena";
    for options in [["--token-issuer", name], ["--assertion-audience", name]] {
        let failed = Tool::without_secret(&issuer).key_file(&pem).args(options).fails(4);
        assert!(failed.error.contains("Invalid token audience"), "{failed:?}");
    }
    assert!(received(&issuer).iter().all(|sent| claims(sent)["aud"] == name));
}

#[test]
fn what_stands_around_the_key_is_ignored() {
    let certificate = Authority::new().pem();
    let key = Signer::new("ES256", "");
    let pem = key.pem();
    let issuer = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
    for text in [
        pem.clone(),
        pem.trim_end().to_owned(),
        pem.replace('\n', "\r\n"),
        format!(
            "Bag Attributes\n    friendlyName: acme\n    localKeyID: 54 69\nKey Attributes: <No Attributes>\n{pem}"
        ),
        format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{pem}"),
        format!("{certificate}{pem}"),
        format!("{pem}{certificate}"),
    ] {
        Tool::without_secret(&issuer).key_file(&text).succeeds();
        Tool::without_secret(&issuer).env("CATENA_SIGNING_KEY", &text).succeeds();
    }
}

/// A try whose answer was lost may have used its assertion up.
#[test]
fn each_try_has_an_assertion_of_its_own() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"access_";
    for first in [Reply::http(503, "text/plain", "no"), Reply::Raw(cut.to_vec()), Reply::Close] {
        let (issuer, pem) = known("ES256", vec![first, Reply::Keycloak]);
        Tool::without_secret(&issuer).key_file(&pem).succeeds();
        let sent = received(&issuer);
        assert_eq!(sent.len(), 2);
        assert_ne!(text(&sent[0], "jti"), text(&sent[1], "jti"));
    }
}

#[test]
fn revoke_signs_for_the_issuer_too() {
    let ((issuer, pem), cache) = (answering("EdDSA"), tempfile::tempdir().unwrap());
    let call = || Tool::without_secret(&issuer).key_file(&pem).keeping_in(cache.path());
    call().succeeds();
    call().arg("revoke").succeeds();
    let sent = received(&issuer);
    assert_ne!(text(&sent[0], "jti"), text(&sent[1], "jti"));
    assert_eq!((sent.len(), text(&sent[1], "aud")), (2, issuer.url()));
}

/// The key seals, not a signature, which is random.
#[test]
fn the_key_opens_the_cached_token() {
    for algorithm in ["ES256", "PS256"] {
        let ((issuer, pem), cache) = (answering(algorithm), tempfile::tempdir().unwrap());
        let options: &[&str] = if algorithm == "PS256" { &["--signing-alg", algorithm] } else { &[] };
        let call = |pem: &str| Tool::without_secret(&issuer).key_file(pem).keeping_in(cache.path()).args(options);
        let token = call(&pem).succeeds();
        assert_eq!(call(&pem).succeeds(), token);
        assert_eq!(issuer.requests().len(), 1);
        if algorithm == "ES256" {
            // Another key, which the realm does not know.
            call(&Signer::new(algorithm, "").pem()).fails(4);
        }
    }
}

#[test]
fn fifty_processes_make_one_request() {
    let ((issuer, pem), directory) = (answering("ES256"), tempfile::tempdir().unwrap());
    let (file, cache) = (directory.path().join("key.pem"), directory.path().join("cache"));
    std::fs::write(&file, pem).unwrap();
    let got = tokens(parallel::run(50, || {
        let mut command = parallel::command(&issuer, &cache);
        command.env_remove("CATENA_CLIENT_SECRET").env("CATENA_SIGNING_KEY_FILE", &file);
        command
    }));
    assert_eq!((different(got), issuer.requests().len()), (1, 1));
}
