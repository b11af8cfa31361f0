//! An HTTP proxy: its URL, and the CONNECT request (RFC 9110 §9.3.6).
//!
//! A proxy is used only for https: a plain http issuer is on this machine. An unusable proxy is an error and never
//! bypassed, because a direct connection may be forbidden.

use std::fmt;
use std::io::{self, Read, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::display::redact;
use crate::display::untrusted::UntrustedText;
use crate::http::USER_AGENT;
use crate::http::connect::head::{self, Head};
use crate::http::endpoint::{Endpoint, UnusableUrl, parse_url, split_zone};
use crate::http::error::Kind;

/// curl's default for a proxy's URL without a port.
const DEFAULT_HTTP_PORT: u16 = 1080;

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

    /// Sends CONNECT for `target`. Returns why the proxy does not connect.
    pub fn ask(&self, stream: &mut (impl Read + Write), target: &Endpoint) -> io::Result<Result<(), Kind>> {
        let not_http = || Ok(Err(Kind::NotHttp(String::new())));
        let head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {USER_AGENT}\r\n");
        stream.write_all(Zeroizing::new([&head, &*self.authorization, "\r\n"].concat()).as_bytes())?;
        let mut head = Vec::with_capacity(512);
        let mut chunk = [0; 512];
        loop {
            let count = stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            head.extend_from_slice(&chunk[..count]);
            match head::read(&head) {
                Ok(None) => {}
                // In TLS the client sends first, so extra bytes are not the target's.
                Ok(Some(Head { status: 200..=299, end, .. })) if end < head.len() => return not_http(),
                Ok(Some(Head { status: 200..=299, .. })) => return Ok(Ok(())),
                Ok(Some(Head { status: 407, end, .. })) => {
                    return Ok(Err(unsupported_login(&head[..end]).unwrap_or(Kind::ProxyStatus(407))));
                }
                Ok(Some(Head { status, .. })) => return Ok(Err(Kind::ProxyStatus(status))),
                Err(_) => return not_http(),
            }
        }
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

/// The schemes that a 407 offers (RFC 9110 §11.7.1); `None` if Basic is one of them, or if there are none.
fn unsupported_login(head: &[u8]) -> Option<Kind> {
    let head = String::from_utf8_lossy(head);
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let offers = fields.filter(|(name, _)| name.trim_end().eq_ignore_ascii_case("Proxy-Authenticate"));
    // Commas separate challenges and their parameters, but not inside quotes.
    let offers: String = offers.flat_map(|(_, value)| value.split('"').step_by(2).chain([","])).collect();
    let words = offers.split(',').filter_map(|part| part.split_whitespace().next());
    let schemes: Vec<&str> = words.filter(|word| !word.contains('=')).collect();
    let is_unsupported = !schemes.is_empty() && !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic"));
    is_unsupported.then(|| Kind::ProxyLogin(UntrustedText::new(schemes.join(", ").as_bytes())))
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

    /// The request to the proxy, and what its response means.
    fn asked(url: &str, pieces: &[&str]) -> (String, io::Result<Result<(), Kind>>) {
        let target = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        let mut stream = Scripted { pieces: pieces.iter(), request: Vec::new() };
        let answer = Proxy::parse(url).unwrap().ask(&mut stream, &target);
        (String::from_utf8(stream.request).unwrap(), answer)
    }

    fn answered(pieces: &[&str]) -> io::Result<Result<(), Kind>> {
        asked("http://proxy.corp:3128", pieces).1
    }

    #[test]
    fn the_status_is_read_whatever_the_head_looks_like() {
        let (refused, not_http) = (|status| Err(Kind::ProxyStatus(status)), || Err(Kind::NotHttp(String::new())));
        let cases: [(&[&str], Result<(), Kind>); 10] = [
            (&["HTTP/1.1 200 OK\r\n\r\n"], Ok(())),
            (&["HTTP/1.0 200\n\n"], Ok(())),
            (&["HT", "TP/1.1 40", "7 No\r\nA: b\r", "\n\r", "\nbody"], refused(407)),
            (&["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 x\r\n\r\n"], refused(502)),
            (&["HTTP/1.1 200 OK\r\n\r\nSSH-2.0"], not_http()),
            (&["HTTP/1.1 2000 OK\r\n\r\n"], not_http()),
            (&["HTTP/1.1 2x0 OK\r\n\r\n"], not_http()),
            (&["HTTP/2 200 OK\r\n\r\n"], not_http()),
            (&["SSH-2.0-x\r\n"], not_http()),
            (&["HTTP/1.1 200 OK\r\n", "A: b\r\n\r\nx"], not_http()),
        ];
        for (pieces, meaning) in cases {
            assert_eq!(answered(pieces).unwrap(), meaning, "{pieces:?}");
        }
    }

    #[test]
    fn a_head_without_an_end_is_no_answer() {
        let line = format!("A: {}\r\n", "b".repeat(500));
        let endless = [&["HTTP/1.1 200 OK\r\n"][..], &[line.as_str(); 160]].concat();
        assert_eq!(answered(&endless).unwrap(), Err(Kind::NotHttp(String::new())));
        for cut in [&[][..], &["HTTP/1.1 200 OK\r\n"]] {
            assert_eq!(answered(cut).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }
}
