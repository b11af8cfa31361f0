//! The client's TLS certificate and its key.

use std::path::PathBuf;

use super::environment::{Environment, first};
use super::setting::{Name, Problem, SettingError, line};
use crate::base::origin::Origin;
use crate::cli::args::CertificateArgs;
use crate::http::identity::{IdentityFiles, NamedFile};

/// A key without a certificate is an error.
pub fn files(args: CertificateArgs, environment: &Environment) -> Result<Option<IdentityFiles>, SettingError> {
    let named = |flag: Option<PathBuf>, name, variable| {
        let text = flag.map(|path| (Origin::Flag(name), path.into())).or_else(|| first(environment, &[variable]));
        let file =
            |(by, text)| line(Name::ClientCertificate, by, text).map(|text| NamedFile { path: text.value.into(), by });
        text.map(file).transpose()
    };
    let certificate = named(args.client_cert, "--client-cert", "CATENA_CLIENT_CERT")?;
    let key = named(args.client_key, "--client-key", "CATENA_CLIENT_KEY")?;
    match (certificate, key) {
        (Some(certificate), key) => Ok(Some(IdentityFiles { certificate, key })),
        (None, Some(NamedFile { by, .. })) => {
            let problem = Problem::IsFor("a client certificate (--client-cert)");
            Err(SettingError { name: Name::ClientCertificate, origin: by, problem, text: None })
        }
        (None, None) => Ok(None),
    }
}
