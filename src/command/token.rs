//! The default command: prints an access token.

use crate::base::clock;
use crate::cli::args::Options;
use crate::cli::error::Error;
use crate::cli::format::Extra;
use crate::cli::settings::Settings;
use crate::command::source::{self, require};
use crate::os::stdout;
use crate::token::source::Use;

/// All settings are checked before the secret is fetched or prompted for.
pub fn run(options: Options) -> Result<(), Error> {
    let settings = Settings::resolve(options);
    require(&settings, |_| true)?;
    let (format, env_name) = (settings.format.clone()?.value, &settings.env_name.clone()?.value);
    let api_version = settings.api_version.clone()?.value;
    let source = source::of(settings, Use::Once)?;
    let response = source.token()?;
    let left = source.freshness.left(&response, clock::now());
    Ok(stdout::print(format.text(&response, &Extra { env_name, api_version, left }))?)
}
