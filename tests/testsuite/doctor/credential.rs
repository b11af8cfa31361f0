//! The step `credential` for an assertion and a signing key: everything that the realm's administrator must know.

use catena_token_issuer::{Issuer, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{self, CI, Claims, JOB, job};
use crate::support::clock::now;
use crate::support::doctor::{examine, fails_at, warns_at};

#[test]
fn an_assertion_is_described_and_used_up() {
    let issuer = assertion::issuer();
    let jwt = job(&issuer).signed();
    let report = examine(Tool::nameless(&issuer).assertion_file(&jwt));
    assert_eq!((report.code, report.status("credential")), (0, "ok"), "{report}");
    let seen = report.seen("credential").to_string();
    for fact in [CI, JOB, &issuer.url(), "RS256", "jwt-bearer", &jwt.len().to_string(), "once"] {
        assert!(seen.contains(fact), "no {fact}: {report}");
    }
    let failed = Tool::nameless(&issuer).assertion_file(&jwt).fails(4);
    assert!(failed.hint.contains("used before"), "{failed:?}");
}

#[test]
fn an_assertion_that_fails_is_described_too() {
    let issuer = assertion::reusing();
    let call = |claims: Claims| Tool::nameless(&issuer).assertion_file(&claims.signed()).env("CATENA_RETRIES", "0");
    let unknown = || call(job(&issuer).with("sub", "repo:acme/unknown"));
    let report = fails_at(unknown, "request", "HTTP 401, invalid_client", "repo:acme/unknown");
    assert!(report.seen("credential").to_string().contains("repo:acme/unknown"), "{report}");
    let expired = examine(call(job(&issuer).with("iat", now() - 90).with("exp", now() - 60)));
    assert_eq!((expired.code, expired.status("credential")), (4, "warning"), "{expired}");
    expired.says("credential", "warning", "expired", "");
}

/// The step has its error, and `request` is not reached: one cause is not reported twice.
#[test]
fn what_cannot_be_sent_fails_at_the_credential_alone() {
    let issuer = Issuer::http();
    let jwt = job(&issuer).with("aud", "https://sts.example.test").signed();
    let other = || Tool::nameless(&issuer).assertion_file(&jwt);
    let report = fails_at(other, "credential", "https://sts.example.test", "");
    assert_eq!((report.code, report.status("request")), (3, "skipped"), "{report}");
    let key = || Tool::without_secret(&issuer).key_file("not a key");
    let report = fails_at(key, "credential", "signing key", "");
    assert_eq!((report.code, report.status("request")), (3, "skipped"), "{report}");
}

/// The client id is not sent with an assertion, so the realm cannot compare it.
#[test]
fn another_client_than_the_expected_one() {
    let issuer = assertion::issuer();
    let jwt = job(&issuer).signed();
    let tool = Tool::nameless(&issuer).assertion_file(&jwt).args(["--client-id", "another"]);
    warns_at(tool, "answer", "job", "");
}

#[test]
fn a_signing_key_is_described() {
    for (algorithm, kind) in [("RS256", "2048"), ("ES256", "P-256"), ("ES384", "P-384"), ("EdDSA", "Ed25519")] {
        let key = Signer::new(algorithm, "own");
        let pem = key.pem();
        let issuer = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
        let call = || Tool::without_secret(&issuer).key_file(&pem);
        let report = examine(call());
        assert_eq!((report.code, report.status("credential")), (0, "ok"), "{report}");
        let seen = report.seen("credential").to_string();
        assert!(seen.contains(algorithm) && seen.contains(kind) && seen.contains(&issuer.url()), "{report}");
        let sent = examine(call().args(["--signing-key-id", "own"]));
        assert!(sent.seen("credential").to_string().contains("\"own\""), "{sent}");
    }
}
