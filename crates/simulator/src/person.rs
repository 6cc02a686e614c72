//! Names of people.

use crate::data::Data;
use crate::district::District;
use crate::draw::Draw;

/// People whose given name comes from the names of the whole country, of a million.
const COMMON_NAME: u64 = 180_000;
/// The group whose names are common everywhere.
const COMMON_GROUP: usize = 0;

impl Data {
    /// A given name.
    pub(crate) fn given(&self, group: usize, female: bool, draw: &mut Draw) -> &'static str {
        let group = if draw.chance(COMMON_NAME) {
            COMMON_GROUP
        } else {
            group
        };
        self.group(group).map_or("Alex", |group| {
            let names = if female { &group.female } else { &group.male };
            names.pick(draw)
        })
    }

    /// A family name.
    pub(crate) fn family(&self, group: usize, draw: &mut Draw) -> &'static str {
        self.group(group)
            .map_or("Reed", |group| group.last.pick(draw))
    }
}

/// An adult's name.
#[derive(Clone, Debug)]
pub(crate) struct Adult {
    pub(crate) first: &'static str,
    pub(crate) middle: &'static str,
    pub(crate) last: String,
}

impl District {
    /// An adult of the district's mix, as teachers and staff are; `renamed` counts changes of the family name.
    pub(crate) fn adult(&self, draw: &mut Draw, zone: u64, renamed: u64) -> Adult {
        // Adults are drawn from two zones at once: they commute.
        let zone = if draw.chance(500_000) { 0 } else { zone };
        let group = self.group_of(zone, draw);
        let female = draw.chance(740_000);
        let first = self.data.given(group, female, draw);
        let middle = self.data.given(group, female, draw);
        let middle = if draw.chance(550_000) { middle } else { "" };
        let mut last = self.data.family(group, draw).to_owned();
        let double = draw.chance(35_000);
        let second = self.data.family(group, draw);
        let mut later = draw.clone();
        for _ in 0..renamed {
            last.clear();
            last.push_str(self.data.family(group, &mut later));
        }
        if double && second != last {
            last = format!("{last}-{second}");
        }
        Adult {
            first,
            middle,
            last,
        }
    }
}
