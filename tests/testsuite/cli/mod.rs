//! Command line, settings, formats, help and README.

mod formats;
mod help;
mod readme;
mod recipes;
mod settings;
