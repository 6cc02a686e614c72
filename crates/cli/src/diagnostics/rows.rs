//! The rows of the files in which problems stand, read once more for what is shown of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use homeroom_intake::{Excerpt as Row, Intake, Stem};
use homeroom_model::Problem;

use super::Told;

/// Rows by file and line.
#[derive(Default)]
pub(super) struct Rows(BTreeMap<(&'static str, u64), Row>);

impl Rows {
    /// The rows in which problems stand. Each file is read once, to the last of them.
    pub(super) fn of<'p>(
        told: &Told<'_>,
        problems: impl Iterator<Item = &'p Problem>,
    ) -> io::Result<Self> {
        let mut wanted: BTreeMap<&'static str, BTreeSet<u64>> = BTreeMap::new();
        for problem in problems.filter(|problem| problem.place.line > 0) {
            let lines = wanted.entry(problem.place.file).or_default();
            lines.insert(problem.place.line);
        }
        let intake = Intake {
            source: told.source,
            files: &told.checked.files,
            settings: told.settings,
        };
        let mut rows = Self::default();
        for (file, lines) in wanted {
            // Records that stand in no file have places too.
            if let Some(stem) = Stem::from_text(file) {
                let lines: Vec<u64> = lines.into_iter().collect();
                intake.excerpt(stem, &lines, |row| {
                    rows.0.insert((file, row.line), row);
                })?;
            }
        }
        Ok(rows)
    }

    /// The row in which a problem stands.
    pub(super) fn row(&self, problem: &Problem) -> Option<&Row> {
        let place = problem.place;
        self.0.get(&(place.file, place.line))
    }
}

/// Where a cell of a row begins: characters, from 1.
pub(super) fn column(row: &Row, cell: usize) -> u64 {
    let start = row.cells.get(cell).map_or(0, |cell| cell.range.start);
    let before = row.text.get(..start).unwrap_or_default();
    before.chars().count() as u64 + 1
}
