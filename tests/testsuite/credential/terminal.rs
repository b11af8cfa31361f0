//! The prompt on a real pty: its echo, and the terminal after a signal.

use std::io::Write as _;
use std::process::{Command, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Setup};
use rexpect::session::PtySession;

use crate::support::terminal::{PROMPT, enter, run as on_a_terminal};
use crate::support::wait::until;
use crate::support::{plain_command, process};

fn assert_echoes(terminal: &mut PtySession) {
    let state = terminal.exp_eof().unwrap();
    for flag in ["echo", "icanon", "isig"] {
        let on = state.split_whitespace().any(|word| word.trim_end_matches(';') == flag);
        assert!(on, "{flag} is off: {state}");
    }
}

#[test]
fn the_prompt_appears_once_without_echo() {
    let issuer = Issuer::http();
    let mut terminal =
        on_a_terminal(&issuer, "token=$(catena-token); echo \"code=$?\"; echo \"token=$token\"; stty -a");
    enter(&mut terminal, CLIENT_SECRET);
    terminal.exp_string("token=eyJ").unwrap();
    assert_echoes(&mut terminal);
}

#[test]
fn the_time_that_a_person_takes_does_not_count() {
    let issuer = Issuer::http();
    let mut terminal = on_a_terminal(&issuer, "catena-token --timeout 400ms; echo \"code=$?\"");
    terminal.exp_string(PROMPT).unwrap();
    // Not a wait for an event: the person is slower than the timeout.
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.exp_string("code=0").unwrap();
}

#[test]
fn an_empty_answer_is_no_secret() {
    let issuer = Issuer::idle();
    let mut terminal = on_a_terminal(&issuer, "catena-token; echo \"code=$?\"");
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_line("").unwrap();
    terminal.exp_string("cannot read the client secret from the terminal: it is empty").unwrap();
    terminal.exp_string("code=3").unwrap();
}

#[test]
fn ctrl_c_at_the_prompt_ends_by_the_signal_and_the_terminal_echoes_again() {
    let issuer = Issuer::idle();
    // The signal also reaches the shell.
    let mut terminal = on_a_terminal(&issuer, "trap : INT; catena-token; echo \"code=$?\"; stty -a");
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("code=130").unwrap();
    assert_echoes(&mut terminal);
}

#[test]
fn a_signal_at_the_prompt_ends_the_call_and_the_terminal_echoes_again() {
    let issuer = Issuer::idle();
    let script = "ulimit -c 0; sh -c 'echo pid=$$.; exec catena-token'; echo \"code=$?\"; stty -a";
    for (signal, code) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130), ("-QUIT", 131)] {
        let mut terminal = on_a_terminal(&issuer, script);
        terminal.exp_string("pid=").unwrap();
        let pid = terminal.exp_string(".").unwrap();
        terminal.exp_string(PROMPT).unwrap();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        terminal.exp_string(&format!("code={code}")).unwrap();
        assert_echoes(&mut terminal);
    }
}

#[test]
fn a_secret_that_is_typed_at_once_is_not_echoed() {
    let issuer = Issuer::http();
    for _ in 0..20 {
        let mut terminal = on_a_terminal(&issuer, "catena-token >/dev/null; echo \"code=$?\"");
        terminal.exp_string("Client").unwrap();
        terminal.send_line(CLIENT_SECRET).unwrap();
        let shown = terminal.exp_string("code=0").unwrap();
        assert!(!shown.contains(CLIENT_SECRET), "{shown}");
    }
}

#[test]
fn a_resumed_call_prompts_again_without_echo() {
    let issuer = Issuer::http();
    let script = "sh -c 'echo pid=$$.; exec catena-token >/dev/null'; echo \"code=$?\"; stty -a";
    for stop in ["-TSTP", "-STOP"] {
        let mut terminal = on_a_terminal(&issuer, script);
        terminal.exp_string("pid=").unwrap();
        let pid = terminal.exp_string(".").unwrap();
        terminal.exp_string(PROMPT).unwrap();
        let kill = |signal: &str| assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        kill(stop);
        process::until_stopped(&pid);
        kill("-CONT");
        enter(&mut terminal, CLIENT_SECRET);
        assert_echoes(&mut terminal);
    }
}

