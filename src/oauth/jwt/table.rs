//! The contents of a token as a table or as JSON.

use std::time::SystemTime;

use serde_json::Value;

use super::claims::{quoted, shown, system_time};
use super::{Jwt, Part};
use crate::base::clock;
use crate::base::duration::in_words;
use crate::base::json::on_one_line;
use crate::display::untrusted::escape_json;

/// Aligned lines, the last one with `verdict`.
pub fn table(jwt: &Jwt<'_>, verdict: &str, now: SystemTime) -> String {
    let said = &jwt.claims;
    let list = |one: Option<String>| one.into_iter().collect();
    let time = |name: &str, past| list(said.members.get(name).map(|value| moment(value, past, now)));
    let mut rows: Vec<(&str, Vec<String>)> = vec![
        ("client", list(said.client().map(shown))),
        ("organisations", said.organisations()),
        ("scopes", list(said.shown("scope"))),
        ("issuer", list(said.shown("iss"))),
        ("audience", said.audience()),
        ("roles", said.roles()),
        ("type", list(said.kind())),
        ("issued", time("iat", "")),
        ("valid from", time("nbf", "")),
        ("expires", time("exp", "expired ")),
        ("algorithm", list(jwt.header.shown("alg"))),
        ("key", list(jwt.header.shown("kid"))),
        ("genuine", vec![verdict.to_owned()]),
    ];
    // The same width for every token, so that two tables can be compared.
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    rows.retain(|(_, lines)| !lines.is_empty());
    let mut table = String::new();
    for (label, lines) in rows {
        let labels = std::iter::once(label).chain(std::iter::repeat(""));
        for (label, line) in labels.zip(lines) {
            table.push_str(format!("{label:width$}  {line}").trim_end());
            table.push('\n');
        }
    }
    table
}

/// The beginning of the verdict on a genuine token.
pub fn yes(jwt: &Jwt<'_>) -> &'static str {
    match (jwt.claims.is_another_kind(), jwt.claims.members.contains_key("exp")) {
        (true, _) => "yes, but it is not an access token",
        (false, false) => "yes, and it never expires",
        (false, true) => "yes",
    }
}

/// Header and claims on one line, otherwise as they were sent, with unsafe characters escaped.
pub fn json(jwt: &Jwt<'_>) -> String {
    let [header, claims] = [&jwt.header, &jwt.claims].map(|part: &Part| escape_json(&on_one_line(&part.json)));
    format!("{{\"header\":{header},\"claims\":{claims}}}\n")
}

/// A time, absolute and relative to `now`; `past` is the prefix of a past one.
fn moment(value: &Value, past: &str, now: SystemTime) -> String {
    let Some(moment) = system_time(value) else {
        // With the quotation marks of a string, which are the mistake.
        return format!("{}, which is not a date", quoted(&value.to_string()));
    };
    let relative = match moment.duration_since(now) {
        Ok(ahead) => format!("in {}", in_words(ahead)),
        Err(behind) => format!("{past}{} ago", in_words(behind.duration())),
    };
    format!("{}, {relative}", clock::date(moment))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: u64 = 1_790_000_000;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
    }

    fn expires(json: &str) -> String {
        moment(&serde_json::from_str(json).unwrap(), "expired ", now())
    }

    #[test]
    fn times_are_utc_and_relative() {
        assert_eq!(expires("1790000250"), "2026-09-21T14:17:30Z, in 4 min 10 s");
        assert_eq!(expires("1789999820"), "2026-09-21T14:10:20Z, expired 3 min ago");
        assert_eq!(expires("1790000000"), "2026-09-21T14:13:20Z, in 0 s");
        assert_eq!(expires("0"), "1970-01-01T00:00:00Z, expired 20717 days 14 h ago");
        assert_eq!(expires("1790000250.9"), "2026-09-21T14:17:30Z, in 4 min 10 s");
        assert_eq!(expires("253402300799"), "9999-12-31T23:59:59Z, in 2912179 days 9 h");
    }

    #[test]
    fn what_is_no_date_is_shown_as_it_stands() {
        for odd in ["\"1790000250\"", "1e300", "-1", "253402300800", "null", "[1]", "true", "18446744073709551615"] {
            let text = odd.replace("1e300", "1e+300");
            assert_eq!(expires(odd), format!("{text}, which is not a date"));
        }
    }
}
