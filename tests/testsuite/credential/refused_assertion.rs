//! Assertions that the realm refuses: the exit code, and what the hint says.

use catena_token_issuer::{Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{self, Claims, job};
use crate::support::clock::now;
use crate::support::tool::Failed;

fn refused(issuer: &Issuer, claims: &Claims) -> Failed {
    Tool::nameless(issuer).assertion_file(&claims.signed()).fails(4)
}

#[track_caller]
fn says(failed: &Failed, error: &str, hint: &[&str]) {
    assert!(failed.error.contains(error), "{failed:?}");
    for words in hint {
        assert!(failed.hint.contains(words), "no '{words}': {failed:?}");
    }
}

#[test]
fn each_refusal_has_its_hint() {
    let issuer = assertion::issuer();
    let (claims, now) = (|| job(&issuer), now());
    let expired = claims().with("iat", now - 90).with("exp", now - 60);
    says(&refused(&issuer, &expired), "Token is not active", &["expired"]);
    let early = claims().with("nbf", now + 600);
    says(&refused(&issuer, &early), "Token is not active", &["clock skew"]);
    let early = claims().with("iat", now + 600).with("exp", now + 900);
    says(&refused(&issuer, &early), "Token was issued in the future", &["allowedClockSkew"]);
    let old = claims().with("iat", now - 720);
    says(&refused(&issuer, &old), "Token was issued too far in the past", &["12 min ago", "fedClientAssertionMaxExp"]);
    let two = claims().with("aud", vec![issuer.url(), "https://api.example.test".to_owned()]);
    says(&refused(&issuer, &two), "Multiple audiences not allowed", &["https://api.example.test", &issuer.url()]);
    let unknown = claims().with("sub", "repo:acme/unknown");
    says(&refused(&issuer, &unknown), "HTTP 401, invalid_client", &[assertion::CI, "repo:acme/unknown"]);
    let wrong_key = Tool::nameless(&issuer).assertion_file(&claims().signed_by(&Signer::new("ES256", "other")));
    says(&wrong_key.fails(4), "HTTP 401, invalid_client", &[assertion::CI, assertion::JOB]);
    let used = claims();
    Tool::nameless(&issuer).assertion_file(&used.signed()).succeeds();
    says(&refused(&issuer, &used), "Token reuse detected", &["used before"]);
}

/// What this tool checks and what the realm expects may differ.
#[test]
fn an_audience_that_was_set_is_shown() {
    let issuer = assertion::issuer();
    let other = "https://auth.example.test/realms/catena";
    let call = || Tool::nameless(&issuer).assertion_file(&job(&issuer).with("aud", other).signed());
    says(&call().args(["--token-issuer", other]).fails(4), "Invalid token audience", &[other, "--token-issuer"]);
    says(
        &call().args(["--assertion-audience", other]).fails(4),
        "Invalid token audience",
        &[other, "--assertion-audience"],
    );
}

/// A key that signs, and a realm that gives this description.
fn with_key(description: &str, options: &[&str]) -> Failed {
    let body = format!(r#"{{"error":"invalid_client","error_description":"{description}"}}"#);
    let issuer = Issuer::replying(Reply::json(400, &body));
    Tool::without_secret(&issuer).key_file(&Signer::new("ES256", "").pem()).args(options).fails(4)
}

#[test]
fn each_refusal_of_a_signing_key_has_its_hint() {
    for (description, hint) in [
        ("Token was issued in the future", "clock"),
        ("Token is not active", "clock"),
        ("Token was issued too far in the past to be used now", "clock"),
        ("Unable to load public key", "register"),
        ("Invalid signature algorithm", "--signing-alg"),
        ("Client authentication with signed JWT failed: Signature on JWT token failed validation", "register"),
        ("Invalid token audience", "--token-issuer"),
    ] {
        says(&with_key(description, &[]), description, &[hint]);
    }
    let unknown = "Unable to load public key";
    says(&with_key(unknown, &["--signing-key-id", "one"]), unknown, &["one", "--signing-key-id"]);
}

#[test]
fn a_secret_for_a_client_that_signs() {
    let issuer = Issuer::start(Setup { client_key: Some(Signer::new("ES256", "")), ..Setup::default() });
    says(&Tool::asking(&issuer).fails(4), "Parameter client_assertion_type is missing", &["signed JWT"]);
}

/// The answer to the first try was lost, so the realm may have issued a token.
#[test]
fn a_reuse_after_a_lost_answer_is_temporary_if_another_assertion_can_come() {
    let reuse = Reply::json(400, r#"{"error":"invalid_client","error_description":"Token reuse detected"}"#);
    let issuer = assertion::replying(vec![Reply::Close, reuse]);
    let jwt = job(&issuer).signed();
    let call = || Tool::nameless(&issuer).hiding(&jwt);
    let failed = call().env("CATENA_CLIENT_ASSERTION", &jwt).fails(4);
    says(&failed, "Token reuse detected", &["used before"]);
    let issuer = assertion::replying(vec![
        Reply::Close,
        Reply::json(400, r#"{"error":"invalid_client","error_description":"Token reuse detected"}"#),
    ]);
    let jwt = job(&issuer).signed();
    let command = format!("printf %s {jwt}");
    let tool = Tool::nameless(&issuer).hiding(&jwt);
    let failed = tool.args(["--client-assertion-command", &command, "--retries", "1"]).fails(5);
    assert!(!failed.error.contains("Token reuse detected"), "{failed:?}");
}

/// A pipe has one assertion, which a realm may accept again.
#[test]
fn a_retry_takes_the_one_assertion_of_a_pipe() {
    let replies = vec![Reply::http(503, "text/plain", "no"), Reply::Keycloak];
    let issuer = Issuer::start(Setup { replies, ..assertion::reusing_setup() });
    let jwt = job(&issuer).signed();
    let tool = Tool::nameless(&issuer).hiding(&jwt).stdin(jwt.as_str());
    tool.args(["--client-assertion-file", "/dev/stdin"]).succeeds();
    assert_eq!(assertion::received(&issuer), [jwt.as_str(), &jwt]);
}

/// The command and the file may have another one for each try.
#[test]
fn each_try_takes_the_assertion_anew() {
    let issuer = assertion::replying(vec![Reply::http(503, "text/plain", "no"), Reply::Keycloak]);
    let jwts = [(); 2].map(|()| job(&issuer).signed());
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    std::fs::write(path("1"), &jwts[0]).unwrap();
    std::fs::write(path("2"), &jwts[1]).unwrap();
    let command = format!("cat '{0}' 2>&- || cat '{1}'; rm -f '{0}'", path("1"), path("2"));
    let tool = Tool::nameless(&issuer).hiding(&jwts[0]).hiding(&jwts[1]).arg("--no-cache");
    tool.args(["--client-assertion-command", &command]).succeeds();
    assert_eq!(assertion::received(&issuer), jwts);
}
