//! Refusals: each answer of Keycloak and of what stands before it, by exit code and with a hint to act on.

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::Tool;

fn error(status: u16, code: &str, description: &str) -> Reply {
    Reply::json(status, &format!(r#"{{"error":"{code}","error_description":"{description}"}}"#))
}

#[test]
fn each_refusal_of_keycloak_has_its_hint() {
    let bad = "Invalid client or Invalid client credentials";
    for (reply, said, hint) in [
        (
            error(401, "unauthorized_client", bad),
            "HTTP 401, unauthorized_client): Invalid client or",
            "secret is wrong",
        ),
        (error(401, "invalid_client", bad), "HTTP 401, invalid_client): Invalid client or", "unknown or disabled"),
        (
            error(401, "unauthorized_client", "Client not enabled to retrieve service account"),
            "Client not enabled",
            "turn on service accounts",
        ),
        (
            error(401, "unauthorized_client", "Public client not allowed to retrieve service account"),
            "Public client",
            "ask for a confidential one",
        ),
        (
            error(401, "invalid_request", "User 'service-account-x' disabled"),
            "User 'service-account-x' disabled",
            "service account is disabled",
        ),
        (
            error(400, "invalid_scope", "Invalid scopes: organization"),
            "HTTP 400, invalid_scope): Invalid scopes: organization",
            "ask for the scope `organization` to be assigned",
        ),
        (Reply::json(404, r#"{"error":"Realm does not exist"}"#), "HTTP 404, Realm does not exist)", "no such realm"),
        (error(403, "access_denied", "Realm not enabled"), "Realm not enabled", "the realm is disabled"),
        (error(403, "invalid_request", "HTTPS required"), "HTTPS required", "give --issuer with https"),
        (error(400, "missingNormalization", "Request path not normalized"), "not normalized", "ask whoever"),
        (Reply::json(405, r#"{"error":"HTTP 405 Method Not Allowed"}"#), "HTTP 405", "is it a realm"),
        (
            Reply::http(403, "text/html", "<h1>Blocked by policy</h1>"),
            "it sent text/html, 26 bytes, `<h1>Blocked",
            "in front of",
        ),
        (Reply::http(413, "text/plain", ""), "HTTP 413): it sent nothing with it", "in front of"),
        (Reply::http(421, "text/plain", "no"), "HTTP 421): it sent text/plain, 2 bytes, `no`", "in front of"),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = Tool::asking(&issuer).fails(4);
        assert!(failed.error.starts_with("no token: the server refused (HTTP 4"), "{}", failed.error);
        assert!(failed.error.contains(said), "{}", failed.error);
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        assert_eq!(issuer.requests().len(), 1, "a refusal is not tried again");
    }
}

#[test]
fn a_basic_header_that_the_server_cannot_read_hints_at_post() {
    let issuer = Issuer::replying(error(400, "unauthorized_client", "Unexpected error when authenticating client"));
    let failed = Tool::asking(&issuer).args(["--client-auth", "basic"]).fails(4);
    assert!(failed.hint.contains("try --client-auth post"), "{}", failed.hint);
}

#[test]
fn a_wrong_secret_is_refused() {
    let issuer = Issuer::http();
    let failed =
        Tool::asking(&issuer).secret_is("not-the-secret").env("CATENA_CLIENT_SECRET", "not-the-secret").fails(4);
    assert!(failed.error.contains("unauthorized_client"));
}

#[test]
fn a_reflected_secret_is_redacted_in_every_encoding() {
    let secret = "s3cr3t+/=&% ü <q>";
    let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    for reflected in [
        secret.to_owned(),
        "s3cr3t%2B%2F%3D%26%25+%C3%BC+%3Cq%3E".to_owned(),
        "s3cr3t%2b%2f%3d%26%25%20%c3%bc%20%3cq%3e".to_owned(),
        "s3cr3t%252B%252F%253D%2526%2525%2520%25C3%25BC".to_owned(),
        "s3cr3t+\\/=\\u0026% \\u00fc <q>".to_owned(),
        "s3cr3t+/=&amp;% &#252; &lt;q&gt;".to_owned(),
        encode(&format!("client_secret={secret}")),
        encode("grant_type=client_credentials&client_secret=s3cr3t%2B%2F%3D%26%25+%C3%BC+%3Cq%3E"),
        encode("acme:s3cr3t%2B%2F%3D%26%25+%C3%BC+%3Cq%3E"),
        secret[..10].to_owned(),
        format!("***{}", &secret[1..11]),
    ] {
        let in_a_url = reflected.replace([' ', '<', '>'], "+");
        let issuer = Issuer::start(Setup {
            replies: vec![
                error(400, "invalid_request", &format!("what is {reflected}")),
                error(400, &format!("what-is-{reflected}"), "no"),
                Reply::http(403, "text/html", format!("<p>{reflected}</p>")),
                Reply::http(403, &in_a_url, "text"),
                Reply::http(200, "text/html", format!("<p>{reflected}</p>")),
                Reply::http(302, "text/html", "").header("Location", &format!("https://h/{in_a_url}")),
            ],
            secret: secret.to_owned(),
            ..Setup::default()
        });
        for code in [4, 4, 4, 4, 7, 6] {
            let tool = Tool::asking(&issuer).secret_is(secret).env("CATENA_CLIENT_SECRET", secret);
            let failed = tool.fails(code);
            assert!(failed.error.contains("[redacted]"), "{reflected}: {}", failed.error);
            assert!(!failed.error.contains("s3cr3t") && !failed.error.contains("3cr3t+"), "{}", failed.error);
        }
    }
}

#[test]
fn a_token_in_a_refusal_is_not_shown() {
    for (status, body) in [
        (502, r#"{"access_token":"opaque-token-1234"}"#),
        (
            400,
            r#"{"error":"invalid_request","error_description":"not opaque-token-1234","access_token":"opaque-token-1234"}"#,
        ),
        (400, r#"{"error":"opaque-token-1234","refresh_token":"opaque-token-1234"}"#),
        (403, "access_token=opaque-token-1234&token_type=bearer"),
    ] {
        let issuer = Issuer::replying(Reply::json(status, body));
        let (code, stdout, stderr) = Tool::asking(&issuer).args(["--retries", "0"]).run();
        assert_eq!((code, stdout.as_str()), (Some(if status == 502 { 5 } else { 4 }), ""));
        assert!(!stderr.contains("opaque"), "{stderr}");
    }
    let body = r#"{"access_token":"opaque-token-1234","token_type":"Bearer","scope":"opaque-token-1234"}"#;
    let (_, said) = Tool::asking(&Issuer::replying(Reply::json(200, body))).arg("-v").succeeds_saying();
    assert!(!said.contains("opaque"), "{said}");
}

#[test]
fn hostile_words_are_escaped_and_cut() {
    let issuer = Issuer::replying(error(400, "invalid_request", "\\u001b[31mred\\u202e\\u0007\\n"));
    let failed = Tool::asking(&issuer).fails(4);
    assert!(failed.error.ends_with("\\u{1b}[31mred\\u{202e}\\u{7}\\n"), "{}", failed.error);
    let issuer = Issuer::replying(error(400, "invalid_request", &"x".repeat(100_000)));
    let failed = Tool::asking(&issuer).fails(4);
    assert!(failed.error.contains(&"x".repeat(500)) && failed.error.len() < 600, "{}", failed.error.len());
}

#[test]
fn a_reflected_id_is_no_secret() {
    let issuer = Issuer::replying(error(400, "invalid_request", "acme"));
    assert!(Tool::asking(&issuer).fails(4).error.ends_with("acme"));
    assert_ne!(CLIENT_SECRET, "acme");
}
