//! `doctor` and settings that are wrong or look wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Certificate, Issuer, Setup};

use crate::support::Tool;
use crate::support::doctor::{Report, examine, fails_at, warns_at};
use crate::support::pages::page;

#[test]
fn each_error_is_reported_and_the_first_decides_the_exit_code() {
    let issuer = Issuer::http();
    let make = || {
        let tool = Tool::without_secret(&issuer).unset("CATENA_CLIENT_ID");
        tool.env("CATENA_TIMEOUT", "soon").env("CATENA_NO_CACHE", "perhaps").env("CATENA_CLIENT_SECRET", "")
    };
    let report = examine(make());
    for what in ["no client id", "CATENA_TIMEOUT: invalid", "CATENA_NO_CACHE: invalid"] {
        report.says("settings", "failed", what, "");
    }
    report.says("settings", "warning", "CATENA_CLIENT_SECRET is set but empty", "CATENA_CLIENT_SECRET");
    assert_eq!((report.code, &report.json["failed"]), (3, &"settings".into()));
    assert_eq!(make().run().0, Some(3));
    for (name, value, code) in [
        ("CATENA_TIMEOUT", "0", 2),
        ("CATENA_RETRIES", "many", 2),
        ("CATENA_FORMAT", "yaml", 2),
        ("CATENA_SCOPE", "a\"b", 2),
        ("CATENA_CLIENT_AUTH", "mtls", 2),
        ("CATENA_MIN_TTL", "soon", 2),
        ("CATENA_CLIENT_ID", "a\tb", 3),
        ("CATENA_CLIENT_SECRET", "a\u{7f}b", 3),
    ] {
        let step = if name == "CATENA_CLIENT_SECRET" { "credential" } else { "settings" };
        let report = fails_at(|| Tool::asking(&issuer).env(name, value), step, name, "");
        assert_eq!(report.code, code, "{name}");
    }
}

/// A call reads the issuer before the secret, whose error is shown in an earlier step.
#[test]
fn the_first_error_counts_in_whichever_step() {
    let issuer = Issuer::idle();
    let make = || Tool::asking(&issuer).env("CATENA_ISSUER", "nowhere").env("CATENA_CLIENT_SECRET", "a\u{7f}b");
    let report = examine(make());
    assert_eq!((report.code, &report.json["failed"]), (2, &"issuer".into()), "{report}");
    assert_eq!(report.steps_of("failed"), ["issuer", "credential"]);
    assert_eq!(make().run().0, Some(2));
}

/// Without credentials the network is still checked.
#[test]
fn a_missing_id_does_not_skip_the_network() {
    let issuer = Issuer::https();
    let make = || Tool::asking(&issuer).env("CATENA_CLIENT_ID", "");
    let report = fails_at(make, "settings", "CATENA_CLIENT_ID is set but empty", "set CATENA_CLIENT_ID");
    for step in ["trust", "dns", "tcp", "tls", "discovery"] {
        assert_eq!(report.status(step), "ok", "{report}");
    }
    assert_eq!(report.status("credential"), "ok", "{report}");
    for step in ["request", "answer", "cache"] {
        assert_eq!(report.status(step), "skipped", "{report}");
    }
}

#[test]
fn an_issuer_that_is_none() {
    let issuer = Issuer::start(Setup { may_be_idle: true, ..Setup::default() });
    for (url, what) in [
        (format!("{}/protocol/openid-connect/token", issuer.url()), "(it is an endpoint: "),
        ("http://id.example.com/realms/catena".to_owned(), "http would send the secret unencrypted"),
        ("id.example.com/realms/catena".to_owned(), "(it must start with https://)"),
        ("\"https://id.example.com/realms/catena\"".to_owned(), "(remove the quotation marks: "),
        ("https://id example/".to_owned(), "(expected https://HOST)"),
        ("https://user:hunter2-and-more@h/realms/a".to_owned(), "(remove the user name"),
    ] {
        let make = || Tool::asking(&issuer).env("CATENA_ISSUER", &url);
        let report = fails_at(make, "issuer", what, "https://HOST/realms/NAME");
        report.says("issuer", "failed", "CATENA_ISSUER: invalid", "");
        assert_eq!(report.code, 2);
        assert!(!report.to_string().contains("hunter2"));
    }
}

#[test]
fn an_issuer_that_looks_odd() {
    let issuer = Issuer::http();
    let report = examine(Tool::asking(&issuer).env("CATENA_ISSUER", format!("{}/", issuer.url())));
    assert!(report.seen("issuer")["trailing_slash"].is_string() && report.code == 0, "{report}");
    let report = examine(Tool::asking(&issuer).env("CATENA_ISSUER", issuer.origin()));
    report.says("discovery", "failed", "HTTP 404", "a Keycloak's is https://HOST/realms/NAME");
    assert_eq!(report.code, 4);
    let report = examine(Tool::asking(&issuer).env("CATENA_ISSUER", format!("{}/x", issuer.url())));
    report.says("issuer", "warning", "does not end in '/realms/NAME'", "check --issuer");
    assert_eq!(report.code, 4);
}

