//! `inspect` and `revoke`: what is done with a token that is there already.

use std::ffi::OsString;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueHint};

#[derive(Args)]
pub struct InspectArgs {
    /// The token, - is stdin; else the one that would be printed
    ///
    /// Others can read it in `ps`: `-` is the better way.
    // What decides which token would be printed has no place beside one.
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
    /// Fetches ISSUER/protocol/openid-connect/certs and checks the signature, the issuer and the times: exit code 7, and
    /// the first thing that is wrong, for a token that is not genuine or not valid now.
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
    /// The token, - is stdin; else the kept one
    ///
    /// Others can read it in `ps`: `-` is the better way. A JWT of another issuer is not sent.
    #[arg(value_name = "TOKEN", value_hint = ValueHint::Other, conflicts_with = "scope")]
    pub token: Option<OsString>,
    /// Every kept token of this client
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
