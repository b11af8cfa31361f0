//! `inspect --verify`: the claims of a signed token must be the realm's, and valid now.

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Signer};

use crate::support::Tool;
use crate::support::clock::now;
use crate::support::verifying::{claims, fails, is_genuine, verify, yes};

#[test]
fn the_token_that_would_be_printed_is_genuine() {
    for issuer in [Issuer::http(), Issuer::https()] {
        let cache = tempfile::tempdir().unwrap();
        let call = || Tool::asking(&issuer).keeping_in(cache.path());
        let table = call().args(["inspect", "--verify", "--audience", "api"]).succeeds();
        assert_eq!(table.lines().last(), Some(yes(&issuer).as_str()));
        let asked: Vec<String> = issuer.requests().into_iter().map(|request| request.method).collect();
        assert_eq!(asked, ["POST", "GET"]);
        is_genuine(&issuer, &call().succeeds());
        let json = verify(&issuer).arg("--json").given(&call().succeeds()).succeeds();
        assert!(json.starts_with("{\"header\":{\"alg\":\"ES256\""), "{json}");
        assert_eq!(issuer.requests().len(), 4);
    }
}

/// The service put the client secret into the token.
#[test]
fn a_secret_in_a_claim_is_not_shown() {
    let signer = Signer::new("ES256", "k1");
    let token = signer.sign(&format!(r#"{{"iss":"{CLIENT_SECRET}","azp":"{CLIENT_SECRET}"}}"#));
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#);
    let issuer = Issuer::replying(Reply::json(200, &body));
    let call = || Tool::asking(&issuer).args(["inspect", "--no-cache"]);
    assert!(call().arg("--verify").fails(7).error.starts_with("the token is not genuine: its issuer is '[redacted]'"));
    let table = call().succeeds();
    assert!(!table.contains(CLIENT_SECRET) && table.starts_with("client         [redacted]\n"), "{table}");
    // Text is redacted before it is cut.
    let token = signer.sign(&format!(r#"{{"iss":"{} {CLIENT_SECRET}"}}"#, "y".repeat(190)));
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#);
    let issuer = Issuer::replying(Reply::json(200, &body));
    let failed = Tool::asking(&issuer).args(["inspect", "--no-cache", "--verify"]).fails(7);
    assert!(failed.error.contains("yyy [redacted…'"), "{}", failed.error);
    // A short secret is redacted in the server's text, but not in our own.
    let token = signer.sign(r#"{"iss":"xk9-zx","azp":"k9-z","org":{"k9-z":{"id":"k9-z"}}}"#);
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300,"k9-z":1}}"#);
    for words in ["inspect", "doctor"] {
        let issuer = Issuer::replying(Reply::json(200, &body));
        let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "k9-z").secret_is("k9-z");
        let (_, printed, _) = tool.args([words, "--no-cache"]).run();
        assert!(printed.contains("x[redacted]x") && !printed.contains("k9-z"), "{printed}");
    }
}

#[test]
fn a_payload_that_was_altered_is_not_genuine() {
    let issuer = Issuer::http();
    let token = issuer.signer().sign(&claims(&issuer));
    let altered = issuer.signer().sign(&format!(r#"{{"iss":"{}","azp":"root"}}"#, issuer.url()));
    let parts: Vec<&str> = token.split('.').collect();
    let payload = altered.split('.').nth(1).unwrap();
    for forged in [format!("{}.{payload}.{}", parts[0], parts[2]), format!("{}.{payload}.", parts[0])] {
        assert!(fails(&issuer, &forged).error.contains("its signature is invalid"));
    }
}

/// A token that no key could verify is refused without a request.
#[test]
fn the_header_cannot_choose_how_it_is_checked() {
    let issuer = Issuer::idle();
    let sign = |header: &str| issuer.signer().sign_as(header, &claims(&issuer));
    for (header, error) in [
        (r#"{"alg":"none"}"#, "the token is not genuine: its algorithm 'none' does not use a realm's key"),
        (
            r#"{"alg":"nOnE","kid":"realm-key"}"#,
            "the token is not genuine: its algorithm 'nOnE' does not use a realm's key",
        ),
        (
            r#"{"alg":"HS256","kid":"realm-key"}"#,
            "the token is not genuine: its algorithm 'HS256' does not use a realm's key",
        ),
        (r#"{"alg":"ES512","kid":"realm-key"}"#, "cannot verify the token: its algorithm 'ES512' is not supported"),
        (r#"{"alg":"es256","kid":"realm-key"}"#, "cannot verify the token: its algorithm 'es256' is not supported"),
        (r#"{"kid":"realm-key"}"#, "the token is not genuine: its header names no algorithm ('alg')"),
        (r#"{"alg":["ES256"],"kid":"realm-key"}"#, "the token is not genuine: its header names no algorithm ('alg')"),
        (r#"{"alg":"ES256"}"#, "cannot verify the token: its header names no key ('kid')"),
        (
            r#"{"alg":"ES256","kid":"realm-key","crit":[]}"#,
            "the token is not genuine: its header has unsupported extensions ('crit')",
        ),
    ] {
        assert_eq!(fails(&issuer, &sign(header)).error, error);
    }
}

#[test]
fn the_claims_are_checked_too() {
    let issuer = Issuer::http();
    let url = issuer.url();
    let sign = |claims: &str| issuer.signer().sign(&format!(r#"{{"iss":"{url}",{claims}}}"#));
    let (past, ahead) = (now() - 185, now() + 600);
    let bearer = format!(r#""exp":{ahead},"typ":"Bearer""#);
    for good in [format!(r#""exp":{ahead}.5,"nbf":{past}"#), r#""exp":1e300"#.to_owned(), bearer] {
        is_genuine(&issuer, &sign(&good));
    }
    for (remarkable, verdict) in [
        (r#""typ":"Bearer""#.to_owned(), "genuine        yes, and it never expires: signed by"),
        (format!(r#""exp":{ahead},"typ":"ID""#), "genuine        yes, but it is not an access token: signed by"),
    ] {
        let table = verify(&issuer).given(&sign(&remarkable)).succeeds();
        assert!(table.lines().last().unwrap().starts_with(verdict), "{table}");
    }
    for (bad, error) in [
        (format!(r#""exp":{past}"#), "the token is not valid: it expired 3 min "),
        (format!(r#""exp":"{ahead}""#), "the token is not valid: its 'exp' is not a number"),
        (r#""exp":null"#.to_owned(), "the token is not valid: its 'exp' is not a number"),
        (format!(r#""nbf":{ahead}"#), "the token is not valid: it is not valid before 20"),
        (r#""exp":-1e300"#.to_owned(), "the token is not valid: it expired "),
    ] {
        let failed = fails(&issuer, &sign(&bad)).error;
        assert!(failed.starts_with(error), "{failed}");
    }
    let expired = Tool::bare().args(["inspect", "-"]).given(&sign(&format!(r#""exp":{past}"#))).succeeds();
    assert!(expired.contains("expired 3 min"), "{expired}");
    for (audience, is_good) in [
        (r#""aud":"api""#, true),
        (r#""aud":["x","api"]"#, true),
        (r#""aud":["x"]"#, false),
        (r#""aud":{"api":1}"#, false),
        (r#""x":1"#, false),
    ] {
        let call = verify(&issuer).args(["--audience", "api"]).given(&sign(audience));
        match is_good {
            true => drop(call.succeeds()),
            false => assert_eq!(call.fails(7).error, "the token is not valid: it is not for the audience 'api'"),
        }
    }
}

#[test]
fn another_realms_token_costs_no_request() {
    let issuer = Issuer::idle();
    for (iss, said) in [
        (
            r#""https://foreign.example.com/realms/x\u202e""#,
            "its issuer is 'https://foreign.example.com/realms/x\\u{202e}'",
        ),
        ("7", "its issuer is '7'"),
    ] {
        let failed = fails(&issuer, &issuer.signer().sign(&format!(r#"{{"iss":{iss}}}"#)));
        assert_eq!(failed.error, format!("the token is not genuine: {said}, not '{}'", issuer.url()));
        assert!(failed.hint.contains("--token-issuer"), "{}", failed.hint);
    }
    let failed = fails(&issuer, &issuer.signer().sign("{}"));
    assert_eq!(failed.error, format!("the token is not genuine: it has no issuer; expected '{}'", issuer.url()));
}

#[test]
fn a_realm_behind_another_name() {
    let issuer = Issuer::http();
    let outside = "https://auth.example.com/realms/catena";
    let token = issuer.signer().sign(&format!(r#"{{"iss":"{outside}/"}}"#));
    verify(&issuer).args(["--token-issuer", outside]).given(&token).succeeds();
    let inside = issuer.signer().sign(&claims(&issuer));
    verify(&issuer).args(["--token-issuer", outside]).given(&inside).fails(7);
}
