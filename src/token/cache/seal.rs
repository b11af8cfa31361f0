//! Seals files so that only the credential opens them: the client secret, the assertion, or the signing key.
//!
//! HKDF-SHA-256 (RFC 5869) derives the key of each file from the secret, a random salt, the format's version and the
//! file's name. ChaCha20-Poly1305 (RFC 8439) encrypts the content and authenticates the head. The nonce is 0, because
//! each file has its own key. A file that was changed or renamed, or has another secret or version, does not open.
//!
//! HKDF is fast, which is right for generated secrets: Keycloak's have 32 random characters. The reference requires a
//! long secret, because a short one could be guessed from a stolen file. A slow derivation would double the time of a call.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use crate::base::secret::Secret;
use crate::token::cache::hex;

/// The format's name and version. Files of another version do not open, and are not deleted as broken.
const MAGIC: &[u8; 8] = b"ctoken\0\x01";
const SALT: usize = 32;
/// Bytes of the head: magic, salt, and when the file expires, in seconds since 1970.
pub const HEAD: usize = MAGIC.len() + SALT + 8;
const KEY: usize = 32;

/// Bytes of a secret's tag, which distinguishes the files of two secrets and reveals neither.
pub const TAG: usize = 8;

/// Derives tags and keys from a secret. It opens every file of the secret, so it never leaves the process.
pub struct SecretKeys(Prk);

#[derive(Clone)]
pub struct FileKey(pub Zeroizing<[u8; KEY]>);

impl SecretKeys {
    pub fn of(secret: &Secret) -> Self {
        Self(Salt::new(HKDF_SHA256, MAGIC).extract(secret.expose().as_bytes()))
    }

    /// The secret's tag in the names of a binding's files.
    pub fn tag(&self, binding: &str) -> [u8; TAG] {
        let bytes = self.expand(&[b"tag", binding.as_bytes()]);
        std::array::from_fn(|at| bytes[at])
    }

    /// The secret's tag in the names of a binding's keys in a shared cache.
    pub fn store_tag(&self, binding: &str) -> String {
        hex(&self.expand(&[b"store", binding.as_bytes()])[..16])
    }

    /// The key of the file `name` that starts with `head`; `None` if the head is too short.
    pub fn file_key(&self, name: &str, head: &[u8]) -> Option<FileKey> {
        let salt = head.get(MAGIC.len()..MAGIC.len() + SALT)?;
        Some(FileKey(self.expand(&[b"file", name.as_bytes(), salt])))
    }

    fn expand(&self, info: &[&[u8]]) -> Zeroizing<[u8; KEY]> {
        let mut bytes = Zeroizing::new([0; KEY]);
        // HKDF fails only beyond 255 times 32 bytes.
        let filled = self.0.expand(info, HKDF_SHA256).and_then(|key| key.fill(&mut *bytes));
        debug_assert!(filled.is_ok());
        bytes
    }
}

/// Hexadecimal digits that no other machine has; zeros without random bytes.
pub fn random() -> String {
    let mut bytes = [0; 16];
    let _ = SystemRandom::new().fill(&mut bytes);
    hex(&bytes)
}

/// Seals `content` for the file `name`, which expires at that second since 1970; `None` without random bytes.
pub fn seal(keys: &SecretKeys, name: &str, expires_at: u64, content: &[u8]) -> Option<(Vec<u8>, FileKey)> {
    let mut salt = [0; SALT];
    SystemRandom::new().fill(&mut salt).ok()?;
    let head = [&MAGIC[..], &salt, &expires_at.to_be_bytes()].concat();
    let key = keys.file_key(name, &head)?;
    let mut sealed = content.to_vec();
    key.aead()?.seal_in_place_append_tag(nonce(), Aad::from(&head), &mut sealed).ok()?;
    Some(([head, sealed].concat(), key))
}

/// The sealed content; `None` if `key` is wrong or a bit has changed.
pub fn open(key: &FileKey, mut file: Vec<u8>) -> Option<Vec<u8>> {
    if file.len() < HEAD || !file.starts_with(MAGIC) {
        return None;
    }
    let mut sealed = file.split_off(HEAD);
    let length = key.aead()?.open_in_place(nonce(), Aad::from(&file), &mut sealed).ok()?.len();
    sealed.truncate(length);
    Some(sealed)
}

/// When a file expires, in seconds since 1970, according to its head; `None` for another version.
pub fn expires_at(head: &[u8; HEAD]) -> Option<u64> {
    let moment = head.last_chunk().filter(|_| head.starts_with(MAGIC))?;
    Some(u64::from_be_bytes(*moment))
}

impl FileKey {
    fn aead(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &*self.0).ok().map(LessSafeKey::new)
    }
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "entry";

    fn keys(secret: &str) -> SecretKeys {
        SecretKeys::of(&Secret::new(secret.into()).unwrap())
    }

    fn opened(keys: &SecretKeys, name: &str, file: &[u8]) -> Option<Vec<u8>> {
        let key = keys.file_key(name, file)?;
        open(&key, file.to_vec())
    }

    #[test]
    fn it_opens_under_its_own_secret_and_name_alone() {
        for length in [0, 1, 63, 64, 65, 1_000, 100_000] {
            let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let (file, key) = seal(&keys("secret-a"), NAME, 7, &content).unwrap();
            assert_eq!(opened(&keys("secret-a"), NAME, &file).as_ref(), Some(&content));
            assert_eq!(open(&key, file.clone()).as_ref(), Some(&content));
            assert_eq!(opened(&keys("secret-b"), NAME, &file), None);
            assert_eq!(opened(&keys("secret-a"), "another", &file), None);
            assert_eq!(expires_at(file.first_chunk().unwrap()), Some(7));
        }
    }

    #[test]
    fn no_bit_can_change_and_no_byte_be_missing() {
        let keys = keys("secret-a");
        let (file, _) = seal(&keys, NAME, 7, b"what is kept").unwrap();
        for at in 0..file.len() * 8 {
            let mut flipped = file.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert_eq!(opened(&keys, NAME, &flipped), None, "bit {at}");
        }
        for length in 0..file.len() {
            assert_eq!(opened(&keys, NAME, &file[..length]), None, "{length} bytes");
        }
        assert_eq!(opened(&keys, NAME, &[&file[..], b"\0"].concat()), None);
    }

    #[test]
    fn two_seals_of_the_same_have_nothing_in_common() {
        let keys = keys("secret-a");
        let [a, b] = [0, 1].map(|_| seal(&keys, NAME, 7, &[0; 64]).unwrap().0);
        assert_ne!(a[MAGIC.len()..MAGIC.len() + SALT], b[MAGIC.len()..MAGIC.len() + SALT]);
        assert_ne!(a[HEAD..], b[HEAD..]);
        assert!(!a[HEAD..].windows(8).any(|window| window == [0; 8]));
    }

    #[test]
    fn a_tag_belongs_to_a_secret_and_a_binding() {
        let tags = [("a", "x"), ("b", "x"), ("a", "y")].map(|(secret, binding)| keys(secret).tag(binding));
        assert!(tags[0] != tags[1] && tags[0] != tags[2] && tags[1] != tags[2]);
        assert_eq!(tags[0], keys("a").tag("x"));
    }
}
