//! A signed JSON Web Token (RFC 7519) in compact form (RFC 7515 §7.1), decoded.
//!
//! Decoding proves nothing, because anyone can write a token: [`verify`] checks its signature. Its text is untrusted.

pub mod claims;
pub mod error;
pub mod keys;
pub mod table;
pub mod verify;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base::json::{self, JsonProblem, Object};
use crate::display::redact::begins_like_a_jwt;

/// The longest token: a whole response has at most 1 MiB.
pub const LONGEST: usize = 1024 * 1024;

/// A token's three parts, not verified.
pub struct Jwt<'a> {
    pub header: Part,
    pub claims: Part,
    /// The first two parts and the dot between them, as they were sent.
    signed: &'a str,
    signature: Vec<u8>,
}

pub struct Part {
    /// As it was sent.
    pub json: String,
    pub members: Object,
}

/// Why a token or a part of it cannot be decoded. An opaque token may be valid: only its server can read it.
#[derive(Debug, PartialEq, Eq)]
pub enum NotJwt {
    Opaque { parts: usize },
    NotBase64url(&'static str),
    NotJson(&'static str, JsonProblem),
}

impl<'a> Jwt<'a> {
    /// Strict base64url without padding, UTF-8, and JSON objects with unique names.
    pub fn decode(token: &'a str) -> Result<Self, NotJwt> {
        let parts: Vec<&str> = token.splitn(4, '.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(NotJwt::Opaque { parts: token.split('.').count() });
        };
        Ok(Self {
            header: Part::decode("header", header)?,
            claims: Part::decode("payload", claims)?,
            signed: &token[..header.len() + 1 + claims.len()],
            signature: bytes("signature", signature)?,
        })
    }
}

impl Part {
    fn decode(part: &'static str, text: &str) -> Result<Self, NotJwt> {
        let not_json = |problem| NotJwt::NotJson(part, problem);
        let json = String::from_utf8(bytes(part, text)?).map_err(|_| not_json(JsonProblem::NotUtf8))?;
        let members = json::object(&json).map_err(not_json)?;
        Ok(Self { json, members })
    }

    /// A member that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }
}

/// Whether a text that is not a JWT contains a part of one: a JSON object in base64.
pub fn is_part_of_a_jwt(text: &str) -> bool {
    text.split('.').any(begins_like_a_jwt)
}

fn bytes(part: &'static str, text: &str) -> Result<Vec<u8>, NotJwt> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotJwt::NotBase64url(part))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::clock;

    fn encoded(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    fn of(header: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", encoded(header), encoded(claims))
    }

    #[test]
    fn three_parts_are_taken_apart_and_nothing_else() {
        let token = of(r#"{"alg":"RS256"}"#, r#"{"iss":"x"}"#);
        let jwt = Jwt::decode(&token).unwrap();
        assert_eq!((jwt.header.text("alg"), jwt.claims.text("iss")), (Some("RS256"), Some("x")));
        assert_eq!(format!("{}.c2ln", jwt.signed), token);
        assert_eq!(jwt.signature, b"sig");
        for (token, parts) in [("opaque", 1), ("a.b", 2), ("...", 4), ("a.b.c.d.e", 5), ("", 1)] {
            assert_eq!(Jwt::decode(token).err(), Some(NotJwt::Opaque { parts }), "{token}");
        }
    }

    #[test]
    fn what_is_not_strict_is_refused() {
        use NotJwt::{NotBase64url, NotJson};
        let good = encoded("{}");
        for (token, error) in [
            ("..".to_owned(), NotJson("header", JsonProblem::CutOff)),
            // `{}` with a bit set that belongs to no byte.
            (format!("e31.{good}."), NotBase64url("header")),
            (format!("{good}=.{good}."), NotBase64url("header")),
            (format!("{good}.e3 0."), NotBase64url("payload")),
            (format!("{good}.{good}.c+ln"), NotBase64url("signature")),
            (format!("{good}._w."), NotJson("payload", JsonProblem::NotUtf8)),
            (of("{}", "[]"), NotJson("payload", JsonProblem::NotAnObject)),
            (of("{}", r#"{"exp":1,"exp":2}"#), NotJson("payload", JsonProblem::DuplicateName)),
            (of(r#"{"alg":"none","alg":"RS256"}"#, "{}"), NotJson("header", JsonProblem::DuplicateName)),
        ] {
            assert_eq!(Jwt::decode(&token).err(), Some(error), "{token}");
        }
    }

    /// JSON of every kind, in claims that are looked at and in others.
    fn claims() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        let name = prop_oneof![
            prop::sample::select(vec![
                "azp",
                "client_id",
                "org",
                "organization",
                "id",
                "org_type",
                "scope",
                "aud",
                "typ",
                "iat",
                "nbf",
                "exp",
                "iss",
                "realm_access",
                "resource_access",
                "roles",
                "alg",
                "kid",
                "crit",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        leaf.prop_recursive(4, 32, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::hash_map(name.clone(), inner, 0..12)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    fn is_fit_to_be_shown(text: &str) -> bool {
        text.split('\n').all(|line| crate::display::untrusted::escape(line) == line)
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>(), header in any::<Vec<u8>>(), claims in any::<Vec<u8>>()) {
            let _ = Jwt::decode(&String::from_utf8_lossy(&bytes));
            let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
            let _ = Jwt::decode(&format!("{}.{}.{}", part(&header), part(&claims), part(&bytes)));
            let _ = Jwt::decode(&format!("e30.{}.", part(&claims)));
        }

        #[test]
        fn whatever_it_says_is_shown_without_harm(header in claims(), claims in claims()) {
            let token = of(&header.to_string(), &claims.to_string());
            if let Ok(jwt) = Jwt::decode(&token) {
                let shown = table::table(&jwt, "not checked", clock::wall());
                prop_assert!(is_fit_to_be_shown(&shown), "{shown}");
                let json = table::json(&jwt);
                prop_assert!(is_fit_to_be_shown(&json), "{json}");
                let read: serde_json::Value = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(&read["claims"], &serde_json::from_str::<serde_json::Value>(&jwt.claims.json).unwrap());
            }
        }
    }
}
