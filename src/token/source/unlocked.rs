//! The credential of a call.

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::credential::{ClientCredentials, Kind};
use crate::oauth::assertion::{Assertion, AssertionSettings};
use crate::oauth::error::{Asked, Cause, RequestError};
use crate::token::cache::Shared;
use crate::token::cache::seal::SecretKeys;
use crate::token::store::SHORTEST_SECRET;

/// The credential, and what it seals the cache with.
pub struct Unlocked {
    pub credentials: ClientCredentials,
    pub keys: SecretKeys,
}

impl Unlocked {
    /// Whether others may see what it seals: an assertion ends soon, and a short secret could be guessed.
    pub fn may_be_shared(&self) -> bool {
        let length = self.credentials.secret.expose().len();
        let is_short = self.credentials.kind == Kind::Secret && length < SHORTEST_SECRET;
        if is_short {
            emit(Event::Warning(Warning::NotShared { length }));
        }
        self.credentials.kind != Kind::Assertion && !is_short
    }

    /// A failure of another process, with what this one knows of its own credential.
    pub fn adopt(&self, mut shared: Shared, settings: &AssertionSettings) -> Shared {
        if let Shared::Failure(RequestError { cause, .. }) = &mut shared
            && let Cause::Status(_, Asked { client: Some(client), .. }) = &mut **cause
        {
            (client.by, client.mistake) = (self.credentials.by, self.credentials.mistake());
            client.assertion = Assertion::of(&self.credentials, settings, clock::wall()).ok().map(|own| own.claims);
        }
        shared
    }
}
