//! Connections, proxies, TLS, and network failures.

mod addresses;
mod failure;
mod memory;
mod proxy;
mod trust;
