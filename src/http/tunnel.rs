//! CONNECT: a connection to the target through an HTTP proxy (RFC 9110 §9.3.6).

use std::io::{self, Read, Write};

use crate::event::{Event, tell};
use crate::http::endpoint::Endpoint;
use crate::http::error::{HttpError, Kind, Phase};
use crate::http::proxy::Proxy;

/// A proxy's answer to CONNECT has a head and no more.
const LARGEST_HEAD: usize = 16 * 1024;

const PROTOCOL: &[u8] = b"HTTP/1.";

/// Whether the proxy agreed, by the status that [`ask`] returned.
pub fn check(status: Option<u16>, proxy: &Proxy, target: &Endpoint) -> Result<(), HttpError> {
    let peer = proxy.to_string();
    let kind = match status {
        Some(200..=299) => {
            tell(Event::Tunnelled { proxy: &peer, target: &target.to_string() });
            return Ok(());
        }
        Some(status) => Kind::ProxyStatus(status),
        None => Kind::NotHttp(String::new()),
    };
    Err(HttpError { phase: Phase::AskProxy, peer, kind })
}

/// Asks `proxy`, at the other end of `stream`, to connect to `target`. Afterwards the stream is the target's.
///
/// Returns the status of the answer; `None` when that is not HTTP.
pub fn ask(stream: &mut (impl Read + Write), proxy: &Proxy, target: &Endpoint) -> io::Result<Option<u16>> {
    stream.write_all(proxy.connect_request(target).as_bytes())?;
    let mut head = Vec::with_capacity(512);
    let mut chunk = [0; 512];
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that sends `answer` piece by piece, whatever it is asked.
    struct Scripted<'a> {
        pieces: std::slice::Iter<'a, &'a str>,
        request: Vec<u8>,
    }

    impl Read for Scripted<'_> {
        fn read(&mut self, mut buffer: &mut [u8]) -> io::Result<usize> {
            self.pieces.next().map_or(Ok(0), |piece| buffer.write(piece.as_bytes()))
        }
    }

    impl Write for Scripted<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.request.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn answered(pieces: &[&str]) -> io::Result<Option<u16>> {
        let target = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        let proxy = Proxy::parse("http://proxy.corp:3128").unwrap();
        let mut stream = Scripted { pieces: pieces.iter(), request: Vec::new() };
        let status = ask(&mut stream, &proxy, &target);
        assert!(stream.request.starts_with(b"CONNECT id.example.com:443 HTTP/1.1\r\n"));
        status
    }

    #[test]
    fn the_status_is_read_whatever_the_head_looks_like() {
        let cases: [(&[&str], Option<u16>); 10] = [
            (&["HTTP/1.1 200 OK\r\n\r\n"], Some(200)),
            (&["HTTP/1.0 200\n\n"], Some(200)),
            (&["HT", "TP/1.1 40", "7 No\r\nA: b\r", "\n\r", "\nbody"], Some(407)),
            (&["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 x\r\n\r\n"], Some(502)),
            (&["HTTP/1.1 200 OK\r\n\r\nSSH-2.0"], None),
            (&["HTTP/1.1 2000 OK\r\n\r\n"], None),
            (&["HTTP/1.1 2x0 OK\r\n\r\n"], None),
            (&["HTTP/2 200 OK\r\n\r\n"], None),
            (&["SSH-2.0-x\r\n"], None),
            (&["HTTP/1.1 200 OK\r\n", "A: b\r\n\r\nx"], None),
        ];
        for (pieces, status) in cases {
            assert_eq!(answered(pieces).unwrap(), status, "{pieces:?}");
        }
    }

    #[test]
    fn a_head_without_an_end_is_no_answer() {
        let line = format!("A: {}\r\n", "b".repeat(500));
        let endless = [&["HTTP/1.1 200 OK\r\n"][..], &[line.as_str(); 64]].concat();
        assert_eq!(answered(&endless).unwrap(), None);
        for cut in [&[][..], &["HTTP/1.1 200 OK\r\n"]] {
            assert_eq!(answered(cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
