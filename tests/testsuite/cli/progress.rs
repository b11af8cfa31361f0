//! A wait of more than a second at a terminal: one line that moves, and that is gone when anything else is there.

use std::fs;
use std::net::TcpListener;
use std::time::Duration;

use catena_token_issuer::{CLIENT_SECRET, Issuer, Proxy, ProxyReply, Reply, Setup};
use nix::sys::signal::Signal;
use rexpect::session::PtySession;

use crate::support::black_hole::BlackHole;
use crate::support::parallel::{self, until_asked};
use crate::support::terminal::{self, PROMPT};
use crate::support::wait::until;

/// Behind every line of a wait in a call.
const LIMIT: &str = r"\(times out in \d+s\)";

const SLOW: Duration = Duration::from_millis(1_500);

/// A script with the secret, at a terminal that can erase a line.
fn run(issuer: &Issuer, script: &str) -> PtySession {
    run_as("xterm", issuer, script)
}

fn run_as(kind: &str, issuer: &Issuer, script: &str) -> PtySession {
    let settings = format!("export CATENA_CLIENT_SECRET={CLIENT_SECRET} HOME=/nonexistent CATENA_NO_CACHE=1");
    terminal::run_as(kind, issuer, &format!("{settings}; {script}"))
}

fn hanging() -> Issuer {
    Issuer::start(Setup { replies: vec![Reply::Hang], ..Setup::default() })
}

fn slow() -> Issuer {
    Issuer::start(Setup { delay: SLOW, ..Setup::default() })
}

/// Waits for two lines with `words` and returns their time, and all that was written until then.
fn two_lines(terminal: &mut PtySession, words: &str) -> (String, String, String) {
    let (before, first) = terminal.exp_regex(words).unwrap();
    let (between, second) = terminal.exp_regex(words).unwrap();
    (format!("{before}{first}{between}{second}"), first, second)
}

/// What a terminal shows of this.
fn shown(written: &str) -> Vec<String> {
    let (mut lines, mut line, mut column) = (Vec::new(), Vec::new(), 0);
    let mut rest = written.chars();
    while let Some(character) = rest.next() {
        match character {
            '\r' => column = 0,
            '\n' => lines.push(std::mem::take(&mut line).iter().collect::<String>().trim_end().to_owned()),
            '\x1b' => {
                assert_eq!(rest.by_ref().take(2).collect::<String>(), "[K");
                line.truncate(column);
            }
            character => {
                line.resize(line.len().max(column + 1), ' ');
                line[column] = character;
                column += 1;
            }
        }
    }
    lines.push(line.iter().collect());
    lines
}

#[test]
fn a_wait_is_seen_and_moves_and_an_error_leaves_no_trace_of_it() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "catena-token --retries 0 --timeout 4s; echo code=$?");
    let words = format!("\rcatena-token: waiting for localhost {LIMIT}");
    let (written, first, second) = two_lines(&mut terminal, &words);
    assert_ne!(first, second);
    let lines = shown(&(written + &terminal.exp_eof().unwrap()));
    assert!(lines[0].starts_with("catena-token: error: cannot get a token: timed out after 4s"), "{lines:?}");
    assert_eq!((lines[2].as_str(), lines.len()), ("code=5", 4), "{lines:?}");
}

#[test]
fn a_result_stands_on_a_clean_line() {
    let issuer = slow();
    let mut terminal = run(&issuer, "catena-token; echo code=$?");
    let (written, line) = terminal.exp_regex(LIMIT).unwrap();
    let lines = shown(&(written + &line + &terminal.exp_eof().unwrap()));
    assert!(lines[0].starts_with("eyJ"), "{lines:?}");
    assert_eq!((lines[1].as_str(), lines.len()), ("code=0", 3), "{lines:?}");
}

