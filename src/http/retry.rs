//! RetryBudget again after a temporary failure, and knows when to stop.
//!
//! Temporary are: no connection, a time-out, a broken answer, 408, 429 and every 5xx. Between two tries lies what the
//! server asked for (`Retry-After`, RFC 9110 §10.2.3), else an exponential back-off with full jitter, so that many
//! processes that failed together do not come back together. Nothing is tried for which no time is left.

use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{self, Moment};
use crate::base::deadline::Deadline;
use crate::base::event::{AnyError, Event, emit};
use crate::http::{Answer, Http, HttpError, Request};

/// The longest pause before the second try; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// No pause of our own choice is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

pub struct Outcome {
    pub result: Result<Answer, HttpError>,
    /// Right before the last request was sent.
    pub sent: Moment,
    /// Whether nothing was left to try; else there was no time for it, or the waiting is the caller's.
    pub is_final: bool,
    /// Whether one of them went out and got no answer.
    pub outcome_unknown: bool,
    /// How long the server asked to wait in its last answer, and whether that alone kept it from being tried again.
    pub wait: Option<Wait>,
}

/// How often a request is made: at least once.
#[derive(Clone, Copy, Debug)]
pub struct RetryBudget {
    pub made: u32,
    pub retries: u32,
    /// Whether the caller waits for as long as a server asks, and tells other processes of it first.
    pub caller_waits: bool,
}

impl RetryBudget {
    pub fn new(retries: u32) -> Self {
        Self { made: 0, retries, caller_waits: false }
    }

    /// For a request that another process made; whether one may be given up.
    pub fn spend(&mut self) -> bool {
        let left = self.retries.checked_sub(1);
        self.retries = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether another one is allowed after those that were made, and leaves time for a wait before it.
    pub fn may_wait(self, time: Duration, deadline: Deadline) -> bool {
        self.made <= self.retries && deadline.has_room_for(time)
    }
}

/// What a server asked for, beyond now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub time: Duration,
    pub is_too_long: bool,
}

/// Sends `request`, and again as long as `tries` and `deadline` allow it.
pub fn send(http: &Http, request: &Request, tries: &mut RetryBudget, deadline: Deadline) -> Outcome {
    let mut outcome_unknown = false;
    loop {
        let sent = clock::now();
        let result = http.send(request, deadline);
        tries.made += 1;
        outcome_unknown |= result.is_err() && http.went_out();
        // A server that asks for no wait at all does not get a storm.
        let asked = result.as_ref().ok().and_then(retry_after).filter(|time| !time.is_zero());
        let pause = asked.unwrap_or_else(|| back_off(tries.made));
        let again = match &result {
            _ if tries.made > tries.retries => None,
            Ok(answer) => is_temporary_status(answer.status).then_some(Ok(answer.status)),
            Err(error) => error.is_temporary().then_some(Err(error as AnyError<'_>)),
        };
        let has_time = tries.may_wait(pause, deadline);
        if let Some(why) = again.filter(|_| has_time) {
            emit(Event::Retrying { why, after: pause, left: tries.retries - tries.made });
            if asked.is_none() || !tries.caller_waits {
                wait(pause);
                continue;
            }
        }
        let asked = asked.map(|time| Wait { time, is_too_long: again.is_some() && !has_time });
        return Outcome { is_final: again.is_none(), result, sent, outcome_unknown, wait: asked };
    }
}

/// Waits before another try: for as long as the server asked, or by our own choice.
pub fn wait(time: Duration) {
    thread::sleep(time);
}

/// Whether a status may be another one a moment later.
pub fn is_temporary_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// Longer than anybody waits; a server that asks for more means the same.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Seconds, or a date; a date that has passed means now.
fn retry_after(answer: &Answer) -> Option<Duration> {
    if !is_temporary_status(answer.status) {
        return None;
    }
    let text = answer.retry_after.raw().trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(text).ok()?.duration_since(clock::wall()).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

fn back_off(tries: u32) -> Duration {
    let ceiling = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tries - 1)).min(LONGEST_PAUSE);
    ceiling.mul_f64(fastrand::f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::untrusted::UntrustedText;

    fn asking(status: u16, text: &str) -> Option<Duration> {
        let nothing = || UntrustedText::new(b"");
        retry_after(&Answer {
            status,
            content_type: nothing(),
            location: nothing(),
            retry_after: UntrustedText::new(text.as_bytes()),
            body: Vec::new(),
        })
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(asking(503, "7"), Some(Duration::from_secs(7)));
        assert_eq!(asking(429, "Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(asking(503, "99999999999999999999999"), Some(LONGEST_WAIT));
        assert_eq!(asking(503, "soon"), None);
        assert_eq!(asking(503, "-1"), None);
        assert_eq!(asking(401, "7"), None);
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        for tries in 1..100 {
            assert!(back_off(tries) <= LONGEST_PAUSE);
        }
        assert!(back_off(1) <= FIRST_PAUSE);
        assert!(
            (0..100).map(|_| back_off(5)).any(|pause| pause != back_off(5)),
            "nobody comes back at the same moment"
        );
    }
}
