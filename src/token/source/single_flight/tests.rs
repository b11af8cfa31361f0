//! Tests the decision with a fake clock, secret, store and endpoint.
#![cfg(test)]

use std::cell::Cell;
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::rc::Rc;

use super::*;
use crate::cli::error;
use crate::cli::error::Exit;
use crate::token::source::freshness;

/// Each step that takes or changes something is noted.
struct Fake {
    second: u64,
    cost: Cost<'static>,
    has_secret: bool,
    cached: Option<TokenResponse>,
    /// Whether the entry opens without the secret.
    has_key: bool,
    /// What each attempt to take the lock finds.
    locks: VecDeque<Locked>,
    shared: Cell<Option<Shared>>,
    answers: VecDeque<Result<TokenResponse, TokenError>>,
    can_store: bool,
    may_wait: bool,
    steps: Vec<&'static str>,
    has_waited: bool,
    /// Cloned by the holder of the lock.
    lock: Rc<()>,
}

/// Another process holds the lock for a second.
enum Locked {
    Free,
    AfterOneThatStored(TokenResponse),
    AfterOneThatFailed,
    NotAtAll,
}

impl Default for Fake {
    fn default() -> Self {
        Self {
            second: 1_000,
            cost: Cost::Nothing,
            has_secret: false,
            cached: None,
            has_key: false,
            locks: [Locked::Free].into(),
            shared: Cell::new(None),
            answers: VecDeque::new(),
            can_store: true,
            may_wait: true,
            steps: Vec::new(),
            has_waited: false,
            lock: Rc::default(),
        }
    }
}

impl Fake {
    /// A person types, or the service has us wait: no other process is held up.
    fn assert_unlocked(&self) {
        assert_eq!(Rc::strong_count(&self.lock), 1, "the lock is held");
    }
}

impl Steps for Fake {
    type Lock = Rc<()>;

    fn now(&self) -> Moment {
        at(self.second)
    }

    fn cost(&self) -> Cost<'_> {
        if self.has_secret { Cost::Nothing } else { self.cost }
    }

    fn get_secret(&mut self, _: bool) -> Result<(), TokenError> {
        if !std::mem::replace(&mut self.has_secret, true) && self.cost != Cost::Nothing {
            self.steps.push("secret");
            // The first one of many runs a command under the lock.
            if self.cost == Cost::Person || self.has_waited {
                self.assert_unlocked();
            }
        }
        Ok(())
    }

    fn cached(&mut self) -> Result<TokenResponse, Miss> {
        let cached = self.cached.as_ref().filter(|_| self.has_secret || self.has_key);
        cached.map(copy).ok_or(Miss::NoneCached)
    }

    fn lock(&mut self) -> LockAttempt<Rc<()>> {
        self.steps.push("lock");
        let locked = self.locks.pop_front().expect("one attempt to lock more than planned");
        let waited = !matches!(locked, Locked::Free | Locked::NotAtAll);
        self.second += u64::from(waited);
        self.has_waited |= waited;
        let lock = (!matches!(locked, Locked::NotAtAll)).then(|| Rc::clone(&self.lock));
        if let Locked::AfterOneThatStored(token) = locked {
            self.cached = Some(token);
        }
        LockAttempt { lock, waited }
    }

    fn shared(&self, _: Moment) -> Option<Shared> {
        self.shared.take()
    }

    fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        self.steps.push("fetch");
        self.second += 1;
        self.answers.pop_front().expect("one request more than planned")
    }

    fn store(&mut self, _: &TokenResponse) -> bool {
        self.steps.push("store");
        self.can_store
    }

    fn share(&mut self, _: &RequestError) -> bool {
        self.steps.push("share");
        self.can_store
    }

    fn release_unstored(&mut self, _: Rc<()>) {
        self.steps.push("release");
    }

    fn wait(&mut self, _: Duration) -> bool {
        self.assert_unlocked();
        self.steps.push("wait");
        self.may_wait
    }

    fn wait_as_another(&mut self, left: Duration, cause: Box<Cause>) -> Result<(), TokenError> {
        if self.wait(left) { Ok(()) } else { Err(TokenError::AskedToWait { left, has_retries: true, cause }) }
    }
}

fn at(second: u64) -> Moment {
    Moment { wall: second * 1_000_000, boot: second * 1_000_000 }
}

