//! Who can read the memory of the process, where the secret is.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Reply, Setup};

use crate::support::wait::until;
use crate::support::{plain_command, shell};

/// Linux gives the `/proc/PID/mem` of a non-dumpable process to root.
#[test]
#[cfg(target_os = "linux")]
fn no_other_process_of_the_user_can_read_it() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() });
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("catena-token");
    plain_command::copy_tool(&copy);
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        plain_command::as_nobody(copy)
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

/// A process that opens `/proc/PID/mem` between our start and our first system call wins that race, and reads on. The
/// kernel refuses it from the start where the user cannot read the program's file.
#[test]
#[cfg(target_os = "linux")]
#[ignore = "needs root, for a user of its own, and python3"]
fn a_program_that_is_not_readable_is_closed_from_the_start() {
    const OPENS: &str = "import os, sys
opened = 0
for _ in range(200):
    pid = os.posix_spawn(sys.argv[1], [sys.argv[1], 'cache', 'path'], {'HOME': '/'}, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
    try:
        os.close(os.open(f'/proc/{pid}/mem', os.O_RDONLY))
        opened += 1
    except PermissionError:
        pass
    os.waitpid(pid, 0)
print(opened)";
    shell::assert_installed("python3");
    let directory = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = directory.path().join("catena-token");
    plain_command::copy_tool(&program);
    fs::set_permissions(&program, fs::Permissions::from_mode(0o711)).unwrap();
    let mut command = plain_command::as_nobody("python3");
    command.args(["-c", OPENS]).arg(&program);
    let output = command.env("PATH", shell::path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\n", "{}", String::from_utf8_lossy(&output.stderr));
}
