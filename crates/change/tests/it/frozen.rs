//! What was stored once can be read for ever: a district's first two snapshots as format 0 wrote them.
//!
//! The sample is one blob of parts and the manifests that say where each lies. With `HOMEROOM_FREEZE=1` it is written anew,
//! which is right only before a format is released.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bytes::Bytes;
use homeroom_model::{Employee, Kind, ObjectId, Section, Student};
use homeroom_segment::{
    Changes, Departed, Digest, Located, Manifest, Noun, Op, Relation, SegmentError, Snapshot,
};

use crate::ledger::Ledger;
use crate::roster::{Job, Lesson, Pupil, Roster};

#[test]
fn format_0_reads_as_it_was_written() {
    let ledger = district();
    if std::env::var_os("HOMEROOM_FREEZE").is_some() {
        freeze(&ledger);
    }
    for number in [1, 2] {
        let (manifest, blob) = frozen(number);
        let snapshot = open(&manifest, &blob);
        let departed = Departed::open(&part(&manifest, &blob, "departed")).unwrap();
        let today = &ledger.snapshots[usize::try_from(number).unwrap()];
        assert_eq!(departed, today.departed);
        for kind in Kind::ALL {
            assert_eq!(
                crate::contents::records(&snapshot, kind),
                crate::contents::records(&today.snapshot, kind),
                "{kind} of snapshot {number}"
            );
        }
        for (name, bytes) in &today.parts {
            assert_eq!(
                part(&manifest, &blob, name),
                bytes,
                "{name} is written as it was: a new form needs a new number"
            );
        }
    }
}

#[test]
fn the_frozen_records_say_what_they_said() {
    let (manifest, blob) = frozen(2);
    let snapshot = open(&manifest, &blob);
    let students = snapshot.table(Kind::Student);
    let names: Vec<_> = (0..students.len())
        .map(|row| Student::read(students.row(row)).sis_id.into_owned())
        .collect();
    assert_eq!(names, ["student 1", "student 2", "student 4"]);
    let sections = snapshot.table(Kind::Section);
    assert_eq!(Section::read(sections.row(0)).sis_id, "section 1");
    assert_eq!(snapshot.lists(Relation::SectionStudents).get(0), [0, 1]);
    let employees = snapshot.table(Kind::Employee);
    let merged = (0..employees.len()).map(|row| Employee::read(employees.row(row)));
    assert!(
        merged
            .into_iter()
            .any(|person| person.teacher.is_some() && person.staff.is_some())
    );
    let changes = Changes::open(part(&manifest, &blob, "changes")).unwrap();
    let mut ops: Vec<_> = changes
        .of(Kind::Student)
        .map(|change| change.op())
        .collect();
    ops.sort_by_key(|op| *op as u8);
    assert_eq!(ops, [Op::Created, Op::Deleted]);
}

/// A small district on its first two days.
fn district() -> Ledger {
    let set = |ids: &[u8]| ids.iter().copied().collect::<BTreeSet<_>>();
    let pupil = |name, schools: &[u8]| Pupil {
        name,
        schools: set(schools),
    };
    let job = |email, schools: &[u8]| Job {
        email,
        name: 1,
        schools: set(schools),
    };
    let lesson = |students: &[u8]| Lesson {
        name: 1,
        school: 1,
        course: Some(1),
        term: Some(1),
        teachers: vec![1],
        students: set(students),
    };
    let mut roster = Roster {
        schools: [(1, 1), (2, 2)].into(),
        students: [
            (1, pupil(1, &[1])),
            (2, pupil(2, &[1, 2])),
            (3, pupil(3, &[2])),
        ]
        .into(),
        roles: [
            ((0, 1), job(1, &[1])),
            ((1, 1), job(1, &[2])),
            ((2, 1), job(2, &[])),
        ]
        .into(),
        contacts: [(1, 5)].into(),
        links: [((1, 1), 1), ((1, 2), 2)].into(),
        courses: [(1, 1)].into(),
        sections: [(1, lesson(&[1, 2])), (2, lesson(&[3]))].into(),
        resources: [(1, (1, set(&[1])))].into(),
    };
    let mut ledger = Ledger::new();
    ledger.publish(&roster.candidate(0));
    ledger.wait(1);
    roster.students.remove(&3);
    roster.students.insert(4, pupil(4, &[2]));
    roster.sections.insert(2, lesson(&[4]));
    ledger.publish(&roster.candidate(0));
    ledger
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/frozen")
        .join(name)
}

/// Writes each snapshot as a blob of its parts, each aligned at 64, and a manifest.
fn freeze(ledger: &Ledger) {
    for published in &ledger.snapshots[1..] {
        let (mut blob, mut parts) = (Vec::new(), std::collections::BTreeMap::new());
        for (name, bytes) in &published.parts {
            blob.resize(blob.len().next_multiple_of(64), 0);
            let place = Located {
                object: Digest::new([0; 32]),
                offset: blob.len() as u64,
                length: bytes.len() as u64,
            };
            parts.insert(name.clone(), place);
            blob.extend_from_slice(bytes);
        }
        let object = Digest::of(&blob);
        for place in parts.values_mut() {
            place.object = object;
        }
        let number = published.snapshot.number();
        let manifest = Manifest {
            format: Manifest::FORMAT,
            number,
            parts,
        };
        std::fs::write(path(&format!("format-0-snapshot-{number}.parts")), blob).unwrap();
        std::fs::write(
            path(&format!("format-0-snapshot-{number}.json")),
            manifest.to_text(),
        )
        .unwrap();
    }
}

fn frozen(number: u64) -> (Manifest, Bytes) {
    let manifest =
        std::fs::read_to_string(path(&format!("format-0-snapshot-{number}.json"))).unwrap();
    let blob = std::fs::read(path(&format!("format-0-snapshot-{number}.parts"))).unwrap();
    (Manifest::from_text(&manifest).unwrap(), Bytes::from(blob))
}

fn part(manifest: &Manifest, blob: &Bytes, name: &str) -> Bytes {
    let place = manifest.parts[name];
    let start = usize::try_from(place.offset).unwrap();
    blob.slice(start..start + usize::try_from(place.length).unwrap())
}

fn open(manifest: &Manifest, blob: &Bytes) -> Snapshot {
    Snapshot::open(manifest, |name, _| {
        Ok::<_, SegmentError>(part(manifest, blob, name))
    })
    .unwrap()
}

#[test]
fn ids_of_the_frozen_snapshots_never_meet() {
    let all = |number| {
        let (manifest, blob) = frozen(number);
        let snapshot = open(&manifest, &blob);
        Kind::ALL
            .into_iter()
            .flat_map(|kind| snapshot.table(kind).ids().collect::<Vec<_>>())
            .collect::<Vec<ObjectId>>()
    };
    for ids in [all(1), all(2)] {
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }
}
