//! Network failures: redirects, retries, silence, floods. No call hangs, fills the memory or follows a redirect.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, SystemTime};

use catena_token_issuer::{Certificate, Issuer, Reply, Setup};
use nix::libc::linger;
use nix::sys::socket::{setsockopt, sockopt};

use crate::support::Tool;

fn script(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { replies, ..Setup::default() })
}

fn unavailable() -> Reply {
    Reply::http(503, "text/plain", "starting up")
}

#[test]
fn no_redirect_is_followed_anywhere() {
    let elsewhere = Issuer::idle();
    for status in [301, 302, 303, 307, 308] {
        for location in [format!("{}/login?next=x", elsewhere.url()), "/realms/other".to_owned()] {
            let issuer = Issuer::replying(Reply::http(status, "text/html", "moved").header("Location", &location));
            let failed = Tool::asking(&issuer).fails(6);
            let shown = location.split('?').next().unwrap();
            let host = format!("localhost:{}", issuer.port());
            let why = format!("the server at {host} redirects to '{shown}' (HTTP {status})");
            assert_eq!(failed.error, format!("cannot get a token: {why}"));
            assert_eq!(issuer.requests().len(), 1);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn a_temporary_failure_is_retried() {
    for status in [408, 429, 500, 502, 503, 504] {
        let issuer = script(vec![Reply::http(status, "text/html", "later"), Reply::Keycloak]);
        Tool::asking(&issuer).succeeds();
        assert_eq!(issuer.requests().len(), 2);
    }
    let issuer = script(vec![Reply::Close, Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()), Reply::Keycloak]);
    Tool::asking(&issuer).succeeds();
    assert_eq!(issuer.requests().len(), 3);
}

#[test]
fn it_gives_up_after_the_retries() {
    let issuer = script(vec![unavailable()]);
    let failed = Tool::asking(&issuer).fails(5);
    let why = format!("the server at localhost:{} failed (HTTP 503): it sent text/plain, 11 bytes", issuer.port());
    assert_eq!(failed.error, format!("cannot get a token after 3 attempts: {why}"));
    assert_eq!(failed.hint, "try again later; if it persists, report it to the service's owner");
    assert_eq!(issuer.requests().len(), 3);
    Tool::asking(&issuer).env("CATENA_RETRIES", "0").fails(5);
    assert_eq!(issuer.requests().len(), 4);
    Tool::asking(&issuer).args(["--retries", "1"]).fails(5);
    assert_eq!(issuer.requests().len(), 6);
}

#[test]
fn retry_after_is_waited_for_or_ends_the_call_at_once() {
    let issuer = script(vec![unavailable().header("Retry-After", "1"), Reply::Keycloak]);
    let (_, said) = Tool::asking(&issuer).arg("-v").succeeds_saying();
    assert!(said.contains("retrying in 1s (retries left after that: 1): HTTP 503"), "{said}");

    let issuer = script(vec![unavailable().header("Retry-After", "1")]);
    let failed = Tool::asking(&issuer).args(["--retries", "0"]).fails(5);
    assert_eq!(failed.hint, "try again in 1s");

    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    let issuer = script(vec![unavailable().header("Retry-After", past), Reply::Keycloak]);
    let (_, said) = Tool::asking(&issuer).arg("-v").succeeds_saying();
    assert!(said.contains("retrying in "), "{said}");

    let issuer = script(vec![Reply::http(429, "text/plain", "slow down").header("Retry-After", "3600")]);
    let failed = Tool::asking(&issuer).fails(5);
    let why = "limits requests (HTTP 429): it sent text/plain, 9 bytes; the server requested a delay of 1h";
    assert_eq!(failed.error, format!("cannot get a token: the server at localhost:{} {why}", issuer.port()));
    assert_eq!(failed.hint, "try again in 1h, or raise --timeout above that");
    assert_eq!(issuer.requests().len(), 1);

    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(7_300));
    let issuer = script(vec![unavailable().header("Retry-After", &date)]);
    assert!(Tool::asking(&issuer).fails(5).error.contains("the server requested a delay of 2h "));
}

#[test]
fn a_retry_after_with_a_fraction_or_a_unit_is_rounded_up() {
    for (sent, wait) in [
        ("3599.2", "1h"),
        ("120s", "2m"),
        ("2 Minutes", "2m"),
        ("90.5 sec", "1m 31s"),
        ("1H", "1h"),
        ("300500ms", "5m 1s"),
    ] {
        let issuer = script(vec![unavailable().header("Retry-After", sent)]);
        let failed = Tool::asking(&issuer).fails(5);
        assert!(failed.error.ends_with(&format!("the server requested a delay of {wait}")), "{sent}: {}", failed.error);
        assert_eq!(issuer.requests().len(), 1);
    }
    let issuer = script(vec![unavailable().header("Retry-After", "0.2"), Reply::Keycloak]);
    let (_, said) = Tool::asking(&issuer).arg("-v").succeeds_saying();
    assert!(said.contains("retrying in 1s "), "{said}");
}

#[test]
fn a_500_to_a_scope_hints_at_none() {
    let issuer = script(vec![Reply::json(500, r#"{"error":"unknown_error"}"#)]);
    let failed = Tool::asking(&issuer).args(["--retries", "0"]).fails(5);
    assert!(failed.hint.contains("or --scope ''"), "{}", failed.hint);
}

#[test]
fn a_silent_server_times_out() {
    let issuer = script(vec![Reply::Hang]);
    let host = format!("localhost:{}", issuer.port());
    let failed = Tool::asking(&issuer).args(["--timeout", "700ms"]).fails(5);
    assert!(failed.error.starts_with("cannot get a token: timed out after 7"), "{}", failed.error);
    let end = format!("ms waiting for the response from {host} (--timeout)");
    assert!(failed.error.ends_with(&end), "{}", failed.error);
    assert_eq!(failed.hint, "check the network, or allow more time with --timeout");
}

#[test]
fn a_dripping_server_times_out() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"access_token\":\"".to_vec();
    let issuer = script(vec![Reply::Drip { bytes: head, every: Duration::from_millis(20) }]);
    for timeout in ["300ms", "1500ms"] {
        assert!(Tool::asking(&issuer).args(["--timeout", timeout]).fails(5).error.contains("timed out"));
    }
}

#[test]
fn a_port_without_a_listener() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let failed = Tool::at(&format!("http://127.0.0.1:{port}/realms/a"), "acme", "secret-of-nobody").fails(5);
    assert_eq!(
        failed.error,
        format!("cannot get a token after 3 attempts: cannot connect to 127.0.0.1:{port}: connection refused")
    );
}

#[test]
fn an_unknown_name() {
    // A label of 64 bytes fails without a query.
    let host = "a".repeat(64);
    let tool = Tool::at(&format!("https://{host}.invalid/realms/a"), "acme", "secret-of-nobody");
    let bundle = tool.file("ca.pem", catena_token_issuer::Authority::new().pem());
    let failed = tool.arg("--ca-cert").arg(bundle).args(["--retries", "0"]).fails(5);
    assert!(
        failed.error.starts_with(&format!("cannot get a token: cannot resolve '{host}.invalid': ")),
        "{}",
        failed.error
    );
}

#[test]
fn what_is_not_http_is_unusable() {
    let replies = [
        &b"SSH-2.0-OpenSSH_9.2\r\n\r\n"[..],
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"220 smtp.example.com\r\n",
        b"garbage\n",
    ];
    for certificate in [None, Some(Certificate::Good)] {
        for bytes in replies {
            let replies = vec![Reply::Raw(bytes.to_vec())];
            let issuer = Issuer::start(Setup { certificate, replies, ..Setup::default() });
            let failed = Tool::asking(&issuer).fails(7);
            let start = format!("cannot get a token: the response from localhost:{} is not HTTP: ", issuer.port());
            assert!(failed.error.starts_with(&start), "{}", failed.error);
            assert_eq!(failed.hint, "check --issuer: an https port requires https://, or the port is wrong");
            assert_eq!(issuer.requests().len(), 1, "it is not tried again");
        }
    }
    // Plain http to a TLS port.
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), ..Setup::default() });
    let url = format!("http://localhost:{}/realms/catena", issuer.port());
    assert_eq!(
        Tool::at(&url, "acme", "secret-of-nobody").fails(7).hint,
        "check --issuer: an https port requires https://, or the port is wrong"
    );
}

