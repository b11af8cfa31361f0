//! The configuration file: the settings at its top level, below those of the profile in use.

mod document;
pub mod error;
pub mod file;
mod keys;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::environment::{self, Environment, first};
use super::setting::{Name, Problem, SettingError};
use crate::base::origin::{Line, Origin};
use crate::cli::args::ConfigArgs;
use document::{Base, Document, Entry};
use error::ConfigProblem;

/// Where the file is, or would be.
pub fn place(args: ConfigArgs) -> Option<PathBuf> {
    file::place(args.config, &environment::get).map(|(_, path)| path)
}

/// The names of the profiles, whichever is chosen.
pub fn profiles(args: ConfigArgs) -> Result<Vec<String>, SettingError> {
    let without_choice = |name: &str| environment::get(name).filter(|_| name != "CATENA_PROFILE");
    let config = load(ConfigArgs { profile: None, ..args }, &without_choice)?;
    Ok(config.map(|config| config.names).unwrap_or_default())
}

/// What a call uses of the file.
#[derive(Clone, Debug)]
pub struct Config {
    pub path: PathBuf,
    /// What names the file.
    pub by: Origin,
    /// The profile in use, and what chose it.
    pub profile: Option<(Origin, String)>,
    /// The names of all profiles.
    pub names: Vec<String>,
    /// Of the profile, and of the top level.
    lines: Vec<(&'static Line, Vec<OsString>)>,
}

/// `None`: there is no file, and nothing asks for one.
pub fn load(args: ConfigArgs, environment: &Environment) -> Result<Option<Config>, SettingError> {
    let chosen = match args.profile {
        Some(name) => Some((Origin::Flag("--profile"), name)),
        None => first(environment, &["CATENA_PROFILE"]).map(|(by, name)| (by, name.to_string_lossy().into_owned())),
    };
    let (chosen_by, name) = (chosen.as_ref().map(|(by, _)| *by), chosen.as_ref().map(|(_, name)| name.as_str()));
    let error = |origin, why| {
        let problem = Problem::Config(Box::new(why));
        SettingError { name: Name::Config, origin, problem, text: None }
    };
    let no_profile = |file: Option<&Path>, names: &[String]| match chosen_by.zip(name) {
        Some((by, name)) => {
            let (name, file, names) = (name.to_owned(), file.map(Path::to_owned), names.to_vec());
            Err(error(by, ConfigProblem::NoProfile { name, file, names }))
        }
        None => Ok(None),
    };
    let Some((by, path)) = file::place(args.config, environment) else {
        return chosen_by.map_or(Ok(None), |by| Err(error(by, ConfigProblem::NoPlace)));
    };
    let Some(text) = file::read(by, &path).map_err(|why| error(by, why))? else {
        return no_profile(None, &[]);
    };
    let home = first(environment, &["HOME"]).map(|(_, home)| home);
    let base = Base { directory: path.parent().unwrap_or(Path::new("")), home: home.as_ref().map(Path::new) };
    let Document { top, profile, names } = Document::parse(&text, name, base)
        .map_err(|(line, why)| error(by, ConfigProblem::Line(path.clone(), line, why)))?;
    if name.is_some() && profile.is_none() {
        return no_profile(Some(&path), &names);
    }
    let mut lines = Vec::new();
    for (is_profile, entries) in [(true, profile.unwrap_or_default()), (false, top)] {
        for Entry { key, line, texts } in entries {
            let line = Line { path: path.clone(), number: line, key, is_profile };
            lines.push((&*Box::leak(Box::new(line)), texts));
        }
    }
    Ok(Some(Config { path, by, profile: chosen, names, lines }))
}

impl Config {
    /// The texts of `key` in the profile, else at the top level.
    pub fn find(&self, key: &str) -> Option<(Origin, &[OsString])> {
        [true, false].into_iter().find_map(|is_profile| self.find_in(is_profile, key))
    }

    /// In the profile in use, or at the top level.
    pub fn find_in(&self, is_profile: bool, key: &str) -> Option<(Origin, &[OsString])> {
        let is_it = |own: &Line| own.is_profile == is_profile && own.key == key;
        let (line, texts) = self.lines.iter().find(|(own, _)| is_it(own))?;
        Some((Origin::Line(line), texts))
    }
}
