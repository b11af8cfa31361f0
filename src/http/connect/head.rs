//! The head of a response, read as leniently as curl and Python read it.
//!
//! ureq reads strictly and stops at 128 headers, so that it gets only what the program uses, written anew.

use httparse::{EMPTY_HEADER, Error, ParserConfig, Response, Status};

use crate::http::error::Kind;

/// The limits of a head, interim ones before it included.
const LARGEST: usize = 64 * 1024;
const MOST_HEADERS: usize = 200;

/// The headers that the program reads, and those that delimit the body.
const USED: [&str; 6] = ["content-length", "content-type", "date", "location", "retry-after", "transfer-encoding"];

/// A head without anything unusual.
pub struct Head {
    pub status: u16,
    /// The status line and the used headers.
    pub strict: Vec<u8>,
    /// Where the body starts in the received bytes.
    pub end: usize,
}

/// Reads the head of the final response, after any interim ones (RFC 9110 §15.2). `None` while it is incomplete.
pub fn read(received: &[u8]) -> Result<Option<Head>, Kind> {
    let mut end = 0;
    loop {
        let mut headers = [EMPTY_HEADER; MOST_HEADERS];
        let mut response = Response::new(&mut headers);
        let parsed = ParserConfig::default()
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_space_before_first_header_name(true)
            .allow_spaces_after_header_name_in_responses(true)
            .ignore_invalid_headers_in_responses(true)
            .parse_response(&mut response, &received[end..]);
        match parsed {
            Ok(Status::Complete(length)) if end + length <= LARGEST => end += length,
            Ok(Status::Partial) if received.len() <= LARGEST => return Ok(None),
            Ok(_) | Err(Error::TooManyHeaders) => return Err(Kind::LargeHead),
            Err(error) => return Err(Kind::NotHttp(error.to_string())),
        }
        let (version, status) = (response.version.unwrap_or_default(), response.code.unwrap_or_default());
        if (100..=199).contains(&status) {
            continue;
        }
        let mut strict = format!("HTTP/1.{version} {status:03}\r\n").into_bytes();
        for header in response.headers.iter().filter(|header| USED.contains(&&*header.name.to_ascii_lowercase())) {
            // A folded value has line breaks.
            let words = header.value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            strict.extend([header.name.as_bytes(), b": ", &words.collect::<Vec<_>>().join(&b' '), b"\r\n"].concat());
        }
        strict.extend(b"\r\n");
        return Ok(Some(Head { status, strict, end }));
    }
}
