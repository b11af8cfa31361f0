//! One step of an examination: what was seen, and what is wrong with it.

use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::error::{Exit, Failure};
use crate::foreign::escape;
use crate::oauth::exchange::NoAnswer;
use crate::redaction::{REDACTED, Redactor};
use crate::secret::Secret;

/// The worst that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Ok,
    Skipped,
    Warning,
    Failed,
}

/// The longest status, and two blanks: what is said of a step stands below its name.
const STATUS: usize = 9;

/// Why a step was not taken: there is no way to it.
pub const NOT_REACHED: &str = "not reached";

pub struct Step {
    pub name: &'static str,
    /// Why it was not taken.
    skipped: Option<String>,
    facts: Vec<Fact>,
    findings: Vec<Finding>,
}

/// Something that was seen: as lines for a person, and as data.
struct Fact {
    label: String,
    /// Its name as data.
    name: String,
    lines: Vec<String>,
    value: Value,
    is_foreign: bool,
}

/// Something that is to be mended.
struct Finding {
    /// What a call ends with; `None` for a warning.
    exit: Option<Exit>,
    what: String,
    /// What to do, in words of ours and settings of the user's alone; empty where `what` says it.
    hint: String,
    is_foreign: bool,
}

impl Step {
    pub fn new(name: &'static str) -> Self {
        Self { name, skipped: None, facts: Vec::new(), findings: Vec::new() }
    }

    /// One that is not taken.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { skipped: Some(why.into()), ..Self::new(name) }
    }

    /// One that an earlier fault does not let us come to.
    pub fn not_reached(name: &'static str) -> Self {
        Self::skipped(name, NOT_REACHED)
    }

    /// A value that is shown as it is; the elements of a list on one line.
    pub fn saw(&mut self, label: &str, value: impl Into<Value>) {
        let value = value.into();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let line = match &value {
            Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
            Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.to_owned(),
            value => text(value),
        };
        self.saw_as(label, value, [line]);
    }

    /// A value that a person reads in other words.
    pub fn saw_as(&mut self, label: &str, value: impl Into<Value>, lines: impl IntoIterator<Item = String>) {
        self.facts.push(Fact::new(label, name(label), value.into(), lines));
    }

    /// The same for somebody else's words, in which the secret is hidden, and no token yet.
    pub fn saw_foreign(
        &mut self,
        label: &str,
        value: impl Into<Value>,
        lines: impl IntoIterator<Item = impl Into<String>>,
    ) {
        let lines = lines.into_iter().map(Into::into);
        self.facts.push(Fact { is_foreign: true, ..Fact::new(label, name(label), value.into(), lines) });
    }

    /// A time, in milliseconds.
    pub fn saw_time(&mut self, label: &str, took: Duration) {
        let millis = (took.as_secs_f64() * 10_000.0).round() / 10.0;
        let (name, line) = (format!("{}_ms", name(label)), format!("{millis:.1} ms"));
        self.facts.push(Fact::new(label, name, millis.into(), [line]));
    }

    /// A time, in whole seconds.
    pub fn saw_seconds(&mut self, label: &str, seconds: impl Into<Value>, line: String) {
        self.facts.push(Fact::new(label, format!("{}_seconds", name(label)), seconds.into(), [line]));
    }

    /// What does not stop a call, and should be mended.
    pub fn warn(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding { exit: None, what: what.into(), hint: hint.into(), is_foreign: false });
    }

    /// The same with somebody else's words in it, in which the secret is hidden, and no token yet.
    pub fn warn_foreign(&mut self, what: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(Finding { exit: None, what: what.into(), hint: hint.into(), is_foreign: true });
    }

    /// What a call ends with.
    pub fn fail(&mut self, failure: &Failure) {
        let what = failure.text().unwrap_or_default();
        self.findings.push(Finding { exit: Some(failure.exit()), what, hint: hint_of(failure), is_foreign: false });
    }

    /// The same for a question that brought nothing, where what was asked is the step's own subject. `hint` is for where
    /// there is no better one.
    pub fn fail_unanswered(&mut self, no_answer: &NoAnswer, hint: &str) {
        let own = hint_of(&no_answer.failure);
        let hint = if own.is_empty() { hint.to_owned() } else { own };
        let exit = Some(no_answer.failure.exit());
        self.findings.push(Finding { exit, what: why(no_answer), hint, is_foreign: true });
    }

    /// The same where no call asks.
    pub fn warn_unanswered(&mut self, no_answer: &NoAnswer) {
        self.warn_foreign(why(no_answer), hint_of(&no_answer.failure));
    }

    pub fn status(&self) -> Status {
        let found = self.findings.iter().map(|finding| finding.status()).max();
        let own = if self.skipped.is_some() { Status::Skipped } else { Status::Ok };
        found.unwrap_or(own)
    }

    /// What a call ends with because of it.
    pub fn exit(&self) -> Option<Exit> {
        self.findings.iter().find_map(|finding| finding.exit)
    }

    /// What is wrong that ends a call so, and what to do.
    pub fn failure(&self, exit: Exit) -> Option<(&str, &str)> {
        let failed = self.findings.iter().find(|finding| finding.exit == Some(exit))?;
        Some((&failed.what, &failed.hint))
    }

    /// For a person: the status and the name, and what was seen and found below them.
    pub fn text(&self) -> String {
        let width = self.facts.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
        let mut lines = Vec::new();
        for fact in &self.facts {
            let labels = std::iter::once(fact.label.as_str()).chain(std::iter::repeat(""));
            lines.extend(labels.zip(&fact.lines).map(|(label, line)| format!("{label:width$}  {line}")));
        }
        for finding in &self.findings {
            lines.push(format!("{}: {}", finding.status().word(), finding.what));
            lines.extend((!finding.hint.is_empty()).then(|| format!("hint: {}", finding.hint)));
        }
        let why = self.skipped.as_ref().map_or_else(String::new, |why| format!(": {why}"));
        let mut text = format!("{:STATUS$}{}{}\n", self.status().name(), self.name, escape(&why));
        lines.iter().for_each(|line| text.push_str(&format!("{:STATUS$}{}\n", "", escape(line))));
        text
    }
}

