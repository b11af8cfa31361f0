//! The transport that ureq speaks HTTP over: TCP, then CONNECT where a proxy is used, then TLS for https.
//!
//! One deadline covers the name, the socket, the proxy and the handshake: `--connect-timeout`, cut by what is left of
//! `--timeout`. The layers below fail with an [`io::Error`]. It becomes an [`HttpFailure`] here, once, and travels
//! through ureq as that.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::ClientConfig;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport, time};
use zeroize::{Zeroize as _, Zeroizing};

use crate::deadline::Deadline;
use crate::error::reason;
use crate::http::endpoint::Endpoint;
use crate::http::failure::{HttpFailure, Stage};
use crate::http::proxy::Proxy;
use crate::http::stream::Stream;
use crate::http::trust_failure::TrustFailure;
use crate::http::{happy_eyeballs, resolve, tls, tunnel};

/// Opens connections for one agent.
#[derive(Debug)]
pub struct Dialer {
    /// Needed for https, and for a proxy that speaks TLS.
    pub tls: Option<Arc<ClientConfig>>,
    pub proxy: Option<Proxy>,
    /// Set when a request begins to be sent.
    pub went_out: Arc<AtomicBool>,
}

impl Connector<()> for Dialer {
    type Out = HttpTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<HttpTransport>, ureq::Error> {
        let target = Endpoint::of(details.uri)
            .map_err(|_| HttpFailure::Unsendable { why: "its URL names no host".to_owned() })?;
        let stream = self.open(&target, Limit::of(details.timeout))?;
        let room = details.config.output_buffer_size();
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), room);
        // The whole request fits, so that no growing buffer leaves a part of the secret behind in memory.
        let request = Zeroizing::new(Vec::with_capacity(room));
        Ok(Some(HttpTransport { stream, buffers, target, request, went_out: Arc::clone(&self.went_out) }))
    }
}

impl Dialer {
    fn open(&self, target: &Endpoint, limit: Limit) -> Result<Stream, HttpFailure> {
        let mut stream = self.dial(target, limit)?;
        if let Some(proxy) = &self.proxy {
            let peer = &proxy.endpoint;
            stream = self.secure(stream, peer, limit)?;
            let status = tunnel::ask(&mut stream, proxy, target)
                .map_err(|error| limit.failure(Stage::Proxy, "asking the proxy", peer, error))?;
            tunnel::check(status, proxy, target)?;
        }
        self.secure(stream, target, limit)
    }

    /// Connects to the proxy, or to `target` where there is none.
    fn dial(&self, target: &Endpoint, limit: Limit) -> Result<Stream, HttpFailure> {
        let peer = self.proxy.as_ref().map_or(target, |proxy| &proxy.endpoint);
        let mut addresses = resolve::addresses(peer, limit.deadline)
            .map_err(|error| self.unreachable(Stage::Name, peer, &error, limit.setting))?;
        if !target.tls {
            retain_this_host(&mut addresses);
        }
        if addresses.is_empty() {
            return Err(HttpFailure::NotThisHost { host: peer.host.clone() });
        }
        let socket = happy_eyeballs::connect(addresses, limit.deadline)
            .map_err(|error| self.unreachable(Stage::Socket, peer, &error, limit.setting))?;
        Ok(Stream::new(socket, limit.deadline))
    }

    /// Reaching a proxy is one step to its user, whichever part of it fails.
    fn unreachable(&self, stage: Stage, peer: &Endpoint, error: &io::Error, setting: &'static str) -> HttpFailure {
        let (stage, doing) = match (&self.proxy, stage) {
            (Some(proxy), _) => (Stage::Proxy, format!("connecting to the proxy {proxy}")),
            (None, Stage::Name) => (stage, format!("resolving `{}`", peer.host)),
            (None, _) => (stage, format!("connecting to {peer}")),
        };
        let why = reason(error);
        match &self.proxy {
            _ if error.kind() == io::ErrorKind::TimedOut => HttpFailure::TimedOut { stage, doing, setting },
            Some(proxy) => HttpFailure::ProxyUnreachable { proxy: proxy.to_string(), why },
            None if stage == Stage::Name => HttpFailure::Resolve { host: peer.host.clone(), why },
            None => HttpFailure::Connect { peer: peer.to_string(), why },
        }
    }

    /// TLS with `peer`, where it speaks that.
    fn secure(&self, stream: Stream, peer: &Endpoint, limit: Limit) -> Result<Stream, HttpFailure> {
        if !peer.tls {
            return Ok(stream);
        }
        // Cannot happen: an https realm has its trust store read before anything is opened.
        let no_store = || HttpFailure::Unsendable { why: "no trust store was read for https".to_owned() };
        let config = self.tls.clone().ok_or_else(no_store)?;
        tls::handshake(stream, &peer.host, config)
            .map_err(|error| limit.failure(Stage::Tls, "in the TLS handshake with", peer, error))
    }
}

/// Plain text may go to this host alone, whatever a resolver says of a name below `localhost`.
fn retain_this_host(addresses: &mut Vec<SocketAddr>) {
    addresses.retain(|address| address.ip().is_loopback());
}

/// What ureq reads and writes. It hands over a request in pieces; they leave in one write, right before the first read.
#[derive(Debug)]
pub struct HttpTransport {
    stream: Stream,
    buffers: LazyBuffers,
    target: Endpoint,
    request: Zeroizing<Vec<u8>>,
    went_out: Arc<AtomicBool>,
}

