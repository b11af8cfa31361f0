//! What an authority must be to sign for a server, in the CA bundle as below it; as curl decides.

use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use rcgen::{CertifiedIssuer, date_time_ymd};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::certificates::{Server, Signed, authority, below, localhost};
use crate::support::Tool;
use crate::support::doctor::fails_at;
use crate::support::openssl::made;

/// `why`: what is wrong with the certificate of the authority `Root` or `Below`; `None`: the connection is trusted.
struct Case {
    what: &'static str,
    /// The server's own certificate first.
    chain: Vec<Signed>,
    bundle: String,
    why: Option<&'static str>,
}

fn signed(params: CertificateParams) -> Signed {
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A root that signs the server's certificate.
fn rooted(what: &'static str, why: Option<&'static str>, change: impl FnOnce(&mut CertificateParams)) -> Case {
    let mut params = authority("Root");
    change(&mut params);
    let root = signed(params);
    Case { what, chain: vec![below(localhost(), &root)], bundle: root.pem(), why }
}

/// A root, and an authority below it; `is_anchor`: the bundle has that one alone.
fn nested(
    what: &'static str,
    why: Option<&'static str>,
    is_anchor: bool,
    change: impl FnOnce(&mut CertificateParams, &mut CertificateParams),
) -> Case {
    let (mut top, mut middle) = (authority("Root"), authority("Below"));
    change(&mut top, &mut middle);
    let root = signed(top);
    let middle = below(middle, &root);
    let bundle = if is_anchor { middle.pem() } else { root.pem() };
    Case { what, chain: vec![below(localhost(), &middle), middle], bundle, why }
}

/// A server's own certificate in the bundle.
fn own(what: &'static str, is_ca: IsCa) -> Case {
    let mut params = localhost();
    params.is_ca = is_ca;
    let own = signed(params);
    Case { what, bundle: own.pem(), chain: vec![own], why: None }
}

/// Two roots of the same name and key, of which one has ended.
fn renewed(what: &'static str, is_old_first: bool) -> Case {
    let pem = KeyPair::generate().unwrap().serialize_pem();
    let key = || KeyPair::from_pem(&pem).unwrap();
    let mut old = authority("Root");
    old.not_after = date_time_ymd(2020, 1, 2);
    let [old, new] = [old, authority("Root")].map(|params| CertifiedIssuer::self_signed(params, key()).unwrap());
    let bundle = if is_old_first { old.pem() + &new.pem() } else { new.pem() + &old.pem() };
    Case { what, chain: vec![below(localhost(), &new)], bundle, why: None }
}

fn cases() -> Vec<Case> {
    const NOT_CA: Option<&str> =
        Some("is not a CA certificate (CA:TRUE is missing), so it cannot sign other certificates");
    const NO_CERT_SIGN: Option<&str> = Some("may not sign certificates (its key usage lacks keyCertSign)");
    const TOO_LONG: Option<&str> = Some("does not allow a chain this long (pathlen)");
    const CLIENTS: Option<&str> = Some("may not sign server certificates (its extended key usage lacks serverAuth)");
    let constrained = |length| IsCa::Ca(BasicConstraints::Constrained(length));
    let crl = || vec![KeyUsagePurpose::CrlSign];
    vec![
        rooted("a root", None, |_| {}),
        rooted("CA:FALSE", NOT_CA, |root| root.is_ca = IsCa::ExplicitNoCa),
        rooted("no basicConstraints", NOT_CA, |root| root.is_ca = IsCa::NoCa),
        rooted("no basicConstraints but keyCertSign", None, |root| {
            (root.is_ca, root.key_usages) = (IsCa::NoCa, vec![KeyUsagePurpose::KeyCertSign]);
        }),
        rooted("keyCertSign and others", None, |root| {
            root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        }),
        rooted("no keyCertSign", NO_CERT_SIGN, |root| root.key_usages = crl()),
        rooted("expired", Some("expired on 2020-01-02T00:00:00Z"), |root| root.not_after = date_time_ymd(2020, 1, 2)),
        rooted("early", Some("is not valid before 2999-01-02T00:00:00Z"), |root| {
            root.not_before = date_time_ymd(2999, 1, 2);
        }),
        rooted("for servers", None, |root| {
            root.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        }),
        rooted("for clients", CLIENTS, |root| root.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
        rooted("pathlen 0 above a server", None, |root| root.is_ca = constrained(0)),
        nested("pathlen 0 above an authority", TOO_LONG, false, |root, _| root.is_ca = constrained(0)),
        nested("pathlen 1 above an authority", None, false, |root, _| root.is_ca = constrained(1)),
        nested("no keyCertSign below", NO_CERT_SIGN, false, |_, below| below.key_usages = crl()),
        nested("no keyCertSign above", NO_CERT_SIGN, false, |root, _| root.key_usages = crl()),
        nested("no CA above", NOT_CA, false, |root, _| root.is_ca = IsCa::ExplicitNoCa),
        nested("an authority without its root", None, true, |_, _| {}),
        nested("one without keyCertSign", NO_CERT_SIGN, true, |_, below| below.key_usages = crl()),
        own("the server's own", IsCa::ExplicitNoCa),
        own("the server's own, without basicConstraints", IsCa::NoCa),
        renewed("a root that was renewed, the old one first", true),
        renewed("a root that was renewed, the new one first", false),
    ]
}

/// A call of a server with that chain.
fn call(chain: &[&Signed], bundle: &str) -> (Option<i32>, String) {
    let (port, serving) = Server::new(chain, false, None).start(1);
    let tool = Tool::at(&format!("https://localhost:{port}/realms/a"), "acme", "secret-of-nobody");
    let bundle = tool.file("bundle.pem", bundle);
    let (code, _, said) = tool.args(["--retries", "0", "--ca-cert"]).arg(bundle).run();
    serving.join().unwrap();
    (code, said)
}

#[test]
fn an_authority_must_be_allowed_to_sign() {
    for Case { what, chain, bundle, why } in cases() {
        let (code, said) = call(&chain.iter().collect::<Vec<_>>(), &bundle);
        match why {
            None => assert_eq!(code, Some(0), "{what}: {said}"),
            Some(why) => {
                let name = if what.contains("below") || what.starts_with("one") { "Below" } else { "Root" };
                let error = format!("cannot be trusted: the certificate of its authority '{name}' {why}\n");
                assert_eq!(code, Some(6), "{what}: {said}");
                assert!(said.contains(&error), "{what}: {said}");
            }
        }
    }
}

#[test]
#[ignore = "needs curl"]
fn curl_decides_in_the_same_way() {
    let directory = tempfile::tempdir().unwrap();
    let bundle = directory.path().join("bundle.pem");
    for case in cases() {
        std::fs::write(&bundle, &case.bundle).unwrap();
        let (port, serving) = Server::new(&case.chain.iter().collect::<Vec<_>>(), false, None).start(1);
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--noproxy", "*", "--cacert"]).arg(&bundle).arg(format!("https://localhost:{port}/"));
        let output = curl.output().unwrap();
        serving.join().unwrap();
        let expected = if case.why.is_some() { 60 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{}: {output:?}", case.what);
    }
}

/// A server's own certificate in the bundle speaks for nobody else, a later one with the same name and key included.
#[test]
fn another_certificate_with_the_name_and_the_key_of_a_trusted_one() {
    let mut params = localhost();
    params.is_ca = IsCa::ExplicitNoCa;
    let trusted = signed(params.clone());
    let key = KeyPair::from_pem(&trusted.key().serialize_pem()).unwrap();
    let other = CertifiedIssuer::self_signed(params, key).unwrap();
    let (code, said) = call(&[&other], &trusted.pem());
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("'localhost' is not a CA certificate"), "{said}");
    assert!(said.contains("recreate the CA certificate: 'openssl req -x509"), "{said}");
}

#[test]
fn anybody_may_be_served_by_an_authority_for_any_use() {
    let case = rooted("any", None, |root| root.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any]);
    assert_eq!(call(&[&case.chain[0]], &case.bundle).0, Some(0));
}

#[test]
fn doctor_finds_the_same() {
    let mut params = authority("Root");
    params.is_ca = IsCa::ExplicitNoCa;
    let no_ca = signed(params);
    let own = below(localhost(), &no_ca);
    let (port, serving) = Server::new(&[&own], false, None).start(2);
    let make = || {
        let tool = Tool::at(&format!("https://localhost:{port}/realms/a"), "acme", "secret-of-nobody");
        let bundle = tool.file("bundle.pem", no_ca.pem());
        tool.env("CATENA_RETRIES", "0").env("CATENA_CA_CERT", bundle)
    };
    let report = fails_at(make, "tls", "its authority 'Root' is not a CA certificate", "keyCertSign");
    assert_eq!(report.code, 6, "{report}");
    assert_eq!(report.seen("tls")["certificates"][0]["issuer"], "Root");
    serving.join().unwrap();
}

/// A server with `own.pem` and `own.key` of the directory.
fn serve(directory: &Path) -> Server {
    let chain = CertificateDer::pem_file_iter(directory.join("own.pem")).unwrap().map(Result::unwrap).collect();
    Server::of(chain, PrivateKeyDer::from_pem_file(directory.join("own.key")).unwrap(), false, None)
}

#[test]
#[ignore = "needs openssl"]
fn what_openssl_makes() {
    let self_signed = "openssl req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -days 9 -subj /CN=a \
                       -addext subjectAltName=DNS:localhost -addext";
    let version_1 = "openssl req -newkey rsa:2048 -nodes -keyout ca.key -out ca.csr -subj /CN=Authority; openssl x509 \
                     -req -in ca.csr -out ca.pem -days 9";
    let v3 = "own -sha256 -extfile own.ext";
    for (script, code) in [
        // The README's, and the hint's.
        (format!("{self_signed} basicConstraints=critical,CA:FALSE; cp own.pem ca.pem"), 0),
        (
            format!(
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 9 -subj /CN=Authority \
                 -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign; {v3}"
            ),
            0,
        ),
        // OpenSSL takes a self-signed certificate of version 1 for an authority, and no other one.
        (format!("{version_1} -signkey ca.key; {v3}"), 0),
        (
            format!(
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout top.key -out top.pem -subj /CN=Top -days 9; \
                 {version_1} -CA top.pem -CAkey top.key -CAcreateserial; {v3}"
            ),
            6,
        ),
        // A trusted use does not make it an authority.
        (
            format!(
                "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out a.pem -subj /CN=Authority -days 9 \
                 -addext basicConstraints=critical,CA:FALSE; openssl x509 -in a.pem -addtrust serverAuth -out ca.pem; \
                 {v3}"
            ),
            6,
        ),
    ] {
        let directory = made(&script);
        let (port, serving) = serve(directory.path()).start(1);
        let tool = Tool::at(&format!("https://localhost:{port}/realms/a"), "acme", "secret-of-nobody");
        let (ended, _, said) = tool.args(["--retries", "0", "--ca-cert"]).arg(directory.path().join("ca.pem")).run();
        serving.join().unwrap();
        assert_eq!(ended, Some(code), "{script}: {said}");
    }
}
