//! The program, and where it runs.

use std::env::consts::{ARCH, OS};
use std::io::{self, IsTerminal as _};

use rustix::process::geteuid;
use serde_json::Value;

use crate::command::doctor::step::Step;
use crate::output;
use crate::settings::{Environment, ci_system};

pub fn step() -> Step {
    let mut step = Step::new("program");
    step.saw("version", env!("CARGO_PKG_VERSION"));
    step.saw("platform", format!("{OS} {ARCH}"));
    step.saw("user", geteuid().as_raw());
    let terminals = [
        ("stdin", io::stdin().is_terminal()),
        ("stdout", output::is_terminal()),
        ("stderr", io::stderr().is_terminal()),
    ];
    let terminals: Vec<&str> = terminals.iter().filter(|(_, is_one)| *is_one).map(|(name, _)| *name).collect();
    let shown = if terminals.is_empty() { "none".to_owned() } else { terminals.join(", ") };
    step.saw_as("terminals", terminals, [shown]);
    let ci = ci_system(Environment);
    step.saw_as("CI system", ci.map_or(Value::Null, Value::from), [ci.unwrap_or("none recognised").to_owned()]);
    step
}
