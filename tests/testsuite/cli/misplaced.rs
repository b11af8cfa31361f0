//! A secret in the place of another setting is not shown.

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply};

use crate::support::Tool;

/// Secrets that look like words, names of files or hashes.
const SECRETS: [&str; 6] = [
    "correct horse battery staple",
    "abcdefghijklmnopq",
    "v1.0-Zk3vQ9xW7tB2",
    "hunter2hunter2",
    "9f8b2c1e-6d0c-4c7e-9a44-3f1f6e1d2c55",
    CLIENT_SECRET,
];

/// The service sends the client id back, as some do. `Tool` checks that the secret is not on stderr.
#[test]
fn an_id_that_was_swapped_with_the_secret_is_hidden() {
    let body = format!(r#"{{"error":"invalid_client","error_description":"no client {CLIENT_SECRET}"}}"#);
    let issuer = Issuer::replying(Reply::json(401, &body));
    let by_file = || Tool::without_secret(&issuer).secret_file(CLIENT_ID);
    let by = |name: &str, value: &str| Tool::without_secret(&issuer).env(name, value);
    let sources: [&dyn Fn() -> Tool; 4] = [
        &|| by("CATENA_CLIENT_SECRET", CLIENT_ID),
        &|| by("CATENA_CLIENT_SECRET_COMMAND", "echo acme"),
        &|| by("CATENA_CLIENT_SECRET_FILE", "-").stdin(CLIENT_ID),
        &by_file,
    ];
    for source in sources {
        let call = || source().env("CATENA_CLIENT_ID", CLIENT_SECRET).env("CATENA_TIMEOUT", "5s");
        let (code, _, said) = call().arg("-vv").run();
        assert_eq!(code, Some(4), "{said}");
        assert!(said.contains("client id: [redacted] (CATENA_CLIENT_ID)"), "{said}");
        assert!(said.contains("no client [redacted]"), "{said}");
        let (code, _, said) = call().args(["-vv", "exec", "true"]).run();
        assert!(matches!(code, Some(2 | 125)), "{said}");
        let (code, report) = call().args(["doctor", "--json"]).reports();
        assert!(code == 4 && report.contains("swap them"), "{report}");
    }
    let call = || by("CATENA_CLIENT_SECRET", CLIENT_ID).env("CATENA_CLIENT_ID", CLIENT_SECRET);
    let (code, _, said) = call().args(["-vv", "revoke", "-"]).given("an-opaque-token").run();
    assert!(code == Some(4) && said.contains("revoking a token as '[redacted]'"), "{said}");
}

/// Some servers generate client ids.
#[test]
fn an_id_that_looks_like_a_secret_is_shown_beside_one_that_does() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_ID", "aB3vQ9xW7tB2nM5rL8pY1sD4");
    let (_, _, said) = tool.arg("-vv").run();
    assert!(said.contains("client id: aB3vQ9xW7tB2nM5rL8pY1sD4 ("), "{said}");
}

#[test]
fn a_secret_as_the_name_of_its_file_is_not_repeated() {
    let issuer = Issuer::http();
    for secret in SECRETS {
        let by_variable = || Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", secret).secret_is(secret);
        let failed = by_variable().fails(3);
        assert!(failed.error.starts_with("cannot read the client secret from '[path not shown]': "));
        assert!(failed.hint.starts_with("is this the secret itself?"), "{}", failed.hint);
        let by_flag = Tool::without_secret(&issuer).secret_is(secret).args(["--client-secret-file", secret]);
        by_flag.arg("-vv").run();
        for words in
            [&["exec", "true"][..], &["revoke"], &["inspect"], &["cache", "list"], &["renew", "--token-file", "t"]]
        {
            let (code, _, said) = by_variable().arg("-vv").args(words).run();
            assert!(said.contains("[path not shown]"), "{code:?} {said}");
        }
        let (code, report) = by_variable().arg("doctor").reports();
        assert!(code == 3 && report.contains("[path not shown]"), "{report}");
    }
    let failed = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", "./secret.txt").fails(3);
    assert_eq!(failed.error, "cannot read the client secret from './secret.txt': no such file or directory");
}

#[test]
fn a_secret_as_the_name_of_a_ca_bundle_is_not_repeated() {
    for secret in SECRETS {
        for name in ["CATENA_CA_CERT", "SSL_CERT_FILE"] {
            let tool =
                || Tool::at("https://localhost:1/realms/a", "acme", "another").secret_is(secret).env(name, secret);
            let failed = tool().fails(3);
            assert!(failed.error.starts_with(&format!("cannot read the CA bundle '[path not shown]' ({name})")));
            tool().arg("-vv").run();
            tool().arg("doctor").reports();
        }
    }
}
