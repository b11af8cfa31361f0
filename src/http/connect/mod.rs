//! The transport under ureq: TCP, then CONNECT if a proxy is used, then TLS for https.
//!
//! One deadline covers DNS, TCP, proxy and TLS: `--connect-timeout`, or the rest of `--timeout` if that is shorter. The
//! layers below return an [`io::Error`], which becomes an [`HttpError`] here.

pub(crate) mod direct;
mod happy_eyeballs;
mod head;
pub(crate) mod no_proxy;
pub(crate) mod proxy;
mod resolve;
mod stream;

use std::fmt::Display;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustls::ClientConfig;
use rustls::sign::CertifiedKey;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};
use zeroize::{Zeroize as _, Zeroizing};

use crate::base::clock::Deadline;
use crate::base::event::{Event, Step, emit};
use crate::http::connect::no_proxy::covers;
use crate::http::connect::proxy::Proxy;
use crate::http::connect::stream::Stream;
use crate::http::endpoint::Endpoint;
use crate::http::error::{HttpError, Kind, Limit, Phase};

/// Reading a body stops here: token responses are much smaller.
const LARGEST_BODY: usize = 1024 * 1024;

/// Opens connections for one agent.
#[derive(Debug)]
pub struct Dialer {
    /// `None` for plain http.
    pub tls: Option<Arc<ClientConfig>>,
    /// For https.
    pub proxy: Option<Proxy>,
    /// The hosts that are reached without it.
    pub no_proxy: String,
    /// The zone of the issuer's address, or empty.
    pub zone: String,
    /// Set just before a request is sent.
    pub went_out: Arc<AtomicBool>,
    /// For the server, not for a proxy.
    pub identity: Option<Arc<CertifiedKey>>,
}

impl Connector<()> for Dialer {
    type Out = HttpTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<HttpTransport>, ureq::Error> {
        let Ok(mut target) = Endpoint::of(details.uri) else { unreachable!("the issuer's URL has an endpoint") };
        let proxy = self.proxy.as_ref().filter(|_| target.tls && !covers(&self.no_proxy, &target.host));
        // An endpoint may have a name where the issuer has an address.
        if target.host.contains(':') {
            target.host.push_str(&self.zone);
        }
        let stream = self.open(&target, proxy, TimeLimit::of(details.timeout))?;
        emit(Event::Awaiting(Step::Answer(&target.host), None));
        let room = details.config.output_buffer_size();
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), room);
        // The whole request fits: a buffer that grows would leave copies of the secret in memory.
        let request = Zeroizing::new(Vec::with_capacity(room));
        let (head, went_out) = (Some(Vec::new()), Arc::clone(&self.went_out));
        Ok(Some(HttpTransport { stream, buffers, target, request, went_out, head, body: 0 }))
    }
}

impl Dialer {
    fn open(&self, target: &Endpoint, proxy: Option<&Proxy>, limit: TimeLimit) -> Result<Stream, HttpError> {
        let mut stream = dial(target, proxy, limit)?;
        if let Some(proxy) = proxy {
            let failed = |phase, kind| HttpError { phase, peer: proxy.to_string(), kind };
            let secured = self.secure(stream, &proxy.endpoint, None, limit).map_err(|error| match error.kind {
                Kind::Untrusted(rustls::Error::InvalidMessage(_)) => Kind::PlainProxy,
                kind => kind,
            });
            stream = secured.map_err(|kind| failed(Phase::SecureProxy, kind))?;
            emit(Event::Awaiting(Step::Tunnel(proxy), None));
            let answer = proxy.ask(&mut stream, target);
            let answer = answer.map_err(|error| match limit.error(Phase::AskProxy, &proxy.endpoint, error) {
                // An alert of TLS 1.3 about the handshake.
                HttpError { kind: kind @ Kind::ClientCertificate { .. }, .. } => failed(Phase::SecureProxy, kind),
                error => error,
            })?;
            answer.map_err(|kind| failed(Phase::AskProxy, kind))?;
            emit(Event::Tunnelled { proxy: &proxy.to_string(), target: &target.to_string() });
        }
        self.secure(stream, target, self.identity.clone(), limit)
    }

    /// Starts TLS if `peer` uses it.
    fn secure(
        &self,
        stream: Stream,
        peer: &Endpoint,
        identity: Option<Arc<CertifiedKey>>,
        limit: TimeLimit,
    ) -> Result<Stream, HttpError> {
        if !peer.tls {
            return Ok(stream);
        }
        let Some(config) = &self.tls else { unreachable!("the CA bundle was read for https") };
        emit(Event::Awaiting(Step::Handshake(&peer.host), None));
        let secured = stream.secure(&peer.host, Arc::clone(config), identity);
        secured.map_err(|error| limit.error(Phase::Handshake, &peer.host, error))
    }
}

/// Connects to the proxy, or to `target` if there is none. Any failure to reach a proxy is one phase.
fn dial(target: &Endpoint, proxy: Option<&Proxy>, limit: TimeLimit) -> Result<Stream, HttpError> {
    let peer = proxy.map_or(target, |proxy| &proxy.endpoint);
    let failed = |phase, name: &dyn Display, error| match proxy {
        Some(proxy) => limit.error(Phase::ConnectToProxy, proxy, error),
        None => limit.error(phase, name, error),
    };
    let addresses =
        resolve::addresses(peer, limit.deadline).map_err(|error| failed(Phase::Resolve, &peer.host, error))?;
    emit(Event::Awaiting(Step::Connection(peer), None));
    let socket =
        happy_eyeballs::connect(addresses, limit.deadline).map_err(|error| failed(Phase::Connect, peer, error))?;
    Ok(Stream::new(socket, limit.deadline))
}

