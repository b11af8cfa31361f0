//! A value that can be sent, and looks as if something went wrong before it came here.

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
    ];
    looks.into_iter().filter(|(is_so, _, _)| *is_so).map(|(_, what, hint)| (what, hint)).collect()
}

/// `$NAME`, `${NAME}`, `${{ secrets.NAME }}`, `$(command)`, `%NAME%`, `{{ name }}`, `<your-secret>`: all of it.
fn is_unexpanded(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-. :".contains(c));
    let between = |start: &str, end: &str| value.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    let is_plain = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
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
        for secret in ["Zk3vQ9xW7tB2nM5rL8pY1sD4", "$5Zk3v+Q9/x", "a$b", "", "$", "%", "p%40ss%", "s3cr3t+/=&% ü"] {
            assert_eq!(suspicions(secret).len(), 0, "{secret}");
        }
    }

    #[test]
    fn quotes_and_blanks_are_told_apart() {
        let what = |value: &str| suspicions(value).into_iter().map(|(what, _)| what).collect::<Vec<_>>().join("; ");
        assert!(what("\"secret\"").starts_with("stands in quotation marks"));
        assert!(what(" secret").starts_with("begins or ends with a blank"));
        assert_eq!(suspicions("'secret' ").len(), 2);
        assert_eq!(suspicions("null").len(), 1);
        assert_eq!(suspicions("it's").len(), 0);
    }
}
