//! The realm `workload` of the real Keycloak, whose clients have no secret, and what a realm fetches.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::{Request, Signer};
use serde_json::{Value, json};

use super::Tool;
use super::assertion::Claims;
use super::keycloak::{Keycloak, curl, send};
use super::openssl::made;

/// The issuer of the provider `cluster`, and the subject that is the client `pod`.
pub const CLUSTER: &str = "https://cluster.example.test";
pub const POD: &str = "system:serviceaccount:fleet:sync";

impl Keycloak {
    pub fn workload(&self) -> String {
        format!("{}/realms/workload", self.http)
    }

    /// A call for this realm, without a client.
    pub fn nameless(&self) -> Tool {
        Tool::bare().env("CATENA_ISSUER", self.workload())
    }

    /// A private key that `tests/keycloak/run` made.
    pub fn key(&self, name: &str) -> PathBuf {
        Path::new(&std::env::var("KEYCLOAK_KEYS").unwrap()).join(format!("{name}.pem"))
    }

    pub fn key_text(&self, name: &str) -> String {
        fs::read_to_string(self.key(name)).unwrap()
    }

    /// The key of the providers `ci` and `cluster`.
    pub fn provider_key(&self) -> Signer {
        Signer::from_pem("RS256", "issuer", self.key_text("issuer").as_bytes())
    }

    /// An assertion of one of these providers, for this realm.
    pub fn assertion(&self, issuer: &str, subject: &str) -> Claims {
        Claims::new(issuer, subject, &self.workload())
    }

    pub fn signed(&self, claims: &Claims) -> String {
        claims.signed_by(&self.provider_key())
    }

    /// A new client that authenticates by `kind`, with these members changed.
    pub fn register_as(&self, client: &str, kind: &str, attributes: &Value, changed: &Value) {
        let mut body = json!({
            "clientId": client, "clientAuthenticatorType": kind, "attributes": attributes,
            "serviceAccountsEnabled": true, "standardFlowEnabled": false, "publicClient": false,
            "defaultClientScopes": ["basic", "acr", "roles"], "optionalClientScopes": ["organization"],
        });
        for (name, value) in changed.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post("clients", &body);
    }

    pub fn register(&self, client: &str, kind: &str, attributes: &Value) {
        self.register_as(client, kind, attributes, &json!({}));
    }

    /// A new client that `subject` of the provider `alias` is.
    pub fn federate(&self, client: &str, alias: &str, subject: &str) {
        self.register(client, "federated-jwt", &federated(alias, subject));
    }

    /// A new identity provider.
    pub fn provide(&self, alias: &str, kind: &str, config: &Value) {
        self.post("identity-provider/instances", &json!({"alias": alias, "providerId": kind, "config": config}));
    }

    /// From now on the provider's tokens authenticate nobody.
    pub fn disable_provider(&self, alias: &str) {
        let admin = self.admin_token();
        let url = format!("{}/admin/realms/workload/identity-provider/instances/{alias}", self.http);
        let mut provider = curl(&["-H", &format!("Authorization: Bearer {admin}"), &url]);
        provider["enabled"] = false.into();
        send(&admin, "PUT", &url, &provider.to_string());
    }

    /// Another realm.
    pub fn create_realm(&self, realm: &Value) {
        send(&self.admin_token(), "POST", &format!("{}/admin/realms", self.http), &realm.to_string());
    }

    /// Imports a part of a realm into `realm`, as the admin console's *Partial import* does.
    pub fn import(&self, realm: &str, part: &Value) {
        let mut part = part.clone();
        part["ifResourceExists"] = "FAIL".into();
        let url = format!("{}/admin/realms/{realm}/partialImport", self.http);
        send(&self.admin_token(), "POST", &url, &part.to_string());
    }

    /// The private key, as PEM, that Keycloak itself makes for `client`: a PKCS#12 file, and what OpenSSL makes of it.
    pub fn generate_key(&self, client: &str) -> String {
        let admin = self.admin_token();
        let url = format!("{}/admin/realms/workload/clients", self.http);
        let authorization = format!("Authorization: Bearer {admin}");
        let found = curl(&["-H", &authorization, "-G", "-d", &format!("clientId={client}"), &url]);
        let id = found[0]["id"].as_str().unwrap();
        let body = json!({
            "format": "PKCS12", "keyAlias": "k", "keyPassword": "word", "storePassword": "word", "keySize": 2048,
            "validity": 1,
        });
        let directory = made(&format!(
            "curl -sS --fail-with-body -o k.p12 -H '{authorization}' -H 'Content-Type: application/json' -d '{body}' \
             {url}/{id}/certificates/jwt.credential/generate-and-download
             # Keycloak encrypts by RC2, which OpenSSL 3 calls legacy and OpenSSL 1 does not.
             convert() {{ openssl pkcs12 \"$@\" -in k.p12 -passin pass:word -nodes -nocerts -out key.pem; }}
             convert -legacy || convert"
        ));
        fs::read_to_string(directory.path().join("key.pem")).unwrap()
    }

    fn post(&self, path: &str, body: &Value) {
        send(&self.admin_token(), "POST", &format!("{}/admin/realms/workload/{path}", self.http), &body.to_string());
    }
}

pub fn federated(alias: &str, subject: &str) -> Value {
    json!({"jwt.credential.issuer": alias, "jwt.credential.sub": subject})
}

/// The attributes of a client whose keys are `keys`, as JSON.
pub fn with_jwks(keys: &str) -> Value {
    json!({"use.jwks.string": "true", "jwks.string": format!(r#"{{"keys":[{keys}]}}"#)})
}

/// The attributes of a client that is registered with a new certificate for the key in the file `key`.
pub fn with_certificate(key: &Path) -> Value {
    let script = format!("openssl req -x509 -key '{}' -subj /CN=acme -days 2 -outform DER -out der", key.display());
    let der = fs::read(made(&script).path().join("der")).unwrap();
    json!({"jwt.credential.certificate": STANDARD.encode(der)})
}

/// A public key as a member of a key set.
pub fn jwk(key: &Signer) -> String {
    format!("{{{}}}", key.public())
}

/// What a realm fetches from an issuer: discovery, keys, a SPIFFE bundle. Stops with the process.
pub struct Pages {
    pub url: String,
    pages: Arc<Mutex<HashMap<String, String>>>,
}

impl Pages {
    /// Serves nothing: 503.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let pages: Arc<Mutex<HashMap<String, String>>> = Arc::default();
        let served = Arc::clone(&pages);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Ok(Some(request)) = Request::read(&mut stream) else { continue };
                let page = served.lock().unwrap().get(&request.path).cloned();
                let (status, body) = page.map_or((503, String::new()), |page| (200, page));
                let head = format!("HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nConnection: close");
                let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            }
        });
        Self { url, pages }
    }

    /// From now on `path` is this page.
    pub fn serve(&self, path: &str, page: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), page.to_owned());
    }

    /// From now on every path is 503.
    pub fn fail(&self) {
        self.pages.lock().unwrap().clear();
    }

    /// Keys at `/jwks`.
    pub fn serve_keys(&self, keys: &[&Signer]) {
        let keys: Vec<String> = keys.iter().map(|key| jwk(key)).collect();
        self.serve("/jwks", &format!(r#"{{"keys":[{}]}}"#, keys.join(",")));
    }
}
