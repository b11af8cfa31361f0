//! When the next token is requested, and how long a failed renewal waits.

use std::time::Duration;

use crate::base::clock::Moment;
use crate::oauth::token_response::TokenResponse;
use crate::token::renewal::RenewalError;
use crate::token::source::Freshness;

/// Assumed for a token of unknown lifetime: it may be short, but the service asks its users to reuse tokens.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(60);

/// The shortest time between two requests, for any token lifetime and number of signals.
pub const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// The longest pause after a temporary failure, so that a recovered service is noticed soon.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The longest pause after a refusal while the token is valid: the secret may be replaced within a minute.
const LONGEST_WHILE_VALID: Duration = Duration::from_secs(30);

/// The first pause after a failure that a person must fix: the service must not get refused credentials all day.
const FIRST_LASTING_PAUSE: Duration = Duration::from_secs(60);

/// The longest pause, even if the service asks for more.
const LONGEST_OF_ALL: Duration = Duration::from_secs(10 * 60);

/// A pause takes at most this fraction of a token's lifetime, so that several tries fit in.
const PAUSES_IN_A_LIFETIME: u32 = 10;

pub fn until_due(token: &TokenResponse, freshness: &Freshness, now: Moment) -> Duration {
    let pause = token.lifetime.map_or(UNKNOWN_LIFETIME, |lifetime| lifetime.saturating_sub(freshness.margin(lifetime)));
    remaining(token.asked_at, pause.max(MIN_INTERVAL), now)
}

/// What is left at `now` of a pause that began at `since`; zero if the clock was set back.
pub fn remaining(since: Moment, pause: Duration, now: Moment) -> Duration {
    since.elapsed_at(now).map_or(Duration::ZERO, |elapsed| pause.saturating_sub(elapsed))
}

/// The pause after the `count`th consecutive failure, for a token with `lifetime`, of which `left` is left. It doubles,
/// and is never shorter than the service asks. Half of it is random, so that processes that failed together do not retry
/// together; but not after a refusal of a valid token's credential, whose last retry is at the expiry.
pub fn pause(error: &RenewalError, count: u32, lifetime: Option<Duration>, left: Duration) -> Duration {
    let doubled = |first: Duration| first.saturating_mul(2_u32.saturating_pow(count.saturating_sub(1)));
    if error.is_of_credential() && !left.is_zero() {
        return doubled(MIN_INTERVAL).min(LONGEST_WHILE_VALID).min(left.max(MIN_INTERVAL));
    }
    let is_lasting = matches!(error, RenewalError::Token(error) if error.is_refused() || error.is_untrusted());
    let of_lifetime = (lifetime.unwrap_or(LONGEST_PAUSE) / PAUSES_IN_A_LIFETIME).clamp(MIN_INTERVAL, LONGEST_PAUSE);
    let (first, longest) = if is_lasting { (FIRST_LASTING_PAUSE, LONGEST_OF_ALL) } else { (MIN_INTERVAL, of_lifetime) };
    let pause = doubled(first).min(longest).mul_f64(0.5 + 0.5 * fastrand::f64());
    pause.max(error.retry_after().unwrap_or_default()).min(LONGEST_OF_ALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::error::RequestError;
    use crate::token::source::{TokenError, Use};

    fn at(second: u64) -> Moment {
        Moment::at(second, second)
    }

    fn due(lifetime: Option<u64>, min_ttl: Option<u64>, now: Moment) -> u64 {
        let lifetime = lifetime.map(Duration::from_secs);
        let token =
            TokenResponse::cached(r#"{"access_token":"a"}"#.to_owned(), at(1_000), lifetime, at(1_000)).unwrap();
        let min_ttl = min_ttl.map(Duration::from_secs);
        let freshness = Freshness { min_ttl, intended_use: Use::KeepFresh, is_fresh: false, started: at(0) };
        until_due(&token, &freshness, now).as_secs()
    }

    #[test]
    fn a_token_is_replaced_before_its_leeway_is_reached() {
        assert_eq!(due(Some(300), None, at(1_000)), 240);
        assert_eq!(due(Some(10), None, at(1_001)), 7);
        assert_eq!(due(Some(300), Some(60), at(1_000)), 210);
        assert_eq!(due(Some(300), None, at(1_500)), 0);
        assert_eq!(due(None, None, at(1_000)), 60);
    }

    #[test]
    fn a_clock_that_was_set_or_stopped_counts() {
        // The machine was halted by its host for an hour; it slept where the wall clock was set back.
        assert_eq!(due(Some(300), None, Moment::at(4_600, 1_010)), 0);
        assert_eq!(due(Some(300), None, Moment::at(1_001, 1_400)), 0);
        assert_eq!(due(Some(300), None, Moment::at(10, 1_010)), 0);
    }

    #[test]
    fn the_service_is_not_asked_all_the_time() {
        assert_eq!(remaining(at(1_000), MIN_INTERVAL, at(1_000)), MIN_INTERVAL);
        assert_eq!(remaining(at(1_000), MIN_INTERVAL, at(999)), Duration::ZERO);
        assert_eq!(remaining(at(1_000), MIN_INTERVAL, at(1_001)), Duration::ZERO);
        assert_eq!(due(Some(300), Some(300), at(1_000)), 30);
        let failed = |status, wait| RenewalError::from(TokenError::from(RequestError::of_status(status, true, wait)));
        let (temporary, refused) = (failed(503, None), failed(401, None));
        for (count, expected) in (1..).zip([1, 2, 4, 8, 16, 30, 30]) {
            assert_eq!(pause(&refused, count, None, Duration::from_secs(100)).as_secs(), expected);
        }
        assert_eq!(pause(&refused, 9, None, Duration::from_secs(7)).as_secs(), 7, "once more at the expiry");
        for count in 1..100 {
            let pause = |error, lifetime| pause(error, count, Some(Duration::from_secs(lifetime)), Duration::ZERO);
            assert!((MIN_INTERVAL / 2..=Duration::from_secs(30)).contains(&pause(&temporary, 300)));
            assert!(pause(&temporary, 10) <= MIN_INTERVAL);
            assert!((Duration::from_secs(30)..=LONGEST_OF_ALL).contains(&pause(&refused, 10)));
        }
        assert!(pause(&temporary, 4, None, Duration::ZERO) <= Duration::from_secs(6));
        for (asked, expected) in [(7, 7), (86_400, 600)] {
            assert_eq!(pause(&failed(503, Some(asked)), 1, None, Duration::ZERO).as_secs(), expected);
        }
    }
}
