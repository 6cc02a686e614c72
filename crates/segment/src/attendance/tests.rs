use std::ops::Bound;

use homeroom_model::{AttendanceStatus, AttendanceType, Date, Kind, ObjectId, Timestamp};

use super::*;
use crate::HashKey;
use crate::parts::PartContent;
use crate::snapshot::Snapshot;
use crate::spool::MemorySpools;
use crate::table::{Entry, TableWriter};

const KEY: HashKey = HashKey::new([7; 32]);

fn hash(text: &str) -> Hash {
    KEY.hash(text.as_bytes())
}

fn id(number: u8) -> ObjectId {
    let mut bytes = [0; 12];
    bytes[11] = number;
    ObjectId::new(bytes)
}

fn day(text: &str) -> Date {
    Date::parse_iso(text).unwrap()
}

/// A snapshot of schools 1 and 2, students 11 to 13 and sections 21 and 22, each known by its number.
fn snapshot() -> Snapshot {
    let mut parts = std::collections::HashMap::new();
    for (kind, numbers) in [
        (Kind::School, 1..3),
        (Kind::Student, 11..14),
        (Kind::Section, 21..23),
    ] {
        let mut writer = TableWriter::new(kind, Vec::new()).unwrap();
        for number in numbers {
            let entry = Entry {
                id: id(number),
                role_ids: &[],
                keys: &[hash(&number.to_string())],
                created: Timestamp::from_millis(0),
                modified: Timestamp::from_millis(0),
                hash: Hash::default(),
                row: &[],
            };
            writer.push(&entry).unwrap();
        }
        parts.insert(kind, Bytes::from(writer.finish().unwrap()));
    }
    Snapshot::of_tables(parts)
}

type Line = (&'static str, u8, u8, u8, &'static str, AttendanceStatus);

/// Rows: id in the SIS, school, student, section (0 for none), day, status.
fn rows(lines: &[Line]) -> AttendanceRows {
    let mut builder = AttendanceRowsBuilder::new(&MemorySpools).unwrap();
    for (sis_id, school, student, section, date, status) in lines {
        let kind = if *section == 0 {
            AttendanceType::Daily
        } else {
            AttendanceType::Section
        };
        let sent = SentAttendance {
            key: hash(sis_id),
            student: hash(&student.to_string()),
            school: hash(&school.to_string()),
            section: (*section > 0).then(|| hash(&section.to_string())),
            date: day(date),
            status: *status,
            kind,
            excuse_code: if *status == AttendanceStatus::Absent {
                "ill"
            } else {
                ""
            },
            sis_id,
        };
        builder.push(&sent).unwrap();
    }
    builder.finish().unwrap()
}

fn opened(built: &BuiltAttendance, before: &Attendance) -> Attendance {
    let mut manifest = Manifest {
        format: 0,
        number: 1,
        parts: BTreeMap::new(),
    };
    let mut months = BTreeMap::new();
    for part in &built.parts {
        let located = Located {
            object: crate::Digest::of(&[]),
            offset: 0,
            length: 0,
        };
        match &part.content {
            PartContent::Built(bytes) => {
                manifest.parts.insert(part.name.clone(), located);
                months.insert(part.name.clone(), bytes.clone());
            }
            PartContent::Reused => {
                assert!(before.month(month_of(&part.name).unwrap()).is_some());
            }
        }
    }
    Attendance::open(&manifest, |name, _| Ok(months[name].clone())).unwrap()
}

fn said(attendance: &Attendance, of: AttendanceOf) -> Vec<String> {
    let list = attendance.list(of, (Bound::Unbounded, Bound::Unbounded));
    list.map(|record| record.sis_id.to_owned()).collect()
}

use AttendanceStatus::{Absent, Present, Tardy};

const YEAR: [Line; 6] = [
    ("e", 2, 13, 0, "2026-03-02", Absent),
    ("d", 1, 12, 21, "2026-03-02", Tardy),
    ("c", 1, 11, 0, "2026-03-02", Absent),
    ("b", 1, 11, 21, "2026-02-27", Present),
    ("a", 1, 12, 0, "2025-12-31", Absent),
    ("f", 1, 11, 22, "2026-03-03", Absent),
];

