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
use rustix::io::Errno;
use rustix::net::{self, AddressFamily, SocketType, sockopt};

use crate::deadline::Deadline;
use crate::event::{Event, tell};

/// RFC 8305 §5: the recommended "Connection Attempt Delay".
const HEAD_START: Duration = Duration::from_millis(250);

/// RFC 8305 §5: with more addresses than time, none has less.
const SHORTEST_HEAD_START: Duration = Duration::from_millis(10);

/// A socket to the first of `addresses` that connects. `TimedOut` means that some had not answered by `deadline`; any
/// other error is why one of them failed.
pub fn connect(addresses: Vec<SocketAddr>, deadline: Deadline) -> io::Result<TcpStream> {
    let mut waiting = in_turns(addresses).into_iter();
    let mut race = Race { running: Vec::new(), alone_until: Deadline::after(Duration::ZERO), why: None };
    loop {
        while (race.running.is_empty() || race.alone_until.has_passed())
            && let Some(address) = waiting.next()
        {
            race.enter(address, head_start(deadline, waiting.len()));
        }
        if race.running.is_empty() {
            return Err(race.why.unwrap_or_else(|| io::ErrorKind::NotFound.into()));
        }
        let until = if waiting.len() > 0 { race.alone_until.earlier(deadline) } else { deadline };
        if let Some(stream) = race.winner(until)? {
            return Ok(stream);
        }
        if !race.running.is_empty() && deadline.has_passed() {
            race.running.iter().for_each(Attempt::give_up);
            return Err(io::ErrorKind::TimedOut.into());
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

/// The addresses that are being tried, in the order in which they began.
struct Race {
    running: Vec<Attempt>,
    /// Until when no other address joins them.
    alone_until: Deadline,
    /// Why the last one failed, if that says something about the server.
    why: Option<io::Error>,
}

/// A connection that is not made yet.
struct Attempt {
    address: SocketAddr,
    socket: OwnedFd,
    started: Instant,
}

impl Race {
    fn enter(&mut self, address: SocketAddr, head_start: Duration) {
        self.alone_until = Deadline::after(head_start);
        match Attempt::start(address) {
            Ok(attempt) => self.running.push(attempt),
            Err(error) => self.note(address, error),
        }
    }

    /// Waits until an address connects or fails, at most until `until`.
    fn winner(&mut self, until: Deadline) -> io::Result<Option<TcpStream>> {
        let mut watched: Vec<_> =
            self.running.iter().map(|attempt| PollFd::new(&attempt.socket, PollFlags::OUT)).collect();
        let limit = until.left().and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut watched, limit.as_ref()) {
            // After a signal, `connect` waits again.
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let Some(place) = watched.iter().position(|watched| !watched.revents().is_empty()) else { return Ok(None) };
        let attempt = self.running.remove(place);
        let (address, started) = (attempt.address, attempt.started);
        match attempt.finish() {
            Ok(stream) => {
                self.running.iter().for_each(Attempt::give_up);
                tell(Event::Connected { address, took: started.elapsed() });
                Ok(Some(stream))
            }
            Err(error) => {
                self.note(address, error);
                Ok(None)
            }
        }
    }

    /// Reports a failed address. The next one starts at once.
    fn note(&mut self, address: SocketAddr, error: io::Error) {
        self.alone_until = Deadline::after(Duration::ZERO);
        tell(Event::ConnectFailed { address, why: Some(&error) });
        if self.why.is_none() || !is_without_a_way(&error) {
            self.why = Some(error);
        }
    }
}

impl Attempt {
    /// Sends the first packet; [`Race::winner`] waits for the answer.
    fn start(address: SocketAddr) -> io::Result<Self> {
        let (socket, started) = (socket(address)?, Instant::now());
        match net::connect(&socket, &address) {
            Ok(()) | Err(Errno::INPROGRESS) => Ok(Self { address, socket, started }),
            Err(error) => Err(error.into()),
        }
    }

    /// The connection, when it is made.
    fn finish(self) -> io::Result<TcpStream> {
        sockopt::socket_error(&self.socket)??;
        let stream = TcpStream::from(self.socket);
        stream.set_nonblocking(false)?;
        // The request is one write; nothing is gained by waiting for more of it.
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    fn give_up(&self) {
        tell(Event::ConnectFailed { address: self.address, why: None });
    }
}

/// Whether this host cannot even try, for want of an address of that family, say: a refusal elsewhere says more.
fn is_without_a_way(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, HostUnreachable, NetworkUnreachable};
    matches!(error.kind(), AddrNotAvailable | HostUnreachable | NetworkUnreachable)
        || Errno::from_io_error(error) == Some(Errno::AFNOSUPPORT)
}

/// A non-blocking socket that no child process inherits.
fn socket(address: SocketAddr) -> io::Result<OwnedFd> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    #[cfg(target_os = "linux")]
    {
        use rustix::net::{SocketFlags, socket_with};
        Ok(socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?)
    }
    #[cfg(not(target_os = "linux"))]
    {
        use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};
        let socket = net::socket(family, SocketType::STREAM, None)?;
        fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
        ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }
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
