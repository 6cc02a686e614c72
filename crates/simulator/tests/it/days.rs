use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{Change, Difference, District, MemorySink, Profile, SchoolYear};

use crate::importer::{Roster, roster};

const YEAR: SchoolYear = SchoolYear { start: 2026 };

fn district() -> District {
    District::new(Profile::S, 11, YEAR)
}

fn day(day: u32) -> Roster {
    let mut files = MemorySink::default();
    let census = district().write_day(day, &mut files).unwrap();
    assert_eq!(census, district().census(day));
    roster(&files)
}

fn change<T: PartialEq>(
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
) -> (Change, Vec<String>) {
    let updated: Vec<String> = before
        .iter()
        .filter(|(id, row)| after.get(*id).is_some_and(|now| now != *row))
        .map(|(id, _)| id.clone())
        .collect();
    let change = Change {
        created: after.keys().filter(|id| !before.contains_key(*id)).count() as u64,
        updated: updated.len() as u64,
        deleted: before.keys().filter(|id| !after.contains_key(*id)).count() as u64,
    };
    (change, updated)
}

/// The oracle, found out by reading the files of both days.
fn compare(before: &Roster, after: &Roster) -> Difference {
    let (students, students_changed) = change(&before.students, &after.students);
    let contacts = change(&before.contacts, &after.contacts).1;
    let gone: Vec<_> = before.enrollments.difference(&after.enrollments).collect();
    let come: Vec<_> = after.enrollments.difference(&before.enrollments).collect();
    let (mut sections, edited) = change(&before.sections, &after.sections);
    let both = |id: &&String| before.sections.contains_key(*id) && after.sections.contains_key(*id);
    let touched: BTreeSet<&String> = gone
        .iter()
        .chain(&come)
        .map(|pair| &pair.0)
        .filter(both)
        .collect();
    sections.updated = touched
        .iter()
        .copied()
        .chain(&edited)
        .collect::<BTreeSet<_>>()
        .len() as u64;
    Difference {
        schools: change(&before.schools, &after.schools).0,
        students,
        teachers: change(&before.teachers, &after.teachers).0,
        staff: change(&before.staff, &after.staff).0,
        sections,
        enrollments: Change {
            created: come.len() as u64,
            updated: 0,
            deleted: gone.len() as u64,
        },
        students_changed,
        contacts_changed: contacts,
        rosters_changed: touched.len() as u64,
    }
}

#[test]
fn the_difference_is_what_the_files_say() {
    let district = district();
    let (first, second, later) = (day(0), day(1), day(45));
    for (from, to, before, after) in [
        (0, 1, &first, &second),
        (1, 45, &second, &later),
        (45, 0, &later, &first),
    ] {
        let found = compare(before, after);
        assert!(
            found == district.difference(from, to),
            "{from} {to}: {found:?}"
        );
    }
    assert!(district.difference(7, 7) == Difference::default());
}

#[test]
fn a_day_brings_little_and_two_months_something_of_everything() {
    let district = district();
    for day in 0..8 {
        let next = district.difference(day, day + 1);
        // Far from what would hold an import back, and not nothing.
        assert!(
            next.students.deleted <= 25 && next.students.created <= 25,
            "{day}"
        );
        assert!(
            next.enrollments.deleted <= 400 && next.enrollments.created <= 400,
            "{day}"
        );
        assert!(
            next.enrollments.created > 0 && next.sections.updated > 0,
            "{day}"
        );
    }
    let sum = district.difference(0, 60);
    assert_eq!((sum.schools.created, sum.schools.deleted), (0, 0));
    assert!(sum.staff != Change::default());
    for change in [sum.students, sum.teachers, sum.sections] {
        assert!(
            change.created > 0 && change.updated > 0 && change.deleted > 0,
            "{change:?}"
        );
    }
}

/// Ids are never handed to someone else, and who comes back has the old one.
#[test]
fn ids_are_not_reused() {
    let birthdays = |roster: &Roster| -> BTreeMap<String, String> {
        let of = |(id, row): (&String, &crate::importer::Row)| {
            (id.clone(), row["Student_number"].to_owned())
        };
        roster.students.iter().map(of).collect()
    };
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for at in [0, 20, 40, 80, 120] {
        for (id, number) in birthdays(&day(at)) {
            let known = seen.entry(id).or_insert_with(|| number.clone());
            assert_eq!(*known, number);
        }
    }
    assert!(seen.len() > 5_100);
}
