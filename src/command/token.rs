//! The bare command: an access token on stdout.

use crate::args::Options;
use crate::clock;
use crate::command::source::{Source, require};
use crate::error::Error;
use crate::output;
use crate::report;
use crate::settings::Settings;
use crate::token_source::Purpose;

/// Everything that can be wrong with the settings is found before the secret is fetched or a person asked for it.
pub fn run(options: Options) -> Result<(), Error> {
    let started = clock::now();
    report::listen(options.messages.level());
    let settings = Settings::resolve(options);
    require(&settings, |_| true)?;
    let (format, env_name) = (settings.format.clone()?.value, settings.env_name.clone()?);
    let response = Source::new(settings, Purpose::Call, started)?.token()?;
    Ok(output::print(format.text(&response, &env_name))?)
}
