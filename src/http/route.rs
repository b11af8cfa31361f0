//! The way that a request goes: through which proxy, by whose trust, for how long, how often.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::deadline::Deadline;
use crate::http::Http;
use crate::http::proxy::Proxy;
use crate::http::trust::{TrustError, TrustStore};

/// Everything but the deadline that decides whether a request arrives. Nothing is opened yet.
#[derive(Clone)]
pub struct Route {
    pub proxy: Option<Proxy>,
    /// `None` is the system's bundle.
    pub ca_bundle: Option<PathBuf>,
    pub connect_timeout: Duration,
    /// Further tries after a temporary failure.
    pub retries: u32,
}

impl Route {
    /// Two processes have the same name only if they take the same way. It reveals nothing of a proxy's password.
    pub fn name(&self) -> String {
        let proxy = self.proxy.as_ref().map(Proxy::identity);
        let way = format!("{proxy:?} {:?} {:?} {}", self.ca_bundle, self.connect_timeout, self.retries);
        STANDARD.encode(digest(&SHA256, way.as_bytes()))
    }

    /// Reads the trust store, for https alone.
    pub fn open(&self, is_https: bool, deadline: Deadline) -> Result<Http, TrustError> {
        let trust = is_https.then(|| TrustStore::read(self.ca_bundle.as_deref(), deadline)).transpose()?;
        Ok(Http::new(trust, self.proxy.clone(), self.connect_timeout))
    }
}
