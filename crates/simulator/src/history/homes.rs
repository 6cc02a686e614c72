//! Households and their contacts.

use super::truth::{Happening, Noun};
use super::world::{ContactState, Home, Today};
use crate::contact::ContactStory;
use crate::draw::index;
use crate::identity::{fold, phone};

/// The most contacts of a student that are kept (district-side 2.3).
pub(super) const KEPT: usize = 5;
/// Households whose contacts have ids of their own, of a million.
const WITH_IDS: u64 = 500_000;
/// Children who come to a household that is known already, of a million.
const SIBLINGS: u64 = 300_000;

/// What identifies a contact (district-side 5.2).
pub(super) fn key(contact: &ContactState) -> String {
    let ContactState { name, email, .. } = contact;
    if !contact.sis_id.is_empty() {
        format!("id|{}", contact.sis_id)
    } else if !email.is_empty() {
        format!("email|{name}|{email}")
    } else if contact.phone > 0 {
        format!("phone|{name}|{}", contact.phone)
    } else {
        let (kind, relation) = (contact.kind, contact.relation);
        format!("words|{name}|{kind}|{relation}|")
    }
}

impl Today<'_> {
    /// A household for a new student in a zone: mostly a new one.
    pub(super) fn home(&mut self, zone: u64) -> usize {
        let known = self.world.homes.len();
        if known > 0 && self.draw.chance(SIBLINGS) {
            let at = index(self.draw.below(known as u64));
            let fits = |home: &Home| home.household.zone == zone;
            if self.world.homes.get(at).is_some_and(fits) {
                return at;
            }
        }
        let household = self.people.household(known as u64, zone);
        let ids = self.draw.chance(WITH_IDS);
        let count = household.contacts.min(KEPT as u64);
        self.world.homes.push(Home {
            household,
            moves: 0,
            contacts: Vec::new(),
            ids,
        });
        for _ in 0..count {
            self.add_contact(known);
        }
        known
    }

    fn add_contact(&mut self, at: usize) -> bool {
        let entity = self.world.entity();
        let Some(home) = self.world.homes.get(at) else {
            return false;
        };
        let number = home.contacts.len() as u64;
        if number >= KEPT as u64 {
            return false;
        }
        let story = ContactStory::default();
        let drawn = self.people.contact(&home.household, &story, number, 0);
        let (relation, kind) = match number {
            0 => ("Parent", "Parent/Guardian"),
            1 => ("Parent", "Secondary"),
            2 => ("Grandparent", "Emergency"),
            3 => ("Aunt/Uncle", "Family"),
            _ => ("Other", "Other"),
        };
        let ids = home.ids;
        let mut contact = ContactState {
            entity,
            name: drawn.name,
            phone: drawn.phone,
            // Somebody who came later is not who was there before.
            email: drawn.email.replace('@', &format!(".{entity}@")),
            sis_id: String::new(),
            relation,
            kind,
        };
        if ids {
            contact.sis_id = format!("C{entity:07}");
        }
        self.identify(&mut contact);
        if let Some(home) = self.world.homes.get_mut(at) {
            home.contacts.push(contact);
        }
        true
    }

    /// Sees to it that nobody else ever had the contact's key.
    fn identify(&mut self, contact: &mut ContactState) {
        let mut tries = 0;
        while !self
            .world
            .claim(Noun::Contact, &key(contact), contact.entity)
        {
            tries += 1;
            let letter = char::from(b'A' + u8::try_from(tries % 26).unwrap_or_default());
            contact.name = format!("{} {letter}.", contact.name);
        }
    }

    /// An ordinary change to the contacts of a household.
    pub(super) fn edit_contacts(&mut self, at: usize) {
        let Some(home) = self.world.homes.get(at) else {
            return;
        };
        let (count, group) = (home.contacts.len(), home.household.group);
        let what = self.draw.below(10);
        if what == 0 && self.add_contact(at) {
            return self.happened(Happening::ContactAdded);
        }
        let which = index(self.draw.below(count as u64));
        if what == 1 && count > 0 {
            if let Some(home) = self.world.homes.get_mut(at) {
                home.contacts.remove(which);
            }
            return self.happened(Happening::ContactRemoved);
        }
        let number = phone(self.draw.next());
        let family = self.people.data.family(group, &mut self.draw);
        let mark = self.draw.below(1_000_000);
        let home = self.world.homes.get(at);
        let Some(mut contact) = home.and_then(|home| home.contacts.get(which)).cloned() else {
            return;
        };
        match what {
            0..=5 => contact.phone = number,
            6..=8 => {
                contact.email = format!("{}.{mark:06}@mail.example", fold(&contact.name));
            }
            _ => {
                let first = contact.name.split(' ').next().unwrap_or("Alex");
                contact.name = format!("{first} {family}");
            }
        }
        self.replace_contact(at, which, contact);
    }

    /// Puts a contact in its former place, and tells whether it still is who it was.
    fn replace_contact(&mut self, at: usize, which: usize, mut contact: ContactState) {
        self.identify(&mut contact);
        let home = self.world.homes.get_mut(at);
        let Some(place) = home.and_then(|home| home.contacts.get_mut(which)) else {
            return;
        };
        let kept = key(place) == key(&contact);
        *place = contact;
        self.happened(if kept {
            Happening::ContactEdited
        } else {
            Happening::ContactRekeyed
        });
    }

    /// The contacts of a household without such get ids of their own.
    pub(super) fn add_contact_ids(&mut self) {
        let homes: Vec<usize> = self.pupils(|_| true);
        let pupils = &self.world.pupils;
        let homes = homes
            .into_iter()
            .filter_map(|at| Some(pupils.get(at)?.home));
        let lacks = |at: &usize| {
            let home = self.world.homes.get(*at);
            home.is_some_and(|home| !home.ids && !home.contacts.is_empty())
        };
        let homes: Vec<usize> = homes.filter(lacks).collect();
        let Some(at) = self.one(&homes) else { return };
        let mut contacts = Vec::new();
        if let Some(home) = self.world.homes.get_mut(at) {
            home.ids = true;
            contacts = std::mem::take(&mut home.contacts);
        }
        for contact in &mut contacts {
            contact.sis_id = format!("C{:07}", contact.entity);
            self.identify(contact);
        }
        if let Some(home) = self.world.homes.get_mut(at) {
            home.contacts = contacts;
        }
        self.happened(Happening::ContactIdsAdded);
    }

    /// A household goes to another address.
    pub(super) fn move_household(&mut self, at: usize) {
        let Some(home) = self.world.homes.get_mut(at) else {
            return;
        };
        home.moves += 1;
        let household = &home.household;
        let address = self
            .people
            .address(household.id, household.zone, home.moves);
        let members = self.world.pupils.iter_mut();
        for pupil in members.filter(|pupil| pupil.home == at) {
            pupil.facts.address = address.clone();
        }
        self.happened(Happening::HouseholdMoved);
    }
}
