//! Ids and account names.

use unicode_normalization::UnicodeNormalization;

/// Numbers that look as if a SIS had given them: all of one length, in no visible order, each used once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbering {
    /// A power of ten.
    span: u64,
    /// The digit in front.
    lead: u64,
}

/// Without a divisor common with ten: multiplying permutes the numbers of a span.
const STEP: u64 = 7_368_787;
/// How often a seat can change hands before numbers would repeat.
const GENERATIONS: u64 = 40;

impl Numbering {
    pub(crate) fn new(seats: u64, least: u32, lead: u64) -> Self {
        let mut span = 10_u64.pow(least);
        while span < seats * GENERATIONS {
            span *= 10;
        }
        Self { span, lead }
    }

    /// The digits behind the leading one.
    pub(crate) fn tail(self, unique: u64) -> u64 {
        (unique % self.span)
            .wrapping_mul(STEP)
            .wrapping_add(self.span / 3)
            % self.span
    }

    pub(crate) fn id(self, unique: u64) -> u64 {
        self.lead * self.span + self.tail(unique)
    }

    /// An id that nobody has.
    pub(crate) fn stranger(self, of: u64) -> String {
        ((self.lead + 1) * self.span + of % self.span).to_string()
    }

    /// The number with a zero in place of its leading digit.
    pub(crate) fn zero_led(self, unique: u64) -> String {
        let digits = self.span.ilog10() as usize;
        format!("0{:0digits$}", self.tail(unique))
    }
}

/// A name as account names hold it: small ASCII letters and digits.
pub(crate) fn fold(name: &str) -> String {
    name.nfd()
        .filter_map(|letter| match letter {
            'đ' | 'Đ' => Some('d'),
            'ł' | 'Ł' => Some('l'),
            'ø' | 'Ø' => Some('o'),
            _ if letter.is_ascii_alphanumeric() => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// A telephone number of ten digits, with the area code of the district.
pub(crate) fn phone(bits: u64) -> u64 {
    // The exchange 555 is for fiction.
    let area = [303, 720, 970, 719];
    let at = usize::try_from(bits % 4).unwrap_or_default();
    let area = area.get(at).copied().unwrap_or(303);
    area * 10_000_000 + 5_550_000 + (bits >> 2) % 10_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_are_distinct() {
        let numbering = Numbering::new(5_100, 6, 1);
        let ids: BTreeSet<u64> = (0..100_000).map(|unique| numbering.id(unique)).collect();
        assert_eq!(ids.len(), 100_000);
        assert!(ids.iter().all(|id| (1_000_000..2_000_000).contains(id)));
        assert_eq!(numbering.zero_led(0).len(), 7);
    }

    #[test]
    fn names_become_account_names() {
        assert_eq!(fold("Nguyễn Đức"), "nguyenduc");
        assert_eq!(fold("O'Brien-Łukasz"), "obrienlukasz");
        assert_eq!(fold("María José"), "mariajose");
    }
}
