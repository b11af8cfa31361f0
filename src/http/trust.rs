//! Whom we believe: the CA bundle, and how a server's certificate is judged by it.
//!
//! The bundle is read before anything is sent, so that a missing or empty one is told as what it is. Its certificates
//! are parsed only when a server has shown its own, and only those that could have signed it: of the 145 authorities of
//! a system's store a handshake needs one, and parsing the others costs more than the handshake.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, KeyProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, TrustAnchor, UnixTime};
use rustls::sign::SigningKey;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};
use webpki::KeyUsage;

use crate::deadline::Deadline;
use crate::error::{Exit, Failure, reason};
use crate::event::{self, Event, Level, tell};
use crate::http::certificate::{self, Certificate};
use crate::http::trust_failure::{SelfSigned, UnknownAuthority};
use crate::input;

/// Where the systems keep their bundle: Debian and Alpine, Fedora and RHEL, openSUSE, macOS and the BSDs.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
];

/// The systems' bundles have a quarter of a megabyte; a larger file is some other file.
const LARGEST_BUNDLE: usize = 8 * 1024 * 1024;

/// webpki tries a hundred signatures and then refuses: of authorities that share a name it gets fewer at a time.
const MOST_ANCHORS: usize = 50;

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A CA bundle as it was read, not yet decoded.
#[derive(Debug)]
pub struct TrustStore {
    pem: Vec<u8>,
}

