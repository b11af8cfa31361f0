//! The real Keycloak that `tests/keycloak/run` has started, and its admin API.

use std::env;
use std::process::Command;

use serde_json::Value;

use super::Tool;

pub struct Keycloak {
    pub http: String,
    pub https: String,
    pub ca: String,
}

impl Keycloak {
    /// # Panics
    /// When the tests were not started by `tests/keycloak/run`: a test that cannot run has failed.
    pub fn running() -> Self {
        let variable = |name| env::var(name).expect("start this by `tests/keycloak/run cargo test … -- --ignored`");
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

    /// Replaces the secret of `client` and returns the new one.
    pub fn rotate(&self, client: &str) -> String {
        let admin = self.admin_token();
        let clients = self.admin(&admin, &["-G", "-d", &format!("clientId={client}")], "clients");
        let id = clients[0]["id"].as_str().unwrap().to_owned();
        let made = self.admin(&admin, &["-X", "POST"], &format!("clients/{id}/client-secret"));
        made["value"].as_str().unwrap().to_owned()
    }

    fn admin_token(&self) -> String {
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

/// The secret that the realm file gives `client`; one that has none there sends any.
pub fn secret_of(client: &str) -> String {
    let realm: Value = serde_json::from_str(include_str!("../../keycloak/realm-catena.json")).unwrap();
    let clients = realm["clients"].as_array().unwrap();
    let found = clients.iter().find(|own| own["clientId"] == client);
    found.and_then(|own| own["secret"].as_str()).unwrap_or("a-secret-that-nobody-has").to_owned()
}

fn curl(arguments: &[&str]) -> Value {
    let output = Command::new("curl").args(["-sS", "--fail-with-body"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}
