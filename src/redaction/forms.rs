//! The forms in which a secret may be sent back.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::TELLING;

/// The texts that stand for `secret` and that no undone layer shows: hex, and base64 of anything around it.
pub fn forms(secret: &str) -> Vec<Zeroizing<String>> {
    let form_encoded: Zeroizing<String> = Zeroizing::new(form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    let mut forms = vec![Zeroizing::new(secret.to_owned())];
    forms.push(Zeroizing::new(secret.bytes().map(|byte| format!("{byte:02x}")).collect()));
    forms.extend(base64_cores(secret));
    if *form_encoded != secret {
        forms.extend(base64_cores(&form_encoded));
    }
    forms
}

/// The characters of base64 that `secret` alone decides, at each of the three places it can take in a group of three
/// bytes, in both alphabets.
fn base64_cores(secret: &str) -> Vec<Zeroizing<String>> {
    let mut cores = Vec::new();
    for offset in 0..3_usize {
        let mut bytes = Zeroizing::new(vec![0; offset]);
        bytes.extend_from_slice(secret.as_bytes());
        // Each character holds six bits; the first and the last ones are shared with the neighbours.
        let first = (offset * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = Zeroizing::new(engine.encode(&*bytes));
            // Below the telling length a core is a word that may stand in any text.
            if end >= first + TELLING {
                cores.push(Zeroizing::new(encoded[first..end].to_owned()));
            }
        }
    }
    cores
}
