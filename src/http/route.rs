//! The way that a request goes: through which proxy, by whose trust, for how long, how often.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::base::deadline::Deadline;
use crate::http::connect::Dialer;
use crate::http::connect::proxy::Proxy;
use crate::http::trust::{self, TrustError};
use crate::http::{Http, USER_AGENT};

/// The buffer an answer is read through. ureq's default is 128 KiB, and zeroing that costs more than the TLS record.
const INPUT_BUFFER: usize = 16 * 1024;

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
        let proxy = self.proxy.as_ref().map(|proxy| (proxy, &proxy.authorization));
        let way = format!("{proxy:?} {:?} {:?} {}", self.ca_bundle, self.connect_timeout, self.retries);
        STANDARD.encode(digest(&SHA256, way.as_bytes()))
    }

    /// Reads the trust store, for https alone.
    pub fn open(&self, is_https: bool, deadline: Deadline) -> Result<Http, TrustError> {
        let tls = is_https.then(|| trust::read(self.ca_bundle.as_deref(), deadline)).transpose()?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .accept_encoding("identity")
            .input_buffer_size(INPUT_BUFFER)
            // A head that fills the buffer would look like a cut connection.
            .max_response_header_size(INPUT_BUFFER - 1)
            // Every attempt opens its own connection: after a failure the old one proves nothing.
            .max_idle_connections(0)
            .timeout_connect(Deadline::after(self.connect_timeout).left())
            .build();
        let went_out = Arc::new(AtomicBool::new(false));
        let dialer = Dialer { tls, proxy: self.proxy.clone(), went_out: Arc::clone(&went_out) };
        Ok(Http { agent: ureq::Agent::with_parts(config, dialer, NoResolver), went_out })
    }
}

/// Names are resolved while connecting, inside its timeout, and not at all where a proxy does it.
#[derive(Debug)]
struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}
