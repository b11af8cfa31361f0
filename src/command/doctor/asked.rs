//! A question that was asked on the way.

use crate::command::doctor::witness::Attempt;
use crate::http::Stage;
use crate::oauth::exchange::NoAnswer;

/// How it ended, and what was seen of it.
pub struct Asked<T> {
    pub result: Result<T, NoAnswer>,
    pub attempt: Attempt,
    /// Whether its share of the time was too short.
    pub is_out_of_time: bool,
}

impl<T> Asked<T> {
    /// Why it did not come to a request, and where.
    pub fn failed_before(&self) -> Option<(Stage, &NoAnswer)> {
        let no_answer = self.result.as_ref().err()?;
        no_answer.stage.filter(|stage| *stage < Stage::Exchange).map(|stage| (stage, no_answer))
    }

    /// Whether there was a connection, as far as this question shows.
    pub fn has_arrived(&self) -> bool {
        self.result.is_ok() || self.attempt.connected.is_some() && self.failed_before().is_none()
    }
}
