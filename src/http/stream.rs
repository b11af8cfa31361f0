//! A connection's bytes, whatever it runs over: TCP, a tunnel through a proxy, TLS, or TLS in TLS.

use std::fmt;

use crate::deadline::Deadline;

/// Reads and writes that end by their deadline.
pub trait Stream: fmt::Debug + Send + Sync {
    /// As many bytes as are there, at least one; 0 when the peer has ended the stream in good order.
    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, StreamError>;

    /// All of `bytes`.
    fn write_all(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), StreamError>;
}

/// What can happen to bytes on the way; the caller knows what it was doing, and says so.
#[derive(Debug)]
pub enum StreamError {
    TimedOut,
    Broken(String),
    Tls(rustls::Error),
}

impl Stream for Box<dyn Stream> {
    fn read(&mut self, buffer: &mut [u8], deadline: Deadline) -> Result<usize, StreamError> {
        (**self).read(buffer, deadline)
    }

    fn write_all(&mut self, bytes: &[u8], deadline: Deadline) -> Result<(), StreamError> {
        (**self).write_all(bytes, deadline)
    }
}
