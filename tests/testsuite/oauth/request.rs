//! The token request: what the service's reference requires, byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::{CLIENT_SECRET, Issuer, Setup};

use crate::support::Tool;

/// A secret in which every character needs care somewhere.
const ODD: &str = "s3cr3t+/=&% ü";

fn odd_issuer() -> Issuer {
    Issuer::start(Setup { secret: ODD.to_owned(), ..Setup::default() })
}

#[test]
fn it_is_one_post_of_the_four_parameters() {
    let issuer = Issuer::http();
    Tool::asking(&issuer).succeeds();
    let requests = issuer.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/realms/catena/protocol/openid-connect/token")
    );
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "acme"),
        ("client_secret", CLIENT_SECRET),
        ("scope", "organization"),
    ];
    let form = request.form();
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(form, expected);
    assert_eq!(request.header("host"), Some(format!("localhost:{}", issuer.port()).as_str()));
    let agent = concat!("catena-token/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("expect"), None);
}

#[test]
fn an_odd_secret_arrives_in_the_form_whatever_the_locale() {
    let issuer = odd_issuer();
    for locale in ["C", "C.UTF-8", "de_DE.ISO-8859-1"] {
        let tool = Tool::asking(&issuer).secret_is(ODD).env("CATENA_CLIENT_SECRET", ODD);
        tool.env("LC_ALL", locale).succeeds();
    }
    let body = String::from_utf8(issuer.requests()[0].body.clone()).unwrap();
    assert!(body.contains("client_secret=s3cr3t%2B%2F%3D%26%25+%C3%BC&"), "{body}");
}

#[test]
fn an_odd_secret_arrives_in_the_basic_header() {
    let issuer = odd_issuer();
    let tool = Tool::asking(&issuer).secret_is(ODD).env("CATENA_CLIENT_SECRET", ODD).env("LC_ALL", "C");
    tool.args(["--client-auth", "basic"]).succeeds();
    let request = &issuer.requests()[0];
    let pair = STANDARD.encode("acme:s3cr3t%2B%2F%3D%26%25+%C3%BC");
    assert_eq!(request.header("authorization"), Some(format!("Basic {pair}").as_str()));
    assert_eq!(request.field("client_id"), None);
    assert_eq!(request.field("client_secret"), None);
}

#[test]
fn an_empty_scope_is_left_out() {
    let issuer = Issuer::http();
    Tool::asking(&issuer).args(["--scope", ""]).succeeds();
    assert_eq!(issuer.requests()[0].field("scope"), None);
}

#[test]
fn a_large_secret_is_sent_whole() {
    let secret = "x".repeat(60_000);
    let issuer = Issuer::start(Setup { secret: secret.clone(), ..Setup::default() });
    Tool::without_secret(&issuer).secret_is(&secret).secret_file(&secret).succeeds();
    Tool::without_secret(&issuer).secret_is(&secret).secret_file(&secret).args(["--client-auth", "basic"]).succeeds();
}
