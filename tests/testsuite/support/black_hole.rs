//! A port to which nobody gets an answer, neither yes nor no, as behind a firewall that drops what it does not like.

use std::net::{SocketAddr, TcpListener, TcpStream};

use nix::sys::socket::{Backlog, listen};

pub struct BlackHole {
    listener: TcpListener,
    /// It fills the queue of connections that nobody accepts: for another one, the kernel has no answer.
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
