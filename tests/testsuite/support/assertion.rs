//! Tokens of an identity provider, with which a client authenticates, and an issuer that knows the provider.

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catena_token_issuer::{Issuer, Provider, Reply, Setup, Signer};
use serde_json::{Map, Value};

use super::clock::now;
use super::parallel;

/// The provider of jobs, and two of its subjects, which are the clients `job` and `other`.
pub const CI: &str = "https://ci.example.test";
pub const JOB: &str = "repo:acme/fleet:ref:refs/heads/main";
pub const OTHER: &str = "repo:acme/other:ref:refs/heads/main";
pub const WORKLOAD: &str = "spiffe://lab.example/sync";

/// Takes each token once, as Keycloak's providers do by default.
const ONCE: Provider =
    Provider { issuer: CI, reuse: false, subjects: &[(JOB, "job"), (OTHER, "other"), (WORKLOAD, "workload")] };

/// The claims of an assertion.
#[derive(Clone)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Issued now, with a `jti` of its own.
    pub fn new(issuer: &str, subject: &str, audience: &str) -> Self {
        let claims = Self(Map::new()).with("iss", issuer).with("sub", subject).with("aud", audience);
        let now = now();
        claims.with("jti", format!("{:032x}", fastrand::u128(..))).with("iat", now).with("exp", now + 300)
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    /// Signed by the provider that the issuer of the tests knows.
    pub fn signed(&self) -> String {
        self.signed_by(&Signer::new("RS256", "issuer"))
    }

    pub fn signed_by(&self, key: &Signer) -> String {
        key.sign(&Value::from(self.0.clone()).to_string())
    }
}

/// An issuer whose provider takes each token once.
pub fn issuer() -> Issuer {
    replying(vec![Reply::Keycloak])
}

/// The same, with these replies.
pub fn replying(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { replies, ..setup() })
}

/// For an issuer whose provider takes each token once.
pub fn setup() -> Setup {
    Setup { provider: Some(ONCE), ..Setup::default() }
}

/// A runner of GitHub that gives jobs assertions for the client `job`.
pub fn runner() -> Issuer {
    issuer()
}

/// An issuer whose provider takes a token again and again.
pub fn reusing() -> Issuer {
    Issuer::start(reusing_setup())
}

pub fn reusing_setup() -> Setup {
    Setup { provider: Some(Provider { reuse: true, ..ONCE }), ..Setup::default() }
}

/// The claims of the client `job` for `issuer`.
pub fn job(issuer: &Issuer) -> Claims {
    Claims::new(CI, JOB, &issuer.url())
}

/// A call with the assertion in `file`, for a test to change and start.
pub fn command(issuer: &Issuer, cache: &Path, file: &Path) -> Command {
    let mut command = parallel::command(issuer, cache);
    command.env_remove("CATENA_CLIENT_ID").env_remove("CATENA_CLIENT_SECRET");
    command.env("CATENA_CLIENT_ASSERTION_FILE", file);
    command
}

/// A part of a JWT.
fn part(jwt: &str, number: usize) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(jwt.trim_end().split('.').nth(number).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

pub fn header(jwt: &str) -> Value {
    part(jwt, 0)
}

pub fn claims(jwt: &str) -> Value {
    part(jwt, 1)
}

/// The client that a token is for.
pub fn client_of(token: &str) -> String {
    claims(token)["azp"].as_str().unwrap().to_owned()
}

/// The assertions that the issuer received, in their order.
pub fn received(issuer: &Issuer) -> Vec<String> {
    issuer.requests().iter().filter_map(|request| request.field("client_assertion")).collect()
}
