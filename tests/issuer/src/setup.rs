//! How an issuer starts.

use std::time::Duration;

use crate::assertion::Provider;
use crate::certificate::{Authority, Certificate, Clients};
use crate::document::Document;
use crate::keycloak::CLIENT_SECRET;
use crate::reply::Reply;
use crate::signing::Signer;

/// How to start an issuer.
pub struct Setup {
    /// Https with this certificate; `None` is plain http.
    pub certificate: Option<Certificate>,
    pub tls12_only: bool,
    /// Https requests certificates from clients; the one of the client `acme` is all that it needs.
    pub clients: Option<Clients>,
    /// The name in its URL and in its certificate.
    pub host: &'static str,
    /// The secret of the client `acme`.
    pub secret: String,
    /// The key of the client `acme`, which then has no secret.
    pub client_key: Option<Signer>,
    /// Its tokens authenticate clients, too.
    pub provider: Option<Provider>,
    /// Signs the certificate.
    pub authority: Authority,
    /// The replies to the first, second … request; the last one repeats. Never empty.
    pub replies: Vec<Reply>,
    /// Whether it is fine if there is no request.
    pub may_be_idle: bool,
    /// The delay of every response, long enough for other processes to start meanwhile.
    pub delay: Duration,
    /// The JSON of `expires_in` in a Keycloak response; empty omits it.
    pub expires_in: &'static str,
    /// The server's clock in Keycloak responses: a `Date` header, which a gateway in front of Keycloak adds.
    pub date: Option<String>,
    /// The discovery document of an issuer that is no Keycloak.
    pub document: Option<Document>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            certificate: None,
            tls12_only: false,
            clients: None,
            host: "localhost",
            secret: CLIENT_SECRET.to_owned(),
            client_key: None,
            provider: None,
            authority: Authority::new(),
            replies: vec![Reply::Keycloak],
            may_be_idle: false,
            delay: Duration::ZERO,
            expires_in: "300",
            date: None,
            document: None,
        }
    }
}
