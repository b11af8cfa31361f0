//! Durations as people write them: `90s`, `5m`, `1h30m`, `1500ms`, and plain seconds.

use std::time::Duration;

use thiserror::Error;

/// Why a text is not a duration. clap prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnusableDuration {
    #[error("examples: 30, 90s, 5m, 1h30m, 1500ms")]
    Unreadable,
    #[error("must be longer than 0")]
    Zero,
}

pub fn parse(text: &str) -> Result<Duration, UnusableDuration> {
    // Both parsers accept more units; humantime reads `M` as a month.
    let known = text.split(|c: char| c.is_ascii_digit()).all(|unit| matches!(unit, "" | "d" | "h" | "m" | "s" | "ms"));
    let seconds = text.parse().map(Duration::from_secs).ok();
    let parsed = seconds.or_else(|| humantime::parse_duration(text).ok());
    parsed.filter(|_| known).ok_or(UnusableDuration::Unreadable)
}

/// A duration above zero: a timeout of zero would fail every call.
pub fn parse_positive(text: &str) -> Result<Duration, UnusableDuration> {
    match parse(text)? {
        Duration::ZERO => Err(UnusableDuration::Zero),
        duration => Ok(duration),
    }
}

/// Formats for messages: `45s`, `1m 30s`, `1h 2m`, `250ms`. Drops parts that are too fine for a reader.
pub fn display(duration: Duration) -> String {
    let rounded = match duration.as_secs() {
        0 => Duration::from_millis(duration.subsec_millis().into()),
        seconds => Duration::from_secs(seconds),
    };
    humantime::format_duration(rounded).to_string()
}

/// Formats for a report about a token: `4 min 10 s`, `2 days 3 h`; whole seconds, the two largest units.
pub fn in_words(duration: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "days"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut left = duration.as_secs();
    let parts = UNITS.map(|(length, unit)| {
        let count = left / length;
        left %= length;
        (count, if (count, unit) == (1, "days") { "day" } else { unit })
    });
    let largest = parts.iter().position(|(count, _)| *count > 0).unwrap_or(UNITS.len() - 1);
    let shown = parts[largest..].iter().take(2).enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
    shown.map(|(_, (count, unit))| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_interface() {
        let seconds = Duration::from_secs;
        assert_eq!(parse("90s"), Ok(seconds(90)));
        assert_eq!(parse("5m"), Ok(seconds(300)));
        assert_eq!(parse("1h30m"), Ok(seconds(5400)));
        assert_eq!(parse("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse("30"), Ok(seconds(30)));
        assert_eq!(parse("0"), Ok(Duration::ZERO));
    }

    #[test]
    fn what_is_no_duration_is_refused_without_a_panic() {
        for text in [
            "",
            " ",
            "-5",
            "+5",
            "5 parsecs",
            "99999999999999999999",
            "1e3",
            "9999999999999999999h",
            "∞",
            "1M",
            "1.5s",
            "2days",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse_positive("0").is_err());
        assert!(parse_positive("0ms").is_err());
    }

    #[test]
    fn messages_are_short() {
        assert_eq!(display(Duration::from_micros(90_000_123)), "1m 30s");
        assert_eq!(display(Duration::from_micros(250_900)), "250ms");
    }

    #[test]
    fn a_person_reads_the_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (180, "3 min"),
            (250, "4 min 10 s"),
            (3_600, "1 h"),
            (3_601, "1 h"),
            (90_000, "1 day 1 h"),
            (172_800, "2 days"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
        assert!(in_words(Duration::MAX).ends_with("days 7 h"));
    }
}
