//! Where a token is requested, and with which further parameters.

use std::ffi::OsString;

use super::setting::{Checked, Name, Setting, SettingError, Sources};
use crate::base::origin::Origin;
use crate::http::endpoint::Endpoint;
use crate::oauth::issuer::Issuer;
use crate::oauth::parameter::Parameter;
use crate::oauth::token_url::TokenUrl;

/// The server that gets the first request.
pub fn server<'a>(
    issuer: &'a Checked<Issuer>,
    token_url: &'a Checked<Option<TokenUrl>>,
) -> Result<&'a Endpoint, &'a SettingError> {
    match &token_url.as_ref()?.value {
        Some(url) => Ok(url.server()),
        None => Ok(issuer.as_ref()?.value.server()),
    }
}

/// The first invalid one is the error. It is not quoted: a secret may be in the wrong place. Flags replace those of the
/// configuration file.
pub fn params(flags: Vec<OsString>, sources: Sources<'_>) -> Checked<Vec<Parameter>> {
    let (origin, texts) = match sources.list("--param") {
        _ if !flags.is_empty() => (Origin::Flag("--param"), flags),
        Some((origin, texts)) => (origin, texts.to_vec()),
        None => (Origin::Default, Vec::new()),
    };
    let parse = |text| Setting::parse(Name::Params, origin, text, Parameter::parse).map(|found| found.value);
    Ok(Setting { value: texts.into_iter().map(parse).collect::<Result<_, _>>()?, origin })
}
