//! The credential of a call.

use crate::base::clock;
use crate::base::event::{Event, Warning, emit};
use crate::credential::ClientCredentials;
use crate::oauth::assertion::{Assertion, AssertionSettings};
use crate::oauth::error::{Asked, Cause, RequestError};
use crate::token::cache::Shared;
use crate::token::cache::seal::SecretKeys;
use crate::token::store::{Unshared, check_credential};

/// The credential, and what it seals the cache with.
pub struct Unlocked {
    pub credentials: ClientCredentials,
    pub keys: SecretKeys,
}

impl Unlocked {
    /// Whether tokens may be shared with other machines. A secret that is too short is a warning.
    pub fn may_be_shared(&self) -> bool {
        let checked = check_credential(self.credentials.kind, &self.credentials.secret);
        if let Err(Unshared::Short(length)) = checked {
            emit(Event::Warning(Warning::NotShared { length }));
        }
        checked.is_ok()
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
