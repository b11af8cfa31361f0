//! The claims of a Keycloak access token, safe to display. Unexpected types are displayed as JSON.

use std::iter;
use std::slice;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Part;
use crate::display::redact::redact;
use crate::display::untrusted;

/// Limits that keep the table readable.
const LONGEST_VALUE: usize = 200;
const LONGEST_LINE: usize = 400;
const MOST_LINES: usize = 50;

/// Separates the values on a line; [`quoted`] escapes it inside one.
const APART: &str = "  ";

/// An untrusted value, a string as it is and anything else as JSON: redacted, escaped and truncated.
pub fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| quoted(&value.to_string()), quoted)
}

/// Also escapes white space that looks like a column's end, and piled-up accents: a value must not imitate other ones.
pub fn quoted(text: &str) -> String {
    let text = redact(text);
    let mut spelt = String::with_capacity(text.len());
    let mut before = '\0';
    for c in text.chars() {
        let is_in_disguise = c.is_whitespace() && (c != ' ' || before == ' ');
        if is_in_disguise && !c.is_control() || is_mark(c) && is_mark(before) {
            spelt.extend(c.escape_unicode());
        } else {
            spelt.push(c);
        }
        before = c;
    }
    untrusted::cut(&spelt, LONGEST_VALUE)
}

/// Whether it is in one of Unicode's blocks of combining marks.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A NumericDate (RFC 7519 §2) from 1970 to 9999, the last year of RFC 3339; `None` for anything else.
pub fn system_time(value: &Value) -> Option<SystemTime> {
    const END: f64 = 253_402_300_800.0;
    let seconds = value.as_f64().filter(|seconds| (0.0..END).contains(seconds))?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

fn in_a_row(values: impl IntoIterator<Item = String>) -> String {
    let line = values.into_iter().filter(|value| !value.is_empty()).collect::<Vec<_>>().join(APART);
    untrusted::cut(&line, LONGEST_LINE)
}

impl Part {
    /// A member, safe to display.
    pub fn shown(&self, name: &str) -> Option<String> {
        self.members.get(name).map(shown)
    }

    /// The client: `azp`, or else `client_id`.
    pub fn client(&self) -> Option<&Value> {
        self.members.get("azp").or_else(|| self.members.get("client_id"))
    }

    /// A line for each organisation: of Catena's `org`, a map of names to `{id, org_type}`, and of Keycloak's
    /// `organization`, a list of aliases or a map of them to `{id}`.
    pub fn organisations(&self) -> Vec<String> {
        let claims = ["org", "organization"].into_iter().filter_map(|name| self.members.get(name));
        cut(claims.flat_map(lines_of_organisations))
    }

    pub fn audience(&self) -> Vec<String> {
        self.members.get("aud").map(items).unwrap_or_default()
    }

    /// A line for the realm's roles (`realm_access`), and for those of each client (`resource_access`).
    pub fn roles(&self) -> Vec<String> {
        let roles = |access: &Value| Some(in_a_row(items(access.get("roles")?)));
        let of_realm = self.members.get("realm_access").and_then(roles);
        let of_clients = self.members.get("resource_access").and_then(Value::as_object).into_iter().flatten();
        let of_clients =
            of_clients.filter_map(|(client, access)| Some(format!("{}: {}", quoted(client), roles(access)?)));
        cut(of_realm.into_iter().chain(of_clients))
    }

    /// `typ`, with a remark if that is not an access token's.
    pub fn kind(&self) -> Option<String> {
        let remark = if self.is_another_kind() { ": this is no access token" } else { "" };
        self.shown("typ").map(|kind| kind + remark)
    }

    /// Whether `typ` is not one of Keycloak's access tokens, but an ID, a refresh or a logout token.
    pub fn is_another_kind(&self) -> bool {
        let is_access = |kind: &str| ["Bearer", "DPoP"].iter().any(|own| kind.eq_ignore_ascii_case(own));
        self.members.get("typ").is_some_and(|kind| !kind.as_str().is_some_and(is_access))
    }
}

fn lines_of_organisations(claim: &Value) -> Vec<String> {
    let with_details = |(name, details): (&String, &Value)| {
        let details = ["id", "org_type"].into_iter().filter_map(|detail| details.get(detail));
        in_a_row(iter::once(quoted(name)).chain(details.flat_map(items)))
    };
    // Two of Keycloak's mappers together produce a list with both forms.
    cut(elements(claim).iter().flat_map(|form| match form {
        Value::Object(organisations) => cut(organisations.iter().map(with_details)),
        other => vec![shown(other)],
    }))
}

/// The elements of a list, or the one value.
pub fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(slice::from_ref(value), Vec::as_slice)
}

