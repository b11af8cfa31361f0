//! Command line, settings, formats, help and the pages.

mod completions;
mod control_characters;
mod formats;
mod help;
mod hints;
mod kubectl;
mod misplaced;
mod mistakes;
mod pages;
mod progress;
mod recipes;
mod settings;
mod terminal;
