//! Retries a request after a temporary failure.
//!
//! These are temporary: no connection, a timeout, an incomplete response, 408, 429 and every 5xx. The delay is the
//! server's `Retry-After` (RFC 9110 §10.2.3), or else exponential backoff with full jitter, so that processes that
//! failed together do not retry together. A delay that does not fit into the deadline ends the retries.

use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{AnyError, Event, Step, WaitGuard, emit};
use crate::http::{Answer, Http, HttpError, Request};

/// The maximum backoff before the first retry; it doubles with each retry.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The limit of the backoff.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

pub struct Outcome {
    pub result: Result<Answer, HttpError>,
    /// Just before the last attempt.
    pub sent: Moment,
    /// Whether no retry is allowed. If `false`, time ran out, or the caller waits and retries.
    pub is_final: bool,
    /// The last attempt that was sent and got no response.
    pub lost: Option<HttpError>,
    /// The `Retry-After` of the last response.
    pub wait: Option<Wait>,
}

/// The attempts of a request. The first is always made.
#[derive(Clone, Copy, Debug)]
pub struct RetryBudget {
    pub made: u32,
    pub retries: u32,
    /// Whether the caller waits for `Retry-After` itself, because it shares it with other processes first.
    pub caller_waits: bool,
}

impl RetryBudget {
    pub fn new(retries: u32) -> Self {
        Self { made: 0, retries, caller_waits: false }
    }

    /// Uses one retry for another process's request; `false` if none is left.
    pub fn spend(&mut self) -> bool {
        let left = self.retries.checked_sub(1);
        self.retries = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether a retry is allowed, and `time` before it fits into the deadline.
    pub fn may_wait(self, time: Duration, deadline: Deadline) -> bool {
        self.made <= self.retries && deadline.has_room_for(time)
    }
}

/// A `Retry-After`, above 0. `is_too_long`: without it, the request would have been retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub time: Duration,
    pub is_too_long: bool,
}

/// Sends `request`, and retries as long as `tries` and `deadline` allow. `again` makes the next request of the last one,
/// or ends the retries.
pub fn send(
    http: &Http,
    mut request: Request,
    again: &mut dyn FnMut(Request) -> Option<Request>,
    tries: &mut RetryBudget,
    deadline: Deadline,
) -> Outcome {
    let mut lost = None;
    loop {
        let sent = clock::now();
        let result = http.send(&request, deadline);
        tries.made += 1;
        lost = result.as_ref().err().filter(|_| http.went_out()).cloned().or(lost);
        // `Retry-After: 0` must not cause a storm of requests.
        let asked = result.as_ref().ok().and_then(retry_after).filter(|time| !time.is_zero());
        let pause = asked.unwrap_or_else(|| back_off(tries.made));
        let why = match &result {
            _ if tries.made > tries.retries => None,
            Ok(answer) => is_temporary_status(answer.status).then_some(Ok(answer.status)),
            Err(error) => error.is_temporary().then_some(Err(error as AnyError<'_>)),
        };
        let has_time = tries.may_wait(pause, deadline);
        if let Some(why) = why.filter(|_| has_time) {
            emit(Event::Retrying { why, after: pause, left: tries.retries - tries.made });
            if asked.is_none() || !tries.caller_waits {
                wait(pause, asked.is_some(), deadline);
                match again(request) {
                    Some(next) => request = next,
                    None => return Outcome { is_final: false, result, sent, lost, wait: None },
                }
                continue;
            }
        }
        let wait = asked.map(|time| Wait { time, is_too_long: why.is_some() && !has_time });
        return Outcome { is_final: why.is_none(), result, sent, lost, wait };
    }
}

/// Waits before another try, as the server asked or by our back-off.
pub fn wait(time: Duration, is_asked: bool, deadline: Deadline) {
    let _pause = WaitGuard::until(deadline, Step::Retry { at: Deadline::after(time), is_asked });
    thread::sleep(time);
}

/// Whether a retry may get another status.
pub fn is_temporary_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// Avoids overflow; no process waits this long.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// `Retry-After` is a number of seconds or a date; a date in the past means 0. Some servers send a fraction, or a unit.
fn retry_after(answer: &Answer) -> Option<Duration> {
    if !is_temporary_status(answer.status) {
        return None;
    }
    let text = answer.retry_after.raw().trim();
    let wait = match (text.parse(), httpdate::parse_http_date(text)) {
        // No sign, and no `inf`.
        (Ok(seconds), _) if text.starts_with(|first: char| first.is_ascii_digit()) => {
            Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_WAIT)
        }
        (_, Ok(date)) => date.duration_since(clock::wall()).unwrap_or_default(),
        // In lower case, because `M` is a month.
        _ => humantime::parse_duration(&text.to_ascii_lowercase()).ok()?,
    };
    Some(Duration::from_secs_f64(wait.min(LONGEST_WAIT).as_secs_f64().ceil()))
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
        for none in ["soon", "-1", "-1s", "inf", "NaN", "+5", "5 parsecs", "", "5s;"] {
            assert_eq!(asking(503, none), None, "{none}");
        }
        assert_eq!(asking(503, "1e999"), Some(LONGEST_WAIT));
        assert_eq!(asking(503, "90000 days"), Some(LONGEST_WAIT));
        assert_eq!(asking(503, "0.001"), Some(Duration::from_secs(1)));
        assert_eq!(asking(401, "7"), None);
    }

    #[test]
    fn pauses_grow_to_a_limit() {
        for tries in 1..100 {
            assert!(back_off(tries) <= LONGEST_PAUSE);
        }
        assert!(back_off(1) <= FIRST_PAUSE);
        assert!((0..100).map(|_| back_off(5)).any(|pause| pause != back_off(5)), "retries are spread");
    }
}
