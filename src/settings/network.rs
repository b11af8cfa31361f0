//! How the realm is reached: time-outs, retries, trust, proxy.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::environment::{self, utf8};
use super::setting::{Faults, Origin, Setting, named, tell_setting};
use crate::args::NetworkArgs;
use crate::duration;
use crate::error::{Exit, Failure};
use crate::event::{self, Event, tell};
use crate::http::no_proxy;
use crate::http::proxy::Proxy;
use crate::http::route::Route;
use crate::oauth::issuer::Issuer;

pub struct Network {
    /// `--timeout`, `CATENA_TIMEOUT`: for the whole call.
    pub timeout: Setting<Duration>,
    /// `--connect-timeout`: for name, socket, proxy and TLS.
    pub connect_timeout: Setting<Duration>,
    /// `--retries`, `CATENA_RETRIES`: further tries.
    pub retries: Setting<u32>,
    /// `--ca-cert`, `CATENA_CA_CERT`, `SSL_CERT_FILE`; `None` is the system's bundle.
    pub ca_bundle: Setting<Option<PathBuf>>,
    /// `--proxy`, else the variables that curl reads, unless `NO_PROXY` covers the issuer's host.
    pub proxy: Option<Proxy>,
}

/// In curl's order: lower case first, the scheme's variable before the one for all.
const PROXY_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const NO_PROXY_VARIABLES: [&str; 2] = ["no_proxy", "NO_PROXY"];

impl Network {
    /// For a whole call.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// Longer than a healthy connection takes anywhere, and short enough for a second try inside the default time-out.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Further tries.
    pub const RETRIES: u32 = 2;

    /// `None` when a fault was noted. Without an issuer there is no proxy to choose.
    pub fn resolve(args: NetworkArgs, issuer: Option<&Issuer>, faults: &mut Faults) -> Option<Self> {
        let timeout = named("--timeout", "CATENA_TIMEOUT");
        let timeout = timeout.value(args.timeout, Self::TIMEOUT, duration::parse_positive);
        let timeout = faults.take("time-out", timeout, |timeout| duration::display(*timeout));
        let connect_timeout = match args.connect_timeout {
            Some(value) => Setting { value, origin: Origin::Flag("--connect-timeout") },
            None => Setting { value: Self::CONNECT_TIMEOUT, origin: Origin::Default },
        };
        tell_setting("connect time-out", &connect_timeout, |timeout| duration::display(*timeout));
        let retries = named("--retries", "CATENA_RETRIES").value(args.retries, Self::RETRIES, |text| {
            text.parse().map_err(|_| "it is not a number from 0 to 4294967295".to_owned())
        });
        let retries = faults.take("retries", retries, u32::to_string);
        let ca_bundle = ca_bundle(args.ca_cert);
        tell_setting("CA bundle", &ca_bundle, |path| {
            path.as_ref().map_or("the system's".into(), |path| path.to_string_lossy().into_owned())
        });
        let proxy = issuer.map(|issuer| faults.note("proxy", choose_proxy(args.proxy.as_deref(), issuer)));
        Some(Self { timeout: timeout?, connect_timeout, retries: retries?, ca_bundle, proxy: proxy?? })
    }

    /// How to connect to the realm.
    pub fn route(&self) -> Route {
        Route {
            proxy: self.proxy.clone(),
            ca_bundle: self.ca_bundle.value.clone(),
            connect_timeout: self.connect_timeout.value,
            retries: self.retries.value,
        }
    }
}

fn ca_bundle(flag: Option<PathBuf>) -> Setting<Option<PathBuf>> {
    if let Some(path) = flag {
        return Setting { value: Some(path), origin: Origin::Flag("--ca-cert") };
    }
    match environment::first(&["CATENA_CA_CERT", "SSL_CERT_FILE"]) {
        Some((name, path)) => Setting { value: Some(path.into()), origin: Origin::Variable(name) },
        None => Setting { value: None, origin: Origin::Default },
    }
}

/// An empty `--proxy` means none, as in curl. The flag is always validated, a variable only if it is used: other
/// programs read it, too.
fn choose_proxy(flag: Option<&str>, issuer: &Issuer) -> Result<Option<Proxy>, Failure> {
    let direct = |why: &str| {
        tell(Event::Direct { why });
        Ok(None)
    };
    let typed = match flag {
        Some("") => return direct("--proxy is empty"),
        Some(text) => Some(parse_proxy("--proxy", text.into())?),
        None => None,
    };
    if !issuer.is_https() {
        return direct("the issuer is on this host");
    }
    let given = match typed {
        Some(proxy) => Some(("--proxy", Ok(proxy))),
        None => environment::first(&PROXY_VARIABLES).map(|(name, text)| (name, parse_proxy(name, text))),
    };
    // Looking up why there is no proxy pays only if the reason is printed.
    if given.is_none() && !event::is_heard() {
        return Ok(None);
    }
    if let Some((name, list)) = environment::first(&NO_PROXY_VARIABLES)
        && no_proxy::covers(&list.to_string_lossy(), issuer.host())
    {
        return direct(&format!("{name} covers the issuer's host"));
    }
    let Some((origin, proxy)) = given else {
        return direct(match environment::first(&["http_proxy", "HTTP_PROXY"]) {
            Some(_) => "none is set for https: HTTP_PROXY is for http alone, HTTPS_PROXY and ALL_PROXY are for this",
            None => "none is set",
        });
    };
    let proxy = proxy?;
    tell(Event::ProxyChosen { proxy: &proxy.to_string(), origin });
    Ok(Some(proxy))
}

fn parse_proxy(origin: &str, text: OsString) -> Result<Proxy, Failure> {
    utf8(text).and_then(|text| Proxy::parse(&text)).map_err(|why| {
        Failure::new(Exit::Usage, format!("the proxy of {origin} cannot be used"), why)
            .hint("a proxy is given as http://HOST:PORT or https://HOST:PORT; NO_PROXY names hosts that need none")
    })
}
