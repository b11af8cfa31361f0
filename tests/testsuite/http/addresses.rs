//! Hosts with several addresses, some of them dead (Happy Eyeballs, RFC 8305).

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use catena_token_issuer::{Authority, Certificate, Issuer, Proxy, ProxyReply, Setup};
use serde_json::Value;

use crate::support::Tool;
use crate::support::doctor::{Report, examine};
use crate::support::network::{self, Network};

/// A host that must be looked up.
const NAME: &str = "realm.test";

/// More bytes than a machine can map.
const HUGE: &str = "70368744177664";

/// The report of an address that had not responded when another one connected.
const LOST: &str = "no answer";

fn tried(report: &Report) -> Vec<(&str, &str)> {
    let tried = report.seen("tcp")["tried"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |tried: &Value, name: &str| tried[name].as_str().unwrap().to_owned().leak() as &str;
    tried.iter().map(|tried| (text(tried, "address"), text(tried, "why"))).collect()
}

#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn a_dead_ipv6_address_loses_to_the_ipv4_address() {
    network::within(|network| {
        network.black_hole("2001:db8::1");
        network.name(NAME, "2001:db8::1");
        network.name(NAME, "127.0.0.1");
        let issuer = Issuer::https_at(NAME);
        Tool::asking(&issuer).succeeds();
        let report = examine(Tool::asking(&issuer));
        assert_eq!(report.code, 0, "{report}");
        let addresses = report.seen("dns")["addresses"].to_string();
        assert_eq!(addresses, r#"["2001:db8::1","127.0.0.1"]"#, "the system's order is another one");
        assert!(report.seen("dns")["took_ms"].is_number(), "{report}");
        assert_eq!(tried(&report), [(format!("[2001:db8::1]:{}", issuer.port()).as_str(), LOST)], "{report}");
    });
}

/// The families take turns: after twenty dead IPv6 addresses in DNS, the IPv4 address is tried second.
#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn a_good_address_behind_many_dead_ones_of_the_other_family() {
    network::within(|network| {
        for number in 1..=20 {
            network.black_hole(&format!("2001:db8::{number}"));
            network.name(NAME, &format!("2001:db8::{number}"));
        }
        network.name(NAME, "127.0.0.1");
        let report = examine(Tool::asking(&Issuer::https_at(NAME)));
        assert_eq!((report.code, tried(&report).len()), (0, 1), "{report}");
    });
}

/// Nothing listens at ::1, which is known at once: the next address is tried without delay.
#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn a_refused_address_gives_way_at_once() {
    network::within(|network| {
        network.name(NAME, "::1");
        network.name(NAME, "127.0.0.1");
        let issuer = Issuer::https_at(NAME);
        let report = examine(Tool::asking(&issuer));
        assert_eq!(report.code, 0, "{report}");
        assert_eq!(tried(&report), [(format!("[::1]:{}", issuer.port()).as_str(), "connection refused")], "{report}");
    });
}

#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn many_dead_addresses_end_with_the_connect_timeout() {
    network::within(|network| {
        for number in 1..=20 {
            for address in [format!("2001:db8::{number}"), format!("192.0.2.{number}")] {
                network.black_hole(&address);
                network.name("dead.example", &address);
            }
        }
        let to = || {
            let tool = Tool::at("https://dead.example:7/realms/a", "acme", "a secret of nobody");
            tool.args(["--connect-timeout", "1s"]).env("CATENA_RETRIES", "0")
        };
        let failed = to().fails(5);
        assert!(failed.error.contains(" connecting to dead.example:7"), "{}", failed.error);
        assert!(failed.error.contains("(--connect-timeout)"), "{}", failed.error);
        let report = examine(to());
        // Each address was tried in time.
        assert_eq!(tried(&report).len(), 40, "{report}");
        assert!(tried(&report).iter().all(|(_, why)| *why == "no answer"), "{report}");
    });
}

