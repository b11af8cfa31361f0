//! What the format of the output needs.

use super::environment::{Environment, value};
use super::setting::{Checked, Name, Problem, Reader, Setting, SettingError, Sources};
use crate::base::origin::Origin;
use crate::cli::exec_credential::ApiVersion;
use crate::cli::format::{EnvName, Format};

/// `--env-name` with a format without a variable is an error.
pub fn env_name(flag: Option<EnvName>, format: &Checked<Format>, sources: Sources<'_>) -> Checked<EnvName> {
    let (name, origin) = (Name::EnvVariable, Origin::Flag("--env-name"));
    match (&flag, format) {
        (Some(_), Ok(format)) if !format.value.has_env_name() => {
            let problem = Problem::UnusedEnvName(format.clone());
            return Err(SettingError { name, origin, problem, text: None });
        }
        _ => {}
    }
    let reader = Reader { name, flag: "--env-name", variables: &[], sources };
    reader.value(flag, EnvName::default(), |text| EnvName::parse(text).map_err(Problem::EnvName))
}

/// kubectl sets the variable. It is not read for another format, and never quoted: it may have a cluster's data.
pub fn api_version(format: &Checked<Format>, environment: &Environment) -> Checked<ApiVersion> {
    const NAME: &str = "KUBERNETES_EXEC_INFO";
    let origin = Origin::Variable(NAME);
    let wanted = format.as_ref().is_ok_and(|format| format.value == Format::ExecCredential);
    let Some(text) = wanted.then(|| value(environment, NAME)).flatten() else {
        return Ok(Setting::by_default(ApiVersion::V1));
    };
    let version = ApiVersion::requested(&text.to_string_lossy());
    version.map(|value| Setting { value, origin }).map_err(|why| SettingError {
        name: Name::Format,
        origin,
        problem: why.into(),
        text: None,
    })
}
