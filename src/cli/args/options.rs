//! The options that the bare command and its subcommands share, grouped as in the help.
//!
//! They are valid before and after a subcommand's name; `shared` decides which of them a subcommand takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{ArgAction, Args, ValueHint};

use crate::base::duration;
use crate::base::event::Level;
use crate::cli::format::{EnvName, Format};
use crate::oauth::client_auth::ClientAuth;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub identity: IdentityArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub cache: CacheArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub messages: MessageArgs,
}

#[derive(Args)]
#[command(next_help_heading = "Credentials")]
pub struct IdentityArgs {
    /// Client id
    ///
    /// [CATENA_CLIENT_ID]
    #[arg(long, value_name = "ID", value_hint = ValueHint::Other)]
    pub client_id: Option<String>,
    #[command(flatten)]
    pub secret: SecretArgs,
    /// Issuer URL, Catena's realm by default
    ///
    /// The token endpoint is ISSUER/protocol/openid-connect/token. Plain http is only for loopback hosts.
    /// [CATENA_ISSUER] [default: https://auth.catenatelematics.com/realms/catena]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub issuer: Option<String>,
    /// Scope to request, '' for none
    ///
    /// [CATENA_SCOPE] [default: organization]
    #[arg(long, value_name = "SCOPE", value_hint = ValueHint::Other)]
    pub scope: Option<String>,
    /// post (default) or basic authentication
    ///
    /// `post` sends the credentials in the form body, `basic` in an Authorization header (RFC 6749 section 2.3.1).
    /// [CATENA_CLIENT_AUTH] [default: post]
    #[arg(long, value_name = "METHOD", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(ClientAuth::NAMES)
            .try_map(|name| ClientAuth::named(&name).ok_or("unknown")))]
    pub client_auth: Option<ClientAuth>,
}

// Not a doc comment: clap would use it as the command's description. Each option declares its conflicts, because clap
// does not propagate groups to subcommands.
#[derive(Args, Default, PartialEq)]
#[command(next_help_heading = "Credentials")]
pub struct SecretArgs {
    /// Client secret (visible in `ps`)
    ///
    /// Prefer a file or a command: every user of the machine can read a command line. If no option or variable gives the
    /// secret, the systemd credential `catena-client-secret` is read, else the terminal prompts.
    /// [CATENA_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", value_hint = ValueHint::Other, allow_hyphen_values = true,
        conflicts_with_all = ["client_secret_file", "client_secret_command"])]
    pub client_secret: Option<OsString>,
    /// File with the client secret, - for stdin
    ///
    /// Pipes and <(...) work. One final line break is removed. [CATENA_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, conflicts_with = "client_secret_command")]
    pub client_secret_file: Option<PathBuf>,
    /// Shell command that prints the secret
    ///
    /// Run by `sh -c`, with the terminal and without stdin: 'op read op://vault/catena/secret', 'pass show catena'.
    /// [CATENA_CLIENT_SECRET_COMMAND]
    #[arg(long, value_name = "CMD", value_hint = ValueHint::CommandString)]
    pub client_secret_command: Option<OsString>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// token, json, header, curl, env, sh, fish, powershell
    ///
    /// token: the token alone.  json: the server's response on one line.
    /// header: `Authorization: Bearer ...` for `curl -H @-`.  curl: a configuration for `curl -K -`.
    /// env: `CATENA_TOKEN=...` for dotenv and systemd.  sh, fish, powershell: a line to eval that exports it.
    /// [CATENA_FORMAT] [default: token]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| Format::named(&name).ok_or("unknown")))]
    pub format: Option<Format>,
    /// Same as --format json
    #[arg(long)]
    pub json: bool,
    /// Name of the variable in env, sh, fish, powershell
    ///
    /// [default: CATENA_TOKEN]
    #[arg(long, value_name = "NAME", value_parser = EnvName::parse, value_hint = ValueHint::Other)]
    pub env_name: Option<EnvName>,
}

#[derive(Args)]
#[command(next_help_heading = "Cache")]
pub struct CacheArgs {
    /// Minimum remaining lifetime of the token
    ///
    /// Exit code 7 if a new token's lifetime is shorter. By default, a cached token is used until 30s, or a
    /// tenth of its lifetime if that is shorter, are left. [CATENA_MIN_TTL]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, value_hint = ValueHint::Other)]
    pub min_ttl: Option<Duration>,
    /// Request a new token even if a valid one is cached
    ///
    /// Processes that start together share one new token.
    #[arg(long)]
    pub refresh: bool,
    /// Do not use the cache
    ///
    /// [CATENA_NO_CACHE]
    #[arg(long)]
    pub no_cache: bool,
    /// Directory of the encrypted token cache
    ///
    /// [CATENA_CACHE_DIR] [default: $XDG_CACHE_HOME/catena-token, else ~/.cache/catena-token]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub cache_dir: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Timeout for the whole call; 30s
    ///
    /// Includes retries, but not the time at the prompt. Format: 90s, 5m, 1h30m, 1500ms or plain seconds.
    /// [CATENA_TIMEOUT] [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive, value_hint = ValueHint::Other)]
    pub timeout: Option<Duration>,
    /// Timeout for DNS, TCP, proxy and TLS; 10s
    ///
    /// [default: 10s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive, value_hint = ValueHint::Other)]
    pub connect_timeout: Option<Duration>,
    /// Retries after a temporary failure; 2
    ///
    /// [CATENA_RETRIES] [default: 2]
    #[arg(long, value_name = "N", value_hint = ValueHint::Other)]
    pub retries: Option<u32>,
    /// CA bundle (PEM), instead of the system's
    ///
    /// [CATENA_CA_CERT, SSL_CERT_FILE] [default: the system's]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ca_cert: Option<PathBuf>,
    /// Proxy URL, '' for none
    ///
    /// http://[USER:PASSWORD@]HOST:PORT or https://... An unusable proxy is an error and is never bypassed. The
    /// variables work as in curl. [HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub proxy: Option<String>,
}

#[derive(Args)]
#[command(next_help_heading = "Messages")]
pub struct MessageArgs {
    /// Print progress to stderr; -vv for details
    ///
    /// Never prints a secret or a token.
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Print errors only, no warnings
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
}

impl MessageArgs {
    /// A service runs for long, so its first level prints only one line per outcome.
    pub fn level(&self, is_service: bool) -> Level {
        match (self.verbose, is_service) {
            _ if self.quiet => Level::Quiet,
            (0, _) => Level::Warnings,
            (1, true) => Level::Outcomes,
            (1, false) | (2, true) => Level::Steps,
            _ => Level::Details,
        }
    }
}
