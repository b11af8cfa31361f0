//! `cache path`, `cache list`, `cache clear`.

use std::fs;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::Tool;

#[test]
fn list_shows_what_the_secret_opens_and_the_rest_as_sealed() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    Tool::asking(&issuer).keeping_in(cache.path()).succeeds();
    let list = || Tool::bare().keeping_in(cache.path()).args(["cache", "list"]);
    let shown = list().env("CATENA_CLIENT_SECRET", CLIENT_SECRET).succeeds();
    let mut lines = shown.lines();
    assert_eq!(lines.next().unwrap().split_whitespace().collect::<Vec<_>>(), ["ISSUER", "CLIENT", "SCOPE", "LIVES"]);
    let row = lines.next().unwrap();
    assert!(row.starts_with(&format!("{}  {CLIENT_ID}    organization  4m 5", issuer.url())), "{row}");
    for tool in [list(), list().env("CATENA_CLIENT_SECRET", "another-secret"), list().env("CATENA_CLIENT_ID", "")] {
        let shown = tool.succeeds();
        assert!(shown.lines().nth(1).unwrap().starts_with("sealed, "), "{shown}");
        assert!(!shown.contains(CLIENT_ID) && !shown.contains(&issuer.url()));
    }
    // A file from the environment that is missing is reported, and entries shown as sealed; one from a flag must exist.
    let (shown, said) = list().env("CATENA_CLIENT_SECRET_FILE", "/nonexistent").succeeds_saying();
    assert!(shown.contains("\nsealed, ") && said.starts_with("catena-token: warning: cannot read the client secret"));
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
fn unsupported_options_are_refused() {
    for arguments in [&["--json", "cache", "list"][..], &["cache", "path", "--scope", "x"], &["cache"], &["cache", "x"]]
    {
        let (code, stdout, _) = Tool::bare().args(arguments).run();
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
    }
}
