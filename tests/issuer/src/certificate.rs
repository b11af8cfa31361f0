//! Certificates of every kind that a client must distinguish, generated for each issuer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use ring::digest::{SHA256, digest};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// The server's certificate. All but the self-signed ones are signed by the issuer's own authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    Good,
    Expired,
    NotYetValid,
    WrongName,
    /// A self-signed server certificate.
    SelfSigned,
    /// A plain `openssl req -x509`: CA:TRUE, used as a server certificate.
    SelfSignedCa,
}

/// The test's own certificate authority.
#[derive(Clone)]
pub struct Authority {
    issuer: Arc<CertifiedIssuer<'static, KeyPair>>,
}

/// Which certificates a server requests from its clients.
#[derive(Clone)]
pub struct Clients {
    /// Signs them.
    pub authority: Authority,
    pub is_required: bool,
}

/// A client's certificate and its key, as PEM.
pub struct ClientCertificate {
    pub certificate: String,
    pub key: String,
    /// The hash to which a token is bound (RFC 8705 §3.1).
    pub thumbprint: String,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// An authority with a unique name.
    pub fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        Self::named(&format!("Test authority {}", MADE.fetch_add(1, Ordering::Relaxed)))
    }

    pub fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self { issuer: Arc::new(CertifiedIssuer::self_signed(params, key).expect("an authority")) }
    }

    /// A certificate for a client with this name.
    pub fn client(&self, name: &str) -> ClientCertificate {
        self.client_until(name, 2999)
    }

    /// The same, which expires in this year.
    pub fn client_until(&self, name: &str, year: i32) -> ClientCertificate {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.not_after = date_time_ymd(year, 1, 2);
        let key = KeyPair::generate().expect("a key");
        let made = params.signed_by(&key, &self.issuer).expect("a certificate");
        ClientCertificate { certificate: made.pem(), key: key.serialize_pem(), thumbprint: thumbprint(made.der()) }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }
}

/// The base64url of a certificate's SHA-256.
pub fn thumbprint(certificate: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate))
}

/// The TLS configuration of a server with that name, and the PEM text that a client must trust.
pub fn server_config(
    certificate: Certificate,
    host: &str,
    authority: &Authority,
    tls12_only: bool,
    clients: Option<&Clients>,
) -> (Arc<ServerConfig>, String) {
    let key = KeyPair::generate().expect("a key");
    let names: &[&str] = match certificate {
        Certificate::WrongName => &["other.example.com", "another.example.com"],
        _ => &[host, "127.0.0.1"],
    };
    let mut params =
        CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).expect("names");
    params.distinguished_name.push(DnType::CommonName, "Test server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    match certificate {
        Certificate::Expired => params.not_after = date_time_ymd(2020, 1, 2),
        Certificate::NotYetValid => params.not_before = date_time_ymd(2999, 1, 2),
        Certificate::SelfSignedCa => {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.extended_key_usages = Vec::new();
        }
        _ => {}
    }
    let (made, trusted) = match certificate {
        Certificate::SelfSigned | Certificate::SelfSignedCa => {
            let made = params.self_signed(&key).expect("a certificate");
            let pem = made.pem();
            (made, pem)
        }
        _ => (params.signed_by(&key, &authority.issuer).expect("a certificate"), authority.pem()),
    };
    let versions: &[&rustls::SupportedProtocolVersion] =
        if tls12_only { &[&rustls::version::TLS12] } else { &[&rustls::version::TLS13] };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = match clients {
        None => WebPkiClientVerifier::no_client_auth(),
        Some(Clients { authority, is_required }) => {
            let mut roots = RootCertStore::empty();
            roots.add(authority.issuer.der().clone()).expect("an authority");
            let builder = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
            let builder = if *is_required { builder } else { builder.allow_unauthenticated() };
            builder.build().expect("an authority")
        }
    };
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("TLS versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![CertificateDer::from(made.der().to_vec())], key)
        .expect("a server certificate");
    (Arc::new(config), trusted)
}
