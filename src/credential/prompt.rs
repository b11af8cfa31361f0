//! Prompts for the client secret on the terminal, without echo.
//!
//! rpassword prompts on `/dev/tty`, which also works inside `$(…)`. This module turns echo off before the prompt,
//! restores it if a signal ends or stops the process, and refuses invalid input (`docs/decisions/rpassword.md`).

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write as _};
use std::mem;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rpassword::{ConfigBuilder, prompt_password_with_config};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::termios::{InputModes, LocalModes, OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::flag::register_conditional_default;

use super::{ClientId, Missing, Problem, Unreadable};
use crate::base::secret::{Secret, UnusableSecret};
use crate::display::untrusted::escape;
use crate::os::process::obey;
use crate::os::signals::{SignalHandler, is_ignored};

/// A terminal truncates longer lines silently: `n_tty` on Linux, `MAX_CANON` on macOS.
const LONGEST_LINE: usize = if cfg!(target_os = "macos") { 1024 } else { 4095 };

/// Prompts once. Without a terminal, the error reports the missing setting.
pub fn ask(id: Option<&ClientId>, missing: Missing) -> Result<Secret, Unreadable> {
    let terminal = File::options().read(true).write(true).open(path());
    let terminal = terminal.map_err(|_| Unreadable::NoTerminal(missing))?;
    let prompt = format!("Client secret of '{}': ", escape(id.map_or("", ClientId::as_str)));
    let problem = |error: io::Error| error.downcast::<UnusableSecret>().map_or_else(Problem::Io, Problem::Unusable);
    read_on(&terminal, &prompt).map_err(|error| Unreadable::Terminal(problem(error)))
}

/// The terminal's path.
#[cfg(not(target_os = "macos"))]
fn path() -> &'static str {
    "/dev/tty"
}

/// The terminal's path. macOS' `poll` does not wait for `/dev/tty`, so that Ctrl-C would not end the prompt; it does
/// wait for the terminal's own device.
#[cfg(target_os = "macos")]
fn path() -> std::path::PathBuf {
    use rustix::termios::ttyname;
    use std::os::unix::ffi::OsStrExt as _;
    let (stdin, stdout, stderr) = (io::stdin(), io::stdout(), io::stderr());
    let name =
        ttyname(stdin, Vec::new()).or_else(|_| ttyname(stderr, Vec::new())).or_else(|_| ttyname(stdout, Vec::new()));
    name.map_or_else(|_| "/dev/tty".into(), |name| std::ffi::OsStr::from_bytes(name.as_bytes()).into())
}

/// Restores the terminal before a signal ends or stops the process, and prompts again when it continues.
fn read_on(terminal: &File, prompt: &str) -> io::Result<Secret> {
    const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];
    // While the terminal is unchanged, signals have their default actions: a process in the background may be stopped.
    let is_restored = Arc::new(AtomicBool::new(true));
    for signal in ENDING.into_iter().filter(|signal| !is_ignored(*signal)) {
        register_conditional_default(signal, Arc::clone(&is_restored))?;
    }
    let mut signals = SignalHandler::of(&[&ENDING[..], &[SIGTSTP, SIGCONT]].concat())?;
    let typed = loop {
        // In the background the kernel stops the process here, before the terminal is changed.
        tcflush(terminal, QueueSelector::IFlush)?;
        // Discard the SIGCONT that resumed the process: it would cause a second prompt.
        signals.received().into_iter().for_each(obey);
        is_restored.store(false, Ordering::SeqCst);
        match read_without_echo(terminal, prompt, &signals) {
            Err(error) if error.kind() == ErrorKind::Interrupted => is_restored.store(true, Ordering::SeqCst),
            typed => break typed,
        }
        signals.received().into_iter().for_each(obey);
    };
    // A terminal that was closed has sent SIGHUP.
    signals.received().into_iter().for_each(obey);
    // signal-hook never restores the default actions: without this, Ctrl-C would be ignored.
    signals.act(obey)?;
    // The typed line break was not echoed.
    { terminal }.write_all(b"\n")?;
    let secret = Secret::new(typed?.into_bytes()).map_err(io::Error::other)?;
    // rpassword replaces invalid UTF-8.
    if secret.expose().contains('\u{fffd}') { Err(io::Error::other(UnusableSecret::NotUtf8)) } else { Ok(secret) }
}

