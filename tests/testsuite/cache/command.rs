//! `cache path`, `cache list`, `cache clear`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::cache_files::files;
use crate::support::terminal::run as on_a_terminal;
use crate::support::{Tool, parallel, shell};

#[test]
fn list_shows_what_the_secret_opens_and_the_rest_as_sealed() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    Tool::asking(&issuer).keeping_in(cache.path()).succeeds();
    let list = || Tool::bare().keeping_in(cache.path()).args(["cache", "list"]);
    let shown = list().env("CATENA_CLIENT_SECRET", CLIENT_SECRET).succeeds();
    let mut lines = shown.lines();
    let heads: Vec<&str> = lines.next().unwrap().split("  ").map(str::trim).filter(|head| !head.is_empty()).collect();
    assert_eq!(heads, ["ISSUER", "CLIENT", "SCOPE", "EXPIRES IN"]);
    let row = lines.next().unwrap();
    assert!(row.starts_with(&format!("{}  {CLIENT_ID}    organization  4m 5", issuer.url())), "{row}");
    for tool in [list(), list().env("CATENA_CLIENT_SECRET", "another-secret"), list().env("CATENA_CLIENT_ID", "")] {
        let shown = tool.succeeds();
        assert!(shown.lines().nth(1).unwrap().starts_with("encrypted: "), "{shown}");
        assert!(!shown.contains(CLIENT_ID) && !shown.contains(&issuer.url()));
    }
    // A file from the environment that is missing is reported, and entries shown as sealed; one from a flag must exist.
    let (shown, said) = list().env("CATENA_CLIENT_SECRET_FILE", "/nonexistent").succeeds_saying();
    assert!(
        shown.contains("\nencrypted: ") && said.starts_with("catena-token: warning: cannot read the client secret")
    );
    list().args(["--client-secret-file", "/nonexistent"]).fails(3);
    // `list` runs no command and does not prompt.
    let ran = cache.path().join("ran");
    list().env("CATENA_CLIENT_SECRET_COMMAND", format!("touch {}", ran.display())).succeeds();
    assert!(!ran.exists());
}

#[test]
fn clear_removes_our_files_but_no_lock() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let kept = || Tool::asking(&issuer).keeping_in(cache.path());
    let token = kept().succeeds();
    fs::write(cache.path().join("notes.token"), "not ours").unwrap();
    let clear = || Tool::bare().keeping_in(cache.path()).env("CATENA_TIMEOUT", "nonsense").args(["cache", "clear"]);
    assert_eq!(clear().succeeds(), "");
    let names: Vec<String> =
        fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().any(|name| name == "notes.token") && names.iter().any(|name| name.ends_with(".lock")));
    assert_eq!(Tool::bare().keeping_in(cache.path()).args(["cache", "list"]).succeeds(), "");
    assert_eq!(clear().succeeds(), "");
    assert_ne!(kept().succeeds(), token);
}

/// The name of a cached token's file has a tag of the secret, by which whoever reads a log can try short secrets.
#[test]
fn no_output_names_a_cached_tokens_file() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let mut said = String::new();
    let mut seen = BTreeSet::new();
    let secret = ["--client-secret-file", "secret", "-vvv"];
    for words in [
        &["--refresh"][..],
        &[],
        &["doctor"],
        &["doctor", "--json"],
        &["cache", "list"],
        &["revoke"],
        &[],
        &["cache", "clear"],
    ] {
        let tool = Tool::without_secret(&issuer)
            .keeping_in(cache.path())
            .secret_file(CLIENT_SECRET)
            .unset("CATENA_CLIENT_SECRET_FILE");
        let options = if words == ["cache", "clear"] { &secret[2..] } else { &secret };
        let (code, stdout, stderr) = tool.args(words).args(options).run();
        assert_eq!(code, Some(0), "{stderr}");
        seen.extend(files(cache.path(), ".token"));
        said += &(stdout + &stderr);
    }
    assert!(said.contains(&format!("cached the token, encrypted, in '{}'\n", cache.path().display())), "{said}");
    assert!(!seen.is_empty());
    for path in seen {
        let (binding, tag) = path.file_stem().unwrap().to_str().unwrap().split_once('-').unwrap();
        assert!(!said.contains(binding) && !said.contains(tag), "{said}");
    }
}

/// Root may write everywhere: the test needs another user.
#[test]
#[ignore = "needs root and setpriv"]
fn clear_does_not_name_the_file_that_it_cannot_remove() {
    shell::assert_installed("setpriv");
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir_in("/tmp").unwrap());
    std::os::unix::fs::chown(cache.path(), Some(65_534), Some(65_534)).unwrap();
    let as_nobody = |words: &[&str]| parallel::by_nobody(&issuer, cache.path(), words);
    assert!(as_nobody(&[]).status.success());
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let output = as_nobody(&["cache", "clear"]);
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = "catena-token: error: cannot remove a file from the cache '";
    let error = format!("{error}{}': permission denied\n", cache.path().display());
    assert_eq!(String::from_utf8_lossy(&output.stderr), error);
}

#[test]
fn an_empty_cache_creates_nothing() {
    let cache = tempfile::tempdir().unwrap().path().join("none");
    for command in ["path", "list", "clear"] {
        Tool::bare().env("CATENA_CACHE_DIR", &cache).args(["cache", command]).succeeds();
    }
    assert!(!cache.exists());
    for command in ["path", "list", "clear"] {
        let failed = Tool::bare().unset("HOME").args(["cache", command]).fails(3);
        assert_eq!(failed.error, "no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set");
    }
}

#[test]
fn an_empty_list_says_so_at_a_terminal() {
    let issuer = Issuer::idle();
    let script = "export HOME=/nonexistent; catena-token cache list; echo \"code=$?\"; \
                  catena-token cache list -q 2>&1; catena-token cache list 2>&1 | cat; echo end.";
    let mut terminal = on_a_terminal(&issuer, script);
    let said = terminal.exp_string("code=0").unwrap();
    let line = "catena-token: no tokens are cached in '/nonexistent/.cache/catena-token'";
    assert_eq!(said.trim(), line);
    assert_eq!(terminal.exp_string("end.").unwrap().trim(), "");
}

#[test]
fn unsupported_options_are_refused() {
    for arguments in [&["--json", "cache", "list"][..], &["cache", "path", "--scope", "x"], &["cache"], &["cache", "x"]]
    {
        let (code, stdout, _) = Tool::bare().args(arguments).run();
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
    }
}
