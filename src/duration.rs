//! Durations as people write them: `90s`, `5m`, `1h30m`, `1500ms`, and plain seconds.

use std::time::Duration;

/// A duration of any length, zero included.
pub fn parse(text: &str) -> Result<Duration, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(Duration::from_secs).map_err(|_| "the number is too large".to_owned());
    }
    // humantime reads more than that, and `M` as a month.
    let known = text.split(|c: char| c.is_ascii_digit()).all(|unit| matches!(unit, "" | "d" | "h" | "m" | "s" | "ms"));
    let parsed = humantime::parse_duration(text).ok().filter(|_| known);
    parsed.ok_or_else(|| "write it as `30`, `90s`, `5m`, `1h30m` or `1500ms`".to_owned())
}

/// A duration that something can happen in: a time-out of zero would refuse every call.
pub fn parse_positive(text: &str) -> Result<Duration, String> {
    match parse(text)? {
        Duration::ZERO => Err("must be longer than 0".to_owned()),
        duration => Ok(duration),
    }
}

/// For messages: `45s`, `1m 30s`, `1h 2m`, `250ms`; nothing finer than a reader needs.
pub fn display(duration: Duration) -> String {
    let rounded = if duration < Duration::from_secs(1) {
        Duration::from_millis(u64::from(duration.subsec_millis()))
    } else {
        Duration::from_secs(duration.as_secs())
    };
    humantime::format_duration(rounded).to_string()
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
}
