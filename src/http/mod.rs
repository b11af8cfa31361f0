//! Sends one HTTP request and returns the response, within a deadline.
//!
//! ureq speaks HTTP/1.1 over our own transport in `connect`. It follows no redirect, and no status is an error.

pub(crate) mod connect;
pub(crate) mod endpoint;
mod error;
pub(crate) mod identity;
pub(crate) mod private_key;
pub(crate) mod retry;
pub(crate) mod trust;

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use ureq::AsSendBody;
use ureq::config::Config;
use ureq::http::{HeaderMap, HeaderValue, Method, Uri, header};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use zeroize::Zeroizing;

use crate::base::clock::Deadline;
use crate::base::event::{Event, Step, WaitGuard, emit};
use crate::display::untrusted::UntrustedText;
use connect::Dialer;
use connect::proxy::Proxy;
use endpoint::{authority, is_https};
pub(crate) use error::{HttpError, Kind, Limit, Phase};
use identity::Identity;
use rustls::ClientConfig;
use trust::{Bundle, TrustError};

/// Room in a request for our own headers.
const HEAD_ROOM: usize = 4 * 1024;

/// The read buffer. ureq's default is 128 KiB, and zeroing that takes longer than reading the TLS record.
const INPUT_BUFFER: usize = 16 * 1024;

const USER_AGENT: &str = concat!("catena-token/", env!("CARGO_PKG_VERSION"));

pub(crate) struct Request {
    pub url: String,
    /// POST with this form, which may contain the secret; GET without one.
    pub form: Option<Zeroizing<String>>,
    /// The value of the `Authorization` header.
    pub authorization: Option<Zeroizing<String>>,
}

/// A response with any status.
pub(crate) struct Answer {
    pub status: u16,
    pub content_type: UntrustedText,
    pub location: UntrustedText,
    pub retry_after: UntrustedText,
    pub body: Vec<u8>,
}

impl Answer {
    /// The only parts of a body that messages quote.
    pub fn describe(&self) -> Body {
        Body { content_type: self.content_type.clone(), bytes: self.body.len(), title: self.title() }
    }

    fn title(&self) -> Option<UntrustedText> {
        let page = self.content_type.raw().contains("html").then(|| String::from_utf8_lossy(&self.body))?;
        let lower = page.to_ascii_lowercase();
        let start = lower.find("<title>")? + "<title>".len();
        let end = lower[start..].find("</title").map_or(page.len(), |length| start + length);
        Some(UntrustedText::new(page[start..end].trim().as_bytes()))
    }
}

/// A description of a body.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Body {
    pub content_type: UntrustedText,
    pub bytes: usize,
    /// Of an HTML page.
    pub title: Option<UntrustedText>,
}

/// How to connect. Nothing is opened yet.
#[derive(Clone)]
pub(crate) struct Route {
    /// For https.
    pub proxy: Option<Proxy>,
    /// The hosts that are reached without it.
    pub no_proxy: String,
    /// The zone of the issuer's address, or empty.
    pub zone: String,
    /// `None`: the system's bundle.
    pub ca_bundle: Option<Bundle>,
    pub connect_timeout: Duration,
    /// Attempts after the first, for temporary failures.
    pub retries: u32,
    /// The client's certificate.
    pub identity: Option<Arc<Identity>>,
}

impl Route {
    /// A hash of this and `more`, so that a cached failure does not reveal the proxy's password: processes with the same
    /// one share it.
    pub fn fingerprint(&self, more: &str) -> String {
        let proxy = self.proxy.as_ref().map(|proxy| (proxy, &proxy.authorization));
        let bundle = self.ca_bundle.as_ref().map(|bundle| &bundle.path);
        let (hosts, zone, timeout) = (&self.no_proxy, &self.zone, self.connect_timeout);
        let options = format!("{proxy:?} {hosts:?} {zone} {bundle:?} {timeout:?} {} {more}", self.retries);
        STANDARD.encode(digest(&SHA256, options.as_bytes()))
    }

    /// `http`, or another client if `url` needs the CA bundle that `http` does not have.
    pub fn open_for(&self, url: &str, http: &Http, deadline: Deadline) -> Result<Http, TrustError> {
        if is_https(url) && http.tls.is_none() { self.open(true, deadline) } else { Ok(http.clone()) }
    }

    /// The same, and the server gets the client's certificate.
    pub fn open_as_client(&self, url: &str, http: &Http, deadline: Deadline) -> Result<Http, TrustError> {
        let http = self.open_for(url, http, deadline)?;
        Ok(match &self.identity {
            Some(identity) => self.dial(http.tls, Some(identity)),
            None => http,
        })
    }

    /// For a server that needs no certificate of the client. Reads the CA bundle if `is_https`.
    pub fn open(&self, is_https: bool, deadline: Deadline) -> Result<Http, TrustError> {
        let tls = is_https.then(|| trust::read(self.ca_bundle.as_ref(), false, deadline)).transpose()?;
        Ok(self.dial(tls, None))
    }