/// Reads one line without echo. Discards input before the prompt, and the rest of an invalid line.
fn read_without_echo(terminal: &File, prompt: &str, signals: &SignalHandler) -> io::Result<String> {
    let line = Line::of(terminal.try_clone()?, signals.as_fd().try_clone_to_owned()?);
    let config = ConfigBuilder::new().input_reader(line).output_writer(terminal.try_clone()?).build();
    let before = tcgetattr(terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
    silent.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
    silent.input_modes.remove(InputModes::IGNCR | InputModes::INLCR);
    silent.input_modes.insert(InputModes::ICRNL);
    tcsetattr(terminal, OptionalActions::Flush, &silent)?;
    let typed = prompt_password_with_config(prompt, config);
    let _ = tcsetattr(terminal, if typed.is_ok() { OptionalActions::Now } else { OptionalActions::Flush }, &before);
    typed
}

/// A line of the terminal, which rpassword reads byte by byte. Escape sequences and control characters, which rpassword
/// would drop, are an error, except for the markers of a bracketed paste.
struct Line {
    terminal: File,
    /// Readable after a signal.
    signals: OwnedFd,
    length: usize,
    last: u8,
    /// The bytes of a marker so far.
    marker: usize,
}

impl Line {
    fn of(terminal: File, signals: OwnedFd) -> Self {
        Self { terminal, signals, length: 0, last: 0, marker: 0 }
    }

    fn check(&mut self, byte: u8) -> io::Result<()> {
        /// `ESC[200~` and `ESC[201~`.
        const MARKER: [&[u8]; 6] = [b"\x1b", b"[", b"2", b"0", b"01", b"~"];
        let (last, marker) = (mem::replace(&mut self.last, byte), mem::take(&mut self.marker));
        self.length += 1;
        if byte != b'\n' && self.length >= LONGEST_LINE {
            return Err(io::Error::other(UnusableSecret::LineTooLong));
        }
        if MARKER[marker].contains(&byte) {
            self.marker = (marker + 1) % MARKER.len();
            return Ok(());
        }
        // In UTF-8, U+0080 to U+009F are 0xc2 and one more byte.
        let is_control = byte.is_ascii_control() && byte != b'\n' || last == 0xc2 && byte < 0xa0;
        if marker > 0 || is_control { Err(io::Error::other(UnusableSecret::Control)) } else { Ok(()) }
    }
}

impl Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // After an incomplete character rpassword would continue with the next line.
        if self.last == b'\n' {
            return Ok(0);
        }
        let mut ready =
            [self.signals.as_fd(), self.terminal.as_fd()].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        poll(&mut ready, None)?;
        if !ready[0].revents().is_empty() {
            return Err(ErrorKind::Interrupted.into());
        }
        let count = self.terminal.read(&mut buffer[..1])?;
        buffer[..count].iter().try_for_each(|byte| self.check(*byte))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What rpassword makes of `typed`.
    fn read(typed: &[u8]) -> io::Result<String> {
        let ((typed_end, mut keyboard), (signals, _none)) = (io::pipe().unwrap(), io::pipe().unwrap());
        keyboard.write_all(typed).unwrap();
        let line = Line::of(OwnedFd::from(typed_end).into(), signals.into());
        rpassword::read_password_with_config(ConfigBuilder::new().input_reader(line).output_discard().build())
    }

    #[test]
    fn a_line_is_read_as_it_is_typed() {
        for typed in ["secret", " s\u{e9}cret ", "", "[200~"] {
            assert_eq!(read(format!("{typed}\nnext\n").as_bytes()).unwrap(), typed);
        }
    }

    #[test]
    fn the_markers_of_a_paste_are_no_part_of_it() {
        for typed in ["\x1b[200~secret\x1b[201~\n", "se\x1b[200~cr\x1b[201~et\n", "\x1b[200~secret\n"] {
            assert_eq!(read(typed.as_bytes()).unwrap(), "secret");
        }
    }

    #[test]
    fn what_rpassword_would_drop_is_refused() {
        for typed in ["a\x1b[Cb", "a\x1b[202~b", "a\x1b[20", "a\x1b\x1b[200~b", "a\x03b", "a\x7fb", "a\tb", "a\u{85}b"]
        {
            let refused = read(format!("{typed}\n").as_bytes()).unwrap_err();
            assert_eq!(refused.downcast::<UnusableSecret>().unwrap(), UnusableSecret::Control, "{typed:?}");
        }
    }

    #[test]
    fn half_a_character_does_not_swallow_the_end_of_the_line() {
        assert_eq!(read(b"a\xe2\x82\nnext\n").unwrap(), "a\u{fffd}");
    }

    #[test]
    fn a_line_that_may_have_been_cut_is_refused() {
        let most = LONGEST_LINE - 1;
        assert_eq!(read(format!("{}\n", "a".repeat(most)).as_bytes()).unwrap().len(), most);
        for cut in ["a".repeat(LONGEST_LINE), format!("\x1b[200~{}", "a".repeat(LONGEST_LINE - 6))] {
            let refused = read(format!("{cut}\n").as_bytes()).unwrap_err();
            assert_eq!(refused.downcast::<UnusableSecret>().unwrap(), UnusableSecret::LineTooLong);
        }
    }
}
