//! Attendance of a generated district.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_simulator::{District, MemorySink, Profile, SchoolYear};

use crate::importer::rows;

fn written(day: u32, school_days: u32) -> MemorySink {
    let district = District::new(Profile::students(1500), 5, SchoolYear { start: 2026 });
    let mut sink = MemorySink::default();
    district.write_day(day, &mut sink).unwrap();
    let count = district
        .write_attendance(day, school_days, &mut sink)
        .unwrap();
    assert_eq!(count.rows, rows(sink.text("attendance.csv")).count() as u64);
    sink
}

#[test]
fn rows_refer_to_the_files_of_the_day() {
    for day in [0, 12] {
        let sink = written(day, 20);
        let known = |file: &str, column: &str| -> BTreeSet<String> {
            rows(sink.text(file))
                .map(|row| row[column].to_owned())
                .collect()
        };
        let (schools, students) = (
            known("schools.csv", "School_id"),
            known("students.csv", "Student_id"),
        );
        let enrollments: BTreeSet<_> = rows(sink.text("enrollments.csv"))
            .map(|row| (row["Section_id"].to_owned(), row["Student_id"].to_owned()))
            .collect();
        let mut ids = BTreeSet::new();
        for row in rows(sink.text("attendance.csv")) {
            assert!(
                ids.insert(row["Attendance_id"].to_owned()),
                "{}",
                &row["Attendance_id"]
            );
            assert!(schools.contains(&row["School_id"]) && students.contains(&row["Student_id"]));
            let pair = (row["Section_id"].to_owned(), row["Student_id"].to_owned());
            assert_eq!(&row["Attendance_type"] == "section", !pair.0.is_empty());
            assert!(pair.0.is_empty() || enrollments.contains(&pair));
        }
    }
}

#[test]
fn absence_looks_like_absence() {
    let sink = written(0, 50);
    let mut days: BTreeMap<String, u64> = BTreeMap::new();
    let mut missed: BTreeMap<String, u64> = BTreeMap::new();
    let mut late = 0;
    for row in rows(sink.text("attendance.csv")) {
        match &row["Attendance_status"] {
            "absent" => {
                *days.entry(row["Attendance_date"].to_owned()).or_default() += 1;
                *missed.entry(row["Student_id"].to_owned()).or_default() += 1;
            }
            "tardy" => late += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(days.len(), 50);
    assert!(
        days.contains_key("8/17/2026"),
        "it begins on a Monday of August"
    );
    let absent: u64 = days.values().sum();
    let share = absent * 1000 / (1500 * 50);
    assert!(
        (30..90).contains(&share),
        "{share} of a thousand days are missed"
    );
    assert!((absent / 5..absent).contains(&late), "{late} {absent}");
    // Some miss every tenth day or more, and many hardly any.
    let often = missed.values().filter(|missed| **missed >= 5).count();
    assert!(
        (100..450).contains(&often),
        "{often} of 1500 are away often"
    );
    assert!(missed.len() < 1400, "{} of 1500 missed a day", missed.len());
}

#[test]
fn what_is_past_stays_as_it_was() {
    let (before, after) = (written(0, 10), written(1, 10));
    let lines = |sink: &MemorySink| -> BTreeSet<String> {
        sink.text("attendance.csv")
            .lines()
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (lines(&before), lines(&after));
    let kept = before.intersection(&after).count();
    assert!(kept * 100 > before.len() * 95, "{kept} of {}", before.len());
    assert!(after.len() > before.len());
}
