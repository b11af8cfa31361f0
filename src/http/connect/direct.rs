//! A connection for another protocol than HTTP, without a proxy: the same dialling, deadline and trust.

use std::io::{self, Read, Write};
use std::sync::Arc;

use rustls::ClientConfig;

use super::stream::Stream;
use super::{TimeLimit, dial};
use crate::base::clock::Deadline;
use crate::base::event::{Event, Step, emit};
use crate::http::endpoint::Endpoint;
use crate::http::error::{HttpError, Limit, Phase};

pub struct Direct {
    stream: Stream,
    peer: String,
}

impl Direct {
    /// With TLS if `tls` is given: the certificate must be for `name`.
    pub fn connect(
        peer: &Endpoint,
        name: &str,
        tls: Option<Arc<ClientConfig>>,
        deadline: Deadline,
    ) -> Result<Self, HttpError> {
        let limit = TimeLimit { deadline, timeout: Limit::Connect };
        let mut stream = dial(peer, None, limit)?;
        if let Some(tls) = tls {
            emit(Event::Awaiting(Step::Handshake(name), None));
            let secured = stream.secure(name, tls, None);
            stream = secured.map_err(|error| limit.error(Phase::Handshake, &name, error))?;
        }
        Ok(Self { stream, peer: peer.to_string() })
    }

    pub fn set_deadline(&mut self, deadline: Deadline) {
        self.stream.set_deadline(deadline);
    }

    /// What an error of a read or a write means.
    pub fn failed(&self, phase: Phase, error: io::Error) -> HttpError {
        TimeLimit { deadline: Deadline::never(), timeout: Limit::Total }.error(phase, &self.peer, error)
    }
}

impl Read for Direct {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buffer)
    }
}

impl Write for Direct {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
