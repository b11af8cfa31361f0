//! `exec` on a terminal: Ctrl-C, Ctrl-Z, `fg`, for both ways to run a command, compared with the same command started
//! by hand.

use std::process::Stdio;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Setup};
use rexpect::session::PtySession;

use crate::support::job::Job;
use crate::support::{plain_command, process, shell, terminal};

/// By hand, in our place, and as a child; and the code of a job that Ctrl-Z stopped. A parent stops after its child,
/// by a signal that cannot be caught.
const WAYS: [(&str, &str); 3] = [("", "148"), ("catena-token exec", "148"), ("catena-token exec --renew", "147")];

/// bash with job control runs `script`, in which `run` is one of these ways.
fn at_a_terminal(issuer: &Issuer, way: &str, script: &str) -> PtySession {
    let exports = format!("export CATENA_CLIENT_SECRET={CLIENT_SECRET} CATENA_NO_CACHE=1 HOME=/nonexistent");
    let quoted = script.replace("run ", &format!("{way} ")).replace('\'', "'\\''");
    terminal::run(issuer, &format!("{exports}; exec bash --norc -c 'set -m; {quoted}'"))
}

fn issuer(way: &str) -> Issuer {
    Issuer::start(Setup { may_be_idle: way.is_empty(), ..Setup::default() })
}

#[test]
fn ctrl_c_ends_the_command_and_the_shell_sees_by_what() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        // bash with job control would end by the signal, too, if it did not handle it.
        let script = "set +m; trap : INT; run sh -c \"echo ready.; read x\"; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_string("code=130.").unwrap();
    }
}

/// Many programs take a second one as "exit at once".
#[test]
fn ctrl_c_reaches_the_command_once() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let command = "bash -c \"trap \\\"echo got.\\\" INT; echo ready.; read x; echo read=\\$x.\"";
        let mut terminal = at_a_terminal(&issuer, way, &format!("trap : INT; run {command}; echo code=$?."));
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_string("got.").unwrap();
        terminal.send_line("on").unwrap();
        let between = terminal.exp_string("read=on.").unwrap();
        assert!(!between.contains("got."), "{way}: {between}");
        terminal.exp_string("code=0.").unwrap();
    }
}

#[test]
fn ctrl_backslash_is_the_commands() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let mut terminal =
            at_a_terminal(&issuer, way, "trap : QUIT; ulimit -c 0; run sh -c \"echo ready.; read x\"; echo code=$?.");
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('\\').unwrap();
        terminal.exp_string("code=131.").unwrap();
    }
}

