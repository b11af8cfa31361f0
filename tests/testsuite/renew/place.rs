//! The place of the token file: links on the way, other users, and inherited ACLs.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, lchown, symlink};
use std::path::Path;

use catena_token_issuer::Issuer;
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::job::{Job, waiting};
use crate::support::renewing::Manager;
use crate::support::{Tool, parallel, plain_command};

const ANOTHER_USER: u32 = 65_534;

/// `renew -v` that has written its first token.
fn renewing(issuer: &Issuer, home: &TempDir, file: &Path) -> Job {
    let manager = Manager::at(&home.path().join("notify"));
    let mut call = parallel::command(issuer, &home.path().join("cache"));
    call.args(["renew", "-v", "--token-file"]).arg(file).env("NOTIFY_SOCKET", &manager.name);
    let job = Job::of(call);
    assert_eq!(manager.hears(), "READY=1");
    job
}

/// Requests a renewal, which fails for this reason.
fn cannot_renew(job: &mut Job, why: &str) {
    job.signal(Signal::SIGHUP);
    let mut said = job.said();
    while !said.contains("cannot renew the token") {
        assert!(!said.is_empty(), "it has ended");
        said = job.said();
    }
    assert!(said.ends_with(why), "{said}");
}

#[test]
fn links_of_ours_and_of_the_kernel_lead_to_the_file() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let real = home.path().join("a/real");
    fs::create_dir_all(&real).unwrap();
    symlink("a/../a", home.path().join("relative")).unwrap();
    symlink(home.path().join("relative/real"), home.path().join("absolute")).unwrap();
    let script = "exec 3<\"$REAL\" && for place in \"$REAL/../../absolute\" /dev/fd/3 /proc/self/fd/3/made; do \
        \"$TOOL\" exec --renew --token-file \"$place/token\" sh -c 'find \"$REAL\" -type f' || exit; done";
    let mut command = plain_command::command("bash");
    command.args(["-c", script]).env("REAL", &real).env("TOOL", env!("CARGO_BIN_EXE_catena-token"));
    let call = parallel::command(&issuer, &home.path().join("cache"));
    command.envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let found = ["token", "token", "made/token"].map(|name| format!("{}\n", real.join(name).display()));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), found.concat());
    symlink("loop", home.path().join("loop")).unwrap();
    let tool = Tool::asking(&issuer).args(["renew", "--token-file"]).arg(home.path().join("loop/token"));
    assert!(tool.fails(3).error.contains("too many levels of symbolic links"));
}

#[test]
fn a_renewal_replaces_nothing_but_a_token() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let (link, other) = (home.path().join("link"), home.path().join("other"));
    fs::create_dir_all(home.path().join("one/tokens")).unwrap();
    fs::create_dir_all(other.join("tokens")).unwrap();
    fs::write(other.join("tokens/token"), "some notes").unwrap();
    symlink("one", &link).unwrap();
    let mut job = renewing(&issuer, &home, &link.join("tokens/token"));
    fs::remove_file(&link).unwrap();
    symlink("other", &link).unwrap();
    cannot_renew(&mut job, "it exists, does not contain a token, and will not be overwritten");
    fs::remove_file(other.join("tokens/token")).unwrap();
    symlink("/etc/hostname", other.join("tokens/token")).unwrap();
    cannot_renew(&mut job, "it exists and is not a regular file");
    job.end_by(Signal::SIGTERM);
}

/// Its owner can turn it at any time, to any directory of ours.
#[test]
#[ignore = "needs root, for a user of its own"]
fn another_users_link_on_the_way_is_refused() {
    let (issuer, home) = (Issuer::idle(), tempfile::tempdir().unwrap());
    let (ours, theirs) = (home.path().join("ours"), home.path().join("theirs"));
    fs::create_dir_all(home.path().join("a/b")).unwrap();
    symlink("a", &theirs).unwrap();
    lchown(&theirs, Some(ANOTHER_USER), Some(ANOTHER_USER)).unwrap();
    symlink("theirs/b", &ours).unwrap();
    for place in ["theirs/token", "theirs/b/token", "theirs/new/token", "ours/token"] {
        let tool = |words: &[&str]| Tool::asking(&issuer).args(words).arg("--token-file").arg(home.path().join(place));
        let why = format!("'{}' belongs to another user", theirs.display());
        for failed in [tool(&["renew"]).fails(3), tool(&["exec", "--renew"]).arg("true").fails(125)] {
            assert!(failed.error.ends_with(&why), "{}", failed.error);
        }
    }
    assert_eq!(fs::read_dir(home.path().join("a")).unwrap().count(), 1, "no directory was created behind it");
}