    /// For another service, which the system's authorities are for, too. It does not get the client's certificate.
    pub fn open_elsewhere(&self, url: &str, deadline: Deadline) -> Result<Http, TrustError> {
        let tls = is_https(url).then(|| trust::read(self.ca_bundle.as_ref(), true, deadline)).transpose()?;
        Ok(self.dial(tls, None))
    }

    fn dial(&self, tls: Option<Arc<ClientConfig>>, identity: Option<&Arc<Identity>>) -> Http {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(USER_AGENT)
            .accept("application/json")
            .accept_encoding("identity")
            .input_buffer_size(INPUT_BUFFER)
            // Each attempt opens a new connection.
            .max_idle_connections(0)
            .timeout_connect(Deadline::after(self.connect_timeout).left())
            .build();
        let went_out = Arc::new(AtomicBool::new(false));
        let (proxy, no_proxy) = (self.proxy.clone(), self.no_proxy.clone());
        let (zone, is_identified) = (self.zone.clone(), identity.is_some());
        let identity = identity.map(|identity| Arc::clone(&identity.certified));
        let dialer = Dialer { tls: tls.clone(), proxy, no_proxy, zone, went_out: Arc::clone(&went_out), identity };
        Http { agent: ureq::Agent::with_parts(config, dialer, NoResolver), went_out, is_identified, tls }
    }
}

/// Reads a body. Without a length it ends with the connection, and some servers end that without TLS's close_notify or
/// by a reset. A JSON object shows whether it is complete.
fn read(headers: &HeaderMap, body: ureq::Body) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    let Err(error) = body.into_reader().read_to_end(&mut bytes) else {
        return Ok(bytes);
    };
    let error = HttpError::from(ureq::Error::from(error));
    let has_length = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING].iter().any(|name| headers.contains_key(name));
    let is_object =
        || bytes.trim_ascii_start().starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
    if matches!(error.kind, Kind::Closed | Kind::Failed(_)) && !has_length && is_object() {
        Ok(bytes)
    } else {
        Err(error)
    }
}

/// `connect` resolves names itself, within the connect timeout.
#[derive(Debug)]
struct NoResolver;

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// The HTTP client of a command.
#[derive(Clone)]
pub(crate) struct Http {
    agent: ureq::Agent,
    went_out: Arc<AtomicBool>,
    is_identified: bool,
    /// The trust that it has read.
    tls: Option<Arc<ClientConfig>>,
}

impl Http {
    /// Sends `request` once. Returns by `deadline`.
    pub fn send(&self, request: &Request, deadline: Deadline) -> Result<Answer, HttpError> {
        let started = Instant::now();
        let _wait = WaitGuard::until(deadline, Step::Connection(&request.url));
        self.attempt(request, deadline, started).map_err(|mut error| {
            if error.peer.is_empty() {
                error.peer = authority(&request.url).to_owned();
            }
            match &mut error.kind {
                Kind::TimedOut(_, after) => *after = started.elapsed(),
                // A proxy gets none.
                Kind::ClientCertificate { is_given } if error.phase != Phase::SecureProxy => {
                    *is_given = self.is_identified;
                }
                _ => {}
            }
            error
        })
    }

    fn attempt(&self, request: &Request, deadline: Deadline, started: Instant) -> Result<Answer, HttpError> {
        self.went_out.store(false, Ordering::Relaxed);
        let mut head = ureq::http::Request::builder().uri(&request.url);
        if let Some(authorization) = &request.authorization {
            let Ok(mut value) = HeaderValue::from_str(authorization) else { unreachable!("it is Base64") };
            value.set_sensitive(true);
            head = head.header(header::AUTHORIZATION, value);
        }
        let texts = [&request.authorization, &request.form].into_iter().flatten();
        let room = HEAD_ROOM + request.url.len() + texts.map(|text| text.len()).sum::<usize>();
        let response = match &request.form {
            Some(form) => {
                let head = head.method(Method::POST).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                self.run(head.body(form.as_bytes()), room, deadline)
            }
            None => self.run(head.body(()), room, deadline),
        }?;
        let first_byte = started.elapsed();
        let (head, body) = response.into_parts();
        let body = read(&head.headers, body)?;
        let text = |name| UntrustedText::new(head.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default());
        let (status, bytes, took) = (head.status.as_u16(), body.len(), started.elapsed());
        let date = httpdate::parse_http_date(text(header::DATE).raw()).ok();
        emit(Event::Answered { status, bytes, first_byte, took, date });
        Ok(Answer {
            status,
            content_type: text(header::CONTENT_TYPE),
            location: text(header::LOCATION),
            retry_after: text(header::RETRY_AFTER),
            body,
        })
    }

    /// Whether any part of the last request was sent: the server may have acted on it.
    pub fn went_out(&self) -> bool {
        self.went_out.load(Ordering::Relaxed)
    }

    fn run(
        &self,
        request: ureq::http::Result<ureq::http::Request<impl AsSendBody>>,
        room: usize,
        deadline: Deadline,
    ) -> Result<ureq::http::Response<ureq::Body>, HttpError> {
        let Ok(request) = request else { unreachable!("the URL is valid, and short enough") };
        let configured =
            self.agent.configure_request(request).timeout_global(deadline.left()).output_buffer_size(room).build();
        Ok(self.agent.run(configured)?)
    }
}
