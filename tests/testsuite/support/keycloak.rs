//! The real Keycloak that `tests/keycloak/run` started, and its admin API.

use std::env;
use std::process::Command;

use serde_json::Value;

use super::Tool;

/// The clients of the realm file that are refused, with the error and the hint.
pub const REFUSED: [(&str, &str, &str); 6] = [
    ("nobody", "HTTP 401, invalid_client", "check --issuer, --client-id and the client secret"),
    ("disabled", "HTTP 401, invalid_client", "check --issuer, --client-id"),
    ("no-service-account", "HTTP 401, unauthorized_client", "service accounts enabled"),
    ("public", "HTTP 401, unauthorized_client", "for a confidential client"),
    ("no-scope", "HTTP 400, invalid_scope", "assign the scope 'organization'"),
    ("user-disabled", "HTTP 401, invalid_request", "service account is disabled"),
];

pub struct Keycloak {
    pub http: String,
    pub https: String,
    pub ca: String,
}

impl Keycloak {
    /// # Panics
    /// If the tests were not started by `tests/keycloak/run`: a test that cannot run fails.
    pub fn running() -> Self {
        let variable = |name| env::var(name).expect("start this by 'tests/keycloak/run cargo test … -- --ignored'");
        Self { http: variable("KEYCLOAK_HTTP"), https: variable("KEYCLOAK_HTTPS"), ca: variable("KEYCLOAK_CA") }
    }

    /// The realm over http on loopback.
    pub fn realm(&self) -> String {
        format!("{}/realms/catena", self.http)
    }

    /// A call as `client` of the realm file, with its secret.
    pub fn client(&self, client: &str) -> Tool {
        Tool::at(&self.realm(), client, &secret_of(client))
    }

    /// The same in the realm `other`.
    pub fn other_client(&self, client: &str) -> Tool {
        Tool::at(&self.other_realm(), client, &secret_in(include_str!("../../keycloak/realm-other.json"), client))
    }

    pub fn other_realm(&self) -> String {
        format!("{}/realms/other", self.http)
    }

    /// Creates a key with which the realm `other` signs RS384 tokens from now on; returns a function that removes it.
    pub fn new_key(&self, priority: u32) -> impl Fn() {
        let body = format!(
            r#"{{"name":"key-{priority}","providerId":"rsa-generated","providerType":"org.keycloak.keys.KeyProvider","config":{{"priority":["{priority}"],"enabled":["true"],"active":["true"],"algorithm":["RS384"]}}}}"#
        );
        let (admin, url) = (self.admin_token(), format!("{}/admin/realms/other/components", self.http));
        send(&admin, "POST", &url, &body);
        let listed =
            curl(&["-H", &format!("Authorization: Bearer {admin}"), "-G", "-d", &format!("name=key-{priority}"), &url]);
        let made = format!("{url}/{}", listed[0]["id"].as_str().unwrap());
        move || send(&admin, "DELETE", &made, "")
    }

    /// From now on the scope `organization` of the realm `other` adds a map with the organisation's id.
    pub fn map_organizations(&self) {
        let (admin, url) = (self.admin_token(), format!("{}/admin/realms/other/client-scopes", self.http));
        let scopes = curl(&["-H", &format!("Authorization: Bearer {admin}"), &url]);
        let scope = scopes.as_array().unwrap().iter().find(|scope| scope["name"] == "organization").unwrap();
        let mut mapper = scope["protocolMappers"][0].clone();
        for (name, value) in [("jsonType.label", "JSON"), ("addOrganizationId", "true")] {
            mapper["config"][name] = value.into();
        }
        let (scope, id) = (scope["id"].as_str().unwrap(), mapper["id"].as_str().unwrap());
        send(&admin, "PUT", &format!("{url}/{scope}/protocol-mappers/models/{id}"), &mapper.to_string());
    }

    /// Whether `token` is active in the realm `other`, for its audience, the client `api`.
    pub fn is_active(&self, token: &str) -> bool {
        let secret = secret_in(include_str!("../../keycloak/realm-other.json"), "api");
        let form = format!("client_id=api&client_secret={secret}&token={}", token.trim_end());
        let url = format!("{}/protocol/openid-connect/token/introspect", self.other_realm());
        curl(&["-d", &form, &url])["active"].as_bool().unwrap()
    }

    /// Replaces the secret of `client` and returns the new one.
    pub fn rotate(&self, client: &str) -> String {
        let admin = self.admin_token();
        let clients = self.admin(&admin, &["-G", "-d", &format!("clientId={client}")], "clients");
        let id = clients[0]["id"].as_str().unwrap().to_owned();
        let made = self.admin(&admin, &["-X", "POST"], &format!("clients/{id}/client-secret"));
        made["value"].as_str().unwrap().to_owned()
    }

    pub(super) fn admin_token(&self) -> String {
        let password = env::var("KEYCLOAK_ADMIN_PASSWORD").unwrap();
        let user = env::var("KEYCLOAK_ADMIN").unwrap();
        let form = format!("grant_type=password&client_id=admin-cli&username={user}&password={password}");
        let url = format!("{}/realms/master/protocol/openid-connect/token", self.http);
        curl(&["-d", &form, &url])["access_token"].as_str().unwrap().to_owned()
    }

    fn admin(&self, token: &str, arguments: &[&str], path: &str) -> Value {
        let header = format!("Authorization: Bearer {token}");
        let url = format!("{}/admin/realms/catena/{path}", self.http);
        curl(&[&["-H", &header], arguments, &[&url]].concat())
    }
}

/// The secret of `client` in the realm file; a client without one there sends any.
pub fn secret_of(client: &str) -> String {
    secret_in(include_str!("../../keycloak/realm-catena.json"), client)
}

fn secret_in(realm: &str, client: &str) -> String {
    let realm: Value = serde_json::from_str(realm).unwrap();
    let clients = realm["clients"].as_array().unwrap();
    let found = clients.iter().find(|own| own["clientId"] == client);
    found.and_then(|own| own["secret"].as_str()).unwrap_or("a-secret-that-nobody-has").to_owned()
}

/// A change by the admin API; its response has no body.
pub(super) fn send(admin: &str, method: &str, url: &str, body: &str) {
    let headers = ["-H", &format!("Authorization: Bearer {admin}"), "-H", "Content-Type: application/json"];
    let request = ["-sS", "--fail-with-body", "-X", method, "-d", body, url];
    let output = Command::new("curl").args(request).args(headers).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

pub(super) fn curl(arguments: &[&str]) -> Value {
    let output = Command::new("curl").args(["-sS", "--fail-with-body"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}
