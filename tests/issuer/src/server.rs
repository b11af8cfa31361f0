//! The server: a listener on loopback, one thread per connection, and the recorded requests.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::assertion::Assertions;
use crate::certificate::{Certificate, server_config, thumbprint};
use crate::document::Document;
use crate::keycloak::{REALM, Realm};
use crate::reply::Reply;
use crate::request::Request;
use crate::runner::RUNNER_PATH;
use crate::setup::Setup;
use crate::signing::Signer;

/// A running issuer. Dropping it stops it, and fails the test if there was no request or a wrong one.
pub struct Issuer {
    address: SocketAddr,
    scheme: &'static str,
    trusted: String,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    setup: Setup,
    realm: Realm,
    tls: Option<Arc<ServerConfig>>,
    /// The source of the connection that stops the listener.
    last: Mutex<Option<SocketAddr>>,
    connections: Mutex<usize>,
    requests: Mutex<Vec<Request>>,
    /// The number of requests in progress, and the most at one moment.
    at_once: Mutex<(usize, usize)>,
    complaints: Mutex<Vec<String>>,
}

impl Issuer {
    /// Plain http on loopback, as for a Keycloak in development.
    pub fn http() -> Self {
        Self::start(Setup::default())
    }

    /// Https for `localhost`.
    pub fn https() -> Self {
        Self::start(Setup { certificate: Some(Certificate::Good), ..Setup::default() })
    }

    /// Plain http; no Keycloak, but an issuer with this discovery document.
    pub fn with(document: Document) -> Self {
        Self::start(Setup { document: Some(document), ..Setup::default() })
    }

    /// Https for a name that must be looked up.
    pub fn https_at(host: &'static str) -> Self {
        Self::start(Setup { certificate: Some(Certificate::Good), host, ..Setup::default() })
    }

    /// Plain http; gets no request.
    pub fn idle() -> Self {
        Self::start(Setup { may_be_idle: true, ..Setup::default() })
    }

    /// Plain http with the same `reply` to every request.
    pub fn replying(reply: Reply) -> Self {
        Self::start(Setup { replies: vec![reply], ..Setup::default() })
    }

    pub fn start(mut setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let address = listener.local_addr().expect("its address");
        let made = setup
            .certificate
            .map(|kind| server_config(kind, setup.host, &setup.authority, setup.tls12_only, setup.clients.as_ref()));
        let (tls, trusted) = made.unzip();
        let path = if setup.document.is_some() { "tenant".to_owned() } else { format!("realms/{REALM}") };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared {
            realm: Realm {
                url: format!("{scheme}://{}:{}/{path}", setup.host, address.port()),
                document: setup.document.clone(),
                secret: setup.secret.clone(),
                assertions: Assertions {
                    key: setup.client_key.take(),
                    provider: setup.provider,
                    used: Mutex::default(),
                },
                expires_in: setup.expires_in,
                signer: Signer::new("ES256", "realm-key"),
                given: Mutex::default(),
            },
            setup,
            tls,
            last: Mutex::default(),
            connections: Mutex::default(),
            requests: Mutex::default(),
            at_once: Mutex::default(),
            complaints: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        let listener = thread::spawn(move || accept(&listener, &accepting));
        Self { address, scheme, trusted: trusted.unwrap_or_default(), shared, listener: Some(listener) }
    }

    /// The realm's URL.
    pub fn url(&self) -> String {
        self.shared.realm.url.clone()
    }

    /// The key that signs its tokens.
    pub fn signer(&self) -> &Signer {
        &self.shared.realm.signer
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.shared.setup.host, self.address.port())
    }

    /// What a runner of GitHub sets for a job: an address, and the token for it ([`crate::RUNNER_TOKEN`]).
    pub fn runner_url(&self) -> String {
        format!("{}{RUNNER_PATH}?api-version=2.0", self.origin())
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The PEM text that a client must trust.
    pub fn trusted_pem(&self) -> &str {
        &self.trusted
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// The most requests in progress at one moment.
    pub fn most_at_once(&self) -> usize {
        lock(&self.shared.at_once).1
    }

    /// The number of connections, with or without a request.
    pub fn connections(&self) -> usize {
        *lock(&self.shared.connections)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        // The last connection is our own; the ones before it are counted.
        let mut last = lock(&self.shared.last);
        let own = TcpStream::connect(self.address);
        *last = own.as_ref().ok().and_then(|own| own.local_addr().ok());
        drop(last);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        if thread::panicking() {
            return;
        }
        let complaints = lock(&self.shared.complaints).join("; ");
        assert!(complaints.is_empty(), "the issuer was asked in a wrong way: {complaints}");
        let asked = self.connections() > 0;
        assert!(asked != self.shared.setup.may_be_idle, "the issuer was asked: {asked}");
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue };
        if stream.peer_addr().ok().is_some_and(|peer| *lock(&shared.last) == Some(peer)) {
            return;
        }
        *lock(&shared.connections) += 1;
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client may close early.
            let _ = match &shared.tls {
                None => serve(stream, |_| None, &shared),
                Some(config) => ServerConnection::new(Arc::clone(config))
                    .map_err(io::Error::other)
                    .and_then(|session| serve(StreamOwned::new(session, stream), certificate, &shared)),
            };
        });
    }
}

/// The thumbprint of the client's certificate.
fn certificate(stream: &StreamOwned<ServerConnection, TcpStream>) -> Option<String> {
    stream.conn.peer_certificates()?.first().map(|own| thumbprint(own))
}

fn serve<S: Read + Write>(
    mut stream: S,
    certificate: impl Fn(&S) -> Option<String>,
    shared: &Shared,
) -> io::Result<()> {
    while let Some(mut request) = Request::read(&mut stream)? {
        request.certificate = certificate(&stream);
        let number = {
            let mut requests = lock(&shared.requests);
            requests.push(request.clone());
            requests.len()
        };
        shared.enter();
        thread::sleep(shared.setup.delay);
        lock(&shared.at_once).0 -= 1;
        let replies = &shared.setup.replies;
        let reply = &replies[(number - 1).min(replies.len() - 1)];
        match reply {
            Reply::Keycloak => {
                let reply = shared.keycloak(&request, number);
                let date = shared.setup.date.iter();
                date.fold(reply, |reply, date| reply.header("Date", date)).send(&mut stream)?;
            }
            Reply::Http { .. } => reply.send(&mut stream)?,
            _ => return reply.send(&mut stream),
        }
    }
    Ok(())
}

impl Shared {
    fn enter(&self) {
        let mut at_once = lock(&self.at_once);
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
    }

    /// Records a wrong request as a complaint, so that it fails the test and not only this thread.
    fn keycloak(&self, request: &Request, number: usize) -> Reply {
        let answered = std::panic::catch_unwind(AssertUnwindSafe(|| self.realm.answer(request, number)));
        answered.unwrap_or_else(|panic| {
            let text =
                panic.downcast_ref::<String>().cloned().or_else(|| Some((*panic.downcast_ref::<&str>()?).into()));
            lock(&self.complaints).push(text.unwrap_or_default());
            Reply::json(400, r#"{"error":"invalid_request"}"#)
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