#[test]
fn nothing_is_shown_to_nobody() {
    let call = "catena-token --retries 0 --timeout 1500ms";
    let calls = [
        ("xterm", format!("{call} -q")),
        ("xterm", format!("{call} -v")),
        ("xterm", format!("{call} 2>&1 | cat")),
        ("xterm", format!("file=$(mktemp); {call} 2>$file; cat $file; rm $file")),
        ("xterm", format!("exec bash --norc -c 'set -m; {call} & wait'")),
        ("xterm", format!("{call} -q doctor >/dev/null")),
        ("xterm", format!("unset TERM; {call}")),
        ("dumb", call.to_owned()),
    ];
    let calls = calls.map(|(kind, script)| {
        let issuer = hanging();
        let terminal = run_as(kind, &issuer, &script);
        (script, issuer, terminal)
    });
    for (script, _issuer, mut terminal) in calls {
        let written = terminal.exp_eof().unwrap();
        assert!(!written.contains("times out in") && !written.contains('\x1b'), "{script}: {written}");
    }
}

#[test]
fn a_fast_call_writes_nothing() {
    let issuer = Issuer::http();
    let written = run(&issuer, "catena-token >/dev/null; echo code=$?").exp_eof().unwrap();
    assert_eq!(written, "code=0\r\n");
}

#[test]
fn ctrl_c_leaves_a_clean_line_and_ends_by_the_signal() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "trap : INT; catena-token; echo code=$?");
    let (written, line) = terminal.exp_regex(LIMIT).unwrap();
    terminal.send_control('c').unwrap();
    let lines = shown(&(written + &line + &terminal.exp_eof().unwrap()));
    assert_eq!(lines, ["code=130", ""]);
}

#[test]
fn ctrl_z_leaves_a_clean_line_and_fg_shows_the_wait_again() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "exec bash --norc -c 'set -m; catena-token; echo stopped.; fg; echo code=$?'");
    let (mut written, line) = terminal.exp_regex(LIMIT).unwrap();
    terminal.send_control('z').unwrap();
    written += &(line + &terminal.exp_string("stopped.").unwrap());
    assert!(!shown(&written).concat().contains("times out"), "{written:?}");
    terminal.exp_regex(LIMIT).unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_eof().unwrap();
}

#[test]
fn after_a_prompt_it_is_the_same() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "unset CATENA_CLIENT_SECRET; trap : INT; catena-token; echo code=$?");
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_line(CLIENT_SECRET).unwrap();
    let (written, line) = terminal.exp_regex(LIMIT).unwrap();
    terminal.send_control('c').unwrap();
    let lines = shown(&(written + &line + &terminal.exp_eof().unwrap()));
    assert_eq!(lines, ["", "code=130", ""]);
}

/// The line of the first wait is gone before the second secret's command, which has the terminal.
#[test]
fn another_process_is_named_and_a_secret_command_has_the_terminal() {
    let issuer = Issuer::start(Setup { replies: vec![Reply::Hang, Reply::Keycloak], ..Setup::default() });
    let cache = tempfile::tempdir().unwrap();
    let mut first = parallel::command(&issuer, cache.path()).spawn().unwrap();
    until_asked(&issuer, 1);
    let command = format!("printf touch >/dev/tty; read x </dev/tty; echo {CLIENT_SECRET}");
    let script = format!(
        "unset CATENA_CLIENT_SECRET CATENA_NO_CACHE; export CATENA_CACHE_DIR={}; \
        catena-token --client-secret-command '{command}' >/dev/null; echo code=$?",
        cache.path().display()
    );
    let mut terminal = run(&issuer, &script);
    let words = format!("\rcatena-token: waiting for another process's request {LIMIT}");
    let (written, earlier, later) = two_lines(&mut terminal, &words);
    assert_ne!(earlier, later);
    parallel::signal(&first, Signal::SIGKILL);
    first.wait().unwrap();
    let written = written + &terminal.exp_string("touch").unwrap();
    assert_eq!(shown(&written), [""]);
    terminal.send_line("").unwrap();
    let written = terminal.exp_string("code=0").unwrap();
    assert_eq!(shown(&written), ["", ""]);
}

#[test]
fn retry_after_is_counted_down() {
    let limited = Reply::http(503, "text/plain", "later").header("Retry-After", "4");
    let issuer = Issuer::start(Setup { replies: vec![limited, Reply::Keycloak], ..Setup::default() });
    let mut terminal = run(&issuer, "catena-token >/dev/null; echo code=$?");
    let words = format!(r"the server requested a delay, retrying in \ds {LIMIT}");
    let (written, first, second) = two_lines(&mut terminal, &words);
    let seconds = |line: &str| line.split(['s', ' ']).find_map(|word| word.parse::<u32>().ok());
    assert!(seconds(&first) > seconds(&second), "{first} {second}");
    assert_eq!(shown(&(written + &terminal.exp_eof().unwrap())), ["code=0", ""]);
}

