//! Signing keys that cannot be used: exit code 3, no connection, and what to do.

use std::fs;

use catena_token_issuer::{Authority, Issuer, Signer};

use crate::support::Tool;
use crate::support::openssl::made;
use crate::support::tool::Failed;

/// The command that removes a password.
const DECRYPT: &str = "openssl pkcs8 -topk8 -nocrypt";

fn refused(issuer: &Issuer, pem: &str) -> Failed {
    let failed = Tool::without_secret(issuer).key_file(pem).fails(3);
    assert!(failed.error.contains("signing key"), "{failed:?}");
    failed
}

fn labelled(label: &str, text: &str) -> String {
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

#[test]
fn other_files_are_told_apart() {
    let issuer = Issuer::idle();
    let good = Signer::new("ES256", "").pem();
    let body: String = good.lines().filter(|line| !line.starts_with('-')).collect();
    for text in ["", "\n", "not a key", "eyJrdHkiOiJFQyJ9", r#"{"kty":"EC","crv":"P-256"}"#, &body] {
        refused(&issuer, text);
    }
    for pem in [
        labelled("PUBLIC KEY", &body),
        labelled("OPENSSH PRIVATE KEY", &body),
        labelled("PRIVATE KEY", "AAAA"),
        labelled("PRIVATE KEY", "not base64!"),
        format!("\u{feff}{good}"),
        Authority::new().pem(),
    ] {
        refused(&issuer, &pem);
    }
    // As a CI variable may have it.
    for text in [good.replace('\n', " "), good.replace('\n', "\\n"), good.replace("-----END PRIVATE KEY-----\n", "")] {
        let failed = refused(&issuer, &text);
        assert!(failed.error.contains("damaged") && failed.hint.contains("line breaks"), "{failed:?}");
    }
    let encrypted = labelled("ENCRYPTED PRIVATE KEY", &body);
    let traditional =
        labelled("RSA PRIVATE KEY", &format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233\n\n{body}"));
    for pem in [encrypted, traditional] {
        let failed = refused(&issuer, &pem);
        assert!(failed.hint.contains(DECRYPT), "{failed:?}");
    }
    let failed = Tool::without_secret(&issuer).env("CATENA_SIGNING_KEY", "not a key").fails(3);
    assert!(failed.error.contains("CATENA_SIGNING_KEY"), "{failed:?}");
    let failed = Tool::without_secret(&issuer).env("CATENA_SIGNING_KEY_FILE", "/nonexistent/key").fails(3);
    assert!(failed.error.contains("'/nonexistent/key'"), "{failed:?}");
}

#[test]
fn the_algorithm_must_fit_the_key() {
    let issuer = Issuer::idle();
    for (kind, algorithms) in [
        ("RS256", &["ES256", "ES384", "EdDSA"][..]),
        ("ES256", &["RS256", "ES384", "EdDSA"]),
        ("ES384", &["PS256", "ES256"]),
        ("EdDSA", &["RS256", "ES256"]),
    ] {
        for algorithm in algorithms {
            let tool = Tool::without_secret(&issuer).key_file(&Signer::new(kind, "").pem());
            let failed = tool.args(["--signing-alg", algorithm]).fails(3);
            assert!(failed.error.contains(algorithm) || failed.hint.contains(algorithm), "{failed:?}");
        }
    }
}

/// Kinds of keys and files that OpenSSL and OpenSSH make.
#[test]
#[ignore = "needs openssl and ssh-keygen"]
fn what_other_programs_make() {
    const MAKE: &str = "set -e
        ec() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:$1; }
        ec P-521 > p521
        ec secp256k1 > secp256k1
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 > rsa1024
        openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 > pss
        openssl genpkey -algorithm ED448 > ed448
        openssl genpkey -algorithm ED25519 > good
        openssl pkey -in good -pubout > public
        openssl pkey -in good -outform DER > der
        openssl pkcs8 -topk8 -in good -passout pass:word -out encrypted
        openssl genrsa -traditional -aes256 -passout pass:word 2048 > traditional
        ssh-keygen -q -t ed25519 -N '' -f openssh
        ssh-keygen -q -t ed25519 -N word -f openssh-encrypted";
    let directory = made(MAKE);
    let issuer = Issuer::idle();
    for name in ["p521", "secp256k1", "rsa1024", "pss", "ed448", "public", "openssh", "openssh-encrypted"] {
        let failed = refused(&issuer, &fs::read_to_string(directory.path().join(name)).unwrap());
        assert!(!failed.hint.is_empty(), "{name}: {failed:?}");
    }
    for name in ["encrypted", "traditional"] {
        let failed = refused(&issuer, &fs::read_to_string(directory.path().join(name)).unwrap());
        assert!(failed.hint.contains(DECRYPT), "{name}: {failed:?}");
    }
    // DER is binary.
    let der = directory.path().join("der");
    Tool::without_secret(&issuer).env("CATENA_SIGNING_KEY_FILE", der).fails(3);
}
