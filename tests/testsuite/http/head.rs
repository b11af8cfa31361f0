//! Heads and ends of responses that curl and Python read, though they are not strict HTTP.

use std::fmt::Write as _;

use catena_token_issuer::{Certificate, Issuer, Proxy, ProxyReply, Reply, Setup};

use crate::support::Tool;

const TOKEN: &str = r#"{"access_token":"opaque-token","token_type":"Bearer"}"#;

const TOO_LARGE: &str = " has more than 64 KiB or 200 lines of headers";

fn raw(status: &str, head: &str, body: &str) -> Reply {
    Reply::Raw(format!("HTTP/1.1 {status}\r\n{head}\r\n{body}").into_bytes())
}

fn headers(count: usize, length: usize) -> String {
    let value = "x".repeat(length);
    (0..count).fold(String::new(), |mut head, number| {
        write!(head, "X-{number}: {value}\r\n").unwrap();
        head
    })
}

fn script(replies: Vec<Reply>) -> Issuer {
    Issuer::start(Setup { replies, ..Setup::default() })
}

/// Over TLS, closed without close_notify.
fn cut(reply: Reply) -> Issuer {
    Issuer::start(Setup { certificate: Some(Certificate::Good), replies: vec![reply], ..Setup::default() })
}

#[test]
fn header_lines_as_curl_and_python_read_them() {
    let length = TOKEN.len();
    let interim =
        format!("HTTP/1.1 103 Early Hints\r\nLink : </a>\r\n\r\nHTTP/1.1 100 Continue\r\n{}\r\n", headers(9, 9));
    for (what, head) in [
        ("a blank before the colon", format!("Content-Length : {length}\r\nX-Other\t: a\r\n")),
        ("a folded header", format!("X-Folded: a\r\n  b\r\n\tc\r\nContent-Length:\r\n {length}\r\n")),
        ("a blank before the first name", format!(" X-First: a\r\nContent-Length: {length}\r\n")),
        ("no header", format!("nonsense\r\n: empty\r\nÜ: b\r\nX: \u{1}\r\nContent-Length: {length}\r\n")),
        ("200 headers", format!("{}Content-Length: {length}\r\n", headers(199, 20))),
        ("60 KiB", format!("{}Content-Length: {length}\r\n", headers(30, 2_000))),
        ("a value of 60 KiB", format!("Location: {}\r\nContent-Length: {length}\r\n", "x".repeat(60 * 1024))),
    ] {
        let reply = raw("200 OK", &head, TOKEN);
        assert_eq!(Tool::asking(&script(vec![reply])).succeeds(), "opaque-token\n", "{what}");
        let Reply::Raw(bytes) = raw("200  OK", &head, TOKEN) else { unreachable!() };
        let later = Reply::Raw([interim.as_bytes(), &bytes].concat());
        assert_eq!(Tool::asking(&cut(later)).succeeds(), "opaque-token\n", "{what}");
    }
}

#[test]
fn what_such_a_head_says_counts() {
    let folded = raw("302 Found", "Location :\r\n https://id.example.com/login\r\nContent-Length: 0\r\n", "");
    let failed = Tool::asking(&script(vec![folded])).fails(6);
    assert!(failed.error.ends_with(" redirects to 'https://id.example.com/login' (HTTP 302)"), "{}", failed.error);

    let many = format!("{}Retry-After : 3600\r\nTransfer-Encoding :\r\n chunked\r\n", headers(150, 1));
    let failed = Tool::asking(&script(vec![raw("503 Busy", &many, "4\r\nbusy\r\n0\r\n\r\n")])).fails(5);
    assert!(failed.error.contains("HTTP 503") && failed.error.contains(" 4 bytes; "), "{}", failed.error);
    assert!(failed.error.ends_with("the server requested a delay of 1h"), "{}", failed.error);
}

#[test]
fn a_head_has_a_limit() {
    for head in [headers(201, 1), headers(40, 2_000), headers(1, 70_000)] {
        let failed = Tool::asking(&script(vec![raw("200 OK", &head, TOKEN)])).fails(7);
        assert!(failed.error.ends_with(TOO_LARGE), "{}", failed.error);
    }
}

#[test]
fn a_proxy_is_read_in_the_same_way() {
    let many = format!("HTTP/1.1  407 No\r\nX-A : b\r\n\tc\r\n{}\r\n", headers(190, 200));
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    let proxy = Proxy::start(ProxyReply::Raw(many.into_bytes()));
    let failed = Tool::asking(&issuer).args(["--proxy", &format!("http://{}", proxy.address())]).fails(3);
    assert!(failed.error.ends_with("refused to connect: HTTP 407"), "{}", failed.error);
}
