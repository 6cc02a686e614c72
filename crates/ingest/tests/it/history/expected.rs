//! What a publish has to change, from the files of two days alone.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_ingest::{ChangeCounts, Report};
use homeroom_model::Kind;
use homeroom_segment::{Op, Snapshot, fields};
use homeroom_simulator::{Change, Difference};

use super::day::Day;
use super::followed::Followed;

/// Keys of records: those that come, those that change, those that go.
#[derive(Default)]
struct Keys {
    created: BTreeSet<String>,
    updated: BTreeSet<String>,
    deleted: BTreeSet<String>,
}

/// The differences between two days.
pub(crate) struct Expected {
    schools: Keys,
    students: Keys,
    /// Students whose own cells changed: some of those that are updated.
    own_cells_changed: BTreeSet<String>,
    /// Updated are those that surely are; a change of the person a teacher is merged with may update more.
    teachers: Keys,
    staff: Keys,
    contacts: Keys,
    /// Updated are those that surely are; derived names and grades may update more.
    sections: Keys,
    enrollments: (u64, u64),
}

impl Keys {
    fn between<'a>(
        before: impl IntoIterator<Item = &'a String>,
        after: impl IntoIterator<Item = &'a String>,
        differs: impl Fn(&str) -> bool,
    ) -> Self {
        let before: BTreeSet<_> = before.into_iter().cloned().collect();
        let after: BTreeSet<_> = after.into_iter().cloned().collect();
        let both = before.intersection(&after);
        Self {
            updated: both.filter(|key| differs(key)).cloned().collect(),
            created: after.difference(&before).cloned().collect(),
            deleted: before.difference(&after).cloned().collect(),
        }
    }

    /// How many of each.
    fn counts(&self) -> ChangeCounts {
        ChangeCounts {
            created: self.created.len() as u64,
            updated: self.updated.len() as u64,
            deleted: self.deleted.len() as u64,
            ..ChangeCounts::default()
        }
    }

    fn is_as_known(&self, known: Change) {
        assert_eq!(
            (self.counts().created, self.counts().deleted),
            (known.created, known.deleted)
        );
    }
}

