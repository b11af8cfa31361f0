//! The readers of hostile bytes, each behind one function, for the targets in `fuzz/`.

use std::io::{self, Read, Write};
use std::time::{Duration, SystemTime};

use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use crate::base::secret::Secret;
use crate::base::{clock, json};
use crate::credential::Kind;
use crate::display::untrusted::{UntrustedText, escape};
use crate::http::Answer;
use crate::http::connect::proxy::Proxy;
use crate::http::endpoint::{Endpoint, parse_url};
use crate::http::trust;
use crate::http::trust::certificate::{self, Certificate};
use crate::oauth::assertion::Claims;
use crate::oauth::discovery::{self, Expected};
use crate::oauth::endpoints::KnownBy;
use crate::oauth::error::ErrorResponse;
use crate::oauth::issuer::Issuer;
use crate::oauth::jwt::keys::Keys;
use crate::oauth::jwt::verify::examine;
use crate::oauth::jwt::{Jwt, table};
use crate::oauth::signing_key::SigningKey;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::entries;
use crate::token::cache::outcome::Outcome;
use crate::token::cache::seal::{self, SecretKeys};
use crate::token::store::resp;

fn answer(status: u16, body: &[u8]) -> Answer {
    let (content_type, location) = (UntrustedText::new(b"text/html"), UntrustedText::default());
    Answer { status, content_type, location, retry_after: UntrustedText::default(), body: body.to_vec() }
}

fn is_harmless(text: &str) {
    assert_eq!(text, escape(text));
}

/// A token response, and its copy in the cache a minute later.
pub fn token_response(bytes: &[u8]) {
    let now = clock::now();
    let Ok(response) = TokenResponse::parse(&answer(200, bytes), now) else { return };
    is_harmless(response.access_token.expose());
    is_harmless(&response.scope.quote());
    assert!(!response.json.contains('\n'));
    let copy = TokenResponse::cached(response.json, now, response.lifetime, now.after(Duration::from_secs(60)));
    assert!(copy.is_some_and(|copy| copy.access_token == response.access_token));
}

/// A discovery document: a secret goes to https alone.
pub fn discovery(bytes: &[u8]) {
    let Ok(document) = json::text(bytes).and_then(json::object) else { return };
    let Ok(issuer) = Issuer::parse("https://id.example.com") else { return };
    let Ok(found) = discovery::read(&document, Expected { issuer: &issuer, token_issuer: None }) else { return };
    for url in [found.token, found.revocation, found.keys].into_iter().flatten() {
        let endpoint = parse_url(&url).and_then(|uri| Endpoint::of(&uri));
        assert!(endpoint.is_ok_and(|endpoint| endpoint.tls), "{url}");
        is_harmless(&UntrustedText::new(url.as_bytes()).quote());
    }
    if let KnownBy::Document { auth_methods } = found.known_by {
        is_harmless(&auth_methods.quote());
    }
}

/// The body of an error response.
pub fn error_body(bytes: &[u8]) {
    let response = ErrorResponse::of(&answer(400, bytes));
    is_harmless(&response.code.quote());
    is_harmless(&response.description.quote());
    is_harmless(&response.body.title.map(|title| title.quote()).unwrap_or_default());
}

/// A token, and after a line break the key set that it is checked with.
pub fn jwt(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (token, keys) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(jwt) = Jwt::decode(token) else { return };
    table::table(&jwt, "", SystemTime::UNIX_EPOCH).lines().for_each(is_harmless);
    table::json(&jwt).lines().for_each(is_harmless);
    let keys = json::object(keys).ok().and_then(Keys::parse);
    if let (Ok(claimed), Some(keys)) = (examine(&jwt, "https://id.example.com/realms/r"), keys) {
        let _ = claimed.verify(&keys, Some("api"), SystemTime::UNIX_EPOCH);
    }
}

/// A certificate that a server shows.
pub fn certificate(bytes: &[u8]) {
    let der = CertificateDer::from(bytes);
    let _ = (Certificate::read(&der), certificate::signature_algorithm(&der), certificate::unsupported_key(bytes));
}

/// A CA bundle: what is read of it once can be read again.
pub fn pem(bytes: &[u8]) {
    for certificate in trust::certificates(bytes) {
        let _ = Certificate::read(&certificate);
    }
}

/// A proxy's answer to CONNECT.
pub fn proxy_answer(bytes: &[u8]) {
    struct Answer<'a>(&'a [u8]);

    impl Read for Answer<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Answer<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let Ok(proxy) = Proxy::parse("http://proxy.example.com:3128") else { return };
    let target = Endpoint { host: "id.example.com".into(), port: 443, tls: true };
    let _ = proxy.ask(&mut Answer(bytes), &target);
}

/// What a store sends: a reply ends within it, and is the same whatever follows.
pub fn store_reply(bytes: &[u8]) {
    if let Ok(Some((reply, length))) = resp::read(bytes) {
        assert!(length <= bytes.len());
        assert_eq!(resp::read(&bytes[..length]), Ok(Some((reply, length))));
        assert_eq!(resp::read(&bytes[..length - 1]), Ok(None));
    }
}

/// A file that holds a client secret, an assertion or a signing key.
pub fn secret(bytes: &[u8]) {
    let read = |kind: Kind| kind.text(Ok(Zeroizing::new(bytes.to_vec()))).ok();
    if let Some(secret) = read(Kind::Secret) {
        assert!(!secret.expose().contains(char::is_control));
    }
    let _ = read(Kind::Assertion).map(|text| Claims::read(&text, false));
    let _ = read(Kind::SigningKey).map(|pem| SigningKey::load(&pem, None).err());
}

/// A file of the cache: as anybody may have written it, and its content as who has the key may have.
pub fn sealed_entry(bytes: &[u8]) {
    const NAME: &str = "entry";
    let Ok(secret) = Secret::new(b"correct-horse-battery".to_vec()) else { return };
    let keys = SecretKeys::of(&secret);
    assert!(keys.file_key(NAME, bytes).and_then(|key| seal::open(&key, bytes.to_vec())).is_none());
    let Some((file, key)) = seal::seal(&keys, NAME, 0, bytes) else { return };
    assert_eq!(seal::open(&key, file).as_deref(), Some(bytes));
    let _ = (entries::read(bytes), entries::read_shared(bytes, Duration::from_secs(60)), Outcome::read(bytes));
}
