//! TLS trust: each certificate problem has its own error; and the CA bundle.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use catena_token_issuer::{Authority, Certificate, Issuer, Reply, Setup};

use crate::support::Tool;

fn https(certificate: Certificate) -> Issuer {
    Issuer::start(Setup { certificate: Some(certificate), ..Setup::default() })
}

#[test]
fn tls_1_3_and_1_2_are_spoken() {
    for (tls12_only, version) in [(false, "TLSv1_3"), (true, "TLSv1_2")] {
        let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), tls12_only, ..Setup::default() });
        let (_, said) = Tool::asking(&issuer).arg("-v").succeeds_saying();
        assert!(said.contains(&format!("TLS session with 'localhost': {version}")), "{said}");
    }
}

#[test]
fn each_bad_certificate_says_what_is_wrong() {
    for (certificate, why, hint) in [
        (Certificate::Expired, "its certificate expired on 2020-01-02T00:00:00Z", "check this machine's clock"),
        (
            Certificate::NotYetValid,
            "its certificate is not valid before 2999-01-02T00:00:00Z",
            "check this machine's clock",
        ),
        (
            Certificate::WrongName,
            "its certificate is for another name: 'other.example.com', 'another.example.com'",
            "use a name that the certificate is for",
        ),
        (
            Certificate::SelfSignedCa,
            "its certificate is a CA certificate (CA:TRUE), which must not identify a server",
            "-addext basicConstraints=critical,CA:FALSE",
        ),
    ] {
        let issuer = https(certificate);
        let failed = Tool::asking(&issuer).fails(6);
        assert_eq!(failed.error, format!("cannot get a token: the connection to 'localhost' cannot be trusted: {why}"));
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        assert!(issuer.requests().is_empty(), "the secret was not sent");
        assert_eq!(issuer.connections(), 1, "it is not tried again");
    }
}

#[test]
fn an_unknown_authority_and_a_self_signed_certificate() {
    for (certificate, why, hint) in [
        (
            Certificate::Good,
            "its certificate is signed by an authority that is not in the CA bundle: 'Inspection \\u{202e}CA'",
            "pass its certificate (PEM) with --ca-cert or CATENA_CA_CERT",
        ),
        (Certificate::SelfSigned, "its certificate is self-signed", "pass that certificate with --ca-cert"),
    ] {
        let authority = Authority::named("Inspection \u{202e}CA");
        let issuer = Issuer::start(Setup { certificate: Some(certificate), authority, ..Setup::default() });
        let tool = Tool::asking(&issuer);
        let other = tool.file("other.pem", Authority::new().pem());
        let failed = tool.arg("--ca-cert").arg(other).fails(6);
        assert_eq!(failed.error, format!("cannot get a token: the connection to 'localhost' cannot be trusted: {why}"));
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        assert!(issuer.requests().is_empty());
    }
}

#[test]
fn a_self_signed_server_certificate_is_trusted_when_it_is_named() {
    let issuer = https(Certificate::SelfSigned);
    Tool::asking(&issuer).succeeds();
}

#[test]
fn the_bundle_is_named_by_flag_or_variables() {
    let issuer = https(Certificate::Good);
    let tool = Tool::asking(&issuer).unset("CATENA_CA_CERT");
    let bundle = tool.file("ca.pem", issuer.trusted_pem());
    tool.env("SSL_CERT_FILE", bundle).succeeds();
    let tool = Tool::asking(&issuer).env("CATENA_CA_CERT", "/nonexistent");
    let bundle = tool.file("ca.pem", issuer.trusted_pem());
    tool.arg("--ca-cert").arg(bundle).succeeds();
    Tool::asking(&issuer).env("SSL_CERT_FILE", "/nonexistent").succeeds();
}

#[test]
fn a_bundle_of_many_is_searched_and_comments_are_passed_over() {
    let issuer = https(Certificate::Good);
    let tool = Tool::asking(&issuer);
    let mut pem = "# Authorities\n".to_owned();
    for _ in 0..5 {
        pem.push_str(&Authority::new().pem());
    }
    pem.push_str("-----BEGIN CERTIFICATE-----\n!!! not base64 !!!\n-----END CERTIFICATE-----\n");
    pem.push_str(&issuer.trusted_pem().replace('\n', "\r\n"));
    let bundle = tool.file("many.pem", pem);
    tool.arg("--ca-cert").arg(bundle).succeeds();
}

#[test]
fn old_pem_labels() {
    let issuer = https(Certificate::Good);
    for label in ["TRUSTED CERTIFICATE", "X509 CERTIFICATE"] {
        let tool = Tool::asking(&issuer);
        let bundle = tool.file("ca.pem", issuer.trusted_pem().replace("CERTIFICATE", label));
        tool.arg("--ca-cert").arg(bundle).succeeds();
    }
}

