//! Telling a service manager that the service is ready (`sd_notify(3)`): a datagram to the socket that it names.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::error::reason;
use crate::event::{Event, tell};

/// A manager that is busy waits for this message: without it, it takes the service for one that does not start.
const FOR_READINESS: Duration = Duration::from_secs(10);
const FOR_THE_END: Duration = Duration::from_millis(100);

/// The socket of `NOTIFY_SOCKET`, if a service manager listens.
#[derive(Clone)]
pub struct Manager {
    socket: Option<OsString>,
}

impl Manager {
    pub fn at(socket: Option<OsString>) -> Self {
        Self { socket }
    }

    /// What cannot be told is no reason not to do the work.
    pub fn ready(&self) {
        if let Err(error) = self.say(b"READY=1", FOR_READINESS) {
            let text = format!("the service manager at NOTIFY_SOCKET cannot be told: {}", reason(&error));
            tell(Event::Warning(&text));
        }
    }

    /// Nothing holds up whoever is to end.
    pub fn stopping(&self) {
        let _ = self.say(b"STOPPING=1", FOR_THE_END);
    }

    fn say(&self, what: &[u8], patience: Duration) -> io::Result<()> {
        let Some(socket) = &self.socket else { return Ok(()) };
        let address = address(socket.as_bytes())?;
        let unbound = UnixDatagram::unbound()?;
        unbound.set_write_timeout(Some(patience))?;
        unbound.send_to_addr(what, &address).map(drop)
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
