//! One credential is used: which one, and what conflicts.

use std::fs;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Provider, Setup, Signer};

use crate::support::Tool;
use crate::support::assertion::{self, CI, JOB, client_of, job, received};

/// A pipeline whose token was not made: neither a client id nor a secret helps.
#[test]
fn an_empty_assertion_is_named() {
    let issuer = Issuer::idle();
    for name in ["CATENA_CLIENT_ASSERTION", "CATENA_CLIENT_ASSERTION_FILE"] {
        let failed = Tool::nameless(&issuer).env(name, "").fails(3);
        assert!(failed.error.contains(name) && failed.error.contains("empty"), "{failed:?}");
        assert!(!failed.hint.contains("client-id"), "{failed:?}");
    }
    let realm = Issuer::http();
    Tool::asking(&realm).env("CATENA_CLIENT_ASSERTION", "").succeeds();
}

/// GitLab's `id_tokens` sets the variable, and no script changes.
#[test]
fn the_variable_alone_is_enough() {
    let issuer = assertion::issuer();
    let jwt = job(&issuer).signed();
    let token = Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION", &jwt).succeeds();
    assert_eq!(client_of(&token), "job");
}

#[test]
fn two_credentials_at_one_level_conflict() {
    let issuer = Issuer::idle();
    let (jwt, pem) = (job(&issuer).signed(), Signer::new("ES256", "").pem());
    let variables = [
        ("CATENA_CLIENT_SECRET", CLIENT_SECRET),
        ("CATENA_CLIENT_SECRET_FILE", "/nonexistent/secret"),
        ("CATENA_CLIENT_ASSERTION", &jwt),
        ("CATENA_CLIENT_ASSERTION_FILE", "/nonexistent/assertion"),
        ("CATENA_CLIENT_ASSERTION_COMMAND", "false"),
        ("CATENA_CLIENT_ASSERTION_FROM", "github"),
        ("CATENA_SIGNING_KEY", &pem),
        ("CATENA_SIGNING_KEY_FILE", "/nonexistent/key"),
    ];
    for (at, (first, value)) in variables.iter().enumerate() {
        for (second, other) in &variables[at + 1..] {
            let tool = Tool::without_secret(&issuer).hiding(&jwt).env(first, value).env(second, other);
            let said = tool.run();
            assert_eq!((said.0, said.1.as_str()), (Some(2), ""), "{first} {second}: {}", said.2);
            assert!(said.2.contains(first) && said.2.contains(second), "{first} {second}: {}", said.2);
        }
    }
    let flags = ["--client-secret-file", "--client-assertion-file", "--client-assertion-command", "--signing-key-file"];
    let flags = [&flags[..], &["--client-assertion-from"]].concat();
    for (at, first) in flags.iter().enumerate() {
        for second in &flags[at + 1..] {
            let said = Tool::without_secret(&issuer).args([first, "github", second, "github"]).run();
            assert_eq!((said.0, said.1.as_str()), (Some(2), ""), "{first} {second}: {}", said.2);
        }
    }
}

#[test]
fn a_flag_beats_the_variables_of_every_kind() {
    let issuer = assertion::issuer();
    let jwt = job(&issuer).signed();
    let tool = Tool::without_secret(&issuer).env("CATENA_CLIENT_ASSERTION", &jwt);
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), CLIENT_SECRET).unwrap();
    assert_eq!(client_of(&tool.arg("--client-secret-file").arg(path.path()).succeeds()), CLIENT_ID);
    assert_eq!(received(&issuer).len(), 0);
    fs::write(path.path(), &jwt).unwrap();
    let tool = Tool::asking(&issuer).hiding(&jwt).arg("--client-assertion-file").arg(path.path());
    assert_eq!(client_of(&tool.succeeds()), "job");
    // An empty variable is none.
    let jwt = job(&issuer).signed();
    let tool = Tool::nameless(&issuer).assertion_file(&jwt).env("CATENA_CLIENT_SECRET", "");
    assert_eq!(client_of(&tool.succeeds()), "job");
}

#[test]
fn a_signing_key_by_flag_beats_a_secret_by_variable() {
    let key = Signer::new("ES256", "");
    let pem = key.pem();
    let issuer = Issuer::start(Setup { client_key: Some(key), ..Setup::default() });
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), pem).unwrap();
    Tool::asking(&issuer).arg("--signing-key-file").arg(path.path()).succeeds();
    assert_eq!(issuer.requests()[0].field("client_secret"), None);
}

#[test]
fn systemds_signing_key_is_read_when_nothing_else_is_given() {
    let key = Signer::new("ES256", "");
    let pem = key.pem();
    let provider = Some(Provider { issuer: CI, reuse: true, subjects: &[(JOB, "job")] });
    let issuer = Issuer::start(Setup { client_key: Some(key), provider, ..Setup::default() });
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("catena-signing-key"), &pem).unwrap();
    let call = || Tool::without_secret(&issuer).env("CREDENTIALS_DIRECTORY", directory.path());
    assert_eq!(client_of(&call().succeeds()), CLIENT_ID);
    assert_eq!(client_of(&call().assertion_file(&job(&issuer).signed()).succeeds()), "job");
    fs::write(directory.path().join("catena-client-secret"), CLIENT_SECRET).unwrap();
    let failed = call().fails(2);
    let said = format!("{} {}", failed.error, failed.hint);
    assert!(said.contains("catena-signing-key") && said.contains("catena-client-secret"), "{said}");
}

/// How a secret travels says nothing about an assertion.
#[test]
fn client_auth_is_for_secrets() {
    let issuer = assertion::reusing();
    let path = tempfile::NamedTempFile::new().unwrap();
    fs::write(path.path(), job(&issuer).signed()).unwrap();
    let by_flag = || Tool::nameless(&issuer).arg("--client-assertion-file").arg(path.path());
    assert_eq!(by_flag().args(["--client-auth", "basic"]).run().0, Some(2));
    assert_eq!(client_of(&by_flag().env("CATENA_CLIENT_AUTH", "basic").succeeds()), "job");
    let by_variable = || Tool::nameless(&issuer).env("CATENA_CLIENT_ASSERTION_FILE", path.path());
    assert_eq!(by_variable().env("CATENA_CLIENT_AUTH", "basic").run().0, Some(2));
}

#[test]
fn options_of_a_key_need_one_and_a_known_algorithm() {
    let issuer = Issuer::idle();
    for option in [["--signing-alg", "ES256"], ["--signing-key-id", "one"]] {
        assert_eq!(Tool::asking(&issuer).args(option).run().0, Some(2), "{option:?}");
    }
    for algorithm in ["HS256", "none", "ES512", "rs256"] {
        let tool = Tool::without_secret(&issuer).key_file(&Signer::new("RS256", "").pem());
        assert_eq!(tool.args(["--signing-alg", algorithm]).run().0, Some(2), "{algorithm}");
    }
}

#[test]
fn a_signing_key_needs_the_client_id() {
    let issuer = Issuer::idle();
    let failed = Tool::nameless(&issuer).key_file(&Signer::new("ES256", "").pem()).fails(3);
    assert!(failed.hint.contains("--client-id") || failed.error.contains("client id"), "{failed:?}");
}
