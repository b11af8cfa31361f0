//! The first of a host's addresses to connect, as Happy Eyeballs finds it (RFC 8305 §4 and §5).
//!
//! IPv6 and IPv4 take turns. Each address is tried alone for a moment, or until it fails, then beside the next one; the
//! first to connect is used. A silent address costs that moment, and not its share of the time-out. The queries of RFC
//! 8305 §3 are the system resolver's: it sends both at once and returns one list.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{self, AddressFamily, SocketType, sockopt};

use crate::base::deadline::Deadline;
use crate::base::event::{Event, emit};

/// RFC 8305 §5: the recommended "Connection Attempt Delay".
const HEAD_START: Duration = Duration::from_millis(250);

/// RFC 8305 §5: with more addresses than time, none has less.
const SHORTEST_HEAD_START: Duration = Duration::from_millis(10);

/// A connection that is not made yet.
struct Attempt {
    address: SocketAddr,
    socket: OwnedFd,
    started: Instant,
}

/// A socket to the first of `addresses` that connects. `TimedOut` means that some had not answered by `deadline`; any
/// other error is why one of them failed.
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
    // The request is one write; nothing is gained by waiting for more of it.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The attempt that won; the others stay in `running`.
fn race(addresses: Vec<SocketAddr>, running: &mut Vec<Attempt>, deadline: Deadline) -> io::Result<Attempt> {
    let mut waiting = in_turns(addresses).into_iter();
    let mut alone_until = Deadline::after(Duration::ZERO);
    // Why the last one failed, if that says something about the server.
    let mut why: Option<io::Error> = None;
    loop {
        let (address, result) = if (running.is_empty() || alone_until.has_passed())
            && let Some(address) = waiting.next()
        {
            alone_until = Deadline::after(head_start(deadline, waiting.len()));
            (address, start(address).map(|attempt| running.push(attempt)))
        } else if running.is_empty() {
            return Err(why.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
        } else {
            let until = if waiting.len() > 0 { alone_until.earlier(deadline) } else { deadline };
            match first_answer(running, until)? {
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
            // The next one starts at once.
            alone_until = Deadline::after(Duration::ZERO);
            emit(Event::ConnectFailed { address, why: Some(&error) });
            if why.is_none() || !is_without_a_way(&error) {
                why = Some(error);
            }
        }
    }
}

/// RFC 8305 §4: the families take turns, and the system's order decides which begins, and the order of each.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let begins_with = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == begins_with);
    let turns = first.len().max(second.len());
    (0..turns).flat_map(|turn| [first.get(turn), second.get(turn)]).flatten().copied().collect()
}

/// How long an address is tried alone: each of the `others` must get its turn in time.
fn head_start(deadline: Deadline, others: usize) -> Duration {
    let turns = u32::try_from(others).map_or(u32::MAX, |others| others.saturating_add(1));
    deadline.left().map_or(HEAD_START, |left| (left / turns).clamp(SHORTEST_HEAD_START, HEAD_START))
}

/// Sends the first packet; [`first_answer`] waits for the answer.
fn start(address: SocketAddr) -> io::Result<Attempt> {
    let (socket, started) = (socket(address)?, Instant::now());
    match net::connect(&socket, &address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(Attempt { address, socket, started }),
        Err(error) => Err(error.into()),
    }
}

/// The place of an attempt that has succeeded or failed; `None` at `until`, or after a signal.
fn first_answer(running: &[Attempt], until: Deadline) -> io::Result<Option<usize>> {
    let mut watched: Vec<_> = running.iter().map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT)).collect();
    let limit = until.left().and_then(|left| Timespec::try_from(left).ok());
    match poll(&mut watched, limit.as_ref()) {
        Ok(_) | Err(Errno::INTR) => Ok(watched.iter().position(|watched| !watched.revents().is_empty())),
        Err(error) => Err(error.into()),
    }
}

/// Whether this host cannot even try, for want of an address of that family, say: a refusal elsewhere says more.
fn is_without_a_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable)
        || Errno::from_io_error(error) == Some(Errno::AFNOSUPPORT)
}

/// A non-blocking socket that no child process inherits: no other thread starts one meanwhile.
fn socket(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = net::socket(family, SocketType::STREAM, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(addresses: &[&str]) -> Vec<String> {
        in_turns(addresses.iter().map(|text| text.parse().unwrap()).collect()).iter().map(ToString::to_string).collect()
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
        assert_eq!(head_start(Deadline::never(), 3), HEAD_START);
        assert_eq!(head_start(Deadline::after(Duration::from_secs(10)), 1), HEAD_START);
        let share = head_start(Deadline::after(Duration::from_secs(1)), 9);
        assert!(share <= Duration::from_millis(100) && share > SHORTEST_HEAD_START, "{share:?}");
        assert_eq!(head_start(Deadline::after(Duration::ZERO), usize::MAX), SHORTEST_HEAD_START);
    }
}
