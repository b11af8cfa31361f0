//! A certificate's untrusted names and dates (RFC 5280 §4.1), for display: webpki does not return the dates.

use std::time::SystemTime;

use rustls::pki_types::CertificateDer;

#[derive(Debug, PartialEq, Eq)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    /// `None`: not a valid date.
    pub not_before: Option<SystemTime>,
    pub not_after: Option<SystemTime>,
}

/// The tag of the version, `[0]`, which is optional.
const VERSION: u8 = 0xa0;

/// 2.5.4.3 and 2.5.4.10 (X.520).
const COMMON_NAME: &[u8] = &[0x55, 0x04, 3];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 10];

impl Certificate {
    /// `None` if it is not a certificate.
    pub fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = Der(der).next()?;
        let (_, fields) = Der(certificate).next()?;
        // Skip the serial number and the algorithm.
        let mut fields = Der(fields).filter(|(tag, _)| *tag != VERSION).skip(2).map(|(_, content)| content);
        let issuer = name(fields.next()?);
        let mut dates = Der(fields.next()?).map(moment);
        Some(Self { subject: name(fields.next()?), issuer, not_before: dates.next()?, not_after: dates.next()? })
    }
}

/// `COMMON NAME, ORGANIZATION` of a distinguished name, given as the content of its sequence.
pub fn name(sequence: &[u8]) -> String {
    let mut parts = [None, None];
    for (_, attribute) in Der(sequence).flat_map(|(_, set)| Der(set)) {
        let mut attribute = Der(attribute);
        // The last one is the most specific.
        match (attribute.next(), attribute.next()) {
            (Some((_, COMMON_NAME)), Some((_, text))) => parts[0] = Some(String::from_utf8_lossy(text)),
            (Some((_, ORGANIZATION)), Some((_, text))) => parts[1] = Some(String::from_utf8_lossy(text)),
            _ => {}
        }
    }
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no name".to_owned() } else { parts.join(", ") }
}

/// The certificate of a PEM block, unless what OpenSSL adds to a `TRUSTED CERTIFICATE` excludes servers.
pub fn trusted(mut der: Vec<u8>) -> Option<CertificateDer<'static>> {
    /// The tags of the trusted uses and of the rejected ones.
    const TRUSTED: u8 = 0x30;
    const REJECTED: u8 = 0xa0;
    /// `serverAuth` and `anyExtendedKeyUsage` (RFC 5280 §4.2.1.12).
    const SERVERS: [&[u8]; 2] = [&[0x2b, 6, 1, 5, 5, 7, 3, 1], &[0x55, 0x1d, 0x25, 0]];
    let mut blocks = Der(&der);
    blocks.next()?;
    let length = der.len() - blocks.0.len();
    let is_for_servers = |uses| Der(uses).any(|(_, usage)| SERVERS.contains(&usage));
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
struct Der<'a>(&'a [u8]);

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
    use rcgen::{CertificateParams, DnType, DnValue, KeyPair, date_time_ymd};

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
            let _ = (name(&bytes), trusted(bytes.clone()));
            let mut whole = made(&[], 2020, 2021).to_vec();
            let at = at.index(whole.len());
            whole[at] ^= flip;
            let _ = Certificate::read(&CertificateDer::from_slice(&whole));
        }
    }
}