/// `/var/run` is a link of root.
#[test]
#[ignore = "needs root, for a user of its own"]
fn a_link_of_root_is_followed() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir_in("/tmp").unwrap());
    fs::set_permissions(home.path(), Permissions::from_mode(0o711)).unwrap();
    let (tool, ours) = (home.path().join("catena-token"), home.path().join("ours"));
    plain_command::copy_tool(&tool);
    fs::create_dir(&ours).unwrap();
    chown(&ours, Some(ANOTHER_USER), Some(ANOTHER_USER)).unwrap();
    symlink("ours", home.path().join("link")).unwrap();
    let call = parallel::command(&issuer, home.path());
    let mut command = plain_command::as_nobody(&tool);
    command.args(["exec", "--no-cache", "--renew", "--token-file"]).arg(home.path().join("link/tokens/token"));
    command.args(["sh", "-c", "test -s \"$CATENA_TOKEN_FILE\""]);
    let output = command.envs(call.get_envs().filter_map(|(name, value)| Some((name, value?)))).output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

/// Every user can write to a Kubernetes emptyDir: the next write notices what was swapped there.
#[test]
#[ignore = "needs root, for a user of its own"]
fn what_another_user_puts_on_the_way_is_not_used() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    fs::set_permissions(home.path(), Permissions::from_mode(0o711)).unwrap();
    let (volume, notes) = (home.path().join("volume"), home.path().join("notes"));
    fs::create_dir_all(volume.join("above/tokens")).unwrap();
    fs::create_dir_all(notes.join("tokens")).unwrap();
    fs::write(notes.join("tokens/token"), "looks-like-a-token").unwrap();
    let mut job = renewing(&issuer, &home, &volume.join("above/tokens/token"));
    let swaps = |mode: u32| {
        fs::set_permissions(&volume, Permissions::from_mode(mode)).unwrap();
        let mut command = plain_command::as_nobody("sh");
        command
            .current_dir(&volume)
            .args(["-c", "mv above moved && ln -s ../notes above"])
            .output()
            .unwrap()
            .status
            .success()
    };
    assert!(!swaps(0o1777), "the sticky bit forbids it");
    assert!(swaps(0o777));
    cannot_renew(&mut job, &format!("'{}' belongs to another user", volume.join("above").display()));
    assert_eq!(fs::read_to_string(notes.join("tokens/token")).unwrap(), "looks-like-a-token");
    fs::remove_file(volume.join("above")).unwrap();
    fs::create_dir_all(volume.join("above/tokens")).unwrap();
    chown(volume.join("above/tokens"), Some(ANOTHER_USER), Some(ANOTHER_USER)).unwrap();
    cannot_renew(&mut job, "belongs to another user");
    assert_eq!(fs::read_dir(volume.join("above/tokens")).unwrap().count(), 0);
    job.end_by(Signal::SIGTERM);
}

/// A default ACL as `setfacl -d -m u:65534:rx` writes it: version 2, then tag, permissions and id of each entry.
fn let_another_user_in(directory: &Path) {
    let entries =
        [(0x01, 7, u32::MAX), (0x02, 5, ANOTHER_USER), (0x04, 5, u32::MAX), (0x10, 5, u32::MAX), (0x20, 5, u32::MAX)];
    let mut acl = 2_u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in entries {
        acl.extend([u16::to_le_bytes(tag), u16::to_le_bytes(permissions)].concat());
        acl.extend(id.to_le_bytes());
    }
    rustix::fs::setxattr(directory, "system.posix_acl_default", &acl, rustix::fs::XattrFlags::empty()).unwrap();
}

fn has_acl(path: &Path) -> bool {
    let found = |kind: &str| rustix::fs::getxattr(path, format!("system.posix_acl_{kind}"), &mut [0; 512]).is_ok();
    found("access") || found("default")
}

/// An ACL's entries would let users in whom the mode does not name.
#[test]
fn no_acl_is_inherited() {
    let issuer = Issuer::http();
    for mode in ["0600", "0640"] {
        // In memory: some file systems have no ACLs.
        let (home, cache) = (tempfile::tempdir_in("/dev/shm").unwrap(), tempfile::tempdir().unwrap());
        let_another_user_in(home.path());
        for place in ["token", "made/token"] {
            let path = home.path().join(place);
            let options = ["--token-file", path.to_str().unwrap(), "--token-file-mode", mode];
            let (job, file) = waiting(&issuer, cache.path(), &options);
            assert!(!has_acl(&file), "{place} {mode}");
            assert_eq!(has_acl(path.parent().unwrap()), place == "token", "only what we have made is changed");
            job.end();
        }
    }
}

#[test]
#[ignore = "needs root, for a user of its own"]
fn a_user_of_an_acl_cannot_read_the_file() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let home = tempfile::tempdir_in("/dev/shm").unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
    let_another_user_in(home.path());
    let read = |path: &Path, group: &str| {
        let mut command = plain_command::command("setpriv");
        command.args(["--reuid=65534", group, "--clear-groups", "cat"]).arg(path).output().unwrap().status.success()
    };
    for place in ["token", "made/token"] {
        let path = home.path().join(place);
        let options = ["--token-file", path.to_str().unwrap(), "--token-file-mode", "0640"];
        let (job, file) = waiting(&issuer, cache.path(), &options);
        assert!(!read(&file, "--regid=65534"));
        assert!(read(&file, "--regid=0"), "its group can");
        job.end();
    }
}
