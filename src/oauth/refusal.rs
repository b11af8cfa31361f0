//! An answer that brought nothing: what it means for the caller, before it becomes a failure.

use crate::duration::display;
use crate::error::{Exit, Failure};
use crate::http::retry::Wait;

/// Why an answer is no success, in words that are fit to be shown.
pub struct Refusal {
    pub exit: Exit,
    /// Reads `<what>: <why>`.
    pub why: String,
    pub hint: String,
}

impl Refusal {
    /// An answer that breaks the rules; `why` begins with `it`.
    pub fn unusable(why: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unusable,
            why: format!("the answer cannot be used: {}", why.into()),
            hint: "check --issuer; if it is right, report this to the service".to_owned(),
        }
    }

    /// `what` failed by this. How long the server asked to wait is the better hint.
    pub fn into_failure(self, what: &str, wait: Option<Wait>) -> Failure {
        let Some(Wait { time, is_too_long }) = wait else {
            return Failure::new(self.exit, what, self.why).hint(self.hint);
        };
        let words = display(time);
        let or = if is_too_long { ", or allow it with --timeout" } else { "" };
        let why = format!("{}; it asks to wait {words}", self.why);
        Failure::new(self.exit, what, why).hint(format!("try again in {words}{or}")).wait(time)
    }
}
