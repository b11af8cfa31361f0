//! A real run on this machine alone: the tool against the issuer of the tests.
//!
//! It has no harness, so that it prints what a user sees; it fails if a step does not exit as expected. With
//! `--draw FILE`, it draws the README's picture instead.

#![allow(clippy::print_stdout, reason = "a demonstration prints")]
#![allow(clippy::disallowed_methods, reason = "the walls are the program's")]

mod picture;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

/// The command line, the secret that is set, and the expected exit code.
type Step = (&'static str, &'static [&'static str], &'static str, i32);

const STEPS: [Step; 12] = [
    ("The token, for a pipe or $(...):", &[], CLIENT_SECRET, 0),
    ("The same token again, without a request:", &["-v"], CLIENT_SECRET, 0),
    ("The cached tokens, encrypted with the secret:", &["cache", "list"], CLIENT_SECRET, 0),
    ("Its claims, verified with the realm's keys:", &["inspect", "--verify"], CLIENT_SECRET, 0),
    ("The server's whole answer:", &["--json"], CLIENT_SECRET, 0),
    ("A header for `curl -H @-`:", &["--format", "header"], CLIENT_SECRET, 0),
    ("A command with the token in its environment:", &["exec", "--", "printenv", "CATENA_TOKEN"], CLIENT_SECRET, 0),
    ("A wrong secret: nothing on stdout, and exit code 4:", &[], "not-the-secret", 4),
    ("What is wrong with it, step by step:", &["doctor"], "not-the-secret", 4),
    ("What happens on the way to a new one:", &["--refresh", "-v"], CLIENT_SECRET, 0),
    ("Revoke it, and remove it from the cache:", &["revoke", "-v"], CLIENT_SECRET, 0),
    ("Nothing is cached any more, so no request is made:", &["revoke", "-v"], CLIENT_SECRET, 0),
];

fn main() -> ExitCode {
    let issuer = Issuer::http();
    let directory = std::env::temp_dir().join(format!("catena-token-demo-{}", std::process::id()));
    let arguments: Vec<String> = std::env::args().collect();
    let code = match &arguments[1..] {
        [option, file] if option == "--draw" => draw(&issuer, &directory, file),
        _ => run(&issuer, &directory),
    };
    let _ = std::fs::remove_dir_all(&directory);
    code
}

fn draw(issuer: &Issuer, home: &Path, file: &str) -> ExitCode {
    match picture::draw(issuer, home).and_then(|picture| std::fs::write(file, picture)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cannot draw {file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(issuer: &Issuer, cache: &Path) -> ExitCode {
    println!("An issuer is listening on {} with the client `{CLIENT_ID}`.\n", issuer.url());
    println!("$ export CATENA_ISSUER={} CATENA_CLIENT_ID={CLIENT_ID} CATENA_CLIENT_SECRET=...\n", issuer.url());
    for (title, arguments, secret, expected) in STEPS {
        println!("# {title}");
        println!("$ {}", [&["catena-token"], arguments].concat().join(" "));
        // stderr goes where stdout goes, to preserve their order.
        let output = Command::new(env!("CARGO_BIN_EXE_catena-token"))
            .args(arguments)
            .env_clear()
            .env("CATENA_ISSUER", issuer.url())
            .env("CATENA_CLIENT_ID", CLIENT_ID)
            .env("CATENA_CLIENT_SECRET", secret)
            .env("CATENA_CACHE_DIR", cache)
            .stdin(Stdio::null())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                println!("cannot run it: {error}");
                return ExitCode::FAILURE;
            }
        };
        let shown = [&output.stderr[..], &output.stdout[..]].concat();
        print!("{}", String::from_utf8_lossy(&shown));
        println!("(exit code {})\n", output.status.code().unwrap_or(-1));
        if output.status.code() != Some(expected) {
            println!("expected {expected}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
