//! One call: it gets the secret and the HTTP client when they are first needed, and implements the [`Steps`] of
//! [`single_flight`].

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::credential::{ClientCredentials, Cost};
use crate::http::Http;
use crate::http::retry::{self, RetryBudget};
use crate::oauth::client_auth::Client;
use crate::oauth::discovery;
use crate::oauth::endpoints::{Endpoints, KnownBy};
use crate::oauth::error::{Asked, Cause, RequestError};
use crate::oauth::issuer::Purpose;
use crate::oauth::realm::{self, Revoked, Wanted};
use crate::oauth::token_response::{AccessToken, TokenResponse};
use crate::token::cache::directory::Problem;
use crate::token::cache::keyring::Remembered;
use crate::token::cache::lock::{Lock, LockAttempt};
use crate::token::cache::{Cache, CacheError, Miss, Shared};
use crate::token::source::single_flight::{self, Steps};
use crate::token::source::{TokenError, TokenSource};

pub struct Call<'a> {
    pub source: &'a TokenSource,
    /// Token requests so far, and their limit.
    tries: RetryBudget,
    deadline: Cell<Deadline>,
    credentials: OnceCell<ClientCredentials>,
    http: OnceCell<Http>,
    endpoints: OnceCell<Endpoints>,
}

impl<'a> Call<'a> {
    pub fn new(source: &'a TokenSource, deadline: Deadline) -> Self {
        let tries = RetryBudget::new(source.route.retries);
        let (credentials, http, endpoints) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { source, tries, deadline: Cell::new(deadline), credentials, http, endpoints }
    }

    /// A call with a known secret and HTTP client.
    pub fn prepared(source: &'a TokenSource, deadline: Deadline, secret: Secret, http: Http) -> Self {
        let credentials = ClientCredentials { id: source.client_id.clone(), secret, secret_by: source.secret.by() };
        Self { credentials: credentials.into(), http: http.into(), ..Self::new(source, deadline) }
    }

    /// The same with known endpoints.
    pub fn at(self, endpoints: Endpoints) -> Self {
        Self { endpoints: endpoints.into(), ..self }
    }

    /// Extended by the time that a person takes at the prompt.
    pub fn deadline(&self) -> Deadline {
        self.deadline.get()
    }

    /// Gets the secret. Prompts a person only after everything else has been checked.
    pub fn unlock(&self) -> Result<&ClientCredentials, TokenError> {
        if let Some(credentials) = self.credentials.get() {
            return Ok(credentials);
        }
        if self.source.secret.cost() == Cost::Person {
            self.open()?;
        }
        let id = &self.source.client_id;
        let (secret, deadline) = self.source.secret.get(id, self.deadline())?;
        self.deadline.set(deadline);
        let secret_by = self.source.secret.by();
        Ok(self.credentials.get_or_init(|| ClientCredentials { id: id.clone(), secret, secret_by }))
    }

    /// Prepares the HTTP client; sends nothing.
    fn open(&self) -> Result<&Http, TokenError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = self.source.route.open(self.source.server().tls, self.deadline())?;
        Ok(self.http.get_or_init(|| http))
    }

    /// Where its requests go: looked up when it is first needed.
    pub fn endpoints(&self, tries: &mut RetryBudget) -> Result<&Endpoints, TokenError> {
        if let Some(endpoints) = self.endpoints.get() {
            return Ok(endpoints);
        }
        let http = self.open_for(self.source.issuer.as_str())?;
        let found = discovery::endpoints(&http, self.source.expected(), tries, self.deadline())?;
        Ok(self.endpoints.get_or_init(|| found))
    }

    /// The HTTP client for a request to `url`, which may need TLS where the issuer does not.
    fn open_for(&self, url: &str) -> Result<Http, TokenError> {
        Ok(self.source.route.open_for(url, self.open()?, self.deadline())?)
    }

    fn client(&self) -> Result<Client<'_>, TokenError> {
        Ok(Client { issuer: &self.source.issuer, credentials: self.unlock()?, auth: self.source.client_auth })
    }

    /// Gets a token that is fresh enough; gets the secret only if needed.
    pub fn token(&mut self) -> Result<TokenResponse, TokenError> {
        let freshness = &self.source.freshness;
        if self.source.cache.is_some() {
            self.tries.caller_waits = true;
            return single_flight::token(self, freshness);
        }
        let token = self.fetch()?;
        freshness.check_new(&token, clock::now()).map(|()| token)
    }

    /// Makes one request and does not cache the token. Respects and shares a wait that the service asks for.
    pub fn ask_once(&mut self) -> Result<TokenResponse, TokenError> {
        if let Some(Shared::Wait { left, cause }) = self.shared(self.source.freshness.started) {
            self.wait_as_another(left, cause)?;
        }
        self.tries = RetryBudget { caller_waits: true, ..RetryBudget::new(0) };
        let result = self.fetch();
        if let Err(TokenError::Request(failed)) = &result
            && failed.wait.is_some()
        {
            // If this fails, the service asks the other processes to wait, too.
            self.share(failed);
        }
        result
    }

    /// Revokes a token. `discovered`: the endpoints that are cached with it.
    pub fn revoke(&self, token: &AccessToken, discovered: Option<&Endpoints>) -> Result<Revoked, TokenError> {
        let (client, retries) = (self.client()?, self.source.route.retries);
        let endpoints = discovered.map_or_else(|| self.endpoints(&mut RetryBudget::new(retries)), Ok)?;
        let http = self.open_for(endpoints.url(Purpose::Revocation)?)?;
        Ok(realm::revoke(&http, endpoints, &client, token, retries, self.deadline())?)
    }

    fn request(&self, tries: &mut RetryBudget) -> Result<TokenResponse, TokenError> {
        let (client, source) = (self.client()?, self.source);
        let wanted = Wanted { scope: source.scope.as_ref(), params: &source.params };
        let given = source.token_url.as_ref().map(Endpoints::given);
        let endpoints = given.as_ref().map_or_else(|| self.endpoints(tries), Ok)?;
        let http = self.open_for(endpoints.url(Purpose::Token)?)?;
        let response = realm::fetch_token(&http, endpoints, &client, wanted, tries, self.deadline())?;
        let is_discovered = matches!(endpoints.known_by, KnownBy::Document { .. });
        Ok(TokenResponse { discovered: is_discovered.then(|| endpoints.clone()), ..response })
    }

    /// Stores the entry's key for later calls without the secret.
    fn remember(&self, cache: &Cache, key: &Remembered, token: &TokenResponse) {
        let left = token.left_at(clock::now()).filter(|left| !left.is_zero());
        let (Some(slot), Some(lifetime)) = (cache.slot(self.source.secret.cost()), left) else { return };
        match slot.remember(key, lifetime) {
            Ok(()) => emit(Event::Remembered { lifetime }),
            Err(why) => emit(Event::WithoutCache { why: &why }),
        }
    }
}

