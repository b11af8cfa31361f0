//! The token response (RFC 6749 §5.1), checked before it is used, and kept as it was sent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base::clock::Moment;
use crate::base::json::{self, JsonProblem, on_one_line, place_of};
use crate::display::redact;
use crate::display::untrusted::UntrustedText;
use crate::http::Answer;
use crate::oauth::access_token::AccessToken;
use crate::oauth::error::{ErrorResponse, Unusable};

/// The members of a realm's JSON response that we use, borrowed: the others take no memory, however deeply nested.
#[derive(Default, Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Fields<'a> {
    // RFC 6749 §5.1
    pub access_token: Option<&'a RawValue>,
    pub token_type: Option<&'a RawValue>,
    pub expires_in: Option<&'a RawValue>,
    pub scope: Option<&'a RawValue>,
    // Not asked for, and never shown.
    pub refresh_token: Option<&'a RawValue>,
    pub id_token: Option<&'a RawValue>,
    // §5.2
    pub error: Option<&'a RawValue>,
    pub error_description: Option<&'a RawValue>,
    // What gateways write instead of a description.
    pub message: Option<&'a RawValue>,
    pub detail: Option<&'a RawValue>,
    pub title: Option<&'a RawValue>,
    #[serde(rename = "errorSummary")]
    pub error_summary: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// serde refuses a duplicate member, which is ambiguous.
    pub fn parse(text: &'a str) -> Result<Self, JsonProblem> {
        // serde would fill the struct from an array, too.
        if text.trim_start().starts_with('{') { Ok(serde_json::from_str(text)?) } else { Err(JsonProblem::NotAnObject) }
    }
}

/// A usable answer.
pub struct TokenResponse {
    pub access_token: AccessToken,
    /// `expires_in`; `None` when it is missing, 0 or no number: such a token is printed and never kept.
    pub lifetime: Option<Duration>,
    /// The scope that was granted, which may differ from the one asked for.
    pub scope: UntrustedText,
    /// The server's JSON on one line: every field, in its order, each number in its form.
    pub json: String,
    /// Right before the request for it was sent: its lifetime is counted from here, so that it never lives longer in
    /// our count than in the server's.
    pub asked_at: Moment,
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
        })
    }

    /// One that was kept: `json` as it was then, but with `expires_in` as it would be sent now. `None` when it holds no
    /// token.
    pub fn cached(json: String, asked_at: Moment, lifetime: Option<Duration>, now: Moment) -> Option<Self> {
        let fields = Fields::parse(&json).ok()?;
        let access_token = AccessToken::new(fields.access_token.and_then(string)?)?;
        let scope = UntrustedText::of_json(fields.scope);
        let expires_in = fields.expires_in.map(|field| place_of(field, json.as_bytes()));
        let mut kept = Self { access_token, lifetime, scope, json, asked_at };
        if let Some((place, left)) = expires_in.zip(kept.left_at(now)) {
            // In whole seconds; a number or a string, whichever it was.
            let quote = if kept.json[place.clone()].starts_with('"') { "\"" } else { "" };
            kept.json.replace_range(place, &format!("{quote}{}{quote}", left.as_secs()));
        }
        Some(kept)
    }

    /// How long it still lives; `None` when its lifetime is unknown. A token from the future lives no longer.
    pub fn left_at(&self, now: Moment) -> Option<Duration> {
        let elapsed = self.asked_at.elapsed_at(now);
        self.lifetime.map(|lifetime| elapsed.map_or(Duration::ZERO, |elapsed| lifetime.saturating_sub(elapsed)))
    }
}

/// Hides the tokens of a response: those that it names, and those further inside or in one that is cut.
pub fn hide_tokens(json: &str) {
    let fields = Fields::parse(json).unwrap_or_default();
    let named = [fields.access_token, fields.refresh_token, fields.id_token].into_iter().flatten();
    named.filter_map(string).for_each(|token| redact::hide_token(&token));
    let names = ["\"access_token\"", "\"refresh_token\"", "\"id_token\""];
    // Nobody sends more than 16, and each is searched in all that is quoted.
    for (at, name) in names.iter().flat_map(|name| json.match_indices(name)).take(16) {
        // Whatever is in the token's place, the first string there is hidden.
        let token = json[at + name.len()..].split('"').nth(1).unwrap_or_default();
        redact::hide_token(token);
        if token.contains('\\') {
            redact::hide_token(&serde_json::from_str::<String>(&format!("\"{token}\"")).unwrap_or_default());
        }
    }
}

/// What a string says; `None` when the field is none.
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
        let second = |count: u64| Moment { wall: count * 1_000_000, boot: count * 1_000_000 };
        for (sent, counted) in [
            (r#"{"expires_in":300,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
            (r#"{"access_token":"a","expires_in":"300"}"#, r#"{"access_token":"a","expires_in":"240"}"#),
            (r#"{"access_token":"expires_in","expires_in":3e2}"#, r#"{"access_token":"expires_in","expires_in":240}"#),
            (r#"{"expires_in":3E2,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
            (r#"{"expires_in":9,"access_token":"a"}"#, r#"{"expires_in":240,"access_token":"a"}"#),
        ] {
            let lifetime = Some(Duration::from_secs(300));
            let kept = TokenResponse::cached(sent.to_owned(), second(1_000), lifetime, second(1_060)).unwrap();
            assert_eq!(kept.json, counted);
        }
        let kept = TokenResponse::cached(r#"{"access_token":"a"}"#.to_owned(), second(1), None, second(2)).unwrap();
        assert_eq!(kept.json, r#"{"access_token":"a"}"#);
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
}
