//! The words for the shared cache: its settings, and why it is no help.

use super::http;
use super::local::{reason, system};
use super::tls::untrusted;
use super::{credential, of_trust_error};
use crate::credential::Problem;
use crate::http::endpoint::UnusableUrl;
use crate::http::{HttpError, Kind, Phase};
use crate::token::store::{StoreError, StoreTrouble};

/// One line without a hint: a call succeeds without the store.
pub fn text(StoreTrouble { store, why }: &StoreTrouble) -> String {
    format!("cannot use the shared cache at {store}: {}", self::why(why))
}

pub fn why(why: &StoreError) -> String {
    match why {
        StoreError::Password(Problem::Io(error)) => format!("cannot read the password file: {}", reason(error)),
        StoreError::Password(Problem::Unusable(why)) => {
            format!("its password cannot be used: {}", credential::unusable(*why))
        }
        StoreError::Trust(error) => of_trust_error(error).text,
        StoreError::Connection(HttpError { kind, phase, .. }) => match (kind, phase) {
            (Kind::TimedOut(..), Phase::Handshake) => {
                "it does not answer in TLS (is it a plain port, redis://?)".into()
            }
            (Kind::TimedOut(..), Phase::Resolve) => "its name is not resolved in time".into(),
            (Kind::TimedOut(..), _) => "it does not answer".into(),
            (Kind::Failed(why), _) => http::reason(why),
            (Kind::Untrusted(error), _) => untrusted(error).0,
            (Kind::ClientCertificate { .. }, _) => {
                "it requires a client certificate (its setting tls-auth-clients)".into()
            }
            (Kind::Closed, Phase::Handshake) => "it closed the connection during the TLS handshake".into(),
            (Kind::Closed, _) => "it closed the connection (is it a TLS port, rediss://?)".into(),
            (Kind::NoThread(why), _) => system(why),
            _ => "the connection was lost".into(),
        },
        StoreError::Refused(text) => format!("it answers {}", text.quote()),
        StoreError::NotRedis => "it does not answer as Redis does".into(),
        StoreError::Redirects => "its nodes name each other (MOVED): is the cluster changing?".into(),
        StoreError::Slow => "it answers too slowly".into(),
    }
}

pub fn url(why: UnusableUrl) -> &'static str {
    match why {
        UnusableUrl::Scheme => "expected redis:// or rediss://",
        UnusableUrl::NotAscii => "write the host in ASCII, xn--…",
        UnusableUrl::Port => "expected a port from 1 to 65535",
        UnusableUrl::QueryOrFragment => "remove the query or fragment: everything from ? or # on",
        _ => "expected redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]",
    }
}

/// For `doctor`.
pub fn hint(why: &StoreError) -> &'static str {
    const BUNDLE: &str = "name the store's own authority with --cache-ca-cert or CATENA_CACHE_CA_CERT";
    const REFUSALS: [(&str, &str); 8] = [
        ("WRONGPASS", "check CATENA_CACHE_PASSWORD, and the user in --cache"),
        ("NOAUTH", "set CATENA_CACHE_PASSWORD, and name the user in --cache if the store has users"),
        (
            "NOPERM",
            "the user needs: ~catena-token:* resetchannels -@all +mget +pttl +set +del, and +select for a database",
        ),
        ("OOM", "raise the store's maxmemory, or set a maxmemory-policy that evicts keys"),
        ("READONLY", "this is a replica: name the primary, or the service that follows it"),
        ("ERR unknown command", "is this a Sentinel or a proxy? Name the primary, or the service that follows it"),
        ("ERR SELECT", "a cluster has no databases: remove the number from --cache"),
        ("ERR max number of clients", "raise the store's maxclients"),
    ];
    match why {
        StoreError::Refused(text) => {
            REFUSALS.iter().find(|(code, _)| text.raw().starts_with(code)).map_or("", |(_, hint)| *hint)
        }
        StoreError::Trust(_) => BUNDLE,
        StoreError::Connection(HttpError { kind, phase, .. }) => match (kind, phase) {
            (Kind::Untrusted(error), _) => {
                let hint = untrusted(error).1;
                if hint.contains("--ca-cert") { BUNDLE } else { hint }
            }
            (Kind::ClientCertificate { .. }, _) => "set the store's tls-auth-clients to no or optional",
            (Kind::TimedOut(..), Phase::Handshake) => "use redis:// if the port is plain",
            (Kind::Closed | Kind::Failed(_), Phase::Handshake | Phase::Receive | Phase::Send) => {
                "use rediss:// if it is a TLS port"
            }
            (_, Phase::Resolve) => "check the host in --cache",
            _ => "check host and port in --cache, and firewalls; is the store running?",
        },
        StoreError::Password(_) => "check CATENA_CACHE_PASSWORD_FILE",
        StoreError::NotRedis => "check host and port in --cache",
        StoreError::Redirects | StoreError::Slow => "",
    }
}
