//! What a token is for. Two calls share a token only if all of it is the same.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::credential::ClientId;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;
use crate::token::cache::hex;

/// Issuer, client, scope and client authentication, as they stand inside the seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub issuer: String,
    pub client_id: String,
    /// Empty where none is asked for.
    pub scope: String,
    pub client_auth: String,
}

impl Binding {
    pub fn new(issuer: &Issuer, client_id: &ClientId, scope: Option<&Scope>, client_auth: ClientAuth) -> Self {
        Self {
            issuer: issuer.as_str().to_owned(),
            client_id: client_id.as_str().to_owned(),
            scope: scope.map_or("", Scope::as_str).to_owned(),
            client_auth: client_auth.name().to_owned(),
        }
    }

    /// A name for what is kept for it and `more`, 32 hexadecimal digits: who knows a binding can recognise it, nobody
    /// can read it. Each part counts with its length, so that no two lists run into one text.
    pub fn name(&self, more: &[&[u8]]) -> String {
        let own = [&self.issuer, &self.client_id, &self.scope, &self.client_auth].map(|part| part.as_bytes());
        let mut context = Context::new(&SHA256);
        for part in own.into_iter().chain(more.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        hex(&context.finish().as_ref()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(parts: [&str; 4]) -> Binding {
        let [issuer, client_id, scope, client_auth] = parts.map(str::to_owned);
        Binding { issuer, client_id, scope, client_auth }
    }

    #[test]
    fn every_part_makes_another_name() {
        let names: Vec<String> = [
            ["https://a/r", "acme", "s", "post"],
            ["https://b/r", "acme", "s", "post"],
            ["https://a/r", "acm", "es", "post"],
            ["https://a/r", "acme", "", "post"],
            ["https://a/r", "acme", "s", "basic"],
        ]
        .map(|parts| binding(parts).name(&[]))
        .into();
        for (at, name) in names.iter().enumerate() {
            assert_eq!(name.len(), 32);
            assert!(!names[at + 1..].contains(name));
        }
    }
}
