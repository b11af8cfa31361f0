//! One request for a fleet: what this machine finds in the shared cache, and whether it is its turn to ask.
//!
//! The first machine without a token takes the lease, a key that expires by itself, requests a token, and puts it or the
//! outcome of the failure into the store, with the lease's number. The others look again and again. The clocks of other
//! machines are not used: the store says how long a token lives, and the number shows which request was waited for.
//!
//! The store never fails a call: after a trouble it is left alone, but for one attempt to share the token in the end.

mod publish;

use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{Event, Step, WaitGuard, Warning, emit};
use crate::oauth::assertion::AssertionSettings;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::outcome::Outcome;
use crate::token::cache::{Shared, seal};
use crate::token::source::freshness::{Freshness, Use};
use crate::token::source::unlocked::Unlocked;
use crate::token::store::{Names, PATIENCE, Seen, SharedCache, Store, StoreError, Value};

/// A lease ends after this time, so that a machine that was killed holds up the others for no longer.
pub const LEASE: Duration = Duration::from_secs(10);

/// A lease that is held for longer does not end by itself: someone has made it last.
const STUCK: Duration = Duration::from_secs(12);

/// The first pause between two looks, how it grows, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
const GROWTH: f64 = 1.4;
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// The bytes by which two sealed values differ: magic and salt.
const SALTED: usize = 40;

/// What to do next.
pub enum Turn {
    Ask,
    Found(TokenResponse),
    Shared(Shared),
}

/// What this process takes from the store.
pub struct Wants<'a> {
    pub freshness: Freshness,
    /// The fingerprint of its way to the service.
    pub route: String,
    pub assertion: &'a AssertionSettings,
    /// A person typed the secret, which may have a slip.
    pub is_typed: bool,
}

pub struct Fleet<'a> {
    store: Store<'a>,
    shared: &'a SharedCache,
    unlocked: Rc<Unlocked>,
    wants: Wants<'a>,
    /// Of the lease that this process takes.
    number: Vec<u8>,
    /// When it was taken.
    taken: Option<Moment>,
    /// The number of the lease that was held before this process came.
    first: Option<Vec<u8>>,
    /// Those that were taken later.
    waited_for: Vec<Vec<u8>>,
    /// The token and the outcome that do not count.
    judged: [Option<Vec<u8>>; 2],
    /// What is left of the time that the store may take, waits for another machine aside.
    patience: Duration,
    /// After a trouble: whether it may be over at the end of the call.
    trouble: Option<bool>,
    /// Whether the store has the token of this call.
    pub has_token: bool,
}

impl<'a> Fleet<'a> {
    pub fn new(shared: &'a SharedCache, unlocked: Rc<Unlocked>, wants: Wants<'a>) -> Self {
        let store = Store::new(&shared.access, Names::new(&unlocked.keys, &shared.binding));
        Self {
            store,
            shared,
            unlocked,
            wants,
            number: seal::random().into_bytes(),
            taken: None,
            first: None,
            waited_for: Vec::new(),
            judged: [None, None],
            patience: PATIENCE,
            trouble: None,
            has_token: false,
        }
    }

    /// Looks in the store; takes the lease, or waits for the machine that has it.
    pub fn turn(&mut self, deadline: Deadline) -> Turn {
        if self.trouble.is_some() {
            return Turn::Ask;
        }
        self.find(deadline).unwrap_or_else(|why| {
            self.give_up(why);
            Turn::Ask
        })
    }

    fn find(&mut self, deadline: Deadline) -> Result<Turn, StoreError> {
        // Drawn anew by each process: they do not all give up at once.
        let share = 0.5 + fastrand::f64() / 6.0;
        let patience = deadline.left().map_or(Deadline::never(), |left| Deadline::after(left.mul_f64(share)));
        let (started, mut seen) = (Instant::now(), self.in_time(deadline, Store::look)?);
        self.first.clone_from(&seen.lease);
        if let Some(turn) = self.judge(&seen) {
            return Ok(turn);
        }
        emit(Event::SharedMiss { store: &self.shared.access.endpoint });
        // The reply to a claim could come after the deadline, and the lease would hold up the others until it expires.
        if Store::patience(deadline).left().is_some_and(|left| started.elapsed() * 2 > left) {
            return Err(StoreError::Slow);
        }
        let (mut pause, mut refusals, mut waiting, mut forced) = (FIRST_PAUSE, 0, None, None);
        let mut stuck_at = Deadline::after(STUCK);
        loop {
            if seen.lease.is_none() || stuck_at.has_passed() {
                let is_stuck = seen.lease.is_some() || refusals > 1;
                let (taken, before) = (clock::now(), seen.lease.take());
                let number = self.number.clone();
                let claim = |store: &mut Store<'_>, end| store.claim(&number, LEASE, is_stuck, end);
                let (is_mine, now) = self.in_time(deadline, claim)?;
                seen = now;
                if let Some(turn) = self.judge(&seen) {
                    self.taken = is_mine.then_some(taken);
                    self.release(Store::patience(deadline))?;
                    return Ok(turn);
                }
                if is_mine && !is_stuck {
                    self.taken = Some(taken);
                    return Ok(Turn::Ask);
                }
                // Several may have taken it at once: it belongs to the last one.
                forced = is_stuck.then_some(taken);
                refusals += u32::from(seen.lease.is_none());
                if seen.lease != before {
                    stuck_at = Deadline::after(STUCK);
                }
            }
            self.note(seen.lease.as_deref());
            if patience.has_passed() {
                emit(Event::Warning(Warning::LeaseHeld));
                return Ok(Turn::Ask);
            }
            waiting.get_or_insert_with(|| {
                emit(Event::WaitingForFleet);
                WaitGuard::until(deadline, Step::OtherMachine)
            });
            let spread = pause.mul_f64(0.5 + fastrand::f64());
            thread::sleep(spread.min(patience.left().unwrap_or(spread)));
            pause = pause.mul_f64(GROWTH).min(LONGEST_PAUSE);
            let [token, outcome, lease] = self.store.peek(Store::patience(deadline))?;
            if self.is_new(0, token.as_deref()) || self.is_new(1, outcome.as_deref()) {
                seen = self.store.look(Store::patience(deadline))?;
                if let Some(turn) = self.judge(&seen) {
                    return Ok(turn);
                }
            } else {
                if lease != seen.lease {
                    stuck_at = Deadline::after(STUCK);
                }
                seen = Seen { token: None, outcome: None, lease };
            }
            if forced.is_some() && seen.lease.as_ref() == Some(&self.number) {
                self.taken = forced;
                return Ok(Turn::Ask);
            }
        }
    }

