//! Certificates that are refused: which one of the chain, and why. rustls serves what rcgen can make.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::Tool;

type Signed = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> Signed {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

fn below(params: CertificateParams, issuer: &Signed) -> Signed {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

/// A server's certificate for these names.
fn server(names: &[SanType]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = names.to_vec();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params
}

fn localhost() -> CertificateParams {
    server(&[SanType::DnsName("localhost".try_into().unwrap())])
}

/// A server with this chain, its own certificate first; `clients`: the authority of its clients' certificates.
struct Server {
    config: ServerConfig,
}

impl Server {
    fn new(chain: &[&Signed], tls12: bool, clients: Option<&Signed>) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let version = if tls12 { &rustls::version::TLS12 } else { &rustls::version::TLS13 };
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(&[version]);
        let builder = match clients {
            None => builder.unwrap().with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.unwrap().with_client_cert_verifier(verifier.unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(chain[0].key().serialize_der()));
        let chain: Vec<CertificateDer<'static>> = chain.iter().map(|signed| signed.der().clone()).collect();
        Self { config: builder.with_single_cert(chain, key).unwrap() }
    }

    /// Runs the tool against it, at `host`, with this CA bundle; it fails with that code: the error and the hint.
    fn refused(self, host: &str, bundle: &str, code: i32) -> (String, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{host}:{}/realms/a", listener.local_addr().unwrap().port());
        let config = Arc::new(self.config);
        let serving = thread::spawn(move || {
            let session = ServerConnection::new(config).unwrap();
            let mut stream = StreamOwned::new(session, listener.accept().unwrap().0);
            let _ = stream.read(&mut [0; 4096]);
        });
        let tool = Tool::at(&url, "acme", "secret-of-nobody").env("CATENA_RETRIES", "0");
        let bundle = tool.file("bundle.pem", bundle);
        let failed = tool.arg("--ca-cert").arg(bundle).fails(code);
        serving.join().unwrap();
        (failed.error, failed.hint)
    }
}

#[test]
fn a_client_certificate_that_the_server_asks_for() {
    let root = root("Root");
    let own = below(localhost(), &root);
    for tls12 in [false, true] {
        let (error, hint) = Server::new(&[&own], tls12, Some(&root)).refused("localhost", &root.pem(), 4);
        assert!(error.starts_with("no token: localhost"), "{error}");
        assert!(error.ends_with(" requires a client certificate"), "{error}");
        assert!(hint.contains("ask whoever gave you the credentials"), "{hint}");
    }
}

/// A TLS server that has nothing in common with the client.
#[test]
fn no_common_cipher_suite_and_no_common_version() {
    const HANDSHAKE_FAILURE: u8 = 40;
    const PROTOCOL_VERSION: u8 = 70;
    for (alert, why, hint) in [
        (HANDSHAKE_FAILURE, "no common TLS version, cipher suite, group or kind of certificate", "AES-GCM"),
        (PROTOCOL_VERSION, "no common TLS version", "must speak TLS 1.2 or newer"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/realms/a", listener.local_addr().unwrap().port());
        let serving = thread::spawn(move || {
            let mut stream = listener.accept().unwrap().0;
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(&[21, 3, 3, 0, 2, 2, alert]).unwrap();
        });
        let tool = Tool::at(&url, "acme", "secret-of-nobody");
        let bundle = tool.file("bundle.pem", root("Root").pem());
        let failed = tool.arg("--ca-cert").arg(bundle).fails(6);
        assert_eq!(failed.error, format!("no token: the connection to `localhost` cannot be trusted: {why}"));
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        serving.join().unwrap();
    }
}
