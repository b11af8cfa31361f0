//! The requests of a call, for each of which the client authenticates anew.

use super::Call;
use crate::base::clock;
use crate::base::secret::Secret;
use crate::credential::{Kind, Place};
use crate::http::retry::RetryBudget;
use crate::oauth::assertion::Assertion;
use crate::oauth::client_auth::{Client, Proof};
use crate::oauth::endpoints::{Endpoints, KnownBy};
use crate::oauth::issuer::Purpose;
use crate::oauth::realm::{self, Revoked, Wanted};
use crate::oauth::runner;
use crate::oauth::token_response::{AccessToken, TokenResponse};
use crate::token::source::TokenError;

impl<'a> Call<'a> {
    /// Revokes a token. `discovered`: the endpoints that are cached with it.
    pub fn revoke(&self, token: &AccessToken, discovered: Option<&Endpoints>) -> Result<Revoked, TokenError> {
        self.forget_assertion();
        let retries = self.source.route.retries;
        self.unlock()?;
        let endpoints = discovered.map_or_else(|| self.endpoints(&mut RetryBudget::new(retries)), Ok)?;
        let http = self.open_for(endpoints.url(Purpose::Revocation)?)?;
        // After the endpoints were looked up, because an assertion expires.
        let (client, again) = (self.client()?, || self.client_again());
        Ok(realm::revoke(&http, endpoints, &client, again, token, retries, self.deadline())?)
    }

    pub(super) fn request(&self, tries: &mut RetryBudget) -> Result<TokenResponse, TokenError> {
        let source = self.source;
        self.unlock()?;
        let wanted = Wanted { scope: source.scope.as_ref(), params: &source.params };
        let given = source.token_url.as_ref().map(Endpoints::given);
        let endpoints = given.as_ref().map_or_else(|| self.endpoints(tries), Ok)?;
        let http = self.open_for(endpoints.url(Purpose::Token)?)?;
        let (client, again) = (self.client()?, || self.client_again());
        let response = realm::fetch_token(&http, endpoints, &client, again, wanted, tries, self.deadline())?;
        let is_discovered = matches!(endpoints.known_by, KnownBy::Document { .. });
        Ok(TokenResponse { discovered: is_discovered.then(|| endpoints.clone()), ..response })
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
                    Proof::Assertion(Assertion::read(jwt, Some(*by), &source.assertion, false)?.into())
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
        let http = route.open_elsewhere(url, deadline)?;
        let audience = &self.source.assertion.audience;
        Ok(runner::fetch_assertion(&http, url, token, audience, route.retries, deadline)?)
    }

    /// The client for a retry. If there is none, the failure before it counts.
    fn client_again(&self) -> Option<Client<'a>> {
        self.forget_assertion();
        self.client().ok()
    }

    /// Lets the next use get an assertion anew, because another process may have replaced it.
    pub(super) fn forget_assertion(&self) {
        if self.source.credential.may_change() {
            self.unlocked.replace(None);
        }
    }
}
