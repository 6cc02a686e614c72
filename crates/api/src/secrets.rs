//! Tokens and secrets: found by digest, and handed back only where the API must (clever-api 7.5).

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use homeroom_model::ObjectId;
use homeroom_store::Digest;

/// The digest a token is kept and found by. Tokens are long random strings, so a fast hash is enough.
pub fn token_digest(token: &str) -> Digest {
    blake3::derive_key("homeroom 2026 district-app token", token.as_bytes())
}

/// The digest a client secret is kept by.
pub fn client_secret_digest(secret: &str) -> Digest {
    blake3::derive_key("homeroom 2026 client secret", secret.as_bytes())
}

/// The installation's master key: seals what must be handed back in the clear. It lies in a 0600 file beside the
/// installation's folder or comes from the environment, and is never inside a backup (settled).
pub struct MasterKey(RandomizedNonceKey);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Something could not be sealed or opened: another master key, or damaged bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a sealed token cannot be opened: this is another master key than the one it was sealed with"
)]
pub struct SealError;

impl MasterKey {
    /// Number of bytes of a key.
    pub const LEN: usize = 32;

    /// A key from its bytes.
    pub fn new(bytes: &[u8; Self::LEN]) -> Result<Self, SealError> {
        RandomizedNonceKey::new(&AES_256_GCM, bytes)
            .map(Self)
            .map_err(|_| SealError)
    }

    /// Seals a token for one connection: nonce, then AES-256-GCM over the token, bound to the connection's id.
    pub fn seal(&self, connection: ObjectId, token: &str) -> Result<Vec<u8>, SealError> {
        let mut text = token.as_bytes().to_vec();
        let aad = Aad::from(connection.bytes().as_slice());
        let nonce = self
            .0
            .seal_in_place_append_tag(aad, &mut text)
            .map_err(|_| SealError)?;
        Ok([nonce.as_ref().as_slice(), &text].concat())
    }

    /// Opens what was sealed for this connection.
    pub fn open(&self, connection: ObjectId, sealed: &[u8]) -> Result<String, SealError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        let mut text = text.to_vec();
        let aad = Aad::from(connection.bytes().as_slice());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self
            .0
            .open_in_place(nonce, aad, &mut text)
            .map_err(|_| SealError)?;
        String::from_utf8(plain.to_vec()).map_err(|_| SealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_under_its_key_and_for_its_connection() {
        let key = MasterKey::new(&[1; 32]).unwrap();
        let (one, other) = (ObjectId::new([1; 12]), ObjectId::new([2; 12]));
        let sealed = key.seal(one, "0123abcd").unwrap();
        assert_eq!(key.open(one, &sealed).as_deref(), Ok("0123abcd"));
        assert_eq!(key.open(other, &sealed), Err(SealError));
        assert_eq!(
            MasterKey::new(&[2; 32]).unwrap().open(one, &sealed),
            Err(SealError)
        );
        let mut damaged = sealed.clone();
        damaged[14] ^= 1;
        assert_eq!(key.open(one, &damaged), Err(SealError));
        assert_eq!(key.open(one, &[]), Err(SealError));
        assert_ne!(
            key.seal(one, "0123abcd").unwrap(),
            sealed,
            "every sealing draws a nonce of its own"
        );
    }

    #[test]
    fn digests_of_tokens_and_secrets_never_meet() {
        assert_ne!(token_digest("x"), client_secret_digest("x"));
        assert_eq!(token_digest("x"), token_digest("x"));
    }
}
