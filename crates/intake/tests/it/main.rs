//! Files in, records and problems out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

mod attendance;
mod dialect;
mod excerpt;
mod findings;
mod headers;
mod keep;
mod limits;
mod others;
mod properties;
mod sample;
mod sections;
mod students;

use std::sync::LazyLock;

use homeroom_intake::{Exercise, FileSet, InMemory, Settings, Stem, exercise};
use homeroom_model::{Code, Date, Problem};

fn settings() -> Settings {
    static SETTINGS: LazyLock<Settings> =
        LazyLock::new(|| Settings::new(Date::new(2026, 11, 22).unwrap()));
    SETTINGS.clone()
}

/// Reads bytes as a file.
fn read(stem: Stem, bytes: impl AsRef<[u8]>) -> Exercise {
    exercise(stem, bytes.as_ref(), &settings())
}

/// A source of one file, and the set that says which it is.
fn one_file(stem: Stem, bytes: impl AsRef<[u8]>) -> (InMemory, FileSet) {
    let source = InMemory::default().with("file", bytes.as_ref());
    (source, FileSet::only(stem, "file"))
}

/// What was reported: code, line, column.
fn said(problems: &[Problem]) -> Vec<(Code, u64, &str)> {
    problems
        .iter()
        .map(|problem| (problem.code, problem.place.line, problem.column.as_str()))
        .collect()
}

/// The records of a file, each by its place and what a closure makes of it, and the problems.
macro_rules! records {
    ($method:ident, $stem:expr, $bytes:expr, $settings:expr, |$row:pat_param| $make:expr) => {{
        let (source, files) = $crate::one_file($stem, $bytes);
        let settings = $settings;
        let intake = homeroom_intake::Intake {
            source: &source,
            files: &files,
            settings: &settings,
        };
        let mut problems: Vec<homeroom_model::Problem> = Vec::new();
        let mut rows = Vec::new();
        let report = intake
            .$method(&mut problems, |place, $row, _| {
                rows.push((place.line, $make))
            })
            .unwrap();
        (rows, problems, report)
    }};
}
use records;
