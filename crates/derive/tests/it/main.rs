//! Whole small districts as text: rows in, the candidate out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod again;
mod attendance;
mod counts;
mod courses;
mod custom;
mod district;
mod employees;
mod enrollments;
mod extra;
mod keep;
mod notes;
mod properties;
mod publish;
mod render;
mod resources;
mod sample;
mod sections;
mod students;
mod suggestions;

use render::render;

/// Derives the district that `input` describes and compares what [`render`] shows of it: the lines that begin with one of
/// the words of `shown`.
fn check(input: &str, shown: &str, expected: &str) {
    let district = district::read(input);
    let (derived, problems) = district.derive();
    let text = render(&derived, &problems);
    let shown: Vec<&str> = shown.split_whitespace().collect();
    let lines = text.lines().filter(|line| {
        let word = line.split_whitespace().next().unwrap_or("");
        shown.contains(&word)
    });
    let lines: Vec<&str> = lines.collect();
    let expected: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(lines.join("\n"), expected.join("\n"), "\n{input}");
}
