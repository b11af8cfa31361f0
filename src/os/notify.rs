//! Notifies a service manager (`sd_notify(3)`) with a datagram to the socket that it names.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::base::event::{Event, Warning, emit};

/// Long, because without this message the manager assumes that the service did not start.
const FOR_READINESS: Duration = Duration::from_secs(10);
const FOR_THE_END: Duration = Duration::from_millis(100);

/// Reports readiness. A failure is a warning only. Without a `socket` there is no manager.
pub fn ready(socket: Option<OsString>) {
    let failed = say(b"READY=1", socket, FOR_READINESS).err();
    failed.iter().for_each(|error| emit(Event::Warning(Warning::ManagerNotTold(error))));
}

/// Reports the exit and ignores failures, so that nothing delays it.
pub fn stopping(socket: Option<OsString>) {
    let _ = say(b"STOPPING=1", socket, FOR_THE_END);
}

fn say(what: &[u8], socket: Option<OsString>, patience: Duration) -> io::Result<()> {
    let Some(socket) = socket else { return Ok(()) };
    let address = match socket.as_bytes().strip_prefix(b"@") {
        // An abstract address (unix(7)).
        #[cfg(target_os = "linux")]
        Some(name) => <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name),
        _ => SocketAddr::from_pathname(&socket),
    }?;
    let unbound = UnixDatagram::unbound()?;
    unbound.set_write_timeout(Some(patience))?;
    unbound.send_to_addr(what, &address).map(drop)
}