#[test]
fn lists_ascend_by_day_and_pages_are_cut_anywhere() {
    let (snapshot, none) = (snapshot(), Attendance::default());
    let now = Timestamp::from_millis(1000);
    let built = build_attendance(&rows(&YEAR), &snapshot, &none, now, &MemorySpools).unwrap();
    let names: Vec<_> = built.parts.iter().map(|part| part.name.as_str()).collect();
    let months = [
        "attendance.2025-12",
        "attendance.2026-02",
        "attendance.2026-03",
    ];
    assert_eq!(names, months);
    let attendance = opened(&built, &none);
    assert_eq!((attendance.len(), built.tally.created), (6, 6));
    let school = said(&attendance, AttendanceOf::School(id(1)));
    assert_eq!((school[0].as_str(), school[1].as_str()), ("a", "b"));
    assert_eq!(school[4], "f");
    assert_eq!(said(&attendance, AttendanceOf::School(id(2))), ["e"]);
    assert_eq!(said(&attendance, AttendanceOf::Section(id(21))), ["b", "d"]);
    assert_eq!(said(&attendance, AttendanceOf::Section(id(22))), ["f"]);
    assert_eq!(said(&attendance, AttendanceOf::School(id(9))), [""; 0]);
    let of = AttendanceOf::School(id(1));
    let all: Vec<_> = attendance
        .list(of, (Bound::Unbounded, Bound::Unbounded))
        .map(|record| record.id)
        .collect();
    assert!(all.is_sorted_by(|a, b| a < b));
    for from in 0..all.len() {
        let after = (Bound::Excluded(all[from]), Bound::Unbounded);
        let rest: Vec<_> = attendance.list(of, after).map(|record| record.id).collect();
        assert_eq!(rest, all[from + 1..]);
        let before = (Bound::Unbounded, Bound::Excluded(all[from]));
        let mut rest: Vec<_> = attendance
            .list(of, before)
            .rev()
            .map(|record| record.id)
            .collect();
        rest.reverse();
        assert_eq!(rest, all[..from]);
    }
    let (first, last) = (
        first_of_day(day("2026-02-01")),
        first_of_day(day("2026-03-03")),
    );
    let between = attendance.list(of, (Bound::Included(first), Bound::Excluded(last)));
    let days: Vec<_> = between.map(|record| record.date.to_string()).collect();
    assert_eq!(days, ["2026-02-27", "2026-03-02", "2026-03-02"]);
}

#[test]
fn what_says_the_same_keeps_its_times_and_its_object() {
    let (snapshot, none) = (snapshot(), Attendance::default());
    let at = Timestamp::from_millis;
    let first = build_attendance(&rows(&YEAR), &snapshot, &none, at(1), &MemorySpools).unwrap();
    let before = opened(&first, &none);
    let mut turned = YEAR;
    turned.reverse();
    let again = build_attendance(&rows(&turned), &snapshot, &before, at(2), &MemorySpools).unwrap();
    assert!(
        again
            .parts
            .iter()
            .all(|part| part.content == PartContent::Reused)
    );
    assert!(!again.tally.differs() && again.tally.unchanged == 6);
    // A day of March turns out to be late, another is gone, December is gone, and a new day comes.
    let mut changed = YEAR.to_vec();
    changed[2].5 = Tardy;
    changed.remove(4);
    changed.remove(0);
    changed.push(("g", 1, 13, 0, "2026-03-04", Absent));
    let third =
        build_attendance(&rows(&changed), &snapshot, &before, at(3), &MemorySpools).unwrap();
    let tally = AttendanceTally {
        unchanged: 3,
        created: 1,
        updated: 1,
        deleted: 2,
        left_out: 0,
    };
    assert_eq!(third.tally, tally);
    let [february, march] = &*third.parts else {
        panic!("two months are left");
    };
    assert_eq!(february.content, PartContent::Reused);
    assert_ne!(march.content, PartContent::Reused);
    let after = opened(&third, &before);
    let times: BTreeMap<_, _> = after
        .records()
        .map(|record| {
            (
                record.sis_id.to_owned(),
                (record.created.millis(), record.modified.millis()),
            )
        })
        .collect();
    assert_eq!(times["c"], (1, 3));
    assert_eq!(times["d"], (1, 1));
    assert_eq!(times["g"], (3, 3));
}

