//! Calls with a shared cache, whose tokens are revoked.

use catena_token_issuer::Issuer;
use tempfile::TempDir;

use super::Tool;

pub fn cache() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn call(issuer: &Issuer, cache: &TempDir) -> Tool {
    Tool::asking(issuer).keeping_in(cache.path()).env("CATENA_RETRIES", "0")
}

pub fn paths(issuer: &Issuer) -> Vec<String> {
    issuer.requests().iter().map(|request| request.path.rsplit('/').next().unwrap().to_owned()).collect()
}
