//! The secret from a person at the terminal, without echo.
//!
//! The question goes to `/dev/tty`, so that it works inside `$(…)`. While it stands, the terminal does not echo; a
//! guard puts the terminal back before a signal ends the process, which rpassword alone does not.

use std::fs::File;
use std::io;
use std::thread;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::{ClientId, secret_line};
use crate::error::{Exit, Failure, reason};
use crate::foreign::escape;
use crate::secret::Secret;

const EVERY_WAY: &str = "give it by --client-secret-file, --client-secret-command or --client-secret, in \
    CATENA_CLIENT_SECRET, CATENA_CLIENT_SECRET_FILE or CATENA_CLIENT_SECRET_COMMAND, \
    or as the systemd credential `catena-client-secret`";

/// Asks once. Without a terminal it is a missing setting, and the hint names every way to give it.
pub fn ask(id: &ClientId, empty: Option<&str>) -> Result<Secret, Failure> {
    let no_secret = |why: String| Failure::new(Exit::Setup, "no client secret", why).hint(EVERY_WAY);
    let terminal = File::options().read(true).write(true).open("/dev/tty");
    let state = empty.map_or_else(|| "none was given".to_owned(), |variable| format!("{variable} is set but empty"));
    let terminal = terminal.map_err(|_| no_secret(format!("{state}, and there is no terminal to ask on")))?;
    guard(terminal).map_err(|error| no_secret(format!("cannot ask on the terminal: {}", reason(&error))))?;
    let question = format!("Client secret of `{}`: ", escape(id.as_str()));
    match rpassword::prompt_password(question) {
        Ok(typed) => {
            secret_line(typed.into_bytes()).map_err(|why| no_secret(format!("the one typed cannot be used: {why}")))
        }
        // Ctrl-C: the guard is ending the process by that signal.
        Err(error) if error.kind() == io::ErrorKind::Interrupted => loop {
            thread::park();
        },
        Err(error) => Err(no_secret(format!("cannot read it from the terminal: {}", reason(&error)))),
    }
}

/// From here on, a signal that ends the process puts the terminal back first.
///
/// It stays until the process ends: signal-hook never gives a signal its default action back, and without the guard
/// Ctrl-C would then be dead for the rest of the call.
fn guard(terminal: File) -> io::Result<()> {
    let before: Termios = tcgetattr(&terminal)?;
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    thread::Builder::new().name("terminal guard".to_owned()).spawn(move || {
        for signal in signals.forever() {
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
            let _ = emulate_default_handler(signal);
        }
    })?;
    Ok(())
}
