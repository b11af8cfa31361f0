//! The shared cache: its URL, its password, and its CA bundle.

use std::path::PathBuf;
use std::sync::Arc;

use super::environment::{first, value};
use super::setting::{Checked, Name, Problem, Reader, Setting, SettingError, Sources, is_harmless, line};
use crate::base::origin::Origin;
use crate::base::secret::Secret;
use crate::http::trust::Bundle;
use crate::token::store::access::{Access, Password};

const PASSWORD: &str = "CATENA_CACHE_PASSWORD";
const PASSWORD_FILE: &str = "CATENA_CACHE_PASSWORD_FILE";

/// The variables that no child gets.
pub const VARIABLES: [&str; 4] = ["CATENA_CACHE", PASSWORD, PASSWORD_FILE, "CATENA_CACHE_CA_CERT"];

/// `None` if no URL is given. Then a password has no effect. `realms`: the CA bundle for the realm.
pub fn resolve(
    url: Option<String>,
    bundle: Option<PathBuf>,
    realms: Option<&Bundle>,
    sources: Sources<'_>,
) -> Checked<Option<Arc<Access>>> {
    let reader = Reader { name: Name::Store, flag: "--cache", variables: &["CATENA_CACHE"], sources };
    // The parser of the other texts, so that the program has one.
    let url = reader.parsed(url, None, |text| Ok::<_, Problem>(Some(text.to_owned())))?;
    let Setting { value: Some(url), origin } = url else { return Ok(Setting::by_default(None)) };
    let error = |origin, problem, text| SettingError { name: Name::Store, origin, problem, text };
    let mut access = Access::parse(&url).map_err(|why| {
        let text = Some(url).filter(|url| is_harmless(Name::Store, url));
        error(origin, Problem::Url(why), text)
    })?;
    if matches!(origin, Origin::Line(_)) && access.password.is_some() {
        return Err(error(origin, Problem::PasswordInFile, None));
    }
    let environment = sources.environment;
    let mut given: Vec<Origin> = access.password.iter().map(|_| origin).collect();
    let variables = [PASSWORD, PASSWORD_FILE].into_iter().filter(|name| value(environment, name).is_some());
    given.extend(variables.map(Origin::Variable));
    if given.len() > 1 {
        return Err(error(origin, Problem::Conflict(given), None));
    }
    if let Some((by, text)) = first(environment, &[PASSWORD, PASSWORD_FILE]) {
        let text = line(Name::Store, by, text)?.value;
        access.password = Some(if by == Origin::Variable(PASSWORD) {
            let secret = Secret::new(text.into_encoded_bytes());
            Password::Given(secret.map_err(|why| error(by, Problem::Secret(why), None))?)
        } else {
            Password::File(text.into())
        });
    }
    access.ca_bundle = realms.cloned();
    let typed = bundle.map(|path| (Origin::Flag("--cache-ca-cert"), path.into()));
    if let Some((by, path)) = typed.or_else(|| sources.text("--cache-ca-cert", &["CATENA_CACHE_CA_CERT"])) {
        let path = line(Name::Store, by, path)?.value.into();
        access.ca_bundle = Some(Bundle { path, by });
    }
    Ok(Setting { value: Some(Arc::new(access)), origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(url: Option<&str>, variables: &'static [(&str, &str)]) -> Checked<Option<Arc<Access>>> {
        let environment = |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into());
        let sources = Sources { environment: &environment, config: None };
        resolve(url.map(str::to_owned), None, None, sources)
    }

    #[test]
    fn the_password_is_given_once() {
        let url = Some("rediss://u:p@h");
        assert!(resolved(url, &[]).unwrap().value.unwrap().password.is_some());
        for (url, variables, names) in [
            (url, &[(PASSWORD, "a")][..], vec!["--cache", PASSWORD]),
            (url, &[(PASSWORD_FILE, "a")], vec!["--cache", PASSWORD_FILE]),
            (
                None,
                &[("CATENA_CACHE", "redis://h"), (PASSWORD, "a"), (PASSWORD_FILE, "b")],
                vec![PASSWORD, PASSWORD_FILE],
            ),
        ] {
            assert_eq!(
                resolved(url, variables).unwrap_err().problem,
                Problem::Conflict(names.into_iter().map(Origin::from).collect())
            );
        }
        assert!(resolved(None, &[(PASSWORD, "a")]).unwrap().value.is_none());
    }

    #[test]
    fn an_error_says_where_and_quotes_no_password() {
        for url in ["http://u:hunter2@h", "redis://u:hunter2", "redis://:hunter2", "redis:u:hunter2"] {
            let error = resolved(Some(url), &[]).unwrap_err();
            assert_eq!((error.origin, error.text), ("--cache".into(), None), "{url}");
        }
        let error = resolved(None, &[("CATENA_CACHE", "memcached://h")]).unwrap_err();
        assert_eq!((error.origin, error.text.as_deref()), ("CATENA_CACHE".into(), Some("memcached://h")));
    }
}