impl Expected {
    pub(crate) fn between(before: &Day, after: &Day) -> Self {
        let own = |id: &str| before.students[id].own != after.students[id].own;
        let (were, are) = (before.schools_of_students(), after.schools_of_students());
        let student = |id: &str| own(id) || were[id] != are[id];
        let (taught, teach) = (before.schools_of_teachers(), after.schools_of_teachers());
        let teacher =
            |id: &str| before.teachers[id].1 != after.teachers[id].1 || taught[id] != teach[id];
        let school = |id: &str| before.schools[id] != after.schools[id];
        let rosters = |day: &'_ Day| {
            let mut rosters: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (section, student) in &day.enrollments {
                rosters
                    .entry(section.clone())
                    .or_default()
                    .push(student.clone());
            }
            rosters
        };
        let (old_rosters, rosters) = (rosters(before), rosters(after));
        let section = |id: &str| {
            let (was, is) = (&before.sections[id], &after.sections[id]);
            (&was.school, &was.shown, &was.teachers) != (&is.school, &is.shown, &is.teachers)
                || old_rosters.get(id) != rosters.get(id)
        };
        let contacts = |day: &Day| {
            let all = day.students.values().flat_map(|student| &student.contacts);
            all.cloned().collect::<BTreeSet<_>>()
        };
        let students = Keys::between(before.students.keys(), after.students.keys(), student);
        let both = before
            .students
            .keys()
            .filter(|id| after.students.contains_key(*id));
        Self {
            own_cells_changed: both.filter(|id| own(id)).cloned().collect(),
            students,
            schools: Keys::between(before.schools.keys(), after.schools.keys(), school),
            teachers: Keys::between(before.teachers.keys(), after.teachers.keys(), teacher),
            staff: Keys::between(&before.staff, &after.staff, |_| false),
            contacts: Keys::between(&contacts(before), &contacts(after), |_| false),
            sections: Keys::between(before.sections.keys(), after.sections.keys(), section),
            enrollments: (
                after.enrollments.difference(&before.enrollments).count() as u64,
                before.enrollments.difference(&after.enrollments).count() as u64,
            ),
        }
    }

    /// Compares with what was reported and what was published.
    pub(crate) fn check(&self, report: &Report, followed: &Followed) {
        let reported = |kind: &str| report.changes[kind];
        assert_eq!(moves(reported("schools")), moves(self.schools.counts()));
        assert_eq!(moves(reported("students")), moves(self.students.counts()));
        let enrollments = reported("enrollments");
        assert_eq!((enrollments.created, enrollments.deleted), self.enrollments);
        assert_eq!(enrollments.updated, 0);
        for (kind, keys) in [("contacts", &self.contacts), ("sections", &self.sections)] {
            let (found, expected) = (reported(kind), keys.counts());
            assert_eq!(
                (found.created, found.deleted),
                (expected.created, expected.deleted),
                "{kind}"
            );
            assert!(found.updated >= expected.updated, "{kind}");
        }
        for (kind, keys, role) in [("teachers", &self.teachers, 0), ("staff", &self.staff, 1)] {
            // A role that moves from one person to another leaves the one and comes to the other.
            let moved = moved(followed.former(), followed.newest(), role);
            let (found, expected) = (reported(kind), keys.counts());
            let fits = |found, expected| (expected..=expected + moved).contains(&found);
            assert!(fits(found.created, expected.created), "{kind}: {found:?}");
            assert!(fits(found.deleted, expected.deleted), "{kind}: {found:?}");
            assert!(
                found.updated + moved >= expected.updated,
                "{kind}: {found:?}"
            );
        }
        let numbers = report.changes.values().map(|counts| counts.updated);
        if followed.former().number() == 0 {
            assert!(numbers.sum::<u64>() == 0);
            return;
        }
        self.check_rows(followed);
    }

    /// Compares the very records with the change rows.
    fn check_rows(&self, followed: &Followed) {
        let changes = followed.changes();
        let named = |kind: Kind, field: usize, op: Op| {
            let some = changes.of(kind).filter(|change| change.op() == op);
            let key = |change: homeroom_segment::Change<'_>| {
                let record = change.after.or(change.before).unwrap();
                record.row().text(field).to_owned()
            };
            some.map(key).collect::<BTreeSet<_>>()
        };
        let kinds = [
            (Kind::School, fields::school::SIS_ID, &self.schools),
            (Kind::Student, fields::student::SIS_ID, &self.students),
            (Kind::Section, fields::section::SIS_ID, &self.sections),
        ];
        for (kind, field, keys) in kinds {
            let named = |op| named(kind, field, op);
            assert_eq!(named(Op::Created), keys.created, "{kind}");
            assert_eq!(named(Op::Deleted), keys.deleted, "{kind}");
            let updated = named(Op::Updated);
            let missing: Vec<_> = keys.updated.difference(&updated).collect();
            assert!(missing.is_empty(), "{kind} are not updated: {missing:?}");
            let more: Vec<_> = updated.difference(&keys.updated).collect();
            assert!(
                more.is_empty() || kind == Kind::Section,
                "{kind} are updated: {more:?}"
            );
        }
    }

    /// Compares with what the simulator knows of the two days.
    pub(crate) fn check_against(&self, known: &Difference) {
        assert_eq!(self.schools.counts().updated, known.schools.updated);
        self.schools.is_as_known(known.schools);
        self.students.is_as_known(known.students);
        self.teachers.is_as_known(known.teachers);
        self.staff.is_as_known(known.staff);
        self.sections.is_as_known(known.sections);
        assert_eq!(
            self.enrollments,
            (known.enrollments.created, known.enrollments.deleted)
        );
        let changed = known.students_changed.iter().cloned().collect();
        assert_eq!(self.own_cells_changed, changed);
        assert!(self.own_cells_changed.is_subset(&self.students.updated));
    }
}

/// How many records of a role are another person's than before.
fn moved(before: &Snapshot, after: &Snapshot, role: usize) -> u64 {
    let people = |snapshot: &Snapshot| {
        let table = snapshot.table(Kind::Employee);
        let rows = 0..table.len();
        let person = rows.filter_map(|row| Some((table.key(row, role)?, table.id(row))));
        person.collect::<BTreeMap<_, _>>()
    };
    let (before, after) = (people(before), people(after));
    let other = |(key, id): &(&_, &_)| before.get(*key).is_some_and(|was| was != *id);
    after.iter().filter(other).count() as u64
}

/// What happened, without what did not.
fn moves(counts: ChangeCounts) -> (u64, u64, u64) {
    (counts.created, counts.updated, counts.deleted)
}
