//! What is kept of a token: the server's answer, when it was asked for, and how long it lives.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cache::binding::Binding;
use crate::clock::Moment;
use crate::oauth::token_response::TokenResponse;

/// No token is kept for longer, whatever a server says: to ask once a year costs nothing.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// As it stands inside the seal.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    binding: Binding,
    asked_at: Moment,
    /// Milliseconds.
    lifetime: u64,
    #[serde(borrow)]
    answer: &'a RawValue,
}

/// `None` for an answer without a lifetime: it is printed and not kept.
pub fn write(binding: &Binding, response: &TokenResponse) -> Option<Vec<u8>> {
    let lifetime = response.lifetime?.min(LONGEST);
    let answer: &RawValue = serde_json::from_str(&response.json).ok()?;
    let lifetime = u64::try_from(lifetime.as_millis()).ok()?;
    let sealed = Sealed { binding: binding.clone(), asked_at: response.asked_at, lifetime, answer };
    serde_json::to_vec(&sealed).ok()
}

/// The token in `content` as it is `now`, and what it is for.
pub fn read(content: &[u8], now: Moment) -> Option<(Binding, TokenResponse)> {
    let Sealed { binding, asked_at, lifetime, answer } = serde_json::from_slice(content).ok()?;
    let lifetime = Some(Duration::from_millis(lifetime));
    Some((binding, TokenResponse::kept(answer.get().to_owned(), asked_at, lifetime, now)?))
}

/// The moment from which it is of no use, in seconds since 1970.
pub fn useless_from(response: &TokenResponse) -> u64 {
    response.asked_at.after(response.lifetime.unwrap_or_default().min(LONGEST)).unix_seconds()
}
