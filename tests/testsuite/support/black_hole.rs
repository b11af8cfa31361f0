//! A port that neither accepts nor refuses connections, as behind a firewall that drops packets.

use std::net::{SocketAddr, TcpListener, TcpStream};

use nix::sys::socket::{Backlog, listen};

pub struct BlackHole {
    listener: TcpListener,
    /// Fills the queue of unaccepted connections: the kernel then drops further ones.
    _first: TcpStream,
}

impl BlackHole {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listen(&listener, Backlog::new(0).unwrap()).unwrap();
        let first = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        Self { listener, _first: first }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }
}