/// ureq's transport. It collects the request and sends it in one write, at the first read, and rewrites the head of the
/// response.
#[derive(Debug)]
pub struct HttpTransport {
    stream: Stream,
    buffers: LazyBuffers,
    target: Endpoint,
    request: Zeroizing<Vec<u8>>,
    went_out: Arc<AtomicBool>,
    /// What was received of the head; `None` after it.
    head: Option<Vec<u8>>,
    /// What was received after the head: the framing and the trailers of chunks count too.
    body: usize,
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
        let limit = TimeLimit::of(timeout);
        self.stream.set_deadline(limit.deadline);
        let failed = |phase, error| limit.error(phase, &self.target, error);
        if !self.request.is_empty() {
            let request = std::mem::take(&mut self.request);
            self.went_out.store(true, Ordering::Relaxed);
            self.stream.write_all(&request).map_err(|error| failed(Phase::Send, error))?;
        }
        let received = self.stream.read(self.buffers.input_append_buf());
        let count = received.map_err(|error| failed(Phase::Receive, error))?;
        let unusable = |kind| HttpError { phase: Phase::Receive, peer: self.target.to_string(), kind };
        let Some(received) = &mut self.head else {
            self.body += count;
            self.buffers.input_appended(count);
            return if self.body > LARGEST_BODY { Err(unusable(Kind::LargeBody).into()) } else { Ok(count > 0) };
        };
        received.extend_from_slice(&self.buffers.input_append_buf()[..count]);
        if let Some(head) = head::read(received).map_err(unusable)? {
            let input = [&head.strict, &received[head.end..]].concat();
            if self.buffers.input_append_buf().len() < input.len() {
                self.buffers = LazyBuffers::new(input.len(), 1);
            }
            self.buffers.input_append_buf()[..input.len()].copy_from_slice(&input);
            self.buffers.input_appended(input.len());
            self.body = received.len() - head.end;
            self.head = None;
        }
        Ok(count > 0)
    }

    /// Connections are not reused.
    fn is_open(&mut self) -> bool {
        false
    }

    fn is_tls(&self) -> bool {
        self.target.tls
    }
}

/// A deadline, and the timeout that sets it.
#[derive(Clone, Copy)]
struct TimeLimit {
    deadline: Deadline,
    timeout: Limit,
}

impl TimeLimit {
    fn of(timeout: NextTimeout) -> Self {
        // ureq's `NotHappening` is beyond the clock's range: such a deadline never passes.
        let deadline = Deadline::after(*timeout.after);
        let limit = if timeout.reason == ureq::Timeout::Connect { Limit::Connect } else { Limit::Total };
        Self { deadline, timeout: limit }
    }

    /// The failure of a phase with `peer`. An error of rustls is inside the [`io::Error`].
    fn error(self, phase: Phase, peer: &dyn Display, error: io::Error) -> HttpError {
        let kind = match error.kind() {
            // The kernel's own timeout (`ETIMEDOUT`) is another failure.
            io::ErrorKind::TimedOut if error.raw_os_error().is_none() => Kind::TimedOut(self.timeout, Duration::ZERO),
            io::ErrorKind::UnexpectedEof => Kind::Closed,
            io::ErrorKind::QuotaExceeded => Kind::NoThread(error.to_string()),
            _ => match error.downcast::<rustls::Error>() {
                // About a client certificate, or the lack of it (RFC 8446 §6). TLS 1.3 sends them after the handshake.
                Ok(rustls::Error::AlertReceived(alert)) if matches!(u8::from(alert), 41..=46 | 48 | 49 | 116) => {
                    return HttpError {
                        phase: Phase::Handshake,
                        peer: peer.to_string(),
                        kind: Kind::ClientCertificate { is_given: false },
                    };
                }
                Ok(error) => Kind::Untrusted(error),
                Err(error) => Kind::Failed(error.to_string()),
            },
        };
        HttpError { phase, peer: peer.to_string(), kind }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

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
            head: Some(Vec::new()),
            body: 0,
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
        peer.write_all(b"HTTP/1.0 200 OK\nX: y\nDate :a\n b\n\nanswer").unwrap();
        assert!(transport.await_input(never).unwrap());
        assert_eq!(transport.buffers().input(), b"HTTP/1.0 200\r\nDate: a b\r\n\r\nanswer");
        assert!(transport.went_out.load(Ordering::Relaxed));
        let mut received = [0; 64];
        let count = peer.read(&mut received).unwrap();
        assert_eq!(&received[..count], b"head, secret");
    }

    #[test]
    fn an_error_names_the_setting_whose_time_was_used_up() {
        for (reason, limit) in [(ureq::Timeout::Connect, Limit::Connect), (ureq::Timeout::Global, Limit::Total)] {
            let until = TimeLimit::of(NextTimeout { reason, ..NextTimeout::default() });
            let error = until.error(Phase::Handshake, &"", io::ErrorKind::TimedOut.into());
            assert_eq!(error.kind, Kind::TimedOut(limit, Duration::ZERO));
        }
    }

    #[test]
    fn a_cut_connection_is_temporary_and_a_tls_failure_is_not() {
        let alert = rustls::Error::AlertReceived(rustls::AlertDescription::HandshakeFailure);
        for (error, is_temporary) in [
            (io::ErrorKind::TimedOut.into(), true),
            (io::ErrorKind::ConnectionReset.into(), true),
            (io::ErrorKind::UnexpectedEof.into(), true),
            (io::Error::new(io::ErrorKind::InvalidData, alert), false),
            (io::Error::other(rustls::Error::UnsupportedNameType), false),
        ] {
            let error = TimeLimit::of(NextTimeout::default()).error(Phase::Handshake, &"", error);
            assert_eq!(error.is_temporary(), is_temporary, "{error}");
        }
    }
}
