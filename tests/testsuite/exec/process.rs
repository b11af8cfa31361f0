//! `exec` and the command's process: pid, descriptors, streams and signals are as if it was started by hand, and it
//! cannot read us.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::Pid;

use crate::support::job::Job;
use crate::support::{Tool, parallel, plain_command, process};

/// Both ways to run a command: in our place, and as a child.
const WAYS: [&[&str]; 2] = [&["exec"], &["exec", "--renew"]];

#[test]
fn the_command_has_our_pid_and_our_parent() {
    let issuer = Issuer::http();
    let cache = tempfile::tempdir().unwrap();
    let child = parallel::command(&issuer, cache.path()).args(["exec", "sh", "-c", "echo $$ $PPID"]).spawn().unwrap();
    let expected = format!("{} {}\n", child.id(), std::process::id());
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), expected);
}

/// The variables of `command`.
fn values(command: &Command) -> impl Iterator<Item = (&OsStr, &OsStr)> {
    command.get_envs().filter_map(|(name, value)| Some((name, value?)))
}

/// Compares descriptors, ignored and blocked signals with those of the same command started by hand.
#[test]
fn nothing_of_ours_stays_in_the_command() {
    let issuer = Issuer::http();
    let cache = tempfile::tempdir().unwrap();
    let tool = env!("CARGO_BIN_EXE_catena-token");
    let state = "ls /proc/$$/fd; grep -E '^(Sig(Blk|Ign|Pnd)|ShdPnd|Groups|Uid|Gid|Umask|NoNewPrivs|Seccomp):' \
        /proc/self/status; ulimit -a";
    // Descriptors of tests that run at the same time are closed. The command must inherit the parent's descriptor 7 and
    // its ignored signals.
    let prepare = "trap '' USR2 HUP XFSZ; for fd in /proc/$$/fd/*; do fd=${fd##*/}; \
        if [ $fd -gt 2 ] && [ $fd -ne 255 ]; then eval \"exec $fd>&-\"; fi; done; exec 7</dev/null; umask 027; \"$@\"";
    let look = |before: &[&str]| {
        let call = parallel::command(&issuer, cache.path());
        // dash would clear the mask.
        let mut by_shell = plain_command::command("bash");
        by_shell.args(["-c", prepare, "bash"]).args(before).args(["bash", "-c", state]);
        by_shell.envs(values(&call)).stdin(Stdio::null());
        let mut blocked = SigSet::empty();
        blocked.add(Signal::SIGUSR1);
        blocked.add(Signal::SIGALRM);
        blocked.thread_block().unwrap();
        let output = by_shell.output().unwrap();
        blocked.thread_unblock().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let by_hand = look(&[]);
    let has = |name: &str, bits: u64| {
        let line = by_hand.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        u64::from_str_radix(line.trim(), 16).unwrap() & bits == bits
    };
    assert!(has("SigIgn:", 0x0100_0801) && has("SigBlk:", 0x2200), "{by_hand}");
    for way in WAYS {
        assert_eq!(look(&[&[tool], way, &["--no-cache"]].concat()), by_hand, "a new token");
        assert_eq!(look(&[&[tool], way].concat()), by_hand, "kept, or not");
        assert_eq!(look(&[&[tool], way].concat()), by_hand, "a kept one");
    }
}

/// Even if the parent ignores SIGPIPE, the command gets the default, as any program that a shell starts.
#[test]
fn a_closed_pipe_ends_the_command() {
    let issuer = Issuer::http();
    for way in WAYS {
        let script = "sh -c 'yes; echo code=$? >&2' | head -n 1";
        let cache = tempfile::tempdir().unwrap();
        let output = parallel::command(&issuer, cache.path()).args(way).args(["sh", "-c", script]).output().unwrap();
        assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"y\n"[..], &b"code=141\n"[..]));
    }
}

#[test]
fn standard_input_is_the_commands_to_the_byte() {
    let issuer = Issuer::http();
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for way in WAYS {
        let secret = format!("printf {CLIENT_SECRET}");
        let tool = Tool::without_secret(&issuer).args(way).args(["--client-secret-command", &secret]);
        let counted = tool.args(["sh", "-c", "cksum"]).stdin(bytes.clone()).succeeds();
        let mut by_hand = Command::new("cksum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        by_hand.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert_eq!(counted.as_bytes(), by_hand.wait_with_output().unwrap().stdout);
    }
}

/// The process with the secret is replaced, and the kernel makes the new one dumpable.
#[test]
fn the_command_can_be_debugged_like_any_other() {
    let issuer = Issuer::http();
    let owners = Tool::asking(&issuer).args(["exec", "sh", "-c", "stat -c %u /proc/$$/environ; id -u"]).succeeds();
    let (owner, own) = owners.split_once('\n').unwrap();
    assert_eq!(owner, own.trim_end());
}

/// The secret is in our memory and environment: the command must not read it there.
#[test]
fn the_command_cannot_read_us() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "stat -c %u /proc/$PPID/environ; if [ \"$(id -u)\" != 0 ]; then cat /proc/$PPID/environ; fi";
    let mut job = Job::start(&issuer, cache.path(), &["exec", "--renew", "sh", "-c", script]);
    assert_eq!(job.line(), "0", "what is not dumpable belongs to root in /proc");
    assert!(!job.end().1.contains(CLIENT_SECRET));
}

