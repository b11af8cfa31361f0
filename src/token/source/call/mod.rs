//! One call: it gets the credential and the HTTP client when they are first needed, and implements the [`Steps`] of
//! [`single_flight`].

mod requests;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use crate::base::clock::{self, Deadline, Moment};
use crate::base::event::{Event, Warning, emit};
use crate::base::secret::Secret;
use crate::credential::{ClientCredentials, Cost, CredentialSource};
use crate::http::Http;
use crate::http::retry::{self, RetryBudget};
use crate::oauth::discovery;
use crate::oauth::endpoints::Endpoints;
use crate::oauth::error::{Cause, RequestError};
use crate::oauth::token_response::TokenResponse;
use crate::token::cache::directory::Problem;
use crate::token::cache::keyring::Remembered;
use crate::token::cache::lock::{Lock, LockAttempt};
use crate::token::cache::seal::SecretKeys;
use crate::token::cache::{Cache, CacheError, Miss, Shared};
use crate::token::source::fleet::{Fleet, Turn, Wants};
use crate::token::source::single_flight::{self, Steps};
use crate::token::source::unlocked::Unlocked;
use crate::token::source::{TokenError, TokenSource};

pub struct Call<'a> {
    pub source: &'a TokenSource,
    /// Token requests so far, and their limit.
    tries: RetryBudget,
    deadline: Cell<Deadline>,
    unlocked: RefCell<Option<Rc<Unlocked>>>,
    http: OnceCell<Http>,
    endpoints: OnceCell<Endpoints>,
    /// `Some(None)` if there is no shared cache, or the credential is not for it.
    fleet: Option<Option<Fleet<'a>>>,
}

impl<'a> Call<'a> {
    pub fn new(source: &'a TokenSource, deadline: Deadline) -> Self {
        let (unlocked, http, endpoints) = (RefCell::default(), OnceCell::new(), OnceCell::new());
        let tries = RetryBudget::new(source.route.retries);
        Self { source, tries, deadline: Cell::new(deadline), unlocked, http, endpoints, fleet: None }
    }

    /// A call with a known credential and HTTP client.
    pub fn prepared(source: &'a TokenSource, deadline: Deadline, secret: Secret, http: Http) -> Self {
        let call = Self { http: http.into(), ..Self::new(source, deadline) };
        call.set(secret);
        call
    }

    /// The same with known endpoints.
    pub fn at(self, endpoints: Endpoints) -> Self {
        Self { endpoints: endpoints.into(), ..self }
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
        let http = self.source.route.open_for(self.source.issuer.as_str(), self.open()?, self.deadline())?;
        let found = discovery::endpoints(&http, self.source.expected(), tries, self.deadline())?;
        Ok(self.endpoints.get_or_init(|| found))
    }

    /// The HTTP client for a request with the client's credentials to `url`, which may need TLS where the issuer does
    /// not.
    fn open_for(&self, url: &str) -> Result<Http, TokenError> {
        Ok(self.source.route.open_as_client(url, self.open()?, self.deadline())?)
    }

    /// Gets a token that is fresh enough; gets the secret only if needed.
    pub fn token(&mut self) -> Result<TokenResponse, TokenError> {
        let freshness = &self.source.freshness;
        if self.source.cache.is_some() || self.source.shared.is_some() {
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

    /// The cache that machines share, opened when it is first needed.
    fn fleet(&mut self) -> Option<&mut Fleet<'a>> {
        if self.fleet.is_none() {
            self.fleet = Some(self.source.shared.as_ref().and_then(|shared| {
                let unlocked = self.unlock().ok()?;
                unlocked.may_be_shared().then(|| Fleet::new(shared, unlocked, self.wants()))
            }));
        }
        self.fleet.as_mut()?.as_mut()
    }

    fn wants(&self) -> Wants<'a> {
        let source = self.source;
        let freshness = source.freshness;
        Wants { freshness, route: source.way(), is_typed: source.credential.is_typed(), assertion: &source.assertion }
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
        let unlocked = self.unlock().ok()?;
        let shared = cache.shared(&unlocked.keys, since, &self.source.way())?;
        Some(unlocked.adopt(shared, &self.source.assertion))
    }

    fn turn(&mut self) -> Turn {
        let deadline = self.deadline();
        self.fleet().map_or(Turn::Ask, |fleet| fleet.turn(deadline))
    }

    fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        let mut tries = self.tries;
        let result = self.request(&mut tries);
        self.tries = tries;
        result
    }

    fn publish(&mut self, fetched: &Result<TokenResponse, TokenError>) {
        let deadline = self.deadline();
        self.fleet().into_iter().for_each(|fleet| fleet.publish(fetched, deadline));
    }

    /// A failure means that each call requests a token, so it is a warning, except for a missing home, or if the shared
    /// cache has the token.
    fn store(&mut self, token: &TokenResponse) -> bool {
        let (Some(cache), Ok(unlocked)) = (&self.source.cache, self.unlock()) else { return false };
        let stored = cache.store(&unlocked.keys, token).map(|key| self.remember(cache, &key, token));
        let Err(error) = stored else { return true };
        let is_elsewhere = self.fleet.iter().flatten().any(|fleet| fleet.has_token);
        let is_missing = matches!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(Problem::NoBase(_)));
        let why = &CacheError::NotStored(cache.directory.path.clone(), error);
        emit(if is_missing || is_elsewhere {
            Event::WithoutCache { why }
        } else {
            Event::Warning(Warning::NotStored(why))
        });
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
