//! The token request: what the service's reference requires, byte for byte.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer, Setup};

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

/// What a server receives, byte for byte.
fn received(arguments: &[&str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/realms/catena", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
        while !bytes.ends_with(b"scope=organization") {
            let count = stream.read(&mut chunk).unwrap();
            assert_ne!(count, 0, "{}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&chunk[..count]);
        }
        let answer = r#"{"access_token":"a-token","token_type":"Bearer","expires_in":300}"#;
        write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).unwrap();
        String::from_utf8(bytes).unwrap()
    });
    assert_eq!(Tool::at(&url, CLIENT_ID, CLIENT_SECRET).args(arguments).succeeds(), "a-token\n");
    let host = url.split('/').nth(2).unwrap().to_owned();
    server.join().unwrap().replace(&host, "HOST")
}

/// Other ways to authenticate have no influence on this one.
#[test]
fn a_secret_travels_in_these_bytes() {
    let agent = concat!("user-agent: catena-token/", env!("CARGO_PKG_VERSION"), "\r\n");
    let head = |length: usize, authorization: &str| {
        format!(
            "POST /realms/catena/protocol/openid-connect/token HTTP/1.1\r\naccept-encoding: identity\r\n\
             content-length: {length}\r\n{agent}accept: application/json\r\nhost: HOST\r\n{authorization}\
             content-type: application/x-www-form-urlencoded\r\n\r\n"
        )
    };
    let form = "grant_type=client_credentials&client_id=acme&client_secret=Zk3vQ9xW7tB2nM5rL8pY1sD4&scope=organization";
    assert_eq!(received(&[]), format!("{}{form}", head(102, "")));
    let pair = "authorization: Basic YWNtZTpaazN2UTl4Vzd0QjJuTTVyTDhwWTFzRDQ=\r\n";
    let form = "grant_type=client_credentials&scope=organization";
    assert_eq!(received(&["--client-auth", "basic"]), format!("{}{form}", head(48, pair)));
}
