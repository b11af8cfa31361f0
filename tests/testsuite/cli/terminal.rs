//! What a person at a terminal sees and a log does not.

use std::fs;

use catena_token_issuer::{CLIENT_SECRET, Issuer};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::terminal::run;
use crate::support::wait::until;

#[test]
fn renew_says_once_where_the_token_is_and_when_the_next_one_comes() {
    let (issuer, home) = (Issuer::http(), tempfile::tempdir().unwrap());
    let file = home.path().join("tokens/token");
    for (option, is_told) in [("", true), ("-q", false)] {
        let script = format!(
            "export CATENA_CLIENT_SECRET={CLIENT_SECRET} CATENA_NO_CACHE=1; \
             sh -c 'echo pid=$$.; exec catena-token renew {option} --token-file {}'; echo code=$?.",
            file.display()
        );
        let mut terminal = run(&issuer, &script);
        terminal.exp_string("pid=").unwrap();
        let renewing = Pid::from_raw(terminal.exp_string(".").unwrap().parse().unwrap());
        if is_told {
            let said = terminal.exp_string(", renewal in ").unwrap();
            let start = format!("catena-token: the token in '{}' is valid for 4m 5", file.display());
            assert!(said.trim().starts_with(&start), "{said}");
        }
        until(|| file.exists());
        let token = fs::read_to_string(&file).unwrap();
        kill(renewing, Signal::SIGHUP).unwrap();
        until(|| fs::read_to_string(&file).unwrap() != token);
        kill(renewing, Signal::SIGTERM).unwrap();
        assert!(!terminal.exp_string("code=0.").unwrap().contains("the token in"), "{option}");
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_token_is_read_from_the_terminal_with_a_word_of_how_to_end() {
    let issuer = Issuer::http();
    for command in ["inspect -", "revoke -"] {
        let script = format!("export CATENA_CLIENT_SECRET={CLIENT_SECRET}; catena-token {command}; echo \"code=$?\"");
        let mut terminal = run(&issuer, &script);
        terminal.exp_string("catena-token: reading a token from the terminal, end with Ctrl-D\r\n").unwrap();
        terminal.send_line("an-opaque-token").unwrap();
        terminal.send_control('d').unwrap();
        terminal.exp_string(if command == "inspect -" { "code=7" } else { "code=0" }).unwrap();
    }
}
