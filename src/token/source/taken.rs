//! A token that is taken out of the shared cache while it is revoked: no other machine finds it meanwhile.

use crate::base::event::{Event, Warning, emit};
use crate::oauth::token_response::{AccessToken, TokenResponse};
use crate::token::source::TokenError;
use crate::token::source::call::Call;
use crate::token::source::fleet::StoreTrouble;
use crate::token::store::{Names, SharedCache, Store, StoreError, Value};

pub struct Taken<'a> {
    pub token: TokenResponse,
    store: Store<'a>,
    shared: &'a SharedCache,
    value: Value,
}

impl<'a> Taken<'a> {
    /// `None` if the store has none, or not `only` this one. A store that is no help is a warning.
    pub fn take(call: &Call<'a>, only: Option<&AccessToken>) -> Result<Option<Self>, TokenError> {
        let Some(shared) = &call.source.shared else { return Ok(None) };
        let unlocked = call.unlock()?;
        if !unlocked.may_be_shared() {
            return Ok(None);
        }
        let mut store = Store::new(&shared.access, Names::new(&unlocked.keys, &shared.binding));
        let deadline = call.deadline();
        let found = store.token(&unlocked.keys, &shared.binding, Store::patience(deadline)).and_then(|found| {
            let meant = found.filter(|(token, _)| only.is_none_or(|only| token.access_token == *only));
            if meant.is_some() {
                let name = store.names.token.clone();
                store.delete(&[&name], Store::patience(deadline))?;
            }
            Ok(meant)
        });
        let taken = found.unwrap_or_else(|why| report(shared, why));
        Ok(taken.map(|(token, value)| Self { token, store, shared, value }))
    }

    /// The token is as valid as before. A newer one is not replaced.
    pub fn put_back(mut self, call: &Call<'_>) {
        let name = self.store.names.token.clone();
        let deadline = Store::patience(call.deadline());
        let put = self.store.put(&name, &self.value.bytes, self.value.left, &[], true, deadline);
        put.err().into_iter().for_each(|why| {
            report::<()>(self.shared, why);
        });
    }
}

fn report<T>(shared: &SharedCache, why: StoreError) -> Option<T> {
    let store = shared.access.endpoint.to_string();
    emit(Event::Warning(Warning::Error(&StoreTrouble { store, why })));
    None
}
