//! One HTTP attempt at a time: send a request, hand back what came, within a deadline.
//!
//! ureq speaks HTTP/1.1 over the transport of our own below ([`connect`]: TCP, CONNECT, TLS). No redirect is followed,
//! no proxy is chosen here, nothing is retried here ([`retry`] does), and a status is an answer, not an error.

pub(crate) mod connect;
pub(crate) mod endpoint;
mod error;
pub(crate) mod retry;
pub(crate) mod route;
pub(crate) mod trust;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use ureq::AsSendBody;
use ureq::http::{HeaderValue, Method, header};
use zeroize::Zeroizing;

use crate::base::deadline::Deadline;
use crate::base::event::{Event, emit};
use crate::display::untrusted::UntrustedText;
pub(crate) use error::{HttpError, Kind, Limit, Phase};

/// No token response is as large; a server that sends more is not read further.
const LARGEST_BODY: u64 = 1024 * 1024;

/// Room in a request for its first line (an issuer's URL has at most 2,000 characters) and our own headers.
const HEAD_ROOM: usize = 4 * 1024;

const USER_AGENT: &str = concat!("catena-token/", env!("CARGO_PKG_VERSION"));

pub(crate) struct Request {
    pub url: String,
    /// A form is posted, and may hold the secret; without one the URL is got.
    pub form: Option<Zeroizing<String>>,
    /// The whole value of an `Authorization` header.
    pub authorization: Option<Zeroizing<String>>,
}

/// What the server said, whatever its status.
pub(crate) struct Answer {
    pub status: u16,
    pub content_type: UntrustedText,
    pub location: UntrustedText,
    pub retry_after: UntrustedText,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// What kind of body it has, how large it is, and a page's title: nothing else of it is quoted.
    pub fn describe(&self) -> Body {
        Body { content_type: self.content_type.clone(), bytes: self.body.len(), title: self.title() }
    }

    fn title(&self) -> Option<UntrustedText> {
        let page = self.content_type.raw().contains("html").then(|| String::from_utf8_lossy(&self.body))?;
        let lower = page.to_ascii_lowercase();
        let start = lower.find("<title>")? + "<title>".len();
        let end = lower[start..].find("</title").map_or(page.len(), |length| start + length);
        Some(UntrustedText::new(page[start..end].trim().as_bytes()))
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Body {
    pub content_type: UntrustedText,
    pub bytes: usize,
    /// Of a page.
    pub title: Option<UntrustedText>,
}

/// The one agent of a call.
#[derive(Clone)]
pub(crate) struct Http {
    agent: ureq::Agent,
    went_out: Arc<AtomicBool>,
}

impl Http {
    /// Sends `request` once. Ends by `deadline`, whatever the server does.
    pub fn send(&self, request: &Request, deadline: Deadline) -> Result<Answer, HttpError> {
        let started = Instant::now();
        self.went_out.store(false, Ordering::Relaxed);
        let mut head = ureq::http::Request::builder().uri(&request.url);
        if let Some(authorization) = &request.authorization {
            let Ok(mut value) = HeaderValue::from_str(authorization) else { unreachable!("it is Base64") };
            value.set_sensitive(true);
            head = head.header(header::AUTHORIZATION, value);
        }
        let texts = [&request.authorization, &request.form].into_iter().flatten();
        let room = HEAD_ROOM + texts.map(|text| text.len()).sum::<usize>();
        let response = match &request.form {
            Some(form) => {
                let head = head.method(Method::POST).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                self.run(head.body(form.as_bytes()), room, deadline)
            }
            None => self.run(head.body(()), room, deadline),
        }?;
        let first_byte = started.elapsed();
        let (head, body) = response.into_parts();
        let body = body.into_with_config().limit(LARGEST_BODY).read_to_vec()?;
        let text = |name| UntrustedText::new(head.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default());
        let (status, bytes, took) = (head.status.as_u16(), body.len(), started.elapsed());
        let date = httpdate::parse_http_date(text(header::DATE).raw()).ok();
        emit(Event::Answered { status, bytes, first_byte, took, date });
        Ok(Answer {
            status,
            content_type: text(header::CONTENT_TYPE),
            location: text(header::LOCATION),
            retry_after: text(header::RETRY_AFTER),
            body,
        })
    }

    /// Whether the last request began to be sent. One that did may have been obeyed, whatever came back.
    pub fn went_out(&self) -> bool {
        self.went_out.load(Ordering::Relaxed)
    }

    fn run(
        &self,
        request: ureq::http::Result<ureq::http::Request<impl AsSendBody>>,
        room: usize,
        deadline: Deadline,
    ) -> Result<ureq::http::Response<ureq::Body>, HttpError> {
        let Ok(request) = request else { unreachable!("the issuer's URL is one") };
        let configured =
            self.agent.configure_request(request).timeout_global(deadline.left()).output_buffer_size(room).build();
        Ok(self.agent.run(configured)?)
    }
}
