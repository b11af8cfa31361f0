//! `renew`: keeps a token file fresh, for a sidecar, a service or a program that reads one.
//!
//! SIGHUP renews at once; SIGTERM and SIGINT exit with 0. It fails if the service refuses and the token has expired.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use crate::base::event::{self, Event, Level};
use crate::cli::args::{Options, RenewArgs};
use crate::cli::error::{CommandError, Error};
use crate::cli::settings::notify_socket;
use crate::cli::{message, progress, report};
use crate::command::source;
use crate::credential::end_running_command;
use crate::os::notify;
use crate::os::process;
use crate::os::signals::{Received, SignalHandler};
use crate::token::file::TokenFile;
use crate::token::renewal::Renewal;
use crate::token::source::Use;

pub fn run(options: Options, args: RenewArgs) -> Result<(), Error> {
    let mut source = source::resolve(options, Use::KeepFresh)?;
    let file = source::token_file(&source, &args.token_file, args.token_file_mode)?;
    source.hold_secret()?;
    let renewal = Renewal::new(source, Arc::clone(&file), None);
    let waker = renewal.waker.clone();
    // A prompt may have replaced the default actions of SIGTSTP, SIGCONT and SIGQUIT.
    SignalHandler::of(&[SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD])
        .and_then(|signals| signals.act(move |received| act_on(received, &waker, &file)))
        .map_err(CommandError::Signals)?;
    Err(renewal.keep(|first| ready(&first)).into())
}

/// A person sees where the token is, once; `-v` prints every renewal.
fn ready(first: &Event<'_>) {
    progress::end();
    notify::ready(notify_socket());
    if event::level() < Level::Outcomes {
        report::done(&message::event::text(first));
    }
}

fn act_on(received: Received, waker: &SyncSender<()>, file: &TokenFile) {
    match received.signal {
        // Several before a renewal are one.
        SIGHUP if received.from_process => drop(waker.try_send(())),
        // Exit at once and leave the file.
        SIGINT | SIGTERM => {
            notify::stopping(notify_socket());
            file.leave();
            end_running_command();
            process::end(0)
        }
        SIGCHLD => process::reap_orphans(),
        SIGTSTP => process::stop(),
        // A SIGHUP from the kernel: the terminal was closed.
        signal @ (SIGHUP | SIGQUIT) => process::die_by(signal),
        _ => {}
    }
}
