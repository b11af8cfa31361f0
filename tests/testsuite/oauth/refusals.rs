//! Error responses of Keycloak and of gateways in front of it: exit codes and hints.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
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
            "the client secret (CATENA_CLIENT_SECRET)",
        ),
        (
            error(401, "invalid_client", bad),
            "HTTP 401, invalid_client): Invalid client or",
            "check --issuer, --client-id",
        ),
        (
            error(401, "unauthorized_client", "Client not enabled to retrieve service account"),
            "Client not enabled",
            "service accounts enabled",
        ),
        (
            error(401, "unauthorized_client", "Public client not allowed to retrieve service account"),
            "Public client",
            "for a confidential client",
        ),
        (
            error(401, "invalid_request", "User 'service-account-x' disabled"),
            "User 'service-account-x' disabled",
            "service account is disabled",
        ),
        (
            error(400, "invalid_scope", "Invalid scopes: organization"),
            "HTTP 400, invalid_scope): Invalid scopes: organization",
            "assign the scope 'organization'",
        ),
        (
            Reply::json(404, r#"{"error":"Realm does not exist"}"#),
            "HTTP 404, Realm does not exist)",
            "the URL of a realm",
        ),
        (error(403, "access_denied", "Realm not enabled"), "Realm not enabled", "the realm is disabled"),
        (error(403, "invalid_request", "HTTPS required"), "HTTPS required", "use https in --issuer"),
        (error(400, "missingNormalization", "Request path not normalized"), "not normalized", "ask the provider"),
        (Reply::json(405, r#"{"error":"HTTP 405 Method Not Allowed"}"#), "HTTP 405", "the URL of a realm"),
        (
            Reply::http(400, "text/html", "<title>The plain HTTP request was sent to HTTPS port</title>"),
            "it sent text/html, 60 bytes, titled 'The plain HTTP request was sent to HTTPS port'",
            "an https port requires https://",
        ),
        (
            Reply::http(403, "text/html", "<h1>Blocked by policy</h1>"),
            "it sent text/html, 26 bytes",
            "a proxy or firewall in front of",
        ),
        (Reply::http(413, "text/plain", ""), "HTTP 413): it sent an empty body", "a proxy or firewall in front of"),
        (
            Reply::http(421, "text/plain", "no"),
            "HTTP 421): it sent text/plain, 2 bytes",
            "a proxy or firewall in front of",
        ),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = Tool::asking(&issuer).fails(4);
        let who = if said.contains("it sent") { "server" } else { "realm" };
        let start =
            format!("cannot get a token: the {who} at localhost:{} refused client 'acme' (HTTP 4", issuer.port());
        assert!(failed.error.starts_with(&start), "{}", failed.error);
        assert!(failed.error.contains(said), "{}", failed.error);
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        assert_eq!(issuer.requests().len(), 1, "a refusal is not tried again");
    }
}

/// Keycloak 17 dropped `/auth`. The realm itself is missing only if Keycloak says so.
#[test]
fn a_path_that_is_not_found_hints_at_the_other_one() {
    let (issuer, old) = (Issuer::http(), Issuer::replying(Reply::http(404, "text/html", "<title>Error</title>")));
    let with_path = |url: &str| url.replace("/realms/", "/auth/realms/");
    for (url, rule, other) in [
        (with_path(&issuer.url()), "Keycloak 17 and later has no '/auth' before '/realms'", issuer.url()),
        (old.url(), "Keycloak up to 16 has '/auth' before '/realms'", with_path(&old.url())),
    ] {
        let tool = || Tool::asking(&issuer).env("CATENA_ISSUER", &url);
        let hint = format!("check the realm's name in --issuer; {rule}: try '{other}'");
        assert_eq!(tool().fails(4).hint, hint);
        assert_eq!(tool().args(["revoke", "-"]).stdin("opaque").fails(4).hint, hint);
    }
    let url = format!("{}/realms/nowhere", issuer.origin());
    let failed = Tool::asking(&issuer).env("CATENA_ISSUER", &url).fails(4);
    assert_eq!(failed.hint, format!("check --issuer '{url}': it must be the URL of a realm, such as '…/realms/NAME'"));
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
fn a_reflected_secret_is_redacted() {
    let secret = "s3cr3t+/=&% ü <q>";
    let basic =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "acme:s3cr3t%2B%2F%3D%26%25+%C3%BC+%3Cq%3E");
    for reflected in [
        secret,
        "s3cr3t%2B%2F%3D%26%25+%C3%BC+%3Cq%3E",
        "s3cr3t%2b%2f%3d%26%25%20%c3%bc%20%3cq%3e",
        r"s3cr3t+\\/=&% ü <q>",
        &basic,
    ] {
        let issuer = Issuer::start(Setup {
            replies: vec![
                error(400, "invalid_request", &format!("what is {reflected}")),
                error(400, &format!("what-is-{reflected}"), "no"),
                Reply::json(403, &format!(r#"{{"message":"{reflected}"}}"#)),
                Reply::json(403, &format!(r#"{{"errors":[{{"detail":"{reflected}"}}]}}"#)),
                Reply::http(403, "text/html", format!("<title>{reflected}</title>").replace(r"\\", r"\")),
                Reply::http(302, "text/html", "").header("Location", "https://h/s3cr3t+/=&%25%20%C3%BC%20%3cq%3e"),
                Reply::http(200, "text/html", format!("<p>{reflected}</p>")),
            ],
            secret: secret.to_owned(),
            ..Setup::default()
        });
        for (code, is_quoted) in [(4, true), (4, true), (4, true), (4, true), (4, true), (6, true), (7, false)] {
            let tool = Tool::asking(&issuer).secret_is(secret).env("CATENA_CLIENT_SECRET", secret);
            let failed = tool.fails(code);
            assert!(!is_quoted || failed.error.contains("[redacted]"), "{reflected}: {}", failed.error);
            assert!(!failed.error.contains("s3cr3t"), "{reflected}: {}", failed.error);
        }
    }
}

/// A title ends at `<` and a location at `?`, but not inside a secret.
#[test]
fn a_secret_is_hidden_before_a_quote_ends() {
    let secret = "correct-horse?battery<staple";
    let replies = vec![
        Reply::http(403, "text/html", format!("<title>no {secret}</title>")),
        Reply::http(302, "text/html", "").header("Location", &format!("https://h/{secret}")),
    ];
    let issuer = Issuer::start(Setup { replies, secret: secret.to_owned(), ..Setup::default() });
    for (code, shown) in [(4, "titled 'no [redacted]'"), (6, "to 'https://h/[redacted]' (HTTP 302)")] {
        let tool = Tool::asking(&issuer).secret_is(secret).env("CATENA_CLIENT_SECRET", secret);
        let failed = tool.fails(code);
        assert!(failed.error.ends_with(shown), "{}", failed.error);
    }
}

/// Of JSON the texts for a person are quoted, of a page the title, of anything else nothing.
#[test]
fn what_a_server_says_is_quoted_by_name() {
    for (reply, shown) in [
        (Reply::json(403, r#"{"message":"no quota left"}"#), "no quota left"),
        (Reply::json(403, r#"{"title":"Forbidden","detail":"IP address not allowed"}"#), "IP address not allowed"),
        (Reply::json(403, r#"{"errorSummary":"app is inactive","other":"x"}"#), "app is inactive"),
        (Reply::json(403, r#"{"other":"x"}"#), "it sent application/json, 13 bytes"),
        (Reply::json(403, r#"{"detail":[{"input":"x"}],"title":"Bad input"}"#), "Bad input"),
        (Reply::json(403, r#"{"Message":"explicit deny"}"#), "explicit deny"),
        (Reply::json(403, r#"{"message":null,"title":" ","detail":"No"}"#), "No"),
        // Apigee, WSO2, Google and JSON:API nest their texts.
        (
            Reply::json(403, r#"{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"x"}}}"#),
            "Invalid ApiKey",
        ),
        (Reply::json(403, r#"{"fault":{"code":900901,"description":"Invalid Credentials"}}"#), "Invalid Credentials"),
        (Reply::json(403, r#"{"error":{"code":403,"message":"API not enabled"}}"#), "API not enabled"),
        (Reply::json(403, r#"[{"error":{"message":"API not enabled"}}]"#), "API not enabled"),
        (Reply::json(403, r#"{"errors":[{"code":1,"message":"blocked"},{"message":"x"}]}"#), "blocked"),
        (Reply::json(403, r#"{"errors":[{"status":"403","title":"x","detail":"blocked"}]}"#), "blocked"),
        (Reply::json(403, r#"{"errors":["blocked"]}"#), "blocked"),
        (Reply::json(403, r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#), "field required"),
        (Reply::json(403, r#"{"data":{"message":"x"}}"#), "it sent application/json, 24 bytes"),
        (Reply::json(403, r#"{"fault":{"faultstring":"\u001b[2J\u202ex"}}"#), r"\u{1b}[2J\u{202e}x"),
        (
            Reply::http(403, "text/html", "<html><TITLE> Blocked by policy </TITLE>x"),
            "it sent text/html, 41 bytes, titled 'Blocked by policy'",
        ),
        (Reply::http(403, "text/plain", "<title>x</title>"), "it sent text/plain, 16 bytes"),
    ] {
        let issuer = Issuer::replying(reply);
        let start = format!("cannot get a token: the server at localhost:{} refused client 'acme'", issuer.port());
        assert_eq!(Tool::asking(&issuer).fails(4).error, format!("{start} (HTTP 403): {shown}"));
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
        (400, r#"{"error":"x opaque-token/1234","data":{"id_token":"opaque-token\/1234"}}"#),
        (403, r#"{"errors":[{"message":"not opaque-token-1234","access_token":"opaque-token-1234"}]}"#),
        (403, "access_token=opaque-token-1234&token_type=bearer"),
    ] {
        let issuer = Issuer::replying(Reply::json(status, body));
        let (code, stdout, stderr) = Tool::asking(&issuer).args(["--retries", "0"]).run();
        assert_eq!((code, stdout.as_str()), (Some(if status == 502 { 5 } else { 4 }), ""));
        assert!(!stderr.contains("opaque"), "{stderr}");
    }
    for body in [
        r#"{"access_token":"opaque-token-1234","token_type":"Bearer","scope":"opaque-token-1234"}"#,
        r#"{"access\u005ftoken":"opaque-token-1\u0032\/34","token_type":"Bearer","scope":"is opaque-token-12/34"}"#,
    ] {
        let (_, said) = Tool::asking(&Issuer::replying(Reply::json(200, body))).arg("-v").succeeds_saying();
        assert!(!said.contains("opaque") && said.contains("[redacted]"), "{said}");
    }
}

#[test]
fn hostile_words_are_escaped_and_cut() {
    let issuer = Issuer::replying(error(400, "invalid_request", "\\u001b[31mred\\u202e\\u0007\\n"));
    let failed = Tool::asking(&issuer).fails(4);
    assert!(failed.error.ends_with("\\u{1b}[31mred\\u{202e}\\u{7}\\n"), "{}", failed.error);
    let issuer = Issuer::replying(error(400, "invalid_request", &"x".repeat(100_000)));
    let failed = Tool::asking(&issuer).fails(4);
    assert!(failed.error.contains(&"x".repeat(500)) && failed.error.len() < 640, "{}", failed.error.len());
    let nested = format!(r#"{{"error":{{"message":"{}"}}}}"#, "x".repeat(100_000));
    let failed = Tool::asking(&Issuer::replying(Reply::json(403, &nested))).fails(4);
    assert!(failed.error.ends_with(&format!(": {}…", "x".repeat(500))), "{}", failed.error.len());
}

#[test]
fn a_reflected_id_is_no_secret() {
    let issuer = Issuer::replying(error(400, "invalid_request", "acme"));
    assert!(Tool::asking(&issuer).fails(4).error.ends_with("acme"));
    assert_ne!(CLIENT_SECRET, "acme");
}

/// With white space in its JSON, and in either base64.
#[test]
fn a_jwt_that_a_server_quotes_is_hidden_however_it_is_written() {
    let header = "{\n  \"alg\": \"ES256\",\n  \"x\": \"???>>>~~~\"\n}";
    for encoded in [STANDARD.encode(header), URL_SAFE.encode(header)] {
        let body = format!(r#"{{"error":"invalid_request","error_description":"for {encoded}.{encoded}.c2ln!"}}"#);
        let issuer = Issuer::replying(Reply::json(400, &body));
        assert!(Tool::asking(&issuer).fails(4).error.ends_with("): for [redacted]!"));
    }
}
