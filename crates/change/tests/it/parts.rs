//! Approving part of a plan: whatever is approved in whatever order, what is published is a roster, and in the end the
//! candidate.

use std::collections::BTreeSet;

use homeroom_change::{Part, PartError, Selection, part};
use homeroom_model::Kind;
use homeroom_segment::{Candidate, MemorySpools, Relation};
use proptest::prelude::*;

use crate::contents;
use crate::ledger::Ledger;
use crate::roster::{Lesson, Pupil, Roster, rosters};

/// The part of the plan from what is published to the candidate.
fn taken(
    ledger: &Ledger,
    candidate: &Candidate,
    selection: &Selection,
) -> Result<Candidate, PartError> {
    let plan = ledger.compare(candidate);
    part(
        ledger.snapshot(),
        candidate,
        &plan,
        selection,
        &MemorySpools,
    )
}

fn types(types: &[Part]) -> Selection {
    Selection {
        types: Some(types.iter().copied().collect()),
        ..Selection::default()
    }
}

fn schools(schools: &[&str]) -> Selection {
    Selection {
        schools: Some(schools.iter().map(|school| (*school).to_owned()).collect()),
        ..Selection::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn everything_is_the_candidate_and_nothing_is_what_is_published(
        before in rosters(), after in rosters(), order in any::<u64>(),
    ) {
        let mut ledger = Ledger::new();
        ledger.publish(&before.candidate(3));
        let candidate = after.candidate(order);
        let all = taken(&ledger, &candidate, &Selection::all()).unwrap();
        assert_eq!(contents::of_candidate(&all), contents::of_candidate(&candidate));
        let (mixed, whole) = (ledger.compare(&all), ledger.compare(&candidate));
        assert_eq!(mixed.digest(), whole.digest());
        for nothing in [types(&[]), schools(&[])] {
            let none = taken(&ledger, &candidate, &nothing).unwrap();
            assert!(ledger.compare(&none).is_empty(), "{:?}", contents::of_candidate(&none));
        }
    }

    #[test]
    fn types_in_any_order_end_in_the_candidate(
        before in rosters(), after in rosters(),
        order in Just(Part::ALL.to_vec()).prop_shuffle(),
    ) {
        let selections = order.iter().map(|part| types(&[*part])).collect();
        one_by_one(&before, &after, selections);
    }

    #[test]
    fn schools_in_any_order_end_in_the_candidate(
        before in rosters(), after in rosters(),
        order in Just((0..5_u8).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let name = |number: &u8| format!("school {number}");
        let mut selections: Vec<_> = order.iter().map(|number| schools(&[&name(number)])).collect();
        // What belongs to no school comes last.
        selections.push(Selection::all());
        one_by_one(&before, &after, selections);
    }
}

/// Publishes one selection after the other; what is refused waits until the others are through.
fn one_by_one(before: &Roster, after: &Roster, mut selections: Vec<Selection>) {
    let mut ledger = Ledger::new();
    ledger.publish(&before.candidate(3));
    let candidate = after.candidate(5);
    while !selections.is_empty() {
        let count = selections.len();
        selections.retain(|selection| match taken(&ledger, &candidate, selection) {
            Ok(mixed) => {
                ledger.publish(&mixed);
                check_whole(&ledger);
                let again = taken(&ledger, &candidate, selection).unwrap();
                let again = ledger.compare(&again);
                assert!(
                    again.is_empty(),
                    "what was approved is through: {selection:?}"
                );
                false
            }
            Err(PartError::Inconsistent(why)) => {
                assert!(
                    why.iter()
                        .all(|one| one.records > 0 && one.sentence.ends_with('.'))
                );
                true
            }
            Err(error) => panic!("{error}"),
        });
        if selections.len() == count {
            // They wait for each other: they must go along with each other.
            selections = vec![Selection::all()];
        }
        ledger.wait(1);
    }
    let left = ledger.compare(&candidate);
    let actions: Vec<_> = left
        .actions(ledger.snapshot(), &candidate)
        .map(|action| action.to_string())
        .collect();
    assert!(left.is_empty(), "{actions:#?}");
}

/// Nobody lost what he must have.
fn check_whole(ledger: &Ledger) {
    let snapshot = ledger.snapshot();
    let one = [
        Relation::StudentSchool,
        Relation::LinkContact,
        Relation::LinkStudent,
        Relation::SectionSchool,
    ];
    for relation in one {
        for row in 0..snapshot.table(relation.from()).len() {
            let list = snapshot.lists(relation).get(row);
            assert_eq!(list.len(), 1, "{relation:?}");
        }
    }
    for row in 0..snapshot.table(Kind::Student).len() {
        let first = snapshot.lists(Relation::StudentSchool).get(row);
        let all: BTreeSet<_> = snapshot
            .lists(Relation::StudentSchools)
            .get(row)
            .iter()
            .collect();
        assert!(all.contains(&first[0]), "the primary school is one of all");
    }
}

fn district() -> Roster {
    let mut roster = Roster {
        schools: [(1, 0), (2, 0)].into(),
        ..Roster::default()
    };
    for id in 0..10 {
        let pupil = Pupil {
            name: 0,
            schools: [1 + id / 5].into(),
        };
        roster.students.insert(id, pupil);
    }
    for id in 1..=2 {
        let lesson = Lesson {
            school: id,
            course: Some(id),
            students: (0..5).map(|student| (id - 1) * 5 + student).collect(),
            ..Lesson::default()
        };
        roster.sections.insert(id, lesson);
    }
    roster
}

#[test]
fn a_school_that_goes_takes_its_students_along() {
    let mut ledger = Ledger::new();
    let mut roster = district();
    ledger.publish(&roster.candidate(0));
    roster.schools.remove(&2);
    roster
        .students
        .retain(|_, pupil| !pupil.schools.contains(&2));
    roster.sections.remove(&2);
    let candidate = roster.candidate(0);
    let refused = taken(&ledger, &candidate, &types(&[Part::Schools]))
        .err()
        .unwrap();
    assert_eq!(
        refused.to_string(),
        "5 students that are not approved would lose their school school 2, which would be deleted; approve the students of \
         school 2 too. 1 sections that are not approved would lose their school school 2, which would be deleted; approve \
         the sections of school 2 too."
    );
    let PartError::Inconsistent(why) = refused else {
        panic!("it is inconsistent");
    };
    assert_eq!(why[0].part, Part::Students);
    let along = types(&[Part::Schools, Part::Students, Part::Sections]);
    ledger.publish(&taken(&ledger, &candidate, &along).unwrap());
    assert!(ledger.compare(&candidate).is_empty());
}

#[test]
fn students_do_not_come_to_a_school_that_waits() {
    let mut ledger = Ledger::new();
    let mut roster = district();
    ledger.publish(&roster.candidate(0));
    roster.schools.insert(3, 0);
    let pupil = Pupil {
        name: 0,
        schools: [3].into(),
    };
    roster.students.insert(20, pupil);
    let candidate = roster.candidate(0);
    let refused = taken(&ledger, &candidate, &types(&[Part::Students]))
        .err()
        .unwrap();
    assert_eq!(
        refused.to_string(),
        "1 students would be in school school 3, which is new and not approved; approve the schools of school 3 too."
    );
    let of_it = schools(&["school 3"]);
    ledger.publish(&taken(&ledger, &candidate, &of_it).unwrap());
    assert!(ledger.compare(&candidate).is_empty());
}

#[test]
fn one_school_comes_and_the_other_waits() {
    let mut ledger = Ledger::new();
    let mut roster = district();
    ledger.publish(&roster.candidate(0));
    for pupil in roster.students.values_mut() {
        pupil.name = 9;
    }
    roster.students.remove(&9);
    roster.courses.insert(7, 0);
    for lesson in roster.sections.values_mut() {
        lesson.course = Some(7);
    }
    let candidate = roster.candidate(0);
    let mixed = taken(&ledger, &candidate, &schools(&["school 1"])).unwrap();
    let plan = ledger.publish(&mixed);
    let tally = plan.tally(Kind::Student);
    assert_eq!((tally.updated, tally.deleted, tally.unchanged), (5, 0, 5));
    let courses = plan.tally(Kind::Course);
    assert_eq!(
        (courses.created, courses.deleted),
        (1, 1),
        "what is needed comes, what is not goes"
    );
    let rest = ledger.compare(&candidate).tally(Kind::Student);
    assert_eq!((rest.updated, rest.deleted), (4, 1));
}
