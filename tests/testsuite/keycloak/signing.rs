//! A real Keycloak, and clients that sign their own assertions: every kind of key, how it is registered, and clocks.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::Signer;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use crate::support::assertion::client_of;
use crate::support::keycloak::Keycloak;
use crate::support::openssl::made;
use crate::support::pages::blocks;
use crate::support::shell::assert_installed;
use crate::support::workload::{jwk, with_certificate, with_jwks};
use crate::support::{Tool, plain_command, shell};

fn call(keycloak: &Keycloak, client: &str, pem: &str) -> Tool {
    keycloak.nameless().env("CATENA_CLIENT_ID", client).key_file(pem)
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn every_kind_of_key_in_every_form() {
    let keycloak = Keycloak::running();
    for (name, forms) in [
        ("rsa", &["cat", "openssl rsa -traditional"][..]),
        ("p256", &["cat", "openssl ec", "with_parameters"]),
        ("p384", &["cat", "openssl ec"]),
        ("ed25519", &["cat"]),
    ] {
        let client = format!("certified-{name}");
        keycloak.register(&client, "client-jwt", &with_certificate(&keycloak.key(name)));
        for form in forms {
            let directory = made(&format!(
                "with_parameters() {{ openssl ecparam -name P-256; openssl ec; }}
                 {form} < '{}' > key.pem",
                keycloak.key(name).display()
            ));
            let pem = fs::read_to_string(directory.path().join("key.pem")).unwrap();
            for client in ["signed", &client] {
                assert_eq!(client_of(&call(&keycloak, client, &pem).succeeds()), *client, "{name}: {form}");
            }
        }
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_key_that_keycloak_makes() {
    let keycloak = Keycloak::running();
    keycloak.register("generated", "client-jwt", &json!({}));
    let pem = keycloak.generate_key("generated");
    assert!(pem.starts_with("Bag Attributes"), "OpenSSL writes a head before the key");
    call(&keycloak, "generated", &pem).succeeds();
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_second_of_two_keys_needs_its_id() {
    let keycloak = Keycloak::running();
    call(&keycloak, "two", &keycloak.key_text("rsa")).succeeds();
    let second = || call(&keycloak, "two", &keycloak.key_text("second"));
    let failed = second().fails(4);
    assert!(failed.error.contains("Signature on JWT token failed validation"), "{failed:?}");
    assert!(failed.hint.contains("register"), "{failed:?}");
    second().args(["--signing-key-id", "second"]).succeeds();
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn another_algorithm_than_the_usual_one_of_the_key() {
    let keycloak = Keycloak::running();
    for algorithm in ["RS384", "RS512", "PS256", "PS384", "PS512"] {
        let key = Signer::from_pem(algorithm, "rsa", keycloak.key_text("rsa").as_bytes());
        let client = format!("by-{}", algorithm.to_lowercase());
        keycloak.register(&client, "client-jwt", &with_jwks(&jwk(&key)));
        let call = || call(&keycloak, &client, &keycloak.key_text("rsa"));
        call().args(["--signing-alg", algorithm]).succeeds();
        let failed = call().fails(4);
        assert!(failed.error.contains("Unable to load public key"), "{algorithm}: {failed:?}");
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_refusal_of_a_key_has_its_hint() {
    let keycloak = Keycloak::running();
    let mut attributes = with_certificate(&keycloak.key("rsa"));
    attributes["token.endpoint.auth.signing.alg"] = "PS256".into();
    keycloak.register("fixed", "client-jwt", &attributes);
    keycloak.register("keyless", "client-jwt", &json!({}));
    let call = |client, key: &str| call(&keycloak, client, &keycloak.key_text(key));
    for (tool, error, hint) in [
        (call("signed", "second"), "Signature on JWT token failed validation", "register"),
        (call("signed", "rsa").args(["--signing-key-id", "x"]), "Unable to load public key", "--signing-key-id"),
        (call("fixed", "rsa"), "Invalid signature algorithm", "--signing-alg"),
        (call("keyless", "rsa"), "Unable to load public key", "register"),
        (call("nobody", "rsa"), "HTTP 401, invalid_client", "--client-id"),
        (call("signed", "rsa").args(["--scope", "nonsense"]), "HTTP 400, invalid_scope", "--scope"),
    ] {
        let failed = tool.fails(4);
        assert!(failed.error.contains(error) && failed.hint.contains(hint), "{error}: {failed:?}");
    }
    call("fixed", "rsa").args(["--signing-alg", "PS256"]).succeeds();
    // A secret for such a client.
    let failed = Tool::at(&keycloak.workload(), "signed", "a-secret-that-nobody-has").fails(4);
    assert!(failed.hint.contains("signed JWT"), "{failed:?}");
}

/// `--hostname` of Keycloak, for one realm: it is called by its address and has another name.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_realm_with_another_name_than_its_address() {
    let keycloak = Keycloak::running();
    let key = Signer::from_pem("ES256", "p256", keycloak.key_text("p256").as_bytes());
    let client = json!({
        "clientId": "signed", "clientAuthenticatorType": "client-jwt", "attributes": with_jwks(&jwk(&key)),
        "serviceAccountsEnabled": true, "publicClient": false,
    });
    let attributes = json!({"frontendUrl": "https://auth.example.test"});
    keycloak.create_realm(&json!({"realm": "named", "enabled": true, "attributes": attributes, "clients": [client]}));
    let (address, name) = (format!("{}/realms/named", keycloak.http), "https://auth.example.test/realms/named");
    let call = || {
        let tool = Tool::bare().env("CATENA_ISSUER", &address).env("CATENA_CLIENT_ID", "signed");
        tool.key_file(&keycloak.key_text("p256")).args(["--scope", ""])
    };
    call().args(["--token-issuer", name]).succeeds();
    let failed = call().fails(4);
    assert!(failed.error.contains("Invalid token audience"), "{failed:?}");
    assert!(failed.hint.contains("--token-issuer") && failed.hint.contains(&address), "{failed:?}");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run, and faketime"]
fn a_clock_that_is_a_little_wrong_is_good_enough() {
    assert_installed("faketime");
    let keycloak = Keycloak::running();
    let call = |offset: &str| {
        let tool = Tool::within(&["faketime", "-f", offset]).env("CATENA_ISSUER", keycloak.workload());
        tool.env("CATENA_CLIENT_ID", "signed").key_file(&keycloak.key_text("ed25519")).arg("--no-cache")
    };
    call("+25s").succeeds();
    call("-40s").succeeds();
    for (offset, error) in [("+300s", "Token was issued in the future"), ("-300s", "Token is not active")] {
        let failed = call(offset).fails(4);
        assert!(failed.error.contains(error) && failed.hint.contains("clock"), "{offset}: {failed:?}");
    }
}

/// The page's own commands, with what they make registered as the page says.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_key_of_the_page() {
    let (keycloak, home) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let run = |how: &str| {
        let block = blocks().into_iter().find(|block| block.how == how).unwrap();
        let mut shell = plain_command::command("sh");
        shell.args(["-ec", &block.script]).current_dir(&home).env("HOME", home.path()).env("PATH", shell::path());
        let output = shell.env("CATENA_ISSUER", keycloak.workload()).output().unwrap();
        assert!(output.status.success(), "{how}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run("run-openssl");
    assert_eq!(fs::metadata(home.path().join("key.pem")).unwrap().permissions().mode() & 0o777, 0o600);
    let certificate = fs::read(home.path().join("cert.pem")).unwrap();
    let der = CertificateDer::from_pem_slice(&certificate).unwrap();
    keycloak.register("acme", "client-jwt", &json!({"jwt.credential.certificate": STANDARD.encode(der)}));
    assert_eq!(client_of(&run("run-key")), "acme");
}
