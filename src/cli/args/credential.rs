//! The options that say what authenticates the client.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::oauth::assertion::AssertionType;
use crate::oauth::signing_key::Algorithm;

// Not a doc comment: clap would use it as the command's description. Each option declares its conflicts, because clap
// does not propagate groups to subcommands.
#[derive(Args, Default, PartialEq)]
#[command(next_help_heading = "Credentials")]
pub struct CredentialArgs {
    /// Client secret (visible in `ps`)
    ///
    /// Prefer a file or a command: every user of the machine can read a command line. Without an option or variable,
    /// the secret is read from the systemd credential `catena-client-secret` or, if there is none, prompted for.
    /// [CATENA_CLIENT_SECRET]
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true,
        conflicts_with_all = ["client_secret_file", "client_secret_command", "client_assertion_file",
        "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret: Option<OsString>,
    /// File with the secret, - for stdin
    ///
    /// Pipes and <(...) work. One final line break is removed. [CATENA_CLIENT_SECRET_FILE]
    #[arg(long, value_name = "PATH", conflicts_with_all = ["client_secret_command",
        "client_assertion_file", "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret_file: Option<PathBuf>,
    /// Shell command that prints the secret
    ///
    /// Run by `sh -c`, with the terminal and without stdin: 'op read op://vault/catena/secret', 'pass show catena'.
    /// [CATENA_CLIENT_SECRET_COMMAND]
    #[arg(long, value_name = "CMD", conflicts_with_all = ["client_assertion_file",
        "client_assertion_command", "client_assertion_from", "signing_key_file"])]
    pub client_secret_command: Option<OsString>,
    /// File with a client assertion (JWT)
    ///
    /// For a client without a secret: a JWT that GitLab, Kubernetes, SPIRE or another issuer signed for the realm. It
    /// is read anew for each request and must be for the audience of --assertion-audience. - for stdin. Or set the JWT
    /// itself in CATENA_CLIENT_ASSERTION. [CATENA_CLIENT_ASSERTION_FILE, CATENA_CLIENT_ASSERTION]
    #[arg(long, value_name = "PATH", conflicts_with_all = ["client_assertion_command",
        "client_assertion_from", "signing_key_file"])]
    pub client_assertion_file: Option<PathBuf>,
    /// Shell command that prints a client assertion
    ///
    /// Run by `sh -c` for each request, with the audience in CATENA_ASSERTION_AUDIENCE:
    /// 'spire-agent api fetch jwt ...', 'aws sts get-web-identity-token ...'. [CATENA_CLIENT_ASSERTION_COMMAND]
    #[arg(long, value_name = "CMD", hide_short_help = true,
        conflicts_with_all = ["client_assertion_from", "signing_key_file"])]
    pub client_assertion_command: Option<OsString>,
    /// Source of an assertion: github
    ///
    /// `github`: GitHub's runner, for a job with `permissions: id-token: write`. A new assertion is requested for each
    /// request. [CATENA_CLIENT_ASSERTION_FROM]
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = PossibleValuesParser::new(["github"]),
        conflicts_with = "signing_key_file")]
    pub client_assertion_from: Option<String>,
    /// File with a key to sign assertions
    ///
    /// For a client that authenticates with a signed JWT (private_key_jwt): RSA of 2048 to 4096 bits, P-256, P-384 or
    /// Ed25519, in PEM, without a passphrase. - for stdin. Without an option or variable, the systemd credential
    /// `catena-signing-key` is read. Or set the key itself in CATENA_SIGNING_KEY. [CATENA_SIGNING_KEY_FILE,
    /// CATENA_SIGNING_KEY]
    #[arg(long, value_name = "PATH")]
    pub signing_key_file: Option<PathBuf>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Credentials")]
pub struct AssertionArgs {
    /// Audience of the assertion [default: the issuer]
    ///
    /// What an assertion must say in `aud`, or says if --signing-key-file signs it. By default --token-issuer, else
    /// --issuer: Keycloak accepts nothing else. [CATENA_ASSERTION_AUDIENCE]
    #[arg(long, value_name = "AUD", hide_short_help = true)]
    pub assertion_audience: Option<String>,
    /// jwt-bearer or jwt-spiffe [default: by its claims]
    ///
    /// The type that is sent with an assertion: `jwt-spiffe` for a JWT-SVID, which has a `sub` of spiffe:// and no `iss`.
    #[arg(long, value_name = "TYPE", hide_possible_values = true, hide_short_help = true,
        value_parser = PossibleValuesParser::new(AssertionType::NAMES))]
    pub client_assertion_type: Option<String>,
    /// `kid` of the signing key [default: none]
    ///
    /// Needed if several keys of one kind are registered. [CATENA_SIGNING_KEY_ID]
    #[arg(long, value_name = "KID", hide_short_help = true)]
    pub signing_key_id: Option<String>,
    /// Algorithm of the signature [default: by the key]
    ///
    /// RS256, RS384, RS512, PS256, PS384 or PS512 for an RSA key; ES256 for P-256, ES384 for P-384, EdDSA for Ed25519.
    /// [CATENA_SIGNING_ALG]
    #[arg(long, value_name = "ALG", hide_possible_values = true, hide_short_help = true,
        value_parser = PossibleValuesParser::new(Algorithm::NAMES))]
    pub signing_alg: Option<String>,
}

#[derive(Args, Default)]
#[command(next_help_heading = "Credentials")]
pub struct CertificateArgs {
    /// File with your TLS certificate (PEM)
    ///
    /// Its chain may follow, and its key if there is no --client-key. Without another credential it authenticates the
    /// client (tls_client_auth); beside one, tokens may be bound to it (RFC 8705). Only the realm gets it, no proxy.
    /// [CATENA_CLIENT_CERT]
    #[arg(long, value_name = "FILE")]
    pub client_cert: Option<PathBuf>,
    /// File with the certificate's private key
    ///
    /// By default, the key is in the file of --client-cert. [CATENA_CLIENT_KEY]
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub client_key: Option<PathBuf>,
}
