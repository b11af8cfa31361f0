//! The trust store: the CA bundle, and rustls' verifier for it.
//!
//! The bundle is read before anything is sent, so that a missing or empty one is reported as such. [`Verifier`] does
//! what rustls' does and checks the authorities too, and reports certificates and what is wrong with them.

mod authority;
pub(crate) mod certificate;
pub(crate) mod diagnosis;
pub(crate) mod distinguished_name;

use std::borrow::Cow;
use std::cell::Cell;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use thiserror::Error;
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use crate::base::clock::Deadline;
use crate::base::event::{self, Event, Level, emit};
use crate::base::origin::Origin;
use crate::http::trust::certificate::Certificate;
use crate::http::trust::diagnosis::{Chain, Distrust};
use crate::os::input;

/// The system's bundle on Debian and Alpine, Fedora and RHEL, openSUSE, macOS and the BSDs.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
];

/// A system's bundle has about 250 kB.
const LARGEST_BUNDLE: usize = 8 * 1024 * 1024;

/// A CA bundle, and the setting that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub path: PathBuf,
    pub by: Origin,
}

/// Why there is no trust store. `NoBundle`: no setting names one, and none of [`SYSTEM_BUNDLES`] exists.
#[derive(Debug, Error)]
#[error("{self:?}")]
pub enum TrustError {
    NoBundle,
    Unreadable(Bundle, io::Error),
    NoCertificate(Bundle),
}

/// Configures TLS 1.2 and 1.3 with the bundle that is `named`, or the system's; with both if that `is_added`. Sessions are
/// not resumed, because most commands make one connection.
pub fn read(named: Option<&Bundle>, is_added: bool, deadline: Deadline) -> Result<Arc<ClientConfig>, TrustError> {
    let (bundle, mut pem) = find_bundle(named, deadline)?;
    if is_added && let Some((_, systems)) = named.and_then(|_| find_bundle(None, deadline).ok()) {
        pem.extend([b"\n", &systems[..]].concat());
    }
    let (mut roots, mut bundled) = (RootCertStore::empty(), certificates(&pem));
    bundled.retain(|certificate| roots.add(CertificateDer::from_slice(certificate)).is_ok());
    let roots = Arc::new(roots);
    let webpki = WebPkiServerVerifier::builder(Arc::clone(&roots)).build();
    // Without revocation lists, the only possible error is an empty store.
    let webpki = webpki.map_err(|_| TrustError::NoCertificate(bundle.clone()))?;
    emit(Event::TrustRead { path: &bundle.path.to_string_lossy(), certificates: bundled.len() });
    // Not dangerous: `Verifier` accepts less than rustls' verifier.
    let verifier = Arc::new(Verifier { webpki, roots, bundled });
    let mut config =
        ClientConfig::builder().dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

fn find_bundle(named: Option<&Bundle>, deadline: Deadline) -> Result<(Bundle, Vec<u8>), TrustError> {
    let systems = || SYSTEM_BUNDLES.map(|path| Bundle { path: path.into(), by: Origin::System }).to_vec();
    for bundle in named.map_or_else(systems, |bundle| vec![bundle.clone()]) {
        match input::read_file(&bundle.path, LARGEST_BUNDLE, deadline) {
            // Certificates are public: do not spend time on wiping them.
            Ok(mut pem) => return Ok((bundle, std::mem::take(&mut *pem))),
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(TrustError::Unreadable(bundle, error)),
        }
    }
    Err(TrustError::NoBundle)
}

/// The certificates of a PEM bundle (RFC 7468), without the unreadable ones. Bundles made by hand may have indented
/// lines, a byte order mark, or no line break between blocks.
pub(crate) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    /// The second and the third are OpenSSL's.
    const LABELS: [&str; 3] = ["CERTIFICATE-----", "TRUSTED CERTIFICATE-----", "X509 CERTIFICATE-----"];
    let certificate = |block: &str| {
        let content = LABELS.iter().find_map(|label| block.strip_prefix(label))?;
        let base64: String = content.split("-----").next()?.split_ascii_whitespace().collect();
        certificate::trusted(STANDARD.decode(base64).ok()?)
    };
    // A comment may not be UTF-8.
    let text = std::str::from_utf8(pem).map_or_else(|_| String::from_utf8_lossy(pem), Cow::Borrowed);
    text.split("-----BEGIN ").filter_map(certificate).collect()
}

