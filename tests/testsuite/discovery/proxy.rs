//! The proxy is chosen for each host: the issuer's endpoints may be on others.

use catena_token_issuer::{Certificate, Document, Issuer, Proxy, ProxyReply, Setup};

use crate::support::Tool;

fn at(host: &'static str, document: Document) -> Issuer {
    Issuer::start(Setup { certificate: Some(Certificate::Good), host, document: Some(document), ..Setup::default() })
}

/// The tool, which trusts both issuers.
fn tool(issuer: &Issuer, other: &Issuer, proxy: &Proxy) -> Tool {
    let tool = Tool::asking(issuer).arg("--no-cache");
    let bundle = tool.file("ca.pem", [issuer.trusted_pem(), other.trusted_pem()].concat());
    tool.env("CATENA_CA_CERT", bundle).env("https_proxy", format!("http://{}", proxy.address()))
}

fn pair() -> (Issuer, Issuer) {
    let other = at("token.localhost", Document::complete());
    let document = Document::complete().with("ORIGIN/oauth2/token", &format!("{}/oauth2/token", other.origin()));
    (at("id.localhost", document), other)
}

#[test]
fn each_host_goes_its_own_way() {
    let (issuer, other) = pair();
    for (no_proxy, through) in [
        ("", vec![format!("id.localhost:{}", issuer.port()), format!("token.localhost:{}", other.port())]),
        ("id.localhost", vec![format!("token.localhost:{}", other.port())]),
        ("token.localhost", vec![format!("id.localhost:{}", issuer.port())]),
        ("localhost", vec![]),
    ] {
        let proxy = Proxy::start(ProxyReply::Connect);
        assert!(tool(&issuer, &other, &proxy).env("no_proxy", no_proxy).succeeds().starts_with("eyJ"));
        let targets: Vec<String> = proxy.requests().into_iter().map(|request| request.path).collect();
        assert_eq!(targets, through, "{no_proxy}");
    }
}

/// It is an error, although the issuer does not need it.
#[test]
fn a_proxy_that_cannot_be_used_is_not_bypassed_for_an_endpoint() {
    let (issuer, other) = pair();
    let (proxy, refusing) = (Proxy::start(ProxyReply::Connect), Proxy::start(ProxyReply::status(403)));
    let failed = tool(&issuer, &other, &refusing).env("no_proxy", "id.localhost").fails(3);
    assert!(failed.error.starts_with("cannot get a token: the proxy "), "{}", failed.error);
    assert!(other.requests().is_empty());
    // With `--token-url`, the first request goes to another host than the issuer's.
    let url = format!("{}/oauth2/token", other.origin());
    let given = tool(&issuer, &other, &proxy).args(["--token-url", &url]);
    given.env("no_proxy", "id.localhost").succeeds();
    assert_eq!(proxy.requests().len(), 1);
}
