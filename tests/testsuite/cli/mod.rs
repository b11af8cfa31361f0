//! Command line, settings, formats, help and the pages.

mod control_characters;
mod formats;
mod help;
mod hints;
mod misplaced;
mod pages;
mod recipes;
mod settings;
mod terminal;
