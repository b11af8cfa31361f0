//! The client's own TLS certificate: which server gets it, and what is said if it is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use catena_token_issuer::{Authority, Certificate, ClientCertificate, Clients, Issuer, Proxy, ProxyReply, Setup};

use crate::support::assertion::{self, claims, client_of, job};
use crate::support::doctor::{examine, fails_at};
use crate::support::pages::blocks;
use crate::support::{Tool, plain_command, shell};

/// An issuer that requests certificates of `authority`.
fn issuer(authority: &Authority, is_required: bool, tls12_only: bool) -> Issuer {
    let clients = Some(Clients { authority: authority.clone(), is_required });
    Issuer::start(Setup { certificate: Some(Certificate::Good), tls12_only, clients, ..assertion::setup() })
}

/// The token's binding.
fn bound_to(token: &str) -> Option<String> {
    Some(claims(token)["cnf"]["x5t#S256"].as_str()?.to_owned())
}

#[test]
fn a_certificate_alone_authenticates_the_client() {
    let (authority, own) = with_client();
    for tls12_only in [false, true] {
        for is_required in [false, true] {
            let issuer = issuer(&authority, is_required, tls12_only);
            let token = Tool::without_secret(&issuer).certified(&own).succeeds();
            assert_eq!(bound_to(&token).as_ref(), Some(&own.thumbprint));
            let [request] = &issuer.requests()[..] else { panic!() };
            let names: Vec<String> = request.form().into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, ["grant_type", "client_id", "scope"]);
            assert_eq!(request.header("authorization"), None);
        }
    }
}

/// One file may have both, in any order.
#[test]
fn the_key_may_be_in_the_certificates_file() {
    let (authority, own) = with_client();
    let issuer = issuer(&authority, true, false);
    for text in [[&own.certificate, &own.key], [&own.key, &own.certificate]] {
        let text = text.map(String::as_str).concat();
        Tool::without_secret(&issuer).certified_by(&text, &text).unset("CATENA_CLIENT_KEY").succeeds();
        // A pipe is read once.
        Tool::without_secret(&issuer).stdin(text).args(["--client-cert", "/dev/stdin"]).succeeds();
    }
}

fn with_client() -> (Authority, ClientCertificate) {
    let authority = Authority::new();
    let own = authority.client("acme");
    (authority, own)
}

#[test]
fn a_certificate_that_the_server_refuses() {
    let (authority, own) = with_client();
    for tls12_only in [false, true] {
        for refused in [Authority::new().client("acme"), authority.client_until("acme", 2020)] {
            let failed = Tool::without_secret(&issuer(&authority, true, tls12_only)).certified(&refused).fails(4);
            assert!(failed.error.contains("does not accept the client certificate"), "{failed:?}");
            assert!(failed.hint.contains("--client-cert"), "{failed:?}");
        }
        // A secret does not help, and nothing is retried.
        let issuer = issuer(&authority, true, tls12_only);
        let failed = Tool::asking(&issuer).fails(4);
        assert!(failed.error.ends_with("requires a client certificate"), "{failed:?}");
        assert!(failed.hint.contains("--client-cert"), "{failed:?}");
        assert_eq!(issuer.connections(), 1);
        Tool::asking(&issuer).certified(&own).succeeds();
    }
}

/// What is wrong with the files is found before any connection.
#[test]
fn files_that_cannot_be_used() {
    let (authority, own) = with_client();
    let other = authority.client("other");
    let call = |certificate: &str, key: &str| {
        let issuer = Issuer::idle();
        Tool::without_secret(&issuer).certified_by(certificate, key).fails(3)
    };
    for (certificate, key, error, hint) in [
        (&own.certificate, &other.key, "its key is not that of the certificate", "the certificate was made for"),
        (&own.key, &own.key, "it contains no PEM certificate", "openssl pkcs12"),
        (&own.certificate, &own.certificate, "it contains no private key", "--client-key"),
        (&own.certificate, &String::new(), "it is empty", ""),
        (&own.certificate, &own.key.replace("PRIVATE", "ENCRYPTED PRIVATE"), "it needs a passphrase", "openssl pkcs8"),
        (&"x".repeat(65 * 1024), &own.key, "it is longer than 64 KiB", ""),
    ] {
        let failed = call(certificate, key);
        assert!(failed.error.contains(error) && failed.hint.contains(hint), "{error}: {failed:?}");
        assert!(failed.error.contains("CATENA_CLIENT_"), "{failed:?}");
    }
    let issuer = Issuer::idle();
    let failed = Tool::asking(&issuer).args(["--client-cert", "/nonexistent"]).fails(3);
    assert!(failed.error.contains("'/nonexistent' (--client-cert)"), "{failed:?}");
    let failed = Tool::asking(&issuer).args(["--client-key", "/nonexistent"]).fails(2);
    assert!(failed.error.contains("--client-key") && failed.error.contains("--client-cert"), "{failed:?}");
}

