//! Where the store is, and how to log in.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use crate::base::clock::Deadline;
use crate::base::secret::{Secret, UnusableSecret};
use crate::credential::{Kind, Problem};
use crate::http::endpoint::{Endpoint, UnusableUrl};
use crate::http::trust::Bundle;
use crate::os::input;

const DEFAULT_PORT: u16 = 6379;

/// ElastiCache's longest has 128 characters; a token for a login by IAM is longer.
const LONGEST_PASSWORD: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub struct Access {
    pub endpoint: Endpoint,
    pub user: Option<String>,
    pub password: Option<Password>,
    pub database: u32,
    /// For TLS; `None` is the system's.
    pub ca_bundle: Option<Bundle>,
}

/// The store's password, or the file that has it, which is read when a connection is opened.
#[derive(Clone, Debug)]
pub enum Password {
    InUrl(Secret),
    Given(Secret),
    File(PathBuf),
}

impl Access {
    /// `redis[s]://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]`. Registers the password for redaction.
    pub fn parse(text: &str) -> Result<Self, UnusableUrl> {
        let (scheme, rest) = text.split_once("://").ok_or(UnusableUrl::Scheme)?;
        let tls = match scheme {
            "rediss" => true,
            "redis" => false,
            _ => return Err(UnusableUrl::Scheme),
        };
        // A password may have any character, also one that a URL would have to encode.
        let (login, rest) = rest.rsplit_once('@').map_or((None, rest), |(login, rest)| (Some(login), rest));
        if rest.contains(['?', '#']) {
            return Err(UnusableUrl::QueryOrFragment);
        }
        let (place, database) = rest.split_once('/').unwrap_or((rest, ""));
        let database = if database.is_empty() { 0 } else { database.parse().map_err(|_| UnusableUrl::NotUrl)? };
        let endpoint = endpoint(place, tls)?;
        let (user, password) = login.map_or(Ok((None, None)), credentials)?;
        Ok(Self { endpoint, user, password, database, ca_bundle: None })
    }

    pub fn password(&self, deadline: Deadline) -> Result<Option<Secret>, Problem> {
        match &self.password {
            None => Ok(None),
            Some(Password::InUrl(secret) | Password::Given(secret)) => Ok(Some(secret.clone())),
            Some(Password::File(path)) => {
                Kind::Secret.text(input::read_file(path, LONGEST_PASSWORD, deadline)).map(Some)
            }
        }
    }
}

fn endpoint(place: &str, tls: bool) -> Result<Endpoint, UnusableUrl> {
    let (host, port) = match place.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(bracketed) => bracketed.ok_or(UnusableUrl::NotUrl)?,
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => DEFAULT_PORT,
        port => port.and_then(|port| port.parse().ok()).filter(|port| *port > 0).ok_or(UnusableUrl::Port)?,
    };
    match host {
        "" => Err(UnusableUrl::NotUrl),
        host if !host.is_ascii() => Err(UnusableUrl::NotAscii),
        host if host.contains(|c: char| !c.is_ascii_alphanumeric() && !"-._~:%".contains(c)) => {
            Err(UnusableUrl::NotUrl)
        }
        host => Ok(Endpoint { host: host.to_owned(), port, tls }),
    }
}

fn credentials(login: &str) -> Result<(Option<String>, Option<Password>), UnusableUrl> {
    let (user, password) = login.split_once(':').map_or((login, ""), |parts| parts);
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let user = String::from_utf8(decode(user)).ok().filter(|user| !user.contains(char::is_control));
    let user = user.ok_or(UnusableUrl::NotUrl)?;
    let password = match Secret::new(decode(password)) {
        Ok(secret) => Some(Password::InUrl(secret)),
        Err(UnusableSecret::Empty) => None,
        Err(_) => return Err(UnusableUrl::NotUrl),
    };
    Ok((Some(user).filter(|user| !user.is_empty()), password))
}

/// The URL without the password.
impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.endpoint.tls { "rediss" } else { "redis" };
        let user = self.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        write!(f, "{scheme}://{user}{}", self.endpoint)?;
        if self.database > 0 { write!(f, "/{}", self.database) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_as_redis_cli_reads_them() {
        for (text, shown, user, password) in [
            ("redis://h", "redis://h:6379", None, None),
            ("rediss://h:7000/3", "rediss://h:7000/3", None, None),
            ("redis://:pw@h/", "redis://h:6379", None, Some("pw")),
            ("redis://u@h", "redis://u@h:6379", Some("u"), None),
            ("redis://us%65r:p%40s@[::1]:1", "redis://user@[::1]:1", Some("user"), Some("p@s")),
            ("redis://u:!&#$^<>-/@?@h:1", "redis://u@h:1", Some("u"), Some("!&#$^<>-/@?")),
        ] {
            let access = Access::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(access.to_string(), shown);
            assert_eq!(access.user.as_deref(), user, "{text}");
            let read = access.password(Deadline::never()).unwrap();
            assert_eq!(read.as_ref().map(Secret::expose), password, "{text}");
            assert!(!format!("{access:?}").contains("pw"));
        }
    }

    #[test]
    fn what_is_no_url_of_a_store_is_refused() {
        for (text, why) in [
            ("h:6379", UnusableUrl::Scheme),
            ("memcached://h", UnusableUrl::Scheme),
            ("REDIS://h", UnusableUrl::Scheme),
            ("redis://", UnusableUrl::NotUrl),
            ("redis://h:0", UnusableUrl::Port),
            ("redis://h:x", UnusableUrl::Port),
            ("redis://::1", UnusableUrl::Port),
            ("redis://[::1", UnusableUrl::NotUrl),
            ("redis://h/a", UnusableUrl::NotUrl),
            ("redis://h o", UnusableUrl::NotUrl),
            ("redis://ö", UnusableUrl::NotAscii),
            ("rediss://h?ssl=1", UnusableUrl::QueryOrFragment),
            ("redis://:a%0ab@h", UnusableUrl::NotUrl),
        ] {
            assert_eq!(Access::parse(text).unwrap_err(), why, "{text}");
        }
    }
}
