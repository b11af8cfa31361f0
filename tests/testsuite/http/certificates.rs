//! Certificates that are refused: which one of the chain, and why. rustls serves what rcgen can make.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::Tool;

pub type Signed = CertifiedIssuer<'static, KeyPair>;

pub fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub fn root(name: &str) -> Signed {
    CertifiedIssuer::self_signed(authority(name), KeyPair::generate().unwrap()).unwrap()
}

pub fn below(params: CertificateParams, issuer: &Signed) -> Signed {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

/// A server's certificate for these names.
fn server(names: &[SanType]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = names.to_vec();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params
}

pub fn localhost() -> CertificateParams {
    server(&[SanType::DnsName("localhost".try_into().unwrap())])
}

/// A server with this chain, its own certificate first; `clients`: the authority of its clients' certificates.
pub struct Server {
    config: ServerConfig,
}

impl Server {
    pub fn new(chain: &[&Signed], tls12: bool, clients: Option<&Signed>) -> Self {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(chain[0].key().serialize_der()));
        Self::of(chain.iter().map(|signed| signed.der().clone()).collect(), key, tls12, clients)
    }

    pub fn of(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        tls12: bool,
        clients: Option<&Signed>,
    ) -> Self {
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
        Self { config: builder.with_single_cert(chain, key).unwrap() }
    }

    /// Answers so many connections with a token; its port.
    pub fn start(self, connections: usize) -> (u16, JoinHandle<()>) {
        const TOKEN: &str = r#"{"access_token":"abc","token_type":"Bearer"}"#;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(self.config);
        let serving = thread::spawn(move || {
            for stream in listener.incoming().take(connections) {
                let session = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(session, stream.unwrap());
                if stream.read(&mut [0; 4096]).is_ok() {
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", TOKEN.len());
                    let _ = stream.write_all((head + TOKEN).as_bytes());
                    stream.conn.send_close_notify();
                    let _ = stream.flush();
                }
            }
        });
        (port, serving)
    }

    /// Runs the tool against it, at `host`, with this CA bundle; it fails with that code: the error and the hint.
    fn refused(self, host: &str, bundle: &str, code: i32) -> (String, String) {
        let (port, serving) = self.start(1);
        let url = format!("https://{host}:{port}/realms/a");
        let tool = Tool::at(&url, "acme", "secret-of-nobody").env("CATENA_RETRIES", "0");
        let bundle = tool.file("bundle.pem", bundle);
        let failed = tool.arg("--ca-cert").arg(bundle).fails(code);
        serving.join().unwrap();
        (failed.error, failed.hint)
    }
}

fn is_untrusted(chain: &[&Signed], host: &str, bundle: &str, why: &str, hint: &str) {
    let (error, said) = Server::new(chain, false, None).refused(host, bundle, 6);
    assert_eq!(error, format!("cannot get a token: the connection to '{host}' cannot be trusted: {why}"));
    assert!(said.contains(hint), "{said}");
}

#[test]
fn the_certificate_that_is_out_of_date_is_named() {
    let root = root("Root");
    let (mut old, mut early) = (authority("Old"), authority("Early"));
    old.not_after = date_time_ymd(2020, 1, 2);
    early.not_before = date_time_ymd(2999, 1, 2);
    for (params, why) in [(old, "'Old' expired on 2020-01-02"), (early, "'Early' is not valid before 2999-01-02")] {
        let intermediate = below(params, &root);
        let own = below(localhost(), &intermediate);
        let why = format!("the certificate of its authority {why}T00:00:00Z");
        is_untrusted(&[&own, &intermediate], "localhost", &root.pem(), &why, "must renew");
    }
}

#[test]
fn an_intermediate_authority_that_the_server_does_not_send() {
    let root = root("Root");
    let intermediate = below(authority("Intermediate"), &root);
    let own = below(localhost(), &intermediate);
    let why = "its certificate is signed by an authority that is not in the CA bundle: 'Intermediate'";
    is_untrusted(&[&own], "localhost", &root.pem(), why, "if it is an intermediate, the server must send it");
    // What it sends is not missing.
    let why = "its certificate is signed by an authority that is not in the CA bundle: 'Root'";
    let other = self::root("Other").pem();
    let (error, hint) = Server::new(&[&own, &intermediate, &root], false, None).refused("localhost", &other, 6);
    assert!(error.ends_with(why) && !hint.contains("intermediate"), "{error} {hint}");
}

#[test]
fn a_name_in_the_common_name_alone_and_an_address_as_a_name() {
    let root = root("Root");
    let own = below(server(&[]), &root);
    let why = "its certificate has its name only in the common name (CN), which is ignored: 'localhost'";
    is_untrusted(&[&own], "localhost", &root.pem(), why, "in subjectAltName");
    let own = below(server(&[SanType::DnsName("127.0.0.1".try_into().unwrap())]), &root);
    let why = "its certificate lists this address as a DNS name (DNS:), not as an IP address (IP:)";
    is_untrusted(&[&own], "127.0.0.1", &root.pem(), why, "IP:ADDRESS");
    let names = [SanType::IpAddress("192.0.2.1".parse().unwrap()), SanType::IpAddress("2001:db8::1".parse().unwrap())];
    let own = below(server(&names), &root);
    let why = "its certificate is for another name: '192.0.2.1', '2001:db8::1'";
    is_untrusted(&[&own], "localhost", &root.pem(), why, "use a name that the certificate is for");
}

#[test]
fn a_certificate_of_the_server_in_the_bundle_without_its_authority() {
    let root = root("Root");
    let own = below(localhost(), &root);
    let why = "its certificate is in the CA bundle, but the authority that signed it is not: 'Root'";
    is_untrusted(&[&own], "localhost", &own.pem(), why, "in place of the server's own");
}

#[test]
fn a_chain_that_breaks_the_rules() {
    let root = root("Root");
    let mut no_authority = authority("Server");
    no_authority.is_ca = IsCa::ExplicitNoCa;
    let no_authority = below(no_authority, &root);
    let own = below(localhost(), &no_authority);
    let why = "its certificate has an authority that is not a CA (CA:TRUE is missing)";
    is_untrusted(&[&own, &no_authority], "localhost", &root.pem(), why, "signed by a CA");
    // Another authority of the same name: which one signed what is not known.
    let (one, other) = (below(authority("Same"), &root), below(authority("Same"), &root));
    let own = below(localhost(), &one);
    let why = "its certificate or one in its chain has an invalid signature";
    is_untrusted(&[&own, &other], "localhost", &root.pem(), why, "ask the owner");
}

#[test]
fn a_client_certificate_that_the_server_asks_for() {
    let root = root("Root");
    let own = below(localhost(), &root);
    for tls12 in [false, true] {
        let (error, hint) = Server::new(&[&own], tls12, Some(&root)).refused("localhost", &root.pem(), 4);
        assert!(error.starts_with("cannot get a token: localhost"), "{error}");
        assert!(error.ends_with(" requires a client certificate"), "{error}");
        assert!(hint.contains("--client-cert"), "{hint}");
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
        assert_eq!(failed.error, format!("cannot get a token: the connection to 'localhost' cannot be trusted: {why}"));
        assert!(failed.hint.contains(hint), "{}", failed.hint);
        serving.join().unwrap();
    }
}
