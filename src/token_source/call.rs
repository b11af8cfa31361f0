//! The state of one call: secret and HTTP client, each obtained once, when it is first needed.

use std::thread;
use std::time::Duration;

use crate::cache::Meaning;
use crate::cache::seal::SecretKeys;
use crate::clock::{self, Moment};
use crate::credential::{ClientCredentials, Cost};
use crate::deadline::Deadline;
use crate::duration::display;
use crate::error::{Exit, Failure};
use crate::http::Http;
use crate::http::retry::Tries;
use crate::oauth::access_token::AccessToken;
use crate::oauth::client_auth;
use crate::oauth::exchange::NoAnswer;
use crate::oauth::revocation::{self, RevocationRequest, Revoked};
use crate::oauth::token_endpoint::{self, TokenRequest};
use crate::oauth::token_response::TokenResponse;
use crate::redaction::Redactor;
use crate::secret::Secret;
use crate::token_source::TokenSource;

pub struct Call<'a> {
    pub source: &'a TokenSource,
    /// Extended by the time at the prompt.
    pub deadline: Deadline,
    /// How often the token endpoint has been asked, and may be.
    pub tries: Tries,
    held: Option<Held>,
    http: Option<Http>,
}

/// The credentials, and the cache keys derived from the secret.
pub struct Held {
    pub credentials: ClientCredentials,
    pub keys: SecretKeys,
}

impl Held {
    fn of(source: &TokenSource, secret: Secret) -> Self {
        let keys = SecretKeys::of(&secret);
        Self { credentials: ClientCredentials { id: source.client_id.clone(), secret }, keys }
    }
}

impl<'a> Call<'a> {
    pub fn new(source: &'a TokenSource, deadline: Deadline) -> Self {
        Self { source, deadline, tries: Tries::new(source.route.retries), held: None, http: None }
    }

    /// With a secret and an HTTP client that are there already.
    pub fn prepared(source: &'a TokenSource, deadline: Deadline, secret: Secret, http: Http) -> Self {
        let held = Some(Held::of(source, secret));
        Self { held, http: Some(http), ..Self::new(source, deadline) }
    }

    pub fn has_secret(&self) -> bool {
        self.held.is_some()
    }

    /// Gets the secret, wherever it is. A person is asked only when everything else is known to be there.
    pub fn secret(&mut self) -> Result<&Held, Failure> {
        if self.held.is_none() {
            self.held = Some(self.get_secret()?);
        }
        self.held.as_ref().ok_or_else(Failure::defect)
    }

    fn get_secret(&mut self) -> Result<Held, Failure> {
        if self.source.secret.cost() == Cost::Person {
            self.open()?;
        }
        let (secret, deadline) = self.source.secret.get(&self.source.client_id, self.deadline)?;
        self.deadline = deadline;
        Ok(Held::of(self.source, secret))
    }

    /// Hides the secret, if it was got.
    pub fn redactor(&self) -> Redactor {
        self.held.as_ref().map_or_else(Redactor::default, |held| client_auth::hiding(&held.credentials))
    }

    /// The secret alone.
    pub fn into_secret(mut self) -> Result<Secret, Failure> {
        self.secret()?;
        self.held.map(|held| held.credentials.secret).ok_or_else(Failure::defect)
    }

    /// Asks the token endpoint.
    pub fn fetch(&mut self) -> Result<TokenResponse, NoAnswer> {
        self.secret().map_err(NoAnswer::own)?;
        self.open().map_err(NoAnswer::own)?;
        let (Some(held), Some(http)) = (&self.held, &self.http) else { return Err(NoAnswer::own(Failure::defect())) };
        let request = TokenRequest {
            issuer: &self.source.issuer,
            credentials: &held.credentials,
            scope: self.source.scope.as_ref(),
            client_auth: self.source.client_auth,
        };
        token_endpoint::fetch(http, &request, &mut self.tries, self.deadline)
    }

    /// Makes one request and caches no token. A wait that the service asks for is shared with other processes, both
    /// ways; `since` is the start of this process.
    pub fn ask_once(&mut self, since: Moment) -> Result<TokenResponse, NoAnswer> {
        let (source, way) = (self.source, self.source.route.name());
        if let Some(cache) = &source.cache {
            let keys = &self.secret().map_err(NoAnswer::own)?.keys;
            if let Meaning::Wait { left, why } = cache.shared(keys, since, &way) {
                self.agree_to_wait(left, &why).map_err(NoAnswer::own)?;
                thread::sleep(left);
            }
        }
        self.tries = Tries { caller_waits: true, ..Tries::new(0) };
        let result = self.fetch();
        if let (Err(no_answer), Some(cache), Some(held)) = (&result, &source.cache, &self.held)
            && no_answer.wait.is_some()
        {
            // If it cannot be shared, the others are asked to wait themselves.
            let _ = cache.share(&held.keys, no_answer, &way, source.secret.is_typed());
        }
        result
    }

    /// Asks the service to revoke a token.
    pub fn revoke(&mut self, token: &AccessToken, redactor: &Redactor) -> Result<Revoked, NoAnswer> {
        self.secret().map_err(NoAnswer::own)?;
        self.open().map_err(NoAnswer::own)?;
        let (Some(held), Some(http)) = (&self.held, &self.http) else { return Err(NoAnswer::own(Failure::defect())) };
        let request = RevocationRequest {
            issuer: &self.source.issuer,
            credentials: &held.credentials,
            client_auth: self.source.client_auth,
            token,
            redactor,
        };
        revocation::revoke(http, &request, self.source.route.retries, self.deadline)
    }

    /// Whether it may wait as the service has asked another process to, whose request counts as one of our own.
    pub fn agree_to_wait(&mut self, left: Duration, why: &str) -> Result<(), Failure> {
        let is_allowed = self.tries.give_one_up();
        if is_allowed && self.may_wait(left) { Ok(()) } else { Err(asked_to_wait(left, why, is_allowed)) }
    }

    /// Whether it may wait for `time` before it asks again: by number, and with time enough.
    pub fn may_wait(&self, time: Duration) -> bool {
        self.tries.has_more() && self.deadline.has_room_for(time)
    }

    /// Reads what the connection needs; nothing is sent yet.
    pub fn open(&mut self) -> Result<&Http, Failure> {
        if self.http.is_none() {
            self.http = Some(self.source.route.open(self.source.issuer.is_https(), self.deadline)?);
        }
        self.http.as_ref().ok_or_else(Failure::defect)
    }
}

/// The service has asked another process with this secret to wait. `or_longer`: whether more time would be used.
fn asked_to_wait(left: Duration, why: &str, or_longer: bool) -> Failure {
    // Rounded up, so that whoever obeys is not too early.
    let left = left + Duration::from_millis(999);
    let until = clock::wall().checked_add(left).map(clock::date);
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    let or = if or_longer { ", or allow it with --timeout" } else { "" };
    Failure::new(Exit::Temporary, "no token", format!("the service has asked to wait{until}: {why}"))
        .hint(format!("try again in {}{or}", display(left)))
        .wait(left)
}
