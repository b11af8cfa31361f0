//! The shared cache: tokens of many machines in a Redis or Valkey, each sealed as in the directory.
//!
//! Of one binding and secret it has three keys: the token, an outcome of a failed request, and the lease of the machine
//! that requests a token now. They share a hash tag, so that a cluster has them on one node. `source::fleet` decides
//! what to do with them.

pub mod access;
mod connection;
pub mod resp;

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::base::clock::Deadline;
use crate::base::secret::Secret;
use crate::credential::Kind;
use crate::http::endpoint::Endpoint;
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::seal::{self, SecretKeys};
use crate::token::cache::{Binding, entries};
use access::Access;
pub use connection::StoreError;
use connection::{Command, Connection};
use resp::{LONGEST_VALUE, Reply};

/// The longest time that a store which does not answer takes from a call.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The bytes before the content of a value: the number of the lease under which it was stored, in hexadecimal digits,
/// for an operator who looks.
pub const NUMBER: usize = 32;

/// The store of a binding's tokens.
#[derive(Clone, Debug)]
pub struct SharedCache {
    pub access: Arc<Access>,
    pub binding: Binding,
}

/// Why the store is not used, or no longer. It fails no call.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub struct StoreTrouble {
    /// `host:port`
    pub store: String,
    pub why: StoreError,
}

/// Why the tokens of a credential are not shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unshared {
    /// It expires soon, and each job has its own.
    Assertion,
    /// A secret of so few bytes, which a reader of the store could guess.
    Short(usize),
}

/// Whether others may read what this credential encrypts.
pub fn check_credential(kind: Kind, secret: &Secret) -> Result<(), Unshared> {
    const SHORTEST: usize = 16;
    match (kind, secret.expose().len()) {
        (Kind::Assertion, _) => Err(Unshared::Assertion),
        (Kind::Secret, length @ ..SHORTEST) => Err(Unshared::Short(length)),
        _ => Ok(()),
    }
}

impl SharedCache {
    pub fn trouble(&self, why: StoreError) -> StoreTrouble {
        StoreTrouble { store: self.access.endpoint.to_string(), why }
    }
}

/// The names of the keys in the store. They are derived from the secret: a reader cannot tell the issuer or the client.
pub struct Names {
    pub token: String,
    pub outcome: String,
    pub lease: String,
}

/// A value, and how long the store keeps it.
pub struct Value {
    pub bytes: Vec<u8>,
    pub left: Duration,
}

/// What the store has.
pub struct Seen {
    pub token: Option<Value>,
    pub outcome: Option<Value>,
    /// The number of the lease.
    pub lease: Option<Vec<u8>>,
}

/// A connection to the keys of one binding and secret.
pub struct Store<'a> {
    connection: Connection<'a>,
    pub names: Names,
}

impl Names {
    pub fn new(keys: &SecretKeys, binding: &Binding) -> Self {
        let tag = keys.store_tag(&binding.name(&[]));
        let name = |what| format!("catena-token:1:{{{tag}}}:{what}");
        Self { token: name("token"), outcome: name("outcome"), lease: name("lease") }
    }

    /// Keys that no call uses, for a test of the store.
    pub fn probe() -> Self {
        let name = |what| format!("catena-token:1:{{probe}}:{:016x}:{what}", fastrand::u64(..));
        Self { token: name("token"), outcome: name("outcome"), lease: name("lease") }
    }

    /// The number of the lease under which a token was stored, and the token.
    pub fn read_token(&self, keys: &SecretKeys, binding: &Binding, value: &Value) -> Option<(Vec<u8>, TokenResponse)> {
        let (number, content) = Self::open(&self.token, keys, &value.bytes)?;
        let (own, token) = entries::read_shared(&content, value.left)?;
        (own == *binding).then_some((number, token))
    }

    /// The number of the lease under which a value was stored, and its content.
    pub fn open(name: &str, keys: &SecretKeys, bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut content = seal::open(&keys.file_key(name, bytes)?, bytes.to_vec())?;
        if content.len() < NUMBER {
            return None;
        }
        let rest = content.split_off(NUMBER);
        Some((content, rest))
    }

    /// What is left comes before the values: of a token that is replaced in between, too little is left.
    fn look(&self) -> [Command<'_>; 3] {
        let [token, outcome, lease] = [&self.token, &self.outcome, &self.lease].map(|name| name.as_bytes());
        [vec![b"PTTL", token], vec![b"PTTL", outcome], vec![b"MGET", token, outcome, lease]]
    }
}

impl<'a> Store<'a> {
    pub fn new(access: &'a Access, names: Names) -> Self {
        Self { connection: Connection::new(access), names }
    }

    pub fn node(&self) -> &Endpoint {
        self.connection.node()
    }

