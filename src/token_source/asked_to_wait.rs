//! What is told when the service's wait for another process holds for this one, too.

use std::time::Duration;

use crate::clock;
use crate::duration::display;
use crate::error::{Exit, Failure};

/// The service has asked another process with this secret to wait. `or_longer`: whether more time would be used.
pub fn asked_to_wait(left: Duration, why: &str, or_longer: bool) -> Failure {
    // Rounded up, so that whoever obeys is not too early.
    let left = left + Duration::from_millis(999);
    let until = clock::wall().checked_add(left).map(clock::date);
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    let or = if or_longer { ", or allow it with --timeout" } else { "" };
    Failure::new(Exit::Temporary, "no token", format!("the service has asked to wait{until}: {why}"))
        .hint(format!("try again in {}{or}", display(left)))
        .wait(left)
}