impl Transport for HttpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), ureq::Error> {
        let piece = &mut self.buffers.output()[..amount];
        self.request.extend_from_slice(piece);
        piece.zeroize();
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let limit = Limit::of(timeout);
        self.stream.set_deadline(limit.deadline);
        if !self.request.is_empty() {
            let request = std::mem::take(&mut self.request);
            self.went_out.store(true, Ordering::Relaxed);
            let sent = self.stream.write_all(&request);
            sent.map_err(|error| limit.failure(Stage::Exchange, "sending the request to", &self.target, error))?;
        }
        let received = self.stream.read(self.buffers.input_append_buf());
        let count = received
            .map_err(|error| limit.failure(Stage::Exchange, "waiting for the answer of", &self.target, error))?;
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

/// When a step must have ended, and which setting says so.
#[derive(Clone, Copy)]
struct Limit {
    deadline: Deadline,
    setting: &'static str,
}

impl Limit {
    fn of(timeout: NextTimeout) -> Self {
        let deadline = match timeout.after {
            time::Duration::Exact(left) => Deadline::after(left),
            time::Duration::NotHappening => Deadline::never(),
        };
        let setting = if timeout.reason == ureq::Timeout::Connect { "--connect-timeout" } else { "--timeout" };
        Self { deadline, setting }
    }

    /// Why a stream to `peer` failed. An error of rustls' arrives inside an [`io::Error`].
    fn failure(self, stage: Stage, words: &str, peer: &Endpoint, error: io::Error) -> HttpFailure {
        let doing = format!("{words} {peer}");
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return HttpFailure::Untrusted { host: peer.host.clone(), failure: TrustFailure::new(error) };
        }
        match error.kind() {
            io::ErrorKind::TimedOut => HttpFailure::TimedOut { stage, doing, setting: self.setting },
            io::ErrorKind::UnexpectedEof => {
                HttpFailure::Broken { stage, doing, why: "it was cut without a TLS goodbye".to_owned() }
            }
            _ => HttpFailure::Broken { stage, doing, why: reason(&error) },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::error::Exit;

    #[test]
    fn plain_text_reaches_this_host_alone() {
        let addresses: Vec<SocketAddr> =
            ["127.0.0.1:80", "10.0.0.1:80", "[::1]:80", "[fd00::1]:80"].map(|text| text.parse().unwrap()).into();
        let mut allowed = addresses.clone();
        retain_this_host(&mut allowed);
        assert_eq!(allowed, [addresses[0], addresses[2]]);
    }

    #[test]
    fn a_request_leaves_as_a_whole_before_the_first_read() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let socket = happy_eyeballs::connect(vec![address], Deadline::never()).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        let mut transport = HttpTransport {
            stream: Stream::new(socket, Deadline::never()),
            buffers: LazyBuffers::new(64, 64),
            target: Endpoint { host: "127.0.0.1".into(), port: address.port(), tls: false },
            request: Zeroizing::new(Vec::with_capacity(64)),
            went_out: Arc::default(),
        };
        let never = NextTimeout::default();
        for piece in [&b"head, "[..], b"secret"] {
            transport.buffers().output()[..piece.len()].copy_from_slice(piece);
            transport.transmit_output(piece.len(), never).unwrap();
        }
        assert_eq!(transport.buffers().output(), [0; 64], "no copy of the secret stays behind");
        peer.set_nonblocking(true).unwrap();
        assert_eq!(peer.read(&mut [0; 64]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert!(!transport.went_out.load(Ordering::Relaxed));

        peer.set_nonblocking(false).unwrap();
        peer.write_all(b"answer").unwrap();
        assert!(transport.await_input(never).unwrap());
        assert_eq!(transport.buffers().input(), b"answer");
        assert!(transport.went_out.load(Ordering::Relaxed));
        let mut received = [0; 64];
        let count = peer.read(&mut received).unwrap();
        assert_eq!(&received[..count], b"head, secret");
    }

    #[test]
    fn a_failure_names_the_setting_whose_time_was_used_up() {
        let peer = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        for (reason, name) in [(ureq::Timeout::Connect, "--connect-timeout"), (ureq::Timeout::Global, "--timeout")] {
            let limit = Limit::of(NextTimeout { reason, ..NextTimeout::default() });
            let failure = limit.failure(Stage::Tls, "waiting for", &peer, io::ErrorKind::TimedOut.into());
            let text = format!("timed out: waiting for id.example.com:443, until the time of {name} was used up");
            assert_eq!((failure.to_string(), failure.stage()), (text, Stage::Tls));
        }
    }

    #[test]
    fn a_cut_connection_is_temporary_and_a_tls_failure_is_not() {
        let peer = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        for (error, exit) in [
            (io::ErrorKind::TimedOut.into(), Exit::Temporary),
            (io::ErrorKind::ConnectionReset.into(), Exit::Temporary),
            (io::ErrorKind::UnexpectedEof.into(), Exit::Temporary),
            (io::Error::other("it was closed during the TLS handshake"), Exit::Temporary),
            (io::Error::new(io::ErrorKind::InvalidData, alert), Exit::Untrusted),
            (io::Error::other(rustls::Error::UnsupportedNameType), Exit::Untrusted),
        ] {
            let text = error.to_string();
            let failure = Limit::of(NextTimeout::default()).failure(Stage::Tls, "waiting for", &peer, error);
            assert_eq!((failure.exit(), failure.stage()), (exit, Stage::Tls), "{text}");
        }
    }
}
