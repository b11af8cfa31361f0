//! `inspect`: a token's claims, which are untrusted text.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catena_token_issuer::{Issuer, Signer};
use serde_json::Value;

use crate::support::clock::now;
use crate::support::{Tool, shell};

const NOT_CHECKED: &str = "genuine        not verified: the token may be forged (check it with --verify)";

fn inspect() -> Tool {
    Tool::bare().arg("inspect")
}

fn token(claims: &str) -> String {
    Signer::new("ES256", "k1").sign(claims)
}

fn parts(header: &str, claims: &str) -> String {
    format!("{}.{}.c2lnbmF0dXJl", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

/// The lines of the row `label`.
fn row(table: &str, label: &str) -> Vec<String> {
    let start = format!("{label:13}  ");
    let mut lines = table.lines().skip_while(|line| !line.starts_with(&start));
    let first = lines.next().map(|line| line[start.len()..].to_owned());
    let more = lines.map_while(|line| line.strip_prefix(&" ".repeat(start.len()))).map(str::to_owned);
    first.into_iter().chain(more).collect()
}

#[test]
fn without_an_argument_it_is_the_token_that_would_be_printed() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let kept = || Tool::asking(&issuer).keeping_in(cache.path());
    let printed = kept().succeeds();
    let table = kept().arg("inspect").succeeds();
    assert_eq!(issuer.requests().len(), 1);
    assert!(!table.contains("eyJ"), "{table}");
    assert_eq!(row(&table, "client"), ["acme"]);
    assert_eq!(row(&table, "organisations"), ["Acme Freight  0b9f5a3e  FLEET", "acme"]);
    assert_eq!(row(&table, "scopes"), ["organization"]);
    assert_eq!(row(&table, "issuer"), [issuer.url()]);
    assert_eq!(row(&table, "audience"), ["api"]);
    assert_eq!(row(&table, "type"), ["Bearer"]);
    assert!(row(&table, "issued")[0].ends_with(" s ago"), "{table}");
    assert!(row(&table, "expires")[0].contains("Z, in 4 min 5"), "{table}");
    assert_eq!((row(&table, "algorithm"), row(&table, "key")), (vec!["ES256".into()], vec!["realm-key".into()]));
    assert_eq!(table.lines().last(), Some(NOT_CHECKED));
    assert_eq!(inspect().arg("-").given(&printed).succeeds().lines().count(), table.lines().count());
    // The options that choose that token have the same effect here.
    kept().args(["inspect", "--refresh"]).succeeds();
    assert_eq!(issuer.requests().len(), 2);
    kept().args(["inspect", "--min-ttl", "1h"]).fails(7);
}

/// No needless variable is read, no file is created, and there is no request and no prompt.
#[test]
fn a_given_token_needs_no_setting() {
    let call = inspect().arg("-").env("CATENA_TIMEOUT", "nonsense").env("CATENA_ISSUER", "nonsense").unset("HOME");
    let table = call.given(&format!(" \t{}\r\n", token(r#"{"azp":"acme"}"#))).succeeds();
    let labels: Vec<&str> = table.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(labels, ["client", "algorithm", "key", "genuine"]);
    let table = Tool::bare().args(["--json", "inspect", "-"]).given(&token(r#"{"azp":"acme"}"#)).succeeds();
    assert!(table.starts_with("{\"header\":"), "{table}");
}

#[test]
fn json_is_what_was_sent() {
    let claims = r#"{ "exp": 1.50e9, "big": 18446744073709551616, "b": "ü", "a": [1, {"x": " \" "}] }"#;
    let shown = inspect().args(["-", "--json"]).given(&token(claims)).succeeds();
    let expected = concat!(
        r#"{"header":{"alg":"ES256","typ":"JWT","kid":"k1"},"#,
        r#""claims":{"exp":1.50e9,"big":18446744073709551616,"b":"ü","a":[1,{"x":" \" "}]}}"#,
        "\n"
    );
    assert_eq!(shown, expected);
    // A character that changes the text direction is written as a JSON escape.
    let hostile = "{\"azp\":\"a\u{202e}b\u{9b}\u{7f}\u{e0041}\"}";
    let shown = inspect().args(["-", "--json"]).given(&token(hostile)).succeeds();
    assert!(shown.contains(r#"{"azp":"a\u202eb\u009b\u007f\udb40\udc41"}"#), "{shown}");
    let read: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(read["claims"], serde_json::from_str::<Value>(hostile).unwrap());
}

#[test]
fn times_are_seen_from_now() {
    let table = |claims: &str| inspect().arg("-").given(&token(claims)).succeeds();
    let (past, ahead) = (now() - 185, now() + 90_010);
    let shown = table(&format!(r#"{{"iat":{past},"nbf":{ahead},"exp":{past}.75}}"#));
    let utc = |seconds| humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds));
    assert!(row(&shown, "issued")[0].starts_with(&format!("{}, 3 min ", utc(past))), "{shown}");
    assert!(row(&shown, "valid from")[0].starts_with(&format!("{}, in 1 day 1 h", utc(ahead))), "{shown}");
    assert!(row(&shown, "expires")[0].starts_with(&format!("{}, expired 3 min ", utc(past))), "{shown}");
    for odd in ["\"1790000250\"", "1e300", "-5", "[]", "null"] {
        assert_eq!(
            row(&table(&format!(r#"{{"exp":{odd}}}"#)), "expires"),
            [format!("{}, which is not a date", odd.replace("1e300", "1e+300"))]
        );
    }
}

#[test]
fn hostile_claims_are_escaped_and_cut() {
    let hostile = "\\u001b[2J\\u202e\\nclient  root\u{200b}";
    let jwt = token("{}");
    let claims = format!(
        r#"{{"azp":"{hostile}","iss":["{hostile}"],"scope":{{"{hostile}":1}},"org":{{"{hostile}":{{"id":"{hostile}"}}}},
            "aud":"{jwt}","realm_access":{{"roles":["{}"]}},"typ":"Refresh"}}"#,
        "x".repeat(20_000)
    );
    let header = format!(r#"{{"alg":"{hostile}","kid":7}}"#);
    let table = inspect().arg("-").given(&parts(&header, &claims)).succeeds();
    assert!(table.chars().all(|c| c == '\n' || !c.is_control() && !"\u{202e}\u{200b}".contains(c)), "{table}");
    assert_eq!(row(&table, "client"), ["\\u{1b}[2J\\u{202e}\\nclient \\u{20}root\\u{200b}"]);
    assert_eq!(row(&table, "audience"), ["[redacted]"]);
    assert_eq!(row(&table, "key"), ["7"]);
    assert_eq!(row(&table, "type"), ["Refresh: this is no access token"]);
    assert!(table.lines().all(|line| line.chars().count() < 300), "{table}");
    let many = format!(r#"{{"aud":[{}""]}}"#, r#""a","#.repeat(10_000));
    assert!(inspect().arg("-").given(&parts("{}", &many)).succeeds().lines().count() < 60);
}

#[test]
fn what_is_no_jwt_is_reported_and_not_shown() {
    let deep = format!("{{\"a\":{}", "[".repeat(700_000));
    let good = URL_SAFE_NO_PAD.encode("{}");
    for (given, code, error) in [
        ("an-opaque-token".to_owned(), 7, "not a JWT: an opaque token has no content to show"),
        ("...".to_owned(), 7, "not a JWT: a JWT has three parts, this token has 4"),
        ("..".to_owned(), 7, "not a JWT: its header cannot be read: it is cut off"),
        (format!("{good}.e3+9.x"), 7, "not a JWT: its payload is not base64url without padding"),
        (parts("{}", "[1]"), 7, "not a JWT: its payload cannot be read: it is not a JSON object"),
        (parts("{}", &deep), 7, "not a JWT: its payload cannot be read: it is not JSON"),
        (parts("{}", r#"{"exp":1,"\u0065xp":2}"#), 7, "not a JWT: its payload cannot be read: it has a duplicate name"),
        ("Bearer eyJ.eyJ.x".to_owned(), 7, "not a token: it contains invalid characters"),
        (" \n".to_owned(), 3, "no token: standard input is empty"),
        ("e".repeat(3_000_000), 7, "cannot read the token from standard input: it is longer than 1024 KiB"),
    ] {
        assert_eq!(inspect().arg("-").stdin(given).fails(code).error, error);
    }
    assert_eq!(inspect().arg("-").stdin([0xff, 0xfe]).fails(7).error, "not a token: it contains invalid characters");
    assert_eq!(inspect().arg("-q").arg("").fails(2).error, "no token: the argument is empty");
}

#[test]
fn an_argument_can_be_read_by_others() {
    let jwt = token(r#"{"azp":"acme"}"#);
    let (table, said) = inspect().arg(&jwt).succeeds_saying();
    assert!(said.starts_with("catena-token: warning: other users of this machine can read a token"), "{said}");
    assert_eq!(inspect().args(["-q", &jwt]).succeeds(), table);
    let refused = inspect().args([&jwt, "another"]).refused_by_clap();
    assert!(!refused.contains("another") && !refused.contains(&jwt), "{refused}");
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    // A given token excludes the options that choose a token or a way to the realm.
    for option in [
        &["--client-secret-file", "-"][..],
        &["--client-id", "acme"],
        &["--scope", ""],
        &["--min-ttl", "5m"],
        &["--refresh"],
        &["--no-cache"],
    ] {
        inspect().arg("-").args(option).given(&token("{}")).refused_by_clap();
    }
    for option in [["--issuer", "https://x"], ["--timeout", "5s"], ["--proxy", ""]] {
        let said = inspect().arg("-").args(option).given(&token("{}")).refused_by_clap();
        assert!(said.contains("--verify"), "{said}");
    }
    inspect().args(["-", "--verify", "--audience", ""]).refused_by_clap();
    for without_verify in [["--audience", "x"], ["--token-issuer", "https://x"]] {
        let said = inspect().arg("-").args(without_verify).refused_by_clap();
        assert!(said.contains("--verify"), "{said}");
    }
    inspect().args(["-", "--format", "json"]).refused_by_clap();
}

#[test]
fn a_service_that_refuses_is_a_refusal_here_too() {
    let issuer = Issuer::http();
    Tool::asking(&issuer)
        .env("CATENA_CLIENT_SECRET", "another-secret")
        .secret_is("another-secret")
        .arg("inspect")
        .fails(4);
}

#[test]
#[ignore = "needs strace"]
fn inspect_opens_no_socket() {
    shell::assert_installed("strace");
    let issuer = Issuer::idle();
    let script = "printf %s \"$TOKEN\" | strace -f -e trace=network,clone,clone3,fork,vfork catena-token inspect - 2>&1 >/dev/null";
    let output = crate::support::plain_command::command("sh")
        .args(["-c", script])
        .env("PATH", shell::path())
        .env("TOKEN", issuer.signer().sign("{}"))
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "+++ exited with 0 +++\n");
}
