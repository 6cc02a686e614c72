//! What to say of files that are missing or not known.

use homeroom_model::{Code, Place, Problem};

use crate::Stem;
use crate::hint::nearest;

/// The problem of a required file that is not there. Files with nearly its name, or with its name and another ending, are
/// pointed out.
pub(super) fn missing(stem: Stem, unknown: &[String], unfinished: &[String]) -> Problem {
    let problem = Problem::new(Code::FileMissing, stem.place());
    let wanted = format!("{}.csv", stem.text());
    let begins = |name: &&String| name.to_lowercase().starts_with(&wanted);
    if let Some(name) = unfinished.iter().find(begins) {
        let name = printable(name);
        return problem.detail(format!("{name} is there: its transfer did not end"));
    }
    let Some(name) = unknown.iter().find(|name| meant(name) == Some(stem)) else {
        return problem;
    };
    let shown = printable(name);
    if is_workbook(name) {
        return problem.detail(format!("{shown} is a workbook; save it as CSV"));
    }
    problem
        .detail(format!("rename {shown}"))
        .suggestion(&wanted)
}

/// The problem of a file that is not known.
pub(super) fn unknown(name: &str) -> Problem {
    let problem = Problem::new(Code::UnknownFile, Place::default()).value(name);
    if let Some(stem) = meant(name) {
        return problem.suggestion(&format!("{}.csv", stem.text()));
    }
    let detail = match name.to_lowercase().as_str() {
        "contacts.csv" | "guardians.csv" | "parents.csv" => {
            "contacts belong in students.csv, one per row, under Contact_name and the columns beside it"
        }
        "users.csv"
        | "orgs.csv"
        | "classes.csv"
        | "courses.csv"
        | "academicsessions.csv"
        | "manifest.csv"
        | "demographics.csv"
        | "roles.csv" => "this is a file of OneRoster or another form, of which none is read here",
        _ if is_archive(name) => "unpack it",
        _ => "",
    };
    problem.detail(detail)
}

/// The file that a name probably means: the part before the first dot is nearly a stem, or is one followed by something
/// that is no letter (`students_2026`, `students (1)`).
fn meant(name: &str) -> Option<Stem> {
    let lower = name.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let known: Vec<&str> = Stem::ALL.iter().map(|stem| stem.text()).collect();
    let near = nearest(stem, &known).and_then(Stem::from_text);
    near.or_else(|| {
        let mut plain = Stem::ALL.into_iter().filter(|stem| !stem.adds());
        plain.find(|known| {
            stem.strip_prefix(known.text())
                .is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_alphabetic))
        })
    })
}

fn is_workbook(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".xlsx", ".xls", ".ods", ".numbers"]
        .iter()
        .any(|end| lower.ends_with(end))
}

fn is_archive(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".zip", ".gz", ".7z"]
        .iter()
        .any(|end| lower.ends_with(end))
}

/// A name from outside, short and without control characters.
pub(super) fn printable(name: &str) -> String {
    name.chars()
        .filter(|letter| !letter.is_control())
        .take(100)
        .collect()
}
