//! `doctor` and real connection failures: the right step fails, as a call would, and the hint says what to fix.

use std::time::{Duration, SystemTime};

use catena_token_issuer::{Authority, CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Proxy, ProxyReply, Reply, Setup};

use crate::support::Tool;
use crate::support::black_hole::BlackHole;
use crate::support::doctor::{examine, fails_at, to, warns_at};

/// A label of 64 characters is invalid: the resolver rejects it without a query.

#[test]
fn a_name_that_the_resolver_does_not_know() {
    let url = format!("https://{}.invalid/realms/catena", "a".repeat(64));
    let make = || {
        let tool = to(&url);
        let bundle = tool.file("ca.pem", Authority::new().pem());
        tool.env("CATENA_CA_CERT", bundle)
    };
    let report = fails_at(make, "dns", "cannot resolve 'aaaa", "check the host in --issuer");
    assert_eq!((report.code, report.status("tcp"), report.status("tls")), (5, "skipped", "skipped"));
    report.was_not_asked();
}

#[test]
fn a_closed_port() {
    let report = fails_at(
        || to("http://localhost:1/realms/catena"),
        "tcp",
        "cannot connect to localhost:1: connection refused",
        "check host and port in --issuer",
    );
    assert_eq!((report.code, report.status("dns")), (5, "ok"));
    assert!(report.seen("tcp")["tried"][0]["address"].as_str().unwrap().ends_with(":1"), "{report}");
    report.was_not_asked();
}

#[test]
fn a_black_hole() {
    let hole = BlackHole::open();
    let url = format!("http://{}/realms/catena", hole.address());
    let by_connect_timeout = || to(&url).args(["--connect-timeout", "300ms"]);
    let report = fails_at(by_connect_timeout, "tcp", " connecting to 127.0.0.1", "--connect-timeout");
    assert_eq!((report.code, report.status("dns")), (5, "skipped"));
    let by_timeout = || to(&url).args(["--timeout", "900ms"]);
    let report = fails_at(by_timeout, "tcp", " connecting to 127.0.0.1", "--timeout");
    report.was_not_asked();
}

#[test]
fn a_proxy_that_wants_a_password() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    for (status, code, what, hint) in [
        (407, 3, "refused to connect: HTTP 407", "check the proxy's user and password"),
        (403, 3, "refused to connect: HTTP 403", "ask the proxy's owner to allow this host"),
        (502, 5, "refused to connect: HTTP 502", "check the proxy's scheme and port in --proxy, HTTPS_PROXY"),
        (302, 6, "refused to connect: HTTP 302", "ask the proxy's owner"),
    ] {
        let proxy = Proxy::start(ProxyReply::status(status));
        let url = format!("http://user:hunter2-and-more@{}", proxy.address());
        let make = || Tool::asking(&issuer).env("HTTPS_PROXY", &url).env("CATENA_RETRIES", "0");
        let report = fails_at(make, "proxy", what, hint);
        assert_eq!(report.code, code);
        assert_eq!(report.seen("proxy")["proxy"], format!("http://{}", proxy.address()));
        assert_eq!(report.seen("proxy")["from"], "HTTPS_PROXY");
        assert_eq!((report.status("tcp"), report.status("tls")), ("ok", "skipped"), "{report}");
        assert!(!report.to_string().contains("hunter2"), "{report}");
        report.was_not_asked();
    }
}

#[test]
fn a_proxy_that_is_missing_hangs_or_is_invalid() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let hanging = Proxy::start(ProxyReply::Hang);
    let hole = BlackHole::open();
    let garbled = Proxy::start(ProxyReply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    for (address, code, what) in [
        ("127.0.0.1:1".to_owned(), 5, "cannot reach the proxy http://127.0.0.1:1: connection refused"),
        (hanging.address().to_string(), 5, " waiting for the proxy"),
        (hole.address().to_string(), 5, " connecting to the proxy"),
        (garbled.address().to_string(), 3, "the response from the proxy"),
    ] {
        let make = || {
            let tool = Tool::asking(&issuer).env("ALL_PROXY", &address).env("CATENA_RETRIES", "0");
            tool.args(["--connect-timeout", "300ms"])
        };
        let report = fails_at(make, "proxy", what, "");
        assert_eq!(report.code, code);
        report.was_not_asked();
    }
    let make = || Tool::asking(&issuer).env("ALL_PROXY", "socks5://127.0.0.1:1080");
    let report = fails_at(make, "proxy", "ALL_PROXY: invalid", "http://HOST:PORT");
    assert_eq!(report.code, 2);
}

