//! A host's addresses, from the system's resolver.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::base::deadline::Deadline;
use crate::base::event::{Event, emit};
use crate::http::endpoint::Endpoint;

/// What `localhost` means, whatever a resolver says of it (RFC 6761 §6.3): IPv4 first, where most local servers listen.
/// The names below it are looked up: in a network of containers they may be others' names.
const LOCALHOST: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// The addresses of `endpoint`; those of a name in the order of the system's resolver.
///
/// An address needs no resolver, and neither does `localhost`. Any other name is looked up in a thread, because
/// `getaddrinfo` cannot be interrupted; when time runs out the thread is left behind and ends with the process, and
/// the error is `TimedOut`.
pub fn addresses(endpoint: &Endpoint, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = endpoint.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, endpoint.port)]);
    }
    if endpoint.host.eq_ignore_ascii_case("localhost") {
        emit(Event::Resolved { host: &endpoint.host, addresses: &LOCALHOST, took: None });
        return Ok(LOCALHOST.map(|address| SocketAddr::new(address, endpoint.port)).into());
    }
    use_built_in_sources();
    let started = Instant::now();
    let (sender, receiver) = mpsc::sync_channel(1);
    let (host, port) = (endpoint.host.clone(), endpoint.port);
    thread::Builder::new().name("resolver".to_owned()).spawn(move || {
        let _ = sender.send((host.as_str(), port).to_socket_addrs().map(Vec::from_iter));
    })?;
    let answer = receiver.recv_timeout(deadline.left().unwrap_or(Duration::MAX));
    let found = answer.map_err(|_| io::ErrorKind::TimedOut)??;
    let ips: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
    emit(Event::Resolved { host: &endpoint.host, addresses: &ips, took: Some(started.elapsed()) });
    Ok(found)
}

/// Call it before the first look-up. It does nothing unless glibc is linked statically.
///
/// `/etc/nsswitch.conf` may name modules (`mdns4_minimal` on Ubuntu, `resolve` on Fedora), which `getaddrinfo` loads
/// from the machine. A module needs the machine's own glibc, and crashes a program that is statically linked with
/// another one (SIGFPE, SIGABRT). Such a program uses the two sources that are built into glibc: `/etc/hosts` and DNS.
fn use_built_in_sources() {
    #[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
    #[allow(unsafe_code, reason = "glibc has no safe interface for this, and no crate wraps it")]
    {
        use std::ffi::{c_char, c_int};
        use std::sync::Once;

        unsafe extern "C" {
            /// glibc's `nss.h`: as if `/etc/nsswitch.conf` had the line `database: sources`.
            fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
        }

        // A look-up that timed out may still run in its thread when the next one starts.
        static CONFIGURED: Once = Once::new();
        // SAFETY: both arguments are C strings that live for ever, glibc copies what it needs of them, and no look-up
        // runs yet. It fails only when out of memory, and then changes nothing.
        CONFIGURED.call_once(|| unsafe {
            __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr());
        });
    }
}
