//! Command line, settings, formats, help and the pages.

mod control_characters;
mod formats;
mod help;
mod misplaced;
mod pages;
mod progress;
mod recipes;
mod settings;
