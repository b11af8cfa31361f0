//! Where a token is requested, and with which further parameters.

use std::ffi::OsString;

use super::setting::{Checked, Name, Setting, SettingError};
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

/// The first invalid one is the error. It is not quoted: a secret may be in the wrong place.
pub fn params(flags: Vec<OsString>) -> Checked<Vec<Parameter>> {
    let parse =
        |text| Setting::parse(Name::Params, Origin::Flag("--param"), text, Parameter::parse).map(|found| found.value);
    let all: Vec<Parameter> = flags.into_iter().map(parse).collect::<Result<_, _>>()?;
    let origin = if all.is_empty() { Origin::Default } else { Origin::Flag("--param") };
    Ok(Setting { value: all, origin })
}
