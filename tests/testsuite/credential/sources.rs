//! The sources of the secret: value, file, pipe, command, systemd. The prompt is in `terminal`.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::thread;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

use crate::support::{Tool, plain_command, shell};

#[test]
fn one_final_line_break_of_a_file_is_dropped() {
    let issuer = Issuer::http();
    for end in ["", "\n", "\r\n"] {
        Tool::without_secret(&issuer).secret_file(format!("{CLIENT_SECRET}{end}")).succeeds();
        Tool::without_secret(&issuer)
            .args(["--client-secret-file", "-"])
            .stdin(format!("{CLIENT_SECRET}{end}"))
            .succeeds();
    }
}

#[test]
fn a_secret_that_cannot_be_sent_is_unusable() {
    let issuer = Issuer::idle();
    for (content, why) in [
        (&b""[..], "it is empty"),
        (b"\n", "it is empty"),
        (b"a\nb\n", "it contains a line break or another control character"),
        (b"secret\n\n", "it ends with a line break: remove it"),
        (b"a\0b", "it contains a line break or another control character"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"\xef\xbb\xbfsecret", "it starts with a byte order mark: save it as UTF-8 without one"),
    ] {
        let failed = Tool::without_secret(&issuer).secret_file(content).fails(3);
        assert!(failed.error.starts_with("cannot read the client secret from '"), "{}", failed.error);
        assert!(failed.error.ends_with(why), "{}", failed.error);
    }
    let failed = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET", "a\nb").fails(3);
    assert_eq!(failed.error, "cannot use CATENA_CLIENT_SECRET: it contains a line break or another control character");
    let failed = Tool::without_secret(&issuer).args(["--client-secret", "", "-q"]).fails(3);
    assert_eq!(failed.error, "cannot use --client-secret: it is empty");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let issuer = Issuer::idle();
    let failed = Tool::without_secret(&issuer).args(["--client-secret-file", "/nonexistent/secret"]).fails(3);
    assert_eq!(failed.error, "cannot read the client secret from '/nonexistent/secret': no such file or directory");
    let failed = Tool::without_secret(&issuer).args(["--client-secret-file", "~/secret"]).fails(3);
    assert_eq!(failed.hint, "the shell did not expand '~': write the full path");
    let failed = Tool::without_secret(&issuer).args(["--client-secret-file", "/"]).fails(3);
    assert_eq!(failed.error, "cannot read the client secret from '/': is a directory");
    let failed = Tool::without_secret(&issuer).args(["--client-secret-file", "/dev/zero"]).fails(3);
    assert_eq!(failed.error, "cannot read the client secret from '/dev/zero': it is longer than 64 KiB");
}

#[test]
fn a_fifo_is_read_and_one_without_a_writer_is_given_up() {
    let issuer = Issuer::http();
    let tool = Tool::without_secret(&issuer);
    let fifo = tool.home().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let writer = {
        let fifo = fifo.clone();
        // Opening for writing returns as soon as the tool has opened for reading.
        thread::spawn(move || File::options().write(true).open(fifo)?.write_all(CLIENT_SECRET.as_bytes()))
    };
    tool.arg("--client-secret-file").arg(&fifo).succeeds();
    writer.join().unwrap().unwrap();

    let tool = Tool::without_secret(&issuer);
    let fifo = tool.home().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let failed = tool.arg("--client-secret-file").arg(&fifo).args(["--timeout", "300ms"]).fails(3);
    assert!(failed.error.ends_with("timed out (--timeout)"), "{}", failed.error);
}

/// A service manager, `ssh` or Node may give the program a socket as its standard input.
#[test]
#[cfg(target_os = "linux")]
fn a_socket_as_standard_input_is_named() {
    let issuer = Issuer::http();
    for (name, is_read) in [("/dev/stdin", false), ("/dev/fd/0", false), ("/proc/self/fd/0", false), ("-", true)] {
        let (mut writer, reader) = UnixStream::pair().unwrap();
        writer.write_all(CLIENT_SECRET.as_bytes()).unwrap();
        drop(writer);
        let mut tool = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        tool.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
        let output = tool.args(["--client-secret-file", name]).stdin(OwnedFd::from(reader)).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(if is_read { 0 } else { 3 }), "{said}");
        assert!(is_read || said.contains("\nhint: use '-' for standard input"), "{said}");
    }
}

