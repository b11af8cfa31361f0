//! What an examination brought, on stdout: for a person as it comes, or as JSON at the end.

use std::process::ExitCode;

use serde::Serialize;

use crate::command::doctor::step::{Status, Step, hide_secret};
use crate::error::{Exit, Failure};
use crate::foreign::{escape, escape_json};
use crate::output;
use crate::secret::Secret;

pub struct Sheet {
    is_json: bool,
    steps: Vec<Step>,
    /// What is wrong with the settings comes first, in whichever step it is told.
    fault: Option<(&'static str, Exit)>,
    /// It is hidden from here on: nothing is printed before it is known, or known not to be had.
    pub secret: Option<Secret>,
}

#[derive(Serialize)]
struct Report<'a> {
    version: &'a str,
    status: &'a str,
    exit_code: u8,
    failed: Option<&'a str>,
    steps: &'a [Step],
}

impl Sheet {
    pub fn new(is_json: bool) -> Self {
        Self { is_json, steps: Vec::new(), fault: None, secret: None }
    }

    /// What a call meets before any step is taken: `step` tells of it.
    pub fn fault(&mut self, step: &'static str, exit: Exit) {
        self.fault.get_or_insert((step, exit));
    }

    pub fn add(&mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Failure> {
        let before = self.steps.len();
        self.steps.extend(steps);
        let new = &mut self.steps[before..];
        self.secret.iter().for_each(|secret| hide_secret(new, secret));
        if self.is_json { Ok(()) } else { output::print(&new.iter().map(Step::text).collect::<String>()) }
    }

    /// The verdict, and the code that a call would end with. `is_offline`: whether nobody was asked.
    pub fn end(self, is_offline: bool) -> Result<ExitCode, Failure> {
        let in_steps = || self.steps.iter().find_map(|step| Some((step.name, step.exit()?)));
        let failed = self.fault.or_else(in_steps);
        let exit_code = failed.map_or(0, |(_, exit)| exit as u8);
        if !self.is_json {
            output::print(&self.verdict(failed, is_offline))?;
            return Ok(ExitCode::from(exit_code));
        }
        let worst = self.steps.iter().map(Step::status).filter(|status| *status != Status::Skipped).max();
        let report = Report {
            version: env!("CARGO_PKG_VERSION"),
            status: worst.unwrap_or(Status::Ok).name(),
            exit_code,
            failed: failed.map(|(name, _)| name),
            steps: &self.steps,
        };
        let json = serde_json::to_string(&report).map_err(|_| Failure::defect())?;
        output::print(&format!("{}\n", escape_json(&json)))?;
        Ok(ExitCode::from(exit_code))
    }

    /// The one thing to mend, and the warnings that may be its cause.
    fn verdict(&self, failed: Option<(&str, Exit)>, is_offline: bool) -> String {
        let Some((name, exit)) = failed else {
            let warnings = self.warnings(self.steps.len());
            return match warnings.as_str() {
                "" if is_offline => "\nnothing is wrong here, and nobody was asked\n".to_owned(),
                "" => "\nnothing is wrong\n".to_owned(),
                warnings => format!("\nnothing stops a call, but see the warnings of {warnings}\n"),
            };
        };
        let at = self.steps.iter().position(|step| step.name == name).unwrap_or(self.steps.len());
        let (what, hint) = self.steps.get(at).and_then(|step| step.failure(exit)).unwrap_or_default();
        let mut verdict = format!("\na call for a new token fails at `{name}`, exit code {}: ", exit as u8);
        verdict.push_str(&format!("{}\n", escape(what)));
        if !hint.is_empty() {
            verdict.push_str(&format!("hint: {}\n", escape(hint)));
        }
        match self.warnings(at).as_str() {
            "" => {}
            warnings => verdict.push_str(&format!("look first at the warnings of {warnings}\n")),
        }
        verdict
    }

    /// The names of the first `count` steps that warn.
    fn warnings(&self, count: usize) -> String {
        let warning = self.steps[..count].iter().filter(|step| step.status() == Status::Warning);
        warning.map(|step| format!("`{}`", step.name)).collect::<Vec<_>>().join(", ")
    }
}
