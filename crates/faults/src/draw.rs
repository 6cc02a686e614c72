//! What is random, from a seed: the same question gets the same answer.

use homeroom_model::ObjectId;

/// Draws numbers from a seed.
#[derive(Clone)]
pub(crate) struct Draw([u8; 32]);

/// Rates count in millionths.
pub(crate) const WHOLE: u64 = 1_000_000;

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(blake3::derive_key(
            "homeroom faults 2026-11-22",
            &seed.to_be_bytes(),
        ))
    }

    fn hash(&self, what: &str, about: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        for part in [what.as_bytes()].iter().chain(about) {
            // Lengths keep parts apart.
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// So many bytes about something, at most 32.
    fn bytes<const N: usize>(&self, what: &str, about: &[&[u8]]) -> [u8; N] {
        let hash = self.hash(what, about);
        std::array::from_fn(|at| hash.get(at).copied().unwrap_or_default())
    }

    /// A number about something.
    pub(crate) fn number(&self, what: &str, about: &[&[u8]]) -> u64 {
        u64::from_be_bytes(self.bytes(what, about))
    }

    /// Whether something that happens at a rate happens here.
    pub(crate) fn happens(&self, rate: u32, what: &str, about: &[&[u8]]) -> bool {
        self.number(what, about) % WHOLE < u64::from(rate)
    }

    /// An id that goes with another one, and sorts as it does: second and counter of that, then five bytes about something.
    pub(crate) fn renamed(&self, real: ObjectId, depends: &str) -> ObjectId {
        let mut bytes = *real.bytes();
        let five: [u8; 5] = self.bytes("id", &[real.bytes(), depends.as_bytes()]);
        // Second, five bytes, counter (clever-api 1.2): the counter goes forward.
        let (_, behind) = bytes.split_at_mut(4);
        behind.rotate_right(3);
        let (_, end) = behind.split_at_mut(3);
        end.copy_from_slice(&five);
        ObjectId::new(bytes)
    }

    /// An id that is nobody's.
    pub(crate) fn foreign(&self, of: &str) -> ObjectId {
        let mut bytes: [u8; 12] = self.bytes("foreign", &[of.as_bytes()]);
        // A time that ids have.
        bytes[0] = 0x4f;
        ObjectId::new(bytes)
    }

    /// Forty hexadecimal digits that follow from a text.
    pub(crate) fn token(&self, of: &str) -> String {
        use std::fmt::Write as _;
        let bytes: [u8; 20] = self.bytes("token", &[of.as_bytes()]);
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_draw_alike_and_rates_hold() {
        let (one, two) = (Draw::new(1), Draw::new(2));
        assert_eq!(one.number("a", &[b"b"]), Draw::new(1).number("a", &[b"b"]));
        assert_ne!(one.number("a", &[b"b"]), two.number("a", &[b"b"]));
        assert_ne!(
            one.number("a", &[b"bc", b"d"]),
            one.number("a", &[b"b", b"cd"])
        );
        let happened = (0_u32..10_000)
            .filter(|about| one.happens(100_000, "x", &[&about.to_be_bytes()]))
            .count();
        assert!((900..1100).contains(&happened), "{happened}");
        assert!(!one.happens(0, "x", &[]) && one.happens(1_000_000, "x", &[]));
        assert_eq!(one.token("t").len(), 40);
    }
}
