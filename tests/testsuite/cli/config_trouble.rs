//! Configuration files that cannot be used.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rustix::fs::{CWD, Mode, mkfifoat};

use crate::support::Tool;
use crate::support::config::{configured, place, written};

#[test]
fn each_mistake_has_its_line_and_its_hint() {
    for (text, line, error, hint) in [
        ("issuer = 'a'\nisuer = 'b'", 2, "unknown key 'isuer'", "did you mean 'issuer'?"),
        ("[profile.a]\nclient_id = 'b'", 2, "unknown key 'client_id'", "did you mean 'client-id'?"),
        ("[profiles.a]\n", 1, "unknown key 'profiles'", "did you mean 'profile'?"),
        ("[profile]\nissuer = 'a'", 2, "unknown key 'issuer'", "did you mean 'issuer'?"),
        ("x = 1", 1, "unknown key 'x'", "long options"),
        ("refresh = true", 1, "unknown key 'refresh'", "retries"),
        ("\nretries = '2'", 2, "'retries' must be a number", ""),
        ("retries = 0x2", 1, "'retries' must be a number", ""),
        ("no-cache = 'yes'", 1, "'no-cache' must be true or false", ""),
        ("issuer = 1", 1, "'issuer' must be a string", ""),
        ("timeout = 1.5", 1, "'timeout' must be a string such as \"30s\", or a number of seconds", ""),
        ("param = 'a=b'", 1, "'param' must be a list of strings", ""),
        ("param = ['a=b', 1]", 1, "'param' must be a list of strings", ""),
        ("profile = 'a'", 1, "'profile' must be a table", ""),
        ("[profile.a.b]\n", 1, "unknown key 'b'", ""),
        ("issuer = 'a'\nissuer = 'b'", 2, "invalid TOML: duplicate key", ""),
        ("a = \n", 1, "invalid TOML: ", ""),
        ("[profile.\n", 1, "invalid TOML: ", ""),
        ("client-secret-file = '-'", 1, "'client-secret-file' cannot be standard input", "use --client-secret-file -"),
        ("client-secret = 'x'", 1, "'client-secret' does not belong", "client-secret-file or client-secret-command"),
        ("[profile.a]\nclient_secret = 'x'", 2, "'client-secret' does not belong", "client-secret-file"),
        ("client-assertion = 'x'", 1, "'client-assertion' does not belong", "client-assertion-file"),
        ("signing-key = 'x'", 1, "'signing-key' does not belong", "signing-key-file"),
    ] {
        let tool = configured(text);
        let start = format!("{}:{line}: {error}", place(&tool).display());
        let failed = tool.fails(2);
        assert!(failed.error.starts_with(&start), "{text}: {failed:?}");
        assert!(
            failed.hint.contains(hint) && hint.is_empty() == failed.hint.is_empty() || text.contains(".a.b"),
            "{text}: {failed:?}"
        );
    }
    let tool = configured(b"scope = 'a'\nissuer = '\xff'");
    assert!(tool.fails(2).error.ends_with("config.toml:2: it is not UTF-8"));
}

/// A value is checked where it is used, and its error says where it is.
#[test]
fn a_wrong_value_names_its_key_and_its_line() {
    for (text, error) in [
        ("client-auth = 'mtls'", "'client-auth' (FILE:1): invalid value 'mtls' (expected post or basic)"),
        (
            "client-assertion-file = 'a'\nclient-assertion-type = 'x'",
            "'client-assertion-type' (FILE:2): invalid value 'x' (expected jwt-bearer or jwt-spiffe)",
        ),
        ("retries = -1", "'retries' (FILE:1): invalid value '-1' (expected a number from 0 to 4294967295)"),
        ("env-name = 'a-b'", "cannot use 'env-name' (FILE:1): use letters, digits and '_', and no digit at the start"),
        ("connect-timeout = 0", "'connect-timeout' (FILE:1): invalid duration '0' (must be longer than 0)"),
        ("format = 'yaml'", "'format' (FILE:1): invalid value 'yaml' (expected token, "),
        ("param = ['a=b', 'c']", "cannot use 'param' (FILE:1): expected NAME=VALUE"),
    ] {
        let tool = configured(text).env("CATENA_CLIENT_ID", "acme");
        let path = place(&tool).display().to_string();
        let error_text = tool.fails(2).error.replace(&path, "FILE");
        assert!(error_text.starts_with(error), "{text}: {error_text}");
    }
}

