//! An issuer that ships with the sources: it answers as a Keycloak realm does, over std sockets, or misbehaves as told.
//!
//! It checks what it is sent, keeps it for the test to look at, and fails the test when it was never asked. It listens
//! on loopback alone and ends with the value that holds it.

mod certificate;
mod keycloak;
mod proxy;
mod reply;
mod request;
mod server;
mod signing;

pub use certificate::{Authority, Certificate};
pub use keycloak::{CLIENT_ID, CLIENT_SECRET, REALM};
pub use proxy::{Proxy, ProxyReply};
pub use reply::Reply;
pub use request::Request;
pub use server::{Issuer, Setup};
pub use signing::Signer;
