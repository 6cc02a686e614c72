//! Minutes and units of progress, exact to six decimals.

use std::{fmt, iter::Sum, ops::Add};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How many millionths make one.
const ONE: u64 = 1_000_000;

/// A quantity that is never negative: minutes, or units of progress, in whole millionths.
///
/// Apps send decimals (32.5, 4.2) and totals are compared for equality again and again, so a binary fraction would not do:
/// 0.1 sent ten times as an increment has to be 1. Six decimals hold what any app measures (a millionth of a minute is 60
/// microseconds); what has more is rounded to the nearest, halves upwards, which keeps the order of any two values. One
/// sent value is at most [`Amount::MOST`], so that it also survives a trip through the 53 bits of a JSON reader elsewhere;
/// sums may be larger, and stop at the largest that 64 bits hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The most that one submitted value may be: a thousand million.
    pub const MOST: Self = Self(1_000_000_000 * ONE);

    /// So many whole ones.
    pub const fn whole(count: u32) -> Self {
        Self(count as u64 * ONE)
    }

    /// So many millionths, the stored form.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// In millionths, the stored form. Of one submitted value it is at most 10^15.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Minutes of a duration, to the nearest millionth.
    pub fn of_millis(millis: u64) -> Self {
        // A millisecond is 50/3 millionths of a minute.
        let micros = (u128::from(millis) * 50 + 1) / 3;
        Self(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Reads a decimal number: digits, a point and digits, an exponent; `None` for anything else, for less than zero and
    /// for more than [`Amount::MOST`]. JSON and CSV are read by this one function, so they cannot differ.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] | rest => (false, rest),
        };
        let (mantissa, scale) = decimal(rest)?;
        let micros = shifted(mantissa, scale.checked_add(6)?)?;
        let amount = Self(micros);
        ((!negative || mantissa == 0) && amount <= Self::MOST).then_some(amount)
    }

    /// What is left after taking `other` away; nothing where it is more.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `part` of `whole` of it, rounded down; all of it where `whole` is zero.
    #[must_use]
    pub fn share(self, part: u64, whole: u64) -> Self {
        let scaled = u128::from(self.0) * u128::from(part);
        let scaled = scaled
            .checked_div(u128::from(whole))
            .unwrap_or(u128::from(self.0));
        Self(u64::try_from(scaled).unwrap_or(u64::MAX))
    }

    /// How many hundredths of `other` it is, rounded down; `None` where `other` is nothing.
    pub fn percent_of(self, other: Self) -> Option<u32> {
        let percent = (u128::from(self.0) * 100).checked_div(u128::from(other.0))?;
        Some(u32::try_from(percent).unwrap_or(u32::MAX))
    }
}

/// The significant digits of a decimal number and the power of ten they stand for.
fn decimal(text: &[u8]) -> Option<(u64, i32)> {
    // Eighteen digits fit, and reach past the digit that rounds the largest value allowed; more change nothing.
    const KEPT: u64 = 100_000_000_000_000_000;
    let (mut mantissa, mut scale) = (0_u64, 0_i32);
    let (mut digits, mut point) = (false, false);
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        match byte {
            b'0'..=b'9' => {
                digits = true;
                if mantissa < KEPT {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    scale = scale.checked_sub(i32::from(point))?;
                } else {
                    scale = scale.checked_add(i32::from(!point))?;
                }
            }
            b'.' if !point => point = true,
            b'e' | b'E' if digits => {
                return Some((mantissa, scale.saturating_add(exponent(after)?)));
            }
            _ => return None,
        }
        rest = after;
    }
    digits.then_some((mantissa, scale))
}

fn exponent(text: &[u8]) -> Option<i32> {
    let (sign, digits) = match text {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] | rest => (1, rest),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i32;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        // Far beyond any value allowed, so that adding to it cannot overflow.
        value = (value * 10 + i32::from(digit - b'0')).min(100_000);
    }
    Some(sign * value)
}

/// `mantissa` times ten to the power of `scale`, rounded to the nearest, halves upwards; `None` past 64 bits.
fn shifted(mantissa: u64, scale: i32) -> Option<u64> {
    if mantissa == 0 {
        return Some(0);
    }
    let power = scale.unsigned_abs();
    if scale >= 0 {
        return mantissa.checked_mul(10_u64.checked_pow(power)?);
    }
    match 10_u64.checked_pow(power) {
        Some(divisor) => Some(mantissa / divisor + u64::from(mantissa % divisor >= divisor / 2)),
        // The mantissa has at most eighteen digits, so less than a tenth is left of it.
        None => Some(0),
    }
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Amount {
    /// The shortest decimal: `32.5`, `4`, `0.000001`. It is a JSON number too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / ONE, self.0 % ONE);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{rest:06}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Amount {
    /// A number. Up to nine thousand million it reads back as the same amount.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(ONE) {
            return serializer.serialize_u64(self.0 / ONE);
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "up to 2^53 millionths nothing is lost, beyond it less than anybody reads"
        )]
        let value = self.0 as f64 / ONE as f64;
        serializer.serialize_f64(value)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        // The shortest decimal of a float is the one that was written, if it had up to fifteen digits.
        Self::parse(number.to_string().as_bytes())
            .ok_or_else(|| de::Error::custom("an amount is a number from 0 to 1000000000"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_are_exact_to_the_millionth_and_rounded_beyond() {
        for (text, micros) in [
            ("0", 0),
            ("-0.0", 0),
            ("126", 126_000_000),
            ("32.5", 32_500_000),
            ("4.2", 4_200_000),
            ("1e2", 100_000_000),
            ("12.5E-1", 1_250_000),
            ("0.0000004", 0),
            ("0.0000005", 1),
            ("4.199999999999999", 4_200_000),
            ("0.1000000000000000055511151231257827", 100_000),
            ("000000000000000000000000000000001.5", 1_500_000),
            ("1000000000", 1_000_000_000_000_000),
            ("1000000000000000000000000000000e-25", 100_000_000_000),
            ("0e999999999999", 0),
            ("1e-999999999999", 0),
            (".5", 500_000),
            ("5.", 5_000_000),
        ] {
            let read = Amount::parse(text.as_bytes());
            assert_eq!(read.map(Amount::micros), Some(micros), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "-1",
            "-0.1",
            "1e",
            "1e+",
            "1.2.3",
            "NaN",
            "inf",
            "1e999",
            "1000000000.1",
            "1,5",
            " 1",
            "0x10",
            "1e5e5",
            "99999999999999999999999999999999",
        ] {
            assert_eq!(Amount::parse(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn milliseconds_are_minutes_to_the_nearest_millionth() {
        assert_eq!(Amount::of_millis(60_000), Amount::whole(1));
        assert_eq!(Amount::of_millis(1).micros(), 17);
        assert_eq!(Amount::of_millis(2).micros(), 33);
    }

    proptest! {
        #[test]
        fn amounts_come_back_from_text_and_from_json(micros in 0..=Amount::MOST.micros()) {
            let amount = Amount::from_micros(micros);
            prop_assert_eq!(Amount::parse(amount.to_string().as_bytes()), Some(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(Amount::parse(json.as_bytes()), Some(amount));
            prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+.eE0-9]{0,40}") {
            let _ = Amount::parse(text.as_bytes());
        }

        #[test]
        fn reading_keeps_the_order(a in 0.0..1e9_f64, b in 0.0..1e9_f64) {
            let read = |value: f64| Amount::parse(value.to_string().as_bytes()).unwrap();
            prop_assert!(a > b || read(a) <= read(b));
        }
    }
}
