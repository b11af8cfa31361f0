//! What an examination brought, on stdout: for a person each step as soon as it is known, or as JSON at the end.
//!
//! It is made to be pasted somewhere. Nothing is printed before the secret is known or known not to be had, so that it
//! can be hidden wherever it stands.

use std::process::ExitCode;

use serde::Serialize;

use crate::command::doctor::step::{Status, Step, hide};
use crate::error::{Exit, Failure};
use crate::foreign::escape_json;
use crate::output;
use crate::redaction::Redactor;

pub struct Sheet {
    is_json: bool,
    steps: Vec<Step>,
    /// What is wrong with the settings comes first, in whichever step it is told.
    fault: Option<(&'static str, Exit)>,
    redactor: Option<Redactor>,
    printed: usize,
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
        Self { is_json, steps: Vec::new(), fault: None, redactor: None, printed: 0 }
    }

    /// What a call meets before any step is taken: `step` tells of it.
    pub fn fault(&mut self, step: &'static str, exit: Exit) {
        self.fault.get_or_insert((step, exit));
    }

    pub fn add(&mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Failure> {
        self.steps.extend(steps);
        self.print()
    }

    /// From here on steps are printed without what `redactor` hides.
    pub fn hide(&mut self, redactor: Redactor) -> Result<(), Failure> {
        self.redactor = Some(redactor);
        self.print()
    }

    fn print(&mut self) -> Result<(), Failure> {
        let Some(redactor) = &self.redactor else { return Ok(()) };
        let new = &mut self.steps[self.printed..];
        hide(new, redactor);
        if !self.is_json {
            output::print(&new.iter().map(Step::text).collect::<String>())?;
        }
        self.printed = self.steps.len();
        Ok(())
    }

    /// The verdict, and the code that a call would end with.
    pub fn end(mut self) -> Result<ExitCode, Failure> {
        let redactor = self.redactor.take().unwrap_or_default();
        self.hide(redactor)?;
        let in_steps = || self.steps.iter().find_map(|step| Some((step.name, step.exit()?)));
        let failed = self.fault.or_else(in_steps);
        let exit_code = failed.map_or(0, |(_, exit)| exit as u8);
        let worst = self.steps.iter().map(Step::status).filter(|status| *status != Status::Skipped).max();
        let status = worst.unwrap_or(Status::Ok);
        if self.is_json {
            let report = Report {
                version: env!("CARGO_PKG_VERSION"),
                status: status.name(),
                exit_code,
                failed: failed.map(|(name, _)| name),
                steps: &self.steps,
            };
            let json = serde_json::to_string(&report).map_err(|_| Failure::defect())?;
            output::print(&format!("{}\n", escape_json(&json)))?;
        } else {
            output::print(&format!("{}\n", verdict(failed, status)))?;
        }
        Ok(ExitCode::from(exit_code))
    }
}

fn verdict(failed: Option<(&str, Exit)>, worst: Status) -> String {
    match failed {
        Some((name, exit)) => {
            format!("a call for a new token fails at `{name}`, exit code {}: {}", exit as u8, exit.meaning())
        }
        None if worst == Status::Warning => "nothing stops a call, but see the warnings".to_owned(),
        None => "nothing is wrong".to_owned(),
    }
}
