//! `renew`: keeps a token file fresh, for a sidecar, a service or a program that reads one.
//!
//! SIGHUP renews at once; SIGTERM and SIGINT exit with 0. It fails if the service refuses and the token has expired.
//! With `--check` it only reads the file, as a probe of such a sidecar.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use signal_hook::consts::{SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};

use crate::base::clock::{self, Deadline};
use crate::base::event::{self, Event, Level};
use crate::cli::args::{Options, RenewArgs};
use crate::cli::error::{CommandError, Error};
use crate::cli::settings::{Name, Settings, notify_socket};
use crate::cli::{message, progress, report};
use crate::command::source;
use crate::credential::end_running_command;
use crate::oauth::jwt::claims::system_time;
use crate::oauth::jwt::{Jwt, LONGEST};
use crate::oauth::token_response::is_b64token;
use crate::os::input;
use crate::os::notify;
use crate::os::process;
use crate::os::signals::{Received, SignalHandler};
use crate::token::file::TokenFile;
use crate::token::renewal::Renewal;
use crate::token::source::Use;

pub fn run(options: Options, args: RenewArgs) -> Result<(), Error> {
    if args.check {
        let settings = Settings::resolve(options);
        source::require(&settings, |name| name == Name::MinTtl)?;
        return Ok(check(&args.token_file, settings.min_ttl?.value)?);
    }
    let mut source = source::resolve(options, Use::KeepFresh)?;
    let file = source::token_file(&source, &args.token_file, args.token_file_mode)?;
    source::hold(&mut source)?;
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

/// Whether the token in the file is valid by this clock, and for at least `min_ttl`. Only a JWT says when it expires.
fn check(path: &Path, min_ttl: Option<Duration>) -> Result<(), CommandError> {
    let bytes = match input::read_file(path, LONGEST, Deadline::after(Duration::from_secs(1))) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CommandError::NoTokenYet(path.to_owned())),
        read => read.map_err(|error| CommandError::TokenFile(path.to_owned(), error))?,
    };
    let token = match std::str::from_utf8(bytes.trim_ascii()) {
        Ok("") => return Err(CommandError::NoTokenYet(path.to_owned())),
        Ok(token) if is_b64token(token) => token,
        _ => return Err(CommandError::NotAToken),
    };
    let expires = Jwt::decode(token).ok().and_then(|jwt| system_time(jwt.claims.members.get("exp")?));
    let left = expires.map(|at| (at, at.duration_since(clock::wall()).unwrap_or_default()));
    match (left, min_ttl) {
        (Some((at, left)), _) if left.is_zero() || left < min_ttl.unwrap_or_default() => {
            Err(CommandError::Expires { path: path.to_owned(), at, min_ttl: min_ttl.filter(|_| !left.is_zero()) })
        }
        (None, Some(_)) => Err(CommandError::NoExpiry(path.to_owned())),
        _ => Ok(()),
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
