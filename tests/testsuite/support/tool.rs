//! One call of the tool, from an empty environment and an empty home, and checks of its output and files.
//!
//! The expectation is strict unless a test says otherwise: success means exit code 0 and an empty stderr; failure means
//! an empty stdout, one error line and at most one hint. After every call, neither the secret nor the token may be on
//! stderr or in a file.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, ClientCertificate, Issuer, RUNNER_TOKEN};
use tempfile::TempDir;

use super::{leak_check, plain_command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_catena-token");

/// The limit of every call, whatever the server does.
const LIMIT: Duration = Duration::from_secs(60);

pub struct Tool {
    command: assert_cmd::Command,
    home: TempDir,
    id: String,
    secret: String,
    inputs: Vec<PathBuf>,
    cache: Option<PathBuf>,
    /// A token in the input that must not appear in any output.
    given: Vec<String>,
}

/// The error of a failed call.
#[derive(Debug)]
pub struct Failed {
    pub error: String,
    pub hint: String,
}

impl Tool {
    /// Without any setting.
    pub fn bare() -> Self {
        Self::starting(plain_command::command(PROGRAM))
    }

    fn starting(command: Command) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = assert_cmd::Command::from_std(command);
        command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").current_dir(home.path()).timeout(LIMIT);
        Self {
            command,
            home,
            id: CLIENT_ID.to_owned(),
            secret: CLIENT_SECRET.to_owned(),
            inputs: Vec::new(),
            cache: None,
            given: Vec::new(),
        }
    }

    /// Client id and issuer in variables; no secret.
    pub fn without_secret(issuer: &Issuer) -> Self {
        Self::bare().set_for(issuer)
    }

    fn set_for(self, issuer: &Issuer) -> Self {
        let tool = self.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_ISSUER", issuer.url());
        if issuer.trusted_pem().is_empty() {
            return tool;
        }
        let bundle = tool.file("issuer-ca.pem", issuer.trusted_pem());
        tool.env("CATENA_CA_CERT", bundle)
    }

    /// Every setting for `issuer`, in variables.
    pub fn asking(issuer: &Issuer) -> Self {
        Self::without_secret(issuer).env("CATENA_CLIENT_SECRET", CLIENT_SECRET)
    }

    /// Only the realm: the client is not named.
    pub fn nameless(issuer: &Issuer) -> Self {
        Self::without_secret(issuer).unset("CATENA_CLIENT_ID")
    }

    /// In a job with `id-token: write`, whose runner is `runner`.
    pub fn in_job(self, runner: &Issuer) -> Self {
        let tool = self.env("ACTIONS_ID_TOKEN_REQUEST_URL", runner.runner_url());
        tool.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN)
    }

    /// Started by another program: `words` are that program and its arguments before ours.
    pub fn within(words: &[&str]) -> Self {
        let mut command = plain_command::command(words[0]);
        command.args(&words[1..]).arg(PROGRAM);
        Self::starting(command)
    }

    /// Every setting for `issuer`, in a process with this memory limit; a signal ends it if it needs more.
    pub fn asking_within(kibibytes: u32, issuer: &Issuer) -> Self {
        let mut shell = plain_command::command("/bin/sh");
        shell.args(["-c", &format!("ulimit -d {kibibytes} && exec \"$0\" \"$@\""), PROGRAM]);
        Self::starting(shell).set_for(issuer).env("CATENA_CLIENT_SECRET", CLIENT_SECRET)
    }

    /// Every setting for the realm at `url`, in variables.
    pub fn at(url: &str, id: &str, secret: &str) -> Self {
        let mut tool = Self::bare();
        (tool.id, tool.secret) = (id.to_owned(), secret.to_owned());
        tool.env("CATENA_ISSUER", url).env("CATENA_CLIENT_ID", id).env("CATENA_CLIENT_SECRET", secret)
    }

    /// Another secret that must not leak; the test sets its source.
    pub fn secret_is(mut self, secret: &str) -> Self {
        self.secret = secret.to_owned();
        self
    }

    /// Tokens are cached in `directory`, for the next call.
    pub fn keeping_in(mut self, directory: &Path) -> Self {
        self.cache = Some(directory.to_owned());
        self.env("CATENA_CACHE_DIR", directory)
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<T: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = T>) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.given.extend(leak_check::variable(name, &value.as_ref().to_string_lossy()));
        self.command.env(name, value);
        self
    }

    pub fn unset(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// For a call that takes longer than others.
    pub fn lasting(mut self, seconds: u64) -> Self {
        self.command.timeout(Duration::from_secs(seconds));
        self
    }

    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.command.write_stdin(bytes);
        self
    }

    /// A token on standard input. Neither it nor its signature may appear in the output.
    pub fn given(mut self, token: &str) -> Self {
        self.given.push(token.to_owned());
        self.given.extend(token.rsplit('.').next().filter(|signature| signature.len() > 16).map(str::to_owned));
        self.stdin(token)
    }

    /// The call's home and working directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes an input file into the home and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// A file that holds the secret, which is not a leak.
    pub fn secret_file(self, content: impl AsRef<[u8]>) -> Self {
        self.input("secret", content, "CATENA_CLIENT_SECRET_FILE")
    }

    /// A file that may hold what must not leak, which a configuration file names.
    pub fn reading(mut self, path: PathBuf) -> Self {
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self.inputs.push(path);
        self
    }

    /// An assertion that may stand in no output and no file but the inputs.
    pub fn hiding(mut self, assertion: &str) -> Self {
        self.given.extend(leak_check::assertion(assertion));
        self
    }

    /// A file with the assertion `jwt`, named by its variable. Its path is `assertion` in the home.
    pub fn assertion_file(self, jwt: &str) -> Self {
        self.input("assertion", jwt, "CATENA_CLIENT_ASSERTION_FILE").hiding(jwt.trim_end())
    }

    /// A file with the signing key `pem`, named by its variable.
    pub fn key_file(mut self, pem: &str) -> Self {
        self.given.extend(leak_check::key(pem));
        self.input("key.pem", pem, "CATENA_SIGNING_KEY_FILE")
    }

    /// The client's TLS certificate and its key, in files that are named by their variables.
    pub fn certified(self, own: &ClientCertificate) -> Self {
        self.certified_by(&own.certificate, &own.key)
    }

    /// The same, with any text.
    pub fn certified_by(mut self, certificate: &str, key: &str) -> Self {
        self.given.extend(leak_check::key(key));
        self.input("own.pem", certificate, "CATENA_CLIENT_CERT").input("own.key", key, "CATENA_CLIENT_KEY")
    }

    /// A CA bundle with all of these.
    pub fn trusting<const N: usize>(self, authorities: [&str; N]) -> Self {
        let bundle = self.file("bundle.pem", authorities.concat());
        self.env("CATENA_CA_CERT", bundle)
    }

    /// A file that may hold what must not leak, named by `variable`.
    fn input(mut self, name: &str, content: impl AsRef<[u8]>, variable: &str) -> Self {
        let path = self.file(name, content);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self.inputs.push(path.clone());
        self.env(variable, path)
    }

    /// Runs it; it must succeed with an empty stderr. Returns stdout.
    pub fn succeeds(self) -> String {
        let (stdout, stderr) = self.succeeds_saying();
        assert_eq!(stderr, "", "nothing is said on success");
        stdout
    }

    /// Runs it; it must succeed. Returns stdout and stderr.
    pub fn succeeds_saying(self) -> (String, String) {
        let (code, stdout, stderr) = self.run();
        assert_eq!(code, Some(0), "{stderr}");
        (stdout, stderr)
    }

    /// Runs it; it must exit with `code`, an empty stdout, one error line and at most one hint.
    pub fn fails(self, code: i32) -> Failed {
        let (actual, stdout, stderr) = self.run();
        assert_eq!(actual, Some(code), "{stderr}");
        assert_eq!(stdout, "", "nothing stands on stdout after a failure");
        let mut lines = stderr.lines();
        let error = lines.next().and_then(|line| line.strip_prefix("catena-token: error: ")).expect(&stderr).to_owned();
        let hint = lines.next().map(|line| line.strip_prefix("hint: ").expect(&stderr).to_owned());
        assert_eq!(lines.next(), None, "{stderr}");
        Failed { error, hint: hint.unwrap_or_default() }
    }

    /// Runs `doctor` with an empty stderr; returns its exit code and its report, without secret or token.
    pub fn reports(self) -> (i32, String) {
        let mut hidden = leak_check::forms(&self.id, &self.secret);
        let (code, stdout, stderr) = self.run();
        assert_eq!(stderr, "", "{stdout}");
        hidden.extend(token_in(&stdout));
        leak_check::assert_absent(&hidden, &stdout, "stdout");
        (code.unwrap(), stdout)
    }

    /// Runs it; clap must refuse the command line. Returns its message.
    pub fn refused_by_clap(self) -> String {
        let (code, stdout, stderr) = self.run();
        assert_eq!(code, Some(2), "{stderr}");
        assert_eq!(stdout, "");
        assert!(stderr.starts_with("catena-token: error: "), "{stderr}");
        stderr
    }

    /// Exit code (`None` after a signal), stdout, stderr; checked for leaks.
    pub fn run(mut self) -> (Option<i32>, String, String) {
        let output = self.command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let mut hidden = leak_check::forms(&self.id, &self.secret);
        hidden.extend(token_in(&stdout));
        leak_check::assert_absent(&self.given, &stdout, "stdout");
        hidden.extend(self.given);
        leak_check::assert_absent(&hidden, &stderr, "stderr");
        leak_check::assert_absent_below(&hidden, self.home.path(), &self.inputs);
        if let Some(cache) = self.cache.filter(|cache| cache.is_dir()) {
            leak_check::assert_absent_below(&hidden, &cache, &[]);
        }
        (output.status.code(), stdout, stderr)
    }
}

/// Every token in an output is a JWT here.
fn token_in(stdout: &str) -> Option<String> {
    let start = stdout.find("eyJ")?;
    let token: String =
        stdout[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    Some(token)
}
