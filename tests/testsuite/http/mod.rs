//! Connections, proxies, TLS, and network failures.

mod addresses;
mod authorities;
mod certificates;
mod failure;
mod head;
mod memory;
mod openssl;
mod proxy;
mod trust;
