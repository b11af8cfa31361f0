//! Text typed or pasted at the prompt: what is accepted, and what must not reach the shell.

use std::io::Write as _;

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use rexpect::session::PtySession;

use crate::support::terminal::{PROMPT, enter, run as on_a_terminal};

/// The prompt refuses the line, and the shell reads nothing of it.
fn assert_refused(issuer: &Issuer, typed: &str, why: &str) {
    let script = "exec bash -c 'catena-token; echo code=$?; read -t 0 && echo left.; echo end.'";
    let mut terminal = on_a_terminal(issuer, script);
    terminal.exp_string(PROMPT).unwrap();
    paste(&mut terminal, &format!("{typed}\n"));
    terminal.exp_string(why).unwrap();
    terminal.exp_string("code=3").unwrap();
    let after = terminal.exp_string("end.").unwrap();
    assert!(!after.contains("left."), "the shell can read the rest: {after}");
}

fn paste(terminal: &mut PtySession, text: &str) {
    terminal.process().get_file_handle().unwrap().write_all(text.as_bytes()).unwrap();
}

/// The kernel passes on 4,095 bytes of a line, and its end.
#[test]
fn a_line_that_the_terminal_cuts_is_never_sent() {
    let issuer = Issuer::idle();
    let long = "a".repeat(5000);
    for typed in [&long, &long[..4095], &format!("\x1b[200~{long}\x1b[201~")] {
        assert_refused(&issuer, typed, "the line is too long for a terminal: use a file");
    }
}

#[test]
fn the_markers_of_a_bracketed_paste_are_removed() {
    let issuer = Issuer::http();
    let mut terminal = on_a_terminal(&issuer, "catena-token >/dev/null; echo \"code=$?\"");
    enter(&mut terminal, &format!("\x1b[200~{CLIENT_SECRET}\x1b[201~"));
}

#[test]
fn the_rest_of_a_refused_line_does_not_reach_the_shell() {
    let issuer = Issuer::idle();
    assert_refused(&issuer, "ab\x1b[C; rm -rf it", "it contains a line break or another control character");
}

#[test]
fn text_typed_before_the_prompt_is_discarded() {
    let issuer = Issuer::http();
    let script = "exec bash -c 'echo type.; until read -t 0; do :; done; catena-token >/dev/null; echo code=$?'";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string("type.").unwrap();
    terminal.send_line("too early").unwrap();
    enter(&mut terminal, CLIENT_SECRET);
}

/// As a killed program leaves it: no lines, no signals, Return is another character.
#[test]
fn a_terminal_in_an_odd_state_works_and_is_restored() {
    let issuer = Issuer::http();
    let script = "stty -icanon -isig -icrnl echonl; a=$(stty -a); catena-token >/dev/null; \
        echo \"code=$?\"; [ \"$a\" = \"$(stty -a)\" ] && echo same.";
    let mut terminal = on_a_terminal(&issuer, script);
    terminal.exp_string(PROMPT).unwrap();
    paste(&mut terminal, &format!("wrong\x15{CLIENT_SECRET}\r"));
    terminal.exp_string("code=0").unwrap();
    terminal.exp_string("same.").unwrap();
}

#[test]
fn ctrl_c_is_obeyed_on_a_terminal_that_does_not_make_signals() {
    let issuer = Issuer::idle();
    let mut terminal = on_a_terminal(&issuer, "trap : INT; stty -isig; catena-token; echo \"code=$?\"");
    terminal.exp_string(PROMPT).unwrap();
    terminal.send_control('c').unwrap();
    terminal.exp_string("code=130").unwrap();
}