#[test]
fn a_bundle_that_cannot_be_used_is_named_before_anything_is_opened() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    for (content, why) in [
        ("", "it contains no PEM certificate"),
        ("hello", "it contains no PEM certificate"),
        ("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n", "it contains no PEM certificate"),
        ("-----BEGIN CERTIFICATE-----\nMIIB", "it contains no PEM certificate"),
    ] {
        let tool = Tool::asking(&issuer);
        let bundle = tool.file("bad.pem", content);
        let failed = tool.arg("--ca-cert").arg(&bundle).fails(3);
        assert_eq!(failed.error, format!("cannot use the CA bundle '{}' (--ca-cert): {why}", bundle.display()));
    }
    let failed = Tool::asking(&issuer).args(["--ca-cert", "/nonexistent/ca.pem"]).fails(3);
    assert_eq!(failed.error, "cannot read the CA bundle '/nonexistent/ca.pem' (--ca-cert): no such file or directory");
    let failed = Tool::asking(&issuer).env("CATENA_CA_CERT", "/").fails(3);
    assert_eq!(failed.error, "cannot read the CA bundle '/' (CATENA_CA_CERT): is a directory");
    // Set by Nix, Conda or an image, and not by the user.
    let failed = Tool::asking(&issuer).unset("CATENA_CA_CERT").env("SSL_CERT_FILE", "/nix/ca.pem").fails(3);
    assert_eq!(failed.error, "cannot read the CA bundle '/nix/ca.pem' (SSL_CERT_FILE): no such file or directory");
}

#[test]
fn an_authority_of_the_same_name_is_another_one() {
    let name = "Corporate CA";
    let issuer = Issuer::start(Setup {
        certificate: Some(Certificate::Good),
        authority: Authority::named(name),
        ..Setup::default()
    });
    let tool = Tool::asking(&issuer);
    let other = tool.file("other.pem", Authority::named(name).pem());
    let failed = tool.arg("--ca-cert").arg(other).fails(6);
    assert!(
        failed.error.ends_with("was not signed by the authority of that name in the CA bundle"),
        "{}",
        failed.error
    );
}

#[test]
fn https_to_a_plain_port_is_not_trusted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/realms/a", listener.local_addr().unwrap().port());
    let server = thread::spawn(move || {
        let mut stream = listener.accept()?.0;
        stream.write_all(b"HTTP/1.1 400 The plain HTTP request was sent to an HTTPS port\r\n\r\n")?;
        // Closing before the client has read would reset the connection.
        stream.read_to_end(&mut Vec::new())
    });
    let tool = Tool::at(&url, "acme", "secret-of-nobody");
    let bundle = tool.file("ca.pem", Authority::new().pem());
    let failed = tool.arg("--ca-cert").arg(bundle).fails(6);
    assert_eq!(
        failed.error,
        "cannot get a token: the connection to 'localhost' cannot be trusted: it does not speak TLS"
    );
    server.join().unwrap().unwrap();
}

#[test]
fn a_bundle_that_is_not_a_file() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let tool = Tool::asking(&issuer);
    let fifo = tool.home().join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let failed = tool.arg("--ca-cert").arg(&fifo).args(["--timeout", "300ms"]).fails(3);
    assert!(failed.error.ends_with("timed out (--timeout)"), "{}", failed.error);
    let failed = Tool::asking(&issuer).args(["--ca-cert", "/dev/zero"]).fails(3);
    assert_eq!(failed.error, "cannot read the CA bundle '/dev/zero' (--ca-cert): it is longer than 8192 KiB");
}

/// One TLS record per piece, as servers send chunks: the session returns buffered data before it reads more.
#[test]
fn an_answer_in_records_of_every_size_is_read_whole() {
    let padding = "x".repeat(300_000);
    let body = format!(r#"{{"access_token":"abc","token_type":"Bearer","x":"{padding}"}}"#);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    for sizes in [&[1_000, 16_384, 2, 16_384][..], &[100, 16_384, 50, 16_384], &[1], &[16_384]] {
        let mut rest = [head.as_bytes(), body.as_bytes()].concat();
        let mut pieces = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            // A thousand records of one byte are enough.
            let size = if pieces.len() > 1_000 { 16_384 } else { *size };
            pieces.push(rest.drain(..size.min(rest.len())).collect());
        }
        for tls12_only in [false, true] {
            let issuer = Issuer::start(Setup {
                certificate: Some(Certificate::Good),
                tls12_only,
                replies: vec![Reply::Pieces(pieces.clone())],
                ..Setup::default()
            });
            assert_eq!(Tool::asking(&issuer).succeeds(), "abc\n", "{sizes:?}");
        }
    }
}
