//! The choice of a proxy, by curl's rules.

use std::ffi::OsString;

use super::environment::{first, get};
use super::setting::{Name, Setting, SettingError, Sources, line};
use crate::base::origin::Origin;
use crate::http::connect::no_proxy::covers;
use crate::http::connect::proxy::Proxy;
use crate::http::endpoint::Endpoint;

/// Why no proxy is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoProxy {
    Empty(Origin),
    LocalIssuer,
    /// This variable covers the issuer's host.
    Covered(Origin),
    /// Only `HTTP_PROXY` is set.
    HttpAlone,
    NoneSet,
}

/// The proxy of a call.
#[derive(Clone, Debug)]
pub struct ProxyChoice {
    /// For the first request, or why none is used for it.
    pub first: Result<Setting<Proxy>, NoProxy>,
    /// For the requests to other hosts.
    pub others: Option<Proxy>,
    /// The hosts that are reached without it.
    pub no_proxy: String,
}

impl ProxyChoice {
    fn none(why: NoProxy) -> Self {
        Self { first: Err(why), others: None, no_proxy: String::new() }
    }
}

/// In curl's order: lower case first, the scheme's variable before the one for all.
const PROXY: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY: [&str; 2] = ["no_proxy", "NO_PROXY"];
const HTTP_PROXY: [&str; 2] = ["http_proxy", "HTTP_PROXY"];

/// An empty flag means no proxy, as in curl. The flag and the configuration file are always validated, a variable only
/// if it is used, because it is meant for other programs, too; it comes after the file. `server` gets the first
/// request, and all of them if it `is_only`. An error of the setting that names it is returned.
pub fn choose(
    flag: Option<String>,
    server: Result<&Endpoint, &SettingError>,
    is_only: bool,
    sources: Sources<'_>,
) -> Result<ProxyChoice, SettingError> {
    let environment = sources.environment;
    let named = flag.map(|text| (Origin::Flag("--proxy"), text.into())).or_else(|| sources.text("--proxy", &[]));
    if let Some((by, text)) = &named
        && text.is_empty()
    {
        return Ok(ProxyChoice::none(NoProxy::Empty(*by)));
    }
    let parse = |(origin, text)| Setting::parse(Name::Proxy, origin, text, Proxy::parse);
    let named = named.map(parse).transpose()?;
    let server = server.map_err(SettingError::clone)?;
    let (name, list) = first(environment, &NO_PROXY).unwrap_or((Origin::Default, OsString::new()));
    let why_not = match covers(&list.to_string_lossy(), &server.host) {
        _ if !server.tls => Some(NoProxy::LocalIssuer),
        true => Some(NoProxy::Covered(name)),
        false => None,
    };
    // A proxy serves https only, and the issuer may not be the only server.
    if let Some(why) = why_not.filter(|_| is_only) {
        return Ok(ProxyChoice::none(why));
    }
    let proxy = match (named, first(environment, &PROXY)) {
        (Some(proxy), _) => proxy,
        (None, Some(variable)) => parse(variable)?,
        (None, None) if first(environment, &HTTP_PROXY).is_some() => {
            return Ok(ProxyChoice::none(why_not.unwrap_or(NoProxy::HttpAlone)));
        }
        (None, None) => return Ok(ProxyChoice::none(why_not.unwrap_or(NoProxy::NoneSet))),
    };
    let no_proxy = line(Name::Proxy, name, list)?.value.to_string_lossy().into_owned();
    let others = Some(proxy.value.clone());
    Ok(ProxyChoice { first: why_not.map_or(Ok(proxy), Err), others, no_proxy })
}

/// An entry of `NO_PROXY` that was meant to cover `host` and does not, as in curl: `*.example.com`, or with a port.
pub fn unmatched_no_proxy(host: &str) -> Option<(Origin, String)> {
    let (name, list) = first(&get, &NO_PROXY)?;
    let (list, host) = (list.to_string_lossy().to_ascii_lowercase(), host.to_ascii_lowercase());
    let is_meant = |entry: &&str| match entry.split_once('*') {
        Some((start, end)) => host.starts_with(start) && host.ends_with(end),
        None => entry.rsplit_once(':').is_some_and(|(bare, _)| covers(bare, &host)),
    };
    list.split([',', ' ', '\t']).find(is_meant).map(|entry| (name, entry.to_owned()))
}
