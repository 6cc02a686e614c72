//! Rows of the files, read once more for what is shown of them.
//!
//! This reads only what an excerpt needs: the header, and the lines in which problems stand. What can be wrong with a file was
//! found before, so nothing is reported here; a row that cannot be read is not shown.

mod line;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use homeroom_intake::Stem;
use homeroom_model::Problem;

use super::Told;
use line::{Lines, Piece, split};

/// A cell of a row.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// The name of its column: the documented one, or as it was sent; empty past the end of the header.
    pub(super) column: String,
    /// Whether the column is one that is read.
    pub(super) known: bool,
    /// What it holds.
    pub(super) text: String,
    /// Where it begins in its line: characters, from 1.
    pub(super) at: u64,
    /// Whether it begins with a quotation mark that is never closed.
    pub(super) open: bool,
}

/// A row of a file.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Whether it is the header of its file.
    pub(super) header: bool,
}

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
        let mut rows = Self::default();
        for (file, lines) in wanted {
            let stem = Stem::from_text(file);
            let name = stem.and_then(|stem| Some((stem, told.checked.files.name(stem)?)));
            if let Some((stem, name)) = name {
                rows.read(file, stem, Lines::new(told.source.open(name)?)?, &lines)?;
            }
        }
        Ok(rows)
    }

    /// The row in which a problem stands.
    pub(super) fn row(&self, problem: &Problem) -> Option<&Row> {
        let place = problem.place;
        self.0.get(&(place.file, place.line))
    }

    fn read(
        &mut self,
        file: &'static str,
        stem: Stem,
        mut lines: Lines<'_>,
        wanted: &BTreeSet<u64>,
    ) -> io::Result<()> {
        let Some(last) = wanted.last() else {
            return Ok(());
        };
        let mut header: Option<Header> = None;
        while lines.number() <= *last {
            let wanted = wanted.contains(&lines.number());
            let number = lines.number();
            if header.is_some() && !wanted {
                if !lines.pass()? {
                    break;
                }
                continue;
            }
            let Some(text) = lines.text()? else {
                break;
            };
            if text.trim().is_empty() {
                continue;
            }
            let is_header = header.is_none();
            let header = header.get_or_insert_with(|| Header::new(stem, &text));
            if wanted {
                let row = Row {
                    cells: header.cells(&text),
                    header: is_header,
                };
                self.0.insert((file, number), row);
            }
        }
        Ok(())
    }
}

/// The names of the columns, and what separates them.
struct Header {
    delimiter: char,
    columns: Vec<(String, bool)>,
}

impl Header {
    fn new(stem: Stem, text: &str) -> Self {
        let others = ['\t', '|', ';'].into_iter();
        let delimiter = others.filter(|_| !text.contains(','));
        let delimiter = delimiter.into_iter().find(|other| text.contains(*other));
        let delimiter = delimiter.unwrap_or(',');
        let name = |Piece { text: name, .. }: Piece| {
            let same = |known: &&str| normal(known) == normal(&name);
            match stem.column_names().find(same) {
                Some(known) => (known.to_owned(), true),
                None => (name, false),
            }
        };
        Self {
            delimiter,
            columns: split(text, delimiter).into_iter().map(name).collect(),
        }
    }

    fn cells(&self, text: &str) -> Vec<Cell> {
        let cells = split(text, self.delimiter).into_iter().enumerate();
        let cell = |(index, piece): (usize, Piece)| {
            let (column, known) = self.columns.get(index).cloned().unwrap_or_default();
            Cell {
                column,
                known,
                text: piece.text,
                at: piece.at,
                open: piece.open,
            }
        };
        cells.map(cell).collect()
    }
}

/// A name as headers are compared: lower case, runs of blanks, hyphens and underscores as one underscore.
fn normal(name: &str) -> String {
    let words = name.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '_'));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("_").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(content: &[u8], wanted: &[u64]) -> Rows {
        let mut rows = Rows::default();
        let lines = Lines::new(Box::new(content)).unwrap();
        let wanted = wanted.iter().copied().collect();
        rows.read("schools", Stem::Schools, lines, &wanted).unwrap();
        rows
    }

    fn shown(rows: &Rows, line: u64) -> Vec<(&str, &str, u64)> {
        let row = &rows.0[&("schools", line)];
        row.cells
            .iter()
            .map(|cell| (cell.column.as_str(), cell.text.as_str(), cell.at))
            .collect()
    }

    #[test]
    fn lines_are_found_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["school id;Name", "", "S1;Elm", "S2;\"O;k\"", "S3;Ash"].join(end);
            let rows = rows(text.as_bytes(), &[4, 5]);
            assert_eq!(
                shown(&rows, 4),
                [("School_id", "S2", 1), ("Name", "O;k", 4)],
                "{end:?}"
            );
            assert_eq!(shown(&rows, 5)[0], ("School_id", "S3", 1));
            assert_eq!(rows.0.len(), 2);
        }
    }

    #[test]
    fn rows_over_several_lines_and_bytes_of_other_encodings_are_shown() {
        let text =
            b"\xef\xbb\xbfSchool_id,School_name\nS1,\"Elm\nStreet \"\"1\"\"\"\nS2,Caf\xe9,x\n";
        let rows = rows(text, &[1, 2, 4, 9]);
        assert_eq!(shown(&rows, 1)[0], ("School_id", "School_id", 1));
        assert_eq!(
            shown(&rows, 2),
            [
                ("School_id", "S1", 1),
                ("School_name", "Elm\nStreet \"1\"", 4)
            ]
        );
        assert_eq!(
            shown(&rows, 4),
            [
                ("School_id", "S2", 1),
                ("School_name", "Caf\u{e9}", 4),
                ("", "x", 9)
            ]
        );
        assert_eq!(rows.0.len(), 3);
    }
}
