//! Choices with weights.

use crate::draw::{Draw, index};

/// A list of choices, each as likely as its weight says.
#[derive(Clone, Debug)]
pub(crate) struct Weighted<T> {
    choices: Vec<T>,
    /// Running sums of the weights.
    sums: Vec<u64>,
}

impl<T: Copy + Default> Weighted<T> {
    pub(crate) fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or_default()
    }

    /// One choice; the default of an empty list.
    pub(crate) fn pick(&self, draw: &mut Draw) -> T {
        let at = draw.below(self.total());
        let place = self.sums.partition_point(|&sum| sum <= at);
        self.choices.get(place).copied().unwrap_or_default()
    }

    /// The choice number `at`, counted round and round.
    pub(crate) fn nth(&self, at: u64) -> T {
        let place = at.checked_rem(self.choices.len() as u64);
        place
            .and_then(|place| self.choices.get(index(place)))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.choices.len()
    }
}

impl<T> FromIterator<(u64, T)> for Weighted<T> {
    fn from_iter<I: IntoIterator<Item = (u64, T)>>(iter: I) -> Self {
        let mut sum = 0;
        let (sums, choices) = iter
            .into_iter()
            .map(|(weight, choice)| {
                sum += weight;
                (sum, choice)
            })
            .unzip();
        Self { choices, sums }
    }
}
