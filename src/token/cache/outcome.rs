//! What a failed request means for other processes, in a sealed file of its own:
//!
//! - a failure applies to processes that were waiting for the lock when it happened and use the same route;
//! - a time to wait applies to every process with this secret, until it has passed or a request has succeeded.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{self, Moment};
use crate::oauth::error::{Cause, RequestError};
use crate::token::cache::Binding;
use crate::token::cache::entries::CLOCKS_APART;

/// Longer waits are cut to this: one request per ten minutes floods no service.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// A 429 may be meant for one machine's address, and must not stop a fleet for longer.
const LONGEST_SHARED_WAIT: Duration = Duration::from_secs(60);

/// How long a refused credential is not sent by any machine.
const REFUSED: Duration = Duration::from_secs(30);

/// For the machines that have waited.
const TEMPORARY: Duration = Duration::from_secs(5);

/// The version of [`Outcome`]. Version 1 held sentences, version 2 no client, version 3 no host.
const VERSION: u32 = 4;

/// A failed request, as stored in a sealed file.
#[derive(Serialize, Deserialize)]
pub struct Outcome {
    version: u32,
    pub binding: Binding,
    happened: Moment,
    error: RequestError,
    /// The fingerprint of its route; `None` if only the wait applies to other processes.
    route: Option<String>,
}

/// What an outcome means for one process.
pub enum Shared {
    /// The same request would fail like this.
    Failure(RequestError),
    /// The service asked to wait: the time left, and why.
    Wait { left: Duration, cause: Box<Cause> },
}

impl Outcome {
    /// `None` if it does not concern other processes. A refusal of a typed secret does not, as it may be a typo.
    pub fn new(binding: &Binding, error: &RequestError, route: &str, is_typed: bool, now: Moment) -> Option<Self> {
        let holds = error.holds_for_others() && !(is_typed && error.is_refused());
        let route = holds.then(|| route.to_owned());
        let concerns_others = route.is_some() || error.wait.is_some();
        let (binding, error) = (binding.clone(), error.clone());
        concerns_others.then_some(Self { version: VERSION, binding, happened: now, error, route })
    }

    /// `None` for another version.
    pub fn read(content: &[u8]) -> Option<Self> {
        serde_json::from_slice(content).ok().filter(|outcome: &Self| outcome.version == VERSION)
    }

    /// How long a store keeps it for other machines.
    pub fn time_in_store(&self) -> Duration {
        match self.error.retry_after() {
            Some(wait) => wait.min(LONGEST_SHARED_WAIT),
            None if self.is_of_credential() => REFUSED,
            None => TEMPORARY,
        }
    }

    /// What it means for a process on another machine, for which the store keeps it for `left`. `has_seen` and
    /// `has_waited`: for the request that failed. `is_alone`: what happened before does not count for the process.
    pub fn meaning_elsewhere(
        mut self,
        left: Duration,
        has_seen: bool,
        has_waited: bool,
        is_alone: bool,
        route: &str,
    ) -> Option<Shared> {
        // An operator of the store could keep it for longer.
        let age = clock::now().wall.saturating_sub(self.happened.after(LONGEST_SHARED_WAIT).wall);
        let is_old = age > CLOCKS_APART.as_micros() as u64;
        if is_old || (is_alone && !has_waited) {
            return None;
        }
        let left = left.min(self.time_in_store());
        if has_seen && self.route.as_deref() == Some(route) {
            return Some(Shared::Failure(self.error));
        }
        if self.error.wait.is_some() {
            return Some(Shared::Wait { left, cause: self.error.cause });
        }
        self.is_of_credential().then(|| {
            self.error.told = Some(self.time_in_store() - left);
            Shared::Failure(self.error)
        })
    }

    /// Whether the realm refused the secret, which all machines with these keys have. A gateway may refuse one address,
    /// and an assertion depends on a machine's settings and clock.
    fn is_of_credential(&self) -> bool {
        let is_of_secret = match &*self.error.cause {
            Cause::Status(response, asked) => {
                !response.code.is_empty() && asked.client.as_ref().is_some_and(|client| client.auth.sends_secret())
            }
            _ => false,
        };
        self.route.is_some() && self.error.is_refused() && is_of_secret
    }

    /// When the file expires, in seconds since 1970.
    pub fn expires_at(&self) -> u64 {
        self.happened.after(LONGEST_WAIT).unix_seconds()
    }

    /// What it means at `now` for a process that has waited since `since` and uses `route`.
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
        Moment::at(second, second)
    }

    fn binding() -> Binding {
        let text = |text: &str| text.to_owned();
        let (issuer, client_id, scope, client_auth) = (text("i"), text("c"), text("s"), text("post"));
        Binding { issuer, client_id, scope, client_auth, ..Binding::default() }
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
