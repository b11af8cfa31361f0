//! One step of the report: what was seen there, and what is wrong.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{Finding, Found, Skipped};
use crate::cli::error::{self, Error};
use crate::cli::message;
use crate::display::redact::redact_own;
use crate::display::untrusted::escape;
use crate::token::source::TokenError;

/// Width of the status column: the facts of a step are printed below its name.
const STATUS: usize = 9;

pub struct Step {
    pub name: &'static str,
    /// Why it was not taken.
    skipped: Option<String>,
    pub facts: Vec<Fact>,
    found: Vec<Found>,
}

/// Something that was seen: as data, and as a line for a person where that is not the same. `units` end its name in
/// JSON.
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

/// A value on one line.
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

    /// A failure that a call ends with.
    pub fn fail(&mut self, error: &Error) {
        let words = message::of(error);
        self.found.push(Found { exit: Some(error.exit() as u8), what: words.text, hint: words.hint });
    }

    /// The failure of the step's own request. `hint` is for one that has none.
    pub fn fail_request(&mut self, error: &TokenError, hint: &str) {
        let words = message::of_step_error(error);
        let hint = if words.hint.is_empty() { hint.to_owned() } else { words.hint };
        self.found.push(Found { exit: Some(error::of_token(error) as u8), what: words.text, hint });
    }

    /// The worst that was found.
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

    /// For a person: status and name, and below them what was seen and found.
    pub fn text(&self) -> String {
        let width = self.facts.iter().map(|fact| fact.label.len()).max().unwrap_or(0);
        let why = self.skipped.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let mut text = format!("{:STATUS$}{}{why}\n", self.status(), self.name);
        let mut below = |line: String| text += &format!("{:STATUS$}{line}\n", "");
        for fact in &self.facts {
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
