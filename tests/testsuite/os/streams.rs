//! Standard streams: a closed pipe is success, a full disk is not, and errors never go to stdout.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::plain_command;
use crate::support::wait::until;

fn tool(issuer: &Issuer) -> Command {
    let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
    command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
    command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET).stdin(Stdio::null());
    command
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let issuer = Issuer::http();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = tool(&issuer).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_full_disk_is_a_failure_of_every_output() {
    let issuer = Issuer::http();
    for arguments in [&[][..], &["--json"], &["--help"], &["--version"], &["man"], &["completions", "bash"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = tool(&issuer).args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "catena-token: error: cannot write to stdout: no space left on device\n", "{arguments:?}");
    }
}

#[test]
fn a_stdout_that_cannot_be_written_is_a_failure() {
    let issuer = Issuer::http();
    let read_only = File::open("/dev/null").unwrap();
    let output = tool(&issuer).stdout(read_only).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "catena-token: error: cannot write to stdout: bad file descriptor\n");
}

#[test]
fn a_stderr_that_cannot_be_written_changes_no_code() {
    let issuer = Issuer::idle();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = tool(&issuer).env_remove("CATENA_CLIENT_ID").stderr(full).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b""[..]));
}

/// Linux gives the `/proc/PID/mem` of a non-dumpable process to root.
#[test]
#[cfg(target_os = "linux")]
fn no_other_process_of_the_user_can_read_it() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() });
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("catena-token");
    fs::copy(env!("CARGO_BIN_EXE_catena-token"), &copy).unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let mut command = plain_command::command("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy);
        command
    } else {
        plain_command::command(copy)
    };
    command.env("PATH", "/usr/bin:/bin").env("CATENA_ISSUER", issuer.url());
    command.env("CATENA_CLIENT_ID", CLIENT_ID).env("CATENA_CLIENT_SECRET", CLIENT_SECRET);
    let mut child = command.spawn().unwrap();
    until(|| !issuer.requests().is_empty() || child.try_wait().unwrap().is_some());
    let owner = fs::metadata(format!("/proc/{}/mem", child.id())).unwrap().uid();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(owner, 0);
}
