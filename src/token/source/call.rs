//! One call: it gets the credential and the HTTP client when they are first needed, and implements the [`Steps`] of
//! [`single_flight`].

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::credential::{ClientCredentials, Cost, CredentialSource, Kind, Place};
use crate::http::Http;
use crate::http::retry::{self, RetryBudget};
use crate::oauth::assertion::Assertion;
use crate::oauth::client_auth::{Client, Proof};
use crate::oauth::error::{Asked, Cause, RequestError};
use crate::oauth::realm::{self, Revoked};
use crate::oauth::runner;
use crate::oauth::token_response::{AccessToken, TokenResponse};
use crate::token::cache::directory::Problem;
use crate::token::cache::keyring::Remembered;
use crate::token::cache::lock::{Lock, LockAttempt};
use crate::token::cache::seal::SecretKeys;
use crate::token::cache::{Cache, CacheError, Miss, Shared};
use crate::token::source::single_flight::{self, Steps};
use crate::token::source::{TokenError, TokenSource};

pub struct Call<'a> {
    pub source: &'a TokenSource,
    /// Token requests so far, and their limit.
    tries: RetryBudget,
    deadline: Cell<Deadline>,
    unlocked: RefCell<Option<Rc<Unlocked>>>,
    http: OnceCell<Http>,
}

/// The credential, and what it seals the cache with.
pub struct Unlocked {
    pub credentials: ClientCredentials,
    pub keys: SecretKeys,
}

impl<'a> Call<'a> {
    pub fn new(source: &'a TokenSource, deadline: Deadline) -> Self {
        let (unlocked, http) = (RefCell::default(), OnceCell::new());
        Self { source, tries: RetryBudget::new(source.route.retries), deadline: Cell::new(deadline), unlocked, http }
    }

    /// A call with a known credential and HTTP client.
    pub fn prepared(source: &'a TokenSource, deadline: Deadline, secret: Secret, http: Http) -> Self {
        let call = Self { http: http.into(), ..Self::new(source, deadline) };
        call.set(secret);
        call
    }

    /// Extended by the time that a person takes at the prompt.
    pub fn deadline(&self) -> Deadline {
        self.deadline.get()
    }

    /// Gets the credential. Prompts a person only after everything else has been checked.
    pub fn unlock(&self) -> Result<Rc<Unlocked>, TokenError> {
        if let Some(unlocked) = &*self.unlocked.borrow() {
            return Ok(Rc::clone(unlocked));
        }
        let source = self.source;
        if source.credential.cost() == Cost::Person {
            self.open()?;
        }
        let got = source.credential.get(source.client_id.as_ref(), &source.assertion.audience, self.deadline());
        let (secret, deadline) = got?;
        self.deadline.set(deadline);
        Ok(self.set(secret))
    }

    fn set(&self, secret: Secret) -> Rc<Unlocked> {
        let CredentialSource { kind, .. } = self.source.credential;
        let (id, by, keys) = (self.source.client_id.clone(), self.source.credential.by(), SecretKeys::of(&secret));
        let unlocked = Rc::new(Unlocked { credentials: ClientCredentials { id, kind, secret, by }, keys });
        self.unlocked.replace(Some(Rc::clone(&unlocked)));
        unlocked
    }

    /// Lets the next use get an assertion anew, because another process may have replaced it.
    fn forget_assertion(&self) {
        if self.source.credential.may_change() {
            self.unlocked.replace(None);
        }
    }