fn items(value: &Value) -> Vec<String> {
    cut(elements(value).iter().map(shown))
}

/// Limits the lines, and evaluates only those.
fn cut(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.take(MOST_LINES + 1).collect();
    if let Some(last) = lines.get_mut(MOST_LINES) {
        *last = "…".to_owned();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_of<T>(json: &str, show: impl Fn(&Part) -> T) -> T {
        show(&Part { json: json.to_owned(), members: crate::base::json::object(json).unwrap() })
    }

    fn quoted(text: &str) -> String {
        super::quoted(text)
    }

    #[test]
    fn organisations_of_every_form() {
        for (claim, lines) in [
            (
                r#"{"org":{"Acme Freight":{"id":"0b9f","org_type":["FLEET","TSP"]}}}"#,
                &["Acme Freight  0b9f  FLEET  TSP"][..],
            ),
            (r#"{"org":{"A":{"id":"1","org_type":"FLEET"},"B":{}}}"#, &["A  1  FLEET", "B"]),
            (r#"{"organization":["acme","other"]}"#, &["acme", "other"]),
            (r#"{"organization":{"acme":{"id":"1"},"other":{"tier":["a"]}}}"#, &["acme  1", "other"]),
            (r#"{"organization":[{"acme":{"id":"1"}},"acme",[[]]]}"#, &["acme  1", "acme", "[[]]"]),
            (r#"{"org":{"A":{"id":"1"}},"organization":["a"]}"#, &["A  1", "a"]),
            (r#"{"org":"acme","organization":7}"#, &["acme", "7"]),
            (r#"{"org":{"A":[]},"organization":{}}"#, &["A"]),
            ("{}", &[]),
        ] {
            assert_eq!(shown_of(claim, |said| said.organisations()), lines, "{claim}");
        }
    }

    #[test]
    fn roles_of_the_realm_and_of_clients() {
        let claim =
            r#"{"realm_access":{"roles":["a","b"]},"resource_access":{"account":{"roles":["c"]},"x":{},"y":1}}"#;
        assert_eq!(shown_of(claim, |said| said.roles()), ["a  b", "account: c"]);
        assert_eq!(shown_of(r#"{"realm_access":[],"resource_access":"x"}"#, |said| said.roles()), [""; 0]);
    }

    #[test]
    fn what_is_long_is_cut() {
        let many = format!(r#"{{"aud":[{}"x"]}}"#, r#""x","#.repeat(1_000));
        assert_eq!(shown_of(&many, |said| said.audience()).len(), MOST_LINES + 1);
        let long = format!(r#"{{"azp":"{}"}}"#, "x".repeat(10_000));
        assert_eq!(shown_of(&long, |said| said.shown("azp").unwrap().chars().count()), LONGEST_VALUE + 1);
    }

    #[test]
    fn no_value_looks_like_two_or_like_a_line_of_ours() {
        assert_eq!(quoted("Acme  0b9f  FLEET"), "Acme \\u{20}0b9f \\u{20}FLEET");
        assert_eq!(quoted("a\u{a0}b\u{3000}c"), "a\\u{a0}b\\u{3000}c");
        assert_eq!(quoted("a\u{489}\u{489}e\u{301}"), "a\u{489}\\u{489}e\u{301}");
        assert_eq!(quoted("\u{3164}\u{2800}\u{fe0f}"), "\\u{3164}\\u{2800}\\u{fe0f}");
        let wide = format!(
            r#"{{"resource_access":{{"x":{{"roles":[{}"y"]}}}}}}"#,
            r#""yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy","#.repeat(50)
        );
        assert!(shown_of(&wide, |said| said.roles()).iter().all(|line| line.chars().count() <= LONGEST_LINE + 4));
    }

    #[test]
    fn another_tokens_kind_is_remarked_on() {
        assert_eq!(shown_of(r#"{"typ":"Bearer"}"#, |said| said.kind()).as_deref(), Some("Bearer"));
        assert_eq!(shown_of(r#"{"typ":"ID"}"#, |said| said.kind()).as_deref(), Some("ID: this is no access token"));
        assert_eq!(
            shown_of(r#"{"typ":["ID"]}"#, |said| said.kind()).as_deref(),
            Some("[\"ID\"]: this is no access token")
        );
        assert_eq!(shown_of("{}", |said| said.kind()), None);
    }
}
