//! A value that can be sent, and looks as if something went wrong before it came here.

use crate::foreign::escape;
use crate::secret::Secret;

/// What is wrong with the looks of a value, and what to do; the value itself is not repeated.
pub fn suspicions(value: &str) -> Vec<(&'static str, &'static str)> {
    let looks = [
        (
            is_unexpanded(value),
            "looks like a reference that nothing has expanded, as `$NAME` or `${{ … }}`",
            "have the shell or the CI system expand it: in single quotes, and in a file, nothing does",
        ),
        (
            is_quoted(value),
            "stands in quotation marks, which are a part of it",
            "leave them out: dotenv files, `docker --env-file` and YAML do not all take them away",
        ),
        (value.trim() != value, "begins or ends with a blank", "take the blank away, unless it was given out so"),
        (
            matches!(value, "null" | "undefined" | "None" | "<no value>"),
            "is the word that a program writes for nothing",
            "look at what should have written it: `jq -r` writes `null` for a field that is not there",
        ),
        (is_assignment(value), "looks like a line `NAME=value` of a dotenv file", "leave out everything up to the `=`"),
        (
            value.starts_with("{\"") && value.ends_with('}') && value.contains(':'),
            "looks like JSON",
            "take the field out of it: `jq -r .client_secret`",
        ),
        (
            is_path(value),
            "looks like the path of a file",
            "for a file there are --client-secret-file and CATENA_CLIENT_SECRET_FILE",
        ),
        (
            value.contains("://"),
            "looks like a reference of a password manager, or a URL",
            "have it read by --client-secret-command: 'op read op://vault/item/field'",
        ),
        (
            escape(value) != value,
            "holds a character that cannot be seen",
            "type it, or copy it without what is around it",
        ),
        (
            value.len() > 1 && value.chars().all(|c| matches!(c, '*' | '•')),
            "consists of asterisks: it was copied where it is hidden",
            "copy it where it is given out; a log does not hold it",
        ),
        (
            value.starts_with("eyJ") && value.matches('.').count() == 2,
            "looks like a token",
            "the client secret is what a token is got with",
        ),
    ];
    looks.into_iter().filter(|(is_so, _, _)| *is_so).map(|(_, what, hint)| (what, hint)).collect()
}

/// Whether the client id looks as a Keycloak makes a secret, and the secret as a person names a client.
pub fn are_swapped(client_id: &str, secret: &Secret) -> bool {
    is_made(client_id) && is_named(secret.expose())
}

/// As long as nobody types it: large and small letters with digits among them, and nothing else.
fn is_made(value: &str) -> bool {
    const SHORTEST: usize = 20;
    /// A year at the end of a name is one.
    const RUNS_OF_DIGITS: usize = 3;
    let runs = value.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).count();
    let has = |is_one: fn(&u8) -> bool| value.bytes().any(|byte| is_one(&byte));
    let is_mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    value.len() >= SHORTEST
        && runs >= RUNS_OF_DIGITS
        && is_mixed
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Words in small letters, with a year or a number at most.
fn is_named(value: &str) -> bool {
    const MOST_DIGITS: usize = 4;
    value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
        && value.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS
}

/// Of a file, as they are named; base64 has large letters as well.
fn is_path(value: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"/._-".contains(&byte);
    value.starts_with("~/")
        || value.starts_with("./")
        || value.starts_with('/') && value[1..].contains('/') && value.bytes().all(is_part)
}

/// `CATENA_CLIENT_SECRET=…`: a Keycloak's secret has no `=`, and base64 none but at its end.
fn is_assignment(value: &str) -> bool {
    value.trim_start_matches("export ").split_once('=').is_some_and(|(name, rest)| {
        let is_variable = name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        rest.trim_matches('=').len() > 1 && (is_variable || name.to_ascii_lowercase().ends_with("secret"))
    })
}

