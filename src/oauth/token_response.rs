//! What a realm responds: a token (RFC 6749 §5.1), which is validated first and cached as it was sent, or an error.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base::clock::Moment;
use crate::base::json::{self, JsonProblem, on_one_line, place_of};
use crate::display::redact;
use crate::display::untrusted::UntrustedText;
use crate::http::Answer;
use crate::oauth::endpoints::Endpoints;
use crate::oauth::error::{ErrorResponse, Unusable};

/// An access token that is a `b64token` (RFC 6750 §2.1): safe in a header, a shell line and a configuration file.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// `None` if the text is not a `b64token`.
    pub fn new(text: String) -> Option<Self> {
        is_b64token(&text).then_some(Self(text))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 §2.1).
pub fn is_b64token(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_in_body = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(is_in_body)
}

/// The members of a realm's JSON response that we use. They are borrowed, and the others take no memory.
#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Fields<'a> {
    // RFC 6749 §5.1
    pub access_token: Option<&'a RawValue>,
    pub token_type: Option<&'a RawValue>,
    pub expires_in: Option<&'a RawValue>,
    pub scope: Option<&'a RawValue>,
    // Not requested, and never shown.
    pub refresh_token: Option<&'a RawValue>,
    pub id_token: Option<&'a RawValue>,
    // §5.2
    pub error: Option<&'a RawValue>,
    pub error_description: Option<&'a RawValue>,
    // What gateways write instead of a description, or where they nest it.
    #[serde(alias = "Message")]
    pub message: Option<&'a RawValue>,
    pub msg: Option<&'a RawValue>,
    pub description: Option<&'a RawValue>,
    pub detail: Option<&'a RawValue>,
    pub title: Option<&'a RawValue>,
    #[serde(rename = "errorSummary")]
    pub error_summary: Option<&'a RawValue>,
    pub faultstring: Option<&'a RawValue>,
    pub fault: Option<&'a RawValue>,
    pub errors: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// A duplicate member is an error.
    pub fn parse(text: &'a str) -> Result<Self, JsonProblem> {
        // serde would also accept an array.
        if text.trim_start().starts_with('{') { Ok(serde_json::from_str(text)?) } else { Err(JsonProblem::NotAnObject) }
    }
}

impl ErrorResponse {
    pub fn of(answer: &Answer) -> Box<Self> {
        let text = std::str::from_utf8(&answer.body).unwrap_or_default();
        Box::new(Self {
            status: answer.status,
            location: answer.location.clone(),
            code: UntrustedText::of_json(Fields::parse(text).unwrap_or_default().error),
            description: description(text, 4).unwrap_or_default(),
            body: answer.describe(),
        })
    }
}

/// The first text for a person: RFC 6749's description, or a gateway's, which may be nested or first in a list.
/// `depth` limits hostile JSON; gateways nest less.
fn description(json: &str, depth: u8) -> Option<UntrustedText> {
    let first = json.trim_start_matches(|c: char| c == '[' || c.is_ascii_whitespace());
    // The rest of a list is not read, so that it takes no memory.
    let value: &RawValue = serde_json::Deserializer::from_str(first).into_iter().next()?.ok()?;
    if json.starts_with('[') && value.get().starts_with('"') {
        return Some(UntrustedText::of_json(Some(value)));
    }
    let f = Fields::parse(value.get()).ok()?;
    let texts =
        [f.error_description, f.message, f.detail, f.title, f.error_summary, f.faultstring, f.description, f.msg];
    let text = texts.into_iter().map(UntrustedText::of_json).find(|text| !text.raw().trim().is_empty());
    let mut nested = [f.error, f.errors, f.fault, f.detail].into_iter().flatten();
    text.or_else(|| nested.find_map(|value| description(value.get(), depth.checked_sub(1)?)))
}

/// A valid token response.
pub struct TokenResponse {
    pub access_token: AccessToken,
    /// `expires_in`; `None` if it is missing, 0 or not a number: such a token is printed, but not cached.
    pub lifetime: Option<Duration>,
    /// The granted scope, which may differ from the requested one.
    pub scope: UntrustedText,
    /// The server's JSON on one line, otherwise unchanged.
    pub json: String,
    /// Just before the request was sent. The lifetime is counted from here, so that it is never overestimated.
    pub asked_at: Moment,
    /// Where the issuer's endpoints were when it was requested, if a discovery document named them.
    pub discovered: Option<Endpoints>,
}

impl TokenResponse {
    pub fn parse(answer: &Answer, asked_at: Moment) -> Result<Self, Unusable> {
        let unusable = |problem| Unusable::NotJson(problem, answer.describe());
        let text = json::text(&answer.body).map_err(unusable)?;
        let fields = Fields::parse(text).map_err(unusable)?;
        if fields.error.is_some() {
            return Err(Unusable::ErrorInSuccess(ErrorResponse::of(answer)));
        }
        let token = fields.access_token.and_then(string);
        let access_token = token.and_then(AccessToken::new).ok_or(Unusable::NoAccessToken)?;
        let kind = UntrustedText::of_json(fields.token_type);
        if !kind.raw().eq_ignore_ascii_case("bearer") {
            return Err(Unusable::TokenType(kind));
        }
        Ok(Self {
            access_token,
            lifetime: fields.expires_in.and_then(seconds),
            scope: UntrustedText::of_json(fields.scope),
            json: on_one_line(text),
            asked_at,
            discovered: None,
        })
    }