#[test]
fn a_secret_that_is_none() {
    let issuer = Issuer::http();
    for (secret, what, hint) in [
        ("${{ secrets.CATENA_SECRET }}", "looks like an unexpanded reference", "let the shell or the CI"),
        ("$CATENA_REAL_SECRET", "looks like an unexpanded reference", "let the shell or the CI"),
        ("\"Zk3vQ9xW7tB2nM5rL8pY1sD4\"", "is in quotation marks", "remove them"),
        ("Zk3vQ9xW7tB2nM5rL8pY1sD4 ", "begins or ends with whitespace", "remove it, unless"),
        (CLIENT_ID, "is the same as the client id", "set it to the secret"),
        ("short-one", "has only 9 characters", "is the secret complete?"),
    ] {
        let make = || Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", secret).secret_is(secret);
        let report = fails_at(make, "request", "HTTP 401", "the client secret");
        report.says("credential", "warning", what, hint);
        assert_eq!(report.code, 4);
    }
    let make = || Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", format!("{CLIENT_SECRET}\n"));
    let report = fails_at(make, "credential", "it ends with a line break", "");
    assert_eq!(report.code, 3);
}

/// A secret in place of the client id is never shown, whatever else is wrong.
#[test]
fn a_secret_as_the_client_id() {
    let issuer = Issuer::http();
    let (code, text) = Tool::asking(&issuer).env("CATENA_CLIENT_ID", CLIENT_SECRET).arg("doctor").reports();
    assert!(code == 4 && text.contains("is the same as the client id"), "{text}");
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_ID", CLIENT_SECRET).env("CATENA_TIMEOUT", "soon");
    let (code, text) = tool.arg("doctor").reports();
    assert!(code == 2 && text.contains("client id              [redacted]"), "{text}");
}

#[test]
fn an_id_and_a_secret_that_are_swapped() {
    let issuer = Issuer::http();
    let tool = || Tool::asking(&issuer).env("CATENA_CLIENT_ID", CLIENT_SECRET).env("CATENA_CLIENT_SECRET", CLIENT_ID);
    let (code, text) = tool().arg("doctor").reports();
    assert_eq!(code, 4);
    let swapped = "the client secret (CATENA_CLIENT_SECRET) looks like a client id, and the client id like a secret";
    assert!(text.contains(swapped), "{text}");
}

#[test]
fn a_secret_as_its_file() {
    let issuer = Issuer::http();
    for secret in [
        CLIENT_SECRET,
        "9f8b2c1e6d0c4c7e9a443f1f6e1d2c55",
        "Zk3vQ9x/7tB2nM5+L8pY1sD4abcdEFGH0123456789w=",
        "/k3vQ9x/7tB2nM5+L8pY1sD4abcdEFGH012345678w=",
    ] {
        let make = || Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", secret).secret_is(secret);
        let report = fails_at(make, "credential", "from '[path not shown]'", "is this the secret itself?");
        assert_eq!(report.code, 3);
        make().arg("-vv").run();
    }
    for name in ["./catena-client-secret", "secrets/CatenaProd2024x", "/run/secrets/CatenaProd2024"] {
        let make = || Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", name);
        fails_at(make, "credential", &format!("from '{name}': no such file"), "");
    }
    let directory = tempfile::tempdir().unwrap();
    let make = || Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", directory.path());
    assert_eq!(fails_at(make, "credential", "is a directory", "").seen("credential")["file"], "a directory");
}

/// An error in one step does not skip the unrelated ones.
#[test]
fn an_error_in_a_network_setting_leaves_the_rest() {
    let issuer = Issuer::start(Setup { certificate: Some(Certificate::Good), may_be_idle: true, ..Setup::default() });
    for (name, value, step) in [("CATENA_TIMEOUT", "soon", "settings"), ("HTTPS_PROXY", "socks5://x", "proxy")] {
        let make = || Tool::asking(&issuer).env(name, value);
        let report = fails_at(make, step, name, "");
        assert_eq!((report.status("credential"), &report.seen("issuer")["realm"]), ("ok", &issuer.url().into()));
        assert_eq!((report.status("trust"), report.status("tcp")), ("skipped", "skipped"));
    }
}

