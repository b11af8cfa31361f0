//! `renew`: keeps a token file fresh, for a sidecar, a service or a program that reads one.
//!
//! SIGHUP renews at once; SIGTERM and SIGINT end it with success. It ends with a failure when the service refuses.

use std::io;
use std::sync::Arc;

use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use crate::args::{Options, RenewArgs};
use crate::children;
use crate::clock;
use crate::command::source::Source;
use crate::credential::end_running_command;
use crate::error::{Exit, Failure, reason};
use crate::notify::Manager;
use crate::process;
use crate::renewal::{Renewal, Until, Waker};
use crate::report;
use crate::settings::{Faults, notify_socket};
use crate::signals::{Arrived, Taken};
use crate::token_file::TokenFile;
use crate::token_source::Purpose;

pub fn run(options: Options, args: RenewArgs) -> Result<(), Failure> {
    let started = clock::now();
    report::listen(options.messages.level_of_a_service());
    let mut faults = Faults::default();
    let source = Source::resolve(options, Purpose::File, started, &mut faults);
    let mut source = faults.into_result(source)?;
    let file = Arc::new(TokenFile::at(&args.token_file, args.token_file_mode.unwrap_or_default())?);
    source.check_place(&file)?;
    source.hold_secret()?;

    let renewal = Renewal::new(source.tokens, source.wanted, source.timeout, Arc::clone(&file));
    let manager = Manager::at(notify_socket());
    let service = Service { waker: renewal.waker(), file, manager: manager.clone() };
    service.handle_signals().map_err(|error| Failure::new(Exit::Local, "cannot watch for signals", reason(&error)))?;
    Err(renewal.keep(Until::Refused, || manager.ready()))
}

/// What signals act on.
struct Service {
    waker: Waker,
    file: Arc<TokenFile>,
    manager: Manager,
}

impl Service {
    /// A prompt may have handled signals before: SIGTSTP, SIGCONT and SIGQUIT do here what they do by default.
    fn handle_signals(self) -> io::Result<()> {
        let signals = Taken::of(&[SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD])?;
        signals.act(move |arrived| self.act_on(arrived))
    }

    fn act_on(&self, arrived: Arrived) {
        match arrived.signal {
            SIGHUP if arrived.from_process => self.waker.wake(),
            // The terminal that it was started at is gone.
            SIGHUP => process::die_by(SIGHUP),
            SIGINT | SIGTERM => self.end(),
            SIGCHLD => children::reap_orphans(),
            SIGTSTP => process::stop(),
            SIGQUIT => process::die_by(SIGQUIT),
            _ => {}
        }
    }

    /// Ends the process, whatever it waits for, and leaves the file.
    fn end(&self) -> ! {
        self.manager.stopping();
        self.file.leave();
        end_running_command();
        process::end(0)
    }
}
