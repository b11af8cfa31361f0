//! A token that is taken out of the shared cache while it is revoked: no other machine finds it meanwhile.

use std::time::Instant;

use crate::base::event::{Event, Warning, emit};
use crate::oauth::token_response::{AccessToken, TokenResponse};
use crate::token::cache::Binding;
use crate::token::source::call::Call;
use crate::token::source::unlocked::Unlocked;
use crate::token::store::{Names, SharedCache, Store, StoreTrouble, Value};

pub struct Taken<'a> {
    pub token: TokenResponse,
    store: Store<'a>,
    shared: &'a SharedCache,
    value: Value,
    /// When the store said how long it keeps it.
    seen: Instant,
}

impl<'a> Taken<'a> {
    /// The token of a binding. `None` if the store has none, or not `only` this one.
    pub fn take(
        call: &Call<'a>,
        (shared, unlocked): (&'a SharedCache, &Unlocked),
        binding: &Binding,
        only: Option<&AccessToken>,
    ) -> Result<Option<Self>, StoreTrouble> {
        let mut store = Store::new(&shared.access, Names::new(&unlocked.keys, binding));
        let (deadline, seen) = (call.deadline(), Instant::now());
        let found = store.token(&unlocked.keys, binding, Store::patience(deadline)).and_then(|found| {
            let meant = found.filter(|(token, _)| only.is_none_or(|only| token.access_token == *only));
            if meant.is_some() {
                let name = store.names.token.clone();
                store.delete(&[&name], Store::patience(deadline))?;
            }
            Ok(meant)
        });
        let found = found.map_err(|why| shared.trouble(why))?;
        Ok(found.map(|(token, value)| Self { token, store, shared, value, seen }))
    }

    /// The token is as valid as before. A newer one is not replaced.
    pub fn put_back(mut self, call: &Call<'_>) {
        let name = self.store.names.token.clone();
        let deadline = Store::patience(call.deadline());
        let left = self.value.left.saturating_sub(self.seen.elapsed());
        if left.is_zero() {
            return;
        }
        if let Err(why) = self.store.put(&name, &self.value.bytes, left, &[], true, deadline) {
            emit(Event::Warning(Warning::Error(&self.shared.trouble(why))));
        }
    }
}
