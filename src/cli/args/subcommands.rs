//! The arguments that only one subcommand takes, beside the shared options.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueHint};

use crate::cli::format::EnvName;
use crate::token::file::parse_mode;

#[derive(Args)]
pub struct ExecArgs {
    /// The variable that holds the token
    ///
    /// [default: CATENA_TOKEN]
    #[arg(long, global = true, value_name = "NAME", value_parser = EnvName::parse, value_hint = ValueHint::Other,
        help_heading = "Command")]
    pub env_name: Option<EnvName>,
    /// Keep a token file fresh while CMD runs
    ///
    /// For a command that outlives a token: CATENA_TOKEN_FILE names the file, which holds a token that lives whenever
    /// it is read. It is removed at the end. Signals are passed on, and CMD's end is the end of this call.
    #[arg(long, help_heading = "Command")]
    pub renew: bool,
    /// Where that file is
    ///
    /// Its directory is created if it is missing, and must not be writable by other users. [default: a private
    /// directory in $XDG_RUNTIME_DIR, else /dev/shm]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, requires = "renew", help_heading = "Command")]
    pub token_file: Option<PathBuf>,
    /// 0600, or 0640 for readers of its group
    ///
    /// [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = parse_mode, value_hint = ValueHint::Other,
        default_value = "0600", hide_default_value = true, requires = "token_file", help_heading = "Command")]
    pub token_file_mode: u32,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

#[derive(Args)]
pub struct RenewArgs {
    /// The file that holds the token, and nothing else
    ///
    /// Its directory is created if it is missing, and must not be writable by other users. The file is replaced as a
    /// whole, and stays when this command exits.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "File")]
    pub token_file: PathBuf,
    /// 0600, or 0640 for readers of its group
    ///
    /// [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = parse_mode, value_hint = ValueHint::Other,
        default_value = "0600", hide_default_value = true, help_heading = "File")]
    pub token_file_mode: u32,
}

#[derive(Args)]
pub struct InspectArgs {
    /// The token, - is stdin; else the one that would be printed
    ///
    /// Others can read it in `ps`: `-` is the better way.
    // Options that select a token conflict with a given token.
    #[arg(value_name = "TOKEN", value_hint = ValueHint::Other, conflicts_with_all = ["client_id", "client_secret",
        "client_secret_file", "client_secret_command", "scope", "client_auth", "min_ttl", "refresh", "no_cache",
        "cache_dir"])]
    pub token: Option<OsString>,
    /// Print header and claims as they were sent
    ///
    /// {"header":{...},"claims":{...}} on one line.
    #[arg(long, global = true, help_heading = "Inspection")]
    pub json: bool,
    /// Check that it is genuine, by the realm's keys
    ///
    /// Fetches ISSUER/protocol/openid-connect/certs and checks the signature, the issuer and the times: exit code 7,
    /// and the first thing that is wrong, for a token that is not genuine or not valid now.
    #[arg(long, help_heading = "Inspection")]
    pub verify: bool,
    /// Check that it is meant for this audience, too
    ///
    /// With --verify.
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other, requires = "verify", help_heading = "Inspection",
        value_parser = NonEmptyStringValueParser::new())]
    pub audience: Option<String>,
    /// What its `iss` must be, if not the issuer's URL
    ///
    /// With --verify, for a realm that is reached by another name than its tokens say.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "verify", help_heading = "Inspection",
        value_parser = NonEmptyStringValueParser::new())]
    pub token_issuer: Option<String>,
}

#[derive(Args)]
pub struct RevokeArgs {
    /// The token, - is stdin; else the cached one
    ///
    /// Others can read it in `ps`: `-` is the better way. A JWT of another issuer is not sent.
    #[arg(value_name = "TOKEN", value_hint = ValueHint::Other, conflicts_with = "scope")]
    pub token: Option<OsString>,
    /// Every cached token of this client
    ///
    /// Of whatever scope, as far as the secret or a remembered key opens it.
    #[arg(long, conflicts_with_all = ["token", "scope"], help_heading = "Revocation")]
    pub all: bool,
    /// What its `iss` must be, if not the issuer's URL
    ///
    /// With TOKEN, for a realm that is reached by another name than its tokens say.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, requires = "token",
        conflicts_with = "all", help_heading = "Revocation", value_parser = NonEmptyStringValueParser::new())]
    pub token_issuer: Option<String>,
}

#[derive(Args)]
pub struct DoctorArgs {
    /// Print the report as JSON
    ///
    /// An object with version, status, exit_code, failed and steps, on one line, at the end.
    #[arg(long, global = true, help_heading = "Examination")]
    pub json: bool,
    /// Do not use the network
    ///
    /// The settings, the secret, the issuer's form, the CA bundle, the choice of a proxy and the cache.
    #[arg(long, help_heading = "Examination")]
    pub offline: bool,
}
