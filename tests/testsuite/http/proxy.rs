//! The proxy: chosen as by curl, used with CONNECT, and never bypassed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::{Certificate, Issuer, Proxy, ProxyReply, Setup};

use crate::support::Tool;

fn https() -> Issuer {
    Issuer::https()
}

fn idle_https() -> Issuer {
    Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() })
}

#[test]
fn the_token_comes_through_the_proxy() {
    let (issuer, proxy) = (https(), Proxy::start(ProxyReply::Connect));
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        Tool::asking(&issuer).env(name, format!("http://{}", proxy.address())).succeeds();
    }
    Tool::asking(&issuer).args(["--proxy", &proxy.address().to_string()]).succeeds();
    let requests = proxy.requests();
    assert_eq!(requests.len(), 5);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.clone()),
        ("CONNECT", format!("localhost:{}", issuer.port()))
    );
    assert_eq!(requests[0].header("host"), Some(format!("localhost:{}", issuer.port()).as_str()));
    assert_eq!(requests[0].header("proxy-authorization"), None);
}

#[test]
fn a_name_is_left_to_the_proxy() {
    let (issuer, proxy) = (https(), Proxy::start(ProxyReply::Connect));
    let url = format!("https://{}.invalid:{}/realms/catena", "a".repeat(64), issuer.port());
    let failed =
        Tool::asking(&issuer).args(["--issuer", &url, "--proxy", &format!("http://{}", proxy.address())]).fails(6);
    assert!(failed.error.contains("cannot be trusted"), "{}", failed.error);
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn user_and_password_go_to_the_proxy_and_are_never_shown() {
    let (issuer, proxy) = (https(), Proxy::start(ProxyReply::Connect));
    let url = format!("http://us%65r:p%40ss-w%C3%B6rd@{}", proxy.address());
    let (_, said) = Tool::asking(&issuer).env("https_proxy", &url).arg("-vv").succeeds_saying();
    assert!(said.contains(&format!("using the proxy http://{} (https_proxy)", proxy.address())), "{said}");
    assert!(!said.contains("ss-w") && !said.contains("us%65r"), "{said}");
    let value = STANDARD.encode("user:p@ss-wörd");
    assert_eq!(proxy.requests()[0].header("proxy-authorization"), Some(format!("Basic {value}").as_str()));
}

#[test]
fn lower_case_and_the_scheme_win_and_an_empty_variable_is_none() {
    let (issuer, proxy) = (https(), Proxy::start(ProxyReply::Connect));
    let url = format!("http://{}", proxy.address());
    let dead = "http://127.0.0.1:1";
    Tool::asking(&issuer).env("https_proxy", &url).env("HTTPS_PROXY", dead).env("ALL_PROXY", dead).succeeds();
    Tool::asking(&issuer).env("https_proxy", "").env("HTTPS_PROXY", &url).succeeds();
    assert_eq!(proxy.requests().len(), 2);
    Tool::asking(&issuer).env("https_proxy", dead).args(["--proxy", ""]).succeeds();
    Tool::asking(&issuer).env("http_proxy", dead).env("HTTP_PROXY", dead).succeeds();
    assert_eq!(proxy.requests().len(), 2);
}

#[test]
fn no_proxy_also_overrides_the_flag() {
    let issuer = https();
    for list in ["localhost", ".localhost", "example.com, localhost", "example.com localhost", "*"] {
        Tool::asking(&issuer).args(["--proxy", "http://127.0.0.1:1"]).env("NO_PROXY", list).succeeds();
    }
    let by_address = issuer.url().replace("localhost", "127.0.0.1");
    for list in ["127.0.0.1", "127.0.0.0/8", "10.0.0.0/8,127.0.0.0/8"] {
        let tool = Tool::asking(&issuer).args(["--issuer", &by_address]).env("ALL_PROXY", "http://127.0.0.1:1");
        tool.env("no_proxy", list).succeeds();
    }
    let tool = Tool::asking(&issuer).env("ALL_PROXY", "http://127.0.0.1:1").env("NO_PROXY", "calhost");
    tool.args(["--retries", "0"]).fails(5);
    // No other variable would help.
    let (_, said) =
        Tool::asking(&issuer).env("http_proxy", "http://127.0.0.1:1").env("NO_PROXY", "*").arg("-vv").succeeds_saying();
    assert!(said.contains("no proxy: NO_PROXY matches the issuer's host"), "{said}");
}

#[test]
fn a_plain_http_issuer_is_on_this_host_and_needs_none() {
    let issuer = Issuer::http();
    Tool::asking(&issuer).env("ALL_PROXY", "socks5://127.0.0.1:1").env("http_proxy", "http://127.0.0.1:1").succeeds();
    Tool::asking(&issuer).args(["--proxy", "http://127.0.0.1:1"]).succeeds();
    Tool::asking(&issuer).args(["--proxy", "socks5://127.0.0.1:1"]).fails(2);
}

#[test]
fn a_proxy_that_cannot_be_used_is_an_error() {
    let issuer = idle_https();
    for (url, why) in [
        ("socks5://127.0.0.1:1080", "(expected http:// or https://)"),
        ("socks5h://user:hunter2@127.0.0.1:1080", "(expected http:// or https://)"),
        ("http://127.0.0.1:port", "(expected a port from 1 to 65535)"),
        ("http://", "(expected https://HOST)"),
        ("http://user:hunter2@", "(expected https://HOST)"),
    ] {
        let failed = Tool::asking(&issuer).env("HTTPS_PROXY", url).fails(2);
        assert!(
            failed.error.starts_with("HTTPS_PROXY: invalid URL") && failed.error.ends_with(why),
            "{}",
            failed.error
        );
        let failed = Tool::asking(&issuer).args(["--proxy", url]).fails(2);
        assert!(failed.error.starts_with("--proxy: invalid URL") && failed.error.ends_with(why), "{}", failed.error);
    }
    let failed = Tool::asking(&issuer).env("HTTPS_PROXY", "http://127.0.0.1:1").args(["--retries", "0"]).fails(5);
    assert_eq!(failed.error, "cannot get a token: cannot reach the proxy http://127.0.0.1:1: connection refused");
}

#[test]
fn a_proxy_that_does_not_connect_says_so_by_its_status() {
    let issuer = idle_https();
    for (status, code, said) in [
        (407, 3, "refused to connect: HTTP 407"),
        (403, 3, "refused to connect: HTTP 403"),
        (502, 5, "refused to connect: HTTP 502"),
        (503, 5, "refused to connect: HTTP 503"),
        (302, 6, "refused to connect: HTTP 302"),
    ] {
        let proxy = Proxy::start(ProxyReply::status(status));
        let url = format!("http://user:hunter2@{}", proxy.address());
        let failed = Tool::asking(&issuer).args(["--proxy", &url, "--retries", "0"]).fails(code);
        assert_eq!(failed.error, format!("cannot get a token: the proxy http://{} {said}", proxy.address()));
        if status == 407 {
            assert!(failed.hint.contains("check the proxy's user and password"), "{}", failed.hint);
        }
    }
}

/// Basic is the only login that we have; it may be one of several in a field, after commas in quotes.
#[test]
fn a_proxy_without_a_basic_login_says_which_ones_it_has() {
    let issuer = idle_https();
    for (fields, offered) in [
        ("Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n", "Negotiate, NTLM"),
        ("proxy-authenticate: NTLM TlRMTVNTUAACAA==\r\n", "NTLM"),
        ("Proxy-Authenticate: Digest realm=\"a, Basic\", nonce=\"x\", Negotiate\r\n", "Digest, Negotiate"),
        ("Proxy-Authenticate: \u{1b}[31mx\r\n", "\\u{1b}[31mx"),
        ("Proxy-Authenticate: Negotiate, basic realm=\"a\"\r\n", ""),
        ("Proxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm=\"a, b\", charset=\"UTF-8\"\r\n", ""),
        ("WWW-Authenticate: NTLM\r\n", ""),
    ] {
        let head = format!("HTTP/1.1 407 Proxy Authentication Required\r\n{fields}Content-Length: 0\r\n\r\n");
        let proxy = Proxy::start(ProxyReply::Raw(head.into_bytes()));
        let url = format!("http://user:hunter2@{}", proxy.address());
        let failed = Tool::asking(&issuer).args(["--proxy", &url]).fails(3);
        let (said, hint) = match offered {
            "" => ("refused to connect: HTTP 407".to_owned(), "check the proxy's user and password"),
            schemes => (format!("accepts only {schemes} (HTTP 407)"), "only Basic is supported"),
        };
        assert_eq!(failed.error, format!("cannot get a token: the proxy http://{} {said}", proxy.address()));
        assert!(failed.hint.starts_with(hint), "{}", failed.hint);
        assert_eq!(proxy.requests().len(), 1);
    }
}

/// A proxy in plain text that sends `reply` to whatever comes, and closes.
fn plain_proxy(reply: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 16 * 1024]).and_then(|_| stream.write_all(reply.as_bytes()));
        }
    });
    address
}

