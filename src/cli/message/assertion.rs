//! The hint for a client assertion that the realm refused.
//!
//! Keycloak answers 400 with a reason if it found the client and the signature is right, and 401 for anything before.

use std::time::SystemTime;

use crate::base::clock;
use crate::base::duration::in_words;
use crate::display::untrusted::UntrustedText;
use crate::oauth::assertion::Claims;
use crate::oauth::error::ErrorResponse;

/// `now`: by this machine's clock.
pub fn hint(response: &ErrorResponse, claims: &Claims, now: SystemTime) -> String {
    let description = response.description.raw();
    let has = |words: &str| description.contains(words);
    let quote = |text: &Option<String>| UntrustedText::new(text.as_deref().unwrap_or_default().as_bytes()).quote();
    if has("Token reuse detected") {
        return "this assertion was used before, and the realm takes each one once: get a new one, or ask the realm's \
                administrator to allow reuse for the identity provider"
            .to_owned();
    }
    if has("audience") {
        let audience = quote(&Some(claims.audience.join(" and ")));
        return match claims.audience.len() {
            0 | 1 => format!(
                "the assertion is for '{audience}', which is not the realm's name in its tokens: use --token-issuer, \
                 or --assertion-audience"
            ),
            _ => format!("the assertion is for '{audience}': request one for a single audience"),
        };
    }
    if ["active", "future", "past", "expiration"].iter().any(|word| has(word)) {
        return times(description, claims, now);
    }
    if !claims.is_own {
        let (issuer, subject) = (quote(&claims.issuer), quote(&claims.subject));
        return match has("algorithm") {
            true => format!(
                "the realm does not accept {} of the issuer '{issuer}': request an assertion that a private key signs, \
                 as by RS256",
                quote(&Some(claims.algorithm.clone()))
            ),
            false => format!(
                "the realm must know the issuer '{issuer}' as an identity provider, and the client its subject \
                 '{subject}'; else the client or the provider is disabled, or the realm cannot fetch the issuer's keys"
            ),
        };
    }
    if has("Unable to load public key") {
        return match &claims.key_id {
            Some(_) => format!(
                "the realm has no key '{}' for this client: leave --signing-key-id out, or wait 10 s if the key is new",
                quote(&claims.key_id)
            ),
            None => "register the key's certificate for this client, of the algorithm that it signs with".to_owned(),
        };
    }
    if has("Signature") {
        return "the realm knows another key for this client: register this one; if it has several, use \
                --signing-key-id"
            .to_owned();
    }
    if has("algorithm") {
        let algorithm = quote(&Some(claims.algorithm.clone()));
        return format!("the realm does not accept {algorithm} for this client: use --signing-alg");
    }
    "check --issuer and --client-id, and that the client's authenticator is 'Signed JWT'".to_owned()
}

/// For an assertion that is too old, or not yet valid, by the realm's clock.
fn times(description: &str, claims: &Claims, now: SystemTime) -> String {
    if claims.is_own {
        return format!(
            "check this machine's clock: it says {}; a difference of more than 30 s to the realm's is too much",
            clock::date(now)
        );
    }
    let ago = |time: SystemTime| now.duration_since(time).ok().map(in_words);
    let has = |word: &str| description.contains(word);
    match (claims.expires.and_then(ago), claims.issued) {
        (Some(ago), _) => format!("the assertion expired {ago} ago: get a new one; is its file still updated?"),
        _ if has("active") => {
            "the assertion is not valid yet by the realm's clock ('nbf'): by default the identity provider allows no \
             clock skew"
                .to_owned()
        }
        (None, Some(issued)) if has("future") => format!(
            "the assertion was issued at {}, which is in the future by the realm's clock: the identity provider's \
             'allowedClockSkew' is 0 by default",
            clock::date(issued)
        ),
        (None, Some(issued)) => format!(
            "the assertion was issued {}: get a new one; is its file still updated? The realm limits the age (the \
             identity provider's 'fedClientAssertionMaxExp')",
            ago(issued).map_or_else(|| format!("at {}", clock::date(issued)), |ago| format!("{ago} ago"))
        ),
        (None, None) => "the assertion has no 'iat': the realm then limits how far 'exp' may be ahead".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);

    fn at(offset: i64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.as_secs().saturating_add_signed(offset))
    }

    fn claims(is_own: bool, issued: i64, expires: i64) -> Claims {
        Claims {
            is_own,
            issuer: Some("https://ci.example".to_owned()),
            subject: Some("repo:acme".to_owned()),
            audience: vec!["https://id.example/realms/r".to_owned()],
            issued: Some(at(issued)),
            expires: Some(at(expires)),
            algorithm: "RS256".to_owned(),
            key_id: None,
        }
    }

    #[test]
    fn each_refusal_has_its_hint() {
        let (fresh, own) = (claims(false, -10, 290), claims(true, -15, 60));
        let named = Claims { key_id: Some("k1".to_owned()), ..own.clone() };
        let two = Claims { audience: vec!["a".to_owned(), "b".to_owned()], ..fresh.clone() };
        for (description, claims, hint) in [
            ("Token reuse detected", &fresh, "this assertion was used before"),
            ("Invalid token audience", &fresh, "is for 'https://id.example/realms/r', which is not the realm's name"),
            ("Multiple audiences not allowed", &two, "is for 'a and b': request one for a single audience"),
            ("Token is not active", &claims(false, -400, -60), "the assertion expired 1 min ago"),
            ("Token is not active", &fresh, "not valid yet by the realm's clock"),
            ("Token was issued too far in the past to be used now", &claims(false, -720, 60), "was issued 12 min ago"),
            ("Token was issued in the future", &claims(false, 60, 300), "is 0 by default"),
            // This machine's clock and the issuer's agree.
            ("Token was issued in the future", &fresh, "which is in the future by the realm's clock"),
            ("Token is not active", &own, "check this machine's clock: it says 2027-01-15"),
            ("Unable to load public key", &own, "register the key's certificate"),
            ("Unable to load public key", &named, "has no key 'k1' for this client: leave --signing-key-id out"),
            ("Signature on JWT token failed validation", &own, "use --signing-key-id"),
            ("Invalid signature algorithm", &own, "does not accept RS256 for this client: use --signing-alg"),
            ("Invalid signature algorithm", &fresh, "does not accept RS256 of the issuer 'https://ci.example'"),
            ("Invalid client or Invalid client credentials", &own, "'Signed JWT'"),
            ("Invalid client or Invalid client credentials", &fresh, "issuer 'https://ci.example' as an identity"),
        ] {
            let response =
                ErrorResponse { description: UntrustedText::new(description.as_bytes()), ..ErrorResponse::default() };
            let shown = super::hint(&response, claims, at(0));
            assert!(shown.contains(hint), "{description}: {shown}");
        }
    }
}
