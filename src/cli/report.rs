//! What goes to stderr: warnings, the steps of a call, and the one error at its end.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use crate::base::event::{self, Event, Level, Sink};
use crate::cli::error::{Error, Exit, NotStarted};
use crate::cli::message;
use crate::display::redact::redact_own;
use crate::display::untrusted::escape;

const NAME: &str = "catena-token";

/// From here on, events up to `level` are printed as they happen. A warning that is given again and again, by every
/// renewal, is printed once.
pub fn listen(level: Level) {
    event::install(level, printer());
}

/// The same, and `witness` hears everything, whatever is printed. Settings are left to it: one may hold what is known
/// to be the secret only later.
pub fn listen_beside(level: Level, witness: impl Fn(&Event<'_>) + Send + Sync + 'static) {
    let print = printer();
    event::install(
        Level::Examined,
        Box::new(move |event| {
            witness(event);
            if event.level() <= level && !matches!(event, Event::Setting { .. }) {
                print(event);
            }
        }),
    );
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

/// `catena-token: error: <what failed>: <why>`, and at most one hint. Returns the exit code.
pub fn error(error: &anyhow::Error) -> Exit {
    let Some(root) = error.downcast_ref::<Error>() else { unreachable!("no command ends with another error") };
    let words = message::of(root);
    line(&format!("error: {}", words.text));
    if !words.hint.is_empty() {
        print(&format!("hint: {}\n", escape(&redact_own(&words.hint))));
    }
    if error.is::<NotStarted>() { Exit::NotStarted } else { root.exit() }
}

/// What a command did, for a person: on a terminal, and where the steps are told.
pub fn done(text: &str) {
    if event::is_enabled() || (event::level() > Level::Quiet && io::stderr().is_terminal()) {
        line(text);
    }
}

/// clap's own words about a command line that is wrong.
pub fn usage(text: &str) -> Exit {
    print(text);
    Exit::Usage
}

fn line(text: &str) {
    print(&format!("{NAME}: {}\n", escape(&redact_own(text))));
}

/// One write, so that lines of processes that share a log do not mix. There is nowhere to tell that it failed.
fn print(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