impl TrustStore {
    /// The bundle at `path`, or the system's where none is named.
    pub fn read(path: Option<&Path>, deadline: Deadline) -> Result<Self, Failure> {
        let (path, pem) = match path {
            Some(path) => (path, read_bundle(path, deadline).map_err(|error| unreadable(path, &error))?),
            None => find_system_bundle(deadline)?,
        };
        // The first one stands for all: a bundle of another kind has none that parses.
        let mut usable = false;
        for_each_certificate(&pem, |der| {
            usable = webpki::anchor_from_trusted_cert(der).is_ok();
            if usable { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if !usable {
            let what = format!("cannot use the CA bundle `{}`", path.display());
            return Err(Failure::new(Exit::Setup, what, "it holds no certificate in PEM form")
                .hint("a bundle consists of `-----BEGIN CERTIFICATE-----` blocks"));
        }
        tell(Event::TrustRead { path: &path.to_string_lossy(), certificates: memmem::find_iter(&pem, BEGIN).count() });
        Ok(Self { pem })
    }

    /// TLS 1.2 and 1.3 by ring. No session is kept: a process makes one connection.
    pub fn into_client_config(self) -> Arc<ClientConfig> {
        let provider = Arc::new(CryptoProvider { key_provider: &NoClientKeys, ..ring::default_provider() });
        let verifier = Verifier { store: self, provider: Arc::clone(&provider) };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let Ok(builder) = builder else { unreachable!("ring offers TLS 1.2 and 1.3") };
        // `dangerous` is rustls' word for any verifier of one's own; this one only chooses anchors for rustls' own.
        let mut config = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
        config.resumption = Resumption::disabled();
        Arc::new(config)
    }

    /// The trust anchors that carry a name which `chain` gives as an issuer, each once, however long the chain is.
    fn anchors_for(&self, chain: &[&CertificateDer<'_>]) -> RootCertStore {
        let shown: Vec<_> = chain.iter().filter_map(|der| webpki::EndEntityCert::try_from(*der).ok()).collect();
        let issuers: Vec<_> = shown.iter().map(|shown| shown.issuer()).filter(|name| !name.is_empty()).collect();
        let finders: Vec<_> = issuers.iter().map(memmem::Finder::new).collect();
        let mut roots = RootCertStore::empty();
        for_each_certificate(&self.pem, |der| {
            // Looking for the name is cheap, parsing is not.
            if finders.iter().any(|name| name.find(der).is_some())
                && let Ok(anchor) = webpki::anchor_from_trusted_cert(der)
                && issuers.contains(&anchor.subject.as_ref())
            {
                roots.roots.push(anchor.to_owned());
            }
            ControlFlow::Continue(())
        });
        roots
    }
}

fn find_system_bundle(deadline: Deadline) -> Result<(&'static Path, Vec<u8>), Failure> {
    for path in SYSTEM_BUNDLES.map(Path::new) {
        match read_bundle(path, deadline) {
            Ok(pem) => return Ok((path, pem)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    Err(Failure::new(Exit::Setup, "no CA bundle", "this system has none at the usual places")
        .hint("install the package `ca-certificates`, or name a bundle with --ca-cert"))
}

fn read_bundle(path: &Path, deadline: Deadline) -> io::Result<Vec<u8>> {
    input::read_file(path, LARGEST_BUNDLE, deadline).map(|mut bytes| std::mem::take(&mut *bytes))
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let what = format!("cannot read the CA bundle `{}`", path.display());
    Failure::new(Exit::Setup, what, reason(error)).hint("--ca-cert, CATENA_CA_CERT or SSL_CERT_FILE name another")
}

/// Visits the PEM blocks (RFC 7468) of a bundle, as far as they are base64; text around them is a comment.
///
/// One buffer holds them in turn: with 145 roots that is an eighth of the whole call's CPU time.
fn for_each_certificate(pem: &[u8], mut visit: impl FnMut(&CertificateDer<'_>) -> ControlFlow<()>) {
    let (begin, end) = (memmem::Finder::new(BEGIN), memmem::Finder::new(b"-----END"));
    let (mut base64, mut der) = (Vec::new(), Vec::new());
    let mut rest = pem;
    while let Some(at) = begin.find(rest) {
        rest = &rest[at + BEGIN.len()..];
        let Some(at) = end.find(rest) else { return };
        base64.clear();
        rest[..at].split(u8::is_ascii_whitespace).for_each(|line| base64.extend_from_slice(line));
        der.clear();
        let decoded = STANDARD.decode_vec(&base64, &mut der).is_ok();
        if decoded && visit(&CertificateDer::from_slice(&der)).is_break() {
            return;
        }
        rest = &rest[at..];
    }
}

/// The client proves itself by its secret. Without the code that loads and signs with keys the binary is 50 KB smaller,
/// and as much smaller in memory.
#[derive(Debug)]
struct NoClientKeys;

impl KeyProvider for NoClientKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("no client certificate is used".to_owned()))
    }
}

/// Hands rustls' own verifier the anchors that this server's chain calls for.
#[derive(Debug)]
struct Verifier {
    store: TrustStore,
    provider: Arc<CryptoProvider>,
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
        let chain: Vec<&CertificateDer<'_>> = std::iter::once(end_entity).chain(intermediates).collect();
        chain.iter().for_each(|certificate| tell_of(certificate));
        let mut judged = Err(CertificateError::UnknownIssuer.into());
        for anchors in self.store.anchors_for(&chain).roots.chunks(MOST_ANCHORS) {
            let store = Arc::new(RootCertStore { roots: anchors.to_vec() });
            judged = WebPkiServerVerifier::builder_with_provider(store, Arc::clone(&self.provider))
                .build()
                .map_err(|error| rustls::Error::General(error.to_string()))?
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
            if judged.is_ok() {
                self.tell_authority(end_entity, intermediates, anchors, now);
                break;
            }
        }
        judged.map_err(|error| match error {
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) if is_self_signed(end_entity) => {
                CertificateError::Other(OtherError(Arc::new(SelfSigned))).into()
            }
            rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => match authority(&chain) {
                Some(name) => CertificateError::Other(OtherError(Arc::new(UnknownAuthority(name)))).into(),
                None => CertificateError::UnknownIssuer.into(),
            },
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl Verifier {
    /// rustls keeps to itself which anchor it was: webpki is asked for the same path again.
    fn tell_authority(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        anchors: &[TrustAnchor<'_>],
        now: UnixTime,
    ) {
        if event::level() < Level::Examined {
            return;
        }
        let Ok(certificate) = webpki::EndEntityCert::try_from(end_entity) else { return };
        let (algorithms, usage) = (self.provider.signature_verification_algorithms.all, KeyUsage::server_auth());
        let path = certificate.verify_for_usage(algorithms, anchors, intermediates, now, usage, None, None);
        if let Ok(path) = path {
            tell(Event::Authority { name: &certificate::name(&path.anchor().subject) });
        }
    }
}

fn tell_of(certificate: &CertificateDer<'_>) {
    if event::level() >= Level::Examined
        && let Some(Certificate { subject, issuer, not_before, not_after }) = Certificate::read(certificate)
    {
        /// A shared certificate may be for hundreds.
        const HOSTS: usize = 3;
        let parsed = webpki::EndEntityCert::try_from(certificate).ok();
        let hosts: Vec<&str> = parsed.iter().flat_map(|parsed| parsed.valid_dns_names()).take(HOSTS).collect();
        tell(Event::Certificate { subject: &subject, hosts: &hosts, issuer: &issuer, not_before, not_after });
    }
}

/// Who signed the last certificate on the way up from the first one.
fn authority(chain: &[&CertificateDer<'_>]) -> Option<String> {
    let shown: Vec<_> = chain.iter().filter_map(|der| webpki::EndEntityCert::try_from(*der).ok()).collect();
    let mut name = shown.first()?.issuer();
    // Each step goes up by one certificate; a circle ends with their number.
    for _ in &shown {
        match shown.iter().find(|above| above.subject() == name) {
            Some(above) => name = above.issuer(),
            None => break,
        }
    }
    Some(certificate::name(name))
}

fn is_self_signed(certificate: &CertificateDer<'_>) -> bool {
    webpki::EndEntityCert::try_from(certificate).is_ok_and(|cert| cert.issuer() == cert.subject())
}