/// Requested at that second.
fn token(name: &str, asked: u64, lifetime: Option<u64>) -> TokenResponse {
    let json = format!(r#"{{"access_token":"{name}"}}"#);
    TokenResponse::cached(json, at(asked), lifetime.map(Duration::from_secs), at(asked)).unwrap()
}

fn copy(token: &TokenResponse) -> TokenResponse {
    TokenResponse::cached(token.json.clone(), token.asked_at, token.lifetime, token.asked_at).unwrap()
}

fn refused() -> RequestError {
    RequestError::of_status(401, true, None)
}

/// HTTP 503, with `Retry-After` or without.
fn unavailable(wait: Option<u64>) -> RequestError {
    RequestError::of_status(503, true, wait)
}

fn wanted() -> Freshness {
    Freshness { min_ttl: None, intended_use: freshness::Use::Once, is_fresh: false, started: at(1_000) }
}

fn refresh() -> Freshness {
    Freshness { is_fresh: true, ..wanted() }
}

fn one_hour() -> Freshness {
    Freshness { min_ttl: Some(Duration::from_secs(3_600)), ..wanted() }
}

/// The token or the exit code, and the steps to it.
fn run(mut fake: Fake, freshness: &Freshness) -> (Result<String, Exit>, String) {
    let result = super::token(&mut fake, freshness);
    let Fake { locks, answers, steps, .. } = fake;
    assert!(locks.is_empty() && answers.is_empty(), "less happened than planned: {steps:?}");
    let result = result.map(|token| token.access_token.expose().to_owned()).map_err(|error| error::of_token(&error));
    (result, steps.join(" "))
}

fn got(name: &str, steps: &str) -> (Result<String, Exit>, String) {
    (Ok(name.to_owned()), steps.to_owned())
}

fn ends(exit: Exit, steps: &str) -> (Result<String, Exit>, String) {
    (Err(exit), steps.to_owned())
}

#[test]
fn a_hit_takes_no_lock() {
    let fake = || Fake { cached: Some(token("cached", 900, Some(300))), locks: VecDeque::new(), ..Fake::default() };
    assert_eq!(run(fake(), &wanted()), got("cached", ""));
    let by_key = Fake { has_key: true, cost: Cost::Person, ..fake() };
    assert_eq!(run(by_key, &wanted()), got("cached", ""));
}

#[test]
fn a_miss_is_one_request_that_is_stored() {
    let with = |cached| Fake { cached, answers: [Ok(token("new", 1_000, Some(300)))].into(), ..Fake::default() };
    assert_eq!(run(with(None), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(with(Some(token("expiring", 729, Some(300)))), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(with(Some(token("older", 999, Some(300)))), &refresh()), got("new", "lock fetch store"));
}

#[test]
fn a_waiter_uses_what_the_holder_stored() {
    let after = |lifetime| {
        let locks = [Locked::AfterOneThatStored(token("theirs", 1_000, Some(lifetime)))].into();
        Fake { locks, ..Fake::default() }
    };
    assert_eq!(run(after(300), &wanted()), got("theirs", "lock"));
    assert_eq!(run(after(300), &refresh()), got("theirs", "lock"));
    // A new one would live for no longer.
    assert_eq!(run(after(300), &one_hour()), ends(Exit::Unusable, "lock"));
    assert_eq!(run(after(2), &wanted()), got("theirs", "lock"));
    // One that has expired meanwhile is no token.
    let expired = Fake { answers: [Ok(token("own", 1_001, Some(300)))].into(), ..after(1) };
    assert_eq!(run(expired, &wanted()), got("own", "lock fetch store"));
}

#[test]
fn waiters_are_released_if_the_token_cannot_be_shared() {
    for (lifetime, can_store, steps) in [
        (Some(300), false, "lock fetch store release"),
        (Some(1), true, "lock fetch release"),
        (None, true, "lock fetch release"),
    ] {
        let answers = [Ok(token("new", 1_000, lifetime))].into();
        assert_eq!(run(Fake { answers, can_store, ..Fake::default() }, &wanted()), got("new", steps));
    }
}

#[test]
fn a_failure_is_shared_or_released() {
    for (can_store, steps) in [(true, "lock fetch share"), (false, "lock fetch share release")] {
        let answers = [Err(refused().into())].into();
        assert_eq!(run(Fake { answers, can_store, ..Fake::default() }, &wanted()), ends(Exit::Refused, steps));
    }
}

#[test]
fn a_failure_of_another_process_is_adopted() {
    let shared = Cell::new(Some(Shared::Failure(refused())));
    let fake = Fake { locks: [Locked::AfterOneThatFailed].into(), shared, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Refused, "lock"));
}

#[test]
fn without_a_lock_it_goes_on_and_stores() {
    let answering = |answer| Fake { locks: [Locked::NotAtAll].into(), answers: [answer].into(), ..Fake::default() };
    assert_eq!(run(answering(Ok(token("new", 1_000, Some(300)))), &wanted()), got("new", "lock fetch store"));
    assert_eq!(run(answering(Err(unavailable(None).into())), &wanted()), ends(Exit::Temporary, "lock fetch"));
}

#[test]
fn a_wait_is_waited_for_without_the_lock() {
    let asked = || Cell::new(Some(Shared::Wait { left: Duration::from_secs(1), cause: unavailable(None).cause }));
    let twice = || [Locked::Free, Locked::Free].into();
    let answers = [Ok(token("new", 1_000, Some(300)))].into();
    let fake = Fake { locks: twice(), shared: asked(), answers, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("new", "lock wait lock fetch store"));
    let answers = [Err(unavailable(Some(1)).into()), Ok(token("new", 1_001, Some(300)))].into();
    let fake = Fake { locks: twice(), answers, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("new", "lock fetch share wait lock fetch store"));
    let fake = Fake { shared: asked(), may_wait: false, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Temporary, "lock wait"));
    let answers = [Err(unavailable(Some(60)).into())].into();
    let fake = Fake { answers, may_wait: false, ..Fake::default() };
    assert_eq!(run(fake, &wanted()), ends(Exit::Temporary, "lock fetch share wait"));
}

#[test]
fn a_person_is_asked_before_the_lock_and_a_command_runs_under_it() {
    for (cost, steps) in
        [(Cost::Person, "secret lock fetch store"), (Cost::Command(OsStr::new("op read")), "lock secret fetch store")]
    {
        let answers = [Ok(token("new", 1_000, Some(300)))].into();
        assert_eq!(run(Fake { cost, answers, ..Fake::default() }, &wanted()), got("new", steps));
    }
}

#[test]
fn a_waiter_runs_its_command_only_if_no_key_opens_the_entry() {
    let cost = Cost::Command(OsStr::new("op read"));
    let stored = || Locked::AfterOneThatStored(token("theirs", 1_000, Some(300)));
    let fake = Fake { cost, has_key: true, locks: [stored()].into(), ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("theirs", "lock"));
    let fake = Fake { cost, locks: [stored(), Locked::Free].into(), ..Fake::default() };
    assert_eq!(run(fake, &wanted()), got("theirs", "lock secret lock"));
}
