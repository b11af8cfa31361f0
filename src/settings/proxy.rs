//! Which proxy the realm is reached through, chosen as curl chooses it.

use std::ffi::OsString;

use super::environment::{Environment, first};
use super::setting::{Checked, Name, Setting, SettingError};
use crate::http::no_proxy;
use crate::http::proxy::Proxy;
use crate::oauth::issuer::Issuer;

/// Why no proxy is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoProxy {
    EmptyFlag,
    LocalIssuer,
    /// This variable covers the issuer's host.
    Covered(&'static str),
    /// Only `HTTP_PROXY` is set.
    HttpAlone,
    NoneSet,
}

/// In curl's order: lower case first, the scheme's variable before the one for all.
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
const HTTP_PROXY: [&str; 2] = ["http_proxy", "HTTP_PROXY"];

/// An empty flag means none, as in curl. The flag is always validated, a variable only if it is used: other programs
/// read it, too. If the issuer is wrong, that is the error.
pub fn choose(
    flag: Option<String>,
    issuer: &Checked<Issuer>,
    environment: &Environment,
) -> Result<Result<Setting<Proxy>, NoProxy>, SettingError> {
    let typed = match flag {
        Some(text) if text.is_empty() => return Ok(Err(NoProxy::EmptyFlag)),
        Some(text) => Some(parse(text.into(), "--proxy")?),
        None => None,
    };
    let issuer = &issuer.as_ref().map_err(SettingError::clone)?.value;
    if !issuer.is_https() {
        return Ok(Err(NoProxy::LocalIssuer));
    }
    if let Some((name, list)) = first(environment, &NO_PROXY)
        && no_proxy::covers(&list.to_string_lossy(), issuer.host())
    {
        return Ok(Err(NoProxy::Covered(name)));
    }
    match (typed, first(environment, &PROXY)) {
        (Some(proxy), _) => Ok(Ok(proxy)),
        (None, Some((name, text))) => parse(text, name).map(Ok),
        (None, None) if first(environment, &HTTP_PROXY).is_some() => Ok(Err(NoProxy::HttpAlone)),
        (None, None) => Ok(Err(NoProxy::NoneSet)),
    }
}

fn parse(text: OsString, origin: &'static str) -> Checked<Proxy> {
    Setting::parse(Name::Proxy, origin, text, Proxy::parse)
}
