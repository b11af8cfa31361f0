//! The client's TLS certificate and its key.

use std::path::PathBuf;

use super::setting::{Name, Problem, SettingError, Sources, line};
use crate::base::origin::Origin;
use crate::cli::args::CertificateArgs;
use crate::http::identity::{IdentityFiles, NamedFile};

/// A key without a certificate is an error. One of the configuration file is for the certificate beside it.
pub fn files(args: CertificateArgs, sources: Sources<'_>) -> Result<Option<IdentityFiles>, SettingError> {
    let named = |flag: Option<PathBuf>, name, variable| {
        let text = flag.map(|path| (Origin::Flag(name), path.into())).or_else(|| sources.text(name, &[variable]));
        let file =
            |(by, text)| line(Name::ClientCertificate, by, text).map(|text| NamedFile { path: text.value.into(), by });
        text.map(file).transpose()
    };
    let certificate = named(args.client_cert, "--client-cert", "CATENA_CLIENT_CERT")?;
    let key = named(args.client_key, "--client-key", "CATENA_CLIENT_KEY")?;
    match (certificate, key) {
        (Some(certificate), key) => {
            let is_its = |key: &NamedFile| !matches!(key.by, Origin::Line(_)) || key.by.is_beside(certificate.by);
            Ok(Some(IdentityFiles { key: key.filter(is_its), certificate }))
        }
        (None, Some(NamedFile { by, .. })) => {
            let problem = Problem::IsFor("a client certificate (--client-cert)");
            Err(SettingError { name: Name::ClientCertificate, origin: by, problem, text: None })
        }
        (None, None) => Ok(None),
    }
}
