//! TCP: from a host's addresses to a connected socket, inside a deadline.

use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::deadline::Deadline;
use crate::error::reason;
use crate::http::endpoint::Endpoint;
use crate::http::failure::{Doing, HttpFailure, Stage};
use crate::http::race::{self, Lost};
use crate::http::resolve;
use crate::http::stream::{Stream, StreamError};

/// Which of a host's addresses may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Anywhere,
    /// For plain text, which may go to this host alone, whatever a resolver says of a name below `localhost`.
    Loopback,
}

impl Reach {
    fn of(self, mut addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
        addresses.retain(|address| self == Self::Anywhere || address.ip().is_loopback());
        addresses
    }
}

/// Resolves `endpoint` and connects to one of its addresses: the first that answers, roughly ([`race`]).
pub fn dial(endpoint: &Endpoint, reach: Reach, deadline: Deadline) -> Result<TcpStream, HttpFailure> {
    let allowed = reach.of(resolve::addresses(endpoint, deadline)?);
    if allowed.is_empty() {
        return Err(HttpFailure::NotThisHost { host: endpoint.host.clone() });
    }
    race::first_of(allowed, deadline).map_err(|lost| match lost {
        Lost::TimedOut => {
            let doing = Doing::new(Stage::Socket, format!("connecting to {endpoint}"));
            HttpFailure::TimedOut { doing, setting: "--timeout" }
        }
        Lost::Failed(why) => HttpFailure::Connect { peer: endpoint.to_string(), why },
    })
}

impl Stream for TcpStream {
    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, StreamError> {
        loop {
            self.set_read_timeout(socket_timeout(deadline)?).map_err(broken)?;
            match io::Read::read(&mut &*self, buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map_err(broken),
            }
        }
    }

    fn write_all(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), StreamError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            self.set_write_timeout(socket_timeout(deadline)?).map_err(broken)?;
            match (&*self).write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(error)),
            }
        }
        Ok(())
    }
}

/// A socket's time-out of zero would mean none.
fn socket_timeout(deadline: Deadline) -> Result<Option<Duration>, StreamError> {
    match deadline.left() {
        Some(Duration::ZERO) => Err(StreamError::TimedOut),
        left => Ok(left),
    }
}

fn broken(error: io::Error) -> StreamError {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => StreamError::TimedOut,
        _ => StreamError::Broken(reason(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_reaches_this_host_alone() {
        let addresses: Vec<SocketAddr> =
            ["127.0.0.1:80", "10.0.0.1:80", "[::1]:80", "[fd00::1]:80"].map(|text| text.parse().unwrap()).into();
        assert_eq!(Reach::Loopback.of(addresses.clone()), [addresses[0], addresses[2]]);
        assert_eq!(Reach::Anywhere.of(addresses.clone()), addresses);
    }
}
