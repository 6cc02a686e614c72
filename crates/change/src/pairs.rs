//! Pairing what goes with what comes, by fingerprints.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use crate::keys::Uniform;
use crate::matches::NO_ROW;

/// What two records have in common, as a number. Equal numbers say "probably the same", which is all that is made of it:
/// no identity hangs on one. Nothing can be read out of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl Fingerprint {
    /// Of a text whose capital letters do not count; `None` of nothing.
    pub(crate) fn without_case(text: &str) -> Option<Self> {
        let mut hasher = DefaultHasher::new();
        lower(text, &mut hasher);
        (!text.is_empty()).then(|| Self(hasher.finish()))
    }

    /// Of a key whose zeros in front do not count; `None` of nothing and of zeros only.
    pub(crate) fn without_zeros(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('0');
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        (!text.is_empty()).then(|| Self(hasher.finish()))
    }

    /// Of a name and something else; `None` if either is missing.
    pub(crate) fn of_two(name: &str, other: &str) -> Option<Self> {
        if name.is_empty() || other.is_empty() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        lower(name, &mut hasher);
        lower(other, &mut hasher);
        Some(Self(hasher.finish()))
    }

    /// Of a person; `None` without any name.
    pub(crate) fn of_person(first: &str, last: &str, dob: &[u8]) -> Option<Self> {
        if first.is_empty() && last.is_empty() {
            return None;
        }
        let mut hasher = DefaultHasher::new();
        lower(first, &mut hasher);
        lower(last, &mut hasher);
        hasher.write(dob);
        Some(Self(hasher.finish()))
    }

    /// Of a section: rows of what it belongs to, and texts.
    pub(crate) fn of_section(rows: [Option<u32>; 3], texts: [&[u8]; 2]) -> Self {
        let mut hasher = DefaultHasher::new();
        rows.hash(&mut hasher);
        texts.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// Feeds a text in small letters, and an end that no text holds.
fn lower(text: &str, hasher: &mut DefaultHasher) {
    if text.is_ascii() {
        for byte in text.bytes() {
            hasher.write_u8(byte.to_ascii_lowercase());
        }
    } else {
        for letter in text.chars().flat_map(char::to_lowercase) {
            hasher.write_u32(letter.into());
        }
    }
    hasher.write_u8(0xff);
}

/// One that goes and one that comes, by row; [`NO_ROW`] for none yet.
#[derive(Clone, Copy)]
struct Slot {
    old: u32,
    new: u32,
    /// Several on one side: nobody can say which is which.
    several: bool,
}

/// Finds pairs.
pub(crate) struct Pairs;

impl Pairs {
    /// The pairs with equal fingerprints that are alone with theirs on either side; ascending. 24 bytes per row that goes.
    pub(crate) fn find(
        old: impl Iterator<Item = (u32, Option<Fingerprint>)>,
        new: impl Iterator<Item = (u32, Option<Fingerprint>)>,
    ) -> Vec<(u32, u32)> {
        let mut slots: HashMap<Fingerprint, Slot, BuildHasherDefault<Uniform>> = HashMap::default();
        for (row, print) in old {
            let Some(print) = print else { continue };
            let slot = slots.entry(print).or_insert(Slot {
                old: NO_ROW,
                new: NO_ROW,
                several: false,
            });
            slot.several |= slot.old != NO_ROW;
            slot.old = row;
        }
        for (row, print) in new {
            let Some(slot) = print.and_then(|print| slots.get_mut(&print)) else {
                continue;
            };
            slot.several |= slot.new != NO_ROW;
            slot.new = row;
        }
        let alone = slots.values();
        let alone = alone.filter(|slot| slot.new != NO_ROW && !slot.several);
        let mut pairs: Vec<_> = alone.map(|slot| (slot.old, slot.new)).collect();
        pairs.sort_unstable();
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(old: &[&str], new: &[&str]) -> Vec<(u32, u32)> {
        let print = |texts: &[&str]| -> Vec<_> {
            let prints = texts.iter().map(|text| Fingerprint::without_case(text));
            (0..).zip(prints).collect()
        };
        Pairs::find(print(old).into_iter(), print(new).into_iter())
    }

    #[test]
    fn only_what_is_alone_on_both_sides_is_a_pair() {
        assert_eq!(pairs(&["a", "b"], &["B", "A"]), [(0, 1), (1, 0)]);
        assert_eq!(pairs(&["a", "a", "b"], &["A", "b", "c"]), [(2, 1)]);
        assert_eq!(pairs(&["a", "b"], &["A", "a", "b"]), [(1, 2)]);
        assert_eq!(pairs(&["", ""], &["", "a"]), []);
    }

    #[test]
    fn zeros_count_in_front_only() {
        let of = Fingerprint::without_zeros;
        assert!(of("0042") == of("42") && of("042") == of("42"));
        assert!(of("420") != of("42") && of("000").is_none());
    }
}