#[test]
fn each_step_of_a_connection_has_its_words() {
    let issuer = Issuer::idle();
    let (closed, silent) = (BlackHole::open(), TcpListener::bind("127.0.0.1:0").unwrap());
    let (silent, proxy) = (silent.local_addr().unwrap(), Proxy::start_tls(ProxyReply::Hang));
    let authority = tempfile::NamedTempFile::new().unwrap();
    fs::write(authority.path(), proxy.trusted_pem()).unwrap();
    for (options, words) in [
        (format!("--issuer http://{}/realms/a", closed.address()), format!("connecting to {}", closed.address())),
        (format!("--issuer https://{silent}/realms/a"), "TLS handshake with 127.0.0.1".to_owned()),
        (
            format!("--issuer https://id.example.com/realms/a --proxy https://localhost:{}", proxy.address().port()),
            format!("waiting for the proxy https://localhost:{}", proxy.address().port()),
        ),
    ] {
        let call = format!("catena-token {options} --ca-cert {}", authority.path().display());
        let mut terminal = run(&issuer, &format!("trap : INT; {call}; echo code=$?"));
        terminal.exp_string(&format!("\rcatena-token: {words} (times out in ")).unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_string("code=130").unwrap();
    }
}

#[test]
fn a_narrow_terminal_cuts_the_line() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "stty cols 20; trap : INT; catena-token; echo code=$?");
    terminal.exp_string("\rcatena-token: wai\x1b[K").unwrap();
    terminal.exp_string("\rcatena-token: wai\x1b[K").unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("code=130").unwrap();
}

#[test]
fn a_command_finds_a_clean_line() {
    for way in ["exec", "exec --renew"] {
        let issuer = slow();
        let mut terminal = run(&issuer, &format!("catena-token {way} echo out.; echo code=$?"));
        let (written, line) = terminal.exp_regex(LIMIT).unwrap();
        let lines = shown(&(written + &line + &terminal.exp_eof().unwrap()));
        assert_eq!(lines, ["out.", "code=0", ""], "{way}");
    }
}

#[test]
fn a_report_has_nothing_between_its_lines() {
    let issuer = hanging();
    let mut terminal = run(&issuer, "catena-token doctor --timeout 2s; echo code=$?");
    let (written, line) = terminal.exp_regex(LIMIT).unwrap();
    let lines = shown(&(written + &line + &terminal.exp_eof().unwrap()));
    assert!(lines.iter().all(|line| !line.contains("times out in")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("failed") && line.ends_with("request")), "{lines:?}");
}

/// Its signal handler is its own, and no later renewal is seen.
#[test]
fn a_renewal_is_seen_until_the_first_token() {
    let busy = Reply::http(503, "text/plain", "later");
    let replies = vec![busy, Reply::Keycloak];
    let issuer = Issuer::start(Setup { delay: SLOW, replies, ..Setup::default() });
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("token");
    let script = format!("sh -c 'echo pid=$$.; exec catena-token renew --retries 0 --token-file {}'", file.display());
    let mut terminal = run(&issuer, &format!("trap : INT; {script}; echo code=$?"));
    terminal.exp_string("pid=").unwrap();
    let pid = terminal.exp_string(".").unwrap();
    let (mut written, line) = terminal.exp_regex(LIMIT).unwrap();
    written += &line;
    until(|| file.exists());
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.parse().unwrap()), Signal::SIGHUP).unwrap();
    until_asked(&issuer, 3);
    let first = fs::read(&file).unwrap();
    until(|| fs::read(&file).unwrap() != first);
    terminal.send_control('c').unwrap();
    written += &terminal.exp_string("code=0").unwrap();
    assert!(written.contains("\rcatena-token: retrying in 1s\x1b[K"), "{written:?}");
    // The first connection is made in the first second, and the third is that of the later renewal.
    assert_eq!(written.matches("connecting to localhost").count(), 1, "{written:?}");
    let lines = shown(&written);
    assert!(lines[2].starts_with("catena-token: the token in '"), "{lines:?}");
    assert_eq!((lines.len(), lines[3].as_str()), (4, "^C"), "{lines:?}");
}
