//! Telling a service manager that the service is ready (`sd_notify(3)`): a datagram to the socket that it names.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::error::reason;
use crate::event::{Event, tell};

/// The socket of `NOTIFY_SOCKET`, if a service manager listens.
#[derive(Clone)]
pub struct Manager {
    socket: Option<OsString>,
}

impl Manager {
    pub fn at(socket: Option<OsString>) -> Self {
        Self { socket }
    }

    pub fn ready(&self) {
        self.say(b"READY=1");
    }

    pub fn stopping(&self) {
        self.say(b"STOPPING=1");
    }

    /// What cannot be told is no reason not to do the work.
    fn say(&self, what: &[u8]) {
        let Some(socket) = &self.socket else { return };
        let sent = address(socket.as_bytes()).and_then(|address| {
            let unbound = UnixDatagram::unbound()?;
            // A manager that hears nobody holds nobody up.
            unbound.set_nonblocking(true)?;
            unbound.send_to_addr(what, &address).map(drop)
        });
        if let Err(error) = sent {
            let text = format!("the service manager at NOTIFY_SOCKET cannot be told: {}", reason(&error));
            tell(Event::Warning(&text));
        }
    }
}

/// A path, or with `@` a name that is in no directory (Linux).
fn address(socket: &[u8]) -> io::Result<SocketAddr> {
    match socket.strip_prefix(b"@") {
        #[cfg(target_os = "linux")]
        Some(name) => <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name),
        _ => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(socket)),
    }
}
