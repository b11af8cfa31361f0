//! Connections, proxies, TLS, and network failures.

mod addresses;
mod failure;
mod head;
mod memory;
mod proxy;
mod trust;
