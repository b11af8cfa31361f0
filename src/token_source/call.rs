//! The state of one call: secret and HTTP client, each obtained once, when it is first needed.

use std::cell::{Cell, OnceCell};
use std::thread;
use std::time::Duration;

use crate::cache::Meaning;
use crate::cache::seal::SecretKeys;
use crate::clock::Moment;
use crate::credential::{ClientCredentials, Cost};
use crate::deadline::Deadline;
use crate::event::{Event, tell};
use crate::http::Http;
use crate::http::retry::Tries;
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth::Client;
use crate::oauth::error::Cause;
use crate::oauth::revocation::{self, Revoked};
use crate::oauth::token_endpoint;
use crate::oauth::token_response::TokenResponse;
use crate::secret::Secret;
use crate::token_source::TokenSource;
use crate::token_source::error::TokenError;

pub struct Call<'a> {
    pub source: &'a TokenSource,
    /// How often the token endpoint has been asked, and may be.
    pub tries: Tries,
    deadline: Cell<Deadline>,
    unlocked: OnceCell<Unlocked>,
    http: OnceCell<Http>,
}

/// What the secret gives: the credentials, and the keys of the cache.
pub struct Unlocked {
    pub credentials: ClientCredentials,
    pub keys: SecretKeys,
}

impl Unlocked {
    fn by(secret: Secret, source: &TokenSource) -> Self {
        let keys = SecretKeys::of(&secret);
        Self { credentials: ClientCredentials { id: source.client_id.clone(), secret }, keys }
    }
}

impl<'a> Call<'a> {
    pub fn new(source: &'a TokenSource, deadline: Deadline) -> Self {
        let (unlocked, http) = (OnceCell::new(), OnceCell::new());
        Self { source, tries: Tries::new(source.route.retries), deadline: Cell::new(deadline), unlocked, http }
    }

    /// With a secret and an HTTP client that are there already.
    pub fn prepared(source: &'a TokenSource, deadline: Deadline, secret: Secret, http: Http) -> Self {
        let unlocked = OnceCell::from(Unlocked::by(secret, source));
        Self { unlocked, http: OnceCell::from(http), ..Self::new(source, deadline) }
    }

    /// Later than at first by the time that a person took at the prompt.
    pub fn deadline(&self) -> Deadline {
        self.deadline.get()
    }

    pub fn has_secret(&self) -> bool {
        self.unlocked.get().is_some()
    }

    /// Gets the secret, wherever it is. A person is asked only when everything else is known to be there.
    pub fn unlock(&self) -> Result<&Unlocked, TokenError> {
        if let Some(unlocked) = self.unlocked.get() {
            return Ok(unlocked);
        }
        if self.source.secret.cost() == Cost::Person {
            self.open()?;
        }
        let (secret, deadline) = self.source.secret.get(&self.source.client_id, self.deadline())?;
        self.deadline.set(deadline);
        Ok(self.unlocked.get_or_init(|| Unlocked::by(secret, self.source)))
    }

    /// Reads what the connection needs; nothing is sent yet.
    pub fn open(&self) -> Result<&Http, TokenError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = self.source.route.open(self.source.issuer.is_https(), self.deadline())?;
        Ok(self.http.get_or_init(|| http))
    }

    /// Asks the token endpoint.
    pub fn fetch(&mut self) -> Result<TokenResponse, TokenError> {
        let (mut tries, scope) = (self.tries, self.source.scope.as_ref());
        let client = self.client()?;
        let result = token_endpoint::fetch(self.open()?, &client, scope, &mut tries, self.deadline());
        self.tries = tries;
        Ok(result?)
    }

    fn client(&self) -> Result<Client<'_>, TokenError> {
        let credentials = &self.unlock()?.credentials;
        Ok(Client { issuer: &self.source.issuer, credentials, auth: self.source.client_auth })
    }

    /// Makes one request and caches no token. A wait that the service asks for is shared with other processes, both
    /// ways; `since` is the start of this process.
    pub fn ask_once(&mut self, since: Moment) -> Result<TokenResponse, TokenError> {
        let (source, route) = (self.source, self.source.route.name());
        if let Some(cache) = &source.cache {
            let shared = cache.shared(&self.unlock()?.keys, since, &route);
            if let Meaning::Wait { left, cause } = shared {
                self.wait_as_another(left, cause)?;
            }
        }
        self.tries = Tries { caller_waits: true, ..Tries::new(0) };
        let result = self.fetch();
        if let (Err(TokenError::Request(no_answer)), Some(cache), Some(unlocked)) =
            (&result, &source.cache, self.unlocked.get())
            && no_answer.wait.is_some()
        {
            // If it cannot be shared, the others are asked to wait themselves.
            let _ = cache.share(&unlocked.keys, no_answer, &route, source.secret.is_typed());
        }
        result
    }

    /// Asks the service to revoke a token.
    pub fn revoke(&self, token: &AccessToken) -> Result<Revoked, TokenError> {
        let client = self.client()?;
        Ok(revocation::revoke(self.open()?, &client, token, self.source.route.retries, self.deadline())?)
    }

    /// Waits as the service has asked another process to, whose request counts as one of our own.
    pub fn wait_as_another(&mut self, left: Duration, cause: Box<Cause>) -> Result<(), TokenError> {
        let has_retries = self.tries.give_one_up();
        if !(has_retries && self.tries.may_wait(left, self.deadline())) {
            return Err(TokenError::AskedToWait { left, has_retries, cause });
        }
        tell(Event::Shared { wait: Some(left) });
        thread::sleep(left);
        Ok(())
    }

    /// Waits for `time` before it asks again; `false`, and no wait, where the retries or the time do not allow it.
    pub fn wait(&self, time: Duration) -> bool {
        let may_wait = self.tries.may_wait(time, self.deadline());
        if may_wait {
            thread::sleep(time);
        }
        may_wait
    }
}
