//! `exec`: a command that cannot tell that it was not started by hand, with a token in its environment.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

use catena_token_issuer::{CLIENT_SECRET, Issuer, Reply, Setup};
use nix::sys::signal::{SigSet, Signal};

use crate::support::Tool;
use crate::support::many;

/// Both ways to run a command: in our place, and beside us.
const WAYS: [&[&str]; 2] = [&["exec"], &["exec", "--renew"]];

fn idle() -> Issuer {
    Issuer::start(Setup { may_be_idle: true, ..Setup::default() })
}

fn run(issuer: &Issuer, way: &[&str], words: &[&str]) -> Output {
    let cache = tempfile::tempdir().unwrap();
    many::command(issuer, cache.path()).args(way).args(words).output().unwrap()
}

/// What a command that succeeds without a word prints.
fn prints(issuer: &Issuer, way: &[&str], words: &[&str]) -> String {
    let output = run(issuer, way, words);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_token_is_in_the_environment_and_the_secret_is_not() {
    let issuer = Issuer::http();
    for way in WAYS {
        let cache = tempfile::tempdir().unwrap();
        let token = Tool::asking(&issuer).keeping_in(cache.path()).succeeds();
        let printed = Tool::asking(&issuer)
            .keeping_in(cache.path())
            .env("CATENA_TOKEN", "stale")
            .env("CREDENTIALS_DIRECTORY", "/nonexistent")
            .env("OTHER", OsStr::from_bytes(b"\xff="))
            .args(way)
            .args(["--", "sh", "-c", "env | sed 's/\\xff/octet/'"])
            .succeeds();
        let has = |line: &str| printed.lines().any(|own| own == line);
        assert!(has(&format!("CATENA_TOKEN={}", token.trim_end())), "{printed}");
        assert!(has("CATENA_CLIENT_ID=acme") && has("CREDENTIALS_DIRECTORY=/nonexistent") && has("OTHER=octet="));
        assert!(has(&format!("CATENA_ISSUER={}", issuer.url())));
        assert!(!printed.contains("CATENA_CLIENT_SECRET") && !printed.contains(CLIENT_SECRET), "{printed}");
        assert_eq!(printed.contains("CATENA_TOKEN_FILE="), way.len() > 1);
    }
}

/// The way to a secret is taken out, too, whichever it was.
#[test]
fn every_variable_of_the_secret_is_taken_out() {
    let issuer = Issuer::http();
    let command = format!("echo {CLIENT_SECRET}");
    for way in WAYS {
        let by_command = Tool::without_secret(&issuer).env("CATENA_CLIENT_SECRET_COMMAND", &command);
        for tool in [by_command, Tool::without_secret(&issuer).secret_file(CLIENT_SECRET)] {
            let printed = tool.args(way).arg("env").succeeds();
            assert!(!printed.contains("CATENA_CLIENT_SECRET"), "{printed}");
        }
    }
}

#[test]
fn the_variable_has_the_name_that_was_asked_for() {
    let issuer = Issuer::http();
    for way in WAYS {
        let script = "echo \"$API_TOKEN\"; echo \"${CATENA_TOKEN-none}\"";
        let printed = Tool::asking(&issuer).args(way).args(["--env-name", "API_TOKEN", "sh", "-c", script]).succeeds();
        assert!(printed.starts_with("eyJ") && printed.ends_with("\nnone\n"), "{printed}");
    }
    for name in ["2A", "A-B", "", "A=B"] {
        let said = Tool::asking(&idle()).args(["exec", "--env-name", name, "true"]).refused_by_clap();
        assert!(said.contains("a variable's name consists of"), "{said}");
    }
}

#[test]
fn words_are_bytes_and_handed_on_as_they_are() {
    let issuer = Issuer::http();
    for way in WAYS {
        for dashes in [&["--"][..], &[]] {
            let mut command = many::command(&issuer, tempfile::tempdir().unwrap().path());
            command.args(way).args(dashes).args(["printf", "%s|", "-v", "", "--", "--json", "a b", "exec"]);
            let output = command.arg(OsStr::from_bytes(b"\xff\xfe")).output().unwrap();
            assert_eq!(output.stdout, b"-v||--|--json|a b|exec|\xff\xfe|", "{output:?}");
        }
    }
}

#[test]
fn options_may_stand_before_the_name() {
    let issuer = Issuer::http();
    let printed = Tool::asking(&issuer).args(["--no-cache", "--min-ttl", "1m", "exec", "--", "echo", "cache", "list"]);
    assert_eq!(printed.succeeds(), "cache list\n");
    Tool::asking(&idle()).args(["--json", "exec", "true"]).refused_by_clap();
}

#[test]
fn without_a_command_it_is_a_usage_error() {
    for arguments in [&["exec"][..], &["exec", "-v"], &["exec", "--"], &["exec", "--token-file", "/tmp/x", "true"]] {
        assert!(Tool::asking(&idle()).args(arguments).refused_by_clap().contains("Usage: catena-token exec"));
    }
}

#[test]
fn the_command_has_our_pid_and_our_parent() {
    let issuer = Issuer::http();
    let cache = tempfile::tempdir().unwrap();
    let child = many::command(&issuer, cache.path()).args(["exec", "sh", "-c", "echo $$ $PPID"]).spawn().unwrap();
    let expected = format!("{} {}\n", child.id(), std::process::id());
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), expected);
}

