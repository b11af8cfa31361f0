//! The bare command: an access token on stdout.

use crate::args::Options;
use crate::command::source::{self, require};
use crate::error::Error;
use crate::output;
use crate::settings::Settings;
use crate::token_source::Purpose;

/// Everything that can be wrong with the settings is found before the secret is fetched or a person asked for it.
pub fn run(options: Options) -> Result<(), Error> {
    let settings = Settings::resolve(options);
    require(&settings, |_| true)?;
    let (format, env_name) = (settings.format.clone()?.value, settings.env_name.clone()?);
    let response = source::of(settings, Purpose::Call)?.token()?;
    Ok(output::print(format.text(&response, &env_name))?)
}
