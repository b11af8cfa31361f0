//! A certificate's untrusted names and dates (RFC 5280 §4.1), for display: webpki does not return the dates.

use std::time::SystemTime;

use rustls::pki_types::CertificateDer;

use super::distinguished_name;

#[derive(Debug, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// `None`: not a valid date.
    pub not_before: Option<SystemTime>,
    pub not_after: Option<SystemTime>,
}

/// The tags of the version, `[0]`, and of the extensions, `[3]`, which are optional.
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;

/// `rsaEncryption` and `id-RSASSA-PSS` (RFC 8017), `id-ecPublicKey` (RFC 5480).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0a];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];

/// 2.5.4.3 and 2.5.4.10 (X.520).
const COMMON_NAME: &[u8] = &[0x55, 0x04, 3];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 10];

impl Certificate {
    /// `None` if it is not a certificate.
    pub fn read(der: &CertificateDer<'_>) -> Option<Self> {
        // Skip the serial number and the algorithm.
        let mut fields = fields(der).filter(|(tag, _)| *tag != VERSION).skip(2).map(|(_, content)| content);
        let issuer = name(fields.next()?);
        let mut dates = Der(fields.next()?).map(moment);
        Some(Self { subject: name(fields.next()?), issuer, not_before: dates.next()?, not_after: dates.next()? })
    }
}

/// The fields of the signed part.
fn fields<'a>(der: &'a CertificateDer<'_>) -> Der<'a> {
    let signed = Der(der).next().and_then(|(_, certificate)| Der(certificate).next());
    Der(signed.unwrap_or_default().1)
}

/// The subject in full, as a realm's administrator registers it.
pub fn full_subject(der: &CertificateDer<'_>) -> Option<String> {
    let subject = fields(der).filter(|(tag, _)| *tag != VERSION).nth(4)?;
    Some(distinguished_name::text(subject.1))
}

/// The content of its `SubjectPublicKeyInfo`.
pub fn public_key<'a>(der: &'a CertificateDer<'_>) -> Option<&'a [u8]> {
    Some(fields(der).filter(|(tag, _)| *tag != VERSION).nth(5)?.1)
}

/// Whether it is of version 1, without extensions, and has its own name as issuer.
pub fn is_old_root(der: &CertificateDer<'_>) -> bool {
    let fields: Vec<_> = fields(der).collect();
    matches!(fields[..], [(INTEGER, _), _, issuer, _, subject, ..] if issuer == subject)
}

/// The content of the extension 2.5.29.`id`; empty if it cannot be read.
pub fn extension<'a>(der: &'a CertificateDer<'_>, id: u8) -> Option<&'a [u8]> {
    let extensions = fields(der).filter(|(tag, _)| *tag == EXTENSIONS).flat_map(|(_, list)| Der(list));
    let mut extensions = extensions.flat_map(|(_, list)| Der(list)).map(|(_, extension)| Der(extension));
    let parts = extensions.find_map(|mut parts| (parts.next()?.1 == [0x55, 0x1d, id]).then_some(parts))?;
    // Before the value, `critical` is optional.
    let (_, value) = parts.last().unwrap_or_default();
    Some(Der(value).next().unwrap_or_default().1)
}

/// Whether an extended key usage, or a list of OpenSSL's, is also for servers.
pub fn is_for_servers(uses: &[u8]) -> bool {
    /// `serverAuth` and `anyExtendedKeyUsage` (RFC 5280 §4.2.1.12).
    const SERVERS: [&[u8]; 2] = [&[0x2b, 6, 1, 5, 5, 7, 3, 1], &[0x55, 0x1d, 0x25, 0]];
    Der(uses).any(|(_, usage)| SERVERS.contains(&usage))
}

/// `COMMON NAME, ORGANIZATION` of a distinguished name, given as the content of its sequence.
pub fn name(sequence: &[u8]) -> String {
    let parts: Vec<_> = [COMMON_NAME, ORGANIZATION].into_iter().filter_map(|kind| attribute(sequence, kind)).collect();
    if parts.is_empty() { "no name".to_owned() } else { parts.join(", ") }
}

pub fn common_name(sequence: &[u8]) -> Option<String> {
    attribute(sequence, COMMON_NAME)
}

