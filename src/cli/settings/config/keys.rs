//! The keys of the configuration file: the long options of the settings.

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Text,
    Path,
    /// A text, or a number of seconds.
    Duration,
    Number,
    Switch,
    /// Several texts.
    List,
}

/// The table of profiles.
pub const PROFILE: &str = "profile";

pub const KEYS: [(&str, Type); 32] = [
    ("assertion-audience", Type::Text),
    ("audience", Type::Text),
    ("ca-cert", Type::Path),
    ("cache", Type::Text),
    ("cache-ca-cert", Type::Path),
    ("cache-dir", Type::Path),
    ("client-assertion-command", Type::Text),
    ("client-assertion-file", Type::Path),
    ("client-assertion-from", Type::Text),
    ("client-assertion-type", Type::Text),
    ("client-auth", Type::Text),
    ("client-cert", Type::Path),
    ("client-id", Type::Text),
    ("client-key", Type::Path),
    ("client-secret-command", Type::Text),
    ("client-secret-file", Type::Path),
    ("connect-timeout", Type::Duration),
    ("env-name", Type::Text),
    ("format", Type::Text),
    ("issuer", Type::Text),
    ("min-ttl", Type::Duration),
    ("no-cache", Type::Switch),
    ("param", Type::List),
    ("proxy", Type::Text),
    ("retries", Type::Number),
    ("scope", Type::Text),
    ("signing-alg", Type::Text),
    ("signing-key-file", Type::Path),
    ("signing-key-id", Type::Text),
    ("timeout", Type::Duration),
    ("token-issuer", Type::Text),
    ("token-url", Type::Text),
];

/// The text of a credential does not belong into the file, which says where it is.
const SECRETS: [&str; 3] = ["client-assertion", "client-secret", "signing-key"];

pub fn find(key: &str) -> Option<(&'static str, Type)> {
    KEYS.into_iter().find(|(own, _)| *own == key)
}

pub fn secret(key: &str) -> Option<&'static str> {
    SECRETS.into_iter().find(|own| *own == key.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::args::Cli;

    /// Neither what is for one call, nor a secret.
    #[test]
    fn each_option_of_the_settings_is_a_key() {
        const NO_KEYS: [&str; 9] =
            ["profile", "config", "refresh", "json", "verbose", "quiet", "help", "version", "client-secret"];
        let command = Cli::command();
        let options = command.get_arguments().filter_map(|option| option.get_long());
        let mut options: Vec<&str> = options.filter(|option| !NO_KEYS.contains(option)).chain(["audience"]).collect();
        options.sort_unstable();
        assert_eq!(KEYS.map(|(key, _)| key).as_slice(), options);
    }
}
