//! Hosts that are reached without the proxy, by curl's rules for `NO_PROXY`.

use std::net::IpAddr;

/// Whether `list` matches `host`. The list is `*` alone, or names (with all subdomains; a leading dot is ignored),
/// addresses and CIDR networks, separated by commas or whitespace.
pub fn covers(list: &str, host: &str) -> bool {
    let mut entries = list.split([',', ' ', '\t']);
    list == "*"
        || match host.parse() {
            Ok(address) => entries.any(|entry| covers_address(entry, address)),
            Err(_) => entries.any(|entry| covers_name(entry, host)),
        }
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
