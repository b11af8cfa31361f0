//! Links the unwinder of libgcc into the program where that is possible: Linux with glibc, built on the machine it is
//! for, with gcc's static library at hand.
//!
//! rustc asks for `-lgcc_s`. The shared library costs every start a file to find, map and relocate: 80 KB of memory and a
//! seventh of the time of a short call. A linker script of the same name, found before the system's, names the static
//! one instead. Everywhere else nothing changes.

#![allow(clippy::disallowed_methods, reason = "a build script reads what cargo tells it in the environment")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(archive) = static_unwinder() else { return Ok(()) };
    let directory = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(directory.join("libgcc_s.so"), format!("GROUP ( {} -lgcc )\n", archive.display()))?;
    println!("cargo::rustc-link-search=native={}", directory.display());
    Ok(())
}

/// gcc's `libgcc_eh.a`; `None` leaves the link as rustc wants it.
fn static_unwinder() -> Option<PathBuf> {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|own| own == value);
    let native = env::var("HOST") == env::var("TARGET");
    if !(native && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")) {
        return None;
    }
    // gcc prints the bare name of a file that it does not have.
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    (path.is_absolute() && is_plain(&path) && path.exists()).then_some(path)
}

/// Whether a linker script can hold the path without quotes.
fn is_plain(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)))
}
