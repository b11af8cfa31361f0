//! Standard streams: a closed pipe is success, a full disk is not, and errors never go to stdout.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::plain_command;

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

/// A full pipe that does not block, as Node makes them for all who share them.
fn full_pipe() -> (PipeReader, PipeWriter, usize) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let mut length = 0;
    while let Ok(written) = writer.write(&[b'.'; 4096]) {
        length += written;
    }
    (reader, writer, length)
}

/// What the call adds to a full pipe, whose reader takes its time, and its exit code.
fn added_by(
    command: &mut Command,
    connect: impl Fn(&mut Command, PipeWriter) -> &mut Command,
) -> (Option<i32>, String) {
    let (mut reader, writer, length) = full_pipe();
    let mut child = connect(command, writer).spawn().unwrap();
    // It holds the writing end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let (mut text, mut piece) = (Vec::new(), [0; 5000]);
    loop {
        thread::sleep(Duration::from_millis(if text.is_empty() { 500 } else { 5 }));
        match reader.read(&mut piece).unwrap() {
            0 => break,
            count => text.extend_from_slice(&piece[..count]),
        }
    }
    (child.wait().unwrap().code(), String::from_utf8(text.split_off(length)).unwrap())
}

#[test]
fn a_full_pipe_that_does_not_block_is_waited_for() {
    let issuer = Issuer::http();
    fn to_stdout(command: &mut Command, pipe: PipeWriter) -> &mut Command {
        command.stdout(pipe).stderr(Stdio::null())
    }
    fn to_stderr(command: &mut Command, pipe: PipeWriter) -> &mut Command {
        command.stdout(Stdio::null()).stderr(pipe)
    }
    let (code, token) = added_by(&mut tool(&issuer), to_stdout);
    assert!(token.starts_with("eyJ") && token.ends_with('\n'), "{token}");
    assert_eq!((code, token.lines().count()), (Some(0), 1));
    for arguments in [&["man"][..], &["--help"], &["completions", "bash"]] {
        let whole = tool(&issuer).args(arguments).output().unwrap().stdout;
        let (code, text) = added_by(tool(&issuer).args(arguments), to_stdout);
        assert_eq!((code, text), (Some(0), String::from_utf8(whole).unwrap()), "{arguments:?}");
    }
    let (code, said) = added_by(tool(&issuer).env("CATENA_CLIENT_ID", ""), to_stderr);
    assert_eq!(code, Some(3));
    assert!(said.starts_with("catena-token: error: ") && said.contains("\nhint: ") && said.ends_with('\n'), "{said}");
}

#[test]
fn an_input_that_does_not_block_is_waited_for() {
    let issuer = Issuer::http();
    let (reader, mut writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&reader, true).unwrap();
    let mut call = tool(&issuer);
    call.env_remove("CATENA_CLIENT_SECRET").args(["--client-secret-file", "-"]).stdin(reader);
    let child = call.stdout(Stdio::piped()).spawn().unwrap();
    for piece in CLIENT_SECRET.as_bytes().chunks(4) {
        thread::sleep(Duration::from_millis(50));
        writer.write_all(piece).unwrap();
    }
    drop(writer);
    assert!(child.wait_with_output().unwrap().stdout.starts_with(b"eyJ"));
}
