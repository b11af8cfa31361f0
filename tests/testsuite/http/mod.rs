//! Connections, proxies, TLS, and network failures.

mod addresses;
mod authorities;
mod certificates;
mod failure;
mod head;
mod identity;
mod memory;
mod nginx;
mod openssl;
mod proxy;
mod trust;
