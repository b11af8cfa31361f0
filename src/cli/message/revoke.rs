//! The words for what `revoke` did.

use std::time::SystemTime;

use crate::base::clock;
use crate::base::duration::in_words;

pub const COPIES: &str = "other machines may print their cached copies until those expire";

pub fn revoked(are_cached: bool, count: usize, last: Option<SystemTime>) -> String {
    format!("{} revoked{}", tokens(are_cached, count), offline(count, last))
}

pub fn not_valid(are_cached: bool, count: usize) -> String {
    format!("{} already invalid at this server (expired, revoked or unknown)", tokens(are_cached, count))
}

pub fn nothing_there(of_client: bool, has_others: bool) -> String {
    let others = if has_others { " (--all includes other scopes)" } else { "" };
    let which = if of_client { "" } else { ", scope and client authentication" };
    format!("nothing to revoke: no token is cached for this client{which}{others}")
}

/// Until when an API that does not ask the server accepts the tokens, of which `last` is the latest expiry.
pub fn offline(count: usize, last: Option<SystemTime>) -> String {
    let (them, expiry) = if count == 1 { ("it", "it expires") } else { ("them", "they expire") };
    let until = match last.map(|last| (last, last.duration_since(clock::wall()))) {
        Some((last, Ok(left))) => format!("until {}, for {}", clock::date(last), in_words(left)),
        Some((_, Err(_))) => return String::new(),
        None => format!("until {expiry}"),
    };
    format!(": an API that checks tokens offline accepts {them} {until}")
}

fn tokens(are_cached: bool, count: usize) -> String {
    let kind = if are_cached { "cached " } else { "" };
    if count == 1 { format!("the {kind}token was") } else { format!("{count} {kind}tokens were") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_token_and_several() {
        assert_eq!(not_valid(false, 1), "the token was already invalid at this server (expired, revoked or unknown)");
        assert_eq!(
            not_valid(true, 2),
            "2 cached tokens were already invalid at this server (expired, revoked or unknown)"
        );
        let offline = ": an API that checks tokens offline accepts it until it expires";
        assert_eq!(revoked(true, 1, None), format!("the cached token was revoked{offline}"));
        assert_eq!(revoked(false, 2, Some(SystemTime::UNIX_EPOCH)), "2 tokens were revoked");
        let ahead = revoked(false, 2, Some(clock::wall() + Duration::from_secs(90)));
        assert!(ahead.contains("accepts them until ") && ahead.contains(", for 1 min "), "{ahead}");
    }
}
