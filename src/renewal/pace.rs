//! When a token in a file is replaced, and when it is tried again after that failed.

use std::time::Duration;

use crate::clock::Moment;
use crate::oauth::token_response::TokenResponse;
use crate::token_source::Wanted;

/// A token of unknown lifetime may be short, and the service asks its users not to ask all the time.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(60);

/// However short tokens live, the service is not asked more often.
const LEAST: Duration = Duration::from_secs(1);

/// The longest pause between two tries; a service that comes back is noticed by then.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What part of a token's lifetime a pause may take: there is time for some tries between the first and its end.
const PAUSES_IN_A_LIFETIME: u32 = 10;

/// How long from `now` until the next one is asked for.
pub fn until_due(token: &TokenResponse, wanted: &Wanted, now: Moment) -> Duration {
    let lifetime = token.lifetime.unwrap_or(UNKNOWN_LIFETIME);
    let margin = if token.lifetime.is_some() { wanted.margin(lifetime) } else { Duration::ZERO };
    let age = token.asked_at.elapsed_at(now);
    let due = lifetime.saturating_sub(margin);
    // One from the future: nobody knows how old it is.
    age.map_or(Duration::ZERO, |age| due.saturating_sub(age))
}

/// What is left at `now` of the pause that follows a renewal, whatever the new token says of itself.
pub fn least(renewed: Moment, now: Moment) -> Duration {
    renewed.elapsed_at(now).map_or(LEAST, |elapsed| LEAST.saturating_sub(elapsed))
}

/// The pause after the `failures`th failure in a row: it doubles, and half of it is left to chance, so that many that
/// failed together do not come back together.
pub fn pause(failures: u32, lifetime: Option<Duration>) -> Duration {
    let longest = (lifetime.unwrap_or(LONGEST_PAUSE) / PAUSES_IN_A_LIFETIME).clamp(LEAST, LONGEST_PAUSE);
    let ceiling = LEAST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1))).min(longest);
    ceiling.mul_f64(0.5 + 0.5 * fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token_source::Purpose;

    fn at(second: u64) -> Moment {
        Moment { wall: second * 1_000_000, boot: second * 1_000_000 }
    }

    fn due(lifetime: Option<u64>, min_ttl: Option<u64>, now: Moment) -> u64 {
        let lifetime = lifetime.map(Duration::from_secs);
        let token = TokenResponse::kept(r#"{"access_token":"a"}"#, at(1_000), lifetime, at(1_000)).unwrap();
        let min_ttl = min_ttl.map(Duration::from_secs);
        let wanted = Wanted { min_ttl, purpose: Purpose::File, is_fresh: false, started: at(0) };
        until_due(&token, &wanted, now).as_secs()
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
    fn a_clock_that_was_set_or_stood_still_counts() {
        // The machine was halted by its host for an hour; it slept where the wall clock was set back.
        assert_eq!(due(Some(300), None, Moment { wall: at(4_600).wall, boot: at(1_010).boot }), 0);
        assert_eq!(due(Some(300), None, Moment { wall: at(1_001).wall, boot: at(1_400).boot }), 0);
        assert_eq!(due(Some(300), None, Moment { wall: at(10).wall, boot: at(1_010).boot }), 0);
    }

    #[test]
    fn the_service_is_not_asked_all_the_time() {
        assert_eq!(least(at(1_000), at(1_000)), LEAST);
        assert_eq!(least(at(1_000), at(999)), LEAST);
        assert_eq!(least(at(1_000), at(1_001)), Duration::ZERO);
        assert_eq!(due(Some(300), Some(300), at(1_000)), 30);
        for failures in 1..100 {
            let pause = pause(failures, Some(Duration::from_secs(300)));
            assert!(pause >= LEAST / 2 && pause <= Duration::from_secs(30), "{pause:?}");
            assert!(super::pause(failures, Some(Duration::from_secs(10))) <= LEAST);
        }
        assert!(pause(4, None) <= Duration::from_secs(6), "{:?}", pause(4, None));
    }
}
