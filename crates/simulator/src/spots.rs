//! Rare things at evenly spread, randomly jittered places: an exact count among any population, and the answer for
//! one place without knowing the others.

use crate::draw::{Keys, Topic};

/// So many places among so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spots {
    pub(crate) count: u64,
    pub(crate) population: u64,
}

impl Spots {
    /// Which of the things is at `at`, if one is. `topic` and `tag` name the kind of thing.
    pub(crate) fn at(self, keys: &Keys, topic: Topic, tag: u64, at: u64) -> Option<u64> {
        if self.count == 0 || at >= self.population {
            return None;
        }
        let stratum = self.stratum(at);
        (self.place(keys, topic, tag, stratum) == at).then_some(stratum)
    }

    /// How many of the things are before `at`.
    pub(crate) fn before(self, keys: &Keys, topic: Topic, tag: u64, at: u64) -> u64 {
        if self.count == 0 {
            return 0;
        }
        if at >= self.population {
            return self.count;
        }
        let stratum = self.stratum(at);
        stratum + u64::from(self.place(keys, topic, tag, stratum) < at)
    }

    /// The place of the n-th thing, counted round and round.
    pub(crate) fn nth(self, keys: &Keys, topic: Topic, tag: u64, number: u64) -> Option<u64> {
        let stratum = number.checked_rem(self.count)?;
        Some(self.place(keys, topic, tag, stratum))
    }

    fn stratum(self, at: u64) -> u64 {
        at * self.count / self.population
    }

    fn place(self, keys: &Keys, topic: Topic, tag: u64, stratum: u64) -> u64 {
        let low = (stratum * self.population).div_ceil(self.count);
        let high = ((stratum + 1) * self.population).div_ceil(self.count);
        low + keys.draw2(topic, tag, stratum).below(high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_exact_and_places_are_counted() {
        let keys = Keys::new(5);
        for (count, population) in [(0, 10), (1, 1), (3, 1_000), (7, 10), (10, 10), (250, 999)] {
            let spots = Spots { count, population };
            let mut seen = 0;
            for at in 0..population {
                assert_eq!(spots.before(&keys, Topic::Quirk, 4, at), seen);
                if let Some(number) = spots.at(&keys, Topic::Quirk, 4, at) {
                    assert_eq!(number, seen);
                    assert_eq!(spots.nth(&keys, Topic::Quirk, 4, number), Some(at));
                    seen += 1;
                }
            }
            assert_eq!(seen, count);
            assert_eq!(spots.at(&keys, Topic::Quirk, 4, population), None);
        }
    }
}
