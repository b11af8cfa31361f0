//! The line of a wait: if a call takes longer than a second, the terminal says what it waits for.
//!
//! A thread, which the first wait starts, writes it again each second. It is erased before anything else is printed,
//! and when the wait ends, or a signal ends or stops the process.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::termios::tcgetwinsize;

use crate::base::clock::Deadline;
use crate::base::event::{Event, Step};
use crate::cli::message;
use crate::cli::report;
use crate::cli::settings::can_erase_lines;
use crate::os::process;
use crate::os::stdout::write_all;

const TICK: Duration = Duration::from_secs(1);

/// Room for the `^C` that the terminal echoes: the line must not wrap.
const MARGIN: usize = 3;

static LINE: Mutex<Line> =
    Mutex::new(Line { awaited: None, timeout: None, is_slow: false, is_over: false, is_shown: false });

struct Line {
    /// The words of the step, and when it ends if that is known.
    awaited: Option<(String, Option<Deadline>)>,
    timeout: Option<Deadline>,
    /// Whether the first second has passed.
    is_slow: bool,
    /// Whether no more waits are shown.
    is_over: bool,
    is_shown: bool,
}

/// Follows a wait.
pub fn follow(event: &Event<'_>) {
    static STARTED: Once = Once::new();
    STARTED.call_once(start);
    let mut line = lock();
    if let Event::Awaiting(step, timeout) = event {
        let end = if let Step::Retry { at, .. } = step { Some(*at) } else { None };
        line.awaited = Some((message::event::text(event), end));
        line.timeout = timeout.or(line.timeout);
        line.draw();
    } else {
        line.awaited = None;
        line.erase();
    }
}

/// From now on the terminal belongs to another program, or the call has become a service.
pub fn end() {
    lock().is_over = true;
}

/// Erases the line; none is written before the guard is dropped.
pub fn erase() -> impl Sized {
    let mut line = lock();
    line.erase();
    line
}

fn lock() -> MutexGuard<'static, Line> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Without a terminal, or a thread, no line is written.
fn start() {
    let ticks = || {
        while !lock().is_over {
            thread::sleep(TICK);
            let mut line = lock();
            line.is_slow = true;
            line.draw();
        }
    };
    if io::stderr().is_terminal() && can_erase_lines() {
        let _ = thread::Builder::new().name("progress".to_owned()).spawn(ticks);
    }
}

/// Not if the line is being written, which lasts if Ctrl-S has stopped the terminal: the process must end.
fn erase_at_once() {
    LINE.try_lock().iter_mut().for_each(|line| line.erase());
}

impl Line {
    fn draw(&mut self) {
        let Some((awaited, end)) = &self.awaited else { return };
        if !self.is_slow || self.is_over || !process::is_in_foreground() {
            return;
        }
        let _ = process::LEAVE_TERMINAL.set(erase_at_once);
        process::handle_signals();
        let text = message::event::wait(awaited, end.and_then(Deadline::left), self.timeout.and_then(Deadline::left));
        let width = tcgetwinsize(io::stderr()).ok().map(|size| usize::from(size.ws_col)).filter(|width| *width > 0);
        let room = width.unwrap_or(80).saturating_sub(MARGIN);
        let text: String = report::in_a_line(&text).chars().take(room).collect();
        self.is_shown = write_all(io::stderr().lock(), format!("\r{text}\x1b[K").as_bytes()).is_ok();
    }

    fn erase(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write_all(io::stderr().lock(), b"\r\x1b[K");
        }
    }
}
