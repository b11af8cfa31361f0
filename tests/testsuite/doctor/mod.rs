//! `catena-token doctor`.

mod answer;
mod cache;
mod connection;
mod credential;
mod report;
mod settings;
mod trust;
mod variables;
