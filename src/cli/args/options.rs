//! The options that the bare command and its subcommands share, grouped as in the help.
//!
//! They are valid before and after a subcommand's name; `shared` decides which of them a subcommand takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser as _};
use clap::{ArgAction, Args};

use super::credential::{AssertionArgs, CertificateArgs, CredentialArgs};
use crate::base::duration;
use crate::base::event::Level;
use crate::cli::format::{EnvName, Format};
use crate::oauth::client_auth::ClientAuth;

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub config: ConfigArgs,
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

#[derive(Args, Default)]
pub struct ConfigArgs {
    /// Use this profile of the configuration file
    ///
    /// The settings of its table, [profile.NAME], replace those at the top level of the file. [CATENA_PROFILE]
    #[arg(long, value_name = "PROFILE", value_parser = NonEmptyStringValueParser::new())]
    pub profile: Option<String>,
    /// Configuration file (TOML)
    ///
    /// Its keys are the long options; flags and variables replace what it says. See `catena-token config show`.
    /// [CATENA_CONFIG] [default: $XDG_CONFIG_HOME/catena-token/config.toml, else ~/.config/catena-token/config.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Credentials")]
pub struct IdentityArgs {
    /// Client id
    ///
    /// [CATENA_CLIENT_ID]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    #[command(flatten)]
    pub credential: CredentialArgs,
    #[command(flatten)]
    pub assertion: AssertionArgs,
    #[command(flatten)]
    pub certificate: CertificateArgs,
    /// Issuer URL [default: Catena's realm]
    ///
    /// The endpoints of a Keycloak realm (.../realms/NAME) are known; those of any other issuer are read from
    /// ISSUER/.well-known/openid-configuration with each new token. Plain http is only for loopback hosts.
    /// [CATENA_ISSUER] [default: https://auth.catenatelematics.com/realms/catena]
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// Issuer in tokens, if it is not --issuer
    ///
    /// What the realm's tokens say in `iss`, where the realm has one URL for requests and another in tokens: for
    /// `revoke TOKEN`, `inspect --verify`, `doctor`, and as the audience of assertions.
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub token_issuer: Option<String>,
    /// Scope, '' for none [default: organization]
    ///
    /// [CATENA_SCOPE]
    #[arg(long, value_name = "SCOPE")]
    pub scope: Option<String>,
    /// Token endpoint that no discovery names
    ///
    /// For the token request alone: `revoke` and `inspect --verify` go by --issuer. [CATENA_TOKEN_URL]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub token_url: Option<String>,
    /// Further parameter of the token request
    ///
    /// Such as `audience=...` or `resource=...`; repeatable. A token is cached for its parameters. Those behind a
    /// subcommand's name replace those before it.
    #[arg(long, value_name = "NAME=VALUE", hide_short_help = true)]
    pub param: Vec<OsString>,
    /// post or basic [default: post]
    ///
    /// Client authentication: `post` sends the credentials in the form body, `basic` in an Authorization header (RFC 6749 section 2.3.1).
    /// [CATENA_CLIENT_AUTH]
    #[arg(long, value_name = "METHOD", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(ClientAuth::NAMES)
            .try_map(|name| ClientAuth::named(&name).ok_or("unknown")))]
    pub client_auth: Option<ClientAuth>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Output format: json, env, sh, ... [default: token]
    ///
    /// token: the token alone.  json: the server's response on one line.
    /// header: `Authorization: Bearer ...` for `curl -H @-`.  curl: a configuration for `curl -K -`.
    /// exec-credential: for kubectl and client-go, in the version that [KUBERNETES_EXEC_INFO] requests.
    /// env: `CATENA_TOKEN=...` for dotenv and systemd.  sh, fish, powershell: a line to eval that exports it.
    /// [CATENA_FORMAT]
    #[arg(long, value_name = "FORMAT", hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| Format::named(&name).ok_or("unknown")))]
    pub format: Option<Format>,
    /// Same as --format json
    #[arg(long)]
    pub json: bool,
    /// Name of the variable [default: CATENA_TOKEN]
    ///
    /// In the formats env, sh, fish and powershell.
    #[arg(long, value_name = "NAME", value_parser = EnvName::parse)]
    pub env_name: Option<EnvName>,
}

#[derive(Args)]
#[command(next_help_heading = "Cache")]
pub struct CacheArgs {
    /// Minimum remaining lifetime of the token
    ///
    /// Replaces a token, cached or in a token file, before its remaining lifetime falls below this; by default, below
    /// 30s or a tenth of its lifetime, whichever is shorter. Exits with 7 (`exec`: 125) if a new token lasts less.
    /// [CATENA_MIN_TTL]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
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
    #[arg(long, value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Redis that machines share tokens in
    ///
    /// Behind the directory: redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], rediss:// with TLS. Of all machines that
    /// need a token, one requests it. Values are encrypted as in the directory. An unusable store costs 2 seconds and
    /// a warning. Pass the password in CATENA_CACHE_PASSWORD or CATENA_CACHE_PASSWORD_FILE. [CATENA_CACHE,
    /// CATENA_CACHE_PASSWORD, CATENA_CACHE_PASSWORD_FILE]
    #[arg(long, value_name = "URL")]
    pub cache: Option<String>,
    /// CA bundle (PEM) for --cache [default: as --ca-cert]
    ///
    /// [CATENA_CACHE_CA_CERT]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub cache_ca_cert: Option<PathBuf>,
}

#[derive(Args)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// Timeout, including retries [default: 30s]
    ///
    /// Excludes the time at the prompt and the run time of CMD in `exec`. `renew` applies it to each token. Format:
    /// 90s, 5m, 1h30m, 1500ms or plain seconds. [CATENA_TIMEOUT]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
    pub timeout: Option<Duration>,
    /// Timeout for connecting [default: 10s]
    ///
    /// DNS, TCP, proxy and TLS.
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive, hide_short_help = true)]
    pub connect_timeout: Option<Duration>,
    /// Retries of temporary failures [default: 2]
    ///
    /// [CATENA_RETRIES]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// CA bundle (PEM) [default: the system's]
    ///
    /// [CATENA_CA_CERT, SSL_CERT_FILE]
    #[arg(long, value_name = "FILE")]
    pub ca_cert: Option<PathBuf>,
    /// Proxy URL, '' for none
    ///
    /// http://[USER:PASSWORD@]HOST:PORT or https://... An unusable proxy is an error and is never bypassed. The
    /// variables work as in curl. [HTTPS_PROXY, ALL_PROXY, NO_PROXY]
    #[arg(long, value_name = "URL")]
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