/// The verdict names the one error and its possible cause, as the guide shows it.
#[test]
fn the_verdict_says_what_to_fix() {
    let issuer = Issuer::http();
    let tool =
        Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", format!("\"{CLIENT_SECRET}\"")).env("CATENA_CACERT", "x");
    let (code, text) = tool.arg("doctor").reports();
    assert_eq!(code, 4);
    let guide = page("docs/guide.md");
    let (_, shown) = guide.split_once("```text\nok       program\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let is_told = |line: &&str| {
        ["warning:", "hint:", "error:", "check", "a token request"].iter().any(|start| line.trim().starts_with(start))
    };
    let told: Vec<&str> = shown.lines().filter(is_told).collect();
    assert_eq!(told.len(), 9, "{told:?}");
    for line in told {
        let line = line.replace("auth.catenatelematics.com", &format!("localhost:{}", issuer.port()));
        assert!(text.lines().any(|own| own == line), "{line}: {text}");
    }
    assert_eq!(text.lines().last(), Some("check these warnings first: 'settings', 'credential'"));
}

/// A client id is checked like a secret, but shown.
#[test]
fn a_client_id_that_is_none() {
    let issuer = Issuer::http();
    let make = || Tool::asking(&issuer).env("CATENA_CLIENT_ID", "$ID");
    let report = fails_at(make, "request", "HTTP 401", "check --issuer, --client-id");
    report.says(
        "settings",
        "warning",
        "the client id (CATENA_CLIENT_ID) looks like an unexpanded reference",
        "expand it",
    );
}

#[test]
fn a_secrets_file() {
    let issuer = Issuer::http();
    for (mode, what) in [
        (
            0o644,
            "other users of this machine can read the file with the client secret (CATENA_CLIENT_SECRET_FILE, mode 0644)",
        ),
        (0o620, "the group can change the file with the client secret (CATENA_CLIENT_SECRET_FILE, mode 0620)"),
    ] {
        let tool = Tool::without_secret(&issuer).secret_file(CLIENT_SECRET);
        let file = tool.home().join("secret");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        warns_at(tool, "credential", what, &file.display().to_string());
    }
    let tool = Tool::without_secret(&issuer).secret_file(CLIENT_SECRET);
    fs::set_permissions(tool.home().join("secret"), fs::Permissions::from_mode(0o640)).unwrap();
    let report = examine(tool);
    assert_eq!((report.status("credential"), &report.seen("credential")["mode"]), ("ok", &"0640".into()), "{report}");
    let make = || Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_FILE", "/nonexistent/secret");
    let report = fails_at(make, "credential", "cannot read the client secret from '/nonexistent/secret'", "");
    assert_eq!((report.code, report.status("discovery"), report.status("request")), (3, "ok", "skipped"));
}

#[test]
fn a_secrets_command() {
    let issuer = Issuer::http();
    let by = |command: &str| Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", command);
    let report = examine(by(&format!("echo {CLIENT_SECRET}")));
    assert_eq!((report.code, report.status("credential")), (0, "ok"), "{report}");
    let report = fails_at(|| by("exit 7"), "credential", "7", "");
    assert_eq!(report.code, 3);
    let hangs = || by("sleep 60").args(["--timeout", "1s"]);
    assert_eq!(fails_at(hangs, "credential", "", "").code, 3);
}

#[test]
fn a_secret_in_two_places() {
    let issuer = Issuer::http();
    let make = || Tool::asking(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", "echo x");
    let report = fails_at(make, "credential", "more than one credential", "unset all but one");
    assert_eq!(report.code, 2);
    let credentials = tempfile::tempdir().unwrap();
    fs::write(credentials.path().join("catena-client-secret"), "x").unwrap();
    let tool = Tool::asking(&issuer).env("CREDENTIALS_DIRECTORY", credentials.path());
    let what = "CREDENTIALS_DIRECTORY also gives a credential";
    warns_at(tool, "settings", what, "unset CREDENTIALS_DIRECTORY");
    let tool = Tool::asking(&issuer).args(["--client-secret", CLIENT_SECRET]);
    let report =
        warns_at(tool, "settings", "CATENA_CLIENT_SECRET also gives a credential", "unset CATENA_CLIENT_SECRET");
    report.says("settings", "warning", "other users of this machine can read --client-secret", "");
}

/// The misspelt variable is a warning of the step that fails.
#[test]
fn the_verdict_points_at_a_warning_of_the_step_that_fails() {
    let issuer = Issuer::idle();
    let tool = Tool::asking(&issuer).unset("CATENA_CLIENT_ID").env("CATENA_CLIENTID", "acme");
    let (code, text) = tool.args(["doctor", "--offline"]).reports();
    assert_eq!((code, text.lines().last()), (3, Some("check these warnings first: 'settings'")), "{text}");
}

#[test]
fn where_it_runs() {
    let issuer = Issuer::http();
    let ci = |name: &str, value: &str| examine(Tool::asking(&issuer).env(name, value));
    let of = |report: &Report| report.seen("program")["ci_system"].clone();
    assert_eq!(of(&ci("GITHUB_ACTIONS", "true")), "GitHub Actions");
    assert_eq!(of(&ci("GITLAB_CI", "true")), "GitLab CI");
    assert_eq!(of(&ci("CI", "1")), "unknown (CI is set)");
    assert_eq!(of(&ci("CI", "false")), serde_json::Value::Null);
}
