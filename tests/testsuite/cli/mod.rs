//! Command line, settings, formats, help and the pages.

mod completions;
mod config;
mod config_show;
mod config_trouble;
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
mod recipes_ci;
mod recipes_identity;
mod settings;
mod terminal;
