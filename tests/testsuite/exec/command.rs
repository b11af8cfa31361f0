//! `exec`: the command's environment, arguments and exit codes.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Output;

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::{Tool, parallel};

/// Both ways to run a command: in our place, and as a child.
const WAYS: [&[&str]; 2] = [&["exec"], &["exec", "--renew"]];

fn run(issuer: &Issuer, way: &[&str], words: &[&str]) -> Output {
    let cache = tempfile::tempdir().unwrap();
    parallel::command(issuer, cache.path()).args(way).args(words).output().unwrap()
}

#[test]
fn the_token_is_in_the_environment_and_the_secret_is_not() {
    let issuer = Issuer::http();
    for way in WAYS {
        let cache = tempfile::tempdir().unwrap();
        let token = Tool::asking(&issuer).keeping_in(cache.path()).succeeds();
        let printed = Tool::asking(&issuer)
            .keeping_in(cache.path())
            .env("CATENA_TOKEN", "stale")
            .env("CREDENTIALS_DIRECTORY", "/nonexistent")
            .env("OTHER", OsStr::from_bytes(b"\xff="))
            .args(way)
            .args(["--", "sh", "-c", "env | sed 's/\\xff/octet/'"])
            .succeeds();
        let has = |line: &str| printed.lines().any(|own| own == line);
        assert!(has(&format!("CATENA_TOKEN={}", token.trim_end())), "{printed}");
        assert!(has("CATENA_CLIENT_ID=acme") && has("CREDENTIALS_DIRECTORY=/nonexistent") && has("OTHER=octet="));
        assert!(has(&format!("CATENA_ISSUER={}", issuer.url())));
        assert!(!printed.contains("CATENA_CLIENT_SECRET") && !printed.contains(CLIENT_SECRET), "{printed}");
        assert_eq!(printed.contains("CATENA_TOKEN_FILE="), way.len() > 1);
    }
}

/// The variables that say where the secret is are removed, too.
#[test]
fn every_variable_of_the_secret_is_removed() {
    let issuer = Issuer::http();
    let command = format!("echo {CLIENT_SECRET}");
    for way in WAYS {
        let by_command = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", &command);
        for tool in [by_command, Tool::without_secret(&issuer).secret_file(CLIENT_SECRET)] {
            let printed = tool.args(way).arg("env").succeeds();
            assert!(!printed.contains("CATENA_CLIENT_SECRET"), "{printed}");
        }
    }
}

#[test]
fn the_variable_has_the_requested_name() {
    let issuer = Issuer::http();
    for way in WAYS {
        let script = "echo \"$API_TOKEN\"; echo \"${CATENA_TOKEN-none}\"";
        let printed = Tool::asking(&issuer).args(way).args(["--env-name", "API_TOKEN", "sh", "-c", script]).succeeds();
        assert!(printed.starts_with("eyJ") && printed.ends_with("\nnone\n"), "{printed}");
    }
    for name in ["2A", "A-B", "", "A=B"] {
        let said = Tool::asking(&Issuer::idle()).args(["exec", "--env-name", name, "true"]).refused_by_clap();
        assert!(said.contains("use letters, digits and '_'"), "{said}");
    }
}

#[test]
fn the_token_and_the_file_have_names_of_their_own() {
    let failed =
        Tool::asking(&Issuer::idle()).args(["exec", "--renew", "--env-name", "CATENA_TOKEN_FILE", "true"]).fails(2);
    assert!(failed.error.starts_with("cannot use --env-name: "), "{}", failed.error);
}

#[test]
fn arguments_are_bytes_and_passed_on_unchanged() {
    let issuer = Issuer::http();
    for way in WAYS {
        for dashes in [&["--"][..], &[]] {
            let mut command = parallel::command(&issuer, tempfile::tempdir().unwrap().path());
            command.args(way).args(dashes).args(["printf", "%s|", "-v", "", "--", "--json", "a b", "exec"]);
            let output = command.arg(OsStr::from_bytes(b"\xff\xfe")).output().unwrap();
            assert_eq!(output.stdout, b"-v||--|--json|a b|exec|\xff\xfe|", "{output:?}");
        }
    }
}

#[test]
fn options_may_precede_the_subcommand() {
    let issuer = Issuer::http();
    let printed = Tool::asking(&issuer).args(["--no-cache", "--min-ttl", "1m", "exec", "--", "echo", "cache", "list"]);
    assert_eq!(printed.succeeds(), "cache list\n");
    Tool::asking(&Issuer::idle()).args(["--json", "exec", "true"]).refused_by_clap();
}

#[test]
fn without_a_command_it_is_a_usage_error() {
    for arguments in [&["exec"][..], &["exec", "-v"], &["exec", "--"], &["exec", "--token-file", "/tmp/x", "true"]] {
        assert!(Tool::asking(&Issuer::idle()).args(arguments).refused_by_clap().contains("Usage: catena-token exec"));
    }
}

