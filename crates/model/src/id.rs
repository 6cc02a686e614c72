//! Published ids and the ranges they are given from (clever-api 1.2, district-side 5.1, layout idea 1).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A published id: twelve bytes, shown as 24 lower-case hexadecimal digits.
///
/// The first four bytes are the second in which its range was reserved, so ids grow with creation; the next five are
/// the range's fence, the last three a counter. Ids are unique over districts and kinds (clever-api 1.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ObjectId([u8; 12]);

impl ObjectId {
    /// Number of bytes of an id.
    pub const LEN: usize = 12;

    /// An id from its bytes.
    pub const fn new(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// An id from its bytes, `None` unless there are exactly twelve.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// The twelve bytes, in the order in which ids sort.
    pub const fn bytes(&self) -> &[u8; 12] {
        &self.0
    }

    /// Reads 24 hexadecimal digits of either case; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: &[u8; 24] = text.as_bytes().try_into().ok()?;
        let mut bytes = [0; 12];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let mut value = 0;
            for digit in pair {
                value = value << 4 | (*digit as char).to_digit(16)?;
            }
            *byte = u8::try_from(value).ok()?;
        }
        Some(Self(bytes))
    }

    /// The 24 lower-case digits as bytes, without allocating.
    pub fn hex(&self) -> [u8; 24] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 24];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = DIGITS.get(usize::from(byte >> 4)).copied().unwrap_or(b'0');
                *low = DIGITS.get(usize::from(byte & 15)).copied().unwrap_or(b'0');
            }
        }
        text
    }

    /// The 24 lower-case digits.
    pub fn to_hex(self) -> String {
        self.hex().iter().map(|&digit| digit as char).collect()
    }

    /// The second (Unix time) in which the range of this id was reserved.
    pub fn seconds(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hex(&text)
            .ok_or_else(|| serde::de::Error::custom("an id has 24 hexadecimal digits"))
    }
}

/// Ids set aside for one run before any of them is written.
///
/// Each range begins in a second of its own, later than every earlier range of the district, so ids of later runs sort
/// after ids of earlier ones even when the clock steps back. A range of more than 2^24 ids runs on into the following
/// seconds, which the reservation takes too. The fence is drawn at random per range and never repeated within one
/// second of an installation, so even a restored backup cannot give an id twice (layout idea 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdRange {
    /// First second of the range, Unix time.
    pub seconds: u32,
    /// Five random bytes, the same in every id of the range.
    pub fence: [u8; 5],
    /// How many ids the range holds.
    pub count: u64,
}

impl IdRange {
    /// How many ids fit into one second: the counter has three bytes.
    pub const PER_SECOND: u64 = 1 << 24;

    /// The id at `index`, ascending with it; `None` past the end of the range or of the calendar (the year 2106).
    pub fn get(&self, index: u64) -> Option<ObjectId> {
        if index >= self.count {
            return None;
        }
        let seconds = self
            .seconds
            .checked_add(u32::try_from(index / Self::PER_SECOND).ok()?)?;
        let counter = u32::try_from(index % Self::PER_SECOND).ok()?;
        let mut bytes = [0; 12];
        let parts = seconds
            .to_be_bytes()
            .into_iter()
            .chain(self.fence)
            .chain(counter.to_be_bytes().into_iter().skip(1));
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        Some(ObjectId(bytes))
    }

    /// The last second the range uses: the next range of the district must begin after it.
    pub fn last_second(&self) -> u32 {
        let spill = self.count.saturating_sub(1) / Self::PER_SECOND;
        self.seconds
            .saturating_add(u32::try_from(spill).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_refuses_everything_else() {
        let id = ObjectId::new([
            0x5f, 0, 0xaa, 0x11, 0xbb, 0x22, 0xcc, 0x33, 0xdd, 0x44, 0xee, 0x01,
        ]);
        assert_eq!(id.to_hex(), "5f00aa11bb22cc33dd44ee01");
        assert_eq!(ObjectId::from_hex("5F00AA11BB22CC33DD44EE01"), Some(id));
        for bad in [
            "",
            "5f00aa11bb22cc33dd44ee0",
            "5f00aa11bb22cc33dd44ee011",
            "5g00aa11bb22cc33dd44ee01",
            "5f00aa11bb22cc33dd44e\u{e9}",
        ] {
            assert_eq!(ObjectId::from_hex(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_range_ascends_over_the_end_of_its_second() {
        let range = IdRange {
            seconds: 1000,
            fence: [9; 5],
            count: IdRange::PER_SECOND + 2,
        };
        let ids: Vec<_> = [
            0,
            1,
            IdRange::PER_SECOND - 1,
            IdRange::PER_SECOND,
            IdRange::PER_SECOND + 1,
        ]
        .into_iter()
        .map(|index| range.get(index).unwrap())
        .collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert_eq!(range.get(range.count), None);
        assert_eq!(range.last_second(), 1001);
        assert_eq!(ids[4].seconds(), 1001);
    }
}
