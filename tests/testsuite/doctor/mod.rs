//! `catena-token doctor`.

mod answer;
mod cache;
mod connection;
mod report;
mod settings;
mod trust;
mod variables;
