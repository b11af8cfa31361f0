//! TLS over any stream, with rustls.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::event::{Event, tell};
use crate::http::stream::Stream;

/// Shakes hands as a client of `host`. The server's identity is proved when it returns. A failure of TLS itself is a
/// [`rustls::Error`] inside the error.
///
/// The client's last message (TLS 1.3: Finished) is left for the first write, and leaves with the request in one
/// segment. rustls' `complete_io` would send it alone.
pub fn handshake(mut below: Stream, host: &str, config: Arc<ClientConfig>) -> io::Result<Stream> {
    let started = Instant::now();
    let name =
        ServerName::try_from(host.to_owned()).map_err(|_| io::Error::other(rustls::Error::UnsupportedNameType))?;
    let mut session = ClientConnection::new(config, name).map_err(io::Error::other)?;
    // A request is encrypted in one piece, however long it is.
    session.set_buffer_limit(None);
    while session.is_handshaking() {
        while session.wants_write() {
            session.write_tls(&mut below)?;
        }
        if session.read_tls(&mut below)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Err(error) = session.process_new_packets() {
            // An alert tells the peer; whether that arrives does not matter any more.
            let _ = session.write_tls(&mut below);
            return Err(io::Error::other(error));
        }
    }
    let version = session.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
    let cipher = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
    tell(Event::Secured { host, version, cipher, took: started.elapsed() });
    Ok(Stream::Tls(Box::new(StreamOwned::new(session, below))))
}
