//! The token file: its path, its mode, and its removal.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

use catena_token_issuer::{Issuer, Setup};
use nix::sys::signal::Signal;

use crate::support::job::{Job, waiting};
use crate::support::renewing::Manager;
use crate::support::{Tool, parallel};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_private_file_in_memory_holds_the_token_and_is_gone_at_the_end() {
    let issuer = Issuer::http();
    let runtime = tempfile::tempdir().unwrap();
    for (variable, place) in [(runtime.path(), runtime.path()), (Path::new("relative"), Path::new("/dev/shm"))] {
        let tool = Tool::asking(&issuer).env("XDG_RUNTIME_DIR", variable);
        let script = "umask; stat -c '%a %n' \"$CATENA_TOKEN_FILE\" \"${CATENA_TOKEN_FILE%/*}\"; \
            [ \"$(cat \"$CATENA_TOKEN_FILE\")\" = \"$CATENA_TOKEN\" ] && wc -c <\"$CATENA_TOKEN_FILE\"; \
            ls -A \"${CATENA_TOKEN_FILE%/*}\"; echo ${#CATENA_TOKEN}";
        let printed = tool.args(["exec", "--renew", "sh", "-c", script]).succeeds();
        let lines: Vec<&str> = printed.lines().collect();
        let (file, directory) = (lines[1].strip_prefix("600 ").unwrap(), lines[2].strip_prefix("700 ").unwrap());
        assert!(file.starts_with(&format!("{}/catena-token-", place.display())), "{file}");
        assert_eq!(lines[3..], [lines[5], "token", lines[5]], "the file holds the token and nothing else");
        assert!(!Path::new(directory).exists());
    }
    assert_eq!(fs::read_dir(runtime.path()).unwrap().count(), 0);
}

#[test]
fn a_named_file_and_its_directory_have_the_mode() {
    let issuer = Issuer::http();
    for (options, file_mode, directory_mode) in
        [(&[][..], 0o600, 0o700), (&["--token-file-mode", "0640"], 0o640, 0o750)]
    {
        let (home, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
        let path = home.path().join("made/token");
        let (job, file) =
            waiting(&issuer, cache.path(), &[&["--token-file", path.to_str().unwrap()], options].concat());
        assert_eq!(file, path);
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (file_mode, directory_mode));
        job.end();
        assert!(!file.exists() && !file.parent().unwrap().exists(), "what was made for it is removed with it");
    }
}

/// A Kubernetes volume is world-writable; the directory in it is ours, and its readers have the group of the volume.
#[test]
fn a_world_writable_volume_gets_a_private_directory() {
    let volume = tempfile::tempdir().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let manager = Manager::at(&directory.path().join("notify"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    fs::set_permissions(volume.path(), Permissions::from_mode(0o2777)).unwrap();
    let file = volume.path().join("catena/token");
    let issuer = Issuer::http();
    let mut call = parallel::command(&issuer, &directory.path().join("cache"));
    call.args(["renew", "--token-file-mode", "0640", "--token-file"]).arg(&file).env("NOTIFY_SOCKET", &manager.name);
    let job = Job::of(parallel::within(&["sh", "-c", "umask 077; exec \"$@\"", "sh"], &call));
    assert_eq!(manager.hears(), "READY=1");
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o640, 0o2750));
    assert_eq!(job.end_by(Signal::SIGTERM).0.code(), Some(0));
}

/// The command may change its directory; an existing directory is not removed.
#[test]
fn a_relative_path_is_made_whole() {
    let issuer = Issuer::http();
    let tool = Tool::asking(&issuer);
    let home = tool.home().to_owned();
    let script = "cd /; [ -s \"$CATENA_TOKEN_FILE\" ] && echo \"$CATENA_TOKEN_FILE\"";
    let printed = tool.args(["exec", "--renew", "--token-file", "./token", "sh", "-c", script]).succeeds();
    assert_eq!(
        printed.trim_end(),
        fs::canonicalize(home.parent().unwrap())
            .unwrap()
            .join(home.file_name().unwrap())
            .join("token")
            .to_str()
            .unwrap()
    );
}

