//! What OpenSSL makes and rcgen does not: old algorithms, and PEM labels of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use catena_token_issuer::Issuer;

use crate::support::Tool;
use crate::support::openssl::made;

/// `openssl s_server` for one connection; its port.
fn serve(directory: &Path, options: &[&str]) -> (Child, String) {
    let mut command = Command::new("openssl");
    command.args("s_server -accept 127.0.0.1:0 -naccept 1 -key own.key -cert own.pem".split(' ')).args(options);
    command.current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = command.spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.as_mut().unwrap()).lines();
    let line = lines.find(|line| line.as_ref().unwrap().starts_with("ACCEPT")).unwrap().unwrap();
    (server, line.rsplit(':').next().unwrap().to_owned())
}

fn fails(directory: &Path, options: &[&str], code: i32, why: &str, hint: &str) {
    let (mut server, port) = serve(directory, options);
    let url = format!("https://localhost:{port}/realms/a");
    let tool = Tool::at(&url, "acme", "secret-of-nobody").env("CATENA_RETRIES", "0");
    let failed = tool.arg("--ca-cert").arg(directory.join("ca.pem")).fails(code);
    let _ = server.kill();
    server.wait().unwrap();
    assert!(failed.error.ends_with(why), "{}", failed.error);
    assert!(failed.hint.contains(hint), "{}", failed.hint);
}

#[test]
#[ignore = "needs openssl"]
fn an_algorithm_that_is_not_supported_is_named() {
    const OLD: [&str; 2] = ["-cipher", "DEFAULT:@SECLEVEL=0"];
    let v3 = "-extfile own.ext";
    for (script, why) in [
        (
            format!("ca ec ec_paramgen_curve:P-256 sha256; own -sha512 {v3}"),
            "its certificate has a signature that is not supported: ECDSA with SHA-512",
        ),
        (
            format!("ca ec ec_paramgen_curve:P-256 sha256; own -sha1 {v3}"),
            "its certificate has a signature that is not supported: ECDSA with SHA-1",
        ),
        (
            format!("ca rsa rsa_keygen_bits:2048 sha256; own -sha1 {v3}"),
            "its certificate has a signature that is not supported: RSA with SHA-1",
        ),
        (
            format!("ca ec ec_paramgen_curve:P-521 sha512; own -sha512 {v3}"),
            "the certificate of its authority 'Authority' has a key that is not supported: ECDSA on P-521",
        ),
        (
            format!("ca ec ec_paramgen_curve:P-521 sha256; own -sha256 {v3}"),
            "the certificate of its authority 'Authority' has a key that is not supported: ECDSA on P-521",
        ),
        (
            format!("ca rsa rsa_keygen_bits:1024 sha256; own -sha256 {v3}"),
            "the certificate of its authority 'Authority' has a key that is not supported: RSA of 1024 bits",
        ),
        (
            format!("KEY=rsa KEY_OPTION=rsa_keygen_bits:1024; ca rsa rsa_keygen_bits:2048 sha256; own -sha256 {v3}"),
            "its certificate has a key that is not supported: RSA of 1024 bits",
        ),
    ] {
        for version in ["-tls1_2", "-tls1_3"] {
            fails(made(&script).path(), &[&OLD[..], &[version]].concat(), 6, why, "RSA of 2048 to 8192 bits");
        }
    }
    let directory = made("ca ec ec_paramgen_curve:P-256 sha256; own -sha256");
    let why = "its certificate uses X.509 version 1, which is not supported";
    fails(directory.path(), &OLD, 6, why, "with subjectAltName");
    // OpenSSL does not show such a certificate to a client that does not support its key.
    let directory =
        made(&format!("KEY_OPTION=ec_paramgen_curve:P-521; ca rsa rsa_keygen_bits:2048 sha256; own -sha256 {v3}"));
    fails(directory.path(), &OLD, 6, "no common TLS version, cipher suite, group or kind of certificate", "P-256");
}

#[test]
#[ignore = "needs openssl"]
fn servers_with_nothing_in_common_or_that_want_a_certificate() {
    let directory = made("ca ec ec_paramgen_curve:P-256 sha256; own -sha256 -extfile own.ext");
    let common = "no common TLS version, cipher suite, group or kind of certificate";
    fails(directory.path(), &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], 6, common, "AES-GCM");
    fails(directory.path(), &["-tls1_3", "-groups", "P-521"], 6, common, "X25519");
    fails(directory.path(), &["-tls1_2", "-groups", "P-521"], 6, common, "X25519");
    fails(directory.path(), &["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], 6, "no common TLS version", "TLS 1.2 or newer");
    for version in ["-tls1_2", "-tls1_3"] {
        let why = " requires a client certificate";
        fails(directory.path(), &[version, "-Verify", "1", "-verify_return_error"], 4, why, "--client-cert");
    }
}

#[test]
#[ignore = "needs openssl"]
fn the_pem_labels_of_openssl() {
    let issuer = Issuer::https();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    fs::write(&path, issuer.trusted_pem()).unwrap();
    for (options, is_trusted) in [
        ("-trustout", true),
        ("-trustout -addtrust serverAuth -setalias name", true),
        ("-trustout -addtrust anyExtendedKeyUsage", true),
        ("-trustout -addreject clientAuth", true),
        ("-trustout -addreject serverAuth", false),
        ("-trustout -addtrust emailProtection", false),
    ] {
        let mut command = Command::new("openssl");
        let output = command.args(["x509", "-in"]).arg(&path).args(options.split(' ')).output().unwrap();
        let pem = String::from_utf8(output.stdout).unwrap();
        assert!(pem.contains("BEGIN TRUSTED CERTIFICATE"), "{pem}");
        let tool = Tool::asking(&issuer);
        let bundle = tool.file("bundle.pem", &pem);
        let tool = tool.arg("--ca-cert").arg(bundle);
        if is_trusted {
            tool.succeeds();
        } else {
            assert!(tool.fails(3).error.ends_with("it contains no PEM certificate"));
        }
    }
}