/// Some plain proxies refuse TLS, some close, and some wait for the end of a line.
#[test]
fn https_for_a_plain_proxy_hints_at_http() {
    let issuer = idle_https();
    let bad_request = plain_proxy("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let waiting = Proxy::start(ProxyReply::Hang).address();
    for (address, code, said) in [
        (bad_request, 3, "the proxy https://{} does not speak TLS"),
        (plain_proxy(""), 5, "connection closed while negotiating TLS with the proxy https://{}"),
        (waiting, 5, " negotiating TLS with the proxy https://{} (--connect-timeout)"),
    ] {
        for name in ["HTTPS_PROXY", "ALL_PROXY"] {
            let tool = Tool::asking(&issuer).env(name, format!("https://user:hunter2@{address}"));
            let failed = tool.args(["--retries", "0", "--connect-timeout", "500ms"]).fails(code);
            assert!(failed.error.ends_with(&said.replace("{}", &address.to_string())), "{}", failed.error);
            assert!(failed.hint.contains("begin its URL with http://"), "{}", failed.hint);
        }
    }
}

/// The other way round.
#[test]
fn http_for_an_https_proxy_hints_at_the_scheme() {
    let (issuer, proxy) = (idle_https(), Proxy::start_tls(ProxyReply::Connect));
    let tool = Tool::asking(&issuer).args(["--proxy", &proxy.address().to_string(), "--retries", "0"]);
    let failed = tool.fails(3);
    assert!(failed.error.ends_with("is not HTTP"), "{}", failed.error);
    assert!(failed.hint.starts_with("check the proxy's scheme"), "{}", failed.hint);
}

#[test]
fn a_misbehaving_proxy_is_a_temporary_failure_or_none_of_http() {
    let issuer = idle_https();
    let line_feeds = Proxy::start(ProxyReply::Raw(b"HTTP/1.1 502 Bad\nX: y\n\n".to_vec()));
    let tool = Tool::asking(&issuer).args(["--proxy", &format!("http://{}", line_feeds.address())]);
    assert!(tool.args(["--retries", "0"]).fails(5).error.contains("HTTP 502"));
    let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 502 Bad\r\n\r\n".to_vec();
    let interim = Proxy::start(ProxyReply::Raw(interim));
    let tool = Tool::asking(&issuer).args(["--proxy", &format!("http://{}", interim.address())]);
    assert!(tool.args(["--retries", "0"]).fails(5).error.contains("HTTP 502"));
    let flood = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(10_000)].concat();
    let smuggled = b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}".to_vec();
    for (reply, code, why) in [
        (ProxyReply::Raw(Vec::new()), 5, "connection closed while waiting for the proxy"),
        (ProxyReply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), 3, "is not HTTP"),
        (ProxyReply::Raw(flood), 3, "is not HTTP"),
        (ProxyReply::Raw(smuggled), 3, "is not HTTP"),
        (ProxyReply::Hang, 5, "timed out"),
    ] {
        let proxy = Proxy::start(reply);
        let tool = Tool::asking(&issuer).args(["--proxy", &format!("http://{}", proxy.address())]);
        let failed = tool.args(["--retries", "0", "--connect-timeout", "500ms"]).fails(code);
        assert!(failed.error.contains(why), "{why}: {}", failed.error);
    }
}

