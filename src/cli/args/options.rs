//! The options that the bare command and its subcommands share, grouped as in the help.
//!
//! They are valid before and after a subcommand's name; `shared` decides which of them a subcommand takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{ArgAction, Args};

use crate::base::duration;
use crate::base::event::Level;
use crate::cli::format::{EnvName, Format};
use crate::oauth::assertion::AssertionType;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::signing_key::Algorithm;

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

// Not a doc comment: clap would use it as the command's description. Each option declares its conflicts, because clap
// does not propagate groups to subcommands.
#[derive(Args, Default, PartialEq)]
#[command(next_help_heading = "Credentials")]
pub struct CredentialArgs {
    /// Client secret (visible in `ps`)
    ///
    /// Prefer a file or a command: every user of the machine can read a command line. Without an option or variable,
    /// the secret is read from the systemd credential `catena-client-secret` or, if there is none, prompted for.
    /// [CATENA_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true,
        conflicts_with_all = ["client_secret_file", "client_secret_command", "client_assertion_file",
        "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret: Option<OsString>,
    /// File with the client secret, - for stdin
    ///
    /// Pipes and <(...) work. One final line break is removed. [CATENA_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "PATH", conflicts_with_all = ["client_secret_command",
        "client_assertion_file", "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret_file: Option<PathBuf>,
    /// Shell command that prints the secret
    ///
    /// Run by `sh -c`, with the terminal and without stdin: 'op read op://vault/catena/secret', 'pass show catena'.
    /// [CATENA_CLIENT_SECRET_COMMAND]
    #[arg(long, value_name = "CMD", conflicts_with_all = ["client_assertion_file",
        "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret_command: Option<OsString>,
    /// File with a client assertion (JWT)
    ///
    /// For a client without a secret: a JWT that GitLab, Kubernetes, SPIRE or another issuer signed for the realm. It
    /// is read anew for each request and must be for the audience of --assertion-audience. - for stdin. Or set the JWT
    /// itself in CATENA_CLIENT_ASSERTION. [CATENA_CLIENT_ASSERTION_FILE, CATENA_CLIENT_ASSERTION]
    #[arg(long, value_name = "PATH", conflicts_with_all = ["client_assertion_command",
        "client_assertion_from", "signing_key_file"])]
    pub client_assertion_file: Option<PathBuf>,
    /// Shell command that prints a client assertion
    ///
    /// Run by `sh -c` for each request, with the audience in CATENA_ASSERTION_AUDIENCE:
    /// 'spire-agent api fetch jwt ...', 'aws sts get-web-identity-token ...'. [CATENA_CLIENT_ASSERTION_COMMAND]
    #[arg(long, value_name = "CMD", hide_short_help = true,
        conflicts_with_all = ["client_assertion_from", "signing_key_file"])]
    pub client_assertion_command: Option<OsString>,
    /// Service that gives an assertion: github
    ///
    /// `github`: GitHub's runner, for a job with `permissions: id-token: write`. A new assertion is requested for each
    /// request. [CATENA_CLIENT_ASSERTION_FROM]
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = PossibleValuesParser::new(["github"]),
        conflicts_with = "signing_key_file")]
    pub client_assertion_from: Option<String>,
    /// File with a key that signs assertions
    ///
    /// For a client that authenticates with a signed JWT (private_key_jwt): RSA of 2048 to 4096 bits, P-256, P-384 or
    /// Ed25519, in PEM, without a passphrase. - for stdin. Without an option or variable, the systemd credential
    /// `catena-signing-key` is read. Or set the key itself in CATENA_SIGNING_KEY. [CATENA_SIGNING_KEY_FILE,
    /// CATENA_SIGNING_KEY]
    #[arg(long, value_name = "PATH")]
    pub signing_key_file: Option<PathBuf>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Credentials")]
pub struct AssertionArgs {
    /// Audience of the assertion [default: the issuer]
    ///
    /// What an assertion must say in `aud`, or says if --signing-key-file signs it. By default --token-issuer, else
    /// --issuer: Keycloak accepts nothing else. [CATENA_ASSERTION_AUDIENCE]
    #[arg(long, value_name = "AUD", hide_short_help = true)]
    pub assertion_audience: Option<String>,
    /// jwt-bearer or jwt-spiffe [default: by its claims]
    ///
    /// The type that is sent with an assertion: `jwt-spiffe` for a JWT-SVID, which has a `sub` of spiffe:// and no `iss`.
    #[arg(long, value_name = "TYPE", hide_possible_values = true, hide_short_help = true,
        value_parser = PossibleValuesParser::new(AssertionType::NAMES))]
    pub client_assertion_type: Option<String>,
    /// `kid` of the signing key [default: none]
    ///
    /// Needed if several keys of one kind are registered. [CATENA_SIGNING_KEY_ID]
    #[arg(long, value_name = "KID", hide_short_help = true)]
    pub signing_key_id: Option<String>,
    /// Algorithm of the signature [default: by the key]
    ///
    /// RS256, RS384, RS512, PS256, PS384 or PS512 for an RSA key; ES256 for P-256, ES384 for P-384, EdDSA for Ed25519.
    /// [CATENA_SIGNING_ALG]
    #[arg(long, value_name = "ALG", hide_possible_values = true, hide_short_help = true,
        value_parser = PossibleValuesParser::new(Algorithm::NAMES))]
    pub signing_alg: Option<String>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Credentials")]
pub struct CertificateArgs {
    /// File with a TLS client certificate (PEM)
    ///
    /// Its chain may follow, and its key if there is no --client-key. Without another credential it authenticates the
    /// client (tls_client_auth); beside one, tokens may be bound to it (RFC 8705). Only the realm gets it, no proxy.
    /// [CATENA_CLIENT_CERT]
    #[arg(long, value_name = "FILE")]
    pub client_cert: Option<PathBuf>,
    /// File with the certificate's private key
    ///
    /// By default, the key is in the file of --client-cert. [CATENA_CLIENT_KEY]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<PathBuf>,
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
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_positive)]
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