#[test]
fn the_proxy_or_why_there_is_none() {
    let (issuer, proxy) = (Issuer::https(), Proxy::start(ProxyReply::Connect));
    let report = examine(Tool::asking(&issuer).env("https_proxy", format!("http://{}", proxy.address())));
    let seen = report.seen("proxy");
    assert_eq!((&seen["from"], report.code), (&"https_proxy".into(), 0), "{report}");
    assert_eq!(seen["tunnel_to"], format!("localhost:{}", issuer.port()));
    assert_eq!(report.step("dns")["why"], "the proxy is given by IP address, and resolves 'localhost' itself");
    assert_eq!(report.seen("tcp")["connected_to_the_proxy"], proxy.address().to_string());
    let direct = |tool: Tool| tool.args(["doctor"]).reports().1;
    let text = direct(Tool::asking(&issuer).env("HTTPS_PROXY", "http://127.0.0.1:1").env("NO_PROXY", "localhost"));
    assert!(text.contains("proxy  none: NO_PROXY matches the issuer's host\n"), "{text}");
    let text = direct(Tool::asking(&issuer).env("HTTP_PROXY", "http://127.0.0.1:1"));
    assert!(text.contains("none set for https: HTTP_PROXY is for http only"), "{text}");
    let text = direct(Tool::asking(&issuer).args(["--proxy", ""]));
    assert!(text.contains("proxy  none: --proxy is empty\n"), "{text}");
}

/// Other programs match these, and curl does not.
#[test]
fn an_entry_of_no_proxy_that_matches_nothing() {
    let (issuer, proxy) = (Issuer::https_at("id.Fleet.example"), Proxy::start(ProxyReply::Connect));
    let make = |list: &str| Tool::asking(&issuer).env("HTTPS_PROXY", proxy.address().to_string()).env("NO_PROXY", list);
    for (list, entry) in [
        ("*.fleet.example", "*.fleet.example"),
        ("10.0.0.0/8, *fleet.example", "*fleet.example"),
        ("a.example,ID.fleet.*", "id.fleet.*"),
        ("localhost,*", "*"),
        ("fleet.example:443", "fleet.example:443"),
    ] {
        let what = format!("'{entry}' in NO_PROXY matches no host (as in curl): an entry cannot have a port");
        warns_at(make(list), "proxy", &what, "also matches every name below it");
    }
    for list in ["*.other.example", "a.example:443", "::1", ""] {
        assert_eq!(examine(make(list)).status("proxy"), "ok", "{list}");
    }
}

/// An intercepting company proxy: it signs for every host, and its authority is not in the trust store.

#[test]
fn a_realm_that_is_not_there() {
    let issuer = Issuer::http();
    let url = issuer.url().replace("/catena", "/nowhere");
    let report = fails_at(|| to(&url), "request", "Realm does not exist", "the URL of a realm");
    assert_eq!(report.code, 4);
    report.says("discovery", "warning", "HTTP 404", "the URL of a realm");
}

#[test]
fn a_page_instead_of_a_token() {
    for (status, code) in [(200, 7), (403, 4), (503, 5), (302, 6)] {
        let page = Reply::http(status, "text/html", "<html><title>Log in to the Wi-Fi</title>");
        let issuer = Issuer::replying(page);
        let make = || Tool::asking(&issuer).env("CATENA_RETRIES", "0");
        let report = fails_at(make, "request", if code == 6 { "redirects" } else { "Log in to the Wi-Fi" }, "");
        assert_eq!((report.code, report.status("discovery")), (code, "warning"), "{report}");
        assert_eq!(report.seen("request")["status"], status);
    }
}

/// A call would retry; `doctor` sends one request, and says so.

#[test]
fn an_unavailable_service_gets_one_request() {
    let issuer = Issuer::replying(Reply::http(503, "text/plain", "starting up"));
    let report = examine(Tool::asking(&issuer));
    assert_eq!((report.code, &report.json["failed"]), (5, &"request".into()));
    assert_eq!(report.seen("request")["retries_of_a_call"], 2);
    let asked: Vec<String> = issuer.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(asked, ["POST", "GET"]);
}

