//! Whether an authority may sign for a server (RFC 5280 §6.1.4), by OpenSSL's rules. webpki knows the name, the key and
//! the name constraints of a certificate in the CA bundle, and ignores the key usage of any.

use std::time::{SystemTime, UNIX_EPOCH};

use rustls::CertificateError as Error;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::VerifiedPath;

use super::certificate::{self, Certificate, Der};
use super::diagnosis::{Distrust, Why};

/// 2.5.29.N (RFC 5280 §4.2.1).
const KEY_USAGE: u8 = 15;
const BASIC_CONSTRAINTS: u8 = 19;
const EXTENDED_KEY_USAGE: u8 = 37;

/// Bit 5 of the first byte of a bit string.
const KEY_CERT_SIGN: u8 = 0x04;

/// Refuses the path if an authority in it must not sign what is below. `anchor`: its certificate in the CA bundle; the
/// server's own is no authority.
pub fn check(path: &VerifiedPath<'_>, anchor: &CertificateDer<'_>, now: UnixTime) -> Result<(), Distrust> {
    let top = (*anchor != path.end_entity().der()).then(|| CertificateDer::from_slice(anchor));
    let mut authorities = path.intermediate_certificates().map(|signed| signed.der()).chain(top).enumerate();
    authorities.try_for_each(|(below, authority)| {
        let name = || Certificate::read(&authority).map(|read| read.subject);
        fault(&authority, below, now).map_or(Ok(()), |why| Err(Distrust { authority: name(), why }))
    })
}

/// `below`: how many authorities are between it and the server.
fn fault(der: &CertificateDer<'_>, below: usize, now: UnixTime) -> Option<Why> {
    let extension = |id| certificate::extension(der, id);
    let may_sign = extension(KEY_USAGE).map(|bits| bits.get(1).is_some_and(|byte| byte & KEY_CERT_SIGN != 0));
    let is_ca = match extension(BASIC_CONSTRAINTS) {
        Some(constraints) => Der(constraints).next() == Some((0x01, &[0xff])),
        // As in OpenSSL's X509_check_ca. webpki does not accept an intermediate without basicConstraints.
        None => may_sign == Some(true) || certificate::is_old_root(der),
    };
    let most_below = extension(BASIC_CONSTRAINTS).and_then(|constraints| Der(constraints).nth(1));
    let uses = extension(EXTENDED_KEY_USAGE);
    let date = |date: SystemTime| Some(UnixTime::since_unix_epoch(date.duration_since(UNIX_EPOCH).ok()?));
    let dates = Certificate::read(der).and_then(|read| Some((date(read.not_before?)?, date(read.not_after?)?)));
    Some(match dates {
        _ if !is_ca => Why::NotCa,
        _ if may_sign == Some(false) => Why::NoCertSign,
        // No chain is as long as a number of two bytes.
        _ if matches!(most_below, Some((_, [most])) if below > usize::from(*most)) => Why::PathLength,
        _ if uses.is_some_and(|uses| !certificate::is_for_servers(uses)) => Why::NotForServers,
        None => Why::Other(Error::BadEncoding),
        Some((not_before, _)) if now < not_before => Why::Other(Error::NotValidYetContext { time: now, not_before }),
        Some((_, not_after)) if now > not_after => Why::Other(Error::ExpiredContext { time: now, not_after }),
        Some(_) => return None,
    })
}
