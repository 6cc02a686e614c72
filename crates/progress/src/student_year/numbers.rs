//! Numbers of variable length.

use homeroom_goals::Amount;

use super::Damaged;

/// Ten to the power of so many decimals, for every number of decimals that an amount may have.
const POWERS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Writes numbers.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Seven bits to a byte, the lowest first; the eighth says that more follow.
    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
            number >>= 7;
        }
        self.0.push(u8::try_from(number).unwrap_or(0));
    }

    /// Small numbers of either sign are short.
    pub(crate) fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63).cast_unsigned());
    }

    /// An amount: what decimals it has, and the number without the point. What apps send has few.
    pub(crate) fn amount(&mut self, amount: Amount) {
        let (digits, decimals) = shortened(amount.micros().min(Amount::MOST.micros()));
        self.number(digits * 7 + decimals);
    }

    /// What leads from one amount in millionths to the next. Neither is more than [`Amount::MOST`].
    pub(crate) fn step(&mut self, from: u64, to: u64) {
        let to = to.min(Amount::MOST.micros());
        let (digits, decimals) = shortened(from.abs_diff(to));
        self.number((digits * 7 + decimals) << 1 | u64::from(to < from));
    }
}

/// A number of millionths without the zeros at its end, and how many decimals are left.
fn shortened(micros: u64) -> (u64, u64) {
    if micros.is_multiple_of(1_000_000) {
        return (micros / 1_000_000, 0);
    }
    if micros.is_multiple_of(1_000) {
        let thousandths = micros / 1_000;
        return match (thousandths % 100, thousandths % 10) {
            (0, _) => (thousandths / 100, 1),
            (_, 0) => (thousandths / 10, 2),
            _ => (thousandths, 3),
        };
    }
    (micros, 6)
}

/// Reads what a [`Writer`] wrote.
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn number(&mut self) -> Result<u64, Damaged> {
        let (mut number, mut shift) = (0_u64, 0_u32);
        loop {
            let (byte, rest) = self.rest.split_first().ok_or(Damaged)?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            if shift > 63 || bits << shift >> shift != bits {
                return Err(Damaged);
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    pub(crate) fn small(&mut self) -> Result<u32, Damaged> {
        u32::try_from(self.number()?).map_err(|_| Damaged)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Damaged> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    pub(crate) fn amount(&mut self) -> Result<Amount, Damaged> {
        let number = self.number()?;
        let micros = lengthened(number)?;
        (micros <= Amount::MOST.micros())
            .then_some(Amount::from_micros(micros))
            .ok_or(Damaged)
    }

    pub(crate) fn step(&mut self, from: u64) -> Result<u64, Damaged> {
        let number = self.number()?;
        let step = lengthened(number >> 1)?;
        let to = if number & 1 == 0 {
            from.checked_add(step)
        } else {
            from.checked_sub(step)
        };
        to.filter(|to| *to <= Amount::MOST.micros()).ok_or(Damaged)
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), Damaged> {
        self.rest.is_empty().then_some(()).ok_or(Damaged)
    }
}

fn lengthened(number: u64) -> Result<u64, Damaged> {
    let (digits, decimals) = (number / 7, number % 7);
    let missing = usize::try_from(6 - decimals).unwrap_or(0);
    let power = POWERS.get(missing).ok_or(Damaged)?;
    digits.checked_mul(*power).ok_or(Damaged)
}
