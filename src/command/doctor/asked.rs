//! A question that was asked on the way.

use crate::command::doctor::witness::Attempt;
use crate::http::Stage;
use crate::oauth::exchange::NoAnswer;

/// How it ended, and what was seen of it.
pub struct Asked<T> {
    pub result: Result<T, NoAnswer>,
    pub attempt: Attempt,
}

impl<T> Asked<T> {
    /// Why it did not come to a request, and where.
    pub fn failed_before(&self) -> Option<(Stage, &NoAnswer)> {
        let no_answer = self.result.as_ref().err()?;
        no_answer.stage.filter(|stage| *stage < Stage::Exchange).map(|stage| (stage, no_answer))
    }

    /// Whether it was tried: else it shows nothing of a connection.
    pub fn was_tried(&self) -> bool {
        let has_stage = |no_answer: &NoAnswer| no_answer.stage.is_some();
        self.attempt.answered.is_some() || self.result.as_ref().err().is_none_or(has_stage)
    }
}