#[test]
fn a_record_that_moves_to_another_school_is_the_same_record() {
    let (snapshot, none) = (snapshot(), Attendance::default());
    let at = Timestamp::from_millis;
    let one = [YEAR[0]];
    let first = build_attendance(&rows(&one), &snapshot, &none, at(1), &MemorySpools).unwrap();
    let before = opened(&first, &none);
    let moved = [("e", 1, 13, 0, "2026-03-02", Absent)];
    let second = build_attendance(&rows(&moved), &snapshot, &before, at(2), &MemorySpools).unwrap();
    let record = opened(&second, &before);
    let record = record.records().next().unwrap();
    assert_eq!(
        (record.created, record.modified, record.school),
        (at(1), at(2), id(1))
    );
}

#[test]
fn what_the_roster_lacks_is_left_out() {
    let (snapshot, none) = (snapshot(), Attendance::default());
    let lines = [
        ("a", 1, 11, 0, "2026-03-02", Absent),
        ("b", 9, 11, 0, "2026-03-02", Absent),
        ("c", 1, 99, 0, "2026-03-02", Absent),
        ("d", 1, 11, 99, "2026-03-02", Absent),
        ("e", 1, 99, 0, "2026-04-02", Absent),
    ];
    let now = Timestamp::from_millis(1);
    let built = build_attendance(&rows(&lines), &snapshot, &none, now, &MemorySpools).unwrap();
    assert_eq!((built.tally.left_out, built.tally.created), (4, 1));
    assert_eq!(built.parts.len(), 1, "a month without records has no part");
}

#[test]
fn damaged_bytes_are_told_and_never_panic() {
    let (snapshot, none) = (snapshot(), Attendance::default());
    let now = Timestamp::from_millis(1);
    let built = build_attendance(&rows(&YEAR), &snapshot, &none, now, &MemorySpools).unwrap();
    let PartContent::Built(bytes) = &built.parts[2].content else {
        panic!("it was written");
    };
    let name = "attendance.2026-03";
    for cut in 0..bytes.len() {
        assert!(AttendanceMonth::open(name, bytes.slice(..cut)).is_err());
    }
    for at in 0..bytes.len() {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0x55;
        if let Ok(month) = AttendanceMonth::open(name, Bytes::from(damaged)) {
            let _ = month.check(name);
            for row in 0..month.len().min(100) {
                let _ = month.get(row);
            }
            let of = AttendanceOf::Section(id(21));
            let all = (Bound::Unbounded, Bound::Unbounded);
            for place in month.places(of, all).take(100) {
                let _ = month.get(month.row(of, place));
            }
        }
    }
}

#[test]
fn days_are_in_the_ids_and_months_in_the_names() {
    for text in [
        "1969-12-31",
        "2000-01-01",
        "2026-11-22",
        "9999-12-31",
        "-009999-01-01",
    ] {
        let date = Date::parse_iso(text).unwrap_or_else(|| Date::new(-9999, 1, 1).unwrap());
        assert_eq!(day_of(&id_of(date, &hash(text))), date);
    }
    assert!(first_of_day(day("2026-03-02")) < id_of(day("2026-03-02"), &hash("x")));
    assert!(id_of(day("2026-03-01"), &[0xff; 16]) < first_of_day(day("2026-03-02")));
    for number in [24_000, 24_011, 24_315] {
        assert_eq!(month_of(&part_name(number)), Some(number));
    }
    assert_eq!(
        (month_of("attendance.2026"), month_of("changes")),
        (None, None)
    );
    assert!(Attendance::is_part("attendance.2026-03") && !Attendance::is_part("changes"));
}