#[test]
fn ctrl_z_stops_it_and_fg_goes_on() {
    for (way, stopped) in WAYS {
        let issuer = issuer(way);
        let script =
            "run sh -c \"echo ready.; read x; read y; echo read=\\$y.\"; echo stopped=$?.; jobs; fg; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('z').unwrap();
        terminal.exp_string(&format!("stopped={stopped}.")).unwrap();
        terminal.exp_string("Stopped").unwrap();
        // dash may restart or return from an interrupted read; the second line is for the other case.
        terminal.send_line("one").unwrap();
        terminal.send_line("two").unwrap();
        terminal.exp_string("read=two.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}

/// As pagers do, after they cleaned up the screen.
#[test]
fn a_command_that_stops_itself_is_a_stopped_job() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run sh -c \"echo ready.; kill -TSTP \\$\\$; echo on.\"; echo stopped.; fg; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.exp_string("stopped.").unwrap();
        terminal.exp_string("on.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}

/// A SIGSTOP to the command alone only pauses it.
#[test]
fn a_paused_command_is_no_stopped_job() {
    let way = "catena-token exec --renew";
    let issuer = issuer(way);
    let halter = "while ! grep -q \") T \" /proc/$(cat $PID)/stat; do :; done; kill -CONT $(cat $PID)";
    let script = format!(
        "export PID=$(mktemp); ({halter}) 2>/dev/null & \
        run sh -c \"echo \\$\\$ >\\$PID; kill -STOP \\$\\$; echo on.\"; echo code=$?.; rm $PID"
    );
    let mut terminal = at_a_terminal(&issuer, way, &script);
    terminal.exp_string("on.").unwrap();
    terminal.exp_string("code=0.").unwrap();
}

/// Ctrl-Z then stops both.
#[test]
fn a_paused_command_can_be_stopped() {
    let way = "catena-token exec --renew";
    let issuer = issuer(way);
    let halted = "while ! grep -q \") T \" /proc/$(cat $PID)/stat; do :; done; echo halted. >/dev/tty";
    let script = format!(
        "export PID=$(mktemp); ({halted}) & run sh -c \"echo \\$\\$ >\\$PID; kill -STOP \\$\\$; echo on.\"; \
        echo stopped.; fg %2; echo code=$?.; rm $PID"
    );
    let mut terminal = at_a_terminal(&issuer, way, &script);
    terminal.exp_string("halted.").unwrap();
    terminal.send_control('z').unwrap();
    terminal.exp_string("stopped.").unwrap();
    terminal.exp_string("on.").unwrap();
    terminal.exp_string("code=0.").unwrap();
}

/// The whole process group needs the terminal: a background job that reads is stopped, and reads in the foreground.
#[test]
fn a_job_in_the_background_that_reads_is_stopped() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run sh -c \"read x; echo read=\\$x.\" & while ! jobs | grep -q Stopped; do :; done; \
            echo stopped.; fg; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("stopped.").unwrap();
        terminal.send_line("on").unwrap();
        terminal.exp_string("read=on.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}

/// A pager takes over the terminal from both processes.
#[test]
fn a_pager_behind_a_pipe_has_the_terminal() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let pager = "sh -c \"cat; read x </dev/tty; echo read=\\$x.\"";
        let mut terminal = at_a_terminal(&issuer, way, &format!("run echo text. | {pager}; echo code=$?."));
        terminal.exp_string("text.").unwrap();
        terminal.send_line("q").unwrap();
        terminal.exp_string("read=q.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}

/// The signal handling of the prompt ends before the command starts.
#[test]
fn after_a_prompt_ctrl_c_is_the_commands() {
    for (way, _) in &WAYS[1..] {
        let issuer = issuer(way);
        let command = "bash -c \"trap \\\"echo got.\\\" INT; echo ready.; read x; read y; echo read=\\$y.\"";
        let script = format!("unset CATENA_CLIENT_SECRET; trap : INT; run {command}; echo code=$?.; stty -a");
        let mut terminal = at_a_terminal(&issuer, way, &script);
        terminal.exp_string(terminal::PROMPT).unwrap();
        terminal.send_line(CLIENT_SECRET).unwrap();
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_string("got.").unwrap();
        terminal.send_line("one").unwrap();
        terminal.send_line("two").unwrap();
        terminal.exp_string("read=two.").unwrap();
        terminal.exp_string("code=0.").unwrap();
        let state = terminal.exp_eof().unwrap();
        assert!(state.contains(" echo ") && state.contains(" icanon "), "{state}");
    }
}

/// When a terminal closes, the kernel sends SIGHUP to the session leader alone.
#[test]
#[ignore = "needs script"]
fn a_terminal_that_is_closed_ends_the_command() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let mut command = plain_command::command("script");
        let line = format!("exec {way} sh -c 'echo pid=$$; while :; do sleep 1; done'");
        command.args(["-qc", &line, "/dev/null"]).env("PATH", shell::path()).env("SHELL", "/bin/sh");
        command.envs([("CATENA_ISSUER", issuer.url()), ("CATENA_CLIENT_ID", CLIENT_ID.to_owned())]);
        command.envs([("CATENA_CLIENT_SECRET", CLIENT_SECRET), ("CATENA_NO_CACHE", "1")]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut job = Job::of(command);
        let pid = job.line().strip_prefix("pid=").unwrap().to_owned();
        // The terminal closes with the program that holds its other end.
        drop(job);
        process::until_ended(pid);
    }
}

/// `timeout` creates its own process group, which gets no signals of the terminal.
#[test]
fn ctrl_c_reaches_a_command_in_another_group() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run timeout 60 sh -c \"echo ready.; sleep 50\"";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_eof().unwrap();
    }
}

#[test]
fn one_inside_the_other_stops_and_goes_on() {
    let way = "catena-token exec --renew";
    let issuer = issuer(way);
    let script = format!(
        "run env CATENA_CLIENT_SECRET={CLIENT_SECRET} {way} sh -c \"echo ready.; read x; read y; echo read=\\$y.\"; \
        echo stopped.; fg; echo code=$?."
    );
    let mut terminal = at_a_terminal(&issuer, way, &script);
    terminal.exp_string("ready.").unwrap();
    terminal.send_control('z').unwrap();
    terminal.exp_string("stopped.").unwrap();
    terminal.send_line("one").unwrap();
    terminal.send_line("two").unwrap();
    terminal.exp_string("read=two.").unwrap();
    terminal.exp_string("code=0.").unwrap();
}

/// An interactive shell has its own process group, which gets the terminal.
#[test]
fn a_shell_inside_has_jobs_of_its_own() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run env PS1=inner: bash --norc --noprofile -i; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("inner:").unwrap();
        // The word differs from the terminal's echo of the line.
        terminal.send_line("sh -c 'echo rea\"\"dy.; read x; read y; echo read=$y.'").unwrap();
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('z').unwrap();
        terminal.exp_string("Stopped").unwrap();
        terminal.exp_string("inner:").unwrap();
        terminal.send_line("fg").unwrap();
        // The shell prints the job's name when the job has the terminal.
        terminal.exp_string("sh -c").unwrap();
        terminal.send_line("one").unwrap();
        terminal.send_line("two").unwrap();
        terminal.exp_string("read=two.").unwrap();
        terminal.exp_string("inner:").unwrap();
        terminal.send_line("exit 3").unwrap();
        terminal.exp_string("code=3.").unwrap();
    }
}

#[test]
fn a_command_that_ignores_ctrl_z_runs_on() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run bash -c \"trap \\\"echo got.\\\" TSTP; echo ready.; read x; echo read=\\$x.\"; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.send_control('z').unwrap();
        terminal.exp_string("got.").unwrap();
        terminal.send_line("on").unwrap();
        terminal.exp_string("read=on.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}

/// As vim, which reads Ctrl-Z as a key, does.
#[test]
fn a_command_that_stops_its_group_is_a_stopped_job() {
    for (way, _) in WAYS {
        let issuer = issuer(way);
        let script = "run sh -c \"echo ready.; kill -TSTP 0; echo on.\"; echo stopped.; fg; echo code=$?.";
        let mut terminal = at_a_terminal(&issuer, way, script);
        terminal.exp_string("ready.").unwrap();
        terminal.exp_string("stopped.").unwrap();
        terminal.exp_string("on.").unwrap();
        terminal.exp_string("code=0.").unwrap();
    }
}
