//! One step of the report: what was seen there, and what is wrong.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::error::{self, Error, Exit};
use crate::foreign::escape;
use crate::message;
use crate::redaction::redact_own;
use crate::token_source::TokenError;

/// Width of the status column: the facts of a step are printed below its name.
const STATUS: usize = 9;

/// Why a step was not taken: an earlier one failed.
pub const NOT_REACHED: &str = "not reached";

pub struct Step {
    pub name: &'static str,
    /// Why it was not taken.
    skipped: Option<String>,
    pub facts: Vec<Fact>,
    findings: Vec<Finding>,
}

/// Something that was seen: as data, and as lines for a person.
#[derive(Clone)]
pub struct Fact {
    label: String,
    /// The member's name in JSON.
    name: String,
    value: Value,
    lines: Vec<String>,
}

/// Something to mend.
pub struct Finding {
    /// The exit code of a call because of it; `None` for a warning.
    exit: Option<Exit>,
    pub what: String,
    /// What to do; empty where `what` says it.
    pub hint: String,
}

impl Finding {
    pub fn exit_code(&self) -> Option<u8> {
        self.exit.map(|exit| exit as u8)
    }
}

impl Fact {
    /// A value that a person reads as it is.
    pub fn new(label: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let lines = match &value {
            Value::Array(values) if values.iter().any(Value::is_object) => values.iter().map(words).collect(),
            value => vec![words(value)],
        };
        Self { name: name(label), label: label.to_owned(), value, lines }
    }

    /// A value that a person reads in other words. `units` end its name in JSON.
    pub fn shown(label: &str, units: &str, value: impl Into<Value>, line: impl Into<String>) -> Self {
        let name = name(label) + units;
        Self { name, label: label.to_owned(), value: value.into(), lines: vec![line.into()] }
    }

    pub fn millis(label: &str, took: Duration) -> Self {
        let millis = (took.as_secs_f64() * 10_000.0).round() / 10.0;
        Self::shown(label, "_ms", millis, format!("{millis:.1} ms"))
    }
}

fn name(label: &str) -> String {
    label.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// A value on one line.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".to_owned(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| format!("{} {}", name.replace('_', " "), words(value));
            members.iter().map(member).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Makes every text in a value fit to be shown, but no name of a member.
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
        Self::with(name, Vec::new())
    }

    pub fn with(name: &'static str, facts: Vec<Fact>) -> Self {
        Self { name, skipped: None, facts, findings: Vec::new() }
    }

    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { skipped: Some(why.into()), ..Self::new(name) }
    }

    pub fn not_reached(name: &'static str) -> Self {
        Self::skipped(name, NOT_REACHED)
    }

    pub fn saw(&mut self, label: &str, value: impl Into<Value>) {
        self.facts.push(Fact::new(label, value));
    }

    pub fn saw_as(&mut self, label: &str, value: impl Into<Value>, line: impl Into<String>) {
        self.facts.push(Fact::shown(label, "", value, line));
    }

    /// Something to mend that does not stop a call.
    pub fn warn(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding { exit: None, what: what.into(), hint: hint.into() });
    }

    /// A failure that a call ends with.
    pub fn fail(&mut self, error: &Error) {
        let words = message::of(error);
        self.findings.push(Finding { exit: Some(error.exit()), what: words.line(), hint: words.hint });
    }

    /// The failure of the step's own request. `hint` is for one that has none.
    pub fn fail_request(&mut self, error: &TokenError, hint: &str) {
        let words = message::of_token_error(error);
        let hint = if words.hint.is_empty() { hint.to_owned() } else { words.hint };
        self.findings.push(Finding { exit: Some(error::of_token(error)), what: words.why, hint });
    }

    /// The worst that was found.
    pub fn status(&self) -> &'static str {
        match &self.skipped {
            _ if self.failure().is_some() => "failed",
            _ if !self.findings.is_empty() => "warning",
            Some(_) => "skipped",
            None => "ok",
        }
    }

    /// The first failure.
    pub fn failure(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.exit.is_some())
    }

    /// Redacts and escapes every text.
    pub fn clean(&mut self) {
        for Fact { value, lines, .. } in &mut self.facts {
            clean_value(value);
            lines.iter_mut().for_each(clean);
        }
        let findings = self.findings.iter_mut().flat_map(|Finding { what, hint, .. }| [what, hint]);
        findings.chain(&mut self.skipped).for_each(clean);
    }

    /// For a person: status and name, and below them what was seen and found.
    pub fn text(&self) -> String {
        let width = self.facts.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
        let why = self.skipped.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let mut lines = vec![format!("{:STATUS$}{}{why}", self.status(), self.name)];
        let mut below = |line: String| lines.push(format!("{:STATUS$}{line}", ""));
        for fact in &self.facts {
            let labels = std::iter::once(fact.label.as_str()).chain(std::iter::repeat(""));
            labels.zip(&fact.lines).for_each(|(label, line)| below(format!("{label:width$}  {line}")));
        }
        for finding in &self.findings {
            let kind = if finding.exit.is_some() { "error" } else { "warning" };
            below(format!("{kind}: {}", finding.what));
            if !finding.hint.is_empty() {
                below(format!("hint: {}", finding.hint));
            }
        }
        lines.join("\n") + "\n"
    }

    pub fn to_json(&self) -> Value {
        let seen: Map<_, _> = self.facts.iter().map(|fact| (fact.name.clone(), fact.value.clone())).collect();
        let finding = |finding: &Finding| {
            let status = if finding.exit.is_some() { "failed" } else { "warning" };
            json!({"status": status, "exit_code": finding.exit_code(), "what": finding.what, "hint": finding.hint})
        };
        let findings: Vec<Value> = self.findings.iter().map(finding).collect();
        let mut step = json!({"name": self.name, "status": self.status(), "seen": seen, "findings": findings});
        if let Some(why) = &self.skipped {
            step["why"] = why.as_str().into();
        }
        step
    }
}
