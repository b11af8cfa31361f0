//! Which sources of names the C library asks.
//!
//! `/etc/nsswitch.conf` may name modules (`mdns4_minimal` on Ubuntu, `resolve` on Fedora), which `getaddrinfo` loads
//! from the machine. A module needs the machine's own glibc, and crashes a program that is statically linked with
//! another one (SIGFPE, SIGABRT). Such a program uses the two sources that are built into glibc: `/etc/hosts` and DNS.

/// Call it before the first look-up. It does nothing unless glibc is linked statically.
pub fn use_built_in_sources() {
    #[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
    #[allow(unsafe_code, reason = "glibc has no safe interface for this, and no crate wraps it")]
    {
        use std::ffi::{c_char, c_int};
        use std::sync::Once;

        unsafe extern "C" {
            /// glibc's `nss.h`: as if `/etc/nsswitch.conf` had the line `database: sources`.
            fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> c_int;
        }

        // A look-up that timed out may still run in its thread when the next one starts.
        static CONFIGURED: Once = Once::new();
        // SAFETY: both arguments are C strings that live for ever, glibc copies what it needs of them, and no look-up
        // runs yet. It fails only when out of memory, and then changes nothing.
        CONFIGURED.call_once(|| unsafe {
            __nss_configure_lookup(c"hosts".as_ptr(), c"files dns".as_ptr());
        });
    }
}
