//! Cache errors: the token is printed with exit code 0 and at most one warning.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::cache_files::{file, files};
use crate::support::parallel::{self, different};
use crate::support::{Tool, plain_command, shell};

/// The call prints a token, and on stderr nothing, or one warning with the path.
fn assert_works(tool: Tool, warning: Option<&str>) {
    let (token, said) = tool.succeeds_saying();
    assert!(token.starts_with("eyJ"));
    match warning {
        None => assert_eq!(said, ""),
        Some(why) => {
            assert!(said.starts_with("catena-token: warning: cannot write to the token cache '"), "{said}");
            assert!(said.contains(why) && said.lines().count() == 1, "{said}");
            assert!(said.contains("choose another directory with --cache-dir, or use --no-cache"), "{said}");
        }
    }
}

/// Blocks a path with something that is not our file.
type Put = fn(&Path);

#[test]
fn something_else_in_place_of_an_entry_or_a_lock() {
    let issuer = Issuer::http();
    let replace: [(&str, Put); 5] = [
        ("directory", |path| fs::create_dir(path).unwrap()),
        ("full directory", |path| fs::create_dir_all(path.join("sub")).unwrap()),
        ("link", |path| symlink("/etc/passwd", path).unwrap()),
        ("dangling link", |path| symlink("/nonexistent/x", path).unwrap()),
        ("socket", |path| drop(UnixListener::bind(path).unwrap())),
    ];
    for end in [".token", ".lock"] {
        for (what, put) in replace {
            let cache = tempfile::tempdir_in("/tmp").unwrap();
            let tool = || Tool::asking(&issuer).keeping_in(cache.path());
            tool().succeeds();
            let path = file(cache.path(), end);
            fs::remove_file(&path).unwrap();
            put(&path);
            let (token, said) = tool().arg("--refresh").succeeds_saying();
            assert!(token.starts_with("eyJ") && said.lines().count() <= 1, "{what} for {end}: {said}");
            assert!(said.is_empty() || said.starts_with("catena-token: warning: "), "{said}");
        }
    }
    assert!(fs::read_to_string("/etc/passwd").unwrap().contains("root"));
}

/// The waiters cannot start the thread that waits: no machine has room for its stack.
#[test]
fn without_a_thread_it_waits_for_the_lock_too() {
    let issuer = Issuer::start(Setup { delay: Duration::from_secs(1), ..Setup::default() });
    let cache = tempfile::tempdir().unwrap();
    let got = parallel::tokens(parallel::run(8, || {
        let mut command = parallel::command(&issuer, cache.path());
        command.env("RUST_MIN_STACK", "70368744177664");
        command
    }));
    assert_eq!((different(got), issuer.requests().len()), (1, 1));
}

#[test]
#[ignore = "needs mkfifo"]
fn a_fifo_in_place_of_a_file_does_not_block() {
    shell::assert_installed("mkfifo");
    let issuer = Issuer::http();
    for end in [".token", ".lock"] {
        let cache = tempfile::tempdir().unwrap();
        let tool = || Tool::asking(&issuer).keeping_in(cache.path());
        tool().succeeds();
        let path = file(cache.path(), end);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        tool().succeeds_saying();
    }
}

#[test]
fn an_unset_or_missing_home_is_no_error() {
    let issuer = Issuer::http();
    let missing = tempfile::tempdir().unwrap().path().join("home");
    assert_works(Tool::asking(&issuer).unset("HOME"), None);
    assert_works(Tool::asking(&issuer).env("HOME", &missing), None);
    assert!(!missing.exists());
    let (_, said) = Tool::asking(&issuer).unset("HOME").arg("-v").succeeds_saying();
    assert!(said.contains("no cache directory: none of --cache-dir, XDG_CACHE_HOME and HOME is set"), "{said}");
    let (_, said) = Tool::asking(&issuer).env("HOME", &missing).arg("-v").succeeds_saying();
    assert!(said.contains(&format!("'{}' is not a directory", missing.display())), "{said}");
}

