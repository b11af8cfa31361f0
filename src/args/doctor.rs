//! `doctor`: an examination of everything on the way to a token.

use clap::Args;

#[derive(Args)]
pub struct DoctorArgs {
    /// Print the report as JSON
    ///
    /// An object with version, status, exit_code, failed and steps, on one line, at the end.
    #[arg(long, global = true, help_heading = "Examination")]
    pub json: bool,
    /// Ask nobody on the network
    ///
    /// The settings, the secret, the issuer's form, the CA bundle, the choice of a proxy and the cache.
    #[arg(long, help_heading = "Examination")]
    pub offline: bool,
}
