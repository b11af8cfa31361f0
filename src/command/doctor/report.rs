//! The report on stdout, step by step as text, or at the end as JSON: what was seen in a step, and what is wrong.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::local::step_of;
use super::{Finding, Found, Skipped};
use crate::cli::error::{self, Error};
use crate::cli::message;
use crate::cli::settings::Settings;
use crate::display::redact::redact_own;
use crate::display::untrusted::{escape, escape_json};
use crate::os::stdout;
use crate::token::source::TokenError;

/// The width of the status column.
const STATUS: usize = 9;

pub struct Report {
    is_json: bool,
    /// Text of findings alone.
    is_quiet: bool,
    /// The step of the first invalid setting, which would end a call before anything else.
    first: Option<&'static str>,
    steps: Vec<Step>,
}

impl Report {
    pub fn new(is_json: bool, is_quiet: bool, settings: &Settings) -> Self {
        Self { is_json, is_quiet, first: settings.errors().next().map(step_of), steps: Vec::new() }
    }

    pub fn add(&mut self, steps: impl IntoIterator<Item = Step>) -> Result<(), Error> {
        let before = self.steps.len();
        self.steps.extend(steps);
        let new = &mut self.steps[before..];
        new.iter_mut().for_each(Step::clean);
        if self.is_json {
            return Ok(());
        }
        let shown = new.iter().filter(|step| !self.is_quiet || !step.found.is_empty());
        Ok(stdout::print(shown.map(|step| step.text(!self.is_quiet)).collect::<String>())?)
    }

    /// Prints the verdict, and returns the exit code that a call would have.
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
            let reached =
                self.steps.iter().position(|step| Some(step.name) == name).map_or(self.steps.len(), |at| at + 1);
            let warned = |step: &&Step| step.found.iter().any(|found| found.exit.is_none());
            let warnings: Vec<_> = self.steps[..reached].iter().filter(warned).map(|step| step.name).collect();
            let gap = if self.is_quiet { "" } else { "\n" };
            gap.to_owned() + &message::doctor::verdict(failed, &warnings, is_offline)
        })?;
        Ok(ExitCode::from(exit_code))
    }
}

pub struct Step {
    pub name: &'static str,
    /// Why it was skipped.
    skipped: Option<String>,
    pub facts: Vec<Fact>,
    found: Vec<Found>,
}

/// A fact as JSON, whose name ends in `units`, and as a `line` of text if that differs.
#[derive(Clone)]
pub struct Fact {
    label: &'static str,
    units: &'static str,
    value: Value,
    line: Option<String>,
}

impl Fact {
    pub fn new(label: &'static str, value: impl Into<Value>) -> Self {
        Self { label, units: "", value: value.into(), line: None }
    }

    pub fn shown(label: &'static str, units: &'static str, value: impl Into<Value>, line: String) -> Self {
        Self { label, units, value: value.into(), line: Some(line) }
    }

    pub fn millis(label: &'static str, took: Duration) -> Self {
        let millis = (took.as_secs_f64() * 10_000.0).round() / 10.0;
        Self::shown(label, "_ms", millis, format!("{millis:.1} ms"))
    }

    fn lines(&self) -> Vec<String> {
        match (&self.line, &self.value) {
            (None, Value::Array(values)) if values.iter().any(Value::is_object) => values.iter().map(words).collect(),
            (line, value) => vec![line.clone().unwrap_or_else(|| words(value))],
        }
    }
}

/// A value as text on one line.
fn words(value: &Value) -> String {
    let words = match value {
        Value::Null => String::new(),
        Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{} {}", name.replace('_', " "), words(value));
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
    };
    if words.is_empty() { "none".to_owned() } else { words }
}

/// Redacts and escapes every text in a value, except the names of members.
fn clean_value(value: &mut Value) {
    match value {
        Value::String(text) => clean(text),
        Value::Array(values) => values.iter_mut().for_each(clean_value),
        Value::Object(members) => members.values_mut().for_each(clean_value),
        _ => {}
    }
}

