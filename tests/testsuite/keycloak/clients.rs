//! A real Keycloak: every state of a client, both ways to authenticate, http and https, and the commands that users
//! type.

use std::process::Command;

use serde_json::Value;

use crate::support::keycloak::{Keycloak, REFUSED, secret_of};
use crate::support::{Tool, plain_command, shell};

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_good_client_gets_a_token() {
    let keycloak = Keycloak::running();
    let token = keycloak.client("acme").succeeds();
    assert_eq!(token.trim_end().split('.').count(), 3);
    let answer: Value = serde_json::from_str(&keycloak.client("acme").arg("--json").succeeds()).unwrap();
    assert_lives(&answer, 300);
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["scope"], "organization");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn both_ways_to_authenticate_carry_any_secret() {
    let keycloak = Keycloak::running();
    for client in ["acme", "odd-secret"] {
        for method in ["post", "basic"] {
            keycloak.client(client).args(["--client-auth", method]).env("LC_ALL", "C").succeeds();
        }
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn https_with_an_authority_of_its_own() {
    let keycloak = Keycloak::running();
    let issuer = format!("{}/realms/catena", keycloak.https);
    let secret = secret_of("acme");
    Tool::at(&issuer, "acme", &secret).args(["--ca-cert", &keycloak.ca]).succeeds();
    let unknown = Tool::at(&issuer, "acme", &secret);
    let other = unknown.file("other.pem", catena_token_issuer::Authority::new().pem());
    unknown.arg("--ca-cert").arg(other).fails(6);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_state_of_a_client_has_its_code_and_hint() {
    let keycloak = Keycloak::running();
    for (client, said, hint) in REFUSED {
        let failed = keycloak.client(client).fails(4);
        assert!(failed.error.contains(said), "{client}: {}", failed.error);
        assert!(failed.hint.contains(hint), "{client}: {}", failed.hint);
    }
    let failed = Tool::at(&keycloak.realm(), "acme", "not-the-secret-of-acme").fails(4);
    assert!(failed.error.contains("HTTP 401, unauthorized_client"), "{}", failed.error);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn each_state_of_a_realm_has_its_code_and_hint() {
    let keycloak = Keycloak::running();
    for (path, hint) in [
        ("/realms/nowhere", "the URL of a realm"),
        ("/realms/closed", "the realm is disabled"),
        ("/nothing/here", "check --issuer"),
    ] {
        let failed = Tool::at(&format!("{}{path}", keycloak.http), "acme", &secret_of("acme")).fails(4);
        assert!(failed.hint.contains(hint), "{path}: {} / {}", failed.error, failed.hint);
    }
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn scopes_are_granted_refused_or_left_out() {
    let keycloak = Keycloak::running();
    keycloak.client("no-scope").args(["--scope", ""]).succeeds();
    for scope in ["organization:*", "organization:acme", "openid organization"] {
        keycloak.client("acme").args(["--scope", scope]).succeeds();
    }
    let failed = keycloak.client("acme").args(["--scope", "organization nonsense"]).fails(4);
    assert!(failed.error.ends_with("Invalid scopes: organization nonsense"), "{}", failed.error);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn unusual_answers_are_taken() {
    let keycloak = Keycloak::running();
    let lower: Value = serde_json::from_str(&keycloak.client("lower-case").arg("--json").succeeds()).unwrap();
    assert_eq!(lower["token_type"], "bearer");
    let refresh: Value = serde_json::from_str(&keycloak.client("with-refresh").arg("--json").succeeds()).unwrap();
    assert!(refresh["refresh_token"].is_string());
    let short: Value = serde_json::from_str(&keycloak.client("short-lived").arg("--json").succeeds()).unwrap();
    assert_lives(&short, 10);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn catenas_own_claim_is_in_the_token() {
    let claims = claims(&Keycloak::running().client("acme").succeeds());
    assert!(claims["org"].is_object(), "{claims}");
    assert_eq!(claims["azp"], "acme");
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_rotated_secret_is_refused_and_the_new_one_taken() {
    let keycloak = Keycloak::running();
    keycloak.client("rotating").succeeds();
    let new = keycloak.rotate("rotating");
    keycloak.client("rotating").fails(4);
    Tool::at(&keycloak.realm(), "rotating", &new).succeeds();
}

/// The server's clock decides, and its tokens live for ten seconds.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_token_is_reused_until_it_expires() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let kept = || keycloak.client("short-lived").keeping_in(cache.path());
    let first = kept().succeeds();
    assert_eq!(kept().succeeds(), first);
    // Until the leeway of a second is reached: the one certain event is the call that prints another token.
    let started = std::time::Instant::now();
    let next = loop {
        let token = kept().succeeds();
        if token != first {
            break token;
        }
        let claims = claims(&token);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        assert!(claims["exp"].as_u64().unwrap() > now, "a token that has ended is printed");
        assert!(started.elapsed().as_secs() < 30, "it is used without end");
    };
    assert_eq!(kept().succeeds(), next);
    kept().args(["--min-ttl", "30s"]).fails(7);
}

/// The token has this lifetime. Keycloak computes what is left when it responds, perhaps in the next second.
fn assert_lives(answer: &Value, seconds: i64) {
    let claims = claims(answer["access_token"].as_str().unwrap());
    let [issued, ends, left] = [&claims["iat"], &claims["exp"], &answer["expires_in"]].map(|it| it.as_i64().unwrap());
    assert_eq!(ends - issued, seconds);
    assert!(left == seconds || left == seconds - 1, "{left} of {seconds}");
}

fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_secret_that_was_rotated_is_a_miss() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let old = keycloak.rotate("rotating-kept");
    let call = |secret: &str| Tool::at(&keycloak.realm(), "rotating-kept", secret).keeping_in(cache.path());
    let token = call(&old).succeeds();
    let new = keycloak.rotate("rotating-kept");
    // The old secret still opens its entry, which is valid at the service; a new request with it is refused.
    assert_eq!(call(&old).succeeds(), token);
    call(&old).arg("--refresh").fails(4);
    let fresh = call(&new).succeeds();
    assert_ne!(fresh, token);
    assert_eq!(call(&new).succeeds(), fresh);
}

/// The cache cannot know of a revocation; `--refresh` helps.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn refresh_replaces_a_revoked_token() {
    let (keycloak, cache) = (Keycloak::running(), tempfile::tempdir().unwrap());
    let call = || keycloak.client("acme").keeping_in(cache.path());
    let is_good = |token: &str| {
        let header = format!("Authorization: Bearer {}", token.trim());
        let url = format!("{}/admin/realms/catena", keycloak.http);
        let status = Command::new("curl").args(["-sS", "--fail", "-o", "/dev/null", "-H", &header, &url]).output();
        status.unwrap().status.success()
    };
    let token = call().succeeds();
    assert!(is_good(&token));
    let form = |name: &str, value: &str| format!("{name}={value}");
    let url = format!("{}/protocol/openid-connect/revoke", keycloak.realm());
    let (secret, revoked) = (form("client_secret", &secret_of("acme")), form("token", token.trim()));
    let arguments = ["-sS", "--fail", "-d", "client_id=acme", "--data-urlencode", &secret, "-d", &revoked, &url];
    assert!(Command::new("curl").args(arguments).status().unwrap().success());
    assert!(!is_good(&token));
    assert_eq!(call().succeeds(), token);
    let fresh = call().arg("--refresh").succeeds();
    assert!(fresh != token && is_good(&fresh));
    assert_eq!(call().succeeds(), fresh);
}

/// The commands of users, against an endpoint that checks the token.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_lines_that_users_write() {
    let keycloak = Keycloak::running();
    let api = format!("{}/admin/realms/catena", keycloak.http);
    for script in [
        "catena-token | xargs -I{} curl -sS --fail-with-body -H 'Authorization: Bearer {}' \"$API\"",
        "export CATENA_TOKEN=$(catena-token); curl -sS --fail-with-body -H \"Authorization: Bearer $CATENA_TOKEN\" \"$API\"",
        "catena-token --format header | curl -sS --fail-with-body -H @- \"$API\"",
        "catena-token --client-id acme --client-secret-file <(printf %s \"$SECRET\") --format curl | curl -sS --fail-with-body -K - \"$API\"",
        "eval \"$(catena-token --format sh)\"; curl -sS --fail-with-body -H \"Authorization: Bearer $CATENA_TOKEN\" \"$API\"",
    ] {
        let output = plain_command::command("bash")
            .args(["-c", script])
            .env("PATH", shell::path())
            .env("API", &api)
            .env("SECRET", secret_of("acme"))
            .env("CATENA_ISSUER", keycloak.realm())
            .env("CATENA_CLIENT_ID", "acme")
            .env("CATENA_CLIENT_SECRET", secret_of("acme"))
            .output()
            .unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{script}: {output:?}");
        let realm: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(realm["realm"], "catena", "{script}");
    }
}

/// A minute with tokens of ten seconds: the service accepts the file's token at every read, and gets about one request
/// per token.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn a_job_of_a_minute_always_has_a_token() {
    let keycloak = Keycloak::running();
    let script = "end=$(($(date +%s) + 60)); while [ $(date +%s) -lt $end ]; do token=$(cat \"$CATENA_TOKEN_FILE\"); \
        code=$(printf 'Authorization: Bearer %s' \"$token\" | curl -sS -o /dev/null -w '%{http_code}' -H @- \"$API\"); \
        echo \"$code $(printf %s \"$token\" | cksum)\"; done";
    let job = keycloak.client("short-lived").env("API", format!("{}/admin/realms/catena", keycloak.http));
    let (printed, said) = job.args(["exec", "--renew", "-vv", "sh", "-c", script]).lasting(120).succeeds_saying();
    let mut seen: Vec<&str> = printed.lines().collect();
    assert!(seen.len() > 100 && seen.iter().all(|line| line.starts_with("200 ")), "{printed}");
    seen.dedup();
    let asked = said.matches("HTTP 200").count();
    assert!((6..=9).contains(&seen.len()) && (seen.len()..=9).contains(&asked), "{asked} requests: {seen:?}");
}
