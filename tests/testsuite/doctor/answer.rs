//! `doctor` and the realm's responses: the discovery document, the token, and hostile text in both.

use catena_token_issuer::{Authority, CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Reply, Setup, Signer};
use serde_json::json;

use crate::support::Tool;
use crate::support::doctor::{Report, examine, fails_at, warns_at};
use crate::support::leak_check;

/// An issuer with a Keycloak's discovery document and a token with these claims.
fn giving(claims: &str) -> Issuer {
    let token = Signer::new("ES256", "key").sign(claims);
    answering(&json!({"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": "organization"}))
}

fn answering(answer: &serde_json::Value) -> Issuer {
    Issuer::start(Setup { replies: vec![Reply::json(200, &answer.to_string()), Reply::Keycloak], ..Setup::default() })
}

fn describing(discovery: &serde_json::Value) -> Issuer {
    let replies = vec![Reply::Keycloak, Reply::json(200, &discovery.to_string())];
    Issuer::start(Setup { replies, ..Setup::default() })
}

#[test]
fn a_token_of_another_issuer_or_client() {
    let issuer = giving(r#"{"iss":"https://id.example.com/realms/a","azp":"other","org":{"A":{}}}"#);
    let report = warns_at(Tool::asking(&issuer), "answer", "issuer is 'https://id.example.com", "in --issuer");
    report.says("answer", "warning", "is for the client 'other'", "check --client-id");
    let issuer = giving(r#"{"typ":"ID","org":{"A":{}}}"#);
    warns_at(Tool::asking(&issuer), "answer", "is not that of an access token", "administrator");
}

/// A redacted secret in the token is still evaluated.
#[test]
fn a_secret_that_is_a_word_of_the_token() {
    for secret in ["acme", "org", "exp", "Bearer"] {
        let issuer = giving(r#"{"azp":"acme","typ":"Bearer","org":{"acme":{}},"exp":33333333333}"#);
        let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", secret).secret_is(secret);
        let (_, report, _) = tool.args(["doctor", "-v"]).run();
        assert!(report.contains("\nok       answer\n"), "{report}");
        assert!(report.contains("expires        3026-04-17T11:15:33Z\n"), "{report}");
    }
}

#[test]
fn a_token_without_an_organisation() {
    let give = || giving(r#"{"azp":"acme"}"#);
    let what = "names no organisation";
    warns_at(Tool::asking(&give()), "answer", what, "--scope 'organization:*'");
    let all = |issuer: &Issuer| Tool::asking(issuer).args(["--scope", "organization:*"]);
    let report = warns_at(
        all(&give()),
        "answer",
        what,
        "add the service account to an organisation, or to assign the scope 'organization'",
    );
    assert!(!report.to_string().contains("try --scope"), "{report}");
    let report = examine(Tool::asking(&give()).args(["--scope", ""]));
    assert_eq!(
        (report.status("answer"), &report.seen("answer")["organisation_requested"]),
        ("ok", &false.into()),
        "{report}"
    );
}

#[test]
fn a_token_of_another_kind() {
    let report =
        examine(Tool::asking(&answering(&json!({"access_token": "opaque-0123456789abcdef", "token_type": "bearer"}))));
    assert!(report.seen("answer")["kind"].as_str().unwrap().starts_with("not a JWT"), "{report}");
    report.says("answer", "warning", "has no usable 'expires_in'", "administrator");
    assert!(!report.to_string().contains("opaque-0123456789abcdef"), "{report}");
    let told = json!({"access_token": "opaque-0123456789abcdef", "token_type": "Bearer", "scope": "a opaque-0123456789abcdef",
        "refresh_token": "refresh-0123456789abcdef", "is-refresh-0123456789abcdef": 1});
    let (_, text) = Tool::asking(&answering(&told)).arg("doctor").reports();
    assert!(text.contains("granted scope  a [redacted]\n"), "{text}");
    assert!(!text.contains("0123456789abcdef"), "{text}");
    let issuer = Issuer::http();
    let make = || Tool::asking(&issuer).args(["--min-ttl", "1h"]);
    assert_eq!(fails_at(make, "answer", "but --min-ttl is 1h", "--min-ttl").code, 7);
}

#[test]
fn a_realm_with_another_url_in_its_discovery_document() {
    let issuer = describing(&json!({"issuer": "https://kc.internal/realms/catena",
        "token_endpoint": "https://kc.internal/realms/catena/protocol/openid-connect/token"}));
    let report = warns_at(Tool::asking(&issuer), "discovery", "issuer is 'https://kc.internal/", "in --issuer");
    report.says("discovery", "warning", "token endpoint is on another origin", "hostname setting");
    for odd in [json!({}), json!({"issuer": 7, "token_endpoint": []}), json!([]), json!("x")] {
        let report = examine(Tool::asking(&describing(&odd)));
        assert_eq!((report.code, report.status("discovery")), (0, "warning"), "{report}");
    }
}

#[test]
fn a_missing_discovery_document_stops_no_call() {
    for reply in [
        Reply::Close,
        Reply::http(403, "text/html", "<html>blocked by policy"),
        Reply::http(500, "text/plain", "oops"),
        Reply::http(302, "text/html", "moved").header("Location", "https://login.example.com/"),
        Reply::json(200, "{"),
        Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()),
        Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()),
    ] {
        let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, reply], ..Setup::default() });
        let report = examine(Tool::asking(&issuer));
        assert_eq!(
            (report.code, report.status("discovery"), report.status("request")),
            (0, "warning", "ok"),
            "{report}"
        );
    }
}

