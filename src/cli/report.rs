//! Everything on stderr but the line of a wait: warnings, progress, and the final error.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};

use crate::base::event::{self, Event, Level, Sink};
use crate::cli::error::{Error, Exit, NotStarted};
use crate::cli::message;
use crate::cli::progress;
use crate::display::redact::redact_own;
use crate::display::untrusted::escape;
use crate::os::stdout::write_all;

const NAME: &str = "catena-token";

/// Prints events up to `level` from now on, and waits at a terminal unless `-q` or `-v` is given. A warning that every
/// renewal repeats is printed once.
pub fn listen(level: Level) {
    event::install(level, printer(level));
}

/// Like [`listen`], and passes every event to `record`, which has the warnings. Settings are not printed: one may
/// contain the secret, which is not known yet and so not redacted.
pub fn listen_beside(level: Level, record: impl Fn(&Event<'_>) + Send + Sync + 'static) {
    let print = printer(level);
    let sink = move |event: &Event<'_>| {
        record(event);
        let is_recorded = level == Level::Warnings && matches!(event, Event::Warning(_));
        if event.level() <= level && !is_recorded && !matches!(event, Event::Setting { .. }) {
            print(event);
        }
    };
    event::install(Level::Examined, Box::new(sink));
}

fn printer(level: Level) -> Sink {
    let warned = Mutex::new(String::new());
    Box::new(move |event| {
        if let Event::Awaiting(..) | Event::WaitEnds = event {
            if level == Level::Warnings {
                progress::follow(event);
            }
            return;
        }
        let text = message::event::text(event);
        if event.level() == Level::Warnings {
            let mut warned = warned.lock().unwrap_or_else(PoisonError::into_inner);
            if *warned == text {
                return;
            }
            warned.clone_from(&text);
        }
        line(&text);
    })
}

/// Prints `catena-token: error: WHAT: WHY` and at most one hint. Returns the exit code.
pub fn error(error: &anyhow::Error) -> Exit {
    let Some(root) = error.downcast_ref::<Error>() else { unreachable!("no command ends with another error") };
    let words = message::of_end(root);
    line(&format!("error: {}", words.text));
    if !words.hint.is_empty() {
        print(&format!("hint: {}\n", escape(&redact_own(&words.hint))));
    }
    if error.is::<NotStarted>() { Exit::NotStarted } else { root.exit() }
}

/// Prints what a command did, if stderr is a terminal or progress is printed.
pub fn done(text: &str) {
    if event::is_enabled() || (event::level() > Level::Quiet && io::stderr().is_terminal()) {
        line(text);
    }
}

/// Prints clap's text about an invalid command line.
pub fn usage(text: &str) -> Exit {
    let lines: Vec<_> = text.lines().map(escape).collect();
    print(&format!("{NAME}: {}\n", lines.join("\n")));
    Exit::Usage
}

fn line(text: &str) {
    print(&format!("{}\n", in_a_line(text)));
}

pub fn in_a_line(text: &str) -> String {
    format!("{NAME}: {}", escape(&redact_own(text)))
}

/// One write, so that processes that share a log do not mix lines. An error is ignored: there is no place to report it.
fn print(text: &str) {
    let _erased = progress::erase();
    let _ = write_all(io::stderr().lock(), text.as_bytes());
}
