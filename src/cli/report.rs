//! Everything on stderr: warnings, progress, and the final error.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};

use crate::base::event::{self, Event, Level, Sink};
use crate::cli::error::{Error, Exit, NotStarted};
use crate::cli::message;
use crate::display::redact::redact_own;
use crate::display::untrusted::escape;
use crate::os::stdout::write_all;

const NAME: &str = "catena-token";

/// Prints events up to `level` from now on. A warning that every renewal repeats is printed once.
pub fn listen(level: Level) {
    event::install(level, printer());
}

/// Like [`listen`], and passes every event to `record`. Settings are not printed: one may contain the secret, which is
/// not known yet and so not redacted.
pub fn listen_beside(level: Level, record: impl Fn(&Event<'_>) + Send + Sync + 'static) {
    let print = printer();
    let sink = move |event: &Event<'_>| {
        record(event);
        if event.level() <= level && !matches!(event, Event::Setting { .. }) {
            print(event);
        }
    };
    event::install(Level::Examined, Box::new(sink));
}

fn printer() -> Sink {
    let warned = Mutex::new(String::new());
    Box::new(move |event| {
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
    print(text);
    Exit::Usage
}

fn line(text: &str) {
    print(&format!("{NAME}: {}\n", escape(&redact_own(text))));
}

/// One write, so that processes that share a log do not mix lines. An error is ignored: there is no place to report it.
fn print(text: &str) {
    let _ = write_all(io::stderr().lock(), text.as_bytes());
}