/// A `Retry-After` holds for every call with the secret, also one that `doctor` receives.

#[test]
fn a_retry_after_that_doctor_receives_holds_for_others() {
    let (cache, busy) = (tempfile::tempdir().unwrap(), Reply::http(429, "text/plain", "slow down"));
    let replies = vec![busy.header("Retry-After", "300"), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..Setup::default() });
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    let report = examine(tool());
    report.says("request", "failed", "the server requested a delay of 5m", "try again in 5m");
    assert_eq!(report.seen("request").get("retries_of_a_call"), None);
    assert!(tool().fails(5).error.contains("the server requested a delay until"));
    assert_eq!(issuer.requests().len(), 2);
}

/// Steps without time left are skipped.

#[test]
fn a_secret_that_takes_all_the_time() {
    let issuer = Issuer::idle();
    let make = || {
        let tool = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", "sleep 60");
        tool.args(["--timeout", "500ms"])
    };
    let report = fails_at(make, "credential", "", "");
    for step in ["dns", "tcp", "discovery", "request"] {
        assert_eq!(report.step(step)["why"], "no time left (--timeout)", "{report}");
    }
}

/// Without a secret there is only the discovery request, which has the whole timeout.

#[test]
fn a_slow_connection_without_a_secret() {
    let (issuer, proxy) = (Issuer::https(), Proxy::start(ProxyReply::Slow));
    for tool in [
        Tool::asking(&issuer).unset("CATENA_CLIENT_ID"),
        Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", "/nonexistent/secret"),
    ] {
        let tool = tool.env("https_proxy", proxy.address().to_string()).args(["--timeout", "2500ms"]);
        let report = examine(tool);
        assert_eq!((report.code, report.status("tls"), report.status("discovery")), (3, "ok", "ok"), "{report}");
    }
}

#[test]
fn a_clock_that_is_an_hour_off() {
    let hour = Duration::from_secs(3_600);
    for (server, which) in [(SystemTime::now() - hour, "ahead of"), (SystemTime::now() + hour, "behind")] {
        let date = Some(httpdate::fmt_http_date(server));
        let issuer = Issuer::start(Setup { date, ..Setup::default() });
        let report = warns_at(Tool::asking(&issuer), "clock", which, "set this machine's clock");
        let ahead = report.seen("clock")["difference_seconds"].as_f64().unwrap();
        assert!((3_500.0..3_700.0).contains(&ahead.abs()) && (ahead > 0.0) == (which == "ahead of"), "{report}");
        assert_eq!(report.seen("clock")["by"], "'Date'");
    }
    for date in ["soon", ""] {
        let issuer = Issuer::start(Setup { date: Some(date.to_owned()), ..Setup::default() });
        let report = examine(Tool::asking(&issuer));
        assert_eq!((report.status("clock"), &report.seen("clock")["by"]), ("ok", &"the token's 'iat'".into()));
    }
}

/// A `Retry-After` that another process received holds here, too.

#[test]
fn a_shared_retry_after_is_obeyed() {
    let (cache, busy) = (tempfile::tempdir().unwrap(), Reply::http(429, "text/plain", "slow down"));
    let issuer = Issuer::start(Setup { replies: vec![busy.header("Retry-After", "300")], ..Setup::default() });
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    tool().fails(5);
    let report = examine(tool());
    assert_eq!((report.code, &report.seen("request")["sent"]), (5, &false.into()), "{report}");
    report.says("request", "failed", "the server requested a delay until", "try again in");
    // The discovery request shows the state of the connection.
    assert_eq!((report.status("tcp"), &report.seen("discovery")["status"]), ("ok", &429.into()), "{report}");
    let asked: Vec<String> = issuer.requests().iter().map(|request| request.method.clone()).collect();
    assert_eq!(asked, ["POST", "GET"], "nobody asked for a token once more");
    // And its current problem.
    let url = issuer.url();
    drop(issuer);
    let tool = Tool::at(&url, CLIENT_ID, CLIENT_SECRET).keeping_in(cache.path());
    let report = examine(tool);
    assert_eq!((report.code, &report.json["failed"]), (5, &"tcp".into()), "{report}");
    report.says("tcp", "failed", "connection refused", "check host and port in --issuer");
}
