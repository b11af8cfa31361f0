//! `exec`: a command that runs with a token, instead of us or, with `--renew`, beside us.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;
use std::thread;

use crate::args::{ExecArgs, Options};
use crate::clock;
use crate::command::source::Source;
use crate::credential::{SecretSource, end_running_command};
use crate::error::{CommandError, Error, Exit};
use crate::event::{Event, Warning, tell};
use crate::job::Job;
use crate::job::supervise::{HANDLED, supervise};
use crate::oauth::token_response::TokenResponse;
use crate::output::EnvName;
use crate::process;
use crate::renewal::Renewal;
use crate::report;
use crate::settings::{SECRET_VARIABLES, places_in_memory, search_path};
use crate::signals::Taken;
use crate::token_file::{FileError, TokenFile};
use crate::token_source::Purpose;

/// The variable that names the token file to the command.
const TOKEN_FILE: &str = "CATENA_TOKEN_FILE";

pub fn run(options: Options, args: ExecArgs) -> Result<ExitCode, Error> {
    let started = clock::now();
    let (purpose, level) = match args.renew {
        true => (Purpose::File, options.messages.level_of_a_service()),
        false => (Purpose::Call, options.messages.level()),
    };
    report::listen(level);
    let env_name = args.env_name.unwrap_or_default();
    let source = Source::resolve(options, purpose, started).map_err(Error::not_started)?;
    if let SecretSource::Stdin { by } = source.tokens.secret {
        return Err(CommandError::StdinTwice(by, "the command").into());
    }
    let job = Job::new(args.command, &SECRET_VARIABLES, search_path());
    if args.renew && env_name.to_string() == TOKEN_FILE {
        return Err(CommandError::EnvName(TOKEN_FILE).into());
    }
    match args.renew {
        true => {
            let readers = args.token_file_mode.unwrap_or_default();
            let place = args.token_file.map(|path| TokenFile::at(&path, readers)).transpose();
            beside(source, job, &env_name, place.map_err(Error::not_started)?)
        }
        // The command takes our place.
        false => {
            let token = source.token().map_err(Error::not_started)?;
            Err(with_token(job, &env_name, &token).replace().into())
        }
    }
}

/// Runs the command beside us, and keeps a token file fresh until it exits.
fn beside(mut source: Source, job: Job, env_name: &EnvName, place: Option<TokenFile>) -> Result<ExitCode, Error> {
    let place = place.map(Arc::new);
    place.iter().try_for_each(|file| source.check_place(file))?;
    let prepared = prepare(&mut source, place.clone()).inspect_err(|_| place.iter().for_each(|file| file.remove()));
    let (token, signals, file) = prepared.map_err(Error::not_started)?;
    let mut job = with_token(job, env_name, &token).with(TOKEN_FILE, file.path());
    let renewal = Renewal::new(source.tokens, source.wanted, source.timeout, Arc::clone(&file)).beginning_with(token);
    let ended = run_beside(renewal, &mut job, signals);
    file.remove();
    end_running_command();
    Ok(end_like(ended?))
}

/// Gets a token, and writes it to the file at `place` or to a private one. The private one is made last: once signals
/// are handled, they do not leave it behind.
fn prepare(
    source: &mut Source,
    place: Option<Arc<TokenFile>>,
) -> Result<(TokenResponse, Taken, Arc<TokenFile>), Error> {
    source.hold_secret()?;
    let token = source.token()?;
    let signals = Taken::of(HANDLED).map_err(CommandError::Signals)?;
    let file = place.map_or_else(|| private_file().map(Arc::new), Ok)?;
    file.write(&token.access_token).inspect_err(|_| file.remove())?;
    Ok((token, signals, file))
}

fn run_beside(renewal: Renewal, job: &mut Job, signals: Taken) -> Result<ExitStatus, Error> {
    let child = job.spawn(&signals)?;
    process::leave_the_streams();
    let renewing = thread::Builder::new().name("renewal".to_owned()).spawn(|| renewal.keep(|| {}));
    if let Err(error) = renewing {
        tell(Event::Warning(Warning::NoRenewal(&error)));
    }
    Ok(supervise(&child, signals).map_err(|error| CommandError::Wait(job.name(), error))?)
}

/// The child's own exit code, or its end by a signal.
fn end_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        process::die_by(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(Exit::Local as u8))
}

fn private_file() -> Result<TokenFile, FileError> {
    if let Some(file) = places_in_memory().iter().find_map(|place| TokenFile::private(place).ok()) {
        return Ok(file);
    }
    let file = TokenFile::private(&std::env::temp_dir())?;
    tell(Event::Warning(Warning::FileNotInMemory(&file.path())));
    Ok(file)
}

fn with_token(job: Job, env_name: &EnvName, token: &TokenResponse) -> Job {
    tell(Event::Starting { command: &job.name(), left: token.left_at(clock::now()) });
    job.with(&env_name.to_string(), token.access_token.expose())
}
