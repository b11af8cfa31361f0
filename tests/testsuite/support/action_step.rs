//! A step of the GitHub action, started as the runner does: inputs in variables, and files for what it hands on.

use std::fs;
use std::path::{Path, PathBuf};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};
use tempfile::TempDir;

use super::action::install;
use super::plain_command;

pub struct Step {
    work: TempDir,
    variables: Vec<(String, String)>,
}

/// What a step printed, and its exit code.
pub struct Ran {
    pub code: i32,
    pub printed: String,
}

impl Step {
    /// With the client's credentials; `knows` is the archive whose checksum the action has.
    pub fn new(knows: &[u8], issuer: &Issuer, releases: &Issuer) -> Self {
        let work = tempfile::tempdir().unwrap();
        install(&work.path().join("action"), knows);
        fs::create_dir(work.path().join("home")).unwrap();
        let step = Self { work, variables: Vec::new() };
        let step = step.input("client-id", CLIENT_ID).input("client-secret", CLIENT_SECRET);
        // The runner sets inputs that are not given to their defaults, else to nothing.
        let step = step.input("scope", "organization").input("skip-token-revoke", "false").input("version", "");
        step.input("issuer", &issuer.url()).input("download-url", &releases.origin())
    }

    /// Replaces an earlier value.
    pub fn input(self, name: &str, value: &str) -> Self {
        self.variable(&format!("INPUT_{}", name.to_uppercase()), value)
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    pub fn main(&self) -> Ran {
        self.run("main.js", &[])
    }

    /// The step at the end of the job, with what the first one stored for it.
    pub fn post(&self) -> Ran {
        let state = self.file("STATE");
        let lines: Vec<&str> = state.lines().collect();
        let stored: Vec<(String, &str)> =
            lines.chunks(3).map(|part| (format!("STATE_{}", part[0].split_once("<<").unwrap().0), part[1])).collect();
        self.run("post.js", &stored)
    }

    fn run(&self, script: &str, state: &[(String, &str)]) -> Ran {
        let mut node = plain_command::command("node");
        node.arg(self.path("action").join(script)).env("PATH", std::env::var("PATH").unwrap());
        node.env("HOME", self.path("home")).env("RUNNER_TOOL_CACHE", self.path("tools"));
        for file in ["OUTPUT", "ENV", "STATE", "PATH"] {
            node.env(format!("GITHUB_{file}"), self.path(file));
        }
        node.envs(self.variables.iter().cloned()).envs(state.iter().cloned());
        let output = node.output().unwrap_or_else(|error| panic!("node: {error}; see tests/action/run"));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        Ran { code: output.status.code().unwrap(), printed: String::from_utf8(output.stdout).unwrap() }
    }

    /// What the step wrote for the runner: `OUTPUT`, `ENV`, `STATE` or `PATH`.
    pub fn file(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Every path below the tool cache.
    pub fn tools(&self) -> Vec<PathBuf> {
        fn below(directory: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                below(&path, found);
                found.push(path);
            }
        }
        let mut found = Vec::new();
        below(&self.path("tools"), &mut found);
        found
    }

    /// The step must fail with one error, before it gets a token; returns the command with it.
    pub fn fails(&self, code: i32) -> String {
        let ran = self.main();
        let errors: Vec<&str> = ran.printed.lines().filter(|line| line.starts_with("::error ")).collect();
        let [error] = errors[..] else { panic!("{}", ran.printed) };
        assert_eq!(ran.code, code, "{}", ran.printed);
        assert_eq!((self.file("STATE"), self.file("ENV")), (String::new(), String::new()));
        assert!(!self.file("OUTPUT").contains("token<<"));
        error.to_owned()
    }
}