#[test]
fn ctrl_z_at_the_prompt_gives_the_shell_its_terminal_and_fg_prompts_again() {
    let issuer = Issuer::http();
    let script = "exec bash -c 'set -m; catena-token >/dev/null; stty -a; echo stopped.; fg; echo code=$?; stty -a'";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string(PROMPT).unwrap();
    terminal.send("half a sec").unwrap();
    terminal.send_control('z').unwrap();
    let state = terminal.exp_string("stopped.").unwrap();
    assert!(state.contains(" echo ") && state.contains(" icanon "), "{state}");
    enter(&mut terminal, CLIENT_SECRET);
    assert_echoes(&mut terminal);
}

#[test]
fn a_prompt_in_the_background_is_seen_once_and_in_front() {
    let issuer = Issuer::http();
    let stopped = "while ! jobs -s | grep -q .; do :; done; echo stopped.";
    let script = format!("exec bash -c 'set -m; catena-token >/dev/null & {stopped}; fg; echo code=$?'");
    for _ in 0..5 {
        let mut terminal = on_a_terminal(&issuer, &script);
        let before = terminal.exp_string("stopped.").unwrap();
        assert!(!before.contains(PROMPT), "{before}");
        let shown = enter(&mut terminal, CLIENT_SECRET);
        assert!(!shown.contains(PROMPT), "{shown}");
    }
}

/// With job control, as in an interactive shell, a signal ends a background job like any other.
#[test]
fn a_signal_ends_a_prompt_in_the_background() {
    let issuer = Issuer::idle();
    let stopped = "while ! jobs -s | grep -q .; do :; done;";
    for (start, stops) in [
        ("catena-token &", false),
        (&*format!("catena-token & {stopped}"), false),
        ("catena-token;", true),
        (&*format!("catena-token; bg; {stopped}"), true),
    ] {
        let script = format!(
            "exec bash -c 'set -m; {start} kill %1; while kill -0 %1 2>/dev/null; do :; done; wait %1; echo code=$?; stty -a'"
        );
        let mut terminal = on_a_terminal(&issuer, &script);
        if stops {
            terminal.exp_string(PROMPT).unwrap();
            terminal.send_control('z').unwrap();
        }
        terminal.exp_string("code=143").unwrap();
        assert_echoes(&mut terminal);
    }
}

#[test]
fn a_signal_that_the_parent_ignores_stays_ignored() {
    let issuer = Issuer::http();
    let script = "trap '' HUP; sh -c 'echo pid=$$.; exec catena-token >/dev/null'; echo \"code=$?\"";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string("pid=").unwrap();
    let pid = terminal.exp_string(".").unwrap();
    terminal.exp_string(PROMPT).unwrap();
    assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.exp_string("code=0").unwrap();
}

#[test]
fn typing_on_standard_input_has_no_timeout() {
    let issuer = Issuer::http();
    let script = "echo ready.; catena-token --timeout 300ms --client-secret-file - >/dev/null; echo \"code=$?\"";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string("ready.").unwrap();
    // Not a wait for an event: the person is slower than the timeout.
    std::thread::sleep(std::time::Duration::from_millis(600));
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.send_control('d').unwrap();
    terminal.exp_string("code=0").unwrap();
}

#[test]
fn invalid_secrets_are_refused_and_not_repaired() {
    let issuer = Issuer::idle();
    for (typed, why) in [
        (&b"ab\xff cd\n"[..], "it is not UTF-8"),
        (b"ab\x1b[Ccd\n", "it contains a line break or another control character"),
    ] {
        let mut terminal = on_a_terminal(&issuer, "catena-token; echo \"code=$?\"");
        terminal.exp_string(PROMPT).unwrap();
        terminal.process().get_file_handle().unwrap().write_all(typed).unwrap();
        terminal.exp_string(why).unwrap();
        terminal.exp_string("code=3").unwrap();
    }
}

