//! `doctor` and trust: certificates, an intercepting proxy, the CA bundle, and a server without TLS.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use catena_token_issuer::{Authority, Certificate, Issuer, Proxy, ProxyReply, Setup};

use crate::support::Tool;
use crate::support::doctor::{examine, fails_at, to};

fn https(certificate: Certificate) -> Issuer {
    Issuer::start(Setup { certificate: Some(certificate), ..Setup::default() })
}

#[test]
fn an_invalid_certificate() {
    for (certificate, what, hint) in [
        (Certificate::Expired, "its certificate expired on 2020-01-02T00:00:00Z", "check this machine's clock"),
        (Certificate::NotYetValid, "not valid before 2999-01-02T00:00:00Z", "check this machine's clock"),
        (Certificate::WrongName, "is for another name: 'other.example.com'", "use a name that the certificate is for"),
        (Certificate::SelfSignedCa, "is a CA certificate", "basicConstraints=critical,CA:FALSE"),
    ] {
        let issuer = https(certificate);
        let report = fails_at(|| Tool::asking(&issuer), "tls", what, hint);
        assert_eq!((report.code, report.status("tcp")), (6, "ok"));
        let shown = &report.seen("tls")["certificates"][0];
        let date = |name: &str| shown[name].as_str().unwrap().to_owned();
        match certificate {
            Certificate::Expired => assert_eq!(date("not_after"), "2020-01-02T00:00:00Z"),
            Certificate::NotYetValid => assert_eq!(date("not_before"), "2999-01-02T00:00:00Z"),
            Certificate::WrongName => assert_eq!(shown["hosts"][0], "other.example.com"),
            _ => {}
        }
        report.was_not_asked();
    }
}

#[test]
fn a_connection_that_is_intercepted() {
    let authority = Authority::named("Körp \u{202e}Inspection CA");
    let setup = Setup { certificate: Some(Certificate::Good), authority, ..Setup::default() };
    let (issuer, proxy) = (Issuer::start(setup), Proxy::start(ProxyReply::Connect));
    let make = || {
        let tool = Tool::asking(&issuer).env("https_proxy", format!("http://{}", proxy.address()));
        let store = tool.file("store.pem", Authority::new().pem());
        tool.env("CATENA_CA_CERT", store)
    };
    let what = "signed by an authority that is not in the CA bundle: 'Körp \\u{202e}Inspection CA'";
    let report = fails_at(make, "tls", what, "a company proxy that inspects TLS), pass its certificate");
    report.says("tls", "failed", what, "--ca-cert or CATENA_CA_CERT");
    assert_eq!((report.code, report.status("proxy")), (6, "ok"));
    assert_eq!(report.seen("tls")["certificates"][0]["issuer"], "Körp \\u{202e}Inspection CA");
    assert_eq!(report.seen("tls").get("authority"), None);
}

/// An https proxy's own certificate is not the realm's.
#[test]
fn an_https_proxy_has_a_certificate_of_its_own() {
    let issuer = https(Certificate::Good);
    let proxy = Proxy::start_tls(ProxyReply::Connect);
    let tool = |trusted: &str, proxy: &Proxy| {
        let tool = Tool::asking(&issuer).env("CATENA_RETRIES", "0");
        let bundle = tool.file("both.pem", format!("{}{trusted}", proxy.trusted_pem()));
        let url = format!("https://localhost:{}", proxy.address().port());
        tool.env("CATENA_CA_CERT", bundle).env("HTTPS_PROXY", url)
    };
    let report = examine(tool(issuer.trusted_pem(), &proxy));
    let certificates = report.seen("tls")["certificates"].as_array().unwrap();
    assert_eq!((report.code, certificates.len()), (0, 1), "{report}");
    assert_eq!(report.seen("tls")["authority"], certificates[0]["issuer"]);
    let report = fails_at(|| tool("", &proxy), "tls", "that is not in the CA bundle", "--ca-cert");
    assert_eq!(report.seen("tls").get("authority"), None, "{report}");
    let other = Proxy::start_tls(ProxyReply::Connect);
    let url = format!("https://localhost:{}", other.address().port());
    let make = || tool(issuer.trusted_pem(), &proxy).env("HTTPS_PROXY", &url);
    let report = fails_at(make, "proxy", &format!("the connection to '{url}' cannot be trusted"), "--ca-cert");
    assert_eq!(report.seen("proxy")["certificates"].as_array().unwrap().len(), 1, "{report}");
    assert_eq!((report.code, report.status("tls")), (6, "skipped"), "{report}");
    let refusing = Proxy::start_tls(ProxyReply::status(407));
    let report = fails_at(|| tool(issuer.trusted_pem(), &refusing), "proxy", "HTTP 407", "password");
    assert_eq!(report.status("tls"), "skipped", "{report}");
}

#[test]
fn a_plain_proxy_that_is_given_as_https() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let proxy = Proxy::start(ProxyReply::Hang);
    let url = format!("https://{}", proxy.address());
    let make = || Tool::asking(&issuer).env("HTTPS_PROXY", &url).args(["--connect-timeout", "300ms"]);
    let report = fails_at(make, "proxy", "negotiating TLS with the proxy", "begin its URL with http://");
    assert_eq!((report.code, report.status("tls")), (5, "skipped"), "{report}");
}

#[test]
fn a_port_that_speaks_no_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/realms/a", listener.local_addr().unwrap());
    // `doctor`, and the call that it is compared with.
    let server = thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            stream.write_all(b"HTTP/1.1 400 The plain HTTP request was sent to an HTTPS port\r\n\r\n").unwrap();
            // Closing before the client has read would reset the connection.
            stream.read_to_end(&mut Vec::new()).unwrap();
        }
    });
    let make = || {
        let tool = to(&url);
        let bundle = tool.file("ca.pem", Authority::new().pem());
        tool.env("CATENA_CA_CERT", bundle)
    };
    let report = fails_at(make, "tls", "it does not speak TLS", "plain http port");
    assert_eq!((report.code, report.status("dns")), (6, "skipped"));
    server.join().unwrap();
}

#[test]
fn a_ca_bundle_that_is_not_there() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let make = || Tool::asking(&issuer).env("CATENA_CA_CERT", "/nonexistent/ca.pem");
    let report =
        fails_at(make, "trust", "cannot read the CA bundle '/nonexistent/ca.pem'", "--ca-cert, CATENA_CA_CERT");
    assert_eq!((report.code, report.status("credential"), report.status("tcp")), (3, "ok", "skipped"));
    // `doctor` does not prompt for a secret that cannot be sent.
    let make = || Tool::without_secret(&issuer).env("CATENA_CA_CERT", "/nonexistent/ca.pem");
    assert_eq!(fails_at(make, "trust", "cannot read the CA bundle", "").status("credential"), "skipped");
}

#[test]
fn plain_http_to_an_https_port() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), ..Setup::default() });
    let url = issuer.url().replace("https:", "http:");
    fails_at(|| to(&url), "request", "", "check --issuer: an https port requires https://, or the port is wrong");
}
