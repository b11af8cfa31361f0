//! `inspect --verify`: only a token that a key of the realm has signed for the realm is genuine.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catena_token_issuer::{CLIENT_SECRET, Certificate, Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::tool::Failed;

/// The last line about a token that `issuer` signed.
fn yes(issuer: &Issuer) -> String {
    format!("genuine        yes: signed by a key of {}, and valid now", issuer.url())
}

/// What a call needs to ask `issuer` for its keys, and no more.
fn verify(issuer: &Issuer) -> Tool {
    let tool = Tool::bare().env("CATENA_ISSUER", issuer.url()).env("CATENA_RETRIES", "0");
    let tool = match issuer.trusted_pem() {
        "" => tool,
        pem => {
            let bundle = tool.file("ca.pem", pem);
            tool.env("CATENA_CA_CERT", bundle)
        }
    };
    tool.args(["inspect", "--verify", "-"])
}

/// An issuer whose keys are `keys`, as JSON.
fn with_keys(keys: &str) -> Issuer {
    Issuer::replying(Reply::json(200, &format!(r#"{{"keys":[{keys}]}}"#)))
}

fn idle() -> Issuer {
    Issuer::start(Setup { may_be_idle: true, ..Setup::default() })
}

fn claims(issuer: &Issuer) -> String {
    format!(r#"{{"iss":"{}","exp":{}}}"#, issuer.url(), now() + 60)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn is_genuine(issuer: &Issuer, token: &str) {
    assert_eq!(verify(issuer).given(token).succeeds().lines().last(), Some(yes(issuer).as_str()));
}

fn fails(issuer: &Issuer, token: &str) -> Failed {
    verify(issuer).given(token).fails(7)
}

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

#[test]
fn every_algorithm_that_ring_has() {
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
        let signer = Signer::new(algorithm, "k1");
        let issuer = with_keys(&format!("{{{}}}", signer.public()));
        is_genuine(&issuer, &signer.sign(&claims(&issuer)));
        // The same key's name, by another key, where there can be one.
        let forged = match algorithm.starts_with("ES") || algorithm == "EdDSA" {
            true => Signer::new(algorithm, "k1").sign(&claims(&issuer)),
            false => {
                let token = signer.sign(&claims(&issuer));
                let (signed, signature) = token.rsplit_once('.').unwrap();
                let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
                bytes[100] ^= 1;
                format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
            }
        };
        let failed = fails(&issuer, &forged);
        assert_eq!(
            failed.error,
            "the token is not genuine: its signature does not fit: it was altered, or signed by somebody else"
        );
    }
}

/// RFC 9864 gives EdDSA with this curve a name of its own.
#[test]
fn two_names_of_one_algorithm() {
    let signer = Signer::new("EdDSA", "k1");
    let issuer = with_keys(&format!("{{{}}}", signer.public().replace("\"EdDSA\"", "\"Ed25519\"")));
    is_genuine(&issuer, &signer.sign(&claims(&issuer)));
    is_genuine(&issuer, &signer.sign_as(r#"{"alg":"Ed25519","kid":"k1"}"#, &claims(&issuer)));
    let curve = with_keys(&format!("{{{}}}", signer.public().replace("\"crv\":\"Ed25519\"", "\"crv\":\"X25519\"")));
    assert!(fails(&curve, &signer.sign(&claims(&curve))).error.contains("for another algorithm"));
}

/// The secret that the token was got with, where the service put it into the token.
#[test]
fn a_secret_in_a_claim_is_not_shown() {
    let signer = Signer::new("ES256", "k1");
    let token = signer.sign(&format!(r#"{{"iss":"{CLIENT_SECRET}","azp":"{CLIENT_SECRET}"}}"#));
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":300}}"#);
    let issuer = Issuer::replying(Reply::json(200, &body));
    let call = || Tool::asking(&issuer).args(["inspect", "--no-cache"]);
    assert!(call().arg("--verify").fails(7).error.starts_with("the token is not genuine: its issuer is `[redacted]`"));
    let table = call().succeeds();
    assert!(!table.contains(CLIENT_SECRET) && table.starts_with("client         [redacted]\n"), "{table}");
}

#[test]
fn a_payload_that_was_altered_is_not_genuine() {
    let issuer = Issuer::http();
    let token = issuer.signer().sign(&claims(&issuer));
    let altered = issuer.signer().sign(&format!(r#"{{"iss":"{}","azp":"root"}}"#, issuer.url()));
    let parts: Vec<&str> = token.split('.').collect();
    let payload = altered.split('.').nth(1).unwrap();
    for forged in [format!("{}.{payload}.{}", parts[0], parts[2]), format!("{}.{payload}.", parts[0])] {
        assert!(fails(&issuer, &forged).error.contains("its signature does not fit"));
    }
}

/// The token names a key, and the key decides what it is good for.
#[test]
fn the_key_decides() {
    let signer = Signer::new("ES256", "k1");
    let public = signer.public();
    let rsa = Signer::new("RS256", "k1").public();
    let not_for_signatures = "is not genuine: the key of its `kid` is not for signatures";
    let another_algorithm = "is not genuine: the key of its `kid` is for another algorithm";
    for (keys, why) in [
        (String::new(), "is not genuine: the realm has no key of its `kid`"),
        (format!("{{{public}}},{{{rsa}}}"), "cannot be checked: the realm has more than one key of its `kid`"),
        (format!("{{{public}}},{{{public}}}"), "cannot be checked: the realm has more than one key of its `kid`"),
        (format!("{{{}}}", public.replace("\"sig\"", "\"enc\"")), not_for_signatures),
        (format!("{{{},\"key_ops\":[\"encrypt\"]}}", public.replace("\"use\":\"sig\",", "")), not_for_signatures),
        (format!("{{{rsa}}}"), another_algorithm),
        (format!("{{{}}}", public.replace("P-256", "P-384")), another_algorithm),
        (format!("{{{}}}", public.replace("\"ES256\"", "\"ES384\"")), another_algorithm),
        (format!("{{{}}}", public.replace("\"ES256\"", "256")), another_algorithm),
        (format!("{{{}}}", Signer::new("EdDSA", "k1").public()), another_algorithm),
    ] {
        let issuer = with_keys(&keys);
        assert_eq!(fails(&issuer, &signer.sign(&claims(&issuer))).error, format!("the token {why}"), "{keys}");
    }
    for harmless in [
        public.replace("\"use\":\"sig\",", ""),
        public.replace("\"alg\":\"ES256\",", ""),
        format!("{},\"key_ops\":null", public.replace("\"sig\"", "null").replace("\"ES256\"", "null")),
        format!("{public},\"key_ops\":[\"verify\"],\"x5c\":[\"AA==\"],\"other\":{{}}"),
    ] {
        let issuer = with_keys(&format!("{{\"kty\":\"oct\",\"k\":\"AA\"}},{{{harmless}}}"));
        is_genuine(&issuer, &signer.sign(&claims(&issuer)));
    }
}

#[test]
fn a_key_that_cannot_be_used_checks_nothing() {
    let signer = Signer::new("ES256", "k1");
    let rsa = Signer::new("RS256", "k1");
    let n = rsa.public().split("\"n\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let x = signer.public().split("\"x\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (signer, keys, why) in [
        (
            &rsa,
            rsa.public().replace(&n, &n[..160]),
            "the realm's key has an `n` of 960 bits, and 2048 to 8192 can be used",
        ),
        (&rsa, rsa.public().replace("\"n\":", "\"m\":"), "the realm's key has no usable `n`"),
        (&rsa, rsa.public().replace("AQAB", "AQ"), "the realm's key has an `e` of 1 bits, and 2 to 33 can be used"),
        (&rsa, rsa.public().replace("AQAB", "AQAA"), "the realm's key has no usable `e`"),
        (&signer, signer.public().replace(&x, &format!("{x}=")), "the realm's key has no usable `x`"),
        (&signer, signer.public().replace(&x, &x[..40]), "the realm's key has no usable `x`"),
    ] {
        let issuer = with_keys(&format!("{{{keys}}}"));
        assert_eq!(fails(&issuer, &signer.sign(&claims(&issuer))).error, format!("the token cannot be checked: {why}"));
    }
    // Not a point of the curve.
    let issuer = with_keys(&format!("{{{}}}", signer.public().replace(&x, &URL_SAFE_NO_PAD.encode([7; 32]))));
    assert!(fails(&issuer, &signer.sign(&claims(&issuer))).error.contains("does not fit"));
}

/// What no key could make good is refused before the realm is asked.
#[test]
fn the_header_cannot_choose_how_it_is_checked() {
    let issuer = idle();
    let sign = |header: &str| issuer.signer().sign_as(header, &claims(&issuer));
    for (header, error) in [
        (r#"{"alg":"none"}"#, "the token is not genuine: its algorithm is `none`, so that nobody has signed it"),
        (
            r#"{"alg":"nOnE","kid":"realm-key"}"#,
            "the token is not genuine: its algorithm is `nOnE`, so that nobody has signed it",
        ),
        (
            r#"{"alg":"HS256","kid":"realm-key"}"#,
            "the token is not genuine: its algorithm is `HS256`, which takes a shared secret and no realm's key",
        ),
        (
            r#"{"alg":"ES512","kid":"realm-key"}"#,
            "the token cannot be checked: its algorithm `ES512` is not known here",
        ),
        (
            r#"{"alg":"es256","kid":"realm-key"}"#,
            "the token cannot be checked: its algorithm `es256` is not known here",
        ),
        (r#"{"kid":"realm-key"}"#, "the token is not genuine: its header names no algorithm (`alg`)"),
        (r#"{"alg":["ES256"],"kid":"realm-key"}"#, "the token is not genuine: its header names no algorithm (`alg`)"),
        (r#"{"alg":"ES256"}"#, "the token cannot be checked: its header names no key (`kid`)"),
        (
            r#"{"alg":"ES256","kid":"realm-key","crit":[]}"#,
            "the token is not genuine: its header has extensions that must be understood (`crit`), and are not",
        ),
    ] {
        assert_eq!(fails(&issuer, &sign(header)).error, error);
    }
}

/// Whoever forges names a key of his own; it is not looked at.
#[test]
fn keys_that_the_token_brings_are_not_used() {
    let issuer = Issuer::http();
    let forger = Signer::new("ES256", "realm-key");
    let header = format!(
        r#"{{"alg":"ES256","kid":"realm-key","jwk":{{{}}},"jku":"{}/forged","x5u":"{}/x5u","x5c":["AA=="]}}"#,
        forger.public(),
        issuer.origin(),
        issuer.origin()
    );
    assert!(fails(&issuer, &forger.sign_as(&header, &claims(&issuer))).error.contains("does not fit"));
    is_genuine(&issuer, &issuer.signer().sign_as(&header, &claims(&issuer)));
    assert!(issuer.requests().iter().all(|request| request.path.ends_with("/certs")));
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
        (format!(r#""exp":{ahead},"typ":"ID""#), "genuine        yes, but it is no access token: signed by"),
    ] {
        let table = verify(&issuer).given(&sign(&remarkable)).succeeds();
        assert!(table.lines().last().unwrap().starts_with(verdict), "{table}");
    }
    for (bad, error) in [
        (format!(r#""exp":{past}"#), "the token is not valid: it expired 3 min "),
        (format!(r#""exp":"{ahead}""#), "the token is not valid: its `exp` is no number"),
        (r#""exp":null"#.to_owned(), "the token is not valid: its `exp` is no number"),
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
            false => assert_eq!(call.fails(7).error, "the token is not valid: it is not for the audience `api`"),
        }
    }
}

#[test]
fn another_realms_token_is_not_asked_about() {
    let issuer = idle();
    for (iss, said) in [
        (
            r#""https://foreign.example.com/realms/x\u202e""#,
            "its issuer is `https://foreign.example.com/realms/x\\u{202e}`",
        ),
        ("7", "its issuer is `7`"),
    ] {
        let failed = fails(&issuer, &issuer.signer().sign(&format!(r#"{{"iss":{iss}}}"#)));
        assert_eq!(failed.error, format!("the token is not genuine: {said}, not `{}`", issuer.url()));
        assert!(failed.hint.contains("--token-issuer"), "{}", failed.hint);
    }
    let failed = fails(&issuer, &issuer.signer().sign("{}"));
    assert_eq!(
        failed.error,
        format!("the token is not genuine: it names no issuer, and `{}` is expected", issuer.url())
    );
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

/// Whatever a realm sends back of what it was sent before, or of the token that it was never sent.
#[test]
fn a_realm_that_reflects_is_not_repeated() {
    let signer = Signer::new("RS256", "k1");
    for part in 0..3 {
        let token = signer.sign(r#"{"iss":"http://localhost:1/realms/catena"}"#);
        let part = token.split('.').nth(part).unwrap();
        for reply in [
            Reply::json(403, &format!(r#"{{"error":"x","error_description":"you sent {part}"}}"#)),
            Reply::http(200, "text/plain", part),
        ] {
            let issuer = Issuer::replying(reply);
            let call =
                verify(&issuer).args(["--token-issuer", "http://localhost:1/realms/catena", "-vv"]).given(&token);
            let (code, stdout, said) = call.run();
            assert!(code != Some(0) && stdout.is_empty(), "{said}");
            assert!(part.len() < 60 || !said.contains(&part[8..24]), "{said}");
        }
    }
    let reflection = Reply::json(403, &format!(r#"{{"error":"x","error_description":"{CLIENT_SECRET}"}}"#));
    let issuer = Issuer::start(Setup { replies: vec![Reply::Keycloak, reflection], ..Setup::default() });
    let failed = Tool::asking(&issuer).args(["inspect", "--verify", "--no-cache"]).fails(4);
    assert!(failed.error.ends_with("(HTTP 403, x): [redacted]") && failed.hint == "ask the realm's administrator");
}

#[test]
fn keys_come_by_the_way_that_tokens_come() {
    let token = Signer::new("ES256", "k1");
    for (reply, code, error) in [
        (
            Reply::json(404, r#"{"error":"Realm does not exist"}"#),
            4,
            "the server refused (HTTP 404, Realm does not exist)",
        ),
        (Reply::json(503, ""), 5, "the server cannot answer now (HTTP 503)"),
        (Reply::Close, 5, "the connection broke"),
        (Reply::http(302, "", "").header("Location", "https://elsewhere.example.com/"), 6, "the server redirects"),
        (
            Reply::http(200, "text/html", "<html>Log in"),
            7,
            "it cannot be read as JSON: text/html, 12 bytes, `<html>Log in`",
        ),
        (Reply::json(200, "{}"), 7, "it has no list of `keys`"),
        (Reply::json(200, r#"{"keys":[1]}"#), 7, "the realm has no key of its `kid`"),
        (Reply::json(200, r#"{"keys":[{"kid":"k1","kid":"k1"}]}"#), 7, "it has a name twice"),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = verify(&issuer).given(&token.sign(&claims(&issuer))).fails(code);
        assert!(failed.error.starts_with("the token ") && failed.error.contains(error), "{}", failed.error);
    }
    let issuer = Issuer::start(Setup { replies: vec![Reply::json(503, ""), Reply::Keycloak], ..Setup::default() });
    verify(&issuer).env("CATENA_RETRIES", "1").given(&issuer.signer().sign(&claims(&issuer))).succeeds();
    let untrusted = Issuer::start(Setup { certificate: Some(Certificate::WrongName), ..Setup::default() });
    verify(&untrusted).given(&token.sign(&claims(&untrusted))).fails(6);
}
