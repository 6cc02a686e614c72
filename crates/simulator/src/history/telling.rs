//! Telling what is true: every record of a day by its natural key, and whose it is.

use std::collections::BTreeSet;

use super::calendar::YearDates;
use super::courses::course_key;
use super::files::{staff_email, term};
use super::homes;
use super::truth::{Noun, TrueRecord};
use super::world::{Part, Presence, World};

/// The records that the district has, sorted.
pub(super) fn records(world: &World, dates: &YearDates) -> Vec<TrueRecord> {
    let mut records = Vec::new();
    let mut put = |noun, key: String, entity, user| {
        records.push(TrueRecord {
            noun,
            key,
            entity,
            user,
        });
    };
    for school in &world.schools {
        put(Noun::School, school.id.clone(), school.entity, 0);
    }
    let (mut sections, mut contacts) = (BTreeSet::<&usize>::new(), BTreeSet::new());
    for pupil in &world.pupils {
        if pupil.presence != Presence::Here {
            continue;
        }
        put(Noun::Student, pupil.id.clone(), pupil.entity, 0);
        sections.extend(&pupil.sections);
        let home = world.homes.get(pupil.home);
        for contact in home.iter().flat_map(|home| &home.contacts) {
            if contacts.insert(contact.entity) {
                put(Noun::Contact, homes::key(contact), contact.entity, 0);
            }
        }
    }
    for one in &world.employees {
        let [first, second] = [one.entity * 2, one.entity * 2 + 1];
        if let Some(role) = one.teacher.as_ref().filter(|role| role.held) {
            put(Noun::Teacher, role.id.clone(), role.entity, first);
        }
        if let Some(role) = one.staff.as_ref().filter(|role| role.held) {
            let apart = staff_email(one) != one.email;
            let user = if apart { second } else { first };
            put(Noun::Staff, role.id.clone(), role.entity, user);
        }
    }
    let (mut courses, mut parts) = (BTreeSet::new(), BTreeSet::new());
    for section in world.sections.iter().filter(|section| section.open) {
        put(Noun::Section, section.id.clone(), section.entity, 0);
    }
    // What only sections without students name is not there (district-side 5.4).
    for section in sections.iter().filter_map(|at| world.sections.get(**at)) {
        courses.insert(section.course);
        parts.insert(section.part as u8);
    }
    for course in courses.iter().filter_map(|at| world.courses.get(*at)) {
        put(Noun::Course, course_key(course), course.entity, 0);
    }
    for (number, part) in (0..).zip([Part::Year, Part::First, Part::Second]) {
        if parts.contains(&(part as u8)) {
            // A term is what it is: no two have one name and the same dates.
            let entity = 1 + world.year as u64 * 3 + number;
            put(Noun::Term, term(part, dates).join("|"), entity, 0);
        }
    }
    records.sort_unstable();
    records
}