    /// Prepares the HTTP client; sends nothing.
    fn open(&self) -> Result<&Http, TokenError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = self.source.route.open(self.source.issuer.is_https(), self.deadline())?;
        Ok(self.http.get_or_init(|| http))
    }

    /// The client, with an assertion for one request.
    fn client(&self) -> Result<Client<'a>, TokenError> {
        let (source, unlocked) = (self.source, self.unlock()?);
        let credentials = &unlocked.credentials;
        Ok(Client {
            issuer: &source.issuer,
            id: source.client_id.as_ref(),
            auth: source.client_auth,
            proof: match (credentials.kind, &source.credential.place) {
                (Kind::Secret, _) => Proof::Secret(credentials.secret.clone()),
                (Kind::Certificate, _) => Proof::Certificate,
                (_, Place::Runner { url, token, by }) => {
                    let jwt = self.runner_assertion(url, token)?;
                    Proof::Assertion(Assertion::read(jwt, Some(by), &source.assertion, false)?.into())
                }
                _ => Proof::Assertion(Assertion::of(credentials, &source.assertion, clock::wall())?.into()),
            },
            by: credentials.by,
            mistake: credentials.mistake(),
            may_change: source.credential.may_change(),
        })
    }

    /// An assertion that the runner makes for one request.
    pub fn runner_assertion(&self, url: &str, token: &Secret) -> Result<Secret, TokenError> {
        let (route, deadline) = (&self.source.route, self.deadline());
        let http = route.open_elsewhere(url.starts_with("https:"), deadline)?;
        let audience = &self.source.assertion.audience;
        Ok(runner::fetch_assertion(&http, url, token, audience, route.retries, deadline)?)
    }

    /// The client for a retry. If there is none, the failure before it counts.
    fn client_again(&self) -> Option<Client<'a>> {
        self.forget_assertion();
        self.client().ok()
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

    pub fn revoke(&self, token: &AccessToken) -> Result<Revoked, TokenError> {
        self.forget_assertion();
        let (client, again, retries) = (self.client()?, || self.client_again(), self.source.route.retries);
        Ok(realm::revoke(self.open()?, &client, again, token, retries, self.deadline())?)
    }

    /// Stores the entry's key for later calls without the secret.
    fn remember(&self, cache: &Cache, key: &Remembered, token: &TokenResponse) {
        let left = token.left_at(clock::now()).filter(|left| !left.is_zero());
        let (Some(slot), Some(lifetime)) = (cache.slot(self.source.credential.cost()), left) else { return };
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
        if self.unlocked.borrow().is_some() { Cost::Nothing } else { self.source.credential.cost() }
    }

    fn get_secret(&mut self, has_waited: bool) -> Result<(), TokenError> {
        if has_waited {
            self.forget_assertion();
        }
        self.unlock().map(drop)
    }

    fn cached(&mut self) -> Result<TokenResponse, Miss> {
        let cache = self.source.cache.as_ref().ok_or(Miss::NoneCached)?;
        if let Some(slot) = cache.slot(self.cost()) {
            return cache.find_remembered(&slot).map(|found| found.response);
        }
        let unlocked = self.unlock().map_err(|_| Miss::DoesNotOpen)?;
        let found = cache.find(&unlocked.keys)?;
        self.remember(cache, &found.key, &found.response);
        Ok(found.response)
    }

    fn lock(&mut self) -> LockAttempt<Lock> {
        let none = LockAttempt { lock: None, waited: false };
        self.source.cache.as_ref().map_or(none, |cache| cache.lock(self.deadline()))
    }

    fn shared(&self, since: Moment) -> Option<Shared> {
        let cache = self.source.cache.as_ref()?;
        let Unlocked { credentials, keys } = &*self.unlock().ok()?;
        let mut shared = cache.shared(keys, since, &self.source.way())?;
        if let Shared::Failure(RequestError { cause, .. }) = &mut shared
            && let Cause::Status(_, Asked { client: Some(client), .. }) = &mut **cause
        {
            (client.by, client.mistake) = (credentials.by, credentials.mistake());
            client.assertion =
                Assertion::of(credentials, &self.source.assertion, clock::wall()).ok().map(|own| own.claims);
        }
        Some(shared)
    }

    fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        let (mut tries, scope) = (self.tries, self.source.scope.as_ref());
        let client = self.client()?;
        let again = || self.client_again();
        let result = realm::fetch_token(self.open()?, &client, again, scope, &mut tries, self.deadline());
        self.tries = tries;
        Ok(result?)
    }

    /// A failure means that each call requests a token, so it is a warning, except for a missing home.
    fn store(&mut self, token: &TokenResponse) -> bool {
        let (Some(cache), Ok(unlocked)) = (&self.source.cache, self.unlock()) else { return false };
        let stored = cache.store(&unlocked.keys, token).map(|key| self.remember(cache, &key, token));
        let Err(error) = stored else { return true };
        let is_missing = matches!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(Problem::NoBase(_)));
        let why = &CacheError::NotStored(cache.directory.path.clone(), error);
        emit(if is_missing { Event::WithoutCache { why } } else { Event::Warning(Warning::NotStored(why)) });
        false
    }

    fn share(&mut self, failed: &RequestError) -> bool {
        let source = self.source;
        let (Some(cache), Ok(unlocked)) = (&source.cache, self.unlock()) else { return false };
        cache.share(&unlocked.keys, failed, &source.way(), source.credential.is_typed())
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
