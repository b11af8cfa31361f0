//! Command line, settings, formats, help and README.

mod formats;
mod help;
mod pages;
mod recipes;
mod settings;
