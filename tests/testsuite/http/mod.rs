//! Connections, proxies, TLS, and what fails on the way.

mod addresses;
mod failure;
mod memory;
mod proxy;
mod trust;
