//! `inspect --verify`: only a suitable key of the realm verifies a token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use catena_token_issuer::{CLIENT_SECRET, Certificate, Issuer, Reply, Setup, Signer};

use crate::support::Tool;
use crate::support::verifying::{claims, fails, is_genuine, verify, with_keys};

#[test]
fn every_algorithm_that_ring_has() {
    for algorithm in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"] {
        let signer = Signer::new(algorithm, "k1");
        let issuer = with_keys(&format!("{{{}}}", signer.public()));
        is_genuine(&issuer, &signer.sign(&claims(&issuer)));
        // Another key with the same id, if there can be one.
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
            "the token is not genuine: its signature is invalid: the token was altered or signed with another key"
        );
    }
}

/// RFC 9864 gives EdDSA with this curve its own name.
#[test]
fn two_names_of_one_algorithm() {
    let signer = Signer::new("EdDSA", "k1");
    let issuer = with_keys(&format!("{{{}}}", signer.public().replace("\"EdDSA\"", "\"Ed25519\"")));
    is_genuine(&issuer, &signer.sign(&claims(&issuer)));
    is_genuine(&issuer, &signer.sign_as(r#"{"alg":"Ed25519","kid":"k1"}"#, &claims(&issuer)));
    let curve = with_keys(&format!("{{{}}}", signer.public().replace("\"crv\":\"Ed25519\"", "\"crv\":\"X25519\"")));
    assert!(fails(&curve, &signer.sign(&claims(&curve))).error.contains("for another use or algorithm"));
}

/// The token names a key, and the key decides its algorithm and use.
#[test]
fn the_key_decides() {
    let signer = Signer::new("ES256", "k1");
    let public = signer.public();
    let rsa = Signer::new("RS256", "k1").public();
    let another_use = "the token is not genuine: the key with its 'kid' is for another use or algorithm";
    for (keys, why) in [
        (String::new(), "the token is not genuine: the realm has no key with its 'kid'"),
        (format!("{{{public}}},{{{rsa}}}"), "cannot verify the token: the realm has more than one key with its 'kid'"),
        (
            format!("{{{public}}},{{{public}}}"),
            "cannot verify the token: the realm has more than one key with its 'kid'",
        ),
        (format!("{{{}}}", public.replace("\"sig\"", "\"enc\"")), another_use),
        (format!("{{{},\"key_ops\":[\"encrypt\"]}}", public.replace("\"use\":\"sig\",", "")), another_use),
        (format!("{{{rsa}}}"), another_use),
        (format!("{{{}}}", public.replace("P-256", "P-384")), another_use),
        (format!("{{{}}}", public.replace("\"ES256\"", "\"ES384\"")), another_use),
        (format!("{{{}}}", public.replace("\"ES256\"", "256")), another_use),
        (format!("{{{}}}", Signer::new("EdDSA", "k1").public()), another_use),
    ] {
        let issuer = with_keys(&keys);
        assert_eq!(fails(&issuer, &signer.sign(&claims(&issuer))).error, why, "{keys}");
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
        (&rsa, rsa.public().replace(&n, &n[..160]), "the realm's key has no usable 'n'"),
        (&rsa, rsa.public().replace("\"n\":", "\"m\":"), "the realm's key has no usable 'n'"),
        (&rsa, rsa.public().replace("AQAB", "AQ"), "the realm's key has no usable 'e'"),
        (&rsa, rsa.public().replace("AQAB", "AQAA"), "the realm's key has no usable 'e'"),
        (&signer, signer.public().replace(&x, &format!("{x}=")), "the realm's key has no usable 'x'"),
        (&signer, signer.public().replace(&x, &x[..40]), "the realm's key has no usable 'x'"),
    ] {
        let issuer = with_keys(&format!("{{{keys}}}"));
        assert_eq!(fails(&issuer, &signer.sign(&claims(&issuer))).error, format!("cannot verify the token: {why}"));
    }
    // Not a point on the curve.
    let issuer = with_keys(&format!("{{{}}}", signer.public().replace(&x, &URL_SAFE_NO_PAD.encode([7; 32]))));
    assert!(fails(&issuer, &signer.sign(&claims(&issuer))).error.contains("its signature is invalid"));
}

/// A forged token names the forger's key, which is ignored.
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
    assert!(fails(&issuer, &forger.sign_as(&header, &claims(&issuer))).error.contains("its signature is invalid"));
    is_genuine(&issuer, &issuer.signer().sign_as(&header, &claims(&issuer)));
    assert!(issuer.requests().iter().all(|request| request.path.ends_with("/certs")));
}

/// A realm sends back parts of an earlier request, or of the token that it never received.
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
            " refused the request (HTTP 404, Realm does not exist)",
        ),
        (Reply::json(503, ""), 5, " failed (HTTP 503)"),
        (Reply::Close, 5, " closed the connection"),
        (Reply::http(302, "", "").header("Location", "https://elsewhere.example.com/"), 6, " redirects to "),
        (Reply::http(200, "text/html", "<html>Log in"), 7, "it is not JSON: text/html, 12 bytes"),
        (Reply::json(200, "{}"), 7, "it has no list of 'keys'"),
        (Reply::json(200, r#"{"keys":[1]}"#), 7, "the realm has no key with its 'kid'"),
        (Reply::json(200, r#"{"keys":[{"kid":"k1","kid":"k1"}]}"#), 7, "it has a duplicate name"),
    ] {
        let issuer = Issuer::replying(reply);
        let failed = verify(&issuer).given(&token.sign(&claims(&issuer))).fails(code);
        assert!(failed.error.contains("the token") && failed.error.contains(error), "{}", failed.error);
    }
    let issuer = Issuer::start(Setup { replies: vec![Reply::json(503, ""), Reply::Keycloak], ..Setup::default() });
    verify(&issuer).env("CATENA_RETRIES", "1").given(&issuer.signer().sign(&claims(&issuer))).succeeds();
    let untrusted = Issuer::start(Setup { certificate: Some(Certificate::WrongName), ..Setup::default() });
    verify(&untrusted).given(&token.sign(&claims(&untrusted))).fails(6);
}
