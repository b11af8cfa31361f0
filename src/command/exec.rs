//! `exec`: runs a command with a token. The command replaces this process, or with `--renew` is its child.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;
use std::thread;

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::cli::args::{ExecArgs, Options, OutputArgs};
use crate::cli::error::{CommandError, Error, Exit, NotStarted};
use crate::cli::format::EnvName;
use crate::cli::progress;
use crate::cli::settings::{Name, Settings, places_in_memory, search_path, secret_variables, temporary_directory};
use crate::command::source;
use crate::credential::{Place, end_running_command};
use crate::exec::{ChildCommand, HANDLED, supervise};
use crate::oauth::token_response::TokenResponse;
use crate::os::process;
use crate::os::signals::SignalHandler;
use crate::token::file::{FileError, TokenFile};
use crate::token::renewal::Renewal;
use crate::token::source::{TokenSource, Use};

const TOKEN_FILE: &str = "CATENA_TOKEN_FILE";

pub fn run(options: Options, args: ExecArgs) -> anyhow::Result<ExitCode> {
    use CommandError::{EnvName, SecretFile, StdinTwice, Wait};
    run_with_token(options, args).map_err(|error| match error {
        Error::ChildCommand(_) | Error::Command(StdinTwice(..) | EnvName(_) | SecretFile(..) | Wait(..)) => {
            error.into()
        }
        error => anyhow::Error::from(error).context(NotStarted),
    })
}

fn run_with_token(options: Options, args: ExecArgs) -> Result<ExitCode, Error> {
    let intended_use = if args.renew { Use::KeepFresh } else { Use::Once };
    // Without a format, the name is not that of an output.
    let settings = Settings::resolve(Options { output: OutputArgs::default(), ..options });
    source::require(&settings, |name| name.is_of_token() || name == Name::EnvVariable)?;
    let env_name = args.env_name.map_or_else(|| settings.env_name.clone().map(|name| name.value), Ok)?;
    let source = source::of(settings, intended_use)?;
    if let Place::Stdin { by } = source.credential.place {
        return Err(CommandError::StdinTwice(by, "the command").into());
    }
    let job = ChildCommand::new(args.command, secret_variables().collect(), search_path());
    if !args.renew {
        return Err(with_token(job, &env_name, &source.token()?).replace().into());
    }
    if env_name.to_string() == TOKEN_FILE {
        return Err(CommandError::EnvName(TOKEN_FILE).into());
    }
    let mut file = args.token_file.map(|path| source::token_file(&source, &path, args.token_file_mode)).transpose()?;
    let status = supervise_command(source, job, &env_name, &mut file);
    file.iter().for_each(|file| file.remove());
    end_running_command();
    Ok(exit_like(status?))
}

/// Runs the command as a child, and renews a token file until it exits: `file`, or a private one.
fn supervise_command(
    mut source: TokenSource,
    job: ChildCommand,
    env_name: &EnvName,
    file: &mut Option<Arc<TokenFile>>,
) -> Result<ExitStatus, Error> {
    source::hold(&mut source)?;
    let token = source.token()?;
    let signals = SignalHandler::of(HANDLED).map_err(CommandError::Signals)?;
    let file = match file {
        Some(file) => file,
        // Created once signals are handled, so that a signal does not leave it behind.
        None => file.insert(Arc::new(private_file()?)),
    };
    file.write(&token.access_token)?;
    let job = with_token(job, env_name, &token).with(TOKEN_FILE, file.path());
    let renewal = Renewal::new(source, Arc::clone(file), Some(token));
    let child = job.spawn(&signals)?;
    process::leave_the_streams();
    let renewing = thread::Builder::new().name("renewal".to_owned()).spawn(|| renewal.keep(|_| {}));
    if let Err(error) = renewing {
        emit(Event::Warning(Warning::NoRenewal(&error)));
    }
    Ok(supervise(&child, signals).map_err(|error| CommandError::Wait(job.name(), error))?)
}

fn exit_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        process::die_by(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(Exit::Local as u8))
}

fn private_file() -> Result<TokenFile, FileError> {
    for place in places_in_memory() {
        match TokenFile::private(&place) {
            Ok(file) => return Ok(file),
            Err(why) => emit(Event::NoPlace { why: &why }),
        }
    }
    let file = TokenFile::private(&temporary_directory())?;
    emit(Event::Warning(Warning::FileNotInMemory(&file.path())));
    Ok(file)
}

fn with_token(job: ChildCommand, env_name: &EnvName, token: &TokenResponse) -> ChildCommand {
    progress::end();
    emit(Event::Starting { command: &job.name(), left: token.left_at(clock::now()) });
    job.with(&env_name.to_string(), token.access_token.expose())
}
