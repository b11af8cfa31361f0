//! `config show`, `config path`, `config profiles`: the settings with their origins, and the configuration file.

use std::os::unix::ffi::OsStrExt as _;

use serde_json::{Value, json};

use crate::cli::args::{ConfigCommand, Options, OutputArgs};
use crate::cli::error::{CommandError, Error};
use crate::cli::message::shown::{Shown, all};
use crate::cli::settings::{Config, Problem, Settings, place, profiles};
use crate::display::untrusted::escape;
use crate::os::stdout;

pub fn run(command: &ConfigCommand, options: Options) -> Result<(), Error> {
    let text = match command {
        ConfigCommand::Show(args) => show(options, args.0.json)?,
        ConfigCommand::Path(_) => {
            let path = place(options.config).ok_or(CommandError::NoConfigPlace)?;
            [path.as_os_str().as_bytes(), b"\n"].concat()
        }
        ConfigCommand::Profiles(_) => {
            profiles(options.config)?.iter().map(|name| escape(name) + "\n").collect::<String>().into_bytes()
        }
    };
    Ok(stdout::print(text)?)
}

/// The settings as a call would use them. A client id may be missing; anything invalid is an error.
fn show(options: Options, is_json: bool) -> Result<Vec<u8>, Error> {
    let output = OutputArgs { json: false, ..options.output };
    let settings = Settings::resolve(Options { output, ..options });
    if let Some(error) = settings.errors().find(|error| !matches!(error.problem, Problem::Missing { .. })) {
        return Err(error.clone().into());
    }
    let rows = all(&settings, None);
    if !is_json {
        return Ok(rows.iter().map(line).collect::<String>().into_bytes());
    }
    let config = settings.config.ok().flatten();
    let profile = config.as_ref().and_then(|config| config.profile.as_ref()).map(|(_, name)| name.as_str());
    let value = |row: &Shown| match &row.value {
        value if value.is_empty() || row.is_words => Value::Null,
        value => value.as_str().into(),
    };
    let settings: Vec<Value> =
        rows.iter().map(|row| json!({"name": row.key, "value": value(row), "origin": row.origin})).collect();
    let file = config.as_ref().map(|Config { path, .. }| path.display().to_string());
    Ok(format!("{}\n", json!({"profile": profile, "file": file, "settings": settings})).into_bytes())
}

fn line(Shown { key, value, origin, .. }: &Shown) -> String {
    format!("{key} {} ({origin})\n", if value.is_empty() { "none" } else { value })
}
