//! The GitHub action: a release on loopback, a repository with the action, and a run of its workflow by `act`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, RUNNER_TOKEN, Reply};
use tempfile::TempDir;

use super::{pages, plain_command};

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

fn name() -> String {
    format!("catena-token-v{VERSION}-{}-unknown-linux-gnu", std::env::consts::ARCH)
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn archive_of(copy: impl FnOnce(&Path)) -> Vec<u8> {
    let work = tempfile::tempdir().unwrap();
    let directory = work.path().join(name());
    fs::create_dir(&directory).unwrap();
    copy(&directory.join("catena-token"));
    let mut tar = plain_command::command("tar");
    tar.env("GZIP", "-1").arg("-C").arg(work.path()).args(["-czf", "-", &name()]);
    succeeds(&mut tar).stdout
}

/// The archive of the released program, if it was built; else of the one that is tested.
pub fn archive() -> Vec<u8> {
    static ARCHIVE: OnceLock<Vec<u8>> = OnceLock::new();
    let program = || std::env::var_os("LINKED_STATICALLY").unwrap_or(env!("CARGO_BIN_EXE_catena-token").into());
    ARCHIVE.get_or_init(|| archive_of(|to| _ = succeeds(plain_command::command("cp").arg(program()).arg(to)))).clone()
}

/// The archive of a program that is this script.
pub fn archive_of_script(script: &str) -> Vec<u8> {
    archive_of(|to| write_script(to, script))
}

pub fn write_script(to: &Path, script: &str) {
    fs::write(to, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A server that replies with this archive to every request.
pub fn serve(archive: Vec<u8>) -> Issuer {
    Issuer::replying(Reply::http(200, "application/gzip", archive))
}

/// A copy of the action that knows one release, with this archive.
pub fn install(action: &Path, archive: &[u8]) {
    let source = pages::root().join("action");
    fs::create_dir_all(action).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, action.join(path.file_name().unwrap())).unwrap();
    }
    let work = tempfile::tempdir().unwrap();
    let file = format!("{}.tar.gz", name());
    fs::write(work.path().join(&file), archive).unwrap();
    let sums = succeeds(Command::new("sha256sum").arg(&file).current_dir(work.path())).stdout;
    fs::write(work.path().join("SHA256SUMS"), sums).unwrap();
    let mut add = Command::new(pages::root().join("dist/action-checksums"));
    succeeds(add.arg(work.path().join("SHA256SUMS")).arg(action.join("checksums.json")));
}

/// A repository with the action, a home, and a directory for what the steps note.
pub struct Repository {
    work: TempDir,
    /// What a job may ask for its identity, if it has the permission.
    runner: Vec<(&'static str, String)>,
}

/// What `act` printed, and whether the job succeeded.
pub struct Run {
    pub log: String,
    pub succeeded: bool,
}

impl Repository {
    /// `knows` is the archive whose checksum the action has.
    pub fn new(knows: &[u8]) -> Self {
        let work = tempfile::tempdir().unwrap();
        for directory in ["bin", "home", "noted", "repository/.github/workflows"] {
            fs::create_dir_all(work.path().join(directory)).unwrap();
        }
        write_script(&work.path().join("bin/sync-fleets"), "printf %s \"$CATENA_TOKEN\" | tee \"$NOTED/token\"");
        install(&work.path().join("repository/action"), knows);
        Self { work, runner: Vec::new() }
    }

    /// Its jobs may ask `runner` for an identity.
    pub fn on(self, runner: Option<&Issuer>) -> Self {
        let variables = |runner: &Issuer| {
            let token = ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUNNER_TOKEN.to_owned());
            vec![("ACTIONS_ID_TOKEN_REQUEST_URL", runner.runner_url()), token]
        };
        Self { runner: runner.map(variables).unwrap_or_default(), ..self }
    }

    /// What a step wrote to `$NOTED/NAME`.
    pub fn noted(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.work.path().join("noted").join(name)).ok()
    }

    /// Runs a job with these steps, which are YAML. `ISSUER` and `RELEASES` are variables, and so is the client id;
    /// `sync-fleets` notes and prints the token.
    pub fn run(&self, steps: &str, issuer: &Issuer, releases: &Issuer) -> Run {
        let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
        let checkout = "      - uses: actions/checkout@v4\n"; // without it, act finds no local action
        let head = "on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n";
        let repository = self.work.path().join("repository");
        fs::write(repository.join(".github/workflows/test.yml"), format!("{head}{checkout}{indented}")).unwrap();
        let home = self.work.path().join("home");
        let path = format!("{}:{}", self.work.path().join("bin").display(), std::env::var("PATH").unwrap());
        let environment = |command: &mut Command| {
            command.current_dir(&repository).env("HOME", &home).env("PATH", &path);
        };
        for arguments in [
            &["init", "-q"][..],
            &["add", "-A"],
            &["-c", "user.name=t", "-c", "user.email=t@t.invalid", "commit", "-q", "--allow-empty", "-m", "test"],
        ] {
            let mut git = plain_command::command("git");
            environment(&mut git);
            succeeds(git.args(arguments));
        }
        let mut act = plain_command::command("act");
        environment(&mut act);
        act.args(["push", "--verbose", "--no-cache-server", "--platform", "ubuntu-latest=-self-hosted"]);
        act.env("ACT_DISABLE_VERSION_CHECK", "1").args(["--secret", "CATENA_CLIENT_SECRET"]);
        act.env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
        act.arg("--env").arg(format!("NOTED={}", self.work.path().join("noted").display()));
        for (name, value) in &self.runner {
            act.arg("--env").arg(format!("{name}={value}"));
        }
        for (name, value) in [
            ("CATENA_CLIENT_ID", CLIENT_ID.to_owned()),
            ("ISSUER", issuer.url()),
            ("RELEASES", format!("{}/download", releases.origin())),
        ] {
            act.arg("--var").arg(format!("{name}={value}"));
        }
        let output = act.output().unwrap_or_else(|error| panic!("act: {error}; see tests/action/run"));
        let log = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        let run = Run { log, succeeded: output.status.success() };
        run.assert_private(self.noted("token").as_deref());
        run
    }
}

impl Run {
    /// Neither the secret nor the token nor a part of it is in the log, in no encoding that is usual.
    fn assert_private(&self, token: Option<&str>) {
        let mut private = vec!["eyJ".to_owned()];
        for value in [Some(CLIENT_SECRET), token].into_iter().flatten().flat_map(|value| value.split('.')) {
            let encoded = [STANDARD.encode(value), STANDARD_NO_PAD.encode(value)];
            private.extend([value.to_owned()].into_iter().chain(encoded));
        }
        for value in private {
            assert!(!self.log.contains(&value), "{value} is in the log:\n{}", self.log);
        }
    }

    /// The annotations of this kind: `error` or `warning`.
    pub fn annotations(&self, kind: &str) -> Vec<&str> {
        let command = format!("::{kind} title=catena-token%3A ");
        self.log.lines().filter_map(|line| line.split_once(&command).map(|(_, text)| text)).collect()
    }

    pub fn assert_succeeded(&self) {
        assert!(self.succeeded, "{}", self.log);
        assert!(self.annotations("error").is_empty(), "{}", self.log);
    }

    pub fn assert_failed(&self) {
        assert!(!self.succeeded, "{}", self.log);
    }
}

/// The endpoints that were called: `token`, `revoke`.
pub fn calls(issuer: &Issuer) -> Vec<String> {
    issuer.requests().iter().map(|request| request.path.rsplit('/').next().unwrap().to_owned()).collect()
}
