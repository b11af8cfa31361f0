//! The system's trust store with one more authority in it: what a client reads that is told nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

const SYSTEM_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

pub struct Bundle {
    pub path: PathBuf,
    pub certificates: usize,
}

/// Writes the system's roots and, after them, `ca`.
pub fn write_bundle(ca: &Path, directory: &Path) -> Result<Bundle> {
    let mut pem = fs::read_to_string(SYSTEM_BUNDLE).with_context(|| format!("cannot read {SYSTEM_BUNDLE}"))?;
    pem.push_str(&fs::read_to_string(ca)?);
    let path = directory.join("roots.pem");
    fs::write(&path, &pem)?;
    Ok(Bundle { path, certificates: pem.matches("-----BEGIN CERTIFICATE-----").count() })
}
