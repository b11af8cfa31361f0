//! Certificates of every kind that a client must distinguish, generated for each issuer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

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
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
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
        Self { issuer: CertifiedIssuer::self_signed(params, key).expect("an authority") }
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }
}

/// The TLS configuration of a server with that name, and the PEM text that a client must trust.
pub fn server_config(
    certificate: Certificate,
    host: &str,
    authority: &Authority,
    tls12_only: bool,
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
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("TLS versions")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(made.der().to_vec())], key)
        .expect("a server certificate");
    (Arc::new(config), trusted)
}
