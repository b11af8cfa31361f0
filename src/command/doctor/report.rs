//! The report on stdout: for a person step by step, or as JSON at the end.

use std::process::ExitCode;

use serde_json::json;

use super::Step;
use super::local::step_of;
use crate::cli::error::Error;
use crate::cli::message;
use crate::cli::settings::Settings;
use crate::display::untrusted::escape_json;
use crate::os::stdout;

pub struct Report {
    is_json: bool,
    /// The step of the first error in the settings, which ends a call before any step is taken.
    first: Option<&'static str>,
    steps: Vec<Step>,
}

impl Report {
    pub fn new(is_json: bool, settings: &Settings) -> Self {
        Self { is_json, first: settings.errors().next().map(step_of), steps: Vec::new() }
    }

    pub fn add(&mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Error> {
        let before = self.steps.len();
        self.steps.extend(steps);
        let new = &mut self.steps[before..];
        new.iter_mut().for_each(Step::clean);
        if self.is_json { Ok(()) } else { Ok(stdout::print(new.iter().map(Step::text).collect::<String>())?) }
    }

    /// The verdict, and the exit code of a call. `is_offline`: the network was not used.
    pub fn end(self, is_offline: bool) -> Result<ExitCode, Error> {
        let mut steps = self.steps.iter().filter(|step| self.first.is_none_or(|first| first == step.name));
        let failed = steps.find_map(|step| Some((step.name, step.failure()?)));
        let (name, exit_code) = (failed.map(|(name, _)| name), failed.and_then(|(_, found)| found.exit).unwrap_or(0));
        let of_status = |status| self.steps.iter().filter(move |step| step.status() == status).map(|step| step.name);
        stdout::print(if self.is_json {
            let worst = ["failed", "warning"].into_iter().find(|status| of_status(*status).next().is_some());
            let report = json!({
                "version": env!("CARGO_PKG_VERSION"),
                "status": worst.unwrap_or("ok"),
                "exit_code": exit_code,
                "failed": name,
                "steps": self.steps.iter().map(Step::to_json).collect::<Vec<_>>(),
            });
            escape_json(&report.to_string()) + "\n"
        } else {
            let before = self.steps.iter().take_while(|step| Some(step.name) != name);
            let warnings: Vec<_> = before.filter(|step| step.status() == "warning").map(|step| step.name).collect();
            message::doctor::verdict(failed, &warnings, is_offline)
        })?;
        Ok(ExitCode::from(exit_code))
    }
}
