//! What a failed request means for others: a refusal or a failure that they would meet too, a time to wait.
//!
//! It is sealed like an entry, in a file of its own, so that it never displaces one. What holds for whom:
//!
//! - a failure holds for processes that were waiting for the lock when it happened and use the same route;
//! - a time to wait holds for every process with this secret, until it has passed or a request has succeeded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::Moment;
use crate::oauth::error::{Cause, RequestError};
use crate::token::cache::binding::Binding;

/// A service that asks for more means "later"; one that is asked again after that is not flooded.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// The version of [`Outcome`]. Version 1 held sentences.
const VERSION: u32 = 2;

/// A failed request, as it stands inside the seal.
#[derive(Serialize, Deserialize)]
pub struct Outcome {
    version: u32,
    pub binding: Binding,
    happened: Moment,
    error: RequestError,
    /// The fingerprint of its route; `None` when the failure holds for no other process and only the wait does.
    route: Option<String>,
}

/// What an outcome means for one process.
pub enum Shared {
    /// The failure that it would meet.
    Failure(RequestError),
    /// The service asked to wait for so long from now, and why.
    Wait { left: Duration, cause: Box<Cause> },
}

impl Outcome {
    /// `None` when it means nothing to others. `is_typed` is a secret from a person: it may be mistyped, and the next
    /// one is not.
    pub fn new(binding: &Binding, error: &RequestError, route: &str, is_typed: bool, now: Moment) -> Option<Self> {
        let holds = error.holds_for_others() && !(is_typed && error.is_refused());
        let route = holds.then(|| route.to_owned());
        let is_of_use = route.is_some() || error.wait.is_some();
        let (binding, error) = (binding.clone(), error.clone());
        is_of_use.then_some(Self { version: VERSION, binding, happened: now, error, route })
    }

    /// `None` for another version's.
    pub fn read(content: &[u8]) -> Option<Self> {
        serde_json::from_slice(content).ok().filter(|outcome: &Self| outcome.version == VERSION)
    }

    /// The moment from which it is of no use, in seconds since 1970.
    pub fn expires_at(&self) -> u64 {
        self.happened.after(LONGEST_WAIT).unix_seconds()
    }

    /// What it means at `now` for a process that has been waiting since `since` and uses this `route`.
    pub fn meaning(self, since: Moment, route: &str, now: Moment) -> Option<Shared> {
        if self.happened.is_between(since, now) && self.route.as_deref() == Some(route) {
            return Some(Shared::Failure(self.error));
        }
        let age = self.happened.elapsed_at(now).unwrap_or(Duration::MAX);
        let wait = self.error.retry_after().unwrap_or_default().min(LONGEST_WAIT);
        let left = wait.saturating_sub(age);
        (!left.is_zero()).then_some(Shared::Wait { left, cause: self.error.cause })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Moment {
        Moment { wall: second * 1_000_000, boot: second * 1_000_000 }
    }

    fn binding() -> Binding {
        let text = |text: &str| text.to_owned();
        Binding { issuer: text("i"), client_id: text("c"), scope: text("s"), client_auth: text("post") }
    }

    fn meaning(failed: &RequestError, is_typed: bool, since: Option<u64>, way: &str, now: u64) -> &'static str {
        let Some(outcome) = Outcome::new(&binding(), failed, "way", is_typed, at(100)) else { return "none" };
        let written = serde_json::to_vec(&outcome).unwrap();
        match Outcome::read(&written).unwrap().meaning(at(since.unwrap_or(now)), way, at(now)) {
            None => "nothing",
            Some(Shared::Failure(_)) => "failure",
            Some(Shared::Wait { .. }) => "wait",
        }
    }

    #[test]
    fn a_failure_holds_for_waiters_with_the_same_route() {
        let refused = RequestError::of_status(401, true, None);
        assert_eq!(meaning(&refused, false, Some(99), "way", 101), "failure");
        assert_eq!(meaning(&refused, false, Some(101), "way", 102), "nothing");
        assert_eq!(meaning(&refused, false, None, "way", 101), "nothing");
        assert_eq!(meaning(&refused, false, Some(99), "another", 101), "nothing");
        assert_eq!(meaning(&refused, true, Some(99), "way", 101), "none");
        assert_eq!(meaning(&RequestError::of_status(503, false, None), false, Some(99), "way", 101), "none");
        assert_eq!(meaning(&refused, false, Some(99), "way", 99), "nothing");
    }

    #[test]
    fn a_wait_holds_for_every_process_until_it_has_passed() {
        for holds in [true, false] {
            let limited = RequestError::of_status(503, holds, Some(30));
            assert_eq!(meaning(&limited, false, None, "another", 129), "wait");
            assert_eq!(meaning(&limited, true, Some(99), "another", 101), "wait");
            assert_eq!(meaning(&limited, false, None, "way", 131), "nothing");
        }
        let for_a_day = RequestError::of_status(503, true, Some(86_400));
        assert_eq!(meaning(&for_a_day, false, None, "way", 699), "wait");
        assert_eq!(meaning(&for_a_day, false, None, "way", 701), "nothing");
    }

    #[test]
    fn another_versions_outcome_is_none() {
        let outcome =
            Outcome::new(&binding(), &RequestError::of_status(401, true, None), "way", false, at(100)).unwrap();
        assert!(Outcome::read(&serde_json::to_vec(&outcome).unwrap()).is_some());
        let later = Outcome { version: VERSION + 1, ..outcome };
        assert!(Outcome::read(&serde_json::to_vec(&later).unwrap()).is_none());
    }
}
