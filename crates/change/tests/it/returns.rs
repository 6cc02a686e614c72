//! Who leaves and comes back (district-side 5.2): in time with the same id, too late or of the wrong kind with a new one.

use std::collections::BTreeMap;

use homeroom_change::{Fate, Served};
use homeroom_model::{Kind, ObjectId};

use crate::ledger::Ledger;
use crate::roster::{Job, Lesson, Pupil, Roster};

/// A roster with one record of each kind, beside a school that stays.
fn whole() -> Roster {
    let mut roster = school_alone();
    roster.schools.insert(2, 0);
    roster.students.insert(
        1,
        Pupil {
            name: 1,
            schools: [1, 2].into(),
        },
    );
    roster.roles.insert((0, 1), Job::default());
    roster.contacts.insert(1, 1);
    roster.links.insert((1, 1), 0);
    roster.sections.insert(
        1,
        Lesson {
            school: 2,
            course: Some(1),
            term: Some(1),
            teachers: vec![1],
            students: [1].into(),
            ..Lesson::default()
        },
    );
    roster.resources.insert(1, (0, [1].into()));
    roster
}

fn school_alone() -> Roster {
    Roster {
        schools: [(1, 0)].into(),
        ..Roster::default()
    }
}

fn ids(ledger: &Ledger) -> BTreeMap<Kind, Vec<ObjectId>> {
    let ids = |kind: Kind| ledger.snapshot().table(kind).ids().collect();
    Kind::ALL
        .into_iter()
        .map(|kind| (kind, ids(kind)))
        .collect()
}

/// All that changes between leaving and coming back is how long it takes.
fn away(days: i64) -> (BTreeMap<Kind, bool>, Ledger) {
    let mut ledger = Ledger::new();
    ledger.publish(&whole().candidate(0));
    let before = ids(&ledger);
    ledger.wait(1);
    ledger.publish(&school_alone().candidate(0));
    ledger.wait(days);
    ledger.publish(&whole().candidate(1));
    let after = ids(&ledger);
    let same = Kind::ALL
        .into_iter()
        .map(|kind| (kind, before[&kind] == after[&kind]));
    (same.collect(), ledger)
}

#[test]
fn within_300_days_everything_but_courses_and_terms_gets_its_id_back() {
    for days in [0, 1, 299] {
        let (same, ledger) = away(days);
        for (kind, same) in same {
            let derived = matches!(kind, Kind::Course | Kind::Term);
            assert_eq!(same, !derived, "{kind} after {days} days");
        }
        assert!(ledger.last().departed.records().is_empty());
    }
}

#[test]
fn after_300_days_only_who_stayed_has_the_same_id() {
    let (same, ledger) = away(300);
    assert!(!same[&Kind::School], "the other school came back too late");
    for (kind, same) in same {
        assert!(!same, "{kind}");
    }
    assert!(
        ledger.last().departed.records().is_empty(),
        "nobody is remembered for longer"
    );
}

#[test]
fn who_comes_back_is_created_and_keeps_the_day_of_creation() {
    let mut ledger = Ledger::new();
    let first = ledger.now;
    ledger.publish(&whole().candidate(0));
    ledger.wait(1);
    ledger.publish(&school_alone().candidate(0));
    ledger.wait(1);
    let plan = ledger.publish(&whole().candidate(0));
    assert!(matches!(plan.fates(Kind::Student), [Fate::Restored(_)]));
    for kind in [
        Served::Students,
        Served::Teachers,
        Served::Contacts,
        Served::Sections,
    ] {
        let tally = plan.counts().of(kind);
        assert_eq!(
            (tally.created, tally.restored, tally.deleted),
            (1, 1, 0),
            "{kind}"
        );
    }
    let courses = plan.counts().of(Served::Courses);
    assert_eq!((courses.created, courses.restored), (1, 0));
    assert_eq!(plan.ids_needed(), 2, "one for the course, one for the term");
    for kind in [
        Kind::Student,
        Kind::Employee,
        Kind::Contact,
        Kind::ContactLink,
        Kind::Section,
    ] {
        let table = ledger.snapshot().table(kind);
        assert_eq!(
            (table.created(0), table.modified(0)),
            (first, ledger.now),
            "{kind}"
        );
    }
    let contacts = ledger.snapshots[1]
        .snapshot
        .table(Kind::Contact)
        .role_id(0, 0);
    assert_eq!(
        ledger.snapshot().table(Kind::Contact).role_id(0, 0),
        contacts
    );
}

#[test]
fn a_plan_without_changes_forgets_nobody() {
    let mut ledger = Ledger::new();
    ledger.publish(&whole().candidate(0));
    ledger.wait(1);
    ledger.publish(&school_alone().candidate(0));
    let remembered = ledger.last().departed.clone();
    assert_eq!(
        remembered.records().len(),
        7,
        "one of each kind but courses and terms"
    );
    ledger.wait(400);
    assert!(ledger.publish(&school_alone().candidate(0)).is_empty());
    assert_eq!(ledger.last().departed, remembered);
}