fn clean(text: &mut String) {
    *text = escape(&redact_own(text));
}

impl Step {
    pub fn new(name: &'static str) -> Self {
        Self { name, skipped: None, facts: Vec::new(), found: Vec::new() }
    }

    pub fn skipped(name: &'static str, why: Skipped<'_>) -> Self {
        Self { skipped: Some(message::doctor::skipped(why)), ..Self::new(name) }
    }

    pub fn not_reached(name: &'static str) -> Self {
        Self::skipped(name, Skipped::NotReached)
    }

    pub fn fact(&mut self, label: &'static str, value: impl Into<Value>) {
        self.facts.push(Fact::new(label, value));
    }

    pub fn fact_as(&mut self, label: &'static str, value: impl Into<Value>, line: String) {
        self.facts.push(Fact::shown(label, "", value, line));
    }

    pub fn warn(&mut self, finding: Finding<'_>) {
        let words = message::finding::words(finding);
        self.found.push(Found { exit: None, what: words.text, hint: words.hint });
    }

    /// Adds a failure that would end a call.
    pub fn fail(&mut self, error: &Error) {
        let words = message::of(error);
        self.found.push(Found { exit: Some(error.exit() as u8), what: words.text, hint: words.hint });
    }

    /// Adds the failure of a request.
    pub fn fail_request(&mut self, error: &TokenError) {
        let words = message::of_step_error(error);
        self.found.push(Found { exit: Some(error::of_token(error) as u8), what: words.text, hint: words.hint });
    }

    /// The worst finding.
    pub fn status(&self) -> &'static str {
        match &self.skipped {
            _ if self.failure().is_some() => "failed",
            _ if !self.found.is_empty() => "warning",
            Some(_) => "skipped",
            None => "ok",
        }
    }

    pub fn failure(&self) -> Option<&Found> {
        self.found.iter().find(|found| found.exit.is_some())
    }

    /// Redacts and escapes every text.
    pub fn clean(&mut self) {
        self.facts.iter_mut().for_each(|fact| clean_value(&mut fact.value));
        let lines = self.facts.iter_mut().filter_map(|fact| fact.line.as_mut());
        let found = self.found.iter_mut().flat_map(|Found { what, hint, .. }| [what, hint]);
        lines.chain(found).chain(&mut self.skipped).for_each(clean);
    }

    /// Status and name, and below them the findings, after the facts if `has_facts`.
    fn text(&self, has_facts: bool) -> String {
        let width = self.facts.iter().map(|fact| fact.label.len()).max().unwrap_or(0);
        let why = self.skipped.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let mut text = format!("{:STATUS$}{}{why}\n", self.status(), self.name);
        let mut below = |line: String| text += &format!("{:STATUS$}{line}\n", "");
        for fact in self.facts.iter().filter(|_| has_facts) {
            let labels = std::iter::once(fact.label).chain(std::iter::repeat(""));
            labels.zip(fact.lines()).for_each(|(label, line)| below(format!("{label:width$}  {line}")));
        }
        for Found { exit, what, hint } in &self.found {
            below(format!("{}: {what}", if exit.is_some() { "error" } else { "warning" }));
            if !hint.is_empty() {
                below(format!("hint: {hint}"));
            }
        }
        text
    }

    pub fn to_json(&self) -> Value {
        let name = |label: &str| label.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let member = |fact: &Fact| (name(fact.label) + fact.units, fact.value.clone());
        let seen: Map<_, _> = self.facts.iter().map(member).collect();
        let found = self.found.iter().map(|Found { exit, what, hint }| {
            let status = if exit.is_some() { "failed" } else { "warning" };
            json!({"status": status, "exit_code": exit, "what": what, "hint": hint})
        });
        let findings: Vec<Value> = found.collect();
        let mut step = json!({"name": self.name, "status": self.status(), "seen": seen, "findings": findings});
        if let Some(why) = &self.skipped {
            step["why"] = why.as_str().into();
        }
        step
    }
}
