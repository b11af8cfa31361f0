//! An HTTP proxy: its URL, and the CONNECT request (RFC 9110 §9.3.6).
//!
//! A proxy is used only for https: a plain http issuer is on this machine. An unusable proxy is an error and never
//! bypassed, because a direct connection may be forbidden.

use std::fmt;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httparse::Status;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::display::redact;
use crate::http::USER_AGENT;
use crate::http::endpoint::{Endpoint, UnusableUrl, parse_url, split_zone};

/// curl's default for a proxy's URL without a port.
const DEFAULT_HTTP_PORT: u16 = 1080;

/// The limit of a response to CONNECT.
const LARGEST_HEAD: usize = 16 * 1024;

/// A proxy that is reached by plain http or https.
#[derive(Clone)]
pub struct Proxy {
    pub(super) endpoint: Endpoint,
    /// The `Proxy-Authorization` header line; empty if the URL names no user. Secret.
    pub authorization: Zeroizing<String>,
}

impl Proxy {
    /// `[http[s]://][USER[:PASSWORD]@]HOST[:PORT][/]`.
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        // `Uri` refuses characters that curl accepts here: `DOMAIN\user:pass[word]`.
        let (userinfo, rest) = rest.rsplit_once('@').map_or((None, rest), |(userinfo, rest)| (Some(userinfo), rest));
        let (url, zone) = split_zone(&format!("{scheme}://{rest}"));
        let uri = parse_url(&url)?;
        let mut endpoint = Endpoint::of(&uri)?;
        endpoint.host.push_str(&zone);
        if uri.port().is_none() && !endpoint.tls {
            endpoint.port = DEFAULT_HTTP_PORT;
        }
        let authorization = userinfo.map(authorization).unwrap_or_default();
        Ok(Self { endpoint, authorization })
    }

    /// Sends CONNECT for `target`. Returns the status of the response, or `None` if it is not valid HTTP.
    pub fn ask(&self, stream: &mut (impl Read + Write), target: &Endpoint) -> io::Result<Option<u16>> {
        let head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {USER_AGENT}\r\n");
        stream.write_all(Zeroizing::new([&head, &*self.authorization, "\r\n"].concat()).as_bytes())?;
        let mut head = Vec::with_capacity(512);
        let mut chunk = [0; 512];
        while head.len() <= LARGEST_HEAD {
            let count = stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            head.extend_from_slice(&chunk[..count]);
            loop {
                let Ok(answer) = parse(&head) else { return Ok(None) };
                let Some((status, end)) = answer else { break };
                match status {
                    // The final response follows an interim one, perhaps in the same bytes (RFC 9110 §15.2).
                    100..=199 => drop(head.drain(..end)),
                    // In TLS the client sends first, so these extra bytes are not the target's.
                    200..=299 if end < head.len() => return Ok(None),
                    _ => return Ok(Some(status)),
                }
            }
        }
        Ok(None)
    }
}

/// The header line for the percent-encoded `user:password`, which is hidden from messages.
fn authorization(userinfo: &str) -> Zeroizing<String> {
    let mut decoded: Zeroizing<Vec<u8>> = Zeroizing::new(percent_decode_str(userinfo).collect());
    if !userinfo.contains(':') {
        decoded.push(b':');
    }
    let password = decoded.split(|byte| *byte == b':').skip(1).collect::<Vec<_>>().join(&b':');
    let value = Zeroizing::new(STANDARD.encode(&*decoded));
    redact::hide(&String::from_utf8_lossy(&password));
    redact::hide(&value);
    Zeroizing::new(["Proxy-Authorization: Basic ", &value, "\r\n"].concat())
}

/// The status and length of a response's head; `None` while it is incomplete. Invalid headers do not matter.
fn parse(bytes: &[u8]) -> Result<Option<(u16, usize)>, httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut answer = httparse::Response::new(&mut headers);
    let mut parser = httparse::ParserConfig::default();
    parser.ignore_invalid_headers_in_responses(true);
    let parsed = parser.parse_response(&mut answer, bytes)?;
    let Status::Complete(end) = parsed else { return Ok(None) };
    Ok(answer.code.map(|status| (status, end)))
}

/// The URL without user and password.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.endpoint.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.endpoint)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_curl_reads_them() {
        for (text, shown) in [
            ("proxy.corp:3128", "http://proxy.corp:3128"),
            ("http://proxy.corp/", "http://proxy.corp:1080"),
            ("https://proxy.corp", "https://proxy.corp:443"),
            ("http://u:p@[fe80::1%25eth0]:3128", "http://[fe80::1%eth0]:3128"),
            ("http://us%65r:p%40ss@[::1]:3128", "http://[::1]:3128"),
            ("http://DOMAIN\\user:p[a]s^s@w{o}rd ä@proxy.corp:3128", "http://proxy.corp:3128"),
        ] {
            let proxy = Proxy::parse(text).unwrap();
            assert_eq!(proxy.to_string(), shown);
            assert_eq!(format!("{proxy:?}"), format!("Proxy({shown})"));
        }
    }

    #[test]
    fn the_password_is_decoded_for_the_proxy_alone() {
        let (head, _) = asked("http://us%65r:p%40ss@proxy.corp:3128", &[]);
        let value = STANDARD.encode("user:p@ss");
        assert!(head.starts_with("CONNECT id.example.com:443 HTTP/1.1\r\nHost: id.example.com:443\r\n"));
        assert!(head.ends_with(&format!("\r\nProxy-Authorization: Basic {value}\r\n\r\n")));
    }

    #[test]
    fn what_is_no_http_proxy_is_refused() {
        for (bad, why) in [
            ("socks5://h:1", UnusableUrl::Scheme),
            ("socks5h://u:hunter2@h", UnusableUrl::Scheme),
            ("ftp://h", UnusableUrl::Scheme),
            ("http://h:port", UnusableUrl::Port),
            ("http://h:0", UnusableUrl::Port),
            ("http://", UnusableUrl::NotUrl),
            ("http://u:ä@h h", UnusableUrl::NotUrl),
            ("http://u:p@prüxy:3128", UnusableUrl::NotAscii),
            ("", UnusableUrl::NotUrl),
        ] {
            assert_eq!(Proxy::parse(bad).unwrap_err(), why, "{bad}");
        }
    }

    /// A proxy that sends `pieces`, whatever the request is.
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

    /// The request to the proxy, and the status of its response.
    fn asked(url: &str, pieces: &[&str]) -> (String, io::Result<Option<u16>>) {
        let target = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        let mut stream = Scripted { pieces: pieces.iter(), request: Vec::new() };
        let status = Proxy::parse(url).unwrap().ask(&mut stream, &target);
        (String::from_utf8(stream.request).unwrap(), status)
    }

    fn answered(pieces: &[&str]) -> io::Result<Option<u16>> {
        asked("http://proxy.corp:3128", pieces).1
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
