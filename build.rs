//! How the program is linked where that is possible: Linux with glibc, built on the machine it is for, by the linker that
//! rustc takes of itself. Everywhere else nothing changes but the time and the memory of a start.
//!
//! The unwinder of libgcc is linked into the program. rustc asks for `-lgcc_s`; the shared library costs every start a
//! file to find, map and relocate: 80 KB of memory and a seventh of the time of a short call. A linker script of the same
//! name, found before the system's, names the static one instead.
//!
//! In a release, the functions that a call runs stand together in the file, as `layout.ld` lists them.

#![allow(clippy::disallowed_methods, reason = "a build script reads what cargo tells it in the environment")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=layout.ld");
    let directory = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    if !is_native_glibc() {
        return Ok(());
    }
    if let Some(archive) = static_unwinder() {
        fs::write(directory.join("libgcc_s.so"), format!("GROUP ( {} -lgcc )\n", archive.display()))?;
        println!("cargo::rustc-link-search=native={}", directory.display());
    }
    let layout = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("layout.ld");
    if is("PROFILE", "release") && is_default_linker() && is_plain(&layout) && is_obeyed(&layout, &directory)? {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", layout.display());
    }
    Ok(())
}

fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|own| own == value)
}

fn is_native_glibc() -> bool {
    env::var("HOST") == env::var("TARGET") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu")
}

/// gcc's `libgcc_eh.a`; `None` leaves the link as rustc wants it.
fn static_unwinder() -> Option<PathBuf> {
    // gcc prints the bare name of a file that it does not have.
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    (path.is_absolute() && is_plain(&path) && path.exists()).then_some(path)
}

/// Whether nobody has chosen another one, which may know no linker scripts.
fn is_default_linker() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    env::var_os("RUSTC_LINKER").is_none() && !["link", "ld="].iter().any(|word| flags.contains(word))
}

/// Whether the system's linker takes the script beside its own: rustc's does, where it brings one.
fn is_obeyed(layout: &Path, directory: &Path) -> io::Result<bool> {
    let (source, program) = (directory.join("empty.c"), directory.join("empty"));
    fs::write(&source, "int main(void) { return 0; }\n")?;
    let mut cc = Command::new("cc");
    cc.arg(format!("-Wl,-T,{}", layout.display())).arg(source).arg("-o").arg(&program);
    let is_linked = cc.output().is_ok_and(|output| output.status.success());
    Ok(is_linked && Command::new(program).status().is_ok_and(|status| status.success()))
}

/// Whether a linker script can hold the path without quotes.
fn is_plain(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)))
}
