//! Command line, settings, formats, help and README.

mod control_characters;
mod formats;
mod help;
mod misplaced;
mod readme;
mod recipes;
mod settings;
