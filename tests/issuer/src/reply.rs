//! The server's replies: a Keycloak response, or any misbehaviour that a client must survive.

use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

/// The reply to one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Checks the request and the credentials, and responds as Keycloak does.
    Keycloak,
    /// A valid HTTP response.
    Http { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// These bytes, then a close.
    Raw(Vec<u8>),
    /// These pieces, each in its own write (and TLS record), then a close.
    Pieces(Vec<Vec<u8>>),
    /// Nothing until the client closes.
    Hang,
    /// These bytes one by one, then nothing until the client closes.
    Drip { bytes: Vec<u8>, every: Duration },
    /// A head, then the same piece again and again until the client closes.
    Endless { head: Vec<u8>, piece: Vec<u8> },
    /// A close without a byte.
    Close,
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        Self::http(status, "application/json", body)
    }

    pub fn http(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::Http { status, headers, body: body.as_ref().to_vec() }
    }

    /// The same response with one more header.
    pub fn header(self, name: &str, value: &str) -> Self {
        match self {
            Self::Http { status, mut headers, body } => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Http { status, headers, body }
            }
            other => other,
        }
    }

    pub(crate) fn send(&self, stream: &mut (impl Read + Write)) -> io::Result<()> {
        match self {
            Self::Keycloak => unreachable!("the server turns it into an HTTP answer"),
            Self::Http { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                head.push_str("\r\n");
                stream.write_all(&[head.as_bytes(), body].concat())?;
                stream.flush()
            }
            Self::Raw(bytes) => {
                stream.write_all(bytes)?;
                stream.flush()
            }
            Self::Pieces(pieces) => {
                for piece in pieces {
                    stream.write_all(piece)?;
                    stream.flush()?;
                }
                Ok(())
            }
            Self::Hang => until_the_client_leaves(stream),
            Self::Drip { bytes, every } => {
                for byte in bytes {
                    stream.write_all(&[*byte])?;
                    stream.flush()?;
                    thread::sleep(*every);
                }
                until_the_client_leaves(stream)
            }
            Self::Endless { head, piece } => {
                stream.write_all(head)?;
                loop {
                    stream.write_all(piece)?;
                }
            }
            Self::Close => Ok(()),
        }
    }
}

fn until_the_client_leaves(stream: &mut impl Read) -> io::Result<()> {
    let mut chunk = [0; 256];
    while stream.read(&mut chunk)? > 0 {}
    Ok(())
}
