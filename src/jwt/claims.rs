//! What the claims of a Keycloak's access token say, in words that are fit to be shown.
//!
//! Nothing is taken for granted: a claim of another type than Keycloak gives it is shown as it stands.

use serde_json::Value;

use crate::foreign::ForeignText;
use crate::json::Object;
use crate::redaction::Redactor;

/// More of one value helps nobody.
const LONGEST_VALUE: usize = 200;

/// More lines of a list flood a terminal.
const MOST_LINES: usize = 50;

/// A value of somebody else's: a text itself, anything else as JSON; escaped, cut, and without what looks like a token.
pub fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()),
    }
}

pub fn quoted(text: &str) -> String {
    ForeignText::new(text.as_bytes()).quote_up_to(LONGEST_VALUE, &Redactor::default())
}

/// Whose token it is: `azp`, and `client_id` where that is missing.
pub fn client(claims: &Object) -> Vec<String> {
    claims.get("azp").or_else(|| claims.get("client_id")).map(shown).into_iter().collect()
}

/// A line for each organisation: of Catena's `org`, a map of names to `{id, org_type}`, and of Keycloak's own
/// `organization`, which is a list of aliases or a map of them to `{id}`.
pub fn organisations(claims: &Object) -> Vec<String> {
    cut(["org", "organization"]
        .into_iter()
        .filter_map(|name| claims.get(name))
        .flat_map(lines_of_organisations)
        .collect())
}

fn lines_of_organisations(claim: &Value) -> Vec<String> {
    let with_details = |(name, details): (&String, &Value)| {
        let details = ["id", "org_type"].into_iter().filter_map(|detail| details.get(detail));
        let words = details.map(|detail| items(detail).join(", "));
        std::iter::once(quoted(name)).chain(words).collect::<Vec<_>>().join("  ")
    };
    match claim {
        Value::Object(organisations) => organisations.iter().map(with_details).collect(),
        // Two of Keycloak's mappers together make a list of both forms.
        Value::Array(organisations) => organisations.iter().take(MOST_LINES + 1).flat_map(lines_of_one).collect(),
        other => vec![shown(other)],
    }
}

fn lines_of_one(organisation: &Value) -> Vec<String> {
    match organisation {
        Value::Object(_) => lines_of_organisations(organisation),
        other => vec![shown(other)],
    }
}

/// The granted scopes on a line.
pub fn scopes(claims: &Object) -> Vec<String> {
    claims.get("scope").map(shown).into_iter().collect()
}

pub fn audience(claims: &Object) -> Vec<String> {
    cut(claims.get("aud").map(items).unwrap_or_default())
}

/// A line for the realm's roles, and one for those of each client (`realm_access`, `resource_access`).
pub fn roles(claims: &Object) -> Vec<String> {
    let roles = |access: &Value| access.get("roles").map(|roles| items(roles).join(", "));
    let of_realm = claims.get("realm_access").and_then(roles);
    let of_clients = claims.get("resource_access").and_then(Value::as_object).into_iter().flatten();
    let of_clients = of_clients.filter_map(|(client, access)| Some(format!("{}: {}", quoted(client), roles(access)?)));
    cut(of_realm.into_iter().chain(of_clients).collect())
}

/// What kind of token it says it is. Keycloak calls an access token `Bearer`.
pub fn kind(claims: &Object) -> Vec<String> {
    let remark = |kind: &Value| match kind.as_str() {
        Some("ID" | "Refresh" | "Offline" | "Logout") => format!("{}: this is no access token", shown(kind)),
        _ => shown(kind),
    };
    claims.get("typ").map(remark).into_iter().collect()
}

/// The elements of a list, or the one value.
fn items(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => cut(values.iter().take(MOST_LINES + 1).map(shown).collect()),
        other => vec![shown(other)],
    }
}

fn cut(mut lines: Vec<String>) -> Vec<String> {
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Object {
        crate::json::object(json).unwrap()
    }

    #[test]
    fn organisations_of_every_form() {
        for (claim, lines) in [
            (
                r#"{"org":{"Acme Freight":{"id":"0b9f","org_type":["FLEET","TSP"]}}}"#,
                &["Acme Freight  0b9f  FLEET, TSP"][..],
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
            assert_eq!(organisations(&claims(claim)), lines, "{claim}");
        }
    }

    #[test]
    fn roles_of_the_realm_and_of_clients() {
        let claim =
            r#"{"realm_access":{"roles":["a","b"]},"resource_access":{"account":{"roles":["c"]},"x":{},"y":1}}"#;
        assert_eq!(roles(&claims(claim)), ["a, b", "account: c"]);
        assert_eq!(roles(&claims(r#"{"realm_access":[],"resource_access":"x"}"#)), [""; 0]);
    }

    #[test]
    fn what_is_long_is_cut() {
        let many = format!(r#"{{"aud":[{}"x"]}}"#, r#""x","#.repeat(1_000));
        assert_eq!(audience(&claims(&many)).len(), MOST_LINES + 1);
        let long = format!(r#"{{"azp":"{}"}}"#, "x".repeat(10_000));
        assert_eq!(client(&claims(&long))[0].chars().count(), LONGEST_VALUE + 1);
    }

    #[test]
    fn another_tokens_kind_is_remarked_on() {
        assert_eq!(kind(&claims(r#"{"typ":"Bearer"}"#)), ["Bearer"]);
        assert_eq!(kind(&claims(r#"{"typ":"ID"}"#)), ["ID: this is no access token"]);
        assert_eq!(kind(&claims(r#"{"typ":["ID"]}"#)), ["[\"ID\"]"]);
    }
}