#[test]
fn an_answer_that_is_cut_is_temporary() {
    let issuer = script(vec![Reply::Raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\":\"opaque-token\"".to_vec(),
    )]);
    let failed = Tool::asking(&issuer).args(["--retries", "0"]).fails(5);
    assert!(failed.error.ends_with(CUT), "{}", failed.error);
    assert!(failed.hint.starts_with("try again; if it persists, check scheme, host and port"), "{}", failed.hint);
}

const CUT: &str = " closed the connection before its response was complete";

const TOKEN: &str = r#"{"access_token":"opaque-token","token_type":"Bearer"}"#;

/// Over TLS, closed without close_notify.
fn cut(reply: Reply) -> Issuer {
    Issuer::start(Setup { certificate: Some(Certificate::Good), replies: vec![reply], ..Setup::default() })
}

fn raw(status: &str, head: &str, body: &str) -> Reply {
    Reply::Raw(format!("HTTP/1.1 {status}\r\n{head}\r\n{body}").into_bytes())
}

#[test]
fn without_length_and_close_notify_a_whole_object_is_an_answer() {
    let refusal = r#"{"error":"invalid_client","error_description":"Invalid client secret"}"#;
    let head = "Content-Type: application/json\r\n";
    let failed = Tool::asking(&cut(raw("401 Unauthorized", head, refusal))).fails(4);
    assert!(failed.error.contains("invalid_client"), "{}", failed.error);
    assert_eq!(Tool::asking(&cut(raw("200 OK", head, &format!("\n{TOKEN}\r\n")))).succeeds(), "opaque-token\n");

    // A list, or a text, may lack its end.
    for (status, body) in
        [("401 Unauthorized", &refusal[..40]), ("200 OK", &TOKEN[..52]), ("200 OK", "5"), ("401 No", "")]
    {
        let failed = Tool::asking(&cut(raw(status, head, body))).args(["--retries", "0"]).fails(5);
        assert!(failed.error.ends_with(CUT), "{body}: {}", failed.error);
    }
    // A length says that something is missing.
    for head in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        Tool::asking(&cut(raw("200 OK", head, &format!("35\r\n{TOKEN}\r\n")))).args(["--retries", "0"]).fails(5);
        Tool::asking(&cut(raw("200 OK", head, TOKEN))).args(["--retries", "0"]).fails(5);
    }
}

