//! A directory that others can write to, or replace, is not used: they could bring back a token that was replaced or
//! revoked. A warning says so, and the token is printed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use tempfile::TempDir;

use crate::support::Tool;
use crate::support::cache_files::files;
use crate::support::doctor::examine;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A directory below one of ours.
fn place() -> (TempDir, PathBuf) {
    let above = tempfile::tempdir().unwrap();
    let cache = above.path().join("cache");
    (above, cache)
}

fn call(issuer: &Issuer, cache: &Path) -> Tool {
    Tool::asking(issuer).env("CATENA_CACHE_DIR", cache)
}

/// The call prints a new token, and warns of `open`.
fn assert_unused(issuer: &Issuer, tool: Tool, open: &Path, mode: u32) {
    let asked = issuer.requests().len();
    let (token, said) = tool.succeeds_saying();
    assert!(token.starts_with("eyJ") && issuer.requests().len() == asked + 1, "{mode:o}");
    // A sticky directory is shared on purpose.
    let fix = if mode & 0o1000 == 0 { "; fix it with 'chmod go-w')" } else { ")" };
    let why = format!(": the directory '{}' is writable by other users (mode {mode:04o}{fix}", open.display());
    assert!(said.starts_with("catena-token: warning: cannot write to the token cache '"), "{said}");
    assert!(said.contains(&why) && said.lines().count() == 1, "{said}");
}

#[test]
fn a_directory_that_others_can_write_to() {
    let (issuer, (_above, cache)) = (Issuer::http(), place());
    let token = call(&issuer, &cache).succeeds();
    let entry = || fs::read(&files(&cache, ".token")[0]).unwrap();
    let (before, all) = (entry(), files(&cache, "").len());
    for mode in [0o777, 0o1777, 0o770, 0o720, 0o702] {
        set_mode(&cache, mode);
        assert_unused(&issuer, call(&issuer, &cache), &cache, mode);
        assert_unused(&issuer, call(&issuer, &cache).arg("--refresh"), &cache, mode);
        call(&issuer, &cache).arg("--quiet").succeeds();
        assert_eq!((entry(), files(&cache, "").len()), (before.clone(), all));
    }
    for mode in [0o700, 0o755, 0o2750] {
        set_mode(&cache, mode);
        assert_eq!(call(&issuer, &cache).succeeds(), token);
    }
}

/// Whoever can rename a part of the path can replace the directory. In `/tmp`, others cannot rename what is ours.
#[test]
fn a_directory_above_that_others_can_write_to() {
    let (issuer, (above, cache)) = (Issuer::http(), place());
    let below = above.path().join("a/b/cache");
    for mode in [0o777, 0o770] {
        set_mode(above.path(), mode);
        assert_unused(&issuer, call(&issuer, &cache), above.path(), mode);
        assert_unused(&issuer, call(&issuer, &below), above.path(), mode);
        assert_eq!(fs::read_dir(above.path()).unwrap().count(), 0);
    }
    set_mode(above.path(), 0o1777);
    for cache in [&cache, &below] {
        assert_eq!(call(&issuer, cache).succeeds(), call(&issuer, cache).succeeds());
    }
    // The token that is there stays as it is, when a new one is requested.
    set_mode(above.path(), 0o777);
    assert_unused(&issuer, call(&issuer, &cache).arg("--refresh"), above.path(), 0o777);
}

#[test]
fn a_link_in_a_directory_that_others_can_write_to() {
    let (issuer, (above, cache)) = (Issuer::http(), place());
    let open = above.path().join("open");
    fs::create_dir(&open).unwrap();
    symlink(above.path(), open.join("link")).unwrap();
    symlink("open/link", above.path().join("to-the-link")).unwrap();
    for way in [open.join("link/cache"), above.path().join("to-the-link/cache")] {
        set_mode(&open, 0o777);
        assert_unused(&issuer, call(&issuer, &way), &open, 0o777);
        assert!(!cache.exists());
        set_mode(&open, 0o755);
        assert_eq!(call(&issuer, &way).succeeds(), call(&issuer, &way).succeeds());
        fs::remove_dir_all(&cache).unwrap();
    }
}

#[test]
#[ignore = "needs root, for another user's link and directory"]
fn another_users_link_or_directory_on_the_way() {
    let (issuer, (above, cache)) = (Issuer::http(), place());
    let (link, theirs) = (above.path().join("link"), above.path().join("theirs"));
    symlink(above.path(), &link).unwrap();
    fs::create_dir_all(theirs.join("ours")).unwrap();
    std::os::unix::fs::lchown(&link, Some(65534), Some(65534)).unwrap();
    std::os::unix::fs::chown(&theirs, Some(65534), Some(65534)).unwrap();
    for (way, whose) in [(link.join("cache"), link), (theirs.join("ours"), theirs)] {
        let (token, said) = call(&issuer, &way).succeeds_saying();
        let why = format!(": '{}' belongs to another user", whose.display());
        assert!(token.starts_with("eyJ") && said.contains(&why) && said.lines().count() == 1, "{said}");
    }
    assert!(!cache.exists());
}

#[test]
fn what_the_other_commands_do_there() {
    for at_cache in [true, false] {
        let (issuer, (above, cache)) = (Issuer::http(), place());
        let token = call(&issuer, &cache).succeeds();
        let open = if at_cache { &cache } else { above.path() };
        set_mode(open, 0o777);
        let why = format!(
            "the directory '{}' is writable by other users (mode 0777; fix it with 'chmod go-w')",
            open.display()
        );
        let unusable = format!("cannot use the cache '{}': {why}", cache.display());
        let cache_command = |name| Tool::bare().env("CATENA_CACHE_DIR", &cache).args(["cache", name]);
        assert_eq!(cache_command("path").succeeds(), format!("{}\n", cache.display()));
        assert_eq!(cache_command("list").env("CATENA_CLIENT_SECRET", CLIENT_SECRET).fails(1).error, unusable);
        // Neither a token that others have moved away nor one that they have put there is called revoked.
        for arguments in [&["revoke"][..], &["revoke", "--all"]] {
            assert_eq!(call(&issuer, &cache).args(arguments).fails(1).error, unusable);
        }
        assert_eq!(issuer.requests().len(), 1);
        // A token that is given is, and no call can print its copy.
        let (_, said) = call(&issuer, &cache).args(["revoke", "-"]).given(token.trim()).succeeds_saying();
        assert_eq!(said, format!("catena-token: warning: {unusable}\n"));
        let report = examine(call(&issuer, &cache));
        assert_eq!((report.code, report.status("cache")), (0, "warning"), "{report}");
        let finding = &report.step("cache")["findings"][0];
        assert_eq!(finding["what"], format!("cannot write to the token cache '{}': {why}", cache.display()));
        // Our files are removed in any case.
        let (_, said) = cache_command("clear").succeeds_saying();
        assert_eq!(said, format!("catena-token: warning: {unusable}\n"));
        assert_eq!(files(&cache, ""), files(&cache, ".lock"));
    }
}