fn attribute(sequence: &[u8], kind: &[u8]) -> Option<String> {
    let attributes = Der(sequence).flat_map(|(_, set)| Der(set)).map(|(_, attribute)| Der(attribute));
    let of_kind = attributes.filter_map(|mut parts| (parts.next()?.1 == kind).then(|| parts.next()));
    // The last one is the most specific.
    of_kind.flatten().last().map(|(_, text)| String::from_utf8_lossy(text).into_owned())
}

/// The content of a certificate's `signatureAlgorithm` (RFC 5280 §4.1.1.2).
pub fn signature_algorithm<'a>(der: &'a CertificateDer<'_>) -> Option<&'a [u8]> {
    Some(Der(Der(der).next()?.1).nth(1)?.1)
}

/// What a public key is, if rustls does not verify with it. `spki`: its `SubjectPublicKeyInfo`, or the content.
pub fn unsupported_key(spki: &[u8]) -> Option<String> {
    let whole = Der(spki).next()?.1;
    let mut parts = Der(if Der(spki).nth(1).is_some() { spki } else { whole });
    let (algorithm, key) = (parts.next()?.1, parts.next()?.1);
    let parameters = Der(algorithm).nth(1).map(|(_, parameters)| parameters);
    match (Der(algorithm).next()?.1, parameters) {
        // A bit string: its first byte is the number of unused bits.
        (RSA, _) => unsupported_modulus(Der(Der(key.get(1..)?).next()?.1).next()?.1, 8192),
        // P-256, P-384 and Ed25519.
        (_, Some([0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] | [0x2b, 0x81, 4, 0, 0x22])) | ([0x2b, 0x65, 0x70], _) => None,
        (EC, Some(curve)) => Some(format!("ECDSA on {}", named(curve))),
        (other, _) => Some(named(other).to_owned()),
    }
}

/// What a private key is, if rustls does not sign with it: of PKCS#8 (RFC 5208), or of PKCS#1 (RFC 8017).
pub fn unsupported_private_key(der: &[u8]) -> Option<String> {
    let parts: Vec<_> = Der(Der(der).next()?.1).collect();
    let (algorithm, key) = match parts[..] {
        [_, (SEQUENCE, algorithm), (_, key), ..] => (algorithm, key),
        [_, (INTEGER, modulus), ..] => return unsupported_modulus(modulus, 4096),
        _ => return None,
    };
    let mut identifier = Der(algorithm);
    match (identifier.next()?.1, identifier.next()) {
        (RSA, _) => unsupported_modulus(Der(Der(key).next()?.1).nth(1)?.1, 4096),
        (EC, Some((SEQUENCE, _))) => Some("ECDSA with explicit curve parameters".to_owned()),
        (EC, Some((_, curve))) => Some(format!("ECDSA on {}", named(curve))),
        (PSS, _) => Some("RSA for PSS alone".to_owned()),
        (other, _) => Some(named(other).to_owned()),
    }
}

/// RSA of a size that ring does not take.
fn unsupported_modulus(modulus: &[u8], most: usize) -> Option<String> {
    let bits = modulus.strip_prefix(&[0]).unwrap_or(modulus).len() * 8;
    (!(2048..=most).contains(&bits)).then(|| format!("RSA of {bits} bits"))
}

/// The name of an `AlgorithmIdentifier`, given as its content.
pub fn algorithm(identifier: &[u8]) -> &'static str {
    named(Der(identifier).next().unwrap_or_default().1)
}

/// What rustls with ring does not verify.
fn named(oid: &[u8]) -> &'static str {
    match oid {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4] => "RSA with MD5",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5] | [0x2b, 0x0e, 3, 2, 0x1d] => "RSA with SHA-1",
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0e] => "RSA with SHA-224",
        PSS => "RSA-PSS with unusual parameters",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1] => "ECDSA with SHA-1",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1] => "ECDSA with SHA-224",
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4] => "ECDSA with SHA-512",
        [0x2b, 0x81, 4, 0, 0x23] => "P-521",
        [0x2b, 0x65, 0x71] => "Ed448",
        _ => "an unknown algorithm",
    }
}

