//! Keeps a token file fresh.
//!
//! It requests the next token one leeway before the current one reaches its own, so that no reader finds a token that
//! expires during the request. It retries with growing pauses, and reports once if the token in the file expires. Each
//! try gets the secret again: a new one may be valid at the service before its file is replaced (Kubernetes).
//!
//! It checks clocks and file every five seconds: a clock may be set, the machine may sleep, the file may be removed.

mod schedule;

use std::error::Error as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{AnyError, Event, Step, WaitGuard, Warning, emit};
use crate::oauth::token_response::TokenResponse;
use crate::token::file::{FileError, TokenFile};
use crate::token::source::{TokenError, TokenSource};
use schedule::{MIN_INTERVAL, pause, remaining, until_due};

/// How often to check the clocks and the file.
const LOOK: Duration = Duration::from_secs(5);

pub struct Renewal {
    source: TokenSource,
    file: Arc<TokenFile>,
    /// The token in the file.
    current: Option<TokenResponse>,
    /// Whether it had a token from the start, for a command that runs.
    is_beside_command: bool,
    /// When the file was last written.
    written: Moment,
    /// A newer token that could not be written.
    unwritten: Option<TokenResponse>,
    trouble: Option<Trouble>,
    /// The waker requested a renewal that has not happened yet.
    is_requested: bool,
    wakes: Receiver<()>,
    /// Requests a renewal, from any thread.
    pub waker: SyncSender<()>,
}

/// Consecutive failed renewals.
struct Trouble {
    count: u32,
    last: Moment,
    pause: Duration,
    error: RenewalError,
    /// Whether the expiry of the token in the file was reported.
    is_reported: bool,
}

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

    /// Whether the service refuses the credential, or it cannot be got.
    fn is_of_credential(&self) -> bool {
        matches!(self, Self::Token(error) if error.is_refused() || error.is_unsent())
    }

    fn why(&self) -> AnyError<'_> {
        self.source().unwrap_or(self)
    }
}

impl Renewal {
    /// `current` is a token that is in the file already, for a command that runs; `--refresh` applied to it.
    pub fn new(mut source: TokenSource, file: Arc<TokenFile>, current: Option<TokenResponse>) -> Self {
        source.freshness.is_fresh &= current.is_none();
        let (waker, wakes) = sync_channel(1);
        Self {
            source,
            file,
            is_beside_command: current.is_some(),
            current,
            written: clock::now(),
            unwritten: None,
            trouble: None,
            is_requested: false,
            wakes,
            waker,
        }
    }

