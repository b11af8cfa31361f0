//! A real Keycloak, clients that authenticate by a TLS certificate (RFC 8705), and tokens that are bound to one.

use std::fs;

use catena_token_issuer::Authority;
use serde_json::{Value, json};

use crate::support::Tool;
use crate::support::assertion::{claims, client_of};
use crate::support::doctor::examine;
use crate::support::keycloak::Keycloak;
use crate::support::openssl::made;
use crate::support::workload::{CLUSTER, federated};

/// A certificate of the authority that Keycloak knows, and its key.
struct Own(String, String);

impl Keycloak {
    fn certificate(&self, name: &str, kind: &str, days: i32) -> Own {
        let (ca, key) = (&self.ca, std::env::var("KEYCLOAK_CA_KEY").unwrap());
        let directory = made(&format!(
            "openssl req {kind} -nodes -keyout own.key -out own.csr -utf8 -subj '{name}'
             openssl x509 -req -in own.csr -CA '{ca}' -CAkey '{key}' -set_serial 7 -out own.pem -days {days}"
        ));
        let read = |name| fs::read_to_string(directory.path().join(name)).unwrap();
        Own(read("own.pem"), read("own.key"))
    }

    /// A call by https, without a client.
    fn secure(&self) -> Tool {
        let realm = format!("{}/realms/workload", self.https);
        self.nameless().env("CATENA_ISSUER", realm).env("CATENA_CA_CERT", &self.ca)
    }

    fn certified(&self, client: &str, Own(certificate, key): &Own) -> Tool {
        self.secure().env("CATENA_CLIENT_ID", client).certified_by(certificate, key)
    }
}

/// For RSA and Ed25519, too.
const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";

fn subject(name: &str) -> Value {
    json!({"x509.subjectdn": name, "x509.allow.regex.pattern.comparison": "false"})
}

fn binding(token: &str) -> Value {
    claims(token)["cnf"]["x5t#S256"].clone()
}

/// What `doctor` shows is what the realm must be told, whatever characters a name has.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_certificate_is_registered_as_doctor_shows_it() {
    let keycloak = Keycloak::running();
    let ed25519 = "-newkey ed25519";
    for (number, (name, kind)) in [
        ("/C=DE/O=Catena lab/CN=acme-mtls", EC),
        ("/C=DE/O=Acme, Inc.\\+x/CN= \"a\" <b>; #c", "-newkey rsa:2048"),
        ("/DC=test/DC=acme/OU=Flotte/CN=Müller", ed25519),
    ]
    .into_iter()
    .enumerate()
    {
        let (own, client) = (keycloak.certificate(name, kind, 2), format!("certified-{number}"));
        let before = examine(keycloak.certified(&client, &own).env("CATENA_RETRIES", "0"));
        assert_eq!(before.code, 4, "{before}");
        before.says("request", "failed", "HTTP 401, invalid_client", "'X509 Certificate'");
        let shown = before.seen("credential")["certificate_subject"].as_str().unwrap();
        keycloak.register(&client, "client-x509", &subject(shown));
        assert_eq!(client_of(&keycloak.certified(&client, &own).succeeds()), client, "{shown}");
        let other = keycloak.certificate("/CN=other", EC, 2);
        let failed = keycloak.certified(&client, &other).fails(4);
        assert!(failed.error.contains("HTTP 401, invalid_client"), "{failed:?}");
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_certificate_that_keycloak_refuses() {
    let keycloak = Keycloak::running();
    let foreign = Authority::new().client("acme");
    for own in [Own(foreign.certificate, foreign.key), keycloak.certificate("/CN=acme", EC, -1)] {
        let failed = keycloak.certified("refused", &own).fails(4);
        assert!(failed.error.ends_with("does not accept the client certificate"), "{failed:?}");
        assert!(failed.hint.contains("--client-cert"), "{failed:?}");
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_token_is_bound_to_the_certificate_however_the_client_authenticates() {
    let keycloak = Keycloak::running();
    let own = keycloak.certificate("/CN=bound", EC, 2);
    let bound = |mut attributes: Value| {
        attributes["tls.client.certificate.bound.access.tokens"] = "true".into();
        attributes
    };
    keycloak.register("bound-tls", "client-x509", &bound(subject("CN=bound")));
    keycloak.register("bound-pod", "federated-jwt", &bound(federated("cluster", "bound")));
    let secret = json!({"secret": "Zk3vQ9xW7tB2nM5rL8pY1sD4"});
    keycloak.register_as("bound-secret", "client-secret", &bound(json!({})), &secret);
    let cache = tempfile::tempdir().unwrap();
    let issuer = format!("{}/realms/workload", keycloak.https);
    let jwt = keycloak.signed(&keycloak.assertion(CLUSTER, "bound").with("aud", issuer));
    let by_assertion = |tool: Tool| tool.assertion_file(&jwt);
    let by_secret = |tool: Tool| tool.env("CATENA_CLIENT_SECRET", "Zk3vQ9xW7tB2nM5rL8pY1sD4");
    let by_header = |tool: Tool| by_secret(tool).args(["--client-auth", "basic"]);
    for (give, client) in [
        (&by_assertion as &dyn Fn(Tool) -> Tool, "bound-pod"),
        (&by_secret, "bound-secret"),
        (&by_header, "bound-secret"),
    ] {
        let with = || give(keycloak.certified(client, &own).keeping_in(cache.path()));
        let token = with().succeeds();
        assert_eq!(client_of(&token), client);
        assert!(binding(&token).is_string(), "{token}");
        assert_eq!(with().succeeds(), token);
        // The cached token is not for a call without it.
        let without = keycloak.secure().keeping_in(cache.path()).env("CATENA_CLIENT_ID", client);
        let failed = give(without).fails(4);
        assert!(failed.error.contains("Client Certification missing"), "{failed:?}");
        assert!(failed.hint.contains("--client-cert"), "{failed:?}");
        with().arg("revoke").succeeds();
    }
    assert!(binding(&keycloak.certified("bound-tls", &own).succeeds()).is_string());
    // Another client's tokens are not bound.
    let free = keycloak.certified("signed", &own).key_file(&keycloak.key_text("p256"));
    assert_eq!(binding(&free.succeeds()), Value::Null);
}
