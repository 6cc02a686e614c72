//! When things happen: a chain of events per entity whose gaps are drawn from a geometric distribution, so the state
//! on day N is found by walking the few events up to it, without replaying the district, and day N is day N-1 plus
//! that day's events by construction. Integers only: floating point logarithms differ between machines.

use crate::draw::{Draw, Keys, Topic, index};

/// Days the chance of a gap is tabulated for; a longer gap means the event never comes.
const HORIZON: usize = 1_024;

/// One kind of event with its daily rate.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    topic: Topic,
    /// The chance, of 2^64, that nothing happened in the first n days.
    survive: Vec<u64>,
}

/// One happening.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) day: u32,
    /// Decides what happens.
    pub(crate) draw: Draw,
}

impl Chain {
    /// `rate`: events per million entities and day.
    pub(crate) fn new(topic: Topic, rate: u64) -> Self {
        let keep = u128::from(1_000_000_u64.saturating_sub(rate));
        let survive = std::iter::successors(Some(u64::MAX), |&left| {
            u64::try_from(u128::from(left) * keep / 1_000_000).ok()
        });
        Self {
            topic,
            survive: survive.take(HORIZON).collect(),
        }
    }

    /// The day of an entity's event that can happen once only, if it has come by `day`.
    pub(crate) fn once(&self, keys: &Keys, entity: u64, start: u32, day: u32) -> Option<Event> {
        self.next(keys, entity, 0, start, day)
    }

    /// Events after `start` up to and including `day`, in order.
    pub(crate) fn events<'a>(
        &'a self,
        keys: &'a Keys,
        entity: u64,
        start: u32,
        day: u32,
    ) -> impl Iterator<Item = Event> + 'a {
        let mut at = start;
        let mut number = 0;
        std::iter::from_fn(move || {
            let event = self.next(keys, entity, number, at, day)?;
            number += 1;
            at = event.day;
            Some(event)
        })
    }

    /// The entity's event number `number`, after day `start`, if it has come by `day`.
    pub(crate) fn next(
        &self,
        keys: &Keys,
        entity: u64,
        number: u64,
        start: u32,
        day: u32,
    ) -> Option<Event> {
        let room = day.checked_sub(start).filter(|&room| room > 0)?;
        let mut draw = keys.draw2(self.topic, entity, number);
        let fate = draw.next();
        let still = self
            .survive
            .get(index(u64::from(room)))
            .or(self.survive.last());
        if still.is_none_or(|&still| fate < still) {
            return None;
        }
        let gap = self.survive.partition_point(|&left| fate < left);
        let gap = u32::try_from(gap.max(1)).ok()?;
        Some(Event {
            day: start + gap,
            draw,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_kept() {
        let keys = Keys::new(9);
        let chain = Chain::new(Topic::Leave, 10_000);
        let on_day_1 = (0..100_000)
            .filter(|&entity| chain.once(&keys, entity, 0, 1).is_some())
            .count();
        assert!((900..1_100).contains(&on_day_1), "{on_day_1}");
    }

    #[test]
    fn later_days_only_add_events() {
        let keys = Keys::new(9);
        let chain = Chain::new(Topic::Leave, 50_000);
        for entity in 0..500 {
            let days = |last| {
                chain
                    .events(&keys, entity, 3, last)
                    .map(|event| event.day)
                    .collect::<Vec<_>>()
            };
            let (early, late) = (days(40), days(80));
            assert!(late.starts_with(&early));
            assert!(late.is_sorted() && late.iter().all(|&day| day > 3 && day <= 80));
            assert!(late.iter().skip(early.len()).all(|&day| day > 40));
        }
    }
}
