//! Reads one whole HTTP request.

use std::io::{self, Read};

/// A client's request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// Names in lower case, in their order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The thumbprint of the client's certificate.
    pub certificate: Option<String>,
}

impl Request {
    /// `None` if the client closed without a request.
    pub fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let Some((head, mut body)) = read_head(stream)? else { return Ok(None) };
        let mut lines = head.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let (method, path) = (method.to_owned(), path.to_owned());
        let mut request = Self { method, path, headers, body: Vec::new(), certificate: None };
        let length: usize = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while body.len() < length {
            let mut chunk = [0; 4096];
            let count = stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            body.extend_from_slice(&chunk[..count]);
        }
        request.body = body;
        Ok(Some(request))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The form's fields in their order.
    pub fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// A form field's value.
    pub fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }
}

/// The head as text, and the part of the body that came with it.
fn read_head(stream: &mut impl Read) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            bytes.truncate(end);
            return Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), body)));
        }
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
}
