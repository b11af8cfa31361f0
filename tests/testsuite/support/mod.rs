//! What the tests share.

pub mod job;
pub mod kept;
pub mod keycloak;
pub mod leaks;
pub mod many;
pub mod readme;
pub mod renewing;
pub mod shell;
pub mod signals;
pub mod terminal;
pub mod tool;
pub mod wait;

pub use tool::Tool;
