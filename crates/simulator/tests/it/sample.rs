//! The real sample, where it is at hand (samples/README.md, clever-format-large).

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use homeroom_simulator::{Folder, MemorySink, SchoolYear, over};

use crate::importer::{Row, rows};

#[test]
fn the_real_sample_is_filled_in_completely() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/samples/clever-format-large");
    if !folder.exists() {
        let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!in_ci, "the samples are missing beside the checkout");
        eprintln!("skipped: no samples beside the checkout");
        return;
    }
    let open = |name: &str| -> Option<Box<dyn Read>> {
        Some(Box::new(File::open(folder.join(name)).unwrap()))
    };
    let mut files = MemorySink::default();
    let given = Folder {
        schools: open("schools.csv"),
        teachers: open("teachers.csv"),
        sections: open("sections.csv"),
        ..Folder::default()
    };
    let filled = over(given, 1, SchoolYear { start: 2026 }, &mut files).unwrap();
    assert_eq!(filled.empty_sections, 0);
    let enrollments: Vec<Row> = rows(files.text("enrollments.csv")).collect();
    let sections: BTreeSet<&str> = enrollments.iter().map(|row| &row["Section_id"]).collect();
    // 28,164 rows, four of which repeat an id.
    assert_eq!(sections.len(), 28_160);
    let pairs: BTreeSet<(&str, &str)> = enrollments
        .iter()
        .map(|row| (&row["Section_id"], &row["Student_id"]))
        .collect();
    assert_eq!(pairs.len(), enrollments.len());
}
