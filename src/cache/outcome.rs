//! What a request that left nothing to keep means for others: a refusal, a failure, a token without a lifetime, a time
//! to wait.
//!
//! It is sealed like an entry and stands in a file of its own, so that it never displaces one. What holds for whom:
//!
//! - a failure holds for those who were waiting for the lock when it happened and would have gone the same way;
//! - an answer without a lifetime holds for those who were waiting, for five seconds;
//! - a time to wait holds for everybody with this secret, until it has passed or a request has succeeded.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cache::binding::Binding;
use crate::clock::Moment;
use crate::error::{Exit, Failure};
use crate::oauth::access_token::AccessToken;
use crate::oauth::exchange::NoAnswer;
use crate::oauth::token_response::TokenResponse;

/// A service that asks for more means "later"; one that is asked again after that is not flooded.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// For how long a token of unknown lifetime is handed on: it may be short.
const HANDED_ON: Duration = Duration::from_secs(5);

/// As it stands inside the seal.
#[derive(Serialize, Deserialize)]
pub struct Outcome<'a> {
    pub binding: Binding,
    happened: Moment,
    #[serde(borrow)]
    answer: Option<Answer<'a>>,
    failure: Option<Told>,
    /// How long to wait from when it happened, in milliseconds.
    wait: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Answer<'a> {
    asked_at: Moment,
    #[serde(borrow)]
    json: &'a RawValue,
}

impl Answer<'_> {
    /// Its lifetime is unknown.
    fn response(&self, now: Moment) -> Option<TokenResponse> {
        TokenResponse::kept(self.json.get().to_owned(), self.asked_at, None, now)
    }
}

/// A failure in the words of the process that met it, which hold no secret.
#[derive(Serialize, Deserialize)]
struct Told {
    exit: Exit,
    text: String,
    hint: Option<String>,
    /// For those who are to wait.
    why: String,
    /// The way that it went; `None` when it holds for nobody else and only the time to wait does.
    way: Option<String>,
}

/// What an outcome means for one process.
pub enum Meaning {
    /// Nothing; `is_over` when it means nothing to anybody any more.
    Nothing { is_over: bool },
    /// The token that it asks for.
    Token(TokenResponse),
    /// The failure that it would meet.
    Failure(Failure),
    /// The service asked to wait for so long from now, and why.
    Wait { left: Duration, why: String },
}

impl<'a> Outcome<'a> {
    pub fn of_answer(binding: &Binding, response: &'a TokenResponse, now: Moment) -> Option<Self> {
        let json = serde_json::from_str(&response.json).ok()?;
        let answer = Some(Answer { asked_at: response.asked_at, json });
        Some(Self { binding: binding.clone(), happened: now, answer, failure: None, wait: None })
    }

    /// `None` when it means nothing to others. `is_typed` is a secret from a person: it may be mistyped, and the next
    /// one is not.
    pub fn of_failure(binding: &Binding, failed: &NoAnswer, way: &str, is_typed: bool, now: Moment) -> Option<Self> {
        let holds = failed.holds_for_others && !(is_typed && failed.failure.exit() == Exit::Refused);
        if !holds && failed.wait.is_none() {
            return None;
        }
        let told = Told {
            exit: failed.failure.exit(),
            text: failed.failure.text()?,
            hint: failed.failure.remedy().map(str::to_owned),
            why: failed.why.clone(),
            way: holds.then(|| way.to_owned()),
        };
        let wait = failed.wait.map(|wait| wait.min(LONGEST_WAIT).as_millis() as u64);
        Some(Self { binding: binding.clone(), happened: now, answer: None, failure: Some(told), wait })
    }

    pub fn read(content: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(content).ok()
    }

