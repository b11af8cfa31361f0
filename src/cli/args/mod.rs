//! The command line. Parsing only returns values: it opens no file, sends no request and reads no variable.
//!
//! `-h` prints the first line of a doc comment, `--help` all of it. Values that may contain a secret or a password stay
//! text and are checked in `settings`, because clap quotes an invalid value.

#![allow(rustdoc::broken_intra_doc_links, rustdoc::bare_urls, reason = "the doc comments are the help, not Markdown")]

mod credential;
mod generated;
mod man;
pub mod mistakes;
mod options;
mod shared;
mod subcommands;

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use shared::WithShared;

use crate::cli::format::Format;

pub use credential::{AssertionArgs, CertificateArgs, CredentialArgs};
pub use options::{ConfigArgs, Options, OutputArgs};
pub use subcommands::{ConfigShowArgs, DoctorArgs, ExecArgs, InspectArgs, RenewArgs, RevokeArgs};

/// Print an access token for the Catena Telematics API
///
/// Exchanges a client id and secret for an OAuth 2.0 access token at Catena's Keycloak, or at any other issuer, and
/// prints it to stdout. stdout gets the token or nothing; all messages go to stderr.
#[derive(Parser)]
#[command(
    name = "catena-token",
    bin_name = "catena-token",
    version,
    max_term_width = 100,
    args_override_self = true,
    after_long_help = include_str!("after_help.txt"),
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub options: Options,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run a command with a token in its environment
    ///
    /// CMD replaces this process and inherits its pid, terminal, signals and standard streams. CATENA_TOKEN holds the
    /// token. The variables of the credential (CATENA_CLIENT_SECRET, CATENA_CLIENT_ASSERTION, CATENA_SIGNING_KEY and those
    /// that begin with these names) are removed from its environment, but CMD can read a secret file that you can read.
    ///
    /// The exit code is CMD's own; 2 for a wrong command line, 125 if there is no token or anything else fails before
    /// CMD starts, 126 if CMD cannot be executed, 127 if it is not found. `--` is only needed before a CMD that begins with `-`.
    Exec(WithShared<ExecArgs>),
    /// Keep a valid token in a file until stopped
    ///
    /// Requests the next token one minute (or a fifth of the lifetime, if shorter) before the token in the file
    /// expires. Retries failures; exits with 4 if the server refuses and the token has expired. SIGHUP renews now,
    /// SIGTERM and SIGINT exit with 0 and leave the file. Under systemd, Type=notify waits for the first token. -v
    /// prints one line for each token, -vv and -vvv more.
    Renew(WithShared<RenewArgs>),
    /// Show a token's claims, and verify it with --verify
    ///
    /// Shows client, organisations, scopes, issuer and times, even if the token has expired, but never the token
    /// itself. A forged token can claim anything: without --verify, the claims prove nothing. Without TOKEN, inspects
    /// the cached token, or requests one if none is cached.
    Inspect(WithShared<InspectArgs>),
    /// Revoke a token and remove it from the cache
    ///
    /// Revokes the cached token by default; if none is cached, sends no request. An API that verifies tokens offline
    /// accepts a revoked token until it expires. A token stays cached if the server did not revoke it; if the outcome
    /// is unknown, it is deleted.
    ///
    /// Exit codes: 0 if the token is no longer valid at the server, or unknown to it; 2 for a token of another issuer;
    /// 4 for a token of another client; 5 if the server cannot answer, or its response was lost.
    Revoke(WithShared<RevokeArgs>),
    /// Diagnose why there is no usable token
    ///
    /// Runs the steps of a call: program, settings, issuer, trust (the CA bundle), credential, proxy, dns, tcp, tls,
    /// discovery, clock, request, answer, cache, shared cache (with --cache). Each is ok, warning, failed or skipped,
    /// with facts and what to do.
    /// Sends one token request, and one for the realm's discovery document. Caches no token, and prints no secret and
    /// no token: the report is safe to share.
    ///
    /// Exits with the code of the first failed step, as a call would; with 0 if no step failed.
    Doctor(WithShared<DoctorArgs>),
    /// Show, list or clear the token cache
    #[command(after_long_help = include_str!("examples/cache.txt"))]
    Cache {
        #[command(subcommand)]
        command: CacheCommand,
    },
    /// Show the settings, the configuration file or its profiles
    #[command(after_long_help = include_str!("examples/config.txt"))]
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print the completion script of a shell
    #[command(after_long_help = include_str!("examples/completions.txt"))]
    Completions {
        /// The shell
        #[arg(value_parser = PossibleValuesParser::new(SHELLS.map(|(name, _)| name)))]
        shell: String,
    },
    /// Print the man page (roff)
    #[command(after_long_help = include_str!("examples/man.txt"))]
    Man,
}

#[derive(Subcommand)]
pub enum CacheCommand {
    /// Print the cache directory
    Path(WithShared<()>),
    /// List the cached tokens, without the tokens themselves
    ///
    /// Shows issuer, client, scope and remaining lifetime of entries that the secret or a remembered key decrypts, and
    /// only size and age of all others. Runs no command and does not prompt for a secret.
    List(WithShared<()>),
    /// Remove all cached tokens and remembered keys
    ///
    /// Safe while other calls run. Lock files remain.
    Clear(WithShared<()>),
}

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Show each setting with its origin
    ///
    /// As a call with the same options and environment would use it: NAME VALUE (ORIGIN), where the origin is an option,
    /// a variable, FILE:LINE or the default. Of the credential, only its place is shown.
    Show(WithShared<ConfigShowArgs>),
    /// Print the path of the configuration file
    Path(WithShared<(), true>),
    /// List the profiles of the configuration file
    Profiles(WithShared<(), true>),
}

/// The shells and their completion scripts; a test compares them with these arguments.
const SHELLS: [(&str, &str); 5] = [
    ("bash", include_str!("../../../completions/catena-token.bash")),
    ("zsh", include_str!("../../../completions/_catena-token")),
    ("fish", include_str!("../../../completions/catena-token.fish")),
    ("elvish", include_str!("../../../completions/catena-token.elv")),
    ("powershell", include_str!("../../../completions/_catena-token.ps1")),
];

pub fn completions(shell: &str) -> &'static str {
    SHELLS.into_iter().find(|(name, _)| *name == shell).map_or("", |(_, script)| script)
}

/// Parses the command line. `--help` and `--version` are errors whose text goes to stdout; `mistakes::text` has the
/// text of the others.
pub fn parse() -> Result<Cli, clap::Error> {
    read(std::env::args_os())
}

fn read(words: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let matches = command.try_get_matches_from_mut(words)?;
    shared::check(&command, &matches)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let is_of_report = matches!(cli.command, Some(Command::Config { .. }));
    if !is_of_report
        && cli.options.output.json
        && cli.options.output.format.is_some_and(|format| format != Format::Json)
    {
        let why = "the argument '--json' cannot be used with any '--format' but json";
        return Err(command.error(ErrorKind::ArgumentConflict, why));
    }
    Ok(cli)
}

#[cfg(test)]
impl Cli {
    /// A command line that clap accepts.
    pub fn typed<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        read(words.map(OsString::from)).unwrap()
    }
}