#[test]
fn a_silent_proxy_hits_the_connect_timeout() {
    let issuer = idle_https();
    let proxy = Proxy::start(ProxyReply::Hang);
    let tool = Tool::asking(&issuer).args(["--proxy", &format!("http://{}", proxy.address())]);
    let failed = tool.args(["--retries", "0", "--connect-timeout", "300ms"]).fails(5);
    assert!(failed.error.starts_with("cannot get a token: timed out after 3"), "{}", failed.error);
    let end = format!("ms waiting for the proxy {} (--connect-timeout)", proxy.address());
    assert!(failed.error.ends_with(&end), "{}", failed.error);
}

#[test]
fn an_https_proxy_is_verified_like_any_server() {
    let issuer = https();
    let proxy = Proxy::start_tls(ProxyReply::Connect);
    let url = format!("https://localhost:{}", proxy.address().port());
    let tool = Tool::asking(&issuer).args(["--proxy", &url]);
    let both = tool.file("both.pem", format!("{}{}", proxy.trusted_pem(), issuer.trusted_pem()));
    tool.arg("--ca-cert").arg(both).succeeds();
    assert_eq!(proxy.requests()[0].path, format!("localhost:{}", issuer.port()));
    let failed = Tool::asking(&issuer).args(["--proxy", &url]).fails(6);
    assert!(failed.error.contains("signed by an authority that is not in the CA bundle"), "{}", failed.error);
    assert!(failed.error.contains(&format!("the connection to '{url}' cannot be trusted")), "{}", failed.error);
    assert_eq!(proxy.requests().len(), 1);
}
