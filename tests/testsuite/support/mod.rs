//! Helpers that the tests share.

pub mod action;
pub mod action_step;
pub mod assertion;
pub mod black_hole;
pub mod cache_files;
pub mod clock;
pub mod config;
pub mod doctor;
pub mod engine;
pub mod job;
pub mod keycloak;
pub mod leak_check;
pub mod machine;
pub mod name_server;
pub mod network;
pub mod oidc_provider;
pub mod openssl;
pub mod pages;
pub mod parallel;
pub mod plain_command;
pub mod process;
pub mod renewing;
pub mod revoking;
pub mod shell;
pub mod store;
pub mod terminal;
pub mod tool;
pub mod verifying;
pub mod wait;
pub mod workload;

pub use tool::Tool;
