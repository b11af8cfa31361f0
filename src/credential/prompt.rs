//! The secret from a person at the terminal, without echo.
//!
//! The question goes to `/dev/tty`, so that it works inside `$(…)`. The echo is off before the question is seen, so that
//! a pasted answer cannot show; the terminal stays in line mode, where the kernel edits the line and Ctrl-C and Ctrl-Z
//! are signals. Whatever ends or stops the process, the terminal echoes again; when it goes on, it is asked again.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::getpgrp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetpgrp, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::{ClientId, LONGEST_SECRET, secret_line};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::foreign::escape;
use crate::input;
use crate::secret::Secret;

const EVERY_WAY: &str = "give it by --client-secret-file, --client-secret-command or --client-secret, in \
    CATENA_CLIENT_SECRET, CATENA_CLIENT_SECRET_FILE or CATENA_CLIENT_SECRET_COMMAND, \
    or as the systemd credential `catena-client-secret`";

/// Asks once. Without a terminal it is a missing setting: `state` says what is known of it, the hint every way to give it.
pub fn ask(id: &ClientId, state: &str) -> Result<Secret, Failure> {
    let no_secret = |why: String| Failure::new(Exit::Setup, "no client secret", why).hint(EVERY_WAY);
    let terminal = File::options().read(true).write(true).open("/dev/tty");
    let terminal = terminal.map_err(|_| no_secret(format!("{state}, and there is no terminal to ask on")))?;
    let question = format!("Client secret of `{}`: ", escape(id.as_str()));
    let typed = Terminal::new(terminal, question).and_then(|terminal| terminal.ask());
    let typed = typed.map_err(|error| no_secret(format!("cannot ask on the terminal: {}", reason(&error))))?;
    secret_line(typed).map_err(|why| no_secret(format!("the one typed cannot be used: {why}")))
}

/// The terminal with a question on it.
struct Terminal {
    file: File,
    before: Termios,
    question: String,
    /// Whether the question still stands.
    asking: AtomicBool,
}

impl Terminal {
    fn new(file: File, question: String) -> io::Result<Arc<Self>> {
        let before = tcgetattr(&file)?;
        // In the background this stops the process, like any program that wants the terminal, until it is brought to
        // the front; and as long as there is no guard, a signal ends it as it stands.
        tcsetattr(&file, OptionalActions::Now, &before)?;
        let terminal = Arc::new(Self { file, before, question, asking: AtomicBool::new(true) });
        terminal.guard()?;
        Ok(terminal)
    }

    /// The line that was typed, with its line break.
    fn ask(&self) -> io::Result<Vec<u8>> {
        let line = self.put_question().and_then(|()| self.read_line());
        self.asking.store(false, Ordering::SeqCst);
        tcsetattr(&self.file, OptionalActions::Now, &self.before)?;
        // The person's own line break was not echoed.
        (&self.file).write_all(b"\n")?;
        line
    }

    fn put_question(&self) -> io::Result<()> {
        let mut silent = self.before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
        // What was typed before the question was not meant for it.
        tcsetattr(&self.file, OptionalActions::Flush, &silent)?;
        (&self.file).write_all(self.question.as_bytes())
    }

    /// In line mode the kernel hands over a line at a time, or nothing for Ctrl-D. In the background a read would stop
    /// the process, and the guard with it, before it can act on the signal that is to end it.
    fn read_line(&self) -> io::Result<Vec<u8>> {
        /// How often a prompt in the background looks whether it is in front again.
        const LOOK: Duration = Duration::from_millis(100);
        loop {
            input::is_readable_by(self.file.as_fd(), Deadline::never())?;
            if self.is_in_front() {
                return input::read_line(&mut &self.file, LONGEST_SECRET);
            }
            thread::sleep(LOOK);
        }
    }

    fn is_in_front(&self) -> bool {
        tcgetpgrp(&self.file).is_ok_and(|group| group == getpgrp())
    }

    /// From here on, a signal that ends or stops the process puts the terminal back first.
    ///
    /// It stays until the process ends: signal-hook never gives a signal its default action back, and without the guard
    /// Ctrl-C would then be dead for the rest of the call. A signal that the parent ignores stays ignored (`nohup`).
    fn guard(self: &Arc<Self>) -> io::Result<()> {
        let ignored = ignored_signals();
        let guarded = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT];
        let mut signals = Signals::new(guarded.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0))?;
        let terminal = Arc::clone(self);
        thread::Builder::new().name("terminal guard".to_owned()).spawn(move || {
            for signal in signals.forever() {
                // A terminal that belongs to somebody else now is left alone.
                let asking = terminal.asking.load(Ordering::SeqCst) && terminal.is_in_front();
                if signal == SIGCONT {
                    if asking {
                        let _ = terminal.put_question();
                    }
                    continue;
                }
                if asking {
                    let _ = tcsetattr(&terminal.file, OptionalActions::Now, &terminal.before);
                }
                let _ = emulate_default_handler(signal);
            }
        })?;
        Ok(())
    }
}

/// A bit for each signal that is ignored, the lowest for signal 1; none where the system does not tell.
fn ignored_signals() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