#[test]
fn without_length_a_reset_after_a_whole_object_is_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/realms/a", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        assert!(client.read(&mut [0; 4096]).unwrap() > 0);
        write!(client, "HTTP/1.1 200 OK\r\n\r\n{TOKEN}").unwrap();
        // Close by a reset.
        setsockopt(&client, sockopt::Linger, &linger { l_onoff: 1, l_linger: 0 }).unwrap();
    });
    assert_eq!(Tool::at(&url, "acme", "secret-of-nobody").args(["--retries", "0"]).succeeds(), "opaque-token\n");
    server.join().unwrap();
}

#[test]
fn floods_are_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n";
    let gigabyte = Reply::Endless { head: head.to_vec(), piece: vec![b' '; 65_536] };
    let chunked = Reply::Endless {
        head: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(),
        piece: [b"10000\r\n".to_vec(), vec![b' '; 65_536], b"\r\n".to_vec()].concat(),
    };
    let headers =
        Reply::Endless { head: b"HTTP/1.1 200 OK\r\n".to_vec(), piece: b"X-Padding: 0123456789abcdef\r\n".repeat(200) };
    let too_large = "is larger than 1 MiB";
    let long = Reply::Endless { head: b"HTTP/1.1 200 OK\r\nX: ".to_vec(), piece: vec![b'x'; 65_536] };
    for (reply, error) in [
        (long, "has more than 64 KiB or 200 lines of headers"),
        (gigabyte, too_large),
        (chunked, too_large),
        (headers, "has more than 64 KiB or 200 lines of headers"),
    ] {
        let issuer = script(vec![reply]);
        let failed = Tool::asking(&issuer).fails(7);
        let start = format!("cannot get a token: the response from localhost:{} ", issuer.port());
        assert_eq!(failed.error, start + error);
    }
}

#[test]
fn deep_json_does_not_overflow() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for body in [deep.clone(), format!(r#"{{"access_token":{deep},"token_type":"Bearer"}}"#)] {
        Tool::asking(&Issuer::replying(Reply::json(200, &body))).fails(7);
    }
    for field in ["x", "expires_in", "scope"] {
        let body = format!(r#"{{"{field}":{deep},"access_token":"abc","token_type":"Bearer"}}"#);
        assert_eq!(Tool::asking(&Issuer::replying(Reply::json(200, &body))).succeeds(), "abc\n");
    }
    Tool::asking(&Issuer::replying(Reply::json(400, &deep))).fails(4);
}

#[test]
fn an_answer_of_another_kind_is_unusable() {
    for status in [204, 226] {
        Tool::asking(&Issuer::replying(Reply::http(status, "text/plain", ""))).fails(7);
    }
}