/// Root reads everything; another user's processes can read each other, but not us.
#[test]
#[ignore = "needs root, for a user of its own"]
fn the_command_of_a_user_cannot_read_us() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir_in("/tmp").unwrap());
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let tool = home.path().join("catena-token");
    plain_command::copy_tool(&tool);
    let script = "for file in environ mem maps; do cat /proc/$PPID/$file && echo read; done; cat /proc/self/environ";
    let mut command = plain_command::as_nobody(&tool);
    command.args(["exec", "--no-cache", "--renew", "sh", "-c", script]);
    let output = command.envs(values(&parallel::command(&issuer, home.path()))).output().unwrap();
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((said.matches("Permission denied").count(), output.status.code()), (3, Some(0)), "{said}");
    assert!(printed.contains("CATENA_TOKEN=eyJ") && !printed.contains(CLIENT_SECRET), "{printed}");
}

/// A shell that prints `ready`, and the name of each signal. It does not wait in a builtin: a signal that arrives just
/// before that would be handled only afterwards.
const TELLING: &str = "for s in $SIGNALS; do trap \"echo SIG$s\" $s; done; echo ready; \
    while [ -d \"${STOP%/*}\" ] && [ ! -e \"$STOP\" ]; do :; done; exit 5";

fn telling(issuer: &Issuer, cache: &Path, signals: &str, before: &str) -> Job {
    let mut call = parallel::command(issuer, cache);
    call.args(["exec", "--renew", "bash", "-c", TELLING]).env("SIGNALS", signals).env("STOP", cache.join("stop"));
    let mut job = Job::of(parallel::within(&["bash", "-c", &format!("{before} exec \"$@\""), "bash"], &call));
    assert_eq!(job.line(), "ready");
    job
}

fn end_telling(job: Job, cache: &Path) {
    fs::write(cache.join("stop"), "").unwrap();
    let (status, rest, said) = job.end();
    assert_eq!((status.code(), rest.as_str(), said.as_str()), (Some(5), "", ""), "once each");
}

#[test]
fn signals_from_processes_are_forwarded() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let names = "HUP INT QUIT ABRT USR1 USR2 ALRM VTALRM PROF XCPU IO PWR URG WINCH TSTP TERM CONT";
    let mut job = telling(&issuer, cache.path(), names, "");
    for name in names.split(' ').chain(["TERM", "INT"]) {
        let name = format!("SIG{name}");
        job.signal(name.parse().unwrap());
        assert_eq!(job.line(), name);
    }
    end_telling(job, cache.path());
}

/// The command inherits a signal that the parent ignores, as under `nohup`, but may handle it.
#[test]
fn an_ignored_signal_is_for_the_command_too() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    // A shell does not trap a signal that was ignored at its start.
    let mut job = telling(&issuer, cache.path(), "USR1", "trap '' HUP INT;");
    for signal in [Signal::SIGHUP, Signal::SIGINT, Signal::SIGUSR1] {
        job.signal(signal);
    }
    assert_eq!(job.line(), "SIGUSR1");
    end_telling(job, cache.path());
}

/// No shell handles a signal that was ignored at its start; other programs do.
#[test]
fn a_command_may_act_on_a_signal_that_was_ignored() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let own = std::env::current_exe().unwrap();
    for way in WAYS {
        let mut call = parallel::command(&issuer, cache.path());
        call.args(way).arg(&own).args(["--exact", "exec::process::acts_on_a_hangup", "--ignored", "--nocapture"]);
        call.env("ACTS_ON_A_HANGUP", "1");
        let mut job = Job::of(parallel::within(&["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"], &call));
        while !job.line().ends_with("ready") {}
        // The command may be ready before we have seen that it runs.
        process::until_handled(job.pid(), Signal::SIGHUP);
        job.signal(Signal::SIGHUP);
        while !job.line().ends_with("hung up") {}
        assert_eq!(job.end().0.code(), Some(0));
    }
}

#[test]
#[ignore = "is run as a command by another test"]
#[allow(clippy::print_stdout, reason = "it is a command")]
fn acts_on_a_hangup() {
    if std::env::var_os("ACTS_ON_A_HANGUP").is_some() {
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGHUP]).unwrap();
        println!("ready");
        signals.forever().next();
        println!("hung up");
    }
}

/// The kernel does not report the exit of a child to a process that ignores SIGCHLD.
#[test]
fn a_parent_that_ignores_its_children_gets_the_code() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    for words in WAYS {
        let mut call = parallel::command(&issuer, cache.path());
        call.args(words).args(["sh", "-c", "exit 42"]);
        let output = parallel::within(&["env", "--ignore-signal=CHLD"], &call).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(42), &b""[..]));
    }
}

/// A parent that uses signalfd blocks SIGCHLD, and its children inherit that.
#[test]
fn a_parent_that_blocks_sigchld_gets_the_code() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    for words in WAYS {
        let mut call = parallel::command(&issuer, cache.path());
        call.args(words).args(["sh", "-c", "exit 42"]);
        let output = parallel::within(&["env", "--block-signal=CHLD"], &call).output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(42), &b""[..]));
    }
}

/// As `cpulimit` and administrators do.
#[test]
fn a_paused_command() {
    let (issuer, cache) = (Issuer::http(), tempfile::tempdir().unwrap());
    let script = "echo $$; read -r x; exit 5";
    let mut job = Job::start(&issuer, cache.path(), &["exec", "--renew", "sh", "-c", script]);
    let child = Pid::from_raw(job.line().parse().unwrap());
    nix::sys::signal::kill(child, Signal::SIGSTOP).unwrap();
    process::until_stopped(child);
    nix::sys::signal::kill(child, Signal::SIGCONT).unwrap();
    assert_eq!(job.end().0.code(), Some(5));
}