    /// A cached response: its `json` with `expires_in` updated. `None` if it contains no token.
    pub fn cached(json: String, asked_at: Moment, lifetime: Option<Duration>, now: Moment) -> Option<Self> {
        let fields = Fields::parse(&json).ok()?;
        let access_token = AccessToken::new(fields.access_token.and_then(string)?)?;
        let scope = UntrustedText::of_json(fields.scope);
        let expires_in = fields.expires_in.map(|field| place_of(field, json.as_bytes()));
        let mut cached = Self { access_token, lifetime, scope, json, asked_at, discovered: None };
        if let Some((place, left)) = expires_in.zip(cached.left_at(now)) {
            // Whole seconds, as a number or a string like the original.
            let quote = if cached.json[place.clone()].starts_with('"') { "\"" } else { "" };
            cached.json.replace_range(place, &format!("{quote}{}{quote}", left.as_secs()));
        }
        Some(cached)
    }

    /// The remaining lifetime; `None` if the lifetime is unknown, 0 if the token is from the future.
    pub fn left_at(&self, now: Moment) -> Option<Duration> {
        let elapsed = self.asked_at.elapsed_at(now);
        self.lifetime.map(|lifetime| elapsed.map_or(Duration::ZERO, |elapsed| lifetime.saturating_sub(elapsed)))
    }
}

/// Redacts the tokens of a response from messages, also those in nested objects or in a truncated response.
pub fn hide_tokens(json: &str) {
    let fields = Fields::parse(json).unwrap_or_default();
    let named = [fields.access_token, fields.refresh_token, fields.id_token].into_iter().flatten();
    named.filter_map(string).for_each(|token| redact::hide_token(&token));
    let names = ["\"access_token\"", "\"refresh_token\"", "\"id_token\""];
    // Each redacted text slows down every message, so limit a hostile response.
    for (at, name) in names.iter().flat_map(|name| json.match_indices(name)).take(16) {
        // The next string is the token, or takes its place.
        let token = json[at + name.len()..].split('"').nth(1).unwrap_or_default();
        redact::hide_token(token);
        if token.contains('\\') {
            redact::hide_token(&serde_json::from_str::<String>(&format!("\"{token}\"")).unwrap_or_default());
        }
    }
}

/// The value of a JSON string; `None` if it is not a string.
fn string(field: &RawValue) -> Option<String> {
    serde_json::from_str(field.get()).ok()
}

/// A number or a numeric string above 0.
fn seconds(field: &RawValue) -> Option<Duration> {
    let text = string(field).unwrap_or_else(|| field.get().to_owned());
    let number = text.trim().parse().ok()?;
    Duration::try_from_secs_f64(number).ok().filter(|lifetime| !lifetime.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_counted_down_in_its_own_form() {
        let second = |count: u64| Moment::at(count, count);
        for (sent, counted) in [
            (r#"{"expires_in":300,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
            (r#"{"access_token":"a","expires_in":"300"}"#, r#"{"access_token":"a","expires_in":"240"}"#),
            (r#"{"access_token":"expires_in","expires_in":3e2}"#, r#"{"access_token":"expires_in","expires_in":240}"#),
            (r#"{"expires_in":3E2,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
            (r#"{"expires_in":9,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
        ] {
            let lifetime = Some(Duration::from_secs(300));
            let cached = TokenResponse::cached(sent.to_owned(), second(1_000), lifetime, second(1_060)).unwrap();
            assert_eq!(cached.json, counted);
        }
        let cached = TokenResponse::cached(r#"{"access_token":"a"}"#.to_owned(), second(1), None, second(2)).unwrap();
        assert_eq!(cached.json, r#"{"access_token":"a"}"#);
        assert!(TokenResponse::cached("{}".to_owned(), second(1), None, second(1)).is_none());
    }

    #[test]
    fn a_string_is_read_as_json_has_it() {
        for (json, text) in [(r#""""#, Some("")), (r#""a.b""#, Some("a.b")), (r#""\u0061\"b\\""#, Some("a\"b\\"))] {
            let field: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(string(field).as_deref(), text, "{json}");
        }
        for json in ["null", "12", "[\"a\"]", "{}", "true"] {
            assert!(string(serde_json::from_str(json).unwrap()).is_none(), "{json}");
        }
    }

    #[test]
    fn a_lifetime_is_a_positive_number_in_any_form() {
        let lifetime = |json: &str| seconds(serde_json::from_str(json).unwrap());
        assert_eq!(lifetime("300"), Some(Duration::from_secs(300)));
        assert_eq!(lifetime("\"300\""), Some(Duration::from_secs(300)));
        assert_eq!(lifetime("31536000.0"), Some(Duration::from_secs(31_536_000)));
        for unknown in ["0", "-5", "null", "\"soon\"", "1e300", "[]", "\"\"", "\"NaN\"", "\"inf\""] {
            assert_eq!(lifetime(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn only_b64token_characters_make_a_token() {
        for good in ["a", "eyJ.e30.c2ln", "ab+/~-._==", "0"] {
            assert!(is_b64token(good), "{good}");
        }
        for bad in ["", "=", "a b", "a\nb", "a=b", "a'b", "ü", "a$b"] {
            assert!(!is_b64token(bad), "{bad}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", AccessToken::new("eyJ".to_owned()).unwrap()), "AccessToken(…)");
    }
}
