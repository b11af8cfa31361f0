//! A real Keycloak, and `renew` with an assertion file that is rotated, or whose keys the realm cannot fetch.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use catena_token_issuer::Signer;
use nix::sys::signal::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::support::assertion::{CI, claims};
use crate::support::clock::now;
use crate::support::job::Job;
use crate::support::keycloak::Keycloak;
use crate::support::plain_command;
use crate::support::wait::until;
use crate::support::workload::{Pages, federated};

/// `renew` in a directory with an assertion that is replaced as the kubelet does it.
struct Sidecar {
    job: Job,
    directory: TempDir,
    count: usize,
}

impl Sidecar {
    fn start(keycloak: &Keycloak, jwt: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        rotate(directory.path(), 0, jwt);
        symlink("..data/token", directory.path().join("assertion")).unwrap();
        let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        command.env("PATH", "/usr/bin:/bin").env("CATENA_ISSUER", keycloak.workload());
        command.env("CATENA_CLIENT_ASSERTION_FILE", directory.path().join("assertion")).env("CATENA_NO_CACHE", "1");
        command.args(["renew", "-v", "--token-file"]).arg(token_file(directory.path()));
        let job = Job::of(piped(command));
        let sidecar = Self { job, directory, count: 0 };
        until(|| sidecar.file().exists());
        sidecar
    }

    fn file(&self) -> PathBuf {
        token_file(self.directory.path())
    }

    fn token(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn rotate(&mut self, jwt: &str) {
        self.count += 1;
        rotate(self.directory.path(), self.count, jwt);
    }

    fn until_another(&self, before: &str) -> String {
        until(|| self.token() != before);
        self.token()
    }

    /// The next line on stderr with these words.
    fn until_said(&mut self, words: &str) -> String {
        loop {
            let line = self.job.said();
            assert!(!line.is_empty(), "it ended without '{words}'");
            if line.contains(words) {
                return line;
            }
        }
    }
}

fn piped(mut command: std::process::Command) -> std::process::Command {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn token_file(directory: &Path) -> PathBuf {
    directory.join("tokens/token")
}

fn rotate(directory: &Path, number: usize, jwt: &str) {
    let version = directory.join(format!("..{number}"));
    fs::create_dir(&version).unwrap();
    fs::write(version.join("token"), jwt).unwrap();
    symlink(&version, directory.join("..new")).unwrap();
    fs::rename(directory.join("..new"), directory.join("..data")).unwrap();
}

/// A client whose tokens live for `seconds`.
fn short_lived(keycloak: &Keycloak, client: &str, alias: &str, seconds: u32) {
    let mut attributes = federated(alias, client);
    attributes["access.token.lifespan"] = seconds.to_string().into();
    keycloak.register(client, "federated-jwt", &attributes);
}

/// Each token needs another assertion: what was read at the start would not be enough.
#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn the_file_is_read_anew_for_each_of_three_tokens() {
    let keycloak = Keycloak::running();
    short_lived(&keycloak, "rotated", "ci", 5);
    let jwt = || keycloak.signed(&keycloak.assertion(CI, "rotated"));
    let mut sidecar = Sidecar::start(&keycloak, &jwt());
    let first = sidecar.token();
    sidecar.rotate(&jwt());
    let second = sidecar.until_another(&first);
    sidecar.rotate(&jwt());
    sidecar.until_another(&second);
    assert_eq!(sidecar.job.end_by(Signal::SIGTERM).0.code(), Some(0));
}

fn provide(keycloak: &Keycloak, alias: &str, pages: &Pages) {
    let config = json!({"issuer": pages.url, "useJwksUrl": "true", "jwksUrl": format!("{}/jwks", pages.url),
        "supportsClientAssertions": "true", "supportsClientAssertionReuse": "true"});
    keycloak.provide(alias, "oidc", &config);
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn keys_that_cannot_be_fetched_for_a_while() {
    let (keycloak, pages) = (Keycloak::running(), Pages::start());
    // Of another type, so that the first one does not fit.
    let (old, new) = (Signer::new("RS256", "old"), Signer::new("ES256", "new"));
    pages.serve_keys(&[&old]);
    provide(&keycloak, "flaky", &pages);
    short_lived(&keycloak, "flaky", "flaky", 90);
    let claims = keycloak.assertion(&pages.url, "flaky");
    let mut sidecar = Sidecar::start(&keycloak, &claims.signed_by(&old));
    let first = sidecar.token();
    pages.fail();
    sidecar.rotate(&claims.signed_by(&new));
    sidecar.job.signal(Signal::SIGHUP);
    sidecar.until_said("HTTP 401, invalid_client");
    assert_eq!(sidecar.token(), first);
    pages.serve_keys(&[&old, &new]);
    sidecar.until_another(&first);
    assert_eq!(sidecar.job.end_by(Signal::SIGTERM).0.code(), Some(0));
}

#[test]
#[ignore = "needs the Keycloak of tests/keycloak/run"]
fn it_ends_when_its_token_has() {
    let (keycloak, pages) = (Keycloak::running(), Pages::start());
    let (old, new) = (Signer::new("RS256", "old"), Signer::new("ES256", "new"));
    pages.serve_keys(&[&old]);
    provide(&keycloak, "lost", &pages);
    short_lived(&keycloak, "lost", "lost", 10);
    let assertion = keycloak.assertion(&pages.url, "lost");
    let mut sidecar = Sidecar::start(&keycloak, &assertion.signed_by(&old));
    let token = sidecar.token();
    pages.fail();
    sidecar.rotate(&assertion.signed_by(&new));
    let (status, _, said) = sidecar.job.wait();
    assert_eq!(status.code(), Some(4), "{said}");
    // Half of the lifetime, because the realm counts from a later moment than the program.
    assert!(now() + 5 > claims(&token)["exp"].as_u64().unwrap(), "its token still lives: {said}");
    assert_eq!(sidecar.token(), token);
}
