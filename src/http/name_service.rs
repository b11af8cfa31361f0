//! Which sources of names the C library asks.
//!
//! `/etc/nsswitch.conf` may name modules (`mdns4_minimal` on Ubuntu, `resolve` on Fedora), which `getaddrinfo` loads from
//! the machine. They belong to the machine's glibc: in a program that is statically linked with another one they crash it
//! (SIGFPE, SIGABRT). Such a program asks the two sources that are built into glibc, `/etc/hosts` and DNS.

/// Must be called before a name is looked up. Only a statically linked glibc program changes.
pub fn use_built_in_sources() {
    #[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
    built_in::configure();
}

#[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
mod built_in {
    #![allow(unsafe_code, reason = "glibc has no safe face for this, and no crate wraps it")]

    use std::ffi::{c_char, c_int};
    use std::sync::Once;

    unsafe extern "C" {
        /// glibc's `nss.h`: as if `/etc/nsswitch.conf` had the line `database: sources`.
        fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
    }

    pub fn configure() {
        // A look-up that timed out may still run in its thread when the next one starts.
        static CONFIGURED: Once = Once::new();
        // SAFETY: both arguments are C strings that live for ever, glibc copies what it needs of them, and no look-up
        // runs yet. It fails without memory alone, and then nothing has changed.
        CONFIGURED.call_once(|| unsafe {
            __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr());
        });
    }
}
