//! A changed copy of a district's files: so many percent of the rows of every file, without a change of keys or names.

use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};

/// The file, the column that decides (all rows of one record change alike), and the column that changes.
const CHANGED: [(&str, &str, &str); 4] = [
    ("students", "Student_id", "Student_street"),
    ("teachers", "Teacher_id", "Title"),
    ("sections", "Section_id", "Section_number"),
    ("staff", "Staff_id", "Department"),
];

/// Copies the files of `from` into `to`; of those in the list above `percent` of the records are changed, and of the
/// enrollments as many students move into the section before theirs.
///
/// Works line by line: a line with quotation marks is copied as it is, so a little less than `percent` changes.
pub(crate) fn write(from: &Path, to: &Path, percent: u64) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let stem = Path::new(&name)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let target = to.join(&name);
        if let Some((_, key, column)) = CHANGED.iter().find(|(file, ..)| *file == stem) {
            let mut key = Column::new(key);
            let mut changed = Column::new(column);
            lines(&entry.path(), &target, |number, cells| {
                if number == 0 {
                    key.find(cells);
                    changed.find(cells);
                } else if chosen(key.of(cells), percent) {
                    changed.mark(cells);
                }
            })?;
        } else if stem == "enrollments" {
            let (mut section, mut student) = (Column::new("Section_id"), Column::new("Student_id"));
            let (mut before, mut current) = (Vec::new(), Vec::new());
            lines(&entry.path(), &target, |number, cells| {
                if number == 0 {
                    section.find(cells);
                    student.find(cells);
                    return;
                }
                if section.of(cells) != current {
                    before = std::mem::replace(&mut current, section.of(cells).to_vec());
                }
                let pair = [section.of(cells), student.of(cells)].concat();
                if !before.is_empty() && chosen(&pair, percent) {
                    section.set(cells, &before);
                }
            })?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A column by its name.
struct Column {
    name: &'static str,
    at: usize,
}

impl Column {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            at: usize::MAX,
        }
    }

    fn find(&mut self, header: &[Vec<u8>]) {
        let at = header.iter().position(|cell| cell == self.name.as_bytes());
        self.at = at.unwrap_or(usize::MAX);
    }

    fn of<'c>(&self, cells: &'c [Vec<u8>]) -> &'c [u8] {
        cells.get(self.at).map_or(&[], Vec::as_slice)
    }

    fn set(&self, cells: &mut [Vec<u8>], value: &[u8]) {
        if let Some(cell) = cells.get_mut(self.at) {
            cell.clear();
            cell.extend_from_slice(value);
        }
    }

    fn mark(&self, cells: &mut [Vec<u8>]) {
        if let Some(cell) = cells.get_mut(self.at) {
            cell.push(b'9');
        }
    }
}

/// Whether a record is among the `percent`.
fn chosen(key: &[u8], percent: u64) -> bool {
    let hash = key.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    (hash >> 17) % 100 < percent
}

/// Copies a file line by line; lines without quotation marks go through `edit` with their number.
fn lines(from: &Path, to: &Path, mut edit: impl FnMut(usize, &mut [Vec<u8>])) -> Result<()> {
    let file = fs::File::open(from).with_context(|| format!("opening {}", from.display()))?;
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut writer = BufWriter::with_capacity(1 << 20, fs::File::create(to)?);
    let (mut line, mut cells, mut number) = (Vec::new(), Vec::<Vec<u8>>::new(), 0);
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(writer.flush()?);
        }
        if line.contains(&b'"') {
            writer.write_all(&line)?;
        } else {
            let body = line.strip_suffix(b"\n").unwrap_or(&line);
            cells.clear();
            cells.extend(body.split(|byte| *byte == b',').map(<[u8]>::to_vec));
            edit(number, &mut cells);
            writer.write_all(&cells.join(&b','))?;
            writer.write_all(b"\n")?;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_so_many_percent_of_the_records_change_and_no_key_does() {
        let folder = std::env::temp_dir().join(format!("homeroom-delta-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(&from).unwrap();
        let rows: Vec<_> = (0..5000).map(|id| format!("1,{id},Lane")).collect();
        let students = format!("School_id,Student_id,Student_street\n{}\n", rows.join("\n"));
        fs::write(from.join("students.csv"), &students).unwrap();
        fs::write(from.join("schools.csv"), "School_id\n1\n").unwrap();
        write(&from, &to, 5).unwrap();
        let after = fs::read_to_string(to.join("students.csv")).unwrap();
        let changed = students.lines().zip(after.lines()).filter(|(a, b)| a != b);
        let changed: Vec<_> = changed.map(|(_, line)| line.to_owned()).collect();
        assert!((150..350).contains(&changed.len()), "{}", changed.len());
        assert!(changed.iter().all(|line| line.ends_with(",Lane9")));
        assert_eq!(
            fs::read_to_string(to.join("schools.csv")).unwrap(),
            "School_id\n1\n"
        );
        fs::remove_dir_all(&folder).unwrap();
    }
}