    pub fn write(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// Whether it hands `token` on.
    pub fn holds(&self, token: &AccessToken) -> bool {
        let kept = self.answer.as_ref().and_then(|answer| answer.response(self.happened));
        kept.is_some_and(|kept| kept.access_token == *token)
    }

    /// The moment from which it is of no use, in seconds since 1970.
    pub fn useless_from(&self) -> u64 {
        self.happened.after(LONGEST_WAIT).unix_seconds()
    }

    /// What it means at `now` for a process that has been waiting since `since` and goes this `way`.
    pub fn meaning(self, since: Moment, way: &str, now: Moment) -> Meaning {
        let was_waiting = self.happened.is_between(since, now);
        let Some(age) = self.happened.elapsed_at(now) else { return Meaning::Nothing { is_over: true } };
        if let Some(answer) = self.answer {
            let token = answer.response(now);
            return match token.filter(|_| was_waiting && age < HANDED_ON) {
                Some(token) => Meaning::Token(token),
                None => Meaning::Nothing { is_over: age >= HANDED_ON },
            };
        }
        let Some(told) = self.failure else { return Meaning::Nothing { is_over: true } };
        if was_waiting && told.way.as_deref() == Some(way) {
            return Meaning::Failure(Failure::adopted(told.exit, told.text, told.hint));
        }
        let left = Duration::from_millis(self.wait.unwrap_or(0)).saturating_sub(age);
        if left.is_zero() {
            Meaning::Nothing { is_over: age > LONGEST_WAIT }
        } else {
            Meaning::Wait { left, why: told.why }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Moment {
        Moment { wall: second * 1_000_000, boot: second * 1_000_000 }
    }

    fn binding() -> Binding {
        let text = |text: &str| text.to_owned();
        Binding { issuer: text("i"), client_id: text("c"), scope: text("s"), client_auth: text("post") }
    }

    fn failed(exit: Exit, holds_for_others: bool, wait: Option<u64>) -> NoAnswer {
        NoAnswer {
            failure: Failure::new(exit, "no token", "why"),
            why: "why".to_owned(),
            wait: wait.map(Duration::from_secs),
            stage: None,
            tokens: Box::default(),
            holds_for_others,
            is_in_doubt: false,
        }
    }

    fn meaning(failed: &NoAnswer, is_typed: bool, since: Option<u64>, way: &str, now: u64) -> &'static str {
        let Some(outcome) = Outcome::of_failure(&binding(), failed, "way", is_typed, at(100)) else { return "none" };
        let written = outcome.write().unwrap();
        match Outcome::read(&written).unwrap().meaning(at(since.unwrap_or(now)), way, at(now)) {
            Meaning::Nothing { is_over: false } => "nothing",
            Meaning::Nothing { is_over: true } => "over",
            Meaning::Token(_) => "token",
            Meaning::Failure(_) => "failure",
            Meaning::Wait { .. } => "wait",
        }
    }

    #[test]
    fn a_failure_holds_for_those_who_waited_and_go_the_same_way() {
        let refused = failed(Exit::Refused, true, None);
        assert_eq!(meaning(&refused, false, Some(99), "way", 101), "failure");
        assert_eq!(meaning(&refused, false, Some(101), "way", 102), "nothing");
        assert_eq!(meaning(&refused, false, None, "way", 101), "nothing");
        assert_eq!(meaning(&refused, false, Some(99), "another", 101), "nothing");
        assert_eq!(meaning(&refused, true, Some(99), "way", 101), "none");
        assert_eq!(meaning(&failed(Exit::Temporary, false, None), false, Some(99), "way", 101), "none");
        assert_eq!(meaning(&refused, false, Some(99), "way", 99), "over");
    }

    #[test]
    fn a_wait_holds_for_everybody_until_it_has_passed() {
        for holds in [true, false] {
            let limited = failed(Exit::Temporary, holds, Some(30));
            assert_eq!(meaning(&limited, false, None, "another", 129), "wait");
            assert_eq!(meaning(&limited, true, Some(99), "another", 101), "wait");
            assert_eq!(meaning(&limited, false, None, "way", 131), "nothing");
        }
        let for_a_day = failed(Exit::Temporary, true, Some(86_400));
        assert_eq!(meaning(&for_a_day, false, None, "way", 699), "wait");
        assert_eq!(meaning(&for_a_day, false, None, "way", 701), "over");
    }

    #[test]
    fn a_token_of_unknown_lifetime_is_handed_on_for_a_moment() {
        let response = TokenResponse::kept(r#"{"access_token":"a"}"#.to_owned(), at(99), None, at(99)).unwrap();
        let outcome = || Outcome::of_answer(&binding(), &response, at(100)).unwrap();
        assert!(matches!(outcome().meaning(at(98), "any", at(104)), Meaning::Token(_)));
        assert!(matches!(outcome().meaning(at(98), "any", at(105)), Meaning::Nothing { is_over: true }));
        assert!(matches!(outcome().meaning(at(101), "any", at(102)), Meaning::Nothing { is_over: false }));
    }
}