#[test]
fn a_path_that_is_not_a_directory() {
    let issuer = Issuer::http();
    let file = tempfile::NamedTempFile::new().unwrap();
    let file = file.path();
    assert_works(Tool::asking(&issuer).env("CATENA_CACHE_DIR", file), Some("it is not a directory"));
    assert_works(Tool::asking(&issuer).env("CATENA_CACHE_DIR", file.join("below")), Some("not a directory"));
    assert_works(Tool::asking(&issuer).args(["--cache-dir", "/proc/x"]), Some("/proc/x': no such file or directory"));
    assert_works(Tool::asking(&issuer).env("CATENA_CACHE_DIR", "/proc/x/y"), Some("no such file or directory"));
    assert_works(Tool::asking(&issuer).args(["-q", "--cache-dir", "/proc/x"]), None);
    assert_works(Tool::asking(&issuer).env("CATENA_CACHE_DIR", "/dev/null/x").arg("--quiet"), None);
    let home = tempfile::tempdir().unwrap();
    let link = home.path().join("link");
    symlink(home.path().join("nowhere"), &link).unwrap();
    assert_works(
        Tool::asking(&issuer).env("CATENA_CACHE_DIR", &link),
        Some("cannot be used: no such file or directory"),
    );
    fs::create_dir(home.path().join("nowhere")).unwrap();
    assert_works(Tool::asking(&issuer).env("CATENA_CACHE_DIR", &link), None);
}

/// With a file size limit of 0, a write ends a process that does not handle it.
#[test]
fn a_file_size_limit_of_zero() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let output = sh(&issuer, home.path(), "ulimit -f 0; exec catena-token | cat");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.stdout.starts_with(b"eyJ"), "{said}");
    assert!(said.contains("file too large") && said.lines().count() == 1, "{said}");
}

fn sh(issuer: &Issuer, home: &Path, script: &str) -> Output {
    let mut command = plain_command::command("sh");
    command.args(["-c", script]).env("PATH", shell::path()).env("HOME", home);
    command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
    command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET).output().unwrap()
}

#[test]
#[ignore = "needs root, for a user of its own"]
fn a_directory_that_cannot_be_written_to() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir_in("/tmp").unwrap();
    let tool = home.path().join("catena-token");
    plain_command::copy_tool(&tool);
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let as_nobody = |cache: &Path| {
        let script = format!("exec {} {} 2>&1", plain_command::AS_NOBODY.join(" "), tool.display());
        let mut command = plain_command::command("sh");
        command.args(["-c", &script]).env("PATH", shell::path()).env("CATENA_CACHE_DIR", cache);
        command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
        command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    // Another user's directory, and a directory that would be created in another user's.
    let foreign = home.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::set_permissions(&foreign, fs::Permissions::from_mode(0o777)).unwrap();
    let said = as_nobody(&foreign);
    assert!(said.contains("it belongs to another user") && said.contains("\neyJ"), "{said}");
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 0);
    let said = as_nobody(&home.path().join("new"));
    assert!(said.contains("permission denied") && said.contains("\neyJ"), "{said}");
    // A link of another user to our own directory. One of root is as good as our own.
    let (link, own) = (home.path().join("link"), home.path().join("own"));
    fs::create_dir(&own).unwrap();
    std::os::unix::fs::chown(&own, Some(65534), Some(65534)).unwrap();
    symlink(&own, &link).unwrap();
    std::os::unix::fs::lchown(&link, Some(65533), Some(65533)).unwrap();
    assert!(as_nobody(&link).contains(&format!("'{}' belongs to another user", link.display())));
    std::os::unix::fs::lchown(&link, Some(0), Some(0)).unwrap();
    assert!(as_nobody(&link).starts_with("eyJ"));
    // Root, with a person's HOME.
    let person = tempfile::tempdir().unwrap();
    std::os::unix::fs::chown(person.path(), Some(65534), Some(65534)).unwrap();
    let output = sh(&issuer, person.path(), "catena-token");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("'{}' belongs to another user", person.path().display())), "{said}");
    assert!(output.stdout.starts_with(b"eyJ"));
    assert_eq!(fs::read_dir(person.path()).unwrap().count(), 0);
}

