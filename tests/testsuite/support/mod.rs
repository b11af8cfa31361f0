//! What the tests share.

pub mod black_hole;
pub mod by_hand;
pub mod clock;
pub mod doctor;
pub mod job;
pub mod kept;
pub mod keycloak;
pub mod leaks;
pub mod many;
pub mod name_server;
pub mod network;
pub mod process;
pub mod readme;
pub mod renewing;
pub mod revoking;
pub mod shell;
pub mod terminal;
pub mod tool;
pub mod verifying;
pub mod wait;

pub use tool::Tool;