/// Descriptors, ignored and blocked signals, compared with those of the same command started by hand.
#[test]
fn nothing_of_ours_stays_in_the_command() {
    let issuer = Issuer::http();
    let cache = tempfile::tempdir().unwrap();
    let tool = env!("CARGO_BIN_EXE_catena-token");
    let state = "ls /proc/$$/fd; grep -E '^(Sig(Blk|Ign|Pnd)|ShdPnd|Groups|Uid|Gid|Umask|NoNewPrivs|Seccomp):' \
        /proc/$$/status; ulimit -a";
    // A descriptor and ignored signals of the parent's are the command's, too.
    let prepare = "trap '' USR2 HUP XFSZ; exec 7</dev/null; umask 027; \"$@\"";
    let look = |before: &[&str]| {
        let mut blocked = SigSet::empty();
        blocked.add(Signal::SIGUSR1);
        blocked.add(Signal::SIGALRM);
        blocked.thread_block().unwrap();
        let command = many::command(&issuer, cache.path());
        // dash would clear the mask.
        let mut by_shell = Command::new("bash");
        by_shell.args(["-c", prepare, "bash"]).args(before).args(["bash", "-c", state]).env_clear();
        by_shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        by_shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
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

/// A parent may have SIGPIPE ignored; the command gets the default, as any program that is started by a shell.
#[test]
fn a_closed_pipe_ends_the_command() {
    let issuer = Issuer::http();
    for way in WAYS {
        let script = "sh -c 'yes; echo code=$? >&2' | head -n 1";
        let output = run(&issuer, way, &["sh", "-c", script]);
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

#[test]
fn two_cannot_have_the_standard_input() {
    for way in WAYS {
        for tool in [
            Tool::without_secret(&idle()).args(way).args(["--client-secret-file", "-", "cat"]),
            Tool::without_secret(&idle()).env("CATENA_CLIENT_SECRET_FILE", "-").args(way).arg("cat"),
        ] {
            let failed = tool.stdin(CLIENT_SECRET).fails(2);
            assert!(failed.error.starts_with("two want the standard input: "), "{}", failed.error);
            assert!(failed.hint.contains("another way"), "{}", failed.hint);
        }
    }
}

#[test]
fn the_code_is_the_commands_own() {
    let issuer = Issuer::http();
    for way in WAYS {
        for code in [0, 1, 3, 42, 125, 255] {
            let output = run(&issuer, way, &["sh", "-c", &format!("exit {code}")]);
            assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(code), &b""[..]));
        }
        for signal in [1, 2, 9, 11, 15] {
            let output = run(&issuer, way, &["sh", "-c", &format!("kill -{signal} $$")]);
            assert_eq!(output.status.signal(), Some(signal), "{output:?}");
        }
    }
}

#[test]
fn a_command_that_is_not_there_or_cannot_be_run() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str, mode| {
        let path = home.path().join(name);
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let plain = file("plain", "echo never\n", 0o600);
    let orphan = file("orphan", "#!/nonexistent/interpreter\n", 0o700);
    for way in WAYS {
        for (words, code, why, hint) in [
            (&["no-such-command"][..], 127, "`no-such-command`: it was not found", "have its directory in PATH"),
            (&["/no/such/command"], 127, "it was not found", ""),
            (&[""], 127, "it was not found", ""),
            (&["true && true"], 127, "it was not found", "exec -- sh -c '...'"),
            (&[plain.as_str()], 126, "permission denied", "chmod +x"),
            (&[orphan.as_str()], 126, "names an interpreter or a loader that is not there", ""),
            (&["/tmp"], 126, "it is a directory", ""),
        ] {
            let failed = Tool::asking(&issuer).args(way).arg("--").args(words).fails(code);
            assert!(failed.error.starts_with("cannot run `") && failed.error.ends_with(why), "{}", failed.error);
            assert!(failed.hint.contains(hint), "{}", failed.hint);
        }
    }
}

/// As a shell does, and not every way to start a program.
#[test]
fn a_script_without_an_interpreter_is_run_by_a_shell() {
    let issuer = Issuer::http();
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("script");
    std::fs::write(&script, "echo \"$1: ${CATENA_TOKEN%%[!e]*}\"; exit 9\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    for way in WAYS {
        let output = run(&issuer, way, &[script.to_str().unwrap(), "one"]);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(9), &b"one: e\n"[..]), "{output:?}");
    }
}