#[test]
fn a_file_that_is_no_file_of_the_user() {
    let at = |make: &dyn Fn(&std::path::Path)| {
        let tool = Tool::bare();
        let path = place(&tool);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        make(&path);
        tool
    };
    let directory = at(&|path| fs::create_dir(path).unwrap()).fails(3);
    assert!(
        directory.error.ends_with("it is not a regular file") && directory.hint.contains("--config"),
        "{directory:?}"
    );
    let fifo = at(&|path| mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).unwrap()).fails(3);
    assert!(fifo.error.ends_with("it is not a regular file"), "{fifo:?}");
    let link = at(&|path| std::os::unix::fs::symlink("config.toml", path).unwrap()).fails(3);
    assert!(link.error.starts_with("cannot read the configuration file '"), "{link:?}");
    let open = at(&|path| {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o646)).unwrap();
    });
    let open = open.fails(3);
    assert!(open.error.ends_with("every user can write to it (mode 0646)"), "{open:?}");
    assert!(open.hint.contains("chmod go-w '"), "{open:?}");
    let large = at(&|path| fs::write(path, "#\n".repeat(524_289)).unwrap()).fails(3);
    assert!(large.error.ends_with("it is longer than 1 MiB"), "{large:?}");
    // What should be its directory may be anything: then there is no file.
    let tool = Tool::bare();
    tool.file(".config", "");
    tool.args(["config", "show"]).succeeds();
}

#[test]
fn a_file_or_a_profile_that_is_asked_for_and_is_not_there() {
    for tool in [Tool::bare().args(["--config", "/none"]), Tool::bare().env("CATENA_CONFIG", "/none")] {
        let failed = tool.fails(3);
        assert!(failed.error.starts_with("cannot read the configuration file '/none' ("), "{failed:?}");
    }
    let failed = Tool::bare().args(["--config", "-"]).stdin("").fails(2);
    assert!(failed.error.contains("cannot be standard input"), "{failed:?}");
    let failed = Tool::bare().args(["--profile", "a"]).fails(3);
    assert_eq!(failed.error, "no profile 'a' (--profile): there is no configuration file");
    let failed = Tool::bare().unset("HOME").env("CATENA_PROFILE", "a").fails(3);
    assert!(failed.error.starts_with("cannot use CATENA_PROFILE: no configuration file"), "{failed:?}");
    let failed = configured("[profile.b]\n[profile.a]\n").args(["--profile", "c"]).fails(3);
    assert!(failed.error.starts_with("no profile 'c' (--profile) in '"), "{failed:?}");
    assert_eq!(failed.hint, "it has the profiles b, a");
    assert_eq!(configured("").args(["--profile", "c"]).fails(3).hint, "a profile is a table: [profile.NAME]");
}

/// As large as the limit allows.
#[test]
fn ten_thousand_profiles() {
    let file: String =
        (0..10_000).map(|number| format!("[profile.p{number}]\nscope = 'scope of {number}'\n")).collect();
    let shown = configured(&file).args(["config", "show", "--profile", "p9999"]).succeeds();
    assert!(shown.contains("\nscope scope of 9999 (") && shown.contains("config.toml:20000)"), "{shown}");
    assert_eq!(configured(&file).args(["config", "profiles"]).succeeds().lines().count(), 10_000);
    let hint = configured(&file).args(["--profile", "p10000"]).fails(3).hint;
    assert!(hint.contains("p19 and 9980 more: see 'catena-token config profiles'"), "{hint}");
}

/// Every command that reads settings reads the file.
#[test]
fn no_command_works_around_a_wrong_file() {
    for command in [
        &["exec", "true"][..],
        &["renew", "--token-file", "t"],
        &["renew", "--check", "--token-file", "t"],
        &["inspect"],
        &["inspect", "--verify", "-"],
        &["revoke"],
        &["cache", "path"],
        &["cache", "list"],
        &["cache", "clear"],
        &["config", "show"],
        &["config", "profiles"],
    ] {
        let code = if command[0] == "exec" { 125 } else { 2 };
        let failed = written(Tool::bare(), "x = 1").args(command).stdin("").fails(code);
        assert!(failed.error.ends_with("config.toml:1: unknown key 'x'"), "{command:?}: {failed:?}");
    }
    for command in [&["config", "path"][..], &["completions", "bash"], &["man"]] {
        written(Tool::bare(), "x = 1").args(command).succeeds();
    }
}
