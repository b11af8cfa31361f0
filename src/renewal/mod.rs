//! A token file that is kept fresh.
//!
//! The next token is requested a leeway before the one in the file reaches its own, so that no reader finds one that
//! expires while the service answers. A failed renewal is retried, with pauses that grow; if the token in the file
//! expires meanwhile, that is reported once.
//!
//! Every five seconds at the latest, both clocks and the file are looked at: a clock that was set, a machine that slept
//! and a file that was removed are noticed by then. A removed file is written again without a request.

mod pace;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use crate::clock::{self, Moment};
use crate::deadline::Deadline;
use crate::error::{Error, Exit};
use crate::event::{Event, Warning, tell};
use crate::oauth::token_response::TokenResponse;
use crate::token_file::TokenFile;
use crate::token_source::{Call, TokenSource, Wanted};
use pace::LEAST;

/// The longest wait without a look at the clocks and the file: twelve wake-ups a minute.
const LOOK: Duration = Duration::from_secs(5);

pub struct Renewal {
    tokens: TokenSource,
    wanted: Wanted,
    /// For each renewal.
    timeout: Duration,
    file: Arc<TokenFile>,
    current: Option<Current>,
    /// A newer token that could not be written.
    unwritten: Option<TokenResponse>,
    trouble: Option<Trouble>,
    has_reported_expiry: bool,
    /// The waker was used, and no renewal has followed.
    is_requested: bool,
    wakes: Receiver<()>,
    /// Asks for a renewal at once, from any thread.
    pub waker: SyncSender<()>,
}

/// The token in the file.
struct Current {
    token: TokenResponse,
    written: Moment,
}

/// Renewals that failed, in a row.
struct Trouble {
    count: u32,
    last: Moment,
    pause: Duration,
    error: Error,
}

impl Renewal {
    /// Renews a token within `timeout`.
    pub fn new(tokens: TokenSource, wanted: Wanted, timeout: Duration, file: Arc<TokenFile>) -> Self {
        let (waker, wakes) = sync_channel(1);
        Self {
            tokens,
            wanted,
            timeout,
            file,
            current: None,
            unwritten: None,
            trouble: None,
            has_reported_expiry: false,
            is_requested: false,
            wakes,
            waker,
        }
    }

    /// `token` is in the file already, and a command runs with it. `--refresh` was for that one.
    pub fn beginning_with(mut self, token: TokenResponse) -> Self {
        self.current = Some(Current { token, written: clock::now() });
        self.wanted.is_fresh = false;
        self
    }

    /// Keeps the file fresh; calls `ready` when there is a first token. Returns when the service refuses or, before the
    /// first token, at every error that is not temporary; beside a command it never returns.
    pub fn keep(mut self, ready: impl Fn()) -> Error {
        let is_beside_command = self.current.is_some();
        if is_beside_command {
            self.tell_renewed();
        }
        loop {
            if self.wakes.recv_timeout(self.time_left().min(LOOK)).is_ok() {
                self.is_requested = true;
                self.wanted = Wanted { is_fresh: true, started: clock::now(), ..self.wanted };
            }
            self.restore_file();
            self.report_expiry();
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
                Err(error) if !is_beside_command && is_final(&error, is_first) => return error,
                Err(error) => self.note(error),
            }
        }
    }

    /// Puts back a token that was removed with its file, or with the file's directory (systemd-tmpfiles, logind).
    fn restore_file(&self) {
        let has_expired = self.left().is_some_and(|left| left.is_zero());
        let Some(current) = self.current.as_ref().filter(|_| !has_expired) else { return };
        match self.file.restore(&current.token.access_token) {
            Ok(true) => self.tell_renewed(),
            Ok(false) => {}
            Err(error) => tell(Event::Warning(Warning::Error(&error))),
        }
    }

    /// Until the next try.
    fn time_left(&self) -> Duration {
        let now = clock::now();
        let (since, pause) = match (&self.trouble, &self.current) {
            (Some(trouble), _) if self.is_requested => {
                let asked = trouble.error.retry_after().unwrap_or_default().min(trouble.pause);
                (trouble.last, asked.max(LEAST))
            }
            (Some(trouble), _) => (trouble.last, trouble.pause),
            (None, Some(current)) if self.is_requested => (current.written, LEAST),
            (None, Some(current)) => {
                let due = pace::until_due(&current.token, &self.wanted, now);
                return due.max(pace::rest(current.written, LEAST, now));
            }
            (None, None) => return Duration::ZERO,
        };
        pace::rest(since, pause, now)
    }

    /// Gets a token and writes it to the file. A token that cannot be written may still be good enough at the next try.
    fn renew(&mut self) -> Result<(), Error> {
        let now = clock::now();
        self.is_requested = false;
        if !self.wanted.is_fresh && self.current.is_some() {
            // A token that was requested before this renewal only needs enough lifetime.
            self.wanted.started = now;
        }
        let token = match self.unwritten.take().filter(|token| self.wanted.accept(token, now).is_ok()) {
            Some(token) => token,
            None => Call::new(&self.tokens, Deadline::after(self.timeout)).token(&self.wanted)?,
        };
        if let Err(error) = self.file.write(&token.access_token) {
            self.unwritten = Some(token);
            return Err(error.into());
        }
        self.current = Some(Current { token, written: clock::now() });
        self.wanted.is_fresh = false;
        self.trouble = None;
        self.has_reported_expiry = false;
        Ok(())
    }

    fn note(&mut self, error: Error) {
        let last = clock::now();
        let count = self.trouble.as_ref().map_or(0, |trouble| trouble.count).saturating_add(1);
        let lifetime = self.current.as_ref().and_then(|current| current.token.lifetime);
        let pause = pace::pause(&error, count, lifetime);
        if let Some(left) = self.left().filter(|left| !left.is_zero()) {
            tell(Event::NotRenewed { file: &self.file.path().to_string_lossy(), left, pause, why: &error });
        }
        self.trouble = Some(Trouble { count, last, pause, error });
        self.report_expiry();
    }

    /// Reports once that the file has no token that is known to be valid.
    fn report_expiry(&mut self) {
        let Some(trouble) = self.trouble.as_ref().filter(|_| !self.has_reported_expiry) else { return };
        if self.left().is_none_or(|left| left.is_zero()) {
            tell(Event::NoTokenInFile { file: &self.file.path().to_string_lossy(), why: &trouble.error });
            self.has_reported_expiry = true;
        }
    }

    /// The lifetime that the token in the file has left, if it is known.
    fn left(&self) -> Option<Duration> {
        self.current.as_ref().and_then(|current| current.token.left_at(clock::now()))
    }

    fn tell_renewed(&self) {
        let file = self.file.path();
        tell(Event::TokenInFile { file: &file.to_string_lossy(), left: self.left(), due: self.time_left() });
    }
}

/// A refusal is final. A problem of this machine or its network may be fixed while a token lives; before the first one
/// it means that the set-up is wrong.
fn is_final(error: &Error, is_first: bool) -> bool {
    error.exit() == Exit::Refused || (is_first && error.exit() != Exit::Temporary)
}
