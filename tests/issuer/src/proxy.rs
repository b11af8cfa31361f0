//! An HTTP proxy with CONNECT, in plain text or over TLS, that connects or misbehaves.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::certificate::{Authority, Certificate, Clients, server_config};
use crate::request::Request;

/// The proxy's response to CONNECT.
#[derive(Clone, Debug)]
pub enum ProxyReply {
    /// Connects to the requested port on this host, whatever the name, so that a test can use an unknown name.
    Connect,
    /// Sends these bytes, then closes.
    Raw(Vec<u8>),
    /// Sends nothing until the client closes.
    Hang,
    /// Does the same as [`ProxyReply::Connect`], after a second.
    Slow,
}

impl ProxyReply {
    pub fn status(status: u16) -> Self {
        Self::Raw(format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n").into_bytes())
    }
}

/// A running proxy; it stops with the process.
pub struct Proxy {
    address: SocketAddr,
    trusted: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    /// A proxy in plain text.
    pub fn start(reply: ProxyReply) -> Self {
        Self::listen(reply, None)
    }

    /// A proxy over TLS, named `localhost`. It requests a client's certificate, and fails with one of a test.
    pub fn start_tls(reply: ProxyReply) -> Self {
        Self::requesting(reply, false, false)
    }

    /// The same, which may require one, or speak TLS 1.2 alone.
    pub fn requesting(reply: ProxyReply, is_required: bool, tls12_only: bool) -> Self {
        let clients = Clients { authority: Authority::new(), is_required };
        let authority = Authority::new();
        Self::listen(reply, Some(server_config(Certificate::Good, "localhost", &authority, tls12_only, Some(&clients))))
    }

    fn listen(reply: ProxyReply, tls: Option<(Arc<ServerConfig>, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let (tls, trusted) = tls.unzip();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (reply, kept, tls) = (reply.clone(), Arc::clone(&kept), tls.clone());
                thread::spawn(move || {
                    let plain = stream.try_clone()?;
                    match tls {
                        None => serve(stream, &plain, &reply, &kept),
                        Some(config) => {
                            let session = ServerConnection::new(config).map_err(io::Error::other)?;
                            serve(StreamOwned::new(session, stream), &plain, &reply, &kept)
                        }
                    }
                });
            }
        });
        Self { address, trusted: trusted.unwrap_or_default(), requests }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The PEM text that a client of [`Proxy::start_tls`] must trust.
    pub fn trusted_pem(&self) -> &str {
        &self.trusted
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// `socket` is the one below `client`.
fn serve(
    mut client: impl Read + Write,
    socket: &TcpStream,
    reply: &ProxyReply,
    kept: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    let Some(request) = Request::read(&mut client)? else { return Ok(()) };
    let port = request.path.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    match reply {
        ProxyReply::Raw(bytes) => client.write_all(bytes),
        ProxyReply::Hang => {
            let mut chunk = [0; 256];
            while client.read(&mut chunk)? > 0 {}
            Ok(())
        }
        ProxyReply::Connect | ProxyReply::Slow => {
            if matches!(reply, ProxyReply::Slow) {
                thread::sleep(Duration::from_secs(1));
            }
            let mut server = TcpStream::connect(("127.0.0.1", port.unwrap_or_default()))?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            relay(&mut client, socket, &mut server)
        }
    }
}

/// Relays bytes both ways until one side closes. Polls the sides in turn, because a TLS session cannot be split.
fn relay(client: &mut (impl Read + Write), socket: &TcpStream, server: &mut TcpStream) -> io::Result<()> {
    const LOOK: Option<Duration> = Some(Duration::from_millis(2));
    socket.set_read_timeout(LOOK)?;
    server.set_read_timeout(LOOK)?;
    let mut chunk = [0; 16_384];
    while carry(client, server, &mut chunk)? && carry(server, client, &mut chunk)? {}
    Ok(())
}

/// Whether the stream is still open.
fn carry(from: &mut impl Read, to: &mut impl Write, chunk: &mut [u8]) -> io::Result<bool> {
    match from.read(chunk) {
        Ok(0) => Ok(false),
        Ok(count) => to.write_all(&chunk[..count]).and_then(|()| to.flush()).map(|()| true),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Ok(true),
        Err(error) => Err(error),
    }
}
