//! What `revoke` has ended.

use std::time::SystemTime;

use crate::base::clock;
use crate::base::duration::in_words;

pub fn revoked(are_cached: bool, count: usize, last: Option<SystemTime>) -> String {
    format!("{} revoked{}", tokens(are_cached, count), offline(count, last))
}

pub fn not_valid(are_cached: bool, count: usize) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} not valid for this server any more, or never {were}", tokens(are_cached, count))
}

pub fn nothing_there(of_client: bool, has_others: bool) -> String {
    let others = if has_others { " (--all looks for those of other scopes)" } else { "" };
    let why = match of_client {
        true => "no token of this client is kept",
        false => "no token is kept for this client, scope and client authentication",
    };
    format!("{why}: there is nothing to revoke{others}")
}

/// Until when the `last` of them is accepted by those who do not ask the service.
pub fn offline(count: usize, last: Option<SystemTime>) -> String {
    let them = if count == 1 { "it" } else { "them" };
    let until = match last.map(|last| (last, last.duration_since(clock::wall()))) {
        Some((last, Ok(left))) => format!("until {}, for {}", clock::date(last), in_words(left)),
        Some((_, Err(_))) => return String::new(),
        None => format!("for as long as it believes {them}"),
    };
    format!(": an API that checks tokens offline accepts {them} {until}")
}

fn tokens(are_cached: bool, count: usize) -> String {
    let kind = if are_cached { "kept " } else { "" };
    if count == 1 { format!("the {kind}token was") } else { format!("{count} {kind}tokens were") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_token_and_several() {
        assert_eq!(not_valid(false, 1), "the token was not valid for this server any more, or never was");
        assert_eq!(not_valid(true, 2), "2 kept tokens were not valid for this server any more, or never were");
        let offline = ": an API that checks tokens offline accepts it for as long as it believes it";
        assert_eq!(revoked(true, 1, None), format!("the kept token was revoked{offline}"));
        assert_eq!(revoked(false, 2, Some(SystemTime::UNIX_EPOCH)), "2 tokens were revoked");
        let ahead = revoked(false, 2, Some(clock::wall() + Duration::from_secs(90)));
        assert!(ahead.contains("accepts them until ") && ahead.contains(", for 1 min "), "{ahead}");
    }
}
