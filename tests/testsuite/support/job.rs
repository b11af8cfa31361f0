//! A call of the tool that runs while the test observes it.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

use catena_token_issuer::Issuer;
use nix::sys::signal::Signal;

use super::parallel;
use super::wait::LIMIT;

/// Prints the path of the token file, and exits when its input ends.
const WAITING: &str = "echo \"$CATENA_TOKEN_FILE\"; read -r end";

/// `exec --renew` with a command that waits for the test, and the token file.
pub fn waiting(issuer: &Issuer, cache: &Path, options: &[&str]) -> (Job, PathBuf) {
    let words = [&["exec", "--renew", "--retries", "0"], options, &["--", "sh", "-c", WAITING]].concat();
    let mut job = Job::start(issuer, cache, &words);
    let file = PathBuf::from(job.line());
    assert!(file.is_absolute(), "the job did not start: {}", job.end().2);
    (job, file)
}

/// It is killed with its test; a command that it runs sees its directory vanish.
pub struct Job {
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

impl Job {
    /// A call with `issuer` and the cache directory `cache`.
    pub fn start(issuer: &Issuer, cache: &Path, arguments: &[&str]) -> Self {
        let mut command = parallel::command(issuer, cache);
        command.args(arguments);
        Self::of(command)
    }

    pub fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let stdout = Lines::of(child.stdout.take().unwrap());
        let stderr = Lines::of(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// The next line on stdout, of the call or its command.
    pub fn line(&mut self) -> String {
        self.stdout.next().expect("it has ended").trim_end().to_owned()
    }

    /// The next line on stderr.
    pub fn said(&mut self) -> String {
        self.stderr.next().unwrap_or_default().trim_end().to_owned()
    }

    /// Types a line, and nothing after it.
    pub fn types(&mut self, line: &str) {
        // A program that does not read its input may have closed it.
        let _ = writeln!(self.child.stdin.take().unwrap(), "{line}");
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        parallel::signal(&self.child, signal);
    }

    /// Closes its input and waits for its exit. Returns the status, the rest of stdout, and stderr.
    pub fn end(mut self) -> (ExitStatus, String, String) {
        drop(self.child.stdin.take());
        self.wait()
    }

    /// The same, with a signal instead of the end of input.
    pub fn end_by(mut self, signal: Signal) -> (ExitStatus, String, String) {
        self.signal(signal);
        self.wait()
    }

    pub fn wait(&mut self) -> (ExitStatus, String, String) {
        let (printed, said) = (self.stdout.rest(), self.stderr.rest());
        (self.child.wait().unwrap(), printed, said)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream as they arrive, with their line breaks.
struct Lines(Receiver<String>);

impl Lines {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let (to, from) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 0 {
                let _ = to.send(std::mem::take(&mut line));
            }
        });
        Self(from)
    }

    /// `None` at the end of the stream.
    fn next(&mut self) -> Option<String> {
        match self.0.recv_timeout(LIMIT) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("nothing came for {LIMIT:?}"),
        }
    }

    fn rest(&mut self) -> String {
        std::iter::from_fn(|| self.next()).collect()
    }
}
