//! Parts in which nothing changed are those of the snapshot before.

use std::collections::BTreeSet;

use homeroom_model::Kind;
use homeroom_segment::Relation;

use homeroom_segment::Ledger as Ids;

use crate::ledger::Ledger;
use crate::roster::{Job, Lesson, Pupil, Roster};

fn roster() -> Roster {
    let mut roster = Roster {
        schools: [(1, 0), (2, 0)].into(),
        courses: [(1, 0)].into(),
        ..Roster::default()
    };
    for id in 1..=4 {
        let schools = [1 + id % 2].into();
        roster.students.insert(id, Pupil { name: 0, schools });
        roster.contacts.insert(id, 0);
        roster.links.insert((id, id), 0);
    }
    roster.roles.insert((0, 1), Job::default());
    for id in 1..=2 {
        let lesson = Lesson {
            school: id,
            course: Some(1),
            term: Some(1),
            teachers: vec![1],
            students: [1, 2, 3].into(),
            ..Lesson::default()
        };
        roster.sections.insert(id, lesson);
    }
    roster
}

/// The parts that are written anew when the roster changes so.
fn written(change: impl FnOnce(&mut Roster)) -> Vec<String> {
    let mut ledger = Ledger::new();
    let mut roster = roster();
    ledger.publish(&roster.candidate(0));
    assert!(
        ledger.last().reused.is_empty(),
        "at first everything is new"
    );
    change(&mut roster);
    ledger.wait(1);
    ledger.publish(&roster.candidate(5));
    let last = ledger.last();
    let names = last
        .parts
        .keys()
        .filter(|name| !last.reused.contains(*name) && !Ids::is_part(name));
    names.cloned().collect()
}

#[test]
fn an_edited_row_is_one_table() {
    let written = written(|roster| roster.students.get_mut(&3).unwrap().name = 1);
    assert_eq!(written, ["changes", "students"]);
}

#[test]
fn an_enrollment_is_a_section_and_its_relation_to_students() {
    let written = written(|roster| {
        roster.sections.get_mut(&2).unwrap().students.insert(4);
    });
    assert_eq!(
        written,
        [
            "changes",
            "section_students",
            "section_students.back",
            "sections"
        ]
    );
}

#[test]
fn a_record_at_the_end_leaves_lists_that_lead_to_its_kind_alone() {
    let written = written(|roster| {
        roster.schools.insert(3, 0);
    });
    let mut expected: BTreeSet<String> = ["changes".into(), "schools".into()].into();
    let to_schools = Relation::ALL
        .into_iter()
        .filter(|relation| relation.to() == Kind::School);
    expected.extend(to_schools.map(|relation| format!("{}.back", relation.name())));
    assert_eq!(written, expected.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_record_that_goes_moves_those_behind_it() {
    let written = written(|roster| {
        roster.students.remove(&4);
        roster.links.remove(&(4, 4));
    });
    for untouched in [
        "schools",
        "sections",
        "section_school",
        "section_teachers",
        "employees",
    ] {
        assert!(!written.iter().any(|name| name == untouched), "{untouched}");
    }
    for touched in [
        "students",
        "student_schools",
        "section_students",
        "departed",
        "contacts",
    ] {
        assert!(written.iter().any(|name| name == touched), "{touched}");
    }
}
