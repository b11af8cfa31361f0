//! The words for a token that is not a JWT or not genuine. A token's own text is untrusted: [`quoted`] and [`shown`]
//! escape it.

use serde_json::Value;

use super::{Words, request};
use crate::base::clock;
use crate::base::duration::in_words;
use crate::oauth::jwt::NotJwt;
use crate::oauth::jwt::claims::{quoted, shown, system_time};
use crate::oauth::jwt::error::OtherIssuer;
use crate::oauth::jwt::error::VerifyError::{self, *};

pub fn words(error: &VerifyError) -> Words {
    const FORGED: &str = "the token is not genuine";
    const UNCHECKED: &str = "cannot verify the token";
    // Signed by the realm, but not for use now or here.
    const INVALID: &str = "the token is not valid";
    let (what, why) = match error {
        NoAlgorithm => (FORGED, "its header names no algorithm ('alg')".into()),
        KeylessAlgorithm(name) => (FORGED, format!("its algorithm '{}' does not use a realm's key", quoted(name))),
        UnknownAlgorithm(name) => (UNCHECKED, format!("its algorithm '{}' is not supported", quoted(name))),
        CriticalExtensions => (FORGED, "its header has unsupported extensions ('crit')".into()),
        NoKeyId => (UNCHECKED, "its header names no key ('kid')".into()),
        Issuer(error) => (FORGED, other_issuer(error)),
        UnknownKey => (FORGED, "the realm has no key with its 'kid'".into()),
        AmbiguousKey => (UNCHECKED, "the realm has more than one key with its 'kid'".into()),
        KeyForOtherUse => (FORGED, "the key with its 'kid' is for another use or algorithm".into()),
        BrokenKey(member) => (UNCHECKED, format!("the realm's key has no usable '{member}'")),
        BadSignature => (FORGED, "its signature is invalid: the token was altered or signed with another key".into()),
        TimeNotANumber(claim) => (INVALID, format!("its '{claim}' is not a number")),
        NotYetValid(begins) => (INVALID, format!("it is not valid before {}", date(begins))),
        Expired(end, age) => (INVALID, format!("it expired {} ago ({})", in_words(*age), date(end))),
        OtherAudience(audience) => (INVALID, format!("it is not for the audience '{audience}'")),
    };
    Words::new(format!("{what}: {why}"), hint(error))
}

fn hint(error: &VerifyError) -> &'static str {
    match error {
        Issuer(_) => {
            "if you trust that issuer, use --issuer, or --token-issuer if it is the same realm under another name"
        }
        UnknownKey | BadSignature => "another realm may have signed it, or a key that is no longer in use",
        NotYetValid(_) => "check the clock of this machine",
        _ => "",
    }
}

pub fn other_issuer(OtherIssuer { issuer, expected }: &OtherIssuer) -> String {
    match issuer {
        Some(issuer) => format!("its issuer is '{}', not '{expected}'", shown(issuer)),
        None => format!("it has no issuer; expected '{expected}'"),
    }
}

pub fn not_jwt(error: &NotJwt) -> String {
    match error {
        NotJwt::Opaque { parts: 1 } => "an opaque token has no content to show".into(),
        NotJwt::Opaque { parts } => format!("a JWT has three parts, this token has {parts}"),
        NotJwt::NotBase64url(part) => format!("its {part} is not base64url without padding"),
        NotJwt::NotJson(part, problem) => format!("its {part} cannot be read: {}", request::json(problem)),
    }
}

/// A number that is out of range for a date is shown as it is.
fn date(value: &Value) -> String {
    system_time(value).map_or_else(|| shown(value), clock::date)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::base::json::JsonProblem;
    use crate::cli::error::Exit;
    use crate::cli::message::printed;

    #[test]
    fn an_error_reads_what_then_why_with_its_hint() {
        let issuer = |issuer| VerifyError::Issuer(OtherIssuer { issuer, expected: "https://a".to_owned() });
        let trust =
            "if you trust that issuer, use --issuer, or --token-issuer if it is the same realm under another name";
        let age = Duration::from_secs(185);
        for (error, text, hint) in [
            (
                VerifyError::KeylessAlgorithm("nOnE\n".to_owned()),
                "the token is not genuine: its algorithm 'nOnE\\n' does not use a realm's key",
                None,
            ),
            (
                issuer(Some("https://b\u{202e}".into())),
                "the token is not genuine: its issuer is 'https://b\\u{202e}', not 'https://a'",
                Some(trust),
            ),
            (issuer(None), "the token is not genuine: it has no issuer; expected 'https://a'", Some(trust)),
            (
                VerifyError::UnknownKey,
                "the token is not genuine: the realm has no key with its 'kid'",
                Some("another realm may have signed it, or a key that is no longer in use"),
            ),
            (VerifyError::BrokenKey("n"), "cannot verify the token: the realm's key has no usable 'n'", None),
            (
                VerifyError::NotYetValid(1e300.into()),
                "the token is not valid: it is not valid before 1e+300",
                Some("check the clock of this machine"),
            ),
            (
                VerifyError::Expired(1_790_000_000.into(), age),
                "the token is not valid: it expired 3 min 5 s ago (2026-09-21T14:13:20Z)",
                None,
            ),
        ] {
            let hint = hint.unwrap_or_default().to_owned();
            assert_eq!(printed(error), (Exit::Unusable, text.to_owned(), hint));
        }
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong() {
        assert_eq!(not_jwt(&NotJwt::Opaque { parts: 1 }), "an opaque token has no content to show");
        assert_eq!(not_jwt(&NotJwt::Opaque { parts: 5 }), "a JWT has three parts, this token has 5");
        assert_eq!(not_jwt(&NotJwt::NotBase64url("signature")), "its signature is not base64url without padding");
        assert_eq!(
            not_jwt(&NotJwt::NotJson("payload", JsonProblem::DuplicateName)),
            "its payload cannot be read: it has a duplicate name"
        );
    }
}
