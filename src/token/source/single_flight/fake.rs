//! A fake clock, secret, store and endpoint, for the tests of the decision.
#![cfg(test)]

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::*;
use crate::cli::error;
use crate::cli::error::Exit;
use crate::token::source::freshness;

/// Each step that takes or changes something is noted.
pub struct Fake {
    pub second: u64,
    pub cost: Cost<'static>,
    pub has_secret: bool,
    pub cached: Option<TokenResponse>,
    /// Whether the entry opens without the secret.
    pub has_key: bool,
    /// What each attempt to take the lock finds.
    pub locks: VecDeque<Locked>,
    pub shared: Cell<Option<Shared>>,
    pub answers: VecDeque<Result<TokenResponse, TokenError>>,
    pub can_store: bool,
    pub may_wait: bool,
    /// What the shared cache says to each turn; `None` without one.
    pub turns: Option<VecDeque<Turn>>,
    pub steps: Vec<&'static str>,
    pub has_waited: bool,
    /// Cloned by the holder of the lock.
    pub lock: Rc<()>,
}

/// Another process holds the lock for a second.
pub enum Locked {
    Free,
    AfterOneThatStored(Box<TokenResponse>),
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
            turns: None,
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
            self.cached = Some(*token);
        }
        LockAttempt { lock, waited }
    }

    fn shared(&self, _: Moment) -> Option<Shared> {
        self.shared.take()
    }

    fn turn(&mut self) -> Turn {
        let Some(turns) = &mut self.turns else { return Turn::Ask };
        self.steps.push("turn");
        turns.pop_front().expect("one turn more than planned")
    }

    fn publish(&mut self, _: &Result<TokenResponse, TokenError>) {
        self.steps.extend(self.turns.as_ref().map(|_| "publish"));
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

pub fn at(second: u64) -> Moment {
    Moment::at(second, second)
}

/// Requested at that second.
pub fn token(name: &str, asked: u64, lifetime: Option<u64>) -> TokenResponse {
    let json = format!(r#"{{"access_token":"{name}"}}"#);
    TokenResponse::cached(json, at(asked), lifetime.map(Duration::from_secs), at(asked)).unwrap()
}

pub fn copy(token: &TokenResponse) -> TokenResponse {
    TokenResponse::cached(token.json.clone(), token.asked_at, token.lifetime, token.asked_at).unwrap()
}

pub fn refused() -> RequestError {
    RequestError::of_status(401, true, None)
}

/// HTTP 503, with `Retry-After` or without.
pub fn unavailable(wait: Option<u64>) -> RequestError {
    RequestError::of_status(503, true, wait)
}

pub fn wanted() -> Freshness {
    Freshness { min_ttl: None, intended_use: freshness::Use::Once, is_fresh: false, started: at(1_000) }
}

pub fn refresh() -> Freshness {
    Freshness { is_fresh: true, ..wanted() }
}

pub fn one_hour() -> Freshness {
    Freshness { min_ttl: Some(Duration::from_secs(3_600)), ..wanted() }
}

/// The token or the exit code, and the steps to it.
pub fn run(mut fake: Fake, freshness: &Freshness) -> (Result<String, Exit>, String) {
    let result = super::token(&mut fake, freshness);
    let Fake { locks, answers, steps, .. } = fake;
    assert!(locks.is_empty() && answers.is_empty(), "less happened than planned: {steps:?}");
    let result = result.map(|token| token.access_token.expose().to_owned()).map_err(|error| error::of_token(&error));
    (result, steps.join(" "))
}

pub fn got(name: &str, steps: &str) -> (Result<String, Exit>, String) {
    (Ok(name.to_owned()), steps.to_owned())
}

pub fn ends(exit: Exit, steps: &str) -> (Result<String, Exit>, String) {
    (Err(exit), steps.to_owned())
}
