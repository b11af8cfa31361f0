//! What is typed, what is read, and what is printed.

mod formats;
mod help;
mod readme;
mod recipes;
mod settings;