/// A proxy over https that gets a certificate of the test ends the connection: it knows another authority.
#[test]
fn a_proxy_gets_no_certificate() {
    let (authority, own) = with_client();
    for tls12_only in [false, true] {
        let (issuer, proxy) =
            (issuer(&authority, true, false), Proxy::requesting(ProxyReply::Connect, false, tls12_only));
        let tool = Tool::without_secret(&issuer).certified(&own).trusting([issuer.trusted_pem(), proxy.trusted_pem()]);
        let url = format!("https://localhost:{}", proxy.address().port());
        let token = tool.args(["--proxy", &url]).succeeds();
        assert_eq!((bound_to(&token), proxy.requests().len()), (Some(own.thumbprint.clone()), 1));
    }
}

/// It cannot get one: the certificate is the realm's.
#[test]
fn a_proxy_that_requires_a_certificate() {
    let (authority, own) = with_client();
    for tls12_only in [false, true] {
        let issuer = Issuer::start(Setup {
            certificate: Some(Certificate::Good),
            clients: Some(Clients { authority: authority.clone(), is_required: true }),
            may_be_idle: true,
            ..Setup::default()
        });
        let proxy = Proxy::requesting(ProxyReply::Connect, true, tls12_only);
        let tool = Tool::without_secret(&issuer).certified(&own).trusting([issuer.trusted_pem(), proxy.trusted_pem()]);
        let failed = tool.args(["--proxy", &format!("https://localhost:{}", proxy.address().port())]).fails(3);
        assert!(failed.error.contains("the proxy https://localhost") && failed.error.contains("requires a client"));
        assert!(!failed.hint.contains("--client-cert"), "{failed:?}");
    }
}

/// Neither the endpoint of GitHub's runner, which requests one. The realm gets it, and the token is bound to it.
#[test]
fn a_runner_gets_no_certificate() {
    let (authority, own) = with_client();
    let (issuer, runner) = (issuer(&authority, true, false), issuer(&Authority::new(), false, false));
    let tool = Tool::nameless(&issuer).in_job(&runner).certified(&own);
    let tool = tool.trusting([issuer.trusted_pem(), runner.trusted_pem()]);
    let token = tool.args(["--client-assertion-from", "github"]).succeeds();
    assert_eq!((client_of(&token).as_str(), bound_to(&token)), ("job", Some(own.thumbprint)));
    assert_eq!(runner.requests()[0].certificate, None);
}

/// A bound token is no use without its certificate.
#[test]
fn a_bound_token_is_cached_for_its_certificate_alone() {
    let (authority, own) = with_client();
    let other = authority.client("acme");
    let clients = Some(Clients { authority, is_required: false });
    let setup = Setup { certificate: Some(Certificate::Good), clients, ..assertion::reusing_setup() };
    let (issuer, cache) = (Issuer::start(setup), tempfile::tempdir().unwrap());
    let jwt = job(&issuer).signed();
    let (by_secret, by_assertion) = (|| Tool::asking(&issuer), || Tool::nameless(&issuer).assertion_file(&jwt));
    for make in [&by_secret as &dyn Fn() -> Tool, &by_assertion] {
        let call = || make().keeping_in(cache.path());
        let before = issuer.requests().len();
        let bound = call().certified(&own).succeeds();
        assert_eq!(bound_to(&bound).as_ref(), Some(&own.thumbprint));
        assert_eq!(call().certified(&own).succeeds(), bound);
        let free = call().succeeds();
        assert_eq!(bound_to(&free), None);
        assert_eq!(bound_to(&call().certified(&other).succeeds()).as_ref(), Some(&other.thumbprint));
        assert_eq!((call().certified(&own).succeeds(), call().succeeds()), (bound, free));
        assert_eq!(issuer.requests().len(), before + 3);
    }
}

