//! Which record has which quirk.

use crate::draw::{Keys, Topic};
use crate::plan::Plan;
use crate::quirk::{Among, Quirk};
use crate::spots::Spots;

/// From so many records on, a rare quirk is placed by count, so that none is missing by chance.
const AT_LEAST_THREE: u64 = 1_000;
const AT_LEAST_ONE: u64 = 200;
/// Quirks at least this common (of a million), among at least so many records, are tossed for.
const COMMON: u64 = 10_000;
const MANY: u64 = 5_000;

#[derive(Clone, Copy, Debug)]
enum Place {
    Never,
    Tossed { rate: u64, population: u64 },
    Counted(Spots),
}

/// The quirks of one district.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    keys: Keys,
    places: Vec<Place>,
}

impl Placed {
    pub(crate) fn new(plan: &Plan, keys: &Keys) -> Self {
        let places = Quirk::ALL.iter().map(|&quirk| {
            let (among, rate) = quirk.placing();
            let population = match among {
                Among::Schools => plan.schools.len() as u64,
                Among::Students => plan.students,
                Among::Teachers => plan.posts,
                Among::Staff => plan.staff,
                Among::Sections => plan.sections,
                Among::Households => u64::MAX,
                Among::Natural | Among::Churn => 0,
            };
            place(rate, population)
        });
        Self {
            keys: keys.clone(),
            places: places.collect(),
        }
    }

    /// No quirks at all.
    pub(crate) fn none(keys: &Keys) -> Self {
        Self {
            keys: keys.clone(),
            places: Vec::new(),
        }
    }

    /// Whether the record has the quirk. Records beyond those of day 0 have the common ones only.
    pub(crate) fn has(&self, quirk: Quirk, at: u64) -> bool {
        self.number(quirk, at).is_some()
    }

    /// The record that has a rare quirk as the n-th, counted round and round.
    pub(crate) fn nth(&self, quirk: Quirk, number: u64) -> Option<u64> {
        match self.places.get(quirk as usize)? {
            Place::Counted(spots) => spots.nth(&self.keys, Topic::Quirk, quirk as u64, number),
            Place::Never | Place::Tossed { .. } => None,
        }
    }

    /// Like [`Self::has`]; the number of the record among those that have the quirk, 0 when it is common.
    pub(crate) fn number(&self, quirk: Quirk, at: u64) -> Option<u64> {
        let tag = quirk as u64;
        match self.places.get(quirk as usize)? {
            Place::Never => None,
            Place::Tossed { rate, population } => {
                let mut draw = self.keys.draw2(Topic::Quirk, tag, at);
                (at < *population && draw.chance(*rate)).then_some(0)
            }
            Place::Counted(spots) => spots.at(&self.keys, Topic::Quirk, tag, at),
        }
    }
}

fn place(rate: u64, population: u64) -> Place {
    if rate == 0 || population == 0 {
        return Place::Never;
    }
    if rate >= COMMON && population >= MANY || population == u64::MAX {
        return Place::Tossed { rate, population };
    }
    let least = match population {
        AT_LEAST_THREE.. => 3,
        AT_LEAST_ONE.. => 1,
        _ => 0,
    };
    Place::Counted(Spots {
        count: (population * rate / 1_000_000).max(least),
        population,
    })
}