#[test]
fn without_a_token_the_command_is_not_started() {
    let refusing = Issuer::http();
    let (idle, failing) = (idle(), Setup { replies: vec![Reply::http(503, "text/plain", "")], ..Setup::default() });
    let failing = Issuer::start(failing);
    for way in WAYS {
        for (tool, why) in [
            (Tool::asking(&refusing).env("CATENA_CLIENT_SECRET", "not-the-secret"), "no token: the server refused"),
            (Tool::asking(&failing).args(["--retries", "0"]), "HTTP 503"),
            (Tool::asking(&idle).unset("CATENA_CLIENT_ID"), "no client id"),
            (Tool::asking(&idle).env("CATENA_TIMEOUT", "soon"), "CATENA_TIMEOUT cannot be used"),
            (Tool::asking(&idle).env("CATENA_CLIENT_SECRET", "a\nb"), "CATENA_CLIENT_SECRET cannot be used"),
            (Tool::asking(&refusing).args(["--min-ttl", "1h"]), "--min-ttl asks for 1h"),
        ] {
            let failed = tool.args(way).args(["sh", "-c", "echo started"]).fails(125);
            assert!(failed.error.contains(why), "{}", failed.error);
        }
    }
}

#[test]
fn verbose_says_how_long_the_token_lives() {
    let (_, said) = Tool::asking(&Issuer::http()).args(["exec", "-v", "true", "an argument"]).succeeds_saying();
    assert!(said.contains("catena-token: starting `true`: its token lives 4m 59s"), "{said}");
    assert!(!said.contains("an argument"), "{said}");
}

/// The process that had the secret is gone, and a new one is made dumpable by the kernel.
#[test]
fn the_command_can_be_debugged_like_any_other() {
    let issuer = Issuer::http();
    let owner = prints(&issuer, &["exec"], &["sh", "-c", "stat -c %u /proc/$$/environ; id -u"]);
    let (owner, own) = owner.split_once('\n').unwrap();
    assert_eq!(owner, own.trim_end());
}
