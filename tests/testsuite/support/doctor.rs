//! `doctor`'s report, and assertions on it.

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET};
use serde_json::Value;

use super::Tool;

pub struct Report {
    pub code: i32,
    pub json: Value,
}

/// Runs `doctor` with the settings of `tool`.
pub fn examine(tool: Tool) -> Report {
    let (code, report) = tool.args(["doctor", "--json"]).reports();
    assert_eq!(report.lines().count(), 1, "{report}");
    let json: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(json["exit_code"], code, "{report}");
    Report { code, json }
}

/// Only `step` fails, with a text and a hint that contain `what` and `hint`, and with the exit code of a call for a new
/// token. Returns the report.
#[track_caller]
pub fn fails_at(make: impl Fn() -> Tool, step: &str, what: &str, hint: &str) -> Report {
    let report = examine(make());
    let failed = report.steps_of("failed");
    assert_eq!(failed, [step], "{report}");
    assert_eq!(report.json["failed"], step);
    report.says(step, "failed", what, hint);
    let (code, stdout, said) = make().arg("--no-cache").run();
    assert_eq!((code, stdout.as_str()), (Some(report.code), ""), "{said}{report}");
    report
}

/// `step` warns, and a call succeeds.
#[track_caller]
pub fn warns_at(tool: Tool, step: &str, what: &str, hint: &str) -> Report {
    let report = examine(tool);
    assert_eq!((report.code, report.steps_of("failed").len()), (0, 0), "{report}");
    report.says(step, "warning", what, hint);
    report
}

/// A call without retries, to a realm that may not exist.
pub fn to(url: &str) -> Tool {
    Tool::at(url, CLIENT_ID, CLIENT_SECRET).env("CATENA_RETRIES", "0")
}

impl Report {
    /// There was no request.
    #[track_caller]
    pub fn was_not_asked(&self) {
        for step in ["discovery", "clock", "request", "answer"] {
            assert_eq!(self.status(step), "skipped", "{step}: {self}");
        }
    }

    #[track_caller]
    pub fn step(&self, name: &str) -> &Value {
        let steps = self.json["steps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}: {self}"))
    }

    pub fn status(&self, name: &str) -> &str {
        self.step(name)["status"].as_str().unwrap()
    }

    pub fn seen(&self, name: &str) -> &Value {
        &self.step(name)["seen"]
    }

    /// The names of the steps with this status.
    pub fn steps_of(&self, status: &str) -> Vec<&str> {
        let steps = self.json["steps"].as_array().unwrap();
        steps.iter().filter(|step| step["status"] == status).map(|step| step["name"].as_str().unwrap()).collect()
    }

    #[track_caller]
    pub fn says(&self, step: &str, status: &str, what: &str, hint: &str) {
        let findings = self.step(step)["findings"].as_array().unwrap();
        let has = |finding: &Value, name: &str, part: &str| finding[name].as_str().unwrap().contains(part);
        let is_meant =
            |finding: &&Value| finding["status"] == status && has(finding, "what", what) && has(finding, "hint", hint);
        assert!(findings.iter().any(|finding| is_meant(&finding)), "no '{what}' with '{hint}' at {step}: {self}");
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.json)
    }
}
