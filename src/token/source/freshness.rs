//! Which token is fresh enough.

use std::time::Duration;

use crate::base::clock::Moment;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::Miss;
use crate::token::source::TokenError;

/// Longer than clock skew and network delays, so that a token does not expire on its way.
const LEEWAY: Duration = Duration::from_secs(30);

/// The leeway of a short-lived token is this fraction of its lifetime, or it would never be used.
const LEEWAY_DIVISOR: u32 = 10;

#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    /// `--min-ttl`: the least remaining lifetime. Without it, a token must outlive the leeway.
    pub min_ttl: Option<Duration>,
    pub intended_use: Use,
    /// `--refresh`: whether it must have been requested since `started`.
    pub is_fresh: bool,
    pub started: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To be used now.
    Once,
    /// For a token file: the next token must be there before this one reaches its leeway.
    KeepFresh,
}

impl Freshness {
    /// The required remaining lifetime of a token that lives for `lifetime`.
    pub fn margin(&self, lifetime: Duration) -> Duration {
        let leeway = LEEWAY.min(lifetime / LEEWAY_DIVISOR);
        let least = self.min_ttl.unwrap_or(leeway);
        match self.intended_use {
            Use::Once => least,
            // Any new token is fresh for a tenth of its lifetime, or none ever would be.
            Use::KeepFresh => least.saturating_add(leeway).min(lifetime - lifetime / LEEWAY_DIVISOR),
        }
    }

    /// For how long a token stays fresh enough; `None` if its lifetime is unknown.
    pub fn left(&self, token: &TokenResponse, now: Moment) -> Option<Duration> {
        Some(token.left_at(now)?.saturating_sub(self.margin(token.lifetime?)))
    }

    /// The remaining lifetime of a cached token that is fresh enough.
    pub fn check_cached(&self, cached: &TokenResponse, now: Moment) -> Result<Duration, Miss> {
        if self.is_fresh && !cached.asked_at.is_between(self.started, now) {
            return Err(Miss::Refresh);
        }
        let elapsed = cached.asked_at.elapsed_at(now).ok_or(Miss::FromTheFuture)?;
        let lifetime = cached.lifetime.unwrap_or_default();
        let left = lifetime.saturating_sub(elapsed);
        let margin = self.margin(lifetime);
        // Exactly --min-ttl is enough, but exactly the leeway is not.
        let is_enough = match self.min_ttl {
            Some(min_ttl) => left >= margin && left >= min_ttl && !left.is_zero(),
            None => left > margin,
        };
        match is_enough {
            true => Ok(left),
            false if left.is_zero() => Err(Miss::Expired),
            false => Err(Miss::TooShort(left)),
        }
    }

    /// Whether to use a token of another machine, on whose clock it was requested. `has_waited`: it was requested after
    /// this process came, so that a new one would be no better.
    pub fn accepts_shared(&self, shared: &TokenResponse, has_waited: bool, now: Moment) -> bool {
        match (has_waited, self.is_fresh) {
            (true, _) => shared.left_at(now).is_some_and(|left| !left.is_zero()),
            (false, true) => false,
            (false, false) => self.check_cached(shared, now).is_ok(),
        }
    }

    pub fn check_new(&self, new: &TokenResponse, now: Moment) -> Result<(), TokenError> {
        let Some(min_ttl) = self.min_ttl else { return Ok(()) };
        match new.left_at(now) {
            Some(left) if left >= min_ttl => Ok(()),
            _ => Err(TokenError::TooShort { lifetime: new.lifetime, min_ttl }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::error::Exit;

    fn at(second: u64) -> Moment {
        Moment::at(second, second)
    }

    fn cached(lifetime: Option<u64>) -> TokenResponse {
        let lifetime = lifetime.map(Duration::from_secs);
        TokenResponse::cached(r#"{"access_token":"a"}"#.to_owned(), at(1_000), lifetime, at(1_000)).unwrap()
    }

    fn wanted(min_ttl: Option<u64>, is_fresh: bool) -> Freshness {
        Freshness { min_ttl: min_ttl.map(Duration::from_secs), intended_use: Use::Once, is_fresh, started: at(1_005) }
    }

    /// The last second of its life in which a token is used.
    fn used_until(lifetime: u64, freshness: &Freshness) -> u64 {
        let used = |age: &u64| freshness.check_cached(&cached(Some(lifetime)), at(1_000 + age)).is_ok();
        (0..=lifetime + 1).take_while(used).count() as u64
    }

    #[test]
    fn a_token_of_another_machine_is_fresh_if_this_process_has_waited_for_it() {
        for (min_ttl, is_fresh, has_waited, now, is_used) in [
            (None, false, false, 1_010, true),
            (None, false, false, 1_271, false),
            (Some(300), false, false, 1_010, false),
            (None, true, false, 1_010, false),
            (None, true, true, 1_010, true),
            (Some(300), false, true, 1_010, true),
            (None, false, true, 1_299, true),
            (None, false, true, 1_300, false),
        ] {
            let found = wanted(min_ttl, is_fresh).accepts_shared(&cached(Some(300)), has_waited, at(now));
            assert_eq!(found, is_used, "{min_ttl:?} {is_fresh} {has_waited} {now}");
        }
    }

    #[test]
    fn the_leeway_is_half_a_minute_or_a_tenth() {
        assert_eq!(used_until(300, &wanted(None, false)), 270);
        assert_eq!(used_until(86_400, &wanted(None, false)), 86_370);
        assert_eq!(used_until(100, &wanted(None, false)), 90);
        assert_eq!(used_until(10, &wanted(None, false)), 9);
    }

    #[test]
    fn min_ttl_replaces_the_leeway() {
        assert_eq!(used_until(300, &wanted(Some(200), false)), 101);
        assert_eq!(used_until(300, &wanted(Some(0), false)), 300);
        assert_eq!(used_until(300, &wanted(Some(301), false)), 0);
    }

    #[test]
    fn a_file_gets_the_next_token_a_leeway_earlier() {
        let used_until = |lifetime, min_ttl| {
            used_until(lifetime, &Freshness { intended_use: Use::KeepFresh, ..wanted(min_ttl, false) })
        };
        assert_eq!(used_until(300, None), 240);
        assert_eq!(used_until(10, None), 8);
        assert_eq!(used_until(300, Some(120)), 151);
        assert_eq!(used_until(300, Some(285)), 16);
    }

    #[test]
    fn refresh_accepts_tokens_requested_since_the_start() {
        let refresh = |started: u64| Freshness { started: at(started), ..wanted(None, true) };
        assert!(refresh(1_000).check_cached(&cached(Some(300)), at(1_001)).is_ok());
        assert!(refresh(1_001).check_cached(&cached(Some(300)), at(1_001)).is_err());
    }

    #[test]
    fn no_token_of_unknown_lifetime_and_none_from_the_future_is_used() {
        assert!(wanted(None, false).check_cached(&cached(None), at(1_000)).is_err());
        assert!(wanted(Some(0), false).check_cached(&cached(Some(300)), at(999)).is_err());
    }

    #[test]
    fn min_ttl_is_a_promise() {
        let code = |min_ttl, lifetime| {
            wanted(min_ttl, false)
                .check_new(&cached(lifetime), at(1_001))
                .map_err(|error| crate::cli::error::of_token(&error))
        };
        assert_eq!(code(Some(299), Some(300)), Ok(()));
        assert_eq!(code(Some(300), Some(300)), Err(Exit::Unusable));
        assert_eq!(code(Some(0), None), Err(Exit::Unusable));
        assert_eq!(code(None, None), Ok(()));
    }
}
