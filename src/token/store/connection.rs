//! A connection to the store: opened when it is first needed, logged in with the first commands, and opened again after
//! a passing trouble.

use std::io::{self, Read as _, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::ClientConfig;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::base::clock::Deadline;
use crate::credential::Problem;
use crate::display::untrusted::UntrustedText;
use crate::http::connect::direct::Direct;
use crate::http::endpoint::Endpoint;
use crate::http::trust::{self, TrustError};
use crate::http::{HttpError, Kind, Phase};
use crate::token::store::access::Access;
use crate::token::store::resp::{self, LONGEST_VALUE, NotRedis, Reply};

/// The pauses after passing troubles, each of them up to half longer or shorter.
const PAUSES: [u64; 6] = [25, 50, 100, 200, 400, 800];

/// More than all replies of one exchange.
const LONGEST_ANSWER: usize = 2 * LONGEST_VALUE + 16 * 1024;

/// A command and its arguments.
pub type Command<'a> = Vec<&'a [u8]>;

/// Why the store is no help. None of it fails a call.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum StoreError {
    Password(Problem),
    Trust(TrustError),
    /// No connection, or a broken one.
    Connection(HttpError),
    /// Its error reply.
    Refused(UntrustedText),
    /// It does not speak the protocol, or sends a reply that is none of the command's.
    NotRedis,
    /// One node of a cluster names another one, which names yet another one.
    Redirects,
    /// It answers, but so late that a lease might not be ended.
    Slow,
}

impl StoreError {
    /// Whether another attempt may succeed within a second.
    fn is_passing(&self) -> bool {
        const CODES: [&str; 8] = [
            "LOADING",
            "READONLY",
            "CLUSTERDOWN",
            "MASTERDOWN",
            "TRYAGAIN",
            "ASK",
            "BUSY",
            "ERR max number of clients",
        ];
        match self {
            Self::Connection(error) => error.is_temporary() && error.phase != Phase::Resolve,
            Self::Refused(text) => CODES.iter().any(|code| text.raw().starts_with(code)),
            _ => false,
        }
    }

    /// Whether it may help at the end of the call.
    pub fn may_end(&self) -> bool {
        self.is_passing() && !matches!(self, Self::Connection(HttpError { kind: Kind::TimedOut(..), .. }))
    }
}

pub struct Connection<'a> {
    access: &'a Access,
    tls: Option<Arc<ClientConfig>>,
    /// The node of a cluster that has our keys, once another one has named it.
    node: Endpoint,
    stream: Option<Direct>,
}

impl<'a> Connection<'a> {
    pub fn new(access: &'a Access) -> Self {
        Self { access, tls: None, node: access.endpoint.clone(), stream: None }
    }

    pub fn node(&self) -> &Endpoint {
        &self.node
    }

