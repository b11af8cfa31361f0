//! A host and a port, of the realm or of a proxy.

use std::fmt;
use std::net::IpAddr;

use thiserror::Error;
use ureq::http::Uri;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name, or an address without brackets.
    pub host: String,
    pub port: u16,
    pub tls: bool,
}

/// Why the URL of an issuer or a proxy is invalid. It quotes nothing of the URL, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{self:?}")]
pub enum UnusableUrl {
    NotUrl,
    /// The host has letters beyond ASCII (an internationalised domain name, RFC 5890).
    NotAscii,
    Scheme,
    Port,
    /// Longer than this number of characters.
    TooLong(usize),
    Quoted,
    NotHttps,
    UserName,
    QueryOrFragment,
    Fragment,
    /// The URL of an endpoint, not of a realm.
    OfEndpoint,
    PlainHttp,
}

/// The longest URL of a setting: servers limit the request line.
pub const LONGEST: usize = 2_000;

/// The part of a URL with the host, without parsing it: a message may show it.
pub fn authority(url: &str) -> &str {
    url.split(['/', '?', '#']).nth(2).unwrap_or_default()
}

pub fn is_https(url: &str) -> bool {
    url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:"))
}

/// Parses an absolute URL without a user.
pub fn parse_url(url: &str) -> Result<Uri, UnusableUrl> {
    let has_ascii_host = url.split('/').nth(2).is_none_or(str::is_ascii);
    url.parse().map_err(|_| if has_ascii_host { UnusableUrl::NotUrl } else { UnusableUrl::NotAscii })
}

/// The URL without the zone of a link-local IPv6 address (`[fe80::1%25eth0]`), and that as `%eth0`, or empty. Only this
/// machine knows the zone, so a request does not contain it (RFC 6874 §3).
pub fn split_zone(url: &str) -> (String, String) {
    let split = || {
        let (scheme, rest) = url.split_once("://[")?;
        let (host, rest) = rest.split_once(']')?;
        let (address, zone) = host.split_once('%')?;
        let zone = zone.strip_prefix("25").filter(|zone| !zone.is_empty()).unwrap_or(zone);
        Some((format!("{scheme}://[{address}]{rest}"), format!("%{zone}")))
    };
    split().unwrap_or_else(|| (url.to_owned(), String::new()))
}

impl Endpoint {
    /// The endpoint of an absolute `http` or `https` URL, by default with the scheme's port.
    pub fn of(uri: &Uri) -> Result<Self, UnusableUrl> {
        let (tls, default_port) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(UnusableUrl::Scheme),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(UnusableUrl::NotUrl)?;
        let port = match uri.port_u16() {
            None if uri.authority().is_some_and(|authority| authority == host) => default_port,
            port => port.filter(|port| *port > 0).ok_or(UnusableUrl::Port)?,
        };
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, tls })
    }

    /// `localhost` and the names below it, which mean this host (RFC 6761 §6.3).
    pub fn is_localhost(&self) -> bool {
        let name = self.host.to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        name == "localhost" || name.ends_with(".localhost")
    }

    /// Whether nobody else reads what is sent to it: by TLS, or because it stays on this machine.
    pub fn is_private(&self) -> bool {
        self.tls || self.is_loopback()
    }

    /// Whether plain text to it stays on this machine.
    pub fn is_loopback(&self) -> bool {
        self.is_localhost() || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// `host:port`, as in a CONNECT request and in messages.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}:{}", self.host, self.port)
    }
}
