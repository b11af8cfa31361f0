//! The URL of a token endpoint that is a setting, for a server whose discovery names none.

use crate::http::endpoint::{Endpoint, LONGEST, UnusableUrl, authority, parse_url, split_zone};

/// https, or plain http to a loopback host. It may have a query (RFC 6749 §3.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUrl {
    url: String,
    endpoint: Endpoint,
    /// Of a link-local address, as `%eth0`.
    pub zone: String,
}

impl TokenUrl {
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        let text = text.trim();
        if text.starts_with(['"', '\'']) {
            return Err(UnusableUrl::Quoted);
        }
        if !text.contains("://") {
            return Err(UnusableUrl::NotHttps);
        }
        if authority(text).contains('@') {
            return Err(UnusableUrl::UserName);
        }
        if text.contains('#') {
            return Err(UnusableUrl::Fragment);
        }
        let (url, zone) = split_zone(text);
        if url.len() > LONGEST {
            return Err(UnusableUrl::TooLong(LONGEST));
        }
        let endpoint = Endpoint::of(&parse_url(&url)?)?;
        if !endpoint.is_private() {
            return Err(UnusableUrl::PlainHttp);
        }
        Ok(Self { url, endpoint, zone })
    }

    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Without the query, which may hold a key.
    pub fn shown(&self) -> String {
        self.url.split_once('?').map_or(self.url.clone(), |(start, _)| format!("{start}?…"))
    }

    pub fn server(&self) -> &Endpoint {
        &self.endpoint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_url_is_https_or_on_this_host() {
        for good in ["https://h/oauth/token?tenant=1", "http://localhost:4444/token", "https://[fe80::1%25eth0]/token"]
        {
            assert!(TokenUrl::parse(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("'https://h/t'", UnusableUrl::Quoted),
            ("h/t", UnusableUrl::NotHttps),
            ("https://user:hunter2@h/t", UnusableUrl::UserName),
            ("https://h/t#x", UnusableUrl::Fragment),
            ("http://h/t", UnusableUrl::PlainHttp),
            ("ftp://h/t", UnusableUrl::Scheme),
            ("https://h/a b", UnusableUrl::NotUrl),
            (&format!("https://h/{}", "t".repeat(LONGEST)), UnusableUrl::TooLong(LONGEST)),
        ] {
            assert_eq!(TokenUrl::parse(bad), Err(why), "{bad}");
        }
    }
}
