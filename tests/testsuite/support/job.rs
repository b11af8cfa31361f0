//! A call of the tool that goes on while the test looks at it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};

use catena_token_issuer::Issuer;
use nix::sys::signal::Signal;

use super::many;

/// Prints where the token file is, and ends with its input.
const WAITING: &str = "echo \"$CATENA_TOKEN_FILE\"; read -r end";

/// A command that is run beside a token file and waits for the test, and that file.
pub fn waiting(issuer: &Issuer, cache: &Path, options: &[&str]) -> (Job, PathBuf) {
    let words = [&["exec", "--renew", "--retries", "0"], options, &["--", "sh", "-c", WAITING]].concat();
    let mut job = Job::start(issuer, cache, &words);
    let file = PathBuf::from(job.line());
    assert!(file.is_absolute(), "the job did not start: {}", job.end().2);
    (job, file)
}

/// It does not outlive its test; a command beside it sees its directory vanish.
pub struct Job {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: BufReader<ChildStderr>,
}

impl Job {
    /// A call that asks `issuer` and keeps its tokens in `cache`.
    pub fn start(issuer: &Issuer, cache: &Path, arguments: &[&str]) -> Self {
        let mut command = many::command(issuer, cache);
        command.args(arguments);
        Self::of(command)
    }

    pub fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// The next line that it, or what it runs, prints.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.stdout.read_line(&mut line).unwrap() > 0, "it has ended");
        line.trim_end().to_owned()
    }

    /// The next line on its stderr.
    pub fn said(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Types a line, and nothing after it.
    pub fn types(&mut self, line: &str) {
        // Whoever does not read it may have closed it.
        let _ = writeln!(self.child.stdin.take().unwrap(), "{line}");
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        many::signal(&self.child, signal);
    }

    /// Waits for its end, its input closed: how it ended, what else it printed, what it said.
    pub fn end(mut self) -> (ExitStatus, String, String) {
        drop(self.child.stdin.take());
        self.wait()
    }

    /// The same for one that is to end by a signal, and not by its input.
    pub fn end_by(mut self, signal: Signal) -> (ExitStatus, String, String) {
        self.signal(signal);
        self.wait()
    }

    fn wait(&mut self) -> (ExitStatus, String, String) {
        let (mut printed, mut said) = (String::new(), String::new());
        self.stdout.read_to_string(&mut printed).unwrap();
        self.stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap(), printed, said)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