#[test]
fn ctrl_c_after_the_prompt_still_ends_the_call() {
    let issuer = Issuer::start(Setup { replies: vec![catena_token_issuer::Reply::Hang], ..Setup::default() });
    let mut terminal = on_a_terminal(&issuer, "trap : INT; catena-token -v; echo \"code=$?\"");
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.exp_string("connected to").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("code=130").unwrap();
}

#[test]
fn everything_else_is_checked_before_the_prompt() {
    let issuer = Issuer::idle();
    let mut terminal = on_a_terminal(&issuer, "catena-token --scope 'a\"b'; echo \"code=$?\"");
    let shown = terminal.exp_string("code=2").unwrap();
    assert!(!shown.contains(PROMPT), "{shown}");
}

#[test]
fn a_secret_command_can_prompt_on_the_terminal() {
    let issuer = Issuer::http();
    let script =
        "catena-token --client-secret-command 'printf touch >/dev/tty; read s </dev/tty; echo $s'; echo \"code=$?\"";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string("touch").unwrap();
    terminal.send_line(CLIENT_SECRET).unwrap();
    terminal.exp_string("code=0").unwrap();
}

/// `setsid` starts it in a new session, which has no terminal, as cron and CI do.
#[test]
fn without_a_terminal_the_error_names_every_source() {
    let issuer = Issuer::idle();
    for (variable, state) in [
        (None, "none was given"),
        (Some(("CATENA_CLIENT_SECRET", "")), "CATENA_CLIENT_SECRET is set but empty"),
        (Some(("CREDENTIALS_DIRECTORY", "/nonexistent")), "CREDENTIALS_DIRECTORY contains no 'catena-client-secret'"),
    ] {
        let mut command = plain_command::command("setsid");
        command.arg("--wait").arg(env!("CARGO_BIN_EXE_catena-token")).stdin(Stdio::null());
        command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID).env("PATH", "/usr/bin:/bin");
        command.envs(variable);
        let output = command.output().unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b""[..]));
        let said = String::from_utf8_lossy(&output.stderr);
        let error =
            format!("catena-token: error: no client secret: {state}, and there is no terminal to prompt on\nhint: ");
        assert!(said.starts_with(&error), "{said}");
        for way in [
            "--client-secret-file",
            "--client-secret-command",
            "CATENA_CLIENT_SECRET_FILE",
            "CATENA_CLIENT_SECRET_COMMAND",
            "CATENA_CLIENT_SECRET,",
            "'catena-client-secret'",
        ] {
            assert!(said.contains(way), "{way}: {said}");
        }
    }
}

#[test]
fn clear_says_on_a_terminal_what_it_did() {
    let issuer = Issuer::idle();
    let cache = tempfile::tempdir().unwrap();
    let clear = format!("catena-token --cache-dir {} cache clear", cache.path().display());
    let mut terminal = on_a_terminal(&issuer, &format!("{clear}; {clear} -q; echo \"code=$?\""));
    let shown = terminal.exp_string("code=0").unwrap();
    assert_eq!(shown, "catena-token: tokens removed: 0, keys forgotten: 0\r\n");
}

#[test]
fn signals_end_a_call_that_waits() {
    for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
        let issuer = Issuer::start(Setup { replies: vec![catena_token_issuer::Reply::Hang], ..Setup::default() });
        let mut command = plain_command::command(env!("CARGO_BIN_EXE_catena-token"));
        command.env("CATENA_ISSUER", issuer.url()).env("CATENA_CLIENT_ID", CLIENT_ID);
        let mut child = command.env("CATENA_CLIENT_SECRET", CLIENT_SECRET).spawn().unwrap();
        until(|| !issuer.requests().is_empty());
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(number));
    }
}