/// The smallest possible file system, and a read-only one.
#[test]
#[ignore = "needs root, for a file system of its own"]
fn a_full_disk_and_a_read_only_one() {
    let setup = Setup { delay: std::time::Duration::from_millis(300), ..Setup::default() };
    let issuer = Issuer::start(setup);
    for (prepare, why) in [
        (
            "mount -t tmpfs -o size=8k tmpfs \"$HOME\" && head -c 8k /dev/zero > \"$HOME/fill\"",
            "no space left on device",
        ),
        ("mount -t tmpfs tmpfs \"$HOME\" && mount -o remount,ro \"$HOME\"", "read-only file system"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let many = "for i in 1 2 3 4 5 6 7 8; do catena-token >/dev/null 2>&1 & done; wait";
        let started = issuer.requests().len();
        let script = format!("{prepare} && {many} && catena-token");
        let output = sh(&issuer, home.path(), &format!("exec unshare --mount sh -c '{script}'"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.stdout.starts_with(b"eyJ"), "{said}");
        assert!(said.contains(why) && said.lines().count() == 1, "{said}");
        assert_eq!(issuer.requests().len() - started, 9);
        assert!(issuer.most_at_once() > 1, "they ask one after the other");
    }
}

/// A system call fails at each step of storing a token.
#[test]
#[ignore = "needs strace"]
fn each_step_of_storing_can_fail() {
    shell::assert_installed("strace");
    let issuer = Issuer::http();
    for (call, error) in [
        ("rename,renameat,renameat2,link,linkat", "EIO"),
        ("rename,renameat,renameat2,link,linkat", "ENOSPC"),
        ("ftruncate", "EIO"),
        ("mkdir,mkdirat", "EROFS"),
        ("flock", "ENOLCK"),
        ("flock", "EOPNOTSUPP"),
        ("keyctl", "EPERM"),
        ("add_key", "EDQUOT"),
        ("pwrite64", "ENOSPC"),
        ("unlink,unlinkat", "EIO"),
        ("getdents64", "EIO"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let script = format!(
            "exec strace -f -o /dev/null -e trace={call} -e inject={call}:error={error} \
             catena-token --client-secret-command 'printf %s {CLIENT_SECRET}'"
        );
        let script = format!("unset CATENA_CLIENT_SECRET; {script}");
        for _ in 0..2 {
            let output = sh(&issuer, home.path(), &script);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{call} {error}: {said}");
            assert!(output.stdout.starts_with(b"eyJ") && said.lines().count() <= 1, "{call} {error}: {said}");
        }
        let left: Vec<_> =
            fs::read_dir(home.path().join(".cache/catena-token")).into_iter().flatten().flatten().collect();
        let temporary = left.iter().filter(|entry| entry.file_name().to_str().unwrap().starts_with('.'));
        assert!(call.starts_with("unlink") || temporary.count() == 0, "{call}");
    }
}

/// The first write is the entry; the second is the token on stdout, which must not fail.
#[test]
#[ignore = "needs strace"]
fn the_write_of_an_entry_can_fail() {
    shell::assert_installed("strace");
    let issuer = Issuer::http();
    for fault in ["ENOSPC:when=1", "EIO:when=1", "EDQUOT:when=1"] {
        let home = tempfile::tempdir().unwrap();
        let script = format!("exec strace -f -o /dev/null -e trace=write -e inject=write:error={fault} catena-token");
        let output = sh(&issuer, home.path(), &script);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{fault}: {said}");
        assert!(output.stdout.starts_with(b"eyJ") && said.lines().count() == 1, "{fault}: {said}");
        let cache = home.path().join(".cache/catena-token");
        assert_eq!(files(&cache, ""), files(&cache, ".lock"), "{fault}");
    }
}

/// Without locks no call takes longer: all send their requests at the same time.
#[test]
#[ignore = "needs strace"]
fn without_locks_each_call_sends_its_own_request() {
    shell::assert_installed("strace");
    let (issuer, home) =
        (Issuer::start(Setup { replies: vec![Reply::Keycloak], ..Setup::default() }), tempfile::tempdir().unwrap());
    let outputs = parallel::run(4, || {
        let mut command = plain_command::command("strace");
        command.args(["-f", "-o", "/dev/null", "-e", "inject=flock:error=ENOLCK", env!("CARGO_BIN_EXE_catena-token")]);
        command.env("HOME", home.path()).env("CATENA_ISSUER", issuer.url());
        command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command
    });
    let got = parallel::tokens(outputs);
    assert!((1..=4).contains(&different(got)));
}
