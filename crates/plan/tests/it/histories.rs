//! What holds after any history (integration-side B16).

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::{Kind, ObjectId};
use homeroom_plan::{LinkState, Local, Reach};
use proptest::prelude::*;

use crate::desk::{Desk, words};
use crate::district::{District, id, pupil, teacher};

/// Something that happens to a district.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Enrol(u16, u16),
    Leave(u16, u16),
    Arrive(u16),
    Depart(u16),
    Rename(u16, u8),
    NewId(u16),
    Teach(u16, u16),
    Principal(u16, bool),
    Close(u16),
    Open(u16),
    Term(u16, bool),
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let (student, section, adult) = (1..40u16, 1..6u16, 1..6u16);
    prop_oneof![
        (section.clone(), student.clone())
            .prop_map(|(section, student)| Event::Enrol(section, student)),
        (section.clone(), student.clone())
            .prop_map(|(section, student)| Event::Leave(section, student)),
        student.clone().prop_map(Event::Arrive),
        student.clone().prop_map(Event::Depart),
        (student.clone(), any::<u8>()).prop_map(|(student, name)| Event::Rename(student, name)),
        student.prop_map(Event::NewId),
        (section.clone(), adult.clone()).prop_map(|(section, adult)| Event::Teach(section, adult)),
        (adult, any::<bool>()).prop_map(|(adult, staff)| Event::Principal(adult, staff)),
        section.clone().prop_map(Event::Close),
        section.clone().prop_map(Event::Open),
        (section, any::<bool>()).prop_map(|(section, term)| Event::Term(section, term)),
    ]
}

/// Names the student with a number now, whose id may have changed.
pub(crate) type Ids = BTreeMap<u16, u16>;

pub(crate) fn happen(district: &mut District, ids: &mut Ids, event: &Event) {
    let now = |ids: &Ids, student: u16| ids.get(&student).copied().unwrap_or(student);
    match event {
        Event::Enrol(section, student) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.students.insert(now(ids, *student));
            }
        }
        Event::Leave(section, student) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.students.remove(&now(ids, *student));
            }
        }
        Event::Arrive(student) => {
            let number = now(ids, *student);
            district
                .students
                .entry(number)
                .or_insert_with(|| pupil(*student, 1 + student % 2));
        }
        Event::Depart(student) => {
            district.students.remove(&now(ids, *student));
        }
        Event::Rename(student, name) => {
            if let Some(pupil) = district.students.get_mut(&now(ids, *student)) {
                pupil.name = format!("Pupil {name}");
            }
        }
        Event::NewId(student) => {
            let old = now(ids, *student);
            let new = old % 1000 + 1000 * (old / 1000 + 1);
            if let Some(pupil) = district.students.remove(&old) {
                district.students.insert(new, pupil);
                ids.insert(*student, new);
                for lesson in district.sections.values_mut() {
                    if lesson.students.remove(&old) {
                        lesson.students.insert(new);
                    }
                }
            }
        }
        Event::Teach(section, adult) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.teachers = vec![*adult];
            }
        }
        Event::Principal(adult, staff) => {
            let adult = district
                .employees
                .entry(*adult)
                .or_insert_with(|| teacher(*adult, 1));
            adult.staff = staff.then(|| ("A".to_owned() + &adult.name, [1].into()));
        }
        Event::Close(section) => {
            district.sections.remove(section);
        }
        Event::Open(section) => {
            let lesson = District::small().sections[&1].clone();
            district.sections.entry(*section).or_insert(lesson);
        }
        Event::Term(section, term) => {
            if let Some(lesson) = district.sections.get_mut(section) {
                lesson.term = term.then_some(1);
            }
        }
    }
}

/// What the app shows of classes: by section, the ids of its students whose records the source has.
fn shown(desk: &Desk) -> BTreeMap<u16, BTreeSet<ObjectId>> {
    let sections = (1..6).filter(|number| {
        let link = desk.links.get(&(Kind::Section, id(Kind::Section, *number)));
        link.is_some_and(homeroom_plan::Link::is_present)
    });
    sections
        .map(|number| (number, desk.students_in(number)))
        .collect()
}

fn expected(district: &District) -> BTreeMap<u16, BTreeSet<ObjectId>> {
    let students = |lesson: &crate::district::Lesson| {
        let there = lesson
            .students
            .iter()
            .filter(|number| district.students.contains_key(number));
        there.map(|number| id(Kind::Student, *number)).collect()
    };
    district
        .sections
        .iter()
        .map(|(number, lesson)| (*number, students(lesson)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The app shows what the source says, the next plan is empty, nobody shares an account, and whoever was somebody stays
    /// the same one whatever ids come and go.
    #[test]
    fn the_app_follows_the_source(days in prop::collection::vec(prop::collection::vec(event(), 0..12), 1..8)) {
        let mut district = District::small();
        let mut desk = Desk::synced(&district);
        let mut ids = Ids::new();
        for events in &days {
            for event in events {
                happen(&mut district, &mut ids, event);
            }
            desk.sync(&district);
            prop_assert_eq!(shown(&desk), expected(&district));
            let again = desk.plan(&district);
            prop_assert!(again.is_empty(), "{:?}", again.lines(false).collect::<Vec<_>>());
            let mut owners: BTreeMap<Local, ObjectId> = BTreeMap::new();
            for number in district.students.keys() {
                let link = desk.links[&(Kind::Student, id(Kind::Student, *number))];
                prop_assert_eq!(link.state, LinkState::Active);
                prop_assert!(!desk.things[&(Kind::Student, link.local)].blocked);
                prop_assert!(owners.insert(link.local, link.source).is_none());
            }
            for (key, link) in desk.links.iter().filter(|(_, link)| link.state == LinkState::Active) {
                let blocked = desk.things[&(key.0, link.local)].blocked;
                prop_assert_eq!(blocked, !link.is_present() , "{:?}", key);
            }
        }
    }

    /// A read that cannot judge removes nobody and nothing.
    #[test]
    fn what_cannot_be_judged_stays(events in prop::collection::vec(event(), 0..30)) {
        let mut district = District::small();
        let mut desk = Desk::synced(&district);
        let mut ids = Ids::new();
        for event in &events {
            happen(&mut district, &mut ids, event);
        }
        desk.reach = Reach::nothing();
        let plan = desk.plan(&district);
        for word in words(&plan).keys() {
            prop_assert!(!word.ends_with("deactivate") && !word.ends_with("archive"), "{word}");
        }
    }

    /// The same again is the same plan.
    #[test]
    fn a_plan_is_a_function_of_its_arguments(events in prop::collection::vec(event(), 0..20)) {
        let mut district = District::small();
        let desk = Desk::synced(&district);
        for event in &events {
            happen(&mut district, &mut Ids::new(), event);
        }
        let (one, other) = (desk.plan(&district), desk.plan(&district));
        prop_assert_eq!(one.digest(), other.digest());
        prop_assert_eq!(one.actions(), other.actions());
    }
}