/// The certificate of a PEM block, unless what OpenSSL adds to a `TRUSTED CERTIFICATE` excludes servers. It cannot give
/// the certificate a right that it does not have.
pub fn trusted(mut der: Vec<u8>) -> Option<CertificateDer<'static>> {
    /// The tags of the trusted uses and of the rejected ones.
    const TRUSTED: u8 = 0x30;
    const REJECTED: u8 = 0xa0;
    let mut blocks = Der(&der);
    blocks.next()?;
    let length = der.len() - blocks.0.len();
    let is_excluded = blocks.flat_map(|(_, aux)| Der(aux)).any(|(tag, uses)| match tag {
        TRUSTED => !is_for_servers(uses),
        REJECTED => is_for_servers(uses),
        _ => false,
    });
    der.truncate(length);
    (!is_excluded).then(|| der.into())
}

/// RFC 5280 §4.1.2.5: `YYMMDDHHMMSSZ` until 2049, and `YYYYMMDDHHMMSSZ`.
fn moment((_, bytes): (u8, &[u8])) -> Option<SystemTime> {
    let digits = std::str::from_utf8(bytes).ok()?.strip_suffix('Z').filter(|text| text.is_ascii())?;
    let digits = match digits.len() {
        12 => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        14 => digits.to_owned(),
        _ => return None,
    };
    let [year, month, day] = [&digits[..4], &digits[4..6], &digits[6..8]];
    let [hour, minute, second] = [&digits[8..10], &digits[10..12], &digits[12..]];
    humantime::parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}

/// A sequence of DER elements (X.690): the tag and the content of each.
pub struct Der<'a>(pub &'a [u8]);

impl<'a> Iterator for Der<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (&[tag, length], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match length {
            0..=0x7f => (usize::from(length), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DnType, DnValue, KeyPair, PublicKeyData as _, date_time_ymd};

    use super::*;

    fn made(names: &[(DnType, DnValue)], from: i32, to: i32) -> CertificateDer<'static> {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        names.iter().for_each(|(kind, value)| params.distinguished_name.push(kind.clone(), value.clone()));
        (params.not_before, params.not_after) = (date_time_ymd(from, 2, 3), date_time_ymd(to, 12, 31));
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn date(time: Option<SystemTime>) -> String {
        humantime::format_rfc3339_seconds(time.unwrap()).to_string()
    }

    #[test]
    fn names_and_dates_of_every_form() {
        let text = |text: &str| DnValue::Utf8String(text.to_owned());
        let both = [(DnType::OrganizationName, text("Körp")), (DnType::CommonName, text("Inspection CA"))];
        let read = Certificate::read(&made(&both, 1999, 2049)).unwrap();
        assert_eq!((read.subject.as_str(), read.issuer.as_str()), ("Inspection CA, Körp", "Inspection CA, Körp"));
        assert_eq!(date(read.not_before), "1999-02-03T00:00:00Z");
        assert_eq!(date(read.not_after), "2049-12-31T00:00:00Z");
        let read = Certificate::read(&made(&[(DnType::CommonName, text("Ω"))], 2050, 9999)).unwrap();
        assert_eq!(read.subject, "Ω");
        assert_eq!(date(read.not_before), "2050-02-03T00:00:00Z");
        assert_eq!(date(read.not_after), "9999-12-31T00:00:00Z");
        assert_eq!(Certificate::read(&made(&[], 2020, 2021)).unwrap().subject, "no name");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["2001010000Z", "20010100000", "20xx0101000000Z"] {
            assert_eq!(moment((0, text.as_bytes())), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>(), at in any::<prop::sample::Index>(), flip in any::<u8>()) {
            let _ = Certificate::read(&CertificateDer::from_slice(&bytes));
            let _ = (name(&bytes), algorithm(&bytes), unsupported_key(&bytes), trusted(bytes.clone()));
            let mut whole = made(&[], 2020, 2021).to_vec();
            let at = at.index(whole.len());
            whole[at] ^= flip;
            let damaged = CertificateDer::from_slice(&whole);
            let _ = (Certificate::read(&damaged), signature_algorithm(&damaged), trusted(whole.clone()));
            let _ = (is_old_root(&damaged), extension(&damaged, 17));
            let mut key = rcgen::KeyPair::generate().unwrap().subject_public_key_info();
            let at = at.min(key.len() - 1);
            key[at] ^= flip;
            let _ = unsupported_key(&key);
        }
    }
}
