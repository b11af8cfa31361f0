//! A host's addresses, from the system's resolver.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::base::clock::Deadline;
use crate::base::event::{Event, Step, emit};
use crate::http::endpoint::Endpoint;

/// `localhost` and the names below it are not looked up (RFC 6761 §6.3). IPv4 is first because most local servers
/// listen there.
const LOCALHOST: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

/// The addresses of `endpoint`, in the order of the system's resolver.
///
/// `getaddrinfo` cannot be interrupted, so it runs in a thread, which is left behind at the deadline (`TimedOut`). The
/// error is `QuotaExceeded` if no thread can be started.
pub fn addresses(endpoint: &Endpoint, deadline: Deadline) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = endpoint.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, endpoint.port)]);
    }
    if endpoint.is_localhost() {
        emit(Event::Resolved { host: &endpoint.host, addresses: &LOCALHOST, took: None });
        return Ok(LOCALHOST.map(|address| SocketAddr::new(address, endpoint.port)).into());
    }
    emit(Event::Awaiting(Step::Lookup(&endpoint.host), None));
    use_built_in_sources();
    let started = Instant::now();
    let (sender, receiver) = mpsc::sync_channel(1);
    let (host, port) = (endpoint.host.clone(), endpoint.port);
    let look_up = move || sender.send((host.as_str(), port).to_socket_addrs().map(Vec::from_iter));
    let spawned = thread::Builder::new().name("resolver".to_owned()).spawn(look_up);
    spawned.map_err(|error| io::Error::new(io::ErrorKind::QuotaExceeded, error))?;
    let answer = receiver.recv_timeout(deadline.left().unwrap_or(Duration::MAX));
    let found = answer.map_err(|_| io::ErrorKind::TimedOut)??;
    let ips: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
    emit(Event::Resolved { host: &endpoint.host, addresses: &ips, took: Some(started.elapsed()) });
    Ok(found)
}

/// Limits a statically linked glibc to its built-in sources, `/etc/hosts` and DNS, before the first lookup.
///
/// `getaddrinfo` loads the modules of `/etc/nsswitch.conf` (`mdns4_minimal` on Ubuntu, `resolve` on Fedora). They need
/// the machine's own glibc, and crash a program that is statically linked with another one (SIGFPE, SIGABRT).
fn use_built_in_sources() {
    #[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
    #[allow(unsafe_code, reason = "glibc has no safe interface for this, and no crate wraps it")]
    {
        use std::ffi::{c_char, c_int};
        use std::sync::Once;

        unsafe extern "C" {
            /// glibc's `nss.h`: overrides the line `database: sources` of `/etc/nsswitch.conf`.
            fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
        }

        // A lookup that timed out may still run in its thread when the next one starts.
        static CONFIGURED: Once = Once::new();
        // SAFETY: both arguments are static C strings, which glibc copies, and no lookup runs yet. It fails only when
        // out of memory, and then changes nothing.
        CONFIGURED.call_once(|| unsafe {
            __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr());
        });
    }
}
