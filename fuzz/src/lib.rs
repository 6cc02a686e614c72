//! What the fuzz targets share: a published sample to damage, and walks that touch everything a reader gives.

pub mod intake;
pub mod sample;
pub mod totals;
pub mod walk;

/// Splits off the first bytes of an input, which choose how the rest is read.
pub fn choices<const N: usize>(input: &[u8]) -> Option<([u8; N], &[u8])> {
    input
        .split_first_chunk::<N>()
        .map(|(choices, rest)| (*choices, rest))
}