/// Hides what `redactor` knows in somebody else's words: in one look at all of them, because each costs as much as a token
/// is long.
pub fn hide_in_foreign(steps: &mut [Step], redactor: &Redactor) {
    let mut texts: Vec<&mut String> = Vec::new();
    for step in steps {
        for Fact { lines, value, .. } in step.facts.iter_mut().filter(|fact| fact.is_foreign) {
            texts.extend(lines);
            texts_of(value, &mut texts);
        }
        let findings = step.findings.iter_mut().filter(|finding| finding.is_foreign);
        texts.extend(findings.map(|finding| &mut finding.what));
    }
    texts.into_iter().for_each(|text| *text = redactor.redact_own(text));
}

/// Hides the secret wherever it stands as a whole: in a path, say. Our own words may share a part of it, and a short one
/// with many words.
pub fn hide_secret(steps: &mut [Step], secret: &Secret) {
    const SHORTEST: usize = 8;
    let secret = secret.expose();
    if secret.len() < SHORTEST {
        return;
    }
    for step in steps {
        let mut texts: Vec<&mut String> = step.skipped.iter_mut().collect();
        for Fact { lines, value, .. } in &mut step.facts {
            texts.extend(lines);
            texts_of(value, &mut texts);
        }
        for Finding { what, hint, .. } in &mut step.findings {
            texts.extend([what, hint]);
        }
        texts.into_iter().filter(|text| text.contains(secret)).for_each(|text| *text = text.replace(secret, REDACTED));
    }
}

/// A label as a name: `_` between its words.
fn name(label: &str) -> String {
    label.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn hint_of(failure: &Failure) -> String {
    failure.remedy().unwrap_or_default().to_owned()
}

fn why(no_answer: &NoAnswer) -> String {
    no_answer.failure.why().unwrap_or_default()
}

fn texts_of<'a>(value: &'a mut Value, texts: &mut Vec<&'a mut String>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.iter_mut().for_each(|value| texts_of(value, texts)),
        Value::Object(members) => members.values_mut().for_each(|value| texts_of(value, texts)),
        _ => {}
    }
}

impl Fact {
    fn new(label: &str, name: String, value: Value, lines: impl IntoIterator<Item = String>) -> Self {
        Self { label: label.to_owned(), name, lines: lines.into_iter().collect(), value, is_foreign: false }
    }
}

impl Finding {
    fn status(&self) -> Status {
        if self.exit.is_some() { Status::Failed } else { Status::Warning }
    }
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }

    fn word(self) -> &'static str {
        if self == Self::Failed { "error" } else { "warning" }
    }
}

/// As data.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seen = Members(&self.facts);
        let findings: Vec<Value> = self.findings.iter().map(Finding::to_json).collect();
        let mut step = serializer.serialize_map(None)?;
        step.serialize_entry("name", self.name)?;
        step.serialize_entry("status", self.status().name())?;
        if let Some(why) = &self.skipped {
            step.serialize_entry("why", why)?;
        }
        step.serialize_entry("seen", &seen)?;
        step.serialize_entry("findings", &findings)?;
        step.end()
    }
}

impl Finding {
    fn to_json(&self) -> Value {
        let code = self.exit.map(|exit| exit as u8);
        json!({"status": self.status().name(), "exit_code": code, "what": self.what, "hint": self.hint})
    }
}

/// Members in their order.
struct Members<'a>(&'a [Fact]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|fact| (&fact.name, &fact.value)))
    }
}
