//! The proxy: what its URL says, and whether it is used for a host.
//!
//! A proxy serves https alone (a plain http issuer is on this host), always by CONNECT. One that is set and cannot be
//! used is an error: going round it could be what its owner wants to prevent.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use ureq::http::Uri;
use zeroize::Zeroizing;

use crate::http::USER_AGENT;
use crate::http::endpoint::{Endpoint, UnusableUrl};
use crate::redaction;

/// What curl takes where a proxy's URL names no port.
const DEFAULT_HTTP_PORT: u16 = 1080;

/// An HTTP proxy, spoken to in plain text or by TLS.
#[derive(Clone)]
pub struct Proxy {
    pub(super) endpoint: Endpoint,
    /// `user:password`, decoded.
    userinfo: Option<Zeroizing<Vec<u8>>>,
}

impl Proxy {
    /// `[http[s]://][USER[:PASSWORD]@]HOST[:PORT][/]`.
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        // By hand, because curl takes a password with characters that no URL may hold: `DOMAIN\user:pass[word]`.
        let (userinfo, rest) = match rest.rsplit_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let uri: Uri = format!("{scheme}://{rest}").parse().map_err(|_| UnusableUrl::NotUrl)?;
        let mut endpoint = Endpoint::of(&uri)?;
        if uri.port().is_none() && !endpoint.tls {
            endpoint.port = DEFAULT_HTTP_PORT;
        }
        let userinfo = userinfo.map(|userinfo| {
            let mut decoded: Zeroizing<Vec<u8>> = Zeroizing::new(percent_decode_str(userinfo).collect());
            if !userinfo.contains(':') {
                decoded.push(b':');
            }
            let password = decoded.split(|byte| *byte == b':').skip(1).collect::<Vec<_>>().join(&b':');
            redaction::hide(&String::from_utf8_lossy(&password));
            redaction::hide(&STANDARD.encode(&*decoded));
            decoded
        });
        Ok(Self { endpoint, userinfo })
    }

    /// Everything that tells it from another one, its user and password included: to be hashed, never shown.
    pub(super) fn identity(&self) -> (String, Option<Zeroizing<Vec<u8>>>) {
        (self.to_string(), self.userinfo.clone())
    }

    /// The head of a CONNECT request to `target`.
    pub(super) fn connect_request(&self, target: &Endpoint) -> Zeroizing<String> {
        let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {USER_AGENT}\r\n");
        if let Some(userinfo) = &self.userinfo {
            head.reserve(userinfo.len() * 2 + 64);
            head.push_str("Proxy-Authorization: Basic ");
            STANDARD.encode_string(&**userinfo, &mut head);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        Zeroizing::new(head)
    }
}

/// Its URL without user and password.
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
        let target = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
        let head = Proxy::parse("http://us%65r:p%40ss@proxy.corp:3128").unwrap().connect_request(&target);
        let value = STANDARD.encode("user:p@ss");
        assert!(head.starts_with("CONNECT id.example.com:443 HTTP/1.1\r\nHost: id.example.com:443\r\n"));
        assert!(head.contains(&format!("\r\nProxy-Authorization: Basic {value}\r\n")));
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
            ("", UnusableUrl::NotUrl),
        ] {
            assert_eq!(Proxy::parse(bad).unwrap_err(), why, "{bad}");
        }
    }
}
