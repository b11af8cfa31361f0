//! `catena-token exec`.

mod command;
mod job_control;
mod namespace;
mod process;
mod renew;
