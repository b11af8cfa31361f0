//! `doctor` and the cache: what a call would find, and problems of the directory. They stop no call.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};
use serde_json::Value;

use crate::support::cache_files::{file, files};
use crate::support::doctor::{examine, warns_at};
use crate::support::{Tool, plain_command, shell};

#[test]
fn what_a_call_would_find() {
    let (issuer, above) = (Issuer::http(), tempfile::tempdir().unwrap());
    let cache = above.path().join("made");
    let tool = || Tool::asking(&issuer).keeping_in(&cache);
    let seen = |tool: Tool| examine(tool).seen("cache").clone();
    let before = seen(tool());
    assert_eq!(
        (&before["next_call"]["hit"], &before["cached_token"]["why"]),
        (&false.into(), &"no token is cached".into())
    );
    let token = tool().succeeds();
    let kept = seen(tool());
    assert_eq!(kept["next_call"]["hit"], true, "{kept}");
    assert!((200..=300).contains(&kept["cached_token"]["expires_in"].as_u64().unwrap()), "{kept}");
    assert_eq!((&kept["mode"], &kept["lock"]), (&"0700".into(), &"works".into()));
    assert_eq!(kept["tokens_of_this_client_and_scope"], 1);
    let refreshed = seen(tool().arg("--refresh"));
    assert_eq!(refreshed["cached_token"]["why"], "--refresh requests a new one");
    let longer = examine(tool().args(["--min-ttl", "1h"]));
    assert_eq!((longer.code, &longer.seen("cache")["next_call"]["hit"]), (7, &false.into()));
    // `doctor` only looked at it.
    assert_eq!(tool().succeeds(), token);
    assert_eq!(files(&cache, ".token").len(), 1);
    // Another secret opens nothing.
    let other = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "0123456789abcdef").secret_is("0123456789abcdef");
    let rotated = seen(other.keeping_in(&cache));
    assert_eq!(rotated["cached_token"]["why"], "no token is cached");
    assert_eq!(rotated["tokens_of_this_client_and_scope"], 1);
    let other = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "0123456789abcdef").secret_is("0123456789abcdef");
    let (_, text) = other.keeping_in(&cache).args(["doctor", "--offline"]).reports();
    assert!(text.contains("none for this secret, 1 for other secrets"), "{text}");
}

#[test]
fn a_token_that_does_not_open() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    tool().succeeds();
    fs::write(file(cache.path(), ".token"), "torn").unwrap();
    let report = examine(tool());
    assert_eq!(report.seen("cache")["cached_token"]["why"], "the cached token cannot be decrypted");
    assert_eq!(report.code, 0);
}

/// With a keyring, the report shows the key that the kernel remembers for a command's token.
#[test]
fn a_secret_from_a_command_or_a_prompt() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let tool = || {
        let command = format!("echo {CLIENT_SECRET}");
        Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", command).keeping_in(cache.path())
    };
    let before = examine(tool()).seen("cache").clone();
    assert!(before["remembered_key"].is_string() && before["next_call"]["hit"] == false, "{before}");
    tool().succeeds();
    let kept = examine(tool()).seen("cache").clone();
    assert_eq!(kept["next_call"]["hit"], true, "{kept}");
    if kept["keyring"] == "available" {
        assert_eq!(kept["remembered_key"], "decrypts it", "{kept}");
    }
}

#[test]
fn an_unusable_directory() {
    let issuer = Issuer::http();
    let file = tempfile::NamedTempFile::new().unwrap();
    let tool = Tool::asking(&issuer).env("CATENA_CACHE_DIR", file.path());
    let what = format!("cannot write to the token cache '{}': it is not a directory", file.path().display());
    warns_at(tool, "cache", &what, "choose another directory with --cache-dir");
    let open = tempfile::tempdir().unwrap();
    fs::set_permissions(open.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let tool = Tool::asking(&issuer).env("CATENA_CACHE_DIR", open.path());
    let what = format!(
        "the directory '{}' is writable by other users (mode 0777; fix it with 'chmod go-w')",
        open.path().display()
    );
    warns_at(tool, "cache", &what, "choose another directory with --cache-dir");
    let tool = Tool::asking(&issuer).unset("HOME");
    warns_at(tool, "cache", "none of --cache-dir, XDG_CACHE_HOME and HOME is set", "--cache-dir");
    let report = examine(Tool::asking(&issuer).arg("--no-cache"));
    assert_eq!((report.code, report.status("cache")), (0, "skipped"));
    assert_eq!(report.step("cache")["why"], "the cache is off (--no-cache)");
}

/// Another process holds the lock during its request.
#[test]
fn a_lock_that_is_held() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let tool = || Tool::asking(&issuer).keeping_in(cache.path());
    tool().succeeds();
    let lock = File::options().write(true).open(file(cache.path(), ".lock")).unwrap();
    lock.lock().unwrap();
    let report = examine(tool());
    assert!(report.seen("cache")["lock"].as_str().unwrap().starts_with("held by another process"), "{report}");
    assert_eq!(report.code, 0);
}

fn examine_in_a_shell(issuer: &Issuer, home: &Path, prepare: &str) -> Value {
    let mut command = plain_command::command("sh");
    command.args(["-c", &format!("{prepare} catena-token doctor --json")]);
    command.env("PATH", format!("{}:/usr/sbin:/sbin", shell::path())).env("HOME", home);
    command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
    let output = command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["steps"].as_array().unwrap().iter().find(|step| step["name"] == "cache").unwrap().clone()
}

#[test]
#[ignore = "needs root, for a file system of its own and another user's directory"]
fn a_full_disk_and_another_users_directory() {
    let issuer = Issuer::http();
    for (prepare, what) in [
        (
            "mount -t tmpfs -o size=8k tmpfs \"$HOME\" && head -c 8k /dev/zero > \"$HOME/fill\" &&",
            "no space left on device",
        ),
        ("mount -t tmpfs tmpfs \"$HOME\" && mount -o remount,ro \"$HOME\" &&", "read-only file system"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let script = format!("{prepare} exec catena-token doctor --json");
        let prepared = format!("exec unshare --mount sh -c '{script}'; :");
        let step = examine_in_a_shell(&issuer, home.path(), &prepared);
        let finding = &step["findings"][0];
        assert!(finding["status"] == "warning" && finding["what"].as_str().unwrap().contains(what), "{step}");
        assert!(finding["hint"].as_str().unwrap().contains("--cache-dir"), "{step}");
    }
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join(".cache/catena-token");
    fs::create_dir_all(&cache).unwrap();
    std::os::unix::fs::chown(&cache, Some(65_534), Some(65_534)).unwrap();
    let step = examine_in_a_shell(&issuer, home.path(), "");
    let finding = &step["findings"][0];
    assert!(finding["what"].as_str().unwrap().ends_with("it belongs to another user"), "{step}");
    assert_eq!((&step["seen"]["owner"], &step["status"]), (&65_534.into(), &"warning".into()));
}

#[test]
#[ignore = "needs strace"]
fn a_file_system_without_locks() {
    shell::assert_installed("strace");
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let step = examine_in_a_shell(&issuer, home.path(), "strace -f -o /dev/null -e inject=flock:error=ENOLCK");
    let finding = &step["findings"][0];
    assert!(finding["what"].as_str().unwrap().contains("cannot lock files in the cache"), "{step}");
    assert!(finding["hint"].as_str().unwrap().contains("--cache-dir"), "{step}");
}