    /// Sends commands in one write and reads a reply to each. Repeats them after a passing trouble: each of ours may be
    /// repeated.
    pub fn exchange(&mut self, commands: &[Command<'_>], deadline: Deadline) -> Result<Vec<Reply>, StoreError> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let error = match self.redirected(commands, deadline) {
                Ok(replies) => return Ok(replies),
                Err(error) => error,
            };
            self.stream = None;
            // The node of a cluster may be gone.
            self.node = self.access.endpoint.clone();
            let pause = pauses.next().map(|pause| Duration::from_millis(pause).mul_f64(0.5 + fastrand::f64()));
            match pause.filter(|pause| error.is_passing() && deadline.left().is_none_or(|left| *pause < left)) {
                Some(pause) => thread::sleep(pause),
                None => return Err(error),
            }
        }
    }

    /// All keys are in one slot, so that one redirect leads to their node.
    fn redirected(&mut self, commands: &[Command<'_>], deadline: Deadline) -> Result<Vec<Reply>, StoreError> {
        for _ in 0..2 {
            match self.once(commands, deadline) {
                Err(StoreError::Refused(text)) if text.raw().starts_with("MOVED ") => {
                    self.node = self.moved(text.raw()).ok_or(StoreError::NotRedis)?;
                    self.stream = None;
                }
                result => return result,
            }
        }
        Err(StoreError::Redirects)
    }

    /// `MOVED SLOT HOST:PORT`; the host is empty if the node does not know its own.
    fn moved(&self, text: &str) -> Option<Endpoint> {
        let (host, port) = text.split(' ').nth(2)?.rsplit_once(':')?;
        let host = if host.is_empty() { &self.node.host } else { host.trim_matches(['[', ']']) };
        Some(Endpoint { host: host.to_owned(), port: port.parse().ok()?, tls: self.node.tls })
    }

    fn once(&mut self, commands: &[Command<'_>], deadline: Deadline) -> Result<Vec<Reply>, StoreError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
        let logins = if self.stream.is_none() { self.open(&mut bytes, deadline)? } else { 0 };
        commands.iter().for_each(|command| resp::write(command, &mut bytes));
        let Some(stream) = &mut self.stream else { return Err(StoreError::NotRedis) };
        stream.set_deadline(deadline);
        stream.write_all(&bytes).map_err(|error| stream.failed(Phase::Send, error))?;
        let (mut received, mut chunk, mut replies) = (Vec::new(), [0; 4096], Vec::new());
        while replies.len() < logins + commands.len() {
            match resp::read(&received) {
                Err(NotRedis) => return Err(StoreError::NotRedis),
                Ok(Some((reply, length))) => {
                    received.drain(..length);
                    if let Reply::Error(text) = reply {
                        return Err(StoreError::Refused(UntrustedText::new(&text)));
                    }
                    replies.push(reply);
                }
                Ok(None) if received.len() > LONGEST_ANSWER => return Err(StoreError::NotRedis),
                Ok(None) => {
                    let count = stream.read(&mut chunk).map_err(|error| stream.failed(Phase::Receive, error))?;
                    if count == 0 {
                        let closed = stream.failed(Phase::Receive, io::ErrorKind::UnexpectedEof.into());
                        return Err(closed.into());
                    }
                    received.extend_from_slice(&chunk[..count]);
                }
            }
        }
        Ok(replies.split_off(logins))
    }

    /// Connects, and writes the commands of the login, which are sent with the first ones. Returns their number.
    fn open(&mut self, bytes: &mut Zeroizing<Vec<u8>>, deadline: Deadline) -> Result<usize, StoreError> {
        let Access { endpoint, user, database, ca_bundle, .. } = self.access;
        let password = self.access.password(deadline).map_err(StoreError::Password)?;
        if endpoint.tls && self.tls.is_none() {
            self.tls = Some(trust::read(ca_bundle.as_ref(), false, deadline).map_err(StoreError::Trust)?);
        }
        // A node that is named by its address has the certificate of the name in the URL.
        let is_address = |host: &str| host.parse::<IpAddr>().is_ok();
        let named = if is_address(&self.node.host) { &endpoint.host } else { &self.node.host };
        let name = if is_address(named) { &self.node.host } else { named };
        self.stream = Some(Direct::connect(&self.node, name, self.tls.clone(), deadline)?);
        let password = password.as_ref().map(|password| password.expose().as_bytes());
        match (user, password) {
            (None, None) => {}
            (None, Some(password)) => resp::write(&[b"AUTH", password], bytes),
            (Some(user), password) => resp::write(&[b"AUTH", user.as_bytes(), password.unwrap_or_default()], bytes),
        }
        if *database > 0 {
            resp::write(&[b"SELECT", database.to_string().as_bytes()], bytes);
        }
        Ok(usize::from(user.is_some() || password.is_some()) + usize::from(*database > 0))
    }
}

impl From<HttpError> for StoreError {
    fn from(error: HttpError) -> Self {
        Self::Connection(error)
    }
}
