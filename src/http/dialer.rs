//! The transport that ureq speaks HTTP over: TCP, then CONNECT where a proxy is used, then TLS for https.
//!
//! One deadline covers the name, the socket, the proxy and the handshake: `--connect-timeout`, cut by what is left of
//! `--timeout`. The layers below fail with an [`io::Error`]. It becomes an [`HttpError`] here, once, and travels
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
use crate::http::error::{HttpError, Limit, Phase, ProxyProblem};
use crate::http::proxy::Proxy;
use crate::http::stream::Stream;
use crate::http::tls_problem::TlsProblem;
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
        let target = Endpoint::of(details.uri).map_err(|_| HttpError::Unsendable)?;
        let stream = self.open(&target, Until::of(details.timeout))?;
        let room = details.config.output_buffer_size();
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), room);
        // The whole request fits, so that no growing buffer leaves a part of the secret behind in memory.
        let request = Zeroizing::new(Vec::with_capacity(room));
        Ok(Some(HttpTransport { stream, buffers, target, request, went_out: Arc::clone(&self.went_out) }))
    }
}

impl Dialer {
    fn open(&self, target: &Endpoint, limit: Until) -> Result<Stream, HttpError> {
        let mut stream = self.dial(target, limit)?;
        if let Some(proxy) = &self.proxy {
            let peer = &proxy.endpoint;
            stream = self.secure(stream, peer, limit)?;
            let status =
                tunnel::ask(&mut stream, proxy, target).map_err(|error| limit.failure(Phase::AskProxy, peer, error))?;
            tunnel::check(status, proxy, target)?;
        }
        self.secure(stream, target, limit)
    }

    /// Connects to the proxy, or to `target` where there is none.
    fn dial(&self, target: &Endpoint, limit: Until) -> Result<Stream, HttpError> {
        let peer = self.proxy.as_ref().map_or(target, |proxy| &proxy.endpoint);
        let mut addresses = resolve::addresses(peer, limit.deadline)
            .map_err(|error| self.unreachable(Phase::Resolve, peer, &error, limit.setting))?;
        if !target.tls {
            retain_this_host(&mut addresses);
        }
        if addresses.is_empty() {
            return Err(HttpError::NotLoopback { host: peer.host.clone() });
        }
        let socket = happy_eyeballs::connect(addresses, limit.deadline)
            .map_err(|error| self.unreachable(Phase::Connect, peer, &error, limit.setting))?;
        Ok(Stream::new(socket, limit.deadline))
    }

    /// Reaching a proxy is one step to its user, whichever part of it fails.
    fn unreachable(&self, phase: Phase, peer: &Endpoint, error: &io::Error, limit: Limit) -> HttpError {
        let has_timed_out = error.kind() == io::ErrorKind::TimedOut;
        let reason = reason(error);
        match (&self.proxy, phase) {
            (Some(proxy), _) if has_timed_out => {
                HttpError::TimedOut { phase: Phase::ConnectToProxy, peer: proxy.to_string(), limit }
            }
            (Some(proxy), _) => {
                HttpError::Proxy { proxy: proxy.to_string(), problem: ProxyProblem::Unreachable { reason } }
            }
            (None, Phase::Resolve) if has_timed_out => HttpError::TimedOut { phase, peer: peer.host.clone(), limit },
            (None, Phase::Resolve) => HttpError::Resolve { host: peer.host.clone(), reason },
            (None, _) if has_timed_out => HttpError::TimedOut { phase, peer: peer.to_string(), limit },
            (None, _) => HttpError::Connect { peer: peer.to_string(), reason },
        }
    }

    /// TLS with `peer`, where it speaks that.
    fn secure(&self, stream: Stream, peer: &Endpoint, limit: Until) -> Result<Stream, HttpError> {
        if !peer.tls {
            return Ok(stream);
        }
        let config = self.tls.clone().ok_or(HttpError::Unsendable)?;
        tls::handshake(stream, &peer.host, config).map_err(|error| limit.failure(Phase::Handshake, peer, error))
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
        let limit = Until::of(timeout);
        self.stream.set_deadline(limit.deadline);
        if !self.request.is_empty() {
            let request = std::mem::take(&mut self.request);
            self.went_out.store(true, Ordering::Relaxed);
            let sent = self.stream.write_all(&request);
            sent.map_err(|error| limit.failure(Phase::Send, &self.target, error))?;
        }
        let received = self.stream.read(self.buffers.input_append_buf());
        let count = received.map_err(|error| limit.failure(Phase::Receive, &self.target, error))?;
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
struct Until {
    deadline: Deadline,
    setting: Limit,
}

impl Until {
    fn of(timeout: NextTimeout) -> Self {
        let deadline = match timeout.after {
            time::Duration::Exact(left) => Deadline::after(left),
            time::Duration::NotHappening => Deadline::never(),
        };
        let setting = if timeout.reason == ureq::Timeout::Connect { Limit::Connect } else { Limit::Total };
        Self { deadline, setting }
    }

    /// Why a stream to `peer` failed. An error of rustls' arrives inside an [`io::Error`].
    fn failure(self, phase: Phase, peer: &Endpoint, error: io::Error) -> HttpError {
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return HttpError::Untrusted { host: peer.host.clone(), problem: TlsProblem::of(error) };
        }
        let peer = peer.to_string();
        match error.kind() {
            io::ErrorKind::TimedOut => HttpError::TimedOut { phase, peer, limit: self.setting },
            io::ErrorKind::UnexpectedEof => HttpError::Broken { phase, peer, reason: None },
            _ => HttpError::Broken { phase, peer, reason: Some(reason(&error)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::error::Exit;
    use crate::http::error::Stage;

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
        for (reason, limit) in [(ureq::Timeout::Connect, Limit::Connect), (ureq::Timeout::Global, Limit::Total)] {
            let until = Until::of(NextTimeout { reason, ..NextTimeout::default() });
            let error = until.failure(Phase::Handshake, &peer, io::ErrorKind::TimedOut.into());
            let peer = "id.example.com:443".to_owned();
            assert_eq!(error, HttpError::TimedOut { phase: Phase::Handshake, peer, limit });
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
            (io::Error::new(io::ErrorKind::InvalidData, alert), Exit::Untrusted),
            (io::Error::other(rustls::Error::UnsupportedNameType), Exit::Untrusted),
        ] {
            let text = error.to_string();
            let error = Until::of(NextTimeout::default()).failure(Phase::Handshake, &peer, error);
            assert_eq!((error.exit(), error.stage()), (exit, Stage::Tls), "{text}");
        }
    }
}
