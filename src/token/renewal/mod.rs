//! A token file that is kept fresh.
//!
//! The next token is requested a leeway before the one in the file reaches its own, so that no reader finds one that
//! expires while the service answers. A failed renewal is retried, with pauses that grow; if the token in the file
//! expires meanwhile, that is reported once.
//!
//! Every five seconds at the latest, both clocks and the file are looked at: a clock that was set, a machine that slept
//! and a file that was removed are noticed by then. A removed file is written again without a request.

mod schedule;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use thiserror::Error;

use crate::base::clock::{self, Moment};
use crate::base::event::{AnyError, Event, Warning, emit};
use crate::oauth::token_response::TokenResponse;
use crate::token::file::{FileError, TokenFile};
use crate::token::source::{TokenError, TokenSource};
use schedule::{MIN_INTERVAL, pause, remaining, until_due};

/// The longest wait without a look at the clocks and the file: twelve wake-ups a minute.
const LOOK: Duration = Duration::from_secs(5);

pub struct Renewal {
    source: TokenSource,
    file: Arc<TokenFile>,
    /// The token in the file.
    current: Option<TokenResponse>,
    /// When the file was last written.
    written: Moment,
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

/// Renewals that failed, in a row.
struct Trouble {
    count: u32,
    last: Moment,
    pause: Duration,
    error: RenewalError,
}

/// Why the file has no new token.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum RenewalError {
    Token(#[from] TokenError),
    File(#[from] FileError),
}

impl RenewalError {
    fn retry_after(&self) -> Option<Duration> {
        if let Self::Token(error) = self { error.retry_after() } else { None }
    }

    fn why(&self) -> AnyError<'_> {
        match self {
            Self::Token(error) => error,
            Self::File(error) => error,
        }
    }
}

impl Renewal {
    /// `current` is in the file already, and a command runs with it. `--refresh` was for that one.
    pub fn new(mut source: TokenSource, file: Arc<TokenFile>, current: Option<TokenResponse>) -> Self {
        source.freshness.is_fresh &= current.is_none();
        let (waker, wakes) = sync_channel(1);
        Self {
            source,
            file,
            current,
            written: clock::now(),
            unwritten: None,
            trouble: None,
            has_reported_expiry: false,
            is_requested: false,
            wakes,
            waker,
        }
    }

    /// Keeps the file fresh; calls `ready` when there is a first token. Returns when the service refuses or, before the
    /// first token, at every error that is not temporary; beside a command it never returns.
    pub fn keep(mut self, ready: impl Fn()) -> RenewalError {
        let is_beside_command = self.current.is_some();
        if is_beside_command {
            self.tell_renewed();
        }
        loop {
            self.report_expiry();
            if self.wakes.recv_timeout(self.time_left().min(LOOK)).is_ok() {
                self.is_requested = true;
                (self.source.freshness.is_fresh, self.source.freshness.started) = (true, clock::now());
            }
            self.restore_file();
            if !self.time_left().is_zero() {
                continue;
            }
            self.report_expiry();
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
        let Some(token) = self.current.as_ref().filter(|_| !has_expired) else { return };
        match self.file.restore(&token.access_token) {
            Ok(true) => self.tell_renewed(),
            Ok(false) => {}
            Err(error) => emit(Event::Warning(Warning::Error(&error))),
        }
    }

    fn time_left(&self) -> Duration {
        let now = clock::now();
        match (&self.trouble, &self.current) {
            (Some(trouble), _) if self.is_requested => {
                let asked = trouble.error.retry_after().unwrap_or_default().min(trouble.pause);
                remaining(trouble.last, asked.max(MIN_INTERVAL), now)
            }
            (Some(trouble), _) => remaining(trouble.last, trouble.pause, now),
            (None, Some(_)) if self.is_requested => remaining(self.written, MIN_INTERVAL, now),
            (None, Some(token)) => {
                until_due(token, &self.source.freshness, now).max(remaining(self.written, MIN_INTERVAL, now))
            }
            (None, None) => Duration::ZERO,
        }
    }

    /// Gets a token and writes it to the file. A token that cannot be written may still be good enough at the next try.
    fn renew(&mut self) -> Result<(), RenewalError> {
        let now = clock::now();
        self.is_requested = false;
        if !self.source.freshness.is_fresh && self.current.is_some() {
            // A token that was requested before this renewal only needs enough lifetime.
            self.source.freshness.started = now;
        }
        let unwritten = self.unwritten.take().filter(|token| self.source.freshness.check_cached(token, now).is_ok());
        let token = unwritten.map_or_else(|| self.source.token(), Ok)?;
        if let Err(error) = self.file.write(&token.access_token) {
            self.unwritten = Some(token);
            return Err(error.into());
        }
        self.current = Some(token);
        self.written = clock::now();
        self.source.freshness.is_fresh = false;
        self.trouble = None;
        self.has_reported_expiry = false;
        Ok(())
    }

    fn note(&mut self, error: RenewalError) {
        let count = self.trouble.as_ref().map_or(0, |trouble| trouble.count).saturating_add(1);
        let pause = pause(&error, count, self.current.as_ref().and_then(|token| token.lifetime));
        if let Some(left) = self.left().filter(|left| !left.is_zero()) {
            emit(Event::NotRenewed { file: &self.file.path().to_string_lossy(), left, pause, why: error.why() });
        }
        self.trouble = Some(Trouble { count, last: clock::now(), pause, error });
    }

    /// Reports once that the file has no token that is known to be valid.
    fn report_expiry(&mut self) {
        let Some(trouble) = self.trouble.as_ref().filter(|_| !self.has_reported_expiry) else { return };
        if self.left().is_none_or(|left| left.is_zero()) {
            emit(Event::NoTokenInFile { file: &self.file.path().to_string_lossy(), why: trouble.error.why() });
            self.has_reported_expiry = true;
        }
    }

    /// The lifetime that the token in the file has left, if it is known.
    fn left(&self) -> Option<Duration> {
        self.current.as_ref()?.left_at(clock::now())
    }

    fn tell_renewed(&self) {
        let file = self.file.path();
        emit(Event::TokenInFile { file: &file.to_string_lossy(), left: self.left(), due: self.time_left() });
    }
}

/// A refusal is final. A problem of this machine or its network may be fixed while a token lives; before the first one
/// it means that the set-up is wrong.
fn is_final(error: &RenewalError, is_first: bool) -> bool {
    match error {
        RenewalError::Token(error) => error.is_refused() || is_first && !error.is_temporary(),
        RenewalError::File(_) => is_first,
    }
}
