//! Happy Eyeballs (RFC 8305 §4 and §5): connects to the first of a host's addresses that accepts.
//!
//! IPv6 and IPv4 alternate. The next attempt starts after a short delay, or at once when one fails, and the earlier
//! attempts go on. A silent address costs only that delay. The DNS queries of §3 are left to the system's resolver.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{self, AddressFamily, SocketType, sockopt};

use crate::base::clock::Deadline;
use crate::base::event::{Event, emit};

/// RFC 8305 §5: the recommended "Connection Attempt Delay".
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// RFC 8305 §5: the "Minimum Connection Attempt Delay".
const MIN_ATTEMPT_DELAY: Duration = Duration::from_millis(10);

/// A connection in progress.
struct Attempt {
    address: SocketAddr,
    socket: OwnedFd,
    started: Instant,
}

/// Connects to one of `addresses`. Returns `TimedOut` at `deadline`, or the error of a failed attempt.
pub fn connect(addresses: Vec<SocketAddr>, deadline: Deadline) -> io::Result<TcpStream> {
    let mut running = Vec::new();
    let winner = race(addresses, &mut running, deadline);
    for Attempt { address, .. } in running {
        emit(Event::ConnectFailed { address, why: None });
    }
    let Attempt { address, socket, started } = winner?;
    emit(Event::Connected { address, took: started.elapsed() });
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false)?;
    // The request is one write, so Nagle's algorithm would only delay it.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The attempt that connected first; the others stay in `running`.
fn race(addresses: Vec<SocketAddr>, running: &mut Vec<Attempt>, deadline: Deadline) -> io::Result<Attempt> {
    let mut waiting = interleave(addresses).into_iter();
    let mut next_start = Deadline::after(Duration::ZERO);
    // The last error, preferably one that says something about the server.
    let mut why: Option<io::Error> = None;
    loop {
        let (address, result) = if (running.is_empty() || next_start.has_passed())
            && let Some(address) = waiting.next()
        {
            next_start = Deadline::after(attempt_delay(deadline, waiting.len()));
            (address, start(address).map(|attempt| running.push(attempt)))
        } else if running.is_empty() {
            return Err(why.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
        } else {
            let until = if waiting.len() > 0 { next_start.earlier(deadline) } else { deadline };
            match first_ready(running, until)? {
                Some(place) => {
                    let attempt = running.remove(place);
                    match sockopt::socket_error(&attempt.socket)? {
                        Ok(()) => return Ok(attempt),
                        Err(error) => (attempt.address, Err(error.into())),
                    }
                }
                None if deadline.has_passed() => return Err(io::ErrorKind::TimedOut.into()),
                None => continue,
            }
        };
        if let Err(error) = result {
            // The next attempt starts at once.
            next_start = Deadline::after(Duration::ZERO);
            emit(Event::ConnectFailed { address, why: Some(&error) });
            if why.is_none() || !has_no_route(&error) {
                why = Some(error);
            }
        }
    }
}

/// RFC 8305 §4: alternates the address families, otherwise in the system's order.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let begins_with = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == begins_with);
    let turns = first.len().max(second.len());
    (0..turns).flat_map(|turn| [first.get(turn), second.get(turn)]).flatten().copied().collect()
}

/// The delay before the next attempt, short enough for all `others` to start before the deadline.
fn attempt_delay(deadline: Deadline, others: usize) -> Duration {
    let turns = u32::try_from(others).map_or(u32::MAX, |others| others.saturating_add(1));
    deadline.left().map_or(ATTEMPT_DELAY, |left| (left / turns).clamp(MIN_ATTEMPT_DELAY, ATTEMPT_DELAY))
}

/// Starts a non-blocking connect. No other thread starts a child process before `CLOEXEC` is set.
fn start(address: SocketAddr) -> io::Result<Attempt> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = net::socket(family, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    let started = Instant::now();
    match net::connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(Attempt { address, socket, started }),
        Err(error) => Err(error.into()),
    }
}

/// The index of an attempt that has succeeded or failed; `None` at `until`, or after a signal.
fn first_ready(running: &[Attempt], until: Deadline) -> io::Result<Option<usize>> {
    let mut watched: Vec<_> = running.iter().map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT)).collect();
    let limit = until.left().and_then(|left| Timespec::try_from(left).ok());
    match poll(&mut watched, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(watched.iter().position(|watched| !watched.revents().is_empty())),
        Err(error) => Err(error.into()),
    }
}

/// Whether this machine cannot reach the address at all, for example without IPv6.
fn has_no_route(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable)
        || Errno::from_io_error(error) == Some(Errno::AFNOSUPPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(addresses: &[&str]) -> Vec<String> {
        interleave(addresses.iter().map(|text| text.parse().unwrap()).collect())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_families_take_turns_in_the_order_of_the_system() {
        let (v6, v4) = (["[::1]:1", "[::2]:1", "[::3]:1"], ["127.0.0.1:1", "127.0.0.2:1"]);
        assert_eq!(turns(&[v6[0], v6[1], v6[2], v4[0], v4[1]]), [v6[0], v4[0], v6[1], v4[1], v6[2]]);
        assert_eq!(turns(&[v4[0], v4[1], v6[0]]), [v4[0], v6[0], v4[1]]);
        assert_eq!(turns(&[v4[1], v4[0]]), [v4[1], v4[0]]);
        assert!(turns(&[]).is_empty());
    }

    #[test]
    fn every_address_gets_its_turn() {
        assert_eq!(attempt_delay(Deadline::never(), 3), ATTEMPT_DELAY);
        assert_eq!(attempt_delay(Deadline::after(Duration::from_secs(10)), 1), ATTEMPT_DELAY);
        let share = attempt_delay(Deadline::after(Duration::from_secs(1)), 9);
        assert!(share <= Duration::from_millis(100) && share > MIN_ATTEMPT_DELAY, "{share:?}");
        assert_eq!(attempt_delay(Deadline::after(Duration::ZERO), usize::MAX), MIN_ATTEMPT_DELAY);
    }
}
