//! Which proxy the realm is reached through, chosen as curl chooses it.

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
    if flag.as_deref() == Some("") {
        return Ok(Err(NoProxy::EmptyFlag));
    }
    let parse = |origin, text| Setting::parse(Name::Proxy, origin, text, Proxy::parse);
    let typed = flag.map(|text| parse("--proxy", text.into())).transpose()?;
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
        (None, Some((name, text))) => parse(name, text).map(Ok),
        (None, None) if first(environment, &HTTP_PROXY).is_some() => Ok(Err(NoProxy::HttpAlone)),
        (None, None) => Ok(Err(NoProxy::NoneSet)),
    }
}