    /// The end of an exchange that starts now, in a call that ends at `deadline`: most of its time is for the request.
    pub fn patience(deadline: Deadline) -> Deadline {
        let third = deadline.left().map_or(PATIENCE, |left| left / 3);
        Deadline::after(third.min(PATIENCE))
    }

    pub fn look(&mut self, deadline: Deadline) -> Result<Seen, StoreError> {
        seen(self.connection.exchange(&self.names.look(), deadline)?)
    }

    /// The token, and its value.
    pub fn token(
        &mut self,
        keys: &SecretKeys,
        binding: &Binding,
        deadline: Deadline,
    ) -> Result<Option<(TokenResponse, Value)>, StoreError> {
        let value = self.look(deadline)?.token;
        Ok(value.and_then(|value| Some((self.names.read_token(keys, binding, &value)?.1, value))))
    }

    /// Takes the lease and looks. If it `is_stuck`, another machine's lease is overwritten.
    pub fn claim(
        &mut self,
        number: &[u8],
        time: Duration,
        is_stuck: bool,
        deadline: Deadline,
    ) -> Result<(bool, Seen), StoreError> {
        let time = millis(time);
        let mut set: Command<'_> = vec![b"SET", self.names.lease.as_bytes(), number, b"PX", time.as_bytes()];
        if !is_stuck {
            set.push(b"NX");
        }
        let [left_of_token, left_of_outcome, values] = self.names.look();
        let commands = [set, left_of_token, left_of_outcome, values];
        let mut replies = self.connection.exchange(&commands, deadline)?;
        let is_set = replies.remove(0) == Reply::Status(b"OK".to_vec());
        let seen = seen(replies)?;
        // The reply to an earlier attempt may have been lost.
        Ok((is_set || seen.lease.as_deref() == Some(number), seen))
    }

    /// The values of token, outcome and lease.
    pub fn peek(&mut self, deadline: Deadline) -> Result<[Option<Vec<u8>>; 3], StoreError> {
        let [.., command] = self.names.look();
        values(self.connection.exchange(&[command], deadline)?.pop())
    }

    /// Stores a value, and deletes other keys with it. Returns false if it is too large.
    pub fn put(
        &mut self,
        name: &str,
        value: &[u8],
        left: Duration,
        dropped: &[&str],
        is_new: bool,
        deadline: Deadline,
    ) -> Result<bool, StoreError> {
        if value.len() > LONGEST_VALUE {
            return Ok(false);
        }
        let left = millis(left);
        let mut set: Command<'_> = vec![b"SET", name.as_bytes(), value, b"PX", left.as_bytes()];
        if is_new {
            set.push(b"NX");
        }
        let mut commands = vec![set];
        commands.extend((!dropped.is_empty()).then(|| delete(dropped)));
        self.connection.exchange(&commands, deadline).map(|_| true)
    }

    /// Deletes keys. Returns how many there were.
    pub fn delete(&mut self, names: &[&str], deadline: Deadline) -> Result<i64, StoreError> {
        match self.connection.exchange(&[delete(names)], deadline)?.pop() {
            Some(Reply::Integer(count)) => Ok(count),
            _ => Err(StoreError::NotRedis),
        }
    }
}

fn delete<'a>(names: &[&'a str]) -> Command<'a> {
    std::iter::once(&b"DEL"[..]).chain(names.iter().map(|name| name.as_bytes())).collect()
}

fn seen(replies: Vec<Reply>) -> Result<Seen, StoreError> {
    let [left_of_token, left_of_outcome, list] = <[Reply; 3]>::try_from(replies).map_err(|_| StoreError::NotRedis)?;
    let [token, outcome, lease] = values(Some(list))?;
    // Without an end, or gone meanwhile, a value is none of ours.
    let value = |bytes: Option<Vec<u8>>, left| match (bytes, left) {
        (Some(bytes), Reply::Integer(left @ 1..)) => Some(Value { bytes, left: Duration::from_millis(left as u64) }),
        _ => None,
    };
    Ok(Seen { token: value(token, left_of_token), outcome: value(outcome, left_of_outcome), lease })
}

fn values(reply: Option<Reply>) -> Result<[Option<Vec<u8>>; 3], StoreError> {
    let Some(Reply::List(items)) = reply else { return Err(StoreError::NotRedis) };
    let value = |item| match item {
        Reply::Bulk(bytes) => Ok(Some(bytes)),
        Reply::Nil => Ok(None),
        _ => Err(StoreError::NotRedis),
    };
    let values: Vec<_> = items.into_iter().map(value).collect::<Result<_, _>>()?;
    values.try_into().map_err(|_| StoreError::NotRedis)
}

/// At least one: 0 is an error.
fn millis(time: Duration) -> String {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).clamp(1, i64::MAX as u64).to_string()
}