/// A certificate of version 1, as `openssl x509 -req` makes it: rustls does not read its key.
#[test]
fn a_certificate_of_version_1_needs_its_own_key_too() {
    const OLD: &str = "-----BEGIN CERTIFICATE-----
MIHaMIGNAhR0/iIB7tjCCR//jDAd9OhJNxiTDzAFBgMrZXAwDzENMAsGA1UEAwwE
YWNtZTAgFw0yNjExMjkwNjUyMjlaGA8yMTI2MTEwNTA2NTIyOVowDzENMAsGA1UE
AwwEYWNtZTAqMAUGAytlcAMhAEunIAw1GQzNLDA7mTfwItSfWMOnenAyqhox+xKy
n7x1MAUGAytlcANBALzv3GKdJIxnNx7Qrk2jg1sEmmOAP0/nqOQ2y2qs+uh5e0dh
RHwdRd56zCRSjbgryOsV0KVqOdXneVuLWuCnigY=
-----END CERTIFICATE-----";
    let issuer = Issuer::idle();
    let failed = Tool::without_secret(&issuer).certified_by(OLD, &Authority::new().client("acme").key).fails(3);
    assert!(failed.error.contains("its key is not that of the certificate"), "{failed:?}");
}

/// The key seals the cache of a client that has nothing else.
#[test]
fn a_certificate_alone_has_its_own_cache() {
    let (authority, own) = with_client();
    let (issuer, cache) = (issuer(&authority, true, false), tempfile::tempdir().unwrap());
    let call = |own: &ClientCertificate| Tool::without_secret(&issuer).keeping_in(cache.path()).certified(own);
    let token = call(&own).succeeds();
    assert_eq!(call(&own).succeeds(), token);
    assert_ne!(call(&authority.client("acme")).succeeds(), token);
    assert_eq!(issuer.requests().len(), 2);
    call(&own).arg("revoke").succeeds();
    assert_eq!(issuer.requests()[2].certificate.as_ref(), Some(&own.thumbprint));
}

#[test]
fn doctor_shows_what_the_realm_must_know() {
    let (authority, own) = with_client();
    let report = examine(Tool::without_secret(&issuer(&authority, true, false)).certified(&own));
    assert_eq!((report.code, report.status("credential")), (0, "ok"), "{report}");
    let seen = report.seen("credential");
    assert_eq!(seen["certificate_subject"], "CN=acme", "{report}");
    let expired = authority.client_until("acme", 2020);
    let report = examine(Tool::without_secret(&issuer(&authority, true, false)).certified(&expired));
    assert_eq!((report.code, report.status("credential")), (4, "warning"), "{report}");
    report.says("credential", "warning", "expired", "");
    // Also if the certificate only binds the token.
    let binding = issuer(&authority, true, false);
    let tool = Tool::asking(&binding).certified(&own);
    fs::set_permissions(tool.home().join("own.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let report = examine(tool);
    report.says("credential", "warning", "can read the file with the client key (CATENA_CLIENT_KEY", "chmod 600");
    // Discovery needs no certificate here.
    let issuer = issuer(&authority, false, false);
    let make = || Tool::without_secret(&issuer).certified_by(&own.certificate, "no key");
    let report = fails_at(make, "credential", "it contains no private key", "--client-key");
    assert_eq!((report.code, report.status("request")), (3, "skipped"), "{report}");
}

/// A server may require the certificate for everything.
#[test]
fn a_realms_keys_and_its_document_are_read_with_it() {
    let (authority, own) = with_client();
    let issuer = issuer(&authority, true, false);
    let call = || Tool::without_secret(&issuer).certified(&own);
    call().args(["inspect", "--verify"]).succeeds();
    assert_eq!(examine(call()).status("discovery"), "ok");
}

/// The page's own commands.
#[test]
fn the_files_of_the_page() {
    let (authority, own) = with_client();
    let (issuer, home) = (issuer(&authority, true, false), tempfile::tempdir().unwrap());
    for (name, text) in [("cert.pem", &own.certificate), ("key.pem", &own.key)] {
        fs::write(home.path().join(name), text).unwrap();
    }
    fs::write(home.path().join("ca.pem"), issuer.trusted_pem()).unwrap();
    let block = blocks().into_iter().find(|block| block.how == "run-certificate").unwrap();
    let mut shell = plain_command::command("sh");
    shell.args(["-ec", &block.script]).current_dir(&home).env("HOME", home.path()).env("PATH", shell::path());
    let output = shell.env("CATENA_ISSUER", issuer.url()).env("CATENA_CA_CERT", "ca.pem").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(issuer.requests()[0].certificate, Some(own.thumbprint));
}
