//! TLS over any stream, with rustls: the handshake first, then plain bytes.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};

use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::http::stream::{Stream, StreamError};

/// A TLS session that has been verified.
#[derive(Debug)]
pub struct TlsStream<S> {
    session: ClientConnection,
    below: S,
    /// What came from below, and which part of it the session has not taken yet.
    incoming: Box<[u8]>,
    untaken: Range<usize>,
}

/// A TLS record holds 16 KiB; its header and tag a little more, and reading them in two turns does no harm.
const INCOMING: usize = 16 * 1024;

impl<S: Stream> TlsStream<S> {
    /// Shakes hands as a client of `host`. The server's identity is proved when it returns.
    ///
    /// What the client still has to say at the end (TLS 1.3: its Finished) goes out with the first bytes of the
    /// request, in one write.
    pub fn handshake(below: S, host: &str, config: Arc<ClientConfig>, deadline: Deadline) -> Result<Self, StreamError> {
        let started = Instant::now();
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| StreamError::Tls(rustls::Error::UnsupportedNameType))?;
        let session = ClientConnection::new(config, name).map_err(StreamError::Tls)?;
        let mut stream = Self { session, below, incoming: vec![0; INCOMING].into_boxed_slice(), untaken: 0..0 };
        while stream.session.is_handshaking() {
            stream.flush(deadline)?;
            if stream.session.is_handshaking() && !stream.receive(deadline)? {
                return Err(StreamError::Broken("it was closed during the TLS handshake".to_owned()));
            }
        }
        let version = stream.session.protocol_version().map_or("", |version| version.as_str().unwrap_or(""));
        let cipher = stream.session.negotiated_cipher_suite().map(|suite| suite.suite());
        tell(Event::Secured {
            host,
            version,
            cipher: cipher.and_then(|cipher| cipher.as_str()).unwrap_or(""),
            took: started.elapsed(),
        });
        Ok(stream)
    }

    /// Sends whatever the session has to say, in one write.
    fn flush(&mut self, deadline: Deadline) -> Result<(), StreamError> {
        let mut outgoing = Vec::new();
        while self.session.wants_write() {
            self.session.write_tls(&mut outgoing).map_err(memory)?;
        }
        if outgoing.is_empty() { Ok(()) } else { self.below.write_all(&outgoing, deadline) }
    }

    /// Gives the session as much of what the peer sent as it takes at a time; `false` when the peer has closed.
    ///
    /// The session refuses more while it holds plain bytes that nobody has read, so that these are read in between.
    fn receive(&mut self, deadline: Deadline) -> Result<bool, StreamError> {
        if self.untaken.is_empty() {
            self.untaken = 0..self.below.read(&mut self.incoming, deadline)?;
        }
        let taken = self.session.read_tls(&mut &self.incoming[self.untaken.clone()]).map_err(memory)?;
        self.untaken.start += taken;
        match self.session.process_new_packets() {
            Ok(_) => Ok(taken > 0),
            Err(error) => {
                // The peer is told by an alert; whether it hears that does not matter any more.
                let _ = self.flush(deadline);
                Err(StreamError::Tls(error))
            }
        }
    }
}

impl<S: Stream> Stream for TlsStream<S> {
    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, StreamError> {
        loop {
            match io::Read::read(&mut self.session.reader(), buffer) {
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Err(StreamError::Broken("it was cut without a TLS goodbye".to_owned())),
            }
            self.flush(deadline)?;
            self.receive(deadline)?;
        }
    }

    fn write_all(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), StreamError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            // The session buffers up to 64 KiB.
            let taken = io::Write::write(&mut self.session.writer(), rest).map_err(memory)?;
            rest = &rest[taken..];
            self.flush(deadline)?;
        }
        Ok(())
    }
}

/// The session's own buffers do not fail.
fn memory(error: io::Error) -> StreamError {
    StreamError::Broken(error.to_string())
}