#[test]
fn standard_input_cannot_be_used_twice() {
    for way in WAYS {
        for tool in [
            Tool::without_secret(&Issuer::idle()).args(way).args(["--client-secret-file", "-", "cat"]),
            Tool::without_secret(&Issuer::idle()).env("CATENA_CLIENT_SECRET_FILE", "-").args(way).arg("cat"),
        ] {
            let failed = tool.stdin(CLIENT_SECRET).fails(2);
            assert!(failed.error.starts_with("cannot read stdin twice: "), "{}", failed.error);
            assert!(failed.hint.contains("another way"), "{}", failed.hint);
        }
    }
}

#[test]
fn the_code_is_the_commands_own() {
    let issuer = Issuer::http();
    for way in WAYS {
        for code in [0, 1, 3, 42, 125, 255] {
            let output = run(&issuer, way, &["sh", "-c", &format!("exit {code}")]);
            assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(code), &b""[..]));
        }
        for signal in [1, 2, 9, 11, 15] {
            let output = run(&issuer, way, &["sh", "-c", &format!("kill -{signal} $$")]);
            assert_eq!(output.status.signal(), Some(signal), "{output:?}");
        }
    }
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_run() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str, mode| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let plain = file("plain", "echo never\n", 0o600);
    let orphan = file("orphan", "#!/nonexistent/interpreter\n", 0o700);
    for way in WAYS {
        for (words, code, why, hint) in [
            (&["no-such-command"][..], 127, "'no-such-command': not found", "add its directory to PATH"),
            (&["/no/such/command"], 127, "not found", ""),
            (&[""], 127, "not found", ""),
            (&["true && true"], 127, "not found", "exec -- sh -c '...'"),
            (&[plain.as_str()], 126, "permission denied", "chmod +x"),
            (&[orphan.as_str()], 126, "does not exist", ""),
            (&["/tmp"], 126, "is a directory", ""),
        ] {
            let failed = Tool::asking(&issuer).args(way).arg("--").args(words).fails(code);
            assert!(failed.error.starts_with("cannot run '") && failed.error.ends_with(why), "{}", failed.error);
            assert!(failed.hint.contains(hint), "{}", failed.hint);
        }
    }
}

/// As in a shell; not every way to start a program does so.
#[test]
fn a_script_without_an_interpreter_is_run_by_a_shell() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("script");
    fs::write(&script, "echo \"$1: ${CATENA_TOKEN%%[!e]*}\"; exit 9\n").unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
    for way in WAYS {
        let output = run(&issuer, way, &[script.to_str().unwrap(), "one"]);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(9), &b"one: e\n"[..]), "{output:?}");
    }
}

/// An empty PATH is the working directory, not the same as an unset one.
#[test]
fn a_search_path_is_read_as_the_system_reads_it() {
    let issuer = Issuer::http();
    for way in WAYS {
        let tool = || Tool::asking(&issuer).args(way);
        tool().env("PATH", "").arg("true").fails(127);
        tool().unset("PATH").arg("true").succeeds();
        let relative = tool().env("PATH", "bin");
        let program = relative.home().join("bin/own");
        fs::create_dir(program.parent().unwrap()).unwrap();
        fs::write(&program, "#!/bin/sh\necho own\n").unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
        assert_eq!(relative.arg("own").succeeds(), "own\n");
    }
}

#[test]
fn without_a_token_the_command_is_not_started() {
    let refusing = Issuer::http();
    let (idle, failing) =
        (Issuer::idle(), Setup { replies: vec![Reply::http(503, "text/plain", "")], ..Setup::default() });
    let failing = Issuer::start(failing);
    for way in WAYS {
        for (tool, why) in [
            (
                Tool::asking(&refusing).env("CATENA_CLIENT_SECRET", "not-the-secret"),
                " refused client 'acme' (HTTP 401, unauthorized_client)",
            ),
            (Tool::asking(&failing).args(["--retries", "0"]), "HTTP 503"),
            (Tool::asking(&idle).unset("CATENA_CLIENT_ID"), "no client id"),
            (Tool::asking(&idle).env("CATENA_TIMEOUT", "soon"), "CATENA_TIMEOUT: invalid"),
            (Tool::asking(&idle).env("CATENA_CLIENT_SECRET", "a\nb"), "cannot use CATENA_CLIENT_SECRET"),
            (Tool::asking(&refusing).args(["--min-ttl", "1h"]), "but --min-ttl is 1h"),
        ] {
            let failed = tool.args(way).args(["sh", "-c", "echo started"]).fails(125);
            assert!(failed.error.contains(why), "{}", failed.error);
        }
    }
}

#[test]
fn verbose_says_how_long_the_token_lives() {
    let (_, said) = Tool::asking(&Issuer::http()).args(["exec", "-v", "true", "an argument"]).succeeds_saying();
    assert!(said.contains("catena-token: starting 'true': its token is valid for 4m 59s"), "{said}");
    assert!(!said.contains("an argument"), "{said}");
}
