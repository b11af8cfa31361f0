//! CONNECT: a connection to the target through an HTTP proxy (RFC 9110 §9.3.6).

use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::http::endpoint::Endpoint;
use crate::http::failure::HttpFailure;
use crate::http::proxy::Proxy;
use crate::http::stream::{Stream, StreamError};

/// A proxy's answer to CONNECT has a head and no more.
const LARGEST_HEAD: usize = 16 * 1024;

const PROTOCOL: &[u8] = b"HTTP/1.";

/// Why no tunnel was opened: the stream failed, or the proxy did not agree.
pub enum TunnelError {
    Stream(StreamError),
    Proxy(HttpFailure),
}

impl From<StreamError> for TunnelError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

/// Asks `proxy`, at the other end of `stream`, to connect to `target`. Afterwards the stream is the target's.
pub fn open(stream: &mut dyn Stream, proxy: &Proxy, target: &Endpoint, deadline: Deadline) -> Result<(), TunnelError> {
    let request = proxy.connect_request(target);
    stream.write_all(request.as_bytes(), deadline)?;
    let status = read_status(stream, deadline)?;
    let named = || proxy.to_string();
    match status {
        Some(200..=299) => {
            tell(Event::Tunnelled { proxy: &named(), target: &target.to_string() });
            Ok(())
        }
        Some(status @ 300..=399) => Err(TunnelError::Proxy(HttpFailure::ProxyRedirected { proxy: named(), status })),
        Some(status @ 400..=499) => Err(TunnelError::Proxy(HttpFailure::ProxyRefused { proxy: named(), status })),
        Some(status) => Err(TunnelError::Proxy(HttpFailure::ProxyFailed { proxy: named(), status })),
        None => Err(TunnelError::Proxy(HttpFailure::ProxyGarbled { proxy: named() })),
    }
}

/// The status of the proxy's answer; `None` when that is no HTTP.
fn read_status(stream: &mut dyn Stream, deadline: Deadline) -> Result<Option<u16>, StreamError> {
    let mut head = Vec::with_capacity(512);
    let mut chunk = [0; 512];
    loop {
        let count = stream.read(&mut chunk, deadline)?;
        if count == 0 {
            return Err(StreamError::Broken("the proxy closed it without an answer".to_owned()));
        }
        head.extend_from_slice(&chunk[..count]);
        if !head.starts_with(&PROTOCOL[..head.len().min(PROTOCOL.len())]) {
            return Ok(None);
        }
        while let Some(end) = end_of_head(&head) {
            match parse_status(&head) {
                // An interim answer; the real one follows, perhaps in the same bytes (RFC 9110 §15.2).
                Some(100..=199) => drop(head.drain(..end)),
                // In TLS the client speaks first: bytes after a good head are not the target's.
                Some(200..=299) if end < head.len() => return Ok(None),
                status => return Ok(status),
            }
        }
        if head.len() > LARGEST_HEAD {
            return Ok(None);
        }
    }
}

/// Behind the first empty line. Some proxies end their lines with a line feed alone, as RFC 9112 §2.2 lets a recipient
/// accept.
fn end_of_head(head: &[u8]) -> Option<usize> {
    let after = |end: &[u8]| head.windows(end.len()).position(|bytes| bytes == end).map(|at| at + end.len());
    [after(b"\n\r\n"), after(b"\n\n")].into_iter().flatten().min()
}

/// `HTTP/1.1 200 …`
fn parse_status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(PROTOCOL)?;
    let digits = rest.get(2..5)?;
    let is_whole = digits.iter().all(u8::is_ascii_digit) && rest.get(5).is_none_or(u8::is_ascii_whitespace);
    (rest[1] == b' ' && is_whole).then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}
