//! How whole processes are compared, and what they are pointed at.

#![allow(dead_code, reason = "each benchmark uses its part of it")]

pub mod binary;
pub mod chart;
pub mod command;
pub mod crowd;
pub mod ground;
pub mod hostile;
pub mod machine;
pub mod memory;
pub mod namespace;
pub mod nginx;
pub mod pairs;
pub mod rivals;
pub mod roots;
pub mod statistics;
pub mod table;

use std::process::ExitCode;

use anyhow::Result;

/// Runs `bench` for `cargo bench`; `cargo test --all-targets` starts a benchmark, too, and has no use for the figures.
pub fn run(bench: impl FnOnce() -> Result<()>) -> ExitCode {
    let result = if std::env::args_os().any(|argument| argument == "--bench") {
        bench()
    } else {
        println!("nothing is measured without `cargo bench`");
        Ok(())
    };
    report(result)
}

/// The exit code, and on stderr why there are no figures.
pub fn report(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("no figures: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What a reader must know about the figures; the table itself says the rest.
pub const METHOD: &str = "Times: whole processes in interleaved pairs; the ratio is formed pair by pair; medians, with \
    the quartiles in brackets. Environment: LANG=C.UTF-8, an empty HOME, the credentials, nothing else.";
