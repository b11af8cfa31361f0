//! An HTTP proxy that knows CONNECT, or refuses it in every way.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::request::Request;

/// What the proxy does when it is asked.
#[derive(Clone, Debug)]
pub enum ProxyReply {
    /// Connects to the port asked for on this host, whatever the name: so a test can use a name that nobody knows.
    Connect,
    /// These bytes, then the end.
    Raw(Vec<u8>),
    /// Nothing, until the client leaves.
    Hang,
}

impl ProxyReply {
    pub fn status(status: u16) -> Self {
        Self::Raw(format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\n\r\n").into_bytes())
    }
}

/// A running proxy; it ends with the process.
pub struct Proxy {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    pub fn start(reply: ProxyReply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (reply, kept) = (reply.clone(), Arc::clone(&kept));
                thread::spawn(move || serve(stream, &reply, &kept));
            }
        });
        Self { address, requests }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(mut client: TcpStream, reply: &ProxyReply, kept: &Mutex<Vec<Request>>) -> io::Result<()> {
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
        ProxyReply::Connect => {
            let server = TcpStream::connect(("127.0.0.1", port.unwrap_or_default()))?;
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
            let (mut up, mut down) = (client.try_clone()?, server.try_clone()?);
            let upward = thread::spawn(move || {
                let _ = io::copy(&mut up, &mut down);
                let _ = down.shutdown(Shutdown::Write);
            });
            let _ = io::copy(&mut &server, &mut client);
            let _ = client.shutdown(Shutdown::Write);
            let _ = upward.join();
            Ok(())
        }
    }
}
