//! The choice of a proxy, by curl's rules.

use std::net::IpAddr;

use super::environment::{Environment, first, get};
use super::setting::{Checked, Name, Setting, SettingError, line};
use crate::http::connect::proxy::Proxy;
use crate::oauth::issuer::Issuer;

/// Why no proxy is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoProxy {
    EmptyFlag,
    LocalIssuer,
    /// This variable covers the issuer's host.
    Covered(&'static str),
    /// Only `HTTP_PROXY` is set.
    HttpAlone,
    NoneSet,
}

/// In curl's order: lower case first, the scheme's variable before the one for all.
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
const HTTP_PROXY: [&str; 2] = ["http_proxy", "HTTP_PROXY"];

/// An empty flag means no proxy, as in curl. The flag is always validated, a variable only if it is used, because it
/// may be meant for other programs. An invalid issuer is returned as the error.
pub fn choose(
    flag: Option<String>,
    issuer: &Checked<Issuer>,
    environment: &Environment,
) -> Result<Result<Setting<Proxy>, NoProxy>, SettingError> {
    if flag.as_deref() == Some("") {
        return Ok(Err(NoProxy::EmptyFlag));
    }
    let parse = |origin, text| Setting::parse(Name::Proxy, origin, text, Proxy::parse);
    let typed = flag.map(|text| parse("--proxy", text.into())).transpose()?;
    let issuer = &issuer.as_ref().map_err(SettingError::clone)?.value;
    if !issuer.is_https() {
        return Ok(Err(NoProxy::LocalIssuer));
    }
    let (name, list) = first(environment, &NO_PROXY).unwrap_or_default();
    if covers(&list.to_string_lossy(), issuer.host()) {
        return Ok(Err(NoProxy::Covered(name)));
    }
    let proxy = match (typed, first(environment, &PROXY)) {
        (Some(proxy), _) => proxy,
        (None, Some((name, text))) => parse(name, text)?,
        (None, None) if first(environment, &HTTP_PROXY).is_some() => return Ok(Err(NoProxy::HttpAlone)),
        (None, None) => return Ok(Err(NoProxy::NoneSet)),
    };
    line(Name::Proxy, name, list).map(|_| Ok(proxy))
}

/// Whether `list` matches `host`. The list is `*` alone, or names (with all subdomains; a leading dot is ignored),
/// addresses and CIDR networks, separated by commas or whitespace.
fn covers(list: &str, host: &str) -> bool {
    let mut entries = list.split([',', ' ', '\t']);
    list == "*"
        || match host.parse() {
            Ok(address) => entries.any(|entry| covers_address(entry, address)),
            Err(_) => entries.any(|entry| covers_name(entry, host)),
        }
}

/// An entry of `NO_PROXY` that was meant to cover `host` and does not, as in curl: `*.example.com`, or with a port.
pub fn unmatched_no_proxy(host: &str) -> Option<(&'static str, String)> {
    let (name, list) = first(&get, &NO_PROXY)?;
    let (list, host) = (list.to_string_lossy().to_ascii_lowercase(), host.to_ascii_lowercase());
    let is_meant = |entry: &&str| match entry.split_once('*') {
        Some((start, end)) => host.starts_with(start) && host.ends_with(end),
        None => entry.rsplit_once(':').is_some_and(|(bare, _)| covers(bare, &host)),
    };
    list.split([',', ' ', '\t']).find(is_meant).map(|entry| (name, entry.to_owned()))
}

fn covers_address(entry: &str, address: IpAddr) -> bool {
    let entry = entry.trim_matches(['[', ']']);
    let (network, length) = entry.split_once('/').unwrap_or((entry, ""));
    let (Ok(network), width) = (network.parse::<IpAddr>(), bits(address).1) else { return false };
    let length = if length.is_empty() { Ok(width) } else { length.parse() };
    // In curl, `/0` matches nothing.
    let Ok(length @ 1..) = length else { return false };
    network.is_ipv4() == address.is_ipv4()
        && length <= width
        && (bits(network).0 ^ bits(address).0) >> (width - length) == 0
}

/// An address as a number, and its length in bits.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (address.to_bits().into(), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

fn covers_name(entry: &str, host: &str) -> bool {
    let name = entry.strip_prefix('.').unwrap_or(entry);
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    !name.is_empty() && host.strip_suffix(&name).is_some_and(|above| above.is_empty() || above.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_below_them() {
        for list in ["example.com", ".example.com", "a.test, example.com", "a.test example.com", "EXAMPLE.com.", "*"] {
            assert!(covers(list, "id.example.com"), "{list}");
        }
        for list in [
            "",
            "ample.com",
            "id.example.co",
            "other.example.com",
            "10.0.0.0/8",
            "*, a.test",
            ".",
            ",",
            "..example.com",
            "* ",
        ] {
            assert!(!covers(list, "id.example.com"), "{list}");
        }
        assert!(covers("localhost", "localhost"));
    }

    #[test]
    fn addresses_and_networks() {
        for (list, host) in [
            ("10.0.0.0/8", "10.1.2.3"),
            ("10.1.2.3", "10.1.2.3"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("fd00::/8", "fd12::1"),
        ] {
            assert!(covers(list, host), "{list} {host}");
        }
        for (list, host) in
            [("10.0.0.0/8", "11.1.2.3"), ("1.2.3", "10.1.2.3"), ("10.0.0.0/40", "10.0.0.1"), ("0.0.0.0/0", "10.0.0.1")]
        {
            assert!(!covers(list, host), "{list} {host}");
        }
    }
}
