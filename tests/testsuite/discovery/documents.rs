//! A discovery document that must not be used: nothing is sent where it says.

use std::time::Duration;

use catena_token_issuer::{Document, Issuer, Reply};

use crate::support::Tool;
use crate::support::doctor::{examine, fails_at};
use crate::support::tool::Failed;

/// The failure of a call, whose only requests are for the document.
fn fails(code: i32, document: Document) -> Failed {
    let issuer = Issuer::with(document);
    let failed = Tool::asking(&issuer).args(["--no-cache", "--retries", "0"]).fails(code);
    assert!(issuer.requests().iter().all(|request| request.method == "GET"));
    failed
}

/// The same for a document that is this reply.
fn fails_by(code: i32, reply: Reply) -> Failed {
    let issuer = Issuer::replying(reply);
    let tool = Tool::asking(&issuer).env("CATENA_ISSUER", format!("{}/tenant", issuer.origin()));
    let failed = tool.args(["--no-cache", "--retries", "0", "--timeout", "2s"]).fails(code);
    assert!(issuer.requests().iter().all(|request| request.method == "GET"));
    failed
}

const WHAT: &str = "cannot discover the issuer's endpoints: ";

#[test]
fn another_issuers_document_is_not_followed() {
    let failed = fails(6, Document::complete().with("ORIGIN/tenant", "https://evil.example/\u{202e}x"));
    let why = "cannot use the response: it is for the issuer 'https://evil.example/\\u{202e}x', not 'http://localhost:";
    assert!(failed.error.starts_with(&format!("{WHAT}{why}")), "{}", failed.error);
    assert!(failed.hint.starts_with("do not continue unless you trust that issuer"), "{}", failed.hint);
    let failed = fails(6, Document::complete().with("\"issuer\"", "\"x\""));
    assert_eq!(failed.error, format!("{WHAT}cannot use the response: it names no issuer"));
}

#[test]
fn an_endpoint_that_is_not_https_is_not_used() {
    for name in ["token_endpoint", "revocation_endpoint", "jwks_uri"] {
        let plain = format!("\"{name}\":\"http://192.0.2.1/");
        let failed = fails(6, Document::complete().with(&format!("\"{name}\":\"ORIGIN/"), &plain));
        let why = format!("{WHAT}cannot use the response: its '{name}' is not https: 'http://192.0.2.1/oauth2/");
        assert!(failed.error.starts_with(&why), "{}", failed.error);
    }
    let failed = fails(7, Document::complete().with("ORIGIN/oauth2/token", "/oauth2/token"));
    assert!(failed.error.ends_with("its 'token_endpoint' is not a valid URL: '/oauth2/token'"), "{}", failed.error);
}

#[test]
fn what_is_no_document_is_reported_as_what_it_is() {
    let html = Reply::http(200, "text/html", "<title>Log in</title>");
    let failed = fails_by(7, html);
    assert_eq!(
        failed.error,
        format!("{WHAT}cannot use the response: it is not JSON: text/html, 21 bytes, titled 'Log in'")
    );
    let failed = fails_by(7, Reply::http(200, "application/json", vec![b' '; 2 << 20]));
    assert!(failed.error.ends_with("is larger than 1 MiB"), "{}", failed.error);
    let redirect = Reply::http(302, "text/html", "").header("Location", "https://evil.example/");
    let failed = fails_by(6, redirect);
    assert!(failed.error.contains("redirects to 'https://evil.example/' (HTTP 302)"), "{}", failed.error);
    let failed = fails_by(5, Reply::Hang);
    assert!(failed.error.contains("timed out after 2s waiting for the response"), "{}", failed.error);
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec();
    let drip = Reply::Drip { bytes: head, every: Duration::from_millis(1) };
    assert!(fails_by(5, drip).error.contains("timed out after 2s"));
    let failed = fails_by(7, Reply::json(200, r#"{"issuer":"a","issuer":"b"}"#));
    assert!(failed.error.ends_with("it has a duplicate name"), "{}", failed.error);
}

#[test]
fn without_a_document_the_hint_is_to_name_the_token_endpoint() {
    let failed = fails_by(4, Reply::http(404, "text/html", "no"));
    assert!(failed.error.contains("refused the request (HTTP 404)"), "{}", failed.error);
    assert!(failed.hint.contains("--issuer") && failed.hint.contains("--token-url"), "{}", failed.hint);
    let failed = fails(7, Document::complete().with("token_endpoint\"", "x\""));
    assert_eq!(failed.error, "cannot get a token: the issuer's discovery document has no 'token_endpoint'");
    assert_eq!(failed.hint, "name the token endpoint with --token-url");
}

#[test]
fn doctor_discovers_first_and_stops_there() {
    let issuer = Issuer::with(Document::complete());
    let report = examine(Tool::asking(&issuer).arg("--no-cache"));
    assert_eq!(report.code, 0, "{report}");
    let seen = &report.step("discovery")["seen"];
    assert_eq!(seen["token_endpoint"], format!("{}/oauth2/token", issuer.origin()), "{report}");
    assert_eq!(seen["client_authentication"], "client_secret_basic, client_secret_post", "{report}");
    assert_eq!(issuer.requests().len(), 2);
    let issuer = Issuer::with(Document::complete().with("ORIGIN/tenant", "https://evil.example"));
    let why = "it is for the issuer 'https://evil.example', not ";
    let report = fails_at(|| Tool::asking(&issuer), "discovery", why, "do not continue");
    assert_eq!((report.code, report.status("request")), (6, "skipped"), "{report}");
    assert!(issuer.requests().iter().all(|request| request.method == "GET"));
}
