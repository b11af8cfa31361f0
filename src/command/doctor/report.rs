//! The report on stdout: for a person step by step, or as JSON at the end.

use std::process::ExitCode;

use serde_json::json;

use crate::command::doctor::settings::step_of;
use crate::command::doctor::step::{Finding, Step};
use crate::error::Error;
use crate::foreign::escape_json;
use crate::output;
use crate::settings::Settings;

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
        if self.is_json { Ok(()) } else { Ok(output::print(new.iter().map(Step::text).collect::<String>())?) }
    }

    pub fn skip(&mut self, names: &[&'static str], why: &str) -> Result<(), Error> {
        self.add(names.iter().map(|name| Step::skipped(name, why)))
    }

    /// The verdict, and the exit code of a call. `is_offline`: the network was not used.
    pub fn end(self, is_offline: bool) -> Result<ExitCode, Error> {
        let is_first = |step: &&Step| self.first.is_none_or(|first| first == step.name);
        let failed = self.steps.iter().find(|step| is_first(step) && step.failure().is_some());
        let exit_code = failed.and_then(Step::failure).and_then(Finding::exit_code).unwrap_or(0);
        output::print(if self.is_json {
            self.json(failed, exit_code)
        } else {
            self.verdict(failed, exit_code, is_offline)
        })?;
        Ok(ExitCode::from(exit_code))
    }

    fn json(&self, failed: Option<&Step>, exit_code: u8) -> String {
        let is_any = |status: &&str| self.steps.iter().any(|step| step.status() == *status);
        let worst = ["failed", "warning"].into_iter().find(is_any);
        let report = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "status": worst.unwrap_or("ok"),
            "exit_code": exit_code,
            "failed": failed.map(|step| step.name),
            "steps": self.steps.iter().map(Step::to_json).collect::<Vec<_>>(),
        });
        escape_json(&report.to_string()) + "\n"
    }

    /// The one thing to mend, and the warnings that may be its cause.
    fn verdict(&self, failed: Option<&Step>, code: u8, is_offline: bool) -> String {
        let Some((name, failure)) = failed.and_then(|step| Some((step.name, step.failure()?))) else {
            return match self.warnings(None).as_str() {
                "" if is_offline => "\nnothing is wrong here, and nobody was asked\n".to_owned(),
                "" => "\nnothing is wrong\n".to_owned(),
                warnings => format!("\nnothing stops a call, but see the warnings of {warnings}\n"),
            };
        };
        let what = &failure.what;
        let mut verdict = format!("\na call for a new token fails at `{name}`, exit code {code}: {what}\n");
        if !failure.hint.is_empty() {
            verdict.push_str(&format!("hint: {}\n", failure.hint));
        }
        match self.warnings(Some(name)).as_str() {
            "" => {}
            warnings => verdict.push_str(&format!("look first at the warnings of {warnings}\n")),
        }
        verdict
    }

    /// The names of the steps that warn, up to the one that failed.
    fn warnings(&self, failed: Option<&str>) -> String {
        let before = self.steps.iter().take_while(|step| Some(step.name) != failed);
        let warning = before.filter(|step| step.status() == "warning");
        warning.map(|step| format!("`{}`", step.name)).collect::<Vec<_>>().join(", ")
    }
}
