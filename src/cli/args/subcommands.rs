//! Each subcommand's own arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::cli::format::EnvName;
use crate::token::file::parse_mode;

#[derive(Args)]
pub struct ExecArgs {
    /// Variable that holds the token [default: CATENA_TOKEN]
    #[arg(long, global = true, value_name = "NAME", value_parser = EnvName::parse,
        help_heading = "Command")]
    pub env_name: Option<EnvName>,
    /// Keep a valid token in a file while CMD runs
    ///
    /// For a command that outlives a token: CATENA_TOKEN_FILE is the path of the file, which is updated before the
    /// token expires and removed when CMD exits. Forwards signals to CMD, and exits when CMD does.
    #[arg(long, help_heading = "Command")]
    pub renew: bool,
    /// Path of the token file
    ///
    /// The last directory of the path is created if it is missing. It must not be writable by other users. [default: a
    /// private directory in $XDG_RUNTIME_DIR, else /dev/shm]
    #[arg(long, value_name = "PATH", requires = "renew", help_heading = "Command")]
    pub token_file: Option<PathBuf>,
    /// 0600, or 0640 to let its group read it [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = parse_mode,
        default_value = "0600", hide_default_value = true, requires = "token_file", help_heading = "Command")]
    pub token_file_mode: u32,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    pub command: Vec<OsString>,
}

#[derive(Args)]
pub struct RenewArgs {
    /// File to keep the token in
    ///
    /// Contains only the token, is replaced atomically, and remains when this command exits. The last directory of the
    /// path is created if it is missing; it must not be writable by other users.
    #[arg(long, value_name = "PATH", help_heading = "File")]
    pub token_file: PathBuf,
    /// 0600, or 0640 to let its group read it [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = parse_mode,
        default_value = "0600", hide_default_value = true, help_heading = "File")]
    pub token_file_mode: u32,
    /// Only check that the token in the file is valid
    ///
    /// For a probe: exits with 0 if the token has not expired by this machine's clock and, with --min-ttl, lives at least
    /// that long; with 5 if it has, or if there is no token. Needs no credentials, and does not use the network.
    #[arg(long, conflicts_with = "token_file_mode", help_heading = "File")]
    pub check: bool,
}

#[derive(Args)]
pub struct InspectArgs {
    /// Token, or - for stdin [default: the one to print]
    ///
    /// Prefer `-`: every user of the machine can read an argument in `ps`.
    // Options that select a token conflict with it.
    #[arg(value_name = "TOKEN", conflicts_with_all = ["client_id", "client_secret", "client_secret_file",
        "client_secret_command", "client_assertion_file", "client_assertion_command", "client_assertion_from",
        "signing_key_file", "assertion_audience", "client_assertion_type", "signing_key_id", "signing_alg", "scope",
        "token_url", "param", "client_auth", "min_ttl", "refresh", "no_cache", "cache_dir"])]
    pub token: Option<OsString>,
    /// Print header and claims as JSON, unchanged
    ///
    /// {"header":{...},"claims":{...}} on one line.
    #[arg(long, global = true, help_heading = "Inspection")]
    pub json: bool,
    /// Verify the token with the issuer's public keys
    ///
    /// Fetches the keys of the issuer and checks the signature, the issuer and the times. Exits with 7
    /// and the first error if the token is not genuine or not valid now.
    #[arg(long, help_heading = "Inspection")]
    pub verify: bool,
    /// Also check that the token is for this audience
    ///
    /// Needs --verify.
    #[arg(long, value_name = "NAME", requires = "verify", help_heading = "Inspection",
        value_parser = NonEmptyStringValueParser::new())]
    pub audience: Option<String>,
}

#[derive(Args)]
pub struct RevokeArgs {
    /// Token, or - for stdin [default: the cached one]
    ///
    /// Prefer `-`: every user of the machine can read an argument in `ps`. A JWT of another issuer is not sent.
    #[arg(value_name = "TOKEN", conflicts_with = "scope")]
    pub token: Option<OsString>,
    /// Revoke all cached tokens of this client
    ///
    /// Includes all scopes, but only tokens that the secret or a remembered key decrypts.
    #[arg(long, conflicts_with_all = ["token", "scope"], help_heading = "Revocation")]
    pub all: bool,
}

#[derive(Args)]
pub struct DoctorArgs {
    /// Print the report as JSON
    ///
    /// One object with version, status, exit_code, failed and steps, on one line, at the end.
    #[arg(long, global = true, help_heading = "Examination")]
    pub json: bool,
    /// Do not use the network
    ///
    /// Checks the settings, the credential, the issuer's form, the CA bundle, the choice of a proxy and the cache.
    #[arg(long, help_heading = "Examination")]
    pub offline: bool,
}

#[derive(Args)]
pub struct ConfigShowArgs {
    /// Print the settings as JSON
    ///
    /// {"profile":..., "file":..., "settings":[{"name":..., "value":..., "origin":...}, ...]} on one line.
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
}