impl Steps for Call<'_> {
    type Lock = Lock;

    fn now(&self) -> Moment {
        clock::now()
    }

    fn cost(&self) -> Cost<'_> {
        if self.credentials.get().is_some() { Cost::Nothing } else { self.source.secret.cost() }
    }

    fn get_secret(&mut self) -> Result<(), TokenError> {
        self.unlock().map(drop)
    }

    fn cached(&mut self) -> Result<TokenResponse, Miss> {
        let cache = self.source.cache.as_ref().ok_or(Miss::NoneCached)?;
        if let Some(slot) = cache.slot(self.cost()) {
            return cache.find_remembered(&slot).map(|found| found.response);
        }
        let credentials = self.unlock().map_err(|_| Miss::DoesNotOpen)?;
        let found = cache.find(&credentials.secret)?;
        self.remember(cache, &found.key, &found.response);
        Ok(found.response)
    }

    fn lock(&mut self) -> LockAttempt<Lock> {
        let none = LockAttempt { lock: None, waited: false };
        self.source.cache.as_ref().map_or(none, |cache| cache.lock(self.deadline()))
    }

    fn shared(&self, since: Moment) -> Option<Shared> {
        let cache = self.source.cache.as_ref()?;
        let credentials = self.unlock().ok()?;
        let mut shared = cache.shared(&credentials.secret, since, &self.source.route.fingerprint())?;
        if let Shared::Failure(RequestError { cause, .. }) = &mut shared
            && let Cause::Status(_, Asked { client: Some(client), .. }) = &mut **cause
        {
            (client.secret_by, client.mistake) = (credentials.secret_by, credentials.mistake());
        }
        Some(shared)
    }

    fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        let mut tries = self.tries;
        let result = self.request(&mut tries);
        self.tries = tries;
        result
    }

    /// A failure means that each call requests a token, so it is a warning, except for a missing home.
    fn store(&mut self, token: &TokenResponse) -> bool {
        let (Some(cache), Ok(credentials)) = (&self.source.cache, self.unlock()) else { return false };
        let stored = cache.store(&credentials.secret, token).map(|key| self.remember(cache, &key, token));
        let Err(error) = stored else { return true };
        let is_missing = matches!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(Problem::NoBase(_)));
        let why = &CacheError::NotStored(cache.directory.path.clone(), error);
        emit(if is_missing { Event::WithoutCache { why } } else { Event::Warning(Warning::NotStored(why)) });
        false
    }

    fn share(&mut self, failed: &RequestError) -> bool {
        let source = self.source;
        let (Some(cache), Ok(credentials)) = (&source.cache, self.unlock()) else { return false };
        cache.share(&credentials.secret, failed, &source.route.fingerprint(), source.secret.is_typed())
    }

    fn release_unstored(&mut self, lock: Lock) {
        lock.release_unstored();
    }

    fn wait(&mut self, time: Duration) -> bool {
        let may_wait = self.tries.may_wait(time, self.deadline());
        if may_wait {
            retry::wait(time, true, self.deadline());
        }
        may_wait
    }

    fn wait_as_another(&mut self, left: Duration, cause: Box<Cause>) -> Result<(), TokenError> {
        let has_retries = self.tries.spend();
        if !(has_retries && self.tries.may_wait(left, self.deadline())) {
            return Err(TokenError::AskedToWait { left, has_retries, cause });
        }
        emit(Event::Shared { wait: Some(left) });
        retry::wait(left, true, self.deadline());
        Ok(())
    }
}
