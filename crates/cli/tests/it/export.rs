//! `homeroom export`: what other tools are given, and what is never overwritten or left half done.

use std::fs;
use std::path::Path;

use homeroom_testkit::{Ran, small_district};

use crate::site::Site;

const TABLES: [(&str, u64); 11] = [
    ("schools", 2),
    ("students", 6),
    ("employees", 4),
    ("contacts", 6),
    ("contact_links", 7),
    ("sections", 4),
    ("courses", 3),
    ("terms", 2),
    ("resources", 2),
    ("enrollments", 8),
    ("section_teachers", 5),
];

fn export(site: &Site, out: &Path, more: &[&str]) -> Ran {
    let out = out.to_str().unwrap();
    let arguments = ["export", out, "--district", &site.district];
    site.installation.run(&[&arguments[..], more].concat())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_table_is_written_for_its_owner_only() {
    let site = Site::with(&small_district());
    for extension in ["arrow", "csv"] {
        let out = site.folder().join(extension);
        let exported = export(&site, &out, &["--format", extension]).ok();
        assert_eq!(exported["snapshot"], 1);
        let mut expected: Vec<_> = TABLES
            .map(|(table, _)| format!("{table}.{extension}"))
            .into();
        expected.sort();
        assert_eq!(names(&out), expected);
        for (table, rows) in TABLES {
            assert_eq!(exported["exported"][table], rows, "{table}");
            let file = out.join(format!("{table}.{extension}"));
            if extension == "csv" {
                let text = fs::read_to_string(&file).unwrap();
                assert_eq!(text.lines().count() as u64, rows + 1, "{table}");
            } else {
                assert!(fs::read(&file).unwrap().starts_with(b"ARROW1"), "{table}");
            }
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(&file).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{table}");
            }
        }
    }
    let students = fs::read_to_string(site.folder().join("csv/students.csv")).unwrap();
    assert!(students.contains(",Luc,,\"D'Arcy, Jr.\","), "{students}");
}

#[test]
fn attendance_is_a_table_where_there_is_some() {
    let attendance = "Attendance_id,School_id,Student_id,Section_id,Attendance_date,Attendance_status,Attendance_type,Excuse_code\n\
        A1,S1,P1,,2024-09-02,absent,daily,ILL\nA2,S1,P1,X1,9/3/2024,Late,Period,\nA3,S2,P4,,2024-09-03,absent,,\n";
    let site = Site::with(&small_district().with("attendance.csv", attendance));
    let out = site.folder().join("out");
    let exported = export(&site, &out, &["--format", "csv"]).ok();
    assert_eq!(exported["exported"]["attendance"], 3);
    let text = fs::read_to_string(out.join("attendance.csv")).unwrap();
    let mut said: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| {
            line.split(',')
                .skip(3)
                .take(5)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    said.sort();
    assert_eq!(
        said,
        [
            "2024-09-02,daily,absent,ILL,A1",
            "2024-09-03,daily,absent,,A3",
            "2024-09-03,section,tardy,,A2",
        ]
    );
    let arrow = site.folder().join("arrow");
    assert_eq!(export(&site, &arrow, &[]).ok()["exported"]["attendance"], 3);
    assert!(
        fs::read(arrow.join("attendance.arrow"))
            .unwrap()
            .starts_with(b"ARROW1")
    );
}

#[test]
fn nothing_is_overwritten_unless_asked_for() {
    let site = Site::with(&small_district());
    let out = site.folder().join("out");
    export(&site, &out, &["--format", "csv"]).ok();
    let kept = out.join("terms.csv");
    fs::write(&kept, "mine").unwrap();
    let refused = export(&site, &out, &["--format", "csv"]);
    let error = refused.json()["error"].as_str().unwrap().to_owned();
    assert!(error.contains("--force"), "{error}");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "mine");
    export(&site, &out, &["--format", "csv", "--force"]).ok();
    assert!(fs::read_to_string(&kept).unwrap().starts_with("id,name,"));
}

#[test]
fn older_snapshots_are_exported_as_they_were() {
    let files = small_district();
    let site = Site::with(&files);
    let (first, again) = (site.folder().join("first"), site.folder().join("again"));
    export(&site, &first, &[]).ok();
    let changed = files.clone().replacing("students.csv", "Nia", "Maya");
    for files in [&changed, &files, &changed] {
        site.import_ok(files);
    }
    // The newest two stay whole, so the first is rebuilt.
    site.installation.sweep();
    assert_eq!(
        export(&site, &again, &["--snapshot", "1"]).ok()["snapshot"],
        1
    );
    for (table, _) in TABLES {
        let read = |folder: &Path| fs::read(folder.join(format!("{table}.arrow"))).unwrap();
        assert!(read(&first) == read(&again), "{table}");
    }
    let now = site.folder().join("now");
    assert_eq!(export(&site, &now, &[]).ok()["snapshot"], 4);
    let students = |folder: &Path| fs::read(folder.join("students.arrow")).unwrap();
    assert!(students(&now) != students(&first));
}

#[test]
fn what_cannot_be_exported_is_said_and_leaves_nothing() {
    let site = Site::new();
    let out = site.folder().join("out");
    let error = |ran: Ran| ran.json()["error"].as_str().unwrap().to_owned();
    let unpublished = error(export(&site, &out, &[]));
    assert!(unpublished.contains("homeroom import"), "{unpublished}");
    site.import_ok(&small_district());
    let gone = error(export(&site, &out, &["--snapshot", "9"]));
    assert!(gone.contains("it keeps 1"), "{gone}");
    assert!(!out.exists());
}