/// A realm may know the token beforehand and put it anywhere.
#[test]
fn a_token_is_hidden_in_every_step() {
    let token = "opaque-0123456789abcdef";
    let discovery = json!({"issuer": token, "token_endpoint": format!("https://id.example.com/{token}")});
    let twice = format!(
        r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300,"scope":"refresh-zyxwvu9876543210",
        "refresh_token":"refresh-zyxwvu9876543210","refresh_token":"refresh-zyxwvu9876543210"}}"#
    );
    let refused = [
        json!({"access_token": token, "token_type": "mac"}).to_string(),
        json!({"access_token": token, "error": "x", "error_description": format!("a {token}")}).to_string(),
        format!(r#"{{"access_token":"{token}","token_type":"Be"#),
        json!({"access_token": "e", "token_type": "Bearer", "refresh_token": [token], "scope": token}).to_string(),
    ];
    let usable = [json!({"access_token": token, "token_type": "Bearer"}).to_string(), twice];
    for answer in usable.into_iter().chain(refused) {
        let replies = vec![Reply::json(200, &answer), Reply::json(200, &discovery.to_string())];
        let issuer = || Issuer::start(Setup { replies: replies.clone(), ..Setup::default() });
        for words in [&["doctor"][..], &["doctor", "--json"], &["doctor", "-vv"], &["-vv", "--refresh"]] {
            let issuer = issuer();
            let (_, printed, said) = Tool::asking(&issuer).args(words).run();
            let printed = if words.contains(&"--refresh") { String::new() } else { printed };
            let hidden = ["0123456789abcdef", "zyxwvu9876543210"].map(str::to_owned);
            leak_check::assert_absent(&hidden, &format!("{printed}{said}"), "the report");
        }
    }
}

#[test]
fn a_large_answer_is_cut() {
    let mut answer = json!({"access_token": "opaque-0123456789abcdef", "token_type": "Bearer"});
    (0..30_000).for_each(|number| answer[format!("field-{number}")] = number.into());
    let (_, text) = Tool::asking(&answering(&answer)).arg("doctor").reports();
    assert!(text.len() < 10_000, "{} bytes", text.len());
    let token = "a".repeat(600_000);
    let (_, text) = Tool::asking(&answering(&json!({"access_token": token, "token_type": "Bearer", "expires_in": 9})))
        .arg("doctor")
        .reports();
    assert!(text.contains("token length   600000\n") && text.len() < 10_000, "{} bytes", text.len());
}

#[test]
fn a_token_that_has_already_expired() {
    let issuer = giving(r#"{"iat":1700000000,"exp":1700000300,"org":{"A":{}}}"#);
    let report =
        warns_at(Tool::asking(&issuer), "answer", "has already expired, according to its 'exp'", "APIs reject");
    assert_eq!(report.seen("answer")["expires"], "2023-11-14T22:18:20Z");
}

/// The text contains secrets from an earlier request, and terminal escapes.
#[test]
fn hostile_words_are_shown_without_harm() {
    let trick = "\u{1b}[2J\u{202e}\r\n";
    let mut wholes = leak_check::forms(CLIENT_ID, CLIENT_SECRET);
    wholes.push(format!("{trick}{CLIENT_SECRET}{trick}"));
    for whole in wholes {
        let claims = json!({"iss": whole, "azp": whole, "typ": whole, "org": {&whole: {"id": whole}}, "iat": whole});
        let token = Signer::new("ES256", "key").sign(&claims.to_string());
        let answer = json!({"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": whole,
            "refresh_token": "refresh-0123456789abcdef", &whole: "x", "echo": token});
        let discovery = json!({"issuer": whole, "token_endpoint": whole});
        for replies in [
            vec![Reply::json(200, &answer.to_string()), Reply::json(200, &discovery.to_string())],
            vec![Reply::json(400, &json!({"error": whole, "error_description": whole}).to_string())],
            vec![Reply::http(503, &whole.replace(['\r', '\n', '\u{1b}', '\u{202e}'], ""), &whole)],
        ] {
            let issuer = Issuer::start(Setup { replies, ..Setup::default() });
            for words in [&["doctor"][..], &["doctor", "--json"], &["doctor", "-vv"]] {
                let (_, printed, said) = Tool::asking(&issuer).args(words).args(["--retries", "0"]).run();
                let all = format!("{printed}{said}");
                let mut hidden = leak_check::forms(CLIENT_ID, CLIENT_SECRET);
                hidden.extend([token.clone(), "refresh-0123456789abcdef".to_owned()]);
                leak_check::assert_absent(&hidden, &all, "the report");
                let harm = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
                assert!(!all.contains(harm), "{all:?}");
            }
        }
    }
}

/// An untrusted certificate may contain any text.
#[test]
fn a_certificate_with_hostile_names() {
    let name = format!("\u{1b}[2J{CLIENT_SECRET}\u{202e}{}", "x".repeat(2_000));
    let setup = Setup { certificate: Some(Certificate::Good), authority: Authority::named(&name), ..Setup::default() };
    let issuer = Issuer::start(setup);
    let make = || {
        // The issuer's own certificate is not in our files.
        let tool = Tool::at(&issuer.url(), CLIENT_ID, CLIENT_SECRET);
        let other = tool.file("other.pem", Authority::new().pem());
        tool.arg("--ca-cert").arg(other)
    };
    let report: Report = examine(make());
    assert_eq!((report.code, report.json["failed"].as_str()), (6, Some("tls")));
    let shown = report.seen("tls")["certificates"][0]["issuer"].as_str().unwrap().to_owned();
    assert!(shown.chars().count() < 200 && !shown.contains('\u{1b}'), "{shown}");
    let (_, printed, said) = make().args(["doctor", "-vv"]).run();
    leak_check::assert_absent(&leak_check::forms(CLIENT_ID, CLIENT_SECRET), &format!("{printed}{said}"), "the report");
}
