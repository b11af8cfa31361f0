//! The bare command: an access token on stdout.

use crate::args::Options;
use crate::clock;
use crate::command::source::Source;
use crate::error::Failure;
use crate::output;
use crate::report;
use crate::settings::{Faults, Output};
use crate::token_source::Purpose;

/// Everything that can be wrong with the settings is found before the secret is fetched or a person asked for it.
pub fn run(options: Options) -> Result<(), Failure> {
    let started = clock::now();
    report::listen(options.messages.level());
    let mut faults = Faults::default();
    let output = Output::resolve(&options.output, &mut faults);
    let source = Source::resolve(options, Purpose::Call, started, &mut faults);
    let (output, source) = faults.into_result(output.zip(source))?;

    let response = source.token()?;
    output::print(output.format.value.text(&response, &output.env_name))
}
