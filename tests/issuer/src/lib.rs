//! The issuer of the tests: responds as a Keycloak realm does, over std sockets, or misbehaves as the test wants.
//!
//! It checks the requests, records them for the test, and fails the test if there was none. It listens on loopback
//! alone and stops when it is dropped.

mod assertion;
mod certificate;
mod document;
mod keycloak;
mod proxy;
mod reply;
mod request;
mod runner;
mod server;
mod setup;
mod signing;

pub use assertion::Provider;
pub use certificate::{Authority, Certificate, ClientCertificate, Clients};
pub use document::Document;
pub use keycloak::{CLIENT_ID, CLIENT_SECRET, REALM};
pub use proxy::{Proxy, ProxyReply};
pub use reply::Reply;
pub use request::Request;
pub use runner::RUNNER_TOKEN;
pub use server::Issuer;
pub use setup::Setup;
pub use signing::Signer;