/// The second job has replaced the file of the first.
#[test]
fn another_jobs_file_is_not_removed() {
    let (issuer, home, cache) = (Issuer::http(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = home.path().join("token");
    let options = ["--token-file", path.to_str().unwrap()];
    let (one, _) = waiting(&issuer, cache.path(), &options);
    let (other, _) = waiting(&issuer, cache.path(), &options);
    one.end();
    assert!(path.exists());
    other.end();
    assert!(!path.exists());
    assert!(home.path().exists());
}

#[test]
fn the_file_is_removed_though_others_could_write_beside_it() {
    let (issuer, home, cache) = (Issuer::http(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = home.path().join("token");
    let (job, _) = waiting(&issuer, cache.path(), &["--token-file", path.to_str().unwrap()]);
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    job.end();
    assert!(!path.exists());
}

#[test]
fn the_end_by_a_signal_is_passed_on_and_leaves_nothing() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let (job, file) = waiting(&issuer, cache.path(), &[]);
        assert_eq!(job.end_by(signal).0.signal(), Some(signal as i32));
        assert!(!file.parent().unwrap().exists());
    }
}

#[test]
fn a_job_without_a_token_leaves_nothing() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let path = home.path().join("made/token");
    let tool = Tool::asking(&issuer).env("CATENA_CLIENT_SECRET", "not-the-secret").args(["exec", "--renew"]);
    tool.arg("--token-file").arg(&path).arg("true").fails(125);
    assert!(!path.parent().unwrap().exists());
    let tool = Tool::asking(&issuer).args(["exec", "--renew", "--token-file"]).arg(&path).arg("no-such-command");
    tool.fails(127);
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn an_unsafe_directory_is_refused_before_the_command_starts() {
    let issuer = Issuer::idle();
    let home = tempfile::tempdir().unwrap();
    let open = home.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, Permissions::from_mode(0o770)).unwrap();
    symlink("/tmp", home.path().join("link")).unwrap();
    fs::create_dir(home.path().join("directory")).unwrap();
    symlink("/etc/passwd", home.path().join("passwd")).unwrap();
    for (place, why) in [
        ("open/token", "is writable by other users"),
        ("link/token", "is writable by other users"),
        ("missing/too/token", "no such file or directory"),
        ("directory", "it exists and is not a regular file"),
        ("passwd", "it exists and is not a regular file"),
        ("..", "it has no file name"),
        ("new/", "it has no file name"),
    ] {
        let path = home.path().join(place);
        let tool = |words: &[&str]| Tool::asking(&issuer).args(words).arg("--token-file").arg(&path);
        let failed = tool(&["exec", "--renew"]).args(["sh", "-c", "echo started"]).fails(125);
        assert!(failed.error.starts_with("cannot use '") && failed.error.contains(why), "{}", failed.error);
        assert!(failed.hint.contains("only you can write to"), "{}", failed.hint);
        assert!(tool(&["renew"]).fails(3).error.contains(why));
    }
}

/// A mistyped path must not overwrite a file.
#[test]
fn nothing_but_a_token_is_replaced() {
    let issuer = Issuer::idle();
    let home = tempfile::tempdir().unwrap();
    let notes = home.path().join("notes");
    for (content, why) in
        [("some notes", "does not contain a token"), ("a-secret-of-a-file\n", "does not contain a token")]
    {
        fs::write(&notes, content).unwrap();
        let tool = |words: &[&str]| Tool::asking(&issuer).args(words).arg("--token-file").arg(&notes);
        assert!(tool(&["renew"]).fails(3).error.contains(why));
        assert!(tool(&["exec", "--renew"]).arg("true").fails(125).error.contains(why));
        assert_eq!(fs::read_to_string(&notes).unwrap(), content);
    }
    fs::write(&notes, "looks-like-a-token").unwrap();
    let tool = |words: &[&str]| {
        let tool = Tool::without_secret(&issuer).args(words).arg("--token-file").arg(&notes);
        tool.arg("--client-secret-file").arg(&notes)
    };
    for failed in [tool(&["renew"]).fails(2), tool(&["exec", "--renew"]).arg("true").fails(2)] {
        assert!(failed.error.starts_with("--token-file would overwrite the client secret: "), "{}", failed.error);
    }
    assert_eq!(fs::read_to_string(&notes).unwrap(), "looks-like-a-token");
}

#[test]
#[ignore = "needs to be root"]
fn another_users_directory_is_refused() {
    let issuer = Issuer::idle();
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("foreign")).unwrap();
    std::os::unix::fs::chown(home.path().join("foreign"), Some(65534), Some(65534)).unwrap();
    for (words, code) in [(&["exec", "--renew"][..], 125), (&["renew"], 3)] {
        let tool = Tool::asking(&issuer).args(words).arg("--token-file").arg(home.path().join("foreign/token"));
        let command = if code == 125 { &["true"][..] } else { &[] };
        let failed = tool.args(command).fails(code);
        assert!(failed.error.ends_with("belongs to another user"), "{}", failed.error);
    }
}

