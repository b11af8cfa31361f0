//! The transport that ureq speaks HTTP over: TCP, then CONNECT where a proxy is used, then TLS for https.
//!
//! One deadline covers the name, the socket, the proxy and the handshake: `--connect-timeout`, cut by what is left of
//! `--timeout`. Failures travel through ureq as [`HttpFailure`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport, time};
use zeroize::Zeroizing;

use crate::deadline::Deadline;
use crate::http::endpoint::Endpoint;
use crate::http::failure::{Doing, HttpFailure, Stage};
use crate::http::proxy::Proxy;
use crate::http::stream::{Stream, StreamError};
use crate::http::tcp::{self, Reach};
use crate::http::tls::TlsStream;
use crate::http::trust::TrustStore;
use crate::http::trust_failure::TrustFailure;
use crate::http::tunnel;
use crate::http::tunnel::TunnelError;

/// Opens connections for one agent.
#[derive(Debug)]
pub struct Dialer {
    tls: Option<Arc<rustls::ClientConfig>>,
    proxy: Option<Proxy>,
    went_out: Arc<AtomicBool>,
}

impl Dialer {
    /// `went_out` is set when a request begins to be sent.
    pub fn new(trust: Option<TrustStore>, proxy: Option<Proxy>, went_out: Arc<AtomicBool>) -> Self {
        Self { tls: trust.map(TrustStore::into_client_config), proxy, went_out }
    }

    fn open(&self, target: &Endpoint, deadline: Deadline) -> Result<Box<dyn Stream>, HttpFailure> {
        let stream = match &self.proxy {
            Some(proxy) => self.open_tunnel(proxy, target, deadline)?,
            None => {
                let reach = if target.tls { Reach::Anywhere } else { Reach::Loopback };
                Box::new(tcp::dial(target, reach, deadline)?)
            }
        };
        if target.tls { self.secure(stream, target, deadline) } else { Ok(stream) }
    }

    fn open_tunnel(
        &self,
        proxy: &Proxy,
        target: &Endpoint,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream>, HttpFailure> {
        let socket = tcp::dial(&proxy.endpoint, Reach::Anywhere, deadline).map_err(|failure| match failure {
            HttpFailure::Resolve { why, .. } | HttpFailure::Connect { why, .. } => {
                HttpFailure::ProxyUnreachable { proxy: proxy.to_string(), why }
            }
            HttpFailure::TimedOut { setting, .. } => HttpFailure::TimedOut {
                doing: Doing::new(Stage::Proxy, format!("connecting to the proxy {proxy}")),
                setting,
            },
            other => other,
        })?;
        let mut stream: Box<dyn Stream> = Box::new(socket);
        if proxy.endpoint.tls {
            stream = self.secure(stream, &proxy.endpoint, deadline)?;
        }
        tunnel::open(&mut *stream, proxy, target, deadline).map_err(|error| match error {
            TunnelError::Stream(error) => failure(error, (Stage::Proxy, "asking the proxy"), &proxy.endpoint),
            TunnelError::Proxy(refused) => refused,
        })?;
        Ok(stream)
    }

    fn secure(
        &self,
        stream: Box<dyn Stream>,
        peer: &Endpoint,
        deadline: Deadline,
    ) -> Result<Box<dyn Stream>, HttpFailure> {
        let config = self.tls.clone().ok_or_else(HttpFailure::without_trust)?;
        match TlsStream::handshake(stream, &peer.host, config, deadline) {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(failure(error, (Stage::Tls, "in the TLS handshake with"), peer)),
        }
    }
}

impl Connector<()> for Dialer {
    type Out = HttpTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<HttpTransport>, ureq::Error> {
        let target = Endpoint::of(details.uri).map_err(|why| HttpFailure::Unsendable { why })?;
        let (deadline, setting) = ends(details.timeout);
        let stream = self.open(&target, deadline).map_err(|failure| match failure {
            HttpFailure::TimedOut { doing, .. } => HttpFailure::TimedOut { doing, setting },
            other => other,
        })?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        // The whole request fits, so that no growing buffer leaves a part of the secret behind in memory.
        let pending = Zeroizing::new(Vec::with_capacity(details.config.output_buffer_size()));
        Ok(Some(HttpTransport { stream, buffers, target, pending, went_out: Arc::clone(&self.went_out) }))
    }
}

/// What ureq reads and writes. It hands over a request in pieces; they leave together, right before the first read.
#[derive(Debug)]
pub struct HttpTransport {
    stream: Box<dyn Stream>,
    buffers: LazyBuffers,
    target: Endpoint,
    pending: Zeroizing<Vec<u8>>,
    went_out: Arc<AtomicBool>,
}

impl Transport for HttpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        self.pending.extend_from_slice(&self.buffers.output()[..amount]);
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let (deadline, _) = ends(timeout);
        if !self.pending.is_empty() {
            let request = std::mem::take(&mut self.pending);
            self.went_out.store(true, Ordering::Relaxed);
            let sent = self.stream.write_all(&request, deadline);
            sent.map_err(|error| failure(error, (Stage::Exchange, "sending the request to"), &self.target))?;
        }
        let input = self.buffers.input_append_buf();
        let count = self
            .stream
            .read(input, deadline)
            .map_err(|error| failure(error, (Stage::Exchange, "waiting for the answer of"), &self.target))?;
        self.buffers.input_appended(count);
        Ok(count > 0)
    }

    /// No connection is used twice.
    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.target.tls
    }
}

/// ureq's next time-out as a moment, and the setting it comes from.
fn ends(timeout: NextTimeout) -> (Deadline, &'static str) {
    let deadline = match timeout.after {
        time::Duration::Exact(left) => Deadline::after(left),
        time::Duration::NotHappening => Deadline::never(),
    };
    let setting = if timeout.reason == ureq::Timeout::Connect { "--connect-timeout" } else { "--timeout" };
    (deadline, setting)
}

fn failure(error: StreamError, (stage, words): (Stage, &str), peer: &Endpoint) -> HttpFailure {
    let doing = || Doing::new(stage, format!("{words} {peer}"));
    match error {
        StreamError::TimedOut => HttpFailure::TimedOut { doing: doing(), setting: "--timeout" },
        StreamError::Broken(why) => HttpFailure::Broken { doing: doing(), why },
        StreamError::Tls(error) => {
            HttpFailure::Untrusted { host: peer.host.clone(), failure: TrustFailure::new(&error) }
        }
    }
}
