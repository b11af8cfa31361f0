//! Command line, settings, formats, help and README.

mod completions;
mod formats;
mod help;
mod mistakes;
mod pages;
mod recipes;
mod settings;
