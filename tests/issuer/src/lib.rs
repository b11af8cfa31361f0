//! The issuer of the tests: responds as a Keycloak realm does, over std sockets, or misbehaves as the test wants.
//!
//! It checks the requests, records them for the test, and fails the test if there was none. It listens on loopback
//! alone and stops when it is dropped.

mod certificate;
mod document;
mod keycloak;
mod proxy;
mod reply;
mod request;
mod server;
mod signing;

pub use certificate::{Authority, Certificate};
pub use document::Document;
pub use keycloak::{CLIENT_ID, CLIENT_SECRET, REALM};
pub use proxy::{Proxy, ProxyReply};
pub use reply::Reply;
pub use request::Request;
pub use server::{Issuer, Setup};
pub use signing::Signer;
