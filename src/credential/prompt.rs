//! The secret from a person at the terminal, without echo.
//!
//! The question goes to `/dev/tty`, so that it works inside `$(…)`. The echo is off before the question is seen, so
//! that a pasted answer cannot show; the terminal stays in line mode, where the kernel edits the line and Ctrl-C and
//! Ctrl-Z are signals. Whatever ends or stops the process, the terminal echoes again; when it goes on, it is asked
//! again.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use zeroize::Zeroizing;

use super::{ClientId, secret_line};
use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::foreign::escape;
use crate::input;
use crate::process;
use crate::process_group;
use crate::secret::Secret;
use crate::signals::Taken;

const EVERY_WAY: &str = "give it by --client-secret-file, --client-secret-command or --client-secret, in \
    CATENA_CLIENT_SECRET, CATENA_CLIENT_SECRET_FILE or CATENA_CLIENT_SECRET_COMMAND, \
    or as the systemd credential `catena-client-secret`";

/// The kernel keeps no more of a line, and drops the rest without a word.
const LONGEST_LINE: usize = 4095;

/// Asks once. Without a terminal it is a missing setting: `state` says what is known of it, the hint every way to give
/// it.
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
    /// Whether the question still stands. Whoever changes the terminal for its end, or for a signal, holds it.
    asking: Mutex<bool>,
}

impl Terminal {
    fn new(file: File, question: String) -> io::Result<Arc<Self>> {
        let before = tcgetattr(&file)?;
        // In the background this stops the process, like any program that wants the terminal, until it is brought to
        // the front; and as long as there is no guard, a signal ends it as it stands.
        tcsetattr(&file, OptionalActions::Now, &before)?;
        let terminal = Arc::new(Self { file, before, question, asking: Mutex::new(true) });
        terminal.guard()?;
        Ok(terminal)
    }

    /// The line that was typed, with its line break.
    fn ask(&self) -> io::Result<Vec<u8>> {
        let line = self.put_question().and_then(|()| self.read_line());
        {
            let mut asking = self.asking();
            let _ = tcsetattr(&self.file, OptionalActions::Now, &self.before);
            *asking = false;
        }
        // The person's own line break was not echoed.
        (&self.file).write_all(b"\n")?;
        line
    }

    fn put_question(&self) -> io::Result<()> {
        // What was typed before the question was not meant for it.
        self.silence(OptionalActions::Flush)?;
        (&self.file).write_all(self.question.as_bytes())
    }

    /// No echo; a line at a time, ended by Return; Ctrl-C and Ctrl-Z are signals.
    fn silence(&self, when: OptionalActions) -> io::Result<()> {
        let mut silent = self.before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
        silent.input_modes.remove(InputModes::IGNCR | InputModes::INLCR);
        silent.input_modes.insert(InputModes::ICRNL);
        Ok(tcsetattr(&self.file, when, &silent)?)
    }

    /// Reads what the kernel hands over, a line at a time or, after Ctrl-D, a part of one.
    ///
    /// It never reads in the background: that would stop the process, and the guard with it, before it can act on the
    /// signal that is to end it. When it comes back to the front, which no signal tells if it was running, it asks
    /// again.
    fn read_line(&self) -> io::Result<Vec<u8>> {
        /// How often a prompt looks whether the terminal is still its own.
        const LOOK: Duration = Duration::from_millis(100);
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE + 1));
        let mut chunk = Zeroizing::new([0; LONGEST_LINE + 1]);
        let mut was_away = false;
        loop {
            let has_input = input::is_readable_by(self.file.as_fd(), Deadline::after(LOOK))?;
            if !self.is_in_front() {
                was_away = true;
                thread::sleep(LOOK);
                continue;
            }
            if std::mem::take(&mut was_away) {
                line.clear();
                self.put_question()?;
                continue;
            }
            // Another prompt on this terminal may have ended and put the echo back.
            if tcgetattr(&self.file)?.local_modes.contains(LocalModes::ECHO) {
                self.silence(OptionalActions::Now)?;
            }
            if !has_input {
                continue;
            }
            let count = (&self.file).read(&mut chunk[..])?;
            line.extend_from_slice(&chunk[..count]);
            if count == 0 || line.last() == Some(&b'\n') {
                return Ok(std::mem::take(&mut *line));
            }
            if line.len() >= LONGEST_LINE {
                return Err(io::Error::other("the line is too long for a terminal: use a file"));
            }
        }
    }

    /// Where it is not seen who has the terminal, the kernel decides.
    fn is_in_front(&self) -> bool {
        !process_group::is_in_the_background(&self.file)
    }

    fn asking(&self) -> MutexGuard<'_, bool> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on, a signal that ends or stops the process puts the terminal back first.
    ///
    /// It stays when the question is answered, because a signal that was once taken has no default action any more and
    /// Ctrl-C would then be dead for the rest of the call; it ends when something else takes the signals.
    fn guard(self: &Arc<Self>) -> io::Result<()> {
        let mut signals = Taken::of(&[SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT])?;
        let terminal = Arc::clone(self);
        thread::Builder::new().name("terminal guard".to_owned()).spawn(move || {
            while let Ok(Some(arrived)) = signals.next() {
                arrived.iter().for_each(|arrived| terminal.act_on(arrived.signal));
            }
        })?;
        Ok(())
    }

    fn act_on(&self, signal: i32) {
        let asking = self.asking();
        // A terminal that belongs to somebody else now is left alone.
        let is_ours = *asking && self.is_in_front();
        if signal == SIGCONT {
            let _ = is_ours.then(|| self.put_question());
            return;
        }
        let _ = is_ours.then(|| tcsetattr(&self.file, OptionalActions::Now, &self.before));
        if signal == SIGTSTP {
            process::stop();
        } else {
            process::die_by(signal);
        }
    }
}
