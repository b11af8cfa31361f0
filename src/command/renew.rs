//! `renew`: a token file that is kept fresh, for a sidecar, a service or a program that reads one.

use std::sync::Arc;
use std::thread;

use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use crate::args::{Options, RenewArgs};
use crate::children;
use crate::clock;
use crate::command::source::Source;
use crate::credential::end_running_command;
use crate::error::{Exit, Failure, reason};
use crate::notify::Manager;
use crate::process;
use crate::renewal::{Bell, Renewal, Until};
use crate::report;
use crate::settings::{Faults, notify_socket};
use crate::signals::Taken;
use crate::token_file::TokenFile;
use crate::token_source::Purpose;

/// It ends when the service refuses, or by a signal.
pub fn run(options: Options, args: RenewArgs) -> Result<(), Failure> {
    let started = clock::now();
    report::listen(options.messages.level_of_a_service());
    let mut faults = Faults::default();
    let source = Source::resolve(options, Purpose::File, started, &mut faults);
    let mut source = faults.into_result(source)?;
    let file = Arc::new(TokenFile::at(&args.token_file, args.token_file_mode.unwrap_or_default())?);
    source.check_place(&file)?;
    source.hold_secret()?;

    let manager = Manager::at(notify_socket());
    let kept = (source.wanted, source.timeout);
    let renewal = Renewal::new(source.tokens, kept, Arc::clone(&file), None)?;
    obey_signals(renewal.bell(), file, manager.clone())?;
    Err(renewal.keep(Until::Refused, || manager.ready()))
}

/// SIGHUP renews now; SIGTERM and SIGINT end the process, whatever it waits for, and leave the file. What a prompt has
/// taken besides does here what it does by default.
fn obey_signals(bell: Bell, file: Arc<TokenFile>, manager: Manager) -> Result<(), Failure> {
    let cannot = |error| Failure::new(Exit::Local, "cannot watch for signals", reason(&error));
    let mut signals = Taken::of(&[SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD]).map_err(cannot)?;
    let obey = move || {
        while let Ok(Some(arrived)) = signals.next() {
            for arrived in arrived {
                match arrived.signal {
                    SIGHUP if arrived.from_process => bell.ring(),
                    // The terminal that it was started at is gone.
                    SIGHUP => process::die_by(SIGHUP),
                    SIGCHLD => children::reap_orphans(),
                    SIGTSTP => process::stop(),
                    SIGINT | SIGTERM => {
                        manager.stopping();
                        file.leave();
                        end_running_command();
                        process::end(0);
                    }
                    SIGQUIT => process::die_by(SIGQUIT),
                    _ => {}
                }
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(obey).map(drop).map_err(cannot)
}
