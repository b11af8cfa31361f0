//! The memory that a response can make a token request use.

use catena_token_issuer::{Certificate, Issuer, Reply, Setup};

use crate::support::Tool;

/// In KiB of allocated memory: twice what the worst of these responses takes. A release has 3 MB of code on top.
const LIMIT: u32 = 12 * 1024;

/// The most that is read of a body.
const LARGEST_BODY: usize = 1024 * 1024;

/// The call must exit by itself with this code.
fn ends_with(code: i32, what: &str, reply: Reply) {
    let issuer =
        Issuer::start(Setup { certificate: Some(Certificate::Good), replies: vec![reply], ..Setup::default() });
    let (ended, _, said) = Tool::asking_within(LIMIT, &issuer).args(["--retries", "0"]).run();
    assert_eq!(ended, Some(code), "{what}: {said}");
}

/// `before`, as many `piece`s as fit into the largest body, `after`.
fn full(status: u16, before: &str, piece: &str, after: &str) -> Reply {
    let room = (LARGEST_BODY - before.len() - after.len()) / piece.len() - 1;
    let last = piece.trim_end_matches(',');
    Reply::json(status, &format!("{before}{}{last}{after}", piece.repeat(room)))
}

#[test]
fn an_answer_without_an_end() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let endless = |head: &str, piece: Vec<u8>| Reply::Endless { head: head.as_bytes().to_vec(), piece };
    let zeros = || vec![b'0'; 64 * 1024];
    let chunk = [b"10000\r\n".to_vec(), zeros(), b"\r\n".to_vec()].concat();
    for (what, reply) in [
        ("a body of 1 GB", endless("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", zeros())),
        ("a body", endless(CHUNKED, chunk)),
        ("chunks of one byte", endless(CHUNKED, b"1\r\n0\r\n".repeat(9000))),
        ("chunk extensions", endless(CHUNKED, b"1;abcdefghijklm\r\n0\r\n".repeat(3000))),
        ("trailers", endless(&format!("{CHUNKED}0\r\n"), b"X-More: 0123456789\r\n".repeat(3000))),
        ("a head", endless("HTTP/1.1 200 OK\r\n", b"X-More: 0123456789\r\n".repeat(3000))),
        ("a header", endless("HTTP/1.1 200 OK\r\nX-More: ", zeros())),
        ("answers that are none yet", endless("", b"HTTP/1.1 100 Continue\r\n\r\n".repeat(3000))),
    ] {
        ends_with(7, what, reply);
    }
    for (what, end) in [("a chunk extension", "1;"), ("a trailer", "0\r\nX-More: ")] {
        ends_with(7, what, endless(&format!("{CHUNKED}{end}"), zeros()));
    }
}

#[test]
fn the_largest_token() {
    ends_with(0, "a token", full(200, r#"{"token_type":"Bearer","access_token":""#, "a", r#""}"#));
    ends_with(7, "of another type", full(200, r#"{"token_type":"mac","access_token":""#, "a", r#""}"#));
    ends_with(7, "beside an error", full(200, r#"{"error":"x","access_token":""#, "a", r#""}"#));
}

#[test]
fn json_that_is_small_on_the_wire_and_large_in_memory() {
    ends_with(7, "numbers for a token", full(200, r#"{"access_token":["#, "0,", "]}"));
    ends_with(7, "lists for a token", full(200, r#"{"access_token":["#, "[0],", "]}"));
    ends_with(7, "objects for a token", full(200, r#"{"access_token":["#, r#"{"":0},"#, "]}"));
    ends_with(7, "opening brackets", full(200, r#"{"access_token":"#, "[", ""));
    let lifetime = r#"{"access_token":"abc","token_type":"Bearer","expires_in":["#;
    ends_with(0, "objects for a lifetime", full(200, lifetime, r#"{"":0},"#, "]}"));
    ends_with(4, "a refusal with objects", full(400, r#"{"more":["#, r#"{"":0},"#, "]}"));
    ends_with(4, "a refusal that is a list", full(400, "[", "[0],", "]"));
    ends_with(4, "a refusal with escapes", full(400, r#"{"error_description":""#, r"\u001b", r#""}"#));
    ends_with(4, "a refusal with nested objects", full(400, "", r#"{"error":"#, ""));
    ends_with(4, "a refusal with a list of errors", full(400, r#"{"errors":["#, r#"{"":0},"#, "]}"));
    ends_with(4, "a refusal with lists of errors", full(400, r#"{"errors":"#, "[", ""));
    ends_with(4, "a refusal of backslashes", full(403, "", r"\", ""));
}
