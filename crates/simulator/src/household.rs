//! Households: what siblings share.

use crate::district::District;
use crate::draw::Topic;
use crate::quirk::Quirk;

/// Chances that a household has none, one, two … seven contacts, of a thousand: 1.6 on average.
const CONTACTS: [u64; 8] = [120, 358, 380, 90, 38, 9, 4, 1];

/// A household.
#[derive(Clone, Debug)]
pub(crate) struct Household {
    pub(crate) id: u64,
    pub(crate) zone: u64,
    pub(crate) group: usize,
    /// The family name most children have, and the other parent's.
    pub(crate) family: &'static str,
    pub(crate) second: &'static str,
    pub(crate) language: &'static str,
    pub(crate) low_income: bool,
    /// Contacts on day 0.
    pub(crate) contacts: u64,
    /// Whether its contacts have ids of their own.
    pub(crate) sis_ids: bool,
}

/// Where a household lives.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) city: &'static str,
    pub(crate) zip: &'static str,
}

impl District {
    pub(crate) fn household(&self, id: u64, zone: u64) -> Household {
        let mut draw = self.keys.draw(Topic::Household, id);
        let group = self.group_of(zone, &mut draw);
        let family = self.data.family(group, &mut draw);
        let other = if draw.chance(80_000) {
            self.group_of(zone, &mut draw)
        } else {
            group
        };
        let second = self.data.family(other, &mut draw);
        let languages = self.data.group(group).map(|group| &group.languages);
        let language = languages.map_or("English", |languages| languages.pick(&mut draw));
        let mut at = draw.below(1_000);
        let contacts = CONTACTS
            .iter()
            .position(|&share| match at.checked_sub(share) {
                Some(rest) => {
                    at = rest;
                    false
                }
                None => true,
            });
        let poverty = 250 + self.zone(zone).map_or(0, |zone| zone.poverty);
        Household {
            id,
            zone,
            group,
            family,
            second,
            language,
            low_income: draw.below(1_000) < poverty,
            contacts: contacts.unwrap_or(1) as u64,
            sis_ids: !self.placed.has(Quirk::ContactWithoutSisId, id),
        }
    }

    /// How often a household has moved house by a day.
    pub(crate) fn house_moves(&self, household: u64, day: u32) -> u64 {
        let chain = &self.chains.household_move;
        chain.events(&self.keys, household, 0, day).count() as u64
    }

    pub(crate) fn address(&self, household: u64, zone: u64, moves: u64) -> Address {
        let mut draw = self.keys.draw2(Topic::Street, household, moves);
        let streets = &self.data.streets;
        let street = draw.one_of(streets, "Main");
        let kind = self.data.street_kinds.pick(&mut draw);
        let mut text = format!("{} {street} {kind}", draw.between(1, 9_899));
        if draw.chance(120_000) {
            let letter = char::from(b'A' + u8::try_from(draw.below(8)).unwrap_or_default());
            text = format!("{text}, Apt {}{letter}", draw.between(1, 32));
        }
        let beside = u64::from(!draw.chance(850_000));
        let (city, zip) = self.place(zone + beside);
        Address {
            street: text,
            city,
            zip,
        }
    }
}
