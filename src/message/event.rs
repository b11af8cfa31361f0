//! The lines of `-v`: what happened.

use std::time::Duration;

use super::http;
use crate::duration::display;
use crate::event::{Event, Temporary};
use crate::http::HttpError;

pub fn text(event: &Event<'_>) -> String {
    match event {
        Event::Warning(text) => format!("warning: {text}"),
        Event::Setting { name, value, origin } => format!("{name} is `{value}` ({origin})"),
        Event::ProxyChosen { proxy, origin } => format!("going through the proxy {proxy} ({origin})"),
        Event::Direct { why } => format!("going without a proxy: {why}"),
        Event::TrustRead { path, certificates } => {
            format!("certificates in the CA bundle `{path}`: {certificates}")
        }
        Event::Resolved { host, addresses, took: Some(took) } => {
            format!("`{host}` is {addresses:?} (asked for {})", millis(*took))
        }
        Event::Resolved { host, addresses, took: None } => format!("`{host}` is {addresses:?} (not asked for)"),
        Event::ConnectFailed { address, why } => format!("no connection to {address}: {why}"),
        Event::Connected { address, took } => format!("connected to {address} in {}", millis(*took)),
        Event::Tunnelled { proxy, target } => format!("the proxy {proxy} connected us to {target}"),
        Event::Certificate { .. } | Event::Authority { .. } => String::from("a certificate was shown"),
        Event::Secured { host, version, cipher, took } => {
            format!("`{host}` is genuine: {version}, {cipher}, in {}", millis(*took))
        }
        Event::Answered { status, bytes, took, .. } => {
            format!("HTTP {status}, {bytes} bytes in {}", millis(*took))
        }
        Event::Retrying { why, after, left } => {
            let left = match left {
                0 => "for the last time".to_owned(),
                left => format!("{left} more after that"),
            };
            format!("trying again in {}, {left}: {}", display(*after), temporary(*why))
        }
        Event::CacheHit { left } => format!("the kept token is used, it lives {}", display(*left)),
        Event::CacheMiss { why } => format!("no kept token is used: {why}"),
        Event::WithoutCache { why } => (*why).to_owned(),
        Event::Waiting => String::from("another process is asking for this token: waiting for it"),
        Event::Shared { what } => format!("another process has {what}"),
        Event::Kept { file } => format!("kept, sealed, in `{file}`"),
        Event::Remembered { lifetime } => {
            format!("the kernel's keyring remembers the key for {}", display(*lifetime))
        }
        Event::TokenReceived { characters, lifetime, scope } => {
            let granted =
                if scope.is_empty() { "no scope is named".into() } else { format!("granted scope `{scope}`") };
            format!("token of {characters} characters, {}, {granted}", life(*lifetime))
        }
        Event::Revoking { client, issuer } => format!("revoking a token as `{client}` at {issuer}"),
        Event::KeysReceived { count } => format!("the realm's keys: {count}"),
        Event::Starting { command, left } => format!("starting `{command}`: its token {}", life(*left)),
        Event::TokenInFile { file, left, due } => {
            format!("the token in `{file}` {}, the next one is asked for in {}", life(*left), display(*due))
        }
        Event::NotRenewed { file, left, pause, why } => {
            let (left, pause) = (display(*left), display(*pause));
            format!("the token in `{file}` lives {left} and is not renewed yet, trying again in {pause}: {why}")
        }
        Event::NoTokenInFile { state, why } => format!("error: {state}: {why}"),
    }
}

fn temporary(why: Temporary<'_>) -> String {
    match why {
        Temporary::Status(status) => format!("HTTP {status}"),
        Temporary::NoAnswer(error) => error.downcast_ref::<HttpError>().map(http::text).unwrap_or_default(),
    }
}

fn life(left: Option<Duration>) -> String {
    left.map_or("has no known lifetime".to_owned(), |left| format!("lives {}", display(left)))
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
