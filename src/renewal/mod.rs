//! A token in a file that is kept fresh, for as long as somebody reads it.
//!
//! The next token is asked for a leeway before the one in the file reaches its own, so that no reader finds one that
//! ends while the service answers. Between two renewals nothing wakes up. What fails is tried again, with pauses that
//! grow; when the token in the file has ended meanwhile, that is said once.

mod alarm;
mod pace;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, Moment};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::event::{Event, tell};
use crate::oauth::token_response::TokenResponse;
use crate::token_file::TokenFile;
use crate::token_source::{TokenSource, Wanted};
pub use alarm::Bell;
use alarm::{Alarm, Woken};

/// What ends the renewing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Nothing: a command that runs is not to suffer.
    ItsEnd,
    /// A refusal of the service, and, as long as there was no token at all, everything that is not temporary.
    Refused,
}

pub struct Renewal {
    tokens: TokenSource,
    wanted: Wanted,
    /// For each renewal.
    timeout: Duration,
    file: Arc<TokenFile>,
    alarm: Alarm,
    /// The token in the file, and since when it is there.
    current: Option<(TokenResponse, Moment)>,
    /// A newer one that could not be written.
    unwritten: Option<TokenResponse>,
    trouble: Option<Trouble>,
    has_told_of_it: bool,
    /// Somebody has rung, and it was not tried since.
    is_asked_for: bool,
}

/// Renewals that failed, in a row.
struct Trouble {
    count: u32,
    last: Moment,
    pause: Duration,
    /// The part of the pause that the service asked for.
    wait: Duration,
    why: String,
}

impl Renewal {
    /// `current` is the token that stands in `file` already.
    pub fn new(
        tokens: TokenSource,
        (wanted, timeout): (Wanted, Duration),
        file: Arc<TokenFile>,
        current: Option<TokenResponse>,
    ) -> Result<Self, Failure> {
        let alarm = Alarm::new().map_err(no_alarm)?;
        // --refresh was for the first one.
        let wanted = Wanted { is_fresh: wanted.is_fresh && current.is_none(), ..wanted };
        let current = current.map(|token| (token, clock::now()));
        Ok(Self {
            tokens,
            wanted,
            timeout,
            file,
            alarm,
            current,
            unwritten: None,
            trouble: None,
            has_told_of_it: false,
            is_asked_for: false,
        })
    }

    /// Renews it at once, from any thread.
    pub fn bell(&self) -> Bell {
        self.alarm.bell()
    }

    /// Keeps the file fresh; it comes back only when `until` says so. `ready` is called when there is a first token.
    pub fn keep(mut self, until: Until, ready: impl Fn()) -> Failure {
        if self.current.is_some() {
            self.tell_renewed();
        }
        loop {
            match self.alarm.wait(self.time_left().min(self.life_left())) {
                Ok(Woken::Clock) => {}
                Ok(Woken::Bell) => {
                    self.is_asked_for = true;
                    self.wanted = Wanted { is_fresh: true, started: clock::now(), ..self.wanted };
                }
                Err(error) => return no_alarm(error),
            }
            self.tell_of_the_end();
            if !self.time_left().is_zero() {
                continue;
            }
            let is_first = self.current.is_none();
            match self.renew() {
                Ok(()) => {
                    self.tell_renewed();
                    if is_first {
                        ready();
                    }
                }
                Err(failure) if until == Until::Refused && is_final(&failure, is_first) => return failure,
                Err(failure) => self.note(&failure),
            }
        }
    }

    /// Until the next try.
    fn time_left(&self) -> Duration {
        let now = clock::now();
        match (&self.trouble, &self.current) {
            (Some(trouble), _) if self.is_asked_for => {
                pace::rest(trouble.last, trouble.wait, now).max(pace::least(trouble.last, now))
            }
            (Some(trouble), _) => pace::rest(trouble.last, trouble.pause, now),
            (None, Some((_, put))) if self.is_asked_for => pace::least(*put, now),
            (None, Some((token, put))) => pace::until_due(token, &self.wanted, now).max(pace::least(*put, now)),
            (None, None) => Duration::ZERO,
        }
    }

    /// Until the end of the token in the file, where that is to be told.
    fn life_left(&self) -> Duration {
        match &self.current {
            Some((token, _)) if self.trouble.is_some() && !self.has_told_of_it => {
                token.left_at(clock::now()).unwrap_or(Duration::MAX)
            }
            _ => Duration::MAX,
        }
    }

    /// Gets a token and puts it into the file. One that was got and could not be written may be good enough the next
    /// time.
    fn renew(&mut self) -> Result<(), Failure> {
        let now = clock::now();
        self.is_asked_for = false;
        if !self.wanted.is_fresh && self.current.is_some() {
            // What was asked for before this renewal is judged by what is left of it.
            self.wanted.started = now;
        }
        let token = match self.unwritten.take().filter(|token| self.wanted.accept(token, now).is_ok()) {
            Some(token) => token,
            None => self.tokens.token(&self.wanted, Deadline::after(self.timeout))?,
        };
        if let Err(failure) = self.file.write(&token.access_token) {
            self.unwritten = Some(token);
            return Err(failure);
        }
        self.current = Some((token, clock::now()));
        self.wanted.is_fresh = false;
        self.trouble = None;
        self.has_told_of_it = false;
        Ok(())
    }

    fn note(&mut self, failure: &Failure) {
        let now = clock::now();
        let count = self.trouble.as_ref().map_or(0, |trouble| trouble.count).saturating_add(1);
        let lifetime = self.current.as_ref().and_then(|(token, _)| token.lifetime);
        let pause = pace::pause(failure, count, lifetime);
        let wait = failure.wait_for().unwrap_or_default().min(pause);
        let why = failure.text().unwrap_or_default();
        if let Some(left) =
            self.current.as_ref().and_then(|(token, _)| token.left_at(now)).filter(|left| !left.is_zero())
        {
            tell(Event::NotRenewed { file: &self.file.path().to_string_lossy(), left, pause, why: &why });
        }
        self.trouble = Some(Trouble { count, last: now, pause, wait, why });
        self.tell_of_the_end();
    }

    /// Says once that there is no token in the file that is known to live.
    fn tell_of_the_end(&mut self) {
        let Some(trouble) = self.trouble.as_ref().filter(|_| !self.has_told_of_it) else { return };
        let path = self.file.path();
        let file = path.display();
        let state = match self.current.as_ref().map(|(token, _)| token.left_at(clock::now())) {
            Some(Some(left)) if !left.is_zero() => return,
            Some(Some(_)) => format!("the token in `{file}` has ended and is not replaced yet"),
            Some(None) => format!("the token in `{file}` may have ended and is not replaced yet"),
            None => format!("there is no token in `{file}` yet"),
        };
        tell(Event::NoTokenInFile { state: &state, why: &trouble.why });
        self.has_told_of_it = true;
    }

    fn tell_renewed(&self) {
        let now = clock::now();
        let left = self.current.as_ref().and_then(|(token, _)| token.left_at(now));
        tell(Event::TokenInFile { file: &self.file.path().to_string_lossy(), left, due: self.time_left() });
    }
}

fn no_alarm(error: io::Error) -> Failure {
    Failure::new(Exit::Local, "cannot wait for a token's end", reason(&error))
}

/// A refusal stays one. What is wrong with this machine or its network may be mended while a token lives, but not where
/// there was none yet: then the set-up is wrong.
fn is_final(failure: &Failure, is_first: bool) -> bool {
    failure.exit() == Exit::Refused || (is_first && failure.exit() != Exit::Temporary)
}