/// The place of the private file, and what `-v` says of `XDG_RUNTIME_DIR`.
fn place_and_word(issuer: &Issuer, runtime: &Path) -> (String, String) {
    let tool = Tool::asking(issuer).env("XDG_RUNTIME_DIR", runtime);
    let (path, said) =
        tool.args(["exec", "--renew", "-v", "sh", "-c", "echo \"$CATENA_TOKEN_FILE\""]).succeeds_saying();
    let word = said.lines().find(|line| line.contains("cannot create")).unwrap_or_default().to_owned();
    (path.split("/catena-token-").next().unwrap().to_owned(), word)
}

/// WSLg's runtime directory is 0777.
#[test]
fn a_runtime_directory_that_others_can_replace_is_not_used() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let (above, runtime) = (home.path().join("above"), home.path().join("above/runtime"));
    fs::create_dir_all(&runtime).unwrap();
    symlink(&runtime, home.path().join("link")).unwrap();
    for (mode_above, mode, open) in [
        (0o755, 0o777, Some((&runtime, "0777"))),
        (0o755, 0o770, Some((&runtime, "0770"))),
        (0o777, 0o700, Some((&above, "0777"))),
        (0o1777, 0o700, None),
        (0o700, 0o1777, None),
    ] {
        fs::set_permissions(&above, Permissions::from_mode(mode_above)).unwrap();
        fs::set_permissions(&runtime, Permissions::from_mode(mode)).unwrap();
        for named in [&runtime, &home.path().join("link")] {
            let (place, word) = place_and_word(&issuer, named);
            let Some((open, mode)) = open else {
                assert_eq!((Path::new(&place), word.as_str()), (named.as_path(), ""));
                continue;
            };
            let why = format!(
                "the directory '{}' is writable by other users (mode {mode}; fix it with 'chmod go-w')",
                open.display()
            );
            let expected = format!("catena-token: cannot create a token file in '{}': {why}", named.display());
            assert_eq!((place.as_str(), word), ("/dev/shm", expected));
        }
    }
    let (place, word) = place_and_word(&issuer, &home.path().join("missing"));
    assert!(place == "/dev/shm" && word.ends_with("no such file or directory"), "{place}: {word}");
}

/// `sudo -E` keeps `XDG_RUNTIME_DIR`.
#[test]
#[ignore = "needs to be root"]
fn another_users_runtime_directory_is_not_used() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let (foreign, runtime) = (home.path().join("foreign"), home.path().join("foreign/ours"));
    fs::create_dir_all(&runtime).unwrap();
    std::os::unix::fs::chown(&foreign, Some(65534), Some(65534)).unwrap();
    for named in [&foreign, &runtime] {
        let (place, word) = place_and_word(&issuer, named);
        let why = format!("'{}' belongs to another user", foreign.display());
        assert!(place == "/dev/shm" && word.ends_with(&why), "{place}: {word}");
    }
}

/// The old token stays whole; the new one waits in memory for space, and is not requested again.
#[test]
#[ignore = "needs unshare, and the right to mount"]
fn a_full_disk_in_the_middle() {
    let (home, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let issuer = Issuer::start(Setup { expires_in: "20", ..Setup::default() });
    let job = "first=$(cat \"$CATENA_TOKEN_FILE\"); dd if=/dev/zero of=\"$DISK/fill\" 2>/dev/null; echo full; read -r on; \
        [ \"$(cat \"$CATENA_TOKEN_FILE\")\" = \"$first\" ] && echo old; rm \"$DISK/fill\"; \
        while [ \"$(cat \"$CATENA_TOKEN_FILE\")\" = \"$first\" ]; do :; done; echo new; ls -A \"$DISK/made\"";
    let mut call = parallel::command(&issuer, cache.path());
    call.args(["exec", "--renew", "-v", "--min-ttl", "16s", "--token-file"]).arg(home.path().join("made/token"));
    call.args(["sh", "-c", job]).env("DISK", home.path());
    let mount = "mount -t tmpfs -o size=64k tmpfs \"$DISK\" && exec \"$@\"";
    let mut job = Job::of(parallel::within(&["unshare", "--mount", "sh", "-c", mount, "sh"], &call));
    assert_eq!(job.line(), "full");
    while !job.said().contains("cannot renew the token") {}
    job.types("on");
    assert_eq!([job.line(), job.line(), job.line()], ["old", "new", "token"]);
    let (status, _, said) = job.end();
    assert_eq!((status.code(), issuer.requests().len()), (Some(0), 2), "{said}");
}