    /// Uses the store within the time that it has left.
    fn in_time<T>(
        &mut self,
        deadline: Deadline,
        exchange: impl FnOnce(&mut Store<'a>, Deadline) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (started, end) = (Instant::now(), Store::patience(deadline).earlier(Deadline::after(self.patience)));
        let result = exchange(&mut self.store, end);
        self.patience = self.patience.saturating_sub(started.elapsed());
        result
    }

    /// Notes a lease that another machine took after this process came.
    fn note(&mut self, lease: Option<&[u8]>) {
        if let Some(lease) = lease
            && self.first.as_deref() != Some(lease)
            && self.number != lease
            && !self.waited_for.iter().any(|known| known == lease)
        {
            self.waited_for.push(lease.to_vec());
        }
    }

    fn is_new(&self, which: usize, bytes: Option<&[u8]>) -> bool {
        bytes.is_some_and(|bytes| self.judged[which].as_deref() != Some(&bytes[..bytes.len().min(SALTED)]))
    }

    /// What is found counts, or it is not looked at again.
    fn judge(&mut self, seen: &Seen) -> Option<Turn> {
        for (judged, value) in self.judged.iter_mut().zip([&seen.token, &seen.outcome]) {
            *judged = value.as_ref().map(|Value { bytes, .. }| bytes[..bytes.len().min(SALTED)].to_vec());
        }
        self.judge_token(seen.token.as_ref()).or_else(|| self.judge_outcome(seen.outcome.as_ref()))
    }

    fn judge_token(&mut self, value: Option<&Value>) -> Option<Turn> {
        let (keys, binding) = (&self.unlocked.keys, &self.shared.binding);
        let (number, token) = self.store.names.read_token(keys, binding, value?)?;
        let (has_waited, now) = (self.waited_for.contains(&number), clock::now());
        let counts = self.wants.freshness.accepts_shared(&token, has_waited, now);
        self.has_token |= counts;
        counts.then(|| {
            let left = token.left_at(now).unwrap_or_default();
            emit(Event::SharedHit { store: &self.shared.access.endpoint, left });
            Turn::Found(token)
        })
    }

    fn judge_outcome(&self, value: Option<&Value>) -> Option<Turn> {
        let (Value { bytes, left }, wants) = (value?, &self.wants);
        let (number, content) = Names::open(&self.store.names.outcome, &self.unlocked.keys, bytes)?;
        let has_waited = self.waited_for.contains(&number);
        let has_seen = has_waited || self.first.as_ref() == Some(&number);
        if content.is_empty() {
            return has_seen.then_some(Turn::Ask);
        }
        let outcome = Outcome::read(&content).filter(|outcome| outcome.binding == self.shared.binding)?;
        let is_alone = wants.freshness.is_fresh || wants.is_typed;
        let shared = outcome.meaning_elsewhere(*left, has_seen, has_waited, is_alone, &wants.route)?;
        // A renewal tries again after a refusal: also after its own.
        let is_told = matches!(&shared, Shared::Failure(error) if error.told.is_some());
        if is_told && wants.freshness.intended_use == Use::KeepFresh {
            return None;
        }
        Some(Turn::Shared(match shared {
            // All who wait do not come back at once.
            Shared::Wait { left, cause } => {
                let spread = (left / 10).max(Duration::from_secs(1)).mul_f64(fastrand::f64());
                Shared::Wait { left: left + spread, cause }
            }
            failure => self.unlocked.adopt(failure, wants.assertion),
        }))
    }

    fn give_up(&mut self, why: StoreError) {
        let may_end = why.may_end();
        if self.trouble.is_none() {
            emit(Event::Warning(Warning::Error(&self.shared.trouble(why))));
        }
        self.trouble = Some(may_end);
    }
}