/// `$NAME`, `${NAME}`, `${{ secrets.NAME }}`, `$(command)`, `%NAME%`, `{{ name }}`, `<your-secret>`: all of it.
fn is_unexpanded(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-. :".contains(c));
    let between = |start: &str, end: &str| value.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    // In one case, as variables are named: `$` and a mixture is a password.
    let is_plain = |name: &str| {
        let is_of =
            |is_letter: fn(&char) -> bool| name.chars().all(|c| is_letter(&c) || c.is_ascii_digit() || c == '_');
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && (is_of(char::is_ascii_uppercase) || is_of(char::is_ascii_lowercase))
    };
    value.strip_prefix('$').is_some_and(is_plain)
        || value.contains("${{")
        || between("$(", ")").is_some()
        || [("${", "}"), ("%", "%"), ("{{", "}}"), ("<", ">")]
            .into_iter()
            .any(|(start, end)| between(start, end).is_some_and(is_name))
}

fn is_quoted(value: &str) -> bool {
    let value = value.trim();
    ['"', '\'', '`'].into_iter().any(|quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(value: &str) -> String {
        suspicions(value).into_iter().map(|(what, _)| what).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn references_are_known_by_their_form() {
        for reference in [
            "$CATENA_SECRET",
            "${CATENA_SECRET}",
            "${{ secrets.CATENA_SECRET }}",
            "'${{secrets.X}}'",
            "$(pass show catena)",
            "%CATENA_SECRET%",
            "{{ catena_secret }}",
            "<your-client-secret>",
        ] {
            assert!(is_unexpanded(reference), "{reference}");
        }
    }

    #[test]
    fn what_a_server_makes_is_above_suspicion() {
        for secret in [
            "Zk3vQ9xW7tB2nM5rL8pY1sD4",
            "$5Zk3v+Q9/x",
            "a$b",
            "",
            "$",
            "%",
            "p%40ss%",
            "s3cr3t+/=&% ü",
            "QUJDREVGRw==",
            "9f8b2c1e-6d0c-4c7e-9a44-3f1f6e1d2c55",
            "it's",
            "/Zk3vQ9x/7tB2nM5+L8pY1sD4abcdEFGH0123456789w=",
            "$aZ3kQ9xW7tB2",
            "{a:b}",
            "correct-horse-battery-staple",
        ] {
            assert_eq!(suspicions(secret).len(), 0, "{secret}");
        }
    }

    #[test]
    fn each_slip_is_told_apart() {
        assert!(what("\"secret\"").starts_with("stands in quotation marks"));
        assert!(what(" secret").starts_with("begins or ends with a blank"));
        assert_eq!(suspicions("'secret' ").len(), 2);
        assert!(what("null").starts_with("is the word"));
        assert!(what("CATENA_CLIENT_SECRET=abc").starts_with("looks like a line"));
        assert!(what("export SECRET=abc").starts_with("looks like a line"));
        assert!(what(r#"{"secret":"abc"}"#).starts_with("looks like JSON"));
        assert!(what("/run/secrets/catena").starts_with("looks like the path"));
        assert!(what("./secret").starts_with("looks like the path"));
        assert!(what("op://vault/catena/secret").starts_with("looks like a reference of a password manager"));
        assert!(what("client_secret=abc").starts_with("looks like a line"));
        assert!(what("abc\u{200b}def").starts_with("holds a character"));
        assert!(what("********").starts_with("consists of asterisks"));
        assert!(what("eyJhbGciOiJSUzI1NiJ9.e30.c2ln").starts_with("looks like a token"));
    }

    #[test]
    fn an_id_in_the_secrets_place() {
        let are_swapped = |id: &str, secret: &str| are_swapped(id, &Secret::new(secret.into()).unwrap());
        assert!(are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", "acme"));
        assert!(!are_swapped("acme", "Zk3vQ9xW7tB2nM5rL8pY1sD4"));
        assert!(!are_swapped("Zk3vQ9xW7tB2nM5rL8pY1sD4", "aB3vQ9xW7tB2nM5rL8pY1sD4"));
        for (id, secret) in [
            ("acme-fleet-integration", "acme"),
            ("Acme-Fleet-Integration-2024", "9f8b2c1e-6d0c-4c7e-9a44-3f1f6e1d2c55"),
            ("com.Acme.FleetService1", "correct-horse-battery-staple"),
            ("AcmeFleetIntegration2024", "9f8b2c1e6d0c4c7e9a443f1f6e1d2c55"),
            ("AcmeFleetIntegration2024", "correcthorsebatterystaple"),
            ("https://Acme.example/fleet1", "acme"),
        ] {
            assert!(!are_swapped(id, secret), "{id}");
        }
    }
}
