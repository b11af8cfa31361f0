//! Command line, settings, formats, help and README.

mod completions;
mod formats;
mod help;
mod pages;
mod recipes;
mod settings;
