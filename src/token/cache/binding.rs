//! What a token is for.

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::hex;
use crate::credential::ClientId;
use crate::oauth::client_auth::ClientAuth;
use crate::oauth::issuer::Issuer;
use crate::oauth::scope::Scope;

/// What a token is for, as stored in a sealed file. Two calls share a token only if all of this is equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    pub issuer: String,
    /// Empty if an assertion alone names the client.
    pub client_id: String,
    /// Empty if none is requested.
    pub scope: String,
    pub client_auth: String,
    /// The hash of the client's TLS certificate: the token may be bound to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub certificate: String,
    /// Empty if the issuer says where tokens are requested.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token_url: String,
    /// Names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<(String, String)>,
}

impl Binding {
    pub fn new(
        issuer: &Issuer,
        client_id: Option<&ClientId>,
        scope: Option<&Scope>,
        client_auth: ClientAuth,
        certificate: Option<&[u8]>,
    ) -> Self {
        Self {
            issuer: issuer.as_str().to_owned(),
            client_id: client_id.map_or("", ClientId::as_str).to_owned(),
            scope: scope.map_or("", Scope::as_str).to_owned(),
            client_auth: client_auth.name().to_owned(),
            certificate: certificate.map(hex).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// A name for files and keys of this binding and `more`: 32 hexadecimal digits of a hash, which reveals nothing.
    /// Each part is hashed with its length, so that no two lists collide.
    pub fn name(&self, more: &[&[u8]]) -> String {
        let own = [&self.issuer, &self.client_id, &self.scope, &self.client_auth].map(|part| part.as_bytes());
        let mut context = Context::new(&SHA256);
        // Only if there are any, so that the names of other entries stay as they were.
        let url = Some(&self.token_url).filter(|url| !url.is_empty()).map(|url| [&b"token url"[..], url.as_bytes()]);
        let params = self.params.iter().map(|(name, value)| [b"parameter", name.as_bytes(), value.as_bytes()]);
        let certificate = Some(self.certificate.as_bytes()).filter(|digest| !digest.is_empty());
        let extra = certificate.into_iter().chain(url.into_iter().flatten()).chain(params.flatten());
        for part in own.into_iter().chain(extra).chain(more.iter().copied()) {
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
        Binding { issuer, client_id, scope, client_auth, ..Binding::default() }
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
        let of = |url: &str, params: &[(&str, &str)]| {
            let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Binding { token_url: url.to_owned(), params, ..binding(["https://a/r", "acme", "s", "post"]) }.name(&[])
        };
        let more = [
            of("https://a/t", &[]),
            of("https://b/t", &[]),
            of("", &[("a", "b")]),
            of("", &[("ab", "")]),
            of("", &[("a", "b"), ("c", "d")]),
            of("", &[("c", "d"), ("a", "b")]),
            of("https://a/t", &[("a", "b")]),
            Binding { certificate: "00".to_owned(), ..binding(["https://a/r", "acme", "s", "post"]) }.name(&[]),
        ];
        let names = [names, more.into()].concat();
        // Entries of earlier versions, which had no such parts, are found.
        assert_eq!(of("", &[]), names[0]);
        for (at, name) in names.iter().enumerate() {
            assert_eq!(name.len(), 32);
            assert!(!names[at + 1..].contains(name));
        }
    }
}