    /// Keeps the file fresh; calls `ready` with the first token's event. Returns if the token expired and the service
    /// refuses and, before the first token, for any error that is not temporary. Never returns while a command runs.
    pub fn keep(mut self, ready: impl Fn(Event<'_>)) -> RenewalError {
        if self.is_beside_command {
            self.report_renewed(emit);
        }
        loop {
            self.report_expiry();
            let again = Step::Retry { at: Deadline::after(self.time_left()), is_asked: false };
            let pause = self.trouble.as_ref().map(|_| WaitGuard::until(Deadline::never(), again));
            let is_woken = self.wakes.recv_timeout(self.time_left().min(LOOK)).is_ok();
            drop(pause);
            if is_woken {
                self.is_requested = true;
                (self.source.freshness.is_fresh, self.source.freshness.started) = (true, clock::now());
            }
            if restore(&self.file, self.current.as_ref()) {
                self.report_renewed(emit);
            }
            if !self.time_left().is_zero() {
                continue;
            }
            self.report_expiry();
            let is_first = self.current.is_none();
            match self.renew() {
                Ok(()) => {
                    self.report_renewed(emit);
                    if is_first {
                        self.report_renewed(&ready);
                    }
                }
                Err(error) if self.is_final(&error) => return error,
                Err(error) => self.note(error),
            }
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

    /// Gets a token and writes it to the file. A token that cannot be written is reused by the next try if still fresh.
    fn renew(&mut self) -> Result<(), RenewalError> {
        let now = clock::now();
        self.is_requested = false;
        if !self.source.freshness.is_fresh && self.current.is_some() {
            // A token that was cached before this renewal must live long enough.
            self.source.freshness.started = now;
        }
        let unwritten = self.unwritten.take().filter(|token| self.source.freshness.check_cached(token, now).is_ok());
        let token = unwritten.map_or_else(|| self.request(), Ok)?;
        if let Err(error) = self.file.write(&token.access_token) {
            self.unwritten = Some(token);
            return Err(error.into());
        }
        self.current = Some(token);
        self.written = clock::now();
        self.source.freshness.is_fresh = false;
        self.trouble = None;
        Ok(())
    }

    /// Requests a token. That may take the whole timeout, so another thread restores the file meanwhile.
    fn request(&self) -> Result<TokenResponse, TokenError> {
        let (file, current) = (&self.file, self.current.as_ref());
        let (request, is_over) = sync_channel::<()>(0);
        let watch = move || {
            while is_over.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                restore(file, current);
            }
        };
        thread::scope(|scope| {
            // Without a thread, the file is restored after the request.
            let _ = thread::Builder::new().name("file".to_owned()).spawn_scoped(scope, watch);
            let token = self.source.token();
            drop(request);
            token
        })
    }

    fn note(&mut self, error: RenewalError) {
        let (count, is_reported) = self.trouble.as_ref().map_or((0, false), |last| (last.count, last.is_reported));
        let count = count.saturating_add(1);
        let left = self.left().unwrap_or_default();
        let pause = pause(&error, count, self.current.as_ref().and_then(|token| token.lifetime), left);
        if !left.is_zero() {
            emit(Event::NotRenewed { file: &self.file.path().to_string_lossy(), left, pause, why: error.why() });
        }
        self.trouble = Some(Trouble { count, last: clock::now(), pause, error, is_reported });
    }

    /// Reports once that the file has no valid token, unless the next try ends with that error.
    fn report_expiry(&mut self) {
        let Some(trouble) = &self.trouble else { return };
        let is_unreported = !trouble.is_reported && !self.is_valid() && !self.is_final(&trouble.error);
        if let Some(trouble) = self.trouble.as_mut().filter(|_| is_unreported) {
            emit(Event::NoTokenInFile { file: &self.file.path().to_string_lossy(), why: trouble.error.why() });
            (trouble.is_reported, trouble.count) = (true, 0);
        }
    }

    /// Whether `error` ends the renewal, because no valid token is in the file. A token of unknown lifetime does not
    /// count as valid.
    fn is_final(&self, error: &RenewalError) -> bool {
        let is_first = self.current.is_none();
        let is_lasting = match error {
            RenewalError::Token(token) => error.is_of_credential() || is_first && !token.is_temporary(),
            RenewalError::File(_) => is_first,
        };
        is_lasting && !self.is_beside_command && !self.is_valid()
    }

    fn is_valid(&self) -> bool {
        self.left().is_some_and(|left| !left.is_zero())
    }

    /// The remaining lifetime of the token in the file, if known.
    fn left(&self) -> Option<Duration> {
        self.current.as_ref()?.left_at(clock::now())
    }

    fn report_renewed(&self, report: impl Fn(Event<'_>)) {
        let file = self.file.path();
        report(Event::TokenInFile { file: &file.to_string_lossy(), left: self.left(), due: self.time_left() });
    }
}

/// Restores a removed file, also with its directory (systemd-tmpfiles, logind), unless its token has expired.
fn restore(file: &TokenFile, current: Option<&TokenResponse>) -> bool {
    let is_valid = |token: &&TokenResponse| token.left_at(clock::now()).is_none_or(|left| !left.is_zero());
    let Some(token) = current.filter(is_valid) else { return false };
    file.restore(&token.access_token).unwrap_or_else(|error| {
        emit(Event::Warning(Warning::Error(&error)));
        false
    })
}