#[derive(Debug)]
struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    roots: Arc<RootCertStore>,
    /// The certificate of each root.
    bundled: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown: Vec<_> = std::iter::once(end_entity).chain(intermediates).collect();
        shown.iter().for_each(|certificate| report_certificate(certificate));
        let chain = Chain::new(&shown, &self.roots);
        let refused = Cell::new(None);
        // If it refuses a path, webpki looks for another one.
        let check = |path: &VerifiedPath<'_>| {
            let mut both = self.roots.roots.iter().zip(&self.bundled);
            let found = both.find(|(root, _)| std::ptr::eq(*root, path.anchor()));
            let (_, anchor) = found.ok_or(webpki::Error::UnknownIssuer)?;
            authority::check(path, anchor, now).map_err(|distrust| {
                refused.set(Some(distrust));
                webpki::Error::UnknownIssuer
            })
        };
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
        let (roots, usage) = (&self.roots.roots, KeyUsage::server_auth());
        let verified = EndEntityCert::try_from(end_entity).and_then(|own| {
            own.verify_for_usage(algorithms, roots, intermediates, now, usage, None, Some(&check))?;
            own.verify_is_valid_for_subject_name(server_name)
        });
        if verified.is_ok() && event::level() >= Level::Examined {
            emit(Event::Authority { name: &chain.authority() });
        }
        // rustls' error is the one that `diagnose` explains. If it has none, our own check refused the chain.
        let rustls = || self.webpki.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verified.map(|()| ServerCertVerified::assertion()).map_err(|_| match rustls() {
            Err(rustls::Error::InvalidCertificate(error)) => chain.diagnose(error).into(),
            Err(other) => other,
            Ok(_) => refused.take().map_or(CertificateError::UnknownIssuer.into(), Distrust::into),
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let verified = self.webpki.verify_tls12_signature(message, certificate, signed);
        verified.map_err(|error| diagnosis::of_signature(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let verified = self.webpki.verify_tls13_signature(message, certificate, signed);
        verified.map_err(|error| diagnosis::of_signature(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

fn report_certificate(certificate: &CertificateDer<'_>) {
    if event::level() >= Level::Examined
        && let Some(Certificate { subject, issuer, not_before, not_after }) = Certificate::read(certificate)
    {
        /// A shared certificate may have hundreds.
        const HOSTS: usize = 3;
        let parsed = EndEntityCert::try_from(certificate).ok();
        let hosts: Vec<&str> = parsed.iter().flat_map(|parsed| parsed.valid_dns_names()).take(HOSTS).collect();
        emit(Event::Certificate { subject: &subject, hosts: &hosts, issuer: &issuer, not_before, not_after });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> (String, CertificateDer<'static>) {
        let key = rcgen::KeyPair::generate().unwrap();
        let made = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        (made.pem(), made.der().clone())
    }

    #[test]
    fn a_bundle_is_read_however_it_was_put_together() {
        let ((one, first), (two, second)) = (certificate(), certificate());
        let indented = one.replace('\n', "\n\t  ");
        for bundle in [
            format!("\u{feff}{one}{two}"),
            format!("{}{two}", one.trim_end()),
            format!("# caf\u{e9}\n{}{}", one.replace('\n', "\r\n"), two),
            format!("  {indented}\n{two}"),
            format!("{one}-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n{two}"),
            format!("{one}-----BEGIN CERTIFICATE-----\nM*I\n{two}"),
            format!("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{one}{two}"),
        ] {
            assert_eq!(certificates(bundle.as_bytes()), [first.clone(), second.clone()], "{bundle}");
        }
        let latin = [b"# caf\xe9\n", one.as_bytes(), two.as_bytes()].concat();
        assert_eq!(certificates(&latin), [first, second]);
    }
}
