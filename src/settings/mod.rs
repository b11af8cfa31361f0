//! What will be used: each setting from its flag, else its variable, else its default, with its origin.
//!
//! Settings come in groups, and a command resolves those it needs. What is wrong is collected, so that whoever wants
//! all of it can have it; whoever wants to go on takes the first ([`Faults::into_result`]). Nothing is opened here.

mod cache;
mod environment;
mod identity;
mod network;
mod output;
mod secret_source;
mod setting;
mod surroundings;
mod survey;

pub use cache::{CacheSettings, NO_HOME, directory as cache_directory, place as cache_place};
pub use identity::{Identity, issuer};
pub use network::Network;
pub use output::Output;
pub use secret_source::{SECRET_VARIABLES, resolve as secret_source, unused_secrets};
pub use setting::{Fault, Faults};
pub use surroundings::{ci_system, notify_socket, places_in_memory, search_path, temporary_directory};
pub use survey::{empty_variables, unread_variables};
