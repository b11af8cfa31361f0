//! A TCP or TLS stream whose reads and writes return by a deadline.

use std::io::{self, BufReader, IoSlice, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustls::AlertDescription::{CertificateRequired, HandshakeFailure};
use rustls::Error::AlertReceived;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, SignatureScheme, StreamOwned};

use crate::base::clock::Deadline;
use crate::base::event::{Event, emit};

/// About one TLS record.
const INCOMING: usize = 16 * 1024;

#[derive(Debug)]
pub enum Stream {
    Tcp {
        socket: BufReader<TcpStream>,
        deadline: Deadline,
    },
    /// TLS over TLS if the proxy uses https.
    Tls(Box<StreamOwned<ClientConnection, Stream>>),
}

impl Stream {
    pub fn new(socket: TcpStream, deadline: Deadline) -> Self {
        Self::Tcp { socket: BufReader::with_capacity(INCOMING, socket), deadline }
    }

    /// Performs the TLS handshake, which authenticates `host`. A TLS error is a [`rustls::Error`] inside the error.
    ///
    /// The client's last message is sent with the request, in one segment; rustls' `complete_io` would send it alone.
    pub fn secure(
        mut self,
        host: &str,
        config: Arc<ClientConfig>,
        identity: Option<Arc<CertifiedKey>>,
    ) -> io::Result<Self> {
        let started = Instant::now();
        // A certificate has no zone.
        let name = host.split('%').next().unwrap_or_default().to_owned();
        let name = ServerName::try_from(name).map_err(|_| io::Error::other(rustls::Error::UnsupportedNameType))?;
        let asked = Arc::new(CertificateAsked { identity, is_asked: AtomicBool::default() });
        let mut config = ClientConfig::clone(&config);
        config.client_auth_cert_resolver = asked.clone();
        let mut session = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        // The request is written at once, whatever its length.
        session.set_buffer_limit(None);
        while session.is_handshaking() {
            while session.wants_write() {
                session.write_tls(&mut self)?;
            }
            if session.read_tls(&mut self)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Err(error) = session.process_new_packets() {
                // Try to send the alert.
                let _ = session.write_tls(&mut self);
                // TLS 1.2 has no alert for a missing client certificate: most servers send this one.
                let is_refused = error == AlertReceived(HandshakeFailure) && asked.is_asked.load(Ordering::Relaxed);
                return Err(io::Error::other(if is_refused { AlertReceived(CertificateRequired) } else { error }));
            }
        }
        let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
        let cipher = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
        emit(Event::Secured { host, version, cipher, took: started.elapsed() });
        Ok(Self::Tls(Box::new(StreamOwned::new(session, self))))
    }

    pub fn set_deadline(&mut self, later: Deadline) {
        match self {
            Self::Tcp { deadline, .. } => *deadline = later,
            Self::Tls(tls) => tls.sock.set_deadline(later),
        }
    }
}

/// The client's certificate, and whether the server requested one.
#[derive(Debug)]
struct CertificateAsked {
    identity: Option<Arc<CertifiedKey>>,
    is_asked: AtomicBool,
}

impl ResolvesClientCert for CertificateAsked {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.is_asked.store(true, Ordering::Relaxed);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp { socket, deadline } => until(*deadline, |left| {
                socket.get_ref().set_read_timeout(left)?;
                socket.read(buffer)
            }),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

/// Every write is flushed. Pending TLS messages are sent with it, in one write to the socket.
impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Tcp { socket, deadline } => until(*deadline, |left| {
                socket.get_ref().set_write_timeout(left)?;
                socket.get_mut().write_vectored(parts)
            }),
            Self::Tls(tls) => {
                let count = tls.conn.writer().write_vectored(parts)?;
                tls.flush()?;
                Ok(count)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Calls `call` with the time left, and again after a signal. `TimedOut` if the deadline has passed.
fn until(deadline: Deadline, mut call: impl FnMut(Option<Duration>) -> io::Result<usize>) -> io::Result<usize> {
    loop {
        let left = deadline.left();
        // A socket refuses a timeout of zero.
        if left == Some(Duration::ZERO) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match call(left) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(io::ErrorKind::TimedOut.into()),
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_silent_peer_is_left_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut stream = Stream::new(socket, Deadline::after(Duration::from_millis(1)));
        assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        stream.set_deadline(Deadline::after(Duration::ZERO));
        assert_eq!(stream.write(&[0]).unwrap_err().kind(), io::ErrorKind::TimedOut);
        stream.set_deadline(Deadline::never());
        assert_eq!(stream.write(&[0]).unwrap(), 1);
    }

    #[test]
    fn a_signal_does_not_end_a_call() {
        let mut results = [Err(io::ErrorKind::Interrupted.into()), Ok(7)].into_iter();
        assert_eq!(until(Deadline::never(), |_| results.next().unwrap()).unwrap(), 7);
    }
}