#[test]
fn a_pipe_of_the_shell_is_read() {
    let issuer = Issuer::http();
    let script =
        format!("unset CATENA_CLIENT_SECRET; catena-token --client-secret-file <(printf %s '{CLIENT_SECRET}')");
    assert!(shell::succeeds("bash", &script, &issuer).starts_with("eyJ"));
    let script = "printf %s \"$CATENA_CLIENT_SECRET\" | CATENA_CLIENT_SECRET= catena-token --client-secret-file -";
    assert!(shell::succeeds("sh", script, &issuer).starts_with("eyJ"));
}

#[test]
fn a_command_prints_the_secret() {
    let issuer = Issuer::http();
    for command in [
        format!("echo {CLIENT_SECRET}"),
        format!("printf '{CLIENT_SECRET}\\r\\n'"),
        // The command has no standard input to wait for.
        format!("cat; echo {CLIENT_SECRET}"),
        // A background process that holds the pipe is not waited for.
        format!("sleep 60 2>/dev/null & echo {CLIENT_SECRET}"),
    ] {
        Tool::without_secret(&issuer).args(["--client-secret-command", &command]).succeeds();
    }
}

#[test]
fn a_commands_stderr_is_ours() {
    let issuer = Issuer::http();
    let command = format!("echo touch the key >&2; echo {CLIENT_SECRET}");
    let (_, said) = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", command).succeeds_saying();
    assert_eq!(said, "touch the key\n");
}

#[test]
fn a_command_that_fails_is_a_missing_secret() {
    let issuer = Issuer::idle();
    for (command, why) in [
        ("exit 7", "the client secret command failed: exit status: 7"),
        ("kill -9 $$", "the client secret command failed: signal: 9 (SIGKILL)"),
        ("echo half; exit 1", "the client secret command failed: exit status: 1"),
        ("true", "cannot read the client secret from its command: it is empty"),
        (
            "echo a; echo b",
            "cannot read the client secret from its command: it contains a line break or another control character",
        ),
        ("yes", "cannot read the client secret from its command: it is longer than 64 KiB"),
    ] {
        let failed = Tool::without_secret(&issuer).args(["--client-secret-command", command]).fails(3);
        assert_eq!(failed.error, why, "{command}");
    }
    let failed = Tool::without_secret(&issuer).args(["--client-secret-command", ""]).fails(3);
    assert_eq!(failed.error, "cannot use --client-secret-command: it is empty");
}

#[test]
fn a_hanging_command_is_killed_at_the_timeout() {
    let issuer = Issuer::idle();
    // With its children: a remaining process would hold our stderr open, and a pipeline would wait for it.
    for command in [
        "exec sleep 60",
        "exec sleep 60 >&-",
        "sleep 60; echo late",
        "(sleep 60; true) | cat",
        "trap '' TERM; while :; do sleep 0.05; done",
    ] {
        let tool = Tool::without_secret(&issuer).args(["--client-secret-command", command, "--timeout", "300ms"]);
        let failed = tool.fails(3);
        assert_eq!(failed.error, "the client secret command timed out (--timeout)");
    }
}

#[test]
fn systemds_credential_is_read_when_nothing_else_is_given() {
    let issuer = Issuer::http();
    let tool = Tool::without_secret(&issuer);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("catena-client-secret"), CLIENT_SECRET).unwrap();
    tool.env("CREDENTIALS_DIRECTORY", directory.path()).succeeds();
    std::fs::write(directory.path().join("catena-client-secret"), "wrong").unwrap();
    Tool::asking(&issuer).env("CREDENTIALS_DIRECTORY", directory.path()).succeeds();
}

#[test]
fn a_command_is_waited_for_though_the_parent_ignores_its_children() {
    let issuer = Issuer::http();
    let script = format!(
        "trap '' CHLD; unset CATENA_CLIENT_SECRET; exec catena-token --client-secret-command 'echo {CLIENT_SECRET}'"
    );
    assert!(shell::succeeds("bash", &script, &issuer).starts_with("eyJ"));
}