/// RFC 6761 §6.3: the resolver is not queried, so plain http never leaves this host.
#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn localhost_is_this_host() {
    network::within(|network| {
        for host in ["localhost", "id.localhost"] {
            network.name(host, "192.0.2.1");
            let issuer = Issuer::https_at(host);
            let report = examine(Tool::asking(&issuer));
            assert_eq!(report.code, 0, "{report}");
            let said = report.seen("dns").to_string();
            assert_eq!(said, format!(r#"{{"addresses":["127.0.0.1","::1"],"host":"{host}"}}"#));
            assert_eq!(report.seen("tcp")["connected_to"], format!("127.0.0.1:{}", issuer.port()));
            Tool::asking(&Issuer::start(Setup { host, ..Setup::default() })).succeeds();
        }
    });
}

/// No resolver of this machine needs to know it.
#[test]
fn a_name_below_localhost_is_this_host() {
    for host in ["id.localhost", "a.b.LOCALHOST", "localhost.", "id.localhost."] {
        Tool::asking(&Issuer::start(Setup { host, ..Setup::default() })).succeeds();
    }
}

/// A link-local address needs a zone (RFC 6874), which is this machine's own: no request, no certificate has it.
#[test]
fn the_zone_of_an_address_is_not_sent() {
    // A container may have no IPv6.
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let issuer = Issuer::http();
    let port = relay("[::1]:0", issuer.port());
    for zone in ["%251", "%1"] {
        Tool::asking(&issuer).env("CATENA_ISSUER", format!("http://[::1{zone}]:{port}/realms/catena")).succeeds();
    }
    assert_eq!(issuer.requests()[1].header("host"), Some(format!("[::1]:{port}").as_str()));
    let (proxy, issuer) = (Proxy::start(ProxyReply::Connect), Issuer::https());
    let port = relay("[::1]:0", proxy.address().port());
    Tool::asking(&issuer).env("HTTPS_PROXY", format!("http://u:p@[::1%251]:{port}")).succeeds();
    let failed = Tool::asking(&issuer).env("CATENA_ISSUER", "https://[fe80::1%25nowhere]/realms/a").fails(5);
    assert!(failed.error.contains("cannot resolve 'fe80::1%nowhere'"), "{}", failed.error);
}

#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn a_link_local_address_with_its_zone() {
    network::within(|network| {
        network.link_local("fe80::1");
        let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), host: "fe80::1", ..Setup::default() });
        let port = relay("[::]:0", issuer.port());
        let url = format!("https://[fe80::1%25{}]:{port}/realms/catena", Network::WIRE);
        Tool::asking(&issuer).env("CATENA_ISSUER", url).succeeds();
    });
}

/// A listener that passes connections on to this port, because the issuer has an IPv4 address alone.
fn relay(address: &str, to: u16) -> u16 {
    let listener = TcpListener::bind(address).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(("127.0.0.1", to)).unwrap();
            let (mut client_too, mut server_too) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let (mut client, mut server) = (client, server);
            thread::spawn(move || io::copy(&mut client, &mut server).and_then(|_| server.shutdown(Shutdown::Write)));
            thread::spawn(move || {
                io::copy(&mut server_too, &mut client_too).and_then(|_| client_too.shutdown(Shutdown::Write))
            });
        }
    });
    port
}

/// Everything fails at once. The error is the peer's refusal, not the missing route to another address.
#[test]
#[ignore = "needs root and ip, for a network of its own"]
fn only_refused_and_unreachable_addresses() {
    network::within(|network| {
        network.name(NAME, "2001:db8:1::1");
        network.name(NAME, "127.0.0.1");
        let tool = || {
            let tool =
                Tool::at("https://realm.test:1/realms/a", "acme", "a secret of nobody").env("CATENA_RETRIES", "0");
            // Longer than any test may take.
            tool.env("CATENA_TIMEOUT", "1h").args(["--connect-timeout", "1h"])
        };
        let failed = tool().fails(5);
        assert!(failed.error.contains("cannot connect to realm.test:1: connection refused"), "{}", failed.error);
        assert_eq!(tried(&examine(tool())).len(), 2);
    });
}

/// No machine has room for the stack of a thread.
#[test]
fn a_name_that_no_thread_can_look_up() {
    for proxy in ["", "http://proxy.test:1"] {
        let tool = Tool::at("https://realm.test:1/realms/a", "acme", "a secret of nobody");
        let bundle = tool.file("ca.pem", Authority::new().pem());
        let tool = tool.env("RUST_MIN_STACK", HUGE).env("CATENA_RETRIES", "0").args(["--proxy", proxy]);
        let failed = tool.arg("--ca-cert").arg(bundle).fails(5);
        assert!(failed.error.starts_with("cannot get a token: cannot start a thread: "), "{}", failed.error);
        assert!(failed.hint.contains("ulimit -u"), "{}", failed.hint);
    }
}
